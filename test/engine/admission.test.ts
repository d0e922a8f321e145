// Two devices that meet: do they belong together, and who else does?
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesToHex } from "../../src/core/bytes.ts";
import { ENTRIES_PER_AUTHOR_MAX, type GroupPoint, type RosterAct } from "../../src/core/roster/entry.ts";
import { strongerClaim, type Claim } from "../../src/core/roster/which-root.ts";
import { admission, type Verdict } from "../../src/engine/admission.ts";
import { BufferedChannel } from "../../src/engine/buffered-channel.ts";
import { decodeRosterFrame, encodeRosterFrame, ENTRIES_PER_FRAME_MAX } from "../../src/wire/roster-talk.ts";
import { fakeDeviceKey, fakeSecrets } from "../simulation/fake-crypto.ts";
import { channelPair } from "../support/channel-pair.ts";
import { defined } from "../support/relay-clients.ts";
import { meeting, namesOf, rosterDevice, type RosterDevice } from "../support/roster-devices.ts";
import { deviceOf, entryOf, keyOf } from "../support/rosters.ts";

const deviceId = (name: string) => fakeDeviceKey(name).deviceId;
const BOTH = ["admitted", "admitted"];

/** Who refuses closes the channel, and the other end hears no more. */
async function refusalBy(a: RosterDevice, b: RosterDevice): Promise<Verdict> {
	const { offerer, answerer } = channelPair();
	const theirs = admission({
		...{ channel: new BufferedChannel(answerer), keeper: b.keeper, own: b.id, peer: a.id, ageMs: 0 },
	});
	const channel = new BufferedChannel(offerer);
	const verdict = await admission({ channel, keeper: a.keeper, own: a.id, peer: b.id, ageMs: 0 });
	channel.close();
	expect(await theirs).toBe("closed");
	return verdict;
}

async function expelledBy(admin: RosterDevice, device: RosterDevice): Promise<void> {
	const keyEpoch = (admin.keeper.roster?.current.epoch ?? 0) + 1;
	await admin.keeper.say({ op: "remove", device: device.id, keyEpoch, key: keyOf("new") });
}

