// The head of what a group left at the relay: who wrote it, what it brings, where that lies. Its body is signed as it stands.
// Rules ZF of readme/SPEC.md.
import { encode } from "@msgpack/msgpack";
import { sha256 } from "@noble/hashes/sha2.js";
import * as v from "valibot";
import { assert } from "../core/assert.ts";
import { bytesToHex, hexToBytes } from "../core/bytes.ts";
import { contentHashToBytes, type ContentHash } from "../core/hash.ts";
import { parseGroupId, type Brand, type DeviceId, type GroupId } from "../core/ids.ts";
import { MTIME_MS_MAX } from "../core/record.ts";
import type { EntryId } from "../core/roster/entry.ts";
import type { VersionVector } from "../core/version-vector.ts";
import { lengthPrefixed } from "./length-prefix.ts";
import { COUNTER_MAX, HEAD_PACKS_MAX, HEAD_SEGMENTS_MAX, PACK_CONTENT_BYTES_MAX, VECTOR_EPOCHS_MAX } from "./limits.ts";
import { MAILBOX_HEAD_BYTES_MAX, type PackId } from "./mailbox-api.ts";
import { packBytes } from "./pack.ts";
import { blobPlaceSchema, blobPlaceToWire, packIdSchema, packIdToWire, type PlaceInPack } from "./pack-places.ts";
import { paddedLength } from "./padding.ts";
import { deviceIdSchema, hashSchema, vectorSchema, vectorToWire } from "./record-codec.ts";
import { HEADS_MAX as ROSTER_HEADS_MAX } from "./roster-talk.ts";
import { entryIdSchema } from "./roster-codec.ts";
import { SealedError } from "./sealed-error.ts";
import { unpack } from "./unpack.ts";
import { anyBytes, bytesOf, hexParsedBy, wholeNumber } from "./schemas.ts";

/** SHA-256 of the signed body of a head, as 64 lower-case hex digits. */
export type HeadHash = Brand<string, "HeadHash">;

/**
 * A head with a higher number than this counts for nobody whose clock shows so many ms. No group comes near it by itself, and it grows
 * faster than heads are written: whatever number a member chooses that counts, there is room for the next ones.
 */
export function headSeqMax(nowMs: number): number {
	return 2 ** 32 + Math.max(0, nowMs);
}

export interface MailboxSegment {
	/** Of its index (mailbox-index.ts). */
	readonly index: PlaceInPack;
	/** SHA-256 of the index, unpacked. */
	readonly hash: ContentHash;
	/** Whoever knows `from` and takes the segment in knows `to`. */
	readonly from: VersionVector;
	readonly to: VersionVector;
}

export interface PackInUse {
	readonly id: PackId;
	/** As it is stored. */
	readonly bytes: number;
	/** SHA-256 of that. */
	readonly hash: ContentHash;
}

export interface MailboxHead {
	readonly groupId: GroupId;
	/** The number of the group key under which it is sealed. */
	readonly keyEpoch: number;
	/** 1, 2, 3 …: each head has one more than the one it replaces, or than any that its writer remembers; at most `headSeqMax`. */
	readonly seq: number;
	/** The head that it replaces. */
	readonly previous: HeadHash | undefined;
	readonly by: DeviceId;
	readonly madeMs: number;
	/** What the roster of its writer was on top of. */
	readonly roster: readonly EntryId[];
	/** Whoever knows `from` and takes all segments in knows `to`. */
	readonly from: VersionVector;
	readonly to: VersionVector;
	readonly forgotten: VersionVector;
	/** A copy of the vault: `from` is empty, and every content is there. */
	readonly isWhole: boolean;
	/** Oldest first. */
	readonly segments: readonly MailboxSegment[];
	readonly packs: readonly PackInUse[];
}

const LAYOUT = 1;
const seq = wholeNumber(1, COUNTER_MAX);
const keyEpoch = wholeNumber(0, COUNTER_MAX);
const madeMs = wholeNumber(0, MTIME_MS_MAX);
const groupIdSchema = v.pipe(anyBytes, hexParsedBy<GroupId>(parseGroupId, "not a group id"));
const headHashSchema = v.pipe(bytesOf(32), v.transform(toHeadHash));
/** Of a head: two with one number are the same, or the relay shows each device another one. */
export interface HeadMark {
	readonly seq: number;
	readonly hash: HeadHash;
}
const markSchema = v.pipe(
	v.strictTuple([seq, headHashSchema]),
	v.transform(([seq, hash]): HeadMark => ({ seq, hash })),
);
/** What every signed object in the mailbox begins with. */
export const mailboxSchemas = { seq, keyEpoch, madeMs, groupIdSchema, headHashSchema, markSchema };

