// Which earlier versions of this device somebody may go on from without the later ones.
import { describe, expect, test } from "vitest";
import { ancestorsOf } from "../../src/core/ancestors.ts";
import { crossingsOf, ShownTexts, type Made } from "../../src/core/crossings.ts";
import { pathKey } from "../../src/core/path.ts";
import { EMPTY_VECTOR } from "../../src/core/version-vector.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { hashOf, recordOf, versionOf } from "../support/records.ts";

const made = (text: string, ...ancestors: readonly string[]): Made => ({
	hash: hashOf(text),
	ancestors: ancestors.map(hashOf),
});
const theirs = (text: string, ...ancestors: readonly string[]) => ({
	content: { hash: hashOf(text), size: text.length },
	ancestors: ancestors.map(hashOf),
});
/** What this device showed: its own versions, and texts that it merged, each with its own version in it. */
const shown = (...versions: readonly (Made | readonly [merged: string, own: Made])[]) => {
	const byText = new Map(versions.map((each) => ("hash" in each ? [each.hash, each] : [hashOf(each[0]), each[1]])));
	return (hash: string): Made | undefined => byText.get(hash as Made["hash"]);
};
const pairs = (crossings: ReturnType<typeof crossingsOf>) => crossings.map(({ hash, base }) => [hash, base]);

describe("versions of this device that the other one had not seen", () => {
	const [first, second] = [made("mine 1", "first"), made("mine 2", "mine 1", "first")];

	test("[O12] are those back to what both have, each with what it has in common with the other's", () => {
		const own = made("mine 3", "mine 2", "mine 1", "first");
		const own2 = shown(first, second);
		expect(pairs(crossingsOf(own, theirs("theirs", "first"), own2))).toEqual([
			[hashOf("mine 2"), hashOf("first")],
			[hashOf("mine 1"), hashOf("first")],
		]);
		expect(crossingsOf(own, theirs("theirs", "mine 2", "mine 1", "first"), own2)).toEqual([]);
		expect(crossingsOf(first, theirs("theirs", "first"), own2)).toEqual([]);
		expect(crossingsOf(second, theirs("theirs", "another"), own2)).toEqual([]);
		expect(crossingsOf(made("mine"), theirs("theirs"), own2)).toEqual([]);
	});

	test("[O12] go on behind a text that this device merged with its own version in it, and end where that is not known", () => {
		const own = made("mine 3", "merged", "mine 2", "theirs 1", "mine 1", "first");
		const other = theirs("theirs 2", "theirs 1", "first");
		expect(pairs(crossingsOf(own, other, shown(["merged", second], first)))).toEqual([
			[hashOf("mine 2"), hashOf("first")],
			[hashOf("mine 1"), hashOf("first")],
		]);
		expect(pairs(crossingsOf(own, other, shown(["merged", second])))).toEqual([[hashOf("mine 2"), hashOf("first")]]);
		expect(crossingsOf(own, other, shown(second, first))).toEqual([]);
	});

	test("[O12] are six at most", () => {
		const texts = Array.from({ length: 10 }, (_, i) => `mine ${String(9 - i)}`);
		const versions = texts.map((text, i) => made(text, ...texts.slice(i + 1), "first"));
		const crossings = crossingsOf(made("mine 10", ...texts, "first"), theirs("theirs", "first"), shown(...versions));
		expect(crossings.map(({ hash }) => hash)).toEqual(texts.slice(0, 6).map(hashOf));
	});
});

const KEY = pathKey(testPath("note.md"));

test("[O12] what a shown text was made of is remembered, of the newest texts", () => {
	const texts = new ShownTexts();
	const [own, between] = [made("mine", "first"), [hashOf("x"), hashOf("y")]];
	texts.noteMerged(KEY, hashOf("merged"), own, between);
	expect(texts.betweenIn(KEY, hashOf("merged"))).toEqual(between);
	expect(texts.versionIn(KEY, hashOf("merged"))).toEqual(own);
	expect(texts.betweenIn(KEY, undefined)).toEqual([]);
	expect(texts.versionIn(KEY, hashOf("unknown"))).toBeUndefined();
	// Somebody saved just that: it is a version, whatever else it might be.
	texts.noteMade(KEY, made("merged", "mine"));
	texts.noteMerged(KEY, hashOf("merged"), own, between);
	expect(texts.versionIn(KEY, hashOf("merged"))).toEqual(made("merged", "mine"));
	expect(texts.betweenIn(KEY, hashOf("merged"))).toEqual([]);
	expect(texts.versionIn(pathKey(testPath("other.md")), hashOf("merged"))).toBeUndefined();
	for (let i = 0; i < 256; i++) texts.noteMade(KEY, made(String(i)));
	expect(texts.versionIn(KEY, hashOf("merged"))).toBeUndefined();
	expect(texts.versionIn(KEY, hashOf("0"))).toBeDefined();
});

test("[O8 O12] a version names them right after the text that was on show, before what that was made of", () => {
	const record = recordOf([
		versionOf("a1", { text: "mine", ancestors: ["first"] }),
		versionOf("b1", { text: "theirs", ancestors: ["first"] }),
	]);
	const disk = { hash: hashOf("merged"), size: 1, path: undefined, token: undefined, copies: [], seen: EMPTY_VECTOR };
	const chains = [
		[hashOf("mine"), hashOf("first")],
		[hashOf("theirs"), hashOf("first")],
	];
	const shown = { ...disk, made: { hash: hashOf("merged"), chains } };
	const all = ["merged", "between", "mine", "theirs", "first"].map(hashOf);
	expect(ancestorsOf(record, shown, hashOf("next"), [hashOf("between")])).toEqual(all);
	expect(ancestorsOf(record, shown, hashOf("next"))).toEqual(all.filter((hash) => hash !== hashOf("between")));
});
