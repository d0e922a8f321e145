// The front matter of a note: merged by its keys, so that it is front matter again, without marks or doubled keys. Tags and the
// like are sets. Rule M9 of readme/SPEC.md.
import type { Work } from "./difference.ts";
import { changedFrom, mergeNames, mergeOrder } from "./order.ts";
import { mergeTable } from "./yaml.ts";
import { isPlainYaml } from "./plain-yaml.ts";

/** A note in its two parts. Without front matter `fences` is undefined. */
export interface Note {
	readonly fences: readonly [open: string, close: string] | undefined;
	readonly front: readonly string[];
	readonly body: readonly string[];
}

export function noteOf(lines: readonly string[]): Note {
	const [open] = lines;
	const close = open === undefined || !isFence(open) ? -1 : lines.findIndex((line, i) => i > 0 && isFence(line));
	if (open === undefined || close < 0) return { fences: undefined, front: [], body: lines };
	return { fences: [open, lines[close] ?? open], front: lines.slice(1, close), body: lines.slice(close + 1) };
}

function isFence(line: string): boolean {
	return line.trimEnd() === "---";
}

/** The lines of the front matter with its fences; where the base has some, all versions must. `undefined`: no merge. */
export function mergeFront(base: Note, versions: readonly Note[], work: Work): readonly string[] | undefined {
	const nameOf = (note: Note): string => JSON.stringify([note.fences, note.front]);
	const changed = changedFrom(base, versions, nameOf);
	const [first = base, ...others] = changed;
	if (others.length === 0) return fenced(first, first.front);
	const old = keysOf(base.front);
	const news = changed.map(({ front }) => keysOf(front));
	if (old === undefined || !news.every((keys) => keys !== undefined)) return undefined;
	const merged = new Map<string, readonly string[]>();
	for (const key of new Set([old, ...news].flatMap((keys) => [...keys.keys()]))) {
		const lines = mergeKey(
			key,
			old.get(key),
			news.map((keys) => keys.get(key)),
			work,
		);
		if (lines === "clash") return undefined;
		if (lines !== undefined) merged.set(key, lines);
	}
	const order = mergeOrder(
		[...old.keys()],
		news.map((keys) => [...keys.keys()]),
		new Set(merged.keys()),
	);
	const front = [...order.filter((key) => key !== END), END].flatMap((key) => merged.get(key) ?? []);
	if ([base, ...changed].every((note) => isPlainYaml(note.front)) && !isPlainYaml(front)) return undefined;
	return fenced(changed.findLast(({ fences }) => fences !== undefined) ?? base, front);
}

function fenced({ fences }: Note, front: readonly string[]): readonly string[] {
	return fences === undefined ? [] : [fences[0], ...front, fences[1]];
}

// Takes time in proportion to the line, whatever is in it.
const KEY = /^("[^"\\]+"|'[^']+'|[^\s"'#&*!|>%@`{}[\],?:-].*?):(?=\s|$)/;
/** Comments and empty lines at the end belong to no key. A key is never empty. */
const END = "";

