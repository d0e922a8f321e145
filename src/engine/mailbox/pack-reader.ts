// Reads blobs from one stored pack, a few chunks at a time, and believes nothing that does not open: neither the relay's lengths nor
// its bytes. Rules ZF of readme/SPEC.md.
import { equalBytes } from "../../core/bytes.ts";
import { inflated } from "../../wire/compression.ts";
import { MAILBOX_READ_BYTES_MAX, type PackId } from "../../wire/mailbox-api.ts";
import {
	CHUNK_BYTES,
	chunkNonce,
	chunkPlace,
	chunksOf,
	decodePackHeader,
	PACK_HEADER_BYTES,
	packBytes,
	TAG_BYTES,
	type PackHeader,
} from "../../wire/pack.ts";
import type { BlobPlace } from "../../wire/pack-places.ts";
import { SealedError } from "../../wire/sealed-error.ts";
import type { MailboxKeys, PackKey } from "../ports/crypto.ts";
import type { Digest } from "../ports/digest.ts";

export interface PackReaderOptions {
	readonly id: PackId;
	/** Of the pack as it was stored, by a head that is believed. */
	readonly bytes: number;
	/** Of what the relay has now, by its own word. */
	readonly storedBytes?: number;
	/** Bytes [from, to) of the stored pack, at most MAILBOX_READ_BYTES_MAX of them; `undefined`: there is no such pack. */
	readonly read: (from: number, to: number) => Promise<Uint8Array | undefined>;
	readonly keys: Pick<MailboxKeys, "packKey">;
	readonly digest: Digest;
}

interface Opened {
	readonly header: PackHeader;
	readonly key: PackKey;
	readonly context: Uint8Array;
}

const CHUNKS_PER_READ = Math.floor(MAILBOX_READ_BYTES_MAX / (CHUNK_BYTES + TAG_BYTES));

export class PackReader {
	readonly #options: PackReaderOptions;
	#opened: Promise<Opened> | undefined;
	/** The chunk that was opened last: small blobs lie next to each other. */
	#last: { readonly chunk: number; readonly contents: Uint8Array } | undefined;

	constructor(options: PackReaderOptions) {
		this.#options = options;
	}

	/** What the blob is, unpacked: `size` bytes. Rejects with a SealedError, or as `read` does. */
	async readBlob(place: BlobPlace): Promise<Uint8Array> {
		const stored = await this.readRange(place.offset, place.bytes);
		return place.isCompressed ? inflated(stored, place.size) : stored;
	}

	/** Of the contents, as stored. */
	async readRange(offset: number, length: number): Promise<Uint8Array> {
		const { header } = await this.#open();
		if (offset < 0 || length < 0 || offset + length > header.contentBytes) {
			throw new SealedError("outside", "the pack is shorter than that");
		}
		const range = new Uint8Array(length);
		const { first, end } = chunksOf(offset, length);
		for (let chunk = first; length > 0 && chunk < end;) {
			const contents = await this.#chunks(chunk, Math.min(end, chunk + CHUNKS_PER_READ));
			for (const part of contents) {
				const at = chunk * CHUNK_BYTES - offset;
				range.set(part.subarray(Math.max(-at, 0), length - at), Math.max(at, 0));
				chunk++;
			}
		}
		return range;
	}

	/** The contents of chunks [first, end). */
	async #chunks(first: number, end: number): Promise<readonly Uint8Array[]> {
		if (this.#last?.chunk === first) return [this.#last.contents];
		const { header, key, context } = await this.#open();
		const from = chunkPlace(first, header.contentBytes).from;
		const sealed = await this.#read(from, chunkPlace(end - 1, header.contentBytes).to);
		const opened: Uint8Array[] = [];
		for (let chunk = first; chunk < end; chunk++) {
			const place = chunkPlace(chunk, header.contentBytes);
			const bytes = sealed.subarray(place.from - from, place.to - from);
			const contents = await key.open(bytes, chunkNonce(chunk, header.contentBytes), context);
			if (contents === undefined) throw new SealedError("damaged", "a part of the pack was changed");
			opened.push(contents);
			this.#last = { chunk, contents };
		}
		return opened;
	}

	#open(): Promise<Opened> {
		this.#opened ??= this.#openHeader().catch((error: unknown) => {
			// The next one may find the relay in a better state.
			this.#opened = undefined;
			throw error;
		});
		return this.#opened;
	}

	async #openHeader(): Promise<Opened> {
		const { id, bytes, storedBytes = bytes, keys, digest } = this.#options;
		if (storedBytes !== bytes) throw new SealedError("cut", "the relay has more or less of the pack than was stored");
		const encoded = await this.#read(0, PACK_HEADER_BYTES);
		const header = decodePackHeader(encoded);
		if (header.id !== id) throw new SealedError("other-pack", "the relay gave another pack");
		if (packBytes(header.contentBytes) !== bytes) throw new SealedError("cut", "the pack is not as long as it was");
		const key = await keys.packKey(header.salt);
		if (!equalBytes(key.commitment, header.commitment)) {
			throw new SealedError("other-key", "the pack is sealed with another key");
		}
		return { header, key, context: digest.sha256(encoded) };
	}

	async #read(from: number, to: number): Promise<Uint8Array> {
		const bytes = await this.#options.read(from, to);
		if (bytes === undefined) throw new SealedError("missing", "the relay does not have the pack any more");
		if (bytes.length !== to - from) throw new SealedError("cut", "the relay gave another number of bytes");
		return bytes;
	}
}
