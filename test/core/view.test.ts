import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { conflictCopyPath } from "../../src/core/conflict-name.ts";
import { joinRecords, type PathRecord, type Sibling } from "../../src/core/record.ts";
import { compareRank, viewOf, type LiveSibling } from "../../src/core/view.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { dotOf, histories, recordOf, testHash, testSibling, textsOf } from "../support/arbitrary-records.ts";

/** The numbers of the contents on show, winner first. */
const shown = (record: PathRecord): number[] => {
	const { winner, losers } = viewOf(record);
	return [...(winner === undefined ? [] : [winner]), ...losers].map(({ content }) => Number(`0x${content.hash}`));
};

describe("a respelling", () => {
	const edit = testSibling(dotOf(1, 1), 2, { ancestors: textsOf(1), lamport: 2 });
	const respelling = testSibling(dotOf(2, 1), 1, {
		ancestors: textsOf(1),
		lamport: 2,
		path: testPath("Note.md"),
	});

	test("[F5] of what another version was made on top of is no conflict: its name, and the other's bytes", () => {
		for (const lamport of [1, 9]) {
			const { winner, losers } = viewOf(recordOf([edit, { ...respelling, lamport }]));
			expect(winner).toEqual({ ...edit, path: "Note.md" });
			expect(losers).toEqual([]);
		}
	});

	test("[F5] that is outdone together with a better one has no say", () => {
		const better = testSibling(dotOf(3, 1), 1, { ancestors: textsOf(1), lamport: 3, path: testPath("NOTE.md") });
		expect(viewOf(recordOf([edit, respelling, better])).winner?.path).toBe("NOTE.md");
	});

	test("[F5 V6] beside a version that was made of something else is a conflict like any other", () => {
		const other = testSibling(dotOf(1, 1), 2, { ancestors: textsOf(3), lamport: 2 });
		expect(shown(recordOf([other, respelling]))).toHaveLength(2);
	});

	test("[F5] is told from a version that has the bytes of before again", () => {
		const again = testSibling(dotOf(2, 1), 1, { ancestors: textsOf(4, 1), lamport: 2 });
		expect(shown(recordOf([edit, again]))).toHaveLength(2);
	});
});

describe("the view of a record", () => {
	test("[V1 I13] is the same for everybody who heard the same, in whatever order", () => {
		fc.assert(
			fc.property(histories, fc.nat(1000), fc.nat(1000), (reached, i, j) => {
				const [a, b] = [reached[i % reached.length], reached[j % reached.length]];
				if (a === undefined || b === undefined) return;
				expect(viewOf(joinRecords(a, b))).toEqual(viewOf(joinRecords(b, a)));
			}),
		);
	});

	test("[V1] leaves the record as it is: a frozen one will do, and a second look shows the same", () => {
		fc.assert(
			fc.property(histories, (reached) => {
				for (const record of reached) {
					Object.freeze(record);
					Object.freeze(record.siblings);
					Object.freeze(record.superseded);
					expect(viewOf(record)).toEqual(viewOf(record));
				}
			}),
		);
	});

	test.each<[string, readonly Sibling[], readonly number[], readonly number[]]>([
		["[V1] nothing of nothing", [], [], []],
		["[V1] the only version", [testSibling(dotOf(1, 1), 1)], [], [1]],
		["[V2] nothing of a tombstone", [testSibling(dotOf(1, 1), undefined)], [], []],
		[
			"[V2 I10] the edit, and not the deletion beside it, whatever their order",
			[testSibling(dotOf(1, 1), 1), testSibling(dotOf(2, 9), undefined, { lamport: 99 })],
			[],
			[1],
		],
		["[V3 I7] equal bytes once", [testSibling(dotOf(1, 1), 1), testSibling(dotOf(2, 1), 1)], [], [1]],
		[
			"[V3 I7] equal losers once",
			[testSibling(dotOf(1, 1), 1), testSibling(dotOf(2, 1), 1), testSibling(dotOf(3, 1), 2, { lamport: 5 })],
			[],
			[2, 1],
		],
		[
			"[V4] not what was imported and is superseded, when there is something else",
			[testSibling(dotOf(1, 1), 1, { lamport: 9, imported: true }), testSibling(dotOf(2, 1), 2)],
			[1],
			[2],
		],
		[
			"[V4] not what was imported and is superseded, when all else is a deletion",
			[testSibling(dotOf(1, 1), 1, { imported: true }), testSibling(dotOf(2, 1), undefined)],
			[1],
			[],
		],
		[
			"[V4] what was imported and is superseded, when there is nothing else",
			[testSibling(dotOf(1, 1), 1, { imported: true })],
			[1],
			[1],
		],
		[
			"[V4] what was imported and is not known to be old",
			[testSibling(dotOf(1, 1), 1, { imported: true }), testSibling(dotOf(2, 1), 2)],
			[3],
			[2, 1],
		],
		[
			"[V4] what a person saved again, although it had been superseded",
			[testSibling(dotOf(1, 1), 1), testSibling(dotOf(2, 1), undefined)],
			[1],
			[1],
		],
		[
			"[V5] the larger Lamport number first, whatever clock and epoch say",
			[
				testSibling(dotOf(9, 9), 9, { lamport: 1, mtimeMs: 9_000 }),
				testSibling(dotOf(1, 1), 1, { lamport: 2, mtimeMs: 1 }),
			],
			[],
			[1, 9],
		],
		["[V5] then the larger epoch", [testSibling(dotOf(1, 9), 9), testSibling(dotOf(2, 1), 1)], [], [1, 9]],
		["[V5] then the larger hash", [testSibling(dotOf(1, 2), 1), testSibling(dotOf(1, 1), 2)], [], [2, 1]],
		[
			"[V6] one copy for each other content, best first",
			[1, 2, 3, 4].map((n) => testSibling(dotOf(n, 1), n, { lamport: n === 2 ? 7 : 3 })),
			[],
			[2, 4, 3, 1],
		],
	])("shows %s", (_title, siblings, superseded, expected) => {
		expect(shown(recordOf(siblings, superseded))).toEqual(expected);
	});

	test("[V3] shows equal bytes as the version that ranks highest, so that its name is the same everywhere", () => {
		const low = testSibling(dotOf(1, 1), 1, { author: "low" });
		const high = testSibling(dotOf(1, 2), 1, { author: "high" });
		expect(viewOf(recordOf([low, high])).winner).toEqual(high);
	});
});

