// Random input for everything that reads what comes from outside: it is taken for what it says or refused, and nothing else happens.
// `PSYNC_FUZZ_SEED` repeats a run whose seed the table named, `PSYNC_FUZZ_RUNS` makes a longer one.
import { encode } from "@msgpack/msgpack";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { formatGroupKey, newGroupKey, parseGroupKey } from "../../src/core/group-key.ts";
import { isReservedName, joinPath, parsePath, pathKey, toVaultPath } from "../../src/core/path.ts";
import { parseSignalPayload, SIGNAL_TYPES } from "../../src/peerjs/signal-payload.ts";
import { decodeMessage, encodeMessage } from "../../src/wire/codec.ts";
import { DecodeError } from "../../src/wire/decode-error.ts";
import { messageToFrames, Reassembler } from "../../src/wire/framing.ts";
import { decodeAuth, decodeHello, encodeAuth, encodeHello } from "../../src/wire/hello.ts";
import type { PeerMessage } from "../../src/wire/messages.ts";
import { deflated, inflated } from "../../src/wire/compression.ts";
import { parsePackId } from "../../src/wire/mailbox-api.ts";
import { decodeHead, encodeHead, headHashOf } from "../../src/wire/mailbox-head.ts";
import { decodeIndex, encodeIndex } from "../../src/wire/mailbox-index.ts";
import { decodeReceipt, encodeReceipt } from "../../src/wire/mailbox-receipt.ts";
import { formatPairingLink, parsePairingFields, parsePairingLink } from "../../src/wire/pairing-link.ts";
import { relayFrameSchema } from "../../src/wire/relay-api.ts";
import { parseRelayUrl } from "../../src/wire/relay-url.ts";
import { decodeEntry, encodeEntryBody, entryToWire } from "../../src/wire/roster-codec.ts";
import { decodeRosterFrame, encodeRosterFrame } from "../../src/wire/roster-talk.ts";
import { SealedError } from "../../src/wire/sealed-error.ts";
import type { GroupId } from "../../src/core/ids.ts";
import { safeParse } from "valibot";
import { anyPathText } from "../support/arbitrary-paths.ts";
import { keyedRecords, testHash, vectors } from "../support/arbitrary-records.ts";
import { defined } from "../support/relay-clients.ts";
import { epochOf } from "../support/records.ts";
import { deviceOf, entryOf, keyOf, keysOf } from "../support/rosters.ts";
import { noise, refusal, SealingGroup } from "../support/sealed-mailbox.ts";

