// What a device gives to the others and takes from them, and the two questions that a one-way mode asks: is this a person's
// change here that nobody is told of, and does this plan show what others did? Rules C5–C10 of readme/SPEC.md.
import type { FirstJoin } from "./first-join.ts";
import { keysToObserve, type Look, type OnDisk } from "./observe.ts";
import { pathKey, type PathKey, type VaultPath } from "./path.ts";
import type { Plan } from "./plan.ts";
import type { RecordIndex } from "./record-index.ts";
import { covers } from "./version-vector.ts";

export type Mode =
	| "send-receive"
	/** What others change is recorded, and not applied here. */
	| "send-only"
	/** What is changed here stays here, and makes no version. */
	| "receive-only";

export const MODES: readonly Mode[] = ["send-receive", "send-only", "receive-only"];

/** Whether a choice for the first meeting asks for what the mode excludes. */
export function isContradiction(mode: Mode, firstJoin: FirstJoin): boolean {
	return (mode === "send-only" && firstJoin === "theirs") || (mode === "receive-only" && firstJoin === "mine");
}

/** What is different on disk from what is recorded. */
export interface LocalDifference {
	readonly key: PathKey;
	readonly path: VaultPath;
	readonly kind: "create" | "modify" | "delete";
	readonly now: OnDisk | undefined;
}

/** At `key` and at its conflict copies: what an observation would take for acts. */
export function localDifferences(index: RecordIndex, key: PathKey, look: Look): LocalDifference[] {
	return keysToObserve(index, key).flatMap((each) => {
		const now = look.get(each);
		const recorded = recordedAt(index, each);
		if (now?.hash === recorded?.hash) return [];
		const path = now?.path ?? recorded?.path;
		if (path === undefined) return [];
		const kind = now === undefined ? "delete" : recorded === undefined ? "create" : "modify";
		return [{ key: each, path, kind, now } as const];
	});
}

/**
 * Whether the group's version may be shown at `key` although the disk is not as recorded: it holds those bytes already, or the
 * file is gone and its deletion had not seen that version.
 */
export function mayShowAnyway(index: RecordIndex, key: PathKey, differences: readonly LocalDifference[]): boolean {
	const entry = index.get(key);
	if (entry === undefined || differences.some((each) => each.key !== key)) return false;
	const { winner } = index.viewAt(entry);
	if (winner === undefined) return false;
	return differences.every(({ now }) =>
		now === undefined ? !covers(entry.disk.seen, winner.dot) : now.hash === winner.content.hash,
	);
}

/** Whether `plan` changes the vault because of what others did. What somebody brings back here is not that. */
export function isOthersDoing(index: RecordIndex, plan: Plan): boolean {
	const { key, main, copiesToWrite, copiesToRespell, copiesToRemove } = plan;
	const copies = copiesToWrite.length + copiesToRespell.length + copiesToRemove.length;
	return copies > 0 || (main.kind !== "keep" && hasMoreThanShown(index, key));
}

/** Whether others did at `key` what this disk has not shown. */
export function hasMoreThanShown(index: RecordIndex, key: PathKey): boolean {
	const { record, disk } = index.entryOrAbsent(key);
	const { epoch } = index.state;
	const isKnownHere = record.siblings.every(({ dot }) => dot.epoch === epoch || covers(disk.seen, dot));
	return record.siblings.length === 0 || !isKnownHere;
}

function recordedAt(
	index: RecordIndex,
	key: PathKey,
): { readonly path: VaultPath | undefined; readonly hash: OnDisk["hash"] } | undefined {
	const owner = index.ownerOf(key);
	if (owner !== undefined) return index.get(owner)?.disk.copies.find((copy) => pathKey(copy.path) === key);
	const disk = index.get(key)?.disk;
	return disk?.hash === undefined ? undefined : { path: disk.path, hash: disk.hash };
}
