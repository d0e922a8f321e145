// Gets the contents this device lacks from whichever connected peers have them: bounded requests, ranges put together under a
// ceiling, every content checked by its hash before anybody may use it. Rules X1–X7, X13 of readme/SPEC.md.
import type { ContentHash } from "../core/hash.ts";
import type { DeviceId } from "../core/ids.ts";
import { Laggards } from "./laggards.ts";
import type { Clock } from "./ports/clock.ts";
import { Turn, type TokenBucket } from "./throttle.ts";
import type { ContentPiece, ContentRange } from "../wire/messages.ts";
import { PUSHED_CONTENT_BYTES_MAX, RANGE_BYTES_MAX, WANTS_PER_MESSAGE_MAX } from "../wire/limits.ts";

/** A session, as far as the exchange needs it. */
export interface ContentSource {
	/** Of a peer that proved itself. */
	readonly deviceId?: DeviceId;
	want(ranges: readonly ContentRange[]): void;
}

export interface WantedByPeers {
	readonly hash: ContentHash;
	/** `undefined`: no record tells it. Then it is at most RANGE_BYTES_MAX, and one can do without it. */
	readonly size: number | undefined;
}

export interface ContentExchangeOptions {
	readonly clock: Clock;
	/** How fast contents may come, from all sources together. */
	readonly down: TokenBucket;
	readonly hash: (bytes: Uint8Array) => ContentHash;
	/** Verified, once per content. */
	readonly onContent: (hash: ContentHash, bytes: Uint8Array) => void;
	/** Bytes that arrived and wait for a disk. */
	readonly waitingBytes: () => number;
	/** Nobody who is there now has this content; `isAsked`: somebody is there. It stays wanted. */
	readonly onLacking?: (hash: ContentHash, isAsked: boolean) => void;
	/** Contents that come in another way, from the same sources (large-fetch.ts); none, if not given. */
	readonly beside?: () => FetchBeside | undefined;
}

export interface FetchBeside {
	addSource(source: ContentSource): void;
	removeSource(source: ContentSource): void;
	refresh(source: ContentSource): void;
	/** `undefined`: nobody there asked for it. */
	receive(source: ContentSource, piece: ContentPiece): boolean | undefined;
	unavailable(source: ContentSource, hash: ContentHash): void;
	owes(source: ContentSource): boolean;
}

interface Wanted {
	readonly hash: ContentHash;
	/** At most so large, as long as no byte came. */
	size: number;
	readonly isOptional: boolean;
	buffer: Uint8Array | undefined;
	/** Next byte to ask for. Ranges are asked in order, from one source at a time. */
	asked: number;
	received: number;
	source: ContentSource | undefined;
	/** Said that they do not have it, since they last said what they have. */
	readonly without: Set<ContentSource>;
	/** Owed it for long: asked when nobody else is left. */
	readonly late: Set<ContentSource>;
}

/** Asked for and not yet here, per source: keeps the pipe full at 22 MiB/s and 50 ms, and bounds what a stall holds back. */
const WINDOW_BYTES = 2 * 1024 * 1024;
/** Begun with one source: tiny ones are many in a window, and a peer lets only so many requests wait. */
const UNDER_WAY_MAX = 1024;
/** Of one content: it is in memory as a whole. What is larger is held, and others go on. */
export const CONTENT_BYTES_MAX = 1024 * 1024 * 1024;
/** Room for a content that has just begun to come. */
const BUFFER_BYTES_MIN = 1024 * 1024;
/** Arrived and not yet on disk, over all sources: the vault sets the pace. */
const WAITING_BYTES_MAX = 16 * 1024 * 1024;

export class ContentExchange {
	readonly #options: ContentExchangeOptions;
	/** Small ones first: a note must not wait behind a film. */
	readonly #wanted = new Map<ContentHash, Wanted>();
	/** With what they owe. Asked in this order. */
	readonly #sources = new Map<ContentSource, number>();
	readonly #laggards: Laggards<ContentSource>;
	readonly #turn: Turn;
	#queue: Wanted[] = [];
	#receivedBytes = 0;