const seed = Number(process.env["PSYNC_FUZZ_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const numRuns = Number(process.env["PSYNC_FUZZ_RUNS"] ?? 20_000);
const table: string[] = [];

/** `taken`: whether the input was accepted; throws when anything happened that must not. */
function fuzz<T>(what: string, inputs: fc.Arbitrary<T>, taken: (input: T) => boolean): void {
	test(what, () => {
		let accepted = 0;
		const details = fc.check(
			fc.property(inputs, (input) => {
				if (taken(input)) accepted++;
			}),
			{ seed, numRuns, endOnFailure: false },
		);
		judge(what, details, accepted);
	});
}

function judge<T>(what: string, details: fc.RunDetails<T>, accepted: number): void {
	const { numRuns: ran, failed } = details;
	table.push(`  ${what.padEnd(34)} ${String(ran).padStart(7)} runs  seed ${String(seed)}  ${String(accepted)} taken`);
	if (failed) throw new Error(fc.defaultReportMessage(details) ?? "failed");
	// A fuzz that only ever knocks at the door shows little of what is behind it.
	expect(accepted).toBeGreaterThan(0);
}

afterAll(() => {
	console.info(["Random input", ...table].join("\n"));
});

/** As `fuzz`, of readers that take their time. */
function fuzzReading<T>(what: string, inputs: fc.Arbitrary<T>, taken: (input: T) => Promise<boolean>): void {
	test(what, async () => {
		let accepted = 0;
		const details = await fc.check(
			fc.asyncProperty(inputs, async (input) => {
				if (await taken(input)) accepted++;
			}),
			{ seed, numRuns, endOnFailure: false },
		);
		judge(what, details, accepted);
	});
}

/** Good bytes with bits turned, pieces cut out, doubled or put in; now and then as they are. */
function spoilt(good: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
	const edit = fc.record({
		kind: fc.constantFrom("flip", "set", "cut", "double", "insert", "none"),
		at: fc.double({ min: 0, max: 1, noNaN: true }),
		byte: fc.integer({ min: 0, max: 255 }),
		length: fc.integer({ min: 1, max: 40 }),
	});
	return fc.tuple(good, fc.array(edit, { maxLength: 3 })).map(([bytes, edits]) => {
		let all = [...bytes];
		for (const { kind, at, byte, length } of edits) {
			const i = Math.floor(at * all.length);
			if (kind === "flip") all[i] = (all[i] ?? 0) ^ (1 << (byte % 8));
			else if (kind === "set") all[i] = byte;
			else if (kind === "cut") all.splice(i, length);
			else if (kind === "double") all = [...all.slice(0, i + length), ...all.slice(i)];
			else if (kind === "insert") all.splice(i, 0, byte);
		}
		return Uint8Array.from(all);
	});
}

function decoded<T>(read: () => T): T | undefined {
	try {
		return read();
	} catch (error) {
		if (error instanceof DecodeError || error instanceof SealedError) return undefined;
		throw error;
	}
}

const random = (length: number): Uint8Array => new Uint8Array(length).fill(7);
const messages: fc.Arbitrary<PeerMessage> = fc.oneof(
	fc.record({
		type: fc.constant("hello" as const),
		knowledge: vectors,
		forgotten: vectors,
		root: fc.constant(random(16)),
	}),
	fc.array(keyedRecords, { maxLength: 3 }).map((records) => ({ type: "records" as const, records })),
	fc.record({ type: fc.constant("end" as const), knowledge: vectors, forgotten: vectors, full: fc.boolean() }),
);

const sealing = await SealingGroup.of(1);
const blobs = [new TextEncoder().encode("A note with lines that are the same.\n".repeat(30)), noise(700)];
const stored = {
	...{ blobs, pack: await sealing.pack(...blobs) },
	...{ head: (await sealing.head()).bytes, receipt: await sealing.receipt() },
};

describe("random input", () => {
	fuzz(
		"messages of a session",
		fc.oneof(spoilt(messages.map(encodeMessage)), fc.uint8Array({ maxLength: 300 })),
		(bytes) => {
			const message = decoded(() => decodeMessage(bytes));
			if (message === undefined) return false;
			expect(decodeMessage(encodeMessage(message))).toEqual(message);
			return true;
		},
	);

	const frames = fc
		.tuple(
			fc.constantFrom("control" as const, "notes" as const, "bulk" as const),
			fc.uint8Array({ minLength: 1, maxLength: 50 }),
		)
		.map(([lane, bytes]) => [...messageToFrames({ lane, bytes })]);
	fuzz(
		"frames",
		fc.array(
			frames.chain(([frame]) => spoilt(fc.constant(defined(frame)))),
			{ maxLength: 6 },
		),
		(all) => {
			const reassembler = new Reassembler();
			return decoded(() => all.map((frame) => reassembler.accept(frame))) !== undefined;
		},
	);

	const hello = encodeHello({
		protocol: 1,
		deviceId: deviceOf("a"),
		publicKey: random(65),
		nonce: random(32),
		epoch: epochOf("a"),
		runNonce: random(16),
		name: "phone",
		capabilities: ["trie"],
		keyEpoch: 0,
	});
	const auth = encodeAuth({ mac: random(32), signature: random(64) });
	fuzz(
		"greetings and proofs",
		fc.oneof(spoilt(fc.constantFrom(hello, auth)), fc.uint8Array({ maxLength: 200 })),
		(bytes) => {
			const [greeting, proof] = [decodeHello(bytes), decodeAuth(bytes)];
			if (greeting?.kind === "hello") expect(greeting.hello.name.length).toBeLessThanOrEqual(64);
			return greeting !== undefined || proof !== undefined;
		},
	);

	const texts = fc.oneof(
		anyPathText,
		fc.string({ unit: "binary", maxLength: 40 }),
		fc.string({ unit: "grapheme", maxLength: 40 }),
	);
	fuzz("paths", texts, (text) => {
		for (const judge of [parsePath, toVaultPath]) {
			const parsed = judge(text);
			if (!parsed.ok) continue;
			const segments = parsed.path.split("/");
			expect(segments.some((segment) => ["", ".", ".."].includes(segment) || isReservedName(segment))).toBe(false);
			expect(parsed.path).not.toMatch(/[\\\u0000-\u001f\u007f\u202a-\u202e\u2066-\u2069]/);
			expect(parsed.path.normalize("NFC")).toBe(parsed.path);
			expect(parsePath(parsed.path)).toEqual(parsed);
			expect(parsePath(pathKey(parsed.path)).ok).toBe(true);
		}
		joinPath(undefined, text);
		return parsePath(text).ok;
	});

	const key = formatGroupKey(newGroupKey({ bytes: random }));
	const relayUrl = defined(parseRelayUrl("wss://relay.example.org"));
	const parsedKey = parseGroupKey(key);
	if (!parsedKey.ok) throw new Error("a key");
	const link = formatPairingLink({ groupKey: parsedKey.key, relayUrl, accessCode: undefined, firstDevice: undefined });
	const asText = (text: string): fc.Arbitrary<string> =>
		spoilt(fc.constant(new TextEncoder().encode(text))).map((bytes) => new TextDecoder().decode(bytes));
	fuzz("group keys", fc.oneof(asText(key), texts), (text) => {
		const parsed = parseGroupKey(text);
		if (parsed.ok) expect([...parsed.key]).toEqual([...parsedKey.key]);
		else if (text.length > 20) expect(parsed.message).not.toContain(text.slice(6, 20));
		return parsed.ok;
	});
	fuzz("links", fc.oneof(asText(link), asText(link), texts), (text) => {
		const parsed = parsePairingLink(text);
		if (!parsed.ok) return false;
		const { pairing } = parsed;
		expect([...pairing.groupKey]).toEqual([...parsedKey.key]);
		expect(parsePairingLink(formatPairingLink(pairing))).toEqual(parsed);
		return true;
	});
	const field = fc.tuple(
		fc.constantFrom("k", "r", "c", "f", "v", "action", "__proto__"),
		fc.oneof(fc.constantFrom(key, relayUrl, "1"), fc.jsonValue()),
	);
	fuzz("fields of a link", fc.array(field, { maxLength: 6 }), (fields) => {
		const parsed = parsePairingFields(fields);
		if (parsed.ok) expect([...parsed.pairing.groupKey]).toEqual([...parsedKey.key]);
		return parsed.ok;
	});

	const bodies = [
		encodeEntryBody(deviceOf("a"), [], {
			op: "found",
			name: "a",
			keys: keysOf("a"),
			key: keyOf("a"),
			nonce: "0a".repeat(16),
		}),
		encodeEntryBody(deviceOf("a"), [entryOf("a", [], { op: "leave" }).id], {
			op: "role",
			device: deviceOf("b"),
			role: "reader",
		}),
		encodeEntryBody(deviceOf("a"), [entryOf("a", [], { op: "leave" }).id], {
			op: "remove",
			device: deviceOf("b"),
			keyEpoch: 1,
			key: keyOf("b"),
		}),
	];
	const entries = fc.tuple(
		spoilt(fc.constantFrom(...bodies)),
		fc.uint8Array({ minLength: 60, maxLength: 66 }),
		fc.boolean(),
	);
	fuzz("entries of the list of members", entries, ([body, anySignature, isWhole]) => {
		const signature = isWhole ? random(64) : anySignature;
		const entry = decoded(() => decodeEntry([body, signature, isWhole ? random(64) : null]));
		if (entry === undefined) return false;
		expect([...entryToWire(entry)[0]]).toEqual([...body]);
		return true;
	});
	const rosterFrame = encodeRosterFrame({ type: "end", heads: [entryOf("a", [], { op: "leave" }).id] });
	const listed = fc.oneof(
		spoilt(fc.constant(rosterFrame)),
		fc.jsonValue().map((value) => encode(value)),
		fc.uint8Array({ maxLength: 100 }),
	);
	fuzz("talk about the list of members", listed, (bytes) => decodeRosterFrame(bytes) !== undefined);

	const presence = JSON.stringify({
		type: "PRESENCE",
		payload: { members: [{ did: deviceOf("a"), pid: "0a".repeat(16) }] },
	});
	const fingerprint = Array.from({ length: 32 }, () => "0A").join(":");
	const sdp = `v=0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=setup:actpass\r\na=fingerprint:sha-256 ${fingerprint}\r\n`;
	const offer = JSON.stringify({
		type: "data",
		connectionId: "dc_a",
		sdp: { type: "offer", sdp },
		label: "psync",
		reliable: true,
		serialization: "raw",
	});
	fuzz(
		"frames of the relay",
		fc.oneof(
			asText(presence),
			fc.jsonValue().map((value) => JSON.stringify(value)),
		),
		(text) => {
			const parse = (): unknown => {
				try {
					return JSON.parse(text);
				} catch (error) {
					if (error instanceof SyntaxError) return undefined;
					throw error;
				}
			};
			return safeParse(relayFrameSchema, parse()).success;
		},
	);
	const groupId = "ab".repeat(32) as GroupId;
	const place = { pack: defined(parsePackId("0a".repeat(16))), offset: 5, bytes: 10, size: 20, isCompressed: true };
	const vector = new Map([[epochOf("a"), 3]]);
	const bodyOfHead = encodeHead({
		...{ groupId, keyEpoch: 1, seq: 7, previous: headHashOf(random(3)), by: deviceOf("a"), madeMs: 1_700_000_000_000 },
		...{ roster: [], from: new Map(), to: vector, forgotten: vector, isWhole: true },
		segments: [{ index: place, hash: testHash(1), from: new Map(), to: vector }],
		packs: [{ id: place.pack, bytes: 2000, hash: testHash(2) }],
	});
	fuzz("heads of a mailbox", fc.oneof(spoilt(fc.constant(bodyOfHead)), fc.uint8Array({ maxLength: 200 })), (bytes) => {
		const head = decoded(() => decodeHead(bytes));
		if (head === undefined) return false;
		expect(decodeHead(encodeHead(head))).toEqual(head);
		return true;
	});
	const receipt = {
		groupId,
		keyEpoch: 1,
		device: deviceOf("a"),
		seq: 7,
		head: headHashOf(random(3)),
		knowledge: vector,
	};
	const bodyOfReceipt = encodeReceipt({ ...receipt, madeMs: 1_700_000_000_000 });
	fuzz("receipts", fc.oneof(spoilt(fc.constant(bodyOfReceipt)), fc.uint8Array({ maxLength: 200 })), (bytes) => {
		const read = decoded(() => decodeReceipt(bytes));
		if (read === undefined) return false;
		expect(decodeReceipt(encodeReceipt(read))).toEqual(read);
		return true;
	});
	const indexes = fc.array(keyedRecords, { maxLength: 2 }).map((records) => {
		const contents = [{ hash: testHash(1), pieces: [place, { ...place, offset: 50 }] }];
		return defined(encodeIndex({ records, contents }));
	});
	fuzz("indexes of a mailbox", spoilt(indexes), (bytes) => {
		const index = decoded(() => decodeIndex(bytes));
		if (index === undefined) return false;
		expect(decodeIndex(defined(encodeIndex(index)))).toEqual(index);
		return true;
	});
	const note = new TextEncoder().encode("A note with lines that are the same.\n".repeat(20));
	fuzz(
		"what is compressed",
		fc.tuple(spoilt(fc.constant(defined(deflated(note)))), fc.constantFrom(note.length, 0, 100, 100_000)),
		([bytes, size]) => {
			const inflatedNote = decoded(() => inflated(bytes, size));
			if (inflatedNote === undefined) return false;
			expect(inflatedNote).toHaveLength(size);
			return true;
		},
	);

	fuzz("opened signalling", fc.tuple(fc.constantFrom(...SIGNAL_TYPES), asText(offer)), ([type, text]) => {
		const payload = parseSignalPayload(type, new TextEncoder().encode(text));
		if (payload === undefined) return false;
		expect(payload.type).toBe("data");
		if ("serialization" in payload) expect(payload.serialization).toBe("raw");
		return true;
	});

	fuzzReading(
		"packs",
		fc.tuple(fc.constantFrom(0, 1), spoilt(fc.constant(stored.pack.bytes))),
		async ([which, bytes]) => {
			const place = defined(stored.pack.places[which]);
			const code = await refusal(async () => {
				// Whatever comes out of it is what was put in.
				const blob = await sealing.reader(stored.pack, bytes).readBlob(place);
				expect(Buffer.from(blob).equals(defined(stored.blobs[which]))).toBe(true);
			});
			return code === undefined;
		},
	);
	fuzzReading(
		"sealed heads and receipts",
		fc.oneof(spoilt(fc.constant(stored.head)), spoilt(fc.constant(stored.receipt))),
		async (bytes) => {
			const codes = [await refusal(() => sealing.openHead(bytes)), await refusal(() => sealing.openReceipt(bytes))];
			const isWhole = [stored.head, stored.receipt].some((good) => Buffer.from(good).equals(bytes));
			expect(codes.filter((code) => code === undefined)).toHaveLength(isWhole ? 1 : 0);
			return isWhole;
		},
	);
});
