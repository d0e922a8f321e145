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

	test("all of it stays when who sees the rest would count as having seen what is not there", () => {
		const two = keyedRecordOf("note.md", [version("b2", "gone"), version("b5", "here")]).record;
		expect(obtainablePart(two, new Set([hashOf("gone")]), EMPTY_VECTOR)).toBe(two);
		expect(obtainablePart(record, new Set([hashOf("gone")]), vectorOf("b2"))).toBe(record);
	});
});
