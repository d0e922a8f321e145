// Whether the process has used up the memory it may use. Then the relay takes nobody new and waits for no slow reader, and
// says so to whoever watches it; what is open goes on.
import type { RelayClock } from "./clock.ts";

/** Asking the system is cheap and not free. */
const LOOK_EVERY_MS = 1_000;
/** Of what may be used. */
const SHORT_FROM = 0.8;

export class Memory {
	readonly #clock: RelayClock;
	readonly #bytesMax: number;
	readonly #usedBytes: () => number;
	#lookedAt = -Infinity;
	#isShort = false;

	constructor(clock: RelayClock, bytesMax: number, usedBytes: () => number = () => process.memoryUsage.rss()) {
		this.#clock = clock;
		this.#bytesMax = bytesMax;
		this.#usedBytes = usedBytes;
	}

	isShort(): boolean {
		const now = this.#clock.now();
		if (Math.abs(now - this.#lookedAt) >= LOOK_EVERY_MS) {
			this.#lookedAt = now;
			this.#isShort = this.#usedBytes() > this.#bytesMax * SHORT_FROM;
		}
		return this.#isShort;
	}
}
