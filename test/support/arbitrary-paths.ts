// Generators of path texts: hostile ones that reach every rule, and ones that the gate takes.
import fc from "fast-check";
import type { VaultPath } from "../../src/core/path.ts";
import { parsePath, toVaultPath } from "../../src/core/path.ts";

const piece = fc.oneof(
	{
		weight: 4,
		arbitrary: fc.constantFrom("a", "B", "note", " ", ".md", ".", "/", "-", "(", ")", "é", "ß", "Σ", "日", "😀"),
	},
	fc.constantFrom(
		"..",
		"//",
		"\\",
		":",
		"?",
		"e\u0301",
		"\u200d",
		"\ufe0f",
		"\u202e",
		"\u0000",
		"\ud800",
		"\uff0e",
		"👩‍👧",
	),
	fc.string({ unit: "binary", maxLength: 3 }),
);

/** Mostly short texts in which hostile pieces meet. */
export const anyPathText = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));

const name = fc.oneof(
	fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }),
	fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join("").replaceAll("/", "")),
	fc.constantFrom(
		"note.md",
		"Daily Note (conflict phone 2026-01-02 0123abcd).md",
		"image.png",
		"archive.tar.gz",
		"no extension",
	),
);

export const vaultPaths: fc.Arbitrary<VaultPath> = fc
	.array(name, { minLength: 1, maxLength: 4 })
	.map((names) => toVaultPath(names.join("/")))
	.filter((parsed) => parsed.ok)
	.map((parsed) => parsed.path);

export function testPath(text: string): VaultPath {
	const parsed = parsePath(text);
	if (!parsed.ok) throw new Error(`${JSON.stringify(text)} is no vault path: ${parsed.reason}`);
	return parsed.path;
}
