// Names of files and folders that are written another way, alone and while somebody else does something to them, with three
// whole devices on memory adapters.
import { describe, expect, it, vi } from "vitest";
import { conflictCopyPath } from "../../src/core/conflict-name.ts";
import type { VaultPath } from "../../src/core/path.ts";
import type { KeyedRecord } from "../../src/core/record.ts";
import type { Vault } from "../../src/engine/ports/vault.ts";
import { World } from "../simulation/world.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { MemoryVault } from "../support/memory-vault.ts";
import { ReplicaBench, type BenchOptions } from "../support/replica-bench.ts";
import { epochOf, hashOf, keyedRecordOf, vectorOf, versionOf } from "../support/records.ts";
import { eventsOf, everywhere, filesOf, NAMES, threeWith, type Files } from "../support/three-devices.ts";

const numbered = (folder: string, count: number): Files =>
	Object.fromEntries(Array.from({ length: count }, (_, i) => [`${folder}/n${String(i)}.md`, `text ${String(i)}`]));

const THEIRS = { text: "theirs", author: "bob" } as const;
const copyOf = (name: string): string =>
	conflictCopyPath(testPath(`${name}.md`), {
		author: "bob",
		mtimeMs: versionOf("b1", THEIRS).mtimeMs,
		hash: hashOf("theirs"),
	});

/** Shows a version of its own, and one of another device as a conflict copy. */
async function benchWithCopy(path: string, options: BenchOptions = {}): Promise<ReplicaBench> {
	const bench = new ReplicaBench({ epoch: epochOf("c"), ...options });
	bench.vault.save("note.md", "mine");
	await bench.open();
	await bench.tell([keyedRecordOf(path, [versionOf("b1", { ...THEIRS, path })])], ["theirs"], vectorOf("b1"));
	return bench;
}

/** They wrote the name of their version another way before they heard of ours. */
const respelledAs = (path: string): KeyedRecord =>
	keyedRecordOf("note.md", [versionOf("b2", { ...THEIRS, path, ancestors: ["theirs"] })], "b2");

