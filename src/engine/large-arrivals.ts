// Large files for a device that takes no part with them: what is wanted is fetched in parts, one at a time, and has its place in the vault.
// When it is whose turn is decided here; what is done with one, in large-places.ts. Rules XL2, XL11, XL12 of readme/SPEC.md.
import type { ContentHash } from "../core/hash.ts";
import { isSameStamp, type WantedFile } from "../core/large-step.ts";
import { pathKey, type PathKey, type VaultPath } from "../core/path.ts";
import type { RecordIndex } from "../core/record-index.ts";
import type { Ended } from "./coming-content.ts";
import { StorageError } from "./guarded-store.ts";
import { LargeFetch, type LargeContent } from "./large-fetch.ts";
import { LargePlaces, type Turn } from "./large-places.ts";
import { LargeRows, type LargeFailure } from "./large-rows.ts";
import type { Clock } from "./ports/clock.ts";
import type { Digest } from "./ports/digest.ts";
import type { LargeFiles } from "./ports/large-files.ts";
import type { Log } from "./ports/log.ts";
import type { StateStore } from "./ports/state-store.ts";
import type { Vault } from "./ports/vault.ts";
import type { LargeState } from "./status.ts";
import type { TokenBucket } from "./throttle.ts";

export interface LargeArrivalsOptions {
	readonly files: LargeFiles;
	readonly store: StateStore;
	readonly digest: Digest;
	readonly clock: Clock;
	readonly log: Log;
	readonly vault: Pick<Vault, "watch">;
	readonly down: TokenBucket;
	readonly index: RecordIndex;
	/** As of the replica. */
	readonly exclusively: <T>(work: (save: () => Promise<void>) => Promise<T>) => Promise<T | undefined>;
	readonly revisit: (key: PathKey) => void;
	readonly isOn: () => boolean;
	/** Then it is not on, either. */
	readonly isSendOnly: () => boolean;
	readonly onChange: () => void;
	/** A defect. */
	readonly onFailure: (error: unknown) => void;
}

/** What others tell of one file comes in several records, and the vault tells of one change more than once. */
const SETTLE_MS = 500;
const RETRY_FIRST_MS = 60_000;
export const RETRY_MAX_MS = 3_600_000;
/** Room comes back by a person's hand, and each try writes until there is none. */
export const NO_SPACE_RETRY_MAX_MS = 24 * 3_600_000;
/** Without anybody who has it: what has come of it stays so long, as its device may be back in a moment. */
const KEEPS_STUCK_MS = 5 * 60_000;

interface Candidate {
	readonly key: PathKey;
	readonly wanted: Extract<WantedFile, { kind: "one" }>;
}

export class LargeArrivals {
	readonly fetch: LargeFetch;
	readonly #options: LargeArrivalsOptions;
	readonly #rows: LargeRows;
	readonly #places: LargePlaces;
	readonly #turns = new Map<PathKey, Turn>();
	readonly #dirty = new Set<PathKey>();
	/** How often in a row the host did not do it. */
	readonly #failures = new Map<PathKey, number>();
	readonly #timers = new Set<() => void>();
	#ended: { readonly content: LargeContent; readonly ended: Ended | { readonly kind: "wrong" } } | undefined;
	/** What is coming, by its file, and since when nobody is there who has it. */
	#stuck: { readonly name: string; readonly sinceMs: number } | undefined;
	#names = 0;
	#passing: Promise<void> | undefined;
	#cancelPass: (() => void) | undefined;
	#unwatch: (() => void) | undefined;
	#isStarted = false;
	#isStopped = false;

