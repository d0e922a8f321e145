import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
	absentRecord,
	equalRecords,
	isLive,
	isNewTo,
	joinForgotten,
	joinRecords,
	joinTold,
	LAMPORT_MAX,
	nextLamport,
	SUPERSEDED_MAX,
	withSuperseded,
	type PathRecord,
} from "../../src/core/record.ts";
import {
	compareDots,
	covers,
	EMPTY_VECTOR,
	equalDots,
	includes,
	joinVectors,
	sortedEntries,
} from "../../src/core/version-vector.ts";
import { viewOf } from "../../src/core/view.ts";
import { dotOf, histories, recordOf, testHash, testSibling, vectorOf } from "../support/arbitrary-records.ts";

/** All of a record, in one spelling. */
const text = (record: PathRecord): string =>
	JSON.stringify([sortedEntries(record.context), record.siblings, record.superseded]);

/** Some records of one history. */
function ofOneHistory(count: number): fc.Arbitrary<PathRecord[]> {
	return fc
		.tuple(histories, fc.array(fc.nat(1000), { minLength: count, maxLength: count }))
		.map(([reached, picks]) => picks.map((pick) => reached[pick % reached.length] ?? absentRecord(EMPTY_VECTOR)));
}
const RUNS = { numRuns: 500 };
const pair = (check: (a: PathRecord, b: PathRecord) => void): void => {
	fc.assert(
		fc.property(ofOneHistory(2), ([a, b]) => {
			if (a !== undefined && b !== undefined) check(a, b);
		}),
		RUNS,
	);
};

describe("joining records that a few replicas reached", () => {
	test("[R1 I13] is commutative", () => {
		pair((a, b) => {
			expect(text(joinRecords(a, b))).toBe(text(joinRecords(b, a)));
		});
	});

	test("[R1 I13] is associative", () => {
		fc.assert(
			fc.property(ofOneHistory(3), ([a, b, c]) => {
				if (a === undefined || b === undefined || c === undefined) return;
				expect(text(joinRecords(joinRecords(a, b), c))).toBe(text(joinRecords(a, joinRecords(b, c))));
			}),
			RUNS,
		);
	});

	test("[R1 I12] is idempotent: hearing something twice, or something old again, changes nothing", () => {
		pair((a, b) => {
			expect(text(joinRecords(a, a))).toBe(text(a));
			const joined = joinRecords(a, b);
			expect(text(joinRecords(joined, b))).toBe(text(joined));
			expect(text(joinRecords(joined, a))).toBe(text(joined));
			expect(equalRecords(joinRecords(joined, b), joined)).toBe(true);
		});
	});

	test("[R1 I13] ends in the same record in whatever order and however often all of them are heard", () => {
		fc.assert(
			fc.property(
				ofOneHistory(6),
				fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 0, 2, 4], { minLength: 9 }),
				(records, order) => {
					const heard = (list: readonly PathRecord[]): PathRecord =>
						list.reduce(joinRecords, absentRecord(EMPTY_VECTOR));
					expect(text(heard(order.flatMap((i) => records[i] ?? [])))).toBe(text(heard(records)));
				},
			),
			RUNS,
		);
	});

	test("[R2] lets a sibling go only where the other side knows of it and does not have it", () => {
		pair((a, b) => {
			const joined = joinRecords(a, b);
			for (const [one, other] of [
				[a, b],
				[b, a],
			] as const) {
				for (const sibling of one.siblings) {
					const stays = joined.siblings.some(({ dot }) => equalDots(dot, sibling.dot));
					const otherHas = other.siblings.some(({ dot }) => equalDots(dot, sibling.dot));
					expect(stays).toBe(otherHas || !covers(other.context, sibling.dot));
				}
			}
			expect(joined.siblings.length).toBeLessThanOrEqual(a.siblings.length + b.siblings.length);
		});
	});

	test("[R3] joins the contexts, in which the dot of every sibling is, each once and in order", () => {
		pair((a, b) => {
			const joined = joinRecords(a, b);
			expect(sortedEntries(joined.context)).toEqual(sortedEntries(joinVectors(a.context, b.context)));
			for (const { dot } of joined.siblings) expect(covers(joined.context, dot)).toBe(true);
			joined.siblings.forEach(({ dot }, i) => {
				const before = joined.siblings[i - 1];
				if (before !== undefined) expect(compareDots(before.dot, dot)).toBeLessThan(0);
			});
		});
	});

	test("[R4] remembers what it drops, the smallest 16 and sorted, and nothing that neither knew", () => {
		pair((a, b) => {
			const joined = joinRecords(a, b);
			const all = [...a.siblings, ...b.siblings];
			const dropped = all.flatMap(({ dot, content }) =>
				content === undefined || joined.siblings.some((s) => equalDots(s.dot, dot)) ? [] : [content.hash],
			);
			const known = [...new Set([...a.superseded, ...b.superseded, ...dropped])].sort();
			expect(joined.superseded).toEqual(known.slice(0, SUPERSEDED_MAX));
		});
	});
});

