// Which versions are merged, from what, and what the view is then.
import { describe, expect, test } from "vitest";
import { CUT } from "../../src/core/ancestors.ts";
import { mergeCandidate, mergedView, mergeSignature } from "../../src/core/merge-view.ts";
import type { PathRecord } from "../../src/core/record.ts";
import { viewOf } from "../../src/core/view.ts";
import { hashOf, recordOf, versionOf } from "../support/records.ts";

const baseOf = (record: PathRecord): string | undefined => mergeCandidate(record, viewOf(record))?.steps.at(-1)?.base;
const v = (dot: string, text: string, ancestors: readonly string[] = [], more: { path?: string } = {}) =>
	versionOf(dot, { text, ancestors, ...more });

describe("what versions are merged from", () => {
	test("[V7] is the newest content that all of them were made on top of", () => {
		expect(baseOf(recordOf([v("a1", "x", ["2", "1"]), v("b1", "y", ["2", "1"])]))).toBe(hashOf("2"));
		expect(baseOf(recordOf([v("a1", "x", ["3", "2", "1"]), v("b1", "y", ["2", "1"])]))).toBe(hashOf("2"));
		expect(baseOf(recordOf([v("a1", "x", ["2", "1"]), v("b1", "y", ["2"]), v("c1", "z", ["2"])]))).toBe(hashOf("2"));
	});

	test("[V7] is nothing where they do not agree on which is the newest, nor where something is left out right behind it", () => {
		expect(baseOf(recordOf([v("a1", "x", ["2", "1"]), v("b1", "y", ["1", "2"])]))).toBeUndefined();
		const pair = [v("a1", "x", ["2", "1"]), v("b1", "y", ["1", "2"])];
		expect(baseOf(recordOf([...pair, v("c1", "z", ["2"])]))).toBeUndefined();
		const cut = (ancestors: readonly string[]) => ({
			...v("b1", "y", ancestors),
			ancestors: [...ancestors.map(hashOf), CUT],
		});
		expect(baseOf(recordOf([v("a1", "x", ["2", "1"]), cut(["2", "1"])]))).toBe(hashOf("2"));
		expect(baseOf(recordOf([v("a1", "x", ["3", "1"]), cut(["2", "1"])]))).toBeUndefined();
	});

	test("[V7] merges first those that have something newer in common than all have", () => {
		const stepsOf = (...siblings: readonly ReturnType<typeof v>[]) => {
			const record = recordOf(siblings);
			return mergeCandidate(record, viewOf(record))?.steps;
		};
		const step = (base: string, ...of: readonly number[]) => ({ base: hashOf(base), of });
		expect(stepsOf(v("a1", "x", ["1"]), v("b1", "y", ["1"]), v("c1", "z", ["1"]))).toEqual([step("1", 0, 1, 2)]);
		const [b, c] = [v("b1", "y", ["2", "1"]), v("c1", "z", ["2", "1"])];
		expect(stepsOf(v("a1", "x", ["1"]), b, c)).toEqual([step("2", 1, 2), step("1", 0, 3)]);
		expect(stepsOf(b, v("c1", "x", ["1"]), v("d1", "z", ["2", "1"]))).toEqual([step("2", 0, 2), step("1", 3, 1)]);
		const [d, e] = [v("d1", "p", ["3", "2", "1"]), v("e1", "q", ["3", "2", "1"])];
		expect(stepsOf(v("a1", "x", ["1"]), v("c1", "z", ["9", "2", "1"]), d, e)).toEqual([
			step("3", 2, 3),
			step("2", 1, 4),
			step("1", 0, 5),
		]);
	});

	test("[V7] is nothing, where they have nothing in common", () => {
		expect(baseOf(recordOf([v("a1", "x"), v("b1", "y")]))).toBeUndefined();
		expect(baseOf(recordOf([v("a1", "x", ["1"]), v("b1", "y", ["2"])]))).toBeUndefined();
	});

	test("[V7] is a version itself, when another was made on top of the same bytes", () => {
		expect(baseOf(recordOf([v("a1", "x", ["1"]), v("b2", "y", ["x", "1"])]))).toBe(hashOf("x"));
	});

	test("[V7] is not what somebody went back to", () => {
		expect(baseOf(recordOf([v("a1", "1", ["2", "1"]), v("b1", "y", ["2", "1"])]))).toBe(hashOf("2"));
	});

	test("[V7] counts every way in which somebody came to the same bytes", () => {
		const record = recordOf([
			v("a1", "x", ["1"]),
			v("b1", "y", ["1"]),
			{ ...v("c1", "y"), imported: true, lamport: 9 },
		]);
		expect(baseOf(record)).toBe(hashOf("1"));
	});

	test("[V7] there is nothing to merge without two versions of a text", () => {
		const candidate = (record: PathRecord) => mergeCandidate(record, viewOf(record));
		expect(candidate(recordOf([v("a1", "x")]))).toBeUndefined();
		expect(candidate(recordOf([v("a1", "x"), v("b1", "x")]))).toBeUndefined();
		expect(candidate(recordOf([v("a1", "x"), versionOf("b1", {})]))).toBeUndefined();
		const picture = { path: "picture.png" };
		expect(candidate(recordOf([v("a1", "x", ["1"], picture), v("b1", "y", ["1"], picture)]))).toBeUndefined();
	});
});

describe("the view of merged versions", () => {
	const record = recordOf([
		versionOf("a1", { text: "x", ancestors: ["1"], mtimeMs: 2_000, author: "phone" }),
		versionOf("b1", { text: "y", ancestors: ["1"], mtimeMs: 1_000, lamport: 2, author: "laptop" }),
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
		expect(signatureOf(recordOf([a, { ...b, ancestors: [] }]))).not.toBe(mergeSignature(candidate));
		expect(signatureOf(recordOf([a, b, v("c1", "z", ["1"])]))).not.toBe(mergeSignature(candidate));
	});
});
