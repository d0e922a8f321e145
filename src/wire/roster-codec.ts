// Entries of the roster ⇄ bytes: a body that is signed as it stands, the author's signature over it, and where somebody joins or founds,
// a proof by the group's key. The id is the body's hash, so nothing that travels can be read in two ways.
import { encode } from "@msgpack/msgpack";
import { sha256 } from "@noble/hashes/sha2.js";
import * as v from "valibot";
import { bytesToHex, hexToBytes } from "../core/bytes.ts";
import type { DeviceId } from "../core/ids.ts";
import {
	JOINING_POLICIES,
	PARENTS_MAX,
	parseEntryId,
	parseGroupPoint,
	parsePoint,
	ROLES,
	type DeviceKeys,
	type EntryId,
	type RosterAct,
	type RosterEntry,
} from "../core/roster/entry.ts";
import { assert, assertNever } from "../core/assert.ts";
import { DecodeError } from "./decode-error.ts";
import { displayable } from "./hello.ts";
import { lengthPrefixed } from "./length-prefix.ts";
import { COUNTER_MAX, DEVICE_NAME_LENGTH_MAX } from "./limits.ts";
import { deviceIdSchema, epochSchema } from "./record-codec.ts";
import { unpack } from "./unpack.ts";
import { bytesOf, hexParsedBy, wholeNumber } from "./schemas.ts";

/** Sixteen parents, three points, a name of 64 letters, and some. */
export const ENTRY_BODY_BYTES_MAX = 1024;
export const SIGNATURE_BYTES = 64;
const NONCE_BYTES = 16;

export interface SignedEntry {
	readonly entry: RosterEntry;
	readonly body: Uint8Array;
	readonly signature: Uint8Array;
	/** By the key that the entry names, where it is `found` or `join`. */
	readonly proof: Uint8Array | undefined;
}

const hexOf = <T>(length: number, parse: (text: string) => T | undefined) =>
	v.pipe(bytesOf(length), hexParsedBy<T>(parse, "not one of these"));
export const entryIdSchema = hexOf(32, parseEntryId);
const point = hexOf(65, parsePoint);
const groupPoint = hexOf(65, parseGroupPoint);
const name = v.pipe(v.string(), v.minLength(1), v.maxLength(DEVICE_NAME_LENGTH_MAX), v.transform(displayable));
const keys = v.pipe(
	v.array(v.unknown()),
	// More than two were always read, and mean nothing: to refuse them now would part those that have such an entry from the others.
	v.transform((all) => all.slice(0, 2)),
	v.strictTuple([point, point]),
	v.transform(([signing, agreement]) => ({ signing, agreement })),
);
const keyEpoch = wholeNumber(1, COUNTER_MAX);
const nonce = v.pipe(bytesOf(NONCE_BYTES), v.transform(bytesToHex));

/** Each act as it is written: its number, which never changes, then what belongs to it in a fixed order. */
const acts = [
	v.pipe(
		v.strictTuple([v.literal(0), name, keys, groupPoint, nonce]),
		v.transform(([, name, keys, key, nonce]): RosterAct => ({ op: "found", name, keys, key, nonce })),
	),
	v.pipe(
		v.strictTuple([v.literal(1), name, keys, groupPoint]),
		v.transform(([, name, keys, key]): RosterAct => ({ op: "join", name, keys, key })),
	),
	v.pipe(
		v.strictTuple([v.literal(2)]),
		v.transform((): RosterAct => ({ op: "leave" })),
	),
	v.pipe(
		v.strictTuple([v.literal(3), name]),
		v.transform(([, name]): RosterAct => ({ op: "name", name })),
	),
	v.pipe(
		v.strictTuple([v.literal(4), epochSchema]),
		v.transform(([, epoch]): RosterAct => ({ op: "epoch", epoch })),
	),
	v.pipe(
		v.strictTuple([v.literal(5), deviceIdSchema, v.picklist(ROLES)]),
		v.transform(([, device, role]): RosterAct => ({ op: "role", device, role })),
	),
	v.pipe(
		v.strictTuple([v.literal(6), v.picklist(JOINING_POLICIES)]),
		v.transform(([, joining]): RosterAct => ({ op: "policy", joining })),
	),
	v.pipe(
		v.strictTuple([v.literal(7), deviceIdSchema, keyEpoch, groupPoint]),
		v.transform(([, device, keyEpoch, key]): RosterAct => ({ op: "remove", device, keyEpoch, key })),
	),
	v.pipe(
		v.strictTuple([v.literal(8), keyEpoch, groupPoint]),
		v.transform(([, keyEpoch, key]): RosterAct => ({ op: "rotate", keyEpoch, key })),
	),
] as const;

