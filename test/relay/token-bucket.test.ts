import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KeyedBuckets, TokenBucket } from "../../relay/src/token-bucket.ts";

describe("a token bucket", () => {
	it("gives a burst, then the rate, and says how long to wait", () => {
		const bucket = new TokenBucket(2, 4, 0);
		expect([bucket.take(0), bucket.take(0), bucket.take(0)]).toEqual([true, true, false]);
		expect(bucket.waitMs(0)).toBe(250);
		expect([bucket.take(249), bucket.take(250), bucket.take(251)]).toEqual([false, true, false]);
		expect([bucket.isFull(300), bucket.isFull(10_000)]).toEqual([false, true]);
	});

	it("never gives more than burst and rate together, whatever the clock does", () => {
		fc.assert(
			fc.property(fc.array(fc.integer({ min: -50, max: 500 }), { maxLength: 200 }), (steps) => {
				const bucket = new TokenBucket(5, 10, 0);
				let now = 0;
				let forward = 0;
				let given = 0;
				for (const step of steps) {
					now += step;
					forward += Math.max(0, step);
					if (bucket.take(now)) given++;
				}
				expect(given).toBeLessThanOrEqual(5 + (forward / 1000) * 10 + 1e-6);
			}),
		);
	});
});

describe("buckets by key", () => {
	it("are independent, and full ones are forgotten", () => {
		const buckets = new KeyedBuckets(1, 1);
		expect(buckets.of("a", 0).take(0)).toBe(true);
		expect(buckets.of("a", 0).take(0)).toBe(false);
		expect(buckets.of("b", 0).take(0)).toBe(true);
		buckets.sweep(500);
		expect(buckets.of("a", 500).take(500)).toBe(false);
		buckets.sweep(2_000);
		expect(buckets.of("a", 2_000).take(2_000)).toBe(true);
	});
});
