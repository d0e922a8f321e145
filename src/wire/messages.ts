// What two devices say to each other once the handshake is done (engine/handshake.ts): one schema and type per message.
// readme/PROTOCOL.md has the same list in one line of notation each.
import * as v from "valibot";
import { bytesToHex } from "../core/bytes.ts";
import { KEY_HASH_BYTES, type TrieNode, type TriePrefix } from "../core/hash-trie.ts";
import type { ContentHash } from "../core/hash.ts";
import type { GroupId } from "../core/ids.ts";
import type { Link, LinkMark } from "../core/links.ts";
import type { ToldMember } from "../core/members.ts";
import type { KeyedRecord } from "../core/record.ts";
import type { VersionVector } from "../core/version-vector.ts";
import {
	HEAD_MARKS_MAX,
	MEMBERS_PER_MESSAGE_MAX,
	PIECE_BYTES_MAX,
	PIECES_PER_MESSAGE_MAX,
	RANGE_BYTES_MAX,
	RECORDS_PER_MESSAGE_MAX,
	ROSTER_ENTRIES_PER_MESSAGE_MAX,
	TRIE_NODES_PER_MESSAGE_MAX,
	WANTS_PER_MESSAGE_MAX,
} from "./limits.ts";
import { mailboxSchemas, type HeadMark } from "./mailbox-head.ts";
import {
	deviceIdSchema,
	epochSchema,
	hashSchema,
	recordSchema,
	sizeSchema,
	tokenSchema,
	vectorSchema,
} from "./record-codec.ts";
import { ENVELOPE_BYTES_MAX } from "./relay-api.ts";
import { signedEntrySchema, type WireEntry } from "./roster-codec.ts";
import { trieNodeSchema } from "./trie-codec.ts";
import { bytesOf, wholeNumber } from "./schemas.ts";

export type PeerMessage =
	/** First message of a session, and again when a side wants the other to start over: what I know, what I forgot. */
	| {
			readonly type: "hello";
			readonly knowledge: VersionVector;
			readonly forgotten: VersionVector;
			readonly root: Uint8Array;
	  }
	| { readonly type: "records"; readonly records: readonly KeyedRecord[] }
	/** All that you lacked of this knowledge has been sent. `full`: all that I have has been sent since `begin-full`. */
	| {
			readonly type: "end";
			readonly knowledge: VersionVector;
			readonly forgotten: VersionVector;
			readonly full: boolean;
	  }
	/** Send me all your records: you forgot tombstones that I never saw, or our roots differ. */
	| { readonly type: "need-full" }
	| { readonly type: "begin-full" }
	/** Cumulative. `received`: records and contents are durable here; `applied`: they are on this disk. */
	| {
			readonly type: "ack";
			readonly received: VersionVector;
			readonly applied: VersionVector;
			readonly root: Uint8Array;
			/** Messages of type `records` taken in since the session began. */
			readonly recordMessages: number;
	  }
	| { readonly type: "want"; readonly ranges: readonly ContentRange[] }
	| { readonly type: "pieces"; readonly pieces: readonly ContentPiece[] }
	/** I do not have these (any more). */
	| { readonly type: "unavailable"; readonly hashes: readonly ContentHash[] }
	| { readonly type: "heartbeat"; readonly root: Uint8Array; readonly knowledge: Uint8Array }
	| { readonly type: "probe"; readonly number: number }
	| { readonly type: "probe-answer"; readonly number: number }
	| { readonly type: "bye"; readonly code: ByeCode }
	/** What I know of the others of the group: only to a peer that says `members`. */
	| { readonly type: "members"; readonly members: readonly ToldMember[] }
	/** What I have written down of our last meeting: only to a peer that says `link`, right behind the first hello. */
	| { readonly type: "link"; readonly link: Link }
	/** The walk down two tries (engine/repair.ts), only with a peer that says `trie`: what do you have at these places? */
	| { readonly type: "trie-ask"; readonly prefixes: readonly TriePrefix[] }
	/** In the order of the question. */
	| { readonly type: "trie-nodes"; readonly nodes: readonly TrieNode[] }
	/** Your records of the keys with these hashes (hex). */
	| { readonly type: "trie-want"; readonly hashes: readonly string[] }
	/** Some of those, and of which there are none here; until all were answered there come more. */
	| {
			readonly type: "trie-records";
			readonly knowledge: VersionVector;
			readonly records: readonly KeyedRecord[];
			readonly absent: readonly string[];
	  }
	/** What is new in the roster, each behind what it is on top of: only to a peer that says `roster`. */
	| { readonly type: "roster"; readonly entries: readonly WireEntry[] }
	/** A new group key, sealed for the peer (key-envelope.ts): only to a peer that says `roster`. */
	| { readonly type: "envelope"; readonly envelope: Uint8Array }
	/** The last heads that I saw of the group's mailbox at the relay: only to a peer that says `mailbox`. */
	| { readonly type: "heads"; readonly groupId: GroupId; readonly heads: readonly HeadMark[] };