describe("a name that is written another way", () => {
	it("[O7 F4] is an act of its own, and a rename on the other disks", async () => {
		const world = await threeWith({ "Note.md": "text" });
		const [onAlice, onBob] = [eventsOf(world, "alice"), eventsOf(world, "bob")];
		const writes = vi.spyOn(MemoryVault.prototype, "replaceIf");
		const mtime = world.device("bob").vault.mtimeOf("Note.md");
		world.device("alice").vault.move("Note.md", "note.md");
		await world.clock.advance(10_000);
		everywhere(world, { "note.md": "text" });
		expect(onAlice).toEqual([{ event: "changed", kind: "rename", path: "note.md", from: "Note.md" }]);
		expect(onBob).toMatchObject([{ event: "applied", kind: "rename", path: "note.md", from: "Note.md" }]);
		expect(writes).not.toHaveBeenCalled();
		expect(world.device("bob").vault.mtimeOf("note.md")).toBe(mtime);
		writes.mockRestore();
		await world.stop();
	});

	it("[O7] is found by a scan when nobody reported it", async () => {
		const world = await threeWith({ "Notes/a.md": "a", "Notes/b.md": "b" });
		const { vault, engine } = world.device("alice");
		vault.setDeaf(true);
		vault.move("Notes", "notes");
		vault.setDeaf(false);
		engine.scan().catch(() => undefined);
		await world.clock.advance(10_000);
		everywhere(world, { "notes/a.md": "a", "notes/b.md": "b" });
		await world.stop();
	});

	it("[O7] may be that of a folder: everything in it follows, in rounds that are smaller than it", async () => {
		const world = await threeWith(numbered("Work/Notes", 150));
		const writes = vi.spyOn(MemoryVault.prototype, "replaceIf");
		world.device("alice").vault.move("Work", "work");
		await world.clock.advance(30_000);
		everywhere(world, numbered("work/Notes", 150));
		expect(world.device("carol").vault.folders()).toEqual(["work", "work/Notes"]);
		expect(writes).not.toHaveBeenCalled();
		world.device("bob").vault.move("work/Notes", "work/NOTES");
		await world.clock.advance(30_000);
		everywhere(world, numbered("work/NOTES", 150));
		writes.mockRestore();
		await world.stop();
	});

	it("[O7] leaves conflict copies as they are", async () => {
		const world = await threeWith({ "Note.md": "base" });
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		for (const other of world.devices) if (other !== alice) world.cut(alice, other);
		alice.vault.save("Note.md", "by alice");
		bob.vault.save("Note.md", "by bob");
		await world.clock.advance(5_000);
		world.healAll();
		await world.clock.advance(60_000);
		const before = Object.entries(filesOf(world, "carol"));
		alice.vault.move("Note.md", "NOTE.md");
		await world.clock.advance(10_000);
		const after = before.map(([path, text]) => [path === "Note.md" ? "NOTE.md" : path, text] as const);
		everywhere(world, Object.fromEntries(after) as Files);
		expect(world.device("bob").engine.past?.conflicts()).toHaveLength(1);
		await world.stop();
	});

	it("[F7 I1 I9] is that of its conflict copy too, where that is shown already", async () => {
		const bench = await benchWithCopy("note.md");
		expect(bench.files()).toEqual({ "note.md": "mine", [copyOf("note")]: "theirs" });
		await bench.tell([respelledAs("Note.md")], [], vectorOf("b2"));
		expect(bench.files()).toEqual({ "note.md": "mine", [copyOf("Note")]: "theirs" });
		await bench.stop();
		await bench.open();
		expect(bench.files()).toEqual({ "note.md": "mine", [copyOf("Note")]: "theirs" });
		expect(bench.acts).toHaveLength(1);
		// Whoever removes it has dealt with that version.
		bench.vault.delete(copyOf("Note"));
		await bench.settle();
		expect(bench.files()).toEqual({ "note.md": "mine" });
		expect(bench.replica.pendingCount).toBe(0);
	});

	it("[F7 F4] of a conflict copy that the disk cannot write so is tried once", async () => {
		let renames = 0;
		const disguise = (vault: Vault): Vault => {
			const rename: Vault["rename"] = async (from) => {
				renames++;
				const stat = await vault.stat(from);
				return stat === undefined ? { kind: "changed" } : { kind: "renamed", stat, path: from };
			};
			const replaceIf: Vault["replaceIf"] = (...args) => vault.replaceIf(...args);
			return new Proxy(vault, {
				get: (target, name, receiver) =>
					name === "rename"
						? rename
						: name === "replaceIf"
							? replaceIf
							: (Reflect.get(target, name, receiver) as unknown),
			});
		};
		const bench = await benchWithCopy("note.md", { disguise });
		await bench.tell([respelledAs("Note.md")], [], vectorOf("b2"));
		for (let turn = 0; turn < 5; turn++) {
			await bench.scan();
			await bench.clock.advance(10_000);
		}
		expect(renames).toBe(1);
		expect(bench.files()).toEqual({ "note.md": "mine", [copyOf("note")]: "theirs" });
		expect(bench.replica.held).toEqual([]);
		expect(bench.replica.pendingCount).toBe(0);
	});

	it("[O7 F4] that the disk itself changed is nobody's act, and is not tried again and again", async () => {
		const bench = new ReplicaBench({
			// As a file system that has a form of its own for names.
			disguise: (vault) =>
				new Proxy(vault, {
					get: (target, name, receiver) => {
						if (name !== "rename") return Reflect.get(target, name, receiver) as unknown;
						return async (...args: Parameters<typeof vault.rename>) => {
							renames++;
							const stat = await target.stat(args[0]);
							return stat === undefined ? { kind: "changed" } : { kind: "renamed", stat, path: args[0] };
						};
					},
				}),
		});
		let renames = 0;
		bench.vault.save("NOTE.MD", "text");
		await bench.open();
		await bench.tell(
			[keyedRecordOf("note.md", [versionOf("b1", { path: "note.md", text: "text", lamport: 5 })], "a1")],
			[],
			vectorOf("b1"),
		);
		for (let turn = 0; turn < 5; turn++) {
			await bench.scan();
			await bench.clock.advance(10_000);
		}
		expect(renames).toBe(1);
		expect(bench.dots).toBe(1);
		// And what is written there does not make it everybody's.
		bench.vault.save("NOTE.MD", "edited");
		await bench.settle();
		expect(bench.acts.at(-1)).toMatchObject({ kind: "modify", path: "note.md" });
		expect(bench.failures).toEqual([]);
	});
});

