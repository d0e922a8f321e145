// What excuses a run, and what comes close to it and does not.
import { describe, expect, test } from "vitest";
import { NUMBERS_LEFT_OUT } from "../../src/core/left-out-numbers.ts";
import { newState } from "../../src/core/record-index.ts";
import type { KeyedRecord } from "../../src/core/record.ts";
import { EMPTY_VECTOR } from "../../src/core/version-vector.ts";
import { epochOf, keyedRecordOf, hashOf, vectorOf, versionOf } from "../support/records.ts";
import { gaveWayToAnotherLife, mayStay, mayStayHalf, wasFoundForgotten, wasHidingForgotten } from "./excuses.ts";
import { World } from "./world.ts";
import type { Noted } from "./written-down.ts";

test("[I4 X12] what was deleted may stay only where the device itself holds what nobody has any more", () => {
	const nowhere = new Set(["note.md"]);
	const held = (path: string, reason = "no-device-has-it") => [{ path, reason }];
	expect(mayStay("note.md", nowhere, held("note.md"))).toBe(true);
	expect(mayStay("note.md", nowhere, [])).toBe(false);
	expect(mayStay("note.md", nowhere, held("other.md"))).toBe(false);
	expect(mayStay("note.md", nowhere, held("Note.md"))).toBe(true);
	expect(mayStay("note.md", nowhere, held("note.md", "locked"))).toBe(false);
	expect(mayStay("note.md", new Set(), held("note.md"))).toBe(false);
});

test("[I23 X12] half of a write may stay only where it is the start of what somebody saved, and nobody's version", () => {
	const saved = new Set(["save 1 by alice", "save 2 by bob"]);
	const wrote = (text: string): Noted => {
		const { key, record } = keyedRecordOf("note.md", [versionOf("a1", { text })]);
		const disk = { hash: undefined, size: 0, path: undefined, token: undefined, seen: EMPTY_VECTOR, copies: [] };
		const entries = [{ key, record, disk, intent: undefined }];
		const state = newState(epochOf("a"), epochOf("a"));
		const batch = { state, entries, forgotten: [], membership: undefined };
		return { kind: "batch", device: "alice", atMs: 1, isWhole: false, reached: [], asked: new Set<string>(), batch };
	};
	expect(mayStayHalf("save", saved, [wrote("save 1 by alice")])).toBe(true);
	expect(mayStayHalf("", saved, [wrote("save 1 by alice")])).toBe(true);
	expect(mayStayHalf("save", saved, [wrote("save 1 by alice"), wrote("save")])).toBe(false);
	expect(mayStayHalf("", saved, [wrote("")])).toBe(false);
	expect(mayStayHalf("by alice", saved, [])).toBe(false);
	expect(mayStayHalf("save", new Set(["save"]), [])).toBe(false);
});

test("[I4 W5] a deletion is untold only as long as its folder is gone, and only if that was gone at once", async () => {
	const world = new World({ seed: 1, names: ["alice", "bob"] });
	const [alice, bob] = [world.device("alice"), world.device("bob")];
	const [early, late] = [world.save(alice, "early.md"), world.save(alice, "late.md")];
	world.delete(alice, "early.md");
	await world.clock.advance(1_000);
	world.delete(alice, "late.md");
	expect(world.untoldDeletions(alice)).toEqual([]);
	await world.withoutFolder(alice, 5_000);
	expect(world.untoldDeletions(alice)).toEqual([late]);
	expect(world.untoldDeletions(bob)).toEqual([]);
	expect(world.untoldDeletions(alice)).not.toContain(early);
	await world.clock.advance(5_000);
	expect(world.untoldDeletions(alice)).toEqual([]);
});

