// The way back: a version restored and a batch undone, with three whole devices on memory adapters.
import { describe, expect, it } from "vitest";
import type { Past, Restored, Undone } from "../../src/engine/past.ts";
import { World } from "../simulation/world.ts";
import { everywhere, filesOf, NAMES, threeWith } from "../support/three-devices.ts";

const NOTES = Object.fromEntries(Array.from({ length: 15 }, (_, i) => [`notes/${String(i)}.md`, `text ${String(i)}`]));
/** Enough that the vault is not emptied when the notes are deleted. */
const REST = { "other/a.md": "a", "other/b.md": "b" };

function past(world: World, name: string): Past {
	const found = world.device(name).engine.past;
	if (found === undefined) throw new Error("not open");
	return found;
}

async function restore(world: World, name: string, ...args: Parameters<Past["restore"]>): Promise<Restored> {
	const restored = await world.during(past(world, name).restore(...args));
	await world.clock.advance(30_000);
	return restored;
}

async function undo(world: World, name: string, id?: string): Promise<Undone | undefined> {
	const undone = await world.during(past(world, name).undo(id));
	await world.clock.advance(30_000);
	return undone;
}

async function act(
	world: World,
	name: string,
	run: (vault: ReturnType<World["device"]>["vault"]) => void,
): Promise<void> {
	run(world.device(name).vault);
	await world.clock.advance(30_000);
}

describe("a version from history", () => {
	it("[H7] replaces what stands there, which goes to history, and all devices follow", async () => {
		const world = await threeWith({ "note.md": "one" });
		await act(world, "alice", (vault) => vault.save("note.md", "two"));
		expect(await restore(world, "bob", "note.md")).toEqual({ kind: "restored", path: "note.md" });
		everywhere(world, { "note.md": "one" });
		expect((await past(world, "bob").versions("NOTE.md")).map(({ reason }) => reason)).toEqual([
			"replaced",
			"replaced",
		]);
		expect(await restore(world, "bob", "note.md", { version: "2" })).toMatchObject({ kind: "restored" });
		everywhere(world, { "note.md": "two" });
		await world.stop();
	});

	it("[H7] comes back after a deletion, at its path or at another one", async () => {
		const world = await threeWith({ "a/note.md": "one" });
		await act(world, "alice", (vault) => vault.delete("a/note.md"));
		everywhere(world, {});
		await restore(world, "carol", "a/note.md", { to: "b/other.md" });
		everywhere(world, { "b/other.md": "one" });
		await restore(world, "carol", "a/note.md");
		everywhere(world, { "a/note.md": "one", "b/other.md": "one" });
		expect(await restore(world, "carol", "a/note.md")).toEqual({ kind: "same", path: "a/note.md" });
		await world.stop();
	});

	it("[H7 O10] stands beside what somebody saves before it is written, also when they save again", async () => {
		for (const times of [1, 2]) {
			const world = await threeWith({ "note.md": "one" });
			await act(world, "alice", (vault) => vault.save("note.md", "two"));
			const { vault } = world.device("bob");
			vault.beforeNextSwap(() => {
				vault.save("note.md", "quick");
				if (times === 2) vault.beforeNextSwap(() => vault.save("note.md", "quick again"));
			});
			expect(await restore(world, "bob", "note.md")).toMatchObject({ kind: "restored" });
			const texts = Object.values(filesOf(world, "bob"));
			expect(texts.toSorted()).toEqual(["one", times === 1 ? "quick" : "quick again"]);
			for (const name of NAMES) expect(filesOf(world, name)).toEqual(filesOf(world, "bob"));
			await world.stop();
		}
	});

	it("[H7] does not go over what another device's person wrote before it could be done", async () => {
		const world = await threeWith({ "note.md": "one" });
		await act(world, "alice", (vault) => vault.save("note.md", "two"));
		const { store, vault } = world.device("bob");
		// It can record nothing for a while, and begins with what came before.
		store.failNextWrites(4);
		vault.save("other.md", "other");
		await world.clock.advance(500);
		const restoring = past(world, "bob").restore("note.md");
		await act(world, "carol", (vault) => vault.save("note.md", "three"));
		expect(await world.during(restoring)).toMatchObject({ kind: "refused", reason: "changed-since" });
		everywhere(world, { "note.md": "three", "other.md": "other" });
		await world.stop();
	});

	it("[H7] is refused in words where it cannot stand or is not kept, and nothing is changed", async () => {
		const world = await threeWith({ "note.md": "one", "file.md": "x" });
		await act(world, "alice", (vault) => vault.delete("note.md"));
		await act(world, "bob", (vault) => vault.save("note.md/inner.md", "in a folder of that name"));
		const before = filesOf(world, "bob");
		const reasonOf = async (...args: Parameters<Past["restore"]>): Promise<string> => {
			const restored = await restore(world, "bob", ...args);
			return restored.kind === "refused" ? restored.reason : restored.kind;
		};
		expect(await reasonOf("note.md")).toBe("folder-there");
		expect(await reasonOf("note.md", { to: "file.md/note.md" })).toBe("file-above");
		expect(await reasonOf("note.md", { to: "../outside.md" })).toBe("bad-path");
		expect(await reasonOf("note.md", { version: "7" })).toBe("no-version");
		expect(await reasonOf("never.md")).toBe("no-version");
		expect(filesOf(world, "bob")).toEqual(before);
		await world.stop();
	});

	it("[H7] does not go over what a person has just written: both stay", async () => {
		const world = await threeWith({ "note.md": "one" });
		await act(world, "alice", (vault) => vault.save("note.md", "two"));
		world.device("bob").vault.save("note.md", "just written");
		await restore(world, "bob", "note.md");
		const texts = Object.values(filesOf(world, "bob"));
		const kept = await past(world, "bob").versions("note.md");
		expect(texts).toContain("one");
		expect(texts.includes("just written") || kept.some(({ size }) => size === "just written".length)).toBe(true);
		await world.stop();
	});
});

