import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isMergeable, richerOf } from "../../src/core/merge.ts";
import { mergeNames, mergeOrder } from "../../src/core/merge/order.ts";
import { isPlainYaml } from "../../src/core/merge/plain-yaml.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { bytesOf, checkMerge as check, merged } from "../support/merged.ts";

const note = (front: string, body = "Body one.\n\nBody two.\n"): string => `---\n${front}\n---\n\n${body}`;

describe("the merge of front matter", () => {
	test.each<[string, string, string, string, string]>([
		[
			"two keys",
			"title: T\ntags: [a]",
			"title: tokA\ntags: [a]",
			"title: T\ntags: [a, tokB]",
			"title: tokA\ntags: [a, tokB]",
		],
		[
			"a new key and a changed one",
			"a: one\nb: two",
			"a: one\nb: two\nc: three",
			"a: x\nb: two",
			"a: x\nb: two\nc: three",
		],
		["a key less", "a: one\nb: two\nc: three", "a: one\nc: three", "a: one\nb: two\nc: x", "a: one\nc: x"],
		[
			"lines of one list",
			"cast:\n  - one\n  - two\nyear: 1999",
			"cast:\n  - zero\n  - one\n  - two\nyear: 1999",
			"cast:\n  - one\nyear: 1999",
			"cast:\n  - zero\n  - one\nyear: 1999",
		],
		[
			"comments and order",
			"# about\na: one\n\n# more\nb: two",
			"# about\na: x\n\n# more\nb: two",
			"# more\nb: y\n# about\na: one",
			"# more\nb: y\n# about\na: x",
		],
		[
			"a text over lines",
			"a: >\n  one\n  two\nb: x",
			"a: >\n  one\n  three\nb: x",
			"a: >\n  one\n  two\nb: y",
			"a: >\n  one\n  three\nb: y",
		],
		[
			"keys with spaces and quotes",
			'"my key": a\nother key: b',
			'"my key": x\nother key: b',
			'"my key": a\nother key: y',
			'"my key": x\nother key: y',
		],
	])("[M9] goes by its keys: %s", (_, base, a, b, expected) => {
		check(note(base), note(a), note(b), note(expected));
	});

	test("[M9] is apart from the merge of the text", () => {
		check(
			note("a: one"),
			note("a: x"),
			note("a: one", "Body one.\n\nBody new.\n"),
			note("a: x", "Body one.\n\nBody new.\n"),
		);
		check("text\n", "---\na: x\n---\ntext\n", "text\nmore\n", "---\na: x\n---\ntext\nmore\n");
	});

	test("[M9] has new keys of both, the earlier sibling's first", () => {
		expect(merged(note("a: one"), [note("a: one\nb: x"), note("a: one\nc: y")])).toBe(note("a: one\nb: x\nc: y"));
		expect(merged(note("a: one"), [note("c: y\na: one"), note("b: x\na: one")])).toBe(note("c: y\nb: x\na: one"));
		expect(merged("text\n", ["---\na: x\n---\ntext\n", "---\nb: y\n---\ntext\n"])).toBe("---\na: x\nb: y\n---\ntext\n");
	});

	test.each<[string, string, string, string, string]>([
		["in brackets", "tags: [a, b]", "tags: [b, c]", "tags: [a, b, d]", "tags: [b, c, d]"],
		["on lines", "tags:\n  - a\n  - b", "tags:\n  - a\n  - b\n  - c", "tags:\n  - b", "tags:\n  - b\n  - c"],
		["of one", "tags: a", "tags: [a, b]", "tags: [a, c]", "tags: [a, b, c]"],
		["emptied", "tags: [a, b]", "tags: [b]", "tags: [a]", "tags: []"],
		["with quotes", 'aliases: ["A b", c]', 'aliases: ["A b", c, "D: e"]', "aliases: [c]", 'aliases: [c, "D: e"]'],
		[
			"the same on both",
			"cssclasses:\n- wide",
			"cssclasses:\n- wide\n- dark",
			"cssclasses:\n- wide\n- dark",
			"cssclasses:\n- wide\n- dark",
		],
		[
			"with signs in them",
			"tags: [to-do, a/b]",
			"tags: [to-do, a/b, x-1]",
			"tags: [to-do, a/b, y_2]",
			"tags: [to-do, a/b, x-1, y_2]",
		],
		["of any key", "people: [a]", "people: [a, b]", "people: [a, c]", "people: [a, b, c]"],
	])("[M9] takes lists as sets, with what somebody took out taken out: %s", (_, base, a, b, expected) => {
		expect(merged(note(base), [note(a), note(b)])).toBe(note(expected));
	});

	test("[M9] takes the last sibling's date, number or tick, where both changed it", () => {
		const at = (time: string): string => note(`modified: ${time}\ntitle: T`);
		expect(merged(at("2026-11-27T08:00"), [at("2026-11-28T09:01:10"), at("2026-11-28T07:30")])).toBe(
			at("2026-11-28T07:30"),
		);
		expect(merged(at("3"), [at("4"), at("5.5")])).toBe(at("5.5"));
		expect(merged(at("Friday, November 27th 2026"), [at("Saturday, November 28th 2026, 1:00 pm"), at("May 1st")])).toBe(
			at("May 1st"),
		);
		expect(merged(at(""), [at("true"), at("false")])).toBe(at("false"));
	});

	test.each<[string, string, string, string]>([
		["words of one key", "title: T", "title: tokA", "title: tokB"],
		["a new key with other words", "a: one", "a: one\nb: tokA", "a: one\nb: tokB"],
		["a key deleted and changed", "a: one\nb: two", "a: one", "a: one\nb: tokB"],
		["what is no simple front matter", "a: one\n? b\n: two", "a: x\n? b\n: two", "a: one\n? b\n: three"],
		["a key twice", "a: one\na: two", "a: x\na: two", "a: one\na: y"],
		["a list with one thing twice", "n: [a, a]", "n: [a, a, b]", "n: [a, a, c]"],
		["a key inside of a key", "a:\n  b: 1", "a:\n  b: 1\n  c: 2", "a:\n  b: 1\n  c: 3"],
		["a list that has become a text", "tags: [a]", "tags: [a, b]", "tags: a and b"],
	])("[M9] never has marks in it, and there is no merge of %s", (_, base, a, b) => {
		check(note(base), note(a), note(b), undefined);
	});

	test("[M9] stays front matter, or there is no merge", () => {
		check("---\na: b\n---\ntext\n", "a: b\n---\ntext\n", "---\na: c\n---\ntext\n", "a: c\n---\ntext\n");
		check("---\na: b\n---\ntext\n", "text\n", "---\na: b\n---\ntext more\n", "text more\n");
		check("---\na: b\n\ntext\n", "---\na: b\n---\ntext\n", "---\na: b\n\ntext\nmore\n", "---\na: b\n---\ntext\nmore\n");
		const [flow, block] = ["a: 1\nb: {x: 1}", "a: 2\nb:\n  x: 1"];
		check(note("a: 1\nb:\n  x: 1"), note(flow), note(block), note("a: 2\nb: {x: 1}"));
	});

	test("[M9] keeps the last comment last, and things with commas whole", () => {
		check(note("a: one"), note("a: one\n# end"), note("a: one\nb: two"), note("a: one\nb: two\n# end"));
		check(note("p: [x]"), note("p:\n  - x\n  - one, two"), note("p: [x, y]"), undefined);
		expect(merged(note("p:\n  - x"), [note("p:\n  - x\n  - one, two"), note("p:\n  - x\n  - y")])).toBe(
			note("p:\n  - x\n  - one, two\n  - y"),
		);
	});

	test("[M9] does not make front matter of text", () => {
		expect(merged("b\n", ["---\nb\n", "a\n---\nb\n"])).toBeUndefined();
	});

	test("[M9] counts only in notes", () => {
		const text = (a: string, b: string): string => `---\na: ${a}\nb: ${b}\n---\n`;
		check(text("1", "x"), text("2", "x"), text("3", "x"), undefined, "n.txt");
	});

	test("[M9] of any two changes of keys parses, and has every key that nobody deleted", () => {
		const keys = ["title", "tags", "created", "my key"];
		const value = fc.constantFrom(
			" one",
			" two words",
			" [a, b]",
			"\n  - a\n  - c",
			" 2026-11-28",
			"",
			" |\n  text\n   more",
		);
		const front = fc.uniqueArray(fc.tuple(fc.constantFrom(...keys), value), { selector: ([key]) => key, maxLength: 4 });
		const written = (all: readonly (readonly [string, string])[]): string =>
			note(all.map(([key, text]) => `${key}:${text}`).join("\n") || "x: y");
		let merges = 0;
		fc.assert(
			fc.property(front, front, front, (base, a, b) => {
				const result = merged(written(base), [written(a), written(b)]);
				if (result === undefined) return;
				merges++;
				const lines = result.split("\n---\n")[0]?.split("\n").slice(1) ?? [];
				expect(isPlainYaml(lines)).toBe(true);
				for (const key of keys) {
					const has = (all: readonly (readonly [string, string])[]): boolean => all.some(([name]) => name === key);
					const isDeleted = has(base) && !(has(a) && has(b));
					const isThere = lines.some((line) => line.startsWith(`${key}:`));
					expect(isThere).toBe(!isDeleted && (has(a) || has(b)));
				}
			}),
			{ numRuns: 500 },
		);
		expect(merges).toBeGreaterThan(50);
	});
});

