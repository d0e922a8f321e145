// Large files in the plugin's data folder, on Obsidian's file layer as the test host plays it.
import type { EventRef } from "obsidian";
import { describe, expect, it, vi } from "vitest";
import { TooLargeToReadError } from "../../src/engine/ports/vault.ts";
import { LARGE_FROM_BYTES } from "../../src/obsidian/large-bytes.ts";
import { ObsidianLargeFiles } from "../../src/obsidian/obsidian-large-files.ts";
import { ObsidianVault } from "../../src/obsidian/obsidian-vault.ts";
import { largeFilesContract } from "../contracts/large-files.contract.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { contentHashOf, nodeCryptoDigest } from "../support/node-crypto-digest.ts";
import { obsidianHost, type ObsidianHost } from "../support/obsidian-host.ts";

vi.mock("../host/page/leaks.ts", () => ({ native: { setTimeout, clearTimeout } }));

const FOLDER = ".obsidian/plugins/psync/state/device/group/large";
const MTIME = 1_732_464_000_123;

function open({ app, adapter }: ObsidianHost, readBytesMax = Infinity) {
	const refs: EventRef[] = [];
	const registerEvent = (ref: EventRef): number => refs.push(ref);
	const vault = new ObsidianVault({ app, digest: nodeCryptoDigest, platform: "posix", registerEvent, readBytesMax });
	return { vault, files: new ObsidianLargeFiles(adapter, vault, FOLDER) };
}

largeFilesContract("Obsidian", () => {
	const host = obsidianHost();
	const { vault, files } = open(host);
	const reopen = () => new ObsidianLargeFiles(host.adapter, vault, FOLDER);
	return Promise.resolve({ files, vault, reopen, dispose: () => Promise.resolve() });
});

describe("a large file in Obsidian", () => {
	const bytes = new Uint8Array(LARGE_FROM_BYTES).fill(7);

	it("[X20] lies where Obsidian shows nothing, and is in its tree when it has its place", async () => {
		const host = obsidianHost();
		const { files } = open(host);
		await files.append("whole/a", new Uint8Array([1, 2, 3]));
		expect(host.app.vault.getFiles()).toEqual([]);
		await files.place("whole/a", testPath("film.mp4"), MTIME);
		expect(host.app.vault.getFiles().map(({ path, stat }) => [path, stat.mtime])).toEqual([["film.mp4", MTIME]]);
	});

	it("[X20] is not read when it is renamed: its change token says what it is", async () => {
		const host = obsidianHost();
		const { vault } = open(host);
		const written = await vault.replaceIf(testPath("film.mp4"), undefined, bytes, MTIME);
		const token = written.kind === "replaced" ? written.stat.token : "";
		const read = vi.spyOn(host.adapter, "readBinary");
		const renamed = await vault.rename(
			testPath("film.mp4"),
			testPath("films/film.mp4"),
			contentHashOf("whatever"),
			token,
		);
		expect(renamed).toMatchObject({ kind: "renamed" });
		expect(await vault.rename(testPath("films/film.mp4"), testPath("b.mp4"), contentHashOf(bytes), "other")).toEqual({
			kind: "changed",
		});
		expect(read).not.toHaveBeenCalled();
	});

	it("[X21] is never read where the device has not the memory", async () => {
		const host = obsidianHost();
		const { vault } = open(host, 10);
		await host.adapter.writeBinary("film.mp4", new ArrayBuffer(11));
		await expect(vault.read(testPath("film.mp4"))).rejects.toThrow(TooLargeToReadError);
		await host.adapter.writeBinary("film.mp4", new ArrayBuffer(10));
		expect((await vault.read(testPath("film.mp4")))?.bytes.length).toBe(10);
	});
});