it("[H8] conflict copies are listed with what they conflict with, on every device alike", async () => {
	const world = await threeWith({ "note.md": "base" });
	const [alice, bob, carol] = [world.device("alice"), world.device("bob"), world.device("carol")];
	for (const other of [bob, carol]) world.cut(alice, other);
	await act(world, "alice", (vault) => {
		vault.save("note.md", "alice's");
	});
	await act(world, "bob", (vault) => {
		vault.save("note.md", "bob's");
	});
	for (const other of [bob, carol]) world.heal(alice, other);
	await world.clock.advance(60_000);
	const [conflict, ...more] = past(world, "carol").conflicts();
	expect(more).toEqual([]);
	expect(conflict?.path).toBe("note.md");
	expect(world.device("carol").vault.text(conflict?.copy ?? "note.md")).toBe(`${conflict?.author ?? ""}'s`);
	expect([conflict?.author, conflict?.winner].toSorted()).toEqual(["alice", "bob"]);
	expect(conflict?.atMs).toBeGreaterThan(0);
	expect(past(world, "alice").conflicts()).toEqual(past(world, "carol").conflicts());
	await world.stop();
});

describe("a batch", () => {
	it("[U1] is what one device did in one go, and another one after a pause or at the same path", async () => {
		const world = await threeWith({ "note.md": "one", "other.md": "x" });
		const before = (await past(world, "bob").batches()).length;
		await act(world, "alice", (vault) => {
			vault.save("note.md", "two");
			vault.save("other.md", "y");
			vault.save("new.md", "z");
		});
		await act(world, "carol", (vault) => vault.delete("other.md"));
		const batches = (await past(world, "bob").batches()).slice(before);
		expect(batches.map(({ by, isOwn, changes }) => [by, isOwn, changes.map(({ path }) => path).toSorted()])).toEqual([
			["alice", false, ["new.md", "note.md", "other.md"]],
			["carol", false, ["other.md"]],
		]);
		await world.stop();
	});

	it("[U1] that made files is not the one that deleted them a moment later", async () => {
		const world = await threeWith(REST);
		const { vault } = world.device("alice");
		for (const [path, text] of Object.entries(NOTES)) vault.save(path, text);
		await world.clock.advance(2_000);
		vault.delete("notes");
		await world.clock.advance(30_000);
		expect((await undo(world, "bob"))?.restored.length).toBe(15);
		everywhere(world, { ...NOTES, ...REST });
		await world.stop();
	});

	it("[U2] that deleted much comes back on every device, undone wherever it became visible", async () => {
		for (const name of NAMES) {
			const world = await threeWith({ ...NOTES, ...REST });
			await act(world, "alice", (vault) => vault.delete("notes"));
			everywhere(world, REST);
			const undone = await undo(world, name);
			expect(undone?.restored.length, name).toBe(15);
			expect(undone?.left).toEqual([]);
			everywhere(world, { ...NOTES, ...REST });
			await world.stop();
		}
	});

	it("[U3] leaves alone, and lists, what was changed since", async () => {
		const world = await threeWith({ "a.md": "a", "b.md": "b" });
		await act(world, "alice", (vault) => {
			vault.save("a.md", "a2");
			vault.save("b.md", "b2");
			vault.save("c.md", "made");
		});
		const id = (await past(world, "bob").batches()).at(-1)?.id;
		await act(world, "carol", (vault) => vault.save("a.md", "later"));
		expect(await undo(world, "bob", id)).toMatchObject({
			restored: ["b.md"],
			removed: ["c.md"],
			left: [{ path: "a.md", reason: "changed-since" }],
		});
		everywhere(world, { "a.md": "later", "b.md": "b" });
		await world.stop();
	});

	it("[U4] of an undo is what it took back, done again; also after a restart", async () => {
		const world = await threeWith({ ...NOTES, ...REST });
		await act(world, "alice", (vault) => vault.delete("notes"));
		await undo(world, "bob");
		everywhere(world, { ...NOTES, ...REST });
		const bob = world.device("bob");
		await world.quit(bob);
		world.launch(bob);
		await world.clock.advance(30_000);
		expect((await undo(world, "bob"))?.removed.length).toBe(15);
		everywhere(world, REST);
		await world.stop();
	});

	it("[U5] that no device has the bytes of is left, and said so", async () => {
		const world = new World({ seed: 5, names: ["alice"] });
		const alice = world.device("alice");
		alice.vault.save("sheet.ods", "one");
		await world.start();
		alice.vault.save("sheet.ods", "two");
		await world.clock.advance(30_000);
		// What it has in memory by chance is gone.
		await world.quit(alice);
		world.launch(alice);
		await world.clock.advance(30_000);
		expect(await undo(world, "alice")).toMatchObject({
			restored: [],
			left: [{ path: "sheet.ods", reason: "not-kept" }],
		});
		expect(await undo(world, "alice", "no such batch")).toBeUndefined();
		expect(alice.vault.text("sheet.ods")).toBe("two");
		await world.stop();
	});
});
