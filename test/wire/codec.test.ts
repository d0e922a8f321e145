// Messages between devices: what one says the other understands, and whatever else comes is one kind of error.
import { encode } from "@msgpack/msgpack";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pathKey } from "../../src/core/path.ts";
import type { KeyedRecord } from "../../src/core/record.ts";
import { decodeMessage, encodeMessage } from "../../src/wire/codec.ts";
import { DecodeError } from "../../src/wire/decode-error.ts";
import {
	CONTENT_MESSAGE_BYTES_MAX,
	CONTROL_MESSAGE_BYTES_MAX,
	COUNTER_MAX,
	FILE_BYTES_MAX,
	PIECE_BYTES_MAX,
	PIECES_PER_MESSAGE_MAX,
	RANGE_BYTES_MAX,
	RECORDS_PER_MESSAGE_MAX,
	VECTOR_EPOCHS_MAX,
	WANTS_PER_MESSAGE_MAX,
} from "../../src/wire/limits.ts";
import {
	BYE_CODES,
	messageSchemas,
	type ContentPiece,
	type ContentRange,
	type PeerMessage,
} from "../../src/wire/messages.ts";
import { bytesToHex } from "../../src/core/bytes.ts";
import type { TrieNode } from "../../src/core/hash-trie.ts";
import type { DeviceId, GroupId } from "../../src/core/ids.ts";
import type { HeadHash } from "../../src/wire/mailbox-head.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import {
	dotOf,
	hashes,
	keyedRecords,
	recordOf,
	testEpoch,
	testHash,
	testSibling,
	vectorOf,
	vectors,
} from "../support/arbitrary-records.ts";

const bytesOf = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const count = fc.oneof(fc.nat(300), fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }));
const ranges = fc.record({
	hash: hashes,
	offset: fc.integer({ min: 0, max: FILE_BYTES_MAX }),
	length: fc.integer({ min: 0, max: RANGE_BYTES_MAX }),
});
const pieces = fc
	.tuple(hashes, fc.uint8Array({ maxLength: 50 }), fc.nat(1000), fc.nat(1000))
	.map(([hash, bytes, offset, rest]): ContentPiece => ({ hash, bytes, offset, size: offset + bytes.length + rest }));

const marks = fc.record({ number: count, token: bytesOf(16).map(bytesToHex) });
const prefixes = fc.array(fc.nat(15), { maxLength: 64 }).map((digits) => digits.map((d) => d.toString(16)).join(""));
const keyHashes = fc.array(bytesOf(32).map(bytesToHex), { maxLength: 4 });
const nodes: fc.Arbitrary<TrieNode> = fc.oneof(
	fc.record({
		kind: fc.constant("leaf" as const),
		items: fc.array(fc.record({ keyHash: bytesOf(32), digest: bytesOf(16) }), { maxLength: 16 }),
	}),
	fc.record({
		kind: fc.constant("branch" as const),
		children: fc.array(fc.record({ digit: fc.nat(15), fingerprint: bytesOf(16), count }), { maxLength: 16 }),
	}),
);
const members = fc.tuple(hashes, vectors, fc.nat(20), count).map(([id, knowledge, epoch, silentMs]) => ({
	device: id as string as DeviceId,
	epoch: testEpoch(epoch),
	knowledge,
	silentMs,
}));