describe("the view of any reachable record", () => {
	const everyRecord = (check: (record: PathRecord) => void): void => {
		fc.assert(
			fc.property(histories, (reached) => {
				for (const record of reached) check(record);
			}),
		);
	};
	const live = ({ siblings }: PathRecord): LiveSibling[] =>
		siblings.filter((sibling): sibling is LiveSibling => sibling.content !== undefined);

	test("[V2 I10] has a file when a person saved a version that nothing superseded", () => {
		everyRecord((record) => {
			if (live(record).some(({ imported }) => !imported)) expect(viewOf(record).winner).toBeDefined();
			if (live(record).length === 0) expect(viewOf(record).winner).toBeUndefined();
		});
	});

	test("[V5] has a winner that nothing on show outranks, and losers in order", () => {
		everyRecord((record) => {
			const { winner, losers } = viewOf(record);
			const all = winner === undefined ? [] : [winner, ...losers];
			all.forEach((sibling, i) => {
				const next = all[i + 1];
				if (next !== undefined) expect(compareRank(sibling, next)).toBeGreaterThan(0);
			});
			if (winner === undefined) expect(losers).toEqual([]);
		});
	});

	test("[V6 I8] has as many copies as there are other contents at most, each of them once", () => {
		everyRecord((record) => {
			const contents = shown(record);
			expect(new Set(contents).size).toBe(contents.length);
			expect(contents.length).toBeLessThanOrEqual(live(record).length);
		});
	});

	test("[V5 I20] shows the same contents whatever the clocks said", () => {
		fc.assert(
			fc.property(histories, fc.array(fc.nat(2_000_000_000_000), { minLength: 1 }), (reached, times) => {
				for (const record of reached) {
					const siblings = record.siblings.map((s, i) => ({ ...s, mtimeMs: times[i % times.length] ?? 0 }));
					expect(shown({ ...record, siblings })).toEqual(shown(record));
				}
			}),
		);
	});
});

describe("the rank of versions", () => {
	test("[V5] is a total order: only one version is equal to itself", () => {
		const versions = fc
			.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }), fc.nat(2))
			.map(([epoch, counter, content, lamport]) => {
				const sibling = testSibling(dotOf(epoch, counter), content, { lamport: lamport + 1 });
				return { ...sibling, content: { hash: testHash(content), size: 1 } };
			});
		fc.assert(
			fc.property(versions, versions, versions, (a, b, c) => {
				expect(Math.sign(compareRank(a, b)) + Math.sign(compareRank(b, a))).toBe(0);
				if (compareRank(a, b) === 0) expect([a.lamport, a.dot, a.content]).toEqual([b.lamport, b.dot, b.content]);
				if (compareRank(a, b) > 0 && compareRank(b, c) > 0) expect(compareRank(a, c)).toBeGreaterThan(0);
			}),
		);
	});
});

describe("the name of a conflict copy", () => {
	test("[V6] follows from the losing version alone, whoever won", () => {
		const loser = testSibling(dotOf(1, 1), 1, { author: "phone" });
		const nameBeside = (winner: Sibling): string[] =>
			viewOf(recordOf([loser, winner])).losers.map(({ path, author, mtimeMs, content }) =>
				conflictCopyPath(path, { author, mtimeMs, hash: content.hash }),
			);
		const names = [2, 3].map((n) =>
			nameBeside(testSibling(dotOf(n, 1), n, { lamport: 5, author: "laptop", mtimeMs: n })),
		);
		expect(names[0]).toEqual(["note (conflict phone 2023-11-14 00000000).md"]);
		expect(names[1]).toEqual(names[0]);
	});
});
