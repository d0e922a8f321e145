// Which devices this one does not talk to, kept over restarts. A device may be named before it was ever met: then the pause
// begins when it says its name.
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { parseDeviceId } from "../../src/core/ids.ts";
import type { DeviceId } from "../../src/core/ids.ts";
import type { PeerStatus } from "../../src/engine/status.ts";
import { replaceFile } from "./durable-file.ts";
import { ifThere } from "./errno.ts";

const FILE = "pauses.json";
const schema = v.object({
	all: v.boolean(),
	devices: v.array(v.object({ id: v.string(), name: v.string() })),
	names: v.array(v.string()),
});

/** What pausing does: the engine's part of it. */
export interface Pausable {
	pause(device?: DeviceId): void;
	resume(device?: DeviceId): void;
}

export class Pauses {
	readonly #directory: string;
	readonly #target: Pausable;
	#all = false;
	/** With the name by which a person paused it: after a restart it has said none yet. */
	readonly #devices = new Map<DeviceId, string>();
	/** Of devices not met yet. */
	readonly #names = new Set<string>();

	private constructor(directory: string, target: Pausable) {
		this.#directory = directory;
		this.#target = target;
	}

	/** Puts the kept pauses into force. */
	static async open(directory: string, target: Pausable): Promise<Pauses> {
		const pauses = new Pauses(directory, target);
		const text = await ifThere(readFile(join(directory, FILE), "utf8"));
		const kept = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), text);
		// A file that cannot be read pauses nobody: the next change writes it anew.
		if (!kept.success) return pauses;
		pauses.#all = kept.output.all;
		for (const { id, name } of kept.output.devices) {
			const device = parseDeviceId(id);
			if (device !== undefined) pauses.#devices.set(device, name);
		}
		for (const name of kept.output.names) pauses.#names.add(name);
		pauses.apply();
		return pauses;
	}

	/** To a target that knows of none yet. */
	apply(): void {
		if (this.#all) this.#target.pause();
		for (const device of this.#devices.keys()) this.#target.pause(device);
	}

	async pauseAll(): Promise<void> {
		this.#all = true;
		this.#target.pause();
		await this.#save();
	}

	/** Devices that are paused one by one stay so. */
	async resumeAll(): Promise<void> {
		this.#all = false;
		this.#target.resume();
		await this.#save();
	}

	/** `peer` is a name or an id. Resolves to the devices it means; none: one that is still to come. */
	async pause(peer: string, known: readonly PeerStatus[]): Promise<readonly DeviceId[]> {
		const meant = devicesNamed(peer, known);
		for (const device of meant) {
			this.#devices.set(device, peer);
			this.#target.pause(device);
		}
		// Also kept when somebody has the name already: the same name may come back with another id.
		if (parseDeviceId(peer) === undefined) this.#names.add(peer);
		await this.#save();
		return meant;
	}

	async resume(peer: string, known: readonly PeerStatus[]): Promise<readonly DeviceId[]> {
		const byKeptName = [...this.#devices].filter(([, name]) => name === peer).map(([device]) => device);
		const meant = [...new Set([...devicesNamed(peer, known), ...byKeptName])];
		this.#names.delete(peer);
		for (const device of meant) {
			this.#devices.delete(device);
			this.#target.resume(device);
		}
		await this.#save();
		return meant;
	}

	/** Called whenever peers may have said their names. */
	meet(peers: readonly PeerStatus[]): void {
		const met = peers.filter((peer) => this.#names.has(peer.name) && !this.#devices.has(peer.deviceId));
		for (const { deviceId, name } of met) {
			this.#devices.set(deviceId, name);
			this.#target.pause(deviceId);
		}
		if (met.length > 0) void this.#save();
	}

	async #save(): Promise<void> {
		const devices = [...this.#devices].map(([id, name]) => ({ id, name }));
		const file = { all: this.#all, devices, names: [...this.#names] };
		const bytes = new TextEncoder().encode(`${JSON.stringify(file)}\n`);
		const temp = join(this.#directory, `${FILE}.${randomBytes(4).toString("hex")}`);
		await replaceFile(join(this.#directory, FILE), temp, { bytes, mode: 0o600 });
	}
}

function devicesNamed(peer: string, known: readonly PeerStatus[]): readonly DeviceId[] {
	const id = parseDeviceId(peer);
	if (id !== undefined) return [id];
	return known.filter((each) => each.name === peer).map((each) => each.deviceId);
}
