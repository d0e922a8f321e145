// A set of small numbers, against the sets that everybody knows.
import fc from "fast-check";
import { expect, test } from "vitest";
import { Bits } from "../../src/core/bits.ts";

const SIZE = 100;
const numbers = fc.uniqueArray(fc.nat({ max: SIZE - 1 }));

function bitsOf(all: readonly number[]): Bits {
	const bits = new Bits(SIZE);
	for (const each of all) bits.add(each);
	return bits;
}

test("[K1] is seen with sets of numbers that say what a plain set says", () => {
	fc.assert(
		fc.property(numbers, numbers, numbers, fc.nat({ max: SIZE - 1 }), (a, b, c, one) => {
			const sorted = (all: readonly number[]): number[] => [...new Set(all)].sort((x, y) => x - y);
			const [left, right, third] = [bitsOf(a), bitsOf(b), bitsOf(c)];
			const inBoth = a.filter((each) => b.includes(each));
			expect(left.numbers()).toEqual(sorted(a));
			expect(left.first()).toBe(sorted(a)[0]);
			expect(left.has(one)).toBe(a.includes(one));
			expect(left.or(right).numbers()).toEqual(sorted([...a, ...b]));
			expect(left.and(right).numbers()).toEqual(sorted(inBoth));
			expect(left.without(right).numbers()).toEqual(sorted(a.filter((each) => !b.includes(each))));
			expect(left.meets(right)).toBe(inBoth.length > 0);
			expect(left.meets(right, third)).toBe(inBoth.some((each) => c.includes(each)));
			expect(left.equals(right, third)).toBe(c.every((each) => a.includes(each) === b.includes(each)));
			expect(left.equals(left, third)).toBe(true);
			expect(left.filter((each) => each % 3 === 0).numbers()).toEqual(sorted(a.filter((each) => each % 3 === 0)));
			expect(left.some((each) => each === one)).toBe(a.includes(one));
			const copy = new Bits(left);
			copy.addAll(right);
			copy.delete(one);
			expect(copy.numbers()).toEqual(sorted([...a, ...b]).filter((each) => each !== one));
			expect(left.numbers()).toEqual(sorted(a));
		}),
	);
});