describe("two devices that meet", () => {
	test("[K10] of which one began the group are admin and writer from then on", async () => {
		const [laptop, phone] = [await rosterDevice("laptop", { isFirst: true }), await rosterDevice("phone")];
		expect(await meeting(laptop, phone)).toEqual(BOTH);
		for (const device of [laptop, phone]) expect(namesOf(device)).toBe("laptop:admin phone:writer");
		const { count } = phone.changes;
		expect(await meeting(phone, laptop)).toEqual(BOTH);
		expect(phone.changes.count).toBe(count);
	});

	test("[K10] tell each other of all that third ones said", async () => {
		const laptop = await rosterDevice("laptop", { isFirst: true });
		const [phone, tablet] = [
			await rosterDevice("phone", { isPaired: true }),
			await rosterDevice("tablet", { isPaired: true }),
		];
		await meeting(laptop, phone);
		await meeting(tablet, phone);
		await laptop.keeper.say({ op: "name", name: "desk" });
		expect(await meeting(laptop, tablet)).toEqual(BOTH);
		expect(await meeting(tablet, phone)).toEqual(BOTH);
		for (const device of [laptop, phone, tablet]) {
			expect(namesOf(device)).toBe("desk:admin phone:writer tablet:writer");
		}
	});

	test("[K10] lose nothing that was said while a second one told of the same roster", async () => {
		const [laptop, phone] = [await rosterDevice("laptop", { isFirst: true }), await rosterDevice("phone")];
		await meeting(laptop, phone);
		const tablet = await rosterDevice("tablet", { isPaired: true });
		await Promise.all([meeting(laptop, tablet), meeting(phone, tablet)]);
		expect(tablet.keeper.saidBy(tablet.id)).toHaveLength(1);
		await meeting(laptop, phone);
		for (const device of [laptop, phone, tablet])
			expect(namesOf(device)).toBe("laptop:admin phone:writer tablet:writer");
	});

	test("[K10] tell more than fits one frame", async () => {
		const [laptop, phone] = [await rosterDevice("laptop", { isFirst: true }), await rosterDevice("phone")];
		for (let n = 0; n < 2 * ENTRIES_PER_FRAME_MAX; n++)
			await laptop.keeper.say({ op: "name", name: `laptop ${String(n)}` });
		expect(await meeting(laptop, phone)).toEqual(BOTH);
		expect(namesOf(phone)).toBe(`laptop ${String(2 * ENTRIES_PER_FRAME_MAX - 1)}:admin phone:writer`);
	});

	test("[K11] where both began alone go on with the older roster, and its device is the admin", async () => {
		const [young, old] = [await rosterDevice("young", { ageMs: 10 }), await rosterDevice("old", { ageMs: 2_000 })];
		expect(await meeting(young, old)).toEqual(BOTH);
		for (const device of [young, old]) expect(namesOf(device)).toBe("old:admin young:writer");
	});

	test("[K11] where both groups have more than one device, say so, and change nothing", async () => {
		const [a, b] = [await rosterDevice("a", { ageMs: 5 }), await rosterDevice("b")];
		const [c, d] = [await rosterDevice("c", { ageMs: 5 }), await rosterDevice("d")];
		await meeting(a, b);
		await meeting(c, d);
		expect(await meeting(b, d)).toEqual(["other-roster", "other-roster"]);
		expect(namesOf(b)).toBe("a:admin b:writer");
	});

	test("[K11] follow whoever began their roster to another one", async () => {
		const [a, b, c] = [
			await rosterDevice("a", { ageMs: 100 }),
			await rosterDevice("b", { ageMs: 50 }),
			await rosterDevice("c", { ageMs: 1 }),
		];
		await meeting(b, c);
		// As if a and b had met before b heard of c: all three were started at once.
		const lone = await rosterDevice("b", { ageMs: 50 });
		await meeting(a, lone);
		expect(await meeting(lone, c)).toEqual(BOTH);
		expect(namesOf(c)).toBe("a:admin b:writer c:writer");
	});

	test("[K26] for the first time after both were paired with a third wait for it, and begin no roster", async () => {
		const [a, b] = [await rosterDevice("a", { isPaired: true }), await rosterDevice("b", { isPaired: true })];
		expect(await meeting(a, b)).toEqual(["roster-awaited", "roster-awaited"]);
		await a.keeper.found();
		expect(a.keeper.roster).toBeUndefined();
		// Their links lead to the same one.
		expect([a, b].map(({ keeper }) => keeper.firstDevice)).toEqual([deviceId("laptop"), deviceId("laptop")]);
	});

	test("[K26] take the roster that the link names from whoever has it, and name it in their own links", async () => {
		const laptop = await rosterDevice("laptop", { isFirst: true });
		const [phone, tablet] = [
			await rosterDevice("phone", { isPaired: true }),
			await rosterDevice("tablet", { isPaired: true }),
		];
		expect(await meeting(laptop, phone)).toEqual(BOTH);
		expect(await meeting(phone, tablet)).toEqual(BOTH);
		expect(namesOf(tablet)).toBe("laptop:admin phone:writer tablet:writer");
		for (const { keeper } of [laptop, phone, tablet]) expect(keeper.firstDevice).toBe(laptop.id);
	});

	test("[K26] take no roster but the one that the link names, and say so where there is another", async () => {
		const [other, member] = [await rosterDevice("other", { isFirst: true }), await rosterDevice("member")];
		await meeting(other, member);
		const alone = await rosterDevice("alone");
		const phone = await rosterDevice("phone", { isPaired: true });
		expect(await refusalBy(phone, member)).toBe("not-of-link");
		// What a device began for want of another gives way to the one that is awaited: it may just not have met it.
		expect(await refusalBy(phone, alone)).toBe("roster-awaited");
		expect(phone.keeper.roster).toBeUndefined();
		for (const { keeper } of [other, member]) expect(keeper.roster?.members.has(phone.id)).toBe(false);
	});

	test("[K26] follow the one that the link names to where it is now", async () => {
		const [other, laptop] = [await rosterDevice("other", { isFirst: true }), await rosterDevice("laptop")];
		await meeting(other, laptop);
		const phone = await rosterDevice("phone", { isPaired: true });
		expect(await meeting(phone, laptop)).toEqual(BOTH);
		expect(phone.keeper.founder).toBe(other.id);
	});

	test("[K26] are not led elsewhere by a greeting that only says who began the roster", async () => {
		const rogue = await rosterDevice("rogue", { isFirst: true });
		await meeting(rogue, await rosterDevice("second"));
		const phone = await rosterDevice("phone", { isPaired: true });
		const { offerer, answerer } = channelPair();
		const talk = admission({
			...{ channel: new BufferedChannel(offerer), keeper: phone.keeper, own: phone.id, peer: rogue.id, ageMs: 0 },
		});
		const { root, heads } = defined(rogue.keeper.roster);
		const claim = { root, founder: deviceId("laptop"), isSettled: true, ageMs: 0, heads };
		answerer.send(encodeRosterFrame({ type: "greeting", roster: claim }));
		answerer.send(encodeRosterFrame({ type: "entries", entries: rogue.keeper.beyond([]) }));
		answerer.send(encodeRosterFrame({ type: "end", heads }));
		expect(await talk).toBe("malformed");
		expect(phone.keeper.roster).toBeUndefined();
	});

	test("[K20] go on together when a third one filled the roster of each with other entries", async () => {
		const laptop = await rosterDevice("laptop", { isFirst: true });
		const [phone, rogue] = [
			await rosterDevice("phone", { isPaired: true }),
			await rosterDevice("rogue", { isPaired: true }),
		];
		for (const [one, other] of [
			[laptop, phone],
			[laptop, rogue],
			[laptop, phone],
		] as const)
			expect(await meeting(one, other)).toEqual(BOTH);
		const before = rogue.keeper.beyond([]);
		for (const victim of [laptop, phone]) {
			const fork = await rosterDevice("rogue", { isPaired: true });
			await fork.keeper.adopt(before, undefined, laptop.id);
			for (let n = 0; n < ENTRIES_PER_AUTHOR_MAX - 1; n++)
				await fork.keeper.say({ op: "name", name: `${String(n)} ${victim.id.slice(0, 8)}` });
			expect(await meeting(victim, fork)).toEqual(BOTH);
		}
		for (let round = 0; round < 2; round++) {
			expect(await meeting(laptop, phone)).toEqual(BOTH);
			// What one of them says on top of it, the other can hear and lack.
			expect(await phone.keeper.take(laptop.keeper.beyond(phone.keeper.roster?.heads ?? []), laptop.id)).toBe(true);
			await laptop.keeper.say({ op: "name", name: "desk" });
		}
		expect(phone.keeper.saidBy(rogue.id)).toHaveLength(ENTRIES_PER_AUTHOR_MAX);
	});

	test("[K12] do not let in who was taken out, and tell it", async () => {
		const [laptop, phone] = [await rosterDevice("laptop", { isFirst: true }), await rosterDevice("phone")];
		await meeting(laptop, phone);
		await expelledBy(laptop, phone);
		expect(await meeting(laptop, phone)).toEqual(["removed", "you-were-removed"]);
		expect(namesOf(phone)).toBe("laptop:admin");
	});

	test("[K12] wait where that is the policy, until an admin admits the newcomer", async () => {
		const [laptop, phone] = [await rosterDevice("laptop", { isFirst: true }), await rosterDevice("phone")];
		await laptop.keeper.say({ op: "policy", joining: "ask" });
		expect(await meeting(laptop, phone)).toEqual(["waiting", "you-are-waiting"]);
		await laptop.keeper.say({ op: "role", device: phone.id, role: "writer" });
		expect(await meeting(laptop, phone)).toEqual(BOTH);
	});

	test("[K12] do not let in who holds a key from before", async () => {
		const [laptop, phone] = [await rosterDevice("laptop", { isFirst: true }), await rosterDevice("phone")];
		const late = await rosterDevice("late", { isPaired: true });
		await meeting(laptop, phone);
		await expelledBy(laptop, phone);
		expect(await meeting(laptop, late)).toEqual(["waiting", "you-are-waiting"]);
		expect(namesOf(laptop)).toBe("laptop:admin");
	});

	test("[K10] keep what they heard over a restart, also one that was cut off while writing", async () => {
		const [laptop, phone] = [await rosterDevice("laptop", { isFirst: true }), await rosterDevice("phone")];
		await meeting(laptop, phone);
		const again = await rosterDevice("phone", { store: phone.store.afterCrash(), isPaired: true });
		expect(namesOf(again)).toBe("laptop:admin phone:writer");
		expect(await meeting(laptop, again)).toEqual(BOTH);
		await again.store.write("roster-99999999", Uint8Array.of(0x92, 1, 0x91));
		const torn = await rosterDevice("phone", { store: again.store.afterCrash(), isPaired: true });
		expect(namesOf(torn)).toBe("laptop:admin phone:writer");
		await torn.keeper.say({ op: "name", name: "telephone" });
		const last = await rosterDevice("phone", { store: torn.store.afterCrash(), isPaired: true });
		expect(namesOf(last)).toBe("laptop:admin telephone:writer");
	});
});

