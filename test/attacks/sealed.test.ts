// What a hostile relay, a former member and a hostile member can do with what a group stores: at the level of what is stored, with real
// keys. What devices make of it has tests of its own.
import { once } from "node:events";
import { createDeflateRaw } from "node:zlib";
import { expect } from "vitest";
import { concatBytes } from "../../src/core/bytes.ts";
import { readContent, readIndex } from "../../src/engine/mailbox/stored-contents.ts";
import { nobleDigest } from "../../src/web/noble-digest.ts";
import { webRandom } from "../../src/web/web-random.ts";
import { INDEX_BYTES_MAX } from "../../src/wire/limits.ts";
import { parsePackId } from "../../src/wire/mailbox-api.ts";
import { encodeHead, headContext, headSignatureMessage } from "../../src/wire/mailbox-head.ts";
import { encodeIndex } from "../../src/wire/mailbox-index.ts";
import { CHUNK_BYTES, chunkPlace, PACK_HEADER_BYTES, packBytes } from "../../src/wire/pack.ts";
import type { BlobPlace } from "../../src/wire/pack-places.ts";
import { paddedLength } from "../../src/wire/padding.ts";
import type { SealedErrorCode } from "../../src/wire/sealed-error.ts";
import { defined } from "../support/relay-clients.ts";
import {
	claimOf,
	flipped,
	hashOf,
	noise,
	refusal,
	SealingGroup,
	storedAsTheyAre,
	type PlacedPack,
} from "../support/sealed-mailbox.ts";
import { attack } from "./support/cases.ts";

const MIB = 1024 * 1024;
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Deflate out of which so many MiB of zeros come. */
async function bombOf(sizeMib: number): Promise<Uint8Array> {
	const deflate = createDeflateRaw({ level: 9 });
	const parts: Buffer[] = [];
	deflate.on("data", (part: Buffer) => parts.push(part));
	const zeros = new Uint8Array(MIB);
	for (let i = 0; i < sizeMib; i++) if (!deflate.write(zeros)) await once(deflate, "drain");
	deflate.end();
	await once(deflate, "end");
	return Buffer.concat(parts);
}

/** How many of each error there were. */
class Tally {
	readonly #counts = new Map<SealedErrorCode | undefined, number>();

	async add(work: () => unknown): Promise<void> {
		const code = await refusal(work);
		this.#counts.set(code, (this.#counts.get(code) ?? 0) + 1);
	}

