// A text that a person makes of two: what both have in common, and at each place where they differ both variants, to choose from or to
// write on. Pure.
import type { Part } from "./text-difference.ts";

export type Variant = "first" | "second" | "both";

export type DraftPart =
	| { readonly kind: "same"; readonly lines: readonly string[] }
	| {
			readonly kind: "place";
			readonly first: readonly string[];
			readonly second: readonly string[];
			/** What is to stand there. */
			readonly lines: readonly string[];
			/** `undefined`: written by hand. */
			readonly variant: Variant | undefined;
	  };

/** Nothing is left out before a person has looked at it: everywhere both. */
export function draftOf(parts: readonly Part[]): readonly DraftPart[] {
	return parts.map((part) =>
		part.kind === "same" ? part : { ...part, kind: "place", ...chosen(part, "both"), variant: "both" },
	);
}

export function choose(draft: readonly DraftPart[], at: number, variant: Variant): readonly DraftPart[] {
	return changed(draft, at, (place) => ({ ...place, ...chosen(place, variant), variant }));
}

/** Nothing written is no line. */
export function write(draft: readonly DraftPart[], at: number, text: string): readonly DraftPart[] {
	const lines = text === "" ? [] : text.split("\n");
	return changed(draft, at, (place) => ({ ...place, lines, variant: undefined }));
}

export function textOf(draft: readonly DraftPart[]): string {
	return draft.flatMap(({ lines }) => lines).join("\n");
}

/** `text`, with the line ends that `like` has. */
export function withEndsOf(text: string, like: string): string {
	return /\r\n/.test(like) && !/[^\r]\n/.test(like) ? text.replace(/\r?\n/g, "\r\n") : text;
}

function chosen(
	{ first, second }: { readonly first: readonly string[]; readonly second: readonly string[] },
	variant: Variant,
): { readonly lines: readonly string[] } {
	return { lines: variant === "both" ? [...first, ...second] : variant === "first" ? first : second };
}

function changed(
	draft: readonly DraftPart[],
	at: number,
	change: (place: Extract<DraftPart, { kind: "place" }>) => DraftPart,
): readonly DraftPart[] {
	return draft.map((part, i) => (i === at && part.kind === "place" ? change(part) : part));
}