describe("which of two rosters counts", () => {
	const claims = fc.record<Claim>({
		device: fc.constantFrom("a", "b", "c").map(deviceOf),
		root: fc.constantFrom("a", "b").map((letter) => entryOf(letter, [], { op: "leave" }).id),
		founder: fc.constantFrom("a", "b", "c").map(deviceOf),
		isSettled: fc.boolean(),
		ageMs: fc.nat({ max: 2 }),
	});

	test("[K11] both decide alike", () => {
		fc.assert(
			fc.property(claims, claims, (a, b) => {
				fc.pre(a.device !== b.device && a.root !== b.root);
				expect(strongerClaim(a, b)).toBe(strongerClaim(b, a));
			}),
		);
	});
});

describe("somebody hostile who holds the group key", () => {
	async function against(frames: readonly Uint8Array[]): Promise<{ readonly verdict: string; readonly names: string }> {
		const laptop = await rosterDevice("laptop", { isFirst: true });
		const { offerer, answerer } = channelPair();
		const channel = new BufferedChannel(offerer);
		const stranger = deviceOf("f");
		const verdict = admission({ channel, keeper: laptop.keeper, own: laptop.id, peer: stranger, ageMs: 0 });
		for (const frame of frames) answerer.send(frame);
		answerer.close();
		return { verdict: await verdict, names: namesOf(laptop) };
	}
	const greeting = encodeRosterFrame({ type: "greeting", roster: undefined });
	const end = encodeRosterFrame({ type: "end", heads: [] });

	test.each<[string, readonly Uint8Array[]]>([
		["no frame of the roster", [Uint8Array.of(1)]],
		["entries before a greeting", [encodeRosterFrame({ type: "entries", entries: [] })]],
		["two greetings", [greeting, greeting]],
		["no entries, again and again", [greeting, encodeRosterFrame({ type: "entries", entries: [] })]],
		["a frame that is too long", [new Uint8Array(70_000)]],
	])("[K13] gets nowhere with %s", async (_, frames) => {
		expect(await against(frames)).toEqual({ verdict: "malformed", names: "laptop:admin" });
	});

	test("[K13] does not hold anybody up by ends without end", async () => {
		expect((await against([greeting, ...Array.from({ length: 100 }, () => end)])).verdict).toBe("closed");
	});

	test("[K13] cannot say anything for another, or without the group key", async () => {
		const [laptop, phone] = [await rosterDevice("laptop", { isFirst: true }), await rosterDevice("phone")];
		await meeting(laptop, phone);
		const acts: readonly RosterAct[] = [{ op: "name", name: "x" }, { op: "leave" }];
		for (const act of acts) {
			await phone.keeper.say(act);
			const said = phone.keeper.beyond(laptop.keeper.roster?.heads ?? []);
			const [body = new Uint8Array(), signature = new Uint8Array()] = said.at(0) ?? [];
			expect(body.length).toBeGreaterThan(0);
			const forged = signature.slice();
			forged[0] = (forged[0] ?? 0) ^ 1;
			expect(await laptop.keeper.take([[body, forged, null]])).toBe(false);
		}
		const other = await rosterDevice("other", { group: "another group", isPaired: true });
		await meeting(laptop, other);
		expect(namesOf(laptop)).toBe("laptop:admin phone:writer");
	});

	test("[K13] any bytes are a frame or none", () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
				decodeRosterFrame(bytes);
			}),
			{ numRuns: 5_000 },
		);
	});
});