const LAYOUT = 1;
const bodySchema = v.strictTuple([
	v.literal(LAYOUT),
	deviceIdSchema,
	v.pipe(v.array(entryIdSchema), v.maxLength(PARENTS_MAX)),
	v.array(v.unknown()),
]);

/** What an entry may look like on the wire and in the journal: body, signature, proof or null. */
export const signedEntrySchema = v.strictTuple([
	bytesOf(0, ENTRY_BODY_BYTES_MAX),
	bytesOf(SIGNATURE_BYTES),
	v.nullable(bytesOf(SIGNATURE_BYTES)),
]);

export type WireEntry = v.InferOutput<typeof signedEntrySchema>;

export function encodeEntryBody(author: DeviceId, parents: readonly EntryId[], act: RosterAct): Uint8Array {
	const body = encode([LAYOUT, hexToBytes(author), parents.map(hexToBytes), actToWire(act)]);
	assert(body.length <= ENTRY_BODY_BYTES_MAX, "an entry fits its limit");
	return body;
}

/** Its form only: whether the signatures hold is for somebody with a verifier to say. Throws DecodeError and nothing else. */
export function decodeEntry([body, signature, proof]: WireEntry): SignedEntry {
	const [, author, parents, act] = parsed(
		bodySchema,
		unpack(body, { bytesMax: ENTRY_BODY_BYTES_MAX, arrayMax: PARENTS_MAX }),
	);
	const schema = acts[typeof act[0] === "number" ? act[0] : -1];
	if (schema === undefined) throw new DecodeError("malformed", "no act of this number");
	const entry: RosterEntry = { id: entryIdOf(body), author, parents, act: parsed<RosterAct>(schema, act) };
	const isFirst = entry.act.op === "found";
	if (isFirst !== (parents.length === 0))
		throw new DecodeError("malformed", "only the first entry is on top of nothing");
	if (new Set(parents).size !== parents.length) throw new DecodeError("malformed", "a parent is named twice");
	if ((proof !== null) !== needsProof(entry)) throw new DecodeError("malformed", "a proof too many or too few");
	return { entry, body, signature, proof: proof ?? undefined };
}

export function entryToWire({ body, signature, proof }: SignedEntry): WireEntry {
	return [body, signature, proof ?? null];
}

export function entryIdOf(body: Uint8Array): EntryId {
	const id = parseEntryId(bytesToHex(sha256(body)));
	assert(id !== undefined, "a hash is an id");
	return id;
}

export function needsProof({ act }: RosterEntry): boolean {
	return act.op === "found" || act.op === "join";
}

/** What the author's signature is over. */
export function entrySignatureMessage(body: Uint8Array): Uint8Array {
	return lengthPrefixed("psync/roster/1", body);
}

/** What the proof by the group's key is over. */
export function entryProofMessage(body: Uint8Array): Uint8Array {
	return lengthPrefixed("psync/roster/key/1", body);
}

function actToWire(act: RosterAct): unknown[] {
	switch (act.op) {
		case "found":
			return [0, act.name, keysToWire(act.keys), hexToBytes(act.key), hexToBytes(act.nonce)];
		case "join":
			return [1, act.name, keysToWire(act.keys), hexToBytes(act.key)];
		case "leave":
			return [2];
		case "name":
			return [3, act.name];
		case "epoch":
			return [4, hexToBytes(act.epoch)];
		case "role":
			return [5, hexToBytes(act.device), act.role];
		case "policy":
			return [6, act.joining];
		case "remove":
			return [7, hexToBytes(act.device), act.keyEpoch, hexToBytes(act.key)];
		case "rotate":
			return [8, act.keyEpoch, hexToBytes(act.key)];
		default:
			return assertNever(act);
	}
}

function keysToWire({ signing, agreement }: DeviceKeys): unknown[] {
	return [hexToBytes(signing), hexToBytes(agreement)];
}

function parsed<T>(schema: v.GenericSchema<unknown, T>, value: unknown): T {
	const result = v.safeParse(schema, value, { abortEarly: true });
	if (!result.success) throw new DecodeError("malformed", result.issues[0].message);
	return result.output;
}
