// What is a merged text that had to be kept as a file of its own, and what comes close to it and is not.
import { expect, test } from "vitest";
import { conflictCopyPath } from "../../src/core/conflict-name.ts";
import type { KeyedRecord } from "../../src/core/record.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { hashOf, keyedRecordOf, versionOf } from "../support/records.ts";
import { isKeptText } from "./kept-texts.ts";
import { listWith } from "./lists.ts";
import { wroteAt, type Words } from "./wrote.ts";
import type { Noted } from "./written-down.ts";

const LIST = testPath("list.md");
const first = listWith(undefined, "save 1 by alice", 1);
const ofAlice = listWith(first, "save 2 by alice", 2);
const ofBob = listWith(first, "save 4 by bob", 4);
/** It takes out what alice wrote first. */
const later = listWith(ofBob, "save 9 by bob", 9);
const merged = listWith(ofAlice, "save 4 by bob", 4);
const saved = [first, ofAlice, ofBob, later];
const copyOf = (text: string) => conflictCopyPath(LIST, { author: "bob", mtimeMs: 0, hash: hashOf(text) });

const copy = (dot = "a9", imported = true, path: string = copyOf(merged)): KeyedRecord =>
	keyedRecordOf(path, [versionOf(dot, { path, text: merged, imported })]);
const wrote = (texts: readonly string[], words: Words): Noted => wroteAt(LIST, texts, words);
const parts = [ofAlice, ofBob];
const begun = wrote(parts, { shows: ofAlice, intends: merged });
const done = wrote(parts, { shows: merged });
const heard = wrote([ofAlice, later], { shows: merged, atMs: 1_000 });
const made = (words: Words = {}): Noted =>
	wrote([ofAlice, later], { shows: merged, atMs: 31_000, more: [copy()], ...words });
const isKept = (...notes: readonly Noted[]): boolean => isKeptText(copyOf(merged), merged, saved, notes);

const apart = listWith(first, "save 6 by carol", 6);
/** A device that is there has `apart`, and not what came of the merged text. */
const besideApart = (madeOf: readonly string[] = []): readonly Noted[] => {
	const others = [ofAlice, later, apart];
	const made = wrote(others, { shows: merged, atMs: 31_000, more: [copy()], reached: ["b"], madeOf });
	return [wrote([apart], { device: "b", shows: apart }), begun, done, wrote(others, { shows: merged, madeOf }), made];
};

test("[I29 X14] a merged text may keep what was taken out where it became a file of its own for want of what came of it", () => {
	expect(isKept(begun, done, heard, made())).toBe(true);
	// It heard of it before it had written down that the text stands there.
	expect(isKept(begun, heard, made())).toBe(true);
	// Somebody else is there, and has it as little; who has it is not there.
	const other = wrote(parts, { device: "b", shows: ofBob });
	expect(isKept(other, begun, done, heard, made({ reached: ["b"] }))).toBe(true);
	expect(isKept(wrote([later], { device: "b", shows: later }), begun, done, heard, made())).toBe(true);
	// What somebody made apart from it stands there too.
	expect(isKept(...besideApart())).toBe(true);
	// What others make of that file says nothing more.
	expect(isKept(begun, done, heard, made(), wrote([later], { device: "b", more: [copy()] }))).toBe(true);
});

test("[I29 X14] and nowhere else", () => {
	// It had those bytes, or could have had them, or did not wait.
	expect(isKept(begun, done, wrote([later], { device: "b", shows: later }), heard, made({ reached: ["b"] }))).toBe(
		false,
	);
	expect(isKept(begun, done, heard, made({ atMs: 30_999 }))).toBe(false);
	expect(isKept(begun, done, made())).toBe(false);
	const current = wrote(parts, { shows: merged, atMs: 40_000, more: [copy()] });
	expect(isKept(begun, done, current)).toBe(false);
	// Another one that was made of it is there.
	expect(isKept(...besideApart([merged]))).toBe(false);
	// Nothing of the kind stood there, or something else by then.
	expect(
		isKept(wrote(parts, { shows: ofAlice }), wrote([ofAlice, later], { shows: ofAlice }), made({ shows: ofAlice })),
	).toBe(false);
	expect(isKept(begun, done, heard, made({ shows: ofAlice }))).toBe(false);
	// A line was out when it was merged.
	expect(isKept(wrote([ofAlice, first], { intends: merged }), heard, made())).toBe(false);
	// Somebody else made it a file, or a person did; or it has the name of other bytes; or none of a copy.
	expect(isKept(begun, done, heard, made({ more: [copy("c1")] }))).toBe(false);
	expect(isKept(begun, done, heard, made({ more: [copy("a9", false)] }))).toBe(false);
	expect(isKept(begun, done, wrote([later], { device: "b", more: [copy()] }), heard, made())).toBe(false);
	for (const path of [copyOf(ofBob), "other.md"])
		expect(isKeptText(path, merged, saved, [begun, done, heard, made({ more: [copy("a9", true, path)] })])).toBe(false);
	// Its state is another one by then.
	const replaced: Noted = { kind: "replaced", device: "a", atMs: 2_000, batches: [] };
	expect(isKept(begun, done, heard, replaced, made())).toBe(false);
	expect(isKept()).toBe(false);
});

test("[I8 X14] so may a text as it was saved, where what was made of it is missing", () => {
	const path = copyOf(ofAlice);
	const kept = keyedRecordOf(path, [versionOf("a9", { path, text: ofAlice, imported: true })]);
	const isKeptSo = (...notes: readonly Noted[]): boolean => isKeptText(path, ofAlice, saved, notes);
	const shown = wrote([ofAlice], { shows: ofAlice });
	const news = wrote([later], { shows: ofAlice, atMs: 1_000 });
	expect(isKeptSo(shown, news, wrote([later], { shows: ofAlice, atMs: 31_000, more: [kept] }))).toBe(true);
	expect(isKeptSo(shown, news, wrote([later], { shows: ofAlice, atMs: 30_000, more: [kept] }))).toBe(false);
	expect(isKeptSo(shown, wrote([ofAlice], { shows: ofAlice, atMs: 31_000, more: [kept] }))).toBe(false);
});
