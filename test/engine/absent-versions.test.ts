// A version that its device told of, and whose bytes nobody can give: lost with that device, or away with it.
import { describe, expect, it } from "vitest";
import { ReplicaBench } from "../support/replica-bench.ts";
import { hashOf, keyedRecordOf, vectorOf, versionOf } from "../support/records.ts";

const MINE = "mine";
const PATIENCE_MS = 30_000;
const version = (dot: string, text: string, lamport: number) => versionOf(dot, { path: "note.png", text, lamport });

/** A device whose file others have changed apart: `lost` is in no reach. */
async function benchWithLost(): Promise<ReplicaBench> {
	const bench = new ReplicaBench();
	bench.vault.save("note.png", MINE);
	await bench.open();
	await bench.tell([keyedRecordOf("note.png", [version("b1", "lost", 9)])], [], vectorOf("b1"));
	return bench;
}

/** It knows of one version, `lost`, that is in no reach. */
async function benchWithNothingElse({ isAsked = true } = {}): Promise<ReplicaBench> {
	const bench = new ReplicaBench();
	await bench.open();
	await bench.tell([keyedRecordOf("note.png", [version("b1", "lost", 9)])], [], vectorOf("b1"));
	bench.replica.contentLacking(hashOf("lost"), isAsked);
	await bench.settle();
	expect(bench.files()).toEqual({});
	return bench;
}

