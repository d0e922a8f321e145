// Nasty names on devices of five platforms: each holds what it can, shows what it cannot, and takes nothing from the others.
import { expect, it } from "vitest";
import { platformVault } from "../support/platform-vault.ts";
import { nastyNames, PLATFORMS } from "../support/nasty-names.ts";
import { World } from "../simulation/world.ts";

it("[I32 I31 A6] are on every device that can hold them, held and shown on the others, and never lost upstream", async () => {
	const world = new World({
		seed: 1,
		names: PLATFORMS,
		disguise: (name, vault) => platformVault(vault, PLATFORMS.find((platform) => platform === name) ?? "posix"),
	});
	const names = nastyNames().filter(({ isRefused }) => !isRefused);
	const posix = world.device("posix");
	for (const { path } of names) posix.vault.save(path, `text of ${path}`);
	await world.start();
	await world.clock.advance(120_000);

	const check = (texts: ReadonlyMap<string, string>): void => {
		for (const { name, vault, engine } of world.devices) {
			const shown = new Map([...vault.files().keys()].map((path) => [path, vault.text(path) ?? ""]));
			const possible = names.filter(({ path, heldOn }) => texts.has(path) && !heldOn.some((each) => each === name));
			expect(Object.fromEntries(shown)).toEqual(
				Object.fromEntries(possible.map(({ path }) => [path, texts.get(path) ?? ""])),
			);
			const held = names.filter(({ path, heldOn }) => texts.has(path) && heldOn.some((each) => each === name));
			const status = engine.status();
			expect(new Set(status.held.map(({ path }) => path))).toEqual(new Set(held.map(({ path }) => path)));
			expect(status.held.every(({ reason }) => reason === "illegal-name")).toBe(true);
			expect(status.files).toBe(texts.size);
		}
	};
	const texts = new Map(names.map(({ path }) => [path, `text of ${path}`]));
	check(texts);

	// What is held is changed, removed and renamed where it can be; a device that cannot hold it starts anew and looks again.
	for (const { path, heldOn } of names.filter(({ heldOn }) => heldOn.length > 0)) {
		if (heldOn.length > 1 && path.includes("?")) {
			// With the folder it is alone in.
			posix.vault.delete(path.split("/")[0] ?? path);
			texts.delete(path);
		} else {
			posix.vault.save(path, "changed");
			texts.set(path, "changed");
		}
	}
	for (const device of world.devices) {
		if (device === posix) continue;
		await world.quit(device);
		world.launch(device);
	}
	await world.clock.advance(120_000);
	for (const { engine } of world.devices) await world.during(engine.scan());
	await world.clock.advance(60_000);
	check(texts);
	expect(world.devices.flatMap(({ problems }) => problems)).toEqual([]);
	await world.stop();
});
