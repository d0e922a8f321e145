// Running engines that keep a roster, on one clock and one network: as the simulation has them, with a hand on each device's roster.
import type { DeviceId, ReplicaEpoch } from "../../src/core/ids.ts";
import type { RosterAct } from "../../src/core/roster/entry.ts";
import { Engine } from "../../src/engine/engine.ts";
import type { EngineSettings } from "../../src/engine/engine-settings.ts";
import { RosterKeeper } from "../../src/engine/roster-keeper.ts";
import type { EngineEvent } from "../../src/engine/status.ts";
import { fakeDeviceKey, fakeSecrets, fakeVerifier } from "../simulation/fake-crypto.ts";
import { SeededRandom } from "../simulation/seeded-random.ts";
import { ManualClock } from "./manual-clock.ts";
import { MemoryStore } from "./memory-store.ts";
import { MemoryNetwork } from "./memory-transport.ts";
import { MemoryVault } from "./memory-vault.ts";
import { nodeCryptoDigest } from "./node-crypto-digest.ts";
import { keyOf } from "./rosters.ts";
import { TestLog } from "./test-log.ts";

export interface WorldDeviceOptions {
	readonly isFirst?: boolean;
	/** Let in by a device with a roster. */
	readonly isPaired?: boolean;
	/** It is of a version that knows no roster. */
	readonly isOlder?: boolean;
	readonly settings?: Partial<EngineSettings>;
}

export interface WorldDevice {
	readonly name: string;
	readonly id: DeviceId;
	readonly vault: MemoryVault;
	readonly store: MemoryStore;
	readonly log: TestLog;
	readonly events: EngineEvent[];
	keeper: RosterKeeper | undefined;
	engine: Engine;
}

export const GROUP = "group";

export class RosterWorld {
	readonly clock = new ManualClock();
	readonly network = new MemoryNetwork({ clock: this.clock });
	readonly #devices: WorldDevice[] = [];
	/** Whom the links name. */
	#firstDevice: DeviceId | undefined;

	/** A device that runs, and time for it to meet the others. */
	async add(name: string, options: WorldDeviceOptions = {}): Promise<WorldDevice> {
		const deviceKey = fakeDeviceKey(name);
		const body = {
			...{ name, id: deviceKey.deviceId, store: new MemoryStore(), log: new TestLog(), events: [] as EngineEvent[] },
			vault: new MemoryVault({ now: () => this.clock.now(), digest: nodeCryptoDigest }),
		};
		const device = Object.assign(body, await this.#program(body, options));
		this.#devices.push(device);
		await this.during(device.engine.start());
		await this.settle();
		return device;
	}

	/** Its program ends, and another one begins on what it left, perhaps another version. */
	async restart(device: WorldDevice, options: WorldDeviceOptions = {}): Promise<void> {
		await this.during(device.engine.stop("restart"));
		device.events.length = 0;
		Object.assign(device, await this.#program(device, options));
		await this.during(device.engine.start());
		await this.settle();
	}

	async stop(): Promise<void> {
		for (const { engine } of this.#devices) await this.during(engine.stop("end"));
	}

	/** Everybody says what there is to say. Nobody is dialled for the next time that it is tried again. */
	async settle(ms = 8_000): Promise<void> {
		await this.clock.advance(ms);
	}

	async during<T>(work: Promise<T>): Promise<T> {
		const state = { isDone: false };
		const watched = work.finally(() => {
			state.isDone = true;
		});
		watched.catch(() => undefined);
		for (let turn = 0; turn < 2_000 && !state.isDone; turn++) await this.clock.advance(5);
		return watched;
	}

	async #program(
		{ name, id, vault, store, log, events }: Omit<WorldDevice, "keeper" | "engine">,
		{ isFirst = false, isPaired = false, isOlder = false, settings = {} }: WorldDeviceOptions,
	): Promise<Pick<WorldDevice, "keeper" | "engine">> {
		if (isFirst) this.#firstDevice = id;
		const random = new SeededRandom(name.length + name.charCodeAt(0));
		const own = { deviceKey: fakeDeviceKey(name), secrets: fakeSecrets(GROUP), verifier: fakeVerifier, random, store };
		const keeper = await RosterKeeper.open({
			...{ ...own, isFirst, firstDevice: isPaired && !isFirst ? this.#firstDevice : undefined, name: () => name },
			agreementKey: fakeDeviceKey(`${name}, agreeing`).publicKey,
			proof: own.secrets.roster,
		});
		const engine = new Engine(
			{
				...{ ...own, vault, log, clock: this.clock, digest: nodeCryptoDigest },
				transport: this.network.transport(id),
				...(isOlder ? {} : { roster: keeper }),
			},
			{ name, debounceMs: 100, epoch: id.slice(0, 24) as ReplicaEpoch, ...settings },
		);
		engine.onEvent((event) => events.push(event));
		return { keeper: isOlder ? undefined : keeper, engine };
	}
}

/** As this device takes the other one out; the new key is another device's business. */
export async function takeOut(by: WorldDevice, device: WorldDevice): Promise<void> {
	const keyEpoch = (by.keeper?.roster?.current.epoch ?? 0) + 1;
	await by.keeper?.say({ op: "remove", device: device.id, keyEpoch, key: keyOf("new") });
}

export async function says({ keeper }: WorldDevice, act: RosterAct): Promise<void> {
	await keeper?.say(act);
}

/** Whom it is connected to, or why not: `phone connected`, `tablet refused waiting`. */
export function peersOf({ engine }: WorldDevice): string[] {
	return engine.status().peers.map(({ name, state, refused }) => [name, state, refused].filter(Boolean).join(" "));
}

export function rosterOf({ engine }: WorldDevice): string {
	return engine
		.members()
		.map(({ name, role, standing }) => `${name}:${standing === "member" ? role : standing}`)
		.join(" ");
}

export function textsOf({ vault }: WorldDevice): Record<string, string | undefined> {
	return Object.fromEntries([...vault.files().keys()].map((path) => [path, vault.text(path)]));
}
