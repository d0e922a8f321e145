// Somebody with the group key against the list of members: entries that must not count, and ways in for who was removed. Engines with a
// clock and a network of their own.
import { afterEach, describe, expect } from "vitest";
import type { EntryId, RosterAct } from "../../src/core/roster/entry.ts";
import type { WireEntry } from "../../src/wire/roster-codec.ts";
import { rogueIn, type Rogue } from "../support/roster-rogue.ts";
import { rosterOf, RosterWorld, takeOut, textsOf, type WorldDevice } from "../support/roster-world.ts";
import { keyOf } from "../support/rosters.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { attack } from "./support/cases.ts";

let world = new RosterWorld();
afterEach(async () => {
	await world.stop();
	world = new RosterWorld();
});

async function two(): Promise<[laptop: WorldDevice, phone: WorldDevice]> {
	const laptop = await world.add("laptop", { isFirst: true });
	const phone = await world.add("phone", { isPaired: true });
	laptop.vault.save("note.md", "note");
	await world.settle();
	return [laptop, phone];
}

async function says(rogue: Rogue, ...entries: readonly WireEntry[]): Promise<void> {
	rogue.session.say({ type: "roster", entries });
	await world.settle(1_000);
}

describe("the list of members", () => {
	attack("M24", async () => {
		const [laptop, phone] = await two();
		const store = new MemoryStore();
		const honest = "laptop:admin phone:admin rogue:";
		// Not signed, and with a gap.
		let rogue = await rogueIn(world, laptop, { store });
		const [body] = await rogue.entry({ op: "name", name: "x" });
		await says(rogue, [body, new Uint8Array(64), null]);
		expect(rogue.session.closed).toBeDefined();
		rogue = await rogueIn(world, laptop, { store });
		await says(rogue, await rogue.entry({ op: "name", name: "x" }, ["12".repeat(32) as EntryId]));
		expect(rogue.session.closed).toBeDefined();
		expect([laptop, phone].map(rosterOf)).toEqual([`${honest}writer`, `${honest}writer`]);

		// By a reader.
		await laptop.engine.setRole(rogue.key.deviceId, "reader");
		await world.settle();
		rogue = await rogueIn(world, laptop, { store });
		const acts: readonly RosterAct[] = [
			{ op: "policy", joining: "ask" },
			{ op: "role", device: rogue.key.deviceId, role: "admin" },
		];
		await says(rogue, ...(await Promise.all(acts.map((act) => rogue.entry(act)))));
		await says(rogue, await rogue.entry({ op: "remove", device: laptop.id, keyEpoch: 1, key: keyOf("x") }));
		expect(rogue.session.closed).toBeDefined();
		expect([laptop, phone].map(rosterOf)).toEqual([`${honest}reader`, `${honest}reader`]);

		// Forked: two at once on top of the same. Both count, everywhere alike.
		await laptop.engine.setRole(rogue.key.deviceId, "admin");
		await world.settle();
		rogue = await rogueIn(world, laptop, { store });
		const heads = rogue.keeper.roster?.heads ?? [];
		const fork = [
			await rogue.entry({ op: "name", name: "left" }, heads),
			await rogue.entry({ op: "name", name: "right" }, heads),
		];
		await says(rogue, ...fork);
		expect(rosterOf(laptop)).toBe(rosterOf(phone));
		expect(rosterOf(laptop)).toMatch(/^laptop:admin phone:admin (left|right):admin$/);

		// By an admin that was removed, as if it had said it before: undone on all devices.
		const late = await rogue.entry({ op: "remove", device: phone.id, keyEpoch: 1, key: keyOf("rogue's") }, heads);
		await takeOut(laptop, { id: rogue.key.deviceId } as WorldDevice);
		await world.settle();
		for (const device of [laptop, phone]) {
			await device.keeper?.take([...fork, late]);
			expect(rosterOf(device)).toBe("laptop:admin phone:admin");
			expect(device.keeper?.roster?.current.key).toBe(keyOf("new"));
		}

		// An older list, replayed: nothing of it is news, nothing goes back.
		const before = laptop.keeper?.beyond([]).length;
		rogue = await rogueIn(world, laptop, { store, expected: "you-were-removed" });
		await world.settle();
		expect(laptop.keeper?.beyond([])).toHaveLength(before ?? 0);
		await world.settle(60_000);
		expect([laptop, phone].map(rosterOf)).toEqual(Array(2).fill("laptop:admin phone:admin"));
	});

	attack("H03", async () => {
		const [laptop, phone] = await two();
		const store = new MemoryStore();
		const rogue = await rogueIn(world, laptop, { store });
		await takeOut(laptop, { id: rogue.key.deviceId } as WorldDevice);
		await world.settle();
		expect(rogue.session.closed).toBeDefined();
		laptop.vault.save("secret.md", "secret");
		await world.settle();

		// With another key than the group's, as after a change of it.
		await expect(rogueIn(world, laptop, { group: "the key before" })).rejects.toThrow(/closed/);
		// With the group's key and its own: as it is, as one that has forgotten everything, and as one that never heard of a list.
		for (const options of [{ store }, { store: new MemoryStore() }] as const) {
			const again = await rogueIn(world, laptop, { ...options, expected: "you-were-removed" });
			await world.settle(2_000);
			expect([again.session.types(), again.session.closed]).toEqual([[], expect.any(String)]);
		}
		for (const device of [laptop, phone])
			await expect(rogueIn(world, device, { capabilities: [] })).rejects.toThrow(/closed/);
		expect(textsOf(phone)["secret.md"]).toBe("secret");
	});
});
