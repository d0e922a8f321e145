// One device's copy of the vault: owns index, journal, contents and applier, and is the only writer of all of them. Everything
// that may change something becomes work for one loop (`#run`), which records, persists, tells and applies, in this order.
import type { ContentHash } from "../core/hash.ts";
import type { ReplicaEpoch } from "../core/ids.ts";
import { keysToObserve, observe, type Act, type OnDisk } from "../core/observe.ts";
import { pathKey, type PathKey, type VaultPath } from "../core/path.ts";
import { keysToPlan, planKey, type Plan } from "../core/plan.ts";
import { newState, RecordIndex, type Entry, type IndexState, type ShownCopy } from "../core/record-index.ts";
import { equalRecords, joinRecords, type KeyedRecord } from "../core/record.ts";
import { covers, EMPTY_VECTOR, equalDots, joinVectors, type VersionVector } from "../core/version-vector.ts";
import { RECORD_SIBLINGS_MAX, VECTOR_EPOCHS_MAX } from "../wire/limits.ts";
import { Applier, type Performed, type PreparedPlan } from "./applier.ts";
import { forEachBounded } from "./bounded.ts";
import { Contents } from "./contents.ts";
import { guardedStore, StorageError } from "./guarded-store.ts";
import { History } from "./history.ts";
import { Journal, JournalError, type Batch, type OpenedJournal } from "./journal.ts";
import { Looker, UnreadableError, type Seen } from "./looker.ts";
import type { Clock } from "./ports/clock.ts";
import type { Digest } from "./ports/digest.ts";
import type { Log } from "./ports/log.ts";
import type { StateStore } from "./ports/state-store.ts";
import type { Vault } from "./ports/vault.ts";
import { recoverCopies, recoverFile } from "./recovery.ts";
import { Waiting } from "./waiting.ts";

export interface ReplicaPorts {
	readonly vault: Vault;
	readonly store: StateStore;
	readonly clock: Clock;
	readonly digest: Digest;
	readonly log: Log;
}

export interface ReplicaSettings {
	readonly name: string;
	/** The host's. */
	readonly epoch: ReplicaEpoch;
	/** For a state whose own numbers may have been told already. */
	readonly newEpoch: () => ReplicaEpoch;
}

/** News for the engine; called from the loop, never re-entrantly. */
export interface ReplicaListener {
	/** A person's act was recorded and is durable. */
	onAct(act: Act): void;
	/** All of the index is durable; these records changed since the last time: peers may be told. */
	onDurable(changed: readonly PathKey[]): void;
	/** The disk shows a version that came from elsewhere. */
	onApplied(plan: Plan): void;
	/** These contents are needed for their keys and are not on this device. */
	onWanted(wanted: readonly WantedContent[]): void;
	/** No key needs these contents any more. */
	onUnwanted(hashes: readonly ContentHash[]): void;
	/** Recorded files that are gone without anybody having told so. */
	onSuspicious(paths: readonly VaultPath[]): void;
	onHeld(path: VaultPath, reason: string): void;
	onVaultPresence(present: boolean): void;
	/** The state store fails: nothing is recorded, told or applied until it works again. `undefined`: it does. */
	onStorage(problem: string | undefined): void;
	/** A defect: the loop has ended, and nothing that is not durable was or will be told. */
	onFailure(error: unknown): void;
	/** A round of the loop ended: knowledge, root, pending counts may have moved. */
	onProgress(): void;
}

export interface WantedContent {
	readonly hash: ContentHash;
	readonly size: number;
}

export interface Held {
	readonly path: VaultPath;
	readonly reason: string;
	/** Whether its contents are durable on this device all the same. */
	readonly hasContents: boolean;
}

interface Touch {
	/** As the vault spelled it when it last told of it. */
	readonly spelling: VaultPath | undefined;
}

/** Keys in one round: enough to share a journal write, few enough that an edit does not wait long behind a first sync. */
const KEYS_PER_ROUND = 64;
/** libuv has four threads; more in flight keeps them busy through the waits for the disk. */
const FILES_IN_FLIGHT = 16;
const HELD_RETRY_MS = 5_000;
const STORAGE_RETRY_MS = 5_000;
const COMPACTION_RETRY_MS = 60_000;
/** Somebody was quicker so many times in a row: then the file is left alone for a while. */
const CHANGED_MAX = 8;
/** Contents in memory for one round; what is beyond it waits for the next. */
const ROUND_BYTES_MAX = 32 * 1024 * 1024;

