// The note of the day that a template makes while the app starts, before it has heard of the one that was written elsewhere.
import { expect, it } from "vitest";
import { World } from "../simulation/world.ts";

const PATH = "daily/2026-11-28.md";
const TEMPLATE = "---\ncreated: 08:15\n---\n# Today\n\n- \n";
const RICH = "# Saturday\n\n- walked to the lake\n- called Ada\n";

it.each<[string, string]>([
	["stands beside the richer one, which keeps the name", RICH],
	["is in the richer one when that has all of it", `${TEMPLATE.replace("08:15", "07:00")}\n- walked to the lake\n`],
])("[O9 M13] %s", async (_, rich) => {
	const world = new World({ seed: 11, names: ["alice", "bob"] });
	const [alice, bob] = [world.device("alice"), world.device("bob")];
	alice.vault.save("other.md", "text");
	await world.start();
	await world.clock.advance(20_000);
	await world.quit(bob);
	alice.vault.save(PATH, rich);
	await world.clock.advance(5_000);
	alice.vault.save(PATH, `${rich}- and home again\n`);
	await world.clock.advance(20_000);
	// At every moment of the start: before the first scan, before and after bob heard of the note.
	world.launch(bob);
	for (let turn = 0; bob.vault.text(PATH) === undefined && turn < 200; turn++) {
		const isKnown = bob.engine.status().files > 1;
		if (isKnown) bob.vault.save(PATH, TEMPLATE);
		else await world.clock.advance(5);
	}
	await world.clock.advance(30_000);
	for (const { vault } of [alice, bob]) {
		expect(vault.text(PATH)).toBe(`${rich}- and home again\n`);
		const all = [...vault.files().keys()].map((path) => vault.text(path) ?? "");
		expect(all.some((text) => text.includes("- \n") || text.includes("07:00"))).toBe(true);
	}
	await world.stop();
});
