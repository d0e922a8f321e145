import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isMergeable, MERGE_BYTES_MAX, mergeVersions, richerOf } from "../../src/core/merge.ts";
import { differenceOf } from "../../src/core/merge/difference.ts";
import { isSound } from "../../src/core/merge/soundness.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { bytesOf, checkMerge as check, merged } from "../support/merged.ts";

const many = (count: number, of: (i: number) => string): string =>
	Array.from({ length: count }, (_, i) => of(i)).join("");
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

	test("[M3] has no line end where no line is left", () => {
		check("a\nb", "", "a\n", "");
	});

	test("[M3] does not merge with a version that has other line ends", () => {
		check("1\n2\n", "1\r\n2\r\n", "1\n2\n3\n", undefined);
		check("1\n2\n3\n", "1\r\n2\r\n3\r\n", "1x\n2\n3\n", undefined);
		check("1\r\n2\n3\n", "1\n2\n3\n", "1\r\n2\n3x\n", undefined);
	});

	test("[M4] has both of two insertions at one place, the earlier sibling's first", () => {
		expect(merged(five, [`${five}A\n`, `${five}B\n`])).toBe(`${five}A\nB\n`);
		expect(merged(five, [`${five}B\n`, `${five}A\n`])).toBe(`${five}B\nA\n`);
		expect(merged(five, [`${five}A\n`, `${five}B\n`, `${five}C\n`])).toBe(`${five}A\nB\nC\n`);
		expect(merged("p\n\nq\n", ["p\n\nA\n\nq\n", "p\n\nB\n\nq\n"])).toBe("p\n\nA\n\nB\n\nq\n");
	});

	test("[M4] has what goes on with a list before what begins a section there, whoever was first", () => {
		const base = "## Tasks\n\n- a\n- b";
		check(base, `${base}\n- c`, `${base}\n\n## New\n\ntext`, `${base}\n- c\n\n## New\n\ntext`);
		expect(merged(base, [`${base}\n## New`, `${base}\n- c`, `${base}\n- d`])).toBe(`${base}\n- c\n- d\n## New`);
	});

	test("[M4] has a heading that both insertions begin with once, and signs as often as they are there", () => {
		expect(merged("# Log\n", ["# Log\n\n## Today\n\n- A\n", "# Log\n\n## Today\n\n- B\n"])).toBe(
			"# Log\n\n## Today\n\n- A\n- B\n",
		);
		expect(merged("# Log\n", ["# Log\n\nA\n", "# Log\n\nB\n"])).toBe("# Log\n\nA\n\nB\n");
		expect(merged("# Log\n", ["# Log\nA\n", "# Log\nA\n\n", "# Log\nB\n"])).toBe("# Log\nA\n\nB\n");
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
		[
			"see https://a.org/all/pages/one",
			"see https://b.org/all/pages/one",
			"see https://a.org/all/pages/two",
			undefined,
		],
		["one two three four", "1 two three 4", "1 two three four more", undefined],
		["one two three four five six", "1 two three four 5 six", "1 two 3 four five six", "1 two 3 four 5 six"],
		["in [[Old name|text]] there", "in [[New name|text]] there", "in [[Old name|other]] there", undefined],
		["c", "c tokA", "c tokB", undefined],
	])("[M5] joins changes of one line only where words stayed between them: %s", (base, a, b, expected) => {
		check(base, a, b, expected);
	});

	test.each<[string, string, string, string]>([
		["an edited paragraph", "a\n\nb\n\nc\n", "a\n\nc\n", "a\n\nb tok\n\nc\n"],
		["a line in what is deleted", "1\n2\n3\n4\n", "1\n4\n", "1\n2\nnew\n3\n4\n"],
		["a line at the end of a deleted section", "# A\na\n# B\nb\n", "# A\na\n", "# A\na\n# B\nb\nnew\n"],
		["a line in what is deleted of a paragraph", "a\n\nb\n\nc\n", "a\n\nc\n", "a\n\nb\nnew\n\nc\n"],
		[
			"a line in two that are hardly the same",
			"the a b c\nthe d e f\n",
			"the u v w\nthe x y z\n",
			"the a b c\nnew\nthe d e f\n",
		],
		["a line beside a rewritten block", "a\nb\nc\n", "a\nX\nY\nZ\n", "a\nb\nc\nnew\n"],
		["two rewritten blocks", "a\nb\nc\nd\n", "a\nX\nY\nd\n", "a\nU\nV\nd\n"],
		["all deleted", "a\n", "", "a b\n"],
	])("[M6] does not merge an edit with a deletion or rewriting of its place: %s", (_, base, a, b) => {
		check(base, a, b, undefined);
	});

	test("[M6] leaves drawings alone, which are data", () => {
		const drawing = (a: string, b: string): string => `---\nexcalidraw-plugin: parsed\n---\n${a}\n\n${b}\n`;
		check(drawing("1", "2"), drawing("3", "2"), drawing("1", "4"), undefined);
		const packed = (a: string, b: string): string => `${a}\n\n\`\`\`compressed-json\n${b}\n\`\`\`\n`;
		check(packed("1", "2"), packed("3", "2"), packed("1", "4"), undefined);
	});

	test("[M6] has what is inserted beside a line less", () => {
		check("- a\n- b\n- c\n", "- a\n- c\n", "- a\n- b\n- new\n- c\n", "- a\n- new\n- c\n");
		check("a\n\nb\n", "a\nb\n", "a\n\nnew\nb\n", undefined);
	});

	test("[M7] does not have a paragraph twice that two moved to different places", () => {
		const order = (names: string): string => [...names].map((name) => `paragraph ${name.repeat(5)}\n`).join("\n");
		check(order("pabcdef"), order("abpcdef"), order("abcdepf"), undefined);
		check(
			order("pabcdef"),
			order("abpcdef"),
			order("pabcdef").replace("eeeee", "E"),
			order("abpcdEf").replace("EEEEE", "E"),
		);
	});

	test("[M7] does not leave a block of code open", () => {
		const base = "one\ntwo\nthree\nfour\n";
		const [a, b] = ["one\n```\ntwo\n```\nthree\nfour\n", "one\n```\ntwo\nthree\nfour\n```\n"];
		check(base, a, b, undefined);
	});

	test.each<[string, boolean, string, string[], string]>([
		["all is there", true, "a b", ["a b c", "d a b"], "d a b c"],
		["a line that nobody deleted is lost", false, "a\nb\nc", ["a\nb\nc\nd", "x\nb\nc"], "x\nc\nd"],
		["a new line is lost", false, "a", ["a\nb", "a\nc"], "a\nb"],
		["a word is lost", false, "a b c d", ["a b c x", "y b c d"], "y b d x"],
		["a deletion", true, "a\nb\nc", ["a\nc", "a\nb\nc\nd"], "a\nc\nd"],
		["a line is there twice", false, "a\nb", ["b\na", "a\nb\nc"], "a\nb\na\nc"],
		["signs are there as often as may be", true, "---", ["---\nb", "---\nc"], "---\nb\n---\nc"],
	])("[M7] looks at the result: %s", (_, expected, base, versions, result) => {
		const lines = (text: string): string[] => text.split("\n");
		expect(isSound(lines(base), versions.map(lines), lines(result))).toBe(expected);
	});

	test("[M8] is for text of a few kinds and of at most so many bytes", () => {
		expect(["a.md", "b.TXT", "c/d.markdown"].map((path) => isMergeable(testPath(path), MERGE_BYTES_MAX))).toEqual([
			true,
			true,
			true,
		]);
		expect(["a.png", "md", "a.md.pdf"].map((path) => isMergeable(testPath(path), 1))).toEqual([false, false, false]);
		expect(isMergeable(testPath("a.md"), MERGE_BYTES_MAX + 1)).toBe(false);
		const large = many(MERGE_BYTES_MAX / 16, () => "fifteen letters\n");
		check(large, `${large.slice(0, -16)}x\n`, `y\n${large.slice(16)}`, `y\n${large.slice(16, -16)}x\n`);
		check("1\n", `${large}x\n`, "1\n", undefined);
		expect(
			merged(
				large,
				Array.from("abcdefgh").map((letter) => letter + large.slice(1)),
			),
		).toBeUndefined();
		check("1\n2\n3\n", "1x\n2\n3\n", "1\n2\n3x\n", undefined, "a.png");
		check("1\n2\n3\n", "1x\n2\n3\n", "1\n2\n3x\0\n", undefined);
		const invalid = Uint8Array.from([0x31, 0x0a, 0xff]);
		expect(mergeVersions(testPath("a.md"), bytesOf("1\n"), [invalid, bytesOf("2\n")])).toBeUndefined();
	});
});