describe("[I4 S14] what was deleted may come back", () => {
	const wrote = (
		device: string,
		dot: string | undefined,
		words: { readonly imported?: boolean; readonly forgotten?: boolean } = {},
	): Noted => {
		const { imported = false, forgotten = false } = words;
		const records =
			dot === undefined ? [] : [keyedRecordOf("note.md", [versionOf(dot, { text: "save 1 by alice", imported })])];
		const disk = { hash: undefined, size: 0, path: undefined, token: undefined, seen: EMPTY_VECTOR, copies: [] };
		const entries = records.map((each) => ({ ...each, disk, intent: undefined }));
		const epoch = epochOf(dot?.charAt(0) ?? "b");
		const gone = forgotten ? [keyedRecordOf("note.md", []).key] : [];
		const batch = { state: newState(epoch, epoch), entries, forgotten: gone, membership: undefined };
		return { kind: "batch", device, atMs: 1, isWhole: false, reached: [], asked: new Set<string>(), batch };
	};
	const isExcused = (...notes: readonly Noted[]): boolean => wasFoundForgotten("note.md", "save 1 by alice", notes);
	const restored: Noted = { kind: "replaced", device: "alice", atMs: 2, batches: [] };
	const told = [wrote("alice", "a1"), wrote("bob", "a1")];
	const forgot = wrote("bob", undefined, { forgotten: true });
	const found = wrote("alice", "c1", { imported: true });
	const heard = wrote("bob", "c1", { imported: true });

	test("where a restored device found it, and the others had forgotten what became of it when they heard of it", () => {
		expect(isExcused(...told, forgot, restored, found, heard)).toBe(true);
		expect(isExcused(...told, restored, found, forgot, heard)).toBe(true);
	});

	test("and nowhere else", () => {
		expect(isExcused(...told, restored, found, heard)).toBe(false);
		expect(isExcused(...told, restored, found, heard, forgot)).toBe(false);
		expect(isExcused(...told, forgot, found, heard)).toBe(false);
		expect(isExcused(...told, forgot, restored, wrote("alice", "c1"), heard)).toBe(false);
		// That was forgotten of an earlier one.
		expect(isExcused(...told, forgot, wrote("bob", "a2"), restored, found, heard)).toBe(false);
		expect(isExcused(...told, forgot, restored)).toBe(false);
	});
});

