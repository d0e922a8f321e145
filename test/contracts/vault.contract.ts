// What every Vault must do, whatever the host: run by each adapter's own test with a fixture that plays the person.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parsePath, pathKey } from "../../src/core/path.ts";
import type { VaultPath } from "../../src/core/path.ts";
import type { Vault, VaultChange, VaultEntry } from "../../src/engine/ports/vault.ts";
import { contentHashOf } from "../support/node-crypto-digest.ts";

export interface VaultFixture {
	readonly vault: Vault;
	/** The person's side: straight to the host, past the port. Folders are made as needed. */
	readonly person: {
		save(path: string, content: string): Promise<void>;
		delete(path: string): Promise<void>;
		rename(from: string, to: string): Promise<void>;
		/** Every file: path in its spelling → text. The engine's own leftovers would show here. */
		files(): Promise<ReadonlyMap<string, string>>;
		folders(): Promise<readonly string[]>;
		removeVault(): Promise<void>;
	};
	/** Whether `replaceIf` can set an mtime here. */
	readonly setsMtime: boolean;
	dispose(): Promise<void>;
}

export function vaultContract(name: string, makeFixture: () => Promise<VaultFixture>): void {
	describe(`Vault contract: ${name}`, () => {
		let fixture: VaultFixture;
		let vault: Vault;
		beforeEach(async () => {
			fixture = await makeFixture();
			vault = fixture.vault;
		});
		afterEach(async () => {
			await fixture.dispose();
		});

		const files = async (): Promise<Record<string, string>> =>
			Object.fromEntries([...(await fixture.person.files())].sort());

		describe("reading", () => {
			it("lists one folder, not deeper, with the stat that `stat` gives", async () => {
				await fixture.person.save("a.md", "alpha");
				await fixture.person.save("Notes/b.md", "beta");
				await fixture.person.save("Notes/deep/c.md", "gamma");

				const root = await vault.list(undefined);
				expect(summary(root)).toEqual(["file a.md", "folder Notes"]);
				expect(summary(await vault.list(at("Notes")))).toEqual(["file Notes/b.md", "folder Notes/deep"]);

				const listed = root.find((entry) => entry.kind === "file");
				expect(listed?.kind === "file" && listed.stat).toEqual(await vault.stat(at("a.md")));
			});

			it("lists nothing in a folder that is gone or is a file", async () => {
				await fixture.person.save("a.md", "alpha");
				expect(await vault.list(at("nowhere"))).toEqual([]);
				expect(await vault.list(at("a.md"))).toEqual([]);
			});

			it("gives raw bytes with the stat that belongs to them", async () => {
				await fixture.person.save("a.md", "\ufeffalpha\r\n");
				const read = await vault.read(at("a.md"));
				expect(read && new TextDecoder("utf-8", { ignoreBOM: true }).decode(read.bytes)).toBe("\ufeffalpha\r\n");
				expect(read?.stat).toEqual(await vault.stat(at("a.md")));
				expect(read?.stat.size).toBe(10);
			});

			it("finds no file where there is none, where a folder is, and below a file", async () => {
				await fixture.person.save("Notes/a.md", "alpha");
				for (const path of ["b.md", "Notes", "Notes/a.md/b.md", "nowhere/b.md"]) {
					expect(await vault.stat(at(path)), path).toBeUndefined();
					expect(await vault.read(at(path)), path).toBeUndefined();
				}
			});

			it("finds a file in whatever spelling of its key", async () => {
				await fixture.person.save("Notes/Ärger.md", "alpha");
				for (const path of ["Notes/Ärger.md", "notes/ärger.md", "NOTES/ÄRGER.MD"]) {
					expect(text((await vault.read(at(path)))?.bytes), path).toBe("alpha");
					expect((await vault.stat(at(path)))?.size, path).toBe(5);
				}
			});

			it("says how the disk spells a file that was asked for otherwise", async () => {
				await fixture.person.save("Notes/Note.md", "alpha");
				expect((await vault.stat(at("notes/NOTE.md")))?.path).toBe("Notes/Note.md");
				expect((await vault.read(at("notes/NOTE.md")))?.stat.path).toBe("Notes/Note.md");
				expect((await vault.stat(at("Notes/Note.md")))?.path).toBeUndefined();
				await fixture.person.rename("Notes/Note.md", "Notes/note.md");
				expect((await vault.stat(at("Notes/Note.md")))?.path).toBe("Notes/note.md");
			});

			it("gives a new token when the file was written, and the same one when it was not", async () => {
				await fixture.person.save("a.md", "alpha");
				const first = await vault.stat(at("a.md"));
				await fixture.person.save("b.md", "beside");
				expect((await vault.stat(at("a.md")))?.token).toBe(first?.token);
				await fixture.person.save("a.md", "alpha, longer");
				expect((await vault.stat(at("a.md")))?.token).not.toBe(first?.token);
			});
		});

		describe("replaceIf", () => {
			it("makes a file and its folders where there is none", async () => {
				const result = await vault.replaceIf(at("New/deep/a.md"), undefined, bytes("alpha"), MTIME);
				expect(result.kind).toBe("replaced");
				expect(await files()).toEqual({ "New/deep/a.md": "alpha" });
				expect(result.kind === "replaced" && result.stat).toEqual(await vault.stat(at("New/deep/a.md")));
			});

			it("replaces the content it was told to expect", async () => {
				await fixture.person.save("a.md", "old");
				const result = await vault.replaceIf(at("a.md"), contentHashOf("old"), bytes("new"), MTIME);
				expect(result.kind).toBe("replaced");
				expect(await files()).toEqual({ "a.md": "new" });
			});

			it("writes empty files, large files and files that are no text", async () => {
				const large = new Uint8Array(3_000_001).map((_, i) => (i * 31) & 0xff);
				for (const content of [new Uint8Array(), new Uint8Array([0, 255, 13, 10]), large]) {
					const path = at(`file-${String(content.length)}.bin`);
					expect((await vault.replaceIf(path, undefined, content, MTIME)).kind).toBe("replaced");
					const read = await vault.read(path);
					expect(read && contentHashOf(read.bytes)).toBe(contentHashOf(content));
				}
			});

			it("gives the file its author's mtime, to the millisecond", async () => {
				if (!fixture.setsMtime) return;
				for (const mtimeMs of [MTIME, 1, 946_684_800_000, 1_999_999_999_999, 1_732_464_000_129]) {
					const path = at(`at-${String(mtimeMs)}.md`);
					const result = await vault.replaceIf(path, undefined, bytes("x"), mtimeMs);
					expect(result.kind === "replaced" && result.stat.mtimeMs).toBe(mtimeMs);
					expect((await vault.stat(path))?.mtimeMs).toBe(mtimeMs);
				}
			});

			it("writes nothing when the content differs from what was expected", async () => {
				await fixture.person.save("a.md", "a person's words");
				const attempts = [undefined, contentHashOf("something else")];
				for (const expected of attempts) {
					expect(await vault.replaceIf(at("a.md"), expected, bytes("new"), MTIME)).toEqual({ kind: "changed" });
				}
				expect(await files()).toEqual({ "a.md": "a person's words" });
			});

			it("writes nothing when the expected file is gone", async () => {
				const result = await vault.replaceIf(at("a.md"), contentHashOf("old"), bytes("new"), MTIME);
				expect(result).toEqual({ kind: "changed" });
				expect(await files()).toEqual({});
			});

			it("is blocked by a folder at the path, and by a file where a folder is needed", async () => {
				await fixture.person.save("folder/a.md", "alpha");
				await fixture.person.save("file", "beta");
				const onFolder = await vault.replaceIf(at("folder"), undefined, bytes("new"), MTIME);
				expect(onFolder).toMatchObject({ kind: "failed", code: "blocked" });
				const belowFile = await vault.replaceIf(at("file/deep/a.md"), undefined, bytes("new"), MTIME);
				expect(belowFile).toMatchObject({ kind: "failed", code: "blocked" });
				expect(await files()).toEqual({ file: "beta", "folder/a.md": "alpha" });
			});

			it("changes the spelling of a name when only that differs, in one step with the content", async () => {
				await fixture.person.save("Notes/note.md", "old");
				const renamed = await vault.replaceIf(at("Notes/NOTE.md"), contentHashOf("old"), bytes("old"), MTIME);
				expect(renamed.kind).toBe("replaced");
				expect(await files()).toEqual({ "Notes/NOTE.md": "old" });
				const changed = await vault.replaceIf(at("Notes/Note.md"), contentHashOf("old"), bytes("new"), MTIME);
				expect(changed.kind).toBe("replaced");
				expect(await files()).toEqual({ "Notes/Note.md": "new" });
				expect(summary(await vault.list(at("Notes")))).toEqual(["file Notes/Note.md"]);
			});

			it("does not make a file when another spelling exists and none was expected", async () => {
				await fixture.person.save("note.md", "old");
				expect(await vault.replaceIf(at("Note.md"), undefined, bytes("new"), MTIME)).toEqual({ kind: "changed" });
				expect(await files()).toEqual({ "note.md": "old" });
			});

			it("uses a folder that exists in another spelling, and leaves the folder's own as it is", async () => {
				await fixture.person.save("Notes/a.md", "alpha");
				expect((await vault.replaceIf(at("notes/b.md"), undefined, bytes("beta"), MTIME)).kind).toBe("replaced");
				expect(await files()).toEqual({ "Notes/a.md": "alpha", "Notes/b.md": "beta" });
			});

			it("lets only one of several writers win, and never mixes their bytes", async () => {
				await fixture.person.save("a.md", "old");
				const writers = ["one", "two", "three", "four"];
				const results = await Promise.all(
					writers.map((writer) => vault.replaceIf(at("a.md"), contentHashOf("old"), bytes(writer), MTIME)),
				);
				const winners = writers.filter((_, i) => results[i]?.kind === "replaced");
				expect(winners).toHaveLength(1);
				expect(await files()).toEqual({ "a.md": winners[0] });
			});

			it("takes many files at once", async () => {
				const paths = Array.from({ length: 200 }, (_, i) => `folder-${String(i % 7)}/note ${String(i)}.md`);
				const results = await Promise.all(
					paths.map((path) => vault.replaceIf(at(path), undefined, bytes(path), MTIME)),
				);
				expect(results.filter((result) => result.kind !== "replaced")).toEqual([]);
				expect(await files()).toEqual(Object.fromEntries(paths.map((path) => [path, path]).sort()));
			});
		});

		describe("removeIf", () => {
			it("removes the content it was told to expect, in whatever spelling, and leaves the folder", async () => {
				await fixture.person.save("Notes/a.md", "alpha");
				expect(await vault.removeIf(at("notes/A.md"), contentHashOf("alpha"))).toEqual({ kind: "removed" });
				expect(await files()).toEqual({});
				expect(await fixture.person.folders()).toEqual(["Notes"]);
			});

			it("leaves what differs", async () => {
				await fixture.person.save("a.md", "a person's words");
				expect(await vault.removeIf(at("a.md"), contentHashOf("old"))).toEqual({ kind: "changed" });
				expect(await files()).toEqual({ "a.md": "a person's words" });
			});

			it("is content with what is gone already", async () => {
				expect(await vault.removeIf(at("a.md"), contentHashOf("old"))).toEqual({ kind: "removed" });
				expect(await vault.removeIf(at("nowhere/a.md"), contentHashOf("old"))).toEqual({ kind: "removed" });
			});
		});

		describe("rename", () => {
			it("gives a file another name, with bytes and mtime, and makes folders", async () => {
				await vault.replaceIf(at("a.md"), undefined, bytes("alpha"), MTIME);
				const before = await vault.stat(at("a.md"));
				const result = await vault.rename(at("a.md"), at("New/deep/b.md"), contentHashOf("alpha"));
				expect(result).toMatchObject({ kind: "renamed", path: "New/deep/b.md" });
				expect(await files()).toEqual({ "New/deep/b.md": "alpha" });
				expect(result.kind === "renamed" && result.stat).toEqual(await vault.stat(at("New/deep/b.md")));
				expect((await vault.stat(at("New/deep/b.md")))?.mtimeMs).toBe(before?.mtimeMs);
				expect(await vault.read(at("a.md"))).toBeUndefined();
			});

			it("never overwrites, in whatever spelling the other is, and moves only what it was told to expect", async () => {
				await fixture.person.save("a.md", "alpha");
				await fixture.person.save("B.md", "beta");
				expect(await vault.rename(at("a.md"), at("b.md"), contentHashOf("alpha"))).toEqual({ kind: "changed" });
				expect(await vault.rename(at("a.md"), at("c.md"), contentHashOf("other"))).toEqual({ kind: "changed" });
				expect(await vault.rename(at("x.md"), at("c.md"), contentHashOf("alpha"))).toEqual({ kind: "changed" });
				expect(await files()).toEqual({ "B.md": "beta", "a.md": "alpha" });
			});

			it("is blocked by a folder at the new name, and by a file where a folder is needed", async () => {
				await fixture.person.save("a.md", "alpha");
				await fixture.person.save("folder/x.md", "x");
				await fixture.person.save("file", "beta");
				for (const to of ["folder", "file/a.md"]) {
					const result = await vault.rename(at("a.md"), at(to), contentHashOf("alpha"));
					expect(result, to).toMatchObject({ kind: "failed", code: "blocked" });
				}
				expect(await files()).toEqual({ "a.md": "alpha", file: "beta", "folder/x.md": "x" });
			});

			it("changes the spelling of a name, and of the folders above it", async () => {
				await fixture.person.save("Notes/Deep/note.md", "old");
				await fixture.person.save("Notes/other.md", "beside");
				const name = await vault.rename(at("Notes/Deep/note.md"), at("Notes/Deep/NOTE.md"), contentHashOf("old"));
				expect(name).toMatchObject({ kind: "renamed", path: "Notes/Deep/NOTE.md" });
				expect(await files()).toEqual({ "Notes/Deep/NOTE.md": "old", "Notes/other.md": "beside" });
				const all = await vault.rename(at("Notes/Deep/NOTE.md"), at("NOTES/deep/Note.md"), contentHashOf("old"));
				expect(all).toMatchObject({ kind: "renamed", path: "NOTES/deep/Note.md" });
				expect(await files()).toEqual({ "NOTES/deep/Note.md": "old", "NOTES/other.md": "beside" });
				expect(text((await vault.read(at("notes/other.md")))?.bytes)).toBe("beside");
			});

			it("uses folders that exist in another spelling, and says how the disk spells them", async () => {
				await fixture.person.save("Notes/a.md", "alpha");
				await fixture.person.save("b.md", "beta");
				const result = await vault.rename(at("b.md"), at("notes/b.md"), contentHashOf("beta"));
				expect(result).toMatchObject({ kind: "renamed", path: "Notes/b.md" });
				const written = await vault.replaceIf(at("NOTES/c.md"), undefined, bytes("c"), MTIME);
				expect(written).toMatchObject({ kind: "replaced", path: "Notes/c.md" });
			});

			it("gives many names another spelling at once", async () => {
				const names = Array.from({ length: 40 }, (_, i) => `Notes/N${String(i)}.md`);
				for (const name of names) await fixture.person.save(name, "alpha");
				const renamed = await Promise.all(
					names.map((name) => vault.rename(at(name), at(name.toLowerCase()), contentHashOf("alpha"))),
				);
				expect(new Set(renamed.map(({ kind }) => kind))).toEqual(new Set(["renamed"]));
				expect(Object.keys(await files()).sort()).toEqual(names.map((name) => name.toLowerCase()).sort());
			});

			it("lets only one of several take a name", async () => {
				const names = ["one", "two", "three"];
				for (const name of names) await fixture.person.save(`${name}.md`, name);
				const results = await Promise.all(
					names.map((name) => vault.rename(at(`${name}.md`), at("to.md"), contentHashOf(name))),
				);
				expect(results.filter(({ kind }) => kind === "renamed")).toHaveLength(1);
				expect([...(await fixture.person.files()).values()].sort()).toEqual([...names].sort());
			});
		});

		describe("folders", () => {
			it("makes a folder and what is missing above it, and is content with one that is there", async () => {
				expect(await vault.makeFolder(at("a/b/c"))).toEqual({ kind: "made" });
				expect(await vault.makeFolder(at("A/b"))).toEqual({ kind: "made" });
				expect(await fixture.person.folders()).toEqual(["a", "a/b", "a/b/c"]);
				await fixture.person.save("file", "x");
				expect(await vault.makeFolder(at("file"))).toMatchObject({ kind: "failed", code: "blocked" });
				expect(await vault.makeFolder(at("file/a"))).toMatchObject({ kind: "failed", code: "blocked" });
			});

			it("tells an empty folder from a filled one, and from none", async () => {
				await vault.makeFolder(at("a/b"));
				await fixture.person.save("c/x.md", "x");
				const states = await Promise.all(
					["a", "A/B", "c", "c/x.md", "nowhere"].map((path) => vault.folderAt(at(path))),
				);
				expect(states).toEqual(["filled", "empty", "filled", undefined, undefined]);
			});

			it("removes an empty folder, and nothing else", async () => {
				await vault.makeFolder(at("a/b"));
				await fixture.person.save("c/x.md", "x");
				expect(await vault.removeFolder(at("a"))).toEqual({ kind: "changed" });
				expect(await vault.removeFolder(at("c"))).toEqual({ kind: "changed" });
				expect(await vault.removeFolder(at("c/x.md"))).toEqual({ kind: "changed" });
				expect(await vault.removeFolder(at("A/B"))).toEqual({ kind: "removed" });
				expect(await vault.removeFolder(at("nowhere"))).toEqual({ kind: "removed" });
				expect(await fixture.person.folders()).toEqual(["a", "c"]);
				expect(await files()).toEqual({ "c/x.md": "x" });
			});
		});

		describe("watching", () => {
			it.each<[string, string, (person: VaultFixture["person"]) => Promise<void>]>([
				["a new file", "new.md", (person) => person.save("new.md", "x")],
				["a file in a folder made just now", "x/y/new.md", (person) => person.save("x/y/new.md", "x")],
				["an edit", "Notes/a.md", (person) => person.save("Notes/a.md", "edited")],
				["a deletion", "Notes/a.md", (person) => person.delete("Notes/a.md")],
				["the old name of a rename", "Notes/a.md", (person) => person.rename("Notes/a.md", "Notes/b.md")],
				["the new name of a rename", "Notes/b.md", (person) => person.rename("Notes/a.md", "Notes/b.md")],
				["the old place of a moved folder", "Notes/a.md", (person) => person.rename("Notes", "Moved")],
				["the new place of a moved folder", "Moved/a.md", (person) => person.rename("Notes", "Moved")],
				["a deleted folder", "Notes/a.md", (person) => person.delete("Notes")],
			])("reports %s", async (_, path, act) => {
				await fixture.person.save("Notes/a.md", "alpha");
				const watch = await watching(fixture);
				await act(fixture.person);
				await watch.hears(path);
				watch.end();
			});

			it("reports its own writes and removals too", async () => {
				const watch = await watching(fixture);
				await vault.replaceIf(at("a.md"), undefined, bytes("alpha"), MTIME);
				await watch.hears("a.md");
				watch.forget();
				await vault.removeIf(at("a.md"), contentHashOf("alpha"));
				await watch.hears("a.md");
				watch.end();
			});

			it("says nothing to a listener that has ended", async () => {
				const ended = await watching(fixture);
				ended.end();
				ended.forget();
				const other = await watching(fixture);
				await fixture.person.save("a.md", "alpha");
				await other.hears("a.md");
				other.end();
				expect(ended.heard).toEqual([]);
			});
		});

		describe("a vault folder that is gone", () => {
			it("is not present, has no entries, and fails to be written with a code, without being made again", async () => {
				await fixture.person.save("a.md", "alpha");
				expect(await vault.isPresent()).toBe(true);
				await fixture.person.removeVault();
				expect(await vault.isPresent()).toBe(false);
				expect(await vault.list(undefined)).toEqual([]);
				expect(await vault.read(at("a.md"))).toBeUndefined();
				const written = await vault.replaceIf(at("a.md"), undefined, bytes("x"), MTIME);
				expect(written).toMatchObject({ kind: "failed", code: "vault-missing" });
				const deep = await vault.replaceIf(at("x/a.md"), undefined, bytes("x"), MTIME);
				expect(deep).toMatchObject({ kind: "failed", code: "vault-missing" });
				const removed = await vault.removeIf(at("a.md"), contentHashOf("alpha"));
				expect(removed).toMatchObject({ kind: "failed", code: "vault-missing" });
				const renamed = await vault.rename(at("a.md"), at("b.md"), contentHashOf("alpha"));
				expect(renamed).toMatchObject({ kind: "failed", code: "vault-missing" });
				expect(await vault.makeFolder(at("x"))).toMatchObject({ kind: "failed", code: "vault-missing" });
				expect(await vault.folderAt(at("x"))).toBeUndefined();
				expect(await vault.isPresent()).toBe(false);
			});
		});
	});
}

