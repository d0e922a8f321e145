// Taking a device out: the others get a new key, wherever they are, and nobody else does.
import { describe, expect, test } from "vitest";
import {
	encodeHandedKey,
	encodeKeyEnvelope,
	envelopeContext,
	envelopeSignatureMessage,
} from "../../src/wire/key-envelope.ts";
import type { WireEntry } from "../../src/wire/roster-codec.ts";
import { concatBytes } from "../../src/core/bytes.ts";
import type { GroupKey } from "../../src/core/group-key.ts";
import { fakeDeviceKey } from "../simulation/fake-crypto.ts";
import type { RotatingDevice } from "../support/rotating-devices.ts";
import { agreementPoint, keyNamed, namesOf, pointOf, RotatingWorld, secretsOf } from "../support/rotating-devices.ts";
import { defined } from "../support/relay-clients.ts";

const NAMES = ["laptop", "phone", "tablet", "lost"];
const HOUR_MS = 3_600_000;

function keysOf(devices: readonly RotatingDevice[]): number {
	return new Set(devices.map(({ key }) => key.join())).size;
}

async function four(options: { readonly twoAdmins?: boolean } = {}): Promise<{
	readonly world: RotatingWorld;
	readonly laptop: RotatingDevice;
	readonly phone: RotatingDevice;
	readonly tablet: RotatingDevice;
	readonly lost: RotatingDevice;
	readonly old: GroupKey;
}> {
	const world = await RotatingWorld.of(NAMES, options);
	const [laptop, phone, tablet, lost] = NAMES.map((name) => world.device(name));
	return {
		world,
		...{ laptop: defined(laptop), phone: defined(phone), tablet: defined(tablet), lost: defined(lost) },
		old: defined(laptop).key,
	};
}

/** Those that stay have one new key and know of each other; whoever is out has none of the new ones. */
function expectWithout(out: readonly RotatingDevice[], staying: readonly RotatingDevice[], names: string): void {
	expect(keysOf(staying)).toBe(1);
	for (const device of staying) {
		expect(namesOf(device)).toBe(names);
		expect(device.failures).toEqual([]);
		expect(pointOf(device.key)).toBe(device.keeper.roster?.current.key);
		for (const other of out) {
			expect(device.keeper.standingOf(other.id)).toBe("gone");
			expect(other.key).not.toEqual(device.key);
		}
	}
}

const WITHOUT_LOST = "laptop:admin phone:writer tablet:writer";

