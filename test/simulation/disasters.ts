// What happens to a device's memory from outside: backups that are put back, folders that are copied, states that are lost. What
// people saw on such a device before, nobody can know afterwards; what that means for the judge is said at each.
import { parseReplicaEpoch, type ReplicaEpoch } from "../../src/core/ids.ts";
import { bytesToHex } from "../../src/core/bytes.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { keysAskedOn } from "./choices.ts";
import type { ActNumber } from "./hearsay.ts";
import type { SimulatedDevice, World } from "./world.ts";

interface Backup {
	readonly state: ReadonlyMap<string, Uint8Array>;
	readonly files: ReadonlyMap<string, Uint8Array>;
	readonly known: ReadonlySet<ActNumber>;
}

/** All of them happen while the device's program does not run. False: there is nothing that could happen. */
export class Disasters {
	readonly #world: World;
	readonly #backups = new Map<SimulatedDevice, Backup>();

	constructor(world: World) {
		this.#world = world;
	}

	keepBackup(device: SimulatedDevice): void {
		const known = this.#world.record.hearsay.knownTo(device.name);
		this.#backups.set(device, { state: device.store.files(), files: device.vault.files(), known });
	}

	restore(device: SimulatedDevice, what: "state" | "state and folder"): boolean {
		const backup = this.#backups.get(device);
		if (backup === undefined) return false;
		this.#noteLost(device);
		if (what === "state and folder") device.vault.restore(backup.files);
		this.#world.exchangeState(device, new MemoryStore(backup.state), backup.known);
		return true;
	}

	/** As a disk does that says it has written and has not. */
	loseWrites(device: SimulatedDevice, count: number): boolean {
		this.#noteLost(device);
		const { hearsay } = this.#world.record;
		this.#world.exchangeState(device, device.store.before(count), hearsay.knownTo(device.name));
		return true;
	}

	/** `device` begins with folder and state of `other`, under its own name and with its own key. */
	copy(other: SimulatedDevice, device: SimulatedDevice): boolean {
		this.#noteLost(device);
		// What `other` has not looked at yet is found by both, each as a version of its own.
		for (const text of texts(other.vault)) this.#world.record.markUndecidable(text);
		device.vault.restore(other.vault.files());
		const { hearsay } = this.#world.record;
		this.#world.exchangeState(device, new MemoryStore(other.store.files()), hearsay.knownTo(other.name));
		device.epoch = this.#newEpoch();
		return true;
	}

	wipe(device: SimulatedDevice, how: "same installation" | "new installation"): boolean {
		this.#noteLost(device);
		this.#world.exchangeState(device, new MemoryStore(), new Set());
		if (how === "new installation") device.epoch = this.#newEpoch();
		return true;
	}

	/**
	 * What others have not seen of this device's folder is known to nobody any more: old bytes there are taken for new ones, and
	 * what is on no other disk may be gone with the folder. Both are what the person who did this has to expect.
	 */
	#noteLost(device: SimulatedDevice): void {
		const { record, devices } = this.#world;
		const others = devices.filter((other) => other !== device);
		const contents = new Set(others.flatMap(({ vault }) => texts(vault)));
		const elsewhere = new Set([...contents].flatMap((text) => [...record.withSeen(text)]));
		for (const text of texts(device.vault)) {
			// Half of a write: what would have told is lost with the state.
			record.markLeftBehind(text);
			record.markFound(text);
			for (const token of record.withSeen(text)) if (!elsewhere.has(token)) record.markOnlyOn(token);
			const isEverywhere = others.every(({ vault }) => texts(vault).some((each) => record.withSeen(each).has(text)));
			if (!isEverywhere) record.markUndecidable(text);
		}
		// What somebody did here, and no other disk shows yet, may never have been told.
		const acted = record.actedOnBy(device.name);
		for (const text of contents) if (acted.has(text)) record.markUndecidable(text);
		// What is on its way to a disk too.
		for (const text of this.#world.untoldDeletions(device)) record.markUndecidable(text);
		// And what its person was still asked about.
		for (const text of record.deletedAt([...keysAskedOn(device)])) record.markUndecidable(text);
		// A deletion may be forgotten with it, and the bytes are gone from its folder: others may still wait for them.
		const deleted = record.deleted();
		for (const text of acted) if (deleted.has(text) && !elsewhere.has(text)) record.markOnlyOn(text);
		// Its history went with its state, and with it what its programs had taken out of the folder.
		for (const bytes of device.destroyed.splice(0))
			for (const token of record.withSeen(new TextDecoder().decode(bytes)))
				if (!elsewhere.has(token)) record.markOnlyOn(token);
		this.#world.markBlind(device);
	}

	#newEpoch(): ReplicaEpoch {
		const epoch = parseReplicaEpoch(bytesToHex(this.#world.random.bytes(12)));
		if (epoch === undefined) throw new Error("12 bytes are an epoch");
		return epoch;
	}
}

function texts(vault: SimulatedDevice["vault"]): string[] {
	return [...vault.files().values()].map((bytes) => new TextDecoder().decode(bytes));
}
