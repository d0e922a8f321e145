// The bytes that stand for a live record in the trie. Laid out by hand: they are hashed, so every replica must make the same.
// Only live siblings count, never tombstones or contexts, so that replicas which forget tombstones at different times agree.
import { concatBytes, hexToBytes } from "./bytes.ts";
import type { PathKey } from "./path.ts";
import type { PathRecord } from "./record.ts";
import { notHidden } from "./view.ts";

export type Sha256 = (bytes: Uint8Array) => Uint8Array;

/** Where the record of `key` stands in the trie: 32 bytes. */
export function trieKey(key: PathKey, sha256: Sha256): Uint8Array {
	return sha256(utf8(key));
}

/** 16 bytes over key, dots and hashes of the live siblings that are not hidden: who has forgotten why they are shows them. */
export function trieDigest(key: PathKey, record: PathRecord, sha256: Sha256): Uint8Array {
	const name = utf8(key);
	const parts: Uint8Array[] = [uint32(name.length), name];
	for (const { dot, content } of notHidden(record)) {
		if (content !== undefined) parts.push(hexToBytes(dot.epoch), uint48(dot.counter), hexToBytes(content.hash));
	}
	return sha256(concatBytes(...parts)).subarray(0, 16);
}

function utf8(text: string): Uint8Array {
	return new TextEncoder().encode(text);
}

function uint32(value: number): Uint8Array {
	const bytes = new Uint8Array(4);
	new DataView(bytes.buffer).setUint32(0, value);
	return bytes;
}

/** Counters stay below 2^48 (wire/limits.ts). */
function uint48(value: number): Uint8Array {
	const bytes = new Uint8Array(6);
	const view = new DataView(bytes.buffer);
	view.setUint16(0, Math.floor(value / 2 ** 32));
	view.setUint32(2, value % 2 ** 32);
	return bytes;
}
