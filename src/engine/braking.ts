// What of a round is a deletion that may have to wait (deletions.ts): recorded files that are not there, or have become empty, and
// files that others say are deleted.
import { isFolder } from "../core/folder.ts";
import type { ContentHash } from "../core/hash.ts";
import type { OnDisk } from "../core/observe.ts";
import { pathKey, type PathKey } from "../core/path.ts";
import type { Plan } from "../core/plan.ts";
import type { Sibling } from "../core/record.ts";
import type { RecordIndex } from "../core/record-index.ts";
import type { Backlog } from "./backlog.ts";
import { authorAt } from "./batches.ts";
import type { Deletions } from "./deletions.ts";
import type { Deletion, DeletionOrigin } from "./held-deletions.ts";

export interface BrakingParts {
	readonly index: RecordIndex;
	readonly backlog: Backlog;
	readonly deletions: Deletions;
}

type Look = ReadonlyMap<PathKey, OnDisk | undefined>;

/** Keys of `look` at which a recorded file is gone, and whose deletion has to wait. Those that are wanted back are made so. */
export function heldAbsences(look: Look, { index, backlog, deletions }: BrakingParts): ReadonlySet<PathKey> {
	const gone: Deletion[] = [];
	const appeared = new Map<ContentHash, number>();
	for (const [key, now] of look) {
		if (now === undefined) continue;
		const emptied = emptiedAt(index, key, now);
		if (emptied !== undefined) {
			// It is to be written again, over the empty one.
			if (!deletions.isWanted(key)) gone.push({ ...emptied, key, isMissing: true, by: "" });
			continue;
		}
		deletions.noteShown(key);
		if (recordedAt(index, key)?.hash !== now.hash) appeared.set(now.hash, (appeared.get(now.hash) ?? 0) + 1);
	}
	for (const [key, now] of look) {
		if (now !== undefined) continue;
		if (deletions.isWanted(key)) {
			forgetShown(index, key);
			deletions.noteForgotten(key);
		}
		if (!backlog.isKnownGone(key)) continue;
		const recorded = recordedAt(index, key);
		if (recorded !== undefined) gone.push({ ...recorded, key, isMissing: !backlog.wasReported(key), by: "" });
	}
	return admit("here", gone, appeared, deletions);
}

/** Keys of `plans` that remove what others deleted, and have to wait. */
export function heldRemovals(plans: readonly Plan[], { index, deletions }: BrakingParts): ReadonlySet<PathKey> {
	const written = new Map<ContentHash, number>();
	for (const { main } of plans) {
		if (main.kind !== "write") continue;
		const { hash } = main.version.content;
		written.set(hash, (written.get(hash) ?? 0) + 1);
	}
	return admit(
		"peer",
		plans.flatMap((plan) => removalIn(plan, index) ?? []),
		written,
		deletions,
	);
}

/** `elsewhere`: of which bytes how many files come up under other names in the same round. They were moved. */
function admit(
	origin: DeletionOrigin,
	gone: readonly Deletion[],
	elsewhere: Map<ContentHash, number>,
	deletions: Deletions,
): ReadonlySet<PathKey> {
	const counted: Deletion[] = [];
	for (const deletion of gone) {
		const left = elsewhere.get(deletion.hash) ?? 0;
		elsewhere.set(deletion.hash, left - 1);
		if (left > 0) deletions.noteMoved(origin, deletion.key);
		else counted.push(deletion);
	}
	return counted.length === 0 ? NONE : deletions.admit(origin, counted);
}

/** Whether it would change the vault. */
export function isTouching({ main, copiesToWrite, copiesToRespell, copiesToRemove }: Plan): boolean {
	return main.kind !== "keep" || copiesToWrite.length + copiesToRespell.length + copiesToRemove.length > 0;
}

const NONE: ReadonlySet<PathKey> = new Set();

function removalIn({ key, main, copiesToWrite }: Plan, index: RecordIndex): Deletion | undefined {
	if (main.kind !== "remove") return undefined;
	const { path, hash, size } = main.expected;
	// Shown under another name from now on.
	if (copiesToWrite.some(({ version }) => version.content.hash === hash)) return undefined;
	const { epoch } = index.state;
	// Somebody on this device takes something back. Who only dealt with a conflict copy left a tombstone that was made of nothing.
	const takesBack = ({ dot, content, ancestors }: Sibling): boolean =>
		dot.epoch === epoch && (content !== undefined || ancestors.length > 0);
	if (index.get(key)?.record.siblings.some(takesBack) === true) return undefined;
	return { key, path, hash, size, isMissing: false, by: authorAt(index, key).name };
}

/**
 * What was in a file that has nothing in it any more. Single ones people empty; many at once are what a crash leaves, or a cloud
 * that shows files which are not on this disk.
 */
export function emptiedAt(
	index: RecordIndex,
	key: PathKey,
	now: OnDisk | undefined,
): Pick<Deletion, "path" | "hash" | "size"> | undefined {
	if (now?.size !== 0 || isFolder(now) || index.ownerOf(key) !== undefined) return undefined;
	const recorded = recordedAt(index, key);
	return recorded !== undefined && recorded.size > 0 ? recorded : undefined;
}

function recordedAt(index: RecordIndex, key: PathKey): Pick<Deletion, "path" | "hash" | "size"> | undefined {
	const owner = index.ownerOf(key);
	if (owner === undefined) {
		const { hash, path, size, leftOut } = index.entryOrAbsent(key).disk;
		// It took no part until now, and nobody deletes what takes no part.
		if (leftOut !== undefined) return undefined;
		return hash === undefined || path === undefined ? undefined : { path, hash, size };
	}
	const entry = index.entryOrAbsent(owner);
	if (entry.disk.leftOut !== undefined) return undefined;
	const copy = entry.disk.copies.find(({ path }) => pathKey(path) === key);
	if (copy === undefined) return undefined;
	const { path, hash } = copy;
	const version = entry.record.siblings.find(({ content }) => content?.hash === hash);
	return { path, hash, size: version?.content?.size ?? 0 };
}

/** Nobody has dealt with it: to be shown again, as if it never had been. */
function forgetShown(index: RecordIndex, key: PathKey): void {
	const owner = index.ownerOf(key);
	if (owner !== undefined) {
		const entry = index.entryOrAbsent(owner);
		const copies = entry.disk.copies.filter(({ path }) => pathKey(path) !== key);
		index.put({ ...entry, disk: { ...entry.disk, copies } });
	}
	const entry = index.get(key);
	if (entry?.disk.hash === undefined) return;
	index.put({ ...entry, disk: { ...entry.disk, hash: undefined, size: 0, path: undefined, token: undefined } });
}