describe("the merge of YAML and tables", () => {
	const base =
		'filters:\n  and:\n    - a.contains("x")\nviews:\n  - type: table\n    name: All\n    order:\n      - file.name\n';

	test("[M10] goes by lines, and by whole ones", () => {
		check(
			base,
			base.replace("name: All", "name: Every"),
			base.replace('"x"', '"y"'),
			base.replace("name: All", "name: Every").replace('"x"', '"y"'),
			"v.base",
		);
		const view = (name: string): string => `  - type: table\n    name: ${name}\n`;
		expect(merged(base, [base + view("A"), base + view("B")], "v.base")).toBe(base + view("A") + view("B"));
		check("a: one two three four\n", "a: x two three four\n", "a: one two three y\n", undefined, "v.yaml");
		check("n,a\n1,x\n2,y\n", "n,a\n1,z\n2,y\n", "n,a\n1,x\n2,y\n3,u\n", "n,a\n1,z\n2,y\n3,u\n", "t.csv");
		check("one two three four,1\n", "x two three four,1\n", "one two three four,2\n", undefined, "t.csv");
	});

	test("[M10] is YAML again, or there is no merge", () => {
		const key = (name: string): string => base.replace("views:", `${name}\nviews:`);
		check(base, key("limit: 1"), key("limit: 2"), undefined, "v.base");
		check(
			base,
			base.replace("    - a", "    - b()\n    - a"),
			base.replace(/and:\n.*\n/, "and: []\n"),
			undefined,
			"v.base",
		);
		check("a: b\n\tc", "a: x\n\tc", "a: b\n\tc\nd: e", undefined, "v.base");
	});

	test.each([
		"",
		"# only a comment",
		"a: b",
		"a:\n  b:\n    c: d\n  e: f\ng: h",
		"a:\n- b\n- c\nd:\n  - e",
		"- a\n- b: c\n  d: e\n-\n  f: g\n- - h\n  - i",
		"a: |\n  free: text\n    - of any kind\n\n  # and more\nb: >-\n  folded",
		'a: \'it\'\'s: quoted\'\n"b c": "x: \\"y\\""',
		"a: plain text\n  that goes on\nb: [x, y,\n  z]\nc: {d: [e]} # comment",
		'a: "over\n  lines"\nb: c',
		"a: http://x.org:80/y#z\nb: 12:30",
		"filters:\n  and:\n    - '!file.name.contains(\"T\")'\n    - list(loc).contains(this)",
		"a:\nb:",
	])("[M10] knows plain YAML: %j", (text) => {
		expect(isPlainYaml(text.split("\n"))).toBe(true);
	});

	test.each([
		"a: b\na: c",
		"a: b\n  c: d",
		"a: b\n   - c",
		"a:\n  b: c\n d: e",
		"a: b\n- c",
		"- a\nb: c",
		"a: b: c",
		"a: [b",
		"a: [b}]",
		"a: 'b",
		'a: "b" c',
		"\ta: b",
		"a: &x b",
		"a: *x",
		"a: !t b",
		"---\na: b",
		"text",
		`${"- ".repeat(100)}a`,
	])("[M10] calls not plain: %j", (text) => {
		expect(isPlainYaml(text.split("\n"))).toBe(false);
	});
});

