// Versions of one file that were made apart, as one file: a pure function of their bytes, the same on every device. Where it is
// not certain what the merged file should be there is none, and the versions stay side by side. Nothing is ever guessed.
// Rules M1–M8, I29 of readme/SPEC.md.
import { equalBytes } from "./bytes.ts";
import type { Work } from "./merge/difference.ts";
import { mergeLines } from "./merge/lines.ts";
import { decodeText, encodeText, mergeFlags, textsOf } from "./merge/text.ts";
import type { VaultPath } from "./path.ts";
import { fileName } from "./path.ts";

/** Of what this file does: devices that would merge differently must not. It goes up with every change of a result. */
export const MERGE_VERSION = 1;

export const MERGE_BYTES_MAX = 1024 * 1024;
/** Some tenths of a second on a phone. */
const WORK_MAX = 20_000_000;

/** Whether versions of such a file can be merged at all, judged by what a record knows. */
export function isMergeable(path: VaultPath, size: number): boolean {
	return size <= MERGE_BYTES_MAX && kindOf(path) !== undefined;
}

/**
 * The file with all that was done to `base` in any of `versions`, or `undefined`. `versions` come in the order of siblings
 * (by dot), the same on every device: of two insertions at one place the earlier sibling's comes first. Nothing else
 * depends on it.
 */
export function mergeVersions(
	path: VaultPath,
	base: Uint8Array,
	versions: readonly Uint8Array[],
): Uint8Array | undefined {
	const kind = kindOf(path);
	if (kind === undefined || [base, ...versions].some(({ length }) => length > MERGE_BYTES_MAX)) return undefined;
	const changed = versions.filter(
		(version, i) => !equalBytes(version, base) && versions.findIndex((other) => equalBytes(other, version)) === i,
	);
	const [first = base, ...others] = changed;
	const baseText = decodeText(base);
	const texts = changed.flatMap((version) => decodeText(version) ?? []);
	if (baseText === undefined || texts.length < changed.length) return undefined;
	if (others.length === 0) return first;
	return mergeTexts(baseText, texts, { left: WORK_MAX });
}

function mergeTexts(base: string, versions: readonly string[], work: Work): Uint8Array | undefined {
	const [old, ...texts] = textsOf(base, versions) ?? [];
	if (old === undefined) return undefined;
	const lines = mergeLines(
		old.lines,
		texts.map((text) => text.lines),
		work,
	);
	if (lines === undefined) return undefined;
	const flag = (name: "hasMark" | "hasLastEnd"): boolean =>
		mergeFlags(
			old[name],
			texts.map((text) => text[name]),
		);
	return encodeText({ hasMark: flag("hasMark"), ends: old.ends, lines, hasLastEnd: flag("hasLastEnd") });
}

type Kind = "prose";

const KINDS: Readonly<Record<string, Kind>> = { md: "prose", markdown: "prose", txt: "prose" };

function kindOf(path: VaultPath): Kind | undefined {
	const extension = /\.([^.]+)$/.exec(fileName(path))?.[1]?.toLowerCase() ?? "";
	return Object.hasOwn(KINDS, extension) ? KINDS[extension] : undefined;
}
