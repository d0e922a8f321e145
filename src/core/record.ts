// What is known of one path: a dotted version-vector set. Joining two records is commutative, associative and idempotent;
// no version disappears from it except by a version that covers it. Rules R1–R8 of readme/SPEC.md.
import type { ContentHash } from "./hash.ts";
import type { ReplicaEpoch } from "./ids.ts";
import type { Lineage, NamedText } from "./lineage.ts";
import type { PathKey, VaultPath } from "./path.ts";
import { compareDots, covers, equalDots, joinVectors, type Dot, type VersionVector } from "./version-vector.ts";

/** One version of the file at a path that no other version known here covers. */
export interface Sibling {
	readonly dot: Dot;
	/** Lamport number: larger than that of every version its author had before them. Decides the winner, never a clock. */
	readonly lamport: number;
	/** `undefined`: a tombstone, the version that says deleted. */
	readonly content: { readonly hash: ContentHash; readonly size: number } | undefined;
	/** Itself, and the versions that it was made of; not those that its author had before them and left as they were. */
	readonly lineage: Lineage;
	/**
	 * Texts that this version was made on top of, newest first, at most ANCESTORS_MAX: what was on show when it was made, then what that
	 * was made of. Versions are merged from the one that is made of exactly what they have in common.
	 */
	readonly ancestors: readonly NamedText[];
	/** The path in its author's spelling. */
	readonly path: VaultPath;
	/** Name of the device, for people. */
	readonly author: string;
	/** The file's own mtime, for a tombstone the time of deletion: whole ms. For people, never for order. */
	readonly mtimeMs: number;
	/** Found by a first scan or spun off by the engine, not known to be newer than what others know. */
	readonly imported: boolean;
}

export interface PathRecord {
	/** The causal context: every dot of this path that is known, superseded ones included. */
	readonly context: VersionVector;
	/** Sorted by dot. */
	readonly siblings: readonly Sibling[];
	/**
	 * Hashes of contents that were superseded at some time: sorted, at most SUPERSEDED_MAX, the smallest ones. It says
	 * something about imported versions only (view.ts): what a person saves again is current, whatever it was before.
	 */
	readonly superseded: readonly ContentHash[];
}

export const SUPERSEDED_MAX = 16;
export const ANCESTORS_MAX = 16;
/** Of one lineage. */
export const LINES_MAX = 64;
/** With so many, a version goes on from a text as if it had been made of nothing. Fewer, so that all that go on from it do so. */
export const LINES_KEPT_MAX = 48;
/** Whole ms; the end of the year 9999. Beyond it, hosts disagree on what a date is. */
export const MTIME_MS_MAX = 253_402_300_799_999;
/** Beyond it, Lamport numbers stay equal and the rest of the order decides: no device can be counted out of the numbers. */
export const LAMPORT_MAX = 2 ** 48 - 1;

export interface KeyedRecord {
	readonly key: PathKey;
	readonly record: PathRecord;
}

/** The record of a path of which there is none: what there was of it is among the deletions that are forgotten. */
export function absentRecord(forgotten: VersionVector): PathRecord {
	return { context: forgotten, siblings: [], superseded: [] };
}

export function joinRecords(a: PathRecord, b: PathRecord): PathRecord {
	const siblings = [
		...a.siblings.filter((s) => hasDot(b, s) || !covers(b.context, s.dot)),
		...b.siblings.filter((s) => !hasDot(a, s) && !covers(a.context, s.dot)),
	].sort((x, y) => compareDots(x.dot, y.dot));
	return {
		context: joinVectors(a.context, b.context),
		siblings,
		superseded: joinSuperseded(a, b, siblings),
	};
}

/**
 * What `own` is with `told`, by the device that counts in `epoch`. It may tell of an act of its own that counts as superseded here by a later
 * one of its own which it does not know. It was told before that one, and came after it by another way: then that brought along what is
 * old. Or that device has an older state, and uses numbers twice: it is about to find out, and tells of the act under another number.
 * So its bytes do not become old by that.
 */
