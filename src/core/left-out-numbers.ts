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