const MTIME = 1_732_464_000_123;

/** Listens, and waits until listening has really begun: hosts start it in their own time. */
async function watching(fixture: VaultFixture): Promise<{
	readonly heard: readonly VaultChange[];
	hears(path: string): Promise<void>;
	forget(): void;
	end(): void;
}> {
	const heard: VaultChange[] = [];
	let wake = (): void => undefined;
	const end = fixture.vault.watch((change) => {
		heard.push(change);
		wake();
	});
	const hears = async (path: string): Promise<void> => {
		while (!heard.some((change) => covers(change, at(path)))) {
			await new Promise<void>((resolve) => {
				wake = resolve;
			});
		}
	};
	await fixture.person.save("watch-begins.md", "x");
	await hears("watch-begins.md");
	// Its own removal, so that the probe's late news and the test's cannot be mistaken for each other.
	heard.length = 0;
	await fixture.person.delete("watch-begins.md");
	await hears("watch-begins.md");
	heard.length = 0;
	return {
		heard,
		hears,
		forget: () => {
			heard.length = 0;
		},
		end,
	};
}

/** Whether somebody who heard `change` looks at `path`. */
function covers(change: VaultChange, path: VaultPath): boolean {
	if (change.path === undefined) return true;
	const key = pathKey(path);
	const changed = pathKey(change.path);
	return key === changed || (change.kind === "folder" && key.startsWith(`${changed}/`));
}

function at(path: string): VaultPath {
	const parsed = parsePath(path);
	if (!parsed.ok) throw new Error(`not a vault path: ${path} (${parsed.reason})`);
	return parsed.path;
}

function bytes(content: string): Uint8Array {
	return new TextEncoder().encode(content);
}

function text(content: Uint8Array | undefined): string | undefined {
	return content && new TextDecoder().decode(content);
}

function summary(entries: readonly VaultEntry[]): readonly string[] {
	return entries.map((entry) => `${entry.kind} ${entry.kind === "foreign" ? entry.name : entry.path}`).sort();
}
