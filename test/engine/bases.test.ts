// What texts are merged from, on a store that may be full, cut off or damaged.
import { describe, expect, test } from "vitest";
import type { ContentHash } from "../../src/core/hash.ts";
import { Bases, type Worth } from "../../src/engine/bases.ts";
import { guardedStore } from "../../src/engine/guarded-store.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { bytesOf, hashOf } from "../support/records.ts";

const KIB = 1024;
const open = (store: MemoryStore, budgetBytes?: number, clock = new ManualClock()): Promise<Bases> =>
	Bases.open({
		store: guardedStore(store),
		clock,
		hash: hashOf,
		...(budgetBytes === undefined ? {} : { budgetBytes }),
	});
const mapOf = (...texts: readonly string[]): Map<ContentHash, Uint8Array> =>
	new Map(texts.map((text) => [hashOf(text), bytesOf(text)]));
const text = (name: string, bytes: number): string => name.padEnd(bytes, ".");

async function found(bases: Bases, ...texts: readonly string[]): Promise<string[]> {
	const all = await Promise.all(
		texts.map(async (each) => ((await bases.find(hashOf(each))) === undefined ? [] : [each])),
	);
	return all.flat();
}

function add(bases: Bases, texts: readonly string[], options?: { readonly isSpare?: boolean }): void {
	for (const each of texts) bases.add(hashOf(each), bytesOf(each), options);
}

const worth = (needed: readonly string[], useful: readonly string[]) => (): Worth => ({
	needed: new Set(needed.map(hashOf)),
	useful: new Set(useful.map(hashOf)),
});

describe("what texts are merged from", () => {
	test("[X8] is durable when `keep` resolves, and after a while in any case", async () => {
		const store = new MemoryStore();
		const clock = new ManualClock();
		const bases = await open(store, undefined, clock);
		await bases.keep(mapOf("one"));
		add(bases, ["two", "two"]);
		expect(await found(bases, "one", "two", "three")).toEqual(["one", "two"]);
		expect(await found(await open(new MemoryStore(store.files())), "one", "two")).toEqual(["one"]);
		await clock.advance(3_000);
		const later = await open(store.afterCrash());
		expect(await found(later, "one", "two")).toEqual(["one", "two"]);
		expect(later.bytes).toBe(6);
	});

	test("[X8] is written in few pieces", async () => {
		const store = new MemoryStore();
		const bases = await open(store);
		for (let i = 0; i < 300; i++) {
			add(bases, [text(String(i), 10 * KIB)]);
			bases.flushWhenGrown();
		}
		await bases.close();
		expect(store.files().size).toBeLessThanOrEqual(8);
		expect(await found(await open(store), text("0", 10 * KIB), text("299", 10 * KIB))).toHaveLength(2);
	});

	test("[X9] loses no other when a write is cut off at any byte, and is kept again", async () => {
		const whole = new MemoryStore();
		const first = await open(whole);
		await first.keep(mapOf("one"));
		const second = 3 + [...whole.files()].reduce((sum, [, { length }]) => sum + length, 0);
		for (let length = 0; length < second; length++) {
			for (const cutIn of ["pack", "list"]) {
				const store = new MemoryStore();
				const bases = await open(store);
				await bases.keep(mapOf("one"));
				if (cutIn === "list")
					await store.append([...store.files().keys()].find((n) => n.includes("pack")) ?? "", bytesOf("two"));
				const name = [...store.files().keys()].find((n) => n.includes(cutIn)) ?? "";
				const more = new MemoryStore(store.files());
				await (await open(more)).keep(mapOf("two"));
				const longer = more.files().get(name) ?? new Uint8Array();
				const before = store.files().get(name) ?? new Uint8Array();
				const torn = new MemoryStore(
					store.files().set(name, longer.slice(0, Math.min(longer.length, before.length + length))),
				);
				const later = await open(torn);
				expect(await found(later, "one")).toEqual(["one"]);
				await later.keep(mapOf("two", "three"));
				expect(await found(await open(torn), "one", "two", "three")).toEqual(["one", "two", "three"]);
			}
		}
	});

	test("[X9] is not believed when it is damaged", async () => {
		const store = new MemoryStore();
		await (await open(store)).keep(mapOf("one", "two"));
		const files = store.files();
		for (const [name, bytes] of files) if (name.includes("pack")) bytes[0] = 0;
		const bases = await open(new MemoryStore(files));
		expect(await found(bases, "one", "two")).toEqual(["two"]);
		expect(bases.has(hashOf("one"))).toBe(false);
		for (const name of files.keys()) if (name.includes("pack")) files.delete(name);
		expect(await found(await open(new MemoryStore(files)), "one", "two")).toEqual([]);
	});

	test("[X9] waits in memory while the store is full", async () => {
		const store = new MemoryStore();
		const bases = await open(store);
		store.failNextWrites(1);
		await expect(bases.keep(mapOf("one"))).rejects.toThrow();
		expect(await found(bases, "one")).toEqual(["one"]);
		await bases.keep(mapOf("two"));
		expect(await found(await open(store), "one", "two")).toEqual(["one", "two"]);
	});

	test("[X10] goes when no record speaks of it, the oldest first, and stays when it is needed", async () => {
		const store = new MemoryStore();
		const bases = await open(store, 8 * KIB * KIB);
		const texts = Array.from({ length: 18 }, (_, i) => text(String(i), 512 * KIB));
		for (const each of texts) await bases.keep(mapOf(each));
		const at = (...numbers: readonly number[]): string[] => numbers.flatMap((i) => texts[i] ?? []);
		await bases.tidy(worth(at(0), at(3, 17)));
		expect(bases.bytes).toBeLessThanOrEqual(6 * KIB * KIB);
		expect(await found(bases, ...at(0, 1, 2, 3, 17))).toEqual(at(0, 3, 17));
		expect(await found(await open(store), ...at(0, 1, 2, 3, 17))).toEqual(at(0, 3, 17));
	});

	test("[X10] goes when there is no room for all that is useful, but for what is needed", async () => {
		const bases = await open(new MemoryStore(), 8 * KIB * KIB);
		const texts = Array.from({ length: 18 }, (_, i) => text(String(i), 512 * KIB));
		for (const each of texts) await bases.keep(mapOf(each));
		await bases.tidy(worth(texts.slice(0, 1), texts));
		expect(bases.bytes).toBeLessThanOrEqual(8 * KIB * KIB);
		expect(await found(bases, ...texts.slice(0, 3))).toEqual(texts.slice(0, 1));
		expect(await found(bases, ...texts.slice(-3))).toEqual(texts.slice(-3));
	});

	test("[X10] of long ago and no use goes at the start; the first scan takes no room from anything", async () => {
		const store = new MemoryStore();
		const before = await open(store, 20 * KIB * KIB);
		const texts = Array.from({ length: 14 }, (_, i) => text(String(i), 512 * KIB));
		for (const each of texts) await before.keep(mapOf(each));
		const bases = await open(store, 20 * KIB * KIB);
		await bases.tidy(worth([], texts.slice(0, 1)));
		expect(bases.bytes).toBeLessThanOrEqual(KIB * KIB);
		const full = await open(new MemoryStore(), KIB * KIB);
		for (const each of texts) add(full, [each], { isSpare: true });
		expect(full.bytes).toBe(512 * KIB);
	});
});
