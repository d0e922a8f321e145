// Which versions are merged, from what, and what the view is then.
import { describe, expect, test } from "vitest";
import { mergeCandidate, mergedView, mergeSignature, textsToMerge } from "../../src/core/merge-view.ts";
import type { PathRecord } from "../../src/core/record.ts";
import { viewOf } from "../../src/core/view.ts";
import { hashOf, recordOf, versionOf, type TextInWords } from "../support/records.ts";

const candidateOf = (...siblings: readonly ReturnType<typeof v>[]) => {
	const record = recordOf(siblings);
	return mergeCandidate(record, viewOf(record));
};
const v = (dot: string, text: string, ancestors: readonly TextInWords[] = [], more: { path?: string } = {}) =>
	versionOf(dot, { text, ancestors, ...more });
/** Contents by their text, what came of a step by its number. */
const stepsOf = (...siblings: readonly ReturnType<typeof v>[]) => candidateOf(...siblings)?.steps;
const step = (base: string | number, ...of: readonly (string | number)[]) => {
	const source = (each: string | number) => (typeof each === "string" ? hashOf(each) : each);
	return { base: source(base), of: of.map(source) };
};
const FIRST: TextInWords = ["first", "f1"];
const SECOND: TextInWords = ["second", "f1-2"];
const THIRD: TextInWords = ["third", "f1-3"];

describe("what versions are merged from", () => {
	test("[V7] is the text of what all of them were made of, whoever names it", () => {
		expect(stepsOf(v("a1", "x", [SECOND, FIRST]), v("b1", "y", [SECOND]))).toEqual([step("second", "x", "y")]);
		expect(stepsOf(v("a1", "x", [THIRD, SECOND]), v("b1", "y", [SECOND, FIRST]))).toEqual([step("second", "x", "y")]);
		// One made more saves than there are places in its list.
		expect(stepsOf(v("a1", "x", [THIRD]), v("b1", "y", [SECOND]))).toEqual([step("second", "x", "y")]);
		expect(stepsOf(v("a1", "x", [SECOND]), v("b1", "y", [SECOND]), v("c1", "z", [SECOND]))).toEqual([
			step("second", "x", "y", "z"),
		]);
		expect(candidateOf(v("a1", "x", [SECOND]), v("b1", "y", [SECOND]))?.result).toBe(0);
	});

	test("[V7] is not another time at which somebody had the same text before them", () => {
		// One took back what made the second of the first, which the other had seen, and wrote on.
		const back: TextInWords = ["first", "f1-3"];
		expect(stepsOf(v("a1", "x", [back, SECOND, FIRST]), v("b1", "y", [SECOND, FIRST]))).toEqual([
			step("second", "x", "y"),
		]);
		expect(stepsOf(v("a1", "x", [back]), v("b1", "y", [FIRST]))).toEqual([step("first", "x", "y")]);
	});

	test("[V7] is nothing where it is not known, or two texts are named for it", () => {
		expect(candidateOf(v("a1", "x"), v("b1", "y"))).toMatchObject({ steps: [], result: undefined });
		expect(candidateOf(v("a1", "x", ["first"]), v("b1", "y", ["first"]))?.result).toBeUndefined();
		expect(candidateOf(v("a1", "x", [FIRST]), v("b1", "y", [["other", "e1"]]))?.result).toBeUndefined();
		expect(candidateOf(v("a1", "x", [THIRD]), v("b1", "y", [["theirs", "f1-2 e1"]]))?.result).toBeUndefined();
		const pair = [v("a1", "x", [FIRST]), v("b1", "y", [FIRST])];
		expect(candidateOf(...pair, v("c1", "z", [["another", "f1"]]))?.result).toBeUndefined();
	});

	test("[V7 V9] is merged itself, where they have in common what nobody showed", () => {
		const mine = v("a1", "x", [["a and B", "f1 d1 e1-2"], ["a", "f1 d1"], ["B", "f1 e1-2"], FIRST]);
		const theirs = v("b1", "y", [["A and b", "f1 d1-2 e1"], ["A", "f1 d1-2"], ["b", "f1 e1"], FIRST]);
		// Both have the first version in the line of d, and the first in that of e.
		expect(stepsOf(mine, theirs)).toEqual([step("first", "a", "b"), step(0, "x", "y")]);
		expect(textsToMerge(candidateOf(mine, theirs))).toEqual(["first", "a", "b"].map(hashOf));
	});

	test("[V7] merges first those that have most in common", () => {
		const [b, c] = [v("b1", "y", [SECOND, FIRST]), v("c1", "z", [SECOND, FIRST])];
		expect(stepsOf(v("a1", "x", [FIRST]), b, c)).toEqual([step("second", "y", "z"), step("first", "x", 0)]);
		expect(stepsOf(b, v("c1", "x", [FIRST]), v("d1", "z", [SECOND]))).toEqual([
			step("second", "y", "z"),
			step("first", 0, "x"),
		]);
		const [d, e] = [v("d1", "p", [THIRD, SECOND]), v("e1", "q", [THIRD])];
		expect(stepsOf(v("a1", "x", [FIRST]), v("c1", "z", [["mine", "f1-2 c9"], SECOND]), d, e)).toEqual([
			step("third", "p", "q"),
			step("second", "z", 0),
			step("first", "x", 1),
		]);
	});

	test("[V7] is a version itself, when another was made of it", () => {
		const candidate = candidateOf(v("a1", "x", [FIRST]), v("b2", "y", [["x", "f1 a1"], FIRST]));
		expect(candidate).toMatchObject({ steps: [], result: hashOf("y") });
	});

	test("[V3 V7] counts every way in which somebody came to the same bytes", () => {
		expect(stepsOf(v("a1", "x", [FIRST]), v("b1", "y", [FIRST]), { ...v("c1", "y"), lamport: 9 })).toEqual([
			step("first", "x", "y"),
		]);
		// Somebody saved the same as another, from the same, who wrote on since.
		const wroteOn = v("a3", "more", [["same", "f1 a2"], FIRST]);
		expect(stepsOf(wroteOn, v("b1", "same", [FIRST]))).toEqual([step("same", "more", "same")]);
		// But not who went back to it.
		const back = v("b1", "same", [["more", "f1 a2-3"], ["same", "f1 a2"], FIRST]);
		expect(stepsOf(v("a4", "most", [["more", "f1 a2-3"]]), back)).toEqual([step("more", "most", "same")]);
		expect(candidateOf(wroteOn, v("b1", "same", ["first"]))?.result).toBeUndefined();
	});

	test("[V4 V7] what was found somewhere is not newer than the same text in anybody's past", () => {
		const found = { ...v("b1", "first"), imported: true };
		expect(stepsOf(v("a2", "x", [["first", "a1"]]), found)).toEqual([step("first", "x", "first")]);
		expect(candidateOf(v("a2", "x", [["first", "a1"]]), v("b1", "first"))?.result).toBeUndefined();
	});

	test("[V7] there is nothing to merge without two versions of a text", () => {
		expect(candidateOf(v("a1", "x"))).toBeUndefined();
		expect(candidateOf(v("a1", "x"), v("b1", "x"))).toBeUndefined();
		expect(candidateOf(v("a1", "x"), versionOf("b1", {}))).toBeUndefined();
		const picture = { path: "picture.png" };
		expect(candidateOf(v("a1", "x", [FIRST], picture), v("b1", "y", [FIRST], picture))).toBeUndefined();
	});

	test("[V7] ends soon, however many there are: those that do not all go back to the same stand beside each other", () => {
		const many = (count: number, from: (i: number) => TextInWords) =>
			candidateOf(...Array.from({ length: count }, (_, i) => v(`a${String(i + 1)}`, String(i), [from(i)])));
		expect(many(60, () => FIRST)?.steps).toHaveLength(1);
		expect(many(60, (i) => (i % 2 === 0 ? FIRST : SECOND))?.result).toBeUndefined();
	});
});

