// What an undo offers after a crash: where half of a write was left, what people had before it, and never the half; and nothing that
// nobody did.
import { decode, encode } from "@msgpack/msgpack";
import { expect, test } from "vitest";
import type { PathKey } from "../../src/core/path.ts";
import { Past } from "../../src/engine/past.ts";
import { concatBytes } from "../../src/core/bytes.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { crashAtStoreWrite, crashAtVaultChange } from "../support/crash-points.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { nodeCryptoDigest } from "../support/node-crypto-digest.ts";
import { ReplicaBench } from "../support/replica-bench.ts";
import { hashOf, keyedRecordOf, vectorOf, versionOf } from "../support/records.ts";
import { undoableOf } from "../support/undoable.ts";

const TEXTS = ["mine", "theirs", "theirs, later", "as it was", "the", "the person's", "same bytes"];

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

const FIRST = ["note.md: nothing > mine", "own.md: nothing > as it was"];

/** Half of "theirs" stands where "mine" stood, and nothing can be written there. */
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
	expect(await undoableOf(bench, TEXTS)).toEqual(["note.md: mine > the person's", "note.md: mine > theirs", ...FIRST]);
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

test("[A9 U2] what the books alone were behind with is nobody's act, and an undo takes no copy away that became a file of its own", async () => {
	const bench = new ReplicaBench();
	bench.vault.save("both.png", "my side");
	await bench.open();
	bench.vault.save("own.md", "mine");
	await bench.scan();
	const theirs = versionOf("b1", { path: "both.png", text: "their side", lamport: 9 });
	await bench.tell([keyedRecordOf("both.png", [theirs])], ["their side"], vectorOf("b1"));
	const copy = Object.keys(bench.files()).find((path) => path.includes("conflict")) ?? "";
	bench.view.dieBeforeNextChange();
	const own = keyedRecordOf(copy, [versionOf("b3", { path: copy, text: "my side", lamport: 1, imported: true })]);
	const gone = keyedRecordOf("both.png", [versionOf("b4", { path: "both.png", lamport: 10 })], "a1000 b2");
	await bench.tell([own, gone], [], vectorOf("b4"));
	expect(bench.isDead).toBe(true);
	await bench.open();
	await bench.clock.advance(30_000);
	expect(bench.files()).toEqual({ [copy]: "my side", "own.md": "mine" });
	await undoLast(bench);
	expect(bench.files()).toEqual({ [copy]: "my side", "both.png": "their side", "own.md": "mine" });
});

test("[A9 U2] so it is where a device that only receives has what the others have", async () => {
	const bench = new ReplicaBench({ mode: "receive-only" });
	const paths = ["one.md", "three.md", "two.md"];
	for (const path of paths) bench.vault.save(path, "mine");
	await bench.open();
	crashAtStoreWrite(1, 10_000)(bench);
	const told = paths.map((path, i) => keyedRecordOf(path, [versionOf(`b${String(i + 1)}`, { path, text: "mine" })]));
	await bench.tell(told, ["mine"], vectorOf("b3"));
	expect(bench.isDead).toBe(true);
	await bench.open();
	await bench.clock.advance(30_000);
	expect(await undoableOf(bench, TEXTS)).toEqual([]);
	const sending = await asSender(bench);
	await undoLast(sending);
	expect(Object.keys(sending.files()).sort()).toEqual(paths);
});

test.each([1, 0.4])(
	"[A11 U2] where it gave its own words up, an undo gives them back, with the write cut off at %d",
	async (part) => {
		const bench = new ReplicaBench({ mode: "receive-only" });
		bench.vault.save("note.md", "mine");
		await bench.open();
		await bench.tell([keyedRecordOf("note.md", [versionOf("b1", { text: "theirs" })])], ["theirs"], vectorOf("b1"));
		await bench.clock.advance(10_000);
		crashAtVaultChange(1, part)(bench);
		const key = "note.md" as string as PathKey;
		bench.replica.enqueue(() => {
			bench.replica.oneWay.giveUp(key, hashOf("mine"));
			bench.replica.revisit(key);
		});
		await bench.clock.advance(5_000);
		expect(bench.isDead).toBe(true);
		await bench.open();
		await bench.clock.advance(30_000);
		const sending = await asSender(bench);
		await undoLast(sending);
		expect(sending.files()).toEqual({ "note.md": "mine" });
	},
);