const segmentSchema = v.pipe(
	v.strictTuple([packIdSchema, blobPlaceSchema, hashSchema, vectorSchema, vectorSchema]),
	v.transform(([pack, place, hash, from, to]): MailboxSegment => ({ index: { pack, ...place }, hash, from, to })),
);
const packBytesMax = packBytes(paddedLength(PACK_CONTENT_BYTES_MAX));
const packSchema = v.pipe(
	v.strictTuple([packIdSchema, wholeNumber(1, packBytesMax), hashSchema]),
	v.transform(([id, bytes, hash]): PackInUse => ({ id, bytes, hash })),
);

const headSchema = v.pipe(
	v.strictTuple([
		v.literal(LAYOUT),
		groupIdSchema,
		keyEpoch,
		seq,
		v.nullable(headHashSchema),
		deviceIdSchema,
		madeMs,
		v.pipe(v.array(entryIdSchema), v.maxLength(ROSTER_HEADS_MAX)),
		vectorSchema, // from
		vectorSchema, // to
		vectorSchema, // forgotten
		v.boolean(), // isWhole
		v.pipe(v.array(segmentSchema), v.maxLength(HEAD_SEGMENTS_MAX)),
		v.pipe(v.array(packSchema), v.maxLength(HEAD_PACKS_MAX)),
	]),
	v.transform(
		([, groupId, keyEpoch, seq, previous, by, madeMs, roster, from, to, forgotten, isWhole, segments, packs]) => {
			const claim = { from, to, forgotten, isWhole, segments, packs };
			const head: MailboxHead = {
				groupId,
				keyEpoch,
				seq,
				previous: previous ?? undefined,
				by,
				madeMs,
				roster,
				...claim,
			};
			return head;
		},
	),
	v.check(({ isWhole, from }) => !isWhole || from.size === 0, "a whole copy that asks for something to be known"),
	v.check(({ packs }) => new Set(packs.map(({ id }) => id)).size === packs.length, "a pack twice"),
	v.check(({ segments, packs }) => {
		const known = new Set(packs.map(({ id }) => id));
		return segments.every(({ index }) => known.has(index.pack));
	}, "a segment in no pack"),
);

/** Not necessarily within the limit: whoever seals it sees to that. */
export function encodeHead(head: MailboxHead): Uint8Array {
	return encode([
		LAYOUT,
		hexToBytes(head.groupId),
		head.keyEpoch,
		head.seq,
		head.previous === undefined ? null : hexToBytes(head.previous),
		hexToBytes(head.by),
		head.madeMs,
		head.roster.map(hexToBytes),
		vectorToWire(head.from),
		vectorToWire(head.to),
		vectorToWire(head.forgotten),
		head.isWhole,
		head.segments.map(({ index, hash, from, to }) => [
			packIdToWire(index.pack),
			blobPlaceToWire(index),
			contentHashToBytes(hash),
			vectorToWire(from),
			vectorToWire(to),
		]),
		head.packs.map(({ id, bytes, hash }) => [packIdToWire(id), bytes, contentHashToBytes(hash)]),
	]);
}

/** Its form only. Throws SealedError and nothing else. */
export function decodeHead(body: Uint8Array): MailboxHead {
	const raw = unpack(body, { bytesMax: MAILBOX_HEAD_BYTES_MAX, arrayMax: VECTOR_EPOCHS_MAX });
	const parsed = v.safeParse(headSchema, raw, { abortEarly: true });
	if (!parsed.success) throw new SealedError("malformed", parsed.issues[0].message);
	return parsed.output;
}

export function headHashOf(body: Uint8Array): HeadHash {
	return toHeadHash(sha256(body));
}

export function parseHeadHash(text: string): HeadHash | undefined {
	return /^[0-9a-f]{64}$/.test(text) ? (text as HeadHash) : undefined;
}

function toHeadHash(bytes: Uint8Array): HeadHash {
	const hash = parseHeadHash(bytesToHex(bytes));
	assert(hash !== undefined, "a hash has 32 bytes");
	return hash;
}

/** What the writer's signature is over. */
export function headSignatureMessage(body: Uint8Array): Uint8Array {
	return lengthPrefixed("psync/mailbox/head/1", body);
}

/** What the seal is bound to. */
export function headContext(groupId: GroupId): Uint8Array {
	return lengthPrefixed("psync/mailbox/head/seal/1", groupId);
}
