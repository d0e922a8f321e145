// What a device has written down: the state that its next program would begin with.
import type { PathKey } from "../../src/core/path.ts";
import { isLive } from "../../src/core/record.ts";
import { EMPTY_VECTOR, type VersionVector } from "../../src/core/version-vector.ts";
import { Journal } from "../../src/engine/journal.ts";
import { MemoryStore } from "./memory-store.ts";
import { nodeCryptoDigest } from "./node-crypto-digest.ts";

export interface KeptState {
	readonly live: readonly PathKey[];
	/** Of these it is only remembered that they were deleted. */
	readonly deleted: readonly PathKey[];
	readonly hasForgotten: boolean;
	readonly knowledge: VersionVector;
	/** What has to be known before `deleted` may be forgotten. */
	readonly contexts: ReadonlyMap<PathKey, VersionVector>;
}

export async function keptState(store: MemoryStore): Promise<KeptState> {
	const { batches } = await Journal.open(new MemoryStore(store.files()), nodeCryptoDigest);
	const isLiveAt = new Map<PathKey, boolean>();
	const contexts = new Map<PathKey, VersionVector>();
	for (const { forgotten, entries } of batches) {
		for (const key of forgotten) isLiveAt.delete(key);
		for (const { key, record } of entries) {
			isLiveAt.set(key, isLive(record));
			contexts.set(key, record.context);
		}
	}
	const keys = (live: boolean): PathKey[] => [...isLiveAt].flatMap(([key, is]) => (is === live ? [key] : []));
	const { forgotten, knowledge } = batches.at(-1)?.state ?? { forgotten: EMPTY_VECTOR, knowledge: EMPTY_VECTOR };
	return { live: keys(true), deleted: keys(false), hasForgotten: forgotten.size > 0, knowledge, contexts };
}
