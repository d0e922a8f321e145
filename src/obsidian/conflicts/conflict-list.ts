// Which conflicts there are to be decided: those that the engine tells of, and copies that have become files of their own because somebody
// wrote on in the note. They look the same to a person, and ask for the same. Pure.
import { pathKey, toVaultPath } from "../../core/path.ts";
import type { ConflictCopy } from "../../engine/status.ts";
import { fileOfCopy, originOf } from "./copy-name.ts";

export interface ConflictEntry {
	/** The note. */
	readonly path: string;
	/** The file beside it that holds the other text. */
	readonly copy: string;
	/** The device that wrote the other text; `""`: not known. */
	readonly author: string;
	/** Somebody wrote on in the note since. */
	readonly isOlder: boolean;
}

/** By note, then copy. `candidates`: files that may be called as copies are; `isFile`: whether a file is at a path. */
export function conflictList(
	conflicts: readonly ConflictCopy[],
	candidates: Iterable<string>,
	isFile: (path: string) => boolean,
): readonly ConflictEntry[] {
	const entries = conflicts.map(({ path, copy, author }): ConflictEntry => ({ path, copy, author, isOlder: false }));
	const known = new Set(entries.map(({ copy }) => keyOf(copy)));
	for (const copy of candidates) {
		const path = fileOfCopy(copy);
		if (path === undefined || known.has(keyOf(copy)) || !isFile(path)) continue;
		entries.push({ path, copy, author: originOf(copy)?.author ?? "", isOlder: true });
	}
	return entries.sort((a, b) => compare(a.path, b.path) || compare(a.copy, b.copy));
}

function keyOf(path: string): string {
	const parsed = toVaultPath(path);
	return parsed.ok ? pathKey(parsed.path) : path;
}

function compare(a: string, b: string): number {
	return a < b ? -1 : a > b ? 1 : 0;
}