/** One of each: a type without a generator does not compile. */
const byType: { readonly [T in PeerMessage["type"]]: fc.Arbitrary<PeerMessage & { readonly type: T }> } = {
	hello: fc.record({ type: fc.constant("hello"), knowledge: vectors, forgotten: vectors, root: bytesOf(16) }),
	records: fc.record({ type: fc.constant("records"), records: fc.array(keyedRecords, { maxLength: 4 }) }),
	end: fc.record({ type: fc.constant("end"), knowledge: vectors, forgotten: vectors, full: fc.boolean() }),
	"need-full": fc.constant({ type: "need-full" }),
	"begin-full": fc.constant({ type: "begin-full" }),
	ack: fc.record({
		type: fc.constant("ack"),
		received: vectors,
		applied: vectors,
		root: bytesOf(16),
		recordMessages: count,
	}),
	want: fc.record({ type: fc.constant("want"), ranges: fc.array(ranges, { maxLength: 5 }) }),
	pieces: fc.record({ type: fc.constant("pieces"), pieces: fc.array(pieces, { maxLength: 5 }) }),
	unavailable: fc.record({ type: fc.constant("unavailable"), hashes: fc.array(hashes, { maxLength: 5 }) }),
	heartbeat: fc.record({ type: fc.constant("heartbeat"), root: bytesOf(16), knowledge: bytesOf(8) }),
	probe: fc.record({ type: fc.constant("probe"), number: count }),
	"probe-answer": fc.record({ type: fc.constant("probe-answer"), number: count }),
	bye: fc.record({ type: fc.constant("bye"), code: fc.constantFrom(...BYE_CODES) }),
	members: fc.record({ type: fc.constant("members"), members: fc.array(members, { maxLength: 4 }) }),
	link: fc.record({
		type: fc.constant("link"),
		link: fc.record({ current: marks, before: fc.option(marks, { nil: undefined }) }),
	}),
	"trie-ask": fc.record({ type: fc.constant("trie-ask"), prefixes: fc.array(prefixes, { maxLength: 5 }) }),
	"trie-nodes": fc.record({ type: fc.constant("trie-nodes"), nodes: fc.array(nodes, { maxLength: 5 }) }),
	"trie-want": fc.record({ type: fc.constant("trie-want"), hashes: keyHashes }),
	"trie-records": fc.record({
		type: fc.constant("trie-records"),
		knowledge: vectors,
		records: fc.array(keyedRecords, { maxLength: 3 }),
		absent: keyHashes,
	}),
	envelope: fc.record({ type: fc.constant("envelope"), envelope: fc.uint8Array({ maxLength: 64 }) }),
	heads: fc.record({
		type: fc.constant("heads"),
		groupId: hashes.map((hash) => hash as string as GroupId),
		heads: fc.array(
			fc.record({
				seq: fc.integer({ min: 1, max: COUNTER_MAX }),
				hash: hashes.map((hash) => hash as string as HeadHash),
			}),
			{ maxLength: 16 },
		),
	}),
	roster: fc.record({
		type: fc.constant("roster"),
		entries: fc.array(fc.tuple(fc.uint8Array({ maxLength: 64 }), bytesOf(64), fc.option(bytesOf(64), { nil: null })), {
			maxLength: 4,
		}),
	}),
};
const messages: fc.Arbitrary<PeerMessage> = fc.oneof(...Object.values(byType));

/** The message, or the code of the DecodeError; anything else that is thrown fails the test. */
function outcome(bytes: Uint8Array): PeerMessage | string {
	try {
		return decodeMessage(bytes);
	} catch (error) {
		if (error instanceof DecodeError) return error.code;
		throw error;
	}
}
const numbers = (length: number): number[] => Array.from({ length }, (_, i) => i + 1);

describe("a message", () => {
	test.each(Object.entries(byType))("comes back as it was: %s", (_type, arbitrary: fc.Arbitrary<PeerMessage>) => {
		fc.assert(
			fc.property(arbitrary, (message) => {
				expect(decodeMessage(encodeMessage(message))).toEqual(message);
			}),
		);
	});

	test("has a schema for each number, and no number beyond", () => {
		expect(messageSchemas).toHaveLength(Object.keys(byType).length);
		expect(outcome(encode([messageSchemas.length]))).toBe("unknown-message");
	});

	test("of equal meaning is of equal bytes", () => {
		fc.assert(
			fc.property(messages, (message) => {
				expect(encodeMessage(decodeMessage(encodeMessage(message)))).toEqual(encodeMessage(message));
			}),
		);
	});
});

