// What a replica keeps about its records, and what follows from them.
import fc from "fast-check";
import { newLineage } from "../../src/core/lineage.ts";
import { beforeEach, describe, expect, test } from "vitest";
import { bytesToHex } from "../../src/core/bytes.ts";
import { pathKey } from "../../src/core/path.ts";
import { newState, RecordIndex, type DiskState, type Entry } from "../../src/core/record-index.ts";
import type { PathRecord } from "../../src/core/record.ts";
import { renumberedEntry } from "../../src/core/renumber.ts";
import { EMPTY_VECTOR, includes } from "../../src/core/version-vector.ts";
import { viewOf } from "../../src/core/view.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import {
	crowdedVectors,
	dotOf,
	histories,
	recordOf,
	testEpoch,
	testHash,
	testSibling,
	textsOf,
	vectorOf,
} from "../support/arbitrary-records.ts";
import { sha256 } from "../support/pure-replica.ts";

const NOTE = testPath("Note.md");
const KEY = pathKey(NOTE);
const COPY = testPath("Note (copy).md");
const nothing: DiskState = {
	hash: undefined,
	size: 0,
	path: undefined,
	token: undefined,
	seen: EMPTY_VECTOR,
	copies: [],
};
const live = recordOf([testSibling(dotOf(1, 1), 1)]);
const gone = recordOf([testSibling(dotOf(1, 2), undefined)]);
const entryOf = (record: PathRecord, disk: Partial<DiskState> = {}, path = NOTE): Entry => {
	return { key: pathKey(path), record, disk: { ...nothing, ...disk }, intent: undefined };
};
const newIndex = (): RecordIndex => new RecordIndex(newState(testEpoch(9), testEpoch(9)), sha256);
const rootOf = (...entries: readonly Entry[]): string => {
	const index = newIndex();
	for (const entry of entries) index.put(entry);
	return bytesToHex(index.root());
};

let index: RecordIndex;
beforeEach(() => {
	index = newIndex();
});

describe("the root", () => {
	test("[R8 I28] is the same for the same live records, in whatever order and by whatever way they came", () => {
		const names = ["a.md", "b.md", "c.md"].map((name) => testPath(name));
		fc.assert(
			fc.property(fc.array(fc.tuple(fc.nat(2), histories), { maxLength: 6 }), (changes) => {
				const walked = newIndex();
				const last = new Map<number, PathRecord>();
				for (const [file, reached] of changes) {
					for (const record of reached) {
						walked.put(entryOf(record, {}, names[file]));
						last.set(file, record);
					}
				}
				const entries = [...last].map(([file, record]) => entryOf(record, {}, names[file]));
				expect(bytesToHex(walked.root())).toBe(rootOf(...entries.toReversed()));
				expect(walked.fileCount).toBe(entries.filter(({ record }) => viewOf(record).winner !== undefined).length);
			}),
			{ numRuns: 50 },
		);
	});

	test("[R8] does not count deletions, contexts or what this disk shows", () => {
		expect(rootOf(entryOf(gone))).toBe(rootOf());
		const wiser = { ...live, context: vectorOf(dotOf(1, 1), dotOf(5, 7)), superseded: [testHash(3)] };
		expect(rootOf(entryOf(wiser, { hash: testHash(1), path: NOTE }))).toBe(rootOf(entryOf(live)));
	});

	test("[R8 I28] differs with the path, the dot and the content", () => {
		const roots = [
			rootOf(),
			rootOf(entryOf(live)),
			rootOf(entryOf(live, {}, COPY)),
			rootOf(entryOf(recordOf([testSibling(dotOf(1, 2), 1)]))),
			rootOf(entryOf(recordOf([testSibling(dotOf(1, 1), 2)]))),
			rootOf(entryOf(recordOf([testSibling(dotOf(1, 1), 1), testSibling(dotOf(2, 1), 1)]))),
		];
		expect(new Set(roots).size).toBe(roots.length);
	});

	test("[R8] goes back to what it was when a file goes, and counts live records", () => {
		index.put(entryOf(live));
		expect(index.fileCount).toBe(1);
		index.put(entryOf(gone));
		expect([index.fileCount, index.size, bytesToHex(index.root())]).toEqual([0, 1, rootOf()]);
	});
});

