// The Clock port over Node's timers.
import type { Clock } from "../../src/engine/ports/clock.ts";

/** Longer delays overflow Node's 32-bit timers and would fire at once. */
const TIMER_MS_MAX = 2 ** 31 - 1;

export const nodeClock: Clock = {
	now: () => Date.now(),
	monotonic: () => performance.now(),
	schedule(delayMs, run) {
		const timer = setTimeout(run, Math.min(Math.max(delayMs, 0), TIMER_MS_MAX));
		return () => {
			clearTimeout(timer);
		};
	},
};
