// One device's copy of the vault: owns index, journal, contents and applier, and is the only writer of all of them. Everything
// that may change something becomes work for one loop (`#run`), which records (preparation.ts), persists and tells (ledger.ts)
// and applies (applier.ts), in this order. What is left to do is in backlog.ts.
import type { ContentHash } from "../core/hash.ts";
import type { ReplicaEpoch } from "../core/ids.ts";
import { isFirstMeeting, type FirstJoin } from "../core/first-join.ts";
import { forgottenWith, haveBeenShown, lostWith, saveAnew } from "../core/lost-record.ts";
import { isContradiction } from "../core/mode.ts";
import type { Actor } from "../core/observe.ts";
import { recordFirstJoin } from "../core/recorded-acts.ts";
import { pathKey, type PathKey, type VaultPath } from "../core/path.ts";
import { mayNeedWork, replacedBy, type Plan } from "../core/plan.ts";
import { withRenames } from "../core/renames.ts";
import type { Entry, RecordIndex, ShownCopy } from "../core/record-index.ts";
import {
	equalRecords,
	isNewTo,
	joinForgotten,
	joinTold,
	type KeyedRecord,
	type PathRecord,
	type Sibling,
} from "../core/record.ts";
import { EMPTY_VECTOR, joinVectors, type VersionVector } from "../core/version-vector.ts";
import { RECORD_SIBLINGS_MAX, VECTOR_EPOCHS_MAX } from "../wire/limits.ts";
import { canBeTold } from "../wire/record-codec.ts";
import type { AbsentVersions } from "./absent-versions.ts";
import type { PreparedPlan } from "./applier.ts";
import type { Backlog, Held, TouchOptions } from "./backlog.ts";
import type { Bases } from "./bases.ts";
import { Confirmed } from "./confirmed.ts";
import type { Contents } from "./contents.ts";
import { contradicts, contradictsRecord } from "./contradiction.ts";
import { StorageError, wasDone } from "./guarded-store.ts";
import type { Deletions } from "./deletions.ts";
import type { Forgetting } from "./forgetting.ts";
import type { History } from "./history.ts";
import type { Ledger } from "./ledger.ts";
import type { LoopBreaker } from "./loop-breaker.ts";
import type { Membership } from "./membership.ts";
import type { Merger } from "./merger.ts";
import { neededOf, worthOf } from "./needed.ts";
import type { Scope } from "../core/scope.ts";
import { openState, type OpenedState } from "./open-state.ts";
import type { OneWay } from "./one-way.ts";
import type { Performer } from "./performer.ts";
import type { Preparation } from "./preparation.ts";
import { recoverCopies, type RecoveryParts } from "./recovery.ts";
import { assembleReplica } from "./replica-parts.ts";
import type { ReplicaListener, ReplicaPorts, ReplicaSettings } from "./replica-settings.ts";
import type { ScopeKeeper } from "./scope-keeper.ts";
import type { WriteGuard } from "./write-guard.ts";

/** Keys in one round: enough to share a journal write, few enough that an edit does not wait long behind a first sync. */
const KEYS_PER_ROUND = 64;
const STORAGE_RETRY_MS = 5_000;

/**
 * Beyond these, others' word for epochs is not taken: the rest is room for lives of this device's own. Without it, its state could not be
 * read back once it has to count in another one.
 */
export const TOLD_EPOCHS_MAX = VECTOR_EPOCHS_MAX - 32;

/** A device that tells of the vault. */
export interface Teller {
	readonly epoch: ReplicaEpoch;
	/** Deletions that it has forgotten, as far as it said. */
	readonly forgotten: VersionVector;
}

type Told = Teller & { readonly record: PathRecord };

export class Replica {
	readonly index: RecordIndex;
	readonly contents: Contents;
	readonly history: History;
	readonly membership: Membership;
	readonly oneWay: OneWay;
	readonly deletions: Deletions;
	readonly loops: LoopBreaker;
	readonly confirmed: Confirmed;
	readonly #ports: ReplicaPorts;
	readonly #firstJoin: FirstJoin;
	readonly #listener: ReplicaListener;
	readonly #backlog: Backlog;
	readonly #preparation: Preparation;
	readonly #ledger: Ledger;
	readonly #absentVersions: AbsentVersions;
	readonly #performer: Performer;
	readonly #guard: WriteGuard;
	readonly #scope: ScopeKeeper;
	readonly #forgetting: Forgetting;
	readonly #bases: Bases;
	readonly #merger: Merger;
	readonly #recovery: RecoveryParts;
	#name: string;
	#inbound: (() => void)[] = [];
	/** Each is done when no round is under way. */
	readonly #visits: (() => Promise<void>)[] = [];
	#storageFails = false;
	#stopped = false;
	#isScanned = false;
	#running: Promise<void> | undefined;
	#wake: (() => void) | undefined;
	#idleWaiters: (() => void)[] = [];
	#endPause: (() => void) | undefined;

