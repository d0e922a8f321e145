// Time, as the engine sees it. The only source of time in core, wire and engine.

export interface Clock {
	/** Wall time, milliseconds since 1970 (whole number). For display and mtimes only: it never orders changes. */
	now(): number;
	/** Milliseconds that only grow; their origin means nothing. */
	monotonic(): number;
	/** Calls `run` once after `delayMs`. The returned function cancels it; cancelling twice is harmless. */
	schedule(delayMs: number, run: () => void): () => void;
}

/** Resolves after `delayMs`, or rejects with the signal's reason at once when it aborts. */
export function delay(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
	return new Promise((resolve, reject) => {
		if (signal?.aborted === true) {
			reject(signal.reason);
			return;
		}
		const onAbort = (): void => {
			cancel();
			reject(signal?.reason);
		};
		const cancel = clock.schedule(delayMs, () => {
			signal?.removeEventListener("abort", onAbort);
			resolve();
		});
		signal?.addEventListener("abort", onAbort, { once: true });
	});
}
