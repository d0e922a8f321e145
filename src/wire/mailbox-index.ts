// The index of a segment: records as sessions send them, and for each content that lies at the relay where its pieces are. Read in
// frames, so that no part of it is larger than a message may be. Rules ZF of readme/SPEC.md.
import { encode } from "@msgpack/msgpack";
import * as v from "valibot";
import { concatBytes } from "../core/bytes.ts";
import { contentHashToBytes, type ContentHash } from "../core/hash.ts";
import type { KeyedRecord } from "../core/record.ts";
import { decodeMessage, encodeMessage } from "./codec.ts";
import { DecodeError } from "./decode-error.ts";
import {
	CONTENT_PIECES_MAX,
	CONTROL_MESSAGE_BYTES_MAX,
	INDEX_BYTES_MAX,
	HEAD_PACKS_MAX,
	RECORDS_MESSAGE_BYTES_TARGET,
	RECORDS_PER_MESSAGE_MAX,
} from "./limits.ts";
import type { PackId } from "./mailbox-api.ts";
import { blobPlaceSchema, blobPlaceToWire, packIdSchema, packIdToWire, type PlaceInPack } from "./pack-places.ts";
import { hashSchema, recordBytesMax } from "./record-codec.ts";
import { SealedError } from "./sealed-error.ts";
import { unpack } from "./unpack.ts";
import { wholeNumber } from "./schemas.ts";

export interface StoredContent {
	readonly hash: ContentHash;
	/** One after the other they are the content. */
	readonly pieces: readonly PlaceInPack[];
}

export interface MailboxIndex {
	readonly records: readonly KeyedRecord[];
	readonly contents: readonly StoredContent[];
}

/** "PSyncIx", layout 1. */
const MAGIC = Uint8Array.of(0x50, 0x53, 0x79, 0x6e, 0x63, 0x49, 0x78, 1);
const FRAME_HEADER_BYTES = 5;
const RECORDS = 0;
const PACKS = 1;
const CONTENTS = 2;
const CONTENTS_PER_FRAME_MAX = 256;
const PIECES_PER_FRAME_TARGET = 1024;

const packsSchema = v.pipe(v.array(packIdSchema), v.maxLength(HEAD_PACKS_MAX));
const contentsSchema = v.pipe(
	v.array(
		v.strictTuple([
			hashSchema,
			v.pipe(
				v.array(v.strictTuple([wholeNumber(0, HEAD_PACKS_MAX), blobPlaceSchema])),
				v.minLength(1),
				v.maxLength(CONTENT_PIECES_MAX),
			),
		]),
	),
	v.maxLength(CONTENTS_PER_FRAME_MAX),
);

/** `undefined`: it would be larger than an index may be; make two. */
export function encodeIndex({ records, contents }: MailboxIndex): Uint8Array | undefined {
	const packs = [...new Set(contents.flatMap(({ pieces }) => pieces.map(({ pack }) => pack)))];
	if (packs.length > HEAD_PACKS_MAX) return undefined;
	const numbers = new Map(packs.map((pack, number) => [pack, number]));
	const frames = [
		frame(PACKS, encode(packs.map(packIdToWire))),
		...grouped(records, RECORDS_PER_MESSAGE_MAX, RECORDS_MESSAGE_BYTES_TARGET, recordBytesMax).map((group) =>
			frame(RECORDS, encodeMessage({ type: "records", records: group })),
		),
		...grouped(contents, CONTENTS_PER_FRAME_MAX, PIECES_PER_FRAME_TARGET, ({ pieces }) => pieces.length).map((group) =>
			frame(CONTENTS, encode(group.map((content) => contentToWire(content, numbers)))),
		),
	];
	const index = concatBytes(MAGIC, ...frames);
	return index.length <= INDEX_BYTES_MAX ? index : undefined;
}

/** Throws SealedError and nothing else. */
export function decodeIndex(bytes: Uint8Array): MailboxIndex {
	if (bytes.length > INDEX_BYTES_MAX) throw new SealedError("too-large", "an index larger than it may be");
	if (!MAGIC.every((byte, i) => bytes[i] === byte)) throw new SealedError("unknown-format", "not an index");
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const records: KeyedRecord[] = [];
	const contents: StoredContent[] = [];
	let packs: readonly PackId[] | undefined;
	let at = MAGIC.length;
	while (at < bytes.length) {
		if (at + FRAME_HEADER_BYTES > bytes.length) throw malformed("a frame that is cut");
		const kind = view.getUint8(at);
		const from = at + FRAME_HEADER_BYTES;
		at = from + view.getUint32(at + 1);
		if (at > bytes.length || at - from > CONTROL_MESSAGE_BYTES_MAX) throw malformed("a frame longer than it can be");
		const body = bytes.subarray(from, at);
		if (kind === PACKS && packs === undefined) packs = parsed(packsSchema, body);
		else if (kind === RECORDS) for (const record of recordsOf(body)) records.push(record);
		else if (kind === CONTENTS && packs !== undefined) {
			for (const content of contentsOf(body, packs)) contents.push(content);
		} else throw malformed("a frame that has no place here");
	}
	return { records, contents };
}

function recordsOf(body: Uint8Array): readonly KeyedRecord[] {
	try {
		const message = decodeMessage(body);
		if (message.type === "records") return message.records;
	} catch (error) {
		if (!(error instanceof DecodeError)) throw error;
		throw malformed(error.message);
	}
	throw malformed("another message instead of records");
}

function contentsOf(body: Uint8Array, packs: readonly PackId[]): StoredContent[] {
	return parsed(contentsSchema, body).map(([hash, pieces]) => ({
		hash,
		pieces: pieces.map(([number, place]): PlaceInPack => {
			const pack = packs[number];
			if (pack === undefined) throw malformed("a piece in no pack");
			return { pack, ...place };
		}),
	}));
}

function parsed<T>(schema: v.GenericSchema<unknown, T>, body: Uint8Array): T {
	const raw = unpack(body, { bytesMax: CONTROL_MESSAGE_BYTES_MAX, arrayMax: CONTENT_PIECES_MAX });
	const result = v.safeParse(schema, raw, { abortEarly: true });
	if (!result.success) throw malformed(result.issues[0].message);
	return result.output;
}

function contentToWire({ hash, pieces }: StoredContent, numbers: ReadonlyMap<PackId, number>): unknown[] {
	return [contentHashToBytes(hash), pieces.map((piece) => [numbers.get(piece.pack), blobPlaceToWire(piece)])];
}

function frame(kind: number, body: Uint8Array): Uint8Array {
	const header = new Uint8Array(FRAME_HEADER_BYTES);
	header[0] = kind;
	new DataView(header.buffer).setUint32(1, body.length);
	return concatBytes(header, body);
}

/** In their order, as many together as fit. */
function grouped<T>(all: readonly T[], countMax: number, sizeTarget: number, sizeOf: (item: T) => number): T[][] {
	const groups: T[][] = [];
	let group: T[] = [];
	let size = 0;
	for (const item of all) {
		if (group.length === 0 || group.length === countMax || size + sizeOf(item) > sizeTarget) {
			groups.push((group = []));
			size = 0;
		}
		group.push(item);
		size += sizeOf(item);
	}
	return groups;
}

function malformed(why: string): SealedError {
	return new SealedError("malformed", why);
}
