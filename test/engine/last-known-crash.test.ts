// A crash at every single write of the state and at every single change of the vault while the last there is of a note makes room
// for another version, then a new start: it is still there, and once.
import { describe, expect, test } from "vitest";
import { crashAtStoreWrite, crashAtVaultChange, type CrashPoint } from "../support/crash-points.ts";
import { hashOf, keyedRecordOf, vectorOf, versionOf } from "../support/records.ts";
import { ReplicaBench } from "../support/replica-bench.ts";

const path = "note.png";
const COPY = `note (conflict device b 2023-11-14 ${hashOf("last").slice(0, 8)}).png`;
const LONG_MS = 60_000;

async function benchWithNote(): Promise<ReplicaBench> {
	const bench = new ReplicaBench();
	bench.vault.save(path, "last");
	await bench.open();
	return bench;
}

async function hearEverything(bench: ReplicaBench): Promise<void> {
	const gone = keyedRecordOf(path, [versionOf("b1", { path, text: "gone", ancestors: ["last"] })], "a1");
	const apart = keyedRecordOf(path, [versionOf("c1", { path, text: "apart" })]);
	const told = [
		[gone, [], "b1"],
		[apart, ["apart"], "c1"],
	] as const;
	for (const [record, contents, knowledge] of told) {
		if (bench.isDead) return;
		await bench.tell([record], contents, vectorOf(knowledge));
	}
	if (bench.isDead) return;
	bench.replica.contentLacking(hashOf("gone"));
	await bench.clock.advance(LONG_MS);
}

/** False: it was over before. */
async function survives(crash: CrashPoint, what: string): Promise<boolean> {
	const bench = await benchWithNote();
	const { reached } = crash(bench);
	await hearEverything(bench);
	if (!reached()) return false;
	expect(bench.isDead).toBe(true);
	await bench.open();
	await hearEverything(bench);
	expect(bench.failures).toEqual([]);
	expect(bench.files(), what).toEqual({ [path]: "apart", [COPY]: "last" });
	expect(bench.replica.held, what).toEqual([]);
	return true;
}

describe("a crash while the last there is of a note becomes a file of its own", () => {
	test.each([0, 40, 10_000])(
		"[X14 I2 I22] leaves it there, whichever write of the state it cuts off after %i bytes",
		async (keptBytes) => {
			let crashes = 0;
			while (await survives(crashAtStoreWrite(crashes + 1, keptBytes), `write ${String(crashes + 1)}`)) crashes++;
			expect(crashes).toBeGreaterThan(4);
		},
	);

	test.each(["before", 0, 0.4, 1] as const)(
		"[X14 I2 I22 I23] leaves it there, whichever change of the vault it cuts off (%s)",
		async (how) => {
			let crashes = 0;
			while (await survives(crashAtVaultChange(crashes + 1, how), `change ${String(crashes + 1)}`)) crashes++;
			expect(crashes).toBeGreaterThan(1);
		},
	);
});
