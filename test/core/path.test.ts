import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PathRefusal, VaultPath } from "../../src/core/path.ts";
import { fileName, joinPath, parentPath, parsePath, pathKey, toVaultPath } from "../../src/core/path.ts";
import { anyPathText, testPath, vaultPaths } from "../support/arbitrary-paths.ts";

describe("[I32 L11] parsePath", () => {
	test.each([
		"note.md",
		"a/b/c d/Ünïcödé.md",
		"日本語/メモ 1.md",
		"עברית.md",
		"ملاحظة.md",
		"C++ & C#.md",
		"__proto__.md",
		"what: is? this*.md",
		"CON.md",
		"trailing. ",
		" leading",
		"~1",
		"a..b",
		"100% [x] ^y | z.md",
		"🏝️ Koh Kham.md",
		"👩‍👩‍👧‍👦 family.md",
		"🏋🏽‍♂️ plan.md",
		"🏳️‍🌈.md",
		"🏴󠁧󠁢󠁳󠁣󠁴󠁿.md",
		"1️⃣ first.md",
		"↩︎ back.md",
		"👍🏽.md",
		".obsidian/app.json",
		".obsidian/plugins/psync2/main.js",
		"plugins/psync/notes.md",
		"a/.hidden",
		".gitignore",
		"..note",
	])("takes the ordinary name %j", (text) => {
		expect(parsePath(text)).toEqual({ ok: true, path: text });
	});

	test.each<[string, PathRefusal]>([
		["", "empty"],
		["/a", "empty-segment"],
		["a/", "empty-segment"],
		["a//b", "empty-segment"],
		["/", "empty-segment"],
		[".", "dot-segment"],
		["..", "dot-segment"],
		["a/../b", "dot-segment"],
		["a/./b", "dot-segment"],
		[".git/hooks/x", "reserved"],
		["a/.GIT", "reserved"],
		[".git. .", "reserved"],
		[".git:x", "reserved"],
		[".\uff47it/config", "reserved"],
		[".psyncignore", "reserved"],
		["a/.psync-tmp-1", "reserved"],
		[".obsidian/plugins/psync/data.json", "reserved"],
		[".Config/Plugins/PSync", "reserved"],
		["vault/.obsidian/plugins/psync/main.js", "reserved"],
		["...", "dot-segment"],
		[".\u2024", "dot-segment"],
		["\uff0egit/config", "hidden"],
		["\u2024git/config", "hidden"],
		["\ufe52obsidian", "hidden"],
		["\u2025/x", "hidden"],
		["a\\b", "backslash"],
		["..\\x", "backslash"],
		["C:\\x", "backslash"],
		["a\u0000", "control-character"],
		["a\nb", "control-character"],
		["a\u007f", "control-character"],
		["a\u0085b", "control-character"],
		["a\u2028b", "control-character"],
		["note\u202etxt.exe", "bidi-control"],
		["a\u2066b", "bidi-control"],
		["a\u200fb", "bidi-control"],
		["a\u061cb", "bidi-control"],
		["so\u00adft", "invisible-character"],
		["a\u200bb", "invisible-character"],
		["a\u200db", "invisible-character"],
		["a\u200cb", "invisible-character"],
		["\ufeffnote", "invisible-character"],
		["a\ufe0f", "invisible-character"],
		["a\u2060b", "invisible-character"],
		["😀\u200d.md", "invisible-character"],
		["\u200d😀.md", "invisible-character"],
		["😀\ufe0f\ufe0f.md", "invisible-character"],
		["\u200b.git", "invisible-character"],
		["a\u{e0041}", "invisible-character"],
		["a\ud800b", "lone-surrogate"],
		["\udc00", "lone-surrogate"],
		["e\u0301.md", "not-nfc"],
		["\u212a.md", "not-nfc"],
	])("refuses %j: %s", (text, reason) => {
		expect(parsePath(text)).toEqual({ ok: false, reason });
	});

	test("counts a segment in UTF-8 bytes, a path in characters and levels", () => {
		expect(parsePath("a".repeat(255)).ok).toBe(true);
		expect(parsePath("a".repeat(256))).toEqual({ ok: false, reason: "segment-too-long" });
		expect(parsePath("ü".repeat(127)).ok).toBe(true);
		expect(parsePath("ü".repeat(128))).toEqual({ ok: false, reason: "segment-too-long" });
		expect(parsePath("日".repeat(86))).toEqual({ ok: false, reason: "segment-too-long" });
		expect(parsePath("😀".repeat(64))).toEqual({ ok: false, reason: "segment-too-long" });
		expect(parsePath(Array<string>(64).fill("a").join("/")).ok).toBe(true);
		expect(parsePath(Array<string>(65).fill("a").join("/"))).toEqual({ ok: false, reason: "too-deep" });
		expect(parsePath(`${"a".repeat(204)}/`.repeat(5).slice(0, -1)).ok).toBe(true);
		expect(parsePath(`${"a".repeat(204)}/`.repeat(5) + "a")).toEqual({ ok: false, reason: "too-long" });
	});

	test("answers for any text, and what it takes keeps every promise", () => {
		fc.assert(
			fc.property(anyPathText, (text) => {
				const parsed = parsePath(text);
				if (!parsed.ok) return;
				expect(parsed.path).toBe(text);
				expect(text.normalize("NFC")).toBe(text);
				expect(text).not.toMatch(/\\|^\/|\/$|\/\/|[\u0000-\u001f\u007f-\u009f\u202a-\u202e]|(^|\/)\.+(\/|$)/);
			}),
			{ numRuns: 2000 },
		);
	});
});

