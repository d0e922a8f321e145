// A member that holds the group key and says to the roster whatever it likes.
import { afterEach, describe, expect, test } from "vitest";
import { ENTRIES_PER_AUTHOR_MAX, type EntryId, type RosterAct } from "../../src/core/roster/entry.ts";
import { RosterShare } from "../../src/engine/roster-share.ts";
import { encodeEntryBody, entrySignatureMessage, type WireEntry } from "../../src/wire/roster-codec.ts";
import { fakeDeviceKey } from "../simulation/fake-crypto.ts";
import { epochOf } from "../support/records.ts";
import { rogueIn, type Rogue } from "../support/roster-rogue.ts";
import { rosterOf, RosterWorld, takeOut, textsOf, type WorldDevice } from "../support/roster-world.ts";
import { keyOf } from "../support/rosters.ts";

let world = new RosterWorld();
afterEach(async () => {
	await world.stop();
	world = new RosterWorld();
});

async function scene(): Promise<{ laptop: WorldDevice; phone: WorldDevice; rogue: Rogue }> {
	const laptop = await world.add("laptop", { isFirst: true });
	const phone = await world.add("phone", { isPaired: true });
	laptop.vault.save("note.md", "note");
	await world.settle();
	return { laptop, phone, rogue: await rogueIn(world, laptop) };
}

const RENAME: RosterAct = { op: "name", name: "x" };
const STRANGER = fakeDeviceKey("stranger").deviceId;

const attacks: readonly [string, (rogue: Rogue, laptop: WorldDevice) => Promise<WireEntry>][] = [
	[
		"an entry with another one's signature",
		async ({ entry }) => {
			const [body] = await entry(RENAME);
			return [body, new Uint8Array(64).fill(1), null];
		},
	],
	[
		"what another device should have said",
		async ({ key, keeper }, laptop) => {
			const body = encodeEntryBody(laptop.id, keeper.roster?.heads ?? [], { op: "leave" });
			return [body, await key.sign(entrySignatureMessage(body)), null];
		},
	],
	["what stands on nothing that is known", ({ entry }) => entry(RENAME, ["ab".repeat(32) as EntryId])],
	["bytes that are no entry", () => Promise.resolve([Uint8Array.of(0xc1, 1, 2), new Uint8Array(64), null])],
	["nothing at all", () => Promise.resolve([new Uint8Array(), new Uint8Array(64), null])],
	["more than an entry may have", () => Promise.resolve([new Uint8Array(1_025), new Uint8Array(64), null])],
	[
		"a proof where none belongs",
		async ({ entry }) => [...(await entry(RENAME)).slice(0, 2), new Uint8Array(64)] as never,
	],
	[
		"a second beginning",
		({ entry, keeper, key }) => {
			const member = keeper.roster?.members.get(key.deviceId);
			const keys = member?.keys;
			if (keys === undefined || keeper.roster === undefined) throw new Error("a member has keys");
			return entry({ op: "found", name: "x", keys, key: keeper.roster.current.key, nonce: "00".repeat(16) }, []);
		},
	],
	[
		"the removal of another by who is no admin",
		({ entry }, laptop) => entry({ op: "remove", device: laptop.id, keyEpoch: 1, key: keyOf("x") }),
	],
	["a new key by who is no admin", ({ entry }) => entry({ op: "rotate", keyEpoch: 1, key: keyOf("x") })],
];

