// Somebody with the group key against the list of members: entries that must not count, and ways in for who was removed. Engines with a
// clock and a network of their own.
import { afterEach, describe, expect, test } from "vitest";
import { bytesToHex } from "../../src/core/bytes.ts";
import type { DeviceId } from "../../src/core/ids.ts";
import {
	ENTRIES_MAX,
	parseGroupPoint,
	type EntryId,
	type GroupPoint,
	type RosterAct,
	type RosterEntry,
} from "../../src/core/roster/entry.ts";
import { hasRoomFor } from "../../src/engine/roster-limits.ts";
import type { WireEntry } from "../../src/wire/roster-codec.ts";
import { fakeSecrets } from "../simulation/fake-crypto.ts";
import { defined } from "../support/relay-clients.ts";
import { meeting, namesBy, namesOf, rosterDevice } from "../support/roster-devices.ts";
import { rogueIn, type Rogue } from "../support/roster-rogue.ts";
import { rosterOf, RosterWorld, takeOut, textsOf, type WorldDevice } from "../support/roster-world.ts";
import { entryOf, FIRST_KEY, foundedBy, keyOf, keysOf } from "../support/rosters.ts";
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

describe("a list of members that somebody filled with as many made-up devices as it takes", () => {
	test("[K20] is no way to stay, nor to keep others out: an admin takes them out, and lets in and decides about a new device", async () => {
		const laptop = await rosterDevice("laptop", { isFirst: true });
		const { keeper } = laptop;
		const madeUp: DeviceId[] = [];
		for (let n = 0; n < 6; n++) {
			const puppet = await rosterDevice(`puppet ${String(n)}`, { isPaired: true });
			await puppet.keeper.adopt(keeper.beyond([]), undefined, laptop.id);
			await puppet.keeper.join();
			await keeper.take(puppet.keeper.beyond(keeper.roster?.heads ?? []));
			await keeper.take(await namesBy(`puppet ${String(n)}`, puppet.keeper.roster?.heads ?? []));
			madeUp.push(puppet.id);
		}
		const filled = keeper.beyond([]).length;
		expect(filled).toBeLessThanOrEqual(ENTRIES_MAX);
		const key = defined(parseGroupPoint(bytesToHex(fakeSecrets("after them").roster.publicKey)));
		const isIn = (device: DeviceId): boolean => keeper.roster?.members.has(device) === true;
		for (const [n, device] of madeUp.filter(isIn).entries())
			await keeper.say({ op: "remove", device, keyEpoch: n + 1, key: keyOf(String(n)) });
		expect(namesOf(laptop)).toBe("laptop:admin");
		await keeper.say({ op: "rotate", keyEpoch: (keeper.roster?.current.epoch ?? 0) + 1, key });

		const phone = await rosterDevice("phone", { group: "after them", isPaired: true });
		expect(await meeting(laptop, phone)).toEqual(["admitted", "admitted"]);
		await keeper.say({ op: "role", device: phone.id, role: "admin" });
		const tablet = await rosterDevice("tablet", { group: "after them", isPaired: true });
		// Each of them hears it anew, and has room for the same.
		expect(await meeting(phone, tablet)).toEqual(["admitted", "admitted"]);
		expect(await meeting(laptop, phone)).toEqual(["admitted", "admitted"]);
		await keeper.say({ op: "role", device: tablet.id, role: "reader" });
		for (const one of [phone, tablet]) await meeting(laptop, one);
		for (const device of [laptop, phone, tablet])
			expect(namesOf(device)).toBe("laptop:admin phone:admin tablet:reader");
		// It was full: each of these would have been one too many.
		expect(keeper.beyond([]).length).toBeGreaterThan(filled + 4);
	}, 120_000);

	test("[K20] has no places for those that join with keys of their own making", () => {
		const group = foundedBy("a");
		const joining = (name: string, key: GroupPoint): RosterEntry =>
			entryOf(name, [group.root], { op: "join", name, keys: keysOf("x"), key });
		for (let n = 0; n < 2 * ENTRIES_MAX; n++) {
			const entry = joining(String(n), keyOf(String(n)));
			if (hasRoomFor(group.entries, entry)) group.entries.set(entry.id, entry);
		}
		expect(hasRoomFor(group.entries, joining("newcomer", FIRST_KEY))).toBe(true);
		const decision = entryOf("a", [group.root], { op: "policy", joining: "ask" });
		expect(hasRoomFor(group.entries, decision)).toBe(true);
	});
});