/** Key → its lines, comments above it included. `undefined`: not the simple kind of front matter in which each key is once. */
export function keysOf(front: readonly string[]): Map<string, readonly string[]> | undefined {
	const keys = new Map<string, readonly string[]>();
	let lines: string[] | undefined;
	let pending: string[] = [];
	for (const line of front) {
		if (/^\s*(?:#.*)?$/.test(line)) {
			pending.push(line);
			continue;
		}
		const key = KEY.exec(line)?.[1]?.trimEnd();
		if (key !== undefined) {
			if (keys.has(key)) return undefined;
			lines = [...pending, line];
			keys.set(key, lines);
		} else if (lines !== undefined && /^(?: |-(?:\s|$))/.test(line)) lines.push(...pending, line);
		else return undefined;
		pending = [];
	}
	if (pending.length > 0) keys.set(END, pending);
	return keys;
}

type Lines = readonly string[];

function mergeKey(
	key: string,
	base: Lines | undefined,
	versions: readonly (Lines | undefined)[],
	work: Work,
): Lines | "clash" | undefined {
	const changed = changedFrom(base, versions, (lines) => lines?.join("\n") ?? "");
	if (changed.length === 0) return base;
	if (changed.length === 1) return changed[0];
	const there = changed.filter((lines) => lines !== undefined);
	if (there.length < changed.length) return "clash";
	const merged = mergeLists(key, base ?? [`${key}:`], there) ?? (base && mergeTable(base, there, work));
	// The last sibling's, where nobody's words are lost by it: a time of change, a count, a tick.
	return merged ?? (there.every(hasNoWords) ? there.at(-1) : undefined) ?? "clash";
}

/** A number, a date or a time, yes or no, or nothing. */
export function hasNoWords(lines: Lines): boolean {
	const [line = "", ...more] = lines;
	const value = line
		.slice(KEY.exec(line)?.[0].length ?? 0)
		.replaceAll(/["']/g, "")
		.replaceAll(WORDS_OF_TIME, "");
	return more.length === 0 && /^[-+0-9.,:/ TZ~]*$/.test(value);
}

const WORDS_OF_TIME =
	/\b(?:true|false|null|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:tember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|[ap]m)\b|\d(?:st|nd|rd|th)\b/gi;

/** Lists even where there is only one thing, written without brackets. */
const ALWAYS_LISTS = ["tags", "tag", "aliases", "alias", "cssclasses", "cssclass"];

export interface ItemList {
	readonly head: string;
	/** How each item begins on a line of its own; `undefined`: all are on one line. */
	readonly dash: string | undefined;
	/** What an item says → how it is written. */
	readonly items: ReadonlyMap<string, string>;
}

function mergeLists(key: string, base: Lines, versions: readonly Lines[]): Lines | undefined {
	const before = itemsOf(key, base);
	const lists = versions.map((lines) => itemsOf(key, lines));
	if (before === undefined || !lists.every((list) => list !== undefined)) return undefined;
	const names = mergeNames(
		[...before.items.keys()],
		lists.map(({ items }) => [...items.keys()]),
	);
	const all = [before, ...lists];
	const written = names.map((name) => all.findLast(({ items }) => items.has(name))?.items.get(name) ?? name);
	const { head, dash } = lists.findLast(({ items }) => items.size > 0) ?? before;
	if (dash !== undefined && written.length > 0) return [head, ...written.map((item) => dash + item)];
	return [`${head} [${written.join(", ")}]`];
}

/** Written the same in brackets and on a line of its own. */
const PLAIN_ITEM = /^(?:"[^"\\,]*"|'[^',]*'|(?!-)[^\s"'[\]{},&*!|>%@`:]+(?: [^\s"'[\]{},:]+)*)$/;

/** `tags: [a, b]`, or `tags:` and a line for each. `undefined`: no list, or one with comments, or the same in it twice. */
export function itemsOf(key: string, lines: Lines): ItemList | undefined {
	const [line = "", ...more] = lines;
	const head = KEY.exec(line)?.[0];
	if (head === undefined || lines.some((each) => /[\r#]/.test(each))) return undefined;
	const value = line.slice(head.length).trim();
	const inBrackets = /^\[(.*)\]$/.exec(value)?.[1]?.trim();
	const dash = /^\s*-\s+/.exec(more[0] ?? "")?.[0];
	let written: readonly string[];
	if (value === "") {
		if (!more.every((each) => dash !== undefined && each.startsWith(dash))) return undefined;
		written = more.map((each) => each.slice(dash?.length ?? 0).trim());
	} else if (more.length > 0) return undefined;
	else if (inBrackets !== undefined)
		written = inBrackets === "" ? [] : inBrackets.split(",").map((item) => item.trim());
	else if (ALWAYS_LISTS.includes(key.toLowerCase()) && !/[\s,]/.test(value)) written = [value];
	else return undefined;
	const items = new Map(written.map((item) => [item.replace(/^(["'])(.*)\1$/, "$2"), item]));
	return items.size === written.length && written.every((item) => PLAIN_ITEM.test(item))
		? { head, dash, items }
		: undefined;
}