describe("any merge", () => {
	const line = fc.constantFrom(
		"a",
		"b",
		"c d e f",
		"c d e",
		"x c d e f",
		"",
		"# A b",
		"- [ ] x",
		"```",
		"---",
		"key: v",
	);
	const lines = fc.array(line, { maxLength: 10 });
	const written = (all: readonly string[], end: boolean): string =>
		all.join("\n") + (end && all.length > 0 ? "\n" : "");
	const texts = fc.tuple(lines, fc.boolean()).map(([all, end]) => written(all, end));

	/** A text and edits of it, as often in different places as in one. */
	const edited = fc
		.tuple(fc.array(line, { minLength: 1, maxLength: 14 }), fc.integer({ min: 2, max: 4 }))
		.chain(([base, count]) => {
			const edit = fc.tuple(fc.nat(base.length), fc.nat(2), fc.array(line, { maxLength: 2 }));
			const version = fc.array(edit, { maxLength: 2 }).map((edits) => {
				const all = [...base];
				for (const [at, less, more] of edits) all.splice(at, less, ...more);
				return written(all, true);
			});
			return fc.tuple(fc.constant(written(base, true)), fc.array(version, { minLength: count, maxLength: count }));
		});
	const sorted = (text: string | undefined): string | undefined => text?.split("\n").sort().join("\n");

	test("[M1 I29] has the same lines for every order", () => {
		let merges = 0;
		fc.assert(
			fc.property(edited, ([base, versions]) => {
				const one = merged(base, versions, "a.txt");
				if (one !== undefined && one !== base) merges++;
				expect(sorted(merged(base, [...versions].reverse(), "a.txt"))).toBe(sorted(one));
			}),
			{ numRuns: 400 },
		);
		expect(merges).toBeGreaterThan(50);
	});

	test("[M1 I29] of a note has the same lines for every order, if it is a note in each", () => {
		fc.assert(
			fc.property(edited, ([base, versions]) => {
				const [one, other] = [merged(base, versions), merged(base, [...versions].reverse())];
				if (one !== undefined && other !== undefined) expect(sorted(other)).toBe(sorted(one));
			}),
			{ numRuns: 400 },
		);
	});

	test("[M1 M2] with the base or a version a second time is the same", () => {
		fc.assert(
			fc.property(edited, ([base, versions]) => {
				expect(merged(base, [base, ...versions, ...versions])).toBe(merged(base, versions));
			}),
		);
	});

	test("[M2] with the base alone, or with equals, is the version", () => {
		fc.assert(
			fc.property(texts, texts, (base, a) => {
				expect(merged(base, [a, base])).toBe(a);
				expect(merged(base, [a, a])).toBe(a);
			}),
		);
	});

	test("[M7 I29] has every word that was there or was added, and that nobody removed", () => {
		const countOf = (text: string, word: string): number => text.split(/\s+/).filter((each) => each === word).length;
		fc.assert(
			fc.property(edited, ([base, versions]) => {
				const result = merged(base, versions, "a.txt");
				if (result === undefined) return;
				for (const word of new Set([base, ...versions].join("\n").match(/\S+/g))) {
					const counts = versions.map((version) => countOf(version, word));
					if (counts.some((count) => count < countOf(base, word))) continue;
					expect(countOf(result, word)).toBeGreaterThanOrEqual(Math.max(...counts));
				}
			}),
			{ numRuns: 400 },
		);
	});

	test("[M2] in two steps is the merge in one, where both steps are certain and nothing meets", () => {
		const numbered = Array.from({ length: 24 }, (_, i) => `line number ${i}`);
		const places = fc.uniqueArray(fc.nat(11), { minLength: 3, maxLength: 3 });
		fc.assert(
			fc.property(places, fc.array(fc.nat(2), { minLength: 3, maxLength: 3 }), (at, kinds) => {
				const base = written(numbered, true);
				const [a = "", b = "", c = ""] = at.map((place, i) => {
					const all = [...numbered];
					const more = [[], [`line number ${2 * place} tok${i}`], [`line number ${2 * place}`, `tok${i}`]];
					all.splice(2 * place, 1, ...(more[kinds[i] ?? 0] ?? []));
					return written(all, true);
				});
				const [ab, bc, all] = [merged(base, [a, b]), merged(base, [b, c]), merged(base, [a, b, c])];
				expect(all).toBeDefined();
				expect(merged(base, [ab ?? "", c])).toBe(all);
				expect(merged(base, [a, bc ?? ""])).toBe(all);
			}),
		);
	});

	test("[M8] of any bytes under any name ends, and throws nothing", () => {
		const bytes = fc.oneof(
			fc.uint8Array({ maxLength: 60 }),
			texts.map(bytesOf),
			fc.string({ unit: "binary" }).map(bytesOf),
		);
		const names = fc.constantFrom("a.md", "a.txt", "a.csv", "a.base", "a.canvas", "a.json", "a.png");
		fc.assert(
			fc.property(names, bytes, fc.array(bytes, { maxLength: 4 }), (name, base, versions) => {
				mergeVersions(testPath(name), base, versions);
				richerOf(testPath(name), versions);
			}),
			{ numRuns: 500 },
		);
	});

	test.each<[string, string, (i: number) => string]>([
		["empty lines", "md", () => "\n"],
		["two lines by turns", "md", (i) => `${(i * 7919) % 13 < 6 ? "a" : "b"}\n`],
		["one line of signs", "md", (i) => "*_[("[i % 4] ?? ""],
		["one line without spaces", "md", () => "字"],
		["open links", "md", () => "[["],
		["almost addresses", "md", (i) => (i % 20 === 0 ? " " : "a.")],
		["spaces before a key", "base", (i) => (i === 0 ? "a" : " ")],
		["quotes", "base", (i) => (i === 0 ? "a: [" : '\\"')],
		["a value that goes on", "base", (i) => (i === 0 ? "a: b\n" : " c\n")],
		["an open list", "base", (i) => (i === 0 ? "a: [\n" : " [\n")],
		["dashes", "base", () => "- "],
		["brackets", "json", () => "["],
		["open objects", "canvas", () => '{"a":'],
	])("[M8] takes no long time, whatever the text: %s", (_, extension, of) => {
		const base = many(100_000, of).slice(0, 100_000);
		const [a, b] = [`${base.slice(0, 50_000)}\nx${base.slice(50_001)}`, `y${base.slice(0, 90_000)}x`];
		for (const path of [`n.${extension}`, "n.md"]) {
			merged(base, [a, b], path);
			merged(`---\n${base}\n---\n`, [`---\nx: y\n${a}\n---\n`, `---\n${b}\n---\n`], path);
		}
	});

	test("[M8] does not look for words in a line as long as a file", () => {
		const base = many(4000, (i) => `word${i} `);
		check(base, `x ${base}`, `${base} y`, undefined);
		check(base.slice(0, 2000), `x ${base.slice(0, 2000)}`, `${base.slice(0, 2000)} y`, `x ${base.slice(0, 2000)} y`);
	});

	test("[M8] compares no longer than it may, and then sees one change where there are many", () => {
		const [a, b] = [1, 7919].map((step) => Array.from({ length: 3000 }, (_, i) => (i * step) % 7));
		const work = { left: 5000 };
		const hunks = differenceOf(a ?? [], b ?? [], work);
		expect(work.left).toBeLessThan(0);
		expect(work.left).toBeGreaterThan(-20_000);
		expect(hunks.length).toBeLessThan(3);
		const nothingInCommon = { left: 10_000 };
		differenceOf(Array<number>(3000).fill(0), Array<number>(3000).fill(1), nothingInCommon);
		expect(nothingInCommon.left).toBeLessThan(0);
		const text = (numbers: readonly number[] = []): string => many(numbers.length, (i) => `${numbers[i] ?? 0}\n`);
		expect(merged(text(a), [text(b), text(a).replace("3", "x")])).toBeUndefined();
	});
});

describe("a difference", () => {
	test("[M2] leads from the one to the other, whatever they are", () => {
		const numbers = fc.array(fc.nat(4), { maxLength: 30 });
		fc.assert(
			fc.property(numbers, numbers, fc.constantFrom(30, 1_000_000), (a, b, left) => {
				const result: number[] = [];
				let at = 0;
				const hunks = differenceOf(a, b, { left });
				for (const [i, { start, end, from, to }] of hunks.entries()) {
					expect(start).toBeGreaterThanOrEqual(at);
					// As far towards the end as it can be.
					const isAtLimit = end === (hunks[i + 1]?.start ?? a.length);
					if (start === end && !isAtLimit) expect(a[end]).not.toBe(b[from]);
					if (from === to && !isAtLimit) expect(a[end]).not.toBe(a[start]);
					result.push(...a.slice(at, start), ...b.slice(from, to));
					at = end;
				}
				expect([...result, ...a.slice(at)]).toEqual(b);
			}),
			{ numRuns: 500 },
		);
	});
});
