// Running devices with a roster: who is let in, who hears of it, and what nobody takes from a reader.
import { afterEach, describe, expect, test } from "vitest";
import { peersOf, rosterOf, RosterWorld, takeOut, textsOf, type WorldDevice } from "../support/roster-world.ts";

const MINUTE_MS = 60_000;

let world = new RosterWorld();
afterEach(async () => {
	const { clock } = world;
	await world.stop();
	world = new RosterWorld();
	// What was cut off hears of it late.
	await clock.advance(MINUTE_MS);
	expect(clock.pending).toBe(0);
});

async function pair(): Promise<[WorldDevice, WorldDevice]> {
	const laptop = await world.add("laptop", { isFirst: true });
	laptop.vault.save("note.md", "from the laptop");
	return [laptop, await world.add("phone", { isPaired: true })];
}

async function three(): Promise<[WorldDevice, WorldDevice, WorldDevice]> {
	const [laptop, phone] = await pair();
	return [laptop, phone, await world.add("tablet", { isPaired: true })];
}

function memberNews({ events }: WorldDevice): string[] {
	return events.flatMap((event) => (event.event === "member" ? [`${event.change} ${event.name}`] : []));
}

describe("a device that joins", () => {
	test("[K16] is a member at once, gets everything, and is told of on every device", async () => {
		const [laptop, phone, tablet] = await three();
		for (const device of [laptop, phone, tablet]) {
			expect(rosterOf(device)).toBe("laptop:admin phone:admin tablet:writer");
			expect(peersOf(device).filter((peer) => peer.endsWith(" connected"))).toHaveLength(2);
			expect(textsOf(device)).toEqual({ "note.md": "from the laptop" });
		}
		expect(memberNews(laptop)).toEqual(["joined phone", "role phone", "joined tablet"]);
		expect(memberNews(phone)).toEqual(["role phone", "joined tablet"]);
		expect(memberNews(tablet)).toEqual([]);
	});

	test("[K17] is told of to a device that it has not met, by a third one", async () => {
		const [laptop, phone] = await pair();
		world.network.cut(laptop.id, phone.id);
		world.network.break(laptop.id, phone.id);
		const tablet = await world.add("tablet", { isPaired: true });
		await world.settle(20_000);
		world.network.cut(laptop.id, tablet.id);
		world.network.break(laptop.id, tablet.id);
		const desk = await world.add("desk", { isPaired: true });
		world.network.cut(desk.id, laptop.id);
		await world.settle();
		expect(rosterOf(desk)).toContain("desk:writer");
		// Over the tablet and the phone, neither of which says anything of its own.
		expect(rosterOf(phone)).toBe(rosterOf(desk));
		expect(memberNews(phone)).toContain("joined desk");
	});

	test.each([0, 50, 500, 2_000])(
		"[K16] is let in at once also when it is approved %d ms after it came",
		async (afterMs) => {
			const laptop = await world.add("laptop", { isFirst: true });
			laptop.vault.save("note.md", "from the laptop");
			expect(await laptop.engine.setAskFirst(true)).toBe("done");
			laptop.engine.onEvent((event) => {
				if (event.event !== "member" || event.change !== "waiting") return;
				world.clock.schedule(afterMs, () => void laptop.engine.approve(event.device));
			});
			const phone = await world.add("phone", { isPaired: true });
			expect(textsOf(phone)).toEqual({ "note.md": "from the laptop" });
		},
	);

	test("[K16] waits where the group asks first, sees nothing, and is let in at once when an admin approves it", async () => {
		const [laptop, phone] = await pair();
		expect(await phone.engine.setAskFirst(true)).toBe("done");
		const tablet = await world.add("tablet", { isPaired: true });
		expect(peersOf(tablet)).toEqual(["laptop refused you-are-waiting", "phone refused you-are-waiting"]);
		expect(peersOf(laptop)).toContain("tablet refused waiting");
		expect(textsOf(tablet)).toEqual({});
		expect(tablet.engine.status().problems.map(({ code }) => code)).toEqual(["device-waiting"]);
		expect(memberNews(laptop).at(-1)).toBe("waiting tablet");
		const before = world.clock.monotonic();
		expect(await laptop.engine.approve(tablet.id)).toBe("done");
		while (textsOf(tablet)["note.md"] === undefined) await world.clock.advance(10);
		expect(world.clock.monotonic() - before).toBeLessThan(1_000);
		await world.settle();
		expect(peersOf(tablet)).toEqual(["laptop connected", "phone connected"]);
		expect(tablet.engine.status().problems).toEqual([]);
		for (const device of [laptop, phone, tablet]) expect(memberNews(device).at(-1)).toBe("approved tablet");
	});

	test("[K16] is asked for once a minute while it waits", async () => {
		const [laptop] = await pair();
		await laptop.engine.setAskFirst(true);
		const tablet = await world.add("tablet", { isPaired: true });
		const dials = (): number =>
			tablet.events.filter((event) => event.event === "peer" && event.state === "connecting").length;
		const before = dials();
		await world.settle(10 * MINUTE_MS);
		expect(dials() - before).toBeLessThanOrEqual(2 * 10);
		const refused = tablet.events.filter((event) => event.event === "peer" && event.state === "refused");
		expect(refused).toHaveLength(2);
	});
});

