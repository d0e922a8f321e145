// Files that were perhaps never in this folder, and files that have nothing in them any more: held like deletions.
import { describe, expect, it } from "vitest";
import type { SimulatedDevice } from "../simulation/world.ts";
import { answer, filesOf, heldBy, notes, scan, vanish, without, worldWith } from "../support/braked-world.ts";

describe("in another folder than the one that was known", () => {
	it("[D12] what is missing was not deleted: it is written again, and nobody is asked", async () => {
		for (const count of [1, 30]) {
			const files = notes(40);
			const world = await worldWith(files);
			const [alice, bob] = [world.device("alice"), world.device("bob")];
			alice.vault.exchangeFolder();
			vanish(alice, Object.keys(files).slice(0, count));
			await scan(world, alice);
			await world.clock.advance(5_000);
			expect(heldBy(alice)).toEqual([]);
			for (const device of [alice, bob]) expect(filesOf(device)).toEqual(files);
			// It is the vault's own folder from now on.
			alice.vault.save("notes/3.md", "");
			await world.clock.advance(5_000);
			for (const device of [alice, bob]) expect(filesOf(device)).toEqual({ ...files, "notes/3.md": "" });
			alice.vault.delete("notes/2.md");
			await world.clock.advance(5_000);
			const left = without({ ...files, "notes/3.md": "" }, "notes/2.md");
			for (const device of [alice, bob]) expect(filesOf(device)).toEqual(left);
			await world.stop();
		}
	});

	it("[D12] is written again also after a restart in between, and after the others come back", async () => {
		const files = notes(3);
		const world = await worldWith(files);
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		world.cut(alice, bob);
		alice.vault.exchangeFolder();
		vanish(alice, ["notes/1.md"]);
		await scan(world, alice);
		world.crash(alice);
		world.launch(alice);
		await world.clock.advance(10_000);
		await scan(world, alice);
		world.heal(alice, bob);
		await world.clock.advance(120_000);
		for (const device of [alice, bob]) expect(filesOf(device)).toEqual(files);
		await world.stop();
	});

	it("[D12] is deleted where nobody else could have it", async () => {
		const files = notes(3);
		const world = await worldWith(files, ["alice"]);
		const alice = world.device("alice");
		alice.vault.exchangeFolder();
		vanish(alice, ["notes/1.md"]);
		await scan(world, alice);
		expect(alice.engine.status().held).toEqual([]);
		expect(filesOf(alice)).toEqual(without(files, "notes/1.md"));
		await world.stop();
	});

	it("[D12] a small vault that is gone is held, nothing is written there, and the files may come back", async () => {
		const files = notes(3);
		const world = await worldWith(files);
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		alice.vault.exchangeFolder();
		const before = vanish(alice, Object.keys(files));
		await scan(world, alice);
		expect(heldBy(alice)).toEqual([{ rule: "emptied", origin: "here", count: 3 }]);
		bob.vault.save("notes/new.md", "new");
		await world.clock.advance(10_000);
		expect(filesOf(alice)).toEqual({});
		alice.vault.restore(before);
		await scan(world, alice);
		await world.clock.advance(10_000);
		for (const device of [alice, bob]) expect(filesOf(device)).toEqual({ ...files, "notes/new.md": "new" });
		expect(heldBy(alice)).toEqual([]);
		await world.stop();
	});

	it("[D12] in which all files are, nobody is asked, now or later", async () => {
		const files = notes(3);
		const world = await worldWith(files);
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		alice.vault.exchangeFolder();
		await scan(world, alice);
		vanish(alice, ["notes/1.md"]);
		await scan(world, alice);
		expect(heldBy(alice)).toEqual([]);
		expect(filesOf(bob)).toEqual(without(files, "notes/1.md"));
		await world.stop();
	});

	it("[D12] what other devices delete is deleted there", async () => {
		const files = notes(3);
		const world = await worldWith(files);
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		alice.vault.exchangeFolder();
		bob.vault.delete("notes/1.md");
		await world.clock.advance(5_000);
		expect(filesOf(alice)).toEqual(without(files, "notes/1.md"));
		await world.stop();
	});
});

