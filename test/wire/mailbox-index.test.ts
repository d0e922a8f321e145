// Indexes in and out, and what is no index.
import { encode } from "@msgpack/msgpack";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { concatBytes, hexToBytes } from "../../src/core/bytes.ts";
import { pathKey } from "../../src/core/path.ts";
import { encodeMessage } from "../../src/wire/codec.ts";
import { CONTENT_PIECES_MAX, INDEX_BYTES_MAX, PACK_CONTENT_BYTES_MAX } from "../../src/wire/limits.ts";
import { parsePackId } from "../../src/wire/mailbox-api.ts";
import { decodeIndex, encodeIndex, type StoredContent } from "../../src/wire/mailbox-index.ts";
import type { PlaceInPack } from "../../src/wire/pack-places.ts";
import { keyedRecords, dotOf, testHash, testSibling, vectorOf } from "../support/arbitrary-records.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { defined } from "../support/relay-clients.ts";
import { refusal } from "../support/sealed-mailbox.ts";

const packOf = (number: number) => defined(parsePackId(number.toString(16).padStart(32, "0")));
const places: fc.Arbitrary<PlaceInPack> = fc
	.record({ pack: fc.nat(5), offset: fc.nat(1_000_000), bytes: fc.nat(1_000_000), more: fc.nat(1_000_000) })
	.map(({ pack, offset, bytes, more }) => ({
		...{ pack: packOf(pack), offset, bytes, size: bytes + more, isCompressed: more > 0 },
	}));
const contents: fc.Arbitrary<StoredContent> = fc.record({
	hash: fc.nat(1000).map(testHash),
	pieces: fc.array(places, { minLength: 1, maxLength: 4 }),
});

