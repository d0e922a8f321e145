// Devices that keep a roster and the group's keys, and hand new ones to each other: over sessions where two have the same key and are
// connected, and through a relay's box. Keys are hashes; what is on a device's disk survives it. The test is the relay and the network.
import { bytesToHex, concatBytes, equalBytes } from "../../src/core/bytes.ts";
import { toGroupKey, type GroupKey } from "../../src/core/group-key.ts";
import type { DeviceId } from "../../src/core/ids.ts";
import { parseGroupPoint, type GroupPoint } from "../../src/core/roster/entry.ts";
import { RosterKeeper } from "../../src/engine/roster-keeper.ts";
import type { EnvelopeBox } from "../../src/engine/ports/envelope-box.ts";
import type { GroupKeys } from "../../src/engine/ports/group-keys.ts";
import { Rotation, type Removal } from "../../src/engine/rotation.ts";
import { ringOf, withKey, type KeyRing } from "../../src/web/key-ring.ts";
import { fakeDeviceKey, fakeSecrets, fakeVerifier } from "../simulation/fake-crypto.ts";
import { ManualClock } from "./manual-clock.ts";
import { MemoryEnvelopes } from "./memory-envelopes.ts";
import { MemoryStore } from "./memory-store.ts";
import { meeting, namesOf } from "./roster-devices.ts";

/** What a device has on its disks. */
interface Disk {
	store: MemoryStore;
	ring: KeyRing;
}

interface Life {
	readonly keeper: RosterKeeper;
	readonly rotation: Rotation;
	readonly point: GroupPoint;
}

/** The end of the process in the middle of something: what was called never comes back. */
const never = new Promise<never>(() => undefined);

export class RotatingDevice {
	readonly name: string;
	readonly id: DeviceId;
	readonly world: RotatingWorld;
	readonly disk: Disk;
	isOnline = false;
	/** Of each new key. */
	readonly newKeys: number[] = [];
	readonly unreached: (readonly DeviceId[])[] = [];
	readonly failures: unknown[] = [];
	/** The process ends instead of the change of a disk or box with this number; they are counted from 1. */
	dieAt: number | undefined;
	/** What it cannot keep: the number of the change of its keys from which on its disk is full, counted from 1. */
	fullFrom: number | undefined;
	#keyChanges = 0;
	#changes = 0;
	#life: Life | undefined;
	#isDead = false;

	constructor(world: RotatingWorld, name: string, ring: KeyRing) {
		this.world = world;
		this.name = name;
		this.id = fakeDeviceKey(name).deviceId;
		this.disk = { store: new MemoryStore(), ring };
	}

	get keeper(): RosterKeeper {
		return this.#running.keeper;
	}

	get rotation(): Rotation {
		return this.#running.rotation;
	}

	get key(): GroupKey {
		return this.disk.ring.current;
	}

	/** That of its sessions: one it has kept counts from its next start on. */
	get point(): GroupPoint | undefined {
		return this.#life?.point;
	}

	get isRunning(): boolean {
		return this.#life !== undefined && !this.#isDead;
	}

	get isDead(): boolean {
		return this.#isDead;
	}

	/** Its place in `meeting`. */
	get ageMs(): number {
		return 0;
	}

	get store(): MemoryStore {
		return this.disk.store;
	}

