// Entries of the roster as bytes.
import { encode } from "@msgpack/msgpack";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hexToBytes } from "../../src/core/bytes.ts";
import { JOINING_POLICIES, PARENTS_MAX, ROLES, type RosterAct } from "../../src/core/roster/entry.ts";
import { DecodeError } from "../../src/wire/decode-error.ts";
import {
	decodeEntry,
	encodeEntryBody,
	entryIdOf,
	ENTRY_BODY_BYTES_MAX,
	needsProof,
} from "../../src/wire/roster-codec.ts";
import { deviceOf, entryOf, keyOf, keysOf } from "../support/rosters.ts";
import { epochOf } from "../support/records.ts";

const SIGNATURE = new Uint8Array(64).fill(1);
const PARENT = entryOf("a", [], { op: "leave" }).id;
const letter = fc.constantFrom("a", "b", "c");
const keyEpoch = fc.integer({ min: 1, max: 2 ** 48 - 1 });
const name = fc.constantFrom("phone", "Ännchens Rechner", "…".repeat(64));
const acts: fc.Arbitrary<RosterAct> = fc.oneof(
	fc.record({
		op: fc.constant("found" as const),
		name,
		keys: letter.map(keysOf),
		key: letter.map(keyOf),
		nonce: fc.constant("0a".repeat(16)),
	}),
	fc.record({ op: fc.constant("join" as const), name, keys: letter.map(keysOf), key: letter.map(keyOf) }),
	fc.constant<RosterAct>({ op: "leave" }),
	fc.record({ op: fc.constant("name" as const), name }),
	fc.record({ op: fc.constant("epoch" as const), epoch: letter.map(epochOf) }),
	fc.record({ op: fc.constant("role" as const), device: letter.map(deviceOf), role: fc.constantFrom(...ROLES) }),
	fc.record({ op: fc.constant("policy" as const), joining: fc.constantFrom(...JOINING_POLICIES) }),
	fc.record({ op: fc.constant("remove" as const), device: letter.map(deviceOf), keyEpoch, key: letter.map(keyOf) }),
	fc.record({ op: fc.constant("rotate" as const), keyEpoch, key: letter.map(keyOf) }),
);

function bodyOf(act: RosterAct, parents = act.op === "found" ? [] : [PARENT]): Uint8Array {
	return encodeEntryBody(deviceOf("a"), parents, act);
}

describe("an entry of the roster", () => {
	test("[K9] is read as it was written", () => {
		fc.assert(
			fc.property(acts, (act) => {
				const body = bodyOf(act);
				const parents = act.op === "found" ? [] : [PARENT];
				const entry = { id: entryIdOf(body), author: deviceOf("a"), parents, act };
				const proof = needsProof(entry) ? SIGNATURE : null;
				expect(decodeEntry([body, SIGNATURE, proof])).toEqual({
					...{ entry, body, signature: SIGNATURE },
					proof: proof ?? undefined,
				});
			}),
		);
	});

	test("[K9] is as long as its limit at most", () => {
		const parents = Array.from({ length: PARENTS_MAX }, (_, n) => entryOf("a", [], { op: "name", name: String(n) }).id);
		const act: RosterAct = { op: "join", name: "…".repeat(64), keys: keysOf("a"), key: keyOf("a") };
		const body = bodyOf(act, parents);
		expect(body.length).toBeLessThanOrEqual(ENTRY_BODY_BYTES_MAX);
		expect(decodeEntry([body, SIGNATURE, SIGNATURE]).entry.parents).toEqual(parents);
	});

	const author = hexToBytes(deviceOf("a"));
	const parent = hexToBytes(PARENT);
	const point = hexToBytes(keyOf("a"));
	test.each<[string, unknown, Uint8Array | null]>([
		["no array", 1, null],
		["another layout", [2, author, [parent], [2]], null],
		["an author that is none", [1, author.subarray(1), [parent], [2]], null],
		["more than there is", [1, author, [parent], [2], 0], null],
		["more in the act than there is", [1, author, [parent], [2, 0]], null],
		["an act that is none", [1, author, [parent], [9]], null],
		["an act without a number", [1, author, [parent], ["leave"]], null],
		["the constructor for an act", [1, author, [parent], ["constructor"]], null],
		[
			"a first entry on top of another",
			[1, author, [parent], [0, "a", [point, point], point, parent.subarray(16)]],
			SIGNATURE,
		],
		["any other on top of nothing", [1, author, [], [2]], null],
		["one parent twice", [1, author, [parent, parent], [2]], null],
		["an empty name", [1, author, [parent], [3, ""]], null],
		["a long name", [1, author, [parent], [3, "a".repeat(65)]], null],
		["a role that is none", [1, author, [parent], [5, author, "owner"]], null],
		["a number of key that is none", [1, author, [parent], [8, 1.5, point]], null],
		["a number of key that is too large", [1, author, [parent], [8, 2 ** 48, point]], null],
		["a compressed point", [1, author, [parent], [8, 1, point.subarray(0, 33)]], null],
		["a proof that proves nothing", [1, author, [parent], [2]], SIGNATURE],
		["no proof of the key", [1, author, [parent], [1, "a", [point, point], point]], null],
	])("[K9] is refused with %s", (_, body, proof) => {
		expect(() => decodeEntry([encode(body), SIGNATURE, proof])).toThrow(DecodeError);
	});

	test("[K9] is read or refused, whatever bytes come", () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (body, isProven) => {
				try {
					decodeEntry([body, SIGNATURE, isProven ? SIGNATURE : null]);
				} catch (error) {
					expect(error).toBeInstanceOf(DecodeError);
				}
			}),
			{ numRuns: 2_000 },
		);
		fc.assert(
			fc.property(acts, fc.nat(), fc.nat({ max: 255 }), (act, at, byte) => {
				const body = bodyOf(act);
				body[at % body.length] = byte;
				try {
					decodeEntry([body, SIGNATURE, SIGNATURE]);
				} catch (error) {
					expect(error).toBeInstanceOf(DecodeError);
				}
			}),
			{ numRuns: 2_000 },
		);
	});
});
