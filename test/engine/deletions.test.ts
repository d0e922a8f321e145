// Too much deleted at once, here or by another device: held until a person says what it means. Whole devices on memory adapters.
import { describe, expect, it } from "vitest";
import type { EngineEvent } from "../../src/engine/status.ts";
import type { World } from "../simulation/world.ts";
import { type SimulatedDevice } from "../simulation/world.ts";
import {
	answer,
	deleteAll,
	filesOf,
	heldBy,
	notes,
	scan,
	vanish,
	without,
	worldWith,
} from "../support/braked-world.ts";

async function restart(world: World, device: SimulatedDevice): Promise<void> {
	await world.quit(device);
	world.launch(device);
	await world.clock.advance(30_000);
}

const ALL = notes(40);
const PATHS = Object.keys(ALL);

describe("what is deleted here", () => {
	it("[D1 D5 I25] and only found missing is held above a tenth, and nobody is told", async () => {
		const world = await worldWith(notes(100));
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		const events: EngineEvent[] = [];
		alice.engine.onEvent((event) => events.push(event));
		vanish(alice, Object.keys(notes(21)));
		await scan(world, alice);
		expect(heldBy(alice)).toEqual([{ rule: "missing", origin: "here", count: 21 }]);
		expect(filesOf(bob)).toEqual(notes(100));
		expect(events.filter(({ event }) => event === "changed")).toEqual([]);
		expect(events.filter(({ event }) => event === "held")).toHaveLength(21);
		expect(alice.engine.status()).toMatchObject({ phase: "attention", pending: { in: 0, out: 0 } });
		expect(alice.engine.status().held[0]).toMatchObject({ reason: "mass-delete", id: "1" });
		expect(alice.engine.status().problems).toMatchObject([{ code: "mass-delete", id: "1" }]);
		await world.stop();
	});

	it("[D1] up to a tenth goes through, however it was found", async () => {
		const world = await worldWith(notes(100));
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		vanish(alice, Object.keys(notes(20)));
		await scan(world, alice);
		expect(heldBy(alice)).toEqual([]);
		await world.clock.advance(5_000);
		expect(Object.keys(filesOf(bob))).toHaveLength(80);
		await world.stop();
	});

	it("[D2 D4 I25] within a minute is held above half, whether it goes at once or one by one", async () => {
		for (const pauseMs of [0, 50, 700]) {
			const world = await worldWith(ALL);
			const [alice, bob] = [world.device("alice"), world.device("bob")];
			for (const path of PATHS.slice(0, 30)) {
				deleteAll(alice, [path]);
				if (pauseMs > 0) await world.clock.advance(pauseMs);
			}
			await world.clock.advance(5_000);
			expect(heldBy(alice), String(pauseMs)).toMatchObject([{ rule: "deleted", origin: "here" }]);
			const [held] = alice.engine.heldDeletions;
			expect((held?.files.size ?? 0) + (held?.before.length ?? 0)).toBe(30);
			// At once nothing at all is told; one by one, what went before it was too much.
			expect(Object.keys(filesOf(bob)).length).toBeGreaterThanOrEqual(pauseMs === 0 ? 40 : 20);
			await answer(world, alice, "reject");
			for (const device of world.devices) expect(filesOf(device), String(pauseMs)).toEqual(ALL);
			await world.stop();
		}
	});

	it("[D2] a folder that is deleted is no more than its files: less than half goes through", async () => {
		const files = { ...notes(40), ...notes(30, "old") };
		const world = await worldWith(files);
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		alice.vault.delete("old");
		await world.clock.advance(10_000);
		expect(heldBy(alice)).toEqual([]);
		expect(filesOf(bob)).toEqual(notes(40));
		await world.stop();
	});

	it("[D4] and is only moved, or overwritten, counts for nothing", async () => {
		const world = await worldWith(ALL);
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		alice.vault.move("notes", "archive");
		await world.clock.advance(10_000);
		expect(heldBy(alice)).toEqual([]);
		const moved = Object.fromEntries(
			Object.entries(ALL).map(([path, text]) => [path.replace("notes", "archive"), text]),
		);
		expect(filesOf(bob)).toEqual(moved);
		for (const path of Object.keys(moved)) bob.vault.save(path, "all alike");
		await world.clock.advance(10_000);
		expect(new Set(Object.values(filesOf(alice)))).toEqual(new Set(["all alike"]));
		expect(heldBy(alice)).toEqual([]);
		await world.stop();
	});

	it("[D4] one by one moved file by file counts for nothing either", async () => {
		const world = await worldWith(ALL);
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		for (const path of PATHS) alice.vault.move(path, path.replace("notes", "archive"));
		await world.clock.advance(10_000);
		expect(heldBy(alice)).toEqual([]);
		expect(Object.keys(filesOf(bob)).every((path) => path.startsWith("archive/"))).toBe(true);
		await world.stop();
	});

	it("[D5] while it is held, edits and new files go on in both directions", async () => {
		const world = await worldWith(ALL);
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		deleteAll(alice, PATHS.slice(0, 30));
		await world.clock.advance(5_000);
		alice.vault.save("new.md", "from alice");
		alice.vault.save("notes/35.md", "edited by alice");
		bob.vault.save("notes/36.md", "edited by bob");
		bob.vault.save("notes/1.md", "edited where alice has none");
		await world.clock.advance(5_000);
		expect(bob.vault.text("new.md")).toBe("from alice");
		expect(bob.vault.text("notes/35.md")).toBe("edited by alice");
		expect(alice.vault.text("notes/36.md")).toBe("edited by bob");
		expect(alice.vault.text("notes/1.md")).toBeUndefined();
		await answer(world, alice, "accept");
		await answer(world, bob, "accept");
		// Who deleted it had not seen the edit.
		for (const device of world.devices) {
			expect(device.vault.text("notes/1.md")).toBe("edited where alice has none");
			expect(device.vault.text("notes/2.md")).toBeUndefined();
		}
		await world.stop();
	});

	it("[D6] a single deletion afterwards is told at once, and so is one before", async () => {
		const world = await worldWith(ALL);
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		deleteAll(alice, ["notes/39.md"]);
		await world.clock.advance(1_000);
		expect(bob.vault.text("notes/39.md")).toBeUndefined();
		await world.clock.advance(90_000);
		deleteAll(alice, PATHS.slice(0, 30));
		await world.clock.advance(5_000);
		deleteAll(alice, ["notes/38.md"]);
		await world.clock.advance(1_000);
		expect(bob.vault.text("notes/38.md")).toBeUndefined();
		expect(heldBy(alice)).toMatchObject([{ count: 30 }]);
		await world.stop();
	});

	it("[D6] it is held after a restart too, and what comes back by itself, or elsewhere, is no longer", async () => {
		const world = await worldWith(ALL);
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		deleteAll(alice, PATHS.slice(0, 30));
		await world.clock.advance(5_000);
		await restart(world, alice);
		expect(heldBy(alice)).toMatchObject([{ rule: "deleted", count: 30 }]);
		expect(filesOf(bob)).toEqual(ALL);
		for (const path of PATHS.slice(0, 10)) alice.vault.save(path, ALL[path] ?? "");
		await world.clock.advance(5_000);
		expect(heldBy(alice)).toMatchObject([{ count: 20 }]);
		alice.vault.save("moved.md", ALL["notes/20.md"] ?? "");
		await world.clock.advance(5_000);
		expect(heldBy(alice)).toMatchObject([{ count: 19 }]);
		expect(bob.vault.text("notes/20.md")).toBeUndefined();
		expect(bob.vault.text("moved.md")).toBe(ALL["notes/20.md"]);
		await restart(world, alice);
		for (const path of PATHS.slice(10, 30)) if (path !== "notes/20.md") alice.vault.save(path, ALL[path] ?? "");
		await world.clock.advance(5_000);
		expect(heldBy(alice)).toEqual([]);
		expect(alice.engine.status().problems).toEqual([]);
		await restart(world, alice);
		expect(heldBy(alice)).toEqual([]);
		for (const device of world.devices)
			expect(filesOf(device)).toEqual({ ...without(ALL, "notes/20.md"), "moved.md": ALL["notes/20.md"] });
		await world.stop();
	});

	it("[D6] a crash in the middle changes nothing about that", async () => {
		const world = await worldWith(ALL);
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		deleteAll(alice, PATHS.slice(0, 30));
		// Found, and not yet held.
		await world.clock.advance(200);
		world.crash(alice);
		world.launch(alice);
		await world.clock.advance(30_000);
		expect(heldBy(alice)).toMatchObject([{ count: 30 }]);
		world.crash(alice);
		world.launch(alice);
		await world.clock.advance(30_000);
		expect(heldBy(alice)).toMatchObject([{ count: 30 }]);
		expect(filesOf(bob)).toEqual(ALL);
		await world.stop();
	});

	it("[D7] is deleted everywhere when a person says so", async () => {
		const world = await worldWith(ALL, ["alice", "bob", "carol"]);
		const [alice] = world.devices;
		if (alice === undefined) throw new Error("nobody");
		deleteAll(alice, PATHS.slice(0, 30));
		await world.clock.advance(5_000);
		await answer(world, alice, "accept");
		expect(heldBy(alice)).toEqual([]);
		// Each device asks before so much of what it has is removed.
		for (const device of world.devices) await answer(world, device, "accept");
		for (const device of world.devices) expect(filesOf(device)).toEqual(without(ALL, ...PATHS.slice(0, 30)));
		await restart(world, alice);
		expect(heldBy(alice)).toEqual([]);
		await world.stop();
	});

	it("[D8] is written again when a person says that it was not meant, and nobody ever hears of it", async () => {
		const world = await worldWith(ALL);
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		const changes: EngineEvent[] = [];
		for (const { engine } of world.devices) engine.onEvent((event) => event.event === "changed" && changes.push(event));
		deleteAll(alice, PATHS.slice(0, 30));
		await world.clock.advance(5_000);
		await answer(world, alice, "reject");
		expect(filesOf(alice)).toEqual(ALL);
		expect(filesOf(bob)).toEqual(ALL);
		expect(changes).toEqual([]);
		expect(alice.engine.status().root).toBe(bob.engine.status().root);
		await restart(world, alice);
		expect(heldBy(alice)).toEqual([]);
		await world.stop();
	});

	it("[D8] is written again later when nobody has the bytes at the time", async () => {
		const world = await worldWith(ALL);
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		await restart(world, alice);
		world.cut(alice, bob);
		deleteAll(alice, PATHS.slice(0, 30));
		await world.clock.advance(5_000);
		await answer(world, alice, "reject");
		await restart(world, alice);
		world.heal(alice, bob);
		await world.clock.advance(120_000);
		for (const device of world.devices) expect(filesOf(device)).toEqual(ALL);
		await world.stop();
	});
});

