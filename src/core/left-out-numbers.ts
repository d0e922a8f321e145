// Numbers that a device never gives to an act: each run leaves some out (record-index.ts). Whoever knows an act under one of them
// knows of a life of this device that its disk forgot. Rule S9 of readme/SPEC.md.

/** After the first and up to the second. */
export type LeftOutNumbers = readonly [after: number, upTo: number];

/** One for each run that did something. Who has met none of the others for longer than that finds out by a repair (S13). */
export const LEFT_OUT_NUMBERS_MAX = 64;

/** In order. What follows at once on the last ones belongs to them: nothing was done in between. */
export function withLeftOut(all: readonly LeftOutNumbers[], next: LeftOutNumbers): readonly LeftOutNumbers[] {
	const last = all.at(-1);
	const isOne = last?.[1] === next[0];
	const more: LeftOutNumbers[] = isOne ? [...all.slice(0, -1), [last[0], next[1]]] : [...all, next];
	return more.slice(-LEFT_OUT_NUMBERS_MAX);
}

export function isLeftOut(all: readonly LeftOutNumbers[], counter: number): boolean {
	return all.some(([after, upTo]) => counter > after && counter <= upTo);
}

/** More than anybody does in the seconds in which a disk may forget what it was told. */
export const NUMBERS_LEFT_OUT = 1 << 16;

/** More acts than that are not lost with a state: a restored one is found out before. */
const LOST_ACTS_MAX = 1 << 12;

/**
 * Whether one device gave both numbers, and had forgotten the `earlier` one when it gave the `later` one. Each run leaves out a multiple of
 * NUMBERS_LEFT_OUT, so what is left of a number without them counts acts, and grows from act to act. A later run in which it did
 * not began with an older state. More acts than were forgotten hide that; and where as many as are left out, or a few less, lie between
 * them, it may seem so.
 */
export function isOfAnotherLife(earlier: number, later: number): boolean {
	const acts = (later - earlier) % NUMBERS_LEFT_OUT;
	return later > earlier && (acts === 0 || acts >= NUMBERS_LEFT_OUT - LOST_ACTS_MAX);
}