	private constructor(ports: ReplicaPorts, settings: ReplicaSettings, listener: ReplicaListener, opened: OpenedState) {
		const { name, mode = "send-receive", firstJoin = "merge" } = settings;
		this.#ports = ports;
		this.#name = name;
		this.#firstJoin = isContradiction(mode, firstJoin) ? "merge" : firstJoin;
		this.#listener = listener;
		const parts = assembleReplica(ports, settings, listener, opened, {
			wakeUp: () => {
				this.#wakeUp();
			},
			revisit: (key) => {
				this.revisit(key);
			},
			enqueue: (change) => {
				this.enqueue(change);
			},
			actor: () => this.actor,
			isScanned: () => this.#isScanned,
		});
		this.index = opened.index;
		this.history = opened.history;
		this.contents = opened.contents;
		this.#guard = opened.guard;
		this.#bases = opened.bases;
		this.membership = parts.membership;
		this.oneWay = parts.oneWay;
		this.deletions = parts.deletions;
		this.loops = parts.loops;
		this.#backlog = parts.backlog;
		this.#preparation = parts.preparation;
		this.#ledger = parts.ledger;
		this.#absentVersions = parts.absentVersions;
		this.#performer = parts.performer;
		this.#scope = parts.scope;
		this.#forgetting = parts.forgetting;
		this.#merger = parts.merger;
		this.#recovery = parts.recovery;
		this.confirmed = new Confirmed({ ...parts, index: this.index });
	}

	/** Reads the state, or begins a new one. Rejects with JournalError when a newer version wrote it, or with StorageError. */
	static async open(ports: ReplicaPorts, settings: ReplicaSettings, listener: ReplicaListener): Promise<Replica> {
		return new Replica(ports, settings, listener, await openState(ports, settings));
	}

	/** What may be told to others. */
	get durableKnowledge(): VersionVector {
		return this.#ledger.durableKnowledge;
	}

	/** Paths whose view is not yet on the disk, held ones not counted. */
	get pendingCount(): number {
		return this.#backlog.pendingCount + this.deletions.undecidedCount;
	}

	get held(): readonly Held[] {
		return this.#backlog.held;
	}

	/** Larger than what takes part on this device: known, told, and neither sent nor written. */
	get tooLarge(): readonly VaultPath[] {
		return this.#scope.tooLarge;
	}

	/** What takes part on this device. */
	get scope(): Scope {
		return this.#scope.scope;
	}

	/** Whether records and knowledge in memory are what the journal has: only then may they be told. */
	get isDurable(): boolean {
		return this.#ledger.isDurable;
	}

	get isIdle(): boolean {
		return this.#backlog.isClear && this.#inbound.length === 0 && !this.#ledger.hasUnsaved;
	}

