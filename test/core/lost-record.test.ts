// What a record of somebody else's takes away that the device which made it had forgotten.
import { describe, expect, test } from "vitest";
import { NUMBERS_LEFT_OUT } from "../../src/core/left-out-numbers.ts";
import { forgottenWith } from "../../src/core/lost-record.ts";
import { joinRecords, SUPERSEDED_MAX, type PathRecord } from "../../src/core/record.ts";
import { hashOf, recordOf, vectorOf, versionOf } from "../support/records.ts";

const later = (acts: number): string => `b${String(3 * NUMBERS_LEFT_OUT + acts)}`;
const lost = versionOf("b7", { text: "lost" });
const own = recordOf([lost], "a1");

function forgottenIn(told: PathRecord, record = own, forgotten = ""): readonly (string | undefined)[] {
	return forgottenWith(record, joinRecords(record, told), told, [vectorOf(forgotten)]).map(
		({ content }) => content?.hash,
	);
}

describe("[S9 I2] a version that others do not know", () => {
	test("was forgotten by its author, where a later run of the same device counts fewer acts", () => {
		for (const acts of [5, 7])
			expect(forgottenIn(recordOf([versionOf(later(acts), { text: "other" })]))).toEqual([hashOf("lost")]);
		// Told by somebody who made something on top of that.
		const onTop = recordOf([versionOf("c1", { text: "third" })], later(5), ["other"]);
		expect(forgottenIn(onTop)).toEqual([hashOf("lost")]);
	});

	test("was replaced, where it counts more, or the bytes are known as old, or are there", () => {
		expect(forgottenIn(recordOf([versionOf(later(8), { text: "other" })]))).toEqual([]);
		expect(forgottenIn(recordOf([versionOf("b9", { text: "other" })]))).toEqual([]);
		expect(forgottenIn(recordOf([versionOf(later(5), { text: "other" })], "", ["lost"]))).toEqual([]);
		expect(forgottenIn(recordOf([versionOf(later(5), { text: "lost" })]))).toEqual([]);
	});

	test("may have been replaced, where not all is named that is old", () => {
		const old = Array.from({ length: 64 }, (_, n) => `old ${String(n)}`);
		const smaller = old.filter((text) => hashOf(text) < hashOf("lost")).slice(0, SUPERSEDED_MAX);
		const told = (superseded: readonly string[]) => recordOf([versionOf(later(5), { text: "other" })], "", superseded);
		expect(smaller).toHaveLength(SUPERSEDED_MAX);
		expect(forgottenIn(told(smaller))).toEqual([]);
		expect(forgottenIn(told(smaller.slice(1)))).toEqual([hashOf("lost")]);
	});

	test("may have been deleted, where somebody has forgotten of what", () => {
		const told = recordOf([versionOf(later(5), { text: "other" })]);
		expect(forgottenIn(told, own, "b6")).toEqual([hashOf("lost")]);
		expect(forgottenIn(told, own, "b7")).toEqual([]);
	});

	test("goes with what is deleted, and is none where nothing takes it away", () => {
		expect(forgottenIn(recordOf([versionOf(later(5), {})]))).toEqual([]);
		expect(forgottenIn(recordOf([versionOf("c1", { text: "other" })]))).toEqual([]);
		const tombstone = recordOf([versionOf("b7", {})]);
		expect(forgottenIn(recordOf([versionOf(later(5), { text: "other" })]), tombstone)).toEqual([]);
	});
});
