// What counts as an act of a person, and what an act covers.
import { describe, expect, test } from "vitest";
import { observe, type Look, type OnDisk } from "../../src/core/observe.ts";
import { newLineage } from "../../src/core/lineage.ts";
import { pathKey } from "../../src/core/path.ts";
import { newState, RecordIndex, type DiskState } from "../../src/core/record-index.ts";
import { joinRecords, MTIME_MS_MAX, type PathRecord } from "../../src/core/record.ts";
import { EMPTY_VECTOR, joinVectors } from "../../src/core/version-vector.ts";
import { viewOf } from "../../src/core/view.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { dotOf, recordOf, testEpoch, testHash, testSibling, vectorOf } from "../support/arbitrary-records.ts";
import { sha256 } from "../support/pure-replica.ts";

const NOTE = testPath("note.md");
const KEY = pathKey(NOTE);
/** This device counts in epoch 9. */
const ME = 9;
const actor = { name: "me", nowMs: 5_000 };
/** The folder has not been looked at as a whole yet. */
const beginning = { ...actor, isFirstLook: true };

function indexWith(record: PathRecord | undefined, disk: Partial<DiskState> = {}, importing = false): RecordIndex {
	const index = new RecordIndex(newState(testEpoch(ME), testEpoch(ME)), sha256);
	if (!importing) index.endImport();
	if (record === undefined) return index;
	const nothing = { hash: undefined, size: 0, path: undefined, token: undefined, seen: EMPTY_VECTOR, copies: [] };
	index.restore({ key: KEY, record, disk: { ...nothing, ...disk }, intent: undefined });
	index.learn(record.context);
	return index;
}
const file = (content: number, more: Partial<OnDisk> = {}): OnDisk => {
	return { path: NOTE, hash: testHash(content), size: 1, mtimeMs: 1_000, token: "new", ...more };
};
const shows = (content: number, seen = EMPTY_VECTOR): Partial<DiskState> => {
	return { hash: testHash(content), size: 1, path: NOTE, token: "old", seen };
};
const lookAt = (...files: readonly (OnDisk | undefined)[]): Look =>
	new Map(files.map((f) => [f === undefined ? KEY : pathKey(f.path), f]));
const versions = (index: RecordIndex, key = KEY): (string | undefined)[] =>
	index.get(key)?.record.siblings.map(({ dot, content }) => {
		return `${String(Number(`0x${dot.epoch}`))}.${String(dot.counter)}: ${content === undefined ? "deleted" : String(Number(`0x${content.hash}`))}`;
	}) ?? [];

const FIRST = { hash: testHash(1), lineage: newLineage(dotOf(1, 1)) };
const one = recordOf([testSibling(dotOf(1, 1), 1)]);
const two = recordOf([testSibling(dotOf(1, 1), 1), testSibling(dotOf(2, 1), 2)]);