export class Replica {
	readonly index: RecordIndex;
	readonly contents: Contents;
	readonly history: History;
	readonly #ports: ReplicaPorts;
	readonly #journal: Journal;
	readonly #looker: Looker;
	readonly #applier: Applier;
	readonly #listener: ReplicaListener;
	#name: string;

	readonly #dirty = new Map<PathKey, Touch>();
	/** Absences with evidence: an event or a second look, and `stat`. */
	readonly #gone = new Set<PathKey>();
	readonly #waiting = new Waiting();
	/** Keys that cannot be dealt with before the absence of these others has been looked at again. */
	readonly #setAside = new Map<PathKey, readonly PathKey[]>();
	readonly #held = new Map<PathKey, Held>();
	/** How often in a row somebody was quicker. */
	readonly #changedInARow = new Map<PathKey, number>();
	#inbound: (() => void)[] = [];
	#untoldActs: Act[] = [];
	#stateUnsaved: boolean;
	/** The next write to the journal must be all of the state. */
	#mustRewrite = false;
	#saving = false;
	#storageFails = false;
	#compactAt = 0;
	/** Keys that the round under way deals with. */
	#inRound = 0;
	#received: VersionVector = EMPTY_VECTOR;
	#applied: VersionVector = EMPTY_VECTOR;
	#durable: VersionVector = EMPTY_VECTOR;
	#vaultPresent = true;
	#stopped = false;
	#running: Promise<void> | undefined;
	#wake: (() => void) | undefined;
	#idleWaiters: (() => void)[] = [];
	#cancelRetry: (() => void) | undefined;
	#endPause: (() => void) | undefined;

	private constructor(
		ports: ReplicaPorts,
		name: string,
		listener: ReplicaListener,
		parts: {
			index: RecordIndex;
			journal: Journal;
			isNewState: boolean;
			looker: Looker;
			history: History;
			contents: Contents;
		},
	) {
		this.#ports = ports;
		this.#name = name;
		this.#listener = listener;
		this.index = parts.index;
		this.#journal = parts.journal;
		this.#looker = parts.looker;
		this.history = parts.history;
		this.contents = parts.contents;
		this.#applier = new Applier(ports.vault, parts.history, parts.looker);
		this.#durable = this.index.knowledge;
		this.#stateUnsaved = parts.isNewState;
	}

	/** Reads the state, or begins a new one. Rejects with JournalError when a newer version wrote it, or with StorageError. */
	static async open(ports: ReplicaPorts, settings: ReplicaSettings, listener: ReplicaListener): Promise<Replica> {
		const store = guardedStore(ports.store);
		const opened = await openJournal(store, ports);
		const last = opened.batches.at(-1)?.state;
		const state = stateToBeginWith(opened, settings);
		if (last !== undefined && state.epoch !== last.epoch) {
			ports.log.write("warn", "the state on this device may be an old one: its changes are counted anew");
		}
		const index = new RecordIndex(state, (bytes) => ports.digest.sha256(bytes));
		for (const batch of opened.batches) for (const entry of batch.entries) index.restore(entry);
		const looker = new Looker(ports.vault, index, ports.digest);
		const history = await History.open(store, ports.clock);
		const contents = await Contents.open(store, index, looker, history);
		const { journal } = opened;
		return new Replica(ports, settings.name, listener, {
			index,
			journal,
			isNewState: state !== last,
			looker,
			history,
			contents,
		});
	}

	/** Highest knowledge whose records are durable here and whose contents are too, on the disk or held. */
	get receivedKnowledge(): VersionVector {
		return this.#received;
	}

	/** Highest knowledge that this disk shows. */
	get appliedKnowledge(): VersionVector {
		return this.#applied;
	}

	/** What may be told to others. */
	get durableKnowledge(): VersionVector {
		return this.#durable;
	}

	/** Paths whose view is not yet on the disk, held ones not counted. */
	get pendingCount(): number {
		return this.#waiting.size + this.#dirty.size + this.#setAside.size + this.#inRound;
	}

