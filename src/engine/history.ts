// The bytes that the engine replaced or removed on this device, so that nothing is lost for good: kept before the vault is
// touched, found by hash, listed by path, within a budget. Rules H1–H6 of readme/SPEC.md.
import { equalBytes } from "../core/bytes.ts";
import type { ContentHash } from "../core/hash.ts";
import { pathKey, type VaultPath } from "../core/path.ts";
import { BatchCounter, type Author, type Change } from "./batches.ts";
import { wasDone } from "./guarded-store.ts";
import { HistoryLists, type Content, type HistoryLine } from "./history-lists.ts";
import type { Clock } from "./ports/clock.ts";
import type { StateStore } from "./ports/state-store.ts";

export interface KeptVersion {
	readonly atMs: number;
	readonly path: VaultPath;
	readonly hash: ContentHash;
	readonly size: number;
	readonly reason: "replaced" | "deleted";
	/** Whose act replaced or deleted it, for people; `""`: not known. */
	readonly by: string;
	/** That was this device. */
	readonly isOwn: boolean;
}

export interface HistoryBudget {
	readonly bytes: number;
	readonly days: number;
}

export interface HistorySize {
	readonly versions: number;
	readonly bytes: number;
	readonly budgetBytes: number;
}

const CONTENT = "history/content/";
const BUDGET: HistoryBudget = { bytes: 200 * 1024 * 1024, days: 60 };
const DAY_MS = 86_400_000;
/** Whatever is kept stays this long: somebody has to be able to notice. */
const YOUNG_MS = 10 * 60_000;
/** Of the budget, after tidying: not for every next version again. */
const TIDY_TO = 0.9;
const TIDY_EVERY_MS = 3_600_000;
/** Lines are read into memory. */
const LINES_MAX = 50_000;

export class History {
	readonly #store: StateStore;
	readonly #clock: Clock;
	readonly #budget: HistoryBudget;
	readonly #lists: HistoryLists;
	readonly #batches: BatchCounter;
	/** Content files that are durable, or about to be: the same bytes are kept once. */
	readonly #stored = new Map<string, Promise<void>>();
	/** Found at the start: a crash may have cut them off. */
	readonly #unchecked: Set<string>;
	/** When each was kept last, in this run. */
	readonly #keptAt = new Map<ContentHash, number>();
	readonly #openedAt: { readonly wall: number; readonly monotonic: number };
	#size: HistorySize | undefined;
	#tidyAt = 0;
	#isNew = false;

	private constructor(
		store: StateStore,
		clock: Clock,
		budget: HistoryBudget,
		lists: HistoryLists,
		contents: readonly string[],
	) {
		this.#store = store;
		this.#clock = clock;
		this.#budget = budget;
		this.#lists = lists;
		this.#batches = new BatchCounter(lists.run);
		this.#unchecked = new Set(contents);
		this.#openedAt = { wall: clock.now(), monotonic: clock.monotonic() };
	}

	static async open(store: StateStore, clock: Clock, budget: Partial<HistoryBudget> = {}): Promise<History> {
		const lists = await HistoryLists.open(store);
		return new History(store, clock, { ...BUDGET, ...budget }, lists, await store.list(CONTENT));
	}

	/** What it takes up; `undefined`: not known before the first change of a run, or `measure`. */
	get size(): HistorySize | undefined {
		return this.#size;
	}

	/** Counts it, unless it is counted. */
	async measure(): Promise<void> {
		if (this.#size === undefined) this.#count(await this.lines());
	}

	/** Durable when it resolves. `by`: whose act it is that replaces or removes these bytes; `undefined`: nobody's. */
	async keep(change: Change & { readonly before: Content }, bytes: Uint8Array, by: Author | undefined): Promise<void> {
		const { hash } = change.before;
		const name = contentName(hash);
		let stored = this.#stored.get(name);
		if (stored === undefined) {
			stored = this.#storeContent(name, bytes);
			this.#stored.set(name, stored);
			stored.catch(() => this.#stored.delete(name));
		}
		await stored;
		this.#keptAt.set(hash, this.#clock.monotonic());
		this.#isNew = true;
		this.#add(change, by, true);
		await this.#lists.flush();
	}

	/** A change that takes no bytes away from here: a new file, or what somebody did on this device. With the next `flush`. */
	note(change: Change, by: Author): void {
		this.#add(change, by, false);
	}

	/** The same of a step that was begun before, in this run or in one that a crash ended, and may have been noted then. */
	async noteOnce(change: Change, by: Author): Promise<void> {
		const { path, before, after } = change;
		if (before?.hash === after?.hash) return;
		const last = await this.#lists.lastInBatch(path);
		const isNoted = last !== undefined && last.before?.hash === before?.hash && last.after?.hash === after?.hash;
		if (!isNoted) this.note(change, by);
	}

	/** Rejects with StorageError; then it is tried again with what comes next. */
	flush(): Promise<void> {
		return this.#lists.flush();
	}

	/** What this source does next is another batch. */
	endBatch(source: string): void {
		this.#batches.end(source);
	}

	#add(change: Change, by: Author | undefined, isKept: boolean): void {
		const batch = by === undefined ? "" : this.#batches.batchOf(by.source, change, this.#clock.monotonic());
		const { path, before, after } = change;
		const who = { by: by?.name ?? "", isOwn: by?.isOwn ?? true };
		this.#lists.add({ atMs: Math.max(0, this.#clock.now()), path, before, after, isKept, batch, ...who });
	}

	async #storeContent(name: string, bytes: Uint8Array): Promise<void> {
		if (this.#unchecked.has(name)) {
			const there = await this.#store.read(name);
			if (there !== undefined && equalBytes(there, bytes)) return;
		}
		await this.#store.write(name, bytes);
	}

