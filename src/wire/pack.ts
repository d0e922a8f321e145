// The layout of a pack: a header, then chunks that are sealed one by one, so that any range of its contents can be had without the
// rest. Where everything lies is arithmetic. Rules ZF of readme/SPEC.md.
import { bytesToHex, concatBytes, equalBytes, hexToBytes } from "../core/bytes.ts";
import { PACK_CONTENT_BYTES_MAX } from "./limits.ts";
import { parsePackId, type PackId } from "./mailbox-api.ts";
import { paddedLength, PADDED_BYTES_MIN } from "./padding.ts";
import { SealedError } from "./sealed-error.ts";

/** "PSyncPk", layout 1. */
const MAGIC = Uint8Array.of(0x50, 0x53, 0x79, 0x6e, 0x63, 0x50, 0x6b, 1);
const ID_BYTES = 16;
export const SALT_BYTES = 32;
const COMMITMENT_BYTES = 32;
/** Magic, id, length of what is sealed, salt, commitment. */
export const PACK_HEADER_BYTES = MAGIC.length + ID_BYTES + 4 + SALT_BYTES + COMMITMENT_BYTES;

/** Of contents in one chunk; the last one may be shorter. AES-GCM is quick from this size on, and a note costs no more to read. */
export const CHUNK_BYTES = 256 * 1024;
export const TAG_BYTES = 16;
const COUNTER_BYTES = 11;
/** Of contents, padded. */
const PADDED_MAX = paddedLength(PACK_CONTENT_BYTES_MAX);

export interface PackHeader {
	readonly id: PackId;
	/** What the chunks hold, padding included: nobody can cut a pack or add to it without being found out. */
	readonly contentBytes: number;
	readonly salt: Uint8Array;
	/** Of the key: a pack opens under one key only. */
	readonly commitment: Uint8Array;
}

export function encodePackHeader({ id, contentBytes, salt, commitment }: PackHeader): Uint8Array {
	const length = new Uint8Array(4);
	new DataView(length.buffer).setUint32(0, contentBytes);
	return concatBytes(MAGIC, hexToBytes(id), length, salt, commitment);
}

/** Throws SealedError and nothing else. */
export function decodePackHeader(bytes: Uint8Array): PackHeader {
	if (bytes.length !== PACK_HEADER_BYTES) throw new SealedError("cut", "shorter than the header of a pack");
	if (!equalBytes(bytes.subarray(0, MAGIC.length), MAGIC)) throw new SealedError("unknown-format", "not a pack");
	let at = MAGIC.length;
	const next = (length: number): Uint8Array => bytes.slice(at, (at += length));
	const id = parsePackId(bytesToHex(next(ID_BYTES)));
	const contentBytes = new DataView(next(4).buffer).getUint32(0);
	const isSize =
		contentBytes >= PADDED_BYTES_MIN && contentBytes <= PADDED_MAX && paddedLength(contentBytes) === contentBytes;
	if (id === undefined || !isSize) throw new SealedError("unknown-format", "no pack has this length");
	return { id, contentBytes, salt: next(SALT_BYTES), commitment: next(COMMITMENT_BYTES) };
}

export function chunkCount(contentBytes: number): number {
	return Math.ceil(contentBytes / CHUNK_BYTES);
}

/** Of the whole pack as it is stored. */
export function packBytes(contentBytes: number): number {
	return PACK_HEADER_BYTES + contentBytes + chunkCount(contentBytes) * TAG_BYTES;
}

/** Where a sealed chunk lies in the pack: [from, to). */
export function chunkPlace(chunk: number, contentBytes: number): { readonly from: number; readonly to: number } {
	const from = PACK_HEADER_BYTES + chunk * (CHUNK_BYTES + TAG_BYTES);
	return { from, to: Math.min(from + CHUNK_BYTES + TAG_BYTES, packBytes(contentBytes)) };
}

/** Which chunks have [offset, offset + length) of the contents: [first, end). */
export function chunksOf(offset: number, length: number): { readonly first: number; readonly end: number } {
	return { first: Math.floor(offset / CHUNK_BYTES), end: Math.ceil((offset + length) / CHUNK_BYTES) };
}

/** The number of the chunk, then whether it is the last: never twice under one key, as each pack has a key of its own. */
export function chunkNonce(chunk: number, contentBytes: number): Uint8Array {
	const nonce = new Uint8Array(COUNTER_BYTES + 1);
	new DataView(nonce.buffer).setUint32(COUNTER_BYTES - 4, chunk);
	nonce[COUNTER_BYTES] = chunk === chunkCount(contentBytes) - 1 ? 1 : 0;
	return nonce;
}
