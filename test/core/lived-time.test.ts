// How long a replica has lived, whatever the wall clock says.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ALIVE_GAP_MAX_MS, bornAt, CALENDAR_GAP_MAX_MS, pass } from "../../src/core/lived-time.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const T0 = 1_800_000_000_000;

describe("the time that a replica has lived", () => {
	test("[T2] is what the program ran, when the wall clock agrees", () => {
		const after = pass(bornAt(T0), T0 + HOUR_MS, HOUR_MS);
		expect(after).toEqual({ aliveMs: HOUR_MS, calendarMs: HOUR_MS, wallMs: T0 + HOUR_MS });
	});

	test("[T2] has of a time in which it was off half a day at most, and for the silence of others up to 30 days", () => {
		const night = pass(bornAt(T0), T0 + 9 * HOUR_MS, HOUR_MS);
		expect([night.aliveMs, night.calendarMs]).toEqual([9 * HOUR_MS, 9 * HOUR_MS]);
		const month = pass(bornAt(T0), T0 + 20 * DAY_MS, 0);
		expect([month.aliveMs, month.calendarMs]).toEqual([ALIVE_GAP_MAX_MS, 20 * DAY_MS]);
		const years = pass(bornAt(T0), T0 + 2000 * DAY_MS, 0);
		expect([years.aliveMs, years.calendarMs]).toEqual([ALIVE_GAP_MAX_MS, CALENDAR_GAP_MAX_MS]);
	});

	test("[T2] counts a clock that jumps back and forth once", () => {
		let lived = bornAt(T0);
		for (let i = 0; i < 20; i++) {
			lived = pass(lived, T0 + 3650 * DAY_MS, 1000);
			lived = pass(lived, T0 - 3650 * DAY_MS, 1000);
		}
		expect(lived.aliveMs).toBe(ALIVE_GAP_MAX_MS + 40 * 1000);
	});

	test("[T2 I20] never goes back, and is no more than what ran and half a day for each step", () => {
		const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 4e12 }), fc.nat(DAY_MS)), { maxLength: 20 });
		fc.assert(
			fc.property(steps, (all) => {
				let lived = bornAt(T0);
				for (const [wallMs, ranMs] of all) {
					const next = pass(lived, wallMs, ranMs);
					expect(next.aliveMs).toBeGreaterThanOrEqual(lived.aliveMs + ranMs);
					expect(next.aliveMs).toBeLessThanOrEqual(lived.aliveMs + ranMs + ALIVE_GAP_MAX_MS);
					expect(next.calendarMs).toBeGreaterThanOrEqual(next.aliveMs - lived.aliveMs + lived.calendarMs);
					expect(next.wallMs).toBeGreaterThanOrEqual(lived.wallMs);
					lived = next;
				}
			}),
		);
	});
});