describe("what another device deleted", () => {
	it("[D9 I25] is not removed above half until a person says so, and who it was is said", async () => {
		const world = await worldWith(ALL, ["alice", "bob", "carol"]);
		const [alice, bob, carol] = [world.device("alice"), world.device("bob"), world.device("carol")];
		deleteAll(alice, PATHS.slice(0, 30));
		await world.clock.advance(5_000);
		await answer(world, alice, "accept");
		expect(heldBy(bob)).toEqual([{ rule: "deleted", origin: "peer", count: 30 }]);
		expect(filesOf(bob)).toEqual(ALL);
		expect(bob.engine.status().problems[0]?.message).toMatch(/^alice deleted 30 files/);
		bob.vault.save("notes/0.md", "edited all the same");
		bob.vault.save("new.md", "new");
		await world.clock.advance(5_000);
		expect(heldBy(bob)).toMatchObject([{ count: 29 }]);
		expect(alice.vault.text("notes/0.md")).toBe("edited all the same");
		expect(alice.vault.text("new.md")).toBe("new");
		await restart(world, bob);
		expect(heldBy(bob)).toMatchObject([{ count: 29 }]);
		await answer(world, bob, "accept");
		await answer(world, carol, "accept");
		for (const device of world.devices) {
			expect(filesOf(device)).toEqual({
				...without(ALL, ...PATHS.slice(0, 30)),
				"notes/0.md": "edited all the same",
				"new.md": "new",
			});
		}
		await world.stop();
	});

	it("[D9 O5] is no less where the person here has edited the conflict copy beside each", async () => {
		const world = await worldWith(ALL);
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		const contested = PATHS.slice(0, 25);
		world.cut(alice, bob);
		for (const path of contested) for (const { name, vault } of [alice, bob]) vault.save(path, `${name} wrote ${path}`);
		await world.clock.advance(5_000);
		world.heal(alice, bob);
		await world.clock.advance(90_000);
		const copies = Object.keys(without(filesOf(bob), ...PATHS));
		expect(copies).toHaveLength(contested.length);
		world.cut(alice, bob);
		for (const copy of copies) bob.vault.save(copy, `edited: ${copy}`);
		deleteAll(alice, PATHS);
		await world.clock.advance(5_000);
		await answer(world, alice, "accept");
		world.heal(alice, bob);
		await world.clock.advance(90_000);
		expect(heldBy(bob)).toEqual([{ rule: "deleted", origin: "peer", count: PATHS.length }]);
		await world.stop();
	});

	it("[D8 D9] stays, and is back on all devices, when a person says so", async () => {
		const world = await worldWith(ALL, ["alice", "bob", "carol"]);
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		deleteAll(alice, PATHS.slice(0, 30));
		await world.clock.advance(5_000);
		await answer(world, alice, "accept");
		expect(filesOf(alice)).toEqual(without(ALL, ...PATHS.slice(0, 30)));
		await answer(world, bob, "reject");
		for (const device of world.devices) {
			expect(filesOf(device), device.name).toEqual(ALL);
			expect(heldBy(device), device.name).toEqual([]);
			expect(device.engine.status().root).toBe(alice.engine.status().root);
		}
		await world.stop();
	});

	it.each([0, 50, 150, 250])(
		"[D7 D9] and here too, %d ms after it was told, is one question, and over when it is answered",
		async (laterMs) => {
			const world = await worldWith(ALL);
			const [alice, bob] = [world.device("alice"), world.device("bob")];
			deleteAll(alice, PATHS.slice(0, 30));
			await world.clock.advance(5_000);
			for (const { id } of alice.engine.heldDeletions) void alice.engine.answerDeletions(id, "accept");
			await world.clock.advance(40 + laterMs);
			deleteAll(bob, PATHS.slice(0, 30));
			await world.clock.advance(5_000);
			const held = bob.engine.heldDeletions.flatMap(({ files }) => [...files.keys()]);
			expect(new Set(held).size).toBe(held.length);
			await answer(world, bob, "accept");
			expect(heldBy(bob)).toEqual([]);
			await restart(world, bob);
			expect(heldBy(bob)).toEqual([]);
			for (const device of world.devices) expect(filesOf(device)).toEqual(without(ALL, ...PATHS.slice(0, 30)));
			await world.stop();
		},
	);

	it("[D7 D9] and here too, while more of it is still told, is one question about each file", async () => {
		const all = notes(56);
		const paths = Object.keys(all);
		const world = await worldWith(all);
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		deleteAll(alice, paths.slice(0, 30));
		await world.clock.advance(5_000);
		for (const { id } of alice.engine.heldDeletions) void alice.engine.answerDeletions(id, "accept");
		await world.clock.advance(150);
		deleteAll(bob, paths.slice(0, 30));
		await world.clock.advance(50);
		deleteAll(alice, paths.slice(30, 50));
		await world.clock.advance(10_000);
		await answer(world, bob, "accept");
		await answer(world, alice, "accept");
		for (const device of world.devices) await answer(world, device, "accept");
		for (const device of world.devices) {
			expect(heldBy(device), device.name).toEqual([]);
			expect(filesOf(device), device.name).toEqual(without(all, ...paths.slice(0, 50)));
		}
		await world.stop();
	});

	it("[D9] goes through when it is not much, or was only moved", async () => {
		const world = await worldWith(ALL);
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		deleteAll(alice, PATHS.slice(0, 12));
		await world.clock.advance(90_000);
		expect(Object.keys(filesOf(bob))).toHaveLength(28);
		alice.vault.move("notes", "archive");
		await world.clock.advance(10_000);
		expect(heldBy(bob)).toEqual([]);
		expect(Object.keys(filesOf(bob)).every((path) => path.startsWith("archive/"))).toBe(true);
		await world.stop();
	});

	it("[D9] while this one was away is held as well", async () => {
		const world = await worldWith(ALL);
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		await world.quit(bob);
		for (const path of PATHS.slice(0, 30)) {
			deleteAll(alice, [path]);
			await world.clock.advance(61_000);
		}
		expect(heldBy(alice)).toEqual([]);
		world.launch(bob);
		await world.clock.advance(60_000);
		expect(heldBy(bob)).toMatchObject([{ rule: "deleted", origin: "peer", count: 30 }]);
		expect(filesOf(bob)).toEqual(ALL);
		await world.stop();
	});
});

