// Is this too much at once? How many deletions need a person's word before they are told to others, or applied here.
// Pure: what counts as one, and what is done with it, is engine/deletions.ts. Rules D1–D3, D12 of readme/SPEC.md.

/** Deletions of the last minute count together. */
export const DELETIONS_WINDOW_MS = 60_000;
export const MAX_DELETES_DEFAULT = 20;

/** What went in one go, files that were only moved not counted. */
export interface Deletions {
	/** Files that were there before. */
	readonly files: number;
	/** How many went, however that was found out. */
	readonly deleted: number;
	/** Those of them that a scan did not find, and that nobody had reported. */
	readonly missing: number;
	/** This is another folder than the one that they were in. */
	readonly isOtherFolder?: boolean;
}

/** Why a person is asked. */
export type BrakeRule =
	/** Many files are not there, and nobody saw them go: another program, a disk, a mistake of ours. */
	| "missing"
	/** More than half of the vault was deleted within a minute. */
	| "deleted"
	/** Hardly anything is left: this is perhaps not even the folder that it was. */
	| "emptied";

/**
 * `near`: not too much yet, but the next ones are perhaps part of the same, so it is better to wait until it is over. `elsewhere`: what is
 * missing was perhaps never in this folder, so it was not deleted, and is to be written again.
 */
export type Judgement = BrakeRule | "elsewhere" | "near" | "fine";

/** A vault this small may be emptied. */
const SMALL_VAULT_FILES = 5;
/** So few are deleted without a look at what comes next. */
const FEW = 5;

/** `maxDeletes`: 0 turns `missing` and `deleted` off, and nothing turns `emptied` off. */
export function judgeDeletions(
	{ files, deleted, missing, isOtherFolder = false }: Deletions,
	maxDeletes: number,
): Judgement {
	const limits = limitsFor(files, maxDeletes, isOtherFolder);
	if (deleted > limits.emptied) return "emptied";
	// A disk, a copy, a backup that lacks the newest notes: whoever put it there has deleted nothing.
	if (isOtherFolder && deleted > 0) return "elsewhere";
	if (deleted > limits.deleted) return "deleted";
	if (missing > limits.missing) return "missing";
	const isNear = (count: number, limit: number): boolean => count > FEW && count > limit / 4;
	const nearest = Math.min(limits.emptied, limits.deleted);
	return isNear(deleted, nearest) || isNear(missing, limits.missing) ? "near" : "fine";
}

/** The most that may go without a question. */
function limitsFor(files: number, maxDeletes: number, isOtherFolder: boolean): Readonly<Record<BrakeRule, number>> {
	const share = (part: number): number =>
		maxDeletes === 0 ? Infinity : Math.max(maxDeletes, Math.floor(files * part));
	return {
		missing: share(0.1),
		deleted: share(0.5),
		// Left is to be at least a tenth.
		emptied: files > SMALL_VAULT_FILES || isOtherFolder ? files - Math.ceil(files / 10) : Infinity,
	};
}
