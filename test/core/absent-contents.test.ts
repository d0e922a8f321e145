// Versions that nobody can give: what is shown without them, and what that counts as having seen.
import { describe, expect, test } from "vitest";
import { obtainablePart } from "../../src/core/absent-contents.ts";
import { EMPTY_VECTOR } from "../../src/core/version-vector.ts";
import { hashOf, keyedRecordOf, vectorOf, versionOf } from "../support/records.ts";

const version = (dot: string, text: string | undefined) =>
	versionOf(dot, { path: "note.md", ...(text === undefined ? {} : { text }) });

describe("[V12] of a record with versions that nobody has", () => {
	const { record } = keyedRecordOf("note.md", [version("a3", "here"), version("b2", "gone")], "a1 b1");

	test("the others are shown, and only they count as seen", () => {
		const part = obtainablePart(record, new Set([hashOf("gone")]), vectorOf("b1"));
		expect(part.siblings.map(({ content }) => content?.hash)).toEqual([hashOf("here")]);
		expect(part.context).toEqual(vectorOf("a3 b1"));
	});

	test("all of it stays when nothing else is left, or when all is there", () => {
		expect(obtainablePart(record, new Set([hashOf("gone"), hashOf("here")]), EMPTY_VECTOR)).toBe(record);
		expect(obtainablePart(record, new Set([hashOf("another")]), EMPTY_VECTOR)).toBe(record);
		expect(obtainablePart(record, undefined, EMPTY_VECTOR)).toBe(record);
	});

	test("[X15] nothing is shown when nothing else is left, where what stands there has to go", () => {
		const alone = keyedRecordOf("note.md", [version("b2", "gone"), version("c1", undefined)], "a1").record;
		expect(obtainablePart(alone, new Set([hashOf("gone")]), vectorOf("a1"))).toBe(alone);
		const part = obtainablePart(alone, new Set([hashOf("gone")]), vectorOf("a1"), true);
		expect(part.siblings.map(({ content }) => content)).toEqual([undefined]);
		expect(part.context).toEqual(vectorOf("a1 c1"));
		// Who sees that counts as having seen what is not there.
		expect(obtainablePart(alone, new Set([hashOf("gone")]), vectorOf("b2"), true)).toBe(alone);
	});

	test("all of it stays when who sees the rest would count as having seen what is not there", () => {
		const two = keyedRecordOf("note.md", [version("b2", "gone"), version("b5", "here")]).record;
		expect(obtainablePart(two, new Set([hashOf("gone")]), EMPTY_VECTOR)).toBe(two);
		expect(obtainablePart(record, new Set([hashOf("gone")]), vectorOf("b2"))).toBe(record);
	});

	test("a deletion by the same device goes unseen with it, as when a conflict copy beside it was dealt with", () => {
		const three = [version("a3", "here"), version("b2", "gone"), version("b4", undefined), version("c1", undefined)];
		const part = obtainablePart(keyedRecordOf("note.md", three).record, new Set([hashOf("gone")]), EMPTY_VECTOR);
		expect(part.siblings.map(({ content }) => content?.hash)).toEqual([hashOf("here"), undefined]);
		expect(part.context).toEqual(vectorOf("a3 c1"));
	});
});