test("[U2 U4] of a rename, of which a crash kept a part of what was noted, an undo leaves the file under a name", async () => {
	for (const keptBytes of [0, 40, 90, 130, 200, 10_000]) {
		const bench = new ReplicaBench();
		bench.vault.save("old.md", "same bytes");
		await bench.open();
		bench.vault.save("own.md", "mine");
		await bench.scan();
		await bench.clock.advance(60_000);
		crashAtStoreWrite(2, keptBytes)(bench);
		const mtimeMs = new ManualClock().now();
		const moved = keyedRecordOf("new.md", [versionOf("b1", { path: "new.md", text: "same bytes", mtimeMs })]);
		const left = keyedRecordOf("old.md", [versionOf("b2", { path: "old.md", lamport: 2 })], "a5");
		await bench.tell([moved, left], [], vectorOf("b2"));
		expect(bench.isDead).toBe(true);
		await bench.open();
		await bench.clock.advance(30_000);
		const lines = ["new.md: nothing > same bytes", "old.md: nothing > same bytes", "old.md: same bytes > nothing"];
		expect(await undoableOf(bench, TEXTS), String(keptBytes)).toEqual([...lines, "own.md: nothing > mine"]);
		await undoLast(bench);
		expect(Object.values(bench.files()), String(keptBytes)).toContain("same bytes");
	}
});

test("[A9 A11 U2] what stood there as a half, and is a version by now, is what people had", async () => {
	for (const isCrash of [true, false]) {
		const bench = await benchWithHalfThatStays();
		if (isCrash) crashAtStoreWrite(1, 10_000)(bench);
		const really = versionOf("b2", { text: "the", lamport: 5, ancestors: ["theirs"] });
		await bench.tell([keyedRecordOf("note.md", [really], "a2 b1", ["theirs"])], ["the"]);
		expect(bench.isDead).toBe(isCrash);
		if (isCrash) await bench.open();
		await bench.clock.advance(100_000);
		bench.vault.save("note.md", "the person's");
		await bench.scan();
		await bench.clock.advance(100_000);
		const lines = ["note.md: mine > the", "note.md: mine > theirs", ...FIRST, "note.md: the > the person's"];
		expect(await undoableOf(bench, TEXTS)).toEqual(lines.sort());
	}
});

test("[A11 J4 U2] a half that an older version wrote down, with no word of what had stood there, is offered by no undo", async () => {
	const bench = await benchWithHalfThatStays();
	await bench.stop();
	for (const [name, bytes] of bench.store.files())
		if (name.startsWith("journal")) await bench.store.write(name, framesOf(bytes, asBeforeFormat6));
	const replaceIf = bench.vault.replaceIf.bind(bench.vault);
	bench.vault.replaceIf = async (...args) => {
		const result = await replaceIf(...args);
		if (result.kind !== "replaced") return result;
		bench.vault.replaceIf = replaceIf;
		bench.view.die();
		return result;
	};
	await bench.open();
	await bench.clock.advance(60_000);
	expect(bench.isDead).toBe(true);
	await bench.open();
	await bench.clock.advance(60_000);
	expect(bench.files()["note.md"]).toBe("theirs");
	expect((await undoableOf(bench, TEXTS)).filter((line) => line.includes(": the >"))).toEqual([]);
});

test("[A9 U2] what a crash kept from being noted is noted once, also when the next run crashes as well", async () => {
	for (let at = 1; ; at++) {
		const bench = new ReplicaBench();
		await bench.open();
		crashAtVaultChange(1, 1)(bench);
		await bench.tell([keyedRecordOf("note.md", [versionOf("b1", { text: "theirs" })])], ["theirs"], vectorOf("b1"));
		const { reached } = crashAtStoreWrite(at, 0)(bench);
		await bench.open();
		await bench.clock.advance(10_000);
		if (bench.isDead) await bench.open();
		await bench.clock.advance(10_000);
		expect(await undoableOf(bench, TEXTS), String(at)).toEqual(["note.md: nothing > theirs"]);
		expect((await bench.replica.history.lines()).length, String(at)).toBe(1);
		if (reached()) continue;
		expect(at).toBeGreaterThan(2);
		return;
	}
});

test("[A9 U1] it is nobody's whose act it is not: of a third device's news that came meanwhile", async () => {
	const bench = new ReplicaBench();
	await bench.open();
	crashAtVaultChange(1, 1)(bench);
	const first = versionOf("b1", { text: "theirs", author: "bob" });
	await bench.tell([keyedRecordOf("note.md", [first])], ["theirs"], vectorOf("b1"));
	bench.vault.hide(testPath("note.md"));
	await bench.open({ scan: false });
	const third = versionOf("c1", { text: "theirs, later", author: "carol", lamport: 7, ancestors: ["theirs"] });
	await bench.tell([keyedRecordOf("note.md", [third], "b1", ["theirs"])], ["theirs, later"], vectorOf("b1 c1"));
	bench.vault.hide(undefined);
	await bench.scan();
	await bench.clock.advance(60_000);
	const lines = (await bench.replica.history.lines()).filter(({ batch }) => batch !== "");
	expect(lines.map(({ by, after }) => [by, after?.hash])).toEqual([
		["", hashOf("theirs")],
		["carol", hashOf("theirs, later")],
	]);
});

