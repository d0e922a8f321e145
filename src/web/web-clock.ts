// The Clock port over the platform's timers: browsers, Obsidian and Node.
import type { Clock } from "../engine/ports/clock.ts";

/** Longer delays overflow the platform's 32-bit timers and would fire at once. */
const TIMER_MS_MAX = 2 ** 31 - 1;

// The same names in a page and in Node, where there is no window to find them on.
const [start, cancel] = [setTimeout, clearTimeout];

export const webClock: Clock = {
	now: () => Math.floor(Date.now()),
	monotonic: () => performance.now(),
	schedule(delayMs, run) {
		const timer = start(run, Math.min(Math.max(delayMs, 0), TIMER_MS_MAX));
		return () => {
			cancel(timer);
		};
	},
};
