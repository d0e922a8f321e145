// What a device lets its group know through the relay: 28 bytes, sealed by the transport. Root of the trie (16), digest of its
// knowledge (8), number of live records (4, big-endian).
import { concatBytes } from "../core/bytes.ts";
import { knowledgeDigest } from "./knowledge-digest.ts";
import type { Digest } from "./ports/digest.ts";
import type { Replica } from "./replica.ts";

const ROOT_BYTES = 16;
const ANNOUNCEMENT_BYTES = 28;

export function announcementOf(replica: Replica, digest: Digest): Uint8Array {
	const count = new Uint8Array(4);
	new DataView(count.buffer).setUint32(0, replica.index.fileCount);
	const knowledge = knowledgeDigest(replica.durableKnowledge, (bytes) => digest.sha256(bytes));
	return concatBytes(replica.index.root(), knowledge, count);
}

/** The root in another device's announcement; `undefined` for none, or one of another make. */
export function announcedRoot(announcement: Uint8Array | undefined): Uint8Array | undefined {
	return announcement?.length === ANNOUNCEMENT_BYTES ? announcement.subarray(0, ROOT_BYTES) : undefined;
}
