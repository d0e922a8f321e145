// What a replica still has to deal with, by key: what to look at, what waits for contents or for a second look, what is held.
// Only bookkeeping; replica.ts decides.
import type { ContentHash } from "../core/hash.ts";
import { pathKey, type PathKey, type VaultPath } from "../core/path.ts";
import type { Clock } from "./ports/clock.ts";
import { Waiting } from "./waiting.ts";

export interface Touch {
	/** As the vault spelled it when it last told of it. */
	readonly spelling: VaultPath | undefined;
	/** It is a folder with nothing in it, and was one a moment ago. */
	readonly isEmptyFolder: boolean;
}

export interface TouchOptions {
	/** Somebody told of it, and not only a scan found it. */
	readonly isReported?: boolean;
	readonly isEmptyFolder?: boolean;
}

export interface Held {
	readonly path: VaultPath;
	readonly reason: string;
	/** Whether its contents are durable on this device all the same. */
	readonly hasContents: boolean;
}

export interface BacklogListener {
	/** There is something to do. */
	onMarked(): void;
	onHeld(path: VaultPath, reason: string): void;
}

const HELD_RETRY_MS = 5_000;

export class Backlog {
	/** Keys whose plan waits for contents. */
	readonly waiting = new Waiting();
	readonly #clock: Clock;
	readonly #listener: BacklogListener;
	readonly #dirty = new Map<PathKey, Touch>();
	/** Absences with evidence: an event (`true`) or a second look, and `stat`. */
	readonly #gone = new Map<PathKey, boolean>();
	/** Keys that cannot be dealt with before the absence of these others has been looked at again. */
	readonly #setAside = new Map<PathKey, readonly PathKey[]>();
	readonly #held = new Map<PathKey, Held>();
	/** How often in a row somebody was quicker. */
	readonly #changedInARow = new Map<PathKey, number>();
	/** Keys to which a file could not be renamed: its bytes are written there instead. */
	readonly #notRenamed = new Set<PathKey>();
	/** Dirty keys of files that the vault told of, and that are there. */
	readonly #reported = new Set<PathKey>();
	/** Names for conflict copies that turned out to be taken: looked at with their key the next time. */
	readonly #extraLooks = new Map<PathKey, readonly PathKey[]>();
	#cancelRetry: (() => void) | undefined;
	/** Keys that the round under way deals with. */
	#inRound = 0;

	constructor(clock: Clock, listener: BacklogListener) {
		this.#clock = clock;
		this.#listener = listener;
	}

	/** Paths that are not dealt with, held ones not counted. */
	get pendingCount(): number {
		return this.waiting.size + this.#dirty.size + this.#setAside.size + this.#inRound;
	}

	/** Nothing to do but wait. */
	get isClear(): boolean {
		return this.#dirty.size === 0;
	}

