// Counters per replica epoch, and the dots they count. A dot names one act of a person on one device; a version vector says
// which dots something knows of. Vectors are immutable; an operation that changes nothing returns its argument.
import type { ReplicaEpoch } from "./ids.ts";

export interface Dot {
	readonly epoch: ReplicaEpoch;
	/** 1, 2, 3 … within the epoch, over the whole vault. Never reused. */
	readonly counter: number;
}

/** No entry means 0. Counters are positive safe integers. */
export type VectorOf<Writer> = ReadonlyMap<Writer, number>;
export type VersionVector = VectorOf<ReplicaEpoch>;

/** Every device of the group, past ones and lives of their state included. */
export const VECTOR_EPOCHS_MAX = 1024;

export const EMPTY_VECTOR: VersionVector = new Map();

export function covers(vector: VersionVector, dot: Dot): boolean {
	return (vector.get(dot.epoch) ?? 0) >= dot.counter;
}

/** Whether `vector` knows everything that `other` knows. */
export function includes<Writer>(vector: VectorOf<Writer>, other: VectorOf<Writer>): boolean {
	for (const [epoch, counter] of other) if ((vector.get(epoch) ?? 0) < counter) return false;
	return true;
}

export function equalVectors<Writer>(a: VectorOf<Writer>, b: VectorOf<Writer>): boolean {
	return a.size === b.size && includes(a, b) && includes(b, a);
}

/** The least vector that includes both. */
export function joinVectors<Writer>(a: VectorOf<Writer>, b: VectorOf<Writer>): VectorOf<Writer> {
	if (includes(a, b)) return a;
	if (includes(b, a)) return b;
	const joined = new Map(a);
	for (const [epoch, counter] of b) if (counter > (joined.get(epoch) ?? 0)) joined.set(epoch, counter);
	return joined;
}

/** The greatest vector that both include. */
export function meetVectors<Writer>(a: VectorOf<Writer>, b: VectorOf<Writer>): VectorOf<Writer> {
	if (includes(b, a)) return a;
	if (includes(a, b)) return b;
	const met = new Map<Writer, number>();
	for (const [epoch, counter] of a) {
		const both = Math.min(counter, b.get(epoch) ?? 0);
		if (both > 0) met.set(epoch, both);
	}
	return met;
}

export function withDot(vector: VersionVector, dot: Dot): VersionVector {
	return covers(vector, dot) ? vector : new Map(vector).set(dot.epoch, dot.counter);
}

export function withDots(vector: VersionVector, dots: Iterable<Dot>): VersionVector {
	let joined = vector;
	for (const dot of dots) joined = withDot(joined, dot);
	return joined;
}

/** The greatest vector below `vector` that knows of none of `dots`. */
export function withoutDots(vector: VersionVector, dots: Iterable<Dot>): VersionVector {
	let without = vector;
	for (const dot of dots) {
		if (!covers(without, dot)) continue;
		const left = new Map(without);
		if (dot.counter > 1) left.set(dot.epoch, dot.counter - 1);
		else left.delete(dot.epoch);
		without = left;
	}
	return without;
}

export function equalDots(a: Dot, b: Dot): boolean {
	return a.counter === b.counter && a.epoch === b.epoch;
}

/** A total order without meaning: the same on every device. */
export function compareDots(a: Dot, b: Dot): number {
	if (a.epoch !== b.epoch) return a.epoch < b.epoch ? -1 : 1;
	return a.counter - b.counter;
}

/** Entries in the one order that is hashed and sent. */
export function sortedEntries(vector: VersionVector): [ReplicaEpoch, number][] {
	return [...vector].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
