// A new group key that comes late: the relay was in trouble, it forgot what lay there, or whoever made the key is gone for good.
import { describe, expect, test } from "vitest";
import { fakeDeviceKey } from "../simulation/fake-crypto.ts";
import { defined } from "../support/relay-clients.ts";
import { pointOf, RotatingWorld, secretsOf, type RotatingDevice } from "../support/rotating-devices.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

async function four(): Promise<
	Record<"laptop" | "phone" | "tablet" | "lost", RotatingDevice> & { world: RotatingWorld }
> {
	const world = await RotatingWorld.of(["laptop", "phone", "tablet", "lost"], { twoAdmins: true });
	const [laptop, phone, tablet, lost] = world.devices;
	return { world, laptop: defined(laptop), phone: defined(phone), tablet: defined(tablet), lost: defined(lost) };
}

function expectOneKey(devices: readonly RotatingDevice[]): void {
	for (const device of devices) {
		expect(pointOf(device.key)).toBe(device.keeper.roster?.current.key);
		expect(device.key).toEqual(devices[0]?.key);
		expect(device.failures).toEqual([]);
	}
}

async function comesBack(device: RotatingDevice): Promise<void> {
	await device.start();
	await device.goOnline();
}

describe("a new group key", () => {
	test("[K21] is handed out once the relay takes it, also when the connection to it never broke", async () => {
		const { world, laptop, phone, tablet, lost } = await four();
		await tablet.goOffline();
		world.envelopes.fail("unreachable");
		expect(await laptop.remove(lost)).toMatchObject({ handedOut: "later" });
		await world.pass(30 * MINUTE_MS);
		world.envelopes.fail(undefined);
		await world.pass(60 * MINUTE_MS);
		await comesBack(tablet);
		expectOneKey([laptop, phone, tablet]);
		expect(laptop.newKeys).toEqual([1]);
	});

	test("[K21] that went out later names who could not be given it, and one that the answer named is not named twice", async () => {
		const { world, laptop, phone, tablet, lost } = await four();
		await tablet.goOffline();
		world.envelopes.fail("unreachable");
		expect(await laptop.remove(lost)).toMatchObject({ handedOut: "later", unreached: [] });
		// The relay is there again, and takes nothing.
		world.envelopes.fail("bad-answer");
		await world.pass(60 * MINUTE_MS);
		expect(laptop.unreached).toEqual([[tablet.id]]);
		const removing = laptop.rotation.remove(phone.id);
		await world.pass(6_000);
		expect(await removing).toMatchObject({ handedOut: "now", unreached: [tablet.id] });
		expect(laptop.unreached).toEqual([[tablet.id], []]);
	});

	test("[K21] is found once the relay gives it, also when the connection to it never broke", async () => {
		const { world, laptop, phone, tablet, lost } = await four();
		world.areConnected = false;
		await tablet.goOffline();
		await laptop.remove(lost);
		world.envelopes.fail("unreachable");
		await comesBack(tablet);
		world.envelopes.fail(undefined);
		await world.pass(2 * MINUTE_MS);
		await phone.goOnline();
		expectOneKey([laptop, phone, tablet]);
	});

	test("[K21] is found by who is there and was not told that it came", async () => {
		const { world, laptop, phone, tablet, lost } = await four();
		world.areConnected = false;
		await laptop.remove(lost);
		await world.pass(61 * MINUTE_MS);
		expectOneKey([laptop, phone, tablet]);
	});

	test("[K21] comes from another admin where the one that made it ended for good in the middle", async () => {
		const { world, laptop, phone, tablet, lost } = await four();
		world.areConnected = false;
		await tablet.goOffline();
		// It was written down, said, and left for the phone.
		laptop.dieAt = laptop.changeCount + 4;
		await laptop.remove(lost);
		expect(laptop.isDead).toBe(true);
		await phone.goOnline();
		await comesBack(tablet);
		expectOneKey([phone, tablet]);
		expect(tablet.keeper.standingOf(lost.id)).toBe("gone");
	});

	test("[K21] lies there again for who has been away for longer than the relay keeps anything", async () => {
		const { world, laptop, phone, tablet, lost } = await four();
		await tablet.goOffline();
		await laptop.remove(lost);
		await phone.goOffline();
		for (let day = 0; day < 100; day++) await world.pass(DAY_MS);
		world.envelopes.lose();
		for (let day = 0; day < 25; day++) await world.pass(DAY_MS);
		await comesBack(tablet);
		expectOneKey([laptop, tablet]);
	});

	test("[K21] is left again seldom, and by admins alone", async () => {
		const { world, laptop, phone, tablet, lost } = await four();
		await laptop.remove(lost);
		await world.pass(DAY_MS);
		world.envelopes.lose();
		await phone.goOffline();
		for (const device of [laptop, tablet]) {
			await device.restart();
			await device.goOnline();
		}
		await world.pass(10 * DAY_MS);
		for (const key of [laptop.key, ...laptop.disk.ring.former])
			expect(world.envelopes.lyingFor(secretsOf(key).groupId, phone.id)).toEqual([]);
	});

	test("[K21] that only lies where nobody may look any more counts as not left", async () => {
		const { world, laptop, phone, tablet, lost } = await four();
		await laptop.remove(lost);
		await world.settle();
		await tablet.goOffline();
		// Whoever holds the key can be any number of devices at the relay, and take the places that the phone has left.
		const group = secretsOf(laptop.key).groupId;
		for (let n = 0; n < 15; n++) {
			const from = fakeDeviceKey(`made up ${String(n)}`).deviceId;
			world.envelopes.put({ group, from, to: phone.id, bytes: Uint8Array.of(1) });
		}
		const removing = laptop.rotation.remove(phone.id);
		await world.pass(6_000);
		expect(await removing).toMatchObject({ handedOut: "now", unreached: [tablet.id] });
	});
});
