// Simple case folding as this engine's Unicode data has it, and its packing into the table that PSync ships.
// `npx vitest run test/core/case-fold.test.ts` compares; test/support/print-case-folding.mjs prints a new table.

/** Code point → what it folds to, for every code point that does not fold to itself. */
export function simpleCaseFolding(): Map<number, number> {
	const folds = new Map<number, number>();
	for (const members of classesOfEqualUpperCase()) {
		for (const member of members) {
			const target = members.find((candidate) => isTarget(candidate) && equalIgnoringCase(member, candidate));
			if (target !== undefined && target !== member) folds.set(member, target);
		}
	}
	return folds;
}

/** Rows of first, last, distance, step: each step-th code point from first to last folds to itself plus distance. */
export function packFolding(folds: ReadonlyMap<number, number>): number[] {
	const rows: { first: number; last: number; distance: number; step: number }[] = [];
	for (const [from, to] of [...folds].sort(([a], [b]) => a - b)) {
		const row = rows.at(-1);
		const gap = row === undefined ? 0 : from - row.last;
		const fits = row?.distance === to - from && gap <= 2 && (row.first === row.last || row.step === gap);
		if (row !== undefined && fits) {
			row.last = from;
			row.step = gap;
		} else rows.push({ first: from, last: from, distance: to - from, step: 1 });
	}
	return rows.flatMap(({ first, last, distance, step }) => [first, last, distance, step]);
}

// Code points that fold together have the same full upper case, with the exception of those whose own mapping is one-way
// (ẞ → ß: SS), which toUpperCase() of their lower case brings together.
function classesOfEqualUpperCase(): Iterable<number[]> {
	const classes = new Map<string, number[]>();
	for (let codePoint = 0; codePoint <= 0x10ffff; codePoint++) {
		if (codePoint >= 0xd800 && codePoint <= 0xdfff) continue;
		const text = String.fromCodePoint(codePoint);
		const key = text.toLowerCase().toUpperCase();
		if (key === text && text.toLowerCase() === text) continue;
		const members = classes.get(key);
		if (members === undefined) classes.set(key, [codePoint]);
		else members.push(codePoint);
	}
	return classes.values();
}

/** Folding goes to the lower case letter; Cherokee, whose small letters came later, goes to the capital. */
function isTarget(codePoint: number): boolean {
	// Two equal ligatures (long s t, s t) without a capital of one letter: the data names the second.
	if (codePoint === 0xfb05) return false;
	if (isCherokee(codePoint)) return codePoint >= 0x13a0 && codePoint <= 0x13f5;
	const text = String.fromCodePoint(codePoint);
	const upper = [...text.toUpperCase()];
	if (text.toLowerCase() !== text) return false;
	// Several lower case letters may share a capital (σ, ς): the target is the one that the capital goes back to.
	const back = upper.join("").toLowerCase();
	return upper.length !== 1 || [...back].length !== 1 || back === text;
}

function isCherokee(codePoint: number): boolean {
	return (codePoint >= 0x13a0 && codePoint <= 0x13fd) || (codePoint >= 0xab70 && codePoint <= 0xabbf);
}

/** Regular expressions with `iu` compare by simple case folding (ECMA-262, Canonicalize). */
function equalIgnoringCase(a: number, b: number): boolean {
	return new RegExp(`^\\u{${a.toString(16)}}$`, "iu").test(String.fromCodePoint(b));
}
