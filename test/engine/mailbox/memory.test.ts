// How much memory packs take, measured where nothing else ran before: a file of its own is a process of its own.
import { once } from "node:events";
import { createDeflateRaw } from "node:zlib";
import { describe, expect, test } from "vitest";
import { inflated } from "../../../src/wire/compression.ts";
import { PACK_CONTENT_BYTES_MAX } from "../../../src/wire/limits.ts";
import { defined } from "../../support/relay-clients.ts";
import { noise, refusal, SealingGroup } from "../../support/sealed-mailbox.ts";

const MIB = 1024 * 1024;
/** The most this process ever had, in bytes. */
const peak = (): number => process.resourceUsage().maxRSS * 1024;
const inMib = (bytes: number): string => `${(bytes / MIB).toFixed(1)} MiB`;

describe("[ZF9] a full pack", () => {
	test("is sealed and read in a few times its size of memory", async () => {
		const group = await SealingGroup.of(1);
		const contents = noise(PACK_CONTENT_BYTES_MAX);
		const small = await group.pack(noise(1000));
		await group.blobs(small);
		const before = peak();
		const pack = await group.pack(contents);
		const sealed = peak();
		const [read] = await group.blobs(pack);
		const opened = peak();
		expect(Buffer.from(defined(read)).equals(contents)).toBe(true);
		console.info(
			`A pack of 4 MiB: ${inMib(sealed - before)} more to seal it, then ${inMib(opened - sealed)} more to read it`,
		);
		expect(sealed - before).toBeLessThan(10 * PACK_CONTENT_BYTES_MAX);
		expect(opened - sealed).toBeLessThan(10 * PACK_CONTENT_BYTES_MAX);
	});
});

describe("[ZF5] a blob that would fill the memory", () => {
	test("is given up at the size that it said", async () => {
		// Zeros inside zeros do not get smaller again: the most that deflate can be made to do is 1,032 times.
		const deflate = createDeflateRaw({ level: 9 });
		const parts: Buffer[] = [];
		deflate.on("data", (part: Buffer) => parts.push(part));
		const zeros = new Uint8Array(MIB);
		for (let i = 0; i < 512; i++) if (!deflate.write(zeros)) await once(deflate, "drain");
		deflate.end();
		await once(deflate, "end");
		const bomb = Buffer.concat(parts);
		expect(bomb.length).toBeLessThan(MIB);
		const before = peak();
		for (const size of [0, 1, 1000, MIB]) expect(await refusal(() => inflated(bomb, size))).toBe("too-long");
		console.info(`${inMib(bomb.length)} that inflate to 512 MiB: ${inMib(peak() - before)} more to refuse them`);
		expect(peak() - before).toBeLessThan(100 * MIB);
	});
});
