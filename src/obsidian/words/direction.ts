// English in an app that runs from right to left: what begins or ends with a number or a sign would have it at the wrong end.

/** The app's own languages that run so. */
const RIGHT_TO_LEFT = ["ar", "dv", "fa", "he", "ku", "ps", "ug", "ur", "yi"];

export function runsFromRightToLeft(language: string): boolean {
	return RIGHT_TO_LEFT.includes(language);
}

type Said = (...given: unknown[]) => unknown;

/** The same texts, each with signs around it that keep its own order, where it needs them. */
export function keptInOrder<T>(words: T): T {
	return kept(words) as T;
}

function kept(value: unknown): unknown {
	if (typeof value === "string") return keptText(value);
	if (typeof value === "function") return (...given: unknown[]) => kept((value as Said)(...given));
	if (Array.isArray(value)) return value.map(kept);
	return Object.fromEntries(Object.entries(value as object).map(([key, each]) => [key, kept(each)]));
}

/** A name or a word runs as it should by itself, and may be meant for a file or another device: it stays as it is. */
function keptText(text: string): string {
	const needsIt = /^[^\p{L}]|[^\p{L}\p{N}]$/u.test(text) && text.trim() !== "";
	return needsIt ? `\u2066${text}\u2069` : text;
}
