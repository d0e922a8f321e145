// What the plugin says in each language: all that English says, with all that it is given, and in that language's own signs.
import { describe, expect, it } from "vitest";
import * as de from "../../src/obsidian/words/de/index.ts";
import { keptInOrder, runsFromRightToLeft } from "../../src/obsidian/words/direction.ts";
import * as en from "../../src/obsidian/words/en/index.ts";
import * as es from "../../src/obsidian/words/es/index.ts";
import * as ja from "../../src/obsidian/words/ja/index.ts";
import * as zh from "../../src/obsidian/words/zh/index.ts";
import { callsOf, kindsOf, spokenIn, type Call, type Calls, type Spoken } from "../support/catalogues.ts";

/** What cannot be guessed: what it is called with, and what it must say. */
const says = (given: readonly unknown[], ...parts: readonly string[]): Call => ({ given, says: parts });
const MINUTE_MS = 60_000;
/** In November 2024, wherever it is read. */
const NOON_MS = 1_732_464_000_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const deletions = (why: string, count: number, by: readonly string[] = []): Call =>
	says([{ why, count, by }], String(count), ...by);
const rules = (why: string, line: number | undefined): Call =>
	says([{ file: ".psyncignore", line, why }], ".psyncignore", line === undefined ? "" : String(line));
const needs = [says([["relay", "group-key"]]), says([["relay"]]), says([["group-key"]])];
const agos = [says([0]), ...[1, 5, 60, 300].map((minutes) => says([minutes * MINUTE_MS])), says([3 * DAY_MS], "3")];
const KNOWN: Calls = {
	ago: agos,
	"peerText.lastSeen": agos,
	"phaseWords.syncing": [says([3, 12], "3", "12"), says([0, 0])],
	"phaseSentences.notSetUp": needs,
	"phaseSentences.notSetUpHere": needs,
	"mailboxText.upTo": [says([0]), says([10], "10")],
	"scopeText.upTo": [says([0]), says([10], "10")],
	"scopeText.leftOutShort": [says([3], "3"), says([1], "1")],
	"scopeText.leftOut": [says([0]), says([3], "3"), says([1], "1")],
	"scopeText.matches": [true, false].map((isChanged) => says([3, 412, "a.md", isChanged], "3", "412", "a.md")),
	"scopeText.matchesNoMore": [says([3, "a.md"], "3", "a.md"), says([1, "a.md"], "1", "a.md")],
	"conflictText.from": [says([""]), says(["Ada"], "Ada")],
	"conflictText.fromOn": [says(["Ada", "2024-11-24"], "Ada", "2024")],
	"conflictText.facts": [says([12_288, NOON_MS], "12 KB", "2024")],
	"historyText.line": [says(["Ada", 12_288], "Ada", "12 KB")],
	"historyText.at": [says([NOON_MS], "2024")],
	"historyText.lookLabel": [says(["Ada", NOON_MS], "Ada", "2024")],
	"historyText.then": [says([NOON_MS], "2024")],
	"historyText.factsNow": [says([12_288], "12 KB")],
	"historyText.who": [says([""]), says(["Ada"], "Ada")],
	"historyText.names": [says([["a.md", "b.md"], 0], "a.md", "b.md"), says([["a.md"], 3], "a.md", "3")],
	"historyText.previewTitle": [says(["Ada", NOON_MS], "Ada", "2024")],
	"historyText.undone": [says([1, 0], "1"), says([3, 0], "3"), says([3, 2], "3", "2"), says([1, 1], "1")],
	"firstLookText.sum": [says([0, "12 KB"], "0"), says([1, "12 KB"], "1", "12 KB"), says([3, "12 KB"], "3")],
	"firstLookText.folder": [says(["Ada", [3, 4, 5, 6]], "Ada", "3", "4", "5", "6")],
	"devicesWords.behind": [says([1], "1"), says([3], "3"), says([1_000_000])],
	"storageWords.historyOf": [says([1, 12_288, 24_576], "1", "12 KB", "24 KB"), says([3, 12_288, 24_576], "3")],
	"heldWords.large.coming": [says([12_288, 24_576], "12 KB", "24 KB")],
	"groupText.leaveLines": [says([true]), says([false])],
	// The place has signs of its own.
	...Object.fromEntries(
		["create", "modify", "delete", "rename"].map((what) => [`activityWords.${what}`, [says(["(Ada)"], "(Ada)")]]),
	),
	"attention.andMore": [says(["Ada.", 3], "Ada.", "3")],
	"mailboxText.onlyHere": [says([0]), says([1], "1"), says([12], "12"), says([100])],
	"keyProblems.length": [3, 1, -1, -5].map((missing) => says([{ missing }], "65", String(Math.abs(missing)))),
	"keyProblems.character": [
		says([{ character: "é", position: 9, similar: [] }], "é", "9"),
		says([{ character: "b", position: 12, similar: ["6", "8"] }], "b", "12", "6", "8"),
	],
	"deletionsText.what": [
		...["missing", "deleted", "emptied", "elsewhere"].flatMap((why) => [deletions(why, 1), deletions(why, 12)]),
		deletions("elsewhere", 12, ["Ada"]),
		deletions("elsewhere", 1, ["Ada", "Bob"]),
	],
	rulesSentence: [
		...["unreadable", "too-long", "not-text"].map((why) => rules(why, undefined)),
		...["open-bracket", "unknown-set", "ends-in-backslash", "not-understood"].map((why) => rules(why, 7)),
	],
};

