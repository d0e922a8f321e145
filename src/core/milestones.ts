// What this replica knew, and when in its own life: a deletion that was known at an old milestone is at least that old. So the
// age of every deletion follows from a handful of vectors. Rule T2 of readme/SPEC.md.
import { EMPTY_VECTOR, includes, type VersionVector } from "./version-vector.ts";

export interface Milestone {
	/** Of its own life (lived-time.ts). */
	readonly aliveMs: number;
	readonly knowledge: VersionVector;
}

/** Of the least age: how much later than that something may be forgotten. */
const STEPS = 24;
export const MILESTONES_MAX = STEPS + 2;

/** In the order of time. The same list when there is nothing to add and nothing to leave out. */
export function withMilestone(
	milestones: readonly Milestone[],
	now: Milestone,
	leastAgeMs: number,
): readonly Milestone[] {
	const last = milestones.at(-1);
	const isDue =
		last === undefined ||
		(now.aliveMs - last.aliveMs >= leastAgeMs / STEPS && !includes(last.knowledge, now.knowledge));
	// Of those that are old enough only the last says anything.
	const oldEnough = milestones.filter(({ aliveMs }) => now.aliveMs - aliveMs >= leastAgeMs);
	const kept = oldEnough.length > 1 ? milestones.slice(oldEnough.length - 1) : milestones;
	return isDue ? [...kept, now].slice(-MILESTONES_MAX) : kept;
}

/** What was known `leastAgeMs` ago, at least. */
export function knownSince(milestones: readonly Milestone[], aliveMs: number, leastAgeMs: number): VersionVector {
	return milestones.findLast((each) => aliveMs - each.aliveMs >= leastAgeMs)?.knowledge ?? EMPTY_VECTOR;
}
