// Randomness of a simulation: everything follows from the seed.
import type { Random } from "../../src/engine/ports/random.ts";

export class SeededRandom implements Random {
	#state: number;

	constructor(seed: number) {
		this.#state = (seed ^ 0x9e3779b9) >>> 0;
		for (let i = 0; i < 4; i++) this.next();
	}

	/** Uniform in [0, 1). An xorshift-multiply generator: small, and good enough to pick what happens next. */
	next(): number {
		this.#state = (this.#state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	}

	/** Whole number in [0, below). */
	below(below: number): number {
		return Math.floor(this.next() * below);
	}

	chance(probability: number): boolean {
		return this.next() < probability;
	}

	pick<T>(items: readonly T[]): T {
		const item = items[this.below(items.length)];
		if (item === undefined) throw new RangeError("nothing to pick from");
		return item;
	}

	bytes(length: number): Uint8Array {
		return Uint8Array.from({ length }, () => this.below(256));
	}
}
