// What a new version says that it was made of.
import { describe, expect, test } from "vitest";
import {
	apartFrom,
	belowOf,
	mergedTextOf,
	onTopOf,
	textOfVersion,
	versionOn,
	type Below,
} from "../../src/core/ancestors.ts";
import { lineageKey, NO_LINEAGE, rootLineage, textOfRoot, type LineEnd, type LineId } from "../../src/core/lineage.ts";
import type { DiskState } from "../../src/core/record-index.ts";
import { ANCESTORS_MAX, LINES_KEPT_MAX } from "../../src/core/record.ts";
import { EMPTY_VECTOR } from "../../src/core/version-vector.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import {
	dotOf,
	epochOf,
	hashOf,
	lineageOf,
	namedText,
	recordOf,
	versionOf,
	type TextInWords,
} from "../support/records.ts";

const shows = (text: string | undefined): DiskState => ({
	hash: text === undefined ? undefined : hashOf(text),
	size: 1,
	path: testPath("note.md"),
	token: "t",
	seen: EMPTY_VECTOR,
	copies: [],
});
const below = (lineage: string, ...texts: readonly TextInWords[]): Below => ({
	lineage: lineageOf(lineage),
	texts: texts.map(namedText),
});
const NOTHING = below("");
/** Of bytes that were made of nothing. */
const root = (text: string, generation = 0): Below => ({ lineage: rootLineage(hashOf(text), generation), texts: [] });
const lineOf = (words: string): LineEnd => {
	const [[id, last] = []] = lineageOf(words);
	if (id === undefined || last === undefined) throw new Error("a line");
	return { id, last };
};

describe("what a new version is made on top of", () => {
	test("[V3 O8] is nothing but the same bytes, where nothing is on show", () => {
		expect(belowOf(recordOf([]), shows(undefined), hashOf("new"))).toEqual(root("new"));
		const told = recordOf([versionOf("a1", { text: "theirs" }), versionOf("b1", { lamport: 7 })]);
		expect(belowOf(told, shows(undefined), hashOf("new"))).toEqual(root("new", 7));
		expect(belowOf(told, shows(undefined), undefined)).toEqual(NOTHING);
	});

	test("[O8] is nothing either, where one was deleted: only who brings back those bytes goes on where they ended", () => {
		const record = recordOf([
			versionOf("a4", {
				ancestors: [
					["third", "a1-3"],
					["second", "a1-2"],
				],
			}),
		]);
		expect(belowOf(record, shows(undefined), hashOf("new"))).toEqual(root("new", 1));
		expect(belowOf(record, shows(undefined), hashOf("second"))).toEqual(root("second", 1));
		expect(belowOf(record, shows(undefined), hashOf("third"))).toEqual(
			below("a1-4", ["third", "a1-4"], ["third", "a1-3"], ["second", "a1-2"]),
		);
	});

	test("[O8] is the version on show, then what that was made of", () => {
		const record = recordOf([
			versionOf("a3", {
				text: "third",
				ancestors: [
					["second", "a1-2"],
					["first", "a1"],
				],
			}),
		]);
		const all = below("a1-3", ["third", "a1-3"], ["second", "a1-2"], ["first", "a1"]);
		expect(belowOf(record, shows("third"), hashOf("new"))).toEqual(all);
		expect(belowOf(record, shows("third"), undefined)).toEqual(all);
	});

	test("[V3 O8] is all versions of the bytes on show, whatever each was made of", () => {
		const record = recordOf([
			versionOf("a3", { text: "same", ancestors: [["second", "a1-2"]] }),
			versionOf("b1", { text: "same" }),
		]);
		expect(belowOf(record, shows("same"), undefined)).toEqual(
			below("a1-3 b1", ["same", "a1-3 b1"], ["same", "a1-3"], ["same", "b1"], ["second", "a1-2"]),
		);
	});

	test("[O8] is what the text on show was made of when it was superseded since, and otherwise not known", () => {
		const record = recordOf([
			versionOf("b2", {
				text: "later",
				ancestors: [
					["shown", "a1-2"],
					["first", "a1"],
				],
			}),
		]);
		const made = { hash: hashOf("shown"), lineage: lineageOf("a1-2"), ancestors: [namedText(["first", "a1"])] };
		const known = below("a1-2", ["shown", "a1-2"], ["first", "a1"]);
		expect(belowOf(record, { ...shows("shown"), made }, undefined)).toEqual(known);
		// It may be that text, or one that somebody went back to.
		expect(belowOf(record, shows("shown"), undefined)).toEqual(below("", "shown"));
		expect(belowOf(record, { ...shows("other"), made }, undefined)).toEqual(below("", "other"));
	});

	test("[O8 O12] of a merged text is all of its parts, after the text itself and what others may have merged", () => {
		const parts = [
			versionOf("a2", { text: "mine", ancestors: [["first", "a1"]] }),
			versionOf("b1", { text: "theirs", ancestors: [["first", "a1"]] }),
		].map(textOfVersion);
		const merged = mergedTextOf(hashOf("merged"), parts);
		const texts: TextInWords[] = [
			["mine", "a1-2"],
			["theirs", "a1 b1"],
			["first", "a1"],
		];
		expect(onTopOf(merged)).toEqual(below("a1-2 b1", ["merged", "a1-2 b1"], ...texts));
		const between = namedText(["between", "a1 b1"]);
		expect(onTopOf(merged, [between]).texts).toEqual(
			[["merged", "a1-2 b1"] as const, ["between", "a1 b1"] as const, ...texts].map(namedText),
		);
		// They may be equal to one of the parts.
		expect(onTopOf(mergedTextOf(hashOf("mine"), parts)).lineage).toEqual(lineageOf("a1-2 b1"));
	});
});