export interface ContentRange {
	readonly hash: ContentHash;
	readonly offset: number;
	readonly length: number;
}

export interface ContentPiece {
	readonly hash: ContentHash;
	/** Of the whole content. */
	readonly size: number;
	readonly offset: number;
	readonly bytes: Uint8Array;
}

export const BYE_CODES = [
	"stopped",
	"paused",
	"replaced",
	"malformed",
	"limit",
	"protocol",
	"timeout",
	"internal",
	"removed",
	"waiting",
	"other-roster",
] as const;
export type ByeCode = (typeof BYE_CODES)[number];

const count = wholeNumber();

const range = v.pipe(
	v.strictTuple([hashSchema, sizeSchema, wholeNumber(0, RANGE_BYTES_MAX)]),
	v.transform(([hash, offset, length]): ContentRange => ({ hash, offset, length })),
);
const piece = v.pipe(
	v.strictTuple([hashSchema, sizeSchema, sizeSchema, bytesOf(0, PIECE_BYTES_MAX)]),
	v.check(([, size, offset, bytes]) => offset + bytes.length <= size, "a piece beyond the end"),
	v.transform(([hash, size, offset, bytes]): ContentPiece => ({ hash, size, offset, bytes })),
);

const member = v.pipe(
	v.strictTuple([deviceIdSchema, epochSchema, vectorSchema, count]),
	v.transform(([device, epoch, knowledge, silentMs]): ToldMember => ({ device, epoch, knowledge, silentMs })),
);

const mark = v.pipe(
	v.strictTuple([count, tokenSchema]),
	v.transform(([number, token]): LinkMark => ({ number, token })),
);

const prefix = v.pipe(v.string(), v.regex(/^[0-9a-f]{0,64}$/));
const keyHashes = v.pipe(
	v.array(
		v.pipe(
			bytesOf(KEY_HASH_BYTES),
			v.transform((bytes) => bytesToHex(bytes)),
		),
	),
	v.maxLength(RECORDS_PER_MESSAGE_MAX),
);