	get held(): readonly Held[] {
		return [...this.#held.values()];
	}

	/** Whether records and knowledge in memory are what the journal has: only then may they be told. */
	get isDurable(): boolean {
		return !this.#saving && !this.#hasUnsaved();
	}

	get isIdle(): boolean {
		return this.#dirty.size === 0 && this.#inbound.length === 0 && !this.#hasUnsaved();
	}

	setName(name: string): void {
		this.#name = name;
	}

	/** Finishes what a crash cut off. Before the first scan, or the engine's own bytes would look like a person's. */
	async recover(): Promise<void> {
		for (const entry of [...this.index.entries()]) {
			const { intent } = entry;
			if (intent === undefined) continue;
			const copies = await recoverCopies(entry, intent, this.#recoveryParts());
			this.index.put({ ...entry, disk: { ...entry.disk, copies } });
			this.#mark(entry.key, undefined);
		}
	}

	start(): void {
		this.#running ??= this.#run().catch((error: unknown) => {
			this.#stopped = true;
			for (const resolve of this.#idleWaiters.splice(0)) resolve();
			this.#listener.onFailure(error);
		});
	}

	/** Finishes the files that are being written, and makes the journal safe. */
	async stop(): Promise<void> {
		this.#stopped = true;
		this.#cancelRetry?.();
		this.#endPause?.();
		this.#wakeUp();
		await this.#running;
		for (const resolve of this.#idleWaiters.splice(0)) resolve();
	}

	/** The file at `path` may have changed. `gone`: it is absent, and there is evidence that somebody removed it. */
	touch(path: VaultPath, options: { readonly gone: boolean }): void {
		const key = pathKey(path);
		if (options.gone) this.#gone.add(key);
		else this.#gone.delete(key);
		this.#mark(key, options.gone ? undefined : path);
		for (const [other, absent] of this.#setAside) {
			if (!absent.includes(key)) continue;
			this.#setAside.delete(other);
			this.#mark(other, undefined);
		}
	}

	/** Looks at a key again although nothing said that it changed. */
	revisit(key: PathKey): void {
		this.#mark(key, undefined);
	}

	/** Runs `change` in the loop, where the index may be written. */
	enqueue(change: () => void): void {
		this.#inbound.push(change);
		this.#wakeUp();
	}

	/**
	 * Inside `enqueue` only: joins what a peer told. `too-much`: joined with what is known here it could neither be told to
	 * others nor be read back from the journal, so it is not.
	 */
	joinRecord({ key, record }: KeyedRecord): "changed" | "known" | "too-much" {
		const entry = this.index.entryOrAbsent(key);
		const joined = joinRecords(entry.record, record);
		if (joined.siblings.length > RECORD_SIBLINGS_MAX || joined.context.size > VECTOR_EPOCHS_MAX) return "too-much";
		if (this.index.get(key) !== undefined && equalRecords(joined, entry.record)) return "known";
		this.index.put({ ...entry, record: joined });
		this.#mark(key, undefined);
		return "changed";
	}

	/** Whether `vector` counts acts of this device that it knows nothing of: its state was rolled back, or is used twice. */
	isContradictedBy(vector: VersionVector): boolean {
		const { epoch, counter } = this.index.state;
		return (vector.get(epoch) ?? 0) > counter;
	}

	/** The same, by an act of this device that its own record of that path does not know, or knows as another. */
	isContradictedByRecord({ key, record }: KeyedRecord): boolean {
		if (this.isContradictedBy(record.context)) return true;
		const own = this.index.get(key)?.record;
		if (own === undefined) return false;
		return record.siblings.some(({ dot, content }) => {
			if (dot.epoch !== this.index.state.epoch) return false;
			if (!covers(own.context, dot)) return true;
			const same = own.siblings.find((sibling) => equalDots(sibling.dot, dot));
			return same !== undefined && same.content?.hash !== content?.hash;
		});
	}

	/** Inside `enqueue` only: as a device that has never met the others. What is on disk is kept, and has to be scanned. */
	startOver(epoch: ReplicaEpoch): void {
		this.index.startOver(epoch);
		this.#dirty.clear();
		this.#gone.clear();
		this.#waiting.clear();
		this.#setAside.clear();
		this.#held.clear();
		this.#changedInARow.clear();
		this.#extraLooks.clear();
		this.#stateUnsaved = true;
		this.#mustRewrite = true;
		this.#durable = this.#received = this.#applied = EMPTY_VECTOR;
	}

	/** Inside `enqueue` only. False: too much, as for a record. */
	learn(knowledge: VersionVector, forgotten: VersionVector = EMPTY_VECTOR): boolean {
		const { state } = this.index;
		const all = joinVectors(joinVectors(state.knowledge, knowledge), joinVectors(state.forgotten, forgotten));
		if (all.size > VECTOR_EPOCHS_MAX) return false;
		this.index.learn(knowledge, forgotten);
		this.#stateUnsaved = true;
		return true;
	}

	/** Inside `enqueue` only: the first scan is complete. */
	endImport(): void {
		this.index.endImport();
		this.#stateUnsaved = true;
	}

	/** Verified bytes came from a peer. */
	contentArrived(hash: ContentHash, bytes: Uint8Array): void {
		const keys = this.#waiting.keysThatMiss(hash);
		// Sent along with an edit and quicker than it: kept for a moment, but nothing hangs on it.
		if (keys.length === 0) this.contents.remember(hash, bytes);
		else this.contents.arrive(hash, bytes);
		for (const key of keys) {
			this.#waiting.delete(key);
			this.#mark(key, undefined);
		}
	}

	/** Resolves when nothing is left to do but wait for contents, held files or news. */
	idle(): Promise<void> {
		if (this.isIdle || this.#stopped) return Promise.resolve();
		return new Promise((resolve) => this.#idleWaiters.push(resolve));
	}

	#mark(key: PathKey, spelling: VaultPath | undefined): void {
		this.#dirty.set(key, { spelling: spelling ?? this.#dirty.get(key)?.spelling });
		this.#wakeUp();
	}

	#wakeUp(): void {
		this.#wake?.();
		this.#wake = undefined;
	}

	#hasUnsaved(): boolean {
		return this.#stateUnsaved || this.index.hasUnsaved;
	}

	async #run(): Promise<void> {
		while (!this.#stopped) {
			if (this.isIdle) {
				this.#noteProgress();
				for (const resolve of this.#idleWaiters.splice(0)) resolve();
				await new Promise<void>((resolve) => {
					this.#wake = resolve;
				});
				continue;
			}
			await this.#withStorage(() => this.#round());
		}
		if (this.#hasUnsaved()) await this.#withStorage(() => this.#save());
	}

	/** A store that fails is no reason to end: what it interrupts was put back, and is tried again. */
	async #withStorage(work: () => Promise<void>): Promise<void> {
		try {
			await work();
			if (this.#storageFails) this.#listener.onStorage(undefined);
			this.#storageFails = false;
		} catch (error) {
			if (!(error instanceof StorageError)) throw error;
			this.#ports.log.write("warn", "the state store fails", { cause: error.message });
			if (!this.#storageFails) this.#listener.onStorage(error.message);
			this.#storageFails = true;
			if (this.#stopped) return;
			await new Promise<void>((resolve) => {
				const cancel = this.#ports.clock.schedule(STORAGE_RETRY_MS, resolve);
				this.#endPause = () => {
					cancel();
					resolve();
				};
			});
		}
	}

	async #round(): Promise<void> {
		for (const change of this.#inbound.splice(0)) change();
		const batch = this.#takeDirty();
		this.#inRound = batch.size;
		const before: Entry[] = [];
		let prepared: readonly PreparedPlan[];
		try {
			prepared = await this.#prepare(batch);
			for (const { plan } of prepared) before.push(this.#begin(plan));
			// Records and intents are durable before anybody hears of them and before the vault is touched.
			await this.#save();
		} catch (error) {
			for (const entry of before) this.index.put(entry);
			for (const [key, { spelling }] of batch) this.#mark(key, spelling);
			throw error;
		}
		for (const act of this.#untoldActs.splice(0)) this.#listener.onAct(act);
		await this.#perform(prepared);
		this.#inRound = 0;
		this.#noteProgress();
	}

	#takeDirty(): ReadonlyMap<PathKey, Touch> {
		const batch = new Map<PathKey, Touch>();
		for (const [key, touch] of this.#dirty) {
			if (batch.size >= KEYS_PER_ROUND) break;
			batch.set(key, touch);
			this.#dirty.delete(key);
		}
		return batch;
	}

	#noteProgress(): void {
		if (this.#dirty.size === 0) {
			const needed = this.#waiting.needed();
			this.contents.dropArrivedExcept((hash) => needed.has(hash));
			const unwanted = this.#waiting.takeNoLongerMissed();
			if (unwanted.length > 0) this.#listener.onUnwanted(unwanted);
		}
		if (this.pendingCount === 0 && this.#inbound.length === 0) {
			const held = [...this.#held.values()];
			if (held.every(({ hasContents }) => hasContents)) this.#received = this.#durable;
			if (held.length === 0) this.#applied = this.#durable;
		}
		this.#listener.onProgress();
	}

	async #save(): Promise<void> {
		if (!this.#hasUnsaved()) return;
		const { state } = this.index;
		const changed = this.index.takeChanged();
		const entries = this.index.takeUnsaved();
		this.#stateUnsaved = false;
		this.#saving = true;
		try {
			if (this.#mustRewrite) await this.#journal.compact(this.#whole());
			else await this.#journal.append({ state, entries }, () => this.#whole());
		} catch (error) {
			this.index.putBack(entries, changed);
			this.#stateUnsaved = true;
			throw error;
		} finally {
			this.#saving = false;
		}
		this.#mustRewrite = false;
		// In one step: knowledge that is told before the records it speaks of would hide them from the peer for ever.
		this.#durable = state.knowledge;
		this.#listener.onDurable(changed);
		await this.#compactWhenGrown();
	}

	async #compactWhenGrown(): Promise<void> {
		const now = this.#ports.clock.monotonic();
		if (!this.#journal.wantsCompaction || now < this.#compactAt) return;
		this.#compactAt = now + COMPACTION_RETRY_MS;
		try {
			await this.#journal.compact(this.#whole());
			this.#compactAt = 0;
		} catch (error) {
			// Everything is in the journal as it is; a shorter one can wait.
			if (!(error instanceof StorageError)) throw error;
			this.#ports.log.write("warn", "the journal cannot be rewritten", { cause: error.message });
		}
	}

	#whole(): Batch {
		return { state: this.index.state, entries: [...this.index.entries()] };
	}

	/** Looks, records what people did, plans; returns what can be performed now. */
	async #prepare(marked: ReadonlyMap<PathKey, Touch>): Promise<readonly PreparedPlan[]> {
		const batch = await this.#settled(marked);
		const look = new Map<PathKey, OnDisk | undefined>();
		const bytes = new Map<ContentHash, Uint8Array>();
		const unreadable = await this.#lookAt(this.#closure(batch.keys()), batch, look, bytes);
		const keys = [...batch.keys()].filter((key) => !this.#closure([key]).some((k) => unreadable.has(k)));
		const readable = new Set(keys);
		for (const key of batch.keys()) if (!readable.has(key)) this.#hold(key, "locked", false);
		const trusted = await this.#withoutSuspicious(keys, look);

		const plans: Plan[] = [];
		const claimed = new Set<PathKey>();
		for (const key of trusted) {
			this.#observeWithCopies(key, look);
			this.#gone.delete(key);
			this.#waiting.delete(key);
			this.#setAside.delete(key);
			const planned = planKey(this.index, key, look);
			switch (planned.kind) {
				case "done":
					this.#extraLooks.delete(key);
					this.#release(key);
					break;
				case "no-name":
					this.#hold(key, "no-name", false);
					break;
				case "look":
					this.#dirty.set(key, batch.get(key) ?? { spelling: undefined });
					this.#extraLooks.set(key, [...(this.#extraLooks.get(key) ?? []), ...planned.keys]);
					break;
				case "plan": {
					const touched = pathsOf(planned.plan);
					if (touched.some((k) => claimed.has(k))) {
						this.#dirty.set(key, batch.get(key) ?? { spelling: undefined });
						break;
					}
					this.#extraLooks.delete(key);
					for (const k of touched) claimed.add(k);
					plans.push(planned.plan);
				}
			}
		}
		// An act on one key may change what another shows (a dismissed copy, a spun-off file).
		const dealtWith = new Set(trusted);
		for (const key of this.index.peekChanged()) if (!dealtWith.has(key)) this.#mark(key, undefined);
		for (const [hash, content] of bytes) this.contents.remember(hash, content);
		return this.#withContents(plans);
	}

	/** Copies are dealt with before the file they belong to. */
	#observeWithCopies(key: PathKey, look: ReadonlyMap<PathKey, OnDisk | undefined>): void {
		for (const other of keysToPlan(this.index, key)) {
			const isKnown = keysToObserve(this.index, other).every((k) => look.has(k));
			// With a step of its own under way, its turn comes later.
			if (other === key || !isKnown || this.index.get(other)?.intent !== undefined) continue;
			this.#untoldActs.push(...observe(this.index, other, look, this.#actor()));
		}
		this.#untoldActs.push(...observe(this.index, key, look, this.#actor()));
	}

	/** `marked` without keys of which it is not yet known how an earlier step ended. */
	async #settled(marked: ReadonlyMap<PathKey, Touch>): Promise<ReadonlyMap<PathKey, Touch>> {
		const settled = new Map(marked);
		for (const key of marked.keys()) {
			const entry = this.index.get(key);
			const intent = entry?.intent;
			if (entry === undefined || intent === undefined) continue;
			const recovered = await recoverFile(entry, intent, this.#recoveryParts());
			if (recovered.kind === "settled") {
				this.#noteTaken(key, recovered.disk.hash);
				this.index.put({ ...entry, intent: undefined, disk: recovered.disk });
				continue;
			}
			settled.delete(key);
			if (recovered.kind === "unreadable") {
				this.#hold(key, "locked", false);
				continue;
			}
			const { content } = recovered;
			this.#release(key);
			this.#waiting.set(key, [content.hash], [content.hash]);
			this.#listener.onWanted([content]);
		}
		return settled;
	}

	#recoveryParts(): { looker: Looker; applier: Applier; contents: Contents } {
		return { looker: this.#looker, applier: this.#applier, contents: this.contents };
	}

	/** Names for conflict copies that turned out to be taken: looked at with their key the next time. */
	readonly #extraLooks = new Map<PathKey, readonly PathKey[]>();

	#closure(keys: Iterable<PathKey>): PathKey[] {
		const all = new Set<PathKey>();
		for (const key of keys) {
			for (const k of [...keysToPlan(this.index, key), ...(this.#extraLooks.get(key) ?? [])]) {
				for (const seen of keysToObserve(this.index, k)) all.add(seen);
			}
		}
		return [...all];
	}

	async #lookAt(
		keys: readonly PathKey[],
		batch: ReadonlyMap<PathKey, Touch>,
		look: Map<PathKey, OnDisk | undefined>,
		bytes: Map<ContentHash, Uint8Array>,
	): Promise<ReadonlySet<PathKey>> {
		const unreadable = new Set<PathKey>();
		await forEachBounded(keys, FILES_IN_FLIGHT, async (key) => {
			try {
				const seen: Seen = await this.#looker.look(key, batch.get(key)?.spelling);
				look.set(key, seen.now);
				if (seen.now !== undefined && seen.bytes !== undefined) bytes.set(seen.now.hash, seen.bytes);
			} catch (error) {
				if (!(error instanceof UnreadableError)) throw error;
				this.#ports.log.write("warn", "cannot read a file", { path: error.path, cause: String(error.cause) });
				unreadable.add(key);
			}
		});
		return unreadable;
	}

	/** Sets aside keys where a recorded file is absent without evidence, and everything when the vault itself is gone. */
	async #withoutSuspicious(
		keys: readonly PathKey[],
		look: ReadonlyMap<PathKey, OnDisk | undefined>,
	): Promise<readonly PathKey[]> {
		const absent = (key: PathKey): VaultPath[] => this.#closure([key]).flatMap((k) => this.#absentWithout(k, look));
		const anyAbsent = keys.some((key) => this.#closure([key]).some((k) => look.get(k) === undefined));
		if (anyAbsent || !this.#vaultPresent) {
			const present = await this.#ports.vault.isPresent();
			if (present !== this.#vaultPresent) {
				this.#vaultPresent = present;
				this.#listener.onVaultPresence(present);
			}
			if (!present) {
				// Whatever seemed to prove an absence was the absence of everything.
				this.#gone.clear();
				for (const key of keys) this.#hold(key, "vault-missing", false);
				return [];
			}
		}
		const suspicious = new Set<VaultPath>();
		const trusted = keys.filter((key) => {
			const paths = absent(key);
			for (const path of paths) suspicious.add(path);
			if (paths.length > 0) this.#setAside.set(key, paths.map(pathKey));
			return paths.length === 0;
		});
		if (suspicious.size > 0) this.#listener.onSuspicious([...suspicious]);
		return trusted;
	}

	#absentWithout(key: PathKey, look: ReadonlyMap<PathKey, OnDisk | undefined>): VaultPath[] {
		if (look.get(key) !== undefined || this.#gone.has(key)) return [];
		const owner = this.index.ownerOf(key);
		if (owner !== undefined) {
			const copy = this.index.get(owner)?.disk.copies.find((c) => pathKey(c.path) === key);
			return copy === undefined ? [] : [copy.path];
		}
		const disk = this.index.get(key)?.disk;
		return disk?.hash === undefined || disk.path === undefined ? [] : [disk.path];
	}

	async #withContents(plans: readonly Plan[]): Promise<PreparedPlan[]> {
		const prepared: PreparedPlan[] = [];
		const wanted = new Map<ContentHash, WantedContent>();
		let roundBytes = 0;
		await forEachBounded(plans, FILES_IN_FLIGHT, async (plan) => {
			const versions = versionsToWrite(plan).map(({ content }) => content);
			const planBytes = versions.reduce((sum, { size }) => sum + size, 0);
			if (roundBytes > 0 && roundBytes + planBytes > ROUND_BYTES_MAX) {
				this.#mark(plan.key, undefined);
				return;
			}
			roundBytes += planBytes;
			const contents = new Map<ContentHash, Uint8Array>();
			for (const { hash } of versions) {
				const bytes = await this.contents.find(hash);
				if (bytes !== undefined) contents.set(hash, bytes);
			}
			const missing = versions.filter(({ hash }) => !contents.has(hash));
			if (missing.length === 0) {
				prepared.push({ plan, contents });
				return;
			}
			// What is here already must not fill the memory that the rest needs to arrive.
			for (const [hash, bytes] of contents) await this.#keepContent(hash, bytes);
			this.#release(plan.key);
			const hashOf = ({ hash }: WantedContent): ContentHash => hash;
			this.#waiting.set(plan.key, versions.map(hashOf), missing.map(hashOf));
			for (const content of missing) wanted.set(content.hash, content);
		});
		if (wanted.size > 0) this.#listener.onWanted([...wanted.values()]);
		return prepared;
	}

	/**
	 * The intent, as it will be persisted: from here on these copies are ours, whether they are written yet or not.
	 * Returns the entry as it was.
	 */
	#begin(plan: Plan): Entry {
		const entry = this.index.entryOrAbsent(plan.key);
		this.index.put({
			...entry,
			intent: plan.intent,
			disk: { ...entry.disk, copies: unionOfCopies(plan.intent.copies, entry.disk.copies) },
		});
		return entry;
	}

	/** A file of its own now stands where another file's conflict copy stood: that one needs another name. */
	#noteTaken(key: PathKey, shown: ContentHash | undefined): void {
		const owner = this.index.ownerOf(key);
		const entry = owner === undefined ? undefined : this.index.get(owner);
		if (shown === undefined || entry === undefined) return;
		const copies = entry.disk.copies.filter((copy) => pathKey(copy.path) !== key);
		this.index.put({ ...entry, disk: { ...entry.disk, copies } });
		this.#mark(entry.key, undefined);
	}