describe("taking a device out", () => {
	test("[K21] gives those that stay a new key, over their sessions", async () => {
		const { world, laptop, phone, tablet, lost, old } = await four();
		expect(await laptop.remove(lost)).toEqual({ kind: "removed", handedOut: "now", unreached: [] });
		await world.settle();
		await world.meetAll();
		expectWithout([lost], [laptop, phone, tablet], WITHOUT_LOST);
		expect(lost.key).toEqual(old);
		for (const device of [laptop, phone, tablet]) expect(device.newKeys).toEqual([1]);
	});

	test("[K21] reaches who was away by the relay's box, whenever it comes back, also over several keys", async () => {
		const { world, laptop, phone, tablet, lost } = await four();
		await phone.goOffline();
		await tablet.goOffline();
		await laptop.remove(lost);
		await laptop.goOffline();
		await phone.start();
		await phone.goOnline();
		expect(namesOf(phone)).toBe(WITHOUT_LOST);
		expect(keysOf([laptop, phone])).toBe(1);
		await laptop.start();
		await laptop.goOnline();
		const another = await world.add("another", laptop.key);
		await laptop.remove(another);
		await world.settle();
		await laptop.goOffline();
		await tablet.start();
		await tablet.goOnline();
		await world.meetAll();
		expect(namesOf(tablet)).toBe(WITHOUT_LOST);
		expect(tablet.keeper.roster?.current.epoch).toBe(2);
		await laptop.start();
		expectWithout([lost, another], [laptop, phone, tablet], WITHOUT_LOST);
	});

	test("[K21] counts at once, and hands out the key when the relay can be reached again", async () => {
		const { world, laptop, phone, tablet, lost, old } = await four();
		world.envelopes.fail("unreachable");
		world.areConnected = false;
		expect(await laptop.remove(lost)).toEqual({ kind: "removed", handedOut: "later", unreached: [] });
		expect(laptop.key).toEqual(old);
		expect(laptop.keeper.standingOf(lost.id)).toBe("gone");
		expect(await laptop.remove(tablet)).toBe("busy");
		world.envelopes.fail(undefined);
		await laptop.goOnline();
		for (const device of [phone, tablet]) await device.goOnline();
		await world.meetAll();
		expectWithout([lost], [laptop, phone, tablet], WITHOUT_LOST);
	});

	test("[K21] says who could be neither told nor left anything", async () => {
		const { world, laptop, phone, tablet, lost, old } = await four();
		world.envelopes.fail("bad-answer");
		await tablet.goOffline();
		const removing = laptop.rotation.remove(lost.id);
		await world.pass(6_000);
		expect(await removing).toEqual({ kind: "removed", handedOut: "now", unreached: [tablet.id] });
		await world.meetAll();
		expectWithout([lost], [laptop, phone], WITHOUT_LOST);
		expect(tablet.key).toEqual(old);
	});

	test("[K21] keeps its sessions until those that were told over them are gone, for the relay may not say that something lies there", async () => {
		const { world, laptop, phone, tablet, lost, old } = await four();
		world.lineMs = 3_000;
		const removing = laptop.rotation.remove(lost.id);
		await world.pass(2_900);
		expect(laptop.newKeys).toEqual([]);
		expect(phone.key).toEqual(old);
		await world.pass(300);
		await world.pass(300);
		expect(await removing).toEqual({ kind: "removed", handedOut: "now", unreached: [] });
		await world.meetAll();
		expectWithout([lost], [laptop, phone, tablet], WITHOUT_LOST);
	});

	test("[K21] waits for none of them for more than five seconds", async () => {
		const { world, laptop, phone, lost } = await four();
		world.lineMs = HOUR_MS / 2;
		const removing = laptop.rotation.remove(lost.id);
		await world.pass(4_800);
		expect(laptop.newKeys).toEqual([]);
		await world.pass(300);
		expect(await removing).toEqual({ kind: "removed", handedOut: "now", unreached: [] });
		expect(laptop.newKeys).toEqual([1]);
		// It finds it where it was left.
		await world.pass(HOUR_MS);
		expect(phone.key).toEqual(laptop.key);
	});

	test("[K21] is for admins, about others who are members", async () => {
		const { laptop, phone, tablet, lost, old } = await four();
		expect(await phone.remove(tablet)).toBe("not-admin");
		expect(await laptop.remove(laptop)).toBe("this-device");
		await laptop.remove(lost);
		expect(await laptop.remove(lost)).toBe("unknown-device");
		expect(phone.key).not.toEqual(old);
	});

	test("[K21] gives none to who still waits to be let in", async () => {
		const { world, laptop, phone, tablet, lost, old } = await four();
		await laptop.keeper.say({ op: "policy", joining: "ask" });
		const newcomer = await world.add("newcomer", old);
		expect(laptop.keeper.standingOf(newcomer.id)).toBe("waiting");
		await laptop.remove(lost);
		await world.settle();
		await newcomer.goOnline();
		expect(newcomer.key).toEqual(old);
		expectWithout([lost], [laptop, phone, tablet], WITHOUT_LOST);
	});

	test("[K21] tells who is taken out, also when it comes back later, and gives it no key", async () => {
		const { laptop, lost, old } = await four();
		await lost.goOffline();
		await laptop.remove(lost);
		await lost.start();
		await lost.goOnline();
		expect(lost.keeper.standingOf(lost.id)).toBe("gone");
		expect(lost.key).toEqual(old);
		expect(lost.newKeys).toEqual([]);
	});

	test("[K22] goes on after the process ended anywhere in it", async () => {
		for (let at = 1; ; at++) {
			const { world, laptop, phone, tablet, lost, old } = await four();
			await tablet.goOffline();
			laptop.dieAt = laptop.changeCount + at;
			await laptop.remove(lost);
			await world.settle();
			const hasDied = laptop.isDead;
			laptop.dieAt = undefined;
			if (hasDied) await laptop.restart();
			await laptop.goOnline();
			// What was not even written down has not begun.
			if (at === 1) {
				expect(laptop.key).toEqual(old);
				await laptop.remove(lost);
				await world.settle();
			}
			await tablet.start();
			await tablet.goOnline();
			await phone.goOnline();
			await world.meetAll();
			expectWithout([lost], [laptop, phone, tablet], WITHOUT_LOST);
			expect(laptop.keeper.roster?.current.epoch, `died at ${String(at)}`).toBe(1);
			if (!hasDied) {
				expect(at).toBeGreaterThan(6);
				return;
			}
		}
	});

	test("[K22] goes on where the receiver ended before or after it had written the key down", async () => {
		for (let at = 1; at <= 3; at++) {
			const { world, laptop, phone, tablet, lost } = await four();
			phone.dieAt = phone.changeCount + at;
			await laptop.remove(lost);
			await world.settle();
			phone.dieAt = undefined;
			if (phone.isDead) await phone.restart();
			await phone.goOnline();
			await world.meetAll();
			expectWithout([lost], [laptop, phone, tablet], WITHOUT_LOST);
		}
	});

	test("[K22] finds the newest key from a state that was restored from a backup", async () => {
		const { world, laptop, phone, lost, tablet } = await four();
		const before = phone.disk.ring;
		await laptop.remove(lost);
		await world.settle();
		await laptop.remove(tablet);
		await world.settle();
		await phone.goOffline();
		phone.disk.ring = before;
		await phone.start();
		await phone.goOnline();
		expectWithout([lost, tablet], [laptop, phone], "laptop:admin phone:writer");
	});
});

