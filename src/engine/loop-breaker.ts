// Slows a path down that programs on two devices pass to and fro (core/ping-pong.ts): what is written here in answer to a
// version of others is recorded ever later. Versions of others are shown at once, and whatever else is written here is recorded
// at once. Kept in memory only: a restart forgets it. Rules W6–W9 of readme/SPEC.md.
import type { ContentHash } from "../core/hash.ts";
import { isRespelledAt, type Look } from "../core/observe.ts";
import type { PathKey, VaultPath } from "../core/path.ts";
import { isOver, turnsAfterShowing, turnsAfterWriting, waitFor, type Turns } from "../core/ping-pong.ts";
import type { Plan } from "../core/plan.ts";
import type { RecordIndex } from "../core/record-index.ts";
import { includes } from "../core/version-vector.ts";
import type { Clock } from "./ports/clock.ts";
import { pathToShow } from "./preparation.ts";

export interface LoopBreakerOptions {
	readonly index: RecordIndex;
	readonly clock: Clock;
	/** Its turn has come. */
	readonly onMark: (key: PathKey) => void;
	/** It goes to and fro: told once, until it is over. */
	readonly onLoop: (path: VaultPath) => void;
	/** Some are over. */
	readonly onChange: () => void;
}

interface Waiting {
	/** What was written here last. */
	readonly hash: ContentHash | undefined;
	dueAt: number;
	readonly cancel: () => void;
}

const SWEEP_MS = 60_000;
const LISTED_MAX = 100;

export class LoopBreaker {
	readonly #options: LoopBreakerOptions;
	/** Of paths at which something of others was shown lately. */
	readonly #turns = new Map<PathKey, Turns>();
	readonly #waiting = new Map<PathKey, Waiting>();
	/** Of paths at which answers were made to wait, again and again. */
	readonly #loops = new Map<PathKey, VaultPath>();
	#cancelSweep: (() => void) | undefined;

	constructor(options: LoopBreakerOptions) {
		this.#options = options;
	}

	/** Written here, and not yet recorded. */
	get waitingCount(): number {
		return this.#waiting.size;
	}

	/** Of many, the first. */
	get paths(): readonly VaultPath[] {
		return [...this.#loops.values()].slice(0, LISTED_MAX);
	}

	/** What came from elsewhere is on the disk. */
	noteShown({ key, main }: Plan): void {
		if (main.kind === "keep") return;
		const { clock } = this.#options;
		this.#turns.set(key, turnsAfterShowing(this.#turns.get(key), clock.monotonic()));
		this.#armSweep();
	}

	/** `keys` without those at which something was written that is not to be recorded yet. */
	withoutWaiting(keys: readonly PathKey[], look: Look): readonly PathKey[] {
		if (this.#turns.size === 0) return keys;
		const waiting = new Set(keys.filter((key) => this.#isToWait(key, look)));
		if (waiting.size === 0) return keys;
		// Both names of a file that was moved, or none: nobody is to be told of one half.
		for (const pair of movesAmong(keys, look, this.#options.index)) {
			const waits = pair.flatMap((key) => this.#waiting.get(key) ?? []);
			const dueAt = Math.min(...waits.map((each) => each.dueAt));
			for (const each of waits) each.dueAt = dueAt;
			if (waits.length === pair.length) continue;
			for (const key of pair) {
				this.#endWait(key);
				waiting.delete(key);
			}
		}
		return keys.filter((key) => !waiting.has(key));
	}

	/** Somebody wants all of it recorded now. */
	endWaits(): void {
		for (const key of [...this.#waiting.keys()]) {
			this.#endWait(key);
			this.#options.onMark(key);
		}
	}

	stop(): void {
		for (const key of [...this.#waiting.keys()]) this.#endWait(key);
		this.#cancelSweep?.();
		this.#cancelSweep = undefined;
	}

	#isToWait(key: PathKey, look: Look): boolean {
		const turns = this.#turns.get(key);
		if (turns === undefined) return false;
		const { index, clock } = this.#options;
		const now = clock.monotonic();
		const { disk, record } = index.entryOrAbsent(key);
		const hash = look.get(key)?.hash;
		const waiting = this.#waiting.get(key);
		if (hash === disk.hash && !isRespelledAt(index, key, look)) {
			this.#endWait(key);
			return false;
		}
		const isNews = !includes(disk.seen, record.context);
		if (waiting !== undefined && waiting.hash === hash && !isNews) {
			if (now < waiting.dueAt) return true;
			this.#endWait(key);
			return false;
		}
		const after = turnsAfterWriting(turns, hash, now);
		// The other side went on without waiting for an answer, or this one writes on after it: those are people.
		if (after === undefined || (waiting !== undefined && isNews)) {
			this.#forget(key);
			return false;
		}
		this.#turns.set(key, after);
		if (waiting !== undefined) this.#waiting.set(key, { ...waiting, hash });
		else if (!isNews) this.#beginWait(key, hash, waitFor(after));
		return this.#waiting.has(key);
	}

	#beginWait(key: PathKey, hash: ContentHash | undefined, waitMs: number): void {
		const turns = this.#turns.get(key);
		if (turns === undefined || waitMs === 0) return;
		const { index, clock, onMark, onLoop } = this.#options;
		this.#turns.set(key, { ...turns, waits: turns.waits + 1 });
		const dueAt = clock.monotonic() + waitMs;
		const cancel = clock.schedule(waitMs, () => {
			const now = clock.monotonic();
			for (const [each, waiting] of this.#waiting) if (waiting.dueAt <= now) onMark(each);
		});
		this.#waiting.set(key, { hash, dueAt, cancel });
		// The first time it may still turn out to be a person.
		if (turns.waits === 0 || this.#loops.has(key)) return;
		const path = pathToShow(index, key);
		this.#loops.set(key, path);
		onLoop(path);
	}

	#endWait(key: PathKey): void {
		this.#waiting.get(key)?.cancel();
		this.#waiting.delete(key);
	}

	/** Nobody is in a loop there, or not any more. */
	#forget(key: PathKey): void {
		this.#endWait(key);
		this.#turns.delete(key);
		if (this.#loops.delete(key)) this.#options.onChange();
	}

	#sweep(): void {
		const { clock } = this.#options;
		this.#cancelSweep = undefined;
		for (const [key, turns] of this.#turns)
			if (!this.#waiting.has(key) && isOver(turns, clock.monotonic())) this.#forget(key);
		if (this.#turns.size > 0) this.#armSweep();
	}

	#armSweep(): void {
		this.#cancelSweep ??= this.#options.clock.schedule(SWEEP_MS, () => {
			this.#sweep();
		});
	}
}

/** The old and the new name of each file that was renamed here. */
function movesAmong(keys: readonly PathKey[], look: Look, index: RecordIndex): [PathKey, PathKey][] {
	const gone = new Map<ContentHash, PathKey>();
	for (const key of keys) {
		const { hash } = index.entryOrAbsent(key).disk;
		if (hash !== undefined && look.get(key) === undefined) gone.set(hash, key);
	}
	return keys.flatMap((key): [PathKey, PathKey][] => {
		const hash = look.get(key)?.hash;
		const from = hash === undefined || hash === index.entryOrAbsent(key).disk.hash ? undefined : gone.get(hash);
		return from === undefined ? [] : [[from, key]];
	});
}
