// What the first meeting of two vaults does with a path that both have and that differs, when a person chose a side. Whoever
// loses is superseded by a version with the other's content, never merely dismissed. Rules C1–C4 of readme/SPEC.md.
import { isFolder } from "./folder.ts";
import { isOfFirstLife, type ReplicaEpoch } from "./ids.ts";
import type { IndexState } from "./record-index.ts";
import type { PathRecord, Sibling } from "./record.ts";
import { compareRank, isLiveSibling, viewOf, type LiveSibling } from "./view.ts";

/** `merge`: like any two versions made apart. */
export type FirstJoin = "merge" | "theirs" | "mine";

export const FIRST_JOINS: readonly FirstJoin[] = ["merge", "theirs", "mine"];

export interface FirstJoinVersion {
	/** The version whose content is made current again. */
	readonly like: LiveSibling;
	/** What stays beside it. All other versions that are known are superseded. */
	readonly survivors: readonly Sibling[];
}

/**
 * Whether this replica has heard of nobody but itself. One that was begun anew in another epoch has met the others before, and
 * only forgot: then nobody chooses sides.
 */
export function isFirstMeeting({ epoch, hostEpoch, knowledge }: IndexState): boolean {
	return isOfFirstLife(epoch, hostEpoch) && [...knowledge.keys()].every((known) => known === epoch);
}

/** The version that settles `record` as chosen; `undefined`: there is nothing to choose. */
export function firstJoinVersion(
	record: PathRecord,
	epoch: ReplicaEpoch,
	choice: FirstJoin,
): FirstJoinVersion | undefined {
	// An empty folder gives its name up to any file, and is no version to choose.
	const live = record.siblings
		.filter(isLiveSibling)
		.filter(({ content }) => !isFolder(content))
		.sort((a, b) => compareRank(b, a));
	const isOwn = ({ dot }: Sibling): boolean => dot.epoch === epoch;
	const own = live.find(isOwn);
	const theirs = live.find((sibling) => !isOwn(sibling));
	if (own === undefined || theirs === undefined) return undefined;
	switch (choice) {
		case "merge":
			return undefined;
		case "mine": {
			if (live.every(({ content }) => content.hash === own.content.hash)) return undefined;
			return { like: own, survivors: [] };
		}
		case "theirs": {
			// What somebody wrote here since the first scan is no old version: it stands beside theirs like any edit.
			const given = live.filter((sibling) => isOwn(sibling) && sibling.imported);
			const { winner, losers } = viewOf(record);
			const isShown = [winner, ...losers].some((shown) => shown !== undefined && given.includes(shown));
			if (!isShown || given.every(({ content }) => content.hash === theirs.content.hash)) return undefined;
			// That version alone: what else the others have stays as it is between them.
			const settled = new Set<Sibling>([...given, theirs]);
			return { like: theirs, survivors: record.siblings.filter((sibling) => !settled.has(sibling)) };
		}
	}
}