describe("a device whose disk is full, or whose secret storage fails", () => {
	test("[K25] says nothing of a new key that it could not keep, and tells the person", async () => {
		const { world, laptop, phone, tablet, lost, old } = await four();
		laptop.fullFrom = laptop.keyChangeCount + 1;
		await expect(laptop.remove(lost)).rejects.toThrow("no space");
		expect(namesOf(laptop)).toContain("lost");
		expect(keysOf([laptop, phone, tablet, lost])).toBe(1);
		expect(laptop.key).toEqual(old);
		laptop.fullFrom = undefined;
		await laptop.remove(lost);
		await world.meetAll();
		expectWithout([lost], [laptop, phone, tablet], WITHOUT_LOST);
	});

	test("[K25] says that somebody is taken out once there is room, where there was some for the new key alone, and does it", async () => {
		const { world, laptop, phone, tablet, lost, old } = await four();
		laptop.store.failNextWrites(Infinity);
		expect(await laptop.remove(lost)).toBe("postponed");
		expect(laptop.failures).toHaveLength(1);
		expect(namesOf(laptop)).toContain("lost");
		await world.pass(HOUR_MS);
		expect(keysOf([laptop, phone, tablet, lost])).toBe(1);
		expect(laptop.key).toEqual(old);
		laptop.store.failNextWrites(0);
		await world.pass(2 * HOUR_MS);
		await world.meetAll();
		laptop.failures.length = 0;
		expectWithout([lost], [laptop, phone, tablet], WITHOUT_LOST);
	});

	test("[K25] goes on with the key it has where it cannot go over to the one it handed out, and tries again by itself", async () => {
		const { world, laptop, phone, tablet, lost, old } = await four();
		laptop.fullFrom = laptop.keyChangeCount + 2;
		expect(await laptop.remove(lost)).toMatchObject({ kind: "removed", handedOut: "later" });
		expect(laptop.keeper.standingOf(lost.id)).toBe("gone");
		expect(laptop.key).toEqual(old);
		expect(String(laptop.failures.at(-1))).toContain("no space");
		await world.pass(HOUR_MS);
		await world.pass(HOUR_MS);
		expect(laptop.key).toEqual(old);
		laptop.fullFrom = undefined;
		await world.pass(HOUR_MS);
		await world.meetAll();
		laptop.failures.length = 0;
		expectWithout([lost], [laptop, phone, tablet], WITHOUT_LOST);
	});

	test.each([
		["its box", undefined],
		["a session alone", "bad-answer" as const],
	])("[K25] goes over to a key from %s as soon as it can keep it", async (_, relay) => {
		const { world, laptop, phone, tablet, lost, old } = await four();
		world.envelopes.fail(relay);
		phone.fullFrom = phone.keyChangeCount + 1;
		await laptop.remove(lost);
		await world.settle();
		expect(phone.key).toEqual(old);
		expect(String(phone.failures.at(-1))).toContain("no space");
		await world.pass(HOUR_MS);
		await world.pass(HOUR_MS);
		expect(phone.key).toEqual(old);
		phone.fullFrom = undefined;
		await world.pass(HOUR_MS);
		phone.failures.length = 0;
		expectWithout([lost], [laptop, phone, tablet], WITHOUT_LOST);
	});
});

