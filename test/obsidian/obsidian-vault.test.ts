// The vault port on Obsidian's file layer, as the test host plays it.
import { TextFileView } from "obsidian";
import type { EventRef, TFile } from "obsidian";
import { describe, expect, it, vi } from "vitest";
import { parsePath } from "../../src/core/path.ts";
import type { VaultPath } from "../../src/core/path.ts";
import { OffloadedError } from "../../src/engine/ports/vault.ts";
import { ObsidianVault } from "../../src/obsidian/obsidian-vault.ts";
import { vaultContract, type VaultFixture } from "../contracts/vault.contract.ts";
import { contentHashOf, nodeCryptoDigest } from "../support/node-crypto-digest.ts";
import { obsidianHost } from "../support/obsidian-host.ts";
import type { ObsidianHost } from "../support/obsidian-host.ts";

// The page's bookkeeping of leaks needs a browser; its plain timers are all that the file layer takes from it.
vi.mock("../host/page/leaks.ts", () => ({ native: { setTimeout, clearTimeout } }));

const MTIME = 1_732_464_000_123;

describe.each(["linux", "mac", "win", "android"] as const)("on a disk as on %s", (kind) => {
	vaultContract("Obsidian", () => fixture(kind));
});

function fixture(kind: "linux" | "mac" | "win" | "android"): Promise<VaultFixture> {
	const host = obsidianHost({}, kind);
	const { vault, end } = open(host);
	const { adapter, fs } = host;
	const makeFolders = async (path: string): Promise<void> => {
		const folder = path.slice(0, Math.max(0, path.lastIndexOf("/")));
		if (folder !== "" && !(await adapter.exists(folder))) await adapter.mkdir(folder);
	};
	return Promise.resolve({
		vault,
		person: {
			save: async (path: string, content: string) => {
				await makeFolders(path);
				await adapter.writeBinary(path, new TextEncoder().encode(content).buffer);
			},
			delete: async (path: string) => {
				if ((await adapter.stat(path))?.type === "folder") await adapter.rmdir(path, true);
				else await adapter.remove(path);
			},
			rename: async (from: string, to: string) => {
				await makeFolders(to);
				await adapter.rename(from, to);
			},
			files: () => Promise.resolve(new Map(visible(host).map((path) => [path.normalize("NFC"), textOn(host, path)]))),
			folders: () =>
				Promise.resolve(fs.descendants("").filter((path) => !path.startsWith(".") && fs.get(path)?.kind === "folder")),
			removeVault: () => {
				for (const path of fs.descendants("")) if (fs.get(path) !== undefined) fs.remove(path);
				return Promise.resolve();
			},
		},
		setsMtime: true,
		dispose: () => {
			end();
			return Promise.resolve();
		},
	});
}

