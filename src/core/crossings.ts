// Versions of one text that cross on their way: two devices each go on from what they show, before they have heard of each other's last.
// What two such versions have in common is then a text that neither of them was made on top of: a version of the one merged with a
// version of the other, both of them older. So a version also names, among what it was made of, what the other device may have merged
// of it and go on from, or may be merged with. Rule O12 of readme/SPEC.md.
import type { ContentHash } from "./hash.ts";
import type { Sibling } from "./record.ts";
import type { LiveSibling } from "./view.ts";

/** A version, as far as its past goes. */
export interface Made {
	readonly hash: ContentHash;
	/** Newest first. */
	readonly ancestors: readonly ContentHash[];
}

/** An earlier version of this device, and what it and the other device's version were made of. */
export interface Crossing {
	readonly hash: ContentHash;
	readonly base: ContentHash;
}

/** Of one version: who types faster than others hear of it is merged from an older text. */
const CROSSINGS_MAX = 6;
const REMEMBERED_MAX = 256;

/**
 * This device's versions before `own` that whoever made `other` had not seen, newest first, as far back as they share something.
 * `partIn`: this device's own part of a text that it merged.
 */
export function crossingsOf(
	own: Made,
	other: Pick<LiveSibling, "content" | "ancestors">,
	partIn: (merged: ContentHash) => Made | undefined,
): Crossing[] {
	const theirs = new Set([other.content.hash, ...other.ancestors]);
	const crossings: Crossing[] = [];
	let version = own;
	while (crossings.length < CROSSINGS_MAX) {
		// A text as it was saved has behind it what follows it here; a merged one has more than one past.
		const [shown, ...past] = version.ancestors;
		if (shown === undefined) break;
		version = partIn(shown) ?? { hash: shown, ancestors: past };
		const base = version.ancestors.find((hash) => theirs.has(hash));
		if (theirs.has(version.hash) || base === undefined) break;
		crossings.push({ hash: version.hash, base });
	}
	return crossings;
}

/** What is remembered of merged texts while this runs, the newest ones. */
export class MergedTexts {
	readonly #texts = new Map<ContentHash, { readonly own: Made; readonly between: readonly ContentHash[] }>();

	note(merged: ContentHash, own: Pick<Sibling, "ancestors"> & Pick<LiveSibling, "content">): void {
		this.#put(merged, { hash: own.content.hash, ancestors: own.ancestors }, this.betweenIn(merged));
	}

	/** `between`: what this device's earlier versions would have been, merged with the same version of the other device; newest first. */
	noteBetween(merged: ContentHash, between: readonly ContentHash[]): void {
		const text = this.#texts.get(merged);
		if (text !== undefined) this.#put(merged, text.own, between);
	}

	ownPartIn(merged: ContentHash): Made | undefined {
		return this.#texts.get(merged)?.own;
	}

	betweenIn(merged: ContentHash | undefined): readonly ContentHash[] {
		return (merged === undefined ? undefined : this.#texts.get(merged)?.between) ?? [];
	}

	#put(merged: ContentHash, own: Made, between: readonly ContentHash[]): void {
		this.#texts.delete(merged);
		this.#texts.set(merged, { own, between });
		const [oldest] = this.#texts.keys();
		if (this.#texts.size > REMEMBERED_MAX && oldest !== undefined) this.#texts.delete(oldest);
	}
}
