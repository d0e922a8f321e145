// The Vault port on a real folder: the contract, and what only a real disk can do.
import { execFileSync } from "node:child_process";
import {
	chmodSync,
	existsSync,
	linkSync,
	lstatSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { vaultFailureOf } from "../../daemon/src/errno.ts";
import { nodeDigest } from "../../daemon/src/node-digest.ts";
import { NodeVault } from "../../daemon/src/node-vault.ts";
import { VaultFolder } from "../../daemon/src/vault-folder.ts";
import { toVaultPath } from "../../src/core/path.ts";
import type { VaultPath } from "../../src/core/path.ts";
import { vaultContract } from "../contracts/vault.contract.ts";
import { contentHashOf } from "../support/node-crypto-digest.ts";

vaultContract("a folder on disk", () => {
	const top = mkdtempSync(join(tmpdir(), "psync-vault-"));
	const folder = join(top, "vault");
	mkdirSync(folder);
	const at = (path: string): string => join(folder, path);
	const act = (run: () => void): Promise<void> => Promise.resolve().then(run);
	return Promise.resolve({
		vault: new NodeVault({ folder, digest: nodeDigest }),
		person: {
			save: (path: string, content: string) =>
				act(() => {
					mkdirSync(dirname(at(path)), { recursive: true });
					writeFileSync(at(path), content);
				}),
			delete: (path: string) =>
				act(() => {
					rmSync(at(path), { recursive: true });
				}),
			rename: (from: string, to: string) =>
				act(() => {
					renameSync(at(from), at(to));
				}),
			files: () => Promise.resolve(filesBelow(folder)),
			folders: () => Promise.resolve(foldersBelow(folder)),
			removeVault: () =>
				act(() => {
					rmSync(folder, { recursive: true });
				}),
		},
		setsMtime: true,
		dispose: () =>
			act(() => {
				rmSync(top, { recursive: true, force: true });
			}),
	});
});

describe("NodeVault on a real disk", () => {
	let top: string;
	let folder: string;
	let vault: NodeVault;
	beforeEach(() => {
		top = mkdtempSync(join(tmpdir(), "psync-vault-"));
		folder = join(top, "vault");
		mkdirSync(folder);
		vault = new NodeVault({ folder, digest: nodeDigest });
	});
	afterEach(() => {
		rmSync(top, { recursive: true, force: true });
	});
	const put = (name: string, content: string): void => {
		writeFileSync(join(folder, name), content);
	};
	/** What the vault tells of from now on, a `heard` that can be emptied; `hears` waits until this is among it. */
	const listen = () => {
		const heard: string[] = [];
		let wake = (): void => undefined;
		const end = vault.watch((change) => {
			heard.push(change.path ?? "everything");
			wake();
		});
		const hears = async (name: string): Promise<void> => {
			while (!heard.includes(name)) {
				await new Promise<void>((resolve) => {
					wake = resolve;
				});
			}
		};
		return { heard, hears, end };
	};

	it("[D11] cannot say what a file is whose placeholder a cloud left, and says again when it is back", async () => {
		const note = toVaultPath("folder/note.md");
		if (!note.ok) throw new Error(note.reason);
		mkdirSync(join(folder, "folder"));
		writeFileSync(join(folder, "folder", ".note.md.icloud"), "placeholder");
		await expect(vault.stat(note.path)).rejects.toThrow("iCloud");
		await expect(vault.read(note.path)).rejects.toThrow("iCloud");
		rmSync(join(folder, "folder", ".note.md.icloud"));
		expect(await vault.stat(note.path)).toBeUndefined();
		writeFileSync(join(folder, "folder", "note.md"), "back");
		expect((await vault.stat(note.path))?.size).toBe(4);
	});

	it("skips hidden entries and removes what an earlier run left half done", async () => {
		mkdirSync(join(folder, ".obsidian"));
		put(".hidden.md", "x");
		put(".psync-tmp-0123456789ab0", "half");
		mkdirSync(join(folder, ".psync-tmp-folder"));
		put("a.md", "alpha");
		const entries = await vault.list(undefined);
		expect(entries.map((entry) => entry.kind === "file" && entry.path)).toEqual(["a.md"]);
		expect(readdirSync(folder).sort()).toEqual([".hidden.md", ".obsidian", ".psync-tmp-folder", "a.md"]);
	});

	it("reports links, names no vault can hold and bytes that are no text as foreign, and opens none of them", async () => {
		writeFileSync(join(top, "outside.md"), "secret");
		symlinkSync(join(top, "outside.md"), join(folder, "link.md"));
		symlinkSync(top, join(folder, "out"));
		put("back\\slash.md", "x");
		put("right\u202eto-left.md", "x");
		writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0x61, 0xff, 0x2e, 0x6d, 0x64])]), "x");
		const entries = await vault.list(undefined);
		const foreign = entries.map((entry) => (entry.kind === "foreign" ? `${entry.name}: ${entry.reason}` : entry.kind));
		expect(foreign.sort()).toEqual([
			"a\ufffd.md: not-utf-8",
			"back\\slash.md: backslash",
			"link.md: symbolic-link",
			"out: symbolic-link",
			"right\u202eto-left.md: bidi-control",
		]);
		expect(await vault.read(at("link.md"))).toBeUndefined();
		expect(await vault.stat(at("link.md"))).toBeUndefined();
		expect(await vault.read(at("out/outside.md"))).toBeUndefined();
		expect(await vault.list(at("out"))).toEqual([]);
	});

	it("[D14] tells a place that something else has taken from one where nothing is, or a file or a folder", async () => {
		symlinkSync(top, join(folder, "out"));
		symlinkSync("nowhere", join(folder, "link.md"));
		execFileSync("mkfifo", [join(folder, "pipe.md")]);
		put("note.md", "x");
		mkdirSync(join(folder, "folder"));
		const taken = ["link.md", "pipe.md", "out", "out/vault/note.md", "note.md", "note.md/in.md", "folder", "gone.md"];
		const answers = await Promise.all(taken.map((path) => vault.isTaken(at(path))));
		expect(answers).toEqual([true, true, true, true, false, false, false, false]);
	});

	it("never writes or removes through a link", async () => {
		writeFileSync(join(top, "outside.md"), "secret");
		symlinkSync(top, join(folder, "out"));
		symlinkSync(join(top, "outside.md"), join(folder, "link.md"));
		const secret = contentHashOf("secret");
		const refusals = [
			await vault.replaceIf(at("out/new.md"), undefined, bytes("x"), 0),
			await vault.replaceIf(at("out/outside.md"), secret, bytes("x"), 0),
			await vault.replaceIf(at("link.md"), secret, bytes("x"), 0),
			await vault.replaceIf(at("link.md"), undefined, bytes("x"), 0),
		];
		expect(refusals.map((result) => result.kind === "failed" && result.code)).toEqual(Array(4).fill("blocked"));
		await vault.removeIf(at("out/outside.md"), secret);
		expect(await vault.removeIf(at("link.md"), secret)).toEqual({ kind: "changed" });
		await vault.removeFolder(at("out"));
		expect(readFileSync(join(top, "outside.md"), "utf8")).toBe("secret");
		expect(readdirSync(top).sort()).toEqual(["outside.md", "vault"]);
		expect(lstatSync(join(folder, "link.md")).isSymbolicLink()).toBe(true);
	});

	it("lets one of two names with one key be the file, the same one for as long as it is there", async () => {
		put("note.md", "lower");
		expect(await listed(vault)).toEqual(["note.md"]);
		put("Note.md", "upper");
		expect(await listed(vault)).toEqual(["Note.md: case-collision", "note.md"]);
		expect(text((await vault.read(at("Note.md")))?.bytes)).toBe("lower");
		rmSync(join(folder, "note.md"));
		expect(await listed(vault)).toEqual(["Note.md"]);
		expect(text((await vault.read(at("note.md")))?.bytes)).toBe("upper");
	});

	it("does not take the name of a colliding file when the spelling changes", async () => {
		put("note.md", "lower");
		await vault.list(undefined);
		put("Note.md", "upper");
		const result = await vault.replaceIf(at("Note.md"), contentHashOf("lower"), bytes("new"), 0);
		expect(result).toMatchObject({ kind: "failed", code: "case-collision" });
		expect(filesBelow(folder)).toEqual(
			new Map([
				["Note.md", "upper"],
				["note.md", "lower"],
			]),
		);
	});

	it("[F4] composes the names of a file and its folders when it is told to write them so, and says where they are not", async () => {
		const [folderName, name] = ["Äußeres".normalize("NFD"), "Café.md".normalize("NFD")];
		mkdirSync(join(folder, folderName));
		put(join(folderName, name), "text");
		const path = at("Äußeres/Café.md");
		expect((await vault.stat(path))?.isDecomposed).toBe(true);
		const [listed] = await vault.list(at("Äußeres"));
		expect(listed?.kind === "file" && listed.stat).toEqual(await vault.stat(path));
		expect(await vault.rename(path, path, contentHashOf("text"))).toMatchObject({ kind: "renamed", path });
		expect(readdirSync(folder)).toEqual(["Äußeres"]);
		expect(readdirSync(join(folder, "Äußeres"))).toEqual(["Café.md"]);
		expect((await vault.stat(path))?.isDecomposed).toBeUndefined();
	});

	it("does not compose the name of a file where another has it already", async () => {
		put("Café.md".normalize("NFD"), "decomposed");
		put("Café.md", "composed");
		const path = at("Café.md");
		const text = (await vault.read(path))?.bytes;
		const renamed = await vault.rename(path, path, contentHashOf(new TextDecoder().decode(text)));
		expect(renamed.kind === "renamed" || (renamed.kind === "failed" && renamed.code === "case-collision")).toBe(true);
		expect(readdirSync(folder)).toHaveLength(2);
	});

	it("keeps a decomposed name on the disk when it writes, and shows it composed", async () => {
		const decomposed = "Äußeres Café.md".normalize("NFD");
		put(decomposed, "old");
		expect(await listed(vault)).toEqual(["Äußeres Café.md".normalize("NFC")]);
		const path = at("Äußeres Café.md");
		expect((await vault.replaceIf(path, contentHashOf("old"), bytes("new"), 0)).kind).toBe("replaced");
		expect(readdirSync(folder)).toEqual([decomposed]);
		expect(readFileSync(join(folder, decomposed), "utf8")).toBe("new");
	});

	it("keeps the mode of a file it replaces, and never writes into other names of the same file", async () => {
		put("a.md", "old");
		chmodSync(join(folder, "a.md"), 0o640);
		linkSync(join(folder, "a.md"), join(top, "other-name.md"));
		await vault.replaceIf(at("a.md"), contentHashOf("old"), bytes("new"), 0);
		expect(statSync(join(folder, "a.md")).mode & 0o777).toBe(0o640);
		expect(readFileSync(join(top, "other-name.md"), "utf8")).toBe("old");
	});

	it("leaves no temporary file behind, whether it wrote or not", async () => {
		put("a.md", "old");
		await vault.replaceIf(at("a.md"), contentHashOf("other"), bytes("new"), 0);
		await vault.replaceIf(at("a.md"), contentHashOf("old"), bytes("new"), 0);
		await vault.replaceIf(at("b.md"), undefined, bytes("new"), 0);
		await vault.replaceIf(at("b.md"), undefined, bytes("new"), 0);
		await vault.removeIf(at("b.md"), contentHashOf("old"));
		expect(readdirSync(folder).sort()).toEqual(["a.md", "b.md"]);
	});

	it("never loses what a person saves in place while it replaces and removes", async () => {
		// Whoever saves last has it on the disk, or the vault said `changed` and left it alone.
		for (let round = 0; round < 60; round++) {
			const path = at(`race-${String(round)}.md`);
			const name = join(folder, path);
			put(path, "old");
			const ours =
				round % 2 === 0
					? vault.replaceIf(path, contentHashOf("old"), bytes("ours"), 0)
					: vault.removeIf(path, contentHashOf("old"));
			for (let turn = 0; turn < round % 6; turn++) await new Promise((resolve) => setImmediate(resolve));
			writeFileSync(name, "a person's words");
			await ours;
			expect(existsSync(name) && readFileSync(name, "utf8"), `round ${String(round)}`).toBe("a person's words");
		}
	});

	it("hears of edits deep inside a folder that was moved, and moved again", async () => {
		mkdirSync(join(folder, "Old/a/b"), { recursive: true });
		put("Old/a/b/n.md", "1");
		const { heard, hears, end } = listen();
		await hears("everything");
		renameSync(join(folder, "Old"), join(top, "Outside"));
		await hears("Old");
		heard.length = 0;
		renameSync(join(top, "Outside"), join(folder, "New"));
		await hears("New");
		heard.length = 0;
		put("New/a/b/n.md", "2");
		await hears("New/a/b/n.md");
		heard.length = 0;
		renameSync(join(folder, "New"), join(folder, "Newer"));
		await hears("Newer");
		heard.length = 0;
		put("Newer/a/b/n.md", "3");
		await hears("Newer/a/b/n.md");
		expect(heard.filter((name) => name.startsWith("Old") || name.startsWith("New/"))).toEqual([]);
		end();
	});

	it.runIf(process.platform === "linux")("hears of a folder whose rights change, and of nothing in it", async () => {
		mkdirSync(join(folder, "a/same"), { recursive: true });
		const { heard, hears, end } = listen();
		await hears("everything");
		chmodSync(join(folder, "a/same"), 0o500);
		await hears("a/same");
		put("a/later.md", "x");
		await hears("a/later.md");
		expect(heard).not.toContain("a/same/same");
		// A file that is called as its folder is heard of all the same.
		chmodSync(join(folder, "a/same"), 0o700);
		put("a/same/same", "1");
		await hears("a/same/same");
		heard.length = 0;
		put("a/same/same", "2");
		await hears("a/same/same");
		heard.length = 0;
		rmSync(join(folder, "a/same/same"));
		await hears("a/same");
		end();
	});

	it("watches a folder that comes back after it was gone", async () => {
		const { heard, hears: hearsOf, end } = listen();
		const hears = async (name: string): Promise<void> => {
			await hearsOf(name);
			heard.length = 0;
		};
		await hears("everything");
		renameSync(folder, join(top, "elsewhere"));
		await hears("everything");
		mkdirSync(folder);
		await hears("everything");
		put("a.md", "alpha");
		await hears("a.md");
		end();
	});

	it("[W10] does not take an empty folder in its place for the vault, until something is in it", async () => {
		put("a.md", "alpha");
		expect(await vault.isPresent()).toBe(true);
		renameSync(folder, join(top, "drive"));
		mkdirSync(folder);
		expect(await vault.isPresent()).toBe(false);
		expect(await vault.replaceIf(at("new.md"), undefined, bytes("x"), 0)).toMatchObject({ code: "vault-missing" });
		expect(await vault.removeIf(at("a.md"), contentHashOf("alpha"))).toMatchObject({ code: "vault-missing" });
		expect(readdirSync(folder)).toEqual([]);

		rmSync(folder, { recursive: true });
		renameSync(join(top, "drive"), folder);
		expect(await vault.isPresent()).toBe(true);
		renameSync(folder, join(top, "drive"));
		mkdirSync(folder);
		put("another.md", "put there by a person");
		expect(await vault.isPresent()).toBe(true);
		expect((await vault.replaceIf(at("new.md"), undefined, bytes("x"), 0)).kind).toBe("replaced");
	});

	it("[W10] takes a folder that somebody emptied for the vault, and one that nothing ever was in", async () => {
		expect((await vault.replaceIf(at("a.md"), undefined, bytes("alpha"), 0)).kind).toBe("replaced");
		expect(await vault.isPresent()).toBe(true);
		rmSync(join(folder, "a.md"));
		expect(await vault.isPresent()).toBe(true);
		// As after a restart of the machine, when the same disk has another number.
		renameSync(folder, join(top, "elsewhere"));
		mkdirSync(folder);
		expect(await vault.isPresent()).toBe(true);
	});

	it("[W10] remembers over a restart which folder it was, and goes on without where that cannot be read", async () => {
		const file = join(top, "known");
		const open = async (): Promise<NodeVault> =>
			new NodeVault({ folder: await VaultFolder.open(folder, file), digest: nodeDigest });
		put("a.md", "alpha");
		const before = await VaultFolder.open(folder, file);
		await before.stat();
		await before.settled();
		renameSync(folder, join(top, "drive"));
		mkdirSync(folder);
		expect(await (await open()).isPresent()).toBe(false);
		writeFileSync(file, "torn");
		expect(await (await open()).isPresent()).toBe(true);
	});

	it("[D12] tells another folder from the one that was trusted, also after a restart", async () => {
		const file = join(top, "known");
		const open = async (): Promise<NodeVault> =>
			new NodeVault({ folder: await VaultFolder.open(folder, file), digest: nodeDigest });
		put("a.md", "alpha");
		let vault = await open();
		expect(await vault.isOtherFolder()).toBe(false);
		await vault.trustFolder();
		put("b.md", "changes what the folder holds, and nothing else");
		expect(await (await open()).isOtherFolder()).toBe(false);

		renameSync(folder, join(top, "before"));
		mkdirSync(folder);
		put("a.md", "alpha");
		vault = await open();
		expect(await vault.isPresent()).toBe(true);
		expect(await vault.isOtherFolder()).toBe(true);
		expect(await (await open()).isOtherFolder()).toBe(true);
		await vault.trustFolder();
		expect(await (await open()).isOtherFolder()).toBe(false);
		rmSync(folder, { recursive: true });
		renameSync(join(top, "before"), folder);
		expect(await (await open()).isOtherFolder()).toBe(true);
		rmSync(folder, { recursive: true });
		expect(await (await open()).isOtherFolder()).toBe(false);
	});

	it("writes no name that its platform cannot hold", async () => {
		const onWindows = new NodeVault({ folder, digest: nodeDigest, platform: "windows" });
		for (const name of ["what is?.md", "CON.md", "dot."]) {
			const refused = await onWindows.replaceIf(at(name), undefined, bytes("x"), 0);
			expect(refused, name).toMatchObject({ kind: "failed", code: "illegal-name" });
			expect((await vault.replaceIf(at(name), undefined, bytes("x"), 0)).kind, name).toBe("replaced");
		}
	});

	it("names what went wrong so that the engine can act", () => {
		const failed = (code: string): unknown => vaultFailureOf(Object.assign(new Error(code), { code }));
		expect(failed("ENOSPC")).toMatchObject({ kind: "failed", code: "no-space" });
		expect(failed("EROFS")).toMatchObject({ code: "read-only" });
		expect(failed("EACCES")).toMatchObject({ code: "read-only" });
		expect(failed("EBUSY")).toMatchObject({ code: "locked" });
		expect(failed("ENAMETOOLONG")).toMatchObject({ code: "illegal-name" });
		expect(failed("EIO")).toMatchObject({ code: "io" });
		expect(vaultFailureOf(new TypeError("a defect"))).toBeUndefined();
	});
});