describe("ObsidianVault", () => {
	it("writes text through the app's own queue, so that a person's save in between is seen and kept", async () => {
		const host = obsidianHost({ "a.md": "old" });
		const { vault } = open(host);
		const process = host.app.vault.process.bind(host.app.vault);
		// The person saves after our last look and before the write.
		host.app.vault.process = async (file, change, options) => {
			await host.adapter.write(file.path, "a person's words");
			return process(file, change, options);
		};
		const result = await vault.replaceIf(at("a.md"), contentHashOf("old"), bytes("new"), MTIME);
		expect(result).toEqual({ kind: "changed" });
		expect(textOn(host, "a.md")).toBe("a person's words");
	});

	it("[D11] says of a file in iCloud that it is not on this disk, and neither that it is gone nor removes it", async () => {
		const host = obsidianHost({ "notes/a.md": "alpha" }, "mac");
		const { vault } = open(host, "mac");
		await host.adapter.rename("notes/a.md", "notes/.a.md.icloud");
		await expect(vault.stat(at("notes/a.md"))).rejects.toThrow(OffloadedError);
		await expect(vault.read(at("notes/a.md"))).rejects.toThrow(OffloadedError);
		expect((await vault.removeIf(at("notes/a.md"), contentHashOf("alpha"))).kind).toBe("failed");
		expect(await vault.stat(at("notes/b.md"))).toBeUndefined();
		await host.adapter.rename("notes/.a.md.icloud", "notes/a.md");
		expect(await vault.stat(at("notes/a.md"))).toMatchObject({ size: 5 });
	});

	it.each([
		["a byte order mark before", "\ufeffold", bytes("new")],
		["a byte order mark after", "old", bytes("\ufeffnew")],
	])("keeps raw bytes where there is %s", async (_, before, after) => {
		const host = obsidianHost({ "a.md": before });
		const { vault } = open(host);
		const result = await vault.replaceIf(at("a.md"), contentHashOf(before), after, MTIME);
		expect(result.kind).toBe("replaced");
		expect(host.fs.read("a.md").bytes).toEqual(after);
	});

	it("replaces bytes that are no text, on either side", async () => {
		const host = obsidianHost({ "a.bin": "old" });
		const { vault } = open(host);
		const binary = new Uint8Array([0, 255, 254, 13, 10]);
		expect((await vault.replaceIf(at("a.bin"), contentHashOf("old"), binary, MTIME)).kind).toBe("replaced");
		expect(host.fs.read("a.bin").bytes).toEqual(binary);
		expect((await vault.replaceIf(at("a.bin"), contentHashOf(binary), bytes("text"), MTIME)).kind).toBe("replaced");
		expect(textOn(host, "a.bin")).toBe("text");
	});

	it("never writes with the modification time the file has when the size stays: an open editor would not hear of it", async () => {
		const host = obsidianHost();
		const { vault } = open(host);
		await vault.replaceIf(at("a.md"), undefined, bytes("one"), MTIME);
		const heard: string[] = [];
		host.app.vault.on("modify", (file) => heard.push(file.path));
		await vault.replaceIf(at("a.md"), contentHashOf("one"), bytes("two"), MTIME);
		expect(heard).toEqual(["a.md"]);
		expect((await vault.stat(at("a.md")))?.mtimeMs).toBe(MTIME + 1);
	});

	it("gives whole milliseconds to the disk, whatever it is asked for", async () => {
		const host = obsidianHost();
		const { vault } = open(host);
		const result = await vault.replaceIf(at("a.md"), undefined, bytes("one"), MTIME + 0.75);
		expect(result).toMatchObject({ kind: "replaced", stat: { mtimeMs: MTIME } });
	});

	it("saves an open editor's text first, compares with it, and keeps it", async () => {
		const host = obsidianHost({ "a.md": "old" });
		const { vault } = open(host);
		host.views.push(editor(host, "a.md", "old, and typed just now"));
		const replaced = await vault.replaceIf(at("a.md"), contentHashOf("old"), bytes("new"), MTIME);
		expect(replaced).toEqual({ kind: "changed" });
		expect(textOn(host, "a.md")).toBe("old, and typed just now");

		host.views.push(editor(host, "a.md", "typed again"));
		const removed = await vault.removeIf(at("a.md"), contentHashOf("old, and typed just now"));
		expect(removed).toEqual({ kind: "changed" });
		expect(textOn(host, "a.md")).toBe("typed again");
	});

	it("leaves an editor without unsaved text alone, so that stale text never covers a newer file", async () => {
		const host = obsidianHost({ "a.md": "old" });
		const { vault } = open(host);
		host.views.push(editor(host, "a.md", "stale", false));
		await vault.replaceIf(at("a.md"), contentHashOf("old"), bytes("new"), MTIME);
		expect(textOn(host, "a.md")).toBe("new");
	});

	it("moves what it removes to the trash", async () => {
		const host = obsidianHost({ "a.md": "old" });
		const { vault } = open(host);
		expect(await vault.removeIf(at("a.md"), contentHashOf("old"))).toEqual({ kind: "removed" });
		expect(textOn(host, ".trash/a.md")).toBe("old");
	});

	it("shows neither dot files nor the configuration folder, and leaves a folder that holds some", async () => {
		const host = obsidianHost({ "a/.hidden": "x", ".obsidian/app.json": "{}" });
		const { vault } = open(host);
		expect(await vault.list(undefined)).toEqual([{ kind: "folder", path: "a" }]);
		expect(await vault.list(at("a"))).toEqual([]);
		await vault.removeFolder(at("a"));
		expect(host.fs.get("a/.hidden")).toBeDefined();
	});

	it("reports a name that cannot take part as foreign", async () => {
		const host = obsidianHost({ "a.md": "x", "a\u200bb.md": "x", "A.md": "y" });
		const { vault } = open(host);
		const entries = await vault.list(undefined);
		expect(entries.filter((entry) => entry.kind === "foreign")).toEqual([
			{ kind: "foreign", name: "a.md", reason: "case-collision" },
			{ kind: "foreign", name: "a\u200bb.md", reason: "invisible-character" },
		]);
		expect(entries.filter((entry) => entry.kind === "file").map((entry) => entry.path)).toEqual(["A.md"]);
	});

	it("reads, writes, renames and removes a file that the disk has under a decomposed name, and leaves that name to it", async () => {
		const onDisk = ["cafe\u0301/a.md", "cafe\u0301/re\u0301sume\u0301.md"];
		const host = obsidianHost(Object.fromEntries(onDisk.map((path) => [path, "old"])));
		const { vault } = open(host);
		expect(await vault.list(at("caf\u00e9"))).toMatchObject([
			{ kind: "file", path: "caf\u00e9/a.md" },
			{ kind: "file", path: "caf\u00e9/r\u00e9sum\u00e9.md" },
		]);
		const path = at("caf\u00e9/r\u00e9sum\u00e9.md");
		expect((await vault.replaceIf(path, contentHashOf("old"), bytes("new"), MTIME)).kind).toBe("replaced");
		expect((await vault.replaceIf(at("caf\u00e9/b.md"), undefined, bytes("b"), MTIME)).kind).toBe("replaced");
		expect(visible(host)).toEqual(["cafe\u0301/a.md", "cafe\u0301/b.md", "cafe\u0301/re\u0301sume\u0301.md"]);
		expect(textOn(host, "cafe\u0301/re\u0301sume\u0301.md")).toBe("new");

		const elsewhere = await vault.rename(path, at("r\u00e9sum\u00e9.md"), contentHashOf("new"));
		expect(elsewhere).toMatchObject({ kind: "renamed", path: "r\u00e9sum\u00e9.md" });
		expect(await vault.removeIf(at("caf\u00e9/a.md"), contentHashOf("old"))).toEqual({ kind: "removed" });
		expect(visible(host)).toEqual(["cafe\u0301/b.md", "r\u00e9sum\u00e9.md"]);
	});

	it.each([
		["windows", "what?.md"],
		["windows", "CON.md"],
		["android", "a|b.md"],
		["posix", "12:30.md"],
		["posix", "non\u00a0breaking.md"],
	] as const)("on %s it refuses %s as an illegal name and writes nothing", async (platform, path) => {
		const host = obsidianHost();
		const { vault } = open(host, platform);
		const result = await vault.replaceIf(at(path), undefined, bytes("x"), MTIME);
		expect(result).toMatchObject({ kind: "failed", code: "illegal-name" });
		expect(visible(host)).toEqual([]);
	});

	it.each([
		["ENOSPC", "no-space"],
		["EACCES", "read-only"],
		["EBUSY", "locked"],
		["EIO", "io"],
	])("says what %s means", async (errno, code) => {
		const host = obsidianHost({ "a.md": "old" });
		const { vault } = open(host);
		const failing = (): Promise<never> => Promise.reject(Object.assign(new Error("no"), { code: errno }));
		host.app.vault.process = failing;
		host.app.vault.createBinary = failing;
		const replaced = await vault.replaceIf(at("a.md"), contentHashOf("old"), bytes("new"), MTIME);
		expect(replaced).toMatchObject({ kind: "failed", code });
		expect(await vault.replaceIf(at("b.md"), undefined, bytes("new"), MTIME)).toMatchObject({ kind: "failed", code });
	});
});

