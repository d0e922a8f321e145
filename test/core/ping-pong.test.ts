// When changes of a path are answers of a program to those of another, and how long they wait then.
import { describe, expect, test } from "vitest";
import type { ContentHash } from "../../src/core/hash.ts";
import { isOver, turnsAfterShowing, turnsAfterWriting, waitFor, type Turns } from "../../src/core/ping-pong.ts";
import { hashOf } from "../support/records.ts";

const MINUTE_MS = 60_000;
const mine = hashOf("mine");

/** Something is shown at `at`, and answered by `answers` after `delayMs` each. */
function row(answers: readonly ContentHash[], delayMs = 100, turnMs = 300): { turns: Turns | undefined; now: number } {
	let turns: Turns | undefined;
	let now = 0;
	for (const hash of answers) {
		now += turnMs;
		turns = turnsAfterShowing(turns, now);
		turns = turnsAfterWriting(turns, hash, now + delayMs);
	}
	return { turns, now };
}

const same = (count: number): ContentHash[] => Array.from({ length: count }, () => mine);
const others = (count: number): ContentHash[] => Array.from({ length: count }, (_, i) => hashOf(`text ${String(i)}`));
const waitAfter = (answers: readonly ContentHash[], delayMs?: number): number => {
	const { turns } = row(answers, delayMs);
	return turns === undefined ? 0 : waitFor(turns);
};

describe("answers to what came from elsewhere", () => {
	test.each([
		["five that bring the same bytes back", same(5), 0],
		["six that bring the same bytes back", same(6), 5_000],
		["59 of other bytes each", others(59), 0],
		["60 of other bytes each", others(60), 5_000],
	])("[W6] wait after so many: %s", (_, answers, wait) => {
		expect(waitAfter(answers)).toBe(wait);
	});

	test("[W6] wait twice as long each time, up to five minutes", () => {
		const turns = row(same(6)).turns;
		if (turns === undefined) throw new Error("a row");
		const waits = Array.from({ length: 9 }, (_, waits) => waitFor({ ...turns, waits }));
		expect(waits).toEqual([5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000, 300_000]);
	});

	test("[W7] are no row when they come later than ten seconds", () => {
		expect(row(same(20), 10_000).turns).toBeDefined();
		expect(row(same(20), 10_001).turns).toBeUndefined();
	});

	test("[W7] are no row when somebody goes on writing after three", () => {
		let { turns } = row(same(20));
		const { now } = row(same(20));
		for (const text of ["b", "c"]) turns = turns && turnsAfterWriting(turns, hashOf(text), now + 1_000);
		expect(turns).toBeDefined();
		expect(turns && waitFor(turns)).toBe(0);
		expect(turns && turnsAfterWriting(turns, hashOf("d"), now + 1_000)).toBeUndefined();
	});

	test("[W9] are forgotten a minute after the last was shown, and later the longer they had to wait", () => {
		const { turns, now } = row(same(6));
		if (turns === undefined) throw new Error("a row");
		expect(isOver(turns, now + MINUTE_MS)).toBe(false);
		expect(isOver(turns, now + MINUTE_MS + 1)).toBe(true);
		expect(isOver({ ...turns, waits: 7 }, now + 15 * MINUTE_MS)).toBe(false);
		expect(isOver({ ...turns, waits: 7 }, now + 17 * MINUTE_MS)).toBe(true);
		expect(turnsAfterShowing(turns, now + 2 * MINUTE_MS).answers).toBe(0);
	});
});