describe("what is superseded", () => {
	test("[R4] is so by version and not by content: equal bytes that stay are superseded all the same", () => {
		const mine = recordOf([testSibling(dotOf(1, 1), 7), testSibling(dotOf(2, 1), 7)]);
		const theirs = { ...recordOf([]), context: vectorOf(dotOf(1, 1)) };
		const joined = joinRecords(mine, theirs);
		expect(joined.siblings.map(({ dot }) => dot)).toEqual([dotOf(2, 1)]);
		expect(joined.superseded).toEqual([testHash(7)]);
	});

	test("[R4] can be told by itself, once, within the same 16", () => {
		let record = recordOf([]);
		for (const n of [30, 30, ...Array.from({ length: 20 }, (_, i) => i + 1)]) {
			record = withSuperseded(record, testHash(n));
		}
		expect(record.superseded).toEqual(Array.from({ length: 16 }, (_, i) => testHash(i + 1)));
		expect(withSuperseded(record, testHash(3))).toBe(record);
	});
});

describe("a path without a record", () => {
	const knowledge = vectorOf(dotOf(1, 5), dotOf(2, 3));

	test("[R5] is a known absence: what is known does not come back, what is new comes", () => {
		const absent = absentRecord(knowledge);
		const old = recordOf([testSibling(dotOf(1, 5), 1), testSibling(dotOf(2, 2), 2)]);
		expect(joinRecords(absent, old).siblings).toEqual([]);
		const fresh = testSibling(dotOf(2, 4), 3);
		expect(joinRecords(absent, recordOf([testSibling(dotOf(1, 4), 1), fresh])).siblings).toEqual([fresh]);
	});

	test("[R5] teaches nothing to who knows as much", () => {
		expect(isNewTo(absentRecord(knowledge), knowledge)).toBe(false);
	});
});

describe("a path whose deletions somebody forgot", () => {
	const forgotten = vectorOf(dotOf(1, 5));
	const tombstone = testSibling(dotOf(1, 3), undefined);

	test("[T7] is without the versions that the deletions covered, and without the deletions", () => {
		const told = recordOf([testSibling(dotOf(1, 2), 4), tombstone]);
		expect(joinForgotten(told, forgotten)).toEqual({ ...absentRecord(forgotten), superseded: [testHash(4)] });
		expect(joinForgotten(recordOf([]), forgotten)).toEqual(absentRecord(forgotten));
	});

	test("[T7] has a version beside the deletions again, and with it the deletion that hides it", () => {
		const old = testSibling(dotOf(2, 1), 4, { imported: true });
		const told = recordOf([tombstone, old, testSibling(dotOf(1, 4), 5)], [4]);
		const joined = joinForgotten(told, forgotten);
		expect(joined.siblings).toEqual([tombstone, old]);
		expect(viewOf(joined).winner).toBeUndefined();
		expect(joinForgotten(joined, forgotten)).toEqual(joined);
		expect(joinForgotten(recordOf([old], [4]), forgotten).siblings).toEqual([old]);
	});
});