interface Card {
	readonly id: string;
	readonly [key: string]: unknown;
}

/** As the app writes a canvas. */
function canvas(nodes: readonly Card[], edges: readonly Card[] = []): string {
	const list = (parts: readonly Card[]): string =>
		parts.length === 0 ? "[]" : `[\n${parts.map((part) => `\t\t${JSON.stringify(part)}`).join(",\n")}\n\t]`;
	return `{\n\t"nodes":${list(nodes)},\n\t"edges":${list(edges)},\n\t"metadata":{\n\t\t"version":"1.0-1.0",\n\t\t"frontmatter":{}\n\t}\n}`;
}

describe("the merge of a canvas", () => {
	const one = {
		id: "1a",
		type: "text",
		text: "One card.\nIts second line.",
		x: 0,
		y: 0,
		width: 250,
		height: 60,
		new: ["?"],
	};
	const two = { id: "02", type: "file", file: "note.md", x: 300, y: 0, width: 250, height: 60 };
	const arrow = { id: "e", fromNode: "1a", fromSide: "right", toNode: "02", toSide: "left" };
	const base = canvas([one, two], [arrow]);
	const checkCanvas = (a: string, b: string, expected: string | undefined): void =>
		check(base, a, b, expected, "c.canvas");

	test("[M11] has the cards and arrows of all, and not those that somebody took away", () => {
		const [three, four] = [
			{ ...two, id: "3" },
			{ ...one, id: "4" },
		];
		expect(merged(base, [canvas([one, two, three], [arrow]), canvas([one, two, four], [arrow])], "c.canvas")).toBe(
			canvas([one, two, three, four], [arrow]),
		);
		checkCanvas(canvas([one], []), canvas([{ ...one, text: "x" }, two], [arrow]), canvas([{ ...one, text: "x" }], []));
	});

	test("[M11] has what each changed of one card", () => {
		checkCanvas(
			canvas([{ ...one, color: "3" }, two], [arrow]),
			canvas([{ ...one, x: 500, text: "One card, new.\nIts second line." }, two], [arrow]),
			canvas([{ ...one, x: 500, text: "One card, new.\nIts second line.", color: "3" }, two], [arrow]),
		);
		checkCanvas(
			canvas([{ ...one, text: "One card.\nAnother second line." }, two], [arrow]),
			canvas([{ ...one, text: "One new card.\nIts second line." }, two], [arrow]),
			canvas([{ ...one, text: "One new card.\nAnother second line." }, two], [arrow]),
		);
	});

	test("[M11] has a card where the last sibling put it, in both directions", () => {
		const at = (x: number, y: number): string => canvas([{ ...one, x, y }, two], [arrow]);
		expect(merged(base, [at(10, 20), at(30, 0)], "c.canvas")).toBe(at(30, 0));
		expect(merged(base, [at(30, 0), at(10, 20)], "c.canvas")).toBe(at(10, 20));
		checkCanvas(at(10, 20), canvas([two], []), canvas([two], []));
	});

	test("[M11] keeps the order of cards, which is what lies on top", () => {
		checkCanvas(
			canvas([two, one], [arrow]),
			canvas([{ ...one, color: "1" }, two], [arrow]),
			canvas([two, { ...one, color: "1" }], [arrow]),
		);
	});

	test.each<[string, string, string]>([
		[
			"another text of one card",
			canvas([{ ...one, text: "tokA" }, two], [arrow]),
			canvas([{ ...one, text: "tokB" }, two], [arrow]),
		],
		["a card deleted and written in", canvas([two], []), canvas([{ ...one, text: "tokB" }, two], [arrow])],
		["two colours", canvas([{ ...one, color: "1" }, two], [arrow]), canvas([{ ...one, color: "2" }, two], [arrow])],
		[
			"two files of one card",
			canvas(
				[
					{ ...one, text: "folder one/a long name.md" },
					{ ...two, file: "folder/a note.md" },
				],
				[arrow],
			),
			canvas([one, { ...two, file: "note.md, and more" }], [arrow]),
		],
		["an arrow to a card that is gone", canvas([two], []), canvas([one, two], [arrow, { ...arrow, id: "f" }])],
		["what is no canvas", "{", canvas([two], [])],
		["two cards with one id", canvas([one, one], [arrow]), canvas([one], [])],
	])("[M11] there is no merge of %s", (_, a, b) => checkCanvas(a, b, undefined));

	test("[M11] does not take names of files apart", () => {
		const of = (file: string): string => canvas([{ ...two, file }]);
		check(of("a/some note.md"), of("b/some note.md"), of("a/some note.txt"), undefined, "c.canvas");
	});

	test("[M11] is for what comes out as it went in", () => {
		expect(merged(base, [base.replace('"x":0', '"x":0.0'), canvas([two], [])], "c.canvas")).toBeUndefined();
		expect(merged(base, [base.replace("{", '{"__proto__":1,'), canvas([two], [])], "c.canvas")).toBeUndefined();
		expect(merged("{}", ['{\n\t"nodes":[],\n\t"edges":[]\n}', '{\n\t"a":1\n}'], "c.canvas")).toBe(
			'{\n\t"nodes":[],\n\t"edges":[],\n\t"a":1\n}',
		);
	});
});

