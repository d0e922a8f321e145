// One device's copy of the vault: owns index, journal, contents and applier, and is the only writer of all of them. Everything
// that may change something becomes work for one loop (`#run`), which records, persists, tells and applies, in this order.
import type { ContentHash } from "../core/hash.ts";
import type { ReplicaEpoch } from "../core/ids.ts";
import { keysToObserve, observe, type Act, type OnDisk } from "../core/observe.ts";
import { pathKey, type PathKey, type VaultPath } from "../core/path.ts";
import { keysToPlan, planKey, type Plan } from "../core/plan.ts";
import { RecordIndex, type Entry, type ShownCopy } from "../core/record-index.ts";
import { equalRecords, joinRecords, type KeyedRecord } from "../core/record.ts";
import { EMPTY_VECTOR, type VersionVector } from "../core/version-vector.ts";
import { Applier, type Performed, type PreparedPlan } from "./applier.ts";
import { forEachBounded } from "./bounded.ts";
import { Contents } from "./contents.ts";
import { History } from "./history.ts";
import { Journal } from "./journal.ts";
import { Looker, UnreadableError, type Seen } from "./looker.ts";
import type { Clock } from "./ports/clock.ts";
import type { Digest } from "./ports/digest.ts";
import type { Log } from "./ports/log.ts";
import type { StateStore } from "./ports/state-store.ts";
import type { Vault } from "./ports/vault.ts";

export interface ReplicaPorts {
	readonly vault: Vault;
	readonly store: StateStore;
	readonly clock: Clock;
	readonly digest: Digest;
	readonly log: Log;
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
	/** Recorded files that are gone without anybody having told so. */
	onSuspicious(paths: readonly VaultPath[]): void;
	onHeld(path: VaultPath, reason: string): void;
	onVaultPresence(present: boolean): void;
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
	readonly #waiting = new Map<PathKey, readonly ContentHash[]>();
	/** Keys that cannot be dealt with before the absence of these others has been looked at again. */
	readonly #setAside = new Map<PathKey, readonly PathKey[]>();
	readonly #held = new Map<PathKey, Held>();
	#inbound: (() => void)[] = [];
	#stateUnsaved = false;
	#saving = false;
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

	private constructor(
		ports: ReplicaPorts,
		name: string,
		listener: ReplicaListener,
		parts: { index: RecordIndex; journal: Journal; looker: Looker; history: History; contents: Contents },
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
	}

	/** Reads the state, or begins a new one for `epoch`. Rejects with JournalError. */
	static async open(
		ports: ReplicaPorts,
		settings: { readonly name: string; readonly epoch: ReplicaEpoch },
		listener: ReplicaListener,
	): Promise<Replica> {
		const { journal, batches } = await Journal.open(ports.store, ports.digest);
		const fresh = { counter: 0, knowledge: EMPTY_VECTOR, forgotten: EMPTY_VECTOR, importing: true };
		const last = batches.at(-1)?.state;
		const state =
			last === undefined
				? { epoch: settings.epoch, ...fresh }
				: last.epoch === settings.epoch
					? last
					: { ...last, epoch: settings.epoch, counter: 0, importing: true };
		const index = new RecordIndex(state, (bytes) => ports.digest.sha256(bytes));
		for (const batch of batches) for (const entry of batch.entries) index.restore(entry);
		const looker = new Looker(ports.vault, index, ports.digest);
		const history = await History.open(ports.store, ports.clock);
		const contents = await Contents.open(ports.store, index, looker, history);
		return new Replica(ports, settings.name, listener, { index, journal, looker, history, contents });
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
		for (const entry of [...this.index.entries()]) if (entry.intent !== undefined) await this.#recoverEntry(entry);
	}

	start(): void {
		this.#running ??= this.#run();
	}

