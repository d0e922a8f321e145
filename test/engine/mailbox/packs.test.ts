// Packs as they are stored and read again, with real keys.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { concatBytes } from "../../../src/core/bytes.ts";
import { PackDraft, writePack } from "../../../src/engine/mailbox/pack-draft.ts";
import { PackReader } from "../../../src/engine/mailbox/pack-reader.ts";
import { nobleDigest } from "../../../src/web/noble-digest.ts";
import { webRandom } from "../../../src/web/web-random.ts";
import { PACK_CONTENT_BYTES_MAX } from "../../../src/wire/limits.ts";
import { MAILBOX_PACK_BYTES_MIN, MAILBOX_READ_BYTES_MAX } from "../../../src/wire/mailbox-api.ts";
import {
	CHUNK_BYTES,
	chunkPlace,
	decodePackHeader,
	encodePackHeader,
	PACK_HEADER_BYTES,
	packBytes,
	TAG_BYTES,
} from "../../../src/wire/pack.ts";
import { paddedLength } from "../../../src/wire/padding.ts";
import { fakeSecrets } from "../../simulation/fake-crypto.ts";
import { defined } from "../../support/relay-clients.ts";
import { flipped, hashOf, noise, refusal, SealingGroup } from "../../support/sealed-mailbox.ts";

const group = await SealingGroup.of(1);
const text = (length: number): Uint8Array =>
	new TextEncoder().encode("a line of a note\n".repeat(length)).slice(0, length);
describe("[ZF1] a pack", () => {
	test("gives back what was put in, whatever it is and wherever the chunks end", async () => {
		const length = fc.oneof(
			fc.integer({ min: 0, max: 3000 }),
			fc.constantFrom(CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES + 5),
		);
		const blob = fc.tuple(fc.constantFrom(text, noise), length).map(([make, size]) => make(size));
		await fc.assert(
			fc.asyncProperty(fc.array(blob, { maxLength: 6 }), async (blobs) => {
				const pack = await group.pack(...blobs);
				const read = await group.blobs(pack);
				expect(read.map((bytes, i) => Buffer.from(bytes).equals(defined(blobs[i])))).toEqual(blobs.map(() => true));
				expect(pack.hash).toBe(hashOf(pack.bytes));
			}),
			{ numRuns: 60 },
		);
	});

	test("is read in any order and any range, by the chunks that have it", async () => {
		const contents = noise(3 * CHUNK_BYTES + 100);
		const pack = await group.pack(contents);
		await fc.assert(
			fc.asyncProperty(fc.nat(contents.length), fc.nat(contents.length), async (a, b) => {
				const [from, to] = [Math.min(a, b), Math.max(a, b)];
				let readBytes = 0;
				const reader = group.reader(pack, pack.bytes, (start, end) => {
					expect(end - start).toBeLessThanOrEqual(MAILBOX_READ_BYTES_MAX);
					readBytes += end - start;
				});
				const range = await reader.readRange(from, to - from);
				expect(Buffer.from(range).equals(contents.subarray(from, to))).toBe(true);
				const chunks = from === to ? 0 : Math.floor((to - 1) / CHUNK_BYTES) - Math.floor(from / CHUNK_BYTES) + 1;
				expect(readBytes).toBeLessThanOrEqual(PACK_HEADER_BYTES + chunks * (CHUNK_BYTES + TAG_BYTES));
			}),
			{ numRuns: 60 },
		);
	});

	test("asks for the header once, and for a chunk once while what is read lies next to each other", async () => {
		const pack = await group.pack(...Array.from({ length: 50 }, (_, i) => noise(1000 + i)));
		const reads: number[] = [];
		const reader = group.reader(pack, pack.bytes, (from) => reads.push(from));
		for (const place of pack.places) await reader.readBlob(place);
		expect(reads).toEqual([0, PACK_HEADER_BYTES]);
	});

	test("takes no more than it has room for, and says so", async () => {
		const draft = new PackDraft(webRandom);
		expect(draft.add(noise(PACK_CONTENT_BYTES_MAX - 10))).toMatchObject({ offset: 0, isCompressed: false });
		expect(draft.add(noise(11))).toBeUndefined();
		expect(draft.add(noise(10))).toMatchObject({ offset: PACK_CONTENT_BYTES_MAX - 10, bytes: 10 });
		expect(draft.bytes).toBe(PACK_CONTENT_BYTES_MAX);
		const pack = await draft.seal({ keys: group.secrets.mailbox, digest: nobleDigest, random: webRandom });
		expect(pack.id).toBe(draft.id);
		// Any relay with a mailbox takes it.
		expect(pack.bytes.length).toBeLessThanOrEqual(MAILBOX_PACK_BYTES_MIN);
	});

	test("is smaller than its texts, and never larger than its contents but for header, tags and padding", async () => {
		const pack = await group.pack(text(100_000), noise(1000));
		const [first, second] = pack.places;
		expect(defined(first).bytes).toBeLessThan(1000);
		expect(second).toMatchObject({ bytes: 1000, size: 1000, isCompressed: false });
	});

	test("can be tried again after the relay could not be reached", async () => {
		const pack = await group.pack(text(10));
		let isThere = false;
		const reader = group.reader(pack, pack.bytes, () => {
			if (!isThere) throw new Error("no network");
		});
		await expect(reader.readBlob(defined(pack.places[0]))).rejects.toThrow("no network");
		isThere = true;
		expect(await reader.readBlob(defined(pack.places[0]))).toEqual(text(10));
	});
});

