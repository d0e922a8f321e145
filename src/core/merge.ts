// Versions of one file that were made apart, as one file: a pure function of their bytes, the same on every device. Where it is
// not certain what the merged file should be there is none, and the versions stay side by side. Nothing is ever guessed.
// Rules M1–M13, I29 of readme/SPEC.md.
import { equalBytes } from "./bytes.ts";
import type { Work } from "./merge/difference.ts";
import { mergeCanvas, mergeSettings } from "./merge/canvas.ts";
import { mergeNote, mergeProse } from "./merge/prose.ts";
import { isContained } from "./merge/richer.ts";
import { decodeText, encodeText, mergeFlags, textsOf } from "./merge/text.ts";
import { mergeTable, mergeYaml } from "./merge/yaml.ts";
import type { VaultPath } from "./path.ts";
import { fileName } from "./path.ts";

/** Of what this file does, and from which bases: devices that would merge differently must not. It goes up with every change of a result. */
export const MERGE_VERSION = 2;

/** Of each version. */
export const MERGE_BYTES_MAX = 1024 * 1024;
/** Of the base and all versions. */
const ALL_BYTES_MAX = 8 * MERGE_BYTES_MAX;
/** Steps of comparing: about a second on a slow phone. What people do to a note takes some thousands. */
const WORK_MAX = 4_000_000;

/** Whether versions of such a file can be merged at all, judged by what a record knows. */
export function isMergeable(path: VaultPath, size: number): boolean {
	return size <= MERGE_BYTES_MAX && kindOf(path) !== undefined;
}

/**
 * The file with all that was done to `base` in any of `versions`, or `undefined`. `versions` come in the order of siblings
 * (by dot), the same on every device: of two insertions at one place the earlier sibling's comes first, and where two
 * changed what no word is in (a date, the place of a card), the last sibling's stands. Nothing else depends on it.
 */
export function mergeVersions(
	path: VaultPath,
	base: Uint8Array,
	versions: readonly Uint8Array[],
): Uint8Array | undefined {
	const kind = kindOf(path);
	const sizes = [base, ...versions].map(({ length }) => length);
	if (kind === undefined || sizes.some((size) => size > MERGE_BYTES_MAX)) return undefined;
	if (sizes.reduce((sum, size) => sum + size, 0) > ALL_BYTES_MAX) return undefined;
	const changed = versions.filter(
		(version, i) => !equalBytes(version, base) && versions.findIndex((other) => equalBytes(other, version)) === i,
	);
	const [first = base, ...others] = changed;
	const baseText = decodeText(base);
	const texts = changed.flatMap((version) => decodeText(version) ?? []);
	if (baseText === undefined || texts.length < changed.length) return undefined;
	if (others.length === 0) return first;
	const work = { left: WORK_MAX };
	if (kind === "canvas" || kind === "settings") {
		const merged = kind === "canvas" ? mergeCanvas(baseText, texts, work) : mergeSettings(baseText, texts);
		return merged === undefined ? undefined : new TextEncoder().encode(merged);
	}
	return mergeTexts(BY_LINES[kind], baseText, texts, work);
}

type LinesKind = "note" | "prose" | "table" | "yaml";
type Kind = LinesKind | "canvas" | "settings";

type MergeLines = (base: Lines, versions: readonly Lines[], work: Work) => Lines | undefined;
type Lines = readonly string[];

const BY_LINES: Readonly<Record<LinesKind, MergeLines>> = {
	note: mergeNote,
	prose: mergeProse,
	table: mergeTable,
	yaml: mergeYaml,
};

/**
 * For versions without a base in common: the index of one that has all that is in each of the others, of several the first;
 * `undefined`: there is none, or these are no texts that people write.
 */
export function richerOf(path: VaultPath, versions: readonly Uint8Array[]): number | undefined {
	const kind = kindOf(path);
	if ((kind !== "note" && kind !== "prose") || versions.some(({ length }) => length > MERGE_BYTES_MAX))
		return undefined;
	const texts = versions.map((version) =>
		decodeText(version)
			?.replace(/^\ufeff/, "")
			.split(/\r?\n/),
	);
	const index = texts.findIndex((richer) =>
		texts.every((text) => text !== undefined && richer !== undefined && (text === richer || isContained(text, richer))),
	);
	return index < 0 ? undefined : index;
}

function mergeTexts(merge: MergeLines, base: string, versions: readonly string[], work: Work): Uint8Array | undefined {
	const [old, ...texts] = textsOf(base, versions) ?? [];
	if (old === undefined) return undefined;
	const lines = merge(
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

const KINDS = new Map<string, Kind>([
	["md", "note"],
	["markdown", "note"],
	["txt", "prose"],
	["text", "prose"],
	["tex", "prose"],
	["org", "prose"],
	["csv", "table"],
	["tsv", "table"],
	["base", "yaml"],
	["yaml", "yaml"],
	["yml", "yaml"],
	["canvas", "canvas"],
	["json", "settings"],
]);

function kindOf(path: VaultPath): Kind | undefined {
	const name = fileName(path);
	const dot = name.lastIndexOf(".");
	const extension = dot > 0 ? name.slice(dot + 1) : "";
	return KINDS.get(extension.toLowerCase());
}
