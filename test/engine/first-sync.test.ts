// The first sync of a device that is killed in the middle of it, wherever that is.
import { expect, it } from "vitest";
import { World } from "../simulation/world.ts";

const NOTES = Object.fromEntries(
	Array.from({ length: 100 }, (_, i) => [`folder ${String(i % 7)}/${String(i)}.md`, `text ${String(i)}`]),
);

it("[I22] is finished after a restart, whenever it was killed, and makes no version and no copy", async () => {
	// From before anything was heard to after everything was applied.
	for (let killedAtMs = 0; killedAtMs <= 1_000; killedAtMs += 40) {
		const world = new World({ seed: 3, names: ["alice", "bob"] });
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		for (const [path, text] of Object.entries(NOTES)) alice.vault.save(path, text);
		await world.during(alice.engine.start());
		world.launch(bob);
		await world.clock.advance(killedAtMs);
		world.crash(bob);
		await world.clock.advance(1_000);
		world.launch(bob);
		await world.clock.advance(60_000);
		const files = Object.fromEntries([...bob.vault.files().keys()].map((path) => [path, bob.vault.text(path)]));
		expect(files, `killed at ${String(killedAtMs)} ms`).toEqual(NOTES);
		expect([...alice.vault.files().keys()].toSorted()).toEqual(Object.keys(NOTES).toSorted());
		expect([alice.engine.status().phase, bob.engine.status().phase]).toEqual(["in-sync", "in-sync"]);
		expect(await bob.engine.history()).toEqual([]);
		await world.stop();
	}
});

it("[A10 I22] is finished after a restart when it was killed right before the first change of the vault", async () => {
	const world = new World({ seed: 3, names: ["alice", "bob"] });
	const [alice, bob] = [world.device("alice"), world.device("bob")];
	alice.vault.save("note.md", "text");
	bob.view.dieBeforeNextChange();
	await world.during(alice.engine.start());
	bob.engine.start().catch(() => undefined);
	await world.clock.advance(5_000);
	expect([bob.state, bob.vault.files().size]).toEqual(["crashed", 0]);
	world.launch(bob);
	await world.clock.advance(60_000);
	expect(bob.vault.text("note.md")).toBe("text");
	expect(bob.engine.status().phase).toBe("in-sync");
	await world.stop();
});

it("[O1 I14] is silent afterwards: own writes and a scan make no version, and nothing is told", async () => {
	const world = new World({ seed: 3, names: ["alice", "bob"] });
	const [alice, bob] = [world.device("alice"), world.device("bob")];
	for (const [path, text] of Object.entries(NOTES)) alice.vault.save(path, text);
	await world.start();
	await world.clock.advance(10_000);
	const told: string[] = [];
	for (const { engine } of [alice, bob]) engine.onEvent(({ event }) => told.push(event));
	const root = alice.engine.status().root;
	await world.during(bob.engine.scan());
	await world.clock.advance(60_000);
	expect(told).toEqual([]);
	expect(bob.engine.status().root).toBe(root);
	for (const path of Object.keys(NOTES)) expect(bob.vault.mtimeOf(path)).toBe(alice.vault.mtimeOf(path));
	await world.stop();
});
