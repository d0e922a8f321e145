// A simulated group: real engines on memory vaults and stores, one clock, one network that can be cut. A run is a pure
// function of its seed.
import { parseReplicaEpoch, type DeviceId } from "../../src/core/ids.ts";
import { bytesToHex } from "../../src/core/bytes.ts";
import { Engine } from "../../src/engine/engine.ts";
import type { Log } from "../../src/engine/ports/log.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { MemoryNetwork } from "../support/memory-transport.ts";
import { MemoryVault } from "../support/memory-vault.ts";
import { nodeCryptoDigest } from "../support/node-crypto-digest.ts";
import { ActRecord } from "./acts.ts";
import { fakeDeviceKey, fakeSecrets, fakeVerifier } from "./fake-crypto.ts";
import { SeededRandom } from "./seeded-random.ts";

export interface SimulatedDevice {
	readonly name: string;
	readonly deviceId: DeviceId;
	readonly vault: MemoryVault;
	store: MemoryStore;
	engine: Engine;
	readonly problems: string[];
}

export interface WorldOptions {
	readonly seed: number;
	readonly names: readonly string[];
	readonly debounceMs?: number;
}

export class World {
	readonly random: SeededRandom;
	readonly clock = new ManualClock();
	readonly network: MemoryNetwork;
	readonly record = new ActRecord();
	readonly devices: readonly SimulatedDevice[];
	readonly #cut = new Set<string>();
	readonly #debounceMs: number;

	constructor({ seed, names, debounceMs = 100 }: WorldOptions) {
		this.random = new SeededRandom(seed);
		this.#debounceMs = debounceMs;
		this.network = new MemoryNetwork({ clock: this.clock, latencyMs: () => 1 + this.random.below(30) });
		this.devices = names.map((name) => {
			const vault = new MemoryVault({ now: () => this.clock.now(), digest: nodeCryptoDigest });
			const deviceId = fakeDeviceKey(`${name} ${String(seed)}`).deviceId;
			const store = new MemoryStore();
			const problems: string[] = [];
			return {
				name,
				deviceId,
				vault,
				store,
				problems,
				engine: this.#engine(name, seed, deviceId, vault, store, problems),
			};
		});
	}

	device(name: string): SimulatedDevice {
		const device = this.devices.find((d) => d.name === name);
		if (device === undefined) throw new RangeError(`no device ${name}`);
		return device;
	}

	async start(): Promise<void> {
		await this.during(Promise.all(this.devices.map((device) => device.engine.start())));
	}

	async stop(): Promise<void> {
		await this.during(Promise.all(this.devices.map((device) => device.engine.stop("the run is over"))));
	}

	/** Lets the clock run until `work` is done: it may wait for timers. */
	async during<T>(work: Promise<T>): Promise<T> {
		let done = false;
		const watched = work.finally(() => {
			done = true;
		});
		watched.catch(() => undefined);
		for (let turn = 0; turn < 10_000 && !this.#isDone(() => done); turn++) await this.clock.advance(20);
		return watched;
	}

	save(device: SimulatedDevice, path: string): string {
		const saw = device.vault.text(path);
		const token = this.record.save(device.name, saw);
		device.vault.save(path, token);
		return token;
	}

	delete(device: SimulatedDevice, path: string): void {
		const saw = device.vault.text(path);
		if (saw === undefined) return;
		this.record.delete(saw);
		device.vault.delete(path);
	}

	isCut(a: SimulatedDevice, b: SimulatedDevice): boolean {
		return this.#cut.has(linkOf(a, b));
	}

	/** What is under way is lost, and nothing gets through until `heal`. */
	cut(a: SimulatedDevice, b: SimulatedDevice): void {
		this.#cut.add(linkOf(a, b));
		this.network.break(a.deviceId, b.deviceId);
		this.network.cut(a.deviceId, b.deviceId);
	}

	heal(a: SimulatedDevice, b: SimulatedDevice): void {
		this.#cut.delete(linkOf(a, b));
		this.network.heal(a.deviceId, b.deviceId);
		for (const device of [a, b]) device.engine.nudge();
	}

	healAll(): void {
		for (const a of this.devices) for (const b of this.devices) if (a.name < b.name) this.heal(a, b);
	}

	#isDone(done: () => boolean): boolean {
		return done();
	}

	#engine(
		name: string,
		seed: number,
		deviceId: DeviceId,
		vault: MemoryVault,
		store: MemoryStore,
		problems: string[],
	): Engine {
		const log: Log = {
			write: (level, message, fields) => {
				if (level === "error") problems.push(`${message} ${JSON.stringify(fields ?? {})}`);
			},
		};
		const epoch = parseReplicaEpoch(bytesToHex(this.random.bytes(12)));
		if (epoch === undefined) throw new Error("12 bytes are an epoch");
		return new Engine(
			{
				vault,
				store,
				transport: this.network.transport(deviceId),
				clock: this.clock,
				random: this.random,
				digest: nodeCryptoDigest,
				deviceKey: fakeDeviceKey(`${name} ${String(seed)}`),
				secrets: fakeSecrets("the group"),
				verifier: fakeVerifier,
				log,
			},
			{ name, debounceMs: this.#debounceMs, epoch },
		);
	}
}

function linkOf(a: SimulatedDevice, b: SimulatedDevice): string {
	return [a.name, b.name].sort().join(" ");
}
