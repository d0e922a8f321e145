// The numbers that a device never gives to an act, over all its runs.
import { describe, expect, test } from "vitest";
import {
	isLeftOut,
	isOfAnotherLife,
	LEFT_OUT_NUMBERS_MAX,
	NUMBERS_LEFT_OUT,
	withLeftOut,
	type LeftOutNumbers,
} from "../../src/core/left-out-numbers.ts";

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

describe("two numbers of one device", () => {
	const run = (gaps: number, acts: number): number => gaps * NUMBERS_LEFT_OUT + acts;

	test("[S9] are of one life in one run, and where each later run goes on counting", () => {
		expect(isOfAnotherLife(run(3, 7), run(3, 8))).toBe(false);
		for (const gaps of [1, 2, 4_096]) expect(isOfAnotherLife(run(3, 7), run(3 + gaps, 8))).toBe(false);
		// More acts than there are numbers between two runs.
		expect(isOfAnotherLife(run(3, NUMBERS_LEFT_OUT - 1), run(5, NUMBERS_LEFT_OUT + 2))).toBe(false);
	});

	test("[S9] are of one where the earlier is the later, or nothing is known of the device", () => {
		for (const later of [0, run(3, 6), run(3, 7)]) expect(isOfAnotherLife(run(3, 7), later)).toBe(false);
	});

	test("[S9] are of two where a later run has counted no more acts than the earlier one", () => {
		for (const acts of [1, 6, 7]) expect(isOfAnotherLife(run(3, 7), run(4, acts))).toBe(true);
		expect(isOfAnotherLife(run(3, NUMBERS_LEFT_OUT + 2), run(5, NUMBERS_LEFT_OUT - 1))).toBe(true);
		// A life of many acts.
		expect(isOfAnotherLife(run(3, 7), run(4, 7 + NUMBERS_LEFT_OUT / 2))).toBe(false);
		// Whoever did more in the later one cannot be told from who went on.
		expect(isOfAnotherLife(run(3, 7), run(4, 8))).toBe(false);
	});
});
