// Versions of a list of lines, all made from one base → one list with the edits of all of them, or `undefined` where that is
// not certain. Every version counts the same: their order decides nothing but which of two insertions at one place comes
// first. Rules M1–M8 of readme/SPEC.md.
import type { Work } from "./difference.ts";
import { differenceOf } from "./difference.ts";
import { Symbols } from "./symbols.ts";
import { hasWords, isAlike, mergeWords } from "./words.ts";

export interface LineRules {
	/** Changes inside one line may be joined, and lines that two insertions have in common be taken once. */
	readonly isProse: boolean;
}

/** Base lines `[start, end)` became `lines`. None: a deletion. At `start === end`: an insertion before that line. */
interface Edit {
	readonly start: number;
	readonly end: number;
	readonly lines: readonly string[];
}

export function mergeLines(
	base: readonly string[],
	versions: readonly (readonly string[])[],
	work: Work,
	{ isProse }: LineRules,
): string[] | undefined {
	const symbols = new Symbols();
	const numbers = symbols.numbersOf(base);
	const perVersion = versions.map((version) =>
		differenceOf(numbers, symbols.numbersOf(version), work).flatMap(({ start, end, from, to }) =>
			piecesOf(base, { start, end, lines: version.slice(from, to) }),
		),
	);
	if (work.left < 0) return undefined;
	const edits = withoutRepeats(perVersion.flat());
	const changed = changesOf(base.length, edits);
	const inserted = changed && insertionsOf(base, edits, changed);
	return inserted && written(base, changed, inserted, isProse, work);
}

/** An edit of several lines, line by line from both ends as far as those are the same lines edited; the rest in one piece. */
function piecesOf(base: readonly string[], edit: Edit): Edit[] {
	let { start, end } = edit;
	let from = 0;
	let to = edit.lines.length;
	const first: Edit[] = [];
	const last: Edit[] = [];
	const isEdited = (at: number, by: number): boolean => isAlike(base[at] ?? "", edit.lines[by] ?? "");
	for (; start < end && from < to && isEdited(start, from); start++, from++) {
		first.push({ start, end: start + 1, lines: edit.lines.slice(from, from + 1) });
	}
	for (; start < end && from < to && isEdited(end - 1, to - 1); end--, to--) {
		last.unshift({ start: end - 1, end, lines: edit.lines.slice(to - 1, to) });
	}
	const rest = start < end || from < to ? [{ start, end, lines: edit.lines.slice(from, to) }] : [];
	return [...first, ...rest, ...last];
}

/** What several versions did alike is done once. */
function withoutRepeats(edits: readonly Edit[]): Edit[] {
	const seen = new Map(edits.map((edit) => [JSON.stringify(edit), edit]));
	return [...seen.values()];
}

function isDeletion({ lines }: Edit): boolean {
	return lines.length === 0;
}

function isOfOneLine({ start, end, lines }: Edit): boolean {
	return end === start + 1 && lines.length === 1;
}

/** For each base line what is done to it. `undefined`: two versions did what does not go together, as edit and delete it. */
function changesOf(length: number, edits: readonly Edit[]): (readonly Edit[])[] | undefined {
	const changes: Edit[][] = Array.from({ length }, () => []);
	for (const edit of edits) for (let i = edit.start; i < edit.end; i++) changes[i]?.push(edit);
	const goTogether = (ofLine: readonly Edit[]): boolean =>
		ofLine.length < 2 || ofLine.every(isDeletion) || ofLine.every(isOfOneLine);
	return changes.every(goTogether) ? changes : undefined;
}

/**
 * For each base line, and the end, what is inserted before it. `undefined`: what is on one side of such a place, or on both,
 * was taken away or rewritten, and the insertion may have belonged to it. One line less in a list is no such case.
 */
function insertionsOf(
	base: readonly string[],
	edits: readonly Edit[],
	changes: readonly (readonly Edit[])[],
): (readonly (readonly string[])[])[] | undefined {
	const inserted: (readonly string[])[][] = Array.from({ length: base.length + 1 }, () => []);
	for (const { start, end, lines } of edits) {
		if (start !== end) continue;
		const above = changes[start - 1] ?? [];
		const below = changes[start] ?? [];
		if (above.some((edit) => below.includes(edit))) return undefined;
		for (const near of [...above, ...below]) {
			const isSmall = isDeletion(near) && base.slice(near.start, near.end).filter(hasWords).length === 1;
			if (!isSmall && !isOfOneLine(near)) return undefined;
		}
		inserted[start]?.push(lines);
	}
	return inserted;
}

function written(
	base: readonly string[],
	changes: readonly (readonly Edit[])[],
	inserted: readonly (readonly (readonly string[])[])[],
	isProse: boolean,
	work: Work,
): string[] | undefined {
	const merged: string[] = [];
	for (let i = 0; i <= base.length; i++) {
		const lists = inserted[i] ?? [];
		append(merged, isProse ? joined(lists) : lists.flat());
		const line = base[i];
		const [edit, ...others] = changes[i] ?? [];
		if (line === undefined) continue;
		if (edit === undefined) merged.push(line);
		else if (others.length > 0 && !isDeletion(edit)) {
			const texts = [edit, ...others].flatMap(({ lines }) => lines);
			const text = isProse ? mergeWords(line, texts, work) : undefined;
			if (text === undefined) return undefined;
			merged.push(text);
		} else if (i === edit.start) append(merged, edit.lines);
	}
	return merged;
}

function append(list: string[], more: readonly string[]): void {
	for (const line of more) list.push(line);
}

/** Insertions at one place, one after the other; what all begin or end with is there once, if it says anything. */
function joined(insertions: readonly (readonly string[])[]): readonly string[] {
	const [first, ...others] = insertions.filter((lines) => !insertions.some((other) => hasAtAnEnd(other, lines)));
	if (first === undefined || others.length === 0) return first ?? [];
	const most = Math.min(first.length, ...others.map(({ length }) => length));
	const isCommon = (at: number): boolean => others.every((lines) => lines.at(at) === first.at(at));
	let start = 0;
	while (start < most && isCommon(start)) start++;
	if (!first.slice(0, start).some(hasWords)) start = 0;
	let end = 0;
	while (start + end < most && isCommon(-1 - end)) end++;
	if (!first.slice(first.length - end).some(hasWords)) end = 0;
	const own = [first, ...others].map((lines) => lines.slice(start, lines.length - end));
	// One more task belongs to the list above, and not to the section that somebody else began there.
	const parts = [...own.filter((lines) => !beginsAnew(lines)), ...own.filter(beginsAnew)];
	return [...first.slice(0, start), ...parts.flat(), ...first.slice(first.length - end)];
}

function beginsAnew([first = ""]: readonly string[]): boolean {
	return /^\s*(?:#|$)/.test(first);
}

/** Begins or ends with all of `lines`, and has more. */
function hasAtAnEnd(longer: readonly string[], lines: readonly string[]): boolean {
	const more = longer.length - lines.length;
	if (more <= 0 || !lines.some(hasWords)) return false;
	return lines.every((line, i) => longer[i] === line) || lines.every((line, i) => longer[more + i] === line);
}
