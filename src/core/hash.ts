// The identity of content: SHA-256 of the raw bytes, as 64 lower-case hex digits.
// Digests are computed by the Digest port (engine/ports/digest.ts); this file only gives them a type and a text form.
import type { Brand } from "./ids.ts";
import { bytesToHex, hexToBytes } from "./bytes.ts";

export type ContentHash = Brand<string, "ContentHash">;

export const HASH_BYTES = 32;

const TEXT = /^[0-9a-f]{64}$/;

export function parseContentHash(text: string): ContentHash | undefined {
	return TEXT.test(text) ? (text as ContentHash) : undefined;
}

/** `bytes` must be 32 bytes long; anything else is `undefined`. */
export function contentHashFromBytes(bytes: Uint8Array): ContentHash | undefined {
	return bytes.length === HASH_BYTES ? (bytesToHex(bytes) as ContentHash) : undefined;
}

export function contentHashToBytes(hash: ContentHash): Uint8Array {
	return hexToBytes(hash);
}
