// How far the current burst of work has come, for a person who waits: paths done of all paths since it began.
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