describe("knowledge and numbers", () => {
	test("[I18 I19] every dot is the next number, known at once, and never given twice", () => {
		expect([index.mint(), index.mint(), index.mint()]).toEqual([dotOf(9, 1), dotOf(9, 2), dotOf(9, 3)]);
		expect([...index.knowledge]).toEqual([[testEpoch(9), 3]]);
		expect(index.state.counter).toBe(3);
	});

	test("[I18] knowledge and frontier grow by what is learnt and never shrink", () => {
		fc.assert(
			fc.property(fc.array(fc.tuple(crowdedVectors, crowdedVectors)), (lessons) => {
				const pupil = newIndex();
				for (const [knowledge, forgotten] of lessons) {
					const before = pupil.state;
					pupil.learn(knowledge, forgotten);
					expect(includes(pupil.state.knowledge, before.knowledge)).toBe(true);
					expect(includes(pupil.state.knowledge, knowledge)).toBe(true);
					expect(includes(pupil.state.forgotten, before.forgotten)).toBe(true);
					expect(includes(pupil.state.forgotten, forgotten)).toBe(true);
				}
			}),
		);
	});

	test("[R5] an unknown path is one of the forgotten deletions, and asking for it does not make a record", () => {
		const forgotten = vectorOf(dotOf(1, 5));
		index.learn(vectorOf(dotOf(1, 7)), forgotten);
		expect(index.entryOrAbsent(KEY)).toMatchObject({
			record: { context: forgotten, siblings: [] },
			disk: { hash: undefined, seen: forgotten, copies: [] },
		});
		expect([index.size, index.hasUnsaved]).toEqual([0, false]);
	});

	test("[S14 I19] a device that counts in another epoch keeps what it knows, and what others have confirmed of its own", () => {
		const [told, untold] = [index.mint(), index.mint()];
		const theirs = dotOf(1, 4);
		const entry = entryOf(recordOf([testSibling(told, 1)]), { hash: testHash(1), path: NOTE, seen: vectorOf(told) });
		const edited = { ...recordOf([testSibling(untold, 2)]), context: vectorOf(untold, theirs) };
		const other = pathKey(COPY);
		index.put(entry);
		index.put(entryOf(edited, { hash: testHash(2), path: COPY, seen: vectorOf(untold, theirs) }, COPY));
		index.learn(vectorOf(theirs), vectorOf(untold));
		index.endImport();
		index.takeChanged();
		index.renumber(testEpoch(10), told.counter);
		const [kept, moved] = [told, dotOf(10, untold.counter)];
		expect(index.state).toEqual({
			...newState(testEpoch(10), testEpoch(9)),
			counter: untold.counter,
			knowledge: vectorOf(kept, moved, theirs),
			forgotten: vectorOf(kept, moved),
			importing: false,
		});
		expect(index.get(KEY)).toEqual(entry);
		// As if found: what others know of the same bytes by the old number, and what came of them, counts more.
		expect(index.get(other)).toMatchObject({
			record: {
				context: vectorOf(kept, moved, theirs),
				siblings: [{ dot: moved, imported: true, content: { hash: testHash(2) } }],
			},
			disk: { hash: testHash(2), seen: vectorOf(kept, moved, theirs) },
		});
		expect(index.takeUnsaved().map(({ key }) => key)).toContain(other);
		expect(index.mint()).toEqual(dotOf(10, untold.counter + 1));
	});

	test("[S14 O7 I2] what was only written otherwise is no text that was found: by that act its own bytes are old, and would be hidden", () => {
		const respelled = testSibling(dotOf(9, 5), 1, { ancestors: textsOf(1) });
		const theirs = testSibling(dotOf(2, 1), 3);
		const record = recordOf([theirs, respelled], [1]);
		const renumbered = renumberedEntry(entryOf(record), { from: testEpoch(9), to: testEpoch(10), confirmed: 4 });
		const shown = viewOf(renumbered.record);
		expect([shown.winner, ...shown.losers].map((each) => each?.content.hash).sort()).toEqual(
			[testHash(1), testHash(3)].sort(),
		);
	});
});

