// Files and folders that get other names, alone and while somebody else does something to them, with three whole devices on
// memory adapters.
import { describe, expect, it, vi } from "vitest";
import { MemoryVault } from "../support/memory-vault.ts";
import { eventsOf, everywhere, filesOf, threeWith, type Files } from "../support/three-devices.ts";

const numbered = (folder: string, count: number): Files =>
	Object.fromEntries(Array.from({ length: count }, (_, i) => [`${folder}/${String(i)}.md`, `text ${String(i)}`]));

describe("a rename", () => {
	it("[F1] is recorded at both names at once, and told as one act", async () => {
		const world = await threeWith({ "note.md": "text" });
		const events = eventsOf(world, "alice");
		world.device("alice").vault.move("note.md", "folder/renamed.md");
		await world.clock.advance(500);
		expect(events).toEqual([{ event: "changed", kind: "rename", path: "folder/renamed.md", from: "note.md" }]);
		await world.clock.advance(10_000);
		everywhere(world, { "folder/renamed.md": "text" });
		await world.stop();
	});

	it("[F1] that nobody reported needs no second look at the old name", async () => {
		const world = await threeWith({ "note.md": "text" });
		const { vault, engine } = world.device("alice");
		const events = eventsOf(world, "alice");
		vault.setDeaf(true);
		vault.move("note.md", "renamed.md");
		engine.scan().catch(() => undefined);
		await world.clock.advance(500);
		expect(events).toEqual([{ event: "changed", kind: "rename", path: "renamed.md", from: "note.md" }]);
		await world.stop();
	});

	it("[F1] takes one of several files with the same bytes: the one that is gone, by its name if more are", async () => {
		const world = await threeWith({ "a/x.md": "same", "a/y.md": "same", "stays.md": "same" });
		const { vault } = world.device("alice");
		const events = eventsOf(world, "alice");
		vault.move("a", "b");
		await world.clock.advance(10_000);
		expect(events).toEqual([
			{ event: "changed", kind: "rename", path: "b/x.md", from: "a/x.md" },
			{ event: "changed", kind: "rename", path: "b/y.md", from: "a/y.md" },
		]);
		everywhere(world, { "b/x.md": "same", "b/y.md": "same", "stays.md": "same" });
		await world.stop();
	});

	it("[F1] is none where the file is still there: that is a copy", async () => {
		const world = await threeWith({ "note.md": "text" });
		const events = eventsOf(world, "alice");
		world.device("alice").vault.save("copy.md", "text");
		await world.clock.advance(10_000);
		expect(events).toEqual([{ event: "changed", kind: "create", path: "copy.md" }]);
		everywhere(world, { "note.md": "text", "copy.md": "text" });
		await world.stop();
	});

	it("[F2] is a rename on the other disks: nothing is written, and each tells of one", async () => {
		const files = numbered("notes", 150);
		const world = await threeWith(files);
		const events = eventsOf(world, "bob");
		const writes = vi.spyOn(MemoryVault.prototype, "replaceIf");
		const removals = vi.spyOn(MemoryVault.prototype, "removeIf");
		const mtimes = Object.keys(files).map((path) => world.device("alice").vault.mtimeOf(path));
		world.device("alice").vault.move("notes", "archive/2026");
		await world.clock.advance(30_000);
		const moved = Object.fromEntries(
			Object.entries(files).map(([path, text]) => [path.replace("notes", "archive/2026"), text]),
		);
		everywhere(world, moved);
		expect([writes.mock.calls.length, removals.mock.calls.length]).toEqual([0, 0]);
		expect(events).toHaveLength(150);
		for (const event of events) expect(event).toMatchObject({ event: "applied", kind: "rename" });
		const { vault } = world.device("bob");
		expect(Object.keys(files).map((path) => vault.mtimeOf(path.replace("notes", "archive/2026")))).toEqual(mtimes);
		expect(vault.folders()).toEqual(["archive", "archive/2026"]);
		writes.mockRestore();
		removals.mockRestore();
		await world.stop();
	});

	it("[F2] that the host refuses is written and removed instead", async () => {
		const world = await threeWith({ "note.md": "text" });
		world.device("bob").vault.failNext("rename", "io");
		world.device("alice").vault.move("note.md", "renamed.md");
		await world.clock.advance(10_000);
		everywhere(world, { "renamed.md": "text" });
		expect(world.device("bob").engine.status().phase).toBe("in-sync");
		await world.stop();
	});

	it("[F2 A3] is none where somebody was quicker: what they wrote at either name stays", async () => {
		const world = await threeWith({ "note.md": "text", "other.md": "text 2" });
		const { vault } = world.device("bob");
		vault.beforeNextSwap(() => {
			vault.save("note.md", "bob was quicker");
		});
		world.device("alice").vault.move("note.md", "renamed.md");
		await world.clock.advance(10_000);
		everywhere(world, { "note.md": "bob was quicker", "renamed.md": "text", "other.md": "text 2" });
		vault.beforeNextSwap(() => {
			vault.save("taken.md", "bob took the name");
		});
		world.device("alice").vault.move("other.md", "taken.md");
		await world.clock.advance(10_000);
		const texts = Object.values(filesOf(world, "carol"));
		expect(texts.sort()).toEqual(["bob took the name", "bob was quicker", "text", "text 2"]);
		everywhere(world, filesOf(world, "carol") as Files);
		await world.stop();
	});

	it("[U2] is taken back with its batch", async () => {
		const files = numbered("notes", 8);
		const world = await threeWith(files);
		world.device("alice").vault.move("notes", "archive");
		await world.clock.advance(30_000);
		await world.during(Promise.resolve(world.device("carol").engine.past?.undo()));
		await world.clock.advance(30_000);
		everywhere(world, files);
		await world.stop();
	});
});

