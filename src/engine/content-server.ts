// Answers a peer's requests for content: in order, small contents packed together, read only as fast as the channel takes them.
import type { ContentHash } from "../core/hash.ts";
import type { ContentPiece, ContentRange, PeerMessage } from "../wire/messages.ts";
import type { Clock } from "./ports/clock.ts";
import { PIECE_BYTES_MAX, PIECES_PER_MESSAGE_MAX } from "../wire/limits.ts";

export interface ContentServerOptions {
	readonly find: (hash: ContentHash) => Promise<Uint8Array | undefined>;
	readonly send: (message: PeerMessage) => void;
	/** Resolves when what was sent has left for the channel. */
	readonly drained: () => Promise<void>;
	readonly onError: (error: unknown) => void;
	readonly clock: Clock;
}

/**
 * A peer that puts a large content on its disk as it comes asks for it in portions, with pauses: it is not read and hashed anew for each. What is
 * small costs nothing to read again.
 */
const LINGER_MS = 10_000;
const LINGERS_FROM_BYTES = 4 * 1024 * 1024;

/** Requests that wait; a peer that asks for more without taking answers breaks the protocol (its own window is far below). */
const QUEUE_MAX = 4096;

/** Contents remembered as wanted in vain. */
const REFUSED_MAX = 1024;

interface Found {
	readonly hash: ContentHash;
	readonly bytes: Uint8Array;
}

export class ContentServer {
	readonly #options: ContentServerOptions;
	readonly #queue: ContentRange[] = [];
	/** The last small content, while a peer goes through its ranges. */
	#last: Found | undefined;
	/** The last large one, which what is small in between does not drive out: a film is asked for among many notes. */
	#large: Found | undefined;
	readonly #refused = new Set<ContentHash>();
	#cancelLinger: (() => void) | undefined;
	#serving = false;
	#ended = false;

	constructor(options: ContentServerOptions) {
		this.#options = options;
	}

	/** False: too many requests wait. */
	ask(ranges: readonly ContentRange[]): boolean {
		if (this.#queue.length + ranges.length > QUEUE_MAX) return false;
		this.#queue.push(...ranges);
		this.#begin();
		return true;
	}

	/** Whether this was asked for and not here; once. */
	takeRefused(hash: ContentHash): boolean {
		return this.#refused.delete(hash);
	}

	#begin(): void {
		if (this.#serving || this.#queue.length === 0 || this.#ended) return;
		this.#serving = true;
		this.#serve()
			.catch(this.#options.onError)
			.finally(() => {
				this.#serving = false;
				this.#last = undefined;
				// Asked for while the last answer was on its way out.
				this.#begin();
			});
	}

	end(): void {
		this.#ended = true;
		this.#queue.length = 0;
		this.#stayLarge();
		this.#last = this.#large = undefined;
	}

	/** While it is given. */
	#stayLarge(): void {
		this.#cancelLinger?.();
		this.#cancelLinger = undefined;
	}

	/** It goes when nobody goes on with it for a while, whatever else is asked for. */
	#lingerLarge(): void {
		this.#stayLarge();
		if (this.#ended) return;
		this.#cancelLinger = this.#options.clock.schedule(LINGER_MS, () => {
			this.#cancelLinger = undefined;
			this.#large = undefined;
		});
	}

	async #serve(): Promise<void> {
		let pieces: ContentPiece[] = [];
		let packed = 0;
		const flush = async (): Promise<void> => {
			if (pieces.length === 0) return;
			this.#options.send({ type: "pieces", pieces });
			pieces = [];
			packed = 0;
			await this.#options.drained();
		};
		for (let range = this.#queue.shift(); range !== undefined && !this.#ended; range = this.#queue.shift()) {
			const { hash, offset, length } = range;
			const content = await this.#content(hash);
			if (content === undefined || offset > content.length) {
				if (this.#refused.size < REFUSED_MAX) this.#refused.add(hash);
				this.#options.send({ type: "unavailable", hashes: [hash] });
				continue;
			}
			const end = Math.min(offset + length, content.length);
			let start = offset;
			do {
				const room = PIECE_BYTES_MAX - packed;
				if (room <= 0 || pieces.length >= PIECES_PER_MESSAGE_MAX) {
					await flush();
					continue;
				}
				const bytes = content.subarray(start, Math.min(start + room, end));
				pieces.push({ hash, size: content.length, offset: start, bytes });
				packed += bytes.length;
				start += bytes.length;
			} while (start < end && !this.#isEnded());
			if (this.#large?.hash === hash) this.#lingerLarge();
			if (this.#queue.length === 0) await flush();
		}
		await flush();
	}

	#isEnded(): boolean {
		return this.#ended;
	}

	async #content(hash: ContentHash): Promise<Uint8Array | undefined> {
		if (this.#large?.hash === hash) {
			this.#stayLarge();
			return this.#large.bytes;
		}
		if (this.#last?.hash === hash) return this.#last.bytes;
		const bytes = await this.#options.find(hash);
		if (bytes === undefined || this.#ended) return bytes;
		if (bytes.length < LINGERS_FROM_BYTES) this.#last = { hash, bytes };
		else {
			this.#stayLarge();
			this.#large = { hash, bytes };
		}
		return bytes;
	}
}
