// Bounded concurrency: the one way the engine does many things at once.

/** libuv has four threads; more files in flight keep them busy through the waits for the disk. */
export const FILES_IN_FLIGHT = 16;

/**
 * Runs `work` on every item, at most `limit` at a time. When one rejects, no further item begins, and its error is thrown once
 * those that had begun are over: nothing goes on behind the caller's back.
 */
export async function forEachBounded<T>(
	items: readonly T[],
	limit: number,
	work: (item: T) => Promise<void>,
): Promise<void> {
	let next = 0;
	let failed = false;
	const worker = async (): Promise<void> => {
		while (next < items.length && !failed) {
			const item = items[next++] as T;
			try {
				await work(item);
			} catch (error) {
				failed = true;
				throw error;
			}
		}
	};
	const workers = Array.from({ length: Math.min(limit, items.length) }, worker);
	await Promise.allSettled(workers);
	await Promise.all(workers);
}
