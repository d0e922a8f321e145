import { describe, expect, test } from "vitest";
import { ancestorsOf, isSure } from "../../src/core/ancestors.ts";
import type { ContentHash } from "../../src/core/hash.ts";
import type { DiskState } from "../../src/core/record-index.ts";
import { ANCESTORS_MAX } from "../../src/core/record.ts";
import { EMPTY_VECTOR } from "../../src/core/version-vector.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { dotOf, recordOf, testHash, testSibling, vectorOf } from "../support/arbitrary-records.ts";

const shows = (content: number | undefined, seen = EMPTY_VECTOR): DiskState => ({
	hash: content === undefined ? undefined : testHash(content),
	size: 1,
	path: testPath("note.md"),
	token: "t",
	seen,
	copies: [],
});
const hashes = (...contents: readonly number[]): string[] => contents.map(testHash);

describe("what a new version is made on top of", () => {
	test("[O8] nothing, where nothing is on show", () => {
		expect(ancestorsOf(recordOf([]), shows(undefined), testHash(9))).toEqual([]);
		const told = recordOf([testSibling(dotOf(1, 1), 1)]);
		expect(ancestorsOf(told, shows(undefined), testHash(9))).toEqual([]);
	});

	test("[O8] nothing either, where one was deleted: only who brings back those bytes goes on where they ended", () => {
		const deleted = testSibling(dotOf(1, 4), undefined, { ancestors: [testHash(3), testHash(2)] });
		const record = recordOf([deleted]);
		expect(ancestorsOf(record, shows(undefined), testHash(9))).toEqual([]);
		expect(ancestorsOf(record, shows(undefined), testHash(2))).toEqual([]);
		expect(ancestorsOf(record, shows(undefined), testHash(3))).toEqual(hashes(3, 2));
	});

	test("[O8] the version on show, then what that was made of", () => {
		const record = recordOf([testSibling(dotOf(1, 3), 3, { ancestors: [testHash(2), testHash(1)] })]);
		expect(ancestorsOf(record, shows(3), testHash(9))).toEqual(hashes(3, 2, 1));
	});

	test("[O8] at most so many, the newest", () => {
		const ancestors = Array.from({ length: ANCESTORS_MAX }, (_, i) => testHash(100 + ANCESTORS_MAX - i));
		const record = recordOf([testSibling(dotOf(1, 9), 9, { ancestors })]);
		expect(ancestorsOf(record, shows(9), testHash(10))).toEqual([
			testHash(9),
			...ancestors.slice(0, ANCESTORS_MAX - 1),
		]);
	});

	test("[O8] what is on show and superseded meanwhile still has its own past, where this run knows it, and no other's", () => {
		const merged = [testHash(6), testHash(3), testHash(4), testHash(1)];
		for (const ancestors of [merged, merged.slice(1)]) {
			const record = recordOf([testSibling(dotOf(2, 1), 7, { ancestors })]);
			const made = { hash: testHash(3), chains: [[testHash(3), testHash(2), testHash(1)]] };
			expect(ancestorsOf(record, { ...shows(3), made }, testHash(9))).toEqual(hashes(3, 2, 1));
			expect(ancestorsOf(record, shows(3), testHash(9))).toEqual(hashes(3));
		}
	});

	test("[O8] a merged text keeps what its parts have in common, however long their own pasts are", () => {
		const past = (from: number): ReturnType<typeof testHash>[] =>
			Array.from({ length: ANCESTORS_MAX - 2 }, (_, i) => testHash(from + i));
		const record = recordOf([
			testSibling(dotOf(1, 1), 1, { ancestors: [...past(20), testHash(5)] }),
			testSibling(dotOf(2, 1), 2, { ancestors: [...past(40), testHash(5)] }),
		]);
		const all = ancestorsOf(record, shows(12, vectorOf(dotOf(1, 1), dotOf(2, 1))), testHash(13));
		expect(all).toHaveLength(ANCESTORS_MAX - 1);
		expect(all.slice(0, 3)).toEqual(hashes(12, 1, 2));
		expect(all.at(-1)).toBe(testHash(5));
	});

	/** What is made of a text that was merged of 1 and 2, which were made of `mine` and `theirs`. */
	const madeOfMerged = (mine: readonly number[], theirs: readonly number[]): readonly ContentHash[] => {
		const record = recordOf([
			testSibling(dotOf(1, 1), 1, { ancestors: mine.map(testHash) }),
			testSibling(dotOf(2, 1), 2, { ancestors: theirs.map(testHash) }),
		]);
		return ancestorsOf(record, shows(12, vectorOf(dotOf(1, 1), dotOf(2, 1))), testHash(13));
	};
	const upTo = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i);

	test("[O8] a merged text does not name what all have where something was cut off that one part went back from", () => {
		const [mine, theirs] = [upTo(20, ANCESTORS_MAX - 3), upTo(40, ANCESTORS_MAX - 3)];
		// 5 was left for 6 and gone back to, and 6 finds no place.
		const all = madeOfMerged([...mine, 5, 6], [...theirs, 5]);
		expect(all.slice(0, 3)).toEqual(hashes(12, 1, 2));
		expect(all).not.toContain(testHash(5));
		expect(madeOfMerged([...mine.slice(0, 3), 5, 6], [...theirs.slice(0, 3), 5])).toEqual(
			hashes(12, 1, 2, 20, 40, 21, 41, 22, 42, 6, 5),
		);
	});

	test("[O8 V7] where what all have stands at the end of a list that is cut off, the merged text's list is as long, and that is not sure", () => {
		const all = madeOfMerged([...upTo(20, ANCESTORS_MAX - 2), 5, 4], [...upTo(40, ANCESTORS_MAX - 2), 5, 4]);
		expect(all).toHaveLength(ANCESTORS_MAX);
		expect(all.slice(-2)).toEqual(hashes(5, 4));
		expect([isSure(testHash(5), all), isSure(testHash(4), all)]).toEqual([true, false]);
		expect(isSure(testHash(4), [testHash(5), testHash(4)])).toBe(true);
	});

	test("[O8] a merged text was made of the parts that were on show, also when somebody has superseded one since", () => {
		const record = recordOf([
			testSibling(dotOf(1, 1), 1, { ancestors: [testHash(5)] }),
			testSibling(dotOf(2, 2), 3, { ancestors: [testHash(2), testHash(5)] }),
		]);
		const disk = shows(12, vectorOf(dotOf(1, 1), dotOf(2, 1)));
		const chains = [
			[testHash(1), testHash(5)],
			[testHash(2), testHash(5)],
		];
		expect(ancestorsOf(record, { ...disk, made: { hash: testHash(12), chains } }, testHash(13))).toEqual(
			hashes(12, 1, 2, 5),
		);
		// Of another text than the one on show it says nothing.
		const other = { hash: testHash(11), chains };
		expect(ancestorsOf(record, { ...disk, made: other }, testHash(13))).toEqual(hashes(12, 1, 5));
	});
});
