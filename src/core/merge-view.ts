// Which versions of one path are to be merged, from which common ancestor, and the view once they are. A function of the record
// and of the bytes its hashes stand for, so every device that has the bytes shows the same. Rules V7–V9 of readme/SPEC.md.
import { isSure } from "./ancestors.ts";
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
	/** The newest content that all of them were made on top of; `undefined`: none is known, or which is the newest is not certain. */
	readonly base: ContentHash | undefined;
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
	const chains = parts.map(({ content }) => madeOf(record, content.hash));
	// Where somebody went back to an older text, one part has it before what the other part has after it. Either of the two may be what
	// they have in common, and words that were written again would count as deleted from the wrong one.
	const newest = new Set(chains.map((own) => own.find((hash) => chains.every((chain) => chain.includes(hash)))));
	const [base] = newest.size === 1 ? newest : [];
	const isKnown = base !== undefined && record.siblings.every(({ ancestors }) => isSure(base, ancestors));
	return { path, parts, base: isKnown ? base : undefined };
}

/** The same exactly when the same bytes are to be merged in the same way. */
export function mergeSignature({ path, parts, base }: MergeCandidate): string {
	return [path, base ?? "", ...parts.map(({ content }) => content.hash)].join("\n");
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
	const ancestors = siblings.filter(({ content }) => content?.hash === hash).flatMap((sibling) => sibling.ancestors);
	return ancestors.includes(hash) ? ancestors : [hash, ...ancestors];
}