	get changes(): { count: number } {
		return { count: this.#changes };
	}

	get #running(): Life {
		if (this.#life === undefined) throw new Error(`${this.name} does not run`);
		return this.#life;
	}

	async start({ isFirst = false } = {}): Promise<void> {
		this.#isDead = false;
		const { disk, world, name } = this;
		const secrets = secretsOf(disk.ring.current);
		const deviceKey = fakeDeviceKey(name);
		const { store } = disk;
		const keeper = await RosterKeeper.open({
			store: {
				list: (prefix) => store.list(prefix),
				read: (file) => store.read(file),
				write: (file, bytes) => this.#change(() => store.write(file, bytes)),
				append: (file, bytes) => store.append(file, bytes),
				remove: (file) => store.remove(file),
			},
			...{ deviceKey, isFirst },
			agreementKey: agreementPoint(name),
			proof: secrets.roster,
			verifier: fakeVerifier,
			random: { bytes: (length) => new Uint8Array(length).fill(name.length) },
			name: () => name,
		});
		if (isFirst) await keeper.found();
		const rotation = new Rotation({
			...{ keeper, deviceKey, verifier: fakeVerifier, clock: world.clock },
			keys: this.#keys(),
			point: secrets.roster.publicKey,
			send: (device, envelope) => world.carry(this, device, envelope),
			isConnected: (device) => world.isConnected(this, device),
			outsiders: () => [],
			onLooked: () => undefined,
			onNewKey: (keyEpoch, unreached) => {
				this.newKeys.push(keyEpoch);
				this.unreached.push(unreached);
				world.wantsRestart(this);
			},
			onFailure: (error) => this.failures.push(error),
			onWellAgain: () => this.failures.splice(0),
		});
		this.#life = { keeper, rotation, point: pointOf(disk.ring.current) };
		rotation.start();
		if (this.isOnline) rotation.online();
		await world.settle();
	}

	async stop(): Promise<void> {
		await this.#life?.rotation.stop();
		this.#life = undefined;
	}

	async restart(): Promise<void> {
		if (this.#isDead) {
			this.disk.store = this.disk.store.afterCrash();
			this.#life = undefined;
		} else await this.stop();
		await this.start();
	}

	/** The relay can be reached. */
	async goOnline(): Promise<void> {
		this.isOnline = true;
		this.#life?.rotation.online();
		await this.world.settle();
	}

	async goOffline(): Promise<void> {
		this.isOnline = false;
		await this.stop();
	}

	/** `undefined`: it died meanwhile. */
	async remove(device: RotatingDevice): Promise<Removal | undefined> {
		const state = { isDone: false };
		const removing = this.rotation.remove(device.id).finally(() => {
			state.isDone = true;
		});
		removing.catch(() => undefined);
		await this.world.settle();
		// Until those that were told are gone, and no longer than it waits for them.
		for (let waited = 0; waited < 60 && !state.isDone && !this.#isDead; waited++) await this.world.pass(100);
		return this.#isDead ? undefined : removing;
	}

	#keys(): GroupKeys {
		const { disk, world, name, id } = this;
		return fakeGroupKeys({
			...{ disk, name, change: (make) => this.#change(make), room: () => this.#hasRoom() },
			boxOf: (key) => world.envelopes.boxOf(secretsOf(key).groupId, id),
		});
	}

	/** Something that outlives the process. */
	async #change(make: () => Promise<void>): Promise<void> {
		if (this.#isDead || ++this.#changes === this.dieAt) {
			this.#isDead = true;
			return never;
		}
		await make();
	}

	#hasRoom(): boolean {
		return ++this.#keyChanges < (this.fullFrom ?? Infinity);
	}

	get keyChangeCount(): number {
		return this.#keyChanges;
	}

	get changeCount(): number {
		return this.#changes;
	}
}

/** The port over a ring in memory; `change`: what outlives the process. */
export function fakeGroupKeys({
	disk,
	name,
	change,
	room = () => true,
	boxOf,
}: {
	readonly disk: { ring: KeyRing };
	readonly name: string;
	readonly change: (make: () => Promise<void>) => Promise<void>;
	/** False: the disk is full. */
	readonly room?: () => boolean;
	readonly boxOf: (key: GroupKey) => EnvelopeBox;
}): GroupKeys {
	const kept = disk.ring;
	const save = (ring: KeyRing): Promise<void> =>
		change(() => {
			if (!room()) return Promise.reject(new Error("no space left on device"));
			disk.ring = ring;
			return Promise.resolve();
		});
	const changedBox = (key: GroupKey): EnvelopeBox => {
		const box = boxOf(key);
		return { ...box, put: (to, bytes) => change(() => box.put(to, bytes)) };
	};
	return {
		current: kept.current,
		agreement: {
			publicKey: agreementPoint(name),
			open: (envelope, context) => Promise.resolve(opened(agreementPoint(name), envelope, context)),
		},
		seal: (point, plaintext, context) => Promise.resolve(concatBytes(point, context, plaintext)),
		pointOf: (key) => Promise.resolve(pointOf(toGroupKey(key))),
		get next() {
			return disk.ring.next;
		},
		keyEpoch: kept.keyEpoch,
		get hasFounded() {
			return disk.ring.hasFounded === true;
		},
		founded: () => save({ ...disk.ring, hasFounded: true }),
		draw: async (removing) => {
			const next = { key: keyNamed(`${name} ${String(++draws)}`), removing };
			await save({ ...disk.ring, next });
			return next;
		},
		drop: () => save({ ...disk.ring, next: undefined }),
		adopt: (key, keyEpoch, handedAtMs) => save(withKey(disk.ring, toGroupKey(key), keyEpoch, handedAtMs)),
		get handedAtMs() {
			return disk.ring.handedAtMs;
		},
		handed: (handedAtMs) => save({ ...disk.ring, handedAtMs }),
		boxes: [changedBox(kept.current), ...kept.former.slice(0, 3).map(changedBox)],
	};
}