describe("places", () => {
	const shown = entryOf(live, {
		hash: testHash(1),
		path: NOTE,
		copies: [{ path: COPY, hash: testHash(2), token: "t" }],
	});

	test("of contents are the file's and the copies', as long as they stand there", () => {
		index.put(shown);
		expect(index.locationsOf(testHash(1))).toEqual([NOTE]);
		expect(index.locationsOf(testHash(2))).toEqual([COPY]);
		index.put(
			entryOf(recordOf([testSibling(dotOf(2, 1), 1)]), { hash: testHash(1), path: testPath("b.md") }, testPath("b.md")),
		);
		expect(index.locationsOf(testHash(1))).toEqual([NOTE, "b.md"]);
		index.put(entryOf(live, { hash: testHash(3), path: NOTE }));
		expect(index.locationsOf(testHash(1))).toEqual(["b.md"]);
		expect(index.locationsOf(testHash(2))).toEqual([]);
	});

	test("of equal bytes in a file and its copy are both known, and go one by one", () => {
		index.put({ ...shown, disk: { ...shown.disk, copies: [{ path: COPY, hash: testHash(1), token: "t" }] } });
		expect(index.locationsOf(testHash(1)).toSorted()).toEqual([COPY, NOTE]);
		index.put({ ...shown, disk: { ...shown.disk, copies: [] } });
		expect(index.locationsOf(testHash(1))).toEqual([NOTE]);
	});

	test("of copies have an owner until the copy goes, or belongs to another file", () => {
		index.put(shown);
		expect(index.ownerOf(pathKey(COPY))).toBe(KEY);
		expect([...index.entriesWithCopies()].map(({ key }) => key)).toEqual([KEY]);
		const other = entryOf(live, { copies: shown.disk.copies }, testPath("other.md"));
		index.put(other);
		index.put({ ...shown, disk: { ...shown.disk, copies: [] } });
		expect(index.ownerOf(pathKey(COPY))).toBe(other.key);
		index.put({ ...other, disk: nothing });
		expect(index.ownerOf(pathKey(COPY))).toBeUndefined();
		expect([...index.entriesWithCopies()]).toEqual([]);
	});

	test("are all gone after any series of changes that ends with nothing on disk", () => {
		const disks = fc.record({
			hash: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
			copies: fc.uniqueArray(fc.tuple(fc.nat(3), fc.integer({ min: 1, max: 4 })), {
				maxLength: 3,
				selector: ([place]) => place,
			}),
		});
		fc.assert(
			fc.property(fc.array(fc.tuple(fc.nat(2), disks), { maxLength: 12 }), (changes) => {
				const walked = newIndex();
				const path = (file: number) => testPath(`file ${String(file)}.md`);
				// Every file has places of its own for copies, as their names have it.
				const place = (file: number, n: number) => testPath(`file ${String(file)} copy ${String(n)}.md`);
				const last = new Map<number, DiskState>();
				for (const [file, { hash, copies }] of changes) {
					const disk: DiskState = {
						...nothing,
						hash: hash === undefined ? undefined : testHash(hash),
						path: hash === undefined ? undefined : path(file),
						copies: copies.map(([n, content]) => ({ path: place(file, n), hash: testHash(content), token: "t" })),
					};
					last.set(file, disk);
					walked.put(entryOf(live, disk, path(file)));
				}
				for (const content of [1, 2, 3, 4]) {
					const standing = [...last.values()].flatMap(({ hash, path: at, copies }) => [
						...(hash === testHash(content) && at !== undefined ? [at] : []),
						...copies.filter((copy) => copy.hash === testHash(content)).map((copy) => copy.path),
					]);
					expect(walked.locationsOf(testHash(content)).toSorted()).toEqual(standing.toSorted());
				}
				for (const file of last.keys()) walked.put(entryOf(live, nothing, path(file)));
				for (const content of [1, 2, 3, 4]) expect(walked.locationsOf(testHash(content))).toEqual([]);
				expect([...walked.entriesWithCopies()]).toEqual([]);
			}),
		);
	});
});

describe("[V6] records with several versions", () => {
	test("are those with more than one that has content, as long as they have", () => {
		const contested = (): string[] => [...index.contestedEntries()].map(({ key }) => key);
		const [alice, bob] = [testSibling(dotOf(1, 1), 1), testSibling(dotOf(2, 1), 2)];
		index.put(entryOf(recordOf([alice, testSibling(dotOf(2, 1), undefined)])));
		expect(contested()).toEqual([]);
		index.put(entryOf(recordOf([alice, bob])));
		expect(contested()).toEqual([KEY]);
		index.put(entryOf(recordOf([bob])));
		expect(contested()).toEqual([]);
		index.restore(entryOf(recordOf([alice, bob])));
		expect(contested()).toEqual([KEY]);
	});
});

