// What this disk shows, where a version that nobody can give was made on top of it, and nobody who made another one had seen it: it
// is the last there is of what a person wrote. It does not give way to the others before it stands beside them as a file of its
// own. Rule X14 of readme/SPEC.md.
import { isMadeOf } from "./ancestors.ts";
import { conflictCopyPath } from "./conflict-name.ts";
import { FOLDER, isFolder } from "./folder.ts";
import type { ContentHash } from "./hash.ts";
import type { VaultPath } from "./path.ts";
import type { PathRecord, Sibling } from "./record.ts";
import { tornAt, type Entry } from "./record-index.ts";
import { covers } from "./version-vector.ts";
import { isLiveSibling, isStale, notHidden, viewOf, type LiveSibling } from "./view.ts";

export interface LastKnown {
	readonly hash: ContentHash;
	readonly size: number;
	/** Where it is to stand by itself: the same on every device that shows it. */
	readonly path: VaultPath;
}

/** `part`: what of the record can be shown (absent-contents.ts). `undefined`: nothing of the last there is would go with it. */
export function lastKnownAt({ key, record, disk }: Entry, part: PathRecord): LastKnown | undefined {
	const { hash, size, seen } = disk;
	if (part === record || hash === undefined || tornAt(disk) !== undefined || isFolder(disk)) return undefined;
	const isMadeOfIt = (each: Sibling): boolean => each.content?.hash === hash || isMadeOf(each, hash);
	const isLeftOut = (each: Sibling): boolean => each.content !== undefined && !part.siblings.includes(each);
	const leftOut = record.siblings.filter(isLeftOut);
	// Deletions that are left out too say what they were made of all the same.
	const others = record.siblings.filter((each) => !isLeftOut(each));
	// The same bytes, found somewhere and known to be old, are not shown.
	const isHidden = (each: Sibling): boolean => isLiveSibling(each) && !notHidden(part).includes(each);
	if (others.some((each) => isMadeOfIt(each) && !isHidden(each))) return undefined;
	// A merged text, of which one part was edited: without the edit there is less than what stands here, and nothing new.
	const isMore = viewOf(part).losers.length === 0 && others.every(({ dot }) => covers(seen, dot));
	const gone = leftOut.find(isMadeOfIt) ?? (isMore ? leftOut[0] : undefined);
	if (gone === undefined) return undefined;
	const { author, mtimeMs } = gone;
	return { hash, size, path: conflictCopyPath(disk.path ?? (key as string as VaultPath), { author, mtimeMs, hash }) };
}

/**
 * What the versions of a path were made of, newest first, where nobody has any of them: that it might show for want of anything else.
 * Where this disk shows one of them, only that, if others show an older one. Rule X16.
 */
export function pastAt({ record, disk, intent }: Entry, absent: ReadonlySet<ContentHash> | undefined): ContentHash[] {
	const isNowhere = ({ content }: LiveSibling): boolean => absent?.has(content.hash) === true;
	const live = record.siblings.filter(isLiveSibling);
	const made = live.filter(isNowhere);
	const others = live.filter((each) => !isNowhere(each));
	if (made.length === 0 || disk.leftOut !== undefined || intent !== undefined) return [];
	const chains = made.map(({ ancestors }) => ancestors.map(({ hash }) => hash).filter((hash) => hash !== FOLDER));
	const longest = Math.max(...chains.map(({ length }) => length));
	const past = Array.from({ length: longest }, (_, i) => chains.flatMap((chain) => chain[i] ?? [])).flat();
	// Who deleted what was made of it has seen it as well.
	const deleted = new Set(
		record.siblings.flatMap((each) => (isLiveSibling(each) ? [] : each.ancestors.map(({ hash }) => hash))),
	);
	if (disk.hash === undefined) return others.length === 0 ? past.filter((hash) => !deleted.has(hash)) : [];
	const at = past.indexOf(disk.hash);
	const isOlder = (each: LiveSibling): boolean => isStale(record, each) && past.indexOf(each.content.hash) > at;
	return at >= 0 && others.length > 0 && others.every(isOlder) ? [disk.hash] : [];
}

/**
 * Whether these bytes, or what a person made of them, need no file of their own any more: whatever was made at its name stands here,
 * or was deleted. What others only told of may be as much out of reach as the version that this one is for.
 */
export function isKeptAt({ record, disk }: Entry, hash: ContentHash): boolean {
	const live = record.siblings.filter(isLiveSibling);
	if (live.length > 0) return disk.hash !== undefined || live.some(({ content }) => content.hash === hash);
	return record.siblings.length + record.superseded.length > 0;
}