describe("two admins that take each other out apart", () => {
	test.each([["the first"], ["the second"]])(
		"[K23] are out, and the others go on with one key: %s is heard first",
		async (first) => {
			const { world, laptop, phone, tablet, lost: desk } = await four({ twoAdmins: true });
			world.envelopes.fail("unreachable");
			world.areConnected = false;
			expect(await laptop.remove(phone)).toMatchObject({ handedOut: "later" });
			expect(await phone.remove(laptop)).toMatchObject({ handedOut: "later" });
			world.envelopes.fail(undefined);
			const order = first === "the first" ? [laptop, phone] : [phone, laptop];
			for (const admin of order) {
				await admin.goOnline();
				for (const device of [tablet, desk]) await device.goOnline();
			}
			await world.pass(HOUR_MS);
			await world.pass(HOUR_MS);
			expectWithout([laptop, phone], [tablet, desk], "tablet:admin lost:writer");
			for (const admin of [laptop, phone]) expect(admin.keeper.standingOf(admin.id)).toBe("gone");
		},
	);

	test("[K23] where one of them ends in the middle of it, leave the others one all the same", async () => {
		const { world, laptop, phone, tablet, lost: desk } = await four({ twoAdmins: true });
		world.areConnected = false;
		world.envelopes.fail("unreachable");
		await phone.remove(laptop);
		world.envelopes.fail(undefined);
		// It had its key written down, said it, and left it for the tablet.
		laptop.dieAt = laptop.changeCount + 4;
		await laptop.remove(phone);
		expect(laptop.isDead).toBe(true);
		for (const device of [tablet, phone, desk]) await device.goOnline();
		expect(keysOf([tablet, desk])).toBe(2);
		await world.pass(2 * HOUR_MS);
		await world.pass(2 * HOUR_MS);
		expectWithout([laptop, phone], [tablet, desk], "tablet:admin lost:writer");
	});

	test("[K23] where one of them never hands out its key, leave the others one all the same", async () => {
		const { world, laptop, phone, tablet, lost: desk } = await four({ twoAdmins: true });
		world.envelopes.fail("unreachable");
		world.areConnected = false;
		await laptop.remove(phone);
		await phone.remove(laptop);
		// Somebody heard of it, then it was thrown into the sea.
		await tablet.keeper.take(laptop.keeper.beyondEntriesOf(tablet.id));
		await laptop.goOffline();
		world.envelopes.fail(undefined);
		for (const device of [phone, tablet, desk, tablet, desk]) await device.goOnline();
		await world.pass(HOUR_MS);
		await world.pass(HOUR_MS);
		expectWithout([laptop, phone], [tablet, desk], "tablet:admin lost:writer");
	});
});

