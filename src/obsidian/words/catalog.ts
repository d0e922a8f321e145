// The shape of a language: all that English has, said otherwise. Whoever adds a sentence to en/ adds it to every other language: the
// files of each satisfy their part of `Words`, so the compiler says what is missing, and where.
import type * as en from "./en/index.ts";

/** The same with any text in place of this one. */
type Said<T> = T extends string
	? string
	: T extends (...args: infer Args) => infer Result
		? (...args: Args) => Said<Result>
		: { readonly [Key in keyof T]: Said<T[Key]> };

export type Words = Said<typeof en>;
