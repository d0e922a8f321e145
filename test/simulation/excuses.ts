// What a run is not judged by, because no engine could do otherwise: each excuse as narrow as what it is for.
import { covers, equalDots, includes, type Dot, type VersionVector } from "../../src/core/version-vector.ts";
import { contentHashFromBytes } from "../../src/core/hash.ts";
import { pathKey, type PathKey } from "../../src/core/path.ts";
import { isOfAnotherLife } from "../../src/core/left-out-numbers.ts";
import type { PathRecord, Sibling } from "../../src/core/record.ts";
import { notHidden } from "../../src/core/view.ts";
import { NO_DEVICE_HAS_IT } from "../../src/engine/absent-versions.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { hashOf } from "../support/records.ts";
import { inPlain } from "./acts.ts";
import { nodeCryptoDigest } from "../support/node-crypto-digest.ts";
import type { Noted } from "./written-down.ts";

/**
 * Whether a device may go on showing at `path` what it had there before: the last version is `nowhere` any more (X12), and the
 * device says so.
 */
export function mayStay(
	path: string,
	nowhere: ReadonlySet<string>,
	held: readonly { readonly path: string; readonly reason: string }[],
): boolean {
	const isHere = (each: string): boolean => inPlain(each) === inPlain(path);
	return nowhere.has(inPlain(path)) && held.some((each) => isHere(each.path) && each.reason === NO_DEVICE_HAS_IT);
}

/**
 * Whether `content` may be what a write that was cut off left, where it `mayStay` because nobody has what is to replace it: the start
 * of something that was saved, or nothing of it, and never a version on any device.
 */
export function mayStayHalf(content: string, saved: ReadonlySet<string>, noted: readonly Noted[]): boolean {
	const hash = contentHashFromBytes(nodeCryptoDigest.sha256(new TextEncoder().encode(content)));
	const isVersion = (note: Noted): boolean =>
		note.kind === "batch" &&
		note.batch.entries.some(({ record }) => record.siblings.some((version) => version.content?.hash === hash));
	return [...saved].some((whole) => whole !== content && whole.startsWith(content)) && !noted.some(isVersion);
}

/**
 * Whether a deletion that hides an old version (V4) was forgotten by one device, while another one that had been away, and
 * retired, brought just that version to the others: then roots differ for a while, and show what is to be repaired (R8).
 */
export function wasHidingForgotten(noted: readonly Noted[]): boolean {
	const last = new Map<string, Written>();
	const forgotten = new Map<PathKey, Forgotten[]>();
	const written = new Map<PathKey, Written[]>();
	const states = new Map<string, { readonly at: number; readonly forgotten: VersionVector }>();
	for (const [at, note] of noted.entries()) {
		if (note.kind === "replaced") continue;
		const { device, batch } = note;
		const frontier = batch.state.forgotten;
		const before = states.get(device);
		states.set(device, { at, forgotten: frontier });
		const isHiddenSince = (key: PathKey, each: Forgotten): boolean =>
			(written.get(key) ?? []).some((other) => other.at > (before?.at ?? -1) && hidesAnewFor(other.record, each));
		const isGone = new Set<PathKey>(batch.forgotten);
		const entries = new Map(batch.entries.map(({ key, record }) => [key, record]));
		if (note.isWhole) {
			// What it leaves out and does not count as forgotten is lost.
			const isLeftOut = (each: Written): boolean =>
				each.device === device && !entries.has(each.key) && includes(frontier, each.record.context);
			for (const each of last.values()) if (isLeftOut(each)) isGone.add(each.key);
		}
		for (const [key, record] of entries) {
			const known = last.get(`${device} ${key}`)?.record;
			if (known !== undefined && before !== undefined && isForgottenFor(record, known, before.forgotten, frontier))
				isGone.add(key);
		}
		for (const key of isGone) {
			const each = last.get(`${device} ${key}`);
			if (each === undefined) continue;
			const now: Forgotten = { record: each.record, frontier };
			// On a full disk it is written down later: what others wrote since its last write may have come after it all the same.
			if (isHiddenSince(key, now)) return true;
			forgotten.set(key, [...(forgotten.get(key) ?? []), now]);
			last.delete(`${device} ${key}`);
		}
		for (const [key, record] of entries) {
			const each = { at, device, key, record };
			last.set(`${device} ${key}`, each);
			written.set(key, [...(written.get(key) ?? []), each]);
			if ((forgotten.get(key) ?? []).some((one) => hidesAnewFor(record, one))) return true;
		}
	}
	return false;
}

