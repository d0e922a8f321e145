// One running device: wires replica, watcher, sessions and peers together. The hosts (plugin, daemon) see only this file,
// status.ts and the ports.
import { assert } from "../core/assert.ts";
import { bytesToHex } from "../core/bytes.ts";
import type { ContentHash } from "../core/hash.ts";
import { parseReplicaEpoch, type DeviceId, type ReplicaEpoch } from "../core/ids.ts";
import type { Plan } from "../core/plan.ts";
import { DEVICE_NAME_LENGTH_MAX } from "../wire/limits.ts";
import { announcementOf } from "./announcement.ts";
import { ContentExchange } from "./content-exchange.ts";
import type { HistoryBudget, KeptVersion } from "./history.ts";
import { Past } from "./past.ts";
import { Peers, type Peer } from "./peers.ts";
import type { Clock } from "./ports/clock.ts";
import type { DeviceKey, GroupSecrets, Verifier } from "./ports/crypto.ts";
import type { Digest } from "./ports/digest.ts";
import type { Log } from "./ports/log.ts";
import type { Random } from "./ports/random.ts";
import type { StateStore } from "./ports/state-store.ts";
import type { SignallingState, Transport } from "./ports/transport.ts";
import type { Vault } from "./ports/vault.ts";
import { Progress, TransferProgress } from "./progress.ts";
import { Replica } from "./replica.ts";
import { Session } from "./session.ts";
import { Listeners, type EngineEvent, type Problem, type Status } from "./status.ts";
import { reportStatus, shownName } from "./status-report.ts";
import { Watcher } from "./watcher.ts";

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
	/** How much of what was replaced and deleted is kept here; 200 MiB and 60 days. */
	readonly history?: Partial<HistoryBudget>;
}

const FOREIGN_LISTED_MAX = 100;
/** Of an epoch: 8 bytes that stay with the installation, 4 that change. */
const EPOCH_INSTALL_DIGITS = 16;
const EPOCH_NUMBER_BYTES = 4;

export class Engine {
	readonly #ports: EnginePorts;
	#settings: EngineSettings;
	readonly #runNonce: Uint8Array;
	readonly #events: Listeners<EngineEvent>;
	readonly #statusListeners: Listeners<Status>;
	readonly #progress: Progress;
	readonly #transfer: TransferProgress;
	readonly #exchange: ContentExchange;
	readonly #peers: Peers;
	readonly #foreign = new Map<string, string>();
	readonly #problems = new Map<string, Problem>();
	#replica: Replica | undefined;
	#past: Past | undefined;
	#watcher: Watcher | undefined;
	#ready = false;
	#starting: Promise<void> | undefined;
	#stopping: Promise<void> | undefined;
	#startedOver = false;
	#signalling: SignallingState = { kind: "connecting" };
	#statusQueued = false;
	#announced = "";
	#wasInSync: string | undefined;
	/** Keys whose news are not yet on disk: who brought them, for the event. */
	readonly #lastTold = new Map<string, DeviceId>();

