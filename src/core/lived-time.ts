// How long this replica has lived, by two clocks of its own: what may be forgotten hangs on them, so a wall clock that is
// wrong or jumps must not make anything old early. They order nothing. Rule T2 of readme/SPEC.md.

export interface LivedTime {
	/** For the age of deletions: what the program ran, and of each time between, at most half a day. */
	readonly aliveMs: number;
	/** For the silence of others: the same, with at most 30 days of each time between. */
	readonly calendarMs: number;
	/** The latest wall time that was ever counted: what a clock goes back and forth again does not count twice. */
	readonly wallMs: number;
}

const HOUR_MS = 3_600_000;
export const ALIVE_GAP_MAX_MS = 12 * HOUR_MS;
export const CALENDAR_GAP_MAX_MS = 30 * 24 * HOUR_MS;

export function bornAt(wallMs: number): LivedTime {
	return { aliveMs: 0, calendarMs: 0, wallMs };
}

/** `ranMs`: what the program counted itself since the last call. What the wall clock is ahead of that, it slept or was off. */
export function pass(lived: LivedTime, wallMs: number, ranMs: number): LivedTime {
	const gapMs = Math.max(0, wallMs - lived.wallMs - ranMs);
	return {
		aliveMs: lived.aliveMs + ranMs + Math.min(gapMs, ALIVE_GAP_MAX_MS),
		calendarMs: lived.calendarMs + ranMs + Math.min(gapMs, CALENDAR_GAP_MAX_MS),
		wallMs: Math.max(lived.wallMs, wallMs),
	};
}
