import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isMergeable, MERGE_BYTES_MAX, mergeVersions } from "../../src/core/merge.ts";
import { testPath } from "../support/arbitrary-paths.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array | undefined): string | undefined =>
	bytes && new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);

/** `undefined`: not merged. */
function merged(base: string, versions: readonly string[], path = "note.md"): string | undefined {
	return textOf(mergeVersions(testPath(path), bytesOf(base), versions.map(bytesOf)));
}

/** The result must not depend on who is first, where nothing is inserted at one place. */
function check(base: string, a: string, b: string, expected: string | undefined, path?: string): void {
	expect(merged(base, [a, b], path)).toBe(expected);
	expect(merged(base, [b, a], path)).toBe(expected);
}

const five = "line one\nline two\nline three\nline four\nline five\n";

describe("the merge of a text", () => {
	test.each<[string, string, string, string, string]>([
		["lines apart", "1\n2\n3\n", "1x\n2\n3\n", "1\n2\n3x\n", "1x\n2\n3x\n"],
		[
			"neighbours",
			"- [ ] one\n- [ ] two\n",
			"- [x] one\n- [ ] two\n",
			"- [ ] one\n- [x] two\n",
			"- [x] one\n- [x] two\n",
		],
		["an edit and a deletion elsewhere", "1\n2\n3\n4\n", "1x\n2\n3\n4\n", "1\n2\n4\n", "1x\n2\n4\n"],
		["an edit and a line after it", "one\n", "one more\n", "one\ntwo\n", "one more\ntwo\n"],
		["deletions that overlap", "1\n2\n3\n4\n5\n", "1\n4\n5\n", "1\n2\n5\n", "1\n5\n"],
		["a line less in a list, a line more", "- one\n- two\n", "- one\n", "- one\n- two\n- three\n", "- one\n- three\n"],
		["a paragraph each at far ends", "a\n\nb\n", "new\n\na\n\nb\n", "a\n\nb\n\nend\n", "new\n\na\n\nb\n\nend\n"],
	])("[M2] has the edits of both: %s", (_, base, a, b, expected) => check(base, a, b, expected));

	test("[M2] has what both did alike once", () => {
		const both = five.replace("four", "same insert\nline four");
		check(five, both, both, both);
		check(five, both, both.replace("one", "1"), both.replace("one", "1"));
		check(
			five,
			five.replace("one", "1").replace("two", "2"),
			five.replace("two", "2"),
			five.replace("one", "1").replace("two", "2"),
		);
	});

	test("[M2] is the one version that differs from the base", () => {
		check(five, "new\n", five, "new\n");
		expect(merged(five, [five, five])).toBe(five);
		expect(merged(five, ["new\n", five, "new\n"])).toBe("new\n");
		expect(merged(five, [])).toBe(five);
	});

	test("[M2] takes any number of versions", () => {
		const edit = (n: string, by: string): string => five.replace(n, by);
		expect(merged(five, [edit("one", "tokA"), edit("three", "tokB"), edit("five", "tokC")])).toBe(
			"line tokA\nline two\nline tokB\nline four\nline tokC\n",
		);
	});

	test.each<[string, string, string, string]>([
		["no byte order mark, both", "1\n2\n3", "\ufeff1\n2\n3", "1\n2\n3x"],
		["carriage returns", "1\r\n2\r\n3\r\n", "1x\r\n2\r\n3\r\n", "1\r\n2\r\n3x\r\n"],
		["no last end", "1\n2\n3", "1x\n2\n3", "1\n2\n3x"],
	])("[M3] keeps how a text is written: %s", (_, base, a, b) => {
		const result = merged(base, [a, b]) ?? "";
		expect(result.replace(/^\ufeff/, "").replaceAll("x", "")).toBe(base);
		expect(result.match(/x/g) ?? []).toHaveLength(a.includes("x") ? 2 : 1);
		expect(result.startsWith("\ufeff")).toBe(a.startsWith("\ufeff"));
	});

	test("[M3] takes a last end that one added, and mixed ends line by line", () => {
		check("1\n2\n3", "1\n2\n3\n", "1x\n2\n3", "1x\n2\n3\n");
		check("1\n2\n3\n", "1\n2\n3", "1x\n2\n3\n", "1x\n2\n3");
		check("1\r\n2\n3\r\n4\n", "1x\r\n2\n3\r\n4\n", "1\r\n2\n3\r\n4x\n", "1x\r\n2\n3\r\n4x\n");
		expect(merged("a\nb", ["a\nb\nA", "a\nb\nB\n"])).toBe("a\nb\nA\nB\n");
	});

	test("[M3] does not merge with a version that has other line ends", () => {
		check("1\n2\n3\n", "1\r\n2\r\n3\r\n", "1x\n2\n3\n", undefined);
		check("1\r\n2\n3\n", "1\n2\n3\n", "1\r\n2\n3x\n", undefined);
	});

	test("[M4] has both of two insertions at one place, the earlier sibling's first", () => {
		expect(merged(five, [`${five}A\n`, `${five}B\n`])).toBe(`${five}A\nB\n`);
		expect(merged(five, [`${five}B\n`, `${five}A\n`])).toBe(`${five}B\nA\n`);
		expect(merged(five, [`${five}A\n`, `${five}B\n`, `${five}C\n`])).toBe(`${five}A\nB\nC\n`);
		expect(merged("p\n\nq\n", ["p\n\nA\n\nq\n", "p\n\nB\n\nq\n"])).toBe("p\n\nA\n\nB\n\nq\n");
	});

	test("[M4] has a heading that both insertions begin with once, and signs as often as they are there", () => {
		expect(merged("# Log\n", ["# Log\n\n## Today\n\n- A\n", "# Log\n\n## Today\n\n- B\n"])).toBe(
			"# Log\n\n## Today\n\n- A\n- B\n",
		);
		expect(merged("# Log\n", ["# Log\n\nA\n", "# Log\n\nB\n"])).toBe("# Log\n\nA\n\nB\n");
		expect(merged("x\n", ["x\n***\nA\n", "x\n***\nB\n"])).toBe("x\n***\nA\n***\nB\n");
	});

	test.each([
		[
			"The quick brown fox jumps.",
			"The slow brown fox jumps.",
			"The quick brown fox sleeps.",
			"The slow brown fox sleeps.",
		],
		["- [ ] buy milk", "- [x] buy milk", "- [ ] buy milk today", "- [x] buy milk today"],
		["我们明天去。", "我们今天去。", "我们明天去，一起。", undefined],
		[
			"我们明天去上海看电影。",
			"我们今天去上海看电影。",
			"我们明天去上海看电影，一起。",
			"我们今天去上海看电影，一起。",
		],
		["one two", "one tokA", "one tokB", undefined],
		["a b c", "x b c", "a b y", undefined],
		["see https://a.org/page now", "see https://b.org/page now", "see https://a.org/other now", undefined],
		["in [[Old name|text]] there", "in [[New name|text]] there", "in [[Old name|other]] there", undefined],
		["c", "c tokA", "c tokB", undefined],
	])("[M5] joins changes of one line only where words stayed between them: %s", (base, a, b, expected) => {
		check(base, a, b, expected);
	});

	test.each<[string, string, string, string]>([
		["an edited paragraph", "a\n\nb\n\nc\n", "a\n\nc\n", "a\n\nb tok\n\nc\n"],
		["a line in what is deleted", "1\n2\n3\n4\n", "1\n4\n", "1\n2\nnew\n3\n4\n"],
		["a line at the end of a deleted section", "# A\na\n# B\nb\n", "# A\na\n", "# A\na\n# B\nb\nnew\n"],
		["a line beside a rewritten block", "a\nb\nc\n", "a\nX\nY\nZ\n", "a\nb\nc\nnew\n"],
		["two rewritten blocks", "a\nb\nc\nd\n", "a\nX\nY\nd\n", "a\nU\nV\nd\n"],
		["all deleted", "a\n", "", "a b\n"],
	])("[M6] does not merge an edit with a deletion or rewriting of its place: %s", (_, base, a, b) => {
		check(base, a, b, undefined);
	});

	test("[M8] is for text of a few kinds and of at most so many bytes", () => {
		expect(["a.md", "b.TXT", "c/d.markdown"].map((path) => isMergeable(testPath(path), MERGE_BYTES_MAX))).toEqual([
			true,
			true,
			true,
		]);
		expect(["a.png", "md", "a.md.pdf"].map((path) => isMergeable(testPath(path), 1))).toEqual([false, false, false]);
		expect(isMergeable(testPath("a.md"), MERGE_BYTES_MAX + 1)).toBe(false);
		check("1\n2\n3\n", "1x\n2\n3\n", "1\n2\n3x\n", undefined, "a.png");
		check("1\n2\n3\n", "1x\n2\n3\n", "1\n2\n3x\0\n", undefined);
		const invalid = Uint8Array.from([0x31, 0x0a, 0xff]);
		expect(mergeVersions(testPath("a.md"), bytesOf("1\n"), [invalid, bytesOf("2\n")])).toBeUndefined();
	});
});

describe("any merge", () => {
	const lines = fc.array(fc.constantFrom("a", "b", "c d e f", "c d e", "", "# A", "- [ ] x"), { maxLength: 12 });
	const texts = fc.tuple(lines, fc.boolean()).map(([all, ends]) => all.join("\n") + (ends ? "\n" : ""));

	test("[M1 I29] is the same for every order, as far as no two insertions meet", () => {
		fc.assert(
			fc.property(texts, texts, texts, (base, a, b) => {
				const [one, other] = [merged(base, [a, b]), merged(base, [b, a])];
				const sorted = (text: string | undefined): string | undefined => text?.split("\n").sort().join("\n");
				expect(sorted(one)).toBe(sorted(other));
			}),
		);
	});
});
