import { describe, expect, test } from "vitest";
import { ancestorsOf, CUT, isSure } from "../../src/core/ancestors.ts";
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
			...ancestors.slice(0, ANCESTORS_MAX - 2),
			CUT,
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

	/** What is made of a text that was merged of 1 and 2, which were made of `mine` and `theirs`. */
	const madeOfMerged = (mine: readonly ContentHash[], theirs: readonly ContentHash[]): readonly ContentHash[] => {
		const record = recordOf([
			testSibling(dotOf(1, 1), 1, { ancestors: mine }),
			testSibling(dotOf(2, 1), 2, { ancestors: theirs }),
		]);
		return ancestorsOf(record, shows(12, vectorOf(dotOf(1, 1), dotOf(2, 1))), testHash(13));
	};
	const upTo = (from: number, count: number): ContentHash[] =>
		Array.from({ length: count }, (_, i) => testHash(from + i));

	test("[O8] a merged text keeps what its parts have in common, however long their own pasts are, and says where it leaves something out", () => {
		const all = madeOfMerged([...upTo(20, 13), testHash(5)], [...upTo(40, 13), testHash(5)]);
		expect(all).toHaveLength(ANCESTORS_MAX);
		expect(all.slice(0, 5)).toEqual(hashes(12, 1, 2, 20, 40));
		expect(all.slice(-5)).toEqual([testHash(24), CUT, testHash(44), CUT, testHash(5)]);
	});

	test("[O8] what all have and one part went back to is marked where what was left for it finds no place", () => {
		// 5 was left for 6 and gone back to.
		const all = madeOfMerged([...upTo(20, 13), testHash(5), testHash(6)], [...upTo(40, 13), testHash(5)]);
		expect(all.slice(-2)).toEqual([testHash(5), CUT]);
		expect(isSure(testHash(5), all)).toBe(false);
		const short = madeOfMerged([...upTo(20, 2), testHash(5), testHash(6)], [...upTo(40, 2), testHash(5)]);
		expect(short).toEqual(hashes(12, 1, 2, 20, 40, 21, 41, 6, 5));
		expect(isSure(testHash(5), short)).toBe(true);
	});

	test("[O8] what was left out stays so in what is made of it", () => {
		const cut = [...upTo(20, 3), testHash(5), CUT, testHash(7)];
		const shown = recordOf([testSibling(dotOf(1, 1), 1, { ancestors: cut })]);
		expect(ancestorsOf(shown, shows(1), testHash(13))).toEqual([testHash(1), ...cut]);
		const merged = madeOfMerged(cut, [...upTo(40, 1), testHash(5), CUT]);
		expect(merged).toEqual([...hashes(12, 1, 2, 20, 40, 21, 22, 7, 5), CUT]);
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
