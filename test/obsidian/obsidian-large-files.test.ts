// Large files in the plugin's data folder, on Obsidian's file layer as the test host plays it.
import { TextFileView } from "obsidian";
import type { EventRef } from "obsidian";
import { describe, expect, it, vi } from "vitest";
import { ObsidianLargeFiles } from "../../src/obsidian/obsidian-large-files.ts";
import { ObsidianVault } from "../../src/obsidian/obsidian-vault.ts";
import { largeFilesContract } from "../contracts/large-files.contract.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { nodeCryptoDigest } from "../support/node-crypto-digest.ts";
import { obsidianHost, type ObsidianHost } from "../support/obsidian-host.ts";
import { bytesOf } from "../support/records.ts";

vi.mock("../host/page/leaks.ts", () => ({ native: { setTimeout, clearTimeout } }));

const FOLDER = ".obsidian/plugins/psync/state/device/group/large";
const MTIME = 1_732_464_000_123;
const FILM = testPath("film.mp4");

function open({ app }: ObsidianHost) {
	const refs: EventRef[] = [];
	const registerEvent = (ref: EventRef): number => refs.push(ref);
	const vault = new ObsidianVault({ app, digest: nodeCryptoDigest, platform: "posix", registerEvent });
	return { vault, files: new ObsidianLargeFiles(app, vault, FOLDER) };
}

async function trashOf({ adapter }: ObsidianHost): Promise<string[]> {
	const texts: string[] = [];
	for (const path of (await adapter.list(".trash")).files) texts.push(await adapter.read(path));
	return texts.sort();
}

largeFilesContract("Obsidian", () => {
	const host = obsidianHost();
	const { vault, files } = open(host);
	return Promise.resolve({
		...{ files, vault },
		reopen: () => new ObsidianLargeFiles(host.app, vault, FOLDER),
		trash: () => trashOf(host),
		dispose: () => Promise.resolve(),
	});
});

describe("a large file in Obsidian", () => {
	it("[XL1 XL3] lies where Obsidian shows nothing, and is in its tree when it has its place", async () => {
		const host = obsidianHost();
		const { files } = open(host);
		await files.append("a", new Uint8Array([1, 2, 3]), MTIME);
		expect(host.app.vault.getFiles()).toEqual([]);
		await files.place("a", FILM);
		expect(host.app.vault.getFiles().map(({ path, stat }) => [path, stat.mtime])).toEqual([["film.mp4", MTIME]]);
	});

	it("[XL1 XL4 XL5] is not read when it comes, is renamed and gives way", async () => {
		const host = obsidianHost();
		const { files } = open(host);
		const read = vi.spyOn(host.adapter, "readBinary");
		await files.append("a", bytesOf("a film"), MTIME);
		await files.place("a", FILM);
		const stamp = { size: 6, mtimeMs: MTIME };
		await files.move(FILM, testPath("films/film.mp4"), stamp);
		expect(await files.discard(testPath("films/film.mp4"), stamp)).toEqual({ kind: "discarded" });
		expect(read).not.toHaveBeenCalled();
		expect(await trashOf(host)).toEqual(["a film"]);
	});

	it("[XL3] has no place in the app's own folder, nor under a name that the app would write another way", async () => {
		const { files } = open(obsidianHost());
		for (const path of [".obsidian/film.mp4", "a:b.mp4", ".trash/film.mp4"]) {
			expect(await files.look(testPath(path))).toEqual({ kind: "barred", code: "illegal-name" });
			await files.append("a", bytesOf("a"), MTIME);
			expect(await files.place("a", testPath(path))).toMatchObject({ kind: "failed", code: "illegal-name" });
		}
	});

	it("[XL1 XL3] nothing is known of a place while the vault's folder is gone", async () => {
		const host = obsidianHost();
		const { files } = open(host);
		await host.adapter.rmdir(".obsidian", true);
		await expect(files.look(FILM)).rejects.toThrow("gone");
	});

	it("[XL3] has no place where a file came while folders were made, also where a rename replaces what is there", async () => {
		const host = obsidianHost();
		const { files } = open(host);
		await files.append("a", bytesOf("a film"), MTIME);
		const createFolder = host.app.vault.createFolder.bind(host.app.vault);
		vi.spyOn(host.app.vault, "createFolder").mockImplementation(async (path) => {
			const folder = await createFolder(path);
			host.fs.write("films/film.mp4", bytesOf("a person's"));
			return folder;
		});
		const rename = host.adapter.rename.bind(host.adapter);
		vi.spyOn(host.adapter, "rename").mockImplementation(async (from, to) => {
			if (host.fs.get(to) !== undefined) await host.adapter.remove(to);
			await rename(from, to);
		});
		expect(await files.place("a", testPath("films/film.mp4"))).toEqual({ kind: "changed" });
		expect(await host.adapter.read("films/film.mp4")).toBe("a person's");
		expect(await files.stat("a")).toMatchObject({ size: 6 });
	});

	it("[XL4 XL6] does not give way while a person goes on typing in it", async () => {
		const host = obsidianHost();
		const { files } = open(host);
		await files.append("a", bytesOf("a long note"), MTIME);
		await files.place("a", testPath("a.md"));
		const view = { file: host.app.vault.getFileByPath("a.md"), dirty: false, save: () => Promise.resolve() };
		host.views.push(Object.assign(Object.create(TextFileView.prototype) as TextFileView, view));
		const mkdir = host.adapter.mkdir.bind(host.adapter);
		vi.spyOn(host.adapter, "mkdir").mockImplementation(async (path) => {
			await mkdir(path);
			for (const open of host.views) Object.assign(open, { dirty: true });
		});
		const stamp = { size: 11, mtimeMs: MTIME };
		expect(await files.discard(testPath("a.md"), stamp)).toEqual({ kind: "changed" });
		expect(await host.adapter.read("a.md")).toBe("a long note");
		for (const open of host.views) Object.assign(open, { dirty: false });
		expect(await files.discard(testPath("a.md"), stamp)).toEqual({ kind: "discarded" });
	});

	it("[XL1] says why a part could not be written", async () => {
		const host = obsidianHost();
		const { files } = open(host);
		vi.spyOn(host.adapter, "writeBinary").mockRejectedValue(Object.assign(new Error("full"), { code: "ENOSPC" }));
		expect(await files.append("a", bytesOf("a"), MTIME)).toMatchObject({ kind: "failed", code: "no-space" });
	});
});
