// A conflict copy that another device made a file of its own, told in the middle of more news than one round takes.
import { expect, it } from "vitest";
import { isConflictCopyName } from "../../src/core/conflict-name.ts";
import { World } from "../simulation/world.ts";

it("[O1] a copy that became a file of its own elsewhere is nobody's new act here", async () => {
	const world = new World({ seed: 1, names: ["alice", "bob"] });
	const [alice, bob] = [world.device("alice"), world.device("bob")];
	await world.start();
	alice.vault.save("other.md", "base");
	for (let i = 0; i < 100; i++) alice.vault.save(`n${String(i)}.md`, "x");
	await world.clock.advance(5_000);
	world.cut(alice, bob);
	alice.vault.save("other.md", "a");
	bob.vault.save("other.md", "b");
	await world.clock.advance(3_000);
	world.heal(alice, bob);
	await world.clock.advance(30_000);
	expect([...alice.vault.files().keys()].filter(isConflictCopyName)).toHaveLength(1);

	world.cut(alice, bob);
	// Resolved in favour of the copy, among a hundred other news.
	bob.vault.delete("other.md");
	for (let i = 0; i < 100; i++) bob.vault.save(`n${String(i)}.md`, "y");
	await world.clock.advance(5_000);
	const acts: string[] = [];
	alice.engine.onEvent((event) => {
		if (event.event === "changed") acts.push(event.path);
	});
	world.heal(alice, bob);
	await world.clock.advance(60_000);
	expect(alice.vault.text("n5.md")).toBe("y");
	expect([...alice.vault.files().keys()].filter(isConflictCopyName)).toHaveLength(1);
	expect(acts).toEqual([]);
	await world.stop();
});
