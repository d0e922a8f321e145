// Which earlier versions of this device somebody may go on from without the later ones.
import { describe, expect, test } from "vitest";
import type { TextWithPast } from "../../src/core/ancestors.ts";
import { crossingsOf, ShownTexts } from "../../src/core/crossings.ts";
import { lineageKey, type NamedText } from "../../src/core/lineage.ts";
import { pathKey } from "../../src/core/path.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { hashOf, lineageOf, namedText, type TextInWords } from "../support/records.ts";

const made = (text: string, lineage: string, ...ancestors: readonly TextInWords[]): TextWithPast => ({
	hash: hashOf(text),
	lineage: lineageOf(lineage),
	ancestors: ancestors.map(namedText),
});
/** What this device showed: its own versions, and texts that it merged, each with its own version in it. */
const shown = (...versions: readonly (TextWithPast | readonly [lineage: string, own: TextWithPast])[]) => {
	const byText = new Map(
		versions.map((each) => {
			const [lineage, own] = "hash" in each ? [each.lineage, each] : [lineageOf(each[0]), each[1]];
			return [lineageKey(lineage), own] as const;
		}),
	);
	return ({ lineage }: NamedText): TextWithPast | undefined => byText.get(lineageKey(lineage));
};

describe("versions of this device that the other one had not seen", () => {
	const first: TextInWords = ["first", "f1"];
	const [one, two] = [made("mine 1", "f1 a1", first), made("mine 2", "f1 a1-2", ["mine 1", "f1 a1"], first)];
	const three = made("mine 3", "f1 a1-3", ["mine 2", "f1 a1-2"]);

	test("[O12] are those back to what both have", () => {
		const versions = shown(one, two);
		const theirs = made("theirs", "f1 b1", first);
		expect(crossingsOf(three, theirs, versions)).toEqual([two, one]);
		expect(crossingsOf(three, made("theirs", "f1 a1-2 b1"), versions)).toEqual([]);
		expect(crossingsOf(one, theirs, versions)).toEqual([]);
		expect(crossingsOf(two, made("theirs", "e1"), versions)).toEqual([]);
		expect(crossingsOf(made("mine", "a1"), made("theirs", "b1"), versions)).toEqual([]);
	});

	test("[O12] go on behind a text that this device merged with its own version in it, and end where that is not known", () => {
		const own = made("mine 3", "f1 a1-3 b1", ["merged", "f1 a1-2 b1"]);
		const other = made("theirs 2", "f1 b1-2", ["theirs 1", "f1 b1"]);
		expect(crossingsOf(own, other, shown(["f1 a1-2 b1", two], one))).toEqual([two, one]);
		expect(crossingsOf(own, other, shown(["f1 a1-2 b1", two]))).toEqual([two]);
		expect(crossingsOf(own, other, shown(two, one))).toEqual([]);
	});

	test("[O12] are six at most", () => {
		const versions = Array.from({ length: 10 }, (_, i) => {
			const number = String(9 - i);
			return made(`mine ${number}`, `f1 a1-${number}`, [`mine ${String(8 - i)}`, `f1 a1-${String(8 - i)}`]);
		});
		const last = made("mine 10", "f1 a1-10", ["mine 9", "f1 a1-9"]);
		const crossings = crossingsOf(last, made("theirs", "f1 b1"), shown(...versions));
		expect(crossings).toEqual(versions.slice(0, 6));
	});
});

const KEY = pathKey(testPath("note.md"));

test("[O12] what a shown text was made of is remembered, of the newest texts", () => {
	const texts = new ShownTexts();
	const [own, merged] = [made("mine", "f1 a1", ["first", "f1"]), namedText(["merged", "f1 a1 b1"])];
	const between = [namedText(["x", "f1 b1"])];
	texts.noteMerged(KEY, merged, own, between);
	expect(texts.betweenIn(KEY, merged)).toEqual(between);
	expect(texts.versionIn(KEY, merged)).toEqual(own);
	expect(texts.betweenIn(KEY, undefined)).toEqual([]);
	// Of the same bytes at another time, and in another note, it says nothing.
	expect(texts.versionIn(KEY, namedText(["merged", "f1 a1-2 b1"]))).toBeUndefined();
	expect(texts.versionIn(pathKey(testPath("other.md")), merged)).toBeUndefined();
	texts.noteMade(KEY, own);
	expect(texts.versionIn(KEY, own)).toEqual(own);
	expect(texts.betweenIn(KEY, own)).toEqual([]);
	for (let i = 1; i <= 255; i++) texts.noteMade(KEY, made(String(i), `c1-${String(i)}`));
	expect(texts.versionIn(KEY, merged)).toBeUndefined();
	expect(texts.versionIn(KEY, namedText(["1", "c1"]))).toBeDefined();
});
