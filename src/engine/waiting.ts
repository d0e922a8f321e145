// Keys whose plan waits for contents that are not on this device, found by key and by content.
import type { ContentHash } from "../core/hash.ts";
import type { PathKey } from "../core/path.ts";

export class Waiting {
	readonly #neededByKey = new Map<
		PathKey,
		{ readonly needed: readonly ContentHash[]; missing: readonly ContentHash[] }
	>();
	readonly #keysByMissing = new Map<ContentHash, Set<PathKey>>();
	readonly #noLongerMissed = new Set<ContentHash>();

	get size(): number {
		return this.#neededByKey.size;
	}

	has(key: PathKey): boolean {
		return this.#neededByKey.has(key);
	}

	keys(): IterableIterator<PathKey> {
		return this.#neededByKey.keys();
	}

	/** `needed`: all that the plan writes; `missing`: those of them that are not here. */
	set(key: PathKey, needed: readonly ContentHash[], missing: readonly ContentHash[]): void {
		this.delete(key);
		this.#neededByKey.set(key, { needed, missing });
		for (const hash of missing) {
			const keys = this.#keysByMissing.get(hash);
			if (keys === undefined) this.#keysByMissing.set(hash, new Set([key]));
			else keys.add(key);
			this.#noLongerMissed.delete(hash);
		}
	}

	delete(key: PathKey): void {
		for (const hash of this.#neededByKey.get(key)?.missing ?? []) {
			const keys = this.#keysByMissing.get(hash);
			keys?.delete(key);
			if (keys?.size !== 0) continue;
			this.#keysByMissing.delete(hash);
			this.#noLongerMissed.add(hash);
		}
		this.#neededByKey.delete(key);
	}

	clear(): void {
		for (const key of [...this.#neededByKey.keys()]) this.delete(key);
	}

	keysThatMiss(hash: ContentHash): readonly PathKey[] {
		return [...(this.#keysByMissing.get(hash) ?? [])];
	}

	/** Everything that some key needs, whether it is here or not. */
	needed(): ReadonlySet<ContentHash> {
		return new Set([...this.#neededByKey.values()].flatMap(({ needed }) => needed));
	}

	/** Contents that were missing and that nobody misses now, since the last call. */
	takeNoLongerMissed(): ContentHash[] {
		const hashes = [...this.#noLongerMissed];
		this.#noLongerMissed.clear();
		return hashes;
	}
}
