// The parts of one running device: makes them, begins and ends them in order, and joins what they tell each other (routes.ts). What
// hosts ask is engine.ts.
import { assert } from "../core/assert.ts";
import { bytesToHex } from "../core/bytes.ts";
import type { ContentHash } from "../core/hash.ts";
import { EPOCH_NUMBER_BYTES, nextEpoch, type DeviceId, type ReplicaEpoch } from "../core/ids.ts";
import { GAPS_LEFT_OUT_MAX } from "../core/record-index.ts";
import { ROSTER } from "../wire/hello.ts";
import type { VersionVector } from "../core/version-vector.ts";
import { announcementOf } from "./announcement.ts";
import { ContentExchange } from "./content-exchange.ts";
import type { Terms } from "./door.ts";
import { capabilitiesOf, type EnginePorts, type EngineSettings } from "./engine-settings.ts";
import { Group } from "./group.ts";
import { guardedStore } from "./guarded-store.ts";
import { LargeArrivals } from "./large-arrivals.ts";
import { StoreForward } from "./mailbox/store-forward.ts";
import { News } from "./news.ts";
import { Past } from "./past.ts";
import { Peers, type Peer } from "./peers.ts";
import type { Mailbox } from "./ports/mailbox.ts";
import type { SignallingState } from "./ports/transport.ts";
import { Renewal } from "./renewal.ts";
import { Replica } from "./replica.ts";
import { replicaRoutes, sessionRoutes, type RoutedParts } from "./routes.ts";
import { rotationOf, type Rotation } from "./rotation.ts";
import { Session } from "./session.ts";
import { SilentPeers } from "./silent-peers.ts";
import type { Status } from "./status.ts";
import { filesOf, shownName } from "./status-report.ts";
import { isTamperedWith, TAMPERING } from "./tampering.ts";
import { Throttle } from "./throttle.ts";
import { Watcher } from "./watcher.ts";

export interface AssemblyOptions {
	readonly ports: EnginePorts;
	/** As they are now. */
	readonly settings: () => EngineSettings;
	readonly status: () => Status;
}

export class Assembly {
	readonly news: News;
	readonly peers: Peers;
	/** These two: `undefined` where the host keeps no roster. */
	readonly group: Group | undefined;
	readonly rotation: Rotation | undefined;
	readonly #ports: EnginePorts;
	readonly #settings: () => EngineSettings;
	readonly #runNonce: Uint8Array;
	readonly #exchange: ContentExchange;
	readonly throttle: Throttle;
	readonly #silentPeers = new SilentPeers();
	readonly #renewal: Renewal;
	#mailbox: StoreForward | undefined;
	#large: LargeArrivals | undefined;
	#replica: Replica | undefined;
	#past: Past | undefined;
	#watcher: Watcher | undefined;
	#unwatchScope: (() => void) | undefined;
	#ready = false;
	#starting: Promise<void> | undefined;
	#stopping: Promise<void> | undefined;
	#signalling: SignallingState = { kind: "connecting" };
	#announced = "";

