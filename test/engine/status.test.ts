// What the outside may watch: one phase for each situation, and events that say what happened, to whom and from whom.
import { describe, expect, it } from "vitest";
import type { EngineEvent, Phase, Status } from "../../src/engine/status.ts";
import { Listeners } from "../../src/engine/status.ts";
import { World, type SimulatedDevice } from "../simulation/world.ts";
import { hashOf } from "../support/records.ts";

interface Watched {
	readonly world: World;
	readonly alice: SimulatedDevice;
	readonly bob: SimulatedDevice;
	readonly events: Map<SimulatedDevice, EngineEvent[]>;
	readonly statuses: Map<SimulatedDevice, Status[]>;
}

/** Two devices that are watched from before their start. */
async function pair(seed = 1): Promise<Watched> {
	const world = new World({ seed, names: ["alice", "bob"] });
	const [alice, bob] = [world.device("alice"), world.device("bob")];
	const events = new Map<SimulatedDevice, EngineEvent[]>();
	const statuses = new Map<SimulatedDevice, Status[]>();
	for (const device of [alice, bob]) {
		const [told, seen]: [EngineEvent[], Status[]] = [[], []];
		events.set(device, told);
		statuses.set(device, seen);
		device.engine.onEvent((event) => told.push(event));
		device.engine.onStatus((status) => seen.push(status));
	}
	await world.start();
	return { world, alice, bob, events, statuses };
}

const phaseOf = (device: SimulatedDevice): Phase => device.engine.status().phase;
const stateOfPeer = (device: SimulatedDevice): string | undefined => device.engine.status().peers[0]?.state;

function eventsOf<T extends EngineEvent["event"]>(
	{ events }: Watched,
	device: SimulatedDevice,
	kind: T,
): Extract<EngineEvent, { readonly event: T }>[] {
	return (events.get(device) ?? []).filter(
		(event): event is Extract<EngineEvent, { readonly event: T }> => event.event === kind,
	);
}

describe("[E2] the phase", () => {
	it("is starting until the first scan is over", async () => {
		const world = new World({ seed: 1, names: ["alice"] });
		const alice = world.device("alice");
		expect(phaseOf(alice)).toBe("starting");
		const starting = alice.engine.start();
		expect(phaseOf(alice)).toBe("starting");
		await world.during(starting);
		expect(phaseOf(alice)).not.toBe("starting");
		await world.stop();
	});

	it("is offline without a relay, connecting with one and without another device", async () => {
		const world = new World({ seed: 1, names: ["alice"] });
		const alice = world.device("alice");
		world.network.relayUp = false;
		await world.start();
		await world.clock.advance(1_000);
		expect([phaseOf(alice), alice.engine.status().signalling]).toEqual(["offline", "offline"]);
		world.network.relayUp = true;
		await world.clock.advance(1_000);
		expect([phaseOf(alice), alice.engine.status().signalling]).toEqual(["connecting", "online"]);
		await world.stop();
	});

	it("stays in sync without a relay while the other device is connected", async () => {
		const { world, alice } = await pair();
		await world.clock.advance(2_000);
		world.network.relayUp = false;
		await world.clock.advance(2_000);
		expect([phaseOf(alice), alice.engine.status().signalling]).toEqual(["in-sync", "offline"]);
		await world.stop();
	});

	it("is in sync only when the content is on every disk, whatever the records say", async () => {
		const { world, alice, bob } = await pair();
		await world.clock.advance(2_000);
		const film = new Uint8Array(3 * 1024 * 1024).fill(7);
		const early: string[] = [];
		const phases = new Set<Phase>();
		for (const device of [alice, bob]) {
			device.engine.onStatus(({ phase, files }) => {
				phases.add(phase);
				if (phase === "in-sync" && files === 1 && bob.vault.files().size === 0) early.push(device.name);
			});
		}
		alice.vault.save("film.mp4", film);
		await world.clock.advance(10_000);
		expect(bob.vault.files().get("film.mp4")?.length).toBe(film.length);
		expect(early).toEqual([]);
		expect(phases).toContain("syncing");
		expect([phaseOf(alice), phaseOf(bob)]).toEqual(["in-sync", "in-sync"]);
		await world.stop();
	});

	it("is syncing, with what is left to do, while the way to the other device is cut", async () => {
		const { world, alice, bob } = await pair();
		await world.clock.advance(2_000);
		world.network.cut(alice.deviceId, bob.deviceId);
		alice.vault.save("note.md", "text");
		await world.clock.advance(1_000);
		const status = alice.engine.status();
		expect([status.phase, status.pending]).toEqual(["syncing", { in: 0, out: 1 }]);
		expect(status.peers[0]).toMatchObject({ state: "connected", inSync: false, unreceived: 1, unapplied: 1 });
		expect(status.progress.total - status.progress.done).toBe(1);
		world.network.heal(alice.deviceId, bob.deviceId);
		await world.clock.advance(5_000);
		expect(alice.engine.status()).toMatchObject({ phase: "in-sync", pending: { in: 0, out: 0 } });
		await world.stop();
	});

	it("is attention while a file is held, and no longer when it is written", async () => {
		const watched = await pair();
		const { world, alice, bob } = watched;
		await world.clock.advance(2_000);
		for (let times = 0; times < 2; times++) bob.vault.failNext("replaceIf", "locked");
		alice.vault.save("note.md", "text");
		await world.clock.advance(2_000);
		expect(bob.engine.status()).toMatchObject({ phase: "attention", held: [{ path: "note.md", reason: "locked" }] });
		expect(alice.engine.status().peers[0]).toMatchObject({ unreceived: 0, unapplied: 1 });
		await world.clock.advance(20_000);
		expect(bob.engine.status()).toMatchObject({ phase: "in-sync", held: [] });
		expect(alice.engine.status().peers[0]).toMatchObject({ unreceived: 0, unapplied: 0 });
		expect(eventsOf(watched, bob, "held")).toEqual([{ event: "held", path: "note.md", reason: "locked" }]);
		await world.stop();
	});

	it("[N5] is paused when all is paused, and in sync again after it is resumed", async () => {
		const watched = await pair();
		const { world, alice, bob } = watched;
		await world.clock.advance(2_000);
		alice.engine.pause();
		alice.vault.save("note.md", "text");
		await world.clock.advance(30_000);
		expect(alice.engine.status()).toMatchObject({ phase: "paused", paused: true, files: 1 });
		expect(bob.vault.text("note.md")).toBeUndefined();
		alice.engine.resume();
		await world.clock.advance(2_000);
		expect(bob.vault.text("note.md")).toBe("text");
		expect(alice.engine.status()).toMatchObject({ phase: "in-sync", paused: false });
		expect(eventsOf(watched, alice, "paused")).toEqual([{ event: "paused" }]);
		expect(eventsOf(watched, alice, "resumed")).toEqual([{ event: "resumed" }]);
		expect(eventsOf(watched, bob, "peer").map(({ state }) => state)).toContain("lost");
		await world.stop();
	});
});

