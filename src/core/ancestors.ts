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
	const shown = disk.hash === undefined ? [] : [disk.hash, ...between];
	return chains.length === 1 ? ofOne([...shown, ...(chains[0] ?? [])]) : ofSeveral(shown, chains);
}

/** One line of versions. Who goes back to a text makes it on top of the next one in the list. */
function ofOne(line: readonly ContentHash[]): ContentHash[] {
	return [...new Set(line)].slice(0, ANCESTORS_MAX);
}

/**
 * Of texts that were made apart and merged. What may be cut off is what one of them alone has, but for what stands after something that all
 * have: in one line of versions that is older, or it was gone back from, and without it nobody could tell which.
 */
function ofSeveral(shown: readonly ContentHash[], chains: readonly (readonly ContentHash[])[]): ContentHash[] {
	const common = (chains[0] ?? []).filter((hash) => chains.every((chain) => chain.includes(hash)));
	const longest = Math.max(0, ...chains.map((chain) => chain.length));
	// In step, so that no part's past comes before another part's present.
	const inStep = Array.from({ length: longest }, (_, i) => chains.flatMap((chain) => chain[i] ?? [])).flat();
	const apart = [...new Set(inStep)].filter((hash) => !common.includes(hash) && !shown.includes(hash));
	const within = (max: number): ContentHash[] => {
		const places = Math.max(0, max - shown.length - Math.min(COMMON_PLACES, common.length));
		const cutOff = new Set(apart.slice(places));
		const isClear = (hash: ContentHash): boolean =>
			chains.every((chain) => !chain.slice(chain.indexOf(hash)).some((older) => cutOff.has(older)));
		return [...new Set([...shown, ...apart.slice(0, places), ...common.filter(isClear)])];
	};
	const ends = chains.flatMap((chain) => (chain.length > ANCESTORS_MAX ? chain.slice(-1) : []));
	const isCutOff = common.some((hash) => ends.includes(hash));
	const whole = within(ANCESTORS_MAX - 1);
	if (whole.length < ANCESTORS_MAX && !isCutOff) return whole;
	const full = within(ANCESTORS_MAX).slice(0, ANCESTORS_MAX);
	// A list that is cut off can be told by its length (`isSure`); where it cannot, what all have in common is not named.
	return full.length === ANCESTORS_MAX ? full : full.filter((hash) => !common.includes(hash));
}

/**
 * Whether `ancestors` say what came before `hash`, which is one of them: of a list that fills all places the end may be cut off, and what
 * was gone back to there looks like what it was at first.
 */
export function isSure(hash: ContentHash, ancestors: readonly ContentHash[]): boolean {
	return ancestors.length < ANCESTORS_MAX || ancestors.at(-1) !== hash;
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
	return made === undefined ? [] : siblings.filter(isSame).map(({ ancestors }) => [made, ...ancestors]);
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
