// What is listed of what was there before: the versions of one note, and notes that are gone. Pure.
import { pathKey, toVaultPath } from "../../core/path.ts";
import type { KeptVersion } from "../../engine/history.ts";

/** Newest first. */
export function versionsToShow(versions: readonly KeptVersion[]): readonly KeptVersion[] {
	return versions.toReversed();
}

/** Of each note that is not there now the version that was deleted last, newest first. `isThere`: whether something stands at a path. */
export function deletedNotes(
	versions: readonly KeptVersion[],
	isThere: (path: string) => boolean,
): readonly KeptVersion[] {
	const last = new Map<string, KeptVersion>();
	for (const version of versions) {
		const key = keyOf(version.path);
		// In the order of its last change.
		last.delete(key);
		last.set(key, version);
	}
	return [...last.values()].filter(({ reason, path }) => reason === "deleted" && !isThere(path)).toReversed();
}

function keyOf(path: string): string {
	const parsed = toVaultPath(path);
	return parsed.ok ? pathKey(parsed.path) : path;
}
