// How old a deletion is follows from what was known when.
import fc from "fast-check";
import { expect, test } from "vitest";
import { knownSince, MILESTONES_MAX, withMilestone, type Milestone } from "../../src/core/milestones.ts";
import { EMPTY_VECTOR, includes } from "../../src/core/version-vector.ts";
import { vectorOf } from "../support/records.ts";

const AGE_MS = 3 * 86_400_000;

test("[T2] nothing is old for a replica that has just begun", () => {
	const milestones = withMilestone([], { aliveMs: 0, knowledge: vectorOf("a9") }, AGE_MS);
	expect(knownSince(milestones, 0, AGE_MS)).toEqual(EMPTY_VECTOR);
	expect(knownSince(milestones, AGE_MS - 1, AGE_MS)).toEqual(EMPTY_VECTOR);
	expect(knownSince(milestones, AGE_MS, AGE_MS)).toEqual(vectorOf("a9"));
});

test("[T2] without a least age, everything that is known is old enough", () => {
	const milestones = withMilestone([], { aliveMs: 5, knowledge: vectorOf("a9") }, 0);
	expect(knownSince(milestones, 5, 0)).toEqual(vectorOf("a9"));
});

test("[T2] where nothing is learned, nothing is added", () => {
	const first = withMilestone([], { aliveMs: 0, knowledge: vectorOf("a1") }, AGE_MS);
	expect(withMilestone(first, { aliveMs: 10 * AGE_MS, knowledge: vectorOf("a1") }, AGE_MS)).toBe(first);
});

test("[T2 I16] whatever is learned when: nothing counts as old early, all is old in the end, and few milestones are kept", () => {
	const hours = fc.array(fc.tuple(fc.nat(20 * 3_600_000), fc.nat(2)), { minLength: 1, maxLength: 60 });
	fc.assert(
		fc.property(hours, (all) => {
			let milestones: readonly Milestone[] = [];
			let aliveMs = 0;
			let counter = 1;
			const learned: { readonly at: number; readonly counter: number }[] = [];
			for (const [ms, acts] of all) {
				aliveMs += ms;
				counter += acts;
				learned.push({ at: aliveMs, counter });
				milestones = withMilestone(milestones, { aliveMs, knowledge: vectorOf(`a${String(counter)}`) }, AGE_MS);
				const old = knownSince(milestones, aliveMs, AGE_MS);
				const trulyOld = learned.findLast(({ at }) => aliveMs - at >= AGE_MS)?.counter ?? 0;
				expect([...old.values()][0] ?? 0).toBeLessThanOrEqual(trulyOld);
				expect(milestones.length).toBeLessThanOrEqual(MILESTONES_MAX);
			}
			const last = vectorOf(`a${String(counter)}`);
			milestones = withMilestone(milestones, { aliveMs: aliveMs + AGE_MS, knowledge: last }, AGE_MS);
			expect(includes(knownSince(milestones, aliveMs + 2 * AGE_MS, AGE_MS), last)).toBe(true);
		}),
	);
});
