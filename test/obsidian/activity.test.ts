// What happened to the files, as the panel keeps it: the list, its file over restarts, and the text that may be shown to others.
import { describe, expect, it } from "vitest";
import { parsePath, type VaultPath } from "../../src/core/path.ts";
import type { DeviceId } from "../../src/core/ids.ts";
import type { EngineEvent } from "../../src/engine/status.ts";
import { ACTIVITY_MAX, ActivityList, activityOf, type Activity } from "../../src/obsidian/activity/activity.ts";
import { ActivityKeeper, SAVE_AFTER_MS } from "../../src/obsidian/activity/activity-file.ts";
import { activityText } from "../../src/obsidian/activity/activity-export.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { MemoryStore } from "../support/memory-store.ts";

const MINUTE_MS = 60_000;
const bob = "b".repeat(64) as DeviceId;
const path = (text: string): VaultPath => {
	const parsed = parsePath(text);
	if (!parsed.ok) throw new Error(text);
	return parsed.path;
};
const changed = (name: string): EngineEvent => ({ event: "changed", path: path(name), kind: "modify" });
const applied = (name: string, by?: string): EngineEvent => ({
	...{ event: "applied", path: path(name), kind: "modify", peer: bob, via: "direct", bytes: 3 },
	...(by === undefined ? {} : { by }),
});

describe("[GP3] the list of what happened", () => {
	const listOf = (...items: Activity[]): readonly string[] => {
		const list = new ActivityList();
		for (const item of items) list.add(item);
		return list.items.map(({ what, path, atMs }) => `${what} ${path} ${String(atMs / MINUTE_MS)}`);
	};
	const at = (minutes: number, what: Activity["what"], name: string, more: Partial<Activity> = {}): Activity => ({
		...{ atMs: minutes * MINUTE_MS, what, path: name },
		...more,
	});

	it("tells a note that is being written once, at its last change", () => {
		expect(listOf(at(0, "modify", "a"), at(1, "modify", "b"), at(2, "modify", "a"))).toEqual([
			"modify b 1",
			"modify a 2",
		]);
	});

	it("tells of it again after a while, after something else happened to it, and of another device", () => {
		expect(listOf(at(0, "modify", "a"), at(10, "modify", "a"))).toHaveLength(2);
		expect(listOf(at(0, "modify", "a"), at(1, "delete", "a"), at(2, "modify", "a"))).toHaveLength(3);
		expect(listOf(at(0, "modify", "a"), at(1, "modify", "a", { by: "Phone" }))).toHaveLength(2);
		expect(listOf(at(0, "stored", "", { count: 1 }), at(1, "stored", "", { count: 1 }))).toHaveLength(2);
	});

	it("keeps the newest, and no more than people look at", () => {
		const many = Array.from({ length: ACTIVITY_MAX + 7 }, (_, i) => at(i, "create", `note ${String(i)}`));
		const kept = listOf(...many);
		expect(kept).toHaveLength(ACTIVITY_MAX);
		expect(kept.at(-1)).toContain(`note ${String(ACTIVITY_MAX + 6)}`);
		expect(kept[0]).toContain("note 7");
	});

	it("says what an event was, who did it and how it came", () => {
		const said = (event: EngineEvent) => activityOf(event, 5, () => "Phone");
		const renamed = { event: "changed", path: path("b.md"), kind: "rename", from: path("a.md") } as const;
		expect(said(renamed)).toEqual({ atMs: 5, what: "rename", path: "b.md", other: "a.md" });
		expect(said(applied("a.md"))).toMatchObject({ what: "modify", by: "Phone", via: "direct" });
		expect(said(applied("a.md", "Tablet"))).toMatchObject({ by: "Tablet" });
		expect(said({ event: "held", path: "a.md", reason: "locked" })).toMatchObject({ what: "held", reason: "locked" });
		expect(said({ event: "held", path: "a.md", reason: "mass-delete", id: "1" })).toBeUndefined();
		expect(said({ event: "conflict", path: path("a.md"), merged: true })).toMatchObject({ what: "merge" });
		expect(said({ event: "snapshot", action: "stored", bytes: 9, entries: 2 })).toMatchObject({
			what: "stored",
			count: 2,
		});
		expect(said({ event: "snapshot", action: "retired", bytes: 9, entries: 2 })).toBeUndefined();
		expect(said({ event: "stopped", reason: "" })).toBeUndefined();
	});
});

