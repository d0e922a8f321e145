// A set of small whole numbers, 32 of them in a word: what large sets have in common is found without looking at each number.

export class Bits {
	readonly #words: number[];

	/** Empty, for numbers below `size`, or a copy. Only sets for the same numbers go together. */
	constructor(size: number | Bits) {
		this.#words = typeof size === "number" ? new Array<number>((size + 31) >>> 5).fill(0) : size.#words.slice();
	}

	has(number: number): boolean {
		return (this.#word(number >>> 5) & (1 << (number & 31))) !== 0;
	}

	add(number: number): void {
		this.#words[number >>> 5] = this.#word(number >>> 5) | (1 << (number & 31));
	}

	delete(number: number): void {
		this.#words[number >>> 5] = this.#word(number >>> 5) & ~(1 << (number & 31));
	}

	addAll(other: Bits): void {
		for (let i = 0; i < this.#words.length; i++) this.#words[i] = this.#word(i) | other.#word(i);
	}

	or(other: Bits): Bits {
		const all = new Bits(this);
		all.addAll(other);
		return all;
	}

	/** What is in all of them. */
	and(...others: readonly Bits[]): Bits {
		const both = new Bits(this);
		for (const other of others)
			for (let i = 0; i < this.#words.length; i++) both.#words[i] = both.#word(i) & other.#word(i);
		return both;
	}

	without(other: Bits): Bits {
		const rest = new Bits(this);
		for (let i = 0; i < this.#words.length; i++) rest.#words[i] = rest.#word(i) & ~other.#word(i);
		return rest;
	}

	/** Whether something is in all of them. */
	meets(...others: readonly Bits[]): boolean {
		for (let i = 0; i < this.#words.length; i++) {
			let common = this.#word(i);
			for (const other of others) common &= other.#word(i);
			if (common !== 0) return true;
		}
		return false;
	}

	/** Whether it has the same as `other` of what is in `of`. */
	equals(other: Bits, of: Bits): boolean {
		if (this === other) return true;
		for (let i = 0; i < this.#words.length; i++)
			if (((this.#word(i) ^ other.#word(i)) & of.#word(i)) !== 0) return false;
		return true;
	}

	/** The lowest one. */
	first(): number | undefined {
		for (let i = 0; i < this.#words.length; i++) if (this.#word(i) !== 0) return lowestOf(this.#word(i), i);
		return undefined;
	}

	/** From the lowest on. */
	numbers(): readonly number[] {
		const numbers: number[] = [];
		for (let i = 0; i < this.#words.length; i++)
			for (let word = this.#word(i); word !== 0; word &= word - 1) numbers.push(lowestOf(word, i));
		return numbers;
	}

	some(is: (number: number) => boolean): boolean {
		return this.numbers().some(is);
	}

	filter(is: (number: number) => boolean): Bits {
		const some = new Bits(this);
		for (const number of this.numbers()) if (!is(number)) some.delete(number);
		return some;
	}

	#word(i: number): number {
		return this.#words[i] ?? 0;
	}
}

function lowestOf(word: number, i: number): number {
	return i * 32 + 31 - Math.clz32(word & -word);
}
