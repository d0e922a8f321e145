// readme/SPEC.md and the tests say the same: every rule is proven by a test that cites it, or says that it is for later.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { titlesWithoutRule } from "./support/rule-titles.ts";
import { idsCitedInSource, idsCitedInTitles, mismatches, rulesOf, unknownIds } from "./support/spec-rules.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const filesBelow = (folder: string, ending: string): string[] =>
	readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
		.map((path) => `${folder}/${path.replaceAll("\\", "/")}`)
		.filter((path) => path.endsWith(ending));

const rules = rulesOf(read("readme/SPEC.md"));
const me = "test/spec.test.ts";

/** Mechanics that other rules are made of, by file and, after `#`, the block in it; and why no rule speaks of them. */
const WITHOUT_RULES: readonly (readonly [string, string])[] = [
	["test/core/case-fold.test.ts", "a table; what it is for is I32"],
	["test/core/group-key.test.ts", "a text form, in readme/PROTOCOL.md"],
	[
		"test/core/record-index.test.ts#places",
		"where contents lie: a lookup, wrong answers of which only cost a transfer",
	],
	["test/simulation/cli.test.ts", "how the simulation is called"],
	["test/simulation/mutants.test.ts", "a test of the tests"],
];

describe("readme/SPEC.md", () => {
	test("has a rule for every test of the engine, in its title or in that of a block around it", () => {
		const tests = ["core", "engine", "simulation"].flatMap((zone) => filesBelow(`test/${zone}`, ".test.ts"));
		const without = tests.flatMap((path) => titlesWithoutRule(read(path)).map((title) => [path, title] as const));
		const isException = ([path, title]: readonly [string, string], [place]: readonly [string, string]): boolean =>
			place === path || (place.startsWith(`${path}#`) && title.startsWith(`${place.slice(path.length + 1)} > `));
		const isExcused = (each: readonly [string, string]): boolean =>
			WITHOUT_RULES.some((exception) => isException(each, exception));
		expect(without.filter((each) => !isExcused(each)).map(([path, title]) => `${path}: ${title}`)).toEqual([]);
		const unused = WITHOUT_RULES.filter((exception) => !without.some((each) => isException(each, exception)));
		expect(unused).toEqual([]);
	});

	test("has every rule cited in the title of a test or marked as later, and every cited one is there", () => {
		const tests = filesBelow("test", ".test.ts").filter((path) => path !== me);
		const cited = new Map(tests.map((path) => [path, idsCitedInTitles(read(path))]));
		expect([...cited.values()].flat().length).toBeGreaterThan(10);
		expect(mismatches(rules, cited)).toEqual([]);
	});

	test("counts the rules of each group from 1 without a gap", () => {
		const groups = [...new Set(rules.map(({ id }) => id.replace(/\d+/, "")))];
		expect(groups.length).toBeGreaterThan(15);
		for (const group of groups) {
			const ids = rules.map(({ id }) => id).filter((id) => id.replace(/\d+/, "") === group);
			expect(ids).toEqual(ids.map((_, i) => group + String(i + 1)));
		}
	});

	test("has the rules that source files say they follow", () => {
		const sources = filesBelow("src", ".ts");
		const cited = new Map(sources.map((path) => [path, idsCitedInSource(read(path))]));
		expect([...cited.values()].flat().length).toBeGreaterThan(50);
		expect(unknownIds(rules, cited)).toEqual([]);
	});
});

describe("the reader of the specification", () => {
	const spec = [
		"## R: records",
		"- **R1** Joins are joins.",
		"  They go on in the next line. *later: not built*",
		"- **R2** Something later on, without a mark.",
		"",
		"*later: not a part of R2*",
		"- **R3** Last. _later: no test of its own_",
		"- **RX1** One of a group with two letters. _later: not built_",
	].join("\n");

	test("finds rules and their marks, over several lines and no further", () => {
		expect(rulesOf(spec)).toEqual([
			{ id: "R1", isLater: true },
			{ id: "R2", isLater: false },
			{ id: "R3", isLater: true },
			{ id: "RX1", isLater: true },
		]);
	});

	test("finds ids at the start of titles and nowhere else", () => {
		const source = [
			'test("[R1] one", () => {});',
			'test("[RX1 I1] one", () => {}); test("[RXY1] three letters", () => {});',
			"describe('[I1 I2] two', () => {});",
			"it.each([1])(\n\t`[A13] ${three}`,\n);",
			'test("not at the start [R8] ", () => {}); // [R9] in a comment',
			'const list = ["R4"]; expect("[R5]").toBe("[r6] lower case"); "[R7 and more] "',
		].join("\n");
		expect(idsCitedInTitles(source)).toEqual(["R1", "RX1", "I1", "I1", "I2", "A13"]);
	});

	test("finds tests that cite nothing, by the blocks around them", () => {
		const source = [
			'test("[R1] cites", () => {}); test("does not", () => {});',
			'describe("a block", () => { it("[R1 R2] cites", () => {}); it("does not", () => {}); });',
			'describe("[R1] a block", () => { it("has it from there", () => {}); });',
			'test.each([["[R1] a row cites"], ["and another"]])("%s", () => {}); test.each([["no row"]])("%s", () => {});',
			'test.each([1])("[R1] row %i cites", () => {}); it.want("not a", "test"); other("not a test", () => {});',
			"it(`${1} of a template`, () => {});",
		].join("\n");
		expect(titlesWithoutRule(source)).toEqual(["does not", "a block > does not", "%s", "${1} of a template"]);
	});

	test("finds the ranges of file headers", () => {
		expect(idsCitedInSource("// Does X.\n// Rules R1–R3, A13 of readme/SPEC.md.\nconst R9 = 1; // R8\n")).toEqual([
			"R1",
			"R2",
			"R3",
			"A13",
		]);
		expect(idsCitedInSource("// Rules R1–S3 of readme/SPEC.md.")).toEqual(["R1–S3"]);
		expect(idsCitedInSource("// Rules RX1–RX2, R1 of readme/SPEC.md.")).toEqual(["RX1", "RX2", "R1"]);
	});

	test("says what is missing on either side, and what is there twice", () => {
		expect(mismatches(rulesOf(spec), new Map([["a.test.ts", ["R2"]]]))).toEqual([]);
		expect(mismatches(rulesOf(spec), new Map([["a.test.ts", ["R3", "R4", "R4"]]]))).toEqual([
			"no test cites R2",
			"a.test.ts cites R4, which is not in the specification",
		]);
		const twice = rulesOf("- **R1** a\n- **R1** b\n");
		expect(mismatches(twice, new Map([["a.test.ts", ["R1"]]]))).toEqual(["R1 is defined twice"]);
		expect(unknownIds(twice, new Map([["a.ts", ["R1", "R2"]]]))).toEqual([
			"a.ts cites R2, which is not in the specification",
		]);
	});
});