	constructor(options: ContentExchangeOptions) {
		this.#options = options;
		this.#turn = new Turn(options.down, () => {
			this.#ask();
		});
		this.#laggards = new Laggards({
			clock: options.clock,
			owing: () => [...this.#sources].filter(([, owed]) => owed > 0).map(([source]) => source),
			onLate: (source) => {
				this.#passOver(source);
			},
		});
	}

	get wantedCount(): number {
		return this.#wanted.size;
	}

	/** Bytes of content that came since the beginning. */
	get receivedBytes(): number {
		return this.#receivedBytes;
	}

	get wantedBytes(): number {
		let bytes = 0;
		for (const { size, received, isOptional, source } of this.#wanted.values()) {
			if (!isOptional || source !== undefined) bytes += size - received;
		}
		return bytes;
	}

	addSource(source: ContentSource): void {
		this.#sources.set(source, 0);
		this.#ask();
		this.#options.beside?.()?.addSource(source);
	}

	removeSource(source: ContentSource): void {
		this.#sources.delete(source);
		for (const wanted of this.#wanted.values()) {
			wanted.without.delete(source);
			wanted.late.delete(source);
			if (wanted.source === source) this.#giveBack(wanted);
		}
		this.#ask();
		for (const wanted of [...this.#wanted.values()]) this.#tellIfLacking(wanted);
		this.#options.beside?.()?.removeSource(source);
	}

	/** The source may have contents that it did not have before. */
	refresh(source: ContentSource): void {
		let any = false;
		for (const { without, late } of this.#wanted.values()) {
			any = without.delete(source) || any;
			any = late.delete(source) || any;
		}
		if (any) this.#ask();
		this.#options.beside?.()?.refresh(source);
	}

	want(contents: readonly WantedByPeers[]): void {
		for (const { hash, size } of contents) {
			if (this.#wanted.has(hash)) continue;
			const wanted = {
				hash,
				size: size ?? RANGE_BYTES_MAX,
				isOptional: size === undefined,
				buffer: undefined,
				asked: 0,
				received: 0,
				source: undefined,
				without: new Set<ContentSource>(),
				late: new Set<ContentSource>(),
			};
			this.#wanted.set(hash, wanted);
			this.#queue.push(wanted);
		}
		this.#queue.sort((a, b) => a.size - b.size);
		this.#ask();
		for (const { hash } of contents) this.#tellIfLacking(this.#wanted.get(hash));
	}

	/** Nobody needs it any more. */
	forget(hash: ContentHash): void {
		const wanted = this.#wanted.get(hash);
		if (wanted === undefined) return;
		this.#remove(wanted);
		this.#ask();
	}

	/** False: the peer sent bytes that are not what it says, so it breaks the protocol. */
	receive(source: ContentSource, piece: ContentPiece): boolean {
		const isTaken = this.#options.beside?.()?.receive(source, piece);
		if (isTaken !== undefined) return isTaken;
		const wanted = this.#wanted.get(piece.hash);
		if (wanted === undefined || wanted.source !== source) return this.#receivePushed(wanted, piece);
		if (wanted.isOptional && wanted.received === 0 && piece.size < wanted.size) this.#learnSize(wanted, piece.size);
		// It is still in the middle of an answer that was given up: the new one begins where it was asked to.
		if (wanted.late.has(source) && piece.size === wanted.size && piece.offset !== wanted.received) return true;
		const fits =
			piece.size === wanted.size &&
			piece.offset === wanted.received &&
			piece.offset + piece.bytes.length <= wanted.asked;
		if (fits) wanted.buffer = withRoom(wanted.buffer, wanted.received + piece.bytes.length, wanted);
		if (!fits || wanted.buffer === undefined) {
			// Another size than the record told, the rest of an answer that was given up, or more than this device can hold.
			this.unavailable(source, piece.hash);
			return true;
		}
		wanted.buffer.set(piece.bytes, piece.offset);
		wanted.received += piece.bytes.length;
		this.#receivedBytes += piece.bytes.length;
		this.#laggards.came(source, piece.bytes.length);
		this.#sources.set(source, Math.max(0, (this.#sources.get(source) ?? 0) - piece.bytes.length));
		if (wanted.received === wanted.size) {
			const bytes = wanted.buffer.subarray(0, wanted.size);
			if (this.#options.hash(bytes) !== piece.hash) {
				this.unavailable(source, piece.hash);
				return false;
			}
			this.#remove(wanted);
			this.#options.onContent(piece.hash, bytes);
		}
		// Asking looks through the queue: not for every piece, but before the pipe runs dry.
		if ((this.#sources.get(source) ?? 0) < WINDOW_BYTES / 2) this.#ask();
		return true;
	}

	unavailable(source: ContentSource, hash: ContentHash): void {
		this.#options.beside?.()?.unavailable(source, hash);
		const wanted = this.#wanted.get(hash);
		if (wanted?.source !== source) return;
		this.#giveBack(wanted);
		wanted.without.add(source);
		this.#ask();
		this.#tellIfLacking(wanted);
	}

	/** Whether it is wanted, and this source was asked for it in vain. */
	isLackedBy(source: ContentSource, hash: ContentHash): boolean {
		return this.#wanted.get(hash)?.without.has(source) === true;
	}

	/** Whether this source owes us something. */
	isWaitingFor(source: ContentSource): boolean {
		return (this.#sources.get(source) ?? 0) > 0 || this.#options.beside?.()?.owes(source) === true;
	}

	/** The vault took something in: there may be room to ask for more. */
	pump(): void {
		this.#ask();
	}

	/** A small content sent along with a fresh edit, whole and unasked: used if it is right, dropped otherwise. */
	#receivePushed(wanted: Wanted | undefined, piece: ContentPiece): boolean {
		const whole = piece.offset === 0 && piece.bytes.length === piece.size && piece.size <= PUSHED_CONTENT_BYTES_MAX;
		if (!whole) return true; // The rest of an answer that came too late.
		if (this.#options.waitingBytes() > WAITING_BYTES_MAX) return true;
		if (this.#options.hash(piece.bytes) !== piece.hash) return false;
		this.#options.down.spend(piece.bytes.length);
		if (wanted !== undefined) this.#remove(wanted);
		this.#options.onContent(piece.hash, piece.bytes.slice());
		return true;
	}

	#ask(): void {
		const { down } = this.#options;
		this.#queue = this.#queue.filter((wanted) => this.#wanted.get(wanted.hash) === wanted);
		for (const [source, inFlight] of this.#sources) {
			let room = WINDOW_BYTES - inFlight;
			let asked = 0;
			let underWay = this.#queue.reduce((count, wanted) => count + (wanted.source === source ? 1 : 0), 0);
			const ranges: ContentRange[] = [];
			for (const wanted of this.#queue) {
				if (room <= 0 || ranges.length >= WANTS_PER_MESSAGE_MAX) break;
				if (!this.#turn.isNow()) break;
				if (wanted.without.has(source) || (wanted.late.has(source) && this.#hasOther(wanted, source))) continue;
				if (wanted.source !== undefined && wanted.source !== source) continue;
				if (wanted.source !== undefined && wanted.asked >= wanted.size) continue;
				// One that is under way goes on; a new one begins only when the disk keeps up.
				if (wanted.source === undefined && this.#bytesHeld() > WAITING_BYTES_MAX) break;
				if (wanted.source === undefined && ++underWay > UNDER_WAY_MAX) break;
				wanted.source = source;
				do {
					const length = Math.min(RANGE_BYTES_MAX, down.share, wanted.size - wanted.asked);
					ranges.push({ hash: wanted.hash, offset: wanted.asked, length });
					wanted.asked += length;
					asked += length;
					room -= Math.max(length, 1);
					down.spend(length);
				} while (wanted.asked < wanted.size && room > 0 && ranges.length < WANTS_PER_MESSAGE_MAX && down.isOpen);
			}
			this.#sources.set(source, inFlight + asked);
			if (ranges.length > 0) source.want(ranges);
		}
		this.#laggards.watch();
	}

	/** It owes for long: others are asked for what they may have too, and before it from now on. */
	#passOver(source: ContentSource): void {
		for (const wanted of this.#wanted.values()) {
			if (wanted.source !== source || !this.#hasOther(wanted, source)) continue;
			this.#giveBack(wanted);
			wanted.late.add(source);
		}
		const owed = this.#sources.get(source) ?? 0;
		this.#sources.delete(source);
		this.#sources.set(source, owed);
		this.#ask();
	}

	/** Whether another may have it, and has not kept this device waiting for it. */
	#hasOther({ without, late }: Wanted, source: ContentSource): boolean {
		return [...this.#sources.keys()].some((other) => other !== source && !without.has(other) && !late.has(other));
	}

	#bytesHeld(): number {
		let bytes = this.#options.waitingBytes();
		for (const inFlight of this.#sources.values()) bytes += inFlight;
		return bytes;
	}

	#learnSize(wanted: Wanted, size: number): void {
		const { source } = wanted;
		if (source === undefined) return;
		this.#sources.set(source, Math.max(0, (this.#sources.get(source) ?? 0) - (wanted.asked - size)));
		wanted.size = wanted.asked = size;
	}

	#tellIfLacking(wanted: Wanted | undefined): void {
		if (wanted === undefined || wanted.source !== undefined) return;
		for (const source of this.#sources.keys()) if (!wanted.without.has(source)) return;
		this.#options.onLacking?.(wanted.hash, this.#sources.size > 0);
	}

	/** Starts over with another source. */
	#giveBack(wanted: Wanted): void {
		const { source } = wanted;
		if (source !== undefined && this.#sources.has(source)) {
			this.#sources.set(source, Math.max(0, (this.#sources.get(source) ?? 0) - (wanted.asked - wanted.received)));
		}
		wanted.source = undefined;
		wanted.asked = 0;
		wanted.received = 0;
		wanted.buffer = undefined;
		if (wanted.isOptional) wanted.size = RANGE_BYTES_MAX;
	}

	#remove(wanted: Wanted): void {
		this.#giveBack(wanted);
		this.#wanted.delete(wanted.hash);
	}
}

/**
 * `buffer`, or a larger one with its bytes: never much larger than what has come, whatever size a record tells. `undefined`:
 * more than this device can hold in one piece.
 */
function withRoom(
	buffer: Uint8Array | undefined,
	length: number,
	{ size, received }: { readonly size: number; readonly received: number },
): Uint8Array | undefined {
	if (size > CONTENT_BYTES_MAX) return undefined;
	if (buffer !== undefined && buffer.length >= length) return buffer;
	try {
		const larger = new Uint8Array(Math.min(size, Math.max(2 * length, BUFFER_BYTES_MIN)));
		if (buffer !== undefined) larger.set(buffer.subarray(0, received));
		return larger;
	} catch (error) {
		if (!(error instanceof RangeError)) throw error;
		return undefined;
	}
}