describe("files that are there and have nothing in them any more", () => {
	const emptyAll = ({ vault }: SimulatedDevice, paths: Iterable<string>): void => {
		for (const path of paths) vault.save(path, "");
	};

	it("[D13] are edits like any other when they are few", async () => {
		const files = notes(30);
		const world = await worldWith(files);
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		emptyAll(alice, Object.keys(files).slice(0, 20));
		await world.clock.advance(10_000);
		expect(heldBy(alice)).toEqual([]);
		expect(Object.values(filesOf(bob)).filter((text) => text === "")).toHaveLength(20);
		await world.stop();
	});

	it("[D13] are held when they are many, and are edits when that was meant", async () => {
		const files = notes(60);
		const world = await worldWith(files);
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		const many = Object.keys(files).slice(0, 21);
		emptyAll(alice, many);
		await world.clock.advance(10_000);
		expect(heldBy(alice)).toEqual([{ rule: "missing", origin: "here", count: 21 }]);
		expect(filesOf(bob)).toEqual(files);
		expect(alice.engine.status().phase).toBe("attention");
		// Everything else goes on.
		alice.vault.save("new.md", "new");
		bob.vault.save("notes/50.md", "edited");
		await world.clock.advance(10_000);
		expect(filesOf(bob)).toEqual({ ...files, "new.md": "new", "notes/50.md": "edited" });
		await answer(world, alice, "accept");
		for (const device of [alice, bob]) expect(many.map((path) => filesOf(device)[path])).toEqual(many.map(() => ""));
		await world.stop();
	});

	it("[D13] are written again when that was not meant, and may be emptied one by one later", async () => {
		const files = notes(60);
		const world = await worldWith(files);
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		emptyAll(alice, Object.keys(files).slice(0, 30));
		await world.clock.advance(10_000);
		await answer(world, alice, "reject");
		for (const device of [alice, bob]) expect(filesOf(device)).toEqual(files);
		expect(heldBy(alice)).toEqual([]);
		alice.vault.save("notes/3.md", "");
		await world.clock.advance(5_000);
		expect(filesOf(bob)).toEqual({ ...files, "notes/3.md": "" });
		await world.stop();
	});

	it("[D13] are held no longer when something is in them again, and other texts are edits", async () => {
		const files = notes(60);
		const world = await worldWith(files);
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		emptyAll(alice, Object.keys(files));
		await world.clock.advance(10_000);
		expect(heldBy(alice)).toEqual([{ rule: "emptied", origin: "here", count: 60 }]);
		for (const [path, text] of Object.entries(files)) alice.vault.save(path, text);
		alice.vault.save("notes/3.md", "another text");
		await world.clock.advance(10_000);
		expect(heldBy(alice)).toEqual([]);
		for (const device of [alice, bob]) expect(filesOf(device)).toEqual({ ...files, "notes/3.md": "another text" });
		await world.stop();
	});

	it("[D13] and that are found by a scan, are held across a restart", async () => {
		const files = notes(60);
		const world = await worldWith(files);
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		await world.quit(alice);
		emptyAll(alice, Object.keys(files).slice(0, 25));
		world.launch(alice);
		await world.clock.advance(30_000);
		expect(heldBy(alice)).toEqual([{ rule: "missing", origin: "here", count: 25 }]);
		await world.quit(alice);
		world.launch(alice);
		await world.clock.advance(30_000);
		expect(heldBy(alice)).toEqual([{ rule: "missing", origin: "here", count: 25 }]);
		expect(filesOf(bob)).toEqual(files);
		await answer(world, alice, "reject");
		for (const device of [alice, bob]) expect(filesOf(device)).toEqual(files);
		await world.stop();
	});

	it("[D13] do not come back when another device makes something of them meanwhile", async () => {
		const files = notes(60);
		const world = await worldWith(files);
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		emptyAll(alice, Object.keys(files).slice(0, 30));
		await world.clock.advance(10_000);
		bob.vault.save("notes/3.md", "edited by bob");
		await world.clock.advance(10_000);
		expect(filesOf(bob)["notes/3.md"]).toBe("edited by bob");
		await answer(world, alice, "reject");
		for (const device of [alice, bob]) expect(filesOf(device)).toEqual({ ...files, "notes/3.md": "edited by bob" });
		await world.stop();
	});
});
