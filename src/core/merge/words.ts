// A line as words, and changes of one line made apart. Which characters make a word is fixed here by ranges, not by the tables
// of the platform: those differ between devices, and a merge must not. Rules M5, M6 of readme/SPEC.md.
import type { Hunk, Work } from "./difference.ts";
import { differenceOf } from "./difference.ts";
import { Symbols } from "./symbols.ts";

// An address and a link are one word: half of one and half of another would lead nowhere. In scripts without spaces between
// words, each character is one.
const WORD = "[0-9A-Za-z_\\u00aa\\u00b5\\u00ba\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u1fff\\uac00-\\ud7a3]";
const TOKEN = new RegExp(
	`[A-Za-z][-+.A-Za-z0-9]{0,15}://\\S*|\\[\\[[^[\\]\\n]{0,300}\\]\\]|${WORD}+|[ \\t]+|[^]`,
	"gu",
);
const LETTER = new RegExp(`${WORD}|[\\u2e80-\\u9fff\\uf900-\\ufaff]`, "u");
const LETTERS = new RegExp(LETTER.source, "gu");

/** A longer line is one word: no person's, and taking it apart costs more than it gives. */
const LINE_CHARACTERS_MAX = 20_000;

/** What must be left as it was between two changes of one line, for them to be two. */
const LETTERS_BETWEEN_MIN = 3;

/** All of it, spaces and signs included: together they are the line again. */
export function tokensOf(line: string): string[] {
	return line.length > LINE_CHARACTERS_MAX ? [line] : (line.match(TOKEN) ?? []);
}

/** Says anything: not empty, and not signs alone. */
export function hasWords(line: string): boolean {
	return LETTER.test(line);
}

/** The same line before and after an edit, as far as one can see: half of the words, or all of the shorter one's, are there. */
export function isAlike(a: string, b: string): boolean {
	const left = new Map<string, number>();
	const wordsOfA = tokensOf(a).filter(hasWords);
	const wordsOfB = tokensOf(b).filter(hasWords);
	if (wordsOfA.length === 0) return a.trim() !== "" && b.startsWith(a.trimEnd());
	if (wordsOfB.length === 0) return b.trim() !== "" && a.startsWith(b.trimEnd());
	for (const word of wordsOfA) left.set(word, (left.get(word) ?? 0) + 1);
	let common = 0;
	for (const word of wordsOfB) {
		const count = left.get(word) ?? 0;
		if (count > 0) common++;
		left.set(word, count - 1);
	}
	const shorter = Math.min(wordsOfA.length, wordsOfB.length);
	return common === shorter || 2 * common >= Math.max(wordsOfA.length, wordsOfB.length);
}

interface Change {
	readonly start: number;
	readonly end: number;
	readonly text: string;
}

/** `undefined`: two changes of `base` are at one place, or too near to each other to be told apart. */
export function mergeWords(base: string, versions: readonly string[], work: Work): string | undefined {
	const symbols = new Symbols();
	const tokens = tokensOf(base);
	const numbers = symbols.numbersOf(tokens);
	const changes = versions.flatMap((version) => changesOf(tokens, numbers, version, symbols, work));
	if (work.left < 0) return undefined;
	changes.sort((x, y) => x.start - y.start || x.end - y.end);
	let merged = "";
	let at = 0;
	let previous: Change | undefined;
	for (const change of changes) {
		if (previous !== undefined) {
			const same = change.start === previous.start && change.end === previous.end && change.text === previous.text;
			if (same) continue;
			if (change.start < previous.end || !isApart(tokens, previous.end, change.start)) return undefined;
		}
		merged += tokens.slice(at, change.start).join("") + change.text;
		at = change.end;
		previous = change;
	}
	return merged + tokens.slice(at).join("");
}

/** Those that are not apart are one: few letters that stayed between two edits may have stayed by chance. */
function changesOf(
	tokens: readonly string[],
	numbers: readonly number[],
	version: string,
	symbols: Symbols,
	work: Work,
): Change[] {
	const theirs = tokensOf(version);
	const hunks: Hunk[] = [];
	for (const hunk of differenceOf(numbers, symbols.numbersOf(theirs), work)) {
		const last = hunks.at(-1);
		if (last === undefined || isApart(tokens, last.end, hunk.start)) hunks.push(hunk);
		else hunks[hunks.length - 1] = { ...last, end: hunk.end, to: hunk.to };
	}
	return hunks.map(({ start, end, from, to }) => ({ start, end, text: theirs.slice(from, to).join("") }));
}

function isApart(tokens: readonly string[], start: number, end: number): boolean {
	const kept = tokens.slice(start, end).join("");
	return (kept.match(LETTERS) ?? []).length >= LETTERS_BETWEEN_MIN;
}
