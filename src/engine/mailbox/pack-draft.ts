// What is to be stored in one pack: blobs one after the other, each smaller where it can be, then sealed chunk by chunk under a key
// that this pack alone has. Rules ZF of readme/SPEC.md.
import { assert } from "../../core/assert.ts";
import { bytesToHex } from "../../core/bytes.ts";
import { contentHashFromBytes, type ContentHash } from "../../core/hash.ts";
import { deflated } from "../../wire/compression.ts";
import { PACK_CONTENT_BYTES_MAX } from "../../wire/limits.ts";
import { parsePackId, type PackId } from "../../wire/mailbox-api.ts";
import {
	CHUNK_BYTES,
	chunkCount,
	chunkNonce,
	chunkPlace,
	encodePackHeader,
	packBytes,
	SALT_BYTES,
} from "../../wire/pack.ts";
import type { BlobPlace } from "../../wire/pack-places.ts";
import { paddedLength } from "../../wire/padding.ts";
import type { MailboxKeys } from "../ports/crypto.ts";
import type { Digest } from "../ports/digest.ts";
import type { Random } from "../ports/random.ts";

export interface PackSealing {
	readonly keys: MailboxKeys;
	readonly digest: Digest;
	readonly random: Random;
}

export interface SealedPack {
	readonly id: PackId;
	/** As it is to be stored. */
	readonly bytes: Uint8Array;
	/** SHA-256 of that, for the head. */
	readonly hash: ContentHash;
}

export class PackDraft {
	/** Known before it is sealed: the index in it may name it. */
	readonly id: PackId;
	readonly #blobs: Uint8Array[] = [];
	#bytes = 0;

	constructor(random: Random) {
		const id = parsePackId(bytesToHex(random.bytes(16)));
		assert(id !== undefined, "sixteen bytes are the id of a pack");
		this.id = id;
	}

	/** Of contents, as they are stored. */
	get bytes(): number {
		return this.#bytes;
	}

	/** At most PACK_CONTENT_BYTES_MAX, and not changed until the pack is sealed. `undefined`: there is no room; nothing was added. */
	add(blob: Uint8Array): BlobPlace | undefined {
		assert(blob.length <= PACK_CONTENT_BYTES_MAX, "a blob fits into a pack");
		const smaller = deflated(blob);
		const stored = smaller ?? blob;
		if (this.#bytes + stored.length > PACK_CONTENT_BYTES_MAX) return undefined;
		const offset = this.#bytes;
		this.#blobs.push(stored);
		this.#bytes += stored.length;
		return { offset, bytes: stored.length, size: blob.length, isCompressed: smaller !== undefined };
	}

	/** Each time another pack, as far as anybody can see; to be stored once. */
	async seal({ keys, digest, random }: PackSealing): Promise<SealedPack> {
		const contentBytes = paddedLength(this.#bytes);
		const salt = random.bytes(SALT_BYTES);
		const key = await keys.packKey(salt);
		const header = encodePackHeader({ id: this.id, contentBytes, salt, commitment: key.commitment });
		const context = digest.sha256(header);
		const sealed = new Uint8Array(packBytes(contentBytes));
		sealed.set(header);
		const contents = reader(this.#blobs);
		for (let chunk = 0; chunk < chunkCount(contentBytes); chunk++) {
			const plaintext = new Uint8Array(Math.min(CHUNK_BYTES, contentBytes - chunk * CHUNK_BYTES));
			contents(plaintext);
			const bytes = await key.seal(plaintext, chunkNonce(chunk, contentBytes), context);
			sealed.set(bytes, chunkPlace(chunk, contentBytes).from);
		}
		const hash = contentHashFromBytes(digest.sha256(sealed));
		assert(hash !== undefined, "a digest is a hash");
		return { id: this.id, bytes: sealed, hash };
	}
}

/** All of `blobs` in one pack: they must fit. */
export async function writePack(
	blobs: readonly Uint8Array[],
	sealing: PackSealing,
): Promise<SealedPack & { readonly places: readonly BlobPlace[] }> {
	const draft = new PackDraft(sealing.random);
	const places = blobs.map((blob) => {
		const place = draft.add(blob);
		assert(place !== undefined, "the blobs fit into one pack");
		return place;
	});
	return { ...(await draft.seal(sealing)), places };
}

/** Fills what it is given from `blobs`, on and on; zeros after the last. */
function reader(blobs: readonly Uint8Array[]): (target: Uint8Array) => void {
	let blob = 0;
	let from = 0;
	return (target) => {
		let filled = 0;
		for (let source = blobs[blob]; source !== undefined && filled < target.length; source = blobs[blob]) {
			const part = source.subarray(from, from + target.length - filled);
			target.set(part, filled);
			filled += part.length;
			from += part.length;
			if (from === source.length) [blob, from] = [blob + 1, 0];
		}
	};
}
