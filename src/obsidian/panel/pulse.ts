// When what the panel shows may have changed: at most a few times a second while states stream in, and once a minute so that times move
// on. As long as nobody listens, nothing runs.
import type { Clock } from "../../engine/ports/clock.ts";

export const PULSE_MS = 250;
export const MINUTE_MS = 60_000;

export interface PulseOptions {
	readonly clock: Pick<Clock, "schedule">;
	/** Each calls its listener for every change of something that the panel shows. */
	readonly sources: readonly ((listener: () => void) => () => void)[];
}

export class Pulse {
	readonly #options: PulseOptions;
	readonly #listeners = new Set<() => void>();
	#forget: readonly (() => void)[] = [];
	#cancelMinute: (() => void) | undefined;
	/** Within it nobody is told anything. */
	#cancelPause: (() => void) | undefined;
	#isDue = false;

	constructor(options: PulseOptions) {
		this.#options = options;
	}

	subscribe(listener: () => void): () => void {
		// The same function may come twice: each is one of its own.
		const one = (): void => {
			listener();
		};
		this.#listeners.add(one);
		if (this.#listeners.size === 1) this.#begin();
		return () => {
			if (this.#listeners.delete(one) && this.#listeners.size === 0) this.#end();
		};
	}

	#begin(): void {
		this.#forget = this.#options.sources.map((source) =>
			source(() => {
				this.#changed();
			}),
		);
		this.#awaitMinute();
	}

	#end(): void {
		for (const forget of this.#forget) forget();
		this.#forget = [];
		this.#cancelMinute?.();
		this.#cancelPause?.();
		this.#cancelMinute = this.#cancelPause = undefined;
		this.#isDue = false;
	}

	#changed(): void {
		if (this.#cancelPause !== undefined) {
			this.#isDue = true;
			return;
		}
		this.#cancelPause = this.#options.clock.schedule(PULSE_MS, () => {
			this.#cancelPause = undefined;
			if (!this.#isDue) return;
			this.#isDue = false;
			this.#changed();
		});
		for (const listener of [...this.#listeners]) listener();
	}

	#awaitMinute(): void {
		this.#cancelMinute = this.#options.clock.schedule(MINUTE_MS, () => {
			this.#awaitMinute();
			this.#changed();
		});
	}
}
