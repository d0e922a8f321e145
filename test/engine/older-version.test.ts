// A device of an older version in the group: it says of nothing that came later that it can do it, so nobody says such things to it.
import { expect, it } from "vitest";
import { World } from "../simulation/world.ts";

const MEMBERS = 13;
const HEADER_BYTES = 2;
const HANDSHAKE_FRAMES = 2;

it("[S8 T3] a device of an older version has what all have, and is told nothing that it cannot know", async () => {
	const world = new World({ seed: 5, names: ["alice", "bob", "carol"], isOlder: (name) => name === "alice" });
	const [alice, bob, carol] = [world.device("alice"), world.device("bob"), world.device("carol")];
	const newerFrames = new Set<string>();
	world.network.onTheWay = (from, to, index, frame) => {
		const isNewer = index >= HANDSHAKE_FRAMES && (frame[HEADER_BYTES + 1] ?? 0) >= MEMBERS && frame[0] === 0;
		if (isNewer) newerFrames.add([from, to].includes(alice.deviceId) ? "to or from alice" : "between the others");
		return [frame];
	};
	for (const { name, vault } of world.devices) vault.save("note.md", `by ${name}`);
	await world.start();
	await world.clock.advance(60_000);
	bob.vault.save("list.md", "one");
	await world.clock.advance(5_000);
	alice.vault.save("list.md", "two");
	carol.vault.delete("note.md");
	await world.clock.advance(60_000);
	for (const { vault, engine, problems, name } of world.devices) {
		expect(vault.text("list.md"), name).toBe("two");
		expect([...vault.files()], name).toEqual([...bob.vault.files()]);
		expect(engine.status().phase, name).toBe("in-sync");
		expect(problems, name).toEqual([]);
	}
	expect([...newerFrames]).toEqual(["between the others"]);

	await world.quit(alice);
	alice.isOlder = false;
	world.launch(alice);
	await world.clock.advance(10_000);
	expect([...newerFrames]).toEqual(["between the others", "to or from alice"]);
	await world.stop();
});
