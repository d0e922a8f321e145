// Deletions are forgotten when everybody knows of them since long, and whoever was away longer than that comes back to the
// truth. A day of these tests is a minute.
import { describe, expect, it } from "vitest";
import type { Mode } from "../../src/core/mode.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { keptState, type KeptState } from "../support/kept-state.ts";
import { World, type SimulatedDevice } from "../simulation/world.ts";

const DAY_MS = 60_000;
const FORGETTING = { forgetAfterMs: 3 * DAY_MS, retireAfterMs: 60 * DAY_MS, tickMs: 5_000 };

const keptBy = ({ store }: SimulatedDevice): Promise<KeptState> => keptState(store);

async function group(names: readonly string[], files: Record<string, string>): Promise<World> {
	const world = new World({ seed: 7, names, forgetting: FORGETTING });
	for (const [path, text] of Object.entries(files)) world.devices[0]?.vault.save(path, text);
	await world.start();
	await world.clock.advance(10_000);
	return world;
}

function textsOf(device: SimulatedDevice): Record<string, string | undefined> {
	return Object.fromEntries([...device.vault.files().keys()].map((path) => [path, device.vault.text(path)]));
}

async function historyOf(device: SimulatedDevice): Promise<string[]> {
	return (await device.engine.history()).map(({ path, reason }) => `${reason} ${path}`);
}

function expectEqualAndInSync(world: World, files: Record<string, string>): void {
	for (const device of world.devices) {
		expect(textsOf(device), device.name).toEqual(files);
		expect(device.engine.status().phase, device.name).toBe("in-sync");
		expect(device.problems, device.name).toEqual([]);
	}
	expect(new Set(world.devices.map(({ engine }) => engine.status().root)).size).toBe(1);
}

