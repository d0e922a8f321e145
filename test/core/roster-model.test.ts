// Who belongs is computed with sets, walks that go on where another ended, and answers that are kept. All of that has to come to what the
// plain reading of the rules says, which is in test/support/roster-model.
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Bits } from "../../src/core/bits.ts";
import { ENTRIES_MAX, ROTATIONS_MAX } from "../../src/core/roster/entry.ts";
import { Lineage } from "../../src/core/roster/lineage.ts";
import { rosterOf, type Roster } from "../../src/core/roster/roster.ts";
import { heavyRosters } from "../support/heavy-rosters.ts";
import { anyRoster } from "../support/random-rosters.ts";
import { rosterOf as plainRosterOf } from "../support/roster-model/roster.ts";

type Method = (this: unknown, ...given: unknown[]) => unknown;

/** With the order of everything that has one. */
function written(roster: Roster | undefined): unknown {
	return (
		roster && {
			...roster,
			members: [...roster.members],
			gone: [...roster.gone],
			keys: [...roster.keys],
			epochs: [...roster.epochs],
		}
	);
}

test("[K1] is what the plain reading of the rules says, for rosters of any shape", () => {
	const seen = { removed: 0, several: 0, needing: 0, waiting: 0 };
	const run = (length: number, numRuns: number): void => {
		fc.assert(
			fc.property(anyRoster(length), ({ entries, root }) => {
				const roster = rosterOf(entries, root);
				expect(written(roster)).toEqual(written(plainRosterOf(entries, root)));
				if (roster === undefined) return;
				if (roster.gone.size > 0) seen.removed++;
				if (roster.keys.size > 3) seen.several++;
				if (roster.needsRotation) seen.needing++;
				if ([...roster.members.values()].some(({ isWaiting }) => isWaiting)) seen.waiting++;
			}),
			{ numRuns },
		);
	};
	run(12, 200);
	run(60, 150);
	expect(Math.min(...Object.values(seen)), JSON.stringify(seen)).toBeGreaterThan(10);
});

test.each(Object.entries(heavyRosters))("[K1] is what the plain reading of the rules says, for %s", (_, make) => {
	const { entries, root } = make(1 / 10);
	expect(written(rosterOf(entries, root))).toEqual(written(plainRosterOf(entries, root)));
});

describe("the largest rosters that somebody can make others take", () => {
	const methods = [Bits.prototype, Lineage.prototype].flatMap((of) =>
		Object.entries(Object.getOwnPropertyDescriptors(of)).flatMap(([name, { value }]) =>
			typeof value === "function" && name !== "constructor" ? [{ of, name, run: value as Method }] : [],
		),
	);
	let calls = 0;
	beforeEach(() => {
		calls = 0;
		for (const { of, name, run } of methods) {
			const value = function (this: unknown, ...given: unknown[]): unknown {
				calls++;
				return run.apply(this, given);
			};
			Object.defineProperty(of, name, { value, configurable: true, writable: true });
		}
	});
	afterEach(() => {
		for (const { of, name, run } of methods)
			Object.defineProperty(of, name, { value: run, configurable: true, writable: true });
	});

	test.each(Object.entries(heavyRosters))("[K20] take a bounded number of steps to see who belongs: %s", (_, make) => {
		const { entries, root } = make();
		expect(rosterOf(entries, root)?.members.size).toBeGreaterThan(0);
		expect(calls).toBeGreaterThan(entries.size);
		// A step for each pair of an entry and a new key, ten times over: each is a look at one number or at a set of 40 words.
		expect(calls).toBeLessThan(10 * (ENTRIES_MAX + ROTATIONS_MAX) * ROTATIONS_MAX);
	});
});
