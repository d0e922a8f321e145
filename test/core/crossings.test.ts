// Which earlier versions of this device somebody may go on from without the later ones.
import { describe, expect, test } from "vitest";
import { ancestorsOf } from "../../src/core/ancestors.ts";
import { crossingsOf, MergedTexts, type Made } from "../../src/core/crossings.ts";
import { EMPTY_VECTOR } from "../../src/core/version-vector.ts";
import { hashOf, recordOf, versionOf } from "../support/records.ts";

const made = (text: string, ...ancestors: readonly string[]): Made => ({
	hash: hashOf(text),
	ancestors: ancestors.map(hashOf),
});
const theirs = (text: string, ...ancestors: readonly string[]) => ({
	content: { hash: hashOf(text), size: text.length },
	ancestors: ancestors.map(hashOf),
});
const none = (): undefined => undefined;
const pairs = (crossings: ReturnType<typeof crossingsOf>) => crossings.map(({ hash, base }) => [hash, base]);

describe("versions of this device that the other one had not seen", () => {
	test("[O12] are those back to what both have, each with what it has in common with the other's", () => {
		const own = made("mine 3", "mine 2", "mine 1", "first");
		expect(pairs(crossingsOf(own, theirs("theirs", "first"), none))).toEqual([
			[hashOf("mine 2"), hashOf("first")],
			[hashOf("mine 1"), hashOf("first")],
		]);
		expect(crossingsOf(own, theirs("theirs", "mine 2", "mine 1", "first"), none)).toEqual([]);
		expect(crossingsOf(made("mine 1", "first"), theirs("theirs", "first"), none)).toEqual([]);
		expect(crossingsOf(made("mine 2", "mine 1"), theirs("theirs", "another"), none)).toEqual([]);
		expect(crossingsOf(made("mine"), theirs("theirs"), none)).toEqual([]);
	});

	test("[O12] go on behind a text that this device merged with its own part of it, of which alone the past is known", () => {
		const own = made("mine 3", "merged", "mine 2", "theirs 1", "mine 1", "first");
		const partIn = (hash: string): Made | undefined =>
			hash === hashOf("merged") ? made("mine 2", "mine 1", "first") : undefined;
		expect(pairs(crossingsOf(own, theirs("theirs 2", "theirs 1", "first"), partIn))).toEqual([
			[hashOf("mine 2"), hashOf("first")],
			[hashOf("mine 1"), hashOf("first")],
		]);
	});

	test("[O12] are six at most", () => {
		const texts = Array.from({ length: 10 }, (_, i) => `mine ${String(9 - i)}`);
		const own = made("mine 10", ...texts, "first");
		expect(crossingsOf(own, theirs("theirs", "first"), none).map(({ hash }) => hash)).toEqual(
			texts.slice(0, 6).map(hashOf),
		);
	});
});

test("[O12] what a merged text was made of is remembered, of the newest texts", () => {
	const texts = new MergedTexts();
	const part = theirs("mine", "first");
	texts.noteBetween(hashOf("unknown"), [hashOf("x")]);
	expect(texts.betweenIn(hashOf("unknown"))).toEqual([]);
	texts.note(hashOf("merged"), part);
	texts.noteBetween(hashOf("merged"), [hashOf("x"), hashOf("y")]);
	texts.note(hashOf("merged"), part);
	expect(texts.betweenIn(hashOf("merged"))).toEqual([hashOf("x"), hashOf("y")]);
	expect(texts.ownPartIn(hashOf("merged"))).toEqual(made("mine", "first"));
	expect(texts.betweenIn(undefined)).toEqual([]);
	for (let i = 0; i < 256; i++) texts.note(hashOf(String(i)), part);
	expect(texts.ownPartIn(hashOf("merged"))).toBeUndefined();
	expect(texts.ownPartIn(hashOf("0"))).toBeDefined();
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
