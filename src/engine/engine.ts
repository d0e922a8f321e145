// One running device: wires replica, watcher, sessions and peers together. The hosts (plugin, daemon) see only this file,
// status.ts and the ports.
import type { DeviceId, ReplicaEpoch } from "../core/ids.ts";
import type { Clock } from "./ports/clock.ts";
import type { DeviceKey, GroupSecrets, Verifier } from "./ports/crypto.ts";
import type { Digest } from "./ports/digest.ts";
import type { Log } from "./ports/log.ts";
import type { Random } from "./ports/random.ts";
import type { StateStore } from "./ports/state-store.ts";
import type { Transport } from "./ports/transport.ts";
import type { Vault } from "./ports/vault.ts";
import type { EngineEvent, Status } from "./status.ts";

export interface EnginePorts {
	readonly vault: Vault;
	/** This device's own space: nobody else writes there. */
	readonly store: StateStore;
	readonly transport: Transport;
	readonly clock: Clock;
	readonly random: Random;
	readonly digest: Digest;
	readonly deviceKey: DeviceKey;
	readonly secrets: GroupSecrets;
	readonly verifier: Verifier;
	readonly log: Log;
}

export interface EngineSettings {
	/** As people and conflict copies show this device: 1 to 64 characters. */
	readonly name: string;
	/** Quiet time of a path before its change is recorded and sent. */
	readonly debounceMs: number;
	/** Kept by the host outside of the vault; a new one whenever the state is lost, restored or cloned. */
	readonly epoch: ReplicaEpoch;
}

export declare class Engine {
	constructor(ports: EnginePorts, settings: EngineSettings);
	/** Recovers, scans the vault, then connects. Resolves after the first scan; rejects when the state cannot be used. */
	start(): Promise<void>;
	/** Ends sessions and timers, finishes the file it is writing, makes the journal safe. Idempotent. */
	stop(reason: string): Promise<void>;
	/** Looks at the whole vault now; resolves when every local change, absences after their second look included, is recorded. */
	scan(): Promise<void>;
	/** Stops talking to one device, or to all; local changes are still recorded. */
	pause(device?: DeviceId): void;
	resume(device?: DeviceId): void;
	/** New values for the settings that may change while running. */
	configure(settings: { readonly name?: string; readonly debounceMs?: number }): void;
	/** The host woke up or its network changed. */
	nudge(): void;
	status(): Status;
	/** Called after the status changed, at most once per turn of the event loop. */
	onStatus(listener: (status: Status) => void): () => void;
	onEvent(listener: (event: EngineEvent) => void): () => void;
}
