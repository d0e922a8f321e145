// What a new version is made on top of: which versions the text on show was made of, and the texts behind it, each with the versions
// it was made of, so that versions made apart can be merged from what they have in common. Rule O8 of readme/SPEC.md.
import type { ContentHash } from "./hash.ts";
import {
	joinLineages,
	lineageKey,
	lineIdOf,
	lineParts,
	newLineage,
	NO_LINEAGE,
	rootLineage,
	rootOfText,
	TEXT_GENERATIONS,
	textOfRoot,
	type LineEnd,
	type Lineage,
	type NamedText,
} from "./lineage.ts";
import { ANCESTORS_MAX, LINES_KEPT_MAX, type PathRecord, type Sibling } from "./record.ts";
import type { DiskState, Entry } from "./record-index.ts";
import { equalVectors, includes, type Dot } from "./version-vector.ts";

/** A text, and what it was made of. */
export interface TextWithPast extends NamedText {
	/** Newest first. */
	readonly ancestors: readonly NamedText[];
}

/** What somebody has before them when they make a version. */
export interface Below {
	readonly lineage: Lineage;
	/** Newest first; none: there was nothing. */
	readonly texts: readonly NamedText[];
}

/** Of these, none is left out because it is one of many saves in a row. */
const NEWEST_KEPT = 8;
/** More of them are there only of many versions at once. */
const COMPARED_MAX = 128;

/**
 * What a version is made on top of that somebody makes of what `disk` shows now: with the bytes `made`; `undefined`: they delete it.
 * `between`: texts that others may go on from, and this disk did not show (crossings.ts).
 */
export function belowOf(
	record: PathRecord,
	disk: DiskState,
	made: ContentHash | undefined,
	between: readonly NamedText[] = [],
): Below {
	if (disk.hash === undefined) return broughtBack(record, made);
	const text = textOnShow(record, disk);
	return text === undefined ? { lineage: NO_LINEAGE, texts: unknown([disk]) } : onTopOf(text, between);
}

export function onTopOf(text: TextWithPast, between: readonly NamedText[] = []): Below {
	const { hash, lineage, ancestors } = text;
	return { lineage, texts: [{ hash, lineage }, ...between, ...ancestors] };
}

/** Of several texts that were before somebody, who made one of them. */
export function onTopOfAll(texts: readonly TextWithPast[]): Below {
	const chains = texts.map(({ hash, lineage, ancestors }) => [{ hash, lineage }, ...ancestors]);
	return { lineage: joinLineages(texts), texts: inStep(chains) };
}

/**
 * The version of `dot` in what it was made of. It is the next in the line of this device's last version of that file, `line`, if it was made
 * of that; otherwise it begins one.
 */
export function versionOn(
	{ lineage, texts }: Below,
	dot: Dot,
	line: LineEnd | undefined,
): { readonly descent: Pick<Sibling, "lineage" | "ancestors">; readonly line: LineEnd } {
	const isOwn = line !== undefined && lineParts(line.id).writer === dot.epoch;
	const isNext = isOwn && lineage.get(line.id) === line.last && lineage.size < LINES_KEPT_MAX;
	const id = isNext ? line.id : lineIdOf(dot.epoch, dot.counter);
	const end: LineEnd = { id, last: dot.counter };
	const [text] = texts;
	if (lineage.size < LINES_KEPT_MAX) {
		const own = new Map(lineage).set(id, dot.counter);
		return { descent: { lineage: own, ancestors: keptOf(texts, lineage) }, line: end };
	}
	// Made of more than is to be told on and on: whoever else goes on from the same text has the same root in its place.
	if (text === undefined || !equalVectors(text.lineage, lineage))
		return { descent: apartFrom({ ancestors: texts }, dot), line: end };
	const root = rootOfText(text);
	const own = new Map(root).set(id, dot.counter);
	return { descent: { lineage: own, ancestors: keptOf(texts, root) }, line: end };
}

/** The same with a number that says nothing of what it was made of. */
export function apartFrom({ ancestors }: Pick<Sibling, "ancestors">, dot: Dot): Pick<Sibling, "lineage" | "ancestors"> {
	return { lineage: newLineage(dot), ancestors: keptOf(unknown(ancestors), NO_LINEAGE) };
}

/** The text that the disk shows. `undefined`: it is not known what it was made of; no past at all is better than a wrong one. */
export function textOnShow(record: PathRecord, { hash, made }: DiskState): TextWithPast | undefined {
	if (hash === undefined) return undefined;
	const shown = record.siblings.filter(({ content }) => content?.hash === hash).map(textOfVersion);
	const texts = made?.hash === hash ? [made, ...shown] : shown;
	return texts.length === 0 ? undefined : mergedTextOf(hash, texts);
}

/** Of bytes that these texts were merged to, or all are. */
export function mergedTextOf(hash: ContentHash, texts: readonly TextWithPast[]): TextWithPast {
	const [only, ...more] = texts;
	if (only !== undefined && more.length === 0 && only.hash === hash) return only;
	const below = onTopOfAll(texts);
	return { hash, lineage: below.lineage, ancestors: keptOf(below.texts, below.lineage) };
}

/** The disk, of which it is known that `hash` was merged of `versions`: and of what it was made of before, if it showed the same. */
export function madeOf(
	{ hash: before, made }: Pick<DiskState, "hash" | "made">,
	hash: ContentHash,
	versions: readonly Sibling[],
): Pick<DiskState, "made"> {
	const known = before === hash && made?.hash === hash ? [made] : [];
	const texts = [...known, ...versions.map(textOfVersion)];
	return texts.length === 0 ? {} : { made: mergedTextOf(hash, texts) };
}

