// Versions of one text that cross on their way: two devices each go on from what they show, before they have heard of each other's last.
// What two such versions have in common is then a text that neither of them was made on top of: a version of the one merged with a
// version of the other, both of them older. So a version also names, among what it was made of, what the other device may have merged
// of it and go on from, or may be merged with. Rule O12 of readme/SPEC.md.
import { CUT } from "./ancestors.ts";
import type { ContentHash } from "./hash.ts";
import type { PathKey } from "./path.ts";
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
 * `versionIn`: this device's own version in what it showed, be it merged with others'; `undefined`: not known, and nothing is guessed.
 */
export function crossingsOf(
	own: Made,
	other: Pick<LiveSibling, "content" | "ancestors">,
	versionIn: (shown: ContentHash) => Made | undefined,
): Crossing[] {
	const theirs = new Set([other.content.hash, ...other.ancestors]);
	const crossings: Crossing[] = [];
	for (let version: Made | undefined = own; crossings.length < CROSSINGS_MAX;) {
		const shown: ContentHash | undefined = version.ancestors[0];
		version = shown === undefined ? undefined : versionIn(shown);
		const base = version?.ancestors.find((hash) => hash !== CUT && theirs.has(hash));
		if (version === undefined || base === undefined || theirs.has(version.hash)) break;
		crossings.push({ hash: version.hash, base });
	}
	return crossings;
}

/** What is remembered, while this runs, of texts that this device showed, the newest ones. The same text in another file is another one. */
export class ShownTexts {
	readonly #texts = new Map<string, { readonly own: Made; readonly between: readonly ContentHash[] }>();

	/** A person here made it. */
	noteMade(key: PathKey, own: Made): void {
		this.#put(key, own.hash, own, []);
	}

	/** `between`: what earlier versions of this device would have been, merged with the same version of the other one; newest first. */
	noteMerged(key: PathKey, merged: ContentHash, own: Made, between: readonly ContentHash[]): void {
		// What somebody made comes before what might have come of merging.
		if (this.#texts.get(idOf(key, merged))?.own.hash !== merged) this.#put(key, merged, own, between);
	}

	/** This device's own version in it. */
	versionIn(key: PathKey, shown: ContentHash): Made | undefined {
		return this.#texts.get(idOf(key, shown))?.own;
	}

	betweenIn(key: PathKey, shown: ContentHash | undefined): readonly ContentHash[] {
		return (shown === undefined ? undefined : this.#texts.get(idOf(key, shown))?.between) ?? [];
	}

	#put(key: PathKey, shown: ContentHash, own: Made, between: readonly ContentHash[]): void {
		const id = idOf(key, shown);
		this.#texts.delete(id);
		this.#texts.set(id, { own, between });
		const [oldest] = this.#texts.keys();
		if (this.#texts.size > REMEMBERED_MAX && oldest !== undefined) this.#texts.delete(oldest);
	}
}

function idOf(key: PathKey, shown: ContentHash): string {
	return `${shown}${key}`;
}
