// What was replaced or removed can be had back.
import { describe, expect, it } from "vitest";
import type { ContentHash } from "../../src/core/hash.ts";
import type { Author } from "../../src/engine/batches.ts";
import { guardedStore } from "../../src/engine/guarded-store.ts";
import { History } from "../../src/engine/history.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { contentHashOf } from "../support/node-crypto-digest.ts";

const note = testPath("note.md");
const other = testPath("folder/other.md");
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

async function keep(
	history: History,
	path: typeof note,
	text: string,
	reason: "replaced" | "deleted" = "replaced",
	by?: Author,
) {
	const content = { hash: contentHashOf(text), size: bytesOf(text).length };
	const after = reason === "deleted" ? undefined : { hash: contentHashOf("what came after"), size: 15 };
	await history.keep({ path, before: content, after }, bytesOf(text), by);
}

describe("history", () => {
	it("[H4] says what it takes up when it is asked to count, also before anything happens in a run", async () => {
		const store = new MemoryStore();
		await keep(await History.open(store, new ManualClock()), note, "four");
		const later = await History.open(store.afterCrash(), new ManualClock(), { bytes: 1_000 });
		expect(later.size).toBeUndefined();
		await later.measure();
		expect(later.size).toEqual({ versions: 1, bytes: 4, budgetBytes: 1_000 });
	});

	it("[H1] has bytes, path, time and reason on the disk when `keep` resolves", async () => {
		const store = new MemoryStore();
		const clock = new ManualClock(1_000);
		const history = await History.open(store, clock);
		await keep(history, note, "one");
		await clock.advance(500);
		await keep(history, other, "two", "deleted", { source: "b", name: "Phone", isOwn: false });

		const later = await History.open(store.afterCrash(), clock);
		expect(await later.list()).toEqual([
			{ atMs: 1_000, path: note, hash: contentHashOf("one"), size: 3, reason: "replaced", by: "", isOwn: true },
			{
				...{ atMs: 1_500, path: other, hash: contentHashOf("two"), size: 3 },
				reason: "deleted",
				by: "Phone",
				isOwn: false,
			},
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

describe("the budget", () => {
	const none = (): ReadonlySet<ContentHash> => new Set();
	const MINUTES = 60_000;
	const contentsIn = (store: MemoryStore): number =>
		[...store.files().keys()].filter((name) => name.startsWith("history/content/")).length;

	it("[H4] lets the oldest go first, never within the first minutes, and the books agree with what is there", async () => {
		const store = new MemoryStore();
		const clock = new ManualClock();
		const history = await History.open(store, clock, { bytes: 30 });
		for (const text of ["0123456789", "1123456789", "2123456789", "3123456789"]) await keep(history, note, text);
		await history.tidy(none);
		expect(await history.list()).toHaveLength(4);
		await clock.advance(11 * MINUTES);
		await keep(history, note, "4123456789");
		await history.tidy(none);
		expect((await history.list()).map(({ hash }) => hash)).toEqual(
			["3123456789", "4123456789"].map((text) => contentHashOf(text)),
		);
		expect(history.size).toEqual({ versions: 2, bytes: 20, budgetBytes: 30 });
		expect(contentsIn(store)).toBe(2);
		const again = await History.open(store.afterCrash(), clock);
		expect(await again.list()).toHaveLength(2);
		await keep(again, note, "0123456789");
		expect(await again.read(contentHashOf("0123456789"))).toEqual(bytesOf("0123456789"));
	});

	it("[H5] keeps what is wanted and nowhere else, whatever it takes", async () => {
		const clock = new ManualClock();
		const history = await History.open(new MemoryStore(), clock, { bytes: 0 });
		await keep(history, note, "only copy");
		await keep(history, note, "not needed");
		await clock.advance(11 * MINUTES);
		await keep(history, other, "young");
		await history.tidy(() => new Set([contentHashOf("only copy")]));
		expect(await history.read(contentHashOf("only copy"))).toEqual(bytesOf("only copy"));
		expect(await history.read(contentHashOf("not needed"))).toBeUndefined();
	});

	it("[H4] lets go of what is older than the set time, and believes no clock that has just jumped", async () => {
		const store = new MemoryStore();
		const clock = new ManualClock();
		const history = await History.open(store, clock, { days: 1 });
		await keep(history, note, "old");
		await clock.advance(25 * 60 * MINUTES);
		await history.tidy(none);
		expect(await history.list()).toEqual([]);
		await keep(history, note, "new");
		const later = await History.open(store, new ManualClock(clock.now() + 400 * 86_400_000), { days: 1 });
		await keep(later, note, "newer");
		await later.tidy(none);
		expect(await later.list()).toHaveLength(2);
	});

	it("[H6] can be cut off anywhere while it is brought about: what stays is listed and readable", async () => {
		for (let length = 0; length <= 400; length += 20) {
			const store = new MemoryStore();
			const clock = new ManualClock();
			const history = await History.open(store, clock, { bytes: 20 });
			for (const text of ["0123456789", "1123456789", "2123456789"]) await keep(history, note, text);
			await clock.advance(11 * MINUTES);
			await keep(history, note, "3123456789");
			await new Promise<void>((resolve) => {
				store.crashInNextWrite(length, resolve);
				void history.tidy(none);
			});
			const left = store.afterCrash();
			const later = await History.open(left, clock);
			const listed = await later.list();
			expect(listed.at(-1)?.hash, `cut at ${String(length)}`).toBe(contentHashOf("3123456789"));
			for (const { hash } of listed) expect(await later.read(hash), `cut at ${String(length)}`).toBeDefined();
			expect(new Set(listed.map(({ hash }) => hash)).size).toBe(listed.length);
		}
	});

	it("[H6] stays as it was when the disk is full", async () => {
		const store = new MemoryStore();
		const clock = new ManualClock();
		const history = await History.open(store, clock, { bytes: 5 });
		await keep(history, note, "one two three");
		await clock.advance(11 * MINUTES);
		await keep(history, note, "four");
		store.failNextWrites(1);
		await expect(history.tidy(none)).rejects.toThrow();
		expect(await history.list()).toHaveLength(2);
		expect(await history.read(contentHashOf("one two three"))).toEqual(bytesOf("one two three"));
	});
});

async function lengthOfLines(texts: readonly string[]): Promise<number> {
	const store = new MemoryStore();
	const history = await History.open(store, new ManualClock());
	for (const text of texts) await keep(history, note, text);
	return [...store.files()].find(([name]) => name.startsWith("history/list-"))?.[1].length ?? 0;
}

describe("a step that may have been noted before", () => {
	const bob: Author = { source: "b", name: "bob", isOwn: false };
	const content = (text: string) => ({ hash: contentHashOf(text), size: text.length });

	it("[U2] is noted once, also after an append that failed", async () => {
		const store = new MemoryStore();
		const history = await History.open(guardedStore(store), new ManualClock());
		const made = { path: note, before: undefined, after: content("x") };
		history.note(made, bob);
		await history.noteOnce(made, bob);
		await history.flush();
		await history.noteOnce(made, bob);
		store.failNextWrites(1);
		history.note({ path: other, before: undefined, after: content("y") }, bob);
		await history.flush().catch(() => undefined);
		await history.noteOnce(made, bob);
		await history.flush();
		expect((await history.lines()).filter(({ path }) => path === note)).toHaveLength(1);
		await history.noteOnce({ path: note, before: content("x"), after: content("z") }, bob);
		await history.noteOnce({ path: note, before: content("z"), after: content("z") }, bob);
		await history.flush();
		expect((await history.lines()).filter(({ path }) => path === note)).toHaveLength(2);
	});

	it("[H3 U2] is looked for on the disk, and nothing that is kept meanwhile gets lost by that", async () => {
		const store = new MemoryStore();
		const clock = new ManualClock();
		await keep(await History.open(store, clock), note, "x".repeat(50));
		const history = await History.open(store, clock, { bytes: 40 });
		const read = store.read.bind(store);
		let letGo = (): void => undefined;
		const isSlow = new Promise<void>((resolve) => (letGo = resolve));
		store.read = async (name) => {
			const bytes = await read(name);
			if (name.startsWith("history/list-")) await isSlow;
			return bytes;
		};
		const noted = history.noteOnce({ path: note, before: content("mine"), after: content("theirs") }, bob);
		const kept = keep(history, other, "a person's words");
		await clock.advance(0);
		letGo();
		await Promise.all([noted, kept]);
		await history.flush();
		await clock.advance(20 * 60_000);
		await history.tidy(() => new Set());
		const again = await History.open(store, clock);
		expect((await again.list()).map(({ path }) => path)).toEqual([other]);
	});
});
