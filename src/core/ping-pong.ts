// Whether a path is passed to and fro: programs on two devices that each rewrite it whenever the other's version arrives would
// never stop. Pure: what has come and gone at one path, when it is too much, and how long the next answer is to wait. Waiting
// for the wrong reason costs a person seconds, so nothing here has to be certain. Rules W6–W9 of readme/SPEC.md.
import type { ContentHash } from "./hash.ts";

/** A change this soon after a version of others was shown is an answer to it; a later one is somebody's own. */
const ANSWER_MS = 10_000;
/** Programs may write an answer in several goes. Who goes on writing is a person. */
const WRITES_PER_ANSWER_MAX = 3;
/** So many answers in a row that bring back what an earlier one had: formatters do, people hardly ever. */
const REPEATS_MAX = 5;
/** So many in a row of any bytes: minutes of two people whose saves take turns to the second, seconds of two programs. */
const ANSWERS_MAX = 60;
const REMEMBERED_MAX = 4;
const FIRST_WAIT_MS = 5_000;
const WAIT_MAX_MS = 300_000;
/** Nothing was shown for so long, and for as long as the other side may make its answers wait: it is over. */
const CALM_MS = 60_000;

/** Of one path; times are monotonic. */
export interface Turns {
	/** When this disk last showed something that came from elsewhere. */
	readonly shownAt: number;
	/** What was written here since then. */
	readonly writes: number;
	/** How many versions in a row were answered. */
	readonly answers: number;
	/** How many of the last answers in a row had bytes of an earlier one. */
	readonly repeats: number;
	/** What the last answers were, newest first. */
	readonly remembered: readonly (ContentHash | undefined)[];
	/** How many answers had to wait. */
	readonly waits: number;
}

/** This disk shows something new that came from elsewhere. */
export function turnsAfterShowing(before: Turns | undefined, now: number): Turns {
	if (before !== undefined && !isOver(before, now)) return { ...before, shownAt: now, writes: 0 };
	return { shownAt: now, writes: 0, answers: 0, repeats: 0, remembered: [], waits: 0 };
}

/** Other bytes (`undefined`: nothing) were found here than anybody had recorded. `undefined`: it is somebody's own work. */
export function turnsAfterWriting(before: Turns, hash: ContentHash | undefined, now: number): Turns | undefined {
	const writes = before.writes + 1;
	if (writes > WRITES_PER_ANSWER_MAX) return undefined;
	if (writes > 1) return { ...before, writes };
	if (now - before.shownAt > ANSWER_MS) return undefined;
	const repeats = before.remembered.includes(hash) ? before.repeats + 1 : 0;
	const remembered = [hash, ...before.remembered].slice(0, REMEMBERED_MAX);
	return { ...before, writes, answers: before.answers + 1, repeats, remembered };
}

/** How long the answer that was just written is to wait before others hear of it; 0: not at all. */
export function waitFor({ writes, answers, repeats, waits }: Turns): number {
	if (writes !== 1 || (repeats < REPEATS_MAX && answers < ANSWERS_MAX)) return 0;
	return lengthOf(waits);
}

export function isOver({ shownAt, waits }: Turns, now: number): boolean {
	// The other side waits as long, or one step longer. And what this one waited is part of the time.
	const waited = waits === 0 ? 0 : lengthOf(waits - 1);
	return now - shownAt > CALM_MS + 3 * waited;
}

function lengthOf(waits: number): number {
	return Math.min(WAIT_MAX_MS, FIRST_WAIT_MS * 2 ** waits);
}
