// Whole engines that go on with another group key, as their hosts have them do.
import { afterEach, describe, expect, test } from "vitest";
import type { GroupKey } from "../../src/core/group-key.ts";
import type { ReplicaEpoch } from "../../src/core/ids.ts";
import { Engine } from "../../src/engine/engine.ts";
import { RosterKeeper } from "../../src/engine/roster-keeper.ts";
import { ringOf, type KeyRing } from "../../src/web/key-ring.ts";
import { fakeDeviceKey, fakeVerifier } from "../simulation/fake-crypto.ts";
import { SeededRandom } from "../simulation/seeded-random.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { MemoryEnvelopes } from "../support/memory-envelopes.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { MemoryNetwork } from "../support/memory-transport.ts";
import { MemoryVault } from "../support/memory-vault.ts";
import { nodeCryptoDigest } from "../support/node-crypto-digest.ts";
import { agreementPoint, fakeGroupKeys, keyNamed, secretsOf } from "../support/rotating-devices.ts";
import { TestLog } from "../support/test-log.ts";

const clock = new ManualClock();

async function during<T>(work: Promise<T>): Promise<T> {
	const state = { isDone: false };
	const watched = work.finally(() => {
		state.isDone = true;
	});
	watched.catch(() => undefined);
	for (let turn = 0; turn < 5_000 && !state.isDone; turn++) await clock.advance(5);
	return watched;
}

/** What a host does: keeps the keys, and begins anew with another one. */
class Host {
	readonly name: string;
	readonly vault = new MemoryVault({ now: () => clock.now(), digest: nodeCryptoDigest });
	store = new MemoryStore();
	readonly disk: { ring: KeyRing };
	readonly lives: string[] = [];
	readonly #networkOf: (key: GroupKey) => MemoryNetwork;
	readonly #envelopes: MemoryEnvelopes;
	/** It is of a version that knows no roster. */
	isOlder = false;
	#engine: Engine | undefined;
	#changing: Promise<void> = Promise.resolve();

	constructor(
		name: string,
		world: { readonly networkOf: (key: GroupKey) => MemoryNetwork; readonly envelopes: MemoryEnvelopes },
	) {
		this.name = name;
		this.#networkOf = world.networkOf;
		this.#envelopes = world.envelopes;
		this.disk = { ring: ringOf(keyNamed("first"), name === "laptop") };
	}

	get id() {
		return fakeDeviceKey(this.name).deviceId;
	}

