// What lies in packs, believed only by its hash: the index of a segment, and contents from their pieces. Rules ZF of readme/SPEC.md.
import { concatBytes } from "../../core/bytes.ts";
import { contentHashFromBytes, type ContentHash } from "../../core/hash.ts";
import type { MailboxSegment } from "../../wire/mailbox-head.ts";
import { decodeIndex, type MailboxIndex, type StoredContent } from "../../wire/mailbox-index.ts";
import { INDEX_BYTES_MAX } from "../../wire/limits.ts";
import type { PackId } from "../../wire/mailbox-api.ts";
import { SealedError } from "../../wire/sealed-error.ts";
import type { Digest } from "../ports/digest.ts";
import type { PackReader } from "./pack-reader.ts";

/** `reader`: of the segment's pack. Rejects with a SealedError, or as the reader does. */
export async function readIndex(
	segment: Pick<MailboxSegment, "index" | "hash">,
	reader: PackReader,
	digest: Digest,
): Promise<MailboxIndex> {
	if (segment.index.size > INDEX_BYTES_MAX) throw new SealedError("too-large", "an index larger than it may be");
	const bytes = await reader.readBlob(segment.index);
	checkHash(bytes, segment.hash, digest);
	return decodeIndex(bytes);
}

/**
 * The whole content, put together: in memory twice at the end. `size`: as the record says. `readerOf`: of a pack that a head which is
 * believed names; `undefined`: none does.
 */
export async function readContent(
	{ hash, pieces }: StoredContent,
	size: number,
	readerOf: (pack: PackId) => PackReader | undefined,
	digest: Digest,
): Promise<Uint8Array> {
	const sizes = pieces.reduce((sum, piece) => sum + piece.size, 0);
	if (sizes !== size) throw new SealedError("other-content", "its pieces have another size");
	const parts: Uint8Array[] = [];
	for (const piece of pieces) {
		const reader = readerOf(piece.pack);
		if (reader === undefined) throw new SealedError("missing", "a piece lies in no pack");
		parts.push(await reader.readBlob(piece));
	}
	const content = concatBytes(...parts);
	checkHash(content, hash, digest);
	return content;
}

function checkHash(bytes: Uint8Array, hash: ContentHash, digest: Digest): void {
	if (contentHashFromBytes(digest.sha256(bytes)) !== hash)
		throw new SealedError("other-content", "not what its hash says");
}
