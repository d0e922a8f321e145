// Versions of a JSON file → one: objects by key, lists by the ids of what is in them, everything else as a whole. Written as the
// file was: a file that comes out otherwise than it went in is not merged. Rules M11, M12 of readme/SPEC.md.
import { changedFrom, mergeNames, mergeOrder } from "./order.ts";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = Readonly<Record<string, Json>>;

/** Two changes of one thing. */
export const CLASH = Symbol("clash");

export interface JsonRules {
	/** Keys of one object that go together and that no word is in: the last sibling who changed any of them has them all. */
	readonly placements: readonly (readonly string[])[];
	/** The value at `key`, which `versions` (two or more) changed each in its own way. */
	readonly mergeTexts: (key: string, base: string, versions: readonly string[]) => string | undefined;
}

/** A key that is not there is `undefined`. */
export function mergeJson(
	key: string,
	base: Json | undefined,
	versions: readonly (Json | undefined)[],
	rules: JsonRules,
): Json | undefined | typeof CLASH {
	const changed = changedFrom(base, versions, nameOf);
	if (changed.length === 0) return base;
	if (changed.length === 1) return changed[0];
	const there = changed.filter((value) => value !== undefined);
	if (there.length < changed.length) {
		const isOnlyPlaced = isObject(base) && there.every((value) => isObject(value) && isPlaced(base, value, rules));
		return isOnlyPlaced ? undefined : CLASH;
	}
	if (there.every(isObject) && (base === undefined || isObject(base))) return mergeObjects(base ?? {}, there, rules);
	if (there.every(isList) && (base === undefined || isList(base))) return mergeLists(base ?? [], there, rules);
	if (there.every((value) => typeof value === "string") && typeof base === "string") {
		return rules.mergeTexts(key, base, there) ?? CLASH;
	}
	return CLASH;
}

function nameOf(value: Json | undefined): string {
	return value === undefined ? "" : JSON.stringify(value);
}

function isObject(value: Json | undefined): value is JsonObject {
	return typeof value === "object" && value !== null && !isList(value);
}

function isList(value: Json | undefined): value is readonly Json[] {
	return Array.isArray(value);
}

/** Nothing but its place is another. */
function isPlaced(base: JsonObject, version: JsonObject, { placements }: JsonRules): boolean {
	const rest = (object: JsonObject): string =>
		nameOf(Object.fromEntries(Object.entries(object).filter(([key]) => !placements.flat().includes(key))));
	return rest(base) === rest(version);
}

function mergeObjects(base: JsonObject, versions: readonly JsonObject[], rules: JsonRules): Json | typeof CLASH {
	const entriesOf = (object: JsonObject): Named => new Map(Object.entries(object));
	const merged = mergeNamed(entriesOf(base), versions.map(entriesOf), rules);
	return merged === CLASH ? CLASH : Object.fromEntries(merged);
}

/** Lists whose items have a name each: their id, or they are texts themselves. */
function mergeLists(
	base: readonly Json[],
	versions: readonly (readonly Json[])[],
	rules: JsonRules,
): Json | typeof CLASH {
	const before = itemsById(base);
	const lists = versions.map(itemsById);
	if (before !== undefined && lists.every((list) => list !== undefined)) {
		const merged = mergeNamed(before, lists, rules);
		return merged === CLASH ? CLASH : [...merged.values()];
	}
	return isSetOfTexts(base) && versions.every(isSetOfTexts) ? mergeNames(base, versions) : CLASH;
}

function isSetOfTexts(list: readonly Json[]): list is readonly string[] {
	return list.every((item) => typeof item === "string") && new Set(list).size === list.length;
}

function itemsById(list: readonly Json[]): Named | undefined {
	const items = new Map<string, Json>();
	for (const item of list) {
		const id = isObject(item) && Object.hasOwn(item, "id") ? item["id"] : undefined;
		if (typeof id === "string") items.set(id, item);
	}
	return items.size === list.length ? items : undefined;
}

/** By key or id, in order. */
type Named = ReadonlyMap<string, Json>;

function mergeNamed(base: Named, versions: readonly Named[], rules: JsonRules): Named | typeof CLASH {
	const merged = new Map<string, Json>();
	for (const name of new Set([base, ...versions].flatMap((map) => [...map.keys()]))) {
		const group = rules.placements.find((names) => names.includes(name));
		const theirs = versions.map((version) => version.get(name));
		const value = group ? lastPlaced(base, versions, group).get(name) : mergeJson(name, base.get(name), theirs, rules);
		if (value === CLASH) return CLASH;
		if (value !== undefined) merged.set(name, value);
	}
	const orders = versions.map((version) => [...version.keys()]);
	const order = mergeOrder([...base.keys()], orders, new Set(merged.keys()));
	return new Map(order.map((name) => [name, merged.get(name) ?? null]));
}

function lastPlaced(base: Named, versions: readonly Named[], names: readonly string[]): Named {
	const place = (map: Named): string => nameOf(names.map((name) => map.get(name) ?? null));
	return versions.findLast((version) => place(version) !== place(base)) ?? base;
}

/** Ways to write JSON, as the app and plugins do. */
const STYLES: readonly ((value: Json) => string)[] = [
	writeCanvas,
	...["\t", 2, 4, undefined].map((indent) => (value: Json) => JSON.stringify(value, undefined, indent)),
];

export interface JsonText {
	readonly value: Json;
	/** Index of how it is written. */
	readonly style: number;
	readonly hasLastEnd: boolean;
}

const DEPTH_MAX = 64;

/** `undefined`: not JSON, or not written in one of the ways that come out as they went in. */
export function parseJson(text: string): JsonText | undefined {
	if (depthOf(text) > DEPTH_MAX) return undefined;
	const hasLastEnd = text.endsWith("\n");
	const bare = hasLastEnd ? text.slice(0, -1) : text;
	let value: Json;
	try {
		value = JSON.parse(bare) as Json;
	} catch (error) {
		if (error instanceof SyntaxError) return undefined;
		throw error;
	}
	const style = STYLES.findIndex((write) => write(value) === bare);
	return style < 0 ? undefined : { value, style, hasLastEnd };
}

export function writeJson({ value, style, hasLastEnd }: JsonText): string {
	return (STYLES[style] ?? writeCanvas)(value) + (hasLastEnd ? "\n" : "");
}

/** How many brackets are open at once, at most. */
function depthOf(text: string): number {
	let depth = 0;
	let most = 0;
	let isInText = false;
	for (let i = 0; i < text.length; i++) {
		const character = text.charAt(i);
		if (character === '"') isInText = !isInText;
		else if (isInText) i += character === "\\" ? 1 : 0;
		else if (character === "[" || character === "{") most = Math.max(most, ++depth);
		else if (character === "]" || character === "}") depth--;
	}
	return most;
}

/** As Obsidian writes a canvas: two levels over several lines, everything below on one. */
function writeCanvas(value: Json): string {
	return writeLevels(value, "\n", 2);
}

function writeLevels(value: Json, lineStart: string, levels: number): string {
	const parts = isList(value)
		? value.map((item) => ["", item] as const)
		: isObject(value)
			? Object.entries(value).map(([key, item]) => [`${JSON.stringify(key)}:`, item] as const)
			: [];
	if (levels === 0 || parts.length === 0) return JSON.stringify(value);
	const inner = `${lineStart}\t`;
	const written = parts.map(([key, item]) => inner + key + writeLevels(item, inner, levels - 1)).join(",");
	const [open, close] = isList(value) ? "[]" : "{}";
	return `${open ?? ""}${written}${lineStart}${close ?? ""}`;
}