describe("[ZF2] a pack", () => {
	test("of the same contents is another one each time, of a size that many others have", async () => {
		const [one, two] = await Promise.all([group.pack(text(5000)), group.pack(text(5000))]);
		expect(one.id).not.toBe(two.id);
		expect(one.bytes.length).toBe(two.bytes.length);
		const sizes = new Set<number>();
		for (let length = 1; length < 200_000; length += 997) sizes.add(packBytes(paddedLength(length)));
		expect(sizes.size).toBeLessThan(200);
		expect(sizes).toContain(one.bytes.length);
	});
});

describe("[ZF3] a pack that is not as it was", () => {
	test("is refused by name before anything of the changed part comes out", async () => {
		const pack = await group.pack(noise(2 * CHUNK_BYTES + 100), text(10));
		const other = await group.pack(noise(2 * CHUNK_BYTES + 100), text(10));
		const contents = defined(pack.places[0]);
		const given = (stored: Uint8Array) => refusal(() => group.reader(pack, stored).readBlob(contents));
		const swapped = pack.bytes.slice();
		const [first, second] = [chunkPlace(0, contents.bytes * 2), chunkPlace(1, contents.bytes * 2)];
		swapped.set(pack.bytes.subarray(second.from, second.to), first.from);
		swapped.set(pack.bytes.subarray(first.from, first.to), second.from);
		expect(await given(pack.bytes)).toBeUndefined();
		expect(await given(flipped(pack.bytes, 0))).toBe("unknown-format");
		expect(await given(flipped(pack.bytes, 8))).toBe("other-pack");
		expect(await given(flipped(pack.bytes, 40))).toBe("other-key"); // the salt
		expect(await given(flipped(pack.bytes, 80))).toBe("other-key"); // the commitment
		expect(await given(flipped(pack.bytes, PACK_HEADER_BYTES))).toBe("damaged");
		expect(await given(swapped)).toBe("damaged");
		expect(await given(other.bytes)).toBe("other-pack");
		for (const cut of [0, 1, PACK_HEADER_BYTES, PACK_HEADER_BYTES + CHUNK_BYTES + TAG_BYTES, pack.bytes.length - 1]) {
			expect(await given(pack.bytes.slice(0, cut))).toBe("cut");
		}
		expect(await given(concatBytes(pack.bytes, Uint8Array.of(0)))).toBe("cut");
	});

	test("is refused where the head and the pack say different lengths, whatever the relay says", async () => {
		const pack = await group.pack(noise(CHUNK_BYTES + 100));
		const shorter = { ...pack, bytes: pack.bytes.slice(0, -TAG_BYTES) };
		expect(await refusal(() => group.reader(shorter).readBlob(defined(pack.places[0])))).toBe("cut");
	});

	test("is refused where the relay gives another number of bytes than it was asked for", async () => {
		const pack = await group.pack(noise(1000));
		for (const more of [-1, 1]) {
			const reader = new PackReader({
				...{ id: pack.id, bytes: pack.bytes.length, keys: group.secrets.mailbox, digest: nobleDigest },
				// The header as it is, so that the chunk is asked for.
				read: (from, to) =>
					Promise.resolve(concatBytes(pack.bytes, noise(10)).slice(from, from === 0 ? to : to + more)),
			});
			expect(await refusal(() => reader.readBlob(defined(pack.places[0])))).toBe("cut");
		}
		const other = new PackReader({
			...{ id: pack.id, bytes: pack.bytes.length + 16, keys: group.secrets.mailbox, digest: nobleDigest },
			read: (from, to) => Promise.resolve(pack.bytes.slice(from, to)),
		});
		expect(await refusal(() => other.readBlob(defined(pack.places[0])))).toBe("cut");
		const gone = new PackReader({
			...{ id: pack.id, bytes: pack.bytes.length, keys: group.secrets.mailbox, digest: nobleDigest },
			read: () => Promise.resolve(undefined),
		});
		expect(await refusal(() => gone.readBlob(defined(pack.places[0])))).toBe("missing");
	});

	test("has a length that packs have", async () => {
		const { id } = await group.pack(noise(10));
		const header = { id, salt: noise(32), commitment: noise(32) };
		const read = (contentBytes: number) =>
			refusal(() => decodePackHeader(encodePackHeader({ ...header, contentBytes })));
		for (const contentBytes of [1024, 1088, PACK_CONTENT_BYTES_MAX]) expect(await read(contentBytes)).toBeUndefined();
		for (const contentBytes of [0, 1, 1023, 1025, PACK_CONTENT_BYTES_MAX + 131_072, 2 ** 31]) {
			expect(await read(contentBytes)).toBe("unknown-format");
		}
	});

	test("can still be read where it is as it was", async () => {
		const pack = await group.pack(noise(CHUNK_BYTES), text(30), noise(CHUNK_BYTES));
		const spoilt = flipped(pack.bytes, pack.bytes.length - 1);
		const reader = group.reader(pack, spoilt);
		const results = [];
		for (const place of pack.places) results.push(await refusal(() => reader.readBlob(place)));
		expect(results).toEqual([undefined, undefined, "damaged"]);
	});

	test("has nothing beyond its end", async () => {
		const pack = await group.pack(text(10));
		const reader = group.reader(pack);
		expect(await refusal(() => reader.readRange(1000, 1000))).toBe("outside");
		expect(await refusal(() => reader.readRange(-1, 1))).toBe("outside");
	});
});

