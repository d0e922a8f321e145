// Which versions of one path are to be merged, how, and the view once they are. A function of the record and of the bytes its hashes
// stand for, so every device that has the bytes shows the same. Rules V7–V9 of readme/SPEC.md.
import type { ContentHash } from "./hash.ts";
import { joinLineages, textOfRoot, type Lineage, type NamedText } from "./lineage.ts";
import { isMergeable } from "./merge.ts";
import { planMerge, type MergePlan, type MergeSource } from "./merge-steps.ts";
import type { VaultPath } from "./path.ts";
import type { PathRecord, Sibling } from "./record.ts";
import { compareDots, includes } from "./version-vector.ts";
import { isLiveSibling, type LiveSibling, type View } from "./view.ts";

export interface MergeCandidate extends MergePlan {
	readonly path: VaultPath;
	/** One for each content, in the order of their dots. */
	readonly parts: readonly LiveSibling[];
	/** All of those contents: what the merged text is made of. */
	readonly versions: readonly LiveSibling[];
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
	const hashes = new Set(parts.map(({ content }) => content.hash));
	const versions = record.siblings.filter(isLiveSibling).filter(({ content }) => hashes.has(content.hash));
	const names = namesIn(record);
	const texts = parts.map(({ content: { hash } }) => ({ hash, lineage: lineageOf(hash, versions, names) }));
	return { path, parts, versions, ...planMerge(texts, names) };
}

/** Texts that are known by what they were made of. Not those of deletions, which are forgotten, by each device at another time. */
function namesIn({ siblings }: PathRecord): NamedText[] {
	const live = siblings.filter(isLiveSibling);
	const lines = new Set(live.flatMap(({ lineage }) => [...lineage.keys()]));
	return [
		...live.flatMap(({ content, lineage, ancestors }) => [{ hash: content.hash, lineage }, ...ancestors]),
		...[...lines].flatMap((line) => textOfRoot(line) ?? []),
	];
}

/** What these bytes were made of, in every way in which somebody came to them. Equal bytes are one version (V3). */
function lineageOf(hash: ContentHash, versions: readonly LiveSibling[], names: readonly NamedText[]): Lineage {
	const same = versions.filter(({ content }) => content.hash === hash);
	const earlier = names.filter((name) => name.hash === hash && same.some((version) => isAsOld(version, name)));
	return joinLineages([...same, ...earlier]);
}

/**
 * Whether who made `version` had nothing before them that is newer than `text`, of the same bytes: then they did not go back to it. What was
 * found somewhere, made of nothing, is not known to be newer than anything.
 */
function isAsOld({ ancestors, imported }: Sibling, text: NamedText): boolean {
	if (ancestors.length === 0) return imported;
	return ancestors.every(({ lineage }) => lineage.size > 0 && includes(text.lineage, lineage));
}

/** The bytes that have to be here beside those of the parts. */
export function textsToMerge(candidate: MergeCandidate | undefined): ContentHash[] {
	const sources = candidate?.steps.flatMap(({ base, of }) => [base, ...of]) ?? [];
	const isOther = (source: MergeSource): source is ContentHash =>
		typeof source === "string" && candidate?.parts.every(({ content }) => content.hash !== source) === true;
	return [...new Set(sources.filter(isOther))];
}

/** The same exactly when the same bytes are to be merged in the same way. */
export function mergeSignature({ path, parts, steps, result }: MergeCandidate): string {
	const how = steps.map(({ base, of }) => `${String(base)} ${of.join(" ")}`);
	return [path, ...how, String(result), ...parts.map(({ content }) => content.hash)].join("\n");
}

export function mergedView(view: View, { parts, versions }: MergeCandidate, outcome: MergeOutcome): View {
	if (outcome.kind === "copies" || view.winner === undefined) return view;
	const { content } = outcome;
	const same = parts.find((part) => part.content.hash === content.hash);
	const mtimeMs = Math.max(...parts.map((part) => part.mtimeMs));
	return { winner: same ?? { ...view.winner, content, mtimeMs }, losers: [], mergedFrom: versions };
}
