// Files that are not to be in memory as a whole: they come in parts, and take their places and leave them without being read.
import { describe, expect, test } from "vitest";
import type { MemoryVault } from "../support/memory-vault.ts";
import { crashAtStoreWrite, crashAtVaultChange, type CrashPoint } from "../support/crash-points.ts";
import { ReplicaBench, type BenchOptions } from "../support/replica-bench.ts";
import { hashOf, keyedRecordOf, vectorOf, versionOf } from "../support/records.ts";

const FILM = "film.mp4";
const LARGE_BYTES = 20;
const FIRST = "a film, as it first was";
const SECOND = "the same film, cut anew";
const film = (dot: string, text: string | undefined, lamport = 1) => versionOf(dot, { path: FILM, text, lamport });

function newBench(options: BenchOptions = {}): ReplicaBench {
	return new ReplicaBench({ largeFromBytes: LARGE_BYTES, ...options });
}

/** How often a large file was read as a whole. */
function countReads(vault: MemoryVault): { readonly count: () => number } {
	let count = 0;
	const read = vault.read.bind(vault);
	vault.read = async (path) => {
		const file = await read(path);
		if (file !== undefined && file.bytes.length >= LARGE_BYTES) count++;
		return file;
	};
	return { count: () => count };
}

async function benchWithFilm(options: BenchOptions = {}): Promise<ReplicaBench> {
	const bench = newBench(options);
	await bench.open();
	await bench.tell([keyedRecordOf(FILM, [film("b1", FIRST)])], [FIRST], vectorOf("b1"));
	await bench.settle();
	return bench;
}

describe("a large file", () => {
	test("[X18 X19 X20] comes in parts, takes its place, and is read by nobody", async () => {
		const bench = newBench();
		const reads = countReads(bench.vault);
		await bench.open();
		await bench.tell([keyedRecordOf(FILM, [film("b1", FIRST)])], [FIRST], vectorOf("b1"));
		await bench.settle();
		expect(bench.files()).toEqual({ [FILM]: FIRST });
		await bench.scan();
		await bench.stop();
		await bench.open();
		expect([reads.count(), bench.own.size, bench.acts, bench.held]).toEqual([0, 0, [], []]);
		expect(bench.replica.confirmed.applied).toEqual(vectorOf("b1"));
	});

	test("[X19 H1] gives way to a later one, and to a deletion, and is in history as it was", async () => {
		const bench = await benchWithFilm();
		const reads = countReads(bench.vault);
		await bench.tell([keyedRecordOf(FILM, [film("b2", SECOND, 2)], "b1")], [SECOND], vectorOf("b2"));
		await bench.settle();
		expect(bench.files()).toEqual({ [FILM]: SECOND });
		await bench.tell([keyedRecordOf(FILM, [film("b3", undefined, 3)], "b2")], [], vectorOf("b3"));
		await bench.settle();
		expect(bench.files()).toEqual({});
		expect(await bench.kept()).toEqual([`replaced ${FILM}: ${FIRST}`, `deleted ${FILM}: ${SECOND}`]);
		expect([reads.count(), bench.acts, bench.held]).toEqual([0, [], []]);
		await bench.stop();
		await bench.open();
		expect(await bench.kept()).toHaveLength(2);
		expect(await bench.replica.contents.isHere(hashOf(FIRST))).toBe(true);
		expect(await bench.replica.contents.find(hashOf(FIRST))).toBeUndefined();
	});

	test("[X19] takes the place of a small one, and the other way round", async () => {
		const bench = newBench();
		bench.vault.save(FILM, "small");
		await bench.open();
		await bench.tell([keyedRecordOf(FILM, [film("b1", FIRST, 2)], "a1")], [FIRST], vectorOf("b1"));
		await bench.settle();
		expect(bench.files()).toEqual({ [FILM]: FIRST });
		await bench.tell([keyedRecordOf(FILM, [film("b2", "tiny", 3)], "b1")], ["tiny"], vectorOf("b2"));
		await bench.settle();
		expect(bench.files()).toEqual({ [FILM]: "tiny" });
		expect(await bench.kept()).toEqual([`replaced ${FILM}: small`, `replaced ${FILM}: ${FIRST}`]);
	});

	test("[X19 A3] that a person changed a moment before is not replaced: both stay", async () => {
		const bench = await benchWithFilm();
		bench.vault.save(FILM, "a film, cut by this person");
		await bench.tell([keyedRecordOf(FILM, [film("b2", SECOND, 2)], "b1")], [SECOND], vectorOf("b2"));
		await bench.settle();
		expect(Object.values(bench.files()).sort()).toEqual(["a film, cut by this person", SECOND].sort());
		expect(await bench.kept()).toEqual([]);
	});

	test("[X19 F2] that is renamed keeps its bytes where they are", async () => {
		const bench = await benchWithFilm();
		const other = versionOf("b3", { path: "films/film.mp4", text: FIRST, lamport: 2 });
		await bench.tell(
			[keyedRecordOf(FILM, [film("b2", undefined, 2)], "b1"), keyedRecordOf("films/film.mp4", [other])],
			[],
			vectorOf("b3"),
		);
		await bench.settle();
		expect(bench.files()).toEqual({ "films/film.mp4": FIRST });
		expect(bench.own.size).toBe(0);
	});

	test("[X19] that is to stand at two places at once gets to both", async () => {
		const bench = newBench();
		await bench.open();
		const paths = ["one.mp4", "two.mp4", "three.mp4"];
		const records = paths.map((path, i) =>
			keyedRecordOf(path, [versionOf(`b${String(i + 1)}`, { path, text: FIRST })]),
		);
		await bench.tell(records, [FIRST], vectorOf("b3"));
		await bench.clock.advance(10_000);
		expect(bench.files()).toEqual(Object.fromEntries(paths.map((path) => [path, FIRST])));
		expect([bench.failures, bench.own.size]).toEqual([[], 0]);
	});

	test("[X19] in conflict stands beside the other one", async () => {
		const bench = await benchWithFilm();
		await bench.tell([keyedRecordOf(FILM, [film("c1", SECOND, 9)])], [SECOND], vectorOf("c1"));
		await bench.settle();
		expect(Object.values(bench.files()).sort()).toEqual([FIRST, SECOND].sort());
		expect(bench.files()[FILM]).toBe(SECOND);
		expect(await bench.kept()).toEqual([`replaced ${FILM}: ${FIRST}`]);
	});

	test("[X21] for which there is no room is held, and comes when there is", async () => {
		const bench = newBench();
		await bench.open();
		bench.refused.appends = 1;
		await bench.tell([keyedRecordOf(FILM, [film("b1", FIRST)])], [FIRST], vectorOf("b1"));
		await bench.settle();
		expect([bench.held, bench.files(), bench.own.size]).toEqual([[`${FILM}: no-space`], {}, 0]);
		await bench.clock.advance(60_000);
		expect(bench.files()).toEqual({ [FILM]: FIRST });
	});

	test("[X21] that was cut off, or came for what is not wanted any more, goes at the next start", async () => {
		const bench = await benchWithFilm();
		bench.own.set(`whole/${hashOf("of nobody, and long")}`, new Uint8Array(LARGE_BYTES));
		bench.own.set(`coming/${hashOf("cut off")}`, new Uint8Array(LARGE_BYTES));
		await bench.stop();
		await bench.open();
		expect([bench.own.size, bench.files()]).toEqual([0, { [FILM]: FIRST }]);
	});
});

