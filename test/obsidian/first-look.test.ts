// A device that only looks hears what the group has, and says truly what the first sync then does.
import { expect, it } from "vitest";
import { compareFirst } from "../../src/core/first-look.ts";
import { USUAL_SCOPE } from "../../src/core/scope.ts";
import { ownFiles } from "../../src/obsidian/setup/own-files.ts";
import { NO_FOLDER, passingStore } from "../../src/obsidian/setup/scout.ts";
import { nodeCryptoDigest } from "../support/node-crypto-digest.ts";
import { World } from "../simulation/world.ts";

it("[SU8 SU9] looks without a trace in any vault, and what it says of each path comes true", async () => {
	const world = new World({
		seed: 31,
		names: ["alice", "scout", "bob"],
		settings: (name) => (name === "scout" ? { mode: "send-only" } : {}),
	});
	const [alice, scout, bob] = [world.device("alice"), world.device("scout"), world.device("bob")];
	const save = (device: typeof alice, files: Readonly<Record<string, string>>): void => {
		for (const [path, text] of Object.entries(files)) device.vault.save(path, text);
	};
	save(alice, {
		"same.md": "same",
		"differs.bin": "of alice",
		"there.md": "of alice",
		"old.md": "old",
		"gone.md": "gone",
		"x/deep.md": "1",
	});
	await world.during(alice.engine.start());
	await world.clock.advance(5_000);
	alice.vault.save("old.md", "new");
	alice.vault.delete("gone.md");
	await world.clock.advance(5_000);
	await world.during(scout.engine.start());
	await world.clock.advance(5_000);
	expect(scout.engine.status().peers.some(({ state, inSync }) => state === "connected" && inSync)).toBe(true);
	expect([...scout.vault.files().keys()]).toEqual([]);
	const before = [...alice.vault.files().keys()];
	save(bob, { "same.md": "same", "differs.bin": "of bob", "here.md": "of bob", "old.md": "old", "gone.md": "gone" });
	const known = scout.engine.known();
	const parts = { vault: bob.view, scope: USUAL_SCOPE, digest: nodeCryptoDigest };
	const compared = compareFirst(await ownFiles(parts, known, new AbortController().signal), known);
	expect(compared.map(({ path, fate }) => [path, fate])).toEqual([
		["differs.bin", "different"],
		["gone.md", "deleted-there"],
		["here.md", "only-here"],
		["old.md", "older-here"],
		["same.md", "same"],
		["there.md", "only-there"],
		["x/deep.md", "only-there"],
	]);
	await world.during(scout.engine.stop("it has looked"));
	expect([...alice.vault.files().keys()]).toEqual(before);

	await world.during(bob.engine.start());
	await world.clock.advance(30_000);
	const shown = [...bob.vault.files().keys()].filter((path) => !path.includes("conflict")).toSorted();
	expect(shown).toEqual(["differs.bin", "here.md", "old.md", "same.md", "there.md", "x/deep.md"]);
	expect([...bob.vault.files().keys()].filter((path) => path.includes("conflict"))).toHaveLength(1);
	expect(bob.vault.text("old.md")).toBe("new");
	const history = await bob.engine.history();
	expect(history.map(({ path }) => path).toSorted()).toEqual(["differs.bin", "gone.md", "old.md"]);
	await world.stop();
});

it("[SU8] the folder of a device that looks takes nothing, and its state is gone with it", async () => {
	const path = "a.md" as never;
	expect(await NO_FOLDER.list(undefined)).toEqual([]);
	for (const change of [
		NO_FOLDER.replaceIf(path, undefined, new Uint8Array(1), 0),
		NO_FOLDER.removeIf(path, "0".repeat(64) as never),
		NO_FOLDER.makeFolder(path),
	])
		expect(await change).toMatchObject({ kind: "failed" });
	const store = passingStore();
	await store.append("journal-1", Uint8Array.of(1));
	await store.append("journal-1", Uint8Array.of(2));
	expect(await store.read("journal-1")).toEqual(Uint8Array.of(1, 2));
	expect(await store.list("journal")).toEqual(["journal-1"]);
	await store.remove("journal-1");
	expect(await passingStore().list("")).toEqual([]);
});