interface Story {
	readonly name: string;
	readonly base: Files;
	readonly alice: (vault: MemoryVault) => void;
	readonly bob: (vault: MemoryVault) => void;
	/** Of copies only the text: `* conflict`. */
	readonly ends: Files;
}

const move =
	(...steps: readonly (readonly [from: string, to: string])[]) =>
	(vault: MemoryVault): void => {
		for (const [from, to] of steps) vault.move(from, to);
	};
const nothing = (): void => undefined;

const STORIES: readonly Story[] = [
	{
		name: "against an edit: the edit at the old name, the bytes at the new one",
		base: { "a.md": "base" },
		alice: move(["a.md", "b.md"]),
		bob: (vault) => {
			vault.save("a.md", "edited");
		},
		ends: { "a.md": "edited", "b.md": "base" },
	},
	{
		name: "against another rename: the file has both names",
		base: { "a.md": "base" },
		alice: move(["a.md", "b.md"]),
		bob: move(["a.md", "c.md"]),
		ends: { "b.md": "base", "c.md": "base" },
	},
	{
		name: "against the same rename: it has the name once",
		base: { "a.md": "base" },
		alice: move(["a.md", "b.md"]),
		bob: move(["a.md", "b.md"]),
		ends: { "b.md": "base" },
	},
	{
		name: "against a deletion: it stays under the new name",
		base: { "a.md": "base" },
		alice: move(["a.md", "b.md"]),
		bob: (vault) => {
			vault.delete("a.md");
		},
		ends: { "b.md": "base" },
	},
	{
		name: "onto a file that is made there: one keeps the name, the other stands beside it",
		base: { "a.md": "base" },
		alice: move(["a.md", "b.md"]),
		bob: (vault) => {
			vault.save("b.md", "made");
		},
		ends: { "b.md": "base|made", "*": "made|base" },
	},
	{
		name: "of two files to one name: one keeps it, the other stands beside it",
		base: { "a.md": "of a", "b.md": "of b" },
		alice: move(["a.md", "c.md"]),
		bob: move(["b.md", "c.md"]),
		ends: { "c.md": "of a|of b", "*": "of b|of a" },
	},
	{
		name: "over a file that is edited: both stay",
		base: { "a.md": "of a", "b.md": "of b" },
		alice: move(["a.md", "b.md"]),
		bob: (vault) => {
			vault.save("b.md", "edited");
		},
		ends: { "b.md": "of a|edited", "*": "edited|of a" },
	},
	{
		name: "to and fro: each has the other's name",
		base: { "a.md": "of a", "b.md": "of b" },
		alice: move(["a.md", "b.md"]),
		bob: move(["b.md", "a.md"]),
		ends: { "a.md": "of b", "b.md": "of a" },
	},
	{
		name: "in a chain",
		base: { "a.md": "of a", "b.md": "of b", "c.md": "of c" },
		alice: move(["c.md", "d.md"], ["b.md", "c.md"], ["a.md", "b.md"]),
		bob: nothing,
		ends: { "b.md": "of a", "c.md": "of b", "d.md": "of c" },
	},
	{
		name: "in a swap",
		base: { "a.md": "of a", "b.md": "of b" },
		alice: move(["a.md", "t.md"], ["b.md", "a.md"], ["t.md", "b.md"]),
		bob: nothing,
		ends: { "a.md": "of b", "b.md": "of a" },
	},
	{
		name: "in the same swap on both sides",
		base: { "a.md": "of a", "b.md": "of b" },
		alice: move(["a.md", "t.md"], ["b.md", "a.md"], ["t.md", "b.md"]),
		bob: move(["a.md", "t.md"], ["b.md", "a.md"], ["t.md", "b.md"]),
		ends: { "a.md": "of b", "b.md": "of a" },
	},
	{
		name: "in a circle of three",
		base: { "a.md": "of a", "b.md": "of b", "c.md": "of c" },
		alice: move(["c.md", "t.md"], ["b.md", "c.md"], ["a.md", "b.md"], ["t.md", "a.md"]),
		bob: nothing,
		ends: { "a.md": "of c", "b.md": "of a", "c.md": "of b" },
	},
	{
		name: "and a new file under the old name",
		base: { "a.md": "base" },
		alice: (vault) => {
			vault.move("a.md", "b.md");
			vault.save("a.md", "new");
		},
		bob: nothing,
		ends: { "a.md": "new", "b.md": "base" },
	},
	{
		name: "of a folder against an edit in it: the edit under the old name, all else under the new one",
		base: { "z/b.md": "b", "z/c.md": "c" },
		alice: move(["z", "y"]),
		bob: (vault) => {
			vault.save("z/b.md", "edited");
		},
		ends: { "y/b.md": "b", "y/c.md": "c", "z/b.md": "edited" },
	},
	{
		name: "of a folder against a new file in it: that one stays where it was made",
		base: { "z/b.md": "b", "z/c.md": "c" },
		alice: move(["z", "y"]),
		bob: (vault) => {
			vault.save("z/d.md", "new");
		},
		ends: { "y/b.md": "b", "y/c.md": "c", "z/d.md": "new" },
	},
	{
		name: "of a folder against its deletion",
		base: { "z/b.md": "b", "z/c.md": "c" },
		alice: move(["z", "y"]),
		bob: (vault) => {
			vault.delete("z");
		},
		ends: { "y/b.md": "b", "y/c.md": "c" },
	},
	{
		name: "of a folder against the same, with a new file in it",
		base: { "z/b.md": "b", "z/c.md": "c" },
		alice: move(["z", "y"]),
		bob: (vault) => {
			vault.move("z", "y");
			vault.save("y/d.md", "new");
		},
		ends: { "y/b.md": "b", "y/c.md": "c", "y/d.md": "new" },
	},
	{
		name: "of a folder into two",
		base: { "z/b.md": "b", "z/c.md": "c" },
		alice: move(["z/b.md", "y/b.md"], ["z/c.md", "w/c.md"]),
		bob: (vault) => {
			vault.save("z/d.md", "new");
		},
		ends: { "y/b.md": "b", "w/c.md": "c", "z/d.md": "new" },
	},
	{
		name: "into a folder that is deleted",
		base: { "a.md": "base", "d/k.md": "k" },
		alice: move(["a.md", "d/a.md"]),
		bob: (vault) => {
			vault.delete("d");
		},
		ends: { "d/a.md": "base" },
	},
	{
		name: "of a folder into itself",
		base: { "z/b.md": "b", "z/c.md": "c" },
		alice: move(["z", "t"], ["t", "z/t"]),
		bob: nothing,
		ends: { "z/t/b.md": "b", "z/t/c.md": "c" },
	},
	{
		name: "of a file to the name of the folder it was in",
		base: { "z/b.md": "b" },
		alice: move(["z/b.md", "t.md"], ["z", "y"], ["t.md", "z"]),
		bob: nothing,
		ends: { z: "b" },
	},
];

describe("renames that meet", () => {
	it.each(STORIES)("[F3 I1 I2 I10] $name", async ({ base, alice, bob, ends }) => {
		const world = await threeWith(base);
		const [a, b] = [world.device("alice"), world.device("bob")];
		for (const other of world.devices) if (other !== a) world.cut(a, other);
		world.cut(b, world.device("carol"));
		alice(a.vault);
		bob(b.vault);
		await world.clock.advance(5_000);
		world.healAll();
		await world.clock.advance(60_000);
		const files = filesOf(world, "carol") as Files;
		everywhere(world, files);
		const shown = Object.entries(files).map(([path, text]) => [path.includes("(conflict ") ? "*" : path, text]);
		for (const [path, text] of shown) expect((ends[path ?? ""] ?? "").split("|"), path).toContain(text);
		expect(shown.map(([path]) => path).sort()).toEqual(Object.keys(ends).sort());
		const texts = new Set(Object.values(ends).flatMap((text) => text.split("|")));
		expect(new Set(Object.values(files))).toEqual(texts);
		for (const { engine } of world.devices) expect(engine.status().phase).toBe("in-sync");
		await world.stop();
	});
});