	async #perform(prepared: readonly PreparedPlan[]): Promise<void> {
		// Removals first: a folder may have to make room for a file of its name. History has the bytes, and so have we.
		const removals = prepared.filter(({ plan }) => plan.main.kind === "remove");
		const others = prepared.filter(({ plan }) => plan.main.kind !== "remove");
		for (const group of [removals, others]) {
			await forEachBounded(group, FILES_IN_FLIGHT, async (item) => {
				await this.#finish(item, await this.#applier.perform(item));
			});
		}
	}

	async #finish({ plan, contents }: PreparedPlan, performed: Performed): Promise<void> {
		const { key } = plan;
		const entry = this.index.entryOrAbsent(key);
		if (performed.kind === "done") {
			const { hash, size, path, context } = plan.intent;
			const shownPath =
				hash === undefined ? undefined : plan.main.kind === "keep" ? (plan.main.now?.path ?? path) : path;
			this.#noteTaken(key, hash);
			this.index.put({
				...entry,
				intent: undefined,
				disk: { hash, size, path: shownPath, token: performed.token, seen: context, copies: performed.copies },
			});
			this.#release(key);
			for (const { content } of versionsToWrite(plan)) await this.contents.settled(content.hash);
			this.#listener.onApplied(plan);
			return;
		}
		// The intent stays: what the disk shows now is compared with it before anybody takes it for a person's.
		const planned = new Set(plan.intent.copies.map((copy) => copy.path));
		const before = entry.disk.copies.filter((copy) => !planned.has(copy.path));
		this.index.put({ ...entry, disk: { ...entry.disk, copies: [...performed.copies, ...before] } });
		const inARow = (this.#changedInARow.get(key) ?? 0) + 1;
		if (performed.kind === "changed" && inARow <= CHANGED_MAX) {
			this.#changedInARow.set(key, inARow);
			this.#mark(key, undefined);
			return;
		}
		let hasContents = true;
		for (const [hash, bytes] of contents) hasContents = (await this.#keepContent(hash, bytes)) && hasContents;
		const { code, message } =
			performed.kind === "failed" ? performed : { code: "changing", message: "it is written all the time" };
		this.#ports.log.write("warn", "cannot apply a change", { path: plan.intent.path, code, cause: message });
		this.#hold(key, code, hasContents);
	}

	/** Whether it is durable now. */
	async #keepContent(hash: ContentHash, bytes: Uint8Array): Promise<boolean> {
		try {
			await this.contents.keep(hash, bytes);
			return true;
		} catch (error) {
			// It stays in memory, or is fetched again.
			if (!(error instanceof StorageError)) throw error;
			return false;
		}
	}

	/** Known, not applied, not lost: tried again later. */
	#hold(key: PathKey, reason: string, hasContents: boolean): void {
		const entry = this.index.get(key);
		const path = entry?.disk.path ?? entry?.record.siblings[0]?.path ?? (key as string as VaultPath);
		const isNew = this.#held.get(key)?.reason !== reason;
		this.#held.set(key, { path, reason, hasContents });
		this.#changedInARow.delete(key);
		if (isNew) this.#listener.onHeld(path, reason);
		this.#cancelRetry ??= this.#ports.clock.schedule(HELD_RETRY_MS, () => {
			this.#cancelRetry = undefined;
			for (const held of this.#held.keys()) this.#mark(held, undefined);
		});
	}

	#release(key: PathKey): void {
		this.#held.delete(key);
		this.#changedInARow.delete(key);
	}

	#actor(): { name: string; nowMs: number } {
		return { name: this.#name, nowMs: this.#ports.clock.now() };
	}
}