	/** Every change, oldest first. */
	lines(): Promise<readonly HistoryLine[]> {
		return this.#lists.lines();
	}

	/** Every version whose bytes are kept, oldest first. */
	async list(): Promise<readonly KeptVersion[]> {
		return (await this.lines()).flatMap(({ atMs, path, before, after, isKept, by, isOwn }) => {
			if (!isKept || before === undefined || !this.has(before.hash)) return [];
			const reason = after === undefined ? "deleted" : "replaced";
			return [{ atMs, path, hash: before.hash, size: before.size, reason, by, isOwn }];
		});
	}

	async read(hash: ContentHash): Promise<Uint8Array | undefined> {
		const name = contentName(hash);
		await this.#stored.get(name);
		return this.has(hash) ? this.#store.read(name) : undefined;
	}

	has(hash: ContentHash): boolean {
		const name = contentName(hash);
		return this.#stored.has(name) || this.#unchecked.has(name);
	}

	/**
	 * Brings it within its budget, oldest first, when it is time to. Not while something is kept. `needed`: contents that are
	 * nowhere else on this device, and wanted. Rejects with StorageError.
	 */
	async tidy(needed: () => ReadonlySet<ContentHash>): Promise<void> {
		const now = this.#clock.monotonic();
		if (!this.#isNew && now < this.#tidyAt) return;
		this.#isNew = false;
		this.#tidyAt = now + TIDY_EVERY_MS;
		const lines = await this.lines();
		const { kept, bytes } = this.#count(lines);
		const expired = this.#expired(lines);
		if (bytes <= this.#budget.bytes && lines.length <= LINES_MAX && expired === 0) return;

		const stay = needed();
		const isFast = (hash: ContentHash): boolean => stay.has(hash) || this.#isYoung(hash);
		const gone = new Set<ContentHash>();
		const room = bytes <= this.#budget.bytes ? bytes : this.#budget.bytes * TIDY_TO;
		const oldest = lines.length <= LINES_MAX ? 0 : lines.length - LINES_MAX * TIDY_TO;
		let left = bytes;
		for (const [hash, { size, last }] of [...kept].sort(([, a], [, b]) => a.last - b.last)) {
			if (left <= room && last >= expired && last >= oldest) break;
			if (isFast(hash)) continue;
			gone.add(hash);
			left -= size;
		}
		const position = new Map(lines.map((line, i) => [line, i]));
		// The lists first: a content without a line takes up room, a line without its content is a promise that is not kept.
		await this.#lists.rewrite((line) => {
			const at = position.get(line) ?? lines.length;
			if (line.isKept && line.before !== undefined) return !gone.has(line.before.hash);
			return at >= oldest && at >= expired;
		});
		for (const hash of gone) {
			this.#unchecked.delete(contentName(hash));
			this.#stored.delete(contentName(hash));
			this.#keptAt.delete(hash);
			await wasDone(this.#store.remove(contentName(hash)));
		}
		this.#size = { versions: kept.size - gone.size, bytes: left, budgetBytes: this.#budget.bytes };
	}

	#count(lines: readonly HistoryLine[]): ReturnType<typeof contentsOf> {
		const counted = contentsOf(lines);
		this.#size = { versions: counted.kept.size, bytes: counted.bytes, budgetBytes: this.#budget.bytes };
		return counted;
	}

	#isYoung(hash: ContentHash): boolean {
		const keptAt = this.#keptAt.get(hash);
		return keptAt !== undefined && this.#clock.monotonic() - keptAt < YOUNG_MS;
	}

	/**
	 * How many of the first lines are older than the set time. A clock that has just jumped says nothing about age: it has to
	 * have gone on for an hour as time does.
	 */
	#expired(lines: readonly HistoryLine[]): number {
		const elapsed = this.#clock.monotonic() - this.#openedAt.monotonic;
		const shown = this.#clock.now() - this.#openedAt.wall;
		if (elapsed < TIDY_EVERY_MS || Math.abs(shown - elapsed) > TIDY_EVERY_MS) return 0;
		const since = this.#clock.now() - this.#budget.days * DAY_MS;
		const first = lines.findIndex(({ atMs }) => atMs >= since);
		return first < 0 ? lines.length : first;
	}
}

/** What was called so before counts as well: `names` are the spellings to look for. */
export function versionsOf(versions: readonly KeptVersion[], names: readonly VaultPath[]): readonly KeptVersion[] {
	const keys = new Set(names.map(pathKey));
	return versions.filter(({ path }) => keys.has(pathKey(path)));
}

function contentsOf(lines: readonly HistoryLine[]): {
	readonly kept: ReadonlyMap<ContentHash, { readonly size: number; readonly last: number }>;
	readonly bytes: number;
} {
	const kept = new Map<ContentHash, { readonly size: number; readonly last: number }>();
	for (const [last, { before, isKept }] of lines.entries()) {
		if (isKept && before !== undefined) kept.set(before.hash, { size: before.size, last });
	}
	let bytes = 0;
	for (const { size } of kept.values()) bytes += size;
	return { kept, bytes };
}

function contentName(hash: ContentHash): string {
	return CONTENT + hash;
}
