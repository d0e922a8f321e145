// What hosts show of the group, and what a person may decide about it. Devices meet as in admission.test.ts, without an engine.
import { describe, expect, test } from "vitest";
import type { DeviceId } from "../../src/core/ids.ts";
import { Group } from "../../src/engine/group.ts";
import { silentLog } from "../../src/engine/ports/log.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { MemoryStore } from "../support/memory-store.ts";
import {
	meeting,
	namesOf,
	rosterDevice,
	type RosterDevice,
	type RosterDeviceOptions,
} from "../support/roster-devices.ts";

interface GroupDevice extends RosterDevice {
	readonly group: Group;
	/** `joined phone`, … in order. */
	readonly news: string[];
	/** Of this very device. */
	readonly problems: ReadonlySet<string>;
	readonly online: Set<DeviceId>;
	called: string;
}

async function groupDevice(name: string, options: RosterDeviceOptions = {}): Promise<GroupDevice> {
	const device = await rosterDevice(name, { isPaired: options.isFirst !== true, ...options });
	const news: string[] = [];
	const problems = new Set<string>();
	const online = new Set<DeviceId>();
	const self = { called: name };
	const group = new Group({
		keeper: device.keeper,
		own: device.id,
		name: () => self.called,
		lastSeen: () => undefined,
		clock: new ManualClock(),
		log: silentLog,
		news: {
			emit: (event) => {
				if (event.event === "member") news.push(`${event.change} ${event.name}`);
			},
			problem: ({ code }) => {
				problems.add(code);
			},
			resolved: (code) => {
				problems.delete(code);
			},
			changed: () => undefined,
		},
		peers: () => ({
			sessions: [...online].map((deviceId) => ({ deviceId })),
			reconsider: () => undefined,
		}),
	});
	await group.start();
	return Object.assign(self, { ...device, group, news, problems, online });
}

/** A group of these, founded by the first. */
async function groupOf(...names: readonly string[]): Promise<GroupDevice[]> {
	const devices: GroupDevice[] = [];
	for (const name of names) {
		const device = await groupDevice(name, { isFirst: devices.length === 0 });
		const [first] = devices;
		if (first !== undefined) await meetTwice(first, device);
		devices.push(device);
	}
	return devices;
}

/** What follows from the first time is heard the second time. */
async function meetTwice(a: RosterDevice, b: RosterDevice): Promise<void> {
	await meeting(a, b);
	await meeting(a, b);
}

function shownBy({ group }: GroupDevice): string[] {
	return group
		.members()
		.map(({ name, role, standing, isThis }) => `${name} ${role} ${standing}${isThis ? " this" : ""}`);
}

test("[K11] a disk that is full when a group begins keeps no notes waiting: the next start begins the roster", async () => {
	const store = new MemoryStore();
	store.failNextWrites(1);
	const options = { store, isFirst: true, isPaired: true };
	expect(shownBy(await groupDevice("laptop", options))).toEqual([]);
	expect(shownBy(await groupDevice("laptop", options))).toEqual(["laptop admin member this"]);
});

describe("what a host shows of the group", () => {
	test("[K15] is every member, with its role, this device among them", async () => {
		const [laptop, phone, tablet] = (await groupOf("laptop", "phone", "tablet")) as [
			GroupDevice,
			GroupDevice,
			GroupDevice,
		];
		expect(shownBy(laptop)).toEqual(["laptop admin member this", "phone admin member", "tablet writer member"]);
		expect(shownBy(tablet)).toEqual(["laptop admin member", "phone admin member", "tablet writer member this"]);
		laptop.online.add(phone.id);
		expect(laptop.group.members().map(({ isOnline }) => isOnline)).toEqual([true, true, false]);
	});

	test("[K14] are four words that both devices of a pair show, and no other pair", async () => {
		const devices = await groupOf("laptop", "phone", "tablet");
		const words = devices.map(({ id, group }) =>
			group.members().map((member) => [[id, member.deviceId].sort().join(), member.fourWords?.join(" ")] as const),
		);
		const byPair = new Map<string, Set<string | undefined>>();
		for (const [pair, shown] of words.flat()) byPair.set(pair, (byPair.get(pair) ?? new Set()).add(shown));
		const shown = [...byPair.values()].map((set) => [...set]);
		expect(shown.every((set) => set.length === 1)).toBe(true);
		expect(new Set(shown.flat().filter((each) => each !== undefined)).size).toBe(3);
	});

	test("[K15] is nothing without a roster", async () => {
		const device = await groupDevice("alone");
		expect(device.group.members()).toEqual([]);
		expect(device.group.asksFirst).toBeUndefined();
		expect(await device.group.approve(device.id)).toBe("no-roster");
	});
});

