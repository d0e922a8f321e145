// Versions of a canvas → one: by the ids of its cards and arrows, and of one card by what of it was changed. Rule M11 of
// readme/SPEC.md.
import type { Work } from "./difference.ts";
import { CLASH, type Json, type JsonRules, type JsonText, mergeJson, parseJson, writeJson } from "./json.ts";
import { mergeProse } from "./prose.ts";
import { changedFrom } from "./order.ts";
import { mergeFlags } from "./text.ts";

/** Where a card is, how large it is, and at which side of it an arrow ends. */
const PLACEMENTS = [["x", "y"], ["width", "height"], ["fromSide"], ["toSide"]];
/** What people write on a canvas; other texts are names of files, addresses and ids. */
const WRITTEN = ["text", "label"];

export function mergeCanvas(base: string, versions: readonly string[], work: Work): string | undefined {
	const linesOf = (text: string): string[] => text.split("\n");
	const mergeTexts = (before: string, texts: readonly string[]): string | undefined =>
		mergeProse(linesOf(before), texts.map(linesOf), work)?.join("\n");
	const rules: JsonRules = {
		placements: PLACEMENTS,
		mergeTexts: (key, before, texts) => (WRITTEN.includes(key) ? mergeTexts(before, texts) : undefined),
	};
	const merged = mergeJsonTexts(base, versions, rules);
	return merged && hasLooseArrows(merged.value) ? undefined : merged && writeJson(merged);
}

/** A JSON file of which nothing is known: by key. */
export function mergeSettings(base: string, versions: readonly string[]): string | undefined {
	const merged = mergeJsonTexts(base, versions, { placements: [], mergeTexts: () => undefined });
	return merged && writeJson(merged);
}

function mergeJsonTexts(base: string, versions: readonly string[], rules: JsonRules): JsonText | undefined {
	const before = parseJson(base);
	const parsed = versions.map(parseJson);
	if (before === undefined || !parsed.every((version) => version !== undefined)) return undefined;
	const value = mergeJson(
		"",
		before.value,
		parsed.map((version) => version.value),
		rules,
	);
	if (value === undefined || value === CLASH) return undefined;
	const [style = before.style] = changedFrom(
		before.style,
		parsed.map((version) => version.style),
		String,
	).reverse();
	const hasLastEnd = mergeFlags(
		before.hasLastEnd,
		parsed.map((version) => version.hasLastEnd),
	);
	return { value, style, hasLastEnd };
}

/** One took a card away, and another tied an arrow to it. */
function hasLooseArrows(canvas: Json): boolean {
	const ids = new Set(partsOf(canvas, "nodes").map((node) => node?.id));
	return partsOf(canvas, "edges").some((edge) => !ids.has(edge?.fromNode) || !ids.has(edge?.toNode));
}

type Part = { readonly id?: Json; readonly fromNode?: Json; readonly toNode?: Json } | null;

function partsOf(canvas: Json, key: "nodes" | "edges"): readonly Part[] {
	const list = (canvas as Readonly<Record<string, Json>> | null)?.[key];
	return Array.isArray(list) ? (list as readonly Part[]) : [];
}