describe("what is on disk, against what is recorded", () => {
	test.each<[string, RecordIndex, Look, readonly string[], readonly string[]]>([
		["[O1] nothing where nothing is known", indexWith(undefined), lookAt(undefined), [], []],
		[
			"[O1 I15] the recorded bytes: our own write comes back",
			indexWith(one, shows(1)),
			lookAt(file(1)),
			[],
			["1.1: 1"],
		],
		[
			"[O1] nothing yet on disk of what a peer told: that is no deletion",
			indexWith(one),
			lookAt(undefined),
			[],
			["1.1: 1"],
		],
		["[O4] a new file", indexWith(undefined), lookAt(file(5)), ["create"], ["9.1: 5"]],
		[
			"[O2] other bytes over the bytes that stood here",
			indexWith(one, shows(1)),
			lookAt(file(5)),
			["modify"],
			["9.1: 5"],
		],
		["[O2 I11] a file that is gone", indexWith(one, shows(1)), lookAt(undefined), ["delete"], ["9.1: deleted"]],
		[
			"[O3] other bytes where only the first of two versions had been shown",
			indexWith(two, shows(1, one.context)),
			lookAt(file(5)),
			["modify"],
			["2.1: 2", "9.1: 5"],
		],
		[
			"[O3 I11] a deletion of the first of two versions",
			indexWith(two, shows(1, one.context)),
			lookAt(undefined),
			["delete"],
			["2.1: 2", "9.1: deleted"],
		],
		[
			"[O3] a file of one's own where a peer told of another that is not shown yet",
			indexWith(one),
			lookAt(file(5)),
			["create"],
			["1.1: 1", "9.1: 5"],
		],
		[
			"[O2] other bytes over bytes of which two devices have a version each: both were seen",
			indexWith(recordOf([testSibling(dotOf(1, 1), 1), testSibling(dotOf(2, 1), 1)]), shows(1)),
			lookAt(file(5)),
			["modify"],
			["9.1: 5"],
		],
		[
			"[O3] other bytes over bytes that a peer has saved again, beside an earlier version of theirs that is not shown yet",
			indexWith(recordOf([testSibling(dotOf(2, 1), 3), testSibling(dotOf(2, 2), 1)]), shows(1, one.context)),
			lookAt(file(5)),
			["modify"],
			["2.1: 3", "9.1: 5"],
		],
		[
			"[O3 I11] a deletion of such bytes",
			indexWith(recordOf([testSibling(dotOf(2, 1), 3), testSibling(dotOf(2, 2), 1)]), shows(1, one.context)),
			lookAt(undefined),
			["delete"],
			["2.1: 3", "9.1: deleted"],
		],
		[
			"[O2] bytes that a peer has a version of already, saved by hand: still an act",
			indexWith(two, shows(1, one.context)),
			lookAt(file(2)),
			["modify"],
			["2.1: 2", "9.1: 2"],
		],
	])("%s", (_title, index, look, kinds, expected) => {
		const before = index.state.counter;
		expect(observe(index, KEY, look, actor).map(({ kind }) => kind)).toEqual(kinds);
		expect(versions(index)).toEqual(expected);
		expect(index.state.counter - before).toBe(kinds.length);
		// Looking again finds nothing more.
		expect(observe(index, KEY, look, actor)).toEqual([]);
		expect(index.state.counter - before).toBe(kinds.length);
	});

	test("[O9 R7] a file made where another is known and not shown yet leaves it the name, whoever has the higher epoch", () => {
		const rich = recordOf([testSibling(dotOf(1, 2), 1, { lamport: 2 })]);
		const index = indexWith(rich);
		observe(index, KEY, lookAt(file(5)), actor);
		const { winner, losers } = viewOf(index.entryOrAbsent(KEY).record);
		expect([winner, ...losers].map((version) => version?.content.hash)).toEqual([testHash(1), testHash(5)]);
		// One that was deleted here before is made anew after that.
		const known = recordOf([testSibling(dotOf(1, 2), undefined, { lamport: 2 })]);
		const again = indexWith(known, { seen: known.context });
		observe(again, KEY, lookAt(file(5)), actor);
		expect(again.entryOrAbsent(KEY).record.siblings).toMatchObject([{ lamport: 3 }]);
	});

	test("[O1] a changed time, or the spelling that everybody has, refreshes the books, and nobody is told", () => {
		const index = indexWith(one, { ...shows(1), path: testPath("Note.md") });
		observe(index, KEY, lookAt(file(1)), actor);
		expect(index.get(KEY)?.disk).toMatchObject({ path: NOTE, token: "new" });
		expect(index.get(KEY)?.record).toBe(one);
		expect(index.takeChanged()).toEqual([]);
	});

	test("[O7] another spelling of the same bytes is one act, which covers the version on show and no other", () => {
		const other = testSibling(dotOf(2, 1), 2, { lamport: 7 });
		const index = indexWith(recordOf([testSibling(dotOf(1, 1), 1), other]), shows(1));
		const respelled = testPath("Note.md");
		expect(observe(index, KEY, lookAt(file(1, { path: respelled })), actor)).toMatchObject([
			{ kind: "rename", from: NOTE, path: respelled },
		]);
		const { record, disk } = index.get(KEY) ?? {};
		expect(disk).toMatchObject({ path: respelled, token: "new", hash: testHash(1) });
		expect(record?.siblings).toContainEqual(other);
		expect(record?.siblings.filter(({ content }) => content?.hash === testHash(1))).toMatchObject([
			{ path: respelled, ancestors: [FIRST], lamport: 8, imported: false },
		]);
		expect(index.state.counter).toBe(1);
		expect(observe(index, KEY, lookAt(file(1, { path: respelled })), actor)).toEqual([]);
	});

	test("[O7] a folder that is written another way takes along what is recorded in it, in the same spelling of the rest", () => {
		const index = indexWith(recordOf([]));
		const paths = ["Notes/Sub/a.md", "Notes/b.md", "Notebook/c.md"].map((path) => testPath(path));
		for (const [i, path] of paths.entries()) {
			const record = recordOf([testSibling(dotOf(1, i + 1), i + 1, { path })]);
			index.put({
				key: pathKey(path),
				record,
				disk: { hash: testHash(i + 1), size: 1, path, token: "old", seen: record.context, copies: [] },
				intent: undefined,
			});
		}
		const key = pathKey(testPath("Notes/b.md"));
		const look = new Map([[key, file(2, { path: testPath("notes/b.md") })]]);
		expect(observe(index, key, look, actor).map(({ path }) => path)).toEqual(["notes/b.md", "notes/Sub/a.md"]);
		expect(index.state.counter).toBe(2);
		expect(index.get(pathKey(testPath("Notebook/c.md")))?.record.siblings).toMatchObject([{ path: "Notebook/c.md" }]);
	});

	test("[O2] an act says who and when, what it was made from, and counts past what was known", () => {
		const index = indexWith(recordOf([testSibling(dotOf(1, 1), 1, { lamport: 6 })]), shows(1));
		observe(index, KEY, lookAt(file(5, { size: 12, mtimeMs: 1_234.9 })), actor);
		expect(index.get(KEY)?.record).toEqual({
			context: vectorOf(dotOf(1, 1), dotOf(ME, 1)),
			siblings: [
				testSibling(dotOf(ME, 1), 5, {
					lamport: 7,
					content: { hash: testHash(5), size: 12 },
					lineage: new Map([...FIRST.lineage, ...newLineage(dotOf(ME, 1))]),
					ancestors: [FIRST],
					author: "me",
					mtimeMs: 1_234,
				}),
			],
			superseded: [testHash(1)],
		});
		expect(index.get(KEY)?.disk).toMatchObject({ hash: testHash(5), size: 12, token: "new", seen: index.knowledge });
	});

	test("[O2] a deletion happened now, and has the name that the file had", () => {
		const index = indexWith(one, { ...shows(1), path: testPath("NOTE.md") });
		expect(observe(index, KEY, lookAt(undefined), actor)).toMatchObject([{ kind: "delete", path: "NOTE.md" }]);
		expect(index.get(KEY)?.record.siblings[0]).toMatchObject({ mtimeMs: 5_000, path: "NOTE.md", content: undefined });
	});

	test.each([
		[Number.NaN, 0],
		[-5, 0],
		[1e300, MTIME_MS_MAX],
	])("[O2] a file of the year %d is told with a time that every device can hold", (mtimeMs, told) => {
		const index = indexWith(undefined);
		observe(index, KEY, lookAt(file(1, { mtimeMs })), actor);
		expect(index.get(KEY)?.record.siblings[0]?.mtimeMs).toBe(told);
	});

	test("[O11 I4] the bytes that others told, where nothing was shown: it is their version, and goes with it", () => {
		const index = indexWith(two);
		expect(observe(index, KEY, lookAt(file(2)), beginning)).toEqual([]);
		expect(versions(index)).toEqual(["1.1: 1", "2.1: 2"]);
		expect(index.get(KEY)?.disk).toMatchObject({ hash: testHash(2), path: NOTE, token: "new" });
		// An edit of it covers that version, and no other.
		observe(index, KEY, lookAt(file(5)), actor);
		expect(versions(index)).toEqual(["1.1: 1", "9.1: 5"]);
	});

	test("[O11 I2] other bytes, those that were shown and removed, and what is saved later are an act", () => {
		const index = indexWith(two, { seen: vectorOf(dotOf(2, 1)) });
		expect(observe(index, KEY, lookAt(file(2)), beginning)).toHaveLength(1);
		expect(observe(indexWith(two), KEY, lookAt(file(3)), beginning)).toHaveLength(1);
		expect(observe(indexWith(two), KEY, lookAt(file(2)), actor)).toHaveLength(1);
	});
});