	constructor(ports: EnginePorts, settings: EngineSettings) {
		this.#ports = ports;
		this.#settings = { ...settings, name: deviceName(settings.name) };
		this.#runNonce = ports.random.bytes(16);
		const onError = (error: unknown): void => {
			ports.log.write("error", "a listener failed", { cause: String(error) });
		};
		this.#events = new Listeners(onError);
		this.#statusListeners = new Listeners(onError);
		this.#progress = new Progress(ports.clock);
		this.#transfer = new TransferProgress(ports.clock);
		this.#exchange = new ContentExchange({
			hash: (bytes) => bytesToHex(ports.digest.sha256(bytes)) as ContentHash,
			onContent: (hash, bytes) => {
				this.#past?.arrived(hash, bytes);
				this.#replica?.contentArrived(hash, bytes);
			},
			waitingBytes: () => this.#replica?.contents.arrivedBytes ?? 0,
		});
		this.#peers = new Peers({
			transport: ports.transport,
			clock: ports.clock,
			random: ports.random,
			log: ports.log,
			self: () => ({
				deviceKey: ports.deviceKey,
				secrets: ports.secrets,
				verifier: ports.verifier,
				random: ports.random,
				clock: ports.clock,
				hello: {
					epoch: this.#replica?.index.state.epoch ?? this.#settings.epoch,
					runNonce: this.#runNonce,
					name: this.#settings.name,
					capabilities: [],
				},
			}),
			openSession: (peer, channel) => this.#openSession(peer, channel),
			listener: {
				onPeer: (peer, state, reason) => {
					this.#onPeer(peer, state, reason);
				},
				onChange: () => {
					this.#changed();
				},
			},
		});
	}

	/** Recovers, scans the vault, then connects. Resolves after the first scan; rejects when the state cannot be used. */
	start(): Promise<void> {
		assert(this.#starting === undefined, "an engine starts once");
		this.#starting = this.#start();
		return this.#starting;
	}

	async #start(): Promise<void> {
		try {
			await this.#startParts();
		} catch (error) {
			// A stop in the middle makes what was under way give up.
			if (this.#isStopping()) return;
			await this.#stopParts();
			throw error;
		}
	}

	/** Ends sessions and timers, finishes the files it is writing, makes the journal safe. Idempotent; also during `start`. */
	stop(reason: string): Promise<void> {
		this.#stopping ??= this.#stop(reason);
		return this.#stopping;
	}

	async #stop(reason: string): Promise<void> {
		await this.#stopParts();
		// What `start` was in the middle of may have made more parts meanwhile.
		await this.#starting?.catch(() => undefined);
		await this.#stopParts();
		this.#emit({ event: "stopped", reason });
	}

	async #startParts(): Promise<void> {
		if (this.#isStopping()) return;
		const startedAt = this.#ports.clock.monotonic();
		const replica = await this.#openReplica();
		if (this.#isStopping()) return;
		this.#replica = replica;
		this.#past = new Past({ replica, vault: this.#ports.vault, clock: this.#ports.clock, exchange: this.#exchange });
		const watcher = new Watcher({
			vault: this.#ports.vault,
			clock: this.#ports.clock,
			log: this.#ports.log,
			replica,
			debounceMs: this.#settings.debounceMs,
			onForeign: (name, reason) => {
				this.#onForeign(name, reason);
			},
			onPresence: (isPresent) => {
				// Back again: the scan that found it goes on.
				if (isPresent) this.#problems.delete("vault-missing");
				else this.#onVaultPresence(false);
			},
		});
		this.#watcher = watcher;
		await replica.recover();
		if (this.#isStopping()) return;
		replica.start();
		watcher.start();
		await this.#import(replica, watcher);
		if (this.#isStopping()) return;
		this.#ready = true;
		this.#emit({
			event: "ready",
			files: replica.index.liveCount,
			scanMs: Math.round(this.#ports.clock.monotonic() - startedAt),
		});
		this.#announce();
		this.#ports.transport.start({
			onSignalling: (state) => {
				this.#onSignalling(state);
			},
			onPresence: (members) => {
				this.#peers.onPresence(members);
			},
			onChannel: (channel) => {
				this.#peers.onChannel(channel);
			},
		});
		this.#changed();
	}

	/** A first scan, complete when it resolves. */
	async #import(replica: Replica, watcher: Watcher): Promise<void> {
		await watcher.scan();
		replica.enqueue(() => {
			replica.endImport();
		});
		await replica.idle();
	}

	async #stopParts(): Promise<void> {
		this.#peers.stop();
		// Together: the watcher waits for a replica that may wait for its disk.
		await Promise.all([this.#watcher?.stop(), this.#replica?.stop()]);
		await this.#ports.transport.stop();
	}

	#isStopping(): boolean {
		return this.#stopping !== undefined;
	}

	/** Looks at the whole vault now; resolves when every local change, absences after their second look included, is recorded. */
	async scan(): Promise<void> {
		await this.#watcher?.scan();
	}

	/** Stops talking to one device, or to all; local changes are still recorded. */
	pause(device?: DeviceId): void {
		this.#peers.pause(device);
		this.#emit({ event: "paused", ...(device === undefined ? {} : { peer: device }) });
	}

	resume(device?: DeviceId): void {
		this.#peers.resume(device);
		this.#emit({ event: "resumed", ...(device === undefined ? {} : { peer: device }) });
	}

	/** New values for the settings that may change while running. */
	configure(settings: { readonly name?: string; readonly debounceMs?: number }): void {
		const { name = this.#settings.name, debounceMs = this.#settings.debounceMs } = settings;
		this.#settings = { ...this.#settings, name: deviceName(name), debounceMs };
		this.#replica?.setName(this.#settings.name);
		this.#watcher?.setDebounce(debounceMs);
	}

	/** The host woke up or its network changed. */
	nudge(): void {
		this.#ports.transport.nudge();
		this.#peers.nudge();
	}

	/** What was replaced or removed on this device, oldest first. */
	async history(): Promise<readonly KeptVersion[]> {
		return (await this.#replica?.history.list()) ?? [];
	}

	/** The bytes of a version that `history` lists. */
	async readKept(hash: ContentHash): Promise<Uint8Array | undefined> {
		return this.#replica?.history.read(hash);
	}

	/** What was here before, and the way back to it; `undefined`: the state has not been read yet. */
	get past(): Past | undefined {
		return this.#past;
	}

	onStatus(listener: (status: Status) => void): () => void {
		return this.#statusListeners.subscribe(listener);
	}

	onEvent(listener: (event: EngineEvent) => void): () => void {
		return this.#events.subscribe(listener);
	}

	status(): Status {
		return reportStatus({
			deviceId: this.#ports.deviceKey.deviceId,
			name: this.#settings.name,
			isReady: this.#ready,
			replica: this.#replica,
			peers: [...this.#peers.all()],
			isPaused: this.#peers.isPaused,
			signalling: this.#signalling.kind,
			foreign: [...this.#foreign].map(([path, reason]) => ({ path, reason })),
			problems: [...this.#problems.values()],
			progress: (pending) => this.#progress.current(pending),
			nowMs: this.#ports.clock.now(),
		});
	}

	async #openReplica(): Promise<Replica> {
		const { vault, store, clock, digest, log } = this.#ports;
		const settings = { ...this.#settings, newEpoch: () => this.#newEpoch() };
		return Replica.open({ vault, store, clock, digest, log }, settings, {
			onAct: (act) => {
				this.#emit({ event: "changed", kind: act.kind, path: act.path });
			},
			onDurable: (changed) => {
				for (const session of this.#peers.sessions) session.noteDurable(changed);
			},
			onApplied: (plan) => {
				this.#onApplied(plan);
			},
			onWanted: (wanted) => {
				this.#exchange.want(wanted);
			},
			onUnwanted: (hashes) => {
				for (const hash of hashes) this.#exchange.forget(hash);
			},
			onSuspicious: (paths) => {
				this.#watcher?.suspect(paths);
			},
			onHeld: (path, reason) => {
				this.#emit({ event: "held", path, reason });
			},
			onVaultPresence: (present) => {
				this.#onVaultPresence(present);
			},
			onStorage: (problem) => {
				if (problem === undefined) this.#problems.delete("storage");
				else
					this.#problem({
						code: "storage",
						message: `This device cannot record changes, so it shares none: ${problem}`,
					});
				this.#changed();
			},
			onFailure: (error) => {
				this.#onFailure(error);
			},
			onProgress: () => {
				this.#exchange.pump();
				for (const session of this.#peers.sessions) session.noteProgress();
				this.#announce();
				if (this.#replica?.pendingCount === 0 && this.#replica.held.length === 0) this.#lastTold.clear();
				this.#changed();
			},
		});
	}

	/** The same device, in another life of its state: see ReplicaEpoch. */
	#newEpoch(): ReplicaEpoch {
		const epoch = parseReplicaEpoch(
			this.#settings.epoch.slice(0, EPOCH_INSTALL_DIGITS) + bytesToHex(this.#ports.random.bytes(EPOCH_NUMBER_BYTES)),
		);
		assert(epoch !== undefined, "an epoch is 24 hex digits");
		return epoch;
	}

	/**
	 * Another device knows changes of this one that it knows nothing of itself: its state is an older one, and the numbers it
	 * would count with are taken. It begins anew from its files, as one that has never met the others.
	 */
	#onRolledBack(): void {
		const replica = this.#replica;
		const watcher = this.#watcher;
		if (this.#isStopping() || replica === undefined || watcher === undefined || this.#peers.isSuspended) return;
		this.#peers.suspend();
		const again = this.#startedOver;
		this.#startedOver = true;
		this.#problem({
			code: "state-rolled-back",
			message: again
				? "The state of this device does not agree with the others', even after it was begun anew. It shares nothing."
				: "The state of this device was an older one. It is begun anew from the files.",
		});
		if (again) return;
		const epoch = this.#newEpoch();
		replica.enqueue(() => {
			replica.startOver(epoch);
		});
		this.#import(replica, watcher)
			.then(() => {
				if (this.#isStopping()) return;
				this.#problems.delete("state-rolled-back");
				this.#peers.wake();
				this.#changed();
			})
			.catch((error: unknown) => {
				if (!this.#isStopping()) this.#onFailure(error);
			});
	}

	#onVaultPresence(present: boolean): void {
		if (!present) {
			this.#problem({
				code: "vault-missing",
				message: "The folder is not there. Nothing is changed until it is back.",
			});
			return;
		}
		this.#problems.delete("vault-missing");
		// Nobody told what happened to it in the meantime.
		this.#watcher?.wantScan();
	}

	/** A defect. Everything durable is safe; nothing more is recorded or told. */
	#onFailure(error: unknown): void {
		this.#ports.log.write("error", "the engine failed", { cause: String(error) });
		this.#peers.suspend();
		this.#problem({ code: "internal", message: `PSync stopped because of a defect: ${String(error)}` });
		this.#changed();
	}

	#openSession(
		peer: ConstructorParameters<typeof Session>[0]["peer"],
		channel: ConstructorParameters<typeof Session>[0]["channel"],
	): Session {
		const replica = this.#replica;
		if (replica === undefined) throw new Error("a session before the replica");
		return new Session({
			peer,
			channel,
			replica,
			exchange: this.#exchange,
			clock: this.#ports.clock,
			log: this.#ports.log,
			sha256: (bytes) => this.#ports.digest.sha256(bytes),
			listener: {
				onEnd: (session, code) => {
					this.#peers.onSessionEnd(session, code);
				},
				onChange: () => {
					this.#changed();
				},
				onTold: (keys) => {
					for (const key of keys) this.#lastTold.set(key, peer.deviceId);
				},
				onRolledBack: () => {
					this.#onRolledBack();
				},
				onRootMismatch: (session) => {
					this.#ports.log.write("error", "equal knowledge, different roots: repaired by a full exchange", {
						peer: session.deviceId,
					});
				},
			},
		});
	}

	#onPeer(peer: Peer, state: "connecting" | "connected" | "lost" | "refused", reason: string | undefined): void {
		const path = peer.session?.path;
		this.#emit({
			event: "peer",
			peer: peer.deviceId,
			name: shownName(peer),
			state,
			...(reason === undefined ? {} : { reason }),
			...(path === undefined ? {} : { path }),
		});
		this.#changed();
	}

	#onSignalling(state: SignallingState): void {
		this.#signalling = state;
		if (state.kind === "refused") this.#problem({ code: "relay-refused", message: state.reason });
		else if (state.kind === "online") this.#problems.delete("relay-refused");
		this.#changed();
	}

	#onApplied(plan: Plan): void {
		const { main, winner } = plan;
		const path = plan.intent.path;
		const peer = this.#lastTold.get(plan.key);
		this.#lastTold.delete(plan.key);
		if (main.kind === "write") {
			const kind = main.expected === undefined ? "create" : "modify";
			this.#emit({ event: "applied", path, kind, peer, bytes: main.version.content.size });
		} else if (main.kind === "remove") {
			this.#emit({ event: "applied", path: main.expected.path, kind: "delete", peer, bytes: 0 });
		}
		for (const { path: copy, version } of plan.copiesToWrite) {
			if (winner === undefined) continue;
			this.#emit({ event: "conflict", path, copy, winner: winner.content.hash, loser: version.content.hash });
		}
	}

	#onForeign(name: string, reason: string): void {
		if (this.#foreign.has(name) || this.#foreign.size >= FOREIGN_LISTED_MAX) return;
		this.#foreign.set(name, reason);
		this.#emit({ event: "held", path: name, reason });
	}

	#problem(problem: Problem): void {
		if (this.#problems.get(problem.code)?.message === problem.message) return;
		this.#problems.set(problem.code, problem);
		this.#emit({ event: "problem", ...problem });
	}

	#announce(): void {
		const replica = this.#replica;
		if (replica === undefined || !this.#ready) return;
		const announcement = announcementOf(replica, this.#ports.digest);
		const text = bytesToHex(announcement);
		if (text === this.#announced) return;
		this.#announced = text;
		this.#ports.transport.announce(announcement);
	}

	/** Tells the status once per turn, and the change between in sync and not. */
	#changed(): void {
		if (this.#statusQueued || this.#isStopping()) return;
		this.#statusQueued = true;
		this.#ports.clock.schedule(0, () => {
			this.#statusQueued = false;
			if (this.#isStopping()) return;
			const status = this.status();
			this.#tellProgress(status);
			this.#tellSync(status);
			this.#statusListeners.tell(status);
		});
	}

	#tellProgress({ progress }: Status): void {
		const news = this.#transfer.news(this.#exchange.receivedBytes, this.#exchange.wantedBytes);
		if (news === undefined) return;
		for (const session of this.#peers.sessions) {
			if (!this.#exchange.isWaitingFor(session)) continue;
			const { done: filesDone, total: filesTotal } = progress;
			this.#emit({ event: "progress", peer: session.deviceId, filesDone, filesTotal, ...news });
		}
	}

	#tellSync(status: Status): void {
		const connected = status.peers.filter((peer) => peer.state === "connected");
		const peers = connected.map((peer) => peer.deviceId);
		const inSync =
			connected.length > 0 && status.pending.in + status.pending.out === 0 && connected.every((peer) => peer.inSync);
		const state = inSync ? `${status.root} ${peers.join(" ")}` : undefined;
		if (state === this.#wasInSync) return;
		this.#wasInSync = state;
		if (inSync) this.#emit({ event: "in-sync", root: status.root, files: status.files, peers });
		else if (peers.length > 0) this.#emit({ event: "out-of-sync", peers });
	}

	#emit(event: EngineEvent): void {
		this.#events.tell(event);
	}
}

/** What a host gives as a name becomes part of every version: it must be one that every device takes. */
function deviceName(name: string): string {
	return (
		name
			.replace(/\p{Surrogate}/gu, "")
			.trim()
			.slice(0, DEVICE_NAME_LENGTH_MAX)
			.replace(/\p{Surrogate}/gu, "") || "device"
	);
}
