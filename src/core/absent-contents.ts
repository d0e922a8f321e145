// Versions whose bytes no device that can be reached has: their author was lost before anybody fetched them, or is away. What there
// is of the path is shown without them, and nobody counts as having seen them, until somebody brings the bytes. Rules V12, X11
// of readme/SPEC.md.
import type { ContentHash } from "./hash.ts";
import type { PathKey } from "./path.ts";
import type { PathRecord } from "./record.ts";
import { covers, withDots, type VersionVector } from "./version-vector.ts";

export class AbsentContents {
	readonly #byKey = new Map<PathKey, Set<ContentHash>>();
	readonly #keys = new Map<ContentHash, Set<PathKey>>();

	/** False: that was known. */
	add(key: PathKey, hash: ContentHash): boolean {
		if (this.#byKey.get(key)?.has(hash) === true) return false;
		addTo(this.#byKey, key, hash);
		addTo(this.#keys, hash, key);
		return true;
	}

	at(key: PathKey): ReadonlySet<ContentHash> | undefined {
		return this.#byKey.get(key);
	}

	has(hash: ContentHash): boolean {
		return this.#keys.has(hash);
	}

	hashes(): readonly ContentHash[] {
		return [...this.#keys.keys()];
	}

	keysOf(hash: ContentHash): readonly PathKey[] {
		return [...(this.#keys.get(hash) ?? [])];
	}

	/** The bytes are here, or nobody asks for them any more. */
	remove(hash: ContentHash): void {
		for (const key of this.keysOf(hash)) {
			const hashes = this.#byKey.get(key);
			hashes?.delete(hash);
			if (hashes?.size === 0) this.#byKey.delete(key);
		}
		this.#keys.delete(hash);
	}
}

/**
 * What of `record` can be shown without the contents `absent`; its context is what somebody will have seen then, who had seen `seen`
 * before. All of it, where nothing else would be left, or where who sees the rest would count as having seen what is absent.
 */
export function obtainablePart(
	record: PathRecord,
	absent: ReadonlySet<ContentHash> | undefined,
	seen: VersionVector,
): PathRecord {
	if (absent === undefined) return record;
	const isAbsent = (hash: ContentHash | undefined): boolean => hash !== undefined && absent.has(hash);
	const siblings = record.siblings.filter(({ content }) => !isAbsent(content?.hash));
	if (siblings.length === record.siblings.length || !siblings.some(({ content }) => content !== undefined))
		return record;
	const context = withDots(
		seen,
		siblings.map(({ dot }) => dot),
	);
	const hidesIt = record.siblings.some(({ dot, content }) => isAbsent(content?.hash) && covers(context, dot));
	return hidesIt ? record : { ...record, siblings, context };
}

function addTo<K, V>(sets: Map<K, Set<V>>, key: K, value: V): void {
	const set = sets.get(key);
	if (set === undefined) sets.set(key, new Set([value]));
	else set.add(value);
}
