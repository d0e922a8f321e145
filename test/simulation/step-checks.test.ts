// The judge of each step can see: what must never be written down is found when somebody writes it down.
import { describe, expect, test } from "vitest";
import { newState, type Entry, type IndexState } from "../../src/core/record-index.ts";
import type { KeyedRecord } from "../../src/core/record.ts";
import { EMPTY_VECTOR } from "../../src/core/version-vector.ts";
import { epochOf, keyedRecordOf, vectorOf, versionOf } from "../support/records.ts";
import { StepChecks } from "./step-checks.ts";
import type { Noted } from "./written-down.ts";

function entryOf(keyed: KeyedRecord): Entry {
	const disk = { hash: undefined, size: 0, path: undefined, token: undefined, seen: EMPTY_VECTOR, copies: [] };
	return { ...keyed, disk, intent: undefined };
}

interface Words {
	readonly knows: string;
	readonly forgot?: string;
	readonly counter?: number;
	readonly records?: readonly KeyedRecord[];
	readonly without?: readonly KeyedRecord[];
}

/** Device a counts in epoch a, unless told otherwise. */
function wrote(
	device: string,
	{ knows, forgot = "", counter = 0, records = [], without = [] }: Words,
	in_ = device,
): Noted {
	const epoch = epochOf(in_);
	const state: IndexState = {
		...newState(epoch, epoch),
		counter,
		knowledge: vectorOf(knows),
		forgotten: vectorOf(forgot),
	};
	const forgotten = without.map(({ key }) => key);
	const batch = { state, entries: records.map(entryOf), forgotten, membership: undefined };
	return { kind: "batch", device, atMs: 7, batch, isWhole: false, reached: [], asked: new Set() };
}

const found = (...notes: readonly Noted[]): string[] =>
	new StepChecks().check(notes).map((text) => /^(I\d+): [ab] at 7 ms/.exec(text)?.[1] ?? text);

describe("the judge of each step", () => {
	const note = keyedRecordOf("note.md", [versionOf("a1", { text: "one" })]);
	const saved = wrote("a", { knows: "a1", counter: 1, records: [note] });

	test("[I17 I18 I19] finds nothing where an act is written down, told, deleted and forgotten", () => {
		const told = wrote("b", { knows: "a1", records: [note] });
		const deletion = keyedRecordOf("note.md", [versionOf("a2", {})], "a2");
		const deleted = wrote("a", { knows: "a2", counter: 2, records: [deletion] });
		const forgot = wrote("a", { knows: "a2", counter: 2, forgot: "a2", without: [note] });
		expect(found(saved, told, deleted, forgot)).toEqual([]);
	});

	test("[I17] sees knowledge without a record, and a record that does not cover it", () => {
		expect(found(saved, wrote("b", { knows: "a1" }))).toEqual(["I17"]);
		const own = keyedRecordOf("note.md", [versionOf("b1", { text: "two" })]);
		expect(found(saved, wrote("b", { knows: "a1 b1", counter: 1, records: [own] }))).toEqual(["I17"]);
	});

	test("[I17] asks nobody for what a restored device did under a number lower than one that they know from before", () => {
		const old = wrote("a", { knows: "" });
		const records = [keyedRecordOf("lost.md", [versionOf("a9", { text: "lost" })])];
		const lost = [old, wrote("a", { knows: "a9", counter: 9, records }), wrote("b", { knows: "a9", records })];
		const batches = old.kind === "batch" ? [old.batch] : [];
		const restored: Noted = { kind: "replaced", device: "a", atMs: 7, batches };
		const did = (dot: string, counter: number): Noted =>
			wrote("a", { knows: dot, counter, records: [keyedRecordOf("new.md", [versionOf(dot, { text: "new" })])] });
		expect(found(...lost, restored, did("a5", 5), wrote("b", { knows: "a9", records }))).toEqual([]);
		// Nobody has known a higher number: who knows it was told of what it is.
		expect(found(...lost, restored, did("a12", 12), wrote("b", { knows: "a12" }))).toEqual(["I17"]);
	});

	test("[I17] asks nobody for an act that its author lost when only somebody with no room for it had been told of it", () => {
		const old = wrote("a", { knows: "" });
		const putBack = (note: Noted): Noted => ({
			kind: "replaced",
			device: "a",
			atMs: 7,
			batches: note.kind === "batch" ? [note.batch] : [],
		});
		const more = keyedRecordOf("new.md", [versionOf("a9", { text: "new" })]);
		const countsOn = [old, saved, putBack(old), wrote("a", { knows: "a9", counter: 9, records: [more] })];
		const countsOver = wrote("b", { knows: "a9", records: [more] });
		const wroteLate = (text: string): Noted =>
			wrote("c", { knows: "a9", records: [more, keyedRecordOf("note.md", [versionOf("a1", { text })])] });
		expect(found(...countsOn, wroteLate("one"), countsOver)).toEqual([]);
		expect(found(...countsOn, countsOver, wroteLate("one"), countsOver)).toEqual([]);
		// Who knows of it alone was spoken to by somebody who had it.
		expect(found(...countsOn, wroteLate("one"), wrote("b", { knows: "a1" }))).toEqual(["I17"]);
		// Another act under its number is not what was lost.
		expect(found(...countsOn, wroteLate("two"), countsOver)).toEqual(["I17"]);
		// Nor is what was done after it, or what its author still has.
		expect(found(...countsOn, wroteLate("one"), wrote("b", { knows: "a9" }))).toEqual(["I17"]);
		expect(found(old, saved, putBack(saved), wroteLate("one"), countsOver)).toContain("I17");
	});

	test("[I18 J2] sees an act that was told before its device had written it down", () => {
		const told = wrote("b", { knows: "a1", records: [note] });
		expect(found(told, saved)).toEqual(["I18"]);
		expect(found(wrote("a", { knows: "" }), told, saved)).toEqual(["I18"]);
	});

	test("[I18] sees knowledge, forgotten deletions, contexts and counters that go back, and a record that is gone", () => {
		expect(found(saved, wrote("a", { knows: "", counter: 1 }))).toEqual(["I18"]);
		expect(found(saved, wrote("a", { knows: "a1", counter: 0 }))).toEqual(["I18"]);
		const forgot = wrote("a", { knows: "a1", counter: 1, forgot: "b1" });
		expect(found(saved, forgot, wrote("a", { knows: "a1", counter: 1 }))).toEqual(["I18"]);
		const less = keyedRecordOf("note.md", []);
		expect(found(saved, wrote("a", { knows: "a1", counter: 1, records: [less] }))).toEqual(["I18", "I17"]);
		expect(found(saved, wrote("a", { knows: "a1", counter: 1, without: [note] }))).toEqual(["I18", "I17"]);
	});

	test("[I18] sees an epoch that another device counts in", () => {
		expect(found(saved, wrote("b", { knows: "", counter: 1 }, "a"))).toEqual(["I18"]);
	});

	test("[I19] sees two acts with one dot", () => {
		const again = keyedRecordOf("other.md", [versionOf("a1", { text: "one" })]);
		expect(found(saved, wrote("b", { knows: "", records: [again] }))).toEqual(["I19"]);
	});
});