	/** That nothing was taken, and how often what was said. */
	refused(): Record<string, number> {
		expect(this.#counts.get(undefined)).toBeUndefined();
		return Object.fromEntries([...this.#counts].map(([code, count]) => [String(code), count]));
	}
}

// First: how much memory there ever was says nothing later.
attack("B21", async () => {
	const group = await SealingGroup.of(1);
	const bomb = await bombOf(512);
	const honest = noise(3000);
	const pack = await storedAsTheyAre(group, bomb, honest);
	const [bombPlace, honestPlace] = [defined(pack.places[0]), defined(pack.places[1])];
	const reader = group.reader(pack);
	await reader.readBlob(honestPlace);
	const before = process.resourceUsage().maxRSS;
	const read = (place: Partial<BlobPlace>) =>
		refusal(() => reader.readBlob({ ...bombPlace, isCompressed: true, ...place }));
	// A content, or a piece of one.
	for (const size of [bomb.length + 1, MIB, 4 * MIB - 1]) expect(await read({ size })).toBe("too-long");
	// The other way round, and what was never compressed.
	const small = await storedAsTheyAre(group, await bombOf(1));
	const smallPlace = { ...defined(small.places[0]), isCompressed: true };
	expect(await refusal(() => group.reader(small).readBlob({ ...smallPlace, size: MIB }))).toBeUndefined();
	expect(await refusal(() => group.reader(small).readBlob({ ...smallPlace, size: MIB - 1 }))).toBe("too-long");
	expect(await refusal(() => group.reader(small).readBlob({ ...smallPlace, size: MIB + 1 }))).toBe("too-short");
	expect(await read({ ...honestPlace, size: 4000, isCompressed: true })).toBeDefined();
	// An index.
	const index = { pack: pack.id, ...bombPlace, isCompressed: true };
	for (const [size, code] of [
		[INDEX_BYTES_MAX, "too-long"],
		[INDEX_BYTES_MAX + 1, "too-large"],
		[2 ** 40, "too-large"],
	] as const) {
		const segment = { index: { ...index, size }, hash: hashOf(bomb) };
		expect(await refusal(() => readIndex(segment, reader, nobleDigest))).toBe(code);
	}
	// A content of many such pieces: given up at the first.
	const pieces = Array.from({ length: 1000 }, () => ({ ...index, size: MIB }));
	const content = { hash: hashOf(bomb), pieces };
	expect(await refusal(() => readContent(content, 1000 * MIB, () => reader, nobleDigest))).toBe("too-long");
	const grown = (process.resourceUsage().maxRSS - before) / 1024;
	console.info(`B21: 0.5 MiB that inflate to 512 MiB, met seven times: ${grown.toFixed(0)} MiB more memory at most`);
	expect(grown).toBeLessThan(160);
});

attack("B12", async () => {
	const group = await SealingGroup.of(1);
	// A pack: every byte of a small one, and the chunks of a large one.
	const small = await group.pack(utf8("a note"), noise(800));
	const flips = new Tally();
	for (let at = 0; at < small.bytes.length; at++) {
		await flips.add(() => group.blobs(small, flipped(small.bytes, at, at % 8)));
	}
	console.info("B12, a byte of a pack flipped:", flips.refused());
	const cuts = new Tally();
	for (let length = 0; length < small.bytes.length; length++) {
		await cuts.add(() => group.blobs(small, small.bytes.slice(0, length)));
	}
	for (const more of [1, 16, 1000]) await cuts.add(() => group.blobs(small, concatBytes(small.bytes, noise(more))));
	expect(cuts.refused()).toEqual({ cut: small.bytes.length + 3 });

	// The relay may say any length: then what is read of it is wrong, and never more than what was asked for.
	const [one, two] = [await group.pack(noise(3 * CHUNK_BYTES)), await group.pack(noise(3 * CHUNK_BYTES))];
	const padded = paddedLength(3 * CHUNK_BYTES);
	const lying = (stored: Uint8Array) => {
		const whole = new Uint8Array(one.bytes.length);
		whole.set(stored.subarray(0, whole.length));
		return group.blobs(one, whole);
	};
	expect(await refusal(() => lying(one.bytes))).toBeUndefined();
	const chunk = (pack: PlacedPack, number: number): Uint8Array => {
		const { from, to } = chunkPlace(number, padded);
		return pack.bytes.subarray(from, to);
	};
	const chunks = new Tally();
	const last = Math.ceil(padded / CHUNK_BYTES) - 1;
	const header = one.bytes.subarray(0, PACK_HEADER_BYTES);
	for (let a = 0; a <= last; a++) {
		for (let b = 0; b <= last; b++) {
			// Chunk b in the place of a: of the same pack, or of the other one.
			for (const source of a === b ? [two] : [one, two]) {
				const order = Array.from({ length: last + 1 }, (_, i) => (i === a ? chunk(source, b) : chunk(one, i)));
				await chunks.add(() => lying(concatBytes(header, ...order)));
			}
		}
	}
	await chunks.add(() => lying(concatBytes(header, ...Array.from({ length: last }, (_, i) => chunk(one, i)))));
	await chunks.add(() =>
		lying(concatBytes(two.bytes.subarray(0, PACK_HEADER_BYTES), one.bytes.subarray(PACK_HEADER_BYTES))),
	);
	await chunks.add(() => lying(two.bytes));
	console.info("B12, chunks swapped, doubled, dropped or of another pack:", chunks.refused());

	// Shorter by its own words, so that its last chunk is another: the header says how much there is, and each chunk what the header is.
	const shorter = new Uint8Array(one.bytes);
	new DataView(shorter.buffer).setUint32(8 + 16, CHUNK_BYTES);
	const claimed = { ...one, bytes: shorter.subarray(0, packBytes(CHUNK_BYTES)) };
	const ofFirst: PlacedPack = { ...claimed, places: [{ offset: 0, bytes: 10, size: 10, isCompressed: false }] };
	expect(await refusal(() => group.blobs(ofFirst))).toBe("damaged");

	// The index, whose pack the relay has, and the head.
	const encoded = defined(encodeIndex({ records: [], contents: [] }));
	const indexPack = await group.pack(encoded);
	const segment = { index: { pack: indexPack.id, ...defined(indexPack.places[0]) }, hash: hashOf(encoded) };
	const indexes = new Tally();
	for (let at = 0; at < indexPack.bytes.length; at += 7) {
		const reader = group.reader(indexPack, flipped(indexPack.bytes, at));
		await indexes.add(() => readIndex(segment, reader, nobleDigest));
	}
	await indexes.add(() => readIndex(segment, group.reader(indexPack, small.bytes), nobleDigest));
	console.info("B12, a byte of an index flipped, or another pack:", indexes.refused());
	const { bytes } = await group.head(claimOf(indexPack));
	const heads = new Tally();
	for (let at = 0; at < bytes.length; at++) await heads.add(() => group.openHead(flipped(bytes, at, at % 8)));
	for (let length = 0; length < bytes.length; length++) await heads.add(() => group.openHead(bytes.slice(0, length)));
	await heads.add(() => group.openHead(concatBytes(bytes, bytes)));
	expect(heads.refused()).toEqual({ "other-key": 2 * bytes.length + 1 });
});

attack("B13", async () => {
	const own = await SealingGroup.of(1, { keyEpoch: 1 });
	// The key before, another vault of the same person, the same group at another relay: all of the same device.
	const { device } = own;
	const others = [
		await SealingGroup.of(9, { device, keyEpoch: 0 }),
		await SealingGroup.of(2, { device, keyEpoch: 1 }),
		await SealingGroup.of(1, { device, keyEpoch: 1, relay: "wss://other.example.org" }),
	];
	for (const other of others) {
		const pack = await other.pack(utf8("a note"));
		const { bytes } = await other.head(claimOf(pack));
		expect(await refusal(() => other.openHead(bytes))).toBeUndefined();
		expect(await refusal(() => own.openHead(bytes))).toBe("other-key");
		expect(await refusal(() => own.blobs(pack))).toBe("other-key");
		expect(await refusal(async () => own.openReceipt(await other.receipt()))).toBe("other-key");
	}
	// A member can seal what it kept of another epoch or group anew; what was signed says where it belongs.
	const { mailbox, groupId } = own.secrets;
	for (const [more, code] of [
		[{ keyEpoch: 0 }, "other-epoch"],
		[{ groupId: defined(others[1]).secrets.groupId }, "other-group"],
	] as const) {
		const body = encodeHead({ ...(await own.head()).head, ...more });
		const length = new Uint8Array(4);
		new DataView(length.buffer).setUint32(0, body.length);
		const inside = concatBytes(await device.sign(headSignatureMessage(body)), length, body);
		const bytes = await mailbox.seal("head", inside, headContext(groupId));
		expect(await refusal(() => own.openHead(bytes))).toBe(code);
	}
});

attack("B18", async () => {
	const group = await SealingGroup.of(1);
	const words = ["kumquat", "marmalade", "midnight", "at", "the", "of", "note"];
	const text = (seed: number): string =>
		Array.from({ length: 900 }, (_, i) => defined(words[(i * i + seed * 7 + i) % words.length])).join(" ");
	const vault = [...Array.from({ length: 12 }, (_, i) => utf8(text(i))), noise(60_000), new Uint8Array(40_000)];
	const edited = vault.with(3, flipped(defined(vault[3]), 100));
	const stored = [];
	for (const blobs of [vault, vault, edited]) {
		const index = defined(
			encodeIndex({ records: [], contents: [{ hash: hashOf(defined(blobs[0])), pieces: [onePiece()] }] }),
		);
		const pack = await group.pack(...blobs, index);
		const { bytes } = await group.head(claimOf(pack));
		stored.push({ pack: pack.bytes, head: bytes, receipt: await group.receipt() });
	}
	// Windows of 64 bytes, at every offset of everything: the header's first bytes are the same, and are fewer.
	const seen = new Set<string>();
	let windows = 0;
	for (const bytes of stored.flatMap(({ pack, head, receipt }) => [pack, head, receipt])) {
		const all = Buffer.from(bytes).toString("latin1");
		for (const word of [...words.filter(({ length }) => length > 4), "PSyncIx", group.device.deviceId.slice(0, 12)]) {
			expect(all.includes(word)).toBe(false);
		}
		for (let at = 0; at + 64 <= all.length; at++, windows++) seen.add(all.slice(at, at + 64));
		expect(bytes.length === all.length && isPaddedSize(bytes.length)).toBe(true);
	}
	console.info(`B18: ${windows} windows of 64 bytes in three uploads of the same vault, ${windows - seen.size} twice`);
	expect(seen.size).toBe(windows);
	// The same sizes, so that an edit is not told from none.
	expect(new Set(stored.map(({ pack }) => pack.length)).size).toBe(1);
	expect(new Set(stored.map(({ head }) => head.length)).size).toBe(1);
});

/** Of a head or receipt, or of a pack. */
function isPaddedSize(length: number): boolean {
	if (paddedLength(length) === length) return true;
	for (let chunks = 1; chunks <= 17; chunks++) {
		const contents = length - PACK_HEADER_BYTES - chunks * 16;
		if (paddedLength(contents) === contents && packBytes(contents) === length) return true;
	}
	return false;
}

function onePiece() {
	const pack = defined(parsePackId(Buffer.from(webRandom.bytes(16)).toString("hex")));
	return { pack, offset: 0, bytes: 10, size: 10, isCompressed: false };
}

attack("B19", async () => {
	// The device that was taken out has the old group key, its own key, and now all bytes that the relay has.
	const removed = await SealingGroup.of(1, { keyEpoch: 0 });
	const rotated = await SealingGroup.of(2, { keyEpoch: 1 });
	const pack = await rotated.pack(utf8("what was written since"));
	const { bytes } = await rotated.head(claimOf(pack));
	const receipt = await rotated.receipt();
	expect(await refusal(() => rotated.openHead(bytes))).toBeUndefined();
	expect(await refusal(() => removed.openHead(bytes))).toBe("other-key");
	expect(await refusal(() => removed.blobs(pack))).toBe("other-key");
	expect(await refusal(() => removed.openReceipt(receipt, rotated.device.deviceId))).toBe("other-key");
	// Nor does anything that it leaves count: under the key it has, or, if it had the new one, with the key that it signs with.
	expect(await refusal(async () => rotated.openHead((await removed.head()).bytes))).toBe("other-key");
	expect(await refusal(async () => rotated.openHead((await rotated.head({}, removed.device)).bytes))).toBe(
		"not-a-writer",
	);
	const own = await rotated.receipt({}, removed.device);
	expect(await refusal(() => rotated.openReceipt(own, removed.device.deviceId))).toBe("not-a-writer");
});
