// Two texts as what they have in common and where they differ, by lines and inside of lines by words. Pure. Both come back from it whole;
// what differs is found by the search that merges notes (core/merge/difference.ts), so there is one of them.
import { differenceOf, type Hunk } from "../../core/merge/difference.ts";
import { Symbols } from "../../core/merge/symbols.ts";
import { isAlike, tokensOf } from "../../core/merge/words.ts";

export type Part =
	| { readonly kind: "same"; readonly lines: readonly string[] }
	/** In place of the one's lines the other has others; one of them may have none. */
	| { readonly kind: "changed"; readonly first: readonly string[]; readonly second: readonly string[] };

export interface Piece {
	readonly text: string;
	/** The other line does not have it. */
	readonly isOnlyHere: boolean;
}
export type Line = readonly Piece[];

/** What is shown side by side: one line that was edited, or lines that only one of them has. */
export interface Row {
	readonly first: readonly Line[];
	readonly second: readonly Line[];
}

/** Of each text. More is no note that a person wants to read line by line. */
const CHARACTERS_MAX = 1024 * 1024;
/** Lines that differ, in both together: each is an element of a page. */
const CHANGED_LINES_MAX = 3_000;
/** Steps of comparing: some hundred milliseconds on a slow phone. Past it a place is found coarser than need be, which is never wrong. */
const WORK_MAX = 1_000_000;
/** Pairs of lines that are compared to find out which was edited to be which. */
const PAIRS_MAX = 10_000;

/** Without their ends: how a text ends its lines is no difference that a person looks for. */
export function linesOf(text: string): string[] {
	return text.split(/\r?\n/);
}

/** In order; the parts of each text joined by line ends are that text. `undefined`: too much to be shown. */
export function partsOf(first: string, second: string): readonly Part[] | undefined {
	if (first.length > CHARACTERS_MAX || second.length > CHARACTERS_MAX) return undefined;
	const [a, b] = [linesOf(first), linesOf(second)];
	const symbols = new Symbols();
	const hunks = differenceOf(symbols.numbersOf(a), symbols.numbersOf(b), { left: WORK_MAX });
	if (hunks.reduce((sum, { start, end, from, to }) => sum + end - start + to - from, 0) > CHANGED_LINES_MAX)
		return undefined;
	const parts: Part[] = [];
	let at = 0;
	for (const { start, end, from, to } of hunks) {
		if (at < start) parts.push({ kind: "same", lines: a.slice(at, start) });
		parts.push({ kind: "changed", first: a.slice(start, end), second: b.slice(from, to) });
		at = end;
	}
	if (at < a.length) parts.push({ kind: "same", lines: a.slice(at) });
	return parts;
}

/** A line stands beside the one it was edited to be, as far as one can see. */
export function rowsOf({ first, second }: Extract<Part, { kind: "changed" }>): readonly Row[] {
	if (first.length * second.length > PAIRS_MAX) return [{ first: first.map(whole), second: second.map(whole) }];
	const rows: Row[] = [];
	let [from, to] = [0, 0];
	const addUnlike = (firstEnd: number, secondEnd: number): void => {
		if (from === firstEnd && to === secondEnd) return;
		rows.push({ first: first.slice(from, firstEnd).map(whole), second: second.slice(to, secondEnd).map(whole) });
	};
	for (const [i, line] of first.entries()) {
		const j = second.findIndex((other, at) => at >= to && isAlike(line, other));
		if (j < 0) continue;
		addUnlike(i, j);
		rows.push(editedRow(line, second[j] ?? ""));
		[from, to] = [i + 1, j + 1];
	}
	addUnlike(first.length, second.length);
	return rows;
}

function editedRow(first: string, second: string): Row {
	const symbols = new Symbols();
	const [a, b] = [tokensOf(first), tokensOf(second)];
	const hunks = differenceOf(symbols.numbersOf(a), symbols.numbersOf(b), { left: WORK_MAX });
	const ofFirst = piecesOf(a, hunks, ({ start, end }) => [start, end]);
	return { first: [ofFirst], second: [piecesOf(b, hunks, ({ from, to }) => [from, to])] };
}

function piecesOf(tokens: readonly string[], hunks: readonly Hunk[], rangeOf: (hunk: Hunk) => [number, number]): Line {
	const pieces: Piece[] = [];
	const add = (start: number, end: number, isOnlyHere: boolean): void => {
		if (start < end) pieces.push({ text: tokens.slice(start, end).join(""), isOnlyHere });
	};
	let at = 0;
	for (const hunk of hunks) {
		const [start, end] = rangeOf(hunk);
		add(at, start, false);
		add(start, end, true);
		at = end;
	}
	add(at, tokens.length, false);
	return pieces;
}

function whole(text: string): Line {
	return [{ text, isOnlyHere: true }];
}
