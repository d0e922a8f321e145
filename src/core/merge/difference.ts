// Where two sequences of numbers differ, as a list of places: lines that occur once on both sides are matched first, what is
// left by shortest edits. Work is bounded: past the bound a place is reported coarser than need be, which is never wrong.

/** `[start, end)` of the one became `[from, to)` of the other. */
export interface Hunk {
	readonly start: number;
	readonly end: number;
	readonly from: number;
	readonly to: number;
}

/** Steps that one merge may take, shared by all its comparisons. It only goes down. */
export interface Work {
	left: number;
}

/** Differences in one place that are looked for; the memory of the search is the square of this. */
const EDITS_MAX = 1000;

interface Range {
	readonly a0: number;
	readonly a1: number;
	readonly b0: number;
	readonly b1: number;
}

/** In order, none touching the next, each as far towards the end as it can be: so that equal edits are at equal places. */
export function differenceOf(a: readonly number[], b: readonly number[], work: Work): Hunk[] {
	const matches = new Int32Array(a.length).fill(-1);
	const todo: Range[] = [{ a0: 0, a1: a.length, b0: 0, b1: b.length }];
	for (let range = todo.pop(); range !== undefined; range = todo.pop()) {
		const inner = withoutEqualEnds(a, b, range, matches);
		if (inner.a0 === inner.a1 || inner.b0 === inner.b1) continue;
		work.left -= inner.a1 - inner.a0 + (inner.b1 - inner.b0);
		if (work.left < 0) continue;
		const anchors = uniqueMatches(a, b, inner);
		if (anchors.length === 0) matchShortest(a, b, inner, matches, work);
		else for (const each of between(anchors, inner, matches)) todo.push(each);
	}
	return settled(a, b, hunksOf(matches, b.length));
}

function withoutEqualEnds(a: readonly number[], b: readonly number[], range: Range, matches: Int32Array): Range {
	let { a0, a1, b0, b1 } = range;
	while (a0 < a1 && b0 < b1 && a[a0] === b[b0]) matches[a0++] = b0++;
	while (a0 < a1 && b0 < b1 && a[a1 - 1] === b[b1 - 1]) matches[--a1] = --b1;
	return { a0, a1, b0, b1 };
}

/** Pairs of what occurs once in `a` and once in `b`: the longest run of them that is in order on both sides. */
function uniqueMatches(a: readonly number[], b: readonly number[], range: Range): (readonly [number, number])[] {
	const inA = onlyPlaces(a, range.a0, range.a1);
	const inB = onlyPlaces(b, range.b0, range.b1);
	const pairs: { readonly at: number; readonly to: number; readonly previous: number }[] = [];
	// Patience: for each length, the pair with the smallest place in b that a run of this length can end with.
	const ends: number[] = [];
	for (const [symbol, at] of inA) {
		const to = inB.get(symbol) ?? -1;
		if (at < 0 || to < 0) continue;
		let low = 0;
		let high = ends.length;
		while (low < high) {
			const middle = (low + high) >>> 1;
			if ((pairs[ends[middle] ?? 0]?.to ?? 0) < to) low = middle + 1;
			else high = middle;
		}
		ends[low] = pairs.push({ at, to, previous: ends[low - 1] ?? -1 }) - 1;
	}
	const run: (readonly [number, number])[] = [];
	for (let pair = pairs[ends.at(-1) ?? -1]; pair !== undefined; pair = pairs[pair.previous]) {
		run.push([pair.at, pair.to]);
	}
	return run.reverse();
}

/** Symbol → its place, in the order of first places; -1: it has several. */
function onlyPlaces(symbols: readonly number[], start: number, end: number): Map<number, number> {
	const places = new Map<number, number>();
	for (let i = start; i < end; i++) {
		const symbol = symbols[i] ?? 0;
		places.set(symbol, places.has(symbol) ? -1 : i);
	}
	return places;
}

