// Whole devices that are never there together, and what they leave for each other at the relay.
import { describe, expect, test } from "vitest";
import type { SimulatedDevice } from "../../simulation/world.ts";
import { alone, apart, filesOf, GROUP, NAMES } from "../../support/apart.ts";
import { defined } from "../../support/relay-clients.ts";

describe("[ZD8] a change that is left at the relay", () => {
	test("reaches a device that is there when no other is", async () => {
		const group = await apart({ "note.md": "one" });
		await alone(group, "alice", ({ vault }) => {
			vault.save("note.md", "two");
			vault.save("new.md", "new");
		});
		const bob = await alone(group, "bob");
		expect(filesOf(bob)).toEqual({ "note.md": "two", "new.md": "new" });
		const carol = await alone(group, "carol", ({ vault }) => {
			vault.delete("note.md");
		});
		expect(filesOf(carol)).toEqual({ "new.md": "new" });
		expect(filesOf(await alone(group, "alice"))).toEqual({ "new.md": "new" });
		expect(filesOf(await alone(group, "bob"))).toEqual({ "new.md": "new" });
		// Everybody has everything: nothing is left there.
		expect(group.mailboxes.contentOf(GROUP).packs.size).toBe(0);
	});
});

describe("[ZD2 ZD10 ZD13] three devices that are never there together", () => {
	test("hold the same in the end, whatever they did", async () => {
		const many = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`${String(i)}.md`, `first of ${String(i)}`]));
		const group = await apart(many);
		const { random } = group.world;
		const expected = new Map(Object.entries(many));
		let acts = 0;
		for (let turn = 0; turn < 24; turn++) {
			await alone(
				group,
				defined(NAMES[turn % 3]),
				({ vault }) => {
					expect(filesOf({ vault } as SimulatedDevice)).toEqual(Object.fromEntries([...expected].sort()));
					for (let i = 0; i < 9; i++, acts++) {
						const path = `${String(random.below(26))}.md`;
						if (expected.has(path) && random.chance(0.3)) {
							vault.delete(path);
							expected.delete(path);
						} else {
							const text = `${path} in turn ${String(turn)}, ${String(i)}`;
							vault.save(path, text);
							expected.set(path, text);
						}
					}
				},
				12_000,
			);
		}
		expect(acts).toBeGreaterThanOrEqual(200);
		for (const name of [...NAMES, ...NAMES]) await alone(group, name);
		for (const device of group.world.devices) expect(filesOf(device)).toEqual(Object.fromEntries([...expected].sort()));
		expect(group.mailboxes.contentOf(GROUP).packs.size).toBe(0);
	});
});