/** Of a deletion, the text that is gone. */
export function textOfVersion({ content, lineage, ancestors }: Sibling): TextWithPast {
	const [last] = ancestors;
	const hash = content?.hash ?? last?.hash;
	if (hash === undefined) throw new Error("a deletion of nothing has no text");
	return { hash, lineage, ancestors };
}

export function isMadeOf({ ancestors }: Pick<Sibling, "ancestors">, hash: ContentHash | undefined): boolean {
	return ancestors.some((each) => each.hash === hash);
}

/** Of a version that is on show and was superseded just now, what it was made of: whoever edits it before they are shown more goes on there. */
export function withPastOfShown(entry: Entry, before: Entry): Entry {
	const { hash, made } = entry.disk;
	if (hash === undefined || hash !== before.disk.hash || entry.record === before.record) return entry;
	const isShown = ({ content }: Sibling): boolean => content?.hash === hash;
	const known = joinLineages(entry.record.siblings.filter(isShown));
	const gone = before.record.siblings.filter((each) => isShown(each) && !includes(known, each.lineage));
	if (gone.length === 0) return entry;
	const texts = [...(made?.hash === hash ? [made] : []), ...gone.map(textOfVersion)];
	return { ...entry, disk: { ...entry.disk, made: mergedTextOf(hash, texts) } };
}

/**
 * Whoever makes a file where one was deleted had nothing before them, and must not count as if they had changed what others bring
 * back. Whoever brings it back as it was goes on where it ended, if that is the last that was deleted there.
 */
function broughtBack({ siblings }: PathRecord, made: ContentHash | undefined): Below {
	if (made === undefined) return { lineage: NO_LINEAGE, texts: [] };
	const deletions = siblings.filter(({ content }) => content === undefined);
	const same = deletions.filter(({ ancestors }) => ancestors[0]?.hash === made);
	const known = joinLineages(same);
	if (
		same.length > 0 &&
		deletions.every(({ ancestors: [text] }) => text === undefined || includes(known, text.lineage))
	)
		return onTopOfAll(same.map(textOfVersion));
	const roots = deletions.flatMap(({ lineage }) => [...lineage.keys()].filter((id) => textOfRoot(id) !== undefined));
	const before = [...deletions.map(({ lamport }) => lamport), ...roots.map((id) => lineParts(id).first + 1)];
	return {
		lineage: rootLineage(made, Math.max(0, ...before.filter((number) => number < TEXT_GENERATIONS))),
		texts: [],
	};
}

/** So that no text's past comes before another's present. */
function inStep(chains: readonly (readonly NamedText[])[]): NamedText[] {
	const longest = Math.max(0, ...chains.map(({ length }) => length));
	return Array.from({ length: longest }, (_, i) => chains.flatMap((chain) => chain[i] ?? [])).flat();
}

function unknown(texts: readonly { readonly hash: ContentHash | undefined }[]): NamedText[] {
	return texts.flatMap(({ hash }) => (hash === undefined ? [] : [{ hash, lineage: NO_LINEAGE }]));
}

/**
 * Each once, the newest ones, and of the others those that do not stand in the middle of many saves in a row, as many as there are places. What
 * others can have in common with it is what they were shown and name themselves, or what stands where something came from somebody else.
 */
function keptOf(texts: readonly NamedText[], lineage: Lineage): NamedText[] {
	// Behind a text in a merged list may stand what was made apart from it.
	const known = texts.map((text) => (includes(lineage, text.lineage) ? text : { ...text, lineage: NO_LINEAGE }));
	const all = [...new Map(known.map((text) => [`${text.hash} ${lineageKey(text.lineage)}`, text] as const)).values()];
	if (all.length <= NEWEST_KEPT) return all;
	const between = textsBetween(all.slice(0, COMPARED_MAX));
	return all.filter((text, i) => i < NEWEST_KEPT || !between.has(text)).slice(0, ANCESTORS_MAX);
}

/** Those that differ from an older one, and from a newer one, by versions of one device alone, the same. */
function textsBetween(texts: readonly NamedText[]): ReadonlySet<NamedText> {
	const isBetween = ({ lineage }: NamedText): boolean => {
		const ways = texts.map((other) => onlyDifference(lineage, other.lineage));
		return ways.some(
			(newer) => newer?.isNewer === true && ways.some((way) => way?.writer === newer.writer && !way.isNewer),
		);
	};
	return new Set(texts.filter((text, i) => i >= NEWEST_KEPT && isBetween(text)));
}

/** The device by whose versions alone another text differs; `undefined`: by none, by those of more, or by some that are newer and some older. */
function onlyDifference(
	own: Lineage,
	other: Lineage,
): { readonly writer: string; readonly isNewer: boolean } | undefined {
	let found: { readonly writer: string; readonly isNewer: boolean } | undefined;
	for (const lineage of [own, other]) {
		for (const id of lineage.keys()) {
			const [mine = 0, theirs = 0] = [own.get(id), other.get(id)];
			if (mine === theirs) continue;
			const isNewer = theirs > mine;
			const { writer } = lineParts(id);
			if (found !== undefined && (found.writer !== writer || found.isNewer !== isNewer)) return undefined;
			found = { writer, isNewer };
		}
	}
	return found;
}
