// Contents that history must not let go of: wanted, and nowhere else on this device. Rule H5 of readme/SPEC.md.
import { FOLDER } from "../core/folder.ts";
import type { ContentHash } from "../core/hash.ts";
import type { RecordIndex } from "../core/record-index.ts";

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
