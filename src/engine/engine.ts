// One running device: wires replica, watcher, sessions and peers together. The hosts (plugin, daemon) see only this file,
// status.ts and the ports.
import { assert } from "../core/assert.ts";
import { bytesToHex } from "../core/bytes.ts";
import type { ContentHash } from "../core/hash.ts";
import { EPOCH_NUMBER_BYTES, nextEpoch, type DeviceId, type ReplicaEpoch } from "../core/ids.ts";
import { MERGE_VERSION } from "../core/merge.ts";
import type { Mode } from "../core/mode.ts";
import type { Role } from "../core/roster/entry.ts";
import { GAPS_LEFT_OUT_MAX } from "../core/record-index.ts";
import { CAPABILITIES, CHOOSES, modeCapabilities, ROSTER } from "../wire/hello.ts";
import { DEVICE_NAME_LENGTH_MAX } from "../wire/limits.ts";
import { announcementOf } from "./announcement.ts";
import { ContentExchange } from "./content-exchange.ts";
import type { Terms } from "./door.ts";
import { answerDeletions, type AnsweredDeletions, type DeletionAnswer } from "./deletion-answers.ts";
import { Group, type Decided, type ShownMember } from "./group.ts";
import type { HeldDeletions } from "./held-deletions.ts";
import type { KeptVersion } from "./history.ts";
import { ModeCommands } from "./mode-commands.ts";
import { News } from "./news.ts";
import { Past } from "./past.ts";
import { Peers, type Peer } from "./peers.ts";
import type { Clock } from "./ports/clock.ts";
import type { DeviceKey, GroupSecrets, Verifier } from "./ports/crypto.ts";
import type { GroupKeys } from "./ports/group-keys.ts";
import type { Digest } from "./ports/digest.ts";
import type { Log } from "./ports/log.ts";
import type { Random } from "./ports/random.ts";
import type { ScopeSource } from "./ports/scope-source.ts";
import type { StateStore } from "./ports/state-store.ts";
import type { SignallingState, Transport } from "./ports/transport.ts";
import type { Vault } from "./ports/vault.ts";
import { Progress } from "./progress.ts";
import { Renewal } from "./renewal.ts";
import { Replica } from "./replica.ts";
import type { ReplicaChoices } from "./replica-settings.ts";
import type { RosterKeeper } from "./roster-keeper.ts";
import { replicaRoutes, sessionRoutes, type RoutedParts } from "./routes.ts";
import { rotationOf, type Removal, type Rotation } from "./rotation.ts";
import { Session } from "./session.ts";
import { SilentPeers } from "./silent-peers.ts";
import type { EngineEvent, Status } from "./status.ts";
import { filesOf, reportStatus, shownName } from "./status-report.ts";
import { verifyTwice, type VerifyReport } from "./verify.ts";
import { isTamperedWith, TAMPERING } from "./tampering.ts";
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
	/** Which files take part on this device; all, if not given. */
	readonly scope?: ScopeSource;
	/** Who belongs to the group; without it, whoever holds the group key. */
	readonly roster?: RosterKeeper;
	/** With a roster: the group's keys, over changes of the key. */
	readonly keys?: GroupKeys;
}

export interface EngineSettings extends ReplicaChoices {
	/** As people and conflict copies show this device: 1 to 64 characters. */
	readonly name: string;
	/** Quiet time of a path before its change is recorded and sent. */
	readonly debounceMs: number;
	/** Kept by the host outside of the vault; a new one whenever the state is lost, restored or cloned. */
	readonly epoch: ReplicaEpoch;
}

export class Engine {
	readonly #ports: EnginePorts;
	#settings: EngineSettings;
	readonly #runNonce: Uint8Array;
	readonly #news: News;
	readonly #progress: Progress;
	readonly #exchange: ContentExchange;
	readonly #peers: Peers;
	readonly #silentPeers = new SilentPeers();
	readonly #renewal: Renewal;
	readonly #group: Group | undefined;
	readonly #rotation: Rotation | undefined;
	#replica: Replica | undefined;
	#past: Past | undefined;
	#watcher: Watcher | undefined;
	#unwatchScope: (() => void) | undefined;
	#ready = false;
	#starting: Promise<void> | undefined;
	#stopping: Promise<void> | undefined;
	#signalling: SignallingState = { kind: "connecting" };
	#announced = "";