function open(
	host: ObsidianHost,
	platform: "posix" | "windows" | "android" | "mac" = "posix",
): { readonly vault: ObsidianVault; readonly end: () => void } {
	const refs: EventRef[] = [];
	const vault = new ObsidianVault({
		app: host.app,
		digest: nodeCryptoDigest,
		platform,
		registerEvent: (ref) => refs.push(ref),
	});
	return {
		vault,
		end: () => {
			for (const ref of refs) host.app.vault.offref(ref);
		},
	};
}

describe("[LE2] a key that comes between comparison and write", () => {
	it("stays: nothing is written, and the caller looks anew", async () => {
		const host = obsidianHost({ "a.md": "one" });
		const { vault } = open(host);
		const view = editor(host, "a.md", "one", false);
		host.views.push(view);
		const { process } = host.app.vault;
		host.app.vault.process = (...given) => {
			Object.assign(view as object, { dirty: true });
			return process.apply(host.app.vault, given);
		};
		expect(await vault.replaceIf(at("a.md"), contentHashOf("one"), bytes("two"), 1_000)).toEqual({ kind: "changed" });
		expect(textOn(host, "a.md")).toBe("one");
		host.app.vault.process = process;
		expect(await vault.replaceIf(at("a.md"), contentHashOf("one"), bytes("two"), 1_000)).toMatchObject({
			kind: "replaced",
		});
	});

	it("stays where what comes is no text, and where the note is to be removed", async () => {
		const host = obsidianHost({ "a.md": "one" });
		const { vault } = open(host);
		const view = editor(host, "a.md", "one", false);
		host.views.push(view);
		const { readBinary } = host.adapter;
		host.adapter.readBinary = async (path) => {
			const read = await readBinary.call(host.adapter, path);
			Object.assign(view as object, { dirty: true });
			return read;
		};
		const binary = new Uint8Array([0, 255, 254]);
		expect(await vault.replaceIf(at("a.md"), contentHashOf("one"), binary, 1_000)).toEqual({ kind: "changed" });
		Object.assign(view as object, { dirty: false });
		expect(await vault.removeIf(at("a.md"), contentHashOf("one"))).toEqual({ kind: "changed" });
		expect(textOn(host, "a.md")).toBe("one");
		host.adapter.readBinary = readBinary;
		Object.assign(view as object, { dirty: false });
		expect(await vault.removeIf(at("a.md"), contentHashOf("one"))).toEqual({ kind: "removed" });
	});

	it("is no key where a view calls itself unsaved for good", async () => {
		const host = obsidianHost({ "a.md": "one" });
		const { vault } = open(host);
		const view = Object.assign(editor(host, "a.md", "one"), { save: () => Promise.resolve() });
		host.views.push(view);
		expect(await vault.replaceIf(at("a.md"), contentHashOf("one"), bytes("two"), 1_000)).toMatchObject({
			kind: "replaced",
		});
	});
});

/** A view with `text` in its buffer, as a person left it. */
function editor(host: ObsidianHost, path: string, text: string, isDirty = true): TextFileView {
	const view: unknown = Object.assign(Object.create(TextFileView.prototype), {
		file: host.app.vault.getFileByPath(path) as TFile,
		dirty: isDirty,
		save: async () => {
			await host.adapter.write(path, text);
			Object.assign(view as object, { dirty: false });
		},
	});
	return view as TextFileView;
}

function visible({ fs }: ObsidianHost): string[] {
	return fs.descendants("").filter((path) => !path.startsWith(".") && fs.get(path)?.kind === "file");
}

function textOn({ fs }: ObsidianHost, path: string): string {
	return new TextDecoder("utf-8", { ignoreBOM: true }).decode(fs.read(path).bytes);
}

function at(path: string): VaultPath {
	const parsed = parsePath(path);
	if (!parsed.ok) throw new Error(`not a vault path: ${path}`);
	return parsed.path;
}

function bytes(text: string): Uint8Array {
	return new TextEncoder().encode(text);
}
