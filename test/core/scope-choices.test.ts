// What a person chooses for one device beside rules: folders, kinds of files, a size.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FILE_KINDS, fileKind, type FileKind } from "../../src/core/file-kind.ts";
import { pathKey } from "../../src/core/path.ts";
import { afterRename, chosenScope, NO_CHOICES, type ScopeChoices } from "../../src/core/scope-choices.ts";
import { eitherScope } from "../../src/core/scope.ts";
import { testPath } from "../support/arbitrary-paths.ts";

const key = (path: string) => pathKey(testPath(path));
const folders = (...paths: readonly string[]) => paths.map(testPath);
const leavesOut = (choices: Partial<ScopeChoices>, path: string): boolean =>
	chosenScope({ ...NO_CHOICES, ...choices }).leavesOut(key(path));

describe("[L12] the kind of a file", () => {
	test.each<[path: string, kind: FileKind | undefined]>([
		["a.md", "notes"],
		["A/B.MD", "notes"],
		["plan.canvas", "canvases"],
		["books.base", "canvases"],
		["x/photo.JPEG", "images"],
		["IMG_1.HEIC", "images"],
		["voice.m4a", "audio"],
		["film.webm", "video"],
		["paper.pdf", "pdfs"],
		["archive.tar.gz", "others"],
		["v1.2/notes", undefined],
		["LICENSE", undefined],
		["2024", undefined],
		["ends.", undefined],
		[".hidden", undefined],
		["a/.hidden", undefined],
		["a/.hidden.png", "images"],
	])("%s: %s", (path, kind) => {
		expect(fileKind(key(path))).toBe(kind);
	});
});

describe("[L12] what takes part", () => {
	test("is everything where nothing was chosen", () => {
		const scope = chosenScope(NO_CHOICES);
		expect(["a.md", "x/y.png", "LICENSE"].filter((path) => scope.leavesOut(key(path)))).toEqual([]);
		expect([scope.leavesOutFolder(testPath("x")), scope.maxBytes]).toEqual([false, undefined]);
	});

	test.each<[choices: Partial<ScopeChoices>, out: readonly string[], stays: readonly string[]]>([
		[{ notIn: folders("Films") }, ["films/a.mp4", "FILMS/x/b.md", "Films"], ["Filmstrip/a.md", "x/Films/a.md"]],
		[{ onlyIn: folders("Work", "Home/Now") }, ["a.md", "Home/a.md", "Workshop/a.md"], ["work/a.md", "Home/Now/b.md"]],
		[{ onlyIn: folders("Work"), notIn: folders("Work/Private") }, ["Work/Private/a.md", "b.md"], ["Work/a.md"]],
		[{ onlyIn: folders("Work/Private"), notIn: folders("Work") }, ["Work/Private/a.md", "Work/a.md"], []],
		[{ notOf: ["video", "others"] }, ["a.MP4", "b.zip"], ["a.md", "b.png", "LICENSE", "An empty folder"]],
		[{ notIn: folders("A"), notOf: ["notes"] }, ["A/b.png", "c.md"], ["c.png"]],
		[{ maxBytes: 1 }, [], ["a.md"]],
	])("%j", (choices, out, stays) => {
		expect(out.filter((path) => !leavesOut(choices, path))).toEqual([]);
		expect(stays.filter((path) => leavesOut(choices, path))).toEqual([]);
	});

	test("leaves out a folder as a whole only where nothing in it can take part", () => {
		const isOut = (choices: Partial<ScopeChoices>, path: string): boolean =>
			chosenScope({ ...NO_CHOICES, ...choices }).leavesOutFolder(testPath(path));
		const only = { onlyIn: folders("Home/Now/Here") };
		expect(["Home", "Home/Now", "home/now/here", "Home/Now/Here/x"].filter((path) => isOut(only, path))).toEqual([]);
		expect(["Work", "Home/Now/There", "Ho"].filter((path) => !isOut(only, path))).toEqual([]);
		expect(isOut({ ...only, notIn: folders("Home") }, "Home/Now")).toBe(true);
		expect(isOut({ notOf: FILE_KINDS }, "Home")).toBe(false);
	});
});

const name = fc.constantFrom("A", "b", "c.md", "d.PNG", "e.zip", "é");
const anyPath = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => testPath(names.join("/")));
const anyChoices: fc.Arbitrary<ScopeChoices> = fc.record({
	onlyIn: fc.array(anyPath, { maxLength: 2 }),
	notIn: fc.array(anyPath, { maxLength: 2 }),
	notOf: fc.subarray([...FILE_KINDS]),
	maxBytes: fc.constantFrom(undefined, 10, 20),
});

test("[L12] choices and rules together leave out what either leaves out, in either order", () => {
	fc.assert(
		fc.property(anyChoices, anyChoices, anyPath, (one, two, path) => {
			const [a, b] = [chosenScope(one), chosenScope(two)];
			const at = pathKey(path);
			for (const both of [eitherScope(a, b), eitherScope(b, a)]) {
				expect(both.leavesOut(at)).toBe(a.leavesOut(at) || b.leavesOut(at));
				expect(both.maxBytes).toBe(
					a.maxBytes === undefined || b.maxBytes === undefined
						? (a.maxBytes ?? b.maxBytes)
						: Math.min(a.maxBytes, b.maxBytes),
				);
			}
		}),
	);
});

test("[L12] what is in a folder that is left out as a whole is left out", () => {
	fc.assert(
		fc.property(anyChoices, anyPath, anyPath, (choices, folder, below) => {
			const scope = chosenScope(choices);
			fc.pre(scope.leavesOutFolder(folder));
			expect(scope.leavesOut(pathKey(testPath(`${folder}/${below}`)))).toBe(true);
		}),
	);
});

describe("[L13] a folder that is called otherwise", () => {
	test("keeps what was chosen for it and for what is in it", () => {
		const choices = { ...NO_CHOICES, notIn: folders("Diary", "Home/Letters/Old"), onlyIn: folders("Home") };
		expect(afterRename(choices, testPath("diary"), testPath("Journal")).notIn).toEqual(["Journal", "Home/Letters/Old"]);
		const moved = afterRename(choices, testPath("Home"), testPath("Archive/Home"));
		expect(moved).toMatchObject({ notIn: ["Diary", "Archive/Home/Letters/Old"], onlyIn: ["Archive/Home"] });
		expect(afterRename(choices, testPath("Homestead"), testPath("X"))).toBe(choices);
	});

	test("leaves out the same files, whatever was chosen", () => {
		fc.assert(
			fc.property(anyChoices, anyPath, anyPath, (choices, folder, below) => {
				const to = testPath("Somewhere/New");
				const after = afterRename(choices, folder, to);
				const isOut = (of: ScopeChoices, path: string): boolean => chosenScope(of).leavesOut(key(path));
				// Where it goes, only its own choices speak of it.
				const own = { ...choices, onlyIn: choices.onlyIn.filter(isOwn), notIn: choices.notIn.filter(isOwn) };
				function isOwn(each: string): boolean {
					return key(each) === key(folder) || key(each).startsWith(`${key(folder)}/`);
				}
				fc.pre(own.onlyIn.length > 0 || choices.onlyIn.length === 0);
				expect(isOut(after, `${to}/${below}`)).toBe(isOut(own, `${folder}/${below}`));
			}),
		);
	});
});
