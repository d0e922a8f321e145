// The name under which a losing version is shown beside the winner. Every part comes from the losing version itself, so all
// devices give it the same name without a word between them, and there is never a copy of a copy.
import { assert } from "./assert.ts";
import type { ContentHash } from "./hash.ts";
import type { VaultPath } from "./path.ts";
import { fileName, joinPath, parentPath, parsePath, PATH_CHARACTERS_MAX } from "./path.ts";
import { truncateUtf8, utf8Length } from "./utf8.ts";

export interface LosingVersion {
	/** The author's name for its device, as it came: it may hold anything. */
	readonly author: string;
	readonly mtimeMs: number;
	readonly hash: ContentHash;
}

/** Room below the 255 bytes that file systems take, for what they and other tools append. */
const NAME_BYTES_MAX = 240;
const AUTHOR_BYTES_MAX = 40;
/** What is longer is no extension but a part of the name. */
const EXTENSION_BYTES_MAX = 32;
/** So much of a long base name stays readable, whatever the folders above it take. */
const STEM_BYTES_MIN = 32;
const HASH_DIGITS = 8;

/** `note.md` → `note (conflict phone 2026-11-24 0a1b2c3d).md`, in the same folder. */
export function conflictCopyPath(path: VaultPath, version: LosingVersion): VaultPath {
	const [base, extension] = splitExtension(fileName(path));
	const stem = withoutSuffixes(base);
	const ending = conflictSuffix(version) + extension;
	const folder = folderWithRoom(parentPath(path), utf8Length(ending) + Math.min(utf8Length(stem), STEM_BYTES_MIN));
	const stemBytesMax = nameBytesMax(folder) - utf8Length(ending);
	// Cutting can end the name with what looks like a suffix, and taking suffixes out can bring refused neighbours together.
	const copy = joinPath(folder, withoutSuffixes(truncateUtf8(stem, stemBytesMax)) + ending);
	if (
		copy.ok &&
		isAsHidden(copy.path, path) &&
		splitExtension(fileName(copy.path))[0].length > conflictSuffix(version).length
	)
		return copy.path;
	const fallback = joinPath(folder, "note" + ending);
	assert(fallback.ok, "a conflict copy's own name is always a path");
	return fallback.path;
}

/**
 * What a conflict copy is a copy of, by its name: the suffix taken out. Near the longest names this is only the start of
 * the original's. `undefined`: it does not carry a copy's name.
 */
export function originalPath(path: VaultPath): VaultPath | undefined {
	if (!isConflictCopyName(fileName(path))) return undefined;
	const [base, extension] = splitExtension(fileName(path));
	const original = joinPath(parentPath(path), withoutSuffixes(base) + extension);
	return original.ok && isAsHidden(original.path, path) ? original.path : undefined;
}

/** Taking a suffix out may leave a name that begins with a dot. */
function isAsHidden(path: VaultPath, other: VaultPath): boolean {
	return fileName(path).startsWith(".") === fileName(other).startsWith(".");
}

export function isConflictCopyName(name: string): boolean {
	return ENDS_WITH_SUFFIX.test(splitExtension(name)[0]);
}

/** With what the hash of the version begins that a conflict copy of this name shows; `undefined`: no conflict copy's name. */
export function hashStartIn(name: string): string | undefined {
	const [base] = splitExtension(name);
	return isConflictCopyName(name) ? base.slice(-HASH_DIGITS - 1, -1) : undefined;
}

function conflictSuffix({ author, mtimeMs, hash }: LosingVersion): string {
	return ` (conflict ${safeAuthor(author)} ${utcDate(mtimeMs)} ${hash.slice(0, HASH_DIGITS)})`;
}

const SUFFIX = / \(conflict [^()]+ [0-9]{4}-[0-9]{2}-[0-9]{2} [0-9a-f]{8}\)/g;
const ENDS_WITH_SUFFIX = new RegExp(`.${SUFFIX.source}$`, "u");

function withoutSuffixes(base: string): string {
	let stem = base;
	// Taking one out can join the halves of another around it; each round makes the text shorter.
	for (let before = ""; before !== stem;) {
		before = stem;
		stem = before.replace(SUFFIX, "");
	}
	return stem;
}

function splitExtension(name: string): readonly [base: string, extension: string] {
	const dot = name.lastIndexOf(".");
	const extension = dot > 0 ? name.slice(dot) : "";
	const isExtension = /^\.[^\s()]+$/.test(extension) && utf8Length(extension) <= EXTENSION_BYTES_MAX;
	return isExtension ? [name.slice(0, dot), extension] : [name, ""];
}

/** The folder itself, or the nearest one above it whose own length leaves room for such a name. */
function folderWithRoom(folder: VaultPath | undefined, nameBytes: number): VaultPath | undefined {
	let above = folder;
	while (above !== undefined && nameBytesMax(above) < nameBytes) above = parentPath(above);
	return above;
}

// A character takes at least one byte: a name within so many bytes keeps the whole path within its characters.
function nameBytesMax(folder: VaultPath | undefined): number {
	return folder === undefined ? NAME_BYTES_MAX : Math.min(NAME_BYTES_MAX, PATH_CHARACTERS_MAX - folder.length - 1);
}

/** A device's name as part of a file name that every platform holds and that can stand in a link. */
function safeAuthor(author: string): string {
	const safe = Array.from(author.slice(0, AUTHOR_BYTES_MAX * 4).normalize("NFC"), safeCharacter).join("");
	const cut = truncateUtf8(safe.replace(/\s+/gu, " ").trim(), AUTHOR_BYTES_MAX).trim();
	return /^[- ]*$/.test(cut) ? "device" : cut;
}

function safeCharacter(character: string): string {
	if (/\s/u.test(character)) return " ";
	if (/[\\/:*?"<>|()[\]#^]/.test(character)) return "-";
	// After a digit, with which nothing composes, the path gate says whether the character itself is taken.
	return parsePath(`0${character}`).ok ? character : "-";
}

const LATEST_MS = Date.UTC(9999, 11, 31);

function utcDate(mtimeMs: number): string {
	const ms = Number.isNaN(mtimeMs) ? 0 : Math.min(Math.max(mtimeMs, 0), LATEST_MS);
	return new Date(ms).toISOString().slice(0, 10);
}
