import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
	compareDots,
	covers,
	EMPTY_VECTOR,
	equalDots,
	equalVectors,
	includes,
	joinVectors,
	sortedEntries,
	withDot,
	withDots,
	withoutDots,
} from "../../src/core/version-vector.ts";
import { crowdedVectors, dotOf, testEpoch } from "../support/arbitrary-records.ts";

const dots = fc
	.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }))
	.map(([epoch, counter]) => dotOf(epoch, counter));

describe("joining version vectors", () => {
	test("[R3] is commutative, associative and idempotent, and the empty one changes nothing", () => {
		fc.assert(
			fc.property(crowdedVectors, crowdedVectors, crowdedVectors, (a, b, c) => {
				expect(equalVectors(joinVectors(a, b), joinVectors(b, a))).toBe(true);
				expect(equalVectors(joinVectors(joinVectors(a, b), c), joinVectors(a, joinVectors(b, c)))).toBe(true);
				expect(joinVectors(a, a)).toBe(a);
				expect(joinVectors(a, EMPTY_VECTOR)).toBe(a);
				expect(equalVectors(joinVectors(EMPTY_VECTOR, a), a)).toBe(true);
			}),
		);
	});

	test("[R3] gives the least vector that includes both, and leaves its arguments as they are", () => {
		fc.assert(
			fc.property(crowdedVectors, crowdedVectors, crowdedVectors, (a, b, c) => {
				const before = JSON.stringify([[...a], [...b]]);
				const joined = joinVectors(a, b);
				expect(includes(joined, a) && includes(joined, b)).toBe(true);
				if (includes(c, a) && includes(c, b)) expect(includes(c, joined)).toBe(true);
				expect(JSON.stringify([[...a], [...b]])).toBe(before);
			}),
		);
	});

	test("[R3] returns the very argument that knows it all already", () => {
		const small = new Map([[testEpoch(1), 1]]);
		const large = new Map([
			[testEpoch(1), 2],
			[testEpoch(2), 1],
		]);
		expect(joinVectors(large, small)).toBe(large);
		expect(joinVectors(small, large)).toBe(large);
	});
});

test("[L6] taking dots away gives the greatest vector below that knows of none of them, and leaves its argument as it is", () => {
	fc.assert(
		fc.property(crowdedVectors, crowdedVectors, fc.array(dots), (vector, other, gone) => {
			const before = JSON.stringify([...vector]);
			const without = withoutDots(vector, gone);
			expect(includes(vector, without)).toBe(true);
			expect(gone.some((dot) => covers(without, dot))).toBe(false);
			if (includes(vector, other) && !gone.some((dot) => covers(other, dot)))
				expect(includes(without, other)).toBe(true);
			expect([...without.values()].every((counter) => counter > 0)).toBe(true);
			if (!gone.some((dot) => covers(vector, dot))) expect(without).toBe(vector);
			expect(JSON.stringify([...vector])).toBe(before);
		}),
	);
});

describe("[R6] comparing version vectors", () => {
	test("is a partial order", () => {
		fc.assert(
			fc.property(crowdedVectors, crowdedVectors, crowdedVectors, (a, b, c) => {
				expect(includes(a, a)).toBe(true);
				expect(includes(a, b) && includes(b, a)).toBe(equalVectors(a, b));
				if (includes(a, b) && includes(b, c)) expect(includes(a, c)).toBe(true);
			}),
		);
	});

	test("knows of a dot exactly when it counts as far", () => {
		fc.assert(
			fc.property(crowdedVectors, crowdedVectors, dots, (a, b, dot) => {
				expect(covers(joinVectors(a, b), dot)).toBe(covers(a, dot) || covers(b, dot));
				expect(covers(withDot(a, dot), dot)).toBe(true);
				expect(covers(EMPTY_VECTOR, dot)).toBe(false);
			}),
		);
	});

	test("[R3] adding dots is joining with what they count, in any order", () => {
		fc.assert(
			fc.property(crowdedVectors, fc.array(dots, { maxLength: 6 }), (a, list) => {
				const counted = withDots(EMPTY_VECTOR, list);
				expect(equalVectors(withDots(a, list), joinVectors(a, counted))).toBe(true);
				expect(equalVectors(withDots(a, list.toReversed()), joinVectors(a, counted))).toBe(true);
			}),
		);
	});
});

describe("[R3] the order of dots and entries", () => {
	test("of dots is total, and equal only for equal dots", () => {
		fc.assert(
			fc.property(dots, dots, dots, (a, b, c) => {
				expect(compareDots(a, b) === 0).toBe(equalDots(a, b));
				expect(Math.sign(compareDots(a, b)) + Math.sign(compareDots(b, a))).toBe(0);
				if (compareDots(a, b) < 0 && compareDots(b, c) < 0) expect(compareDots(a, c)).toBeLessThan(0);
			}),
		);
	});

	test("of entries follows from the vector, not from how it came about", () => {
		fc.assert(
			fc.property(crowdedVectors, (a) => {
				expect(sortedEntries(new Map([...a].reverse()))).toEqual(sortedEntries(a));
			}),
		);
	});
});
