// What a first sync would do with each path, told before it is done: from the files of a vault and what the group knows. It decides
// nothing; what happens is decided by the records alone (core/first-join.ts, core/view.ts). Pure. Rules SU8, SU9 of readme/SPEC.md.
import { isFolder } from "./folder.ts";
import type { ContentHash } from "./hash.ts";
import type { PathKey, VaultPath } from "./path.ts";
import type { RecordIndex } from "./record-index.ts";
import { notHidden } from "./view.ts";

/** What a group knows of one path. */
export interface KnownPath {
	readonly path: VaultPath;
	/** What stands there, the winner first; none: it was deleted. */
	readonly contents: readonly { readonly hash: ContentHash; readonly size: number }[];
	/** What was replaced or deleted there at some time. */
	readonly superseded: readonly ContentHash[];
}

export interface OwnFile {
	readonly path: VaultPath;
	readonly size: number;
	/** `undefined`: not read, as nothing hangs on it; or it cannot be read. */
	readonly hash: ContentHash | undefined;
}

export type Fate =
	| "same"
	| "only-here"
	| "only-there"
	/** Both have it, with different content. */
	| "different"
	/** The group replaced these very bytes long ago. */
	| "older-here"
	/** The group deleted these very bytes. */
	| "deleted-there";

export interface ComparedPath {
	readonly path: VaultPath;
	readonly fate: Fate;
	/** 0: not there. */
	readonly ownBytes: number;
	readonly theirBytes: number;
}

/** Files only, and those that take part on this device. */
export function knownPaths(index: RecordIndex): Map<PathKey, KnownPath> {
	const known = new Map<PathKey, KnownPath>();
	for (const entry of index.entries()) {
		const { key, record, disk } = entry;
		const path = record.siblings[0]?.path;
		if (path === undefined || disk.leftOut !== undefined) continue;
		const { winner, losers } = index.viewAt(entry);
		const shown = [winner, ...losers].flatMap((each) => (each === undefined || isFolder(each.content) ? [] : [each]));
		const isGone = notHidden(record).every(({ content }) => content === undefined);
		if (shown.length === 0 && !isGone) continue;
		const contents = shown.map(({ content: { hash, size } }) => ({ hash, size }));
		known.set(key, { path: shown[0]?.path ?? path, contents, superseded: record.superseded });
	}
	return known;
}

/** Whether it takes the bytes of a file to say what would become of it. */
export function needsHash(size: number, known: KnownPath | undefined): boolean {
	if (known === undefined) return false;
	return known.superseded.length > 0 || known.contents.some((content) => content.size === size);
}

/** Sorted by path. */
export function compareFirst(
	own: ReadonlyMap<PathKey, OwnFile>,
	known: ReadonlyMap<PathKey, KnownPath>,
): readonly ComparedPath[] {
	const compared: ComparedPath[] = [];
	for (const [key, file] of own) {
		const theirs = known.get(key);
		compared.push({
			path: file.path,
			fate: fateOf(file, theirs),
			ownBytes: file.size,
			theirBytes: theirs?.contents[0]?.size ?? 0,
		});
	}
	for (const [key, { path, contents }] of known) {
		const [content] = contents;
		if (content === undefined || own.has(key)) continue;
		compared.push({ path, fate: "only-there", ownBytes: 0, theirBytes: content.size });
	}
	return compared.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function fateOf({ hash }: OwnFile, known: KnownPath | undefined): Fate {
	if (known === undefined) return "only-here";
	const isLive = known.contents.length > 0;
	if (hash !== undefined && known.contents.some((content) => content.hash === hash)) return "same";
	if (hash !== undefined && known.superseded.includes(hash)) return isLive ? "older-here" : "deleted-there";
	return isLive ? "different" : "only-here";
}