async function listed(vault: NodeVault): Promise<readonly string[]> {
	const entries = await vault.list(undefined);
	return entries.map((entry) => (entry.kind === "foreign" ? `${entry.name}: ${entry.reason}` : entry.path)).sort();
}

function at(path: string): VaultPath {
	const parsed = toVaultPath(path);
	if (!parsed.ok) throw new Error(`not a vault path: ${path} (${parsed.reason})`);
	return parsed.path;
}

function bytes(content: string): Uint8Array {
	return new TextEncoder().encode(content);
}

function text(content: Uint8Array | undefined): string | undefined {
	return content && new TextDecoder().decode(content);
}

function entriesBelow(folder: string): readonly { readonly path: string; readonly isFolder: boolean }[] {
	return readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) => ({
		path: join(entry.parentPath, entry.name).slice(folder.length + 1),
		isFolder: entry.isDirectory(),
	}));
}

function filesBelow(folder: string): Map<string, string> {
	const files = entriesBelow(folder).filter((entry) => !entry.isFolder);
	return new Map(files.map(({ path }) => [path, readFileSync(join(folder, path), "utf8")]));
}

function foldersBelow(folder: string): readonly string[] {
	const folders = entriesBelow(folder).filter((entry) => entry.isFolder);
	return folders.map(({ path }) => path).sort();
}