function between(anchors: readonly (readonly [number, number])[], range: Range, matches: Int32Array): Range[] {
	let { a0, b0 } = range;
	const ranges: Range[] = [];
	for (const [at, to] of anchors) {
		matches[at] = to;
		ranges.push({ a0, a1: at, b0, b1: to });
		a0 = at + 1;
		b0 = to + 1;
	}
	return [...ranges, { a0, a1: range.a1, b0, b1: range.b1 }];
}

/** Myers' greedy search: how far each diagonal gets with so many edits, remembered to walk back. */
function matchShortest(
	a: readonly number[],
	b: readonly number[],
	range: Range,
	matches: Int32Array,
	work: Work,
): void {
	const { a0, b0 } = range;
	const n = range.a1 - a0;
	const m = range.b1 - b0;
	const steps: Int32Array[] = [];
	let before = new Int32Array(3);
	for (let edits = 0; edits <= Math.min(n + m, EDITS_MAX); edits++) {
		work.left -= edits + 1;
		// Diagonal k of this step is at k + edits + 1; of the step before, at k + edits.
		const reach = new Int32Array(2 * edits + 3).fill(-1);
		steps.push(reach);
		for (let k = -edits; k <= edits; k += 2) {
			const x0 = edits === 0 ? 0 : stepFrom(before, k, edits)[0];
			let x = x0;
			if (x > n || x - k > m || x - k < 0) continue;
			while (x < n && x - k < m && a[a0 + x] === b[b0 + x - k]) x++;
			work.left -= x - x0;
			reach[k + edits + 1] = x;
			if (x === n && x - k === m) {
				walkBack(steps, range, k, matches);
				return;
			}
		}
		if (work.left < 0) return;
		before = reach;
	}
}

/** Where diagonal `k` begins after one more edit, and the diagonal it came from: a removal where that gets further. */
function stepFrom(before: Int32Array, k: number, edits: number): readonly [x: number, from: number] {
	const removed = before[k - 1 + edits] ?? -1;
	const inserted = before[k + 1 + edits] ?? -1;
	return inserted > removed || removed < 0 ? [inserted < 0 ? Infinity : inserted, k + 1] : [removed + 1, k - 1];
}

function walkBack(steps: readonly Int32Array[], { a0, b0 }: Range, last: number, matches: Int32Array): void {
	let k = last;
	for (let edits = steps.length - 1; edits >= 0; edits--) {
		const end = steps[edits]?.[k + edits + 1] ?? 0;
		const before = steps[edits - 1];
		const [start, from] = before === undefined ? [0, k] : stepFrom(before, k, edits);
		for (let x = start; x < end; x++) matches[a0 + x] = b0 + x - k;
		k = from;
	}
}

function hunksOf(matches: Int32Array, bLength: number): Hunk[] {
	const hunks: Hunk[] = [];
	let start = 0;
	let from = 0;
	for (let i = 0; i <= matches.length; i++) {
		const to = i === matches.length ? bLength : (matches[i] ?? -1);
		if (to < 0) continue;
		if (start < i || from < to) hunks.push({ start, end: i, from, to });
		start = i + 1;
		from = to + 1;
	}
	return hunks;
}

/** What is only inserted or only removed can often be so at several places: moved to the last of them. */
function settled(a: readonly number[], b: readonly number[], hunks: readonly Hunk[]): Hunk[] {
	const moved: Hunk[] = [];
	for (let i = hunks.length - 1; i >= 0; i--) {
		for (let hunk = hunks[i]; hunk !== undefined;) {
			const next = moved.at(-1);
			const last = movedDown(a, b, hunk, next?.start ?? a.length);
			if (next?.start === last.end) {
				moved.pop();
				hunk = { ...last, end: next.end, to: next.to };
			} else {
				moved.push(last);
				hunk = undefined;
			}
		}
	}
	return moved.reverse();
}

function movedDown(a: readonly number[], b: readonly number[], { start, end, from, to }: Hunk, limit: number): Hunk {
	let by = 0;
	if (start === end) while (end + by < limit && b[from + by] === a[end + by]) by++;
	else if (from === to) while (end + by < limit && a[start + by] === a[end + by]) by++;
	return { start: start + by, end: end + by, from: from + by, to: to + by };
}
