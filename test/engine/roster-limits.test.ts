// What a thief can fill of the room in everybody's roster, and that it can be taken out all the same: first the limits alone, then devices
// that take in what it says.
import { describe, expect, test } from "vitest";
import { ENTRIES_MAX, ENTRIES_PER_AUTHOR_MAX, ROTATIONS_MAX } from "../../src/core/roster/entry.ts";
import type { EntryId, RosterAct, RosterEntry } from "../../src/core/roster/entry.ts";
import { isRotation } from "../../src/core/roster/opposition.ts";
import { hasRoomFor, isByAdmin, type BeforeEntries } from "../../src/engine/roster-limits.ts";
import { entryIdOf, type WireEntry } from "../../src/wire/roster-codec.ts";
import { defined } from "../support/relay-clients.ts";
import { meeting, namesBy, namesOf, rosterDevice, saidBy, type RosterDevice } from "../support/roster-devices.ts";
import { deviceOf, entryOf, FIRST_KEY, foundedBy, keyOf, keysOf, meet, RosterWriter } from "../support/rosters.ts";

/** As a device takes them in that has `entries`. */
function take(entries: Map<EntryId, RosterEntry>, more: Iterable<RosterEntry>): void {
	const found: BeforeEntries = new Map();
	for (const entry of more) {
		const isOnKnown = entry.parents.every((id) => entries.has(id));
		if (isOnKnown && hasRoomFor(entries, entry) && isByAdmin(entries, entry, found)) entries.set(entry.id, entry);
	}
}

/** a founded the group; b, and c which is the thief, are admins too. */
function three(): { a: RosterWriter; b: RosterWriter; c: RosterWriter } {
	const a = foundedBy("a");
	const [b, c] = [a.joinedBy("b"), a.joinedBy("c")];
	for (const device of ["b", "c"]) a.act({ op: "role", device: deviceOf(device), role: "admin" });
	meet(a, b, c);
	return { a, b, c };
}

/** All new keys that fit, by the thief and by as many admins as it makes up, on top of what it knows. */
function* flood(thief: RosterWriter): Generator<RosterEntry> {
	const { heads } = thief.roster;
	for (let n = 0; n < 100; n++)
		yield entryOf(thief.letter, heads, { op: "rotate", keyEpoch: 1, key: keyOf(`thief ${String(n)}`) });
	for (let n = 0; n < 14; n++) {
		const name = `made up ${String(n)}`;
		const join = entryOf(name, heads, { op: "join", name, keys: keysOf("x"), key: FIRST_KEY });
		const role = entryOf(thief.letter, [join.id], { op: "role", device: deviceOf(name), role: "admin" });
		yield* [join, role];
		for (let i = 0; i < 17; i++)
			yield entryOf(name, [role.id], { op: "rotate", keyEpoch: 1, key: keyOf(`${name} ${String(i)}`) });
	}
}

function rotationsIn({ entries }: RosterWriter): number {
	return [...entries.values()].filter(isRotation).length;
}

/** It says so, and another device has room for it. */
function removes(by: RosterWriter, letter: string, at: RosterWriter = by): void {
	const before = new Map(at.entries);
	const entry = by.remove(letter);
	take(before, [entry]);
	expect(before.has(entry.id), `${by.letter} without ${letter}`).toBe(true);
	at.entries.set(entry.id, entry);
}

const OTHERS = Array.from({ length: 11 }, (_, n) => `other ${String(n)}`);

describe("the room for new keys", () => {
	test.each(["a", "b"])("[K20] is not for a thief to fill that %s took out, with entries of an old date", (letter) => {
		const { a, b, c } = three();
		const by = letter === "a" ? a : b;
		by.remove("c");
		take(by.entries, flood(c));
		expect(rotationsIn(by)).toBeLessThanOrEqual(ROTATIONS_MAX);
		for (const other of OTHERS) removes(by, other);
		expect(by.roster.members.has(deviceOf("c"))).toBe(false);
	});

	test("[K20] is not for a thief to fill that is still an admin, with as many admins as it makes up", () => {
		const { a, b, c } = three();
		for (const { entries } of [a, b]) take(entries, flood(c));
		// But for the places of a and b.
		expect(rotationsIn(a)).toBe(ROTATIONS_MAX - 2 * 16);
		expect(b.roster.members.get(deviceOf("c"))?.role).toBe("admin");
		for (const letter of ["c", ...OTHERS]) removes(b, letter, a);
		expect(a.roster.members.has(deviceOf("c"))).toBe(false);
	});

	test("[K20] is there for who took over from two that took each other out", () => {
		const a = foundedBy("a");
		const [c, z] = [a.joinedBy("c"), a.joinedBy("z")];
		a.act({ op: "role", device: deviceOf("c"), role: "admin" });
		meet(a, c, z);
		const before = new RosterWriter("c", a.root, c.entries);
		a.remove("c");
		c.remove("a");
		meet(a, c, z);
		take(z.entries, flood(before));
		expect(z.roster.members.get(deviceOf("z"))?.role).toBe("admin");
		for (const other of OTHERS) removes(z, other);
	});

	test("[K20] is as much for an admin, whatever another one used of it before or after", () => {
		const { a, b, c } = three();
		const said = [...flood(c)];
		const own: RosterEntry[] = [];
		for (let n = 0; n < 16; n++) own.push(b.remove(`other ${String(n)}`));
		for (const order of [
			[...said, ...own],
			[...own, ...said],
			[...own.slice(0, 8), ...said, ...own.slice(8)],
		]) {
			const entries = new Map(a.entries);
			take(entries, order);
			expect(own.filter(({ id }) => !entries.has(id))).toEqual([]);
		}
	});
});

