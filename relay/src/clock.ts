// Time as the relay sees it, so that tests can let a minute pass at once.

export interface RelayClock {
	/** Wall time, milliseconds since 1970. */
	now(): number;
	/** Calls `run` once after `delayMs`; the returned function cancels it. */
	schedule(delayMs: number, run: () => void): () => void;
}

export const systemClock: RelayClock = {
	now: () => Date.now(),
	schedule(delayMs, run) {
		const timer = setTimeout(run, delayMs);
		return () => {
			clearTimeout(timer);
		};
	},
};

/** Calls `run` every `intervalMs` until the returned function is called. */
export function repeat(clock: RelayClock, intervalMs: number, run: () => void): () => void {
	let cancel: () => void;
	const next = (): void => {
		cancel = clock.schedule(intervalMs, () => {
			next();
			run();
		});
	};
	next();
	return () => {
		cancel();
	};
}
