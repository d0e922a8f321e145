// From a record to the files that every replica shows for it. A pure function of the record: no device, clock or disk takes
// part, so every device shows the same without talking, and showing it never makes a version. Rules V1–V6 of readme/SPEC.md.
import { isFolder } from "./folder.ts";
import type { ContentHash } from "./hash.ts";
import type { PathRecord, Sibling } from "./record.ts";
import { withoutRespellings } from "./respelling.ts";

/** A sibling that carries content. */
export type LiveSibling = Sibling & { readonly content: NonNullable<Sibling["content"]> };

export interface View {
	/** What stands at the path; `undefined`: nothing. */
	readonly winner: LiveSibling | undefined;
	/** What stands beside it as conflict copies: one per distinct content, best first. */
	readonly losers: readonly LiveSibling[];
	/** The versions that `winner` is the merged text of (merge-view.ts); `undefined`: it is a version as somebody saved it. */
	readonly mergedFrom?: readonly LiveSibling[];
}

export function viewOf(record: PathRecord): View {
	const { live, spelling } = withoutRespellings(notHidden(record).filter(isLiveSibling));
	// An empty folder gives its name up to a file, and is never shown beside one.
	const files = live.filter(({ content }) => !isFolder(content));
	const [best, ...losers] = onePerContent(files.length > 0 ? files : live).sort((a, b) => compareRank(b, a));
	return { winner: best && spelling !== undefined ? { ...best, path: spelling } : best, losers };
}

/** Without what a first scan found and is known to be old, where there is anything else. A tombstone is: then nothing is left. */
export function notHidden(record: PathRecord): readonly Sibling[] {
	const fresh = record.siblings.filter((each) => !isStale(record, each));
	return fresh.length > 0 ? fresh : record.siblings;
}

/** A first scan found it, or a device brought it back for want of anything else (X16), and it is known to be old. */
export function isStale({ superseded }: PathRecord, { imported, content }: Sibling): boolean {
	return imported && content !== undefined && superseded.includes(content.hash);
}

export function isLiveSibling(sibling: Sibling): sibling is LiveSibling {
	return sibling.content !== undefined;
}

function onePerContent(siblings: readonly LiveSibling[]): LiveSibling[] {
	const best = new Map<ContentHash, LiveSibling>();
	for (const sibling of siblings) {
		const other = best.get(sibling.content.hash);
		if (other === undefined || compareRank(sibling, other) > 0) best.set(sibling.content.hash, sibling);
	}
	return [...best.values()];
}

/** Total order of versions: Lamport number, then replica epoch, then hash, then counter. The largest wins. */
export function compareRank(a: LiveSibling, b: LiveSibling): number {
	if (a.lamport !== b.lamport) return a.lamport - b.lamport;
	if (a.dot.epoch !== b.dot.epoch) return a.dot.epoch < b.dot.epoch ? -1 : 1;
	if (a.content.hash !== b.content.hash) return a.content.hash < b.content.hash ? -1 : 1;
	return a.dot.counter - b.dot.counter;
}
