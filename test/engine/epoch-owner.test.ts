// A member that says that it counts its changes in the name of another device.
import { afterEach, describe, expect, test } from "vitest";
import { firstEpochOf, installOf, nextEpoch, type DeviceId, type ReplicaEpoch } from "../../src/core/ids.ts";
import { isOfAnother } from "../../src/core/roster/epoch-owner.ts";
import { Journal } from "../../src/engine/journal.ts";
import { ROSTER } from "../../src/wire/hello.ts";
import { fakeDeviceKey } from "../simulation/fake-crypto.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { nodeCryptoDigest } from "../support/node-crypto-digest.ts";
import { epochOf } from "../support/records.ts";
import { defined } from "../support/relay-clients.ts";
import { rogueIn } from "../support/roster-rogue.ts";
import { peersOf, RosterWorld, says, textsOf, type WorldDevice } from "../support/roster-world.ts";
import type { ScriptedPeer } from "../support/scripted-peer.ts";

let world = new RosterWorld();
afterEach(async () => {
	await world.stop();
	world = new RosterWorld();
});

const NUMBER = Uint8Array.of(1, 2, 3, 4);
const lifeOf = (id: DeviceId): ReplicaEpoch => firstEpochOf(id, NUMBER);
const idOf = (name: string): DeviceId => fakeDeviceKey(name).deviceId;

async function pair(): Promise<readonly [WorldDevice, WorldDevice]> {
	const laptop = await world.add("laptop", { isFirst: true });
	const phone = await world.add("phone", { isPaired: true });
	laptop.vault.save("note.md", "note");
	await world.settle();
	return [laptop, phone];
}

/** The epoch it counts in. */
async function lifeIn({ store }: WorldDevice): Promise<ReplicaEpoch> {
	const { batches } = await Journal.open(new MemoryStore(store.files()), nodeCryptoDigest);
	return defined(batches.at(-1)?.state.epoch);
}

/** As if the device whose epoch it says had met the other once more, and had written that down. */
async function meetsTwice(session: ScriptedPeer): Promise<void> {
	for (let word = 0; word < 2; word++) {
		const link = session.last("link");
		if (link !== undefined) session.say(link);
		await world.settle(1_000);
	}
}

describe("a device's epochs", () => {
	test("[K27] begin with its id, in every life of its state, and are nobody else's", () => {
		const [own, other] = [idOf("own"), idOf("other")];
		const first = lifeOf(own);
		for (const epoch of [first, nextEpoch(first, NUMBER), nextEpoch(first, NUMBER, "first")]) {
			expect(isOfAnother(epoch, own, [own, other])).toBe(false);
			expect(isOfAnother(epoch, other, [own, other])).toBe(true);
		}
	});

	test("[K27] are as good as ever where they are from before that rule: nobody's name", () => {
		expect(isOfAnother(epochOf("e"), idOf("own"), [idOf("own"), idOf("other")])).toBe(false);
	});
});

describe("a member that counts in the name of another device", () => {
	test("[K27] is not let in, and cannot make that device begin anew", async () => {
		const [laptop, phone] = await pair();
		await world.during(phone.engine.stop("away"));
		const { session } = await rogueIn(world, laptop, { epoch: await lifeIn(phone), capabilities: [ROSTER, "link"] });
		await meetsTwice(session);
		expect(peersOf(laptop)).toContain("rogue refused other-epoch");
		expect(session.heard).toEqual([]);
		expect(session.closed).toBeDefined();
		await world.restart(phone);
		phone.vault.save("later.md", "goes on");
		await world.settle();
		expect(phone.engine.status().problems).toEqual([]);
		expect(phone.events.filter(({ event }) => event === "problem")).toEqual([]);
		expect(textsOf(laptop)["later.md"]).toBe("goes on");
	});

	test("[S10] does not come between two others either where one of them has a name from before that rule", async () => {
		const laptop = await world.add("laptop", { isFirst: true });
		const settings = { epoch: epochOf("c") };
		const phone = await world.add("phone", { isPaired: true, settings });
		await world.during(phone.engine.stop("away"));
		const { session } = await rogueIn(world, laptop, { epoch: await lifeIn(phone), capabilities: [ROSTER, "link"] });
		await meetsTwice(session);
		await world.restart(phone, { settings });
		phone.vault.save("later.md", "goes on");
		await world.settle();
		expect(phone.events.filter(({ event }) => event === "problem")).toEqual([]);
		expect(textsOf(laptop)["later.md"]).toBe("goes on");
	});

	test.each(["this one's", "a device's that is gone"])("[K27] be it %s, in another life of it", async (whose) => {
		const [laptop, phone] = await pair();
		const gone = await world.add("gone", { isPaired: true });
		await says(gone, { op: "leave" });
		await world.settle();
		const epoch = lifeOf(whose === "this one's" ? laptop.id : gone.id);
		const { session } = await rogueIn(world, laptop, { epoch });
		await world.settle(2_000);
		expect(session.closed).toBeDefined();
		expect(peersOf(laptop)).toContain("rogue refused other-epoch");
		expect(peersOf(laptop)).toContain("phone connected");
		expect(peersOf(phone)).toContain("laptop connected");
	});

	test("[K27] loses its session when that device joins", async () => {
		const [laptop] = await pair();
		const { session } = await rogueIn(world, laptop, { epoch: lifeOf(idOf("tablet")) });
		expect(session.closed).toBeUndefined();
		const tablet = await world.add("tablet", { isPaired: true });
		expect(session.closed).toBeDefined();
		expect(peersOf(laptop)).toContain("rogue refused other-epoch");
		expect(textsOf(tablet)).toEqual({ "note.md": "note" });
	});

	test("[K27] that is older than the roster is not let in either", async () => {
		const [laptop, phone] = await pair();
		await expect(rogueIn(world, laptop, { epoch: lifeOf(phone.id), capabilities: [] })).rejects.toThrow("closed");
		await world.settle(2_000);
		expect(peersOf(laptop)).toContain("rogue refused other-epoch");
	});
});

describe("a device that is no attacker", () => {
	test("[K27] is let in with a name from before that rule, and its acts go on through others", async () => {
		const laptop = await world.add("laptop", { isFirst: true });
		const phone = await world.add("phone", { isPaired: true, settings: { epoch: epochOf("c") } });
		phone.vault.save("old.md", "old");
		await world.settle();
		const tablet = await world.add("tablet", { isPaired: true });
		for (const device of [laptop, tablet]) expect(textsOf(device)).toEqual({ "old.md": "old" });
		expect(installOf(epochOf("c"))).not.toBe(phone.id.slice(0, 16));
	});

	test("[K27] is let in whichever of the others has heard of it: acts of a newcomer come before news of it", async () => {
		const [laptop, phone] = await pair();
		world.network.cut(laptop.id, idOf("tablet"));
		const tablet = await world.add("tablet", { isPaired: true, settings: { epoch: lifeOf(idOf("tablet")) } });
		tablet.vault.save("new.md", "new");
		await world.settle();
		for (const device of [laptop, phone]) expect(textsOf(device)["new.md"]).toBe("new");
	});
});
