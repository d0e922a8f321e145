// An answer that costs something: asked for once in a while, however often it is wanted. Who was given an earlier one is told when there is
// a later one to be had.
import type { Clock } from "../../engine/ports/clock.ts";

export interface SeldomOptions<T> {
	readonly clock: Pick<Clock, "schedule">;
	readonly everyMs: number;
	readonly ask: () => T;
	readonly onDue: () => void;
}

export class Seldom<T> {
	readonly #options: SeldomOptions<T>;
	#answer: { readonly value: T } | undefined;
	#cancel: (() => void) | undefined;
	#isDue = false;

	constructor(options: SeldomOptions<T>) {
		this.#options = options;
	}

	get(): T {
		const { clock, everyMs, ask, onDue } = this.#options;
		if (this.#answer !== undefined && this.#cancel !== undefined) {
			this.#isDue = true;
			return this.#answer.value;
		}
		this.#answer = { value: ask() };
		this.#isDue = false;
		// Nothing is known yet: that cost nothing.
		if (this.#answer.value === undefined) return this.#answer.value;
		this.#cancel = clock.schedule(everyMs, () => {
			this.#cancel = undefined;
			if (this.#isDue) onDue();
		});
		return this.#answer.value;
	}

	/** Nobody wants it any more. */
	end(): void {
		this.#cancel?.();
		this.#cancel = undefined;
	}
}