/** They have met. */
async function group(isAdmin: boolean): Promise<{ laptop: RosterDevice; phone: RosterDevice; thief: RosterDevice }> {
	const laptop = await rosterDevice("laptop", { isFirst: true });
	const phone = await rosterDevice("phone", { isPaired: true });
	const thief = await rosterDevice("thief", { isPaired: true });
	for (const device of [phone, thief]) await meeting(laptop, device);
	if (isAdmin) await laptop.keeper.say({ op: "role", device: thief.id, role: "admin" });
	for (const device of [phone, thief]) await meeting(laptop, device);
	return { laptop, phone, thief };
}

async function removedBy({ keeper }: RosterDevice, device: RosterDevice["id"]): Promise<void> {
	const keyEpoch = (keeper.roster?.current.epoch ?? 0) + 1;
	await keeper.say({ op: "remove", device, keyEpoch, key: keyOf(`without ${device}`) });
}

/** New keys of an old date: none knows of another. */
function keysOn(heads: readonly EntryId[], name: string): Promise<WireEntry[]> {
	const all = Array.from({ length: ROTATIONS_MAX }, (_, n) => keyOf(`${name} ${String(n)}`));
	return Promise.all(all.map((each) => saidBy("thief", heads, { op: "rotate", keyEpoch: 1, key: each })));
}

describe("a thief that was taken out, and fills the room for new keys with those of an old date", () => {
	test("[K20] keeps nobody from taking out another device, and nobody from hearing of that", async () => {
		const { laptop, phone, thief } = await group(true);
		const { heads } = defined(thief.keeper.roster);
		const lost = await rosterDevice("lost", { isPaired: true });
		const other = await rosterDevice("other", { isPaired: true });
		for (const device of [lost, other, phone]) await meeting(laptop, device);
		await removedBy(laptop, thief.id);
		await meeting(laptop, phone);
		for (const device of [laptop, phone]) {
			expect(await device.keeper.take(await keysOn(heads, "one"))).toBe(true);
			expect(await device.keeper.take(await keysOn(heads, "other"))).toBe(true);
			expect(device.keeper.saidBy(thief.id).length).toBeGreaterThan(8);
		}
		for (const device of [lost, other]) {
			await removedBy(laptop, device.id);
			expect(await meeting(laptop, phone)).toEqual(["admitted", "admitted"]);
		}
		for (const device of [laptop, phone]) expect(namesOf(device)).toBe("laptop:admin phone:writer");
	});

	test("[K20] and tells each device other ones", async () => {
		const { laptop, phone, thief } = await group(true);
		const { heads } = defined(thief.keeper.roster);
		const lost = await rosterDevice("lost", { isPaired: true });
		for (const device of [lost, phone]) await meeting(laptop, device);
		await removedBy(laptop, thief.id);
		await meeting(laptop, phone);
		await laptop.keeper.take(await keysOn(heads, "one"));
		await phone.keeper.take(await keysOn(heads, "other"));
		// What each says is on top of all that it knows.
		await phone.keeper.say({ op: "name", name: "telephone" });
		await removedBy(laptop, lost.id);
		await meeting(laptop, phone);
		for (const device of [laptop, phone]) {
			expect(device.keeper.standingOf(lost.id)).toBe("gone");
			expect(device.keeper.standingOf(thief.id)).toBe("gone");
			expect(device.keeper.standingOf(phone.id)).toBe("member");
		}
		const tablet = await rosterDevice("tablet", { isPaired: true });
		await meeting(phone, tablet);
		expect(tablet.keeper.standingOf(lost.id)).toBe("gone");
	});
});