/** The same in English and in another language, because it is a name, or happens to be. */
const SAME: Readonly<Record<string, readonly string[]>> = {
	all: [
		"PSync",
		"iPhone",
		"iPad",
		"Mac",
		"Windows",
		"Linux",
		"Android",
		"wss://relay.example.org",
		"obsidian://psync?…",
	],
	de: ["in Ada", "Offline", "online", "Vault", "Relay", "Name", "Link"],
	es: ["Relay"],
	ja: [],
	zh: [],
};

/** Addresses, files, flags, patterns: they are the same everywhere, and their signs are no signs of a sentence. */
const CODE =
	/obsidian:\/\/psync\?…?|wss?:\/\/[\w.:]*|psync:\w+|psync1|--[\w-]+|\*\.\w+|(?<![\w/])\/\w+\/|\w[\w-]*(?:[./][\w-]+)+|\.[a-z0-9]+\b|![,、] ?\^?[,、]? ?|[[\]]/g;
/** Names that stay as they are where the letters are others; dates are English where tests run. */
const NAMES =
	/PSync|Obsidian|QR|KB|MB|iPhone|iPad|Android|Mac|Windows|Linux|conflict|TURN|PDF|WebSocket|Web|Node|Caddy|certbot|URL|gitignore|psyncignore|\bNov\b|[AP]M|\btext\b|json|Wi-Fi/g;
/** What the functions are given. */
const GIVEN = /Ada|Bob|Cyd|Dee|Eve|Flo|Gus|Hal|Ida|Joe/g;

const ENGLISH_WORDS = /\b(?:the|and|your|with|this|of|is|are|not|from|which|devices?|files?|notes?)\b/i;
const CJK = "\\u3040-\\u30ff\\u3400-\\u9fff";

interface Signs {
	readonly catalog: unknown;
	/** Signs or words that have no place in this language. */
	readonly wrong: readonly (readonly [string, RegExp])[];
	/** How it ends what English ends with a full stop, a question mark, a colon. */
	readonly ends: Readonly<Record<string, RegExp>>;
	/** Whether 1 and 2 take different words. */
	readonly hasPlurals: boolean;
}

