// What a device has written down: the state that its next program would begin with.
import type { PathKey } from "../../src/core/path.ts";
import { isLive } from "../../src/core/record.ts";
import { Journal } from "../../src/engine/journal.ts";
import { MemoryStore } from "./memory-store.ts";
import { nodeCryptoDigest } from "./node-crypto-digest.ts";

export interface KeptState {
	readonly live: readonly PathKey[];
	/** Of these it is only remembered that they were deleted. */
	readonly deleted: readonly PathKey[];
	readonly hasForgotten: boolean;
}

export async function keptState(store: MemoryStore): Promise<KeptState> {
	const { batches } = await Journal.open(new MemoryStore(store.files()), nodeCryptoDigest);
	const isLiveAt = new Map<PathKey, boolean>();
	for (const { forgotten, entries } of batches) {
		for (const key of forgotten) isLiveAt.delete(key);
		for (const { key, record } of entries) isLiveAt.set(key, isLive(record));
	}
	const keys = (live: boolean): PathKey[] => [...isLiveAt].flatMap(([key, is]) => (is === live ? [key] : []));
	const forgotten = batches.at(-1)?.state.forgotten;
	return { live: keys(true), deleted: keys(false), hasForgotten: (forgotten?.size ?? 0) > 0 };
}
