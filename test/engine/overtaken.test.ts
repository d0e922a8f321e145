// A person who saves in the instant after the engine wrote: they had the written text before them.
import { expect, it } from "vitest";
import type { VaultPath } from "../../src/core/path.ts";
import type { Vault } from "../../src/engine/ports/vault.ts";
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

it("[A13] covers it also when it is read in the moment in which it is emptied, where no half of a write of ours can be", async () => {
	let afterNextRead: (() => void) | undefined;
	const world = new World({
		seed: 1,
		names: ["alice", "bob"],
		disguise: (name, vault) => (name === "bob" ? swappingWhole(vault, () => afterNextRead?.()) : vault),
	});
	const [alice, bob] = [world.device("alice"), world.device("bob")];
	await world.start();
	alice.vault.save("note.md", "first");
	await world.clock.advance(2_000);

	bob.vault.afterNextSwap(() => {
		bob.vault.save("note.md", "");
		afterNextRead = () => {
			afterNextRead = undefined;
			bob.vault.save("note.md", "bob's line");
		};
	});
	alice.vault.save("note.md", "second");
	await world.clock.advance(5_000);

	for (const { vault } of [alice, bob]) {
		expect([...vault.files().keys()].map((path) => [path, vault.text(path)])).toEqual([["note.md", "bob's line"]]);
	}
	await world.stop();
});

/** A host that puts a whole file in another's place at once. */
function swappingWhole(vault: Vault, afterRead: () => void): Vault {
	return new Proxy(vault, {
		get(target, name) {
			if (name === "replacesWhole") return true;
			if (name === "read") return (path: VaultPath) => target.read(path).finally(afterRead);
			const value: unknown = Reflect.get(target, name);
			return typeof value === "function" ? (value.bind(target) as unknown) : value;
		},
	});
}