describe("a version whose bytes nobody can give", () => {
	it("[X11 I30] stays wanted where another path shows it, when its own has a newer one", async () => {
		const bench = await benchWithLost();
		bench.replica.contentLacking(hashOf("lost"));
		await bench.settle();
		const newer = keyedRecordOf("note.png", [version("b2", "newer", 10)], "b2 a1001");
		const other = keyedRecordOf("other.png", [versionOf("b3", { path: "other.png", text: "lost" })]);
		await bench.tell([newer, other], ["newer"], vectorOf("b3"));
		expect(bench.files()).toEqual({ "note.png": "newer" });
		expect(bench.replica.pendingCount).toBe(1);
		expect(bench.unwanted).not.toContain(hashOf("lost"));
	});

	it("[V12 X11 I30] does not hold up what there is beside it", async () => {
		const bench = await benchWithLost();
		expect(bench.replica.pendingCount).toBe(1);
		bench.replica.contentLacking(hashOf("lost"));
		await bench.settle();
		expect(bench.replica.pendingCount).toBe(0);
		expect(bench.files()).toEqual({ "note.png": MINE });
		await bench.tell([keyedRecordOf("note.png", [version("c1", "theirs", 5)])], ["theirs"], vectorOf("b1 c1"));
		expect(Object.values(bench.files()).sort()).toEqual([MINE, "theirs"]);
		expect(bench.unwanted).not.toContain(hashOf("lost"));
	});

	it("[V12 I2 O3] is not covered by what a person does meanwhile, and is shown when somebody brings it", async () => {
		const bench = await benchWithLost();
		bench.replica.contentLacking(hashOf("lost"));
		await bench.settle();
		bench.vault.save("note.png", "mine, edited");
		await bench.scan();
		bench.replica.contentArrived(hashOf("lost"), new TextEncoder().encode("lost"));
		await bench.settle();
		expect(Object.values(bench.files()).sort()).toEqual(["lost", "mine, edited"]);
		expect(bench.replica.pendingCount).toBe(0);
	});

	it("[V12 I30] is shown when its bytes come before it could be left out", async () => {
		const bench = await benchWithLost();
		bench.replica.contentLacking(hashOf("lost"));
		bench.replica.contentArrived(hashOf("lost"), new TextEncoder().encode("lost"));
		await bench.settle();
		expect(Object.values(bench.files()).sort()).toEqual(["lost", MINE]);
	});

	it("[X11 X12] is waited for, and then held, when there is nothing else to show", async () => {
		const bench = await benchWithNothingElse();
		expect(bench.replica.pendingCount).toBe(1);
		expect(bench.held).toEqual([]);
		await bench.clock.advance(PATIENCE_MS);
		expect(bench.replica.pendingCount).toBe(0);
		expect(bench.held).toEqual(["note.png: no-device-has-it"]);
		// Tried again and again, and told once.
		await bench.clock.advance(PATIENCE_MS);
		expect(bench.replica.pendingCount).toBe(0);
		expect(bench.held.length).toBe(1);
		expect(bench.unwanted).not.toContain(hashOf("lost"));
		bench.replica.contentArrived(hashOf("lost"), new TextEncoder().encode("lost"));
		await bench.settle();
		expect(bench.files()).toEqual({ "note.png": "lost" });
		expect(bench.replica.held).toEqual([]);
	});

	it("[X12] is waited for as long as other contents come", async () => {
		const bench = await benchWithNothingElse();
		await bench.clock.advance(PATIENCE_MS - 5_000);
		await bench.tell([keyedRecordOf("other.png", [versionOf("b2", { path: "other.png", text: "other" })])], ["other"]);
		await bench.clock.advance(PATIENCE_MS - 5_000);
		expect(bench.held).toEqual([]);
		await bench.clock.advance(5_000);
		expect(bench.held).toEqual(["note.png: no-device-has-it"]);
	});

	it("[X12] is waited for while nobody is connected who could have it", async () => {
		const bench = await benchWithNothingElse({ isAsked: false });
		await bench.clock.advance(2 * PATIENCE_MS);
		expect(bench.held).toEqual([]);
		bench.replica.contentLacking(hashOf("lost"));
		await bench.clock.advance(PATIENCE_MS);
		expect(bench.held).toEqual(["note.png: no-device-has-it"]);
	});

	it("[X12 A2] leaves what the disk showed before where it is", async () => {
		const bench = new ReplicaBench();
		bench.vault.save("note.png", MINE);
		await bench.open();
		await bench.tell([keyedRecordOf("note.png", [version("b1", "lost", 9)], "a1001 b1")], [], vectorOf("a1001 b1"));
		bench.replica.contentLacking(hashOf("lost"));
		await bench.clock.advance(2 * PATIENCE_MS);
		expect(bench.files()).toEqual({ "note.png": MINE });
		expect(bench.held).toEqual(["note.png: no-device-has-it"]);
	});

	it("[X12 V12 I2] lets a person save a file there, and stands beside it when it comes", async () => {
		const bench = await benchWithNothingElse();
		await bench.clock.advance(PATIENCE_MS);
		bench.vault.save("note.png", MINE);
		await bench.scan();
		expect(bench.replica.held).toEqual([]);
		expect(bench.replica.pendingCount).toBe(0);
		expect(bench.files()).toEqual({ "note.png": MINE });
		bench.replica.contentArrived(hashOf("lost"), new TextEncoder().encode("lost"));
		await bench.settle();
		expect(Object.values(bench.files()).sort()).toEqual(["lost", MINE]);
	});

	it("[X12] is held anew after a restart, when it is known again that nobody has it", async () => {
		const bench = await benchWithNothingElse();
		await bench.clock.advance(PATIENCE_MS);
		await bench.stop();
		await bench.open();
		expect(bench.replica.held).toEqual([]);
		bench.replica.contentLacking(hashOf("lost"));
		await bench.clock.advance(PATIENCE_MS);
		expect(bench.replica.held.map(({ reason }) => reason)).toEqual(["no-device-has-it"]);
	});

	it("[X12 V7] holds two texts up of which nobody has either", async () => {
		const bench = new ReplicaBench();
		await bench.open();
		const both = [versionOf("b1", { text: "lost" }), versionOf("c1", { text: "lost too" })];
		await bench.tell([keyedRecordOf("note.md", both)], [], vectorOf("b1 c1"));
		bench.replica.contentLacking(hashOf("lost"));
		bench.replica.contentLacking(hashOf("lost too"));
		await bench.clock.advance(2 * PATIENCE_MS);
		expect(bench.replica.pendingCount).toBe(0);
		expect(bench.held).toEqual(["note.md: no-device-has-it"]);
	});

	it("[X11] is not wanted any more when a version covers it", async () => {
		const bench = await benchWithLost();
		bench.replica.contentLacking(hashOf("lost"));
		await bench.settle();
		await bench.tell([keyedRecordOf("note.png", [version("c1", "later", 12)], "a1 b1")], ["later"], vectorOf("b1 c1"));
		expect(bench.files()).toEqual({ "note.png": "later" });
		expect(bench.unwanted).toContain(hashOf("lost"));
	});
});
