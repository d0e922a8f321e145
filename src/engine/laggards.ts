// Notices who was asked for contents and does not bring them, while others are there who may have the same. Rule X13 of readme/SPEC.md.
import type { Clock } from "./ports/clock.ts";

/** Between two looks: who owed all that time, and brought less than that, is late. The slowest line that is of use brings more. */
const LOOK_MS = 30_000;
const BROUGHT_BYTES_MIN = 16 * 1024;

export interface LaggardsOptions<Source> {
	readonly clock: Clock;
	readonly owing: () => readonly Source[];
	readonly onLate: (source: Source) => void;
}

export class Laggards<Source> {
	readonly #options: LaggardsOptions<Source>;
	/** Since the last look, of those that owed then. */
	readonly #brought = new Map<Source, number>();
	#cancel: (() => void) | undefined;

	constructor(options: LaggardsOptions<Source>) {
		this.#options = options;
	}

	/** Something was asked for, or somebody is gone. */
	watch(): void {
		const owing = this.#options.owing();
		if (owing.length === 0) {
			this.#cancel?.();
			this.#cancel = undefined;
			return;
		}
		if (this.#cancel !== undefined) return;
		this.#brought.clear();
		for (const source of owing) this.#brought.set(source, 0);
		this.#cancel = this.#options.clock.schedule(LOOK_MS, () => {
			this.#look();
		});
	}

	came(source: Source, bytes: number): void {
		const before = this.#brought.get(source);
		if (before !== undefined) this.#brought.set(source, before + bytes);
	}

	#look(): void {
		this.#cancel = undefined;
		for (const source of this.#options.owing()) {
			if ((this.#brought.get(source) ?? Infinity) < BROUGHT_BYTES_MIN) this.#options.onLate(source);
		}
		this.watch();
	}
}
