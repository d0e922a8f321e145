// A crash at every single write of the state and at every single change of the vault while versions of a text are merged, then
// edited on another device; then a new start, and everything said again. All is as if nothing had happened, and what was made
// is a version of nobody's.
import { NUMBERS_LEFT_OUT } from "../../src/core/left-out-numbers.ts";
import { describe, expect, test } from "vitest";
import type { KeyedRecord } from "../../src/core/record.ts";
import { crashAtStoreWrite, crashAtVaultChange, type CrashPoint } from "../support/crash-points.ts";
import { ReplicaBench } from "../support/replica-bench.ts";
import { keyedRecordOf, vectorOf, versionOf } from "../support/records.ts";

const BASE = "one\ntwo\nthree\nfour\nfive\n";
const MINE = BASE.replace("one", "ONE, mine");
const THEIRS = BASE.replace("five", "FIVE, theirs");
const BOTH = MINE.replace("five", "FIVE, theirs");
const THIRD = BASE.replace("three", "THREE of a third");
const ALL = BOTH.replace("three", "THREE of a third");
const EDITED = ALL.replace("two", "TWO");
const path = "note.md";

/** A version of theirs, then one of somebody else's, then an edit of what is merged from all. */
const SESSIONS: readonly (readonly [KeyedRecord, content: string, knowledge: string])[] = [
	[keyedRecordOf(path, [versionOf("b1", { text: THEIRS, ancestors: [[BASE, "a1"]] })], "a1"), THEIRS, "b1"],
	[keyedRecordOf(path, [versionOf("c1", { text: THIRD, ancestors: [[BASE, "a1"]] })], "a1"), THIRD, "c1"],
	[
		keyedRecordOf(path, [versionOf("b2", { text: EDITED, ancestors: [[ALL, "a1-2 b1 c1"]], lamport: 9 })], "a2 b1 c1"),
		EDITED,
		"b2",
	],
];

async function benchWithNote(): Promise<ReplicaBench> {
	const bench = new ReplicaBench();
	bench.vault.save(path, BASE);
	await bench.open();
	bench.vault.save(path, MINE);
	await bench.settle();
	await bench.clock.advance(6_000);
	return bench;
}

async function hearEverything(bench: ReplicaBench): Promise<void> {
	for (const [record, content, knowledge] of SESSIONS) {
		if (bench.isDead) return;
		await bench.tell([record], [content], vectorOf(knowledge));
		await bench.clock.advance(6_000);
	}
}

async function outcomeOf(bench: ReplicaBench) {
	const { replica } = bench;
	return {
		files: bench.files(),
		dots: replica.index.state.counter % NUMBERS_LEFT_OUT,
		knowledge: replica.durableKnowledge,
		entriesWithIntent: [...replica.index.entries()].filter(({ intent }) => intent !== undefined).length,
	};
}

async function textsKept(bench: ReplicaBench): Promise<string[]> {
	return (await bench.kept()).map((line) => line.slice(line.indexOf(": ") + 2));
}

const EXPECTED = {
	files: { [path]: EDITED },
	dots: 2,
	knowledge: vectorOf("a2 b2 c1"),
	entriesWithIntent: 0,
};

/** False: it was over before. */
async function survives(crash: CrashPoint, what: string): Promise<boolean> {
	const bench = await benchWithNote();
	const { reached } = crash(bench);
	await hearEverything(bench);
	if (!reached()) return false;
	expect(bench.isDead).toBe(true);
	await bench.open();
	await bench.clock.advance(6_000);
	await hearEverything(bench);
	expect(bench.failures).toEqual([]);
	expect(await outcomeOf(bench), what).toEqual(EXPECTED);
	expect(await textsKept(bench), what).toContain(MINE);
	return true;
}

describe("a crash while texts are merged, then everything said again", () => {
	test("[I22 V9] ends here when there is no crash", async () => {
		const bench = await benchWithNote();
		await hearEverything(bench);
		expect(await outcomeOf(bench)).toEqual(EXPECTED);
		expect(await textsKept(bench)).toEqual([MINE, BOTH, ALL]);
	});

	test.each([0, 1, 40, 10_000])(
		"[I22 I15 V9 X9] ends there too, whichever write of the state it cuts off after %i bytes",
		async (keptBytes) => {
			let crashes = 0;
			while (await survives(crashAtStoreWrite(crashes + 1, keptBytes), `write ${String(crashes + 1)}`)) crashes++;
			expect(crashes).toBeGreaterThan(10);
		},
	);

	test.each(["before", 0, 0.4, 1] as const)(
		"[I22 I23 V9 X8] ends there too, whichever change of the vault it cuts off (%s)",
		async (how) => {
			let crashes = 0;
			while (await survives(crashAtVaultChange(crashes + 1, how), `change ${String(crashes + 1)}`)) crashes++;
			expect(crashes).toBeGreaterThan(2);
		},
	);

	test("[I2 V9] a person who edits what a crash cut the books off from has seen all of it", async () => {
		const bench = await benchWithNote();
		bench.view.dieInNextChange();
		const [[record, content, knowledge] = []] = SESSIONS;
		if (record === undefined || content === undefined || knowledge === undefined) throw new Error("a session");
		await bench.tell([record], [content], vectorOf(knowledge));
		expect(bench.isDead).toBe(true);
		expect(bench.files()).toEqual({ [path]: BOTH });
		bench.forgetContents();
		await bench.open();
		await bench.clock.advance(6_000);
		bench.vault.save(path, BOTH.replace("two", "TWO"));
		await bench.clock.advance(6_000);
		expect(bench.files()).toEqual({ [path]: BOTH.replace("two", "TWO") });
		expect(bench.replica.index.get(record.key)?.record.siblings).toHaveLength(1);
	});
});
