// The judges of I15 and I25 find what they are there for.
import { describe, expect, test } from "vitest";
import { FOLDER } from "../../src/core/folder.ts";
import { newState } from "../../src/core/record-index.ts";
import type { Sibling } from "../../src/core/record.ts";
import { EMPTY_VECTOR } from "../../src/core/version-vector.ts";
import { epochOf, keyedRecordOf, versionOf } from "../support/records.ts";
import { Deeds, noVersionInQuiet, noVersionOfNobody } from "./deeds.ts";
import type { Noted } from "./written-down.ts";

const COPY = "note (conflict bob 2026-11-30 0123abcd).md";

interface Words {
	readonly by?: string;
	readonly atMs?: number;
	readonly asked?: readonly string[];
}

function wrote(path: string, versions: readonly Sibling[], { by = "a", atMs = 5, asked = [] }: Words = {}): Noted {
	const { key, record } = keyedRecordOf(path, versions);
	const disk = { hash: undefined, size: 0, path: undefined, token: undefined, seen: EMPTY_VECTOR, copies: [] };
	const counter = Math.max(...versions.map(({ dot }) => dot.counter));
	const state = { ...newState(epochOf(by), epochOf(by)), counter };
	const batch = { state, entries: [{ key, record, disk, intent: undefined }], forgotten: [], membership: undefined };
	return { kind: "batch", device: by, atMs, isWhole: false, reached: [], asked: new Set(asked), batch };
}

const found = (deeds: Deeds, ...noted: readonly Noted[]): string[] =>
	noVersionOfNobody(noted, deeds).map((text) => text.slice(0, 3));

function done(...all: readonly (readonly [path: string, text: string | undefined])[]): Deeds {
	const deeds = new Deeds();
	for (const [path, text] of all) deeds.note("a", path, text);
	return deeds;
}

describe("the judge of versions that nobody made", () => {
	const save = wrote("note.md", [versionOf("a1", { text: "one" })]);
	const deletion = wrote("note.md", [versionOf("a2", {})]);

	test("[I15] finds nothing where each is somebody's act, or was told by another device", () => {
		const deeds = done(["note.md", "one"], ["note.md", undefined]);
		expect(found(deeds, save, deletion, save)).toEqual([]);
		expect(found(new Deeds(), wrote("note.md", [versionOf("a1", { text: "one" })], { by: "b" }))).toEqual([]);
	});

	test("[I15] finds one that nobody made, made twice, made elsewhere, or made by somebody else", () => {
		expect(found(new Deeds(), save)).toEqual(["I15"]);
		expect(found(done(["note.md", "one"]), deletion)).toEqual(["I15"]);
		expect(found(done(["note.md", "one"]), save, wrote("note.md", [versionOf("a2", { text: "one" })]))).toEqual([
			"I15",
		]);
		expect(found(done(["other.md", "one"]), save)).toEqual(["I15"]);
		const deeds = new Deeds();
		deeds.note("b", "note.md", "one");
		expect(found(deeds, save)).toEqual(["I15"]);
	});

	test("[I15] does not judge imports, folders, conflict copies, and what nobody can tell", () => {
		expect(found(new Deeds(), wrote("note.md", [versionOf("a1", { text: "one", imported: true })]))).toEqual([]);
		const folder = { ...versionOf("a1", { text: "" }), content: { hash: FOLDER, size: 0 } };
		expect(found(new Deeds(), wrote("daily", [folder]), wrote("daily", [versionOf("a2", {})]))).toEqual([]);
		expect(found(new Deeds(), wrote(COPY, [versionOf("a1", { text: "one", path: COPY })]))).toEqual([]);
		expect(found(done([COPY, undefined]), deletion)).toEqual([]);
		const deeds = new Deeds();
		deeds.noteUnclear("a", "note.md");
		expect(found(deeds, save, deletion)).toEqual([]);
	});

	test("[I15] lets a version say that its folder is written another way, where somebody did that", () => {
		const [lower, upper] = [
			wrote("daily/a.md", [versionOf("a1", { text: "one", path: "daily/a.md" })]),
			wrote("daily/a.md", [versionOf("a2", { text: "one", path: "Daily/a.md" })]),
		];
		const deeds = done(["daily/a.md", "one"]);
		expect(found(deeds, lower, upper)).toEqual(["I15"]);
		deeds.noteRespelled("daily");
		expect(found(deeds, lower, upper)).toEqual([]);
		const again = wrote("daily/a.md", [versionOf("a3", { text: "one", path: "Daily/a.md" })]);
		expect(found(deeds, lower, upper, again)).toEqual(["I15"]);
		expect(found(new Deeds(), upper)).toEqual(["I15"]);
		const elsewhere = wrote("daily/a.md", [versionOf("b1", { text: "one", path: "Daily/a.md" })], { by: "b" });
		expect(found(deeds, lower, elsewhere)).toEqual([]);
		expect(found(done(["daily/a.md", "one"]), lower, elsewhere)).toEqual(["I15"]);
		expect(found(deeds, lower, wrote("daily/a.md", [versionOf("b1", { text: "two" })], { by: "b" }))).toEqual(["I15"]);
		const turn = (dot: string, path: string, by: string): Noted =>
			wrote("daily/a.md", [versionOf(dot, { text: "one", path })], { by });
		const war = [turn("a2", "Daily/a.md", "a"), turn("b1", "daily/a.md", "b"), turn("a3", "Daily/a.md", "a")];
		// Each may follow as often as somebody did that, and no further.
		expect(found(deeds, lower, ...war)).toEqual(["I15"]);
		expect(found(deeds, lower, ...war, turn("b2", "daily/a.md", "b"), turn("a4", "Daily/a.md", "a"))).toHaveLength(3);
	});

	test("[I25] finds a deletion that was told when its person had to be asked, unless they said so in the app", () => {
		const asked = wrote("note.md", [versionOf("a2", {})], { asked: ["note.md"] });
		const deeds = done(["note.md", undefined]);
		expect(found(deeds, asked)).toEqual(["I25"]);
		deeds.noteSaid("a", "note.md");
		expect(found(deeds, asked)).toEqual([]);
	});

	test("[I15] finds one that was made in quiet", () => {
		expect(noVersionInQuiet([save, wrote("note.md", [versionOf("a2", {})], { atMs: 9 })], 7)).toHaveLength(1);
		expect(noVersionInQuiet([save, wrote("note.md", [versionOf("a1", { text: "one" })], { atMs: 9 })], 7)).toEqual([]);
		expect(noVersionInQuiet([save, deletion], 5)).toEqual([]);
	});
});