const latinEnds = { ".": /\.$/, "?": /\?$/, ":": /:$/ };
const wideEnds = { ".": /[。：？]$/, "?": /？$/, ":": /：$/ };
const noSpaces: readonly (readonly [string, RegExp])[] = [
	["two spaces", / {2}/],
	["a space at an end", /^ | $/],
	["a straight quotation mark", /["']/],
	["three full stops", /\.\.\./],
];
const latin: readonly (readonly [string, RegExp])[] = [
	...noSpaces,
	["a space before a sign", / [.,;:?]/],
	["English", ENGLISH_WORDS],
];
const wide: readonly (readonly [string, RegExp])[] = [
	...noSpaces,
	["a narrow sign", new RegExp(`[${CJK}」”][.,;:?!()]`)],
	["a letter beside another script without a space", new RegExp(`[A-Za-z0-9][${CJK}]|[${CJK}][A-Za-z0-9]`)],
	["a space beside a wide sign", /[。、，；：？（「“] | [。、，；：？）」”]/],
];
const LANGUAGES: Readonly<Record<string, Signs>> = {
	de: {
		catalog: de,
		wrong: [
			...latin,
			["quotation marks of another language", /[«»”]|(?<!„[^“]*)“/],
			["formal speech", /(?<=[a-zäöüß,“] )(?:Sie|Ihnen|Ihre?[mnrs]?)\b/],
		],
		ends: latinEnds,
		hasPlurals: true,
	},
	es: {
		catalog: es,
		wrong: [
			...latin.filter(([name]) => name !== "English"),
			["English", /\b(?:the|and|your|with|this|of|is|are|from|which|devices?|files?|notes?)\b/i],
			["quotation marks of another language", /[„“”]/],
			["a question without its first sign", /^[^¿]*\?(?<!psync\?)(?!…)/],
			["formal speech", /\busted(?:es)?\b/i],
		],
		ends: latinEnds,
		hasPlurals: true,
	},
	ja: {
		catalog: ja,
		wrong: [...wide, ["quotation marks of another language", /[“”«»„]/], ["the comma of another language", /，/]],
		ends: wideEnds,
		hasPlurals: false,
	},
	zh: {
		catalog: zh,
		wrong: [
			...wide,
			["quotation marks of another language", /[「」«»„]/],
			["the polite form", /您/],
			["Japanese letters", /[\u3040-\u30ff]/],
		],
		ends: wideEnds,
		hasPlurals: false,
	},
};

describe.each(Object.entries({ en, de, es, ja, zh }))("what is said of large files, in %s", (_, words) => {
	const { heldWords, scopeText } = words;

	it("[XL7 XL12] names the settings as they are called", () => {
		expect(heldWords.large.off).toContain(scopeText.receivesLarge);
		expect(heldWords.large["removed-here"]).toContain(scopeText.largest);
		expect(heldWords.tooLarge(2, 40)).toContain(scopeText.largest);
	});

	it("[XL12] says of each what is the matter, and of no two the same", () => {
		const said = Object.values(heldWords.large).filter((text) => typeof text === "string");
		expect(new Set(said).size).toBe(said.length);
	});
});

const calls = callsOf(en, KNOWN);
const english = spokenIn(en, calls);

describe("English", () => {
	it("says all that it is given, in its own signs", () => {
		expect(english.flatMap((spoken) => unsaid(spoken))).toEqual([]);
		expect(wrongIn(english, [...noSpaces, ["quotation marks of another language", /[«»„「」]/]])).toEqual([]);
		const unknown = Object.keys(calls).filter((place) => calls[place]?.length === 0);
		expect(unknown).toEqual([]);
		expect(english.length).toBeGreaterThan(300);
	});
});

describe.each(Object.entries(LANGUAGES))("in the language %s", (language, { catalog, wrong, ends, hasPlurals }) => {
	const spoken = spokenIn(catalog, calls);
	const pairs = spoken.flatMap((own): (readonly [Spoken, Spoken])[] => {
		const other = english.find(({ place, call, nth }) => place === own.place && call === own.call && nth === own.nth);
		return other === undefined ? [] : [[own, other]];
	});

	it("there is everything that English has, of the same kind, and nothing else", () => {
		expect(kindsOf(catalog)).toEqual(kindsOf(en));
		expect(pairs).toHaveLength(english.length);
		expect(spoken).toHaveLength(english.length);
	});

	it("every sentence says what it is given", () => {
		expect(spoken.flatMap((each) => unsaid(each))).toEqual([]);
	});

	it("nothing is left in English, but names", () => {
		const same = [...(SAME["all"] ?? []), ...(SAME[language] ?? [])];
		const left = pairs.filter(
			([own, other]) => own.text === other.text && hasWords(own.text) && !same.includes(own.text),
		);
		expect(left.map(([{ place, text }]) => `${place}: ${text}`)).toEqual([]);
		if (hasPlurals) return;
		const latinWords = spoken.filter(({ text }) =>
			/[A-Za-z]{2}/.test(text.replace(CODE, "").replace(NAMES, "").replace(GIVEN, "")),
		);
		expect(latinWords.map(({ place, text }) => `${place}: ${text}`)).toEqual([]);
	});

	it("it has the signs of its own", () => {
		expect(wrongIn(spoken, wrong)).toEqual([]);
	});

	it("it ends a sentence where English does", () => {
		const differ = pairs.filter(([own, other]) => {
			const end = /(?<!psync)[.?:]$/.exec(other.text)?.[0] ?? "";
			const wanted = ends[end];
			return wanted === undefined ? /[.。]$/.test(own.text) && !/psync\?$/.test(other.text) : !wanted.test(own.text);
		});
		expect(differ.map(([{ place, text }, other]) => `${place}: ${text} (${other.text})`)).toEqual([]);
	});

	it("one and two of a thing take different words where they do in English", () => {
		if (!hasPlurals) return;
		const formOf = (all: readonly Spoken[], place: string, count: number): string | undefined =>
			all
				.find((each) => each.place === place && each.call?.given.length === 1 && each.call.given[0] === count)
				?.text.replace(/\d/g, "#");
		const isPlural = (all: readonly Spoken[], place: string): boolean =>
			formOf(all, place, 1) !== formOf(all, place, 2);
		const places = [...new Set(english.map(({ place }) => place))].filter(
			(place) => place in kindsOf(catalog) && isPlural(english, place),
		);
		expect(places.length).toBeGreaterThan(2);
		expect(places.filter((place) => !isPlural(spoken, place))).toEqual([]);
	});

	it("the words for the status bar fit it", () => {
		const bar = spoken.filter(({ place }) => place.startsWith("phaseWords.") || /^standings\..*\.words$/.test(place));
		expect(bar.length).toBeGreaterThan(9);
		expect(bar.filter(({ text }) => text.length > 24).map(({ text }) => text)).toEqual([]);
	});
});

describe("in an app that runs from right to left", () => {
	const { report, ...words } = keptInOrder({
		...{ product: "PSync", gap: " ", phone: "Android phone", file: "PSync activity 2026-11-29" },
		...{
			all: ["12 files are here", "Nothing is lost."],
			report: (count: number) => ({ words: `${String(count)} files` }),
		},
	});

	it("[GA3] English keeps its order where it begins or ends with a number or a sign, and names stay as they are", () => {
		expect(words).toEqual({
			...{ product: "PSync", gap: " ", phone: "Android phone", file: "PSync activity 2026-11-29" },
			all: ["\u206612 files are here\u2069", "\u2066Nothing is lost.\u2069"],
		});
		expect(report(3)).toEqual({ words: "\u20663 files\u2069" });
	});

	it.each(["ar", "he", "fa"])("[GA3] that is so for %s", (language) => {
		expect(runsFromRightToLeft(language)).toBe(true);
	});

	it.each(["en", "de", "ja", "zh"])("[GA3] that is not so for %s", (language) => {
		expect(runsFromRightToLeft(language)).toBe(false);
	});
});

function unsaid({ place, text, call }: Spoken): readonly string[] {
	const all = call?.says.filter((part) => !text.includes(part)) ?? [];
	// Of several texts of one call each says a part.
	return place === "removalText.paragraphs" ? [] : all.map((part) => `${place} does not say ${part}: ${text}`);
}

function wrongIn(all: readonly Spoken[], signs: Signs["wrong"]): readonly string[] {
	const sentences = all.filter(({ place }) => place !== "gap");
	return sentences.flatMap(({ place, text }) => {
		const own = text.replace(CODE, "x");
		return signs.filter(([, sign]) => sign.test(own)).map(([name]) => `${place} has ${name}: ${text}`);
	});
}

/** Other than what it was given, sizes, dates and code. */
function hasWords(text: string): boolean {
	const own = text
		.replace(GIVEN, "")
		.replace(CODE, "")
		.replace(/\b(?:KB|MB|Nov|AM|PM)\b/g, "");
	return /\p{L}{2}/u.test(own);
}