describe("bytes that are no message", () => {
	test("[S7] whatever they are, give a DecodeError and nothing else", () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
				outcome(bytes);
			}),
			{ numRuns: 3000 },
		);
	});

	test("[S7] spoilt, cut off or continued, are an error or a message that says what it says", () => {
		const spoilt = fc
			.tuple(
				messages,
				fc.array(fc.tuple(fc.nat(5000), fc.nat(255)), { maxLength: 3 }),
				fc.nat(5000),
				fc.uint8Array({ maxLength: 3 }),
			)
			.map(([message, changes, length, tail]) => {
				const bytes = Uint8Array.from(encodeMessage(message));
				for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
				return Uint8Array.from([...bytes.subarray(0, length), ...tail]);
			});
		fc.assert(
			fc.property(spoilt, (bytes) => {
				const result = outcome(bytes);
				if (typeof result !== "string") expect(decodeMessage(encodeMessage(result))).toEqual(result);
			}),
			{ numRuns: 2000 },
		);
	});

	test("[S7] of any shape that MessagePack has, are an error or a message", () => {
		const { value } = fc.letrec((tie) => ({
			value: fc.oneof(
				{ depthSize: "small" },
				fc.constantFrom(null, true, false),
				fc.integer(),
				fc.double(),
				fc.string(),
				fc.uint8Array({ maxLength: 40 }),
				fc.array(tie("value"), { maxLength: 6 }),
				fc.dictionary(fc.string(), tie("value"), { maxKeys: 3 }),
			),
		}));
		const shapes = fc.tuple(fc.integer({ min: 0, max: 13 }), fc.array(value, { maxLength: 6 }));
		fc.assert(
			fc.property(shapes, ([type, fields]) => {
				outcome(encode([type, ...fields]));
			}),
			{ numRuns: 2000 },
		);
	});

	test.each<[string, Uint8Array, string]>([
		["nothing", new Uint8Array(), "malformed"],
		["a number", encode(5), "unknown-message"],
		["an empty array", encode([]), "unknown-message"],
		["a type that is text", encode(["0"]), "unknown-message"],
		["a type that is half a number", encode([1.5]), "unknown-message"],
		["a type below zero", encode([-1]), "unknown-message"],
		["a message with a field too many", encode([3, 1]), "malformed"],
		["a message with a field too few", encode([10]), "malformed"],
		["a message and one byte more", Uint8Array.from([...encode([3]), 0]), "malformed"],
		["a map", encode([3, { a: 1 }]), "malformed"],
		["a date", encode([10, new Date(0)]), "malformed"],
		["arrays in arrays without end", new Uint8Array(CONTROL_MESSAGE_BYTES_MAX).fill(0x91), "malformed"],
		["an array that claims four billion items", Uint8Array.from([0x92, 1, 0xdd, 255, 255, 255, 255]), "malformed"],
		["bytes that claim four billion of themselves", Uint8Array.from([0x92, 9, 0xc6, 255, 255, 255, 255]), "malformed"],
		["a number that is not whole", encode([10, 0.5]), "malformed"],
		["not a number", encode([10, Number.NaN]), "malformed"],
		["a number below zero", encode([10, -1]), "malformed"],
		["a root of 15 bytes", encode([9, new Uint8Array(15), new Uint8Array(8)]), "malformed"],
		["a farewell for no known reason", encode([12, "because"]), "malformed"],
		[
			"a piece that goes beyond the end of its content",
			encode([7, [[new Uint8Array(32), 10, 8, new Uint8Array(3)]]]),
			"malformed",
		],
	])("[S7] such as %s are refused", (_what, bytes, code) => {
		expect(outcome(bytes)).toBe(code);
	});
});