describe("[E2] what is told of another device", () => {
	it("follows it: away, connected, paused by this device, connected again", async () => {
		const watched = await pair();
		const { world, alice, bob } = watched;
		await world.clock.advance(2_000);
		expect(alice.engine.status().peers).toMatchObject([{ deviceId: bob.deviceId, name: "bob", state: "connected" }]);
		alice.engine.pause(bob.deviceId);
		await world.clock.advance(2_000);
		expect(stateOfPeer(alice)).toBe("paused");
		expect(eventsOf(watched, alice, "paused")).toEqual([{ event: "paused", peer: bob.deviceId }]);
		alice.engine.resume(bob.deviceId);
		await world.clock.advance(2_000);
		expect(stateOfPeer(alice)).toBe("connected");
		await world.quit(bob);
		await world.clock.advance(2_000);
		expect(alice.engine.status().peers).toMatchObject([{ name: "bob", state: "away", inSync: false }]);
		const told = eventsOf(watched, alice, "peer").map(({ state }) => state);
		expect(told.filter((state) => state !== "connecting")).toEqual(["connected", "lost", "connected", "lost"]);
		expect(eventsOf(watched, alice, "peer").find(({ state }) => state === "lost")?.reason).toBe("paused");
		await world.stop();
	});

	it("says when it was last heard of", async () => {
		const { world, alice, bob } = await pair();
		await world.clock.advance(2_000);
		await world.quit(bob);
		const gone = world.clock.now();
		await world.clock.advance(60_000);
		const lastSeen = alice.engine.status().peers[0]?.lastSeen ?? 0;
		expect(lastSeen).toBeLessThan(gone + 100);
		expect(lastSeen).toBeGreaterThan(gone - 10_000);
		await world.stop();
	});

	it("compares by presence alone with a device that cannot be reached", async () => {
		const { world, alice, bob } = await pair();
		await world.clock.advance(2_000);
		world.cut(alice, bob);
		await world.clock.advance(2_000);
		expect(stateOfPeer(alice)).not.toBe("connected");
		expect(alice.engine.status().peers[0]?.inSync).toBe(true);
		bob.vault.save("note.md", "text");
		await world.clock.advance(2_000);
		expect(alice.engine.status().peers[0]?.inSync).toBe(false);
		await world.stop();
	});
});