	async stop(): Promise<void> {
		this.#stopped = true;
		this.#cancelRetry?.();
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

	/** Inside `enqueue` only: joins what a peer told. */
	joinRecord({ key, record }: KeyedRecord): void {
		const entry = this.index.entryOrAbsent(key);
		const joined = joinRecords(entry.record, record);
		if (this.index.get(key) !== undefined && equalRecords(joined, entry.record)) return;
		this.index.put({ ...entry, record: joined });
		this.#mark(key, undefined);
	}

	/** Inside `enqueue` only. */
	learn(knowledge: VersionVector, forgotten?: VersionVector): void {
		this.index.learn(knowledge, forgotten);
		this.#stateUnsaved = true;
	}

	/** Inside `enqueue` only: the first scan is complete. */
	endImport(): void {
		this.index.endImport();
		this.#stateUnsaved = true;
	}

	/** Verified bytes came from a peer. */
	contentArrived(hash: ContentHash, bytes: Uint8Array): void {
		const keys = [...this.#waiting].filter(([, hashes]) => hashes.includes(hash)).map(([key]) => key);
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
			await this.#round();
		}
		if (this.#hasUnsaved()) await this.#save();
	}

	async #round(): Promise<void> {
		for (const change of this.#inbound.splice(0)) change();
		const batch = [...this.#dirty].slice(0, KEYS_PER_ROUND);
		for (const [key] of batch) this.#dirty.delete(key);
		this.#inRound = batch.length;
		const acts: Act[] = [];
		const prepared = await this.#prepare(new Map(batch), acts);
		// Records and intents are durable before anybody hears of them and before the vault is touched.
		await this.#save();
		for (const act of acts) this.#listener.onAct(act);
		await this.#perform(prepared);
		this.#inRound = 0;
		this.#noteProgress();
	}

	#noteProgress(): void {
		if (this.pendingCount === 0 && this.#inbound.length === 0) {
			this.#received = this.#durable;
			if (this.#held.size === 0) this.#applied = this.#durable;
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
		await this.#journal.append({ state, entries });
		if (this.#journal.wantsCompaction) await this.#journal.compact({ state, entries: [...this.index.entries()] });
		// In one step: knowledge that is told before the records it speaks of would hide them from the peer for ever.
		this.#saving = false;
		this.#durable = state.knowledge;
		this.#listener.onDurable(changed);
	}

	/** Looks, records what people did, plans; returns what can be performed now. */
	async #prepare(batch: ReadonlyMap<PathKey, Touch>, acts: Act[]): Promise<PreparedPlan[]> {
		const look = new Map<PathKey, OnDisk | undefined>();
		const bytes = new Map<ContentHash, Uint8Array>();
		const unreadable = await this.#lookAt(this.#closure(batch.keys()), batch, look, bytes);
		const keys = [...batch.keys()].filter((key) => !this.#closure([key]).some((k) => unreadable.has(k)));
		for (const key of batch.keys()) if (!keys.includes(key)) this.#hold(key, "locked");
		const trusted = await this.#withoutSuspicious(keys, look);

		const plans: Plan[] = [];
		const claimed = new Set<PathKey>();
		for (const key of trusted) {
			// A copy is dealt with before the file it belongs to.
			for (const other of keysToPlan(this.index, key)) {
				if (other !== key && keysToObserve(this.index, other).every((k) => look.has(k))) {
					acts.push(...observe(this.index, other, look, this.#actor()));
				}
			}
			acts.push(...observe(this.index, key, look, this.#actor()));
			this.#gone.delete(key);
			this.#held.delete(key);
			this.#waiting.delete(key);
			this.#setAside.delete(key);
			const planned = planKey(this.index, key, look);
			if (planned.kind === "done") continue;
			if (planned.kind === "look") {
				this.#dirty.set(key, batch.get(key) ?? { spelling: undefined });
				for (const k of planned.keys) this.#extraLooks.set(key, [...(this.#extraLooks.get(key) ?? []), k]);
				continue;
			}
			const touched = pathsOf(planned.plan);
			if (touched.some((k) => claimed.has(k))) {
				this.#dirty.set(key, batch.get(key) ?? { spelling: undefined });
				continue;
			}
			this.#extraLooks.delete(key);
			for (const k of touched) claimed.add(k);
			plans.push(planned.plan);
		}
		// An act on one key may change what another shows (a dismissed copy, a spun-off file).
		for (const key of this.index.peekChanged()) if (!trusted.includes(key)) this.#mark(key, undefined);
		for (const act of bytes) this.contents.remember(act[0], act[1]);
		const prepared = await this.#withContents(plans);
		for (const { plan } of prepared) this.#begin(plan);
		return prepared;
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
		if (anyAbsent) {
			const present = await this.#ports.vault.isPresent();
			if (present !== this.#vaultPresent) {
				this.#vaultPresent = present;
				this.#listener.onVaultPresence(present);
			}
			if (!present) {
				for (const key of keys) this.#hold(key, "vault-missing");
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
		await forEachBounded(plans, FILES_IN_FLIGHT, async (plan) => {
			const contents = new Map<ContentHash, Uint8Array>();
			const missing: WantedContent[] = [];
			for (const { content } of versionsToWrite(plan)) {
				const bytes = await this.contents.find(content.hash);
				if (bytes === undefined) missing.push(content);
				else contents.set(content.hash, bytes);
			}
			if (missing.length === 0) {
				prepared.push({ plan, contents });
				return;
			}
			this.#waiting.set(
				plan.key,
				missing.map(({ hash }) => hash),
			);
			for (const content of missing) wanted.set(content.hash, content);
		});
		if (wanted.size > 0) this.#listener.onWanted([...wanted.values()]);
		return prepared;
	}

	/** The intent, as it will be persisted: from here on these copies are ours, whether they are written yet or not. */
	#begin(plan: Plan): void {
		const entry = this.index.entryOrAbsent(plan.key);
		if (plan.takenFrom !== undefined) this.#takeOver(plan.takenFrom, plan.key);
		this.index.put({
			...entry,
			intent: plan.intent,
			disk: { ...entry.disk, copies: unionOfCopies(plan.intent.copies, entry.disk.copies) },
		});
	}

	/** A file of its own now stands where another file's conflict copy stood. */
	#takeOver(owner: PathKey, key: PathKey): void {
		const entry = this.index.get(owner);
		if (entry === undefined) return;
		const copies = entry.disk.copies.filter((copy) => pathKey(copy.path) !== key);
		this.index.put({ ...entry, disk: { ...entry.disk, copies } });
	}

	async #perform(prepared: readonly PreparedPlan[]): Promise<void> {
		// Removals first: a folder may have to make room for a file of its name. History has the bytes, and so have we.
		const removals = prepared.filter(({ plan }) => plan.main.kind === "remove");
		const others = prepared.filter(({ plan }) => plan.main.kind !== "remove");
		for (const group of [removals, others]) {
			await forEachBounded(group, FILES_IN_FLIGHT, async (item) => {
				await this.#finish(item, await this.#performOne(item));
			});
		}
	}

	async #performOne(item: PreparedPlan): Promise<Performed> {
		try {
			return await this.#applier.perform(item);
		} catch (error) {
			if (!(error instanceof UnreadableError)) throw error;
			return { kind: "failed", code: "io", message: String(error.cause), copies: [] };
		}
	}

	async #finish({ plan, contents }: PreparedPlan, performed: Performed): Promise<void> {
		const entry = this.index.entryOrAbsent(plan.key);
		if (performed.kind === "done") {
			const { hash, size, path, context } = plan.intent;
			const shownPath =
				hash === undefined ? undefined : plan.main.kind === "keep" ? (plan.main.now?.path ?? path) : path;
			this.index.put({
				...entry,
				intent: undefined,
				disk: { hash, size, path: shownPath, token: performed.token, seen: context, copies: performed.copies },
			});
			for (const { content } of versionsToWrite(plan)) await this.contents.settled(content.hash);
			this.#listener.onApplied(plan);
			return;
		}
		const planned = new Set(plan.intent.copies.map((copy) => copy.path));
		const before = entry.disk.copies.filter((copy) => !planned.has(copy.path));
		this.index.put({
			...entry,
			intent: undefined,
			disk: { ...entry.disk, copies: [...performed.copies, ...before] },
		});
		if (performed.kind === "changed") {
			this.#mark(plan.key, undefined);
			return;
		}
		for (const [hash, bytes] of contents) await this.contents.keep(hash, bytes);
		this.#ports.log.write("warn", "cannot apply a change", { path: plan.intent.path, code: performed.code });
		this.#hold(plan.key, performed.code);
	}

	/** Known, not applied, not lost: tried again later. */
	#hold(key: PathKey, reason: string): void {
		const entry = this.index.get(key);
		const path = entry?.disk.path ?? entry?.record.siblings[0]?.path ?? (key as string as VaultPath);
		const isNew = this.#held.get(key)?.reason !== reason;
		this.#held.set(key, { path, reason });
		if (isNew) this.#listener.onHeld(path, reason);
		this.#cancelRetry ??= this.#ports.clock.schedule(HELD_RETRY_MS, () => {
			this.#cancelRetry = undefined;
			for (const held of this.#held.keys()) this.#mark(held, undefined);
		});
	}

	async #recoverEntry(entry: Entry): Promise<void> {
		const { intent } = entry;
		if (intent === undefined) return;
		const { now } = await this.#looker.read(entry.disk.path ?? intent.path);
		const copies: ShownCopy[] = [];
		for (const copy of entry.disk.copies) {
			// Absent: not written yet, or removed already by us. Nobody dismissed it.
			const seen = await this.#looker.read(copy.path);
			if (seen.now !== undefined) copies.push({ ...copy, token: seen.now.token });
		}
		const finished = now?.hash === intent.hash;
		const disk = finished
			? {
					hash: intent.hash,
					size: intent.size,
					path: now?.path,
					token: now?.token,
					seen: intent.context,
					copies,
				}
			: { ...entry.disk, copies };
		this.index.put({ ...entry, intent: undefined, disk });
		this.#mark(entry.key, undefined);
	}

	#actor(): { name: string; nowMs: number } {
		return { name: this.#name, nowMs: this.#ports.clock.now() };
	}
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
