// The shape of a language: all that English has, said otherwise.
import type * as en from "./en/index.ts";

/** The same with any text in place of this one. */
type Said<T> = T extends string
	? string
	: T extends (...args: infer Args) => infer Result
		? (...args: Args) => Said<Result>
		: { readonly [Key in keyof T]: Said<T[Key]> };

export type Catalog = Said<typeof en>;
