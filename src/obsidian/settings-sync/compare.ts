// What is to become of one setting, from what is here, what the group has, and what both were when they last went together. Pure.
// Rules OS4–OS6 of readme/SPEC.md.
import type { ContentHash } from "../../core/hash.ts";

/** What was here and what the group had when a person last said that they go together; the two may differ (community plugins). */
export interface Agreed {
	readonly mine: string;
	readonly theirs: string;
}

export interface Sides {
	/** Of the app's own file; `undefined`: there is none. */
	readonly mine: ContentHash | undefined;
	readonly theirs: ContentHash | undefined;
	readonly agreed: Agreed | undefined;
	/** Whether a person removes such a file, as a snippet; others the app makes anew, so one that is gone says nothing. */
	readonly isRemovable: boolean;
}

/** For a person to review. */
export type Change =
	/** There is none here. */
	| "new"
	| "changed"
	/** Here too, or it was never the same. */
	| "both"
	| "removed";
export type Verdict = "agree" | "nothing" | "send" | "send-removal" | Change;

export function verdictOn({ mine, theirs, agreed, isRemovable }: Sides): Verdict {
	if (mine === theirs) return mine === undefined ? "nothing" : "agree";
	const isMineNew = mine !== agreed?.mine;
	const isTheirsNew = theirs !== agreed?.theirs;
	// An edit outlives a removal that had not seen it.
	if (theirs === undefined) return agreed !== undefined && !isMineNew ? "removed" : "send";
	if (mine === undefined) return agreed !== undefined && !isTheirsNew && isRemovable ? "send-removal" : "new";
	if (!isTheirsNew) return isMineNew ? "send" : "nothing";
	return isMineNew ? "both" : "changed";
}
