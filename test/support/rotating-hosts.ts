// Whole engines with a roster and the group's keys, as their hosts run them: with another key they begin anew.
import type { GroupKey } from "../../src/core/group-key.ts";
import type { GroupId, ReplicaEpoch } from "../../src/core/ids.ts";
import { Engine } from "../../src/engine/engine.ts";
import type { EnvelopeBox } from "../../src/engine/ports/envelope-box.ts";
import type { Mailbox } from "../../src/engine/ports/mailbox.ts";
import { RosterKeeper } from "../../src/engine/roster-keeper.ts";
import { ringOf, type KeyRing } from "../../src/web/key-ring.ts";
import { fakeDeviceKey, fakeVerifier } from "../simulation/fake-crypto.ts";
import { SeededRandom } from "../simulation/seeded-random.ts";
import { ManualClock } from "./manual-clock.ts";
import type { MemoryEnvelopes } from "./memory-envelopes.ts";
import { MemoryStore } from "./memory-store.ts";
import type { MemoryNetwork } from "./memory-transport.ts";
import { MemoryVault } from "./memory-vault.ts";
import { nodeCryptoDigest } from "./node-crypto-digest.ts";
import { agreementPoint, fakeGroupKeys, keyNamed, secretsOf } from "./rotating-devices.ts";
import { TestLog } from "./test-log.ts";

export const clock = new ManualClock();

export async function during<T>(work: Promise<T>): Promise<T> {
	const state = { isDone: false };
	const watched = work.finally(() => {
		state.isDone = true;
	});
	watched.catch(() => undefined);
	for (let turn = 0; turn < 5_000 && !state.isDone; turn++) await clock.advance(5);
	return watched;
}

export interface HostWorld {
	readonly networkOf: (key: GroupKey) => MemoryNetwork;
	readonly envelopes: MemoryEnvelopes;
	/** `undefined`: the relay has none. */
	readonly mailboxOf?: (group: GroupId, host: Host) => Mailbox;
}

/** What a host does: keeps the keys, and begins anew with another one. */
export class Host {
	readonly name: string;
	readonly vault = new MemoryVault({ now: () => clock.now(), digest: nodeCryptoDigest });
	store = new MemoryStore();
	readonly disk: { ring: KeyRing };
	readonly lives: string[] = [];
	readonly #networkOf: (key: GroupKey) => MemoryNetwork;
	readonly #envelopes: MemoryEnvelopes;
	readonly #mailboxOf: HostWorld["mailboxOf"];
	/** Its envelope box, as a test wants it to answer. */
	boxSeen: (box: EnvelopeBox) => EnvelopeBox = (box) => box;
	/** False: it cannot keep another key. */
	hasRoom = true;
	/** It is of a version that knows no roster. */
	isOlder = false;
	#engine: Engine | undefined;
	#changing: Promise<void> = Promise.resolve();

	constructor(name: string, world: HostWorld) {
		this.name = name;
		this.#networkOf = world.networkOf;
		this.#envelopes = world.envelopes;
		this.#mailboxOf = world.mailboxOf;
		this.disk = { ring: ringOf(keyNamed("first"), name === "laptop") };
	}

	get id() {
		return fakeDeviceKey(this.name).deviceId;
	}

	get engine(): Engine {
		if (this.#engine === undefined) throw new Error(`${this.name} does not run`);
		return this.#engine;
	}

	get isRunning(): boolean {
		return this.#engine !== undefined;
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
			boxOf: (key) => this.boxSeen(this.#envelopes.boxOf(secretsOf(key).groupId, id)),
			room: () => this.hasRoom,
		});
		const mailbox = this.#mailboxOf?.(secrets.groupId, this);
		const group = this.isOlder ? {} : { roster, keys };
		const ports = { ...own, ...group, secrets, vault, clock, log: new TestLog(), digest: nodeCryptoDigest };
		const engine = new Engine(
			{ ...ports, ...(mailbox && { mailbox }), transport: this.#networkOf(disk.ring.current).transport(id) },
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
		this.#engine = undefined;
	}

	async #again(): Promise<void> {
		await this.engine.stop("a new group key");
		await this.start();
	}
}