describe("a deletion", () => {
	it("[T1 I16] is remembered for its least age, and forgotten when everybody knows of it since then", async () => {
		const many = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`old/${String(i)}.md`, String(i)]));
		// Enough that nobody is asked whether so much was meant.
		const kept = Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`new/${String(i)}.md`, `new ${String(i)}`]));
		const world = await group(["alice", "bob", "carol"], { ...many, ...kept });
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		for (const path of Object.keys(many)) (Number(many[path]) % 2 === 0 ? alice : bob).vault.delete(path);
		await world.clock.advance(2.5 * DAY_MS);
		for (const device of world.devices) {
			expect(textsOf(device)).toEqual(kept);
			expect((await keptBy(device)).deleted).toHaveLength(300);
		}
		await world.clock.advance(1.5 * DAY_MS);
		for (const device of world.devices) {
			const { live, deleted, hasForgotten } = await keptBy(device);
			expect([live.length, deleted, hasForgotten]).toEqual([400, [], true]);
		}
		expectEqualAndInSync(world, kept);
		await world.stop();
	});

	it("[T1 C7] is forgotten by a device that only receives too, but for what it holds there itself", async () => {
		const settings = (name: string): object => (name === "bob" ? { mode: "receive-only" } : {});
		const world = new World({ seed: 7, names: ["alice", "bob"], forgetting: FORGETTING, settings });
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		for (const path of ["gone.md", "again.md", "kept.md"]) alice.vault.save(path, path);
		await world.start();
		await world.clock.advance(10_000);
		for (const path of ["gone.md", "again.md"]) alice.vault.delete(path);
		await world.clock.advance(10_000);
		bob.vault.save("again.md", "again.md");
		await world.clock.advance(4 * DAY_MS);
		expect((await keptBy(alice)).deleted).toEqual([]);
		expect((await keptBy(bob)).deleted).toEqual(["again.md"]);
		await world.stop();
	});

	it("[T1 I14] is forgotten in silence: nothing is told, asked or written to the vault for it", async () => {
		const world = await group(["alice", "bob"], { "gone.md": "gone", "kept.md": "kept" });
		world.device("alice").vault.delete("gone.md");
		await world.clock.advance(2 * DAY_MS);
		const told: string[] = [];
		for (const { engine } of world.devices) engine.onEvent(({ event }) => told.push(event));
		await world.clock.advance(20 * DAY_MS);
		expect(told).toEqual([]);
		expect((await keptBy(world.device("bob"))).deleted).toEqual([]);
		await world.stop();
	});

	it("[T1 T3] is remembered while a member that was seen lately has not heard of it", async () => {
		const world = await group(["alice", "bob", "carol"], { "gone.md": "gone", "kept.md": "kept" });
		const [alice, bob, carol] = [world.device("alice"), world.device("bob"), world.device("carol")];
		await world.quit(carol);
		alice.vault.delete("gone.md");
		await world.clock.advance(30 * DAY_MS);
		for (const device of [alice, bob]) expect((await keptBy(device)).deleted).toEqual(["gone.md"]);
		world.launch(carol);
		await world.clock.advance(DAY_MS);
		for (const device of [alice, bob]) expect((await keptBy(device)).deleted, device.name).toEqual([]);
		// Its own time with it has only begun.
		expect((await keptBy(carol)).deleted).toEqual(["gone.md"]);
		await world.clock.advance(3 * DAY_MS);
		expect((await keptBy(carol)).deleted).toEqual([]);
		expectEqualAndInSync(world, { "kept.md": "kept" });
		expect(await historyOf(carol)).toEqual(["deleted gone.md"]);
		await world.stop();
	});

	it("[T3 T4] is remembered for a member that only another one has ever met", async () => {
		const world = new World({ seed: 7, names: ["alice", "bob", "carol"], forgetting: FORGETTING });
		const [alice, bob, carol] = [world.device("alice"), world.device("bob"), world.device("carol")];
		alice.vault.save("gone.md", "gone");
		world.cut(alice, carol);
		await world.start();
		await world.clock.advance(5_000);
		expect(textsOf(carol)).toEqual({ "gone.md": "gone" });
		await world.quit(carol);
		alice.vault.delete("gone.md");
		await world.clock.advance(20 * DAY_MS);
		// Carol has not made a single change that could be seen in anybody's knowledge.
		for (const device of [alice, bob]) expect((await keptBy(device)).deleted, device.name).toEqual(["gone.md"]);
		await world.stop();
	});

	it("[T1 T2] grows old over restarts, and stays forgotten after them", async () => {
		const world = await group(["alice", "bob"], { "gone.md": "gone", "kept.md": "kept" });
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		alice.vault.delete("gone.md");
		for (let day = 0; day < 2; day++) {
			await world.clock.advance(DAY_MS);
			await world.quit(alice);
			world.launch(alice);
		}
		expect((await keptBy(alice)).deleted).toEqual(["gone.md"]);
		await world.clock.advance(1.5 * DAY_MS);
		expect((await keptBy(alice)).deleted).toEqual([]);
		// And forgotten it stays, for a program that begins with what was written down.
		await world.quit(alice);
		world.launch(alice);
		await world.clock.advance(5_000);
		expect((await keptBy(alice)).deleted).toEqual([]);
		expect((await keptBy(bob)).deleted).toEqual([]);
		expectEqualAndInSync(world, { "kept.md": "kept" });
		await world.stop();
	});
});