/**
 * Whether a device whose state was an older one told anew of `content` at `path`, as found and under another number (S14), when each of
 * the others had forgotten what became of it: it was no number that they had confirmed before that state was kept.
 */
export function wasFoundForgotten(path: string, content: string, noted: readonly Noted[]): boolean {
	const key = pathKey(testPath(path));
	const hash = hashOf(content);
	const [replaced, forgot, heard] = [new Set<string>(), new Set<string>(), new Map<string, boolean>()];
	let found: Dot | undefined;
	for (const note of noted) {
		const { device } = note;
		if (note.kind === "replaced") {
			replaced.add(device);
			continue;
		}
		const { state, entries, forgotten } = note.batch;
		const entry = entries.find((each) => each.key === key);
		if (forgotten.includes(key) || (note.isWhole && entry === undefined)) forgot.add(device);
		const versions = entry?.record.siblings.filter(({ content: of }) => of?.hash === hash) ?? [];
		const own = versions.find(({ dot, imported }) => imported && dot.epoch === state.epoch);
		if (own !== undefined && replaced.has(device)) found = own.dot;
		else if (versions.some(({ dot }) => found !== undefined && equalDots(dot, found)))
			heard.set(device, heard.get(device) ?? forgot.has(device));
		// That was forgotten of an earlier one.
		else if (versions.length > 0) forgot.delete(device);
	}
	return found !== undefined && heard.size > 0 && [...heard.values()].every(Boolean);
}

/**
 * Whether `content` gave way to what its device did in another life of it, after an older state was put back, and nobody could tell that from
 * its numbers: it had done at least as much there by then (S9). It is in history.
 */
export function gaveWayToAnotherLife(content: string, noted: readonly Noted[]): boolean {
	const hash = hashOf(content);
	const places: { readonly key: PathKey; readonly dot: Dot }[] = [];
	const replaced = new Set<string>();
	for (const note of noted) {
		if (note.kind === "replaced") {
			replaced.add(note.device);
			continue;
		}
		const { epoch } = note.batch.state;
		for (const { key, record } of note.batch.entries) {
			const isLater = ({ dot, content: other }: Sibling): boolean =>
				dot.epoch === epoch &&
				other?.hash !== hash &&
				places.some(
					(place) =>
						place.key === key &&
						place.dot.epoch === epoch &&
						place.dot.counter < dot.counter &&
						!isOfAnotherLife(place.dot.counter, dot.counter),
				);
			if (replaced.has(note.device) && record.siblings.some(isLater)) return true;
			for (const { dot, content: own } of record.siblings) if (own?.hash === hash) places.push({ key, dot });
		}
	}
	return false;
}

interface Written {
	readonly at: number;
	readonly device: string;
	readonly key: PathKey;
	readonly record: PathRecord;
}

interface Forgotten {
	readonly record: PathRecord;
	readonly frontier: VersionVector;
}

/**
 * A deletion that was known at its last write was forgotten since, and something else heard of the path, before it could write
 * again: the deletion is gone from the record, and counted among what is forgotten, which it was not before.
 */
function isForgottenFor(now: PathRecord, known: PathRecord, before: VersionVector, frontier: VersionVector): boolean {
	const isOnlyDeleted = known.siblings.every(({ content }) => content === undefined);
	return (
		isOnlyDeleted &&
		known.siblings.some(
			({ dot }) =>
				covers(frontier, dot) && !covers(before, dot) && !now.siblings.some((each) => equalDots(each.dot, dot)),
		)
	);
}

/** It holds a version that who forgot has never heard of, and that is hidden for the deletion which they forgot. */
function hidesAnewFor(record: PathRecord, { record: { siblings: deletions }, frontier }: Forgotten): boolean {
	const shown = new Set(notHidden(record));
	const isHidden = record.siblings.some((each) => !shown.has(each) && !covers(frontier, each.dot));
	return isHidden && deletions.some(({ dot }) => covers(record.context, dot));
}
