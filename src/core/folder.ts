// Folders that nothing need be in. Folders with files follow from their files; one that somebody made empty is a version like a
// file's, with a mark in place of a content. Rules B1–B6 of readme/SPEC.md.
import type { ContentHash } from "./hash.ts";
import type { OnDisk } from "./observe.ts";
import { parentPath, type VaultPath } from "./path.ts";

/** In place of the hash of a content. No bytes are known whose SHA-256 it is. */
export const FOLDER = "0".repeat(64) as ContentHash;

export function isFolder(what: { readonly hash: ContentHash | undefined } | undefined): boolean {
	return what?.hash === FOLDER;
}

/** A folder as it was just looked at. Its time says nothing that anybody keeps. */
export function folderOnDisk(path: VaultPath, nowMs = 0): OnDisk {
	return { path, hash: FOLDER, size: 0, mtimeMs: nowMs, token: "" };
}

/** Whether two spellings of one folder differ in its own name: how those above it are written is not its to say. */
export function isOtherNameBeside(a: VaultPath, b: VaultPath): boolean {
	return a !== b && parentPath(a) === parentPath(b);
}
