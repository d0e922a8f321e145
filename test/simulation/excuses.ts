// What a run is not judged by, because no engine could do otherwise: each excuse as narrow as what it is for.
import { covers, type VersionVector } from "../../src/core/version-vector.ts";
import type { PathKey } from "../../src/core/path.ts";
import type { PathRecord } from "../../src/core/record.ts";
import { notHidden } from "../../src/core/view.ts";
import { NO_DEVICE_HAS_IT } from "../../src/engine/absent-versions.ts";
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
	return nowhere.has(path) && held.some((each) => each.path === path && each.reason === NO_DEVICE_HAS_IT);
}

/**
 * Whether a deletion that hides an old version (V4) was forgotten by one device, while another one that had been away, and
 * retired, brought just that version to the others: then roots differ for a while, and show what is to be repaired (R8).
 */
export function wasHidingForgotten(noted: readonly Noted[]): boolean {
	const last = new Map<string, PathRecord>();
	const forgotten = new Map<PathKey, Forgotten[]>();
	for (const note of noted) {
		if (note.kind === "replaced") continue;
		const { entries, state } = note.batch;
		for (const key of note.batch.forgotten) {
			const record = last.get(`${note.device} ${key}`);
			if (record === undefined) continue;
			forgotten.set(key, [...(forgotten.get(key) ?? []), { record, frontier: state.forgotten }]);
		}
		for (const { key, record } of entries) {
			last.set(`${note.device} ${key}`, record);
			if ((forgotten.get(key) ?? []).some((each) => hidesAnewFor(record, each))) return true;
		}
	}
	return false;
}

interface Forgotten {
	readonly record: PathRecord;
	readonly frontier: VersionVector;
}

/** It holds a version that who forgot has never heard of, and that is hidden for the deletion which they forgot. */
function hidesAnewFor(record: PathRecord, { record: { siblings: deletions }, frontier }: Forgotten): boolean {
	const shown = new Set(notHidden(record));
	const isHidden = record.siblings.some((each) => !shown.has(each) && !covers(frontier, each.dot));
	return isHidden && deletions.some(({ dot }) => covers(record.context, dot));
}
