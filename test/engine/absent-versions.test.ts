// A version that its device told of, and whose bytes nobody can give: lost with that device, or away with it.
import { describe, expect, it } from "vitest";
import { ReplicaBench } from "../support/replica-bench.ts";
import { hashOf, keyedRecordOf, vectorOf, versionOf } from "../support/records.ts";

const MINE = "mine";
const version = (dot: string, text: string, lamport: number) => versionOf(dot, { path: "note.png", text, lamport });

/** A device whose file others have changed apart: `lost` is in no reach. */
async function benchWithLost(): Promise<ReplicaBench> {
	const bench = new ReplicaBench();
	bench.vault.save("note.png", MINE);
	await bench.open();
	await bench.tell([keyedRecordOf("note.png", [version("b1", "lost", 9)])], [], vectorOf("b1"));
	return bench;
}

describe("a version whose bytes nobody can give", () => {
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

	it("[X11] is waited for when there is nothing else to show", async () => {
		const bench = new ReplicaBench();
		await bench.open();
		await bench.tell([keyedRecordOf("note.png", [version("b1", "lost", 9)])], [], vectorOf("b1"));
		bench.replica.contentLacking(hashOf("lost"));
		await bench.settle();
		expect(bench.replica.pendingCount).toBe(1);
		expect(bench.files()).toEqual({});
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