describe("[R8] roots may differ for a while", () => {
	const base = keyedRecordOf("note.md", []);
	const state = newState(epochOf("b"), epochOf("b"));
	const forgotWhole = (frontier: string): Noted => ({
		...{ kind: "batch", device: "b", atMs: 1, isWhole: false, reached: [], asked: new Set<string>() },
		batch: {
			state: { ...state, forgotten: vectorOf(frontier) },
			entries: [],
			forgotten: [base.key],
			membership: undefined,
		},
	});
	const wrote = (
		{ key, record }: KeyedRecord,
		superseded: readonly string[],
		device = "c",
		frontier = "",
		isWhole = false,
	): Noted => {
		const disk = { hash: undefined, size: 0, path: undefined, token: undefined, seen: EMPTY_VECTOR, copies: [] };
		const entry = { key, record: { ...record, superseded: superseded.map(hashOf) }, disk, intent: undefined };
		return {
			...{ kind: "batch", device, atMs: 2, isWhole, reached: [], asked: new Set<string>() },
			batch: {
				state: { ...state, forgotten: vectorOf(frontier) },
				entries: [entry],
				forgotten: [],
				membership: undefined,
			},
		};
	};
	const old = versionOf("a1", { text: "old", imported: true });
	const deletion = versionOf("c1", { lamport: 2 });
	const forgot = (frontier: string, dot = frontier): Noted[] => [
		wrote(keyedRecordOf("note.md", [versionOf(dot, { lamport: 2 })]), ["old"], "b"),
		forgotWhole(frontier),
	];
	const hidden = wrote(keyedRecordOf("note.md", [old, deletion]), ["old"]);

	test("where one forgot a deletion and another still hides by it what comes back", () => {
		expect(wasHidingForgotten([...forgot("c1"), hidden])).toBe(true);
		const beside = versionOf("c2", { text: "new" });
		expect(wasHidingForgotten([...forgot("c1"), wrote(keyedRecordOf("note.md", [old, beside]), ["old"])])).toBe(true);
	});

	test("and for no other reason", () => {
		expect(wasHidingForgotten([hidden])).toBe(false);
		expect(wasHidingForgotten([hidden, ...forgot("c1")])).toBe(false);
		// Who forgot it had heard of that version too, or of another deletion.
		expect(wasHidingForgotten([...forgot("a1 c1", "c1"), hidden])).toBe(false);
		expect(wasHidingForgotten([...forgot("d1"), hidden])).toBe(false);
		// It is shown, for it is not known to be old, or for there is nothing else; or somebody made it, and it was not found.
		expect(wasHidingForgotten([...forgot("c1"), wrote(keyedRecordOf("note.md", [old, deletion]), [])])).toBe(false);
		expect(wasHidingForgotten([...forgot("c1"), wrote(keyedRecordOf("note.md", [old], "c1"), ["old"])])).toBe(false);
		const made = versionOf("a1", { text: "old" });
		expect(wasHidingForgotten([...forgot("c1"), wrote(keyedRecordOf("note.md", [made, deletion]), ["old"])])).toBe(
			false,
		);
	});

	describe("with a disk that was full when it forgot,", () => {
		const knew = wrote(keyedRecordOf("note.md", [deletion]), ["old"], "b");
		const other = keyedRecordOf("other.md", [versionOf("b1", { path: "other.md", text: "other" })]);
		/** What it heard of the path again, before it could write down that it had forgotten it. */
		const heardAnew = (frontier: string, record = keyedRecordOf("note.md", [old], "c1")): Noted =>
			wrote(record, [], "b", frontier, true);

		test("as is seen when it can write again", () => {
			expect(wasHidingForgotten([knew, hidden, heardAnew("c1")])).toBe(true);
			expect(wasHidingForgotten([knew, heardAnew("c1"), hidden])).toBe(true);
			expect(wasHidingForgotten([knew, hidden, wrote(other, [], "b", "c1", true)])).toBe(true);
		});

		test("and for no other reason", () => {
			// The others had written it when it still knew of the deletion.
			expect(wasHidingForgotten([hidden, knew, heardAnew("c1")])).toBe(false);
			// It lost the deletion, and did not forget it.
			expect(wasHidingForgotten([knew, hidden, heardAnew("")])).toBe(false);
			expect(wasHidingForgotten([knew, hidden, wrote(other, [], "b", "", true)])).toBe(false);
			// It had forgotten it before, and had it again: that it is gone now is something else.
			const knewAnew = wrote(keyedRecordOf("note.md", [deletion]), ["old"], "b", "c1");
			expect(wasHidingForgotten([knewAnew, hidden, heardAnew("c1")])).toBe(false);
			// It had heard of that version too, or still has the deletion beside it.
			expect(wasHidingForgotten([knew, hidden, heardAnew("a1 c1")])).toBe(false);
			expect(wasHidingForgotten([knew, hidden, heardAnew("c1", keyedRecordOf("note.md", [old, deletion]))])).toBe(
				false,
			);
			// Nobody hides anything.
			expect(wasHidingForgotten([knew, heardAnew("c1")])).toBe(false);
		});
	});
});

test("[I2 S9] a version gave way to another life of its device only after its state was put back, where that did as much there", () => {
	const run = (gaps: number, acts: number): number => gaps * NUMBERS_LEFT_OUT + acts;
	const wrote = (counter: number, text: string, path = "note.md"): Noted => {
		const dot = `a${String(counter)}`;
		const { key, record } = keyedRecordOf(path, [versionOf(dot, { text })]);
		const disk = { hash: undefined, size: 0, path: undefined, token: undefined, seen: EMPTY_VECTOR, copies: [] };
		const state = { ...newState(epochOf("a"), epochOf("a")), counter };
		const batch = { state, entries: [{ key, record, disk, intent: undefined }], forgotten: [], membership: undefined };
		return { kind: "batch", device: "alice", atMs: 1, isWhole: false, reached: [], asked: new Set<string>(), batch };
	};
	const restored: Noted = { kind: "replaced", device: "alice", atMs: 2, batches: [] };
	const first = wrote(2, "first");
	const isExcused = (...noted: readonly Noted[]): boolean => gaveWayToAnotherLife("first", noted);
	expect(isExcused(first, restored, wrote(run(3, 3), "second"))).toBe(true);
	expect(isExcused(first, restored, wrote(run(3, 2), "its numbers say so"))).toBe(false);
	expect(isExcused(first, restored, wrote(run(3, 3), "elsewhere", "other.md"))).toBe(false);
	expect(isExcused(first, wrote(run(3, 3), "no other life"))).toBe(false);
	expect(isExcused(first, restored)).toBe(false);
	expect(isExcused(wrote(2, "another"), restored, wrote(run(3, 3), "second"))).toBe(false);
});