describe("an envelope", () => {
	interface Forged {
		readonly from: string;
		readonly to?: string;
		readonly sealedFor?: string;
		readonly signer?: string;
		readonly keyEpoch?: number;
		readonly key: GroupKey;
		readonly entries?: readonly WireEntry[];
	}
	async function envelope({
		from,
		to = "phone",
		sealedFor = to,
		signer = from,
		keyEpoch = 1,
		key,
		entries = [],
	}: Forged): Promise<Uint8Array> {
		const head = { from: fakeDeviceKey(from).deviceId, to: fakeDeviceKey(to).deviceId, keyEpoch };
		const sealed = concatBytes(agreementPoint(sealedFor), envelopeContext(head), encodeHandedKey({ key, entries }));
		const signature = await fakeDeviceKey(signer).sign(envelopeSignatureMessage(head, sealed));
		return encodeKeyEnvelope({ ...head, sealed, signature });
	}

	/** A removal that laptop said and did not hand out: what it named, and the entry. */
	async function namedBy(
		author: RotatingDevice,
		removing: RotatingDevice,
	): Promise<{ readonly key: GroupKey; readonly entries: readonly WireEntry[] }> {
		const key = keyNamed("named");
		const before = author.keeper.roster?.heads ?? [];
		await author.keeper.say({ op: "remove", device: removing.id, keyEpoch: 1, key: pointOf(key) });
		return { key, entries: author.keeper.beyond(before) };
	}

	test("[K24] with the entry that names its key is enough", async () => {
		const { world, laptop, phone, lost } = await four();
		const named = await namedBy(laptop, lost);
		phone.rotation.received(await envelope({ from: "laptop", ...named }));
		await world.settle();
		expect(phone.key).toEqual(named.key);
	});

	test.each<[string, Partial<Forged>]>([
		["signed by another than it says", { signer: "lost" }],
		["of a device that is no admin", { from: "tablet" }],
		["of a stranger", { from: "stranger" }],
		["with another key than the entry names", { key: keyNamed("another") }],
		["with another number than the entry says", { keyEpoch: 2 }],
		["sealed for another device", { sealedFor: "tablet" }],
		["for another device", { to: "tablet" }],
		["for another device, sealed for this one", { to: "tablet", sealedFor: "phone" }],
		["without the entry that names the key", { entries: [] }],
	])("[K24] %s changes nothing", async (_, forged) => {
		const { world, laptop, phone, lost, old } = await four();
		const named = await namedBy(laptop, lost);
		phone.rotation.received(await envelope({ from: "laptop", ...named, ...forged }));
		await world.settle();
		expect(phone.key).toEqual(old);
		expect(phone.newKeys).toEqual([]);
		expect(phone.failures).toEqual([]);
	});

	test.each<[string, boolean]>([
		["the key that it names", true],
		["another key", false],
	])("[K24] with an entry that stands on unknown ones counts with %s", async (_, isNamed) => {
		const { world, laptop, phone, lost, old } = await four();
		await laptop.keeper.say({ op: "name", name: "desk" });
		const named = await namedBy(laptop, lost);
		const key = isNamed ? named.key : keyNamed("another");
		phone.rotation.received(await envelope({ from: "laptop", ...named, key }));
		await world.settle();
		expect(phone.key).toEqual(isNamed ? key : old);
	});

	test("[K24] from before, again, changes nothing", async () => {
		const { world, laptop, phone, tablet, lost } = await four();
		const first = world.envelopes.lyingFor(secretsOf(laptop.key).groupId, phone.id);
		expect(first).toEqual([]);
		const group = secretsOf(laptop.key).groupId;
		await laptop.remove(lost);
		await world.settle();
		const [older] = world.envelopes.lyingFor(group, phone.id);
		await laptop.remove(tablet);
		await world.settle();
		const { key } = phone;
		phone.rotation.received(defined(older).bytes);
		world.envelopes.put({ group: secretsOf(key).groupId, from: laptop.id, to: phone.id, bytes: defined(older).bytes });
		await phone.goOnline();
		expect(phone.key).toEqual(key);
		expect(phone.key).toEqual(laptop.key);
		expect(phone.newKeys).toEqual([1, 2]);
	});

	test("[K24] with which somebody who was taken out answers changes nothing once its end is known", async () => {
		const { world, laptop, phone, tablet } = await four({ twoAdmins: true });
		// Taken out, and not told yet: it may say of others what it likes.
		await phone.goOffline();
		await laptop.remove(phone);
		await world.settle();
		const { key } = tablet;
		await phone.start();
		const named = await namedBy(phone, tablet);
		tablet.rotation.received(await envelope({ from: "phone", to: "tablet", ...named }));
		await world.settle();
		expect(tablet.key).toEqual(key);
		expect(tablet.keeper.standingOf(tablet.id)).toBe("member");
	});

	test("[K24] of bytes at random changes nothing", async () => {
		const { world, phone, old } = await four();
		for (let length = 0; length < 300; length += 7) phone.rotation.received(new Uint8Array(length).fill(length));
		await world.settle();
		expect(phone.key).toEqual(old);
		expect(phone.failures).toEqual([]);
	});

	test("[K24] that cannot hold all that its receiver lacks holds the entry that names the key", async () => {
		const { world, laptop, phone, tablet, lost } = await four();
		await phone.goOffline();
		for (let n = 0; n < 60; n++) await laptop.keeper.say({ op: "name", name: `laptop ${String(n)}` });
		await laptop.keeper.say({ op: "name", name: "laptop" });
		await laptop.remove(lost);
		await world.settle();
		await phone.start();
		await phone.goOnline();
		expect(phone.newKeys).toEqual([1]);
		await world.meetAll();
		expectWithout([lost], [laptop, phone, tablet], WITHOUT_LOST);
	});
});