async function openJournal(
	store: StateStore,
	{ digest, log }: ReplicaPorts,
): Promise<OpenedJournal & { readonly isDamaged: boolean }> {
	try {
		return { ...(await Journal.open(store, digest)), isDamaged: false };
	} catch (error) {
		if (!(error instanceof JournalError) || error.code !== "damaged") throw error;
		log.write("warn", "the state on this device is damaged: begun anew from the files", { cause: error.message });
		return { journal: Journal.startOver(store, digest), batches: [], isBehind: false, isDamaged: true };
	}
}

function stateToBeginWith(
	opened: OpenedJournal & { readonly isDamaged: boolean },
	{ epoch, newEpoch }: ReplicaSettings,
): IndexState {
	const last = opened.batches.at(-1)?.state;
	if (last === undefined) return newState(opened.isDamaged ? newEpoch() : epoch, epoch);
	// Numbers of its old epoch may have been told that it knows nothing of.
	if (opened.isBehind) return { ...last, epoch: newEpoch(), hostEpoch: epoch, counter: 0, importing: true };
	if (last.hostEpoch === epoch) return last;
	return { ...last, epoch, hostEpoch: epoch, counter: last.knowledge.get(epoch) ?? 0, importing: true };
}

function versionsToWrite(plan: Plan): { readonly content: WantedContent }[] {
	const main = plan.main.kind === "write" ? [plan.main.version] : [];
	return [...plan.copiesToWrite.map((copy) => copy.version), ...main];
}

function pathsOf(plan: Plan): PathKey[] {
	return [
		plan.key,
		...plan.intent.copies.map((copy) => pathKey(copy.path)),
		...plan.copiesToRemove.map((copy) => pathKey(copy.path)),
	];
}

function unionOfCopies(first: readonly ShownCopy[], second: readonly ShownCopy[]): ShownCopy[] {
	return [...first, ...second.filter((copy) => !first.some((c) => c.path === copy.path))];
}
