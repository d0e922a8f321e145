// Which paths the rules leave out, and which texts are no rules.
import { describe, expect, test } from "vitest";
import { pathKey } from "../../src/core/path.ts";
import { USUAL_SCOPE, type Scope } from "../../src/core/scope.ts";
import { parseScope, RULES_CHARACTERS_MAX, RULES_LINES_MAX } from "../../src/core/scope-rules.ts";
import { testPath } from "../support/arbitrary-paths.ts";

function scopeOf(rules: string): Scope {
	const parsed = parseScope({ rules });
	if (!parsed.ok) throw new Error(parsed.problem.reason);
	return parsed.scope;
}
const leavesOut = (rules: string, path: string): boolean => scopeOf(rules).leavesOut(pathKey(testPath(path)));

describe("[L1] rules in gitignore syntax", () => {
	test.each<[rules: string, out: readonly string[], stays: readonly string[]]>([
		["", [], ["note.md"]],
		["# a comment\n\n", [], ["# a comment", "note.md"]],
		["*.tmp", ["a.tmp", "deep/er/a.tmp"], ["a.tmp.md"]],
		["/a.md", ["a.md"], ["x/a.md"]],
		["build/", ["build/a.md", "x/build/a.md"], ["build", "rebuild/a.md"]],
		["Work/private", ["Work/private", "Work/private/a.md"], ["x/Work/private", "Work/privately.md"]],
		["*.mp4\n!keep.mp4", ["a.mp4"], ["keep.mp4", "x/keep.mp4"]],
		["/x/*\n!/x/y.md", ["x/a.md"], ["x/y.md"]],
		["x/\n!x/y.md", ["x/y.md"], []],
		["a/**/z.md", ["a/z.md", "a/b/z.md", "a/b/c/z.md"], ["z.md", "b/a/z.md"]],
		["?.md", ["a.md"], ["ab.md"]],
		["[a-c].md", ["b.md"], ["d.md"]],
		["\\#tag.md", ["#tag.md"], ["tag.md"]],
		["\\!note.md", ["!note.md"], ["note.md"]],
		["a\\ b.md", ["a b.md"], []],
		["\\Diary.md", ["Diary.md", "diary.md"], ["1iary.md"]],
		["(draft)*.md\na+b.md", ["(draft) x.md", "a+b.md"], ["draft.md", "aab.md"]],
		["one.md\r\ntwo.md\r\n", ["one.md", "two.md"], []],
		["\ufeffone.md", ["one.md"], []],
	])("%j", (rules, out, stays) => {
		expect(out.filter((path) => !leavesOut(rules, path))).toEqual([]);
		expect(stays.filter((path) => leavesOut(rules, path))).toEqual([]);
	});

	test("know the file by its key: capital letters and composed characters make no difference", () => {
		expect(leavesOut("*.TMP", "a.tmp")).toBe(true);
		expect(leavesOut("ÜBER/", "über/a.md")).toBe(true);
		expect(leavesOut("u\u0308ber/", "Über/a.md")).toBe(true);
		expect(leavesOut("[A-Z].md", "q.md")).toBe(true);
	});

	test("leave out a folder as a whole only where nothing in it can take part", () => {
		expect(scopeOf("build/").leavesOutFolder(testPath("Build"))).toBe(true);
		expect(scopeOf("build").leavesOutFolder(testPath("x/build/y"))).toBe(true);
		expect(scopeOf("build/*").leavesOutFolder(testPath("build"))).toBe(false);
		expect(scopeOf("*.tmp").leavesOutFolder(testPath("build"))).toBe(false);
	});
});

test("[L1] rules answer the same however many paths they were asked about", () => {
	const scope = scopeOf("*.tmp");
	for (let i = 0; i < 100_001; i++) scope.leavesOut(pathKey(testPath(`${String(i % 7)}.md`)));
	expect([scope.leavesOut(pathKey(testPath("a.tmp"))), scope.leavesOut(pathKey(testPath("a.md")))]).toEqual([
		true,
		false,
	]);
});

describe("[L11] hidden files", () => {
	const scope = (hidden: boolean, rules = ""): Scope => {
		const parsed = parseScope({ rules, hidden });
		if (!parsed.ok) throw new Error(parsed.problem.reason);
		return parsed.scope;
	};
	const isOut = (at: Scope, path: string): boolean => at.leavesOut(pathKey(testPath(path)));
	const paths = [".obsidian/app.json", "a/.hidden.md", ".config/nvim/init.lua"];

	test("take part only where the person wants them", () => {
		for (const path of paths) {
			expect([isOut(scope(false), path), isOut(USUAL_SCOPE, path), isOut(scope(true), path)]).toEqual([
				true,
				true,
				false,
			]);
		}
		expect(scope(false).leavesOutFolder(testPath(".obsidian"))).toBe(true);
		expect(scope(true).leavesOutFolder(testPath(".obsidian"))).toBe(false);
		expect(isOut(scope(false), "a.md")).toBe(false);
	});

	test("are not let in by a rule where nobody wants them, and can be left out where they are wanted", () => {
		expect(isOut(scope(false, "!.obsidian/app.json"), ".obsidian/app.json")).toBe(true);
		expect(isOut(scope(true, ".obsidian/app.json"), ".obsidian/app.json")).toBe(true);
	});

	test("that belong to one device stay there, unless a rule says otherwise", () => {
		for (const path of [".trash/a.md", ".obsidian/workspace.json", ".obsidian/workspace-mobile.json", "a/.DS_Store"]) {
			expect(isOut(scope(true), path)).toBe(true);
		}
		expect(isOut(scope(true, "!/.obsidian/workspace.json"), ".obsidian/workspace.json")).toBe(false);
	});
});

describe("[L2] what nobody can have meant", () => {
	test.each<[rules: string, line: number | undefined, reason: string]>([
		["ok\n[abc", 2, "open-bracket"],
		["a[", 1, "open-bracket"],
		["[!a].md", 1, "unknown-set"],
		["[^a].md", 1, "unknown-set"],
		["[[:alpha:]].md", 1, "unknown-set"],
		["ok\n\nnote\\", 3, "ends-in-backslash"],
		["a\u0000b", undefined, "not-text"],
		["a\ufffdb", undefined, "not-text"],
		["x".repeat(RULES_CHARACTERS_MAX + 1), undefined, "too-long"],
		["x\n".repeat(RULES_LINES_MAX), undefined, "too-long"],
	])("is refused with its line: %#", (rules, line, reason) => {
		expect(parseScope({ rules })).toEqual({ ok: false, problem: { line, reason } });
	});

	test("and what only looks so is taken", () => {
		expect(parseScope({ rules: "# [\n\\[abc\nnote\\\\\n[a]b]\n" }).ok).toBe(true);
	});
});
