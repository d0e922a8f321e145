// The shape of a language: all that English has, said otherwise.
//
// Who adds, changes or takes away a sentence does it in en/ alone: what another language lacks is said in English until it is
// translated (`filled`). A sentence that is gone, or takes other arguments, is taken out of the other languages too; the compiler says
// where. `Words` is what their files satisfy.
import type * as en from "./en/index.ts";

/** The same with any text in place of this one. */
type Said<T> = T extends string
	? string
	: T extends (...args: infer Args) => infer Result
		? (...args: Args) => Said<Result>
		: { readonly [Key in keyof T]: Said<T[Key]> };

type Draft<T> = T extends string | ((...args: never[]) => unknown) | readonly unknown[]
	? T
	: { readonly [Key in keyof T]?: Draft<T[Key]> };

export type Catalog = Said<typeof en>;

/** While sentences are still being added; `Catalog` once they are all there. */
export type Words = Draft<Catalog>;

/** `words`, and from `english` what they lack. */
export function filled(english: Catalog, words: Words | undefined): Catalog {
	return filledIn(english, words) as Catalog;
}

function filledIn(english: unknown, words: unknown): unknown {
	if (words === undefined) return english;
	if (!isTable(english) || !isTable(words)) return words;
	return Object.fromEntries(Object.keys(english).map((key) => [key, filledIn(english[key], words[key])]));
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