describe("a vault that is emptied", () => {
	const few = notes(8);

	it("[D3 D10] is written into by nobody until the files are back, which needs no word", async () => {
		const world = await worldWith(few);
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		// The disk is taken out, and its folder is still there, empty.
		const disk = vanish(alice, Object.keys(few));
		await scan(world, alice);
		expect(heldBy(alice)).toEqual([{ rule: "emptied", origin: "here", count: 8 }]);
		bob.vault.save("new.md", "from bob");
		bob.vault.save("notes/1.md", "edited by bob");
		await world.clock.advance(20_000);
		expect(filesOf(alice)).toEqual({});
		await restart(world, alice);
		expect(filesOf(alice)).toEqual({});
		expect(heldBy(alice)).toMatchObject([{ count: 8 }]);
		alice.vault.restore(disk);
		await scan(world, alice);
		await world.clock.advance(20_000);
		expect(heldBy(alice)).toEqual([]);
		for (const device of world.devices)
			expect(filesOf(device)).toEqual({ ...few, "new.md": "from bob", "notes/1.md": "edited by bob" });
		await world.stop();
	});

	it("[D3 D10] while nothing ran is held too, before anything is told", async () => {
		const world = await worldWith(few);
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		await world.quit(alice);
		vanish(alice, Object.keys(few));
		world.launch(alice);
		await world.clock.advance(30_000);
		expect(heldBy(alice)).toEqual([{ rule: "emptied", origin: "here", count: 8 }]);
		expect(filesOf(bob)).toEqual(few);
		await answer(world, alice, "reject");
		for (const device of world.devices) expect(filesOf(device)).toEqual(few);
		await world.stop();
	});

	it("[D3] by 20 single deletions is held whole, and told of by nobody", async () => {
		const files = notes(20);
		const world = await worldWith(files);
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		deleteAll(alice, Object.keys(files));
		await world.clock.advance(10_000);
		expect(heldBy(alice)).toEqual([{ rule: "emptied", origin: "here", count: 20 }]);
		expect(filesOf(bob)).toEqual(files);
		await answer(world, alice, "accept");
		expect(heldBy(bob)).toEqual([{ rule: "emptied", origin: "peer", count: 20 }]);
		// Another device's deletions are no reason to write nothing here.
		alice.vault.save("fresh.md", "start");
		await world.clock.advance(5_000);
		expect(bob.vault.text("fresh.md")).toBe("start");
		await world.stop();
	});

	it("[D3] of five files or fewer is no question", async () => {
		const world = await worldWith(notes(5));
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		deleteAll(alice, Object.keys(notes(5)));
		await world.clock.advance(10_000);
		expect(filesOf(bob)).toEqual({});
		await world.stop();
	});
});

