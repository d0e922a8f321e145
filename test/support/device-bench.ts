// One device's inside without an engine around it: replica, contents, watcher and sessions on memory adapters, joined as the
// engine joins them. The test plays the person, the host and every other device.
import { bytesToHex } from "../../src/core/bytes.ts";
import type { ContentHash } from "../../src/core/hash.ts";
import type { Act } from "../../src/core/observe.ts";
import { ContentExchange } from "../../src/engine/content-exchange.ts";
import type { ProvenPeer } from "../../src/engine/handshake.ts";
import type { Channel } from "../../src/engine/ports/transport.ts";
import { Replica } from "../../src/engine/replica.ts";
import { Session } from "../../src/engine/session.ts";
import { SilentPeers } from "../../src/engine/silent-peers.ts";
import { Watcher } from "../../src/engine/watcher.ts";
import { Throttle } from "../../src/engine/throttle.ts";
import type { ByeCode } from "../../src/wire/messages.ts";
import { ManualClock } from "./manual-clock.ts";
import { MemoryStore } from "./memory-store.ts";
import { MemoryVault } from "./memory-vault.ts";
import { nodeCryptoDigest } from "./node-crypto-digest.ts";
import { epochOf } from "./records.ts";
import { TestLog } from "./test-log.ts";

export interface DeviceBenchOptions {
	readonly clock?: ManualClock;
	readonly debounceMs?: number;
	/** Where its state is kept; a new one if not set. */
	readonly store?: MemoryStore;
}

export class DeviceBench {
	readonly clock: ManualClock;
	readonly vault: MemoryVault;
	readonly log = new TestLog();
	readonly replica: Replica;
	readonly watcher: Watcher;
	readonly exchange: ContentExchange;
	readonly acts: (Act & { readonly atMs: number })[];
	/** What the watcher found worth a look: `note.md`, or `note.md gone`. */
	readonly touched: string[] = [];
	foreign: string[] = [];
	readonly presence: boolean[] = [];
	readonly ended: { readonly session: Session; readonly code: ByeCode | "lost" }[] = [];
	readonly sessions = new Set<Session>();
	readonly silentPeers = new SilentPeers();
	/** Told besides. */
	onEnd: (session: Session, code: ByeCode | "lost") => void = () => undefined;
	rollbacks = 0;
	rootMismatches = 0;

	private constructor(
		parts: Pick<DeviceBench, "clock" | "vault" | "replica" | "exchange" | "acts">,
		debounceMs: number,
	) {
		const { clock, vault, replica } = parts;
		this.clock = clock;
		this.vault = vault;
		this.replica = replica;
		this.exchange = parts.exchange;
		this.acts = parts.acts;
		const touch = replica.touch.bind(replica);
		replica.touch = (path, options) => {
			this.touched.push(options.gone ? `${path} gone` : path);
			touch(path, options);
		};
		this.watcher = new Watcher({
			vault,
			clock,
			log: this.log,
			replica,
			debounceMs,
			onForeign: (name, reason) => this.foreign.push(`${name}: ${reason}`),
			onForeignOver: (names) => {
				this.foreign = this.foreign.filter((each) => !names.some((name) => each.startsWith(`${name}: `)));
			},
			onPresence: (isPresent) => this.presence.push(isPresent),
		});
	}

	/** A device named "a", whose folder holds what `files` says and that has recorded it: one act each, in this order. */
	static async open(files: Record<string, string> = {}, options: DeviceBenchOptions = {}): Promise<DeviceBench> {
		const { clock = new ManualClock(), debounceMs = 100, store = new MemoryStore() } = options;
		const vault = new MemoryVault({ now: () => clock.now(), digest: nodeCryptoDigest });
		const acts: DeviceBench["acts"] = [];
		const later: { bench?: DeviceBench } = {};
		const replica = await Replica.open(
			{ vault, store, clock, digest: nodeCryptoDigest, log: { write: () => undefined } },
			{ name: "device a", epoch: epochOf("a"), newEpoch: () => epochOf("f") },
			{
				onAct: (act) => acts.push({ ...act, atMs: clock.monotonic() }),
				onDurable: (changed) => {
					for (const session of later.bench?.sessions ?? []) session.noteDurable(changed);
				},
				onApplied: () => undefined,
				onWanted: (wanted) => {
					exchange.want(wanted);
				},
				onUnwanted: (hashes) => {
					for (const hash of hashes) exchange.forget(hash);
				},
				onSuspicious: (paths) => {
					later.bench?.watcher.suspect(paths);
				},
				onHeld: () => undefined,
				onDeletionsHeld: () => undefined,
				onVaultPresence: () => undefined,
				onWithheld: () => undefined,
				onLocalChange: () => undefined,
				onStorage: () => undefined,
				onFailure: (error) => {
					throw error;
				},
				onProgress: () => {
					exchange.pump();
					for (const session of later.bench?.sessions ?? []) session.noteProgress();
				},
			},
		);
		const exchange = new ContentExchange({
			clock,
			down: new Throttle(clock).down,
			hash: (bytes) => bytesToHex(nodeCryptoDigest.sha256(bytes)) as ContentHash,
			onContent: (hash, bytes) => {
				replica.contentArrived(hash, bytes);
			},
			waitingBytes: () => replica.contents.arrivedBytes,
		});
		const bench = new DeviceBench({ clock, vault, replica, exchange, acts }, debounceMs);
		later.bench = bench;
		replica.start();
		for (const [path, text] of Object.entries(files)) {
			vault.save(path, text);
			await bench.during(bench.watcher.scan());
		}
		replica.enqueue(() => {
			replica.endImport();
		});
		await bench.during(replica.idle());
		bench.acts.length = 0;
		bench.touched.length = 0;
		return bench;
	}

	/** A session with a proven peer; not started. */
	session(peer: ProvenPeer, channel: Channel): Session {
		const session = new Session({
			peer,
			channel,
			replica: this.replica,
			exchange: this.exchange,
			silentPeers: this.silentPeers,
			throttle: new Throttle(this.clock),
			clock: this.clock,
			log: this.log,
			sha256: (bytes) => nodeCryptoDigest.sha256(bytes),
			runNonce: new Uint8Array(16).fill(1),
			listener: {
				onEnd: (ended, code) => {
					this.sessions.delete(ended);
					this.ended.push({ session: ended, code });
					this.onEnd(ended, code);
				},
				onChange: () => undefined,
				onReceived: () => undefined,
				onEnvelope: () => undefined,
				onTold: () => undefined,
				onRolledBack: () => {
					this.rollbacks++;
					return true;
				},
				onRootMismatch: () => {
					this.rootMismatches++;
				},
			},
		});
		this.sessions.add(session);
		return session;
	}

	files(): Record<string, string | undefined> {
		return Object.fromEntries([...this.vault.files().keys()].map((path) => [path, this.vault.text(path)]));
	}

	/** Lets time go by until `work` is done. */
	async during<T>(work: Promise<T>): Promise<T> {
		const state = { isDone: false };
		const watched = work.finally(() => {
			state.isDone = true;
		});
		watched.catch(() => undefined);
		await this.clock.advance(0);
		for (let turn = 0; turn < 1_000 && !state.isDone; turn++) await this.clock.advance(10);
		return watched;
	}
}
