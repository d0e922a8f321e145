// What was replaced or removed can be had back.
import { describe, expect, it } from "vitest";
import { History } from "../../src/engine/history.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { contentHashOf } from "../support/node-crypto-digest.ts";

const note = testPath("note.md");
const other = testPath("folder/other.md");
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

async function keep(history: History, path: typeof note, text: string, reason: "replaced" | "deleted" = "replaced") {
	await history.keep(path, contentHashOf(text), bytesOf(text), reason);
}

describe("history", () => {
	it("[H1] has bytes, path, time and reason on the disk when `keep` resolves", async () => {
		const store = new MemoryStore();
		const clock = new ManualClock(1_000);
		const history = await History.open(store, clock);
		await keep(history, note, "one");
		await clock.advance(500);
		await keep(history, other, "two", "deleted");

		const later = await History.open(store.afterCrash(), clock);
		expect(await later.list()).toEqual([
			{ atMs: 1_000, path: note, hash: contentHashOf("one"), size: 3, reason: "replaced" },
			{ atMs: 1_500, path: other, hash: contentHashOf("two"), size: 3, reason: "deleted" },
		]);
		expect(await later.read(contentHashOf("one"))).toEqual(bytesOf("one"));
		expect(await later.read(contentHashOf("two"))).toEqual(bytesOf("two"));
	});

	it("[H1] rejects when the store is full, and has the bytes once there is room", async () => {
		const store = new MemoryStore();
		const history = await History.open(store, new ManualClock());
		store.failNextWrites(1);
		await expect(keep(history, note, "one")).rejects.toThrow();
		expect(await history.read(contentHashOf("one"))).toBeUndefined();
		await keep(history, note, "one");
		expect(await history.read(contentHashOf("one"))).toEqual(bytesOf("one"));
		expect(await history.list()).toHaveLength(1);
	});

	it("[H2] stores equal bytes once, and lists every time and path at which they were kept", async () => {
		const store = new MemoryStore();
		const history = await History.open(store, new ManualClock());
		await Promise.all([keep(history, note, "same"), keep(history, other, "same"), keep(history, note, "same")]);
		const again = await History.open(store, new ManualClock());
		await keep(again, note, "same", "deleted");
		expect([...store.files().keys()].filter((name) => name.startsWith("history/content/"))).toHaveLength(1);
		expect((await again.list()).map(({ path }) => path)).toEqual([note, other, note, note]);
	});

	it("[H2] finds nothing that was never kept", async () => {
		const history = await History.open(new MemoryStore(), new ManualClock());
		expect(await history.read(contentHashOf("never"))).toBeUndefined();
		expect(await history.list()).toEqual([]);
	});

	it("[H3] loses no other line when one is cut off, at whatever byte, before or after it", async () => {
		const lines = await lengthOfLines(["one"]);
		const two = (await lengthOfLines(["one", "two"])) - lines;
		for (let length = 0; length <= two; length++) {
			const store = new MemoryStore();
			const history = await History.open(store, new ManualClock());
			await keep(history, note, "one");
			await keep(history, note, "two");
			const list = [...store.files()].find(([name]) => name.startsWith("history/list-"));
			if (list === undefined) throw new Error("no list");
			const torn = new MemoryStore(store.files().set(list[0], list[1].slice(0, lines + length)));
			const later = await History.open(torn, new ManualClock());
			await keep(later, note, "three");
			const kept = (await (await History.open(torn, new ManualClock())).list()).map(({ hash }) => hash);
			const expected = length === two ? ["one", "two", "three"] : ["one", "three"];
			expect(kept, `cut at ${String(length)}`).toEqual(expected.map(contentHashOf));
		}
	});

	it("[H3] completes a content that a crash cut off when the same bytes are kept again", async () => {
		for (const length of [0, 1, 4]) {
			const store = new MemoryStore();
			const history = await History.open(store, new ManualClock());
			await new Promise<void>((resolve) => {
				store.crashInNextWrite(length, resolve);
				void keep(history, note, "torn");
			});
			const left = store.afterCrash();
			const later = await History.open(left, new ManualClock());
			await keep(later, note, "torn");
			expect(await later.read(contentHashOf("torn"))).toEqual(bytesOf("torn"));
			expect(await later.list()).toHaveLength(1);
		}
	});
});

async function lengthOfLines(texts: readonly string[]): Promise<number> {
	const store = new MemoryStore();
	const history = await History.open(store, new ManualClock());
	for (const text of texts) await keep(history, note, text);
	return [...store.files()].find(([name]) => name.startsWith("history/list-"))?.[1].length ?? 0;
}
