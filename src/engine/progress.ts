// How far the current burst of work has come, for a person who waits: paths done of all paths since it began, and bytes.
import type { Clock } from "./ports/clock.ts";

/** Quiet after which the next work counts as a new burst. */
const BURST_GAP_MS = 2_000;

export class Progress {
	readonly #clock: Clock;
	#total = 0;
	#last = 0;
	#quietSince: number | undefined;

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	/** `pending`: paths that are left now. */
	current(pending: number): { readonly done: number; readonly total: number } {
		const now = this.#clock.monotonic();
		if (pending === 0) {
			this.#quietSince ??= now;
			this.#last = 0;
			return { done: this.#total, total: this.#total };
		}
		if (this.#quietSince !== undefined && now - this.#quietSince > BURST_GAP_MS) this.#total = 0;
		this.#quietSince = undefined;
		this.#total = Math.max(this.#total + Math.max(0, pending - this.#last), pending);
		this.#last = pending;
		return { done: this.#total - pending, total: this.#total };
	}
}

export interface TransferNews {
	readonly bytesDone: number;
	readonly bytesTotal: number;
	readonly bytesPerSecond: number;
	/** 0 when nothing has come yet that would tell. */
	readonly etaMs: number;
}

const NEWS_EVERY_MS = 250;

/** The bytes of the burst: news at most four times a second, none when nothing is under way. */
export class TransferProgress {
	readonly #clock: Clock;
	#burst: { readonly startedAt: number; readonly receivedBefore: number } | undefined;
	#toldAt = Number.NEGATIVE_INFINITY;

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	/** `received`: bytes since the engine started; `wanted`: bytes that are still to come. */
	news(received: number, wanted: number): TransferNews | undefined {
		const now = this.#clock.monotonic();
		if (wanted === 0) {
			this.#burst = undefined;
			return undefined;
		}
		this.#burst ??= { startedAt: now, receivedBefore: received };
		if (now - this.#toldAt < NEWS_EVERY_MS) return undefined;
		this.#toldAt = now;
		const bytesDone = received - this.#burst.receivedBefore;
		const seconds = (now - this.#burst.startedAt) / 1000;
		const bytesPerSecond = seconds > 0 ? Math.round(bytesDone / seconds) : 0;
		const etaMs = bytesPerSecond > 0 ? Math.round((wanted / bytesPerSecond) * 1000) : 0;
		return { bytesDone, bytesTotal: bytesDone + wanted, bytesPerSecond, etaMs };
	}
}
