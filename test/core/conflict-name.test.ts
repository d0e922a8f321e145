import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { conflictCopyPath, isConflictCopyName, originalPath } from "../../src/core/conflict-name.ts";
import type { ContentHash } from "../../src/core/hash.ts";
import { parseContentHash } from "../../src/core/hash.ts";
import type { Platform } from "../../src/core/platform-names.ts";
import { platformProblem } from "../../src/core/platform-names.ts";
import { fileName, parentPath, parsePath } from "../../src/core/path.ts";
import { utf8Length } from "../../src/core/utf8.ts";
import { anyPathText, testPath, vaultPaths } from "../support/arbitrary-paths.ts";

const hash = parseContentHash("0a1b2c3d".repeat(8)) as ContentHash;
const noon = Date.UTC(2026, 10, 24, 12);
const phone = { author: "phone", mtimeMs: noon, hash };

function copyOf(text: string, version: Partial<typeof phone> = {}): string {
	return conflictCopyPath(testPath(text), { ...phone, ...version });
}

const versions = fc.record({
	author: fc.oneof(
		anyPathText,
		fc.string({ unit: "binary", maxLength: 80 }),
		fc.constantFrom("phone", "", "((", "a b"),
	),
	mtimeMs: fc.oneof(fc.double(), fc.maxSafeInteger(), fc.constantFrom(NaN, Infinity, -Infinity, noon)),
	hash: fc
		.string({ unit: fc.constantFrom(...Array.from("0123456789abcdef")), minLength: 64, maxLength: 64 })
		.map((text) => parseContentHash(text) as ContentHash),
});

const longPaths = fc
	.tuple(
		fc.integer({ min: 1, max: 255 }),
		fc.constantFrom("a", "ü", "日", "😀", "e\u0327\u0301"),
		fc.constantFrom("", ".md"),
	)
	.map(([length, character, extension]) => character.repeat(length) + extension)
	.filter((text) => parsePath(text).ok)
	.map(testPath);