describe("being new", () => {
	test("[R6] is having a dot in the context that the knowledge lacks", () => {
		fc.assert(
			fc.property(ofOneHistory(2), ([a, b]) => {
				if (a === undefined || b === undefined) return;
				expect(isNewTo(a, b.context)).toBe(!includes(b.context, a.context));
			}),
		);
	});

	test("[R6] holds for a dismissal and a tombstone too, which bring no content", () => {
		expect(isNewTo({ ...recordOf([]), context: vectorOf(dotOf(1, 2)) }, vectorOf(dotOf(1, 1)))).toBe(true);
		expect(isNewTo(recordOf([testSibling(dotOf(1, 2), undefined)]), vectorOf(dotOf(1, 1)))).toBe(true);
		expect(isNewTo(recordOf([testSibling(dotOf(1, 2), undefined)]), vectorOf(dotOf(1, 2)))).toBe(false);
	});
});

describe("Lamport numbers", () => {
	test("[R7] grow past every version that was known, tombstones included", () => {
		expect(nextLamport(recordOf([]))).toBe(1);
		const record = recordOf([
			testSibling(dotOf(1, 1), 1, { lamport: 4 }),
			testSibling(dotOf(2, 1), undefined, { lamport: 9 }),
		]);
		expect(nextLamport(record)).toBe(10);
	});

	test("[R7] stop at the ceiling instead of leaving nobody a number", () => {
		expect(nextLamport(recordOf([testSibling(dotOf(1, 1), 1, { lamport: LAMPORT_MAX - 1 })]))).toBe(LAMPORT_MAX);
		expect(nextLamport(recordOf([testSibling(dotOf(1, 1), 1, { lamport: LAMPORT_MAX })]))).toBe(LAMPORT_MAX);
	});
});

test("[S9 R1] joining what a device tells of its own acts is the same join, in which fewer bytes may be old, and none of those that either knows to be", () => {
	let spared = 0;
	pair((own, told) => {
		const joined = joinRecords(own, told);
		for (const { dot } of [...own.siblings, ...told.siblings]) {
			const by = joinTold(own, told, dot.epoch);
			expect(by).toEqual({ ...joined, superseded: by.superseded });
			expect(joined.superseded).toEqual(expect.arrayContaining([...by.superseded]));
			const known = [...own.superseded, ...told.superseded].filter((hash) => joined.superseded.includes(hash));
			expect(by.superseded).toEqual(expect.arrayContaining(known));
			if (by.superseded.length < joined.superseded.length) spared++;
		}
		expect(joinTold(own, told, undefined)).toEqual(joined);
	});
	// In one history whoever goes on knows what was before.
	expect(spared).toBe(0);
});

describe("two records", () => {
	test("[R1] are equal when they say the same, and differ by a dot, a context or a superseded hash", () => {
		const record = recordOf([testSibling(dotOf(1, 1), 1)], [5]);
		expect(equalRecords(record, recordOf([testSibling(dotOf(1, 1), 1)], [5]))).toBe(true);
		for (const other of [
			recordOf([testSibling(dotOf(1, 2), 1)], [5]),
			recordOf([testSibling(dotOf(1, 1), 1), testSibling(dotOf(2, 1), 1)], [5]),
			recordOf([testSibling(dotOf(1, 1), 1)], [6]),
			recordOf([testSibling(dotOf(1, 1), 1)]),
			{ ...record, context: vectorOf(dotOf(1, 1), dotOf(2, 1)) },
		]) {
			expect(equalRecords(record, other)).toBe(false);
			expect(equalRecords(other, record)).toBe(false);
		}
	});

	test("[V2] are live when a sibling has content", () => {
		expect(isLive(recordOf([]))).toBe(false);
		expect(isLive(recordOf([testSibling(dotOf(1, 1), undefined)]))).toBe(false);
		expect(isLive(recordOf([testSibling(dotOf(1, 1), undefined), testSibling(dotOf(2, 1), 1)]))).toBe(true);
	});
});
