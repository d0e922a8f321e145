// Another program reads a file of the vault all the time while the engine replaces it.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, expect, it } from "vitest";
import { nodeDigest } from "../../daemon/src/node-digest.ts";
import { NodeVault } from "../../daemon/src/node-vault.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { contentHashOf } from "../support/node-crypto-digest.ts";

const REPLACEMENTS = 200;
/** Longer than one write of any file system takes in one go. */
const REPEATS = 40_000;
/** Reads as fast as it can; a content is whole when it is one number repeated. */
const READER = `
	const { workerData, parentPort } = require("node:worker_threads");
	const { readFileSync } = require("node:fs");
	const flag = new Int32Array(workerData.flag);
	let reads = 0, halves = 0;
	do {
		const text = readFileSync(workerData.file, "utf8");
		const first = text.slice(0, text.indexOf(",") + 1);
		if (first === "" || text !== first.repeat(workerData.repeats)) halves++;
		reads++;
	} while (Atomics.load(flag, 0) === 0);
	parentPort.postMessage({ reads, halves });
`;

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "psync-atomic-"));
});
afterEach(() => {
	rmSync(folder, { recursive: true });
});

it("[I24] it sees old or new bytes and no half of them, and no temporary name is left", async () => {
	const textOf = (i: number): string => `${String(i)},`.repeat(REPEATS);
	const path = testPath("note.md");
	writeFileSync(join(folder, path), textOf(0));
	const vault = new NodeVault({ folder, digest: nodeDigest });
	const flag = new SharedArrayBuffer(4);
	const reader = new Worker(READER, {
		eval: true,
		workerData: { file: join(folder, path), repeats: REPEATS, flag },
	});
	const seen = new Promise<unknown>((resolve, reject) => {
		reader.once("message", resolve);
		reader.once("error", reject);
	});
	for (let i = 1; i <= REPLACEMENTS; i++) {
		const bytes = new TextEncoder().encode(textOf(i));
		const result = await vault.replaceIf(path, contentHashOf(textOf(i - 1)), bytes, 1_700_000_000_000 + i);
		expect(result.kind).toBe("replaced");
	}
	Atomics.store(new Int32Array(flag), 0, 1);
	const { reads, halves } = (await seen) as { reads: number; halves: number };
	await reader.terminate();
	expect(reads).toBeGreaterThan(0);
	expect(halves).toBe(0);
	expect(readdirSync(folder)).toEqual([path]);
	expect((await vault.stat(path))?.mtimeMs).toBe(1_700_000_000_000 + REPLACEMENTS);
});
