// What two devices remember of the last time they met, each for itself: where it differs, one of them has an older state, or is
// a copy. It names the meeting by number and by a token that only these two programs can have had. Rules S10, S11 of readme/SPEC.md.
import type { DeviceId, ReplicaEpoch } from "./ids.ts";

export interface LinkMark {
	/** How many times two programs of theirs have met. Whose disk was full may have counted one more. */
	readonly number: number;
	/** 32 hex digits; of those who have never met, zeros. */
	readonly token: string;
}

export interface Link {
	readonly current: LinkMark;
	/** The one before, until the other is known to have written down the current one. */
	readonly before: LinkMark | undefined;
}

/**
 * By the other's name (`linkName`), each with the own epoch that it was made in: in another life, nobody has ever met. What is from
 * before devices were told apart is under the other's epoch alone.
 */
export type Links = ReadonlyMap<string, { readonly own: ReplicaEpoch; readonly link: Link }>;

/** One life of another device. Its id is proved and its epoch is said, so one that says another's must not come between those two. */
export interface Met {
	readonly deviceId: DeviceId;
	readonly epoch: ReplicaEpoch;
}

export function linkName({ deviceId, epoch }: Met): string {
	return epoch + deviceId;
}

export const LINKS_MAX = 256;
export const NEVER_MET: Link = { current: { number: 0, token: "0".repeat(32) }, before: undefined };

export type Comparison =
	| "agree"
	/** Whose memory is behind is not the one whose state it was any more. */
	| "own-is-older"
	| "other-is-older"
	| "both-are-older";

/** The same on both sides, but for who is who. */
export function compareLinks(own: Link, other: Link): Comparison {
	const isShared = marksOf(own).some((mark) => marksOf(other).some((theirs) => equalMarks(mark, theirs)));
	if (isShared) return "agree";
	if (own.current.number === other.current.number) return "both-are-older";
	return own.current.number < other.current.number ? "own-is-older" : "other-is-older";
}

/**
 * After they agreed: what to remember of this meeting. `token`: of the two programs that run now; as long as they do, it is
 * the same meeting, however often they connect.
 */
export function nextLink(own: Link, other: Link, token: string): Link {
	const isKept = other.current.token === token;
	if (own.current.token === token) return isKept && own.before !== undefined ? { ...own, before: undefined } : own;
	const common = marksOf(own).find((mark) => marksOf(other).some((theirs) => equalMarks(mark, theirs)));
	const number = isKept ? other.current.number : Math.max(own.current.number, other.current.number) + 1;
	return { current: { number, token }, before: isKept ? undefined : common };
}

function marksOf({ current, before }: Link): readonly LinkMark[] {
	return before === undefined ? [current] : [current, before];
}

function equalMarks(a: LinkMark, b: LinkMark): boolean {
	return a.token === b.token;
}