describe("a file that a cloud took away from the disk", () => {
	it("[D11] is not deleted, whether that is told or found, and is as it was when it is back", async () => {
		const world = await worldWith(notes(8));
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		for (const path of Object.keys(notes(8))) alice.vault.offload(path, true);
		await world.clock.advance(10_000);
		await scan(world, alice);
		expect(heldBy(alice)).toEqual([]);
		expect(filesOf(bob)).toEqual(notes(8));
		bob.vault.save("notes/1.md", "edited by bob");
		await world.clock.advance(10_000);
		expect(alice.vault.text("notes/1.md")).toBe("text notes 1");
		for (const path of Object.keys(notes(8))) alice.vault.offload(path, false);
		await world.clock.advance(20_000);
		for (const device of world.devices) expect(filesOf(device)).toEqual({ ...notes(8), "notes/1.md": "edited by bob" });
		await world.stop();
	});
});

describe("a file behind a symbolic link", () => {
	it("[D14] is not deleted, be it a link in its place or in that of its folder, told or found, and goes on when the link is gone", async () => {
		const behind = { "alone.md": "alone", "moved/1.md": "one", "moved/2.md": "two" };
		const all = { ...notes(8), ...behind };
		const world = await worldWith(all);
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		for (const place of ["moved", "alone.md"]) alice.vault.link(place, true);
		await world.clock.advance(10_000);
		await scan(world, alice);
		await restart(world, alice);
		await scan(world, alice);
		expect(heldBy(alice)).toEqual([]);
		expect(filesOf(bob)).toEqual(all);
		const edited = { "alone.md": "edited by bob", "moved/1.md": "edited too" };
		for (const [path, text] of Object.entries(edited)) bob.vault.save(path, text);
		await world.clock.advance(10_000);
		await scan(world, alice);
		expect(filesOf(bob)).toEqual({ ...all, ...edited });
		expect(alice.vault.text("moved/1.md")).toBe("one");
		const linked = (): unknown[] => alice.engine.status().held.filter(({ reason }) => reason === "symbolic-link");
		expect(linked()).toMatchObject([{ isLasting: true }, { isLasting: true }]);
		for (const place of ["moved", "alone.md"]) alice.vault.link(place, false);
		await world.clock.advance(20_000);
		for (const device of world.devices) expect(filesOf(device)).toEqual({ ...all, ...edited });
		// Nothing is listed any longer than it is there.
		expect(linked()).toEqual([]);
		expect(alice.engine.status().phase).toBe("in-sync");
		await world.stop();
	});

	it("[D14] that is gone when the link is gone was deleted", async () => {
		const world = await worldWith(notes(8));
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		alice.vault.link("notes/1.md", true);
		await world.clock.advance(10_000);
		alice.vault.delete("notes/1.md");
		alice.vault.link("notes/1.md", false);
		await world.clock.advance(10_000);
		expect(Object.keys(filesOf(bob))).not.toContain("notes/1.md");
		expect(Object.keys(filesOf(bob))).toHaveLength(7);
		await world.stop();
	});
});
