import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { foldCase, foldCodePoint } from "../../src/core/case-fold.ts";
import { CASE_FOLD_V1 } from "../../src/core/case-fold-table.ts";
import { simpleCaseFolding } from "../support/simple-case-folding.ts";

describe("case fold version 1", () => {
	const engine = simpleCaseFolding();
	const covered: number[] = [];
	for (let codePoint = 0; codePoint <= 0x10ffff; codePoint++) {
		if (foldCodePoint(codePoint) !== codePoint) covered.push(codePoint);
	}

	test("agrees with the Unicode data of this engine wherever both fold", () => {
		// An older engine does not know the newest letters, a newer one knows more: only the common ones can be compared.
		const common = covered.filter((codePoint) => engine.has(codePoint));
		expect(common.filter((codePoint) => foldCodePoint(codePoint) !== engine.get(codePoint))).toEqual([]);
		expect(common.length).toBeGreaterThan(1400);
	});

	test("keeps what it folds fixed: another table would be another version", () => {
		expect(covered.length).toBe(1512);
		expect(CASE_FOLD_V1.length).toBe(4 * 209);
	});

	test("folds nothing that it folds to", () => {
		expect(covered.filter((codePoint) => foldCodePoint(foldCodePoint(codePoint)) !== foldCodePoint(codePoint))).toEqual(
			[],
		);
	});

	test.each([
		["README.md", "readme.md"],
		["ÄÖÜ É", "äöü é"],
		["ΣΊΣΥΦΟΣ σίσυφος", "σίσυφοσ σίσυφοσ"],
		["ЖУРНАЛ", "журнал"],
		["STRAẞE straße", "straße straße"],
		["İstanbul ısı", "İstanbul ısı"],
		["K Å", "k å"],
		["ᏣᎳᎩ ꮳꮃꭹ", "ᏣᎳᎩ ᏣᎳᎩ"],
		["日本語 عربي 😀", "日本語 عربي 😀"],
	])("%s → %s", (text, folded) => {
		expect(foldCase(text)).toBe(folded);
	});

	test("is idempotent for any text", () => {
		fc.assert(
			fc.property(fc.string({ unit: "binary" }), (text) => {
				expect(foldCase(foldCase(text))).toBe(foldCase(text));
			}),
		);
	});
});