describe("the news of the group", () => {
	test("[K15] tell once who joins and who is approved, also when a third device decided it", async () => {
		const [laptop, phone] = (await groupOf("laptop", "phone")) as [GroupDevice, GroupDevice];
		expect(laptop.news.splice(0)).toEqual(["joined phone", "role phone"]);
		expect(phone.news.splice(0)).toEqual(["role phone"]);
		expect(await phone.group.setAskFirst(true)).toBe("done");
		const tablet = await groupDevice("tablet");
		await meetTwice(phone, tablet);
		await meetTwice(phone, laptop);
		expect([laptop, phone, tablet].map(({ news }) => news.splice(0))).toEqual([
			["waiting tablet"],
			["waiting tablet"],
			["waiting tablet"],
		]);
		expect(await laptop.group.approve(tablet.id)).toBe("done");
		await meetTwice(laptop, phone);
		await meetTwice(phone, tablet);
		await meetTwice(laptop, tablet);
		expect([laptop, phone, tablet].map(({ news }) => news.splice(0))).toEqual([
			["approved tablet"],
			["approved tablet"],
			["approved tablet"],
		]);
	});

	test("[K15] tell who left, and this device that it is gone", async () => {
		const [laptop, phone] = (await groupOf("laptop", "phone")) as [GroupDevice, GroupDevice];
		await phone.keeper.say({ op: "leave" });
		await meeting(laptop, phone);
		expect(laptop.news).toEqual(["joined phone", "role phone", "left phone"]);
		expect([...phone.problems]).toEqual(["device-gone"]);
		expect(shownBy(laptop)).toEqual(["laptop admin member this"]);
		expect(shownBy(phone)).toEqual(["laptop admin member", "phone reader gone this"]);
	});

	test("[K15] a device that is called otherwise says so", async () => {
		const [laptop, phone] = (await groupOf("laptop", "phone")) as [GroupDevice, GroupDevice];
		phone.called = "telephone";
		phone.group.nameChanged();
		await meetTwice(laptop, phone);
		expect(namesOf(laptop)).toBe("laptop:admin telephone:admin");
	});
});

describe("what a person decides", () => {
	test("[K15] makes the second device an admin, once, and no third one", async () => {
		const [laptop, phone, tablet] = (await groupOf("laptop", "phone", "tablet")) as [
			GroupDevice,
			GroupDevice,
			GroupDevice,
		];
		expect(await laptop.group.setRole(phone.id, "writer")).toBe("done");
		await meetTwice(laptop, tablet);
		await meetTwice(laptop, phone);
		for (const device of [laptop, phone, tablet])
			expect(namesOf(device)).toBe("laptop:admin phone:writer tablet:writer");
	});

	test("[K15] counts only on an admin, and about a device that is there", async () => {
		const [laptop, phone, tablet] = (await groupOf("laptop", "phone", "tablet")) as [
			GroupDevice,
			GroupDevice,
			GroupDevice,
		];
		const count = tablet.keeper.saidBy(tablet.id).length;
		expect(await tablet.group.setRole(phone.id, "reader")).toBe("not-admin");
		expect(await tablet.group.setAskFirst(true)).toBe("not-admin");
		expect(tablet.keeper.saidBy(tablet.id)).toHaveLength(count);
		expect(await laptop.group.setRole("f".repeat(64) as DeviceId, "reader")).toBe("unknown-device");
		expect(await laptop.group.setRole(tablet.id, "reader")).toBe("done");
		expect(namesOf(laptop)).toBe("laptop:admin phone:admin tablet:reader");
	});

	test("[K15] begins a roster where there is none, and lets in who joins again when it no longer asks", async () => {
		const laptop = await groupDevice("laptop", { isLinkOld: true });
		expect(await laptop.group.setAskFirst(true)).toBe("done");
		expect(laptop.group.asksFirst).toBe(true);
		const phone = await groupDevice("phone");
		await meeting(laptop, phone);
		expect(shownBy(laptop)).toEqual(["laptop admin member this", "phone writer waiting"]);
		expect(await laptop.group.setAskFirst(false)).toBe("done");
		expect(await laptop.group.setAskFirst(false)).toBe("done");
		expect(laptop.keeper.saidBy(laptop.id)).toHaveLength(3);
		const tablet = await groupDevice("tablet");
		await meetTwice(laptop, tablet);
		expect(shownBy(tablet)).toContain("tablet admin member this");
	});
});
