// Texts as numbers, so that comparing two of them costs the same whatever their length.

export class Symbols {
	readonly #numbers = new Map<string, number>();

	/** Equal texts have equal numbers, in all lists that one instance was asked for. */
	numbersOf(texts: readonly string[]): number[] {
		return texts.map((text) => {
			const known = this.#numbers.get(text);
			if (known !== undefined) return known;
			this.#numbers.set(text, this.#numbers.size);
			return this.#numbers.size - 1;
		});
	}
}