	get held(): readonly Held[] {
		return [...this.#held.values()];
	}

	/** Those of them whose contents are not all durable on this device. */
	get heldWithoutContents(): readonly { readonly key: PathKey; readonly reason: string }[] {
		return [...this.#held].flatMap(([key, { reason, hasContents }]) => (hasContents ? [] : { key, reason }));
	}

	/** `key` is to be looked at. */
	mark(key: PathKey, spelling?: VaultPath, isEmptyFolder = false): void {
		// What is marked again after a round may be gone since: then nothing appears there that deletions would have to wait for.
		if (spelling !== undefined && !this.#gone.has(key)) this.#reported.add(key);
		const before = this.#dirty.get(key);
		this.#dirty.set(key, {
			spelling: spelling ?? before?.spelling,
			isEmptyFolder: isEmptyFolder || before?.isEmptyFolder === true,
		});
		this.#listener.onMarked();
	}

	/**
	 * The file at `path` may have changed, or is gone and there is evidence that somebody removed it. `isReported`: somebody told
	 * of that, and not only a scan found it.
	 */
	touch(path: VaultPath, gone: boolean, { isReported = true, isEmptyFolder = false }: TouchOptions = {}): void {
		const key = pathKey(path);
		if (gone) {
			this.#gone.set(key, isReported || this.#gone.get(key) === true);
			this.#reported.delete(key);
		} else this.#gone.delete(key);
		this.mark(key, gone ? undefined : path, isEmptyFolder);
		for (const [other, absent] of this.#setAside) {
			if (!absent.includes(key)) continue;
			this.#setAside.delete(other);
			this.mark(other);
		}
	}

	/** Deals with `key` in the round under way, whether it was its turn or not. */
	takeAlso(key: PathKey): Touch {
		const touch = this.#dirty.get(key) ?? { spelling: undefined, isEmptyFolder: false };
		this.#dirty.delete(key);
		this.#reported.delete(key);
		return touch;
	}

	/** What is gone comes after what is there: if it was renamed, it is found by its bytes under its new name. */
	takeBatch(size: number): ReadonlyMap<PathKey, Touch> {
		const batch = new Map<PathKey, Touch>();
		const take = (key: PathKey, touch: Touch): void => {
			batch.set(key, touch);
			this.#dirty.delete(key);
			this.#reported.delete(key);
		};
		const later: [PathKey, Touch][] = [];
		for (const [key, touch] of this.#dirty) {
			if (batch.size >= size) break;
			if (this.#gone.has(key) && this.#reported.size > 0) later.push([key, touch]);
			else take(key, touch);
		}
		const isLast = this.#reported.size === 0 || batch.size === 0;
		for (const [key, touch] of later) if (isLast && batch.size < size) take(key, touch);
		this.#inRound = batch.size;
		return batch;
	}

	endRound(): void {
		this.#inRound = 0;
	}

	/** The batch could not be dealt with: all of it again. */
	putBack(batch: ReadonlyMap<PathKey, Touch>): void {
		for (const [key, { spelling, isEmptyFolder }] of batch) this.mark(key, spelling, isEmptyFolder);
		this.#inRound = 0;
	}

	/** Looked at and observed: nothing that was noted of it before counts any more. */
	clear(key: PathKey): void {
		this.#gone.delete(key);
		this.waiting.delete(key);
		this.#setAside.delete(key);
	}

	/** It is absent, and there is evidence that somebody removed it. */
	noteGone(key: PathKey): void {
		this.#gone.set(key, true);
	}

	refuseRename(key: PathKey): void {
		this.#notRenamed.add(key);
	}

	isRenameRefused(key: PathKey): boolean {
		return this.#notRenamed.has(key);
	}

	isKnownGone(key: PathKey): boolean {
		return this.#gone.has(key);
	}

	/** Whether somebody told of the absence, and not only a scan found it. */
	wasReported(key: PathKey): boolean {
		return this.#gone.get(key) === true;
	}

	/** Whatever seemed to prove an absence was the absence of everything. */
	distrustAbsences(): void {
		this.#gone.clear();
	}

	setAside(key: PathKey, absent: readonly PathKey[]): void {
		this.#setAside.set(key, absent);
	}

	extraLooks(key: PathKey): readonly PathKey[] {
		return this.#extraLooks.get(key) ?? [];
	}

	addExtraLooks(key: PathKey, keys: readonly PathKey[]): void {
		this.#extraLooks.set(key, [...this.extraLooks(key), ...keys]);
	}

	clearExtraLooks(key: PathKey): void {
		this.#extraLooks.delete(key);
	}

	/** Its plan needs contents that are not here. */
	wait(key: PathKey, needed: readonly ContentHash[], missing: readonly ContentHash[]): void {
		this.release(key);
		this.waiting.set(key, needed, missing);
	}

	isHeldFor(key: PathKey, reason: string): boolean {
		return this.#held.get(key)?.reason === reason;
	}

	/** How often in a row somebody was quicker, this time included. */
	countChanged(key: PathKey): number {
		const inARow = (this.#changedInARow.get(key) ?? 0) + 1;
		this.#changedInARow.set(key, inARow);
		return inARow;
	}

	/** Known, not applied, not lost: tried again later. */
	hold(key: PathKey, held: Held): void {
		const isNew = this.#held.get(key)?.reason !== held.reason;
		this.#held.set(key, held);
		this.#changedInARow.delete(key);
		if (isNew) this.#listener.onHeld(held.path, held.reason);
		this.#cancelRetry ??= this.#clock.schedule(HELD_RETRY_MS, () => {
			this.#cancelRetry = undefined;
			for (const each of this.#held.keys()) this.mark(each);
		});
	}

	release(key: PathKey): void {
		this.#notRenamed.delete(key);
		this.#held.delete(key);
		this.#changedInARow.delete(key);
	}

	/** Whether something is left to do or to find out at `key`. */
	isConcernedWith(key: PathKey): boolean {
		const isNoted = this.#dirty.has(key) || this.#held.has(key) || this.waiting.has(key);
		return isNoted || this.#setAside.has(key) || this.#extraLooks.has(key);
	}

	stop(): void {
		this.#cancelRetry?.();
	}
}