	constructor({ ports, settings, status }: AssemblyOptions) {
		this.#ports = ports;
		this.#settings = settings;
		this.#runNonce = ports.random.bytes(16);
		this.throttle = new Throttle(ports.clock, settings().limits);
		this.#exchange = new ContentExchange({
			clock: ports.clock,
			down: this.throttle.down,
			hash: (bytes) => bytesToHex(ports.digest.sha256(bytes)) as ContentHash,
			onContent: (hash, bytes) => {
				this.#past?.arrived(hash, bytes);
				this.#replica?.contentArrived(hash, bytes);
				for (const session of this.peers.sessions) session.noteObtained(hash);
			},
			waitingBytes: () => this.#replica?.contents.arrivedBytes ?? 0,
			onLacking: (hash, isAsked) => {
				this.#replica?.contentLacking(hash, isAsked);
			},
			beside: () => this.#large?.fetch,
		});
		this.news = new News({
			clock: ports.clock,
			log: ports.log,
			exchange: this.#exchange,
			sessions: () => this.peers.sessions,
			status,
			isStopping: () => this.#isStopping(),
		});
		const { roster: keeper } = ports;
		this.group =
			keeper &&
			new Group({
				...{ keeper, own: ports.deviceKey.deviceId, clock: ports.clock, log: ports.log, news: this.news },
				keys: ports.keys,
				name: () => settings().name,
				lastSeen: (device) => this.#replica?.membership.lastSeen(device),
				peers: () => this.peers,
			});
		this.peers = new Peers({
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
					epoch: this.#replica?.index.state.epoch ?? settings().epoch,
					runNonce: this.#runNonce,
					name: settings().name,
					capabilities: capabilitiesOf(ports, settings(), this.#replica?.isChoosing === true),
				},
			}),
			openSession: (peer, channel, terms) => this.#openSession(peer, channel, terms),
			door: this.group?.door,
			listener: {
				onPeer: (peer, state, reason) => {
					this.#onPeer(peer, state, reason);
				},
				onChange: () => {
					this.news.changed();
				},
			},
		});
		this.rotation = rotationOf(ports, {
			news: this.news,
			send: (device, envelope) => this.#sessionWith(device)?.hand(envelope) === true,
			isConnected: (device) => this.#sessionWith(device) !== undefined,
			outsiders: () =>
				this.peers.sessions.filter(({ peer }) => !peer.capabilities.includes(ROSTER)).map(({ deviceId }) => deviceId),
			onLooked: () => {
				this.#mailbox?.online();
			},
			onOtherKey: () => {
				this.#mailbox?.leave();
			},
		});
		this.#renewal = new Renewal({
			clock: ports.clock,
			news: this.news,
			peers: this.peers,
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
		this.news.emit({ event: "stopped", reason });
	}

	async #startParts(): Promise<void> {
		if (this.#isStopping()) return;
		const startedAt = this.#ports.clock.monotonic();
		const replica = await this.#openReplica();
		if (this.#isStopping()) return;
		this.#replica = replica;
		if (this.#ports.mailbox !== undefined) this.#mailbox = await this.#openMailbox(replica, this.#ports.mailbox);
		if (this.#isStopping()) return;
		this.#large = await this.#openLarge(replica);
		if (this.#isStopping()) return;
		this.#past = new Past({ replica, vault: this.#ports.vault, clock: this.#ports.clock, exchange: this.#exchange });
		const watcher = new Watcher({
			vault: this.#ports.vault,
			clock: this.#ports.clock,
			log: this.#ports.log,
			replica,
			debounceMs: this.#settings().debounceMs,
			onForeign: (name, reason) => {
				this.news.foreignFound(name, reason);
			},
			onForeignOver: (names) => {
				this.news.foreignOver(names);
			},
			onPresence: (isPresent) => {
				// Back again: the scan that found it goes on.
				if (isPresent) this.news.resolved("vault-missing");
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
		await this.group?.start();
		this.rotation?.start();
		if (this.#isStopping()) return;
		this.#ready = true;
		this.news.emit({
			event: "ready",
			files: filesOf(replica),
			scanMs: Math.round(this.#ports.clock.monotonic() - startedAt),
		});
		this.#announce();
		this.#large?.start();
		this.#ports.transport.start({
			onSignalling: (state) => {
				this.#onSignalling(state);
			},
			onPresence: (members) => {
				this.peers.onPresence(members);
			},
			onChannel: (channel) => {
				this.peers.onChannel(channel);
			},
			onEnvelope: () => {
				this.rotation?.online();
			},
			onMailbox: () => {
				this.#mailbox?.look();
			},
		});
		this.news.changed();
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
		// First: it may still leave what others lack.
		if (this.#mailbox !== undefined) await this.#mailbox.stop();
		this.peers.stop();
		this.group?.stop();
		await this.rotation?.stop();
		await this.#large?.stop();
		this.throttle.stop();
		this.#unwatchScope?.();
		this.#unwatchScope = undefined;
		// Together: the watcher waits for a replica that may wait for its disk.
		await Promise.all([this.#watcher?.stop(), this.#replica?.stop()]);
		await this.#ports.transport.stop();
	}

	/** These three: `undefined` while the state has not been read yet. */
	get replica(): Replica | undefined {
		return this.#replica;
	}

	get past(): Past | undefined {
		return this.#past;
	}

	get watcher(): Watcher | undefined {
		return this.#watcher;
	}

	/** `undefined`: the host gives none. */
	get mailbox(): StoreForward | undefined {
		return this.#mailbox;
	}

	/** `undefined`: the host gives no room for large files. */
	get large(): LargeArrivals | undefined {
		return this.#large;
	}

	/** The first scan is complete. */
	get isReady(): boolean {
		return this.#ready;
	}

	get signalling(): SignallingState {
		return this.#signalling;
	}

	#isStopping(): boolean {
		return this.#stopping !== undefined;
	}

	async #openReplica(): Promise<Replica> {
		const { vault, store, clock, digest, log, scope, breathe } = this.#ports;
		const epochs = {
			newEpoch: () => this.#newEpoch("later"),
			firstEpoch: () => this.#newEpoch("first"),
			gapsToLeaveOut: () => gapsFrom(this.#ports.random.bytes(2)),
		};
		const limitForgetting = (known: VersionVector): VersionVector => this.#mailbox?.limitForgetting(known) ?? known;
		const settings = { ...this.#settings(), ...epochs, limitForgetting };
		const ports = { vault, store, clock, digest, log, scope, breathe };
		return Replica.open(ports, settings, replicaRoutes(this.#parts()));
	}

	#openMailbox(replica: Replica, box: Mailbox): Promise<StoreForward> {
		const { ports, news } = { ports: this.#ports, news: this.news };
		const { clock, random, digest, log, deviceKey, secrets, verifier, roster } = ports;
		return StoreForward.open({
			...{ box, store: guardedStore(ports.store), clock, random, digest, log, news },
			...{ deviceKey, secrets, verifier, roster, replica, exchange: this.#exchange, peers: this.peers },
			up: this.throttle.up,
			choices: () => this.#settings().mailbox ?? {},
			mayLeave: () => this.rotation?.isKeyGood !== false,
			onRolledBack: () => this.#renewal.begin(),
			onMarks: () => {
				for (const session of this.peers.sessions) session.tellHeads();
			},
			onFailure: (error) => {
				this.#onFailure(error);
			},
		});
	}

	async #openLarge(replica: Replica): Promise<LargeArrivals | undefined> {
		const { largeFiles: files, store, digest, clock, log, vault } = this.#ports;
		if (files === undefined) return undefined;
		const large = await LargeArrivals.open({
			...{ files, store: guardedStore(store), digest, clock, log, vault, down: this.throttle.down },
			index: replica.index,
			exclusively: (work) => replica.exclusively(work),
			revisit: (key) => {
				replica.revisit(key);
			},
			isOn: () => this.#settings().receivesLarge !== false && this.#settings().mode !== "send-only",
			isSendOnly: () => this.#settings().mode === "send-only",
			onChange: () => {
				this.news.changed();
			},
			onFailure: (error) => {
				this.#onFailure(error);
			},
		});
		replica.contents.isUnreadable = (path) => large.isUnreadable(path, replica.scope.maxBytes);
		return large;
	}

	#sessionWith(device: DeviceId): Session | undefined {
		return this.peers.sessions.find(({ deviceId }) => deviceId === device);
	}

	#parts(): RoutedParts {
		return {
			...{
				log: this.#ports.log,
				news: this.news,
				exchange: this.#exchange,
				peers: this.peers,
				renewal: this.#renewal,
				rotation: this.rotation,
			},
			mailbox: () => this.#mailbox,
			large: () => this.#large,
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
		return nextEpoch(this.#settings().epoch, this.#ports.random.bytes(EPOCH_NUMBER_BYTES), life);
	}

	#onVaultPresence(present: boolean): void {
		if (!present) {
			this.news.problem({
				code: "vault-missing",
				message: "The folder is not there, or only an empty one in its place. Nothing is changed until it is back.",
			});
			return;
		}
		this.news.resolved("vault-missing");
		// Nobody told what happened to it in the meantime.
		this.#watcher?.wantScan();
	}

	/** A defect. Everything durable is safe; nothing more is recorded or told. */
	#onFailure(error: unknown): void {
		this.#ports.log.write("error", "the engine failed", { cause: String(error) });
		this.peers.suspend();
		const cause = String(error);
		const message = `PSync stopped because of a defect: ${cause}`;
		this.news.problem({ code: "internal", message, about: { kind: "cause", cause } });
		this.news.changed();
	}

	#openSession(
		peer: ConstructorParameters<typeof Session>[0]["peer"],
		channel: ConstructorParameters<typeof Session>[0]["channel"],
		terms: Terms | undefined,
	): Session {
		const replica = this.#replica;
		if (replica === undefined) throw new Error("a session before the replica");
		const mailbox = this.#mailbox;
		return new Session({
			peer,
			channel,
			replica,
			exchange: this.#exchange,
			silentPeers: this.#silentPeers,
			throttle: this.throttle,
			clock: this.#ports.clock,
			log: this.#ports.log,
			sha256: (bytes) => this.#ports.digest.sha256(bytes),
			runNonce: this.#runNonce,
			listener: sessionRoutes(this.#parts(), peer.deviceId),
			roster: this.#ports.roster && { keeper: this.#ports.roster, terms },
			mailbox: mailbox && {
				groupId: this.#ports.secrets.groupId,
				heads: () => mailbox.marks,
				heard: (heads) => {
					mailbox.heard(heads);
				},
			},
		});
	}

	#onPeer(peer: Peer, state: "connecting" | "connected" | "lost" | "refused", reason: string | undefined): void {
		const path = peer.session?.path;
		this.news.emit({
			event: "peer",
			peer: peer.deviceId,
			name: shownName(peer),
			state,
			...(reason === undefined ? {} : { reason }),
			...(path === undefined ? {} : { path }),
		});
		this.#lookForTampering();
		this.#mailbox?.consider();
		this.news.changed();
	}

	#onSignalling(state: SignallingState): void {
		this.#signalling = state;
		// Where there may be another key the mailbox waits until that is known.
		if (state.kind === "online") (this.rotation ?? this.#mailbox)?.online();
		else for (const part of [this.rotation, this.#mailbox]) part?.offline();
		if (state.kind === "refused") this.news.problem({ code: "relay-refused", message: state.reason });
		else if (state.kind === "online") this.news.resolved("relay-refused");
		this.#lookForTampering();
		this.news.changed();
	}

	#lookForTampering(): void {
		if (isTamperedWith(this.#signalling, this.peers.all())) this.news.problem(TAMPERING);
		else this.news.resolved(TAMPERING.code);
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