describe("new devices whose first device is away", () => {
	test.each([true, false])(
		"[K26] are in one group with it in the end, also when a person decides something meanwhile; both by a link that names it: %s",
		async (areBothNamed) => {
			const laptop = await world.add("laptop", { isFirst: true });
			laptop.vault.save("note.md", "from the laptop");
			await world.settle();
			await world.during(laptop.engine.stop("away"));
			const phone = await world.add("phone", { isPaired: true });
			phone.vault.save("phone.md", "from the phone");
			const tablet = await world.add("tablet", { isPaired: areBothNamed });
			await world.settle(2 * MINUTE_MS);
			expect(peersOf(phone)).toEqual(["tablet refused roster-awaited"]);
			expect(textsOf(tablet)).toEqual({});
			expect(await phone.engine.setAskFirst(true)).toBe("no-roster");
			await world.restart(laptop, { isFirst: true });
			await world.settle(2 * MINUTE_MS);
			for (const device of [laptop, phone, tablet]) {
				expect(peersOf(device).filter((peer) => peer.endsWith(" connected"))).toHaveLength(2);
				expect(device.engine.firstDevice).toBe(laptop.id);
				expect(textsOf(device)).toEqual({ "note.md": "from the laptop", "phone.md": "from the phone" });
			}
		},
	);
});

describe("a device that was taken out", () => {
	test("[K16 K17] has no session any more with anybody, and is told why", async () => {
		const [laptop, phone, tablet] = await three();
		await takeOut(laptop, tablet);
		await world.settle();
		for (const device of [laptop, phone]) {
			expect(rosterOf(device)).toBe("laptop:admin phone:admin");
			expect(memberNews(device).at(-1)).toBe("left tablet");
			expect(peersOf(device)).toContain("tablet refused removed");
			device.vault.save(`${device.name}.md`, "secret");
		}
		await world.settle(5 * MINUTE_MS);
		expect(textsOf(phone)).toHaveProperty(["laptop.md"]);
		expect(Object.keys(textsOf(tablet))).toEqual(["note.md"]);
		expect(peersOf(tablet)).toEqual(["laptop refused you-were-removed", "phone refused you-were-removed"]);
		expect(tablet.engine.status().problems.map(({ code }) => code)).toEqual(["device-gone"]);
	});

	test("[K16] hears of it when it comes back", async () => {
		const [laptop, , tablet] = await three();
		await world.during(tablet.engine.stop("away"));
		await takeOut(laptop, tablet);
		await world.settle();
		await world.restart(tablet, { isPaired: true });
		expect(peersOf(tablet)).toContain("laptop refused you-were-removed");
		expect(rosterOf(tablet)).toBe("laptop:admin phone:admin tablet:gone");
	});

	test("[K18] gets around it by no older version", async () => {
		const [laptop, phone, tablet] = await three();
		await world.restart(tablet, { isOlder: true });
		expect(peersOf(laptop)).toContain("tablet refused no-roster");
		await takeOut(laptop, tablet);
		await world.settle(2 * MINUTE_MS);
		for (const device of [laptop, phone]) device.vault.save(`${device.name}.md`, "secret");
		await world.settle(5 * MINUTE_MS);
		expect(Object.keys(textsOf(tablet))).toEqual(["note.md"]);
	});
});

