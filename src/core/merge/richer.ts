// Versions of a text that have no base in common: whether one of them has all that is in the others, so that nothing is lost if
// it stands alone. A daily note freshly made from a template never beats one that was written in. Rule M13 of readme/SPEC.md.
import { hasNoWords, itemsOf, keysOf, noteOf } from "./front-matter.ts";
import { hasWords } from "./words.ts";

type Lines = readonly string[];

/** Whether `b` is `a` with more in it: lines put in, lines written on; in front matter, keys and items of lists. */
export function isContained(a: Lines, b: Lines): boolean {
	const [poorer, richer] = [noteOf(a), noteOf(b)];
	return isFrontContained(poorer.front, richer.front) && areLinesContained(poorer.body, richer.body);
}

function areLinesContained(a: Lines, b: Lines): boolean {
	let at = 0;
	for (const line of a) {
		// Empty lines say nothing.
		if (line.trim() === "") continue;
		while (at < b.length && !isWrittenOn(line.trimEnd(), b[at] ?? "")) at++;
		if (at++ >= b.length) return false;
	}
	return true;
}

function isWrittenOn(line: string, longer: string): boolean {
	if (!longer.startsWith(line)) return false;
	return !hasWords(line.slice(-1)) || !hasWords(longer.slice(line.length, line.length + 1));
}

function isFrontContained(a: Lines, b: Lines): boolean {
	const [poorer, richer] = [keysOf(a), keysOf(b)];
	if (poorer === undefined || richer === undefined) return areLinesContained(a, b);
	return [...poorer].every(([key, lines]) => isKeyContained(key, lines, richer.get(key)));
}

function isKeyContained(key: string, a: Lines, b: Lines | undefined): boolean {
	if (b === undefined) return false;
	if (a.join("\n") === b.join("\n")) return true;
	// Templates write the time when they were used. Other numbers and dates are what somebody chose.
	if ([a, b].every((lines) => hasNoWords(lines) && /\d:\d\d/.test(lines.join()))) return true;
	if (a.length === 1 && /:\s*$/.test(a[0] ?? "")) return true;
	const [few, many] = [itemsOf(key, a), itemsOf(key, b)];
	if (few !== undefined && many !== undefined) return [...few.items.keys()].every((item) => many.items.has(item));
	return areLinesContained(a, b);
}
