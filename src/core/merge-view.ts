// Which versions of one path are to be merged, from which common ancestor, and the view once they are. A function of the record
// and of the bytes its hashes stand for, so every device that has the bytes shows the same. Rules V7–V9 of readme/SPEC.md.
import { isSure, withoutCuts } from "./ancestors.ts";
import type { ContentHash } from "./hash.ts";
import { isMergeable } from "./merge.ts";
import type { VaultPath } from "./path.ts";
import type { PathRecord } from "./record.ts";
import { compareDots } from "./version-vector.ts";
import type { LiveSibling, View } from "./view.ts";

export interface MergeCandidate {
	readonly path: VaultPath;
	/** One for each content, in the order of their dots. */
	readonly parts: readonly LiveSibling[];
	/** How the parts become one text; none: they have no text in common, or which is the newest is not certain. */
	readonly steps: readonly MergeStep[];
}

/** Texts that are merged to one. Those of all parts are numbered from 0, and what comes of a step has the next number. */
export interface MergeStep {
	/** The newest content that all of them were made on top of. */
	readonly base: ContentHash;
	/** Two at least, in the order of their first parts. */
	readonly of: readonly number[];
}

export type MergeOutcome =
	/** All parts as one text; it may be that of one of them. */
	| { readonly kind: "merged"; readonly content: { readonly hash: ContentHash; readonly size: number } }
	/** They cannot be merged, or not here and now: a winner, and the others beside it. */
	| { readonly kind: "copies" };

/** `view` as it is without merging. `undefined`: there is nothing to merge. */
export function mergeCandidate(record: PathRecord, view: View): MergeCandidate | undefined {
	if (view.winner === undefined || view.losers.length === 0) return undefined;
	const { path } = view.winner;
	const parts = [view.winner, ...view.losers].sort((a, b) => compareDots(a.dot, b.dot));
	if (!parts.every(({ content }) => isMergeable(path, content.size))) return undefined;
	const lines = parts.map(({ content }, number) => lineOf(number, madeOf(record, content.hash)));
	const steps = stepsOf(lines);
	const areSure = steps.every(({ base }) => record.siblings.every(({ ancestors }) => isSure(base, ancestors)));
	return { path, parts, steps: areSure ? steps : [] };
}

interface Line {
	/** Of its text, as in `MergeStep`. */
	readonly number: number;
	/** Newest first. */
	readonly chain: readonly ContentHash[];
	/** Of each in `chain`, where it stands first. */
	readonly places: ReadonlyMap<ContentHash, number>;
}

function lineOf(number: number, chain: readonly ContentHash[]): Line {
	return { number, chain, places: new Map(chain.map((hash, i) => [hash, i] as const).reverse()) };
}

/**
 * Those that have something newer in common than all have are merged first: from what is older, words that the one deleted and the
 * other, who had seen that, wrote again would count as deleted.
 */
function stepsOf(parts: readonly Line[]): readonly MergeStep[] {
	const steps: MergeStep[] = [];
	let lines = [...parts];
	let pairs = lines.flatMap((one, i) => lines.slice(i + 1).map((other) => pairOf(one, other)));
	for (;;) {
		const base = newestOf(lines);
		if (base === undefined || pairs.some((pair) => pair.base === undefined)) return [];
		const closest = closestOf(pairs.filter((pair) => pair.base !== base));
		if (closest?.base === undefined) return [...steps, { base, of: lines.map(({ number }) => number) }];
		const { one, other } = closest;
		steps.push({ base: closest.base, of: [one.number, other.number] });
		const chain = one.chain.slice(one.places.get(closest.base)).filter((hash) => other.places.has(hash));
		const merged = lineOf(parts.length + steps.length - 1, chain);
		lines = lines.flatMap((line) => (line === one ? [merged] : line === other ? [] : [line]));
		const at = lines.indexOf(merged);
		pairs = pairs.filter((pair) => [pair.one, pair.other].every((line) => line !== one && line !== other));
		pairs.push(...lines.slice(0, at).map((line) => pairOf(line, merged)));
		pairs.push(...lines.slice(at + 1).map((line) => pairOf(merged, line)));
	}
}

interface Pair {
	readonly one: Line;
	readonly other: Line;
	readonly base: ContentHash | undefined;
	/** How far back in either they have it. */
	readonly distance: number;
}

function pairOf(one: Line, other: Line): Pair {
	const base = newestOf([one, other]);
	const placeIn = ({ places }: Line): number => (base === undefined ? undefined : places.get(base)) ?? -1;
	return { one, other, base, distance: Math.max(placeIn(one), placeIn(other)) };
}

/** The first of those that are no closer. */
function closestOf(pairs: readonly Pair[]): Pair | undefined {
	return pairs.reduce<Pair | undefined>(
		(best, pair) => (best === undefined || pair.distance < best.distance ? pair : best),
		undefined,
	);
}

/**
 * The newest text that all have. Where somebody went back to an older text, one has it before what another has after it: either of the
 * two may be what they have in common, and words that were written again would count as deleted from the wrong one. `undefined`: so it
 * is, or they have none.
 */
function newestOf(lines: readonly Line[]): ContentHash | undefined {
	const newest = new Set(lines.map(({ chain }) => chain.find((hash) => lines.every(({ places }) => places.has(hash)))));
	const [base] = newest.size === 1 ? newest : [];
	return base;
}

/** The same exactly when the same bytes are to be merged in the same way. */
export function mergeSignature({ path, parts, steps }: MergeCandidate): string {
	const how = steps.map(({ base, of }) => `${base} ${of.join(" ")}`);
	return [path, ...how, ...parts.map(({ content }) => content.hash)].join("\n");
}

export function mergedView(view: View, { parts }: MergeCandidate, outcome: MergeOutcome): View {
	if (outcome.kind === "copies" || view.winner === undefined) return view;
	const { content } = outcome;
	const same = parts.find((part) => part.content.hash === content.hash);
	const mtimeMs = Math.max(...parts.map((part) => part.mtimeMs));
	return { winner: same ?? { ...view.winner, content, mtimeMs }, losers: [], mergedFrom: parts };
}

/**
 * What these bytes are, and what they were made of, newest first. Several may have come to the same bytes, each by a way of its
 * own. Somebody who went back to older bytes meant to: then these are not what they came from.
 */
function madeOf({ siblings }: PathRecord, hash: ContentHash): readonly ContentHash[] {
	const ancestors = siblings
		.filter(({ content }) => content?.hash === hash)
		.flatMap((sibling) => withoutCuts(sibling.ancestors));
	return ancestors.includes(hash) ? ancestors : [hash, ...ancestors];
}