describe("a name that the disk has in decomposed form", () => {
	it("[F4 O7] is written anew, and that is nobody's act", async () => {
		let isDecomposed = true;
		const renamed: string[] = [];
		const bench = new ReplicaBench({
			disguise: (vault) =>
				new Proxy(vault, {
					get: (target, name, receiver) => {
						if (name === "stat") {
							return async (path: VaultPath) => {
								const stat = await target.stat(path);
								return stat && { ...stat, ...(isDecomposed ? { isDecomposed } : {}) };
							};
						}
						if (name === "rename") {
							return (...args: Parameters<typeof vault.rename>) => {
								renamed.push(args[1]);
								isDecomposed = false;
								return target.rename(...args);
							};
						}
						return Reflect.get(target, name, receiver) as unknown;
					},
				}),
		});
		bench.vault.save("Café.md", "text");
		await bench.open();
		await bench.scan();
		await bench.scan();
		expect(renamed).toEqual(["Café.md"]);
		expect(bench.acts).toMatchObject([{ kind: "create", path: "Café.md" }]);
	});
});

interface Story {
	readonly name: string;
	readonly base: Files;
	readonly alice: (vault: MemoryVault) => void;
	readonly bob: (vault: MemoryVault) => void;
	readonly ends: Files;
}

const STORIES: readonly Story[] = [
	{
		name: "a respelling against an edit: the edit, under the new name",
		base: { "Note.md": "base" },
		alice: (vault) => {
			vault.move("Note.md", "note.md");
		},
		bob: (vault) => {
			vault.save("Note.md", "edited");
		},
		ends: { "note.md": "edited" },
	},
	{
		name: "a respelling against several edits",
		base: { "Note.md": "base" },
		alice: (vault) => {
			vault.save("Note.md", "edited");
		},
		bob: (vault) => {
			vault.move("Note.md", "note.md");
			vault.move("note.md", "NOTE.md");
		},
		ends: { "NOTE.md": "edited" },
	},
	{
		name: "a respelling against a deletion: the file stays",
		base: { "Note.md": "base" },
		alice: (vault) => {
			vault.move("Note.md", "note.md");
		},
		bob: (vault) => {
			vault.delete("Note.md");
		},
		ends: { "note.md": "base" },
	},
	{
		name: "a respelling against a rename: both names",
		base: { "Note.md": "base" },
		alice: (vault) => {
			vault.move("Note.md", "note.md");
		},
		bob: (vault) => {
			vault.move("Note.md", "other.md");
		},
		ends: { "note.md": "base", "other.md": "base" },
	},
	{
		name: "a folder's respelling against a new file and an edit in it",
		base: { "Notes/a.md": "a", "Notes/b.md": "b", "Notes/c.md": "c" },
		alice: (vault) => {
			vault.move("Notes", "notes");
		},
		bob: (vault) => {
			vault.save("Notes/d.md", "new");
			vault.save("Notes/a.md", "edited");
		},
		ends: { "notes/a.md": "edited", "notes/b.md": "b", "notes/c.md": "c", "notes/d.md": "new" },
	},
	{
		name: "a folder that two devices make in two spellings: as most of its files have it",
		base: {},
		alice: (vault) => {
			vault.save("Daily/1.md", "one");
		},
		bob: (vault) => {
			vault.save("daily/2.md", "two");
			vault.save("daily/3.md", "three");
		},
		ends: { "daily/1.md": "one", "daily/2.md": "two", "daily/3.md": "three" },
	},
	{
		name: "a folder in two spellings with as many files each: the first in the order of letters",
		base: {},
		alice: (vault) => {
			vault.save("daily/1.md", "one");
		},
		bob: (vault) => {
			vault.save("Daily/2.md", "two");
		},
		ends: { "Daily/1.md": "one", "Daily/2.md": "two" },
	},
];

