// What a record of somebody else's takes away from ours although nobody decided that: a disk that lost what it was, or a device that
// had forgotten what it did. Rules S9, S13 of readme/SPEC.md.
import { apartFrom } from "./ancestors.ts";
import { isOfAnotherLife } from "./left-out-numbers.ts";
import type { Entry, RecordIndex } from "./record-index.ts";
import { hasDot, isLive, mayBeSuperseded, type PathRecord, type Sibling } from "./record.ts";
import { compareDots, covers, equalDots, withDots, type VersionVector } from "./version-vector.ts";
import { viewOf } from "./view.ts";

/**
 * The versions on show in `record` that are not in `joined`, where that has none in their stead. Only of a join with what this
 * device's knowledge counts in already: what is new may be a deletion.
 */
export function lostWith(record: PathRecord, joined: PathRecord): readonly Sibling[] {
	if (joined.siblings.some((sibling) => !hasDot(record, sibling))) return [];
	const { winner, losers } = viewOf(record);
	return [winner, ...losers].filter((each) => each !== undefined).filter((each) => !hasDot(joined, each));
}

/**
 * The versions of `record` that are not in `joined`, where the device that made them had forgotten that when it made what covers them: its
 * numbers say so, and nothing that was told names their bytes. What deletes is left alone: whoever deletes a file has seen it. And
 * so is what somebody has forgotten the deletion of, by `forgotten`: then nothing need name the bytes.
 */
export function forgottenWith(
	record: PathRecord,
	joined: PathRecord,
	told: PathRecord,
	forgotten: readonly VersionVector[],
): readonly Sibling[] {
	if (!isLive(told)) return [];
	return record.siblings.filter(({ dot, content }) => {
		if (content === undefined || joined.siblings.some((other) => equalDots(other.dot, dot))) return false;
		if (!isOfAnotherLife(dot.counter, told.context.get(dot.epoch) ?? 0)) return false;
		if (forgotten.some((frontier) => covers(frontier, dot))) return false;
		return !mayBeSuperseded(told, content.hash) && !told.siblings.some((other) => other.content?.hash === content.hash);
	});
}

/** Whether this disk has shown them all: the next act here would cover what nobody saw. */
export function haveBeenShown({ disk }: Entry, versions: readonly Sibling[]): boolean {
	return versions.every(({ dot }) => covers(disk.seen, dot));
}

/**
 * Gives versions numbers of this device, as if they were saved anew: nobody's knowledge counts these in, and so nobody takes them for
 * deleted. Whether `entry` still has them, or what was told has taken them away, makes no difference. What this disk has not shown of
 * them is still to be shown.
 */
export function saveAnew(index: RecordIndex, entry: Entry, lost: readonly Sibling[]): void {
	const { record, disk } = entry;
	const anew = lost.map((sibling): Sibling => {
		const dot = index.mint();
		return { ...sibling, dot, ...apartFrom(sibling, dot), imported: false };
	});
	const others = record.siblings.filter((sibling) => !lost.some(({ dot }) => compareDots(dot, sibling.dot) === 0));
	const dots = anew.map(({ dot }) => dot);
	const isShown = (_: unknown, i: number): boolean => lost[i] !== undefined && covers(disk.seen, lost[i].dot);
	const siblings = [...others, ...anew].sort((a, b) => compareDots(a.dot, b.dot));
	index.put({
		...entry,
		record: { ...record, context: withDots(record.context, dots), siblings },
		disk: { ...disk, seen: withDots(disk.seen, dots.filter(isShown)) },
	});
}
