// Looks at a merge as somebody who knows nothing of how it was made: is all there that was written, and not twice? Rule M7 of
// readme/SPEC.md.
import { hasWords, tokensOf } from "./words.ts";

type Lines = readonly string[];

export function isSound(base: Lines, versions: readonly Lines[], merged: Lines): boolean {
	const before = countsOf([base, ...versions, merged]);
	const words: string[][] = [base, ...versions, merged].map(() => []);
	for (const [line, counts] of before) {
		if (counts.every((count) => count === counts[0])) continue;
		if (hasWords(line) && isTooOften(counts)) return false;
		const ofLine = tokensOf(line).filter((token) => token.trim() !== "");
		counts.forEach((count, i) => {
			for (let n = 0; n < count; n++) for (const word of ofLine) words[i]?.push(word);
		});
	}
	for (const counts of countsOf(words).values()) if (isTooRare(counts)) return false;
	return isFenced(merged) || ![base, ...versions].every(isFenced);
}

/** Text → how often it is in each of the lists. */
function countsOf(lists: readonly Lines[]): Map<string, number[]> {
	const counts = new Map<string, number[]>();
	lists.forEach((list, i) => {
		for (const text of list) {
			const ofText = counts.get(text) ?? lists.map(() => 0);
			ofText[i] = (ofText[i] ?? 0) + 1;
			counts.set(text, ofText);
		}
	});
	return counts;
}

/** More often than in the base and in all that was added: moved to two places, perhaps. */
function isTooOften([base = 0, ...others]: readonly number[]): boolean {
	const merged = others.pop() ?? 0;
	const added = others.reduce((sum, count) => sum + Math.max(0, count - base), 0);
	// A line that nobody wrote so is made of changes to one line.
	return merged > base + added && (base > 0 || added > 0);
}

/** More seldom than who added most of it left it, less what others took away. */
function isTooRare([base = 0, ...others]: readonly number[]): boolean {
	const merged = others.pop() ?? 0;
	const added = Math.max(0, ...others.map((count) => count - base));
	const removed = others.reduce((sum, count) => sum + Math.max(0, base - count), 0);
	return merged < base + added - removed;
}

/** Blocks of code that begin also end. */
function isFenced(lines: Lines): boolean {
	return lines.filter((line) => /^\s*(?:```|~~~)/.test(line)).length % 2 === 0;
}