describe("the view of merged versions", () => {
	const record = recordOf([
		versionOf("a1", { text: "x", ancestors: [FIRST], mtimeMs: 2_000, author: "phone" }),
		versionOf("b1", { text: "y", ancestors: [FIRST], mtimeMs: 1_000, lamport: 2, author: "laptop" }),
	]);
	const view = viewOf(record);
	const candidate = mergeCandidate(record, view);
	if (candidate === undefined) throw new Error("two texts");

	test("[V8] is one file with the merged bytes, the winner's name and the latest time, and no copies", () => {
		const content = { hash: hashOf("x and y"), size: 7 };
		const { winner, losers, mergedFrom } = mergedView(view, candidate, { kind: "merged", content });
		expect(winner).toMatchObject({ content, path: "note.md", author: "laptop", mtimeMs: 2_000 });
		expect(losers).toEqual([]);
		expect(mergedFrom?.map(({ author }) => author)).toEqual(["phone", "laptop"]);
	});

	test("[V8] is made of all versions of its parts' bytes", () => {
		const more = recordOf([...record.siblings, v("c1", "y")]);
		const again = mergeCandidate(more, viewOf(more));
		const content = { hash: hashOf("x and y"), size: 7 };
		const merged = again && mergedView(viewOf(more), again, { kind: "merged", content });
		expect(merged?.mergedFrom?.map(({ dot }) => dot)).toEqual(more.siblings.map(({ dot }) => dot));
	});

	test("[V8] is that version, when one of them is what merging gives", () => {
		const content = { hash: hashOf("x"), size: 1 };
		expect(mergedView(view, candidate, { kind: "merged", content }).winner).toEqual(record.siblings[0]);
	});

	test("[V8] is as it was, when they cannot be merged", () => {
		expect(mergedView(view, candidate, { kind: "copies" })).toBe(view);
	});

	test("[V8] is merged anew when any of the versions, or what they were made of, is another", () => {
		const signatureOf = (other: PathRecord): string | undefined => {
			const merge = mergeCandidate(other, viewOf(other));
			return merge && mergeSignature(merge);
		};
		const [a, b] = record.siblings;
		if (a === undefined || b === undefined) throw new Error("two texts");
		expect(signatureOf(record)).toBe(mergeSignature(candidate));
		expect(signatureOf(recordOf([a, v("b1", "y")]))).not.toBe(mergeSignature(candidate));
		expect(signatureOf(recordOf([a, b, v("c1", "z", [FIRST])]))).not.toBe(mergeSignature(candidate));
	});
});
