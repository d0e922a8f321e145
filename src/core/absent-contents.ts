// Versions whose bytes no device that can be reached has: their author was lost before anybody fetched them, or is away. What there
// is of the path is shown without them, and nobody counts as having seen them, until somebody brings the bytes. Rules V12, X11,
// X15 of readme/SPEC.md.
import { isMadeOf } from "./ancestors.ts";
import type { ContentHash } from "./hash.ts";
import type { PathKey } from "./path.ts";
import type { PathRecord, Sibling } from "./record.ts";
import { covers, EMPTY_VECTOR, withDots, type VersionVector } from "./version-vector.ts";
import { isLiveSibling, isStale } from "./view.ts";

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
 * before. All of it, where nothing else would be left, or where who sees the rest would count as having seen what is absent; a
 * deletion that hides nothing then is left out rather. What is known to be old and stands elsewhere for want of anything else (X16) is
 * no reason to take away what this disk shows, `shown`. `isInTheWay`: what would stay for want of anything else has to go (X15). So
 * has what somebody deleted who had seen it.
 */
export function obtainablePart(
	record: PathRecord,
	absent: ReadonlySet<ContentHash> | undefined,
	seen: VersionVector,
	isInTheWay = false,
	shown?: ContentHash,
): PathRecord {
	if (absent === undefined) return record;
	const isAbsent = ({ content }: Sibling): boolean => content !== undefined && absent.has(content.hash);
	const missing = record.siblings.filter(isAbsent);
	const isSeenWith = ({ dot }: Sibling): boolean => missing.some((s) => covers(withDots(EMPTY_VECTOR, [dot]), s.dot));
	// In what was to be shown here, both lead to it, and what is shown is the later one.
	const isOlder = (s: Sibling): boolean =>
		isStale(record, s) &&
		missing.some(({ ancestors }) => {
			const at = ancestors.findIndex(({ hash }) => hash === shown);
			return at >= 0 && ancestors.findIndex(({ hash }) => hash === s.content?.hash) > at;
		});
	const siblings = record.siblings.filter((s) => !isAbsent(s) && !isOlder(s) && (isLiveSibling(s) || !isSeenWith(s)));
	const isDeleted = siblings.some((s) => !isLiveSibling(s) && shown !== undefined && isMadeOf(s, shown));
	if (missing.length === 0 || !(isInTheWay || isDeleted || siblings.some(isLiveSibling))) return record;
	const context = withDots(
		seen,
		siblings.map(({ dot }) => dot),
	);
	return missing.some(({ dot }) => covers(context, dot)) ? record : { ...record, siblings, context };
}

function addTo<K, V>(sets: Map<K, Set<V>>, key: K, value: V): void {
	const set = sets.get(key);
	if (set === undefined) sets.set(key, new Set([value]));
	else set.add(value);
}
