// Of which versions of its file a text was made, exactly: what two texts have in common is then no guess, and neither is the text that
// what they have in common was. Rule O8 of readme/SPEC.md.
//
// A line is a row of versions of one file that one device made in one run, each of them on top of the one before it. So of every line a text was
// made of all versions up to some number, and of none behind it, and a version vector over lines says all there is to say. A vector over
// devices would not: who goes on from what others wrote leaves a version of their own out that stands beside it, and a device whose state was put
// back to an older one goes on without what it forgot.
//
// Equal bytes that people make of nothing, from one template or as copies of one folder, are one version (V3): such versions begin with
// the same root, a line that nobody writes, which says the bytes.
import { parseContentHash, type ContentHash } from "./hash.ts";
import type { Brand, ReplicaEpoch } from "./ids.ts";
import { equalVectors, includes, joinVectors, type Dot, type VectorOf } from "./version-vector.ts";

/** The epoch, and the counter of the line's first version; of a root the hash, and its generation. */
export type LineId = Brand<string, "LineId">;

/** Of each line, the counter of the last version; of a root 1. Empty: it is not known what the text was made of. */
export type Lineage = VectorOf<LineId>;

/** A text that was on show, or would have been, where exactly these versions were known. */
export interface NamedText {
	readonly hash: ContentHash;
	readonly lineage: Lineage;
}

/** The last version that this device made of a file in this run. */
export interface LineEnd {
	readonly id: LineId;
	readonly last: number;
}

/** A prime, so small that what is multiplied stays a whole number. */
const SUMS = 1_099_511_627_689;

export const NO_LINEAGE: Lineage = new Map();

/** `writer`: an epoch, or of a root the hash. */
export function lineIdOf(writer: ReplicaEpoch | ContentHash, first: number): LineId {
	return `${writer}/${String(first)}` as LineId;
}

export function lineParts(id: LineId): { readonly writer: string; readonly first: number } {
	const [writer = "", first] = id.split("/");
	return { writer, first: Number(first) };
}

/**
 * What whoever makes these bytes of nothing has in common with others who do. `generation`: another one where a file was deleted there, as they
 * make it again, and not what was there.
 */
export function rootLineage(hash: ContentHash, generation: number): Lineage {
	return new Map([[lineIdOf(hash, generation), 1]]);
}

/** Generations from here on are of texts that were made of too much. */
export const TEXT_GENERATIONS = 2 ** 47;

/** What stands for just this text, made of just these versions: the same on every device. */
export function rootOfText({ hash, lineage }: NamedText): Lineage {
	let sum = 0;
	// It tells texts of the same bytes apart, and nobody's interest is in two that it takes for one.
	for (const letter of lineageKey(lineage)) sum = (sum * 8191 + (letter.codePointAt(0) ?? 0)) % SUMS;
	return rootLineage(hash, TEXT_GENERATIONS + sum);
}

/** The text that a line is by itself, if it is a root. */
export function textOfRoot(id: LineId): NamedText | undefined {
	const hash = parseContentHash(lineParts(id).writer);
	return hash && { hash, lineage: new Map([[id, 1]]) };
}

/** Of a version of which it is not known what it was made of. */
export function newLineage({ epoch, counter }: Dot): Lineage {
	return new Map([[lineIdOf(epoch, counter), counter]]);
}

/** In the one order that is sent. */
export function sortedLines(lineage: Lineage): [LineId, number][] {
	return [...lineage].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** The same for the same versions only. */
export function lineageKey(lineage: Lineage): string {
	return sortedLines(lineage)
		.map(([id, last]) => `${id}:${String(last)}`)
		.join(" ");
}

/** Those that none of the others was made of, each once. */
export function newestOf<T extends { readonly lineage: Lineage }>(texts: readonly T[]): T[] {
	return texts.filter(({ lineage }, i) =>
		texts.every(
			(other, j) => i === j || !includes(other.lineage, lineage) || (i < j && equalVectors(other.lineage, lineage)),
		),
	);
}

/** A total order of texts none of which was made of another: as their versions are merged, by device. */
export function compareLineages(a: Lineage, b: Lineage): number {
	const lines = [...new Set([...a.keys(), ...b.keys()])].sort();
	for (const line of lines) {
		const difference = (b.get(line) ?? 0) - (a.get(line) ?? 0);
		if (difference !== 0) return difference;
	}
	return 0;
}

export function joinLineages(texts: Iterable<{ readonly lineage: Lineage }>): Lineage {
	let all = NO_LINEAGE;
	for (const { lineage } of texts) all = joinVectors(all, lineage);
	return all;
}