describe("a new version", () => {
	const made = (on: Below, dot: string, line?: string) =>
		versionOn(on, dotOf(dot), line === undefined ? undefined : lineOf(line));

	test("[O8] goes on in its device's line when it was made of the last version there, and begins one otherwise", () => {
		const on = below("a1-3 b1", ["shown", "a1-3 b1"]);
		expect(made(on, "a5", "a1-3")).toEqual({
			descent: { lineage: lineageOf("a1-5 b1"), ancestors: on.texts },
			line: lineOf("a1-5"),
		});
		// Its own last version stands beside as a conflict copy.
		expect(made(on, "a5", "a1-4")).toMatchObject({ descent: { lineage: lineageOf("a1-3 b1 a5") }, line: lineOf("a5") });
		expect(made(on, "a5")).toMatchObject({ descent: { lineage: lineageOf("a1-3 b1 a5") } });
		// That was in another life of its state.
		expect(made(on, "c5", "a1-3")).toMatchObject({ descent: { lineage: lineageOf("a1-3 b1 c5") } });
		expect(made(NOTHING, "a5", "a1-3")).toEqual({
			descent: { lineage: lineageOf("a5"), ancestors: [] },
			line: lineOf("a5"),
		});
	});

	test("[O8] names each text once: of many saves in a row the newest, and what stood before the first", () => {
		const run = Array.from({ length: 30 }, (_, i): TextInWords => [`mine ${String(i)}`, `a1 b1-${String(31 - i)}`]);
		const on = below("a1 b1-31", ...run, ["theirs", "a1"], ["theirs", "a1"], ["first", ""]);
		const { ancestors } = made(on, "b40", "b1-31").descent;
		expect(ancestors.slice(0, 8)).toEqual(on.texts.slice(0, 8));
		expect(ancestors.slice(8)).toEqual([["theirs", "a1"] as const, "first"].map(namedText));
	});

	test("[O8] leaves the oldest out when each was made of what came from somebody else", () => {
		const turns = Array.from({ length: 20 }, (_, i): TextInWords => {
			const left = 40 - i;
			return [`text ${String(i)}`, `a1-${String(left + (left % 2))} b1-${String(left + 1 - (left % 2))}`];
		});
		const on = below("a1-40 b1-41", ...turns);
		expect(made(on, "b50", "b1-41").descent.ancestors).toEqual(on.texts.slice(0, ANCESTORS_MAX));
	});

	test("[O8] that was made of many lines is made of a root in their place, which is that of all that go on from the same text", () => {
		const linesOf = (count: number) => Array.from({ length: count }, (_, i) => `b${String(i + 1)}`).join(" ");
		const few = linesOf(LINES_KEPT_MAX - 1);
		expect(made(below(few, ["shown", few]), "a1").descent.lineage.size).toBe(LINES_KEPT_MAX);
		const lines = linesOf(LINES_KEPT_MAX);
		const on = below(lines, ["shown", lines], ["before", few]);
		const own = made(on, "b70", `b${String(LINES_KEPT_MAX)}`);
		const [rootLine] = own.descent.lineage.keys();
		expect(own.line).toEqual(lineOf("b70"));
		expect(own.descent.ancestors).toEqual(["shown", "before"].map(namedText));
		expect(rootLine && textOfRoot(rootLine)).toMatchObject({ hash: hashOf("shown") });
		expect(made(on, "a1").descent.lineage).toEqual(new Map([[rootLine, 1], ...lineageOf("a1")]));
		// Another text, or the same at another time.
		for (const other of [below(lines, ["other", lines]), below(`${lines} c1`, ["shown", `${lines} c1`])])
			expect(made(other, "a1").descent.lineage.has(rootLine as LineId)).toBe(false);
		// There is no such text.
		expect(made(below(lines, ["shown", few], ["copy", "b1"]), "a1")).toEqual({
			descent: { lineage: lineageOf("a1"), ancestors: ["shown", "copy"].map(namedText) },
			line: lineOf("a1"),
		});
	});

	test("[O8 S14] under another number is not known to be made of anything, but still on top of the same texts", () => {
		const version = versionOf("a3", {
			text: "third",
			ancestors: [
				["second", "a1-2"],
				["first", "a1"],
			],
		});
		const apart = apartFrom(version, { epoch: epochOf("b"), counter: 3 });
		expect(apart).toEqual({ lineage: lineageOf("b3"), ancestors: ["second", "first"].map(namedText) });
	});
});

test("[O8] the text of a deletion is what is gone", () => {
	const deletion = versionOf("a2", { ancestors: [["first", "a1"]] });
	expect(textOfVersion(deletion)).toMatchObject({ hash: hashOf("first"), lineage: lineageOf("a1-2") });
	expect(lineageKey(NO_LINEAGE)).toBe("");
});
