// readme/SPEC.md and the tests say the same: every rule is proven by a test that cites it, or says that it is for later.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { idsCitedInSource, idsCitedInTitles, mismatches, rulesOf, unknownIds } from "./support/spec-rules.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const filesBelow = (folder: string, ending: string): string[] =>
	readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
		.map((path) => `${folder}/${path.replaceAll("\\", "/")}`)
		.filter((path) => path.endsWith(ending));

const rules = rulesOf(read("readme/SPEC.md"));
const me = "test/spec.test.ts";

describe("readme/SPEC.md", () => {
	test("has every rule cited in the title of a test or marked as later, and every cited one is there", () => {
		const tests = filesBelow("test", ".test.ts").filter((path) => path !== me);
		const cited = new Map(tests.map((path) => [path, idsCitedInTitles(read(path))]));
		expect([...cited.values()].flat().length).toBeGreaterThan(10);
		expect(mismatches(rules, cited)).toEqual([]);
	});

	test("counts the rules of each group from 1 without a gap", () => {
		const groups = [...new Set(rules.map(({ id }) => id.charAt(0)))];
		expect(groups.toSorted().join("")).toBe("AFHIJLMNOPRSTUVWX");
		for (const group of groups) {
			const ids = rules.map(({ id }) => id).filter((id) => id.startsWith(group));
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
	].join("\n");

	test("finds rules and their marks, over several lines and no further", () => {
		expect(rulesOf(spec)).toEqual([
			{ id: "R1", isLater: true },
			{ id: "R2", isLater: false },
			{ id: "R3", isLater: true },
		]);
	});

	test("finds ids at the start of titles and nowhere else", () => {
		const source = [
			'test("[R1] one", () => {});',
			"describe('[I1 I2] two', () => {});",
			"it.each([1])(\n\t`[A13] ${three}`,\n);",
			'test("not at the start [R8] ", () => {}); // [R9] in a comment',
			'const list = ["R4"]; expect("[R5]").toBe("[r6] lower case"); "[R7 and more] "',
		].join("\n");
		expect(idsCitedInTitles(source)).toEqual(["R1", "I1", "I2", "A13"]);
	});

	test("finds the ranges of file headers", () => {
		expect(idsCitedInSource("// Does X.\n// Rules R1–R3, A13 of readme/SPEC.md.\nconst R9 = 1; // R8\n")).toEqual([
			"R1",
			"R2",
			"R3",
			"A13",
		]);
		expect(idsCitedInSource("// Rules R1–S3 of readme/SPEC.md.")).toEqual(["R1–S3"]);
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