describe("[ZF3] the keys of simulated devices", () => {
	test("hide nothing, and find every change all the same", async () => {
		const keys = fakeSecrets("a").mailbox;
		const blobs = [text(3000), noise(500)];
		const pack = await writePack(blobs, { keys, digest: nobleDigest, random: webRandom });
		const read = async (stored: Uint8Array, by = keys) => {
			const reader = new PackReader({
				...{ id: pack.id, bytes: pack.bytes.length, keys: by, digest: nobleDigest },
				read: (from, to) => Promise.resolve(stored.slice(from, to)),
			});
			return Promise.all(pack.places.map((place) => reader.readBlob(place)));
		};
		expect(await read(pack.bytes)).toEqual(blobs);
		expect(await refusal(() => read(pack.bytes, fakeSecrets("b").mailbox))).toBe("other-key");
		for (let at = 0; at < pack.bytes.length; at++) {
			expect(await refusal(() => read(flipped(pack.bytes, at)))).toBeDefined();
		}
		const head = await keys.seal("head", text(50), text(5));
		expect(await keys.open("head", head, text(5))).toEqual(text(50));
		expect(await keys.open("receipt", head, text(5))).toBeUndefined();
		expect(await keys.open("head", head, text(6))).toBeUndefined();
		expect(await keys.open("head", flipped(head, 3), text(5))).toBeUndefined();
	});
});

describe("[ZF4] a pack", () => {
	test("of another group, of another key or from another relay does not open", async () => {
		const pack = await group.pack(text(10));
		for (const other of [await SealingGroup.of(2), await SealingGroup.of(1, { relay: "wss://other.example.org" })]) {
			expect(await refusal(() => other.blobs(pack))).toBe("other-key");
		}
	});
});
