// The numbers that a device never gives to an act, over all its runs.
import { describe, expect, test } from "vitest";
import { isLeftOut, LEFT_OUT_NUMBERS_MAX, withLeftOut, type LeftOutNumbers } from "../../src/core/left-out-numbers.ts";

describe("numbers left out", () => {
	test("[S9] are after the first and up to the last of each run, and what was done between two runs is none of them", () => {
		const all = withLeftOut(withLeftOut([], [2, 5]), [7, 9]);
		expect([1, 2, 3, 5, 6, 7, 8, 9, 10].filter((counter) => isLeftOut(all, counter))).toEqual([3, 5, 8, 9]);
	});

	test("[S9 I16] grow no longer by runs that did nothing, and the oldest are given up at the limit", () => {
		expect(withLeftOut([[2, 5]], [5, 9])).toEqual([[2, 9]]);
		let all: readonly LeftOutNumbers[] = [];
		for (let run = 1; run <= 2 * LEFT_OUT_NUMBERS_MAX; run++) all = withLeftOut(all, [10 * run, 10 * run + 5]);
		expect(all).toHaveLength(LEFT_OUT_NUMBERS_MAX);
		expect(all.at(-1)).toEqual([20 * LEFT_OUT_NUMBERS_MAX, 20 * LEFT_OUT_NUMBERS_MAX + 5]);
	});
});