describe("the merge of settings", () => {
	const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

	test("[M12] goes by key, at any depth", () => {
		check(
			json({ a: 1, b: { c: 2, d: [1] } }),
			json({ a: 1, b: { c: 3, d: [1] }, e: 5 }),
			json({ a: 2, b: { c: 2, d: [2] } }),
			json({ a: 2, b: { c: 3, d: [2] }, e: 5 }),
			"s.json",
		);
		check(json({ a: 1, b: 2 }), json({ b: 2 }), json({ a: 1, b: 3 }), json({ b: 3 }), "s.json");
		check(json(["p", "q"]), json(["p", "q", "r"]), json(["q"]), json(["q", "r"]), "s.json");
		check('{"__proto__":1,"a":2}', '{"__proto__":1,"a":3}', '{"__proto__":4,"a":2}', '{"__proto__":4,"a":3}', "s.json");
	});

	test("[M12] keeps the way it is written", () => {
		for (const indent of ["\t", 2, 4, undefined]) {
			const text = (a: number, b: number): string => JSON.stringify({ a: { x: a }, b: [b] }, undefined, indent);
			check(text(1, 2), text(3, 2), text(1, 4), text(3, 4), "s.json");
		}
		const compact = (a: number, b: number): string => JSON.stringify({ a, b });
		check(json({ a: 1, b: 2 }), compact(3, 2), json({ a: 1, b: 4 }), compact(3, 4), "s.json");
	});

	test("[M12] there is no merge of one value changed twice, nor of what is written otherwise", () => {
		check(json({ a: 1 }), json({ a: 2 }), json({ a: 3 }), undefined, "s.json");
		check(json({ a: 1 }), json({}), json({ a: 3 }), undefined, "s.json");
		check(json(["a", "a"]), json(["a", "a", "b"]), json(["a"]), undefined, "s.json");
		const deep = (levels: number, a: number, b: number): string =>
			`{"a":${'{"x":'.repeat(levels)}${a}${"}".repeat(levels)},"b":${b}}`;
		check(deep(60, 1, 2), deep(60, 3, 2), deep(60, 1, 4), deep(60, 3, 4), "s.json");
		check(deep(70, 1, 2), deep(70, 3, 2), deep(70, 1, 4), undefined, "s.json");
		check(json([1, 2]), json([1, 2, 3]), json([0, 1, 2]), undefined, "s.json");
		check('{ "a": 1, "b": 2 }', '{ "a": 2, "b": 2 }', '{ "a": 1, "b": 3 }', undefined, "s.json");
		const [mark, ends] = [(text: string) => `\ufeff${text}`, (text: string) => text.replaceAll("\n", "\r\n")];
		for (const write of [mark, ends]) {
			const of = (a: number, b: number): string => write(JSON.stringify({ a, b }, undefined, 2));
			check(of(1, 2), of(3, 2), of(1, 4), undefined, "s.json");
			check(of(1, 2), of(3, 2), of(1, 4), undefined, "s.canvas");
		}
		check(
			json({ a: 1, b: "x" }),
			json({ a: 2, b: "x" }),
			json({ a: 1, b: "y" }).replace('"y"', '"\\u0079"'),
			undefined,
			"s.json",
		);
	});
});