describe("a crash at any change that has to do with a large file, then a new start", () => {
	const ALL = [`replaced ${FILM}: ${FIRST}`, `deleted ${FILM}: ${SECOND}`];

	/** It comes, is replaced by another, and is deleted. */
	async function hearAll(bench: ReplicaBench): Promise<void> {
		for (const [dot, text, context] of [
			["b1", FIRST, ""],
			["b2", SECOND, "b1"],
			["b3", undefined, "b2"],
		] as const) {
			if (bench.isDead) return;
			const contents = text === undefined ? [] : [text];
			await bench.tell(
				[keyedRecordOf(FILM, [film(dot, text, Number(dot.slice(1)))], context)],
				contents,
				vectorOf(dot),
			);
			await bench.clock.advance(8_000);
		}
	}

	async function run(
		arm: CrashPoint,
	): Promise<"not reached" | { readonly files: object; readonly kept: readonly string[] }> {
		const bench = newBench();
		await bench.open();
		const { reached } = arm(bench);
		await hearAll(bench);
		if (!reached()) return "not reached";
		await bench.open();
		await bench.clock.advance(8_000);
		await hearAll(bench);
		await bench.clock.advance(120_000);
		expect([bench.failures, bench.acts]).toEqual([[], []]);
		return { files: bench.files(), kept: await bench.kept() };
	}

	test.each([
		["before a change", (at: number) => crashAtVaultChange(at, "before")],
		["after a change", (at: number) => crashAtVaultChange(at, 1)],
		["in a write of the state", (at: number) => crashAtStoreWrite(at, 3)],
	])("[X19 X20 I22] %s: it ends as it would have without", async (_, crashAt) => {
		let crashes = 0;
		for (let at = 1; at < 60; at++) {
			const outcome = await run(crashAt(at));
			if (outcome === "not reached") break;
			crashes++;
			expect([at, outcome.files]).toEqual([at, {}]);
			expect([at, outcome.kept.filter((line) => ALL.includes(line)).length]).toEqual([at, outcome.kept.length]);
			expect([at, outcome.kept.at(-1)]).toEqual([at, ALL[1]]);
		}
		expect(crashes).toBeGreaterThan(5);
	});
});
