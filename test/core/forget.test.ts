// What may be forgotten of an index, and what is left of it.
import { describe, expect, test } from "vitest";
import { bytesToHex } from "../../src/core/bytes.ts";
import { pathKey } from "../../src/core/path.ts";
import { newState, RecordIndex, type DiskState, type Entry } from "../../src/core/record-index.ts";
import { EMPTY_VECTOR } from "../../src/core/version-vector.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { nodeCryptoDigest } from "../support/node-crypto-digest.ts";
import { epochOf, hashOf, keyedRecordOf, vectorOf, versionOf } from "../support/records.ts";

const NOTHING: DiskState = {
	hash: undefined,
	size: 0,
	path: undefined,
	token: undefined,
	seen: EMPTY_VECTOR,
	copies: [],
};

function indexOf(...entries: readonly Entry[]): RecordIndex {
	const index = new RecordIndex(newState(epochOf("a"), epochOf("a")), (bytes) => nodeCryptoDigest.sha256(bytes));
	index.learn(vectorOf("a9 b9"));
	for (const entry of entries) index.put(entry);
	return index;
}

function deleted(path: string, more: Partial<Entry> = {}): Entry {
	const record = keyedRecordOf(path, [versionOf("a2", { text: undefined, path })], "b1");
	return { ...record, disk: NOTHING, intent: undefined, ...more };
}

const NOTE = pathKey(testPath("note.md"));
const ALL = vectorOf("a2 b1");

describe("a deletion", () => {
	test("[T1] may be forgotten when everybody knows all that its record knows of", () => {
		const index = indexOf(deleted("note.md"));
		expect([...index.deadKeys()]).toEqual([NOTE]);
		expect(index.isForgettable(NOTE, ALL)).toBe(true);
		expect(index.isForgettable(NOTE, vectorOf("a2"))).toBe(false);
		expect(index.isForgettable(NOTE, vectorOf("a1 b1"))).toBe(false);
	});

	test("[T1] may not, while something of the file is left: on disk, under way, or as a conflict copy's place", () => {
		const path = testPath("note.md");
		const copy = { path: testPath("copy.md"), hash: hashOf("copy"), token: "t" };
		const intent = { hash: undefined, size: 0, path, context: ALL, copies: [] };
		for (const entry of [
			deleted("note.md", { disk: { ...NOTHING, hash: hashOf("x"), path } }),
			deleted("note.md", { disk: { ...NOTHING, copies: [copy] } }),
			deleted("note.md", { intent }),
		]) {
			expect(indexOf(entry).isForgettable(NOTE, ALL)).toBe(false);
		}
		const other = keyedRecordOf("other.md", [versionOf("b1", { text: "other", path: "other.md" })]);
		const owner: Entry = { ...other, disk: { ...NOTHING, copies: [{ ...copy, path }] }, intent: undefined };
		expect(indexOf(deleted("note.md"), owner).isForgettable(NOTE, ALL)).toBe(false);
	});

	test("[T1] is none where a version is left, known to be superseded or not", () => {
		const live = keyedRecordOf("note.md", [versionOf("a2", { text: "x" }), versionOf("b1", { text: undefined })]);
		const index = indexOf({ ...live, disk: NOTHING, intent: undefined });
		expect([...index.deadKeys()]).toEqual([]);
		expect(index.isForgettable(NOTE, ALL)).toBe(false);
		index.put(deleted("note.md"));
		expect([...index.deadKeys()]).toEqual([NOTE]);
	});

	test("[T1 T7 R8] leaves nothing behind when it is forgotten, but that something was; the root stays", () => {
		const index = indexOf(deleted("note.md"), deleted("other.md"));
		index.takeUnsaved();
		index.takeChanged();
		const root = bytesToHex(index.root());
		index.forget(NOTE);
		expect([index.size, index.get(NOTE), [...index.deadKeys()]]).toEqual([1, undefined, ["other.md"]]);
		expect(index.state.forgotten).toEqual(ALL);
		expect(bytesToHex(index.root())).toBe(root);
		expect([index.hasUnsaved, index.takeForgotten(), index.takeUnsaved(), index.takeChanged()]).toEqual([
			true,
			[NOTE],
			[],
			[],
		]);
		expect(index.hasUnsaved).toBe(false);
	});

	test("[J1] is forgotten in what is written down too, unless there is something new meanwhile", () => {
		const index = indexOf(deleted("note.md"));
		index.takeUnsaved();
		index.forget(NOTE);
		const forgotten = index.takeForgotten();
		index.putBack([], forgotten, []);
		expect(index.takeForgotten()).toEqual([NOTE]);
		index.put(deleted("note.md"));
		index.putBack([], forgotten, []);
		expect(index.takeForgotten()).toEqual([]);
		index.forget(NOTE);
		index.put(deleted("note.md"));
		expect([index.takeForgotten(), index.takeUnsaved().length]).toEqual([[], 1]);
		index.restoreForgotten(NOTE);
		expect([index.size, index.hasUnsaved]).toEqual([0, false]);
	});
});
