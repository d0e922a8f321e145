// What a new version is made on top of: the contents that were on show before it, so that versions made apart can be merged from
// what they have in common. Rule O8 of readme/SPEC.md.
import type { ContentHash } from "./hash.ts";
import { ANCESTORS_MAX, type PathRecord, type Sibling } from "./record.ts";
import type { DiskState, Entry } from "./record-index.ts";
import { covers } from "./version-vector.ts";

/** No content, but where something was left out for want of a place: what is named right before it was made on top of that. */
export const CUT = "f".repeat(64) as ContentHash;
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
	const shown = disk.hash === undefined ? [] : [disk.hash, ...between];
	return chains.length === 1 ? ofOne([...shown, ...(chains[0] ?? [])]) : ofSeveral(shown, chains);
}

/** Of one line of versions, each text once and as many as there are places. */
export function ofOne(line: readonly ContentHash[]): ContentHash[] {
	return cutOff(line.filter((hash, i) => (hash === CUT ? line[i - 1] !== CUT : line.indexOf(hash) === i)));
}

/** Of texts that were made apart and merged. What finds no place is what one of them alone has, the oldest of that. */
function ofSeveral(shown: readonly ContentHash[], chains: readonly (readonly ContentHash[])[]): ContentHash[] {
	const common = withoutCuts(chains[0] ?? []).filter((hash) => chains.every((chain) => chain.includes(hash)));
	const longest = Math.max(0, ...chains.map((chain) => chain.length));
	// In step, so that no part's past comes before another part's present.
	const inStep = Array.from({ length: longest }, (_, i) => chains.flatMap((chain) => chain[i] ?? [])).flat();
	const apart = withoutCuts([...new Set(inStep)]).filter((hash) => !common.includes(hash) && !shown.includes(hash));
	const places = Math.min(apart.length, ANCESTORS_MAX - shown.length - Math.min(COMMON_PLACES, common.length));
	for (let count = places; count > 0; count--) {
		const all = marked([...new Set([...shown, ...apart.slice(0, count), ...common])], chains);
		const named = cutOff(all);
		const isEnough = common.filter((hash) => named.includes(hash)).length >= Math.min(COMMON_PLACES, common.length);
		if (isEnough) return named;
	}
	return cutOff(marked([...new Set([...shown, ...common])], chains));
}

/** Each after which something is missing that stands there in one of the chains is followed by `CUT`. */
function marked(hashes: readonly ContentHash[], chains: readonly (readonly ContentHash[])[]): ContentHash[] {
	const isNext = (hash: ContentHash, chain: readonly ContentHash[]): boolean => {
		const next = chain[chain.indexOf(hash) + 1];
		return !chain.includes(hash) || next === undefined || hashes.includes(next);
	};
	return hashes.flatMap((hash) => (chains.every((chain) => isNext(hash, chain)) ? [hash] : [hash, CUT]));
}

/** So that it has a place. */
function cutOff(all: readonly ContentHash[]): ContentHash[] {
	if (all.length <= ANCESTORS_MAX) return [...all];
	const kept = all.slice(0, ANCESTORS_MAX - 1);
	return kept.at(-1) === CUT ? kept : [...kept, CUT];
}

export function withoutCuts(ancestors: readonly ContentHash[]): ContentHash[] {
	return ancestors.filter((hash) => hash !== CUT);
}

/**
 * Whether `ancestors` tell what `hash` was made on top of, if it is one of them: where they do not, somebody may have gone back to it, and it
 * looks like what it was at first.
 */
export function isSure(hash: ContentHash, ancestors: readonly ContentHash[]): boolean {
	const at = ancestors.indexOf(hash);
	return at < 0 || ancestors[at + 1] !== CUT;
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

/** The versions on show and what they have, or had, behind them; of a merged text, those of each part. */
function shownChains({ siblings }: PathRecord, disk: DiskState): readonly (readonly ContentHash[])[] {
	const same = siblings.filter(({ content }) => content?.hash === disk.hash);
	if (same.length > 0) return same.map(chainOf);
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
	return { ...entry, disk: { ...entry.disk, made: { hash, chains: shown.map(chainOf) } } };
}