describe("[ZF6] an index", () => {
	test("comes out as it went in", () => {
		fc.assert(
			fc.property(
				fc.array(keyedRecords, { maxLength: 5 }),
				fc.array(contents, { maxLength: 20 }),
				(records, stored) => {
					const index = { records, contents: stored };
					expect(decodeIndex(defined(encodeIndex(index)))).toEqual(index);
				},
			),
		);
	});

	test("of thousands of notes is one, and of too many is none", () => {
		const many = (count: number) => ({
			records: Array.from({ length: count }, (_, i) => {
				const path = testPath(`folder/note ${i}.md`);
				const dot = dotOf(1, i + 1);
				const record = { context: vectorOf(dot), siblings: [testSibling(dot, i, { path })], superseded: [] };
				return { key: pathKey(path), record };
			}),
			contents: Array.from({ length: count }, (_, i) => ({
				hash: testHash(i),
				pieces: [{ pack: packOf(1), offset: i, bytes: 1000, size: 1000, isCompressed: false }],
			})),
		});
		const index = many(8000);
		const encoded = defined(encodeIndex(index));
		console.info(`An index of 8,000 notes: ${(encoded.length / 8000).toFixed(0)} bytes a note`);
		expect(decodeIndex(encoded)).toEqual(index);
		expect(encodeIndex(many(20_000))).toBeUndefined();
	});

	test("has room for a film in a thousand pieces", () => {
		const pieces = Array.from({ length: CONTENT_PIECES_MAX }, (_, i) => ({
			...{
				pack: packOf(i),
				offset: 0,
				bytes: PACK_CONTENT_BYTES_MAX,
				size: PACK_CONTENT_BYTES_MAX,
				isCompressed: false,
			},
		}));
		const index = {
			records: [],
			contents: [
				{ hash: testHash(1), pieces },
				{ hash: testHash(2), pieces: pieces.slice(0, 3) },
			],
		};
		expect(decodeIndex(defined(encodeIndex(index)))).toEqual(index);
	});

	const hash = new Uint8Array(32);
	const frame = (kind: number, body: Uint8Array): Uint8Array => {
		const header = new Uint8Array(5);
		header[0] = kind;
		new DataView(header.buffer).setUint32(1, body.length);
		return concatBytes(header, body);
	};
	const index = (...frames: readonly Uint8Array[]): Uint8Array =>
		concatBytes(new TextEncoder().encode("PSyncIx"), Uint8Array.of(1), ...frames);
	const packs = frame(1, encode([hexToBytes(packOf(1))]));
	const piece = (...place: readonly unknown[]): Uint8Array => frame(2, encode([[hash, [[0, place]]]]));
	const record = (path: string): Uint8Array => frame(0, encode([1, [[path, [[new Uint8Array(12), 1]], [], []]]]));

	test("is taken in this form", () => {
		expect(decodeIndex(index())).toEqual({ records: [], contents: [] });
		expect(decodeIndex(index(packs, piece(0, 10, 20, true))).contents).toHaveLength(1);
		expect(decodeIndex(index(record("a.md"))).records).toHaveLength(1);
	});

	test.each([
		["nothing at all", new Uint8Array(), "unknown-format"],
		["of another layout", concatBytes(index().slice(0, 7), Uint8Array.of(2)), "unknown-format"],
		["larger than it may be", concatBytes(index(), new Uint8Array(INDEX_BYTES_MAX)), "too-large"],
		["cut in a header", concatBytes(index(), Uint8Array.of(0, 0, 0)), "malformed"],
		["cut in a frame", index(packs).slice(0, -1), "malformed"],
		["with a frame that says it is longer", index(Uint8Array.of(1, 255, 255, 255, 255)), "malformed"],
		["with a frame of no kind", index(frame(3, encode([]))), "malformed"],
		["with packs twice", index(packs, packs), "malformed"],
		["with contents in no pack", index(piece(0, 10, 20, true)), "malformed"],
		["with a pack that is not named", index(frame(1, encode([])), piece(0, 10, 20, true)), "malformed"],
		["with a content of no pieces", index(packs, frame(2, encode([[hash, []]]))), "malformed"],
		["with a place beyond a pack", index(packs, piece(PACK_CONTENT_BYTES_MAX, 1, 1, false)), "malformed"],
		["with a place before a pack", index(packs, piece(-1, 1, 1, false)), "malformed"],
		["with half a byte", index(packs, piece(0, 1.5, 2, true)), "malformed"],
		["with a content that is larger compressed", index(packs, piece(0, 20, 10, true)), "malformed"],
		["with two sizes of one that is not compressed", index(packs, piece(0, 10, 20, false)), "malformed"],
		[
			"with a size that no pack has room for",
			index(packs, piece(0, 10, PACK_CONTENT_BYTES_MAX + 1, true)),
			"malformed",
		],
		["with a path out of the vault", index(record("../a.md")), "malformed"],
		["with a path into .git", index(record(".git/config")), "malformed"],
		["with another message than records", index(frame(0, encodeMessage({ type: "need-full" }))), "malformed"],
		["with bytes that are nothing", index(frame(0, Uint8Array.of(0xc1))), "malformed"],
	])("is refused %s", async (_, bytes, code) => {
		expect(await refusal(() => decodeIndex(bytes))).toBe(code);
	});

	test("made to cost the most is refused in a moment", async () => {
		// Arrays in arrays, as deep as a frame is long, in every frame that fits.
		const deep = frame(0, new Uint8Array(256 * 1024).fill(0x91));
		const wide = frame(2, new Uint8Array(256 * 1024).fill(0xdc));
		for (const bytes of [
			index(...Array.from({ length: 7 }, () => deep)),
			index(packs, ...Array.from({ length: 7 }, () => wide)),
		]) {
			const before = process.cpuUsage();
			expect(await refusal(() => decodeIndex(bytes))).toBe("malformed");
			const { user } = process.cpuUsage(before);
			console.info(`A hostile index of 1.8 MiB: ${(user / 1000).toFixed(0)} ms of CPU`);
		}
	});
});
