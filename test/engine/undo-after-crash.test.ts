// What an undo offers where a crash left half of a write: what people had before it, and never the half.
import { expect, test } from "vitest";
import { ReplicaBench } from "../support/replica-bench.ts";
import { keyedRecordOf, versionOf } from "../support/records.ts";
import { undoableOf } from "../support/undoable.ts";

const TEXTS = ["mine", "theirs", "theirs, later", "as it was", "the", "the person's"];

test("[A11 U2 I23] an undo offers what stood before half of a write, and not the half", async () => {
	const bench = new ReplicaBench();
	bench.vault.save("note.md", "mine");
	await bench.open();
	bench.view.dieInNextChange((bytes) => bytes.subarray(0, 3));
	await bench.tell([keyedRecordOf("note.md", [versionOf("b1", { text: "theirs" })], "a1")], ["theirs"]);
	await bench.open();
	await bench.clock.advance(10_000);
	expect(bench.files()).toEqual({ "note.md": "theirs" });
	expect(await undoableOf(bench, TEXTS)).toEqual(["note.md: mine > theirs", "note.md: nothing > mine"]);
	// A person may have written just these words.
	expect(await bench.kept()).toContain("replaced note.md: the");
});

/** Half of "theirs" stands where "mine" stood, and nothing can be written there. */
const FIRST = ["note.md: nothing > mine", "own.md: nothing > as it was"];

async function benchWithHalfThatStays(): Promise<ReplicaBench> {
	const bench = new ReplicaBench();
	bench.vault.save("note.md", "mine");
	await bench.open();
	bench.vault.save("own.md", "as it was");
	await bench.settle();
	bench.view.dieInNextChange((bytes) => bytes.subarray(0, 3));
	await bench.tell([keyedRecordOf("note.md", [versionOf("b1", { text: "theirs" })], "a1")], ["theirs"]);
	for (let times = 0; times < 3; times++) bench.vault.failNext("replaceIf", "locked");
	await bench.open();
	expect(bench.files()).toEqual({ "note.md": "the", "own.md": "as it was" });
	return bench;
}

test("[A11 U2 I23] so it does where the half gave way to a newer version", async () => {
	const bench = await benchWithHalfThatStays();
	const later = versionOf("b2", { text: "theirs, later", lamport: 3, ancestors: ["theirs"] });
	await bench.tell([keyedRecordOf("note.md", [later], "a2 b1", ["theirs"])], ["theirs, later"]);
	await bench.clock.advance(100_000);
	expect(bench.files()).toEqual({ "note.md": "theirs, later", "own.md": "as it was" });
	const before = ["note.md: mine > theirs", "note.md: mine > theirs, later"];
	expect(await undoableOf(bench, TEXTS)).toEqual([...before, ...FIRST]);
});

test("[A11 U2 I23] where it gave way to a deletion", async () => {
	const bench = await benchWithHalfThatStays();
	await bench.tell([keyedRecordOf("note.md", [versionOf("b2", { lamport: 3 })], "a2 b1", ["theirs"])], []);
	await bench.clock.advance(100_000);
	expect(bench.files()).toEqual({ "own.md": "as it was" });
	const before = ["note.md: mine > nothing", "note.md: mine > theirs"];
	expect(await undoableOf(bench, TEXTS)).toEqual([...before, ...FIRST]);
});

test("[A11 U2 I23] where a person wrote over it", async () => {
	const bench = await benchWithHalfThatStays();
	bench.vault.save("note.md", "the person's");
	await bench.scan();
	await bench.clock.advance(100_000);
	const before = ["note.md: mine > the person's", "note.md: mine > theirs"];
	expect(await undoableOf(bench, TEXTS)).toEqual(expect.arrayContaining(before));
	expect((await undoableOf(bench, TEXTS)).filter((line) => line.includes(": the >"))).toEqual([]);
});

test("[A11 U2 I23] and where a new file was cut off it takes the whole away", async () => {
	const bench = new ReplicaBench();
	await bench.open();
	bench.view.dieInNextChange((bytes) => bytes.subarray(0, 3));
	await bench.tell([keyedRecordOf("note.md", [versionOf("b1", { text: "theirs" })])], ["theirs"]);
	await bench.open();
	await bench.clock.advance(10_000);
	expect(bench.files()).toEqual({ "note.md": "theirs" });
	expect(await undoableOf(bench, TEXTS)).toEqual(["note.md: nothing > theirs"]);
});