describe("names that meet", () => {
	it.each(STORIES)("[O7 F5 F6] $name", async ({ base, alice, bob, ends }) => {
		for (const seed of [7, 8, 9]) {
			const world = new World({ seed, names: NAMES });
			for (const [path, text] of Object.entries(base)) world.device("alice").vault.save(path, text);
			await world.start();
			await world.clock.advance(60_000);
			const [a, b] = [world.device("alice"), world.device("bob")];
			for (const other of world.devices) if (other !== a) world.cut(a, other);
			world.cut(b, world.device("carol"));
			alice(a.vault);
			bob(b.vault);
			await world.clock.advance(5_000);
			world.healAll();
			await world.clock.advance(60_000);
			everywhere(world, ends);
			await world.stop();
		}
	});

	it("[O7 V5] two respellings of one name: one of them, the same everywhere, and no copy", async () => {
		const world = await threeWith({ "Note.md": "base" });
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		for (const other of world.devices) if (other !== alice) world.cut(alice, other);
		alice.vault.move("Note.md", "note.md");
		bob.vault.move("Note.md", "NOTE.md");
		await world.clock.advance(5_000);
		world.healAll();
		await world.clock.advance(60_000);
		const files = filesOf(world, "carol");
		expect(["note.md", "NOTE.md"]).toContain(Object.keys(files).join());
		everywhere(world, files as Files);
		await world.stop();
	});
});

describe("a conflict copy of a file whose name is written another way", () => {
	it("[O7 A17 I2] stays where it stands, for it is the same place written another way", async () => {
		const world = new World({ seed: 3, names: NAMES });
		const [alice, bob, carol] = [world.device("alice"), world.device("bob"), world.device("carol")];
		await world.start();
		for (const [a, b] of [
			[alice, bob],
			[alice, carol],
			[bob, carol],
		] as const)
			world.cut(a, b);
		alice.vault.save("Note.png", "alice");
		for (let version = 0; version < 6; version++) {
			bob.vault.save("Note.png", `bob ${String(version)}`);
			await world.clock.advance(2_000);
		}
		world.heal(alice, carol);
		await world.clock.advance(10_000);
		world.cut(alice, carol);
		world.heal(bob, carol);
		await world.clock.advance(10_000);
		const shown = Object.values(filesOf(world, "carol"));
		expect(shown.sort()).toEqual(["alice", "bob 5"]);
		alice.vault.move("Note.png", "note.png");
		await world.clock.advance(2_000);
		world.healAll();
		await world.clock.advance(60_000);
		for (const name of NAMES) expect(Object.values(filesOf(world, name)).sort(), name).toEqual(shown);
		for (const { engine } of world.devices) expect(engine.status().phase).toBe("in-sync");
		await world.stop();
	});
});

describe("a folder whose name is written another way, with a file in it that is new", () => {
	it("[O1 O7 F6 I15] is the act that it was, and the new file does not make it another again and again", async () => {
		const bench = new ReplicaBench();
		for (const name of ["x", "y", "z"]) bench.vault.save(`A/${name}.md`, name);
		await bench.open();
		await bench.stop();
		bench.vault.move("A", "a");
		bench.vault.save("a/new.md", "new");
		let renames = 0;
		const rename = bench.vault.rename.bind(bench.vault);
		vi.spyOn(bench.vault, "rename").mockImplementation((from, to, expected) => {
			if (++renames > 20) throw new Error(`renamed again, to ${to}`);
			return rename(from, to, expected);
		});
		await bench.open({ scan: false });
		for (const name of ["new", "x", "y", "z"]) bench.replica.touch(`a/${name}.md` as VaultPath, { gone: false });
		await bench.settle();
		expect(bench.failures).toEqual([]);
		expect(Object.keys(bench.files())).toEqual(["a/new.md", "a/x.md", "a/y.md", "a/z.md"]);
		expect(bench.dots).toBe(7);
		expect(renames).toBe(0);
		await bench.stop();
	});
});
