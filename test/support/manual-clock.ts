// A clock that moves only when a test says so. Timers due at one moment run in the order in which they were set.
import type { Clock } from "../../src/engine/ports/clock.ts";

interface Timer {
	readonly at: number;
	readonly order: number;
	readonly run: () => void;
}

export class ManualClock implements Clock {
	readonly #origin: number;
	readonly #timers = new Set<Timer>();
	#elapsed = 0;
	#order = 0;

	constructor(origin = 1_800_000_000_000) {
		this.#origin = origin;
	}

	now(): number {
		return this.#origin + Math.floor(this.#elapsed);
	}

	monotonic(): number {
		return this.#elapsed;
	}

	schedule(delayMs: number, run: () => void): () => void {
		const timer: Timer = { at: this.#elapsed + Math.max(0, delayMs), order: this.#order++, run };
		this.#timers.add(timer);
		return () => {
			this.#timers.delete(timer);
		};
	}

	/** Timers that wait. */
	get pending(): number {
		return this.#timers.size;
	}

	/** When the next timer is due; `undefined`: none. */
	get nextAt(): number | undefined {
		return this.#next()?.at;
	}

	/** Moves to the next timer and runs it; false when there is none. */
	step(): boolean {
		const timer = this.#next();
		if (timer === undefined) return false;
		this.#timers.delete(timer);
		this.#elapsed = Math.max(this.#elapsed, timer.at);
		timer.run();
		return true;
	}

	/** Runs everything that falls due within `ms`, letting promises settle between the timers. */
	async advance(ms: number): Promise<void> {
		const until = this.#elapsed + ms;
		await settle();
		for (let next = this.#next(); next !== undefined && next.at <= until; next = this.#next()) {
			this.step();
			await settle();
		}
		this.#elapsed = until;
	}

	#next(): Timer | undefined {
		let first: Timer | undefined;
		for (const timer of this.#timers) {
			if (first === undefined || timer.at < first.at || (timer.at === first.at && timer.order < first.order))
				first = timer;
		}
		return first;
	}
}

/** Lets every promise settle that needs nothing but other promises and finished work of the platform. */
export async function settle(): Promise<void> {
	for (let turn = 0; turn < 5; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}
