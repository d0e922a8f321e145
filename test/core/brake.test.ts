// How many deletions are too many.
import { describe, expect, test } from "vitest";
import { judgeDeletions, MAX_DELETES_DEFAULT, type Judgement } from "../../src/core/brake.ts";

type Row = readonly [files: number, deleted: number, missing: number, expected: Judgement];

function check([files, deleted, missing, expected]: Row, maxDeletes = MAX_DELETES_DEFAULT): void {
	expect(judgeDeletions({ files, deleted, missing }, maxDeletes)).toBe(expected);
}

describe("the brake", () => {
	test.each<Row>([
		[1_000, 100, 100, "near"],
		[1_000, 101, 101, "missing"],
		[100, 20, 20, "near"],
		[100, 21, 21, "missing"],
		[100, 40, 21, "missing"],
		[100, 40, 20, "near"],
		[100, 40, 0, "near"],
		[30, 20, 20, "near"],
	])("[D1] of %i files %i are gone, %i of them without a report: %s", (...row) => {
		check(row);
	});

	test.each<Row>([
		[100, 50, 0, "near"],
		[100, 51, 0, "deleted"],
		[40, 20, 0, "near"],
		[40, 21, 0, "deleted"],
		[24, 20, 0, "near"],
		[24, 21, 0, "deleted"],
		[9, 3, 0, "fine"],
		[1_000, 125, 0, "fine"],
	])("[D2] of %i files %i are deleted, %i of them without a report: %s", (...row) => {
		check(row);
	});

	test.each<Row>([
		[20, 18, 0, "near"],
		[20, 19, 0, "emptied"],
		[20, 20, 20, "emptied"],
		[6, 5, 0, "fine"],
		[6, 6, 0, "emptied"],
		[5, 5, 5, "fine"],
		[1_000, 900, 0, "deleted"],
		[1_000, 901, 0, "emptied"],
	])("[D3] of %i files %i are gone, %i of them without a report: %s", (...row) => {
		check(row);
	});

	test("[D1 D2 D3] with 0 only a vault that is emptied is braked", () => {
		check([1_000, 900, 900, "near"], 0);
		check([1_000, 901, 901, "emptied"], 0);
		check([100, 6, 6, "fine"], 0);
	});

	test.each<Row>([
		[5, 5, 5, "emptied"],
		[1, 1, 0, "emptied"],
		[5, 1, 1, "elsewhere"],
		[1_000, 1, 0, "elsewhere"],
		[1_000, 500, 500, "elsewhere"],
		[1_000, 0, 0, "fine"],
	])(
		"[D12] of %i files in another folder %i are gone, %i of them without a report: %s",
		(...[files, deleted, missing, expected]) => {
			expect(judgeDeletions({ files, deleted, missing, isOtherFolder: true }, MAX_DELETES_DEFAULT)).toBe(expected);
			expect(judgeDeletions({ files, deleted, missing, isOtherFolder: true }, 0)).toBe(expected);
		},
	);

	test("[D4] the first few are never near, however small the vault", () => {
		for (let files = 0; files < 40; files++) {
			for (let deleted = 0; deleted <= Math.min(5, files); deleted++) check([files, deleted, deleted, "fine"]);
		}
	});
});
