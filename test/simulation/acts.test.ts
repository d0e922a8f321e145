// The outside record of a run: what it excuses, and what it does not.
import { describe, expect, test } from "vitest";
import { conflictCopyPath } from "../../src/core/conflict-name.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { hashOf } from "../support/records.ts";
import { ActRecord } from "./acts.ts";
import { LIST_PATH, listWith, tokensIn } from "./lists.ts";

const copyOf = (path: string, content: string): string =>
	conflictCopyPath(testPath(path), { author: "bob", mtimeMs: 0, hash: hashOf(content) });

describe("the record of what people did", () => {
	test("[X12] says of a path, and of a conflict copy by its name, what may have been lost with a disk", () => {
		const record = new ActRecord();
		const lost = record.save("bob", "note.md", undefined);
		const kept = record.save("carol", "note.md", undefined);
		record.markOnlyOn(lost);
		expect(record.lostAt("note.md")).toEqual([lost]);
		expect(record.lostAt(copyOf("note.md", lost))).toEqual([lost]);
		// Nothing happened to the disk that had this one, nor is it a copy of any other file.
		expect(record.lostAt(copyOf("note.md", kept))).toEqual([]);
		expect(record.lostAt(copyOf("other.md", lost))).toEqual([]);
		expect(record.lostAt("other.md")).toEqual([]);
		// However somebody wrote the name meanwhile: it is the same file.
		expect(record.lostAt("Note.md")).toEqual([lost]);
		// Nor is what somebody wrote over where it was known what it is; where it was not, it may be, and is no lost act for that.
		expect(record.lostAt("note.md")).not.toContain(kept);
		record.markOverwritten(kept);
		expect(record.lostAt("note.md")).toContain(kept);
		expect(record.isLostWithADisk(kept)).toBe(false);
	});

	test("[I6 I7] knows a folder by what was moved into it, as by what was saved there", () => {
		const record = new ActRecord();
		const note = record.save("bob", "note.md", undefined);
		record.save("carol", "daily", undefined);
		expect(record.hasFolder("daily")).toBe(false);
		expect(record.pathsWithoutConcurrency()).toContain("daily");
		record.move("note.md", "daily/note.md", [note]);
		expect(record.hasFolder("daily")).toBe(true);
		expect(record.pathsWithoutConcurrency()).not.toContain("daily");
	});

	test("[I4 I29] takes for no deletion that of a merged copy beside all that it is merged of, and for one that of any other", () => {
		const record = new ActRecord();
		const first = record.save("alice", LIST_PATH, undefined);
		const [hers, his] = [record.save("alice", LIST_PATH, first), record.save("bob", LIST_PATH, first)];
		const merged = listWith(hers, "save 2 by bob", 2);
		const copy = copyOf(LIST_PATH, merged);
		record.delete("carol", copy, merged, 0, [hers, his]);
		expect([...record.deleted()]).toEqual([]);
		expect(record.kept.size).toBe(3);
		// One of them has it all, or one is not there, or somebody saved it.
		const all = record.save("carol", LIST_PATH, merged);
		for (const [text, beside] of [
			[merged, [hers, his, all]],
			[merged, [hers]],
			[his, [hers, first]],
		] as const) {
			const other = new ActRecord();
			for (const token of [first, hers, his]) other.saveAs(token, LIST_PATH, undefined);
			other.delete("carol", copy, text, 0, beside);
			expect(other.deleted()).toContain(text);
		}
	});

	test("[I7 O6] says where somebody wrote over half of a write or deleted it, and not where it was a text that somebody had saved", () => {
		const record = new ActRecord();
		const whole = record.save("alice", "note.md", undefined);
		record.markLeftBehind(whole);
		record.markLeftBehind("half of a");
		record.save("alice", "note.md", whole);
		expect(record.hasDealtWithHalf("note.md")).toBe(false);
		record.save("alice", "other.md", "not left behind");
		expect(record.hasDealtWithHalf("other.md")).toBe(false);
		record.save("alice", "note.md", "half of a");
		expect(record.hasDealtWithHalf("Note.md")).toBe(true);
		expect(record.hasDealtWithHalf("other.md")).toBe(false);
		record.delete("bob", "other.md", whole);
		expect(record.hasDealtWithHalf("other.md")).toBe(false);
		record.delete("bob", "other.md", "half of a");
		expect(record.hasDealtWithHalf("other.md")).toBe(true);
	});

	test("[I29] wants a line that somebody wrote again, until it is taken out once more or nobody can tell", () => {
		const record = new ActRecord();
		const first = record.save("alice", LIST_PATH, undefined);
		const [line] = tokensIn(first);
		if (line === undefined) throw new Error("a list has a line");
		const without = record.saveAs(first.replace(`${line}\n`, ""), LIST_PATH, first);
		expect(record.kept.has(line)).toBe(false);
		record.goBack("bob", LIST_PATH, first, without);
		expect(record.kept.has(line)).toBe(true);
		record.doubtWrittenAgain();
		expect(record.kept.has(line)).toBe(false);

		const other = new ActRecord();
		other.saveAs(first, LIST_PATH, undefined);
		other.saveAs(without, LIST_PATH, first);
		other.goBack("bob", LIST_PATH, first, without);
		other.saveAs(`${without}more\n`, LIST_PATH, first);
		expect(other.kept.has(line)).toBe(false);
	});
});
