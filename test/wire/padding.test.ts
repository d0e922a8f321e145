// Which sizes there are.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PADDED_BYTES_MIN, paddedLength } from "../../src/wire/padding.ts";

describe("[ZF2] a padded length", () => {
	test("is at most 12 % more, and the same when it is padded again", () => {
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 64 * 1024 * 1024 }), (length) => {
				const padded = paddedLength(length);
				expect(padded).toBeGreaterThanOrEqual(length);
				expect(padded).toBeLessThanOrEqual(Math.max(PADDED_BYTES_MIN, length * 1.12));
				expect(paddedLength(padded)).toBe(padded);
			}),
			{ numRuns: 2000 },
		);
	});

	test("is one of few", () => {
		const lengths = new Set<number>();
		for (let length = 0; length <= 4 * 1024 * 1024; length += 61) lengths.add(paddedLength(length));
		expect(lengths.size).toBeLessThan(300);
	});

	test("is the one that others compute", () => {
		// By the published definition of Padmé, in another language.
		expect([0, 1024, 1025, 1100, 5000, 100_000, 1_000_001].map(paddedLength)).toEqual([
			1024, 1024, 1088, 1152, 5120, 100_352, 1_015_808,
		]);
	});
});
