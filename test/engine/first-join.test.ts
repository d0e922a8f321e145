// The first meeting of two vaults that both hold files: what it costs, and what it lists.
import { expect, it, vi } from "vitest";
import type { FirstJoin } from "../../src/core/first-join.ts";
import { World } from "../simulation/world.ts";
import { MemoryChannel } from "../support/memory-transport.ts";

it("[I26] equal files make no copy and travel not at all, whatever is chosen", async () => {
	for (const firstJoin of ["merge", "theirs", "mine"] as const) {
		const settings = (name: string): object => (name === "bob" ? { firstJoin } : {});
		const world = new World({ seed: 21, names: ["alice", "bob"], settings });
		const [alice, bob] = [world.device("alice"), world.device("bob")];
		const files = Object.fromEntries(
			Array.from({ length: 8 }, (_, i) => [`${String(i)}.md`, `${String(i)} `.repeat(20_000)]),
		);
		for (const { vault } of [alice, bob]) for (const [path, text] of Object.entries(files)) vault.save(path, text);
		const frames = vi.spyOn(MemoryChannel.prototype, "send");
		await world.start();
		await world.clock.advance(60_000);
		const bytesSent = frames.mock.calls.reduce((sum, [frame]) => sum + frame.length, 0);
		frames.mockRestore();
		expect(bytesSent).toBeLessThan(20_000);
		for (const { vault, engine } of [alice, bob]) {
			expect(Object.fromEntries([...vault.files().keys()].map((path) => [path, vault.text(path)]))).toEqual(files);
			expect(await engine.history()).toEqual([]);
			expect(engine.status().phase).toBe("in-sync");
		}
		await world.stop();
	}
});

it("[I26 V4 H2] what the group deleted or replaced goes to the newcomer's history and is listed; all else stays", async () => {
	const world = new World({ seed: 22, names: ["alice", "bob"] });
	const [alice, bob] = [world.device("alice"), world.device("bob")];
	alice.vault.save("deleted.bin", "deleted by the group");
	alice.vault.save("replaced.bin", "replaced by the group");
	await world.during(alice.engine.start());
	await world.clock.advance(5_000);
	alice.vault.delete("deleted.bin");
	alice.vault.save("replaced.bin", "the newer one");
	await world.clock.advance(5_000);
	bob.vault.save("deleted.bin", "deleted by the group");
	bob.vault.save("replaced.bin", "replaced by the group");
	bob.vault.save("mine.bin", "of bob");
	await world.during(bob.engine.start());
	await world.clock.advance(30_000);
	for (const { vault } of [alice, bob]) {
		const shown = Object.fromEntries([...vault.files().keys()].toSorted().map((path) => [path, vault.text(path)]));
		expect(shown).toEqual({ "mine.bin": "of bob", "replaced.bin": "the newer one" });
	}
	const listed = await bob.engine.history();
	expect(listed.map(({ path, reason }) => `${reason} ${path}`).toSorted()).toEqual([
		"deleted deleted.bin",
		"replaced replaced.bin",
	]);
	const texts = await Promise.all(
		listed.map(async ({ hash }) => new TextDecoder().decode(await bob.engine.readKept(hash))),
	);
	expect(texts.toSorted()).toEqual(["deleted by the group", "replaced by the group"]);
	await world.stop();
});

it.each<[FirstJoin, string]>([
	["theirs", "of alice"],
	["mine", "of bob"],
])(
	"[C4 I22] the choice %s holds when the program is killed in the middle of the first meeting",
	async (firstJoin, text) => {
		for (let killedAtMs = 0; killedAtMs <= 900; killedAtMs += 150) {
			const settings = (name: string): object => (name === "bob" ? { firstJoin } : {});
			const world = new World({ seed: 23, names: ["alice", "bob"], settings });
			const [alice, bob] = [world.device("alice"), world.device("bob")];
			const paths = Array.from({ length: 70 }, (_, i) => `${String(i)}.bin`);
			for (const path of paths) alice.vault.save(path, "of alice");
			for (const path of paths) bob.vault.save(path, "of bob");
			await world.during(alice.engine.start());
			world.launch(bob);
			await world.clock.advance(killedAtMs);
			world.crash(bob);
			await world.clock.advance(1_000);
			world.launch(bob);
			await world.clock.advance(60_000);
			for (const { vault } of [alice, bob]) {
				expect([...vault.files().keys()].toSorted(), String(killedAtMs)).toEqual(paths.toSorted());
				for (const path of paths) expect(vault.text(path)).toBe(text);
			}
			await world.stop();
		}
	},
);
