// What a run is not judged by, because no engine could do otherwise: each excuse as narrow as what it is for.
import { includes, type VersionVector } from "../../src/core/version-vector.ts";
import type { PathKey } from "../../src/core/path.ts";
import type { PathRecord } from "../../src/core/record.ts";
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
	const forgotten = new Map<PathKey, VersionVector[]>();
	for (const note of noted) {
		if (note.kind === "replaced") continue;
		const { entries, state } = note.batch;
		for (const key of note.batch.forgotten) forgotten.set(key, [...(forgotten.get(key) ?? []), state.forgotten]);
		for (const { key, record } of entries)
			if ((forgotten.get(key) ?? []).some((frontier) => hidesAnewFor(record, frontier))) return true;
	}
	return false;
}

/** It holds a version that who forgot up to `frontier` has never heard of, and that is hidden by a deletion which they forgot. */
function hidesAnewFor({ siblings, superseded }: PathRecord, frontier: VersionVector): boolean {
	const isKnown = ({ dot }: PathRecord["siblings"][number]): boolean =>
		includes(frontier, new Map([[dot.epoch, dot.counter]]));
	const isHidden = siblings.some(
		(each) => each.imported && each.content !== undefined && superseded.includes(each.content.hash) && !isKnown(each),
	);
	return isHidden && siblings.some((each) => each.content === undefined && isKnown(each));
}