describe("[GP3] the file of what happened", () => {
	const keeperOn = async (store: MemoryStore, clock = new ManualClock()): Promise<ActivityKeeper> => {
		const keeper = new ActivityKeeper({ clock, log: { write: () => undefined }, nameOf: () => "Phone" });
		await keeper.open(store);
		return keeper;
	};
	const names = ({ items }: ActivityKeeper): readonly string[] => items.map(({ path }) => path);

	it("outlives a restart, and comes before what happens then", async () => {
		const store = new MemoryStore();
		const first = await keeperOn(store);
		first.note(changed("one.md"));
		first.note(applied("two.md", "Tablet"));
		await first.flush();
		const clock = new ManualClock();
		const second = new ActivityKeeper({ clock, log: { write: () => undefined }, nameOf: () => "Phone" });
		second.note(changed("three.md"));
		let told = 0;
		second.onChange(() => told++);
		await second.open(store);
		expect(names(second)).toEqual(["one.md", "two.md", "three.md"]);
		expect(second.items[1]).toMatchObject({ by: "Tablet", via: "direct" });
		expect(told).toBe(1);
	});

	it("is written seldom: everything of half a minute together, and a note that was written in it once", async () => {
		const store = new MemoryStore();
		const clock = new ManualClock();
		const keeper = await keeperOn(store, clock);
		for (let i = 0; i < 10; i++) {
			keeper.note(changed("one.md"));
			await clock.advance(2_000);
		}
		expect(store.files().size).toBe(0);
		await clock.advance(SAVE_AFTER_MS);
		const [file] = store.files().values();
		expect(new TextDecoder().decode(file).trimEnd().split("\n")).toHaveLength(1);
		expect(clock.pending).toBe(0);
	});

	it("leaves out what a crash cut off, and goes on", async () => {
		const store = new MemoryStore();
		const first = await keeperOn(store);
		first.note(changed("one.md"));
		first.note(changed("two.md"));
		await first.flush();
		const [[name = "", bytes = new Uint8Array()] = []] = store.files();
		await store.write(name, bytes.subarray(0, bytes.length - 5));
		const second = await keeperOn(store);
		expect(names(second)).toEqual(["one.md"]);
		second.note(changed("three.md"));
		await second.flush();
		expect(names(await keeperOn(store))).toEqual(["one.md", "three.md"]);
	});

	it("stays short however much happens", async () => {
		const store = new MemoryStore();
		const keeper = await keeperOn(store);
		for (let i = 0; i < 8 * ACTIVITY_MAX; i++) {
			keeper.note(changed(`note ${String(i)}.md`));
			if (i % 100 === 0) await keeper.flush();
		}
		await keeper.flush();
		const [file] = store.files().values();
		expect(new TextDecoder().decode(file).split("\n").length).toBeLessThanOrEqual(3 * ACTIVITY_MAX + 1);
		expect((await keeperOn(store)).items).toEqual(keeper.items);
	});

	it("[Q5] is forgotten with the group, also what is just being written, and nothing makes its file anew", async () => {
		const store = new MemoryStore();
		const clock = new ManualClock();
		const keeper = await keeperOn(store, clock);
		keeper.note(changed("one.md"));
		const writing = keeper.flush();
		keeper.note(changed("two.md"));
		let told = 0;
		keeper.onChange(() => told++);
		await keeper.forget();
		await writing;
		expect([names(keeper), clock.pending, told > 0]).toEqual([[], 0, true]);
		for (const name of store.files().keys()) await store.remove(name);
		keeper.note(changed("three.md"));
		await clock.advance(2 * SAVE_AFTER_MS);
		expect(store.files().size).toBe(0);
		// What happens before the next device is known is that one's.
		const next = new MemoryStore();
		await keeper.open(next);
		expect(names(keeper)).toEqual(["three.md"]);
	});

	it("is another device's when this one becomes another: nothing of before is told there, or written there", async () => {
		const [first, second] = [new MemoryStore(), new MemoryStore()];
		const keeper = await keeperOn(first);
		keeper.note(changed("one.md"));
		await keeper.open(second);
		expect(names(keeper)).toEqual([]);
		keeper.note(changed("two.md"));
		await keeper.flush();
		expect([names(await keeperOn(first)), names(await keeperOn(second))]).toEqual([["one.md"], ["two.md"]]);
	});

	it("writes what is not written yet when the plugin ends, and takes nothing more after", async () => {
		const store = new MemoryStore();
		const clock = new ManualClock();
		const keeper = await keeperOn(store, clock);
		keeper.note(changed("one.md"));
		const ended = keeper.end();
		keeper.note(changed("two.md"));
		await ended;
		expect([names(await keeperOn(store)), clock.pending]).toEqual([["one.md"], 0]);
	});

	it("goes on when the disk does not take it, and writes it with what comes next", async () => {
		const store = new MemoryStore();
		const keeper = await keeperOn(store);
		const { append, write } = store;
		store.append = store.write = () => Promise.reject(new Error("full"));
		keeper.note(changed("one.md"));
		await keeper.flush();
		Object.assign(store, { append, write });
		keeper.note(changed("two.md"));
		await keeper.flush();
		expect(names(await keeperOn(store))).toEqual(["one.md", "two.md"]);
	});
});

describe("[GP4] the text that may be shown to others", () => {
	it("has no name of a file, a folder or a device in it, and the same code for the same", () => {
		const codes = new Map<string, string>();
		const codeOf = (kind: string, name: string): string => {
			const code = codes.get(name) ?? `${kind}-${String(codes.size + 1)}`;
			codes.set(name, code);
			return code;
		};
		const items: Activity[] = [
			{ atMs: 0, what: "create", path: "Secret/Diary of Anna.md", by: "Anna's phone", via: "direct" },
			{ atMs: 1_000, what: "rename", path: "Secret/Diary.md", other: "Secret/Diary of Anna.md" },
			{ atMs: 2_000, what: "modify", path: "a.psychiatrist", by: "" },
			{ atMs: 3_000, what: "stored", path: "", count: 2 },
		];
		expect(activityText(items, codeOf)).toBe(
			[
				"1970-01-01T00:00:03.000Z stored count=2",
				"1970-01-01T00:00:02.000Z modify file-1 by=unknown",
				"1970-01-01T00:00:01.000Z rename file-3.md from=file-2.md",
				"1970-01-01T00:00:00.000Z create file-2.md by=device-4 via=direct",
				"",
			].join("\n"),
		);
	});
});