describe("a device of an older version", () => {
	test("[K18] is let in as long as nobody was taken out and nobody has to be asked", async () => {
		const [laptop, phone] = await pair();
		const old = await world.add("old", { isOlder: true });
		expect(textsOf(old)).toEqual({ "note.md": "from the laptop" });
		expect(await laptop.engine.setAskFirst(true)).toBe("done");
		await world.settle();
		for (const device of [laptop, phone]) expect(peersOf(device)).toContain("old refused no-roster");
		laptop.vault.save("secret.md", "secret");
		await world.settle(5 * MINUTE_MS);
		expect(textsOf(old)).not.toHaveProperty(["secret.md"]);
		await laptop.engine.setAskFirst(false);
		await world.settle();
		expect(textsOf(old)).toHaveProperty(["secret.md"]);
	});

	test("[K16] that gets a newer one joins, also where all of a group were older", async () => {
		const [a, b] = [await world.add("alpha", { isOlder: true }), await world.add("beta", { isOlder: true })];
		a.vault.save("note.md", "alpha");
		await world.settle();
		await world.restart(a);
		await world.restart(b);
		expect([rosterOf(a), rosterOf(b)]).toEqual(["", ""]);
		b.vault.save("beta.md", "beta");
		await world.settle();
		expect(textsOf(a)).toEqual({ "note.md": "alpha", "beta.md": "beta" });
		// The first decision of a person begins the roster.
		expect(await b.engine.setAskFirst(false)).toBe("done");
		await world.settle();
		expect([rosterOf(a), rosterOf(b)]).toEqual(["beta:admin alpha:admin", "beta:admin alpha:admin"]);
		expect(peersOf(a)).toEqual(["beta connected"]);
	});
});

describe("a reader", () => {
	test("[K19] gets everything, and nobody takes anything from it", async () => {
		const [laptop, phone, tablet] = await three();
		expect(await laptop.engine.setRole(tablet.id, "reader")).toBe("done");
		await world.settle();
		tablet.vault.save("mine.md", "of the reader");
		tablet.vault.save("note.md", "changed by the reader");
		await world.settle(5 * MINUTE_MS);
		for (const device of [laptop, phone]) expect(textsOf(device)).toEqual({ "note.md": "from the laptop" });
		phone.vault.save("phone.md", "news");
		await world.settle();
		expect(textsOf(tablet)["phone.md"]).toBe("news");
		expect(peersOf(laptop)).toContain("tablet connected");
	});

	test("[K19] knows that it is one, and shows what is changed there as its own", async () => {
		const [laptop, phone, tablet] = await three();
		await laptop.engine.setRole(tablet.id, "reader");
		await world.settle();
		expect(tablet.events).toContainEqual({ event: "own-role", role: "reader" });
		await world.restart(tablet);
		expect(tablet.engine.status().mode).toBe("receive-only");
		tablet.vault.save("note.md", "changed by the reader");
		await world.settle(2 * MINUTE_MS);
		expect(tablet.engine.status().localChanges).toEqual([{ path: "note.md", kind: "modify" }]);
		expect(tablet.engine.status().phase).toBe("in-sync");
		phone.vault.save("phone.md", "news");
		await world.settle();
		expect(textsOf(tablet)["phone.md"]).toBe("news");
		await laptop.engine.setRole(tablet.id, "writer");
		await world.settle();
		expect(tablet.events).toContainEqual({ event: "own-role", role: "writer" });
		await world.restart(tablet);
		await world.settle();
		expect(textsOf(laptop)["note.md"]).toBe("changed by the reader");
	});

	test("[K19] that becomes a writer is heard again, with all that it wrote", async () => {
		const [laptop, phone, tablet] = await three();
		await laptop.engine.setRole(tablet.id, "reader");
		await world.settle();
		tablet.vault.save("mine.md", "of the reader");
		await world.settle(2 * MINUTE_MS);
		await laptop.engine.setRole(tablet.id, "writer");
		await world.settle(2 * MINUTE_MS);
		for (const device of [laptop, phone]) expect(textsOf(device)["mine.md"]).toBe("of the reader");
	});
});
