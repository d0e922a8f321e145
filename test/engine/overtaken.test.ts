// A person who saves in the instant after the engine wrote: they had the written text before them.
import { expect, it } from "vitest";
import { World } from "../simulation/world.ts";

it("[A13] an edit right after a version was shown covers it, and makes no conflict copy", async () => {
	const world = new World({ seed: 1, names: ["alice", "bob"] });
	const [alice, bob] = [world.device("alice"), world.device("bob")];
	await world.start();
	alice.vault.save("note.md", "first");
	await world.clock.advance(2_000);
	expect(bob.vault.text("note.md")).toBe("first");

	bob.vault.afterNextSwap(() => {
		bob.vault.save("note.md", "second, and bob's line");
	});
	alice.vault.save("note.md", "second");
	await world.clock.advance(5_000);

	for (const { vault } of [alice, bob]) {
		expect(Object.fromEntries([...vault.files().keys()].map((path) => [path, vault.text(path)]))).toEqual({
			"note.md": "second, and bob's line",
		});
	}
	await world.stop();
});