	get actor(): Actor {
		// Who only sends shows nothing of what others told.
		const isFirstLook = !this.#isScanned && this.oneWay.mode !== "send-only";
		return { name: this.#name, nowMs: this.#ports.clock.now(), isFirstLook };
	}

	setName(name: string): void {
		this.#name = name;
	}

	/**
	 * Finishes what a crash cut off, and takes up again what was recorded and not yet begun. Before the first scan, or the
	 * engine's own bytes would look like a person's.
	 */
	async recover(): Promise<void> {
		await this.#scope.refresh();
		for (const entry of [...this.index.entries()]) {
			const { intent } = entry;
			if (!mayNeedWork(this.index, entry) || (entry.disk.leftOut !== undefined && intent === undefined)) continue;
			if (intent !== undefined) {
				this.#guard.noteUnderWay(entry.key);
				const { copies } = await recoverCopies(entry, intent, this.#recovery);
				this.index.put({ ...entry, disk: { ...entry.disk, copies } });
			}
			this.#backlog.mark(entry.key);
		}
	}

	start(): void {
		this.#running ??= this.#run().catch((error: unknown) => {
			this.#stopped = true;
			for (const resolve of this.#idleWaiters.splice(0)) resolve();
			for (const visit of this.#visits.splice(0)) void visit();
			this.#listener.onFailure(error);
		});
		this.#forgetting.start();
	}

	/** Finishes the files that are being written, and makes the journal safe. */
	async stop(): Promise<void> {
		this.#stopped = true;
		this.#backlog.stop();
		this.#absentVersions.stop();
		this.#forgetting.stop();
		this.deletions.stop();
		this.loops.stop();
		this.#endPause?.();
		this.#wakeUp();
		await this.#running;
		for (const resolve of this.#idleWaiters.splice(0)) resolve();
		for (const visit of this.#visits.splice(0)) await visit();
	}

	/**
	 * The file at `path` may have changed. `gone`: it is absent, and there is evidence that somebody removed it. `isReported`
	 * (the default): somebody told of that, and not only a scan found it. `isEmptyFolder`: a folder with nothing in it stands
	 * there, and did a moment ago.
	 */
	touch(path: VaultPath, { gone, ...options }: TouchOptions & { readonly gone: boolean }): void {
		this.#backlog.touch(path, gone, options);
	}

	/** Looks at a key again although nothing said that it changed. */
	revisit(key: PathKey): void {
		this.#backlog.mark(key);
	}

	/** What takes part may have changed: it is asked for, and counts, when `idle` resolves. */
	noticeScope(): void {
		this.enqueue(() => undefined);
	}

	/** Nothing that is missing in the vault's folder waits for an answer: it is the vault's own from now on. */
	async trustFolder(): Promise<void> {
		// Not before the round under way has found out what is missing.
		this.noticeScope();
		await this.idle();
		if (this.deletions.isMissingAny) return;
		await this.#ports.vault.trustFolder?.();
		this.deletions.isOtherFolder = false;
	}

	/** Runs `change` in the loop, where the index may be written. */
	enqueue(change: () => void): void {
		this.#inbound.push(change);
		this.#wakeUp();
	}

	/**
	 * Runs `work` when no round does, so that nobody but a person changes anything meanwhile: it may write the index, and `save` makes that
	 * durable. Rejects as it does. `undefined`: the replica has stopped, and nothing was done.
	 */
	exclusively<T>(work: (save: () => Promise<void>) => Promise<T>): Promise<T | undefined> {
		return new Promise((resolve, reject) => {
			const visit = async (): Promise<void> => {
				const save = (): Promise<void> => this.#ledger.save();
				await (this.#stopped ? Promise.resolve(undefined) : work(save)).then(resolve, reject);
			};
			if (this.#stopped) void visit();
			else this.#visits.push(visit);
			this.#wakeUp();
		});
	}

	/**
	 * Inside `enqueue` only: joins what a peer told. `too-much`: joined with what is known here it could neither be told to
	 * others nor be read back from the journal, so it is not. `isNews`: it may tell of acts that are not known here. `by`: who tells it.
	 */
	joinRecord(
		{ key, record }: KeyedRecord,
		isNews = isNewTo(record, this.index.knowledge),
		by?: Teller,
	): "changed" | "known" | "too-much" {
		const known = this.index.get(key)?.record;
		const joined =
			known === undefined ? joinForgotten(record, this.index.state.forgotten) : joinTold(known, record, by?.epoch);
		return this.#join(key, joined, isNews, by && { ...by, record });
	}

	/** The same of a path of which a peer has no record: what it knew there was deleted, and is among what it forgot. */
	joinAbsence(key: PathKey, forgotten: VersionVector, isNews: boolean): void {
		this.#join(key, joinForgotten(this.index.entryOrAbsent(key).record, forgotten), isNews);
	}

	#join(key: PathKey, joined: PathRecord, isNews: boolean, told?: Told): "changed" | "known" | "too-much" {
		const entry = this.index.entryOrAbsent(key);
		// A deletion that was forgotten here: it stays so, however often others tell of it.
		if (this.index.get(key) === undefined && !isNews && joined.siblings.length === 0) return "known";
		if (!canBeTold({ key, record: joined }) || joined.context.size > TOLD_EPOCHS_MAX) return "too-much";
		if (this.index.get(key) !== undefined && equalRecords(joined, entry.record)) return "known";
		const lost = isNews ? this.#forgottenBy(told, entry.record, joined) : lostWith(entry.record, joined);
		const isFull = joined.siblings.length + lost.length > RECORD_SIBLINGS_MAX;
		const mayBeSaved = this.oneWay.mode !== "receive-only" && !isFull && (isNews || haveBeenShown(entry, lost));
		// Another device has to say that it is there: this one makes no versions, or has not shown it.
		if (!isNews && lost.length > 0 && !mayBeSaved) return "known";
		const now = isNews || lost.length === 0 ? { ...entry, record: joined } : entry;
		if (lost.length > 0 && mayBeSaved) saveAnew(this.index, now, lost);
		else this.index.put(now);
		this.#choose(key);
		this.#backlog.mark(key);
		return "changed";
	}

	#forgottenBy(told: Told | undefined, own: PathRecord, joined: PathRecord): readonly Sibling[] {
		if (told === undefined) return [];
		return forgottenWith(own, joined, told.record, [this.index.state.forgotten, told.forgotten]);
	}

	/** Whether the first meeting with the others is to come, and a person chose what becomes of paths that both have. */
	get isChoosing(): boolean {
		return this.#firstJoin !== "merge" && isFirstMeeting(this.index.state);
	}

	/** At the first meeting with the others a person may have chosen a side. */
	#choose(key: PathKey): void {
		if (!this.isChoosing) return;
		if (this.oneWay.mode !== "receive-only") recordFirstJoin(this.index, key, this.#firstJoin);
		else this.oneWay.giveUpWhatever(key);
	}

	/** Whether `vector` counts acts of this device that it knows nothing of: its state was rolled back, or is used twice. */
	isContradictedBy(vector: VersionVector): boolean {
		return contradicts(this.index, vector);
	}

	/** The same, by an act of this device that its own record of that path does not know, or knows as another. */
	isContradictedByRecord(record: KeyedRecord): boolean {
		return contradictsRecord(this.index, record);
	}

	/** Inside `enqueue` only: counts on in an epoch of its own, and is believed nothing that only the old one says. */
	renumber(epoch: ReplicaEpoch): void {
		this.index.renumber(epoch, this.membership.confirmedBefore(this.index.state.epoch));
		for (const key of this.index.peekChanged()) this.#backlog.mark(key);
		this.#ledger.renumber();
		this.membership.renumber();
		this.confirmed.beginAnew();
	}

	/** Inside `enqueue` only. False: too much, as for a record. */
	learn(knowledge: VersionVector, forgotten: VersionVector = EMPTY_VECTOR): boolean {
		const { state } = this.index;
		const all = joinVectors(joinVectors(state.knowledge, knowledge), joinVectors(state.forgotten, forgotten));
		if (all.size > TOLD_EPOCHS_MAX) return false;
		this.index.learn(knowledge, forgotten);
		this.#ledger.noteState();
		return true;
	}

	/** Inside `enqueue` only: the first scan is complete. */
	endImport(): void {
		this.#isScanned = true;
		// What is told nobody yet is compared with the others' when it is told: until then it counts as found.
		if (this.oneWay.mode === "receive-only") return;
		this.index.endImport();
		this.#ledger.noteState();
	}

	/** Verified bytes came from a peer. */
	contentArrived(hash: ContentHash, bytes: Uint8Array): void {
		const keys = [...this.#backlog.waiting.keysThatMiss(hash), ...this.#absentVersions.takeArrived(hash)];
		// Sent along with an edit and quicker than it: kept for a moment, but nothing hangs on it.
		if (keys.length === 0) this.contents.remember(hash, bytes);
		else this.contents.arrive(hash, bytes);
		for (const key of keys) {
			this.#backlog.waiting.delete(key);
			this.#backlog.mark(key);
		}
		this.#merger.arrived(hash, bytes);
	}

	/** Nobody who is connected has these bytes, `isAsked`: and somebody is. What there is beside them is shown without them for now. */
	contentLacking(hash: ContentHash, isAsked = true): void {
		this.#absentVersions.lacking(hash, isAsked);
		this.#merger.lacking(hash);
	}

	/** Whether some path waits for these bytes, or is shown without them until somebody brings them. */
	isWanted(hash: ContentHash): boolean {
		const isMissed = this.#backlog.waiting.keysThatMiss(hash).length > 0;
		return isMissed || this.#merger.isWanted(hash) || this.#absentVersions.isWanted(hash);
	}

	/** Resolves when nothing is left to do but wait for contents, held files or news. */
	idle(): Promise<void> {
		if ((this.isIdle && this.deletions.undecidedCount === 0) || this.#stopped) return Promise.resolve();
		return new Promise((resolve) => this.#idleWaiters.push(resolve));
	}

	#wakeUp(): void {
		this.#wake?.();
		this.#wake = undefined;
	}

	async #run(): Promise<void> {
		while (!this.#stopped) {
			await this.#visits.shift()?.();
			if (this.isIdle && this.#visits.length > 0) continue;
			if (this.isIdle) {
				if (this.deletions.isDue) {
					await this.#withStorage(() => this.deletions.settle());
					continue;
				}
				this.#noteProgress();
				if (this.deletions.undecidedCount === 0) for (const resolve of this.#idleWaiters.splice(0)) resolve();
				await new Promise<void>((resolve) => {
					this.#wake = resolve;
				});
				continue;
			}
			await this.#withStorage(() => this.#round());
		}
		this.membership.endRun();
		await this.#withStorage(() => this.#ledger.save());
		await this.#bases.close();
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
		const batch = this.#backlog.takeBatch(KEYS_PER_ROUND);
		const before: Entry[] = [];
		let prepared: readonly PreparedPlan[];
		try {
			prepared = await this.#preparation.prepare(batch);
			for (const { plan, source } of prepared) {
				for (const each of source === undefined ? [plan] : [source, plan]) before.push(this.#begin(each));
			}
			// Of steps that were found finished, as far as the store takes it: with the intent goes what they are known by.
			await wasDone(this.history.flush());
			// Records and intents are durable before anybody hears of them and before the vault is touched.
			await this.#ledger.save();
			await this.#guard.protect(prepared, (key) => this.index.get(key)?.intent !== undefined);
		} catch (error) {
			for (const entry of before) this.index.put(entry);
			this.#backlog.putBack(batch);
			throw error;
		}
		const acts = this.#preparation.takeActs();
		for (const act of acts) {
			if (act.kind === "rename") continue;
			this.history.note(act, { source: this.index.state.epoch, name: this.#name, isOwn: true });
			if (act.after === undefined || act.after.size === 0) this.deletions.leave(pathKey(act.path));
			else if (act.before === undefined) this.deletions.noteAppeared(act.after.hash);
		}
		for (const act of withRenames(acts)) this.#listener.onAct(act);
		await this.#performer.perform(prepared);
		// Everything that matters is durable: what only takes note, or tidies up, is tried again.
		await wasDone(this.history.flush());
		await wasDone(this.history.tidy(() => neededOf(this.index)));
		this.#bases.flushWhenGrown();
		await wasDone(this.#bases.tidy(() => worthOf(this.index)));
		this.#backlog.endRound();
		this.deletions.noteRound();
		this.#noteProgress();
	}

	#noteProgress(): void {
		const { waiting } = this.#backlog;
		if (this.#backlog.isClear) {
			const needed = waiting.needed();
			this.contents.dropArrivedExcept((hash) => needed.has(hash));
			const givenUp = [
				...waiting.takeNoLongerMissed(),
				...this.#merger.takeNoLongerWanted(),
				...this.#absentVersions.takeNoLongerWanted(),
			];
			// What one path does without by now, another may have begun to wait for.
			const unwanted = givenUp.filter((hash) => !this.isWanted(hash));
			if (unwanted.length > 0) this.#listener.onUnwanted(unwanted);
		}
		if (this.pendingCount === 0 && this.#inbound.length === 0) this.confirmed.note(this.#ledger.durableKnowledge);
		this.#listener.onProgress();
	}

	/**
	 * The intent, as it will be persisted: from here on these copies are ours, whether they are written yet or not.
	 * Returns the entry as it was.
	 */
	#begin(plan: Plan): Entry {
		const entry = this.index.entryOrAbsent(plan.key);
		const replaces = replacedBy(plan, entry.disk);
		this.index.put({
			...entry,
			intent: replaces === undefined ? plan.intent : { ...plan.intent, replaces },
			disk: { ...entry.disk, copies: unionOfCopies(plan.intent.copies, entry.disk.copies) },
		});
		return entry;
	}
}

function unionOfCopies(first: readonly ShownCopy[], second: readonly ShownCopy[]): ShownCopy[] {
	return [...first, ...second.filter((copy) => !first.some((c) => c.path === copy.path))];
}
