// Contents that history and bases must not let go of: wanted, and nowhere else on this device. Rules H5, X10 of readme/SPEC.md.
import { FOLDER } from "../core/folder.ts";
import type { ContentHash } from "../core/hash.ts";
import { textsToMerge } from "../core/merge-view.ts";
import type { RecordIndex } from "../core/record-index.ts";
import type { Worth } from "./bases.ts";

export function neededOf(index: RecordIndex): ReadonlySet<ContentHash> {
	const needed = new Set<ContentHash>();
	for (const { record, intent } of index.entries()) {
		for (const { content } of record.siblings) {
			if (content !== undefined && index.locationsOf(content.hash).length === 0) needed.add(content.hash);
		}
		// A step under way may still need what it writes.
		if (intent?.hash !== undefined) needed.add(intent.hash);
		for (const { hash } of intent?.copies ?? []) needed.add(hash);
	}
	needed.delete(FOLDER);
	return needed;
}

/** What the bases are kept for. */
export function worthOf(index: RecordIndex): Worth {
	const needed = new Set(neededOf(index));
	const useful = new Set<ContentHash>();
	for (const { record, disk } of index.entries()) {
		if (disk.hash !== undefined) useful.add(disk.hash);
		for (const { content, ancestors } of record.siblings) {
			if (content === undefined) continue;
			useful.add(content.hash);
			for (const { hash } of ancestors) useful.add(hash);
		}
	}
	for (const entry of index.contestedEntries()) {
		for (const hash of textsToMerge(index.candidateAt(entry.key))) needed.add(hash);
		const shown = index.viewAt(entry).winner?.content.hash;
		if (shown !== undefined) needed.add(shown);
	}
	return { needed, useful };
}
