// How texts become one: which are merged with which, each time from the text of exactly the versions that they have in common. A function of
// what versions say they were made of, so it is the same on every device. Rule V7 of readme/SPEC.md.
import type { ContentHash } from "./hash.ts";
import { compareLineages, joinLineages, lineageKey, newestOf, type Lineage, type NamedText } from "./lineage.ts";
import { equalVectors, includes, meetVectors } from "./version-vector.ts";

/** Bytes that somebody has, or what comes of the step of that number. */
export type MergeSource = ContentHash | number;

/** Texts that are merged to one. */
export interface MergeStep {
	readonly base: MergeSource;
	/** Two at least, in the order of their versions. */
	readonly of: readonly MergeSource[];
}

export interface MergePlan {
	readonly steps: readonly MergeStep[];
	/** The merged text; `undefined`: they have nothing in common, or nobody names the text of that. */
	readonly result: MergeSource | undefined;
}

interface Text {
	readonly source: MergeSource;
	readonly lineage: Lineage;
}

const STEPS_MAX = 32;
/** With more, all have to go back to the same text. */
const APART_MAX = 16;
/** With more, what nobody names is not looked for. */
const NAMES_MAX = 256;

/** `names`: texts, each with what it was made of; those of which that is not known are no base. */
export function planMerge(texts: readonly NamedText[], names: readonly NamedText[]): MergePlan {
	const planner = new Planner([...texts, ...names]);
	const merged = planner.mergedOf(texts.map(({ hash, lineage }) => ({ source: hash, lineage })));
	return merged === undefined ? { steps: [], result: undefined } : { steps: planner.steps, result: merged.source };
}

class Planner {
	readonly steps: MergeStep[] = [];
	readonly #names: readonly NamedText[];
	/** By what they were made of; `undefined`: no text, or more than one, and then it is not certain which is meant. */
	readonly #texts = new Map<string, Text | undefined>();

	constructor(names: readonly NamedText[]) {
		const known = new Map<string, NamedText>();
		for (const name of names) {
			if (name.lineage.size === 0) continue;
			const key = lineageKey(name.lineage);
			const other = known.get(key);
			known.set(key, name);
			const text: Text = { source: name.hash, lineage: name.lineage };
			this.#texts.set(key, other === undefined || other.hash === name.hash ? text : undefined);
		}
		this.#names = [...known.values()];
	}

	/**
	 * Of several, the two that have most in common are merged first, and what comes of them is made of what both were made of. Those that
	 * all have the same in common are merged at once.
	 */
	mergedOf(texts: readonly Text[]): Text | undefined {
		let left = newestOf(texts);
		for (;;) {
			const [only, ...more] = left;
			if (only === undefined || more.length === 0) return only;
			const closest = closestOf(left);
			const merged = closest && this.#merge(closest.texts, closest.common);
			if (closest === undefined || merged === undefined) return undefined;
			const { texts: of } = closest;
			left = left.flatMap((text) => (text === of[0] ? [merged] : of.includes(text) ? [] : [text]));
		}
	}

	#merge(texts: readonly Text[], common: Lineage): Text | undefined {
		const base = this.#textOf(common);
		if (base === undefined || this.steps.length >= STEPS_MAX) return undefined;
		const lineage = joinLineages(texts);
		this.steps.push({ base: base.source, of: texts.map(({ source }) => source) });
		return { source: this.steps.length - 1, lineage };
	}

	/** The text of exactly these versions. Where nobody names it, it follows from texts that are named, as what is shown does (V9). */
	#textOf(lineage: Lineage): Text | undefined {
		if (lineage.size === 0) return undefined;
		const key = lineageKey(lineage);
		if (!this.#texts.has(key)) this.#texts.set(key, this.#mergedTo(lineage));
		return this.#texts.get(key);
	}

	#mergedTo(lineage: Lineage): Text | undefined {
		if (this.#names.length > NAMES_MAX) return undefined;
		const below = newestOf(this.#names.filter((name) => includes(lineage, name.lineage)));
		if (!equalVectors(joinLineages(below), lineage)) return undefined;
		const texts = below.map((name) => this.#texts.get(lineageKey(name.lineage)));
		if (texts.includes(undefined)) return undefined;
		const sorted = texts.filter((text) => text !== undefined).sort((a, b) => compareLineages(a.lineage, b.lineage));
		return this.mergedOf(sorted);
	}
}

/** None of `texts` was made of another. */
function closestOf(texts: readonly Text[]): { readonly texts: readonly Text[]; readonly common: Lineage } | undefined {
	const [first, second] = texts;
	if (first === undefined || second === undefined) return undefined;
	const common = meetVectors(first.lineage, second.lineage);
	const isOne = texts.every((one, i) => i === 0 || texts.slice(0, i).every((other) => hasInCommon(one, other, common)));
	if (isOne) return { texts, common };
	if (texts.length > APART_MAX) return undefined;
	const pairs = texts.flatMap((one, i) =>
		texts.slice(i + 1).map((other) => ({ texts: [one, other], common: meetVectors(one.lineage, other.lineage) })),
	);
	return pairs.reduce((best, pair) => (isCloser(pair.common, best.common) ? pair : best));
}

function hasInCommon(one: Text, other: Text, common: Lineage): boolean {
	return equalVectors(meetVectors(one.lineage, other.lineage), common);
}

function isCloser(common: Lineage, than: Lineage): boolean {
	return includes(common, than) && !includes(than, common);
}