describe("a member that says other things to each device until there is no room", () => {
	test("[K20] is out for all of them once an admin takes it out", async () => {
		const { laptop, phone, thief } = await group(false);
		const { heads } = defined(thief.keeper.roster);
		for (const device of [laptop, phone])
			await device.keeper.take(await namesBy("thief", heads, device.id.slice(0, 8)));
		await meeting(laptop, phone);
		await removedBy(laptop, thief.id);
		expect(await meeting(laptop, phone)).toEqual(["admitted", "admitted"]);
		for (const device of [laptop, phone]) expect(namesOf(device)).toBe("laptop:admin phone:writer");
		expect(phone.keeper.roster?.heads).toEqual(laptop.keeper.roster?.heads);
		// And what the others say then is heard.
		await laptop.keeper.say({ op: "name", name: "desk" });
		await meeting(laptop, phone);
		expect(namesOf(phone)).toBe("desk:admin phone:writer");
	});

	test("[K20] is out, with one key for all of them, where two admins take it out apart", async () => {
		for (const key of ["one", "other"]) {
			const { laptop, phone, thief } = await group(false);
			const { heads } = defined(thief.keeper.roster);
			await laptop.keeper.say({ op: "role", device: phone.id, role: "admin" });
			await meeting(laptop, phone);
			for (const device of [laptop, phone])
				await device.keeper.take(await namesBy("thief", heads, device.id.slice(0, 8)));
			await laptop.keeper.say({ op: "remove", device: thief.id, keyEpoch: 1, key: keyOf(key) });
			await removedBy(phone, thief.id);
			for (let round = 0; round < 2; round++) await meeting(laptop, phone);
			expect(phone.keeper.roster).toEqual(laptop.keeper.roster);
			expect(namesOf(phone)).toBe("laptop:admin phone:admin");
		}
	});

	test("[K20] brings nobody back by that who is out", async () => {
		const { laptop, phone, thief } = await group(true);
		const { heads } = defined(thief.keeper.roster);
		const lost = await rosterDevice("lost", { isPaired: true });
		for (const device of [lost, phone]) await meeting(laptop, device);
		await laptop.keeper.take(await namesBy("thief", heads, "for them"));
		await removedBy(laptop, lost.id);
		await meeting(laptop, phone);
		const names = await namesBy("thief", heads, "of the other past");
		const top = entryIdOf(defined(names.at(-1))[0]);
		for (let n = 0; n < 8; n++) {
			const act = { op: "rotate", keyEpoch: 1, key: keyOf(`of the other past ${String(n)}`) } as const;
			expect(await phone.keeper.take([...names, await saidBy("thief", [top], act)])).toBe(true);
			expect(phone.keeper.roster).toEqual(laptop.keeper.roster);
			expect(phone.keeper.standingOf(lost.id)).toBe("gone");
		}
		// What is on top of what was left out is no fault of who tells it, and what is on top of what stayed is heard.
		const late = await saidBy("laptop", [top], { op: "name", name: "late" });
		expect(await phone.keeper.take([late], laptop.id)).toBe(true);
		await laptop.keeper.say({ op: "name", name: "desk" });
		expect(await phone.keeper.take(laptop.keeper.beyond(phone.keeper.roster?.heads ?? []), laptop.id)).toBe(true);
		expect(phone.keeper.roster).toEqual(laptop.keeper.roster);
	});
});

test("[K20] who comes later has room for all that the others have, whatever older admins a thief made up since", async () => {
	const laptop = await rosterDevice("laptop", { isFirst: true });
	const thief = await rosterDevice("thief", { isPaired: true });
	await meeting(laptop, thief);
	await laptop.keeper.say({ op: "role", device: thief.id, role: "admin" });
	await meeting(laptop, thief);
	const { heads } = defined(thief.keeper.roster);
	const before = laptop.keeper.beyond([]);
	for (let n = 0; n < 8; n++) await laptop.keeper.say({ op: "name", name: `laptop ${String(n)}` });
	const phone = await rosterDevice("phone", { isPaired: true });
	await meeting(laptop, phone);
	await laptop.keeper.say({ op: "role", device: phone.id, role: "admin" });
	await removedBy(laptop, thief.id);
	for (let n = 0; n < 12; n++) {
		const madeUp = await rosterDevice(`made up ${String(n)}`, { isPaired: true });
		await madeUp.keeper.adopt(before, undefined, laptop.id);
		await madeUp.keeper.join();
		const joined = defined(madeUp.keeper.roster).heads;
		const role = await saidBy("thief", joined, { op: "role", device: madeUp.id, role: "admin" });
		expect(await laptop.keeper.take([...madeUp.keeper.beyond(heads), role])).toBe(true);
	}
	await laptop.keeper.take(await keysOn(heads, "old"));
	await meeting(laptop, phone);
	for (let n = 0; n < 40; n++)
		await phone.keeper.say({ op: "rotate", keyEpoch: 2 + n, key: keyOf(`of the phone ${String(n)}`) });
	await meeting(laptop, phone);
	const tablet = await rosterDevice("tablet", { isPaired: true });
	for (let round = 0; round < 2; round++) await meeting(laptop, tablet);
	for (const { keeper } of [laptop, tablet]) expect(keeper.roster).toEqual(phone.keeper.roster);
	expect(tablet.keeper.roster?.current.epoch).toBe(41);
});

test("[K20] a device says nothing that there is no room for, which the others would not take with all that comes after it", async () => {
	const { laptop, phone } = await group(false);
	const name = (n: number): RosterAct => ({ op: "name", name: String(n) });
	for (let n = 1; n < ENTRIES_PER_AUTHOR_MAX; n++) await phone.keeper.say(name(n));
	await expect(phone.keeper.say(name(ENTRIES_MAX))).rejects.toThrow("full");
	await meeting(laptop, phone);
	expect(laptop.keeper.saidBy(phone.id)).toHaveLength(ENTRIES_PER_AUTHOR_MAX);
	expect(phone.keeper.saidBy(phone.id)).toHaveLength(ENTRIES_PER_AUTHOR_MAX);
});