/** Wire form: [number of the type, …fields]; the number is the place in this list. Numbers are never reused. */
export const messageSchemas: readonly v.GenericSchema<unknown, PeerMessage>[] = [
	v.pipe(
		v.strictTuple([v.literal(0), vectorSchema, vectorSchema, bytesOf(16)]),
		v.transform(([, knowledge, forgotten, root]): PeerMessage => ({ type: "hello", knowledge, forgotten, root })),
	),
	v.pipe(
		v.strictTuple([v.literal(1), v.pipe(v.array(recordSchema), v.maxLength(RECORDS_PER_MESSAGE_MAX))]),
		v.transform(([, records]): PeerMessage => ({ type: "records", records })),
	),
	v.pipe(
		v.strictTuple([v.literal(2), vectorSchema, vectorSchema, v.boolean()]),
		v.transform(([, knowledge, forgotten, full]): PeerMessage => ({ type: "end", knowledge, forgotten, full })),
	),
	v.pipe(
		v.strictTuple([v.literal(3)]),
		v.transform((): PeerMessage => ({ type: "need-full" })),
	),
	v.pipe(
		v.strictTuple([v.literal(4)]),
		v.transform((): PeerMessage => ({ type: "begin-full" })),
	),
	v.pipe(
		v.strictTuple([v.literal(5), vectorSchema, vectorSchema, bytesOf(16), count]),
		v.transform(([, received, applied, root, recordMessages]): PeerMessage => ({
			type: "ack",
			received,
			applied,
			root,
			recordMessages,
		})),
	),
	v.pipe(
		v.strictTuple([v.literal(6), v.pipe(v.array(range), v.maxLength(WANTS_PER_MESSAGE_MAX))]),
		v.transform(([, ranges]): PeerMessage => ({ type: "want", ranges })),
	),
	v.pipe(
		v.strictTuple([v.literal(7), v.pipe(v.array(piece), v.maxLength(PIECES_PER_MESSAGE_MAX))]),
		v.transform(([, pieces]): PeerMessage => ({ type: "pieces", pieces })),
	),
	v.pipe(
		v.strictTuple([v.literal(8), v.pipe(v.array(hashSchema), v.maxLength(WANTS_PER_MESSAGE_MAX))]),
		v.transform(([, hashes]): PeerMessage => ({ type: "unavailable", hashes })),
	),
	v.pipe(
		v.strictTuple([v.literal(9), bytesOf(16), bytesOf(8)]),
		v.transform(([, root, knowledge]): PeerMessage => ({ type: "heartbeat", root, knowledge })),
	),
	v.pipe(
		v.strictTuple([v.literal(10), count]),
		v.transform(([, number]): PeerMessage => ({ type: "probe", number })),
	),
	v.pipe(
		v.strictTuple([v.literal(11), count]),
		v.transform(([, number]): PeerMessage => ({ type: "probe-answer", number })),
	),
	v.pipe(
		v.strictTuple([v.literal(12), v.picklist(BYE_CODES)]),
		v.transform(([, code]): PeerMessage => ({ type: "bye", code })),
	),
	v.pipe(
		v.strictTuple([v.literal(13), v.pipe(v.array(member), v.maxLength(MEMBERS_PER_MESSAGE_MAX))]),
		v.transform(([, members]): PeerMessage => ({ type: "members", members })),
	),
	v.pipe(
		v.strictTuple([v.literal(14), mark, v.nullable(mark)]),
		v.transform(([, current, before]): PeerMessage => ({
			type: "link",
			link: { current, before: before ?? undefined },
		})),
	),
	v.pipe(
		v.strictTuple([v.literal(15), v.pipe(v.array(prefix), v.maxLength(TRIE_NODES_PER_MESSAGE_MAX))]),
		v.transform(([, prefixes]): PeerMessage => ({ type: "trie-ask", prefixes })),
	),
	v.pipe(
		v.strictTuple([v.literal(16), v.pipe(v.array(trieNodeSchema), v.maxLength(TRIE_NODES_PER_MESSAGE_MAX))]),
		v.transform(([, nodes]): PeerMessage => ({ type: "trie-nodes", nodes })),
	),
	v.pipe(
		v.strictTuple([v.literal(17), keyHashes]),
		v.transform(([, hashes]): PeerMessage => ({ type: "trie-want", hashes })),
	),
	v.pipe(
		v.strictTuple([
			v.literal(18),
			vectorSchema,
			v.pipe(v.array(recordSchema), v.maxLength(RECORDS_PER_MESSAGE_MAX)),
			keyHashes,
		]),
		v.transform(([, knowledge, records, absent]): PeerMessage => ({
			type: "trie-records",
			knowledge,
			records,
			absent,
		})),
	),
	v.pipe(
		v.strictTuple([v.literal(19), v.pipe(v.array(signedEntrySchema), v.maxLength(ROSTER_ENTRIES_PER_MESSAGE_MAX))]),
		v.transform(([, entries]): PeerMessage => ({ type: "roster", entries })),
	),
	v.pipe(
		v.strictTuple([v.literal(20), bytesOf(0, ENVELOPE_BYTES_MAX)]),
		v.transform(([, envelope]): PeerMessage => ({ type: "envelope", envelope })),
	),
	v.pipe(
		v.strictTuple([
			v.literal(21),
			mailboxSchemas.groupIdSchema,
			v.pipe(v.array(mailboxSchemas.markSchema), v.maxLength(HEAD_MARKS_MAX)),
		]),
		v.transform(([, groupId, heads]): PeerMessage => ({ type: "heads", groupId, heads })),
	),
];