describe("what is to be written down and told", () => {
	test("[J2] is taken once, and all of it is there again when it did not get to the disk", () => {
		index.put(entryOf(live));
		const changed = index.takeChanged();
		const unsaved = index.takeUnsaved();
		expect([changed, unsaved.map(({ key }) => key), index.hasUnsaved]).toEqual([[KEY], [KEY], false]);
		index.putBack(unsaved, [], changed);
		expect([index.peekChanged(), index.takeUnsaved(), index.takeChanged()]).toEqual([[KEY], [entryOf(live)], [KEY]]);
		// Meanwhile somebody saved again: what is written then is the newest.
		index.put(entryOf(gone));
		index.putBack(unsaved, [], changed);
		expect(index.takeUnsaved()).toEqual([entryOf(gone)]);
		expect(index.takeChanged()).toEqual([KEY]);
		expect(index.hasUnsaved).toBe(false);
	});

	test("[J2] is to be told only when the record changed, and to be written down in any case", () => {
		index.put(entryOf(live));
		index.takeChanged();
		index.takeUnsaved();
		index.put(entryOf(live, { hash: testHash(1), path: NOTE }));
		expect(index.peekChanged()).toEqual([]);
		expect(index.takeUnsaved()).toHaveLength(1);
	});

	test("[J1] is nothing of what was just read from the journal", () => {
		index.restore(entryOf(live, { hash: testHash(1), path: NOTE }));
		expect([index.hasUnsaved, index.takeChanged(), index.fileCount]).toEqual([false, [], 1]);
		expect(index.locationsOf(testHash(1))).toEqual([NOTE]);
		expect(bytesToHex(index.root())).toBe(rootOf(entryOf(live)));
	});
});

test("[O8] a merged text that is on show since an earlier run says again what its parts are, or others might supersede one first", () => {
	const merging = new RecordIndex(newState(testEpoch(9), testEpoch(9)), sha256, { mergesTexts: true });
	const parts = [1, 2].map((of) => testSibling(dotOf(of, 1), of, { ancestors: textsOf(5) }));
	const record = recordOf(parts);
	merging.put(entryOf(record, { hash: testHash(12), path: NOTE, seen: vectorOf(dotOf(1, 1), dotOf(2, 1)) }));
	const candidate = merging.unmergedAt(KEY);
	if (candidate === undefined) throw new Error("nothing to merge");
	merging.noteMerge(KEY, candidate, { kind: "merged", content: { hash: testHash(13), size: 1 } });
	expect(merging.get(KEY)?.disk.made).toBeUndefined();
	merging.noteMerge(KEY, candidate, { kind: "merged", content: { hash: testHash(12), size: 1 } });
	expect(merging.get(KEY)?.disk.made).toMatchObject({
		hash: testHash(12),
		lineage: new Map(parts.flatMap(({ lineage }) => [...lineage])),
	});
	expect(merging.get(KEY)?.disk.made?.ancestors.map(({ hash }) => hash)).toEqual([1, 2, 5].map(testHash));
});

test("[O8] what a version on show was made of is known after others superseded it, until something else is shown", () => {
	const index = new RecordIndex(newState(testEpoch(9), testEpoch(9)), sha256);
	const shown = { hash: testHash(3), path: NOTE, seen: vectorOf(dotOf(1, 1)) };
	const record = recordOf([testSibling(dotOf(1, 1), 3, { ancestors: textsOf(2, 1) })]);
	index.put(entryOf(record, shown));
	expect(index.get(KEY)?.disk.made).toBeUndefined();
	const later = recordOf([testSibling(dotOf(2, 1), 7, { ancestors: textsOf(4, 3, 5) })]);
	index.put({ ...index.entryOrAbsent(KEY), record: later });
	const made = { hash: testHash(3), lineage: newLineage(dotOf(1, 1)), ancestors: textsOf(2, 1) };
	expect(index.get(KEY)?.disk.made).toEqual(made);
	index.put({ ...index.entryOrAbsent(KEY), record: recordOf([testSibling(dotOf(2, 2), 8)]) });
	expect(index.get(KEY)?.disk.made).toEqual(made);
	index.put(entryOf(later, { ...shown, hash: testHash(7) }));
	expect(index.get(KEY)?.disk.made).toBeUndefined();
});