describe("limits", () => {
	const vector = (epochs: number, counter = 1) => vectorOf(...numbers(epochs).map((n) => dotOf(n, counter)));
	const record = (n: number): KeyedRecord => {
		const path = testPath(`note ${String(n)}.md`);
		return { key: pathKey(path), record: recordOf([testSibling(dotOf(1, n), n, { path })]) };
	};
	const range: ContentRange = { hash: testHash(1), offset: 0, length: 1 };
	const piece = (length: number): ContentPiece => {
		return { hash: testHash(1), size: FILE_BYTES_MAX, offset: 0, bytes: new Uint8Array(length) };
	};
	const root = new Uint8Array(16);

	test.each<[string, (size: number) => PeerMessage, number]>([
		[
			"epochs in a hello",
			(n) => ({ type: "hello", knowledge: vector(n), forgotten: vector(0), root }),
			VECTOR_EPOCHS_MAX,
		],
		[
			"forgotten epochs",
			(n) => ({ type: "hello", knowledge: vector(1), forgotten: vector(n), root }),
			VECTOR_EPOCHS_MAX,
		],
		[
			"acknowledged epochs",
			(n) => ({ type: "ack", received: vector(n), applied: vector(n), root, recordMessages: 0 }),
			VECTOR_EPOCHS_MAX,
		],
		["a counter", (n) => ({ type: "end", knowledge: vector(1, n), forgotten: vector(0), full: false }), COUNTER_MAX],
		["records", (n) => ({ type: "records", records: numbers(n).map(record) }), RECORDS_PER_MESSAGE_MAX],
		["ranges", (n) => ({ type: "want", ranges: numbers(n).map(() => range) }), WANTS_PER_MESSAGE_MAX],
		["bytes of a range", (n) => ({ type: "want", ranges: [{ ...range, length: n }] }), RANGE_BYTES_MAX],
		["the start of a range", (n) => ({ type: "want", ranges: [{ ...range, offset: n }] }), FILE_BYTES_MAX],
		["pieces", (n) => ({ type: "pieces", pieces: numbers(n).map(() => piece(1)) }), PIECES_PER_MESSAGE_MAX],
		["bytes of a piece", (n) => ({ type: "pieces", pieces: [piece(n)] }), PIECE_BYTES_MAX],
		["the size of a content", (n) => ({ type: "pieces", pieces: [{ ...piece(1), size: n }] }), FILE_BYTES_MAX],
		["hashes", (n) => ({ type: "unavailable", hashes: numbers(n).map(testHash) }), WANTS_PER_MESSAGE_MAX],
		["the number of a probe", (n) => ({ type: "probe", number: n }), Number.MAX_SAFE_INTEGER],
	])("[S6 S7] %s: the most is taken, one more is refused", (_what, messageOf, limit) => {
		expect(outcome(encodeMessage(messageOf(limit)))).toEqual(messageOf(limit));
		expect(outcome(encodeMessage(messageOf(limit + 1)))).toBe("malformed");
	});

	test("[S6 S7] bytes of a message with content: the most is taken, one more is refused", () => {
		const full = numbers(21).map(() => piece(PIECE_BYTES_MAX));
		const messageOf = (last: number): PeerMessage => ({ type: "pieces", pieces: [...full, piece(last)] });
		const last = 1000 + CONTENT_MESSAGE_BYTES_MAX - encodeMessage(messageOf(1000)).length;
		expect(encodeMessage(messageOf(last))).toHaveLength(CONTENT_MESSAGE_BYTES_MAX);
		expect(outcome(encodeMessage(messageOf(last)))).toMatchObject({ type: "pieces" });
		expect(outcome(encodeMessage(messageOf(last + 1)))).toBe("too-long");
	});

	test("[S6 S7] bytes of any other message: the most is taken, one more is refused", () => {
		// Records with long contexts fill the message, the names of two devices its last bytes.
		const withContext = (epochs: number, names: number): KeyedRecord => {
			const siblings = [1, 2].map((n) => {
				const length = n === 1 ? Math.min(64, names - 1) : Math.max(1, names - 64);
				return testSibling(dotOf(n, 1), n, { author: "a".repeat(length) });
			});
			return { key: pathKey(testPath("note.md")), record: { ...recordOf(siblings), context: vector(epochs) } };
		};
		const length = (...records: KeyedRecord[]): number => encodeMessage({ type: "records", records }).length;
		const filler = withContext(1000, 2);
		const headerBytes = length();
		const fillers = numbers(Math.floor(CONTROL_MESSAGE_BYTES_MAX / (length(filler) - headerBytes))).map(() => filler);
		const exactly = (bytes: number): PeerMessage | undefined => {
			const room = bytes - length(...fillers) + headerBytes;
			const entryBytes = (length(withContext(900, 2)) - length(withContext(800, 2))) / 100;
			const epochs = 800 + Math.floor((room - length(withContext(800, 66))) / entryBytes);
			const names = numbers(128).find((each) => each > 1 && length(withContext(epochs, each)) === room);
			return names === undefined ? undefined : { type: "records", records: [...fillers, withContext(epochs, names)] };
		};
		const most = exactly(CONTROL_MESSAGE_BYTES_MAX);
		const tooMuch = exactly(CONTROL_MESSAGE_BYTES_MAX + 1);
		if (most === undefined || tooMuch === undefined) throw new Error("no message of just this length");
		expect(outcome(encodeMessage(most))).toEqual(most);
		expect(outcome(encodeMessage(tooMuch))).toBe("too-long");
	});
});