describe("the richer of versions without a base", () => {
	const richer = (...versions: readonly string[]): number | undefined =>
		richerOf(testPath("Daily/d.md"), versions.map(bytesOf));
	const five = "line one\nline two\nline three\nline four\nline five\n";
	const template = "---\ncreated: 2026-11-28T08:13\ntags: [daily]\nmood:\n---\n# Day\n\n## Tasks\n\n- [ ] \n\n## Log\n";

	test.each<[string, string, string]>([
		["a start of it", five, `${five}more tokA\n`],
		["an older one without its last end", five.trimEnd(), `first\n${five}`],
		["an empty one", "", "x"],
		["empty lines", "a\n\n\nb\n\n", "a\nb\nc\n"],
		["a line written on", "# Day\n- \n", "# Day\n- tokA\n"],
		[
			"a fresh daily note",
			template.replace("08:13", "07:00"),
			template.replace("[ ] ", "[ ] tokA").replace("mood:", "mood: good").replace("[daily]", "[daily, home]"),
		],
		["other line ends", five, five.replaceAll("\n", "\r\n") + "more"],
	])("[M13] has all of %s", (_, poorer, whole) => {
		expect(richer(poorer, whole)).toBe(1);
		expect(richer(whole, poorer)).toBe(0);
		expect(richer(poorer, whole, poorer)).toBe(1);
	});

	test("[M13] is the first of those that are equal but for the time of their making", () => {
		expect(richer(template, template.replace("08:13", "07:00"))).toBe(0);
	});

	test.each<[string, string, string]>([
		["each has a line", "# Day\n\n- tokA\n", "# Day\n\n- tokB\n"],
		["a word changed", five, five.replace("two", "2") + "more"],
		["another order", "a\nb\n", "b\na\nc\n"],
		["a start of a word", "see\n", "seen it\n"],
		["other numbers", "---\nrating: 3\n---\nx\n", "---\nrating: 4\n---\nx\ny\n"],
		["other dates", "---\ndue: 2026-11-28\n---\nx\n", "---\ndue: 2026-12-01\n---\nx\ny\n"],
	])("[M13] is none where %s", (_, a, b) => {
		expect(richer(a, b)).toBeUndefined();
		expect(richer(b, a)).toBeUndefined();
	});

	test("[M13] is for texts that people write", () => {
		expect(richerOf(testPath("c.canvas"), ["", "x"].map(bytesOf))).toBeUndefined();
		expect(richerOf(testPath("a.md"), [bytesOf("a"), bytesOf("a\n\0")])).toBeUndefined();
		expect(richerOf(testPath("a.md"), [])).toBeUndefined();
	});
});

describe("orders and names", () => {
	const names = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e", "f", "g"));

	test("[M9 M11] have everything that remains once", () => {
		fc.assert(
			fc.property(names, fc.array(names, { minLength: 1, maxLength: 3 }), (base, versions) => {
				const all = new Set([base, ...versions].flat());
				expect(mergeOrder(base, versions, all).sort()).toEqual([...all].sort());
				const expected = [...all].filter((name) =>
					base.includes(name) ? versions.every((version) => version.includes(name)) : true,
				);
				expect(mergeNames(base, versions).sort()).toEqual(expected.sort());
			}),
		);
	});

	test("[M9 M11] keep the order of who alone moved something", () => {
		fc.assert(
			fc.property(names, names, (base, version) => {
				expect(mergeNames(base, [base, version])).toEqual(version);
				expect(mergeNames(base, [version, base])).toEqual(version);
			}),
		);
	});
});

test("[M8] settings, canvases, bases and tables are merged too", () => {
	const names = ["a.canvas", "b.BASE", "c.json", "d.yml", "e.csv", "f..md"];
	expect(names.filter((name) => !isMergeable(testPath(name), 1))).toEqual([]);
});