export function joinTold(own: PathRecord, told: PathRecord, epoch: ReplicaEpoch | undefined): PathRecord {
	const joined = joinRecords(own, told);
	if (epoch === undefined || (own.context.get(epoch) ?? 0) <= (told.context.get(epoch) ?? 0)) return joined;
	const isOvertaken = ({ dot }: Sibling): boolean => dot.epoch === epoch && covers(own.context, dot);
	const overtaken = told.siblings.filter((sibling) => isOvertaken(sibling) && !hasDot(own, sibling));
	const spared = new Set(overtaken.map(({ content }) => content?.hash));
	const gone = own.siblings.filter((sibling) => !hasDot(joined, sibling)).map(({ content }) => content?.hash);
	const isOld = (hash: ContentHash): boolean => [...own.superseded, ...told.superseded, ...gone].includes(hash);
	return { ...joined, superseded: joined.superseded.filter((hash) => !spared.has(hash) || isOld(hash)) };
}

/**
 * `record` where somebody has no record of that path: all of it that they ever knew was deleted, and is among what is forgotten there.
 * To forget a deletion is no act: beside a version that it hides it stays, or who forgot it would show what the others do not.
 */
export function joinForgotten(record: PathRecord, forgotten: VersionVector): PathRecord {
	const joined = joinRecords(record, absentRecord(forgotten));
	const tombstones = record.siblings.filter((s) => s.content === undefined && !hasDot(joined, s));
	if (tombstones.length === 0 || !isLive(joined)) return joined;
	const siblings = [...joined.siblings, ...tombstones].sort((x, y) => compareDots(x.dot, y.dot));
	return { ...joined, siblings };
}

/** Whether `record` can teach somebody who knows `knowledge` anything. */
export function isNewTo(record: PathRecord, knowledge: VersionVector): boolean {
	for (const [epoch, counter] of record.context) if ((knowledge.get(epoch) ?? 0) < counter) return true;
	return false;
}

export function isLive(record: PathRecord): boolean {
	return record.siblings.some((sibling) => sibling.content !== undefined);
}

/** Whether two records say the same: dots of siblings decide, their attributes follow from the dots. */
export function equalRecords(a: PathRecord, b: PathRecord): boolean {
	return (
		a.siblings.length === b.siblings.length &&
		a.siblings.every((sibling, i) => {
			const other = b.siblings[i];
			return other !== undefined && equalDots(sibling.dot, other.dot);
		}) &&
		joinVectors(a.context, b.context) === a.context &&
		joinVectors(b.context, a.context) === b.context &&
		a.superseded.length === b.superseded.length &&
		a.superseded.every((hash, i) => hash === b.superseded[i])
	);
}

export function nextLamport(record: PathRecord): number {
	const largest = record.siblings.reduce((max, sibling) => Math.max(max, sibling.lamport), 0);
	return Math.min(LAMPORT_MAX, largest + 1);
}

/** `record` knowing that `hash` is superseded. */
export function withSuperseded(record: PathRecord, hash: ContentHash): PathRecord {
	return record.superseded.includes(hash) ? record : { ...record, superseded: smallest([...record.superseded, hash]) };
}

/** Whether `hash` is among what is superseded, or may have been cut off there. */
export function mayBeSuperseded({ superseded }: PathRecord, hash: ContentHash): boolean {
	const largest = superseded.at(-1);
	return superseded.includes(hash) || (superseded.length === SUPERSEDED_MAX && largest !== undefined && hash > largest);
}

export function hasDot(record: PathRecord, sibling: Sibling): boolean {
	return record.siblings.some((other) => equalDots(other.dot, sibling.dot));
}

function joinSuperseded(a: PathRecord, b: PathRecord, siblings: readonly Sibling[]): ContentHash[] {
	const hashes = new Set([...a.superseded, ...b.superseded]);
	// By dot and not by hash: what happens to another version of equal bytes must not make the order of joins matter.
	for (const { dot, content } of [...a.siblings, ...b.siblings]) {
		if (content !== undefined && !siblings.some((s) => equalDots(s.dot, dot))) hashes.add(content.hash);
	}
	return smallest([...hashes]);
}

// The smallest ones, so that cutting keeps the join commutative, associative and idempotent.
function smallest(hashes: ContentHash[]): ContentHash[] {
	return hashes.sort().slice(0, SUPERSEDED_MAX);
}