test("[K6] says once, and not at each talk, that it joins by a key that lets nobody in until there is another", async () => {
	const laptop = await rosterDevice("laptop", { isFirst: true });
	const phone = await rosterDevice("phone", { isPaired: true });
	const desk = await rosterDevice("desk", { isPaired: true });
	for (const device of [phone, desk]) await meeting(laptop, device);
	await laptop.keeper.say({ op: "role", device: phone.id, role: "admin" });
	await meeting(laptop, phone);
	const [key, other] = [pointOf("by the laptop"), pointOf("by the phone")];
	await laptop.keeper.say({ op: "rotate", keyEpoch: 1, key });
	await phone.keeper.say({ op: "remove", device: desk.id, keyEpoch: 1, key: other });
	await meeting(laptop, phone);
	expect(laptop.keeper.roster).toMatchObject({ current: { key }, needsRotation: true });
	const tablet = await rosterDevice("tablet", { isPaired: true, group: "by the laptop" });
	await meeting(laptop, tablet);
	await meeting(laptop, tablet);
	expect(namesOf(laptop)).toBe("laptop:admin phone:admin");
	expect(laptop.keeper.saidBy(tablet.id)).toHaveLength(1);
});

function pointOf(group: string): GroupPoint {
	return bytesToHex(fakeSecrets(group).roster.publicKey) as GroupPoint;
}
