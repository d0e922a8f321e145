// What a person is told of one file: on whole devices in virtual time, of which some are away.
import { describe, expect, test } from "vitest";
import type { Engine } from "../../../src/engine/engine.ts";
import type { SimulatedDevice } from "../../simulation/world.ts";
import { alone, apart, type Group } from "../../support/apart.ts";

async function told({ world }: Group, engine: Engine, path: string): Promise<Record<string, string[]> | undefined> {
	const receipts = await world.during(engine.receiptsOf(path));
	const name = (device: string): string => world.devices.find(({ deviceId }) => deviceId === device)?.name ?? device;
	const names = (devices: readonly string[]): string[] => devices.map(name).sort();
	if (receipts === undefined) return undefined;
	return { has: names(receipts.has), stored: names(receipts.stored), lacking: names(receipts.lacking) };
}

function launched({ world }: Group, name: string): SimulatedDevice {
	const device = world.device(name);
	world.launch(device);
	return device;
}

describe("[ZP7] of a file it is told", () => {
	test("who has it, who gets it from the relay, and who does neither yet", async () => {
		const group = await apart({ "a.md": "one", "b.md": "one" });
		const { clock } = group.world;
		const alice = launched(group, "alice");
		const bob = launched(group, "bob");
		await clock.advance(30_000);
		const ofAll = { has: ["bob", "carol"], stored: [], lacking: [] };
		expect(await told(group, alice.engine, "a.md")).toEqual(ofAll);
		alice.vault.save("a.md", "two");
		await clock.advance(1_500);
		expect(await told(group, alice.engine, "a.md")).toEqual({ has: ["bob"], stored: [], lacking: ["carol"] });
		await clock.advance(20_000);
		expect(await told(group, alice.engine, "a.md")).toEqual({ has: ["bob"], stored: ["carol"], lacking: [] });
		expect(await told(group, bob.engine, "a.md")).toEqual({ has: ["alice"], stored: ["carol"], lacking: [] });
		// The other one did not change.
		expect(await told(group, alice.engine, "b.md")).toEqual(ofAll);
		launched(group, "carol");
		await clock.advance(30_000);
		expect(await told(group, alice.engine, "a.md")).toEqual(ofAll);
		await group.world.stop();
	});

	test("that it is nowhere else, while no relay takes it", async () => {
		const group = await apart({ "a.md": "one" });
		const alice = launched(group, "alice");
		await group.world.clock.advance(10_000);
		alice.vault.save("a.md", "two");
		await group.world.clock.advance(500);
		expect(await told(group, alice.engine, "a.md")).toEqual({ has: [], stored: [], lacking: ["bob", "carol"] });
		await group.world.quit(alice);
	});

	test("that it is not at the relay where only its name is: it was too large to be left there", async () => {
		const settings = () => ({ mailbox: { largestBytes: 1_000 } });
		const group = await apart({ "a.md": "one" }, { settings });
		const alice = launched(group, "alice");
		await group.world.clock.advance(10_000);
		alice.vault.save("large.md", "large ".repeat(1_000));
		alice.vault.save("a.md", "two");
		await group.world.clock.advance(20_000);
		expect(await told(group, alice.engine, "a.md")).toEqual({ has: [], stored: ["bob", "carol"], lacking: [] });
		expect(await told(group, alice.engine, "large.md")).toEqual({ has: [], stored: [], lacking: ["bob", "carol"] });
		await group.world.quit(alice);
	});

	test("that it is not at the relay, either where another device left the name alone", async () => {
		const settings = () => ({ mailbox: { largestBytes: 1_000 } });
		const group = await apart({ "a.md": "one" }, { settings });
		const pair = [launched(group, "alice"), launched(group, "bob")] as const;
		await group.world.clock.advance(30_000);
		pair[0].vault.save("large.md", "large ".repeat(1_000));
		pair[0].vault.save("a.md", "two");
		await group.world.clock.advance(20_000);
		for (const [device, other] of [pair, [pair[1], pair[0]] as const]) {
			const has = [other.name];
			expect(await told(group, device.engine, "a.md")).toEqual({ has, stored: ["carol"], lacking: [] });
			expect(await told(group, device.engine, "large.md")).toEqual({ has, stored: [], lacking: ["carol"] });
		}
		await group.world.stop();
	});

	test("nothing where there is none, where it is deleted, and where its name is none", async () => {
		const group = await apart({ "a.md": "one", "gone.md": "one" });
		const alice = await alone(group, "alice", ({ vault }) => {
			vault.delete("gone.md");
		});
		for (const path of ["other.md", "gone.md", "a\0.md", ""])
			expect(await alice.engine.receiptsOf(path)).toBeUndefined();
	});
});

describe("[ZP9] of the others it is told", () => {
	const toldOf = ({ world }: Group, engine: Engine): Record<string, string> => {
		const all = [...(engine.behind() ?? [])].map(([device, { paths, isLeft }]) => {
			const name = world.devices.find(({ deviceId }) => deviceId === device)?.name ?? device;
			return [name, `${String(paths)} ${isLeft ? "left" : "not left"}`] as const;
		});
		return Object.fromEntries(all.sort());
	};

	test("how many files each is behind, and whether they are left for it", async () => {
		const group = await apart({ "a.md": "one", "b.md": "one" });
		const { clock } = group.world;
		const alice = launched(group, "alice");
		launched(group, "bob");
		await clock.advance(30_000);
		expect(toldOf(group, alice.engine)).toEqual({ bob: "0 left", carol: "0 left" });
		alice.vault.save("a.md", "two");
		alice.vault.save("c.md", "two");
		await clock.advance(1_500);
		expect(toldOf(group, alice.engine)).toEqual({ bob: "0 left", carol: "2 not left" });
		await clock.advance(20_000);
		expect(toldOf(group, alice.engine)).toEqual({ bob: "0 left", carol: "2 left" });
		launched(group, "carol");
		await clock.advance(30_000);
		expect(toldOf(group, alice.engine)).toEqual({ bob: "0 left", carol: "0 left" });
		await group.world.stop();
	});

	test("that something is not left for it where it was too large to be", async () => {
		const group = await apart({ "a.md": "one" }, { settings: () => ({ mailbox: { largestBytes: 1_000 } }) });
		const alice = launched(group, "alice");
		await group.world.clock.advance(10_000);
		alice.vault.save("large.md", "large ".repeat(1_000));
		await group.world.clock.advance(20_000);
		expect(toldOf(group, alice.engine)).toEqual({ bob: "1 not left", carol: "1 not left" });
		await group.world.quit(alice);
	});
});
