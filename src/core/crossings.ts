// Versions of one text that cross on their way: two devices each go on from what they show, before they have heard of each other's last.
// What two such versions have in common is then a text that neither of them was made on top of: a version of the one merged with a
// version of the other, both of them older. So a version also names, among what it was made of, what the other device may have merged
// of it and go on from, or may be merged with. Rule O12 of readme/SPEC.md.
import type { TextWithPast } from "./ancestors.ts";
import { lineageKey, type NamedText } from "./lineage.ts";
import type { PathKey } from "./path.ts";
import { includes, meetVectors } from "./version-vector.ts";

/** Of one version: who types faster than others hear of it is merged from an older text. */
const CROSSINGS_MAX = 6;
const REMEMBERED_MAX = 256;

/**
 * This device's versions before `own` that whoever made `other` had not seen, newest first, as far back as they share something.
 * `versionIn`: this device's own version in what it showed, be it merged with others'; `undefined`: not known, and nothing is guessed.
 */
export function crossingsOf(
	own: TextWithPast,
	other: TextWithPast,
	versionIn: (shown: NamedText) => TextWithPast | undefined,
): TextWithPast[] {
	const crossings: TextWithPast[] = [];
	for (let version: TextWithPast | undefined = own; crossings.length < CROSSINGS_MAX;) {
		const shown: NamedText | undefined = version.ancestors[0];
		version = shown === undefined ? undefined : versionIn(shown);
		if (version === undefined || includes(other.lineage, version.lineage)) break;
		if (meetVectors(version.lineage, other.lineage).size === 0) break;
		crossings.push(version);
	}
	return crossings;
}

/** What is remembered, while this runs, of texts that this device showed, the newest ones. */
export class ShownTexts {
	readonly #texts = new Map<string, { readonly own: TextWithPast; readonly between: readonly NamedText[] }>();

	/** A person here made it. */
	noteMade(key: PathKey, own: TextWithPast): void {
		this.#put(key, own, own, []);
	}

	/** `between`: what earlier versions of this device would have been, merged with the same version of the other one; newest first. */
	noteMerged(key: PathKey, merged: NamedText, own: TextWithPast, between: readonly NamedText[]): void {
		this.#put(key, merged, own, between);
	}

	/** This device's own version in it. */
	versionIn(key: PathKey, shown: NamedText): TextWithPast | undefined {
		return this.#texts.get(idOf(key, shown))?.own;
	}

	betweenIn(key: PathKey, shown: NamedText | undefined): readonly NamedText[] {
		return (shown === undefined ? undefined : this.#texts.get(idOf(key, shown))?.between) ?? [];
	}

	#put(key: PathKey, shown: NamedText, own: TextWithPast, between: readonly NamedText[]): void {
		const id = idOf(key, shown);
		this.#texts.delete(id);
		this.#texts.set(id, { own, between });
		const [oldest] = this.#texts.keys();
		if (this.#texts.size > REMEMBERED_MAX && oldest !== undefined) this.#texts.delete(oldest);
	}
}

function idOf(key: PathKey, { lineage }: NamedText): string {
	return `${lineageKey(lineage)} ${key}`;
}