describe("[E3] the events", () => {
	it("tell of an edit on the device where it was made, and of its coming on the other, with who brought it", async () => {
		const watched = await pair();
		const { world, alice, bob } = watched;
		await world.clock.advance(2_000);
		for (const text of ["one", "longer"]) {
			alice.vault.save("note.md", text);
			await world.clock.advance(2_000);
		}
		alice.vault.delete("note.md");
		await world.clock.advance(2_000);
		const kinds = ["create", "modify", "delete"];
		expect(eventsOf(watched, alice, "changed")).toEqual(
			kinds.map((kind) => ({ event: "changed", path: "note.md", kind })),
		);
		expect(eventsOf(watched, bob, "applied")).toEqual(
			kinds.map((kind, i) => ({
				event: "applied",
				path: "note.md",
				kind,
				...{ peer: alice.deviceId, by: "alice", via: "direct" },
				bytes: [3, 6, 0][i],
			})),
		);
		expect(eventsOf(watched, bob, "changed")).toEqual([]);
		expect(eventsOf(watched, alice, "applied")).toEqual([]);
		await world.stop();
	});

	it("tell of a conflict with winner, loser and the name of the copy", async () => {
		const watched = await pair();
		const { world, alice, bob } = watched;
		await world.clock.advance(2_000);
		world.cut(alice, bob);
		alice.vault.save("note.md", "alice's");
		bob.vault.save("note.md", "bob's");
		await world.clock.advance(2_000);
		world.heal(alice, bob);
		await world.clock.advance(10_000);
		const told = [alice, bob].flatMap((device) => eventsOf(watched, device, "conflict"));
		expect(told).toHaveLength(2);
		for (const event of told) {
			if ("merged" in event) throw new Error("nothing here can be merged");
			const { path, copy, winner, loser } = event;
			expect(path).toBe("note.md");
			expect(hashOf(alice.vault.text("note.md") ?? "")).toBe(winner);
			expect(hashOf(alice.vault.text(copy) ?? "")).toBe(loser);
			expect(hashOf(bob.vault.text(copy) ?? "")).toBe(loser);
		}
		await world.stop();
	});

	it("tell of being in sync once, and again after it was not", async () => {
		const watched = await pair();
		const { world, alice, bob } = watched;
		await world.clock.advance(60_000);
		expect(eventsOf(watched, alice, "in-sync")).toHaveLength(1);
		alice.vault.save("note.md", "text");
		await world.clock.advance(60_000);
		const told = eventsOf(watched, alice, "in-sync");
		expect(told).toHaveLength(2);
		expect(told[1]).toEqual({ event: "in-sync", root: bob.engine.status().root, files: 1, peers: [bob.deviceId] });
		expect(eventsOf(watched, alice, "out-of-sync").at(-1)).toEqual({ event: "out-of-sync", peers: [bob.deviceId] });
		await world.stop();
	});

	it("tell the end, last", async () => {
		const watched = await pair();
		await watched.world.stop();
		expect(watched.events.get(watched.alice)?.at(-1)).toEqual({ event: "stopped", reason: "quit" });
	});
});

describe("[E3] those who listen", () => {
	it("are all told, whatever one of them throws, until they have had enough", () => {
		const errors: unknown[] = [];
		const heard: string[] = [];
		const listeners = new Listeners<string>((error) => errors.push(error));
		listeners.subscribe(() => {
			throw new Error("mine");
		});
		const stop = listeners.subscribe((news) => heard.push(news));
		listeners.tell("one");
		stop();
		listeners.tell("two");
		expect(heard).toEqual(["one"]);
		expect(errors).toHaveLength(2);
	});
});

describe("both devices that dial at once", () => {
	it("[N2] keep one session, the same on both sides, on whatever network", async () => {
		for (let seed = 1; seed <= 40; seed++) {
			const watched = await pair(seed);
			const { world, alice, bob, events } = watched;
			await world.clock.advance(2_000);
			for (const device of [alice, bob]) device.engine.pause();
			await world.clock.advance(1_000);
			for (const device of [alice, bob]) device.engine.resume();
			await world.clock.advance(1_000);
			for (const device of [alice, bob]) events.get(device)?.splice(0);
			alice.vault.save("note.md", "text");
			await world.clock.advance(60_000);
			expect([phaseOf(alice), phaseOf(bob)], `seed ${String(seed)}`).toEqual(["in-sync", "in-sync"]);
			// Settled within a second: nobody dials, loses or replaces anything after that.
			const later = [alice, bob].flatMap((device) => eventsOf(watched, device, "peer"));
			expect(later, `seed ${String(seed)}`).toEqual([]);
			await world.stop();
		}
	});
});

it("[GP5] says what each other device runs on once it has connected, and goes on saying it when that one is away", async () => {
	const settings = (name: string) => (name === "bob" ? { platform: "android" as const } : {});
	const world = new World({ seed: 1, names: ["alice", "bob"], settings });
	await world.start();
	await world.clock.advance(10_000);
	const seenBy = (name: string) =>
		world
			.device(name)
			.engine.status()
			.peers.map(({ platform }) => platform);
	expect([seenBy("alice"), seenBy("bob")]).toEqual([["android"], [undefined]]);
	await world.quit(world.device("bob"));
	await world.clock.advance(10_000);
	expect(seenBy("alice")).toEqual(["android"]);
	await world.stop();
});