describe("[I32] toVaultPath", () => {
	test("composes what a file system hands out decomposed", () => {
		expect(toVaultPath("Ü/cafe\u0301.md".normalize("NFD"))).toEqual({ ok: true, path: "Ü/café.md" });
	});

	test("refuses what parsePath refuses", () => {
		expect(toVaultPath("a/../b")).toEqual({ ok: false, reason: "dot-segment" });
		expect(toVaultPath("\u0344".repeat(2000))).toEqual({ ok: false, reason: "too-long" });
		expect(toVaultPath("a".repeat(1_000_000))).toEqual({ ok: false, reason: "too-long" });
	});
});

describe("[I32] pathKey", () => {
	test.each([
		["Notes/Über.md", "notes/ÜBER.md"],
		["Σ.md", "ς.md"],
		["straße.md", "STRAẞE.md"],
		["ǰ.md", "ǰ.MD"],
	])("is equal for %s and %s", (a, b) => {
		expect(pathKey(testPath(a))).toBe(pathKey(testPath(b)));
	});

	test("keeps different names apart", () => {
		expect(pathKey(testPath("a.md"))).not.toBe(pathKey(testPath("b.md")));
		expect(pathKey(testPath("strasse.md"))).not.toBe(pathKey(testPath("straße.md")));
		expect(pathKey(testPath("i.md"))).not.toBe(pathKey(testPath("ı.md")));
	});

	test("is idempotent, and composed", () => {
		fc.assert(
			fc.property(vaultPaths, (text) => {
				const key = pathKey(text);
				expect(key.normalize("NFC")).toBe(key);
				expect(pathKey(key as string as VaultPath)).toBe(key);
			}),
			{ numRuns: 1000 },
		);
	});

	test("of a folder is the start of the key of what lies in it", () => {
		fc.assert(
			fc.property(vaultPaths, (text) => {
				const parent = parentPath(text);
				if (parent !== undefined) expect(pathKey(text).startsWith(`${pathKey(parent)}/`)).toBe(true);
			}),
		);
	});
});

describe("[I32] parts of a path", () => {
	test("parent, name and joining belong together", () => {
		fc.assert(
			fc.property(vaultPaths, (text) => {
				expect(joinPath(parentPath(text), fileName(text))).toEqual({ ok: true, path: text });
			}),
		);
		expect(parentPath(testPath("a/b/c"))).toBe("a/b");
		expect(parentPath(testPath("a"))).toBeUndefined();
		expect(fileName(testPath("a/b.md"))).toBe("b.md");
	});

	test("a joined name is one name", () => {
		expect(joinPath(testPath("a"), "b/c")).toEqual({ ok: false, reason: "slash-in-name" });
		expect(joinPath(testPath("a"), "..")).toEqual({ ok: false, reason: "dot-segment" });
		expect(joinPath(testPath("a"), "")).toEqual({ ok: false, reason: "empty-segment" });
		expect(joinPath(undefined, "")).toEqual({ ok: false, reason: "empty" });
	});
});
