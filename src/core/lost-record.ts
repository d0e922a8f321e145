// What a record of somebody else's takes away from ours although it tells of nothing that this device does not know: no deletion
// does that, but a disk that lost what it was. Rule S13 of readme/SPEC.md.
import type { Entry, RecordIndex } from "./record-index.ts";
import { hasDot, type PathRecord, type Sibling } from "./record.ts";
import { compareDots, covers, withDots } from "./version-vector.ts";
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
 * Gives versions numbers of this device, as if they were saved anew: nobody's knowledge counts these in, and so nobody takes them for
 * deleted. False: nothing was changed, as this disk has not shown them all. The next act here would cover what nobody saw.
 */
export function saveAnew(index: RecordIndex, entry: Entry, lost: readonly Sibling[]): boolean {
	const { record, disk } = entry;
	if (!lost.every(({ dot }) => covers(disk.seen, dot))) return false;
	const anew = lost.map((sibling): Sibling => ({ ...sibling, dot: index.mint(), imported: false }));
	const others = record.siblings.filter((sibling) => !lost.some(({ dot }) => compareDots(dot, sibling.dot) === 0));
	const dots = anew.map(({ dot }) => dot);
	const siblings = [...others, ...anew].sort((a, b) => compareDots(a.dot, b.dot));
	index.put({
		...entry,
		record: { ...record, context: withDots(record.context, dots), siblings },
		disk: { ...disk, seen: withDots(disk.seen, dots) },
	});
	return true;
}