describe("a member that sends", () => {
	test.each(attacks)("[K20] %s loses its session, and nothing is kept of it", async (_, make) => {
		const { laptop, phone, rogue } = await scene();
		const before = laptop.keeper?.beyond([]).length;
		rogue.session.say({ type: "roster", entries: [await make(rogue, laptop)] });
		await world.settle(1_000);
		expect(rogue.session.closed).toBeDefined();
		expect(laptop.keeper?.beyond([])).toHaveLength(before ?? 0);
		for (const device of [laptop, phone]) expect(rosterOf(device)).toBe("laptop:admin phone:admin rogue:writer");
		phone.vault.save("later.md", "goes on");
		await world.settle();
		expect(textsOf(laptop)["later.md"]).toBe("goes on");
	});

	test("[K20] thousands of entries is heard until it has said its share, and can be taken out then", async () => {
		const { laptop, phone, rogue } = await scene();
		for (let n = 0; n < 20 && rogue.session.closed === undefined; n++) {
			const entries: WireEntry[] = [];
			for (let i = 0; i < 48; i++) entries.push(await rogue.entry({ op: "name", name: `${String(n)} ${String(i)}` }));
			rogue.session.say({ type: "roster", entries });
			await world.settle(100);
		}
		expect(rogue.session.closed).toBeDefined();
		expect(laptop.keeper?.saidBy(rogue.key.deviceId)).toHaveLength(ENTRIES_PER_AUTHOR_MAX);
		expect(laptop.keeper?.beyond([]).length).toBeLessThan(ENTRIES_PER_AUTHOR_MAX + 10);
		await laptop.keeper?.say({ op: "remove", device: rogue.key.deviceId, keyEpoch: 1, key: keyOf("new") });
		await world.settle(10_000);
		for (const device of [laptop, phone]) expect(rosterOf(device)).toBe("laptop:admin phone:admin");
	});

	test("[K20] more at once than can be looked through is cut off", async () => {
		const { laptop, rogue } = await scene();
		const { keeper } = laptop;
		const root = keeper?.roster?.root;
		if (keeper === undefined || root === undefined) throw new Error("it has a roster");
		const ends: string[] = [];
		const share = new RosterShare({
			...{ keeper, peer: rogue.key.deviceId, terms: { root, heads: [] }, say: () => undefined },
			end: (code) => ends.push(code),
		});
		const heads = rogue.keeper.roster?.heads ?? [];
		const all = Array.from({ length: 40 }, (_, n) => rogue.entry({ op: "name", name: String(n) }, heads));
		const before = keeper.beyond([]).length;
		for (const entry of await Promise.all(all)) if (ends.length === 0) share.hear([entry]);
		expect(ends).toEqual(["limit"]);
		await world.settle(1_000);
		expect(keeper.beyond([])).toHaveLength(before + 16);
	});

	test("[K20] the same again and again, or acts that are not its own to decide, changes nothing", async () => {
		const { laptop, phone, rogue } = await scene();
		const acts: readonly RosterAct[] = [
			{ op: "policy", joining: "ask" },
			{ op: "role", device: laptop.id, role: "reader" },
			{ op: "role", device: rogue.key.deviceId, role: "admin" },
			{ op: "role", device: STRANGER, role: "admin" },
		];
		const entries = await Promise.all(acts.map((act) => rogue.entry(act)));
		for (let n = 0; n < 50; n++) rogue.session.say({ type: "roster", entries });
		await world.settle(1_000);
		expect(laptop.keeper?.saidBy(rogue.key.deviceId)).toHaveLength(1 + acts.length);
		for (const device of [laptop, phone]) {
			expect(rosterOf(device)).toBe("laptop:admin phone:admin rogue:writer");
			expect(device.engine.asksFirst).toBe(false);
		}
	});
});

describe("a peer that does not speak of the roster", () => {
	test("[K20] and says something of it all the same loses its session", async () => {
		const laptop = await world.add("laptop", { isFirst: true });
		const rogue = await rogueIn(world, laptop, { capabilities: [] });
		rogue.session.say({ type: "roster", entries: [] });
		await world.settle(1_000);
		expect(rogue.session.closed).toBeDefined();
	});
});

describe("a reader that tells of others", () => {
	test("[K19 K17] is believed nothing, and is cut off once it is taken out", async () => {
		const { laptop, rogue } = await scene();
		await laptop.engine.setRole(rogue.key.deviceId, "reader");
		await world.settle();
		const forged = new Map([[epochOf("c"), 7]]);
		rogue.session.say({ type: "end", knowledge: forged, forgotten: new Map(), full: false });
		rogue.session.say({ type: "begin-full" }, { type: "end", knowledge: forged, forgotten: forged, full: true });
		await world.settle(1_000);
		expect(rogue.session.closed).toBeUndefined();
		expect(textsOf(laptop)).toEqual({ "note.md": "note" });
		expect(rogue.session.all("ack").map(({ received }) => received.get(epochOf("c")))).not.toContain(7);
		await takeOut(laptop, { id: rogue.key.deviceId } as WorldDevice);
		await world.settle(1_000);
		expect(rogue.session.closed).toBeDefined();
	});
});