	private constructor(options: LargeArrivalsOptions, rows: LargeRows) {
		const { files, digest, clock, down, index, log, isOn, revisit } = options;
		this.#options = options;
		this.#rows = rows;
		this.fetch = new LargeFetch({
			...{ files, digest, clock, down },
			onEnd: (content, ended) => {
				this.#ended = { content, ended };
				this.#passSoon(0);
			},
			onChange: () => {
				options.onChange();
				this.#passSoon();
			},
		});
		this.#places = new LargePlaces({
			...{ index, files, rows, log, isOn, revisit },
			mark: (key) => {
				this.mark(key);
			},
		});
	}

	/** What was on its way when the last run ended goes. Rejects with StorageError. */
	static async open(options: LargeArrivalsOptions): Promise<LargeArrivals> {
		const rows = await LargeRows.open(options.store, options.digest);
		const ready = rows.entries().flatMap(([, row]) => row.ready ?? []);
		try {
			for (const own of await options.files.list()) {
				const isReady = ready.some((each) => each.name === own.name && isSameStamp(each, own));
				if (!isReady) await options.files.remove(own.name);
			}
		} catch (error) {
			// What cannot be removed now goes at the next start.
			if (!(error instanceof Error)) throw error;
			options.log.write("warn", "cannot tidy up large files", { cause: error.message });
		}
		return new LargeArrivals(options, rows);
	}

	/** After the first scan. */
	start(): void {
		this.#isStarted = true;
		this.#unwatch = this.#options.vault.watch(({ kind, path }) => {
			const key = path && pathKey(path);
			for (const each of new Set([...this.#turns.keys(), ...this.#rows.entries().map(([known]) => known)])) {
				const isBelow = key === undefined || (kind === "folder" && each.startsWith(`${key}/`));
				if (each === key || isBelow) this.mark(each);
			}
		});
		for (const [key, { failed }] of this.#rows.entries()) {
			this.mark(key);
			const left = (failed?.retryAtMs ?? 0) - this.#options.clock.now();
			if (failed !== undefined && left > 0 && left <= longestWait(failed.code)) this.#passLater(left);
		}
		this.#passSoon();
	}

	/** Resolves when nothing of it is under way; what was on its way is gone. */
	async stop(): Promise<void> {
		this.#isStopped = true;
		this.#unwatch?.();
		this.#cancelPass?.();
		for (const cancel of this.#timers) cancel();
		await this.fetch.giveUp();
		await this.#passing;
	}

	/** Something may be new there. */
	mark(key: PathKey): void {
		this.#dirty.add(key);
		this.#passSoon();
	}

	/** A person turned it on or off. */
	choiceChanged(): void {
		for (const key of this.#turns.keys()) this.#dirty.add(key);
		this.#passSoon();
	}

	/** A person asks for all there is: what the disk did not take is tried once more, however often that was in vain. */
	tryNow(): void {
		for (const [key, row] of this.#rows.entries())
			if (row.failed !== undefined) this.#rows.set(key, { ...row, failed: { ...row.failed, retryAtMs: 0 } });
		for (const key of this.#failures.keys()) this.mark(key);
		this.#passSoon();
	}

	/** How it stands, for people; `undefined`: nobody has looked at it yet, or only this device has it. */
	stateOf(path: VaultPath): LargeState | undefined {
		const key = pathKey(path);
		const turn = this.#turns.get(key);
		return turn && this.#stateOf(turn);
	}

	/** What this device put there is never read, however large: it cannot be sent. Nor is what is larger than `maxBytes`, whoever put it there. */
	isUnreadable(path: VaultPath, maxBytes: number | undefined): boolean {
		const { index } = this.#options;
		const key = pathKey(path);
		const owner = index.ownerOf(key);
		const entry = index.get(owner ?? key);
		if (entry?.disk.leftOut !== "too-large") return false;
		const { disk, record } = entry;
		const { put } = this.#rows.get(key);
		if (put !== undefined && disk.hash === put.hash) return true;
		const copy = owner === undefined ? undefined : disk.copies.find((each) => pathKey(each.path) === key);
		const ofCopy = record.siblings.find(({ content }) => content !== undefined && content.hash === copy?.hash);
		const size = owner === undefined ? disk.size : (ofCopy?.content?.size ?? Infinity);
		return maxBytes !== undefined && size > maxBytes;
	}

	#stateOf(turn: Turn): LargeState {
		switch (turn.kind) {
			case "rest":
				if (turn.why === "off" && this.#options.isSendOnly()) return { kind: "send-only" };
				return turn.why === "barred" ? { kind: "held", code: turn.code ?? "io" } : { kind: turn.why };
			case "failed":
				return { kind: "held", code: turn.code };
			case "over":
				return { kind: "here" };
			case "fetch": {
				const { current } = this.fetch;
				const { hash, size } = turn.wanted;
				const canCome = this.fetch.canGet(hash);
				if (current?.hash === hash && canCome) return { kind: "coming", received: current.received, size };
				const failure = this.#heldBy(turn);
				if (failure !== undefined) return { kind: "held", code: failure.code };
				return { kind: canCome ? "queued" : "waiting" };
			}
		}
	}

	#passSoon(delayMs = SETTLE_MS): void {
		if (!this.#isStarted || this.#isStopped) return;
		if (delayMs === 0) this.#cancelPass?.();
		else if (this.#cancelPass !== undefined) return;
		this.#cancelPass = this.#options.clock.schedule(delayMs, () => {
			this.#cancelPass = undefined;
			this.#passing = (this.#passing ?? Promise.resolve())
				.then(() => this.#pass())
				.catch((error: unknown) => {
					this.#options.onFailure(error);
				});
		});
	}

	/** A store that fails is no reason to end: what it interrupted is looked at again. */
	async #pass(): Promise<void> {
		try {
			await this.#takeEnded();
			for (const key of [...this.#dirty]) {
				if (this.#isStopped) return;
				this.#dirty.delete(key);
				await this.#turn(key);
			}
			await this.#fetchNext();
		} catch (error) {
			if (!(error instanceof StorageError)) throw error;
			this.#passLater(RETRY_FIRST_MS);
		}
		this.#options.onChange();
	}

	async #turn(key: PathKey): Promise<void> {
		let turn: Turn | undefined;
		try {
			turn = await this.#options.exclusively((save) => this.#places.turn(key, save));
		} catch (error) {
			this.#again(key);
			throw error;
		}
		if (turn === undefined) return;
		if (turn.kind === "over") this.#turns.delete(key);
		else this.#turns.set(key, turn);
		const isUnsure = turn.kind === "failed" || (turn.kind === "rest" && turn.why === "unknown");
		if (isUnsure) this.#again(key);
		else this.#failures.delete(key);
	}

	/** Ever more seldom. */
	#again(key: PathKey): void {
		const count = (this.#failures.get(key) ?? 0) + 1;
		this.#failures.set(key, count);
		this.#later(backoff(count), () => {
			this.mark(key);
		});
	}

	#passLater(delayMs: number): void {
		this.#later(delayMs, () => {
			this.#passSoon();
		});
	}

	#later(delayMs: number, run: () => void): void {
		if (this.#isStopped) return;
		const cancel = this.#options.clock.schedule(delayMs, () => {
			this.#timers.delete(cancel);
			run();
		});
		this.#timers.add(cancel);
	}

	get #candidates(): readonly Candidate[] {
		const all = [...this.#turns].flatMap(([key, turn]) =>
			turn.kind === "fetch" ? [{ key, wanted: turn.wanted }] : [],
		);
		return all.sort((a, b) => a.wanted.size - b.wanted.size);
	}

	/** Goes on with what is coming, as long as it is wanted and can come; else with the smallest that can. */
	async #fetchNext(): Promise<void> {
		if (this.#isStopped || this.#ended !== undefined) return;
		const open = this.#candidates.filter((each) => this.#heldBy(each) === undefined);
		const canCome = ({ wanted }: Candidate): boolean => this.fetch.canGet(wanted.hash);
		const { current } = this.fetch;
		if (current !== undefined) {
			const isWanted = this.#candidates.some(({ wanted }) => wanted.hash === current.hash);
			const makesRoom = this.#isStuck(current) && open.some(canCome);
			if (isWanted && !makesRoom) return;
			await this.fetch.giveUp();
			if (this.#isEnding()) return;
		}
		const next = open.find(canCome)?.wanted;
		if (next === undefined) return;
		const { hash, size, mtimeMs } = next;
		const name = `${hash.slice(0, 16)}-${String(this.#options.clock.now())}-${String(this.#names++)}`;
		this.fetch.begin({ hash, size, mtimeMs, name });
	}

	#isEnding(): boolean {
		return this.#isStopped;
	}

	/** Nobody is there who has it: for long, or before any of it came. */
	#isStuck({ hash, name, isBegun }: LargeContent & { readonly isBegun: boolean }): boolean {
		if (this.fetch.canGet(hash)) {
			this.#stuck = undefined;
			return false;
		}
		if (!isBegun) return true;
		const now = this.#options.clock.monotonic();
		if (this.#stuck?.name !== name) {
			this.#stuck = { name, sinceMs: now };
			this.#passLater(KEEPS_STUCK_MS);
		}
		return now - this.#stuck.sinceMs >= KEEPS_STUCK_MS;
	}

	/** It is whole, or will not come: written down before anything follows from it. */
	async #takeEnded(): Promise<void> {
		if (this.#ended === undefined) return;
		const { content, ended } = this.#ended;
		this.#ended = undefined;
		const { hash, name, size } = content;
		const key = this.#candidates.find(({ wanted }) => wanted.hash === hash)?.key;
		if (ended.kind === "wrong")
			this.#options.log.write("warn", "a large file came with other bytes than it has", { cause: hash });
		if (key === undefined) {
			if (ended.kind === "whole") await this.#options.files.remove(name).catch(() => undefined);
			return;
		}
		this.#dirty.add(key);
		if (ended.kind === "whole") {
			for (const [other, row] of this.#rows.entries())
				if (row.failed?.hash === hash) this.#rows.set(other, { ...row, failed: undefined });
			this.#rows.set(key, { ...this.#rows.get(key), ready: { ...ended.stamp, name, hash } });
		} else if (ended.kind === "failed")
			this.#rows.set(key, { ...this.#rows.get(key), failed: this.#failed(hash, size, ended.code) });
		await this.#rows.save();
	}

	/** Of a content, for whichever of its places it was fetched. */
	#failuresOf(hash: ContentHash): readonly LargeFailure[] {
		return this.#rows.entries().flatMap(([, { failed }]) => (failed?.hash === hash ? [failed] : []));
	}

	#failed(hash: ContentHash, size: number, code: string): LargeFailure {
		const count = 1 + Math.max(0, ...this.#failuresOf(hash).map((before) => before.count));
		const wait = backoff(count, longestWait(code));
		this.#options.log.write("warn", "a large file was not taken by the disk", { cause: code });
		this.#passLater(wait);
		return { hash, size, code, count, retryAtMs: this.#options.clock.now() + wait };
	}

	/** Where there is no room for one, there is none for what is larger. */
	#heldBy({ wanted }: Pick<Candidate, "wanted">): LargeFailure | undefined {
		const isNow = ({ retryAtMs, code }: LargeFailure): boolean => {
			const left = retryAtMs - this.#options.clock.now();
			// A clock that was set back holds nothing up for longer.
			return left > 0 && left <= longestWait(code);
		};
		const own = this.#failuresOf(wanted.hash).find(isNow);
		if (own !== undefined) return own;
		const full = this.#rows.entries().flatMap(([, { failed }]) => (failed?.code === "no-space" ? [failed] : []));
		return full.find((failed) => failed.size <= wanted.size && isNow(failed));
	}
}

function backoff(count: number, maxMs = RETRY_MAX_MS): number {
	return Math.min(RETRY_FIRST_MS * 2 ** (count - 1), maxMs);
}

function longestWait(code: string): number {
	return code === "no-space" ? NO_SPACE_RETRY_MAX_MS : RETRY_MAX_MS;
}
