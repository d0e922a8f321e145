// What a disk shows and nobody has any more, told from what somebody else has gone on from.
import { describe, expect, test } from "vitest";
import { obtainablePart } from "../../src/core/absent-contents.ts";
import { isKeptAt, lastKnownAt } from "../../src/core/last-known.ts";
import { FOLDER } from "../../src/core/folder.ts";
import type { DiskState } from "../../src/core/record-index.ts";
import type { Sibling } from "../../src/core/record.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { hashOf, keyedRecordOf, vectorOf, versionOf } from "../support/records.ts";

const path = "note.md";
const shows = (text: string, seen: string): DiskState => ({
	...{ hash: hashOf(text), size: text.length, path: testPath(path), token: "t", seen: vectorOf(seen), copies: [] },
});

/** `gone` is in no reach. */
function lastOf(siblings: readonly Sibling[], context: string, disk: DiskState, old: readonly string[] = []) {
	const { key, record } = keyedRecordOf(path, siblings, context, old);
	const part = obtainablePart(record, new Set([hashOf("gone")]), disk.seen);
	return lastKnownAt({ key, record, disk, intent: undefined }, part);
}

const gone = versionOf("b1", { text: "gone", ancestors: ["last", "first"] });

describe("[X14] what this disk shows when a version is in no reach", () => {
	const apart = versionOf("c1", { text: "apart" });

	test("is the last there is, when that was made on top of it and the others were not", () => {
		expect(lastOf([gone, apart], "a1", shows("last", "a1"))).toEqual({
			hash: hashOf("last"),
			size: 4,
			path: `note (conflict device b 2023-11-14 ${hashOf("last").slice(0, 8)}).md`,
		});
		expect(lastOf([gone, apart], "a1", shows("first", "a1"))?.hash).toBe(hashOf("first"));
	});

	test("is not, when others are that, were made on top of it, or deleted it", () => {
		const shown = shows("last", "a1");
		expect(lastOf([gone, versionOf("c1", { text: "last" })], "a1", shown)).toBeUndefined();
		expect(lastOf([gone, versionOf("c1", { text: "later", ancestors: ["last"] })], "a1", shown)).toBeUndefined();
		expect(lastOf([gone, apart, versionOf("d1", { ancestors: ["last"] })], "a1", shown)).toBeUndefined();
		// Its author's own later deletion, which is not shown either.
		expect(lastOf([gone, apart, versionOf("b2", { ancestors: ["last"] })], "a1", shown)).toBeUndefined();
	});

	test("is, when the same bytes were found elsewhere too, and are known to be old", () => {
		const found = versionOf("d1", { text: "last", imported: true });
		expect(lastOf([gone, apart, found], "a1", shows("last", "a1"), ["last"])?.hash).toBe(hashOf("last"));
		expect(lastOf([gone, apart, found], "a1", shows("last", "a1"))).toBeUndefined();
		// They are shown, for want of anything else.
		expect(lastOf([gone, found], "a1", shows("last", "a1"), ["last"])).toBeUndefined();
	});

	test("is not, when nothing else is to be shown, or all is there, or it is another text, or a folder", () => {
		expect(lastOf([gone], "a1", shows("last", "a1"))).toBeUndefined();
		expect(lastOf([apart], "a1", shows("last", "a1"))).toBeUndefined();
		expect(lastOf([gone, apart], "a1", shows("another", "a1"))).toBeUndefined();
		expect(lastOf([gone, apart], "a1", { ...shows("last", "a1"), hash: FOLDER })).toBeUndefined();
		// Half of a write (A11), and what took part again unseen.
		expect(
			lastOf([gone, apart], "a1", { ...shows("last", "a1"), torn: { hash: hashOf("last"), before: undefined } }),
		).toBeUndefined();
		expect(
			lastOf([gone, apart], "a1", { ...shows("last", ""), torn: { hash: hashOf("half"), before: undefined } })?.hash,
		).toBe(hashOf("last"));
	});

	test("is the last there is, when what is left is less than the merged text that stands here", () => {
		expect(lastOf([gone, apart], "a1", shows("merged", "a1 c1"))?.hash).toBe(hashOf("merged"));
		// Something new has come: then it is merged, or shown beside what is left.
		const more = [gone, apart, versionOf("d1", { text: "more" })];
		expect(lastOf(more, "a1", shows("merged", "a1 c1"))).toBeUndefined();
	});
});

describe("[X14] the last there is needs no file of its own any more", () => {
	const last = hashOf("last");
	const nothing: DiskState = { ...shows("", ""), hash: undefined, path: undefined };
	const isKept = (siblings: readonly Sibling[], disk = nothing, superseded: readonly string[] = []): boolean =>
		isKeptAt({ ...keyedRecordOf(path, siblings, "a9", superseded), disk, intent: undefined }, last);

	test("when it has one, or whatever a person made of that stands here, or was deleted", () => {
		expect(isKept([versionOf("a1", { text: "last" })])).toBe(true);
		expect(isKept([versionOf("a2", { text: "other" })], shows("other", "a2"))).toBe(true);
		expect(isKept([versionOf("a2", {})])).toBe(true);
		expect(isKept([], nothing, ["last"])).toBe(true);
	});

	test("but for what was only told of: nobody may have that, either", () => {
		expect(isKept([versionOf("a2", { text: "other", ancestors: ["last"] })])).toBe(false);
		expect(isKept([versionOf("a2", { text: "other" })], nothing, ["last"])).toBe(false);
		expect(isKept([])).toBe(false);
	});
});