	constructor(ports: EnginePorts, settings: EngineSettings) {
		this.#ports = ports;
		const isReader = ports.roster?.roleOf(ports.deviceKey.deviceId) === "reader";
		// What a reader changes nobody takes: it is shown as what it is, a change of its own.
		const mode = isReader ? ({ mode: "receive-only" } as const) : {};
		this.#settings = { ...settings, ...mode, name: deviceName(settings.name) };
		this.#runNonce = ports.random.bytes(16);
		this.#progress = new Progress(ports.clock);
		this.#exchange = new ContentExchange({
			clock: ports.clock,
			hash: (bytes) => bytesToHex(ports.digest.sha256(bytes)) as ContentHash,
			onContent: (hash, bytes) => {
				this.#past?.arrived(hash, bytes);
				this.#replica?.contentArrived(hash, bytes);
				for (const session of this.#peers.sessions) session.noteObtained(hash);
			},
			waitingBytes: () => this.#replica?.contents.arrivedBytes ?? 0,
			onLacking: (hash, isAsked) => {
				this.#replica?.contentLacking(hash, isAsked);
			},
		});
		this.#news = new News({
			clock: ports.clock,
			log: ports.log,
			exchange: this.#exchange,
			sessions: () => this.#peers.sessions,
			status: () => this.status(),
			isStopping: () => this.#isStopping(),
		});
		const { roster: keeper } = ports;
		this.#group =
			keeper &&
			new Group({
				...{ keeper, own: ports.deviceKey.deviceId, clock: ports.clock, log: ports.log, news: this.#news },
				keys: ports.keys,
				name: () => this.#settings.name,
				peers: () => this.#peers,
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
					capabilities: this.#capabilities(),
				},
			}),
			openSession: (peer, channel, terms) => this.#openSession(peer, channel, terms),
			door: this.#group?.door,
			listener: {
				onPeer: (peer, state, reason) => {
					this.#onPeer(peer, state, reason);
				},
				onChange: () => {
					this.#news.changed();
				},
			},
		});
		this.#rotation = rotationOf(ports, {
			send: (device, envelope) => this.#sessionWith(device)?.hand(envelope) === true,
			isConnected: (device) => this.#sessionWith(device) !== undefined,
			outsiders: () =>
				this.#peers.sessions.filter(({ peer }) => !peer.capabilities.includes(ROSTER)).map(({ deviceId }) => deviceId),
			onNewKey: (keyEpoch) => {
				this.#news.emit({ event: "group-key", keyEpoch });
			},
		});
		this.#renewal = new Renewal({
			clock: ports.clock,
			news: this.#news,
			peers: this.#peers,
			replica: () => this.#replica,
			newEpoch: () => this.#newEpoch("later"),
			isStopping: () => this.#isStopping(),
			onFailure: (error) => {
				this.#onFailure(error);
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
		this.#news.emit({ event: "stopped", reason });
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
				this.#news.foreignFound(name, reason);
			},
			onPresence: (isPresent) => {
				// Back again: the scan that found it goes on.
				if (isPresent) this.#news.resolved("vault-missing");
				else this.#onVaultPresence(false);
			},
		});
		this.#watcher = watcher;
		await replica.recover();
		if (this.#isStopping()) return;
		replica.start();
		watcher.start();
		this.#unwatchScope = this.#ports.scope?.watch(() => {
			replica.noticeScope();
		});
		await this.#import(replica, watcher);
		if (this.#isStopping()) return;
		await this.#group?.start();
		this.#rotation?.start();
		if (this.#isStopping()) return;
		this.#ready = true;
		this.#news.emit({
			event: "ready",
			files: filesOf(replica),
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
			onEnvelope: () => {
				this.#rotation?.online();
			},
		});
		this.#news.changed();
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
		this.#group?.stop();
		await this.#rotation?.stop();
		this.#unwatchScope?.();
		this.#unwatchScope = undefined;
		// Together: the watcher waits for a replica that may wait for its disk.
		await Promise.all([this.#watcher?.stop(), this.#replica?.stop()]);
		await this.#ports.transport.stop();
	}

	#capabilities(): readonly string[] {
		const chooses = this.#replica?.isChoosing === true ? [CHOOSES] : [];
		const merges = this.#settings.mergesTexts === false ? [] : [`merge-${String(MERGE_VERSION)}`];
		const roster = this.#ports.roster === undefined ? [] : [ROSTER];
		return [...CAPABILITIES, ...modeCapabilities(this.#mode), ...chooses, ...merges, ...roster];
	}

	get #mode(): Mode {
		return this.#settings.mode ?? "send-receive";
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
		this.#news.emit({ event: "paused", ...(device === undefined ? {} : { peer: device }) });
	}

	resume(device?: DeviceId): void {
		this.#peers.resume(device);
		this.#news.emit({ event: "resumed", ...(device === undefined ? {} : { peer: device }) });
	}

	/** New values for the settings that may change while running. */
	configure(settings: { readonly name?: string; readonly debounceMs?: number }): void {
		const { name = this.#settings.name, debounceMs = this.#settings.debounceMs } = settings;
		this.#settings = { ...this.#settings, name: deviceName(name), debounceMs };
		this.#replica?.setName(this.#settings.name);
		this.#watcher?.setDebounce(debounceMs);
		this.#group?.nameChanged();
	}

	/** The host woke up or its network changed. */
	nudge(): void {
		this.#ports.transport.nudge();
		this.#peers.nudge();
		this.#replica?.noticeScope();
	}

	/** Who belongs to the group, as far as this device has heard; empty while it has no roster. */
	members(): readonly ShownMember[] {
		return this.#group?.members() ?? [];
	}

	/** Whether who joins waits until an admin approves it; `undefined`: there is no roster. */
	get asksFirst(): boolean | undefined {
		return this.#group?.asksFirst;
	}

	/** Lets in a device that waits. Only admins can. */
	async approve(device: DeviceId): Promise<Decided> {
		return (await this.#group?.approve(device)) ?? "no-roster";
	}

	/** Only admins can. */
	async setRole(device: DeviceId, role: Role): Promise<Decided> {
		return (await this.#group?.setRole(device, role)) ?? "no-roster";
	}

	/** Whether who joins from now on waits until an admin approves it. Only admins can. */
	async setAskFirst(asks: boolean): Promise<Decided> {
		return (await this.#group?.setAskFirst(asks)) ?? "no-roster";
	}

	/** Takes a device out of the group, for good: it gets nothing new any more, and the others a new group key. Only admins can. */
	async remove(device: DeviceId): Promise<Removal> {
		return (await this.#rotation?.remove(device)) ?? "no-roster";
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

	/** What a person decides about changes that a one-way mode set apart; `undefined`: the state has not been read yet. */
	get modeCommands(): ModeCommands | undefined {
		return this.#replica && new ModeCommands({ replica: this.#replica, vault: this.#ports.vault });
	}

	/** Reads every recorded file; what people are just changing is recorded first. */
	async verify(): Promise<VerifyReport> {
		await this.scan();
		const replica = this.#replica;
		if (replica === undefined) return { files: 0, differences: [] };
		const parts = { index: replica.index, vault: this.#ports.vault, digest: this.#ports.digest };
		return verifyTwice(parts, () => this.scan(), replica.oneWay.localChanges);
	}

	/** What was deleted all at once, here or elsewhere, and waits for a person's word. */
	get heldDeletions(): readonly HeldDeletions[] {
		return this.#replica?.deletions.held ?? [];
	}

	/**
	 * `accept`: these files are really gone. `reject`: they are put back, and what had gone before it was too much too; bytes
	 * that are not here are asked of the other devices. `undefined`: nothing of this id waits.
	 */
	async answerDeletions(id: string, answer: DeletionAnswer): Promise<AnsweredDeletions | "only-receives" | undefined> {
		const replica = this.#replica;
		const past = this.#past;
		if (replica === undefined || past === undefined) return undefined;
		const held = await answerDeletions({ replica, past }, id, answer);
		this.#news.changed();
		return held;
	}

	onStatus(listener: (status: Status) => void): () => void {
		return this.#news.onStatus(listener);
	}

	onEvent(listener: (event: EngineEvent) => void): () => void {
		return this.#news.onEvent(listener);
	}

	status(): Status {
		return reportStatus({
			deviceId: this.#ports.deviceKey.deviceId,
			name: this.#settings.name,
			mode: this.#mode,
			isReady: this.#ready,
			replica: this.#replica,
			peers: [...this.#peers.all()],
			isPaused: this.#peers.isPaused,
			signalling: this.#signalling.kind,
			foreign: this.#news.foreign,
			problems: this.#news.problems,
			progress: (pending) => this.#progress.current(pending),
			nowMs: this.#ports.clock.now(),
		});
	}

	async #openReplica(): Promise<Replica> {
		const { vault, store, clock, digest, log, scope } = this.#ports;
		const epochs = {
			newEpoch: () => this.#newEpoch("later"),
			firstEpoch: () => this.#newEpoch("first"),
			gapsToLeaveOut: () => gapsFrom(this.#ports.random.bytes(2)),
		};
		const settings = { ...this.#settings, ...epochs };
		return Replica.open({ vault, store, clock, digest, log, scope }, settings, replicaRoutes(this.#parts()));
	}

	#sessionWith(device: DeviceId): Session | undefined {
		return this.#peers.sessions.find(({ deviceId }) => deviceId === device);
	}

	#parts(): RoutedParts {
		return {
			...{
				log: this.#ports.log,
				news: this.#news,
				exchange: this.#exchange,
				peers: this.#peers,
				renewal: this.#renewal,
				rotation: this.#rotation,
			},
			watcher: () => this.#watcher,
			replica: () => this.#replica,
			onVaultPresence: (present) => {
				this.#onVaultPresence(present);
			},
			onFailure: (error) => {
				this.#onFailure(error);
			},
			onProgress: () => {
				this.#announce();
			},
		};
	}

	#newEpoch(life: "first" | "later"): ReplicaEpoch {
		return nextEpoch(this.#settings.epoch, this.#ports.random.bytes(EPOCH_NUMBER_BYTES), life);
	}

	#onVaultPresence(present: boolean): void {
		if (!present) {
			this.#news.problem({
				code: "vault-missing",
				message: "The folder is not there, or only an empty one in its place. Nothing is changed until it is back.",
			});
			return;
		}
		this.#news.resolved("vault-missing");
		// Nobody told what happened to it in the meantime.
		this.#watcher?.wantScan();
	}

	/** A defect. Everything durable is safe; nothing more is recorded or told. */
	#onFailure(error: unknown): void {
		this.#ports.log.write("error", "the engine failed", { cause: String(error) });
		this.#peers.suspend();
		this.#news.problem({ code: "internal", message: `PSync stopped because of a defect: ${String(error)}` });
		this.#news.changed();
	}

	#openSession(
		peer: ConstructorParameters<typeof Session>[0]["peer"],
		channel: ConstructorParameters<typeof Session>[0]["channel"],
		terms: Terms | undefined,
	): Session {
		const replica = this.#replica;
		if (replica === undefined) throw new Error("a session before the replica");
		return new Session({
			peer,
			channel,
			replica,
			exchange: this.#exchange,
			silentPeers: this.#silentPeers,
			clock: this.#ports.clock,
			log: this.#ports.log,
			sha256: (bytes) => this.#ports.digest.sha256(bytes),
			runNonce: this.#runNonce,
			listener: sessionRoutes(this.#parts(), peer.deviceId),
			roster: this.#ports.roster && { keeper: this.#ports.roster, terms },
		});
	}

	#onPeer(peer: Peer, state: "connecting" | "connected" | "lost" | "refused", reason: string | undefined): void {
		const path = peer.session?.path;
		this.#news.emit({
			event: "peer",
			peer: peer.deviceId,
			name: shownName(peer),
			state,
			...(reason === undefined ? {} : { reason }),
			...(path === undefined ? {} : { path }),
		});
		this.#lookForTampering();
		this.#news.changed();
	}

	#onSignalling(state: SignallingState): void {
		this.#signalling = state;
		if (state.kind === "online") this.#rotation?.online();
		else this.#rotation?.offline();
		if (state.kind === "refused") this.#news.problem({ code: "relay-refused", message: state.reason });
		else if (state.kind === "online") this.#news.resolved("relay-refused");
		this.#lookForTampering();
		this.#news.changed();
	}

	#lookForTampering(): void {
		if (isTamperedWith(this.#signalling, this.#peers.all())) this.#news.problem(TAMPERING);
		else this.#news.resolved(TAMPERING.code);
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
}

function gapsFrom([high = 0, low = 0]: Uint8Array): number {
	return 1 + (((high << 8) | low) % GAPS_LEFT_OUT_MAX);
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