	get engine(): Engine {
		if (this.#engine === undefined) throw new Error(`${this.name} does not run`);
		return this.#engine;
	}

	async start(): Promise<void> {
		const { name, store, vault, disk, id } = this;
		const secrets = secretsOf(disk.ring.current);
		const random = new SeededRandom(name.length + name.charCodeAt(0) + this.lives.length);
		const own = { deviceKey: fakeDeviceKey(name), verifier: fakeVerifier, random, store };
		const roster = await RosterKeeper.open({
			...{ ...own, isFirst: disk.ring.isFirst === true, name: () => name, proof: secrets.roster },
			agreementKey: agreementPoint(name),
		});
		const keys = fakeGroupKeys({
			...{ disk, name, change: (make: () => Promise<void>) => make() },
			boxOf: (key) => this.#envelopes.boxOf(secretsOf(key).groupId, id),
		});
		const group = this.isOlder ? {} : { roster, keys };
		const ports = { ...own, ...group, secrets, vault, clock, log: new TestLog(), digest: nodeCryptoDigest };
		const engine = new Engine(
			{ ...ports, transport: this.#networkOf(disk.ring.current).transport(id) },
			{ name, debounceMs: 100, epoch: id.slice(0, 24) as ReplicaEpoch },
		);
		this.lives.push(Array.from(disk.ring.current.subarray(0, 2)).join());
		engine.onEvent(({ event }) => {
			if (event === "group-key") this.#changing = this.#again();
		});
		this.#engine = engine;
		await during(engine.start());
	}

	async stop(): Promise<void> {
		await during(this.#changing);
		await during(this.engine.stop("end"));
	}

	async #again(): Promise<void> {
		await this.engine.stop("a new group key");
		await this.start();
	}
}

describe("engines whose group gets another key", () => {
	const networks = new Map<string, MemoryNetwork>();
	/** As the relay has it: who has another key is in another group. */
	const networkOf = (key: GroupKey): MemoryNetwork => {
		const network = networks.get(key.join()) ?? new MemoryNetwork({ clock });
		networks.set(key.join(), network);
		return network;
	};
	const envelopes = new MemoryEnvelopes();
	const [laptop, phone, lost] = ["laptop", "phone", "lost"].map((name) => new Host(name, { networkOf, envelopes })) as [
		Host,
		Host,
		Host,
	];
	afterEach(async () => {
		for (const host of [laptop, phone, lost]) await host.stop();
		await clock.advance(60_000);
		expect(clock.pending).toBe(0);
	});

	test("[K21] go on with it at once, in the same folder and state, and whoever is out gets nothing new", async () => {
		laptop.vault.save("note.md", "of the laptop");
		for (const host of [laptop, phone, lost]) {
			await host.start();
			await clock.advance(8_000);
		}
		expect(lost.vault.text("note.md")).toBe("of the laptop");
		// Nothing lies at the relay: the key has to come over the session.
		envelopes.fail("bad-answer");
		const removed = await during(laptop.engine.remove(lost.id));
		expect(removed).toMatchObject({ kind: "removed", handedOut: "now", unreached: [] });
		await clock.advance(20_000);
		expect([laptop, phone, lost].map(({ lives }) => lives.length)).toEqual([2, 2, 1]);
		expect(laptop.lives).toEqual(phone.lives);

		phone.vault.save("note.md", "of the phone");
		lost.vault.save("lost.md", "of whoever has it");
		await clock.advance(20_000);
		expect(laptop.vault.text("note.md")).toBe("of the phone");
		expect([...laptop.vault.files().keys()]).toEqual(["note.md"]);
		expect(lost.vault.text("note.md")).toBe("of the laptop");
		expect(lost.engine.status().peers.map(({ state }) => state)).not.toContain("connected");
		expect(laptop.engine.status().peers.map(({ name, state }) => [name, state])).toEqual([["phone", "connected"]]);
		expect(laptop.engine.status().problems).toEqual([]);
	});
});

describe("the device on which a group began", () => {
	test("[K11] begins no second list when it lost its state: it takes the one that the others have", async () => {
		const network = new MemoryNetwork({ clock });
		const world = { networkOf: () => network, envelopes: new MemoryEnvelopes() };
		const [laptop, phone, tablet] = ["laptop", "phone", "tablet"].map((name) => new Host(name, world)) as [
			Host,
			Host,
			Host,
		];
		laptop.vault.save("note.md", "of the laptop");
		for (const host of [laptop, phone, tablet]) {
			await host.start();
			await clock.advance(8_000);
		}
		await tablet.stop();
		await laptop.stop();
		laptop.store = new MemoryStore();
		await laptop.start();
		await clock.advance(8_000);
		await laptop.stop();
		// It never meets the laptop again: only the phone.
		await tablet.start();
		await clock.advance(8_000);
		const seen = tablet.engine.status().peers.map(({ name, state, refused }) => [name, state, refused]);
		expect(seen).toEqual([["phone", "connected", undefined]]);
		for (const host of [phone, tablet]) {
			expect(host.engine.members().map(({ name, role }) => `${name} ${role}`)).toEqual([
				"laptop admin",
				"phone admin",
				"tablet writer",
			]);
			await host.stop();
		}
		await clock.advance(60_000);
		expect(clock.pending).toBe(0);
	});
});

describe("a device of a version that knows no list of devices", () => {
	test("[K21] is named to whoever takes another one out: it gets no new key and has to be paired again", async () => {
		const networks = new Map<string, MemoryNetwork>();
		const networkOf = (key: GroupKey): MemoryNetwork => {
			const network = networks.get(key.join()) ?? new MemoryNetwork({ clock });
			networks.set(key.join(), network);
			return network;
		};
		const world = { networkOf, envelopes: new MemoryEnvelopes() };
		const [laptop, older, lost] = ["laptop", "older", "lost"].map((name) => new Host(name, world)) as [
			Host,
			Host,
			Host,
		];
		older.isOlder = true;
		for (const host of [laptop, older, lost]) {
			await host.start();
			await clock.advance(8_000);
		}
		const removed = await during(laptop.engine.remove(lost.id));
		expect(removed).toEqual({ kind: "removed", handedOut: "now", unreached: [older.id] });
		for (const host of [laptop, older, lost]) await host.stop();
		await clock.advance(60_000);
		expect(clock.pending).toBe(0);
	});
});