describe("[V6 I9] the name of a conflict copy", () => {
	test.each([
		["note.md", "note (conflict phone 2026-11-24 0a1b2c3d).md"],
		["a/b/note.md", "a/b/note (conflict phone 2026-11-24 0a1b2c3d).md"],
		["no extension", "no extension (conflict phone 2026-11-24 0a1b2c3d)"],
		["archive.tar.gz", "archive.tar (conflict phone 2026-11-24 0a1b2c3d).gz"],
		["1. Introduction (draft)", "1. Introduction (draft) (conflict phone 2026-11-24 0a1b2c3d)"],
		["War (conflict and peace).md", "War (conflict and peace) (conflict phone 2026-11-24 0a1b2c3d).md"],
		["n (conflict desk 2025-01-01 ffffffff).md", "n (conflict phone 2026-11-24 0a1b2c3d).md"],
		["n (conflict a b 2025-01-01 ffffffff) (conflict c 2025-01-01 eeeeeeee)", "n (conflict phone 2026-11-24 0a1b2c3d)"],
		["n (conflict a 2025-01-01 ffffffff).md.bak", "n.md (conflict phone 2026-11-24 0a1b2c3d).bak"],
		[" (conflict a 2025-01-01 ffffffff).x.md", "note (conflict phone 2026-11-24 0a1b2c3d).md"],
	])("of %j is %j", (original, copy) => {
		expect(copyOf(original)).toBe(copy);
	});

	test.each([
		["Anna's iPhone", "Anna's iPhone"],
		["  desk \t top ", "desk top"],
		["a/b\\c (work): #1", "a-b-c -work-- -1"],
		["", "device"],
		["///", "device"],
		["\u202e\u200b", "device"],
		["日本語の電話", "日本語の電話"],
		["Zoe\u0308", "Zoë"],
		["x".repeat(100), "x".repeat(40)],
		["é".repeat(100), "é".repeat(20)],
		["👩‍👩‍👧‍👦", "👩-👩-👧-👦"],
	])("writes the author %j as %j", (author, shown) => {
		expect(copyOf("n.md", { author })).toBe(`n (conflict ${shown} 2026-11-24 0a1b2c3d).md`);
	});

	test.each([
		[0, "1970-01-01"],
		[-1, "1970-01-01"],
		[NaN, "1970-01-01"],
		[Infinity, "9999-12-31"],
		[Number.MAX_SAFE_INTEGER, "9999-12-31"],
		[Date.UTC(2026, 0, 1) - 1, "2025-12-31"],
	])("writes the time %d as the UTC date %s", (mtimeMs, date) => {
		expect(copyOf("n.md", { mtimeMs })).toBe(`n (conflict phone ${date} 0a1b2c3d).md`);
	});

	test("cuts a long base name between characters", () => {
		const room = 240 - utf8Length(" (conflict phone 2026-11-24 0a1b2c3d).md");
		for (const character of ["a", "ü", "日", "😀", "👍🏽", "🇩🇪", "👩‍👧", "x\u0323\u0301"]) {
			const whole = character.repeat(Math.floor(252 / utf8Length(character)));
			const kept = character.repeat(Math.floor(room / utf8Length(character)));
			expect(copyOf(`${whole}.md`)).toBe(`${kept} (conflict phone 2026-11-24 0a1b2c3d).md`);
		}
	});

	test("finds room at the end of the longest paths", () => {
		const folders = `${"d".repeat(200)}/`.repeat(5);
		const copy = copyOf(`${folders}${"n".repeat(16)}.md`);
		expect(copy).toBe(`${`${"d".repeat(200)}/`.repeat(4)}${"n".repeat(16)} (conflict phone 2026-11-24 0a1b2c3d).md`);
	});

	test("is always a path, short enough, with one suffix, and the copy of a copy is the copy", () => {
		fc.assert(
			fc.property(fc.oneof(vaultPaths, longPaths), versions, versions, (path, version, other) => {
				const copy = conflictCopyPath(path, version);
				expect(parsePath(copy).ok).toBe(true);
				expect(utf8Length(fileName(copy))).toBeLessThanOrEqual(240);
				expect(parentPath(copy)).toBe(parentPath(path));
				expect(isConflictCopyName(fileName(copy))).toBe(true);
				expect(fileName(copy).match(/\(conflict [^()]* \d{4}-\d\d-\d\d [0-9a-f]{8}\)/g)).toHaveLength(1);
				expect(conflictCopyPath(copy, version)).toBe(copy);
				expect(conflictCopyPath(conflictCopyPath(copy, other), version).length).toBeLessThanOrEqual(copy.length);
			}),
			{ numRuns: 2000 },
		);
	});

	test("is held on no platform that holds the original", () => {
		fc.assert(
			fc.property(
				vaultPaths,
				versions,
				fc.constantFrom<Platform>("windows", "mac", "android", "ios"),
				(path, version, on) => {
					if (platformProblem(path, on) === undefined) {
						expect(platformProblem(conflictCopyPath(path, version), on)).toBeUndefined();
					}
				},
			),
			{ numRuns: 1000 },
		);
	});
});

describe("[I9] what a conflict copy is a copy of", () => {
	test("is its name without the suffix", () => {
		fc.assert(
			fc.property(vaultPaths, versions, (path, version) => {
				fc.pre(!path.includes("(conflict ") && utf8Length(fileName(path)) < 120);
				expect(originalPath(conflictCopyPath(path, version))).toBe(path);
			}),
		);
	});

	test.each(["n.md", "n (conflict).md", "n (conflict a 2026-11-24 xyz).md", " (conflict a 2026-11-24 0a1b2c3d).md"])(
		"is unknown for %j",
		(text) => {
			expect(originalPath(testPath(text))).toBeUndefined();
			expect(isConflictCopyName(fileName(testPath(text)))).toBe(false);
		},
	);
});