test("[A9 U1] nor of the author of another version, whose copy stood beside it", async () => {
	const bench = new ReplicaBench();
	await bench.open();
	const bobs = versionOf("b1", { text: "theirs", author: "bob", lamport: 9 });
	const carols = versionOf("c1", { text: "carol's", author: "carol", lamport: 2 });
	crashAtVaultChange(2, 1)(bench);
	await bench.tell([keyedRecordOf("note.md", [bobs, carols])], ["theirs", "carol's"], vectorOf("b1 c1"));
	bench.vault.hide(testPath("note.md"));
	await bench.open({ scan: false });
	const later = versionOf("b2", { text: "theirs, later", author: "bob", lamport: 11, ancestors: ["theirs"] });
	const both = keyedRecordOf("note.md", [later, carols], "b1", ["theirs"]);
	await bench.tell([both], ["theirs, later"], vectorOf("b2 c1"));
	bench.vault.hide(undefined);
	await bench.scan();
	await bench.clock.advance(60_000);
	const lines = (await bench.replica.history.lines()).filter(({ batch, path }) => batch !== "" && path === "note.md");
	expect(lines.map(({ by, after }) => [by, after?.hash])).toEqual([
		["", hashOf("theirs")],
		["bob", hashOf("theirs, later")],
	]);
});

test("[A11 L6 U2] an undo offers no half that took no part for a while", async () => {
	const bench = await benchWithHalfThatStays();
	await bench.leaveOut("note.md");
	await bench.leaveOut("");
	await bench.clock.advance(100_000);
	expect(bench.files()["note.md"]).toBe("theirs");
	expect(await undoableOf(bench, TEXTS)).toEqual(["note.md: mine > theirs", ...FIRST]);
});

test("[A11 U2] nor one that came to be written another way, or whose bytes came to stand elsewhere", async () => {
	const respelled = await benchWithHalfThatStays();
	const really = versionOf("b2", { path: "Note.md", text: "the", lamport: 5, ancestors: ["theirs"] });
	await respelled.tell([keyedRecordOf("note.md", [really], "a2 b1", ["theirs"])], ["the"]);
	await respelled.clock.advance(100_000);
	expect(await undoableOf(respelled, TEXTS)).toEqual(["note.md: mine > the", "note.md: mine > theirs", ...FIRST]);

	const elsewhere = await benchWithHalfThatStays();
	const moved = keyedRecordOf("new.md", [versionOf("b2", { path: "new.md", text: "the" })]);
	const left = keyedRecordOf("note.md", [versionOf("b3", { path: "note.md", lamport: 4 })], "a5 b1");
	await elsewhere.tell([moved, left], ["the"]);
	await elsewhere.clock.advance(100_000);
	expect(elsewhere.files()).toEqual({ "new.md": "the", "own.md": "as it was" });
	const before = ["new.md: nothing > the", "note.md: mine > nothing", "note.md: mine > theirs"];
	expect(await undoableOf(elsewhere, TEXTS)).toEqual([...before, ...FIRST]);
});

async function undoLast({ replica, vault, clock }: ReplicaBench): Promise<void> {
	const exchange = { want: () => undefined, forget: () => undefined } as never;
	const undone = new Past({ replica, vault, clock, exchange }).undo();
	await clock.advance(60_000);
	await undone;
}

/** The same device, which sends too from now on. */
async function asSender(bench: ReplicaBench): Promise<ReplicaBench> {
	await bench.stop();
	const sending = new ReplicaBench();
	Object.assign(sending, { clock: bench.clock, vault: bench.vault, store: bench.store });
	await sending.open();
	await sending.clock.advance(30_000);
	return sending;
}

function asBeforeFormat6(payload: Uint8Array): Uint8Array {
	const [, state, entries, ...rest] = decode(payload) as [
		unknown,
		unknown,
		[unknown, unknown[], unknown][],
		...unknown[],
	];
	const before = entries.map(([record, disk, intent]) => {
		const torn = disk[7] == null ? [] : [(disk[7] as unknown[])[0]];
		return [record, [...disk.slice(0, 7), ...torn], (intent as unknown[] | null)?.slice(0, 5) ?? null];
	});
	return encode([5, state, before, ...rest]);
}

/** A journal's file with what is in its frames changed. */
function framesOf(bytes: Uint8Array, change: (payload: Uint8Array) => Uint8Array): Uint8Array {
	const frames: Uint8Array[] = [];
	for (let at = 0; at + 12 <= bytes.length;) {
		const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(at);
		const payload = change(bytes.subarray(at + 12, at + 12 + length));
		const header = new Uint8Array(4);
		new DataView(header.buffer).setUint32(0, payload.length);
		frames.push(header, nodeCryptoDigest.sha256(payload).subarray(0, 8), payload);
		at += 12 + length;
	}
	return concatBytes(...frames);
}