describe("an unknown path", () => {
	test("[O4] starts from what is forgotten, so that what was deleted does not come back beside it", () => {
		const index = indexWith(undefined);
		index.learn(vectorOf(dotOf(1, 9)), vectorOf(dotOf(1, 7)));
		observe(index, KEY, lookAt(file(5)), actor);
		expect(index.get(KEY)?.record.context).toEqual(vectorOf(dotOf(1, 7), dotOf(ME, 1)));
	});

	test("[O4] is imported while the first scan lasts, and only then", () => {
		for (const importing of [true, false]) {
			const index = indexWith(undefined, {}, importing);
			observe(index, KEY, lookAt(file(5)), actor);
			expect(index.get(KEY)?.record.siblings[0]?.imported).toBe(importing);
		}
	});
});

describe("a conflict copy on show", () => {
	// 1 wins over 2 and 3; 2 is this device's own, so is 4, which ranks lowest.
	const siblings = [
		testSibling(dotOf(1, 1), 1, { lamport: 9 }),
		testSibling(dotOf(2, 1), 2, { lamport: 5 }),
		testSibling(dotOf(ME, 1), 3, { lamport: 4 }),
		testSibling(dotOf(ME, 2), 4, { lamport: 3 }),
	];
	const [copy2, copy3, copy4] = [testPath("copy two.md"), testPath("copy three.md"), testPath("copy four.md")];
	const copies = [
		{ path: copy2, hash: testHash(2), token: "c" },
		{ path: copy3, hash: testHash(3), token: "c" },
		{ path: copy4, hash: testHash(4), token: "c" },
	];
	function conflict(): RecordIndex {
		const record = recordOf(siblings);
		const index = indexWith(record, { ...shows(1, record.context), copies });
		index.mint();
		index.mint();
		return index;
	}
	const standing = [
		file(2, { path: copy2, token: "c" }),
		file(3, { path: copy3, token: "c" }),
		file(4, { path: copy4, token: "c" }),
	];
	const look = (main: OnDisk | undefined, ...others: readonly (OnDisk | undefined)[]): Look =>
		new Map([[KEY, main], ...[copy2, copy3, copy4].map((path, i) => [pathKey(path), others[i]] as const)]);

	test("[O1] untouched is nobody's act, although it has no record of its own", () => {
		const index = conflict();
		expect(observe(index, KEY, look(file(1), ...standing), actor)).toEqual([]);
		expect(index.get(pathKey(copy2))).toBeUndefined();
	});

	test("[O5 I11] deleted deals with that version and no other, this device's own ones included", () => {
		const index = conflict();
		const acts = observe(index, KEY, look(file(1), standing[0], undefined, standing[2]), actor);
		expect(acts).toMatchObject([{ kind: "delete", path: copy3 }]);
		expect(versions(index)).toEqual(["1.1: 1", "2.1: 2", "9.2: 4", "9.3: deleted"]);
		expect(index.get(KEY)?.disk.copies.map(({ path }) => path)).toEqual([copy2, copy4]);
	});

	test("[O5] edited becomes a file of its own, and its version is dealt with", () => {
		const index = conflict();
		const edited = file(7, { path: copy2 });
		const acts = observe(index, KEY, look(file(1), edited, standing[1], standing[2]), actor);
		expect(acts).toMatchObject([{ kind: "modify", path: copy2 }]);
		// Somebody else may edit the same copy: from what both began with they are merged.
		expect(index.get(pathKey(copy2))?.record.siblings).toMatchObject([
			{ ancestors: [{ hash: testHash(2), lineage: newLineage(dotOf(2, 1)) }] },
		]);
		expect(versions(index)).toEqual(["1.1: 1", "9.1: 3", "9.2: 4", "9.3: deleted"]);
		expect(versions(index, pathKey(copy2))).toEqual(["9.4: 7"]);
		// The old bytes may not come back there from a device that still shows the copy.
		expect(index.get(pathKey(copy2))?.record.superseded).toContain(testHash(2));
	});

	test("[O5 I16] one after the other leaves one tombstone of this device, and those of others are theirs", () => {
		const index = conflict();
		const before = index.entryOrAbsent(KEY);
		const others = testSibling(dotOf(3, 1), undefined);
		index.put({ ...before, record: joinRecords(before.record, recordOf([others])) });
		observe(index, KEY, look(file(1), undefined, standing[1], standing[2]), actor);
		expect(versions(index)).toEqual(["1.1: 1", "3.1: deleted", "9.1: 3", "9.2: 4", "9.3: deleted"]);
		observe(index, KEY, look(file(1), undefined, undefined, standing[2]), actor);
		expect(versions(index)).toEqual(["1.1: 1", "3.1: deleted", "9.2: 4", "9.4: deleted"]);
		const left = index.get(KEY)?.record.siblings.at(-1);
		expect(left).toMatchObject({ author: actor.name, mtimeMs: actor.nowMs, ancestors: [], imported: false });
		expect(left?.lamport).toBeGreaterThan(1);
	});

	test("[O6] whose file is edited stays, as a file of its own that was not a person's act", () => {
		const index = conflict();
		const acts = observe(index, KEY, look(file(8), ...standing), actor);
		expect(acts).toMatchObject([{ kind: "modify", path: NOTE }]);
		expect(versions(index)).toEqual(["9.3: 8"]);
		for (const [i, path] of [copy2, copy3, copy4].entries()) {
			const own = index.get(pathKey(path));
			expect(own?.record.siblings).toMatchObject([{ content: { hash: testHash(i + 2) }, imported: true }]);
			expect(own?.disk.hash).toBe(testHash(i + 2));
		}
		expect(index.get(KEY)?.disk.copies).toEqual([]);
	});

	test("[O6 I2] whose bytes somebody else decided for meanwhile: the edit of the file does not cover that", () => {
		const index = conflict();
		const before = index.entryOrAbsent(KEY);
		const decided = recordOf([testSibling(dotOf(3, 1), 2)]);
		const context = joinVectors(before.record.context, decided.context);
		index.put({ ...before, record: joinRecords(before.record, { ...decided, context }) });
		expect(versions(index)).toEqual(["3.1: 2"]);
		observe(index, KEY, look(file(8), ...standing), actor);
		expect(versions(index)).toEqual(["3.1: 2", "9.3: 8"]);
	});

	test("[O6] whose file is deleted stays too: a deletion of the file is none of the copies", () => {
		const index = conflict();
		observe(index, KEY, look(undefined, ...standing), actor);
		expect(versions(index)).toEqual(["9.3: deleted"]);
		expect(versions(index, pathKey(copy4))).toEqual(["9.6: 4"]);
	});

	test("[O6] edited together with its file is taken first: the edit of the file does not bring its old bytes back", () => {
		const index = conflict();
		const acts = observe(index, KEY, look(file(8), file(7, { path: copy2 }), standing[1], standing[2]), actor);
		expect(acts.map(({ path }) => path)).toEqual([copy2, NOTE]);
		expect(versions(index, pathKey(copy2))).toEqual(["9.4: 7"]);
		expect(versions(index)).toEqual(["9.5: 8"]);
	});
});
