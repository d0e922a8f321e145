// A path that was left out on this device takes part again. What stands there was not watched meanwhile, so nothing is taken
// for a deletion, and nothing that is not known to be old is replaced. Rules L6, L7 of readme/SPEC.md.
import { isMadeOf } from "./ancestors.ts";
import type { ContentHash } from "./hash.ts";
import { importFound, type Act, type Actor, type Look, type OnDisk } from "./observe.ts";
import { pathKey, type PathKey } from "./path.ts";
import type { PathRecord } from "./record.ts";
import { tornAt, type DiskState, type Entry, type RecordIndex, type ShownCopy } from "./record-index.ts";
import { withoutDots } from "./version-vector.ts";
import { isLiveSibling } from "./view.ts";

/**
 * Before `observe(key)`, with the same look. Afterwards the disk shows what is recorded, or what a person made of that.
 * Without an actor nothing becomes a version.
 */
export function readmit(index: RecordIndex, key: PathKey, look: Look, actor: Actor | undefined): Act[] {
	const entry = index.get(key);
	if (entry?.disk.leftOut === undefined) return [];
	const now = look.get(key);
	// A copy that is gone was not dealt with: it is shown again.
	const copies = entry.disk.copies.filter(({ path }) => look.get(pathKey(path)) !== undefined);
	const back: Entry = { ...entry, disk: diskOf(entry, now, copies) };
	index.put(back);
	// Nothing is recorded of this disk, so what stands there was made on top of nothing.
	const isFound = now !== undefined && back.disk.hash === undefined && actor !== undefined;
	return isFound ? [importFound(index, back, now, look, actor)] : [];
}

function diskOf({ record, disk }: Entry, now: OnDisk | undefined, copies: readonly ShownCopy[]): DiskState {
	const { hash, size, path, token, seen } = disk;
	if (now === undefined) {
		// What is to be written is not seen before it stands here: where nobody has its bytes any more, others can be shown in its place.
		const toWrite = record.siblings.filter(isLiveSibling).map(({ dot }) => dot);
		return { hash: undefined, size: 0, path: undefined, token: undefined, seen: withoutDots(seen, toWrite), copies };
	}
	if (now.hash !== hash && isKnown(record, now.hash))
		return { hash: now.hash, size: now.size, path: now.path, token: now.token, seen, copies };
	const torn = tornAt(disk);
	return { hash, size, path, token, seen, copies, ...(torn === undefined ? {} : { torn }) };
}

/** A version that somebody made, be it superseded by now. */
function isKnown({ siblings, superseded }: PathRecord, hash: ContentHash): boolean {
	return superseded.includes(hash) || siblings.some((each) => each.content?.hash === hash || isMadeOf(each, hash));
}
