// The clock of one device: its wall time is whatever somebody made of it, and goes on like all others from there.
import type { Clock } from "../../src/engine/ports/clock.ts";

export class DeviceClock implements Clock {
	readonly #clock: Clock;
	#turnedMs = 0;

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	turn(byMs: number): void {
		this.#turnedMs += byMs;
	}

	now(): number {
		return this.#clock.now() + this.#turnedMs;
	}

	monotonic(): number {
		return this.#clock.monotonic();
	}

	schedule(delayMs: number, run: () => void): () => void {
		return this.#clock.schedule(delayMs, run);
	}
}
