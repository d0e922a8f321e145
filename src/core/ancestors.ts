// What a new version is made on top of: the contents that were on show before it, so that versions made apart can be merged from
// what they have in common. Rule O8 of readme/SPEC.md.
import type { ContentHash } from "./hash.ts";
import { ANCESTORS_MAX, type PathRecord, type Sibling } from "./record.ts";
import type { DiskState, Entry } from "./record-index.ts";
import { covers } from "./version-vector.ts";

/** Of these, places are kept for what all parts of a merged text have in common, however many parts it has. */
const COMMON_PLACES = 3;

/**
 * Ancestors of the version `made` that somebody makes of what `disk` shows now: newest first. `undefined`: they delete it.
 * `between`: what others may go on from, and this disk did not show (crossings.ts).
 */
export function ancestorsOf(
	record: PathRecord,
	disk: DiskState,
	made: ContentHash | undefined,
	between: readonly ContentHash[] = [],
): ContentHash[] {
	const chains = disk.hash === undefined ? broughtBackChains(record, made) : shownChains(record, disk);
	const common = (chains[0] ?? []).filter((hash) => chains.every((chain) => chain.includes(hash)));
	const longest = Math.max(0, ...chains.map((chain) => chain.length));
	// In step, so that no part's past comes before another part's present.
	const apart = Array.from({ length: longest }, (_, i) => chains.flatMap((chain) => chain[i] ?? []))
		.flat()
		.filter((hash) => !common.includes(hash));
	const shown = disk.hash === undefined ? [] : [disk.hash, ...between];
	const places = ANCESTORS_MAX - shown.length - Math.min(COMMON_PLACES, common.length);
	const all = [...shown, ...[...new Set(apart)].filter((hash) => hash !== disk.hash).slice(0, places), ...common];
	return [...new Set(all)].slice(0, ANCESTORS_MAX);
}

/**
 * Whoever makes a file where one was deleted had nothing before them, and must not count as if they had changed what others bring
 * back. Whoever brings it back as it was goes on where it ended.
 */
function broughtBackChains(
	{ siblings }: PathRecord,
	made: ContentHash | undefined,
): readonly (readonly ContentHash[])[] {
	const isSame = ({ content, ancestors }: Sibling): boolean => content === undefined && ancestors[0] === made;
	return made === undefined ? [] : siblings.filter(isSame).map(({ ancestors }) => ancestors);
}

/** What the versions on show have, or had, behind them; of a merged text, each part begins with itself. */
function shownChains({ siblings }: PathRecord, disk: DiskState): readonly (readonly ContentHash[])[] {
	const same = siblings.filter(({ content }) => content?.hash === disk.hash);
	if (same.length > 0) return same.map(({ ancestors }) => ancestors);
	const { hash, made } = disk;
	if (made !== undefined && made.hash === hash) return made.chains;
	// Superseded by what came since, and shown since an earlier run. Behind it in somebody's list may follow what others had made apart from it,
	// before the two were merged or one was decided for: no past at all is better than a wrong one.
	if (hash !== undefined && siblings.some(({ ancestors }) => ancestors.includes(hash))) return [];
	return siblings.filter((s) => s.content !== undefined && covers(disk.seen, s.dot)).map(chainOf);
}

/** The version itself, then what it was made of. */
export function chainOf({ content, ancestors }: Sibling): readonly ContentHash[] {
	return content === undefined ? ancestors : [content.hash, ...ancestors];
}

/** Of a version that is on show and was superseded just now, what it was made of: whoever edits it before they are shown more goes on there. */
export function withPastOfShown(entry: Entry, before: Entry): Entry {
	const { hash, made } = entry.disk;
	if (hash === undefined || hash !== before.disk.hash || made?.hash === hash || entry.record === before.record)
		return entry;
	const isShown = ({ content }: Sibling): boolean => content?.hash === hash;
	const shown = before.record.siblings.filter(isShown);
	if (shown.length === 0 || entry.record.siblings.some(isShown)) return entry;
	return { ...entry, disk: { ...entry.disk, made: { hash, chains: shown.map(({ ancestors }) => ancestors) } } };
}