let draws = 0;

export class RotatingWorld {
	readonly clock = new ManualClock();
	readonly envelopes = new MemoryEnvelopes();
	readonly devices: RotatingDevice[] = [];
	/** Whether two that have one key and are online have a session. */
	areConnected = true;
	/** What goes over a session is under way for so long. */
	lineMs = 0;
	readonly #restarting = new Set<RotatingDevice>();

	/** They run, have met and are online; the first is admin, and so is the second if `twoAdmins`. */
	static async of(names: readonly string[], { twoAdmins = false } = {}): Promise<RotatingWorld> {
		const world = new RotatingWorld();
		for (const name of names) {
			const device = new RotatingDevice(world, name, ringOf(keyNamed("first")));
			world.devices.push(device);
			await device.start({ isFirst: world.devices.length === 1 });
		}
		await world.meetAll();
		const [first, second] = world.devices;
		if (twoAdmins && second !== undefined) await first?.keeper.say({ op: "role", device: second.id, role: "admin" });
		await world.meetAll();
		for (const device of world.devices) await device.goOnline();
		return world;
	}

	/** One more that was paired with this key, and has met the others. */
	async add(name: string, key: GroupKey): Promise<RotatingDevice> {
		const device = new RotatingDevice(this, name, ringOf(key));
		this.devices.push(device);
		await device.start();
		await this.meetAll();
		await device.goOnline();
		return device;
	}

	device(name: string): RotatingDevice {
		const found = this.devices.find((each) => each.name === name);
		if (found === undefined) throw new Error(`there is no ${name}`);
		return found;
	}

	/** A session each for a moment, between those that have one key. */
	async meetAll(): Promise<void> {
		for (let round = 0; round < 2; round++) {
			for (const a of this.devices) {
				for (const b of this.devices) if (a.id < b.id && this.#mayMeet(a, b)) await meeting(a, b);
			}
			await this.settle();
		}
	}

	#mayMeet(a: RotatingDevice, b: RotatingDevice): boolean {
		return a.isRunning && b.isRunning && a.point === b.point;
	}

	isConnected(from: RotatingDevice, to: DeviceId): boolean {
		const other = this.devices.find(({ id }) => id === to);
		const isOpen = other !== undefined && !this.#restarting.has(other) && !this.#restarting.has(from);
		return isOpen && this.areConnected && other.isOnline && from.isOnline && this.#mayMeet(from, other);
	}

	carry(from: RotatingDevice, to: DeviceId, envelope: Uint8Array): boolean {
		const other = this.devices.find(({ id }) => id === to);
		if (other === undefined || !this.isConnected(from, to)) return false;
		if (this.lineMs === 0) other.rotation.received(envelope);
		else
			this.clock.schedule(this.lineMs, () => {
				// What is under way when a session ends is gone.
				if (this.isConnected(from, to)) other.rotation.received(envelope);
			});
		return true;
	}

	wantsRestart(device: RotatingDevice): void {
		this.#restarting.add(device);
	}

	/** Until nobody does anything: those with a new key begin anew with it. */
	async settle(): Promise<void> {
		await this.clock.advance(0);
		for (const device of [...this.#restarting]) {
			this.#restarting.delete(device);
			if (!device.isDead) await device.restart();
		}
	}

	async pass(ms: number): Promise<void> {
		await this.clock.advance(ms);
		await this.settle();
	}
}

export { namesOf };

export function keyNamed(name: string): GroupKey {
	const bytes = new Uint8Array(32);
	bytes.set(new TextEncoder().encode(name).subarray(0, 32));
	return toGroupKey(bytes);
}

export function pointOf(key: GroupKey): GroupPoint {
	const point = parseGroupPoint(bytesToHex(secretsOf(key).roster.publicKey));
	if (point === undefined) throw new Error("not a point");
	return point;
}

export function secretsOf(key: GroupKey): ReturnType<typeof fakeSecrets> {
	return fakeSecrets(bytesToHex(key));
}

export function agreementPoint(name: string): Uint8Array {
	return fakeDeviceKey(`${name}, agreeing`).publicKey;
}

function opened(point: Uint8Array, envelope: Uint8Array, context: Uint8Array): Uint8Array | undefined {
	const head = concatBytes(point, context);
	return equalBytes(envelope.subarray(0, head.length), head) ? envelope.subarray(head.length) : undefined;
}