describe("a device that was away for so long that it retired", () => {
	async function retired(files: Record<string, string>): Promise<World> {
		const world = await group(["alice", "bob", "carol"], files);
		await world.quit(world.device("carol"));
		return world;
	}

	it("[T5 S4 I27 I4] holds up nobody, and what was deleted meanwhile goes when it comes back, to its history", async () => {
		const world = await retired({ "gone.md": "gone", "kept.md": "kept", "changed.md": "before" });
		const [alice, bob, carol] = [world.device("alice"), world.device("bob"), world.device("carol")];
		alice.vault.delete("gone.md");
		bob.vault.save("changed.md", "after");
		await world.clock.advance(61 * DAY_MS);
		for (const device of [alice, bob]) expect((await keptBy(device)).deleted, device.name).toEqual([]);
		world.launch(carol);
		await world.clock.advance(DAY_MS);
		expectEqualAndInSync(world, { "kept.md": "kept", "changed.md": "after" });
		expect(await historyOf(carol)).toEqual(expect.arrayContaining(["deleted gone.md", "replaced changed.md"]));
		await world.clock.advance(4 * DAY_MS);
		for (const device of world.devices) expect((await keptBy(device)).deleted, device.name).toEqual([]);
		await world.stop();
	});

	it("[T5] takes nobody for gone before it had time to hear them: it forgets nothing at once", async () => {
		const world = await group(["alice", "bob", "carol"], { "gone.md": "gone", "kept.md": "kept" });
		const [alice, bob, carol] = [world.device("alice"), world.device("bob"), world.device("carol")];
		alice.vault.delete("gone.md");
		await world.clock.advance(DAY_MS);
		await world.quit(carol);
		await world.clock.advance(61 * DAY_MS);
		world.cut(alice, carol);
		world.cut(bob, carol);
		world.launch(carol);
		await world.clock.advance(1.5 * FORGETTING.tickMs);
		expect((await keptBy(carol)).deleted).toEqual(["gone.md"]);
		// Whoever stays alone is held up by nobody.
		await world.clock.advance(FORGETTING.tickMs);
		expect((await keptBy(carol)).deleted).toEqual([]);
		await world.stop();
	});

	it("[T5 I27 I2] T03: as T02, but B edited the file while away", async () => {
		const world = await retired({ "n.md": "v0", "k.md": "k" });
		const [alice, carol] = [world.device("alice"), world.device("carol")];
		alice.vault.delete("n.md");
		await world.clock.advance(61 * DAY_MS);
		expect((await keptBy(alice)).deleted).toEqual([]);
		carol.vault.save("n.md", "tokB");
		world.launch(carol);
		await world.clock.advance(DAY_MS);
		expectEqualAndInSync(world, { "n.md": "tokB", "k.md": "k" });
		await world.stop();
	});

	it("[T5 I27 I5] T04: deleted, forgotten, recreated; B returns with the old version", async () => {
		const world = await retired({ "n.md": "tokOld" });
		const [alice, carol] = [world.device("alice"), world.device("carol")];
		alice.vault.delete("n.md");
		await world.clock.advance(61 * DAY_MS);
		expect((await keptBy(alice)).deleted).toEqual([]);
		alice.vault.save("n.md", "tokNew");
		await world.clock.advance(DAY_MS);
		world.launch(carol);
		await world.clock.advance(DAY_MS);
		expectEqualAndInSync(world, { "n.md": "tokNew" });
		expect(await historyOf(carol)).toEqual(["replaced n.md"]);
		await world.stop();
	});

	it("[T5 I27] meets a device first that joined after the deletion was forgotten", async () => {
		const world = new World({ seed: 7, names: ["alice", "bob", "carol"], forgetting: FORGETTING });
		const [alice, bob, carol] = [world.device("alice"), world.device("bob"), world.device("carol")];
		alice.vault.save("gone.md", "gone");
		alice.vault.save("kept.md", "kept");
		await world.during(Promise.all([alice.engine.start(), carol.engine.start()]));
		await world.clock.advance(5_000);
		await world.quit(carol);
		alice.vault.delete("gone.md");
		await world.clock.advance(61 * DAY_MS);
		expect((await keptBy(alice)).deleted).toEqual([]);
		await world.during(bob.engine.start());
		await world.clock.advance(5_000);
		expect(await keptBy(bob)).toMatchObject({ deleted: [], hasForgotten: true });
		await world.quit(alice);
		world.launch(carol);
		await world.clock.advance(5_000);
		expect(textsOf(carol)).toEqual({ "kept.md": "kept" });
		world.launch(alice);
		await world.clock.advance(DAY_MS);
		expectEqualAndInSync(world, { "kept.md": "kept" });
		await world.stop();
	});

	it("[T7 I17 I4] and one that had a file of its own at that name: what was deleted there comes not back beside it", async () => {
		const world = new World({ seed: 7, names: ["alice", "bob", "carol"], forgetting: FORGETTING });
		const [alice, bob, carol] = [world.device("alice"), world.device("bob"), world.device("carol")];
		alice.vault.save("daily.md", "of last year");
		await world.during(Promise.all([alice.engine.start(), carol.engine.start()]));
		await world.clock.advance(5_000);
		await world.quit(carol);
		alice.vault.delete("daily.md");
		await world.clock.advance(61 * DAY_MS);
		bob.vault.save("daily.md", "of today");
		const starting = bob.engine.start();
		while (!(await keptBy(bob)).hasForgotten) await world.clock.advance(1);
		// In the moment in which it knows all, and has been told nothing more.
		world.crash(alice);
		await world.during(starting);
		await world.clock.advance(5_000);
		world.launch(carol);
		await world.clock.advance(5_000);
		expect(textsOf(carol)).toEqual({ "daily.md": "of today" });
		world.launch(alice);
		await world.clock.advance(DAY_MS);
		expectEqualAndInSync(world, { "daily.md": "of today" });
		expect(await world.violationsOnTheWay()).toEqual([]);
		await world.stop();
	});

	it("[S4 I26] and one that was never here: its own files are its own, forgotten or not", async () => {
		const world = new World({ seed: 7, names: ["alice", "bob"], forgetting: FORGETTING });
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		alice.vault.save("forgotten.md", "forgotten");
		alice.vault.save("kept.md", "kept");
		await world.during(alice.engine.start());
		alice.vault.delete("forgotten.md");
		await world.clock.advance(5 * DAY_MS);
		alice.vault.save("remembered.md", "remembered");
		await world.clock.advance(5_000);
		alice.vault.delete("remembered.md");
		await world.clock.advance(5_000);
		expect((await keptBy(alice)).deleted).toEqual(["remembered.md"]);
		for (const name of ["forgotten", "remembered", "own"]) bob.vault.save(`${name}.md`, name);
		await world.during(bob.engine.start());
		await world.clock.advance(DAY_MS);
		// Of bytes that the group is known to have deleted, no device makes a file again; nobody knows the others any more.
		expectEqualAndInSync(world, { "forgotten.md": "forgotten", "kept.md": "kept", "own.md": "own" });
		expect(await historyOf(bob)).toEqual(["deleted remembered.md"]);
		await world.stop();
	});

	it("[R8 I1 I28] and one with an old file, while only some have forgotten its deletion: all show the same", async () => {
		const settings = (name: string): { forgetting: typeof FORGETTING } => ({
			forgetting: name === "bob" ? { ...FORGETTING, forgetAfterMs: 30 * DAY_MS } : FORGETTING,
		});
		const world = new World({ seed: 7, names: ["alice", "bob", "carol"], settings });
		const [alice, bob, carol] = [world.device("alice"), world.device("bob"), world.device("carol")];
		alice.vault.save("old.md", "old");
		alice.vault.save("kept.md", "kept");
		await world.during(Promise.all([alice.engine.start(), bob.engine.start()]));
		await world.clock.advance(5_000);
		alice.vault.delete("old.md");
		await world.clock.advance(6 * DAY_MS);
		expect([(await keptBy(alice)).deleted, (await keptBy(bob)).deleted]).toEqual([[], ["old.md"]]);
		carol.vault.save("old.md", "old");
		await world.during(carol.engine.start());
		await world.clock.advance(3 * DAY_MS);
		for (const device of world.devices) {
			expect(textsOf(device), device.name).toEqual({ "kept.md": "kept", "old.md": "old" });
			expect(device.engine.status().phase, device.name).toBe("in-sync");
		}
		await world.stop();
	});

	it("[R8 V4 I1 I28] and one with an old file beside a new one, when only who was away knows that it is old", async () => {
		const settings = (name: string): { forgetting: typeof FORGETTING } => ({
			forgetting: name === "bob" ? { ...FORGETTING, forgetAfterMs: 30 * DAY_MS } : FORGETTING,
		});
		const world = new World({ seed: 7, names: ["alice", "bob", "carol"], settings });
		const [alice, bob, carol] = [world.device("alice"), world.device("bob"), world.device("carol")];
		alice.vault.save("note.png", "old");
		await world.during(Promise.all([alice.engine.start(), bob.engine.start()]));
		await world.clock.advance(5_000);
		alice.vault.delete("note.png");
		await world.clock.advance(6 * DAY_MS);
		await world.quit(bob);
		world.cut(alice, carol);
		carol.vault.save("note.png", "old");
		await world.during(carol.engine.start());
		alice.vault.save("note.png", "new");
		await world.clock.advance(5_000);
		world.heal(alice, carol);
		await world.clock.advance(60_000);
		expect(Object.values(textsOf(alice)).sort()).toEqual(["new", "old"]);
		world.launch(bob);
		await world.clock.advance(300_000);
		for (const device of world.devices) {
			expect(textsOf(device), device.name).toEqual({ "note.png": "new" });
			expect(device.engine.status().phase, device.name).toBe("in-sync");
		}
		await world.stop();
	});

	it("[C10 T7 I4] and one that only received until then: what it still has of a file deleted long ago stays deleted", async () => {
		let mode: Mode = "receive-only";
		const settings = (name: string): { mode?: Mode } => (name === "carol" ? { mode } : {});
		const world = new World({ seed: 7, names: ["alice", "bob", "carol"], forgetting: FORGETTING, settings });
		const [alice, bob, carol] = [world.device("alice"), world.device("bob"), world.device("carol")];
		for (const name of ["old", "kept"]) alice.vault.save(`${name}.md`, name);
		await world.during(Promise.all([alice.engine.start(), bob.engine.start()]));
		await world.clock.advance(5_000);
		alice.vault.delete("old.md");
		carol.vault.save("old.md", "old");
		await world.clock.advance(5_000);
		await world.during(carol.engine.start());
		await world.clock.advance(20 * DAY_MS);
		expect((await keptBy(alice)).deleted).toEqual([]);
		expect(textsOf(carol)).toEqual({ "kept.md": "kept", "old.md": "old" });
		await world.quit(carol);
		mode = "send-receive";
		world.launch(carol);
		await world.clock.advance(DAY_MS);
		expectEqualAndInSync(world, { "kept.md": "kept" });
		expect(await historyOf(carol)).toEqual(["deleted old.md"]);
		await world.stop();
	});

	it("[S14 T7 I4 I27] and one whose backup is put back: what everybody has forgotten stays deleted, and nothing else goes", async () => {
		const world = await group(["alice", "bob", "carol"], {
			"hers.md": "hers",
			"edited.md": "first",
			"kept.md": "kept",
		});
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		for (const name of ["his", "still his"]) bob.vault.save(`${name}.md`, name);
		await world.clock.advance(DAY_MS);
		const [state, files] = [bob.store.files(), bob.vault.files()];
		bob.vault.save("edited.md", "second");
		bob.vault.save("lost.md", "told in the life that is lost");
		await world.clock.advance(DAY_MS);
		for (const name of ["hers", "his"]) alice.vault.delete(`${name}.md`);
		await world.clock.advance(9 * DAY_MS);
		for (const device of world.devices) expect((await keptBy(device)).deleted).toEqual([]);
		await world.quit(bob);
		bob.store = new MemoryStore(state);
		bob.vault.restore(files);
		bob.vault.save("new.md", "written on the backup");
		world.launch(bob);
		await world.clock.advance(DAY_MS);
		expect(bob.problems.splice(0)).toEqual(["began anew"]);
		expectEqualAndInSync(world, {
			"edited.md": "second",
			"kept.md": "kept",
			"lost.md": "told in the life that is lost",
			"new.md": "written on the backup",
			"still his.md": "still his",
		});
		expect((await historyOf(bob)).toSorted()).toEqual(["deleted hers.md", "deleted his.md", "replaced edited.md"]);
		await world.stop();
	});
});
