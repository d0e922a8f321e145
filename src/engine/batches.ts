// Which changes are taken back together: what one device did in one go, as it became visible here. Pure.
// Rules U1, U2 of readme/SPEC.md.
import type { Intent, RecordIndex } from "../core/record-index.ts";
import type { PathKey, VaultPath } from "../core/path.ts";
import type { Sibling } from "../core/record.ts";
import { covers } from "../core/version-vector.ts";
import type { Content, HistoryLine } from "./history-lists.ts";

/** Whose act a change is. */
export interface Author {
	/** Told apart by it. */
	readonly source: string;
	/** For people. */
	readonly name: string;
	readonly isOwn: boolean;
}

export interface Change {
	readonly path: VaultPath;
	readonly before: Content | undefined;
	readonly after: Content | undefined;
}

export interface Batch {
	readonly id: string;
	/** Wall time of its first change, in ms, for people. */
	readonly atMs: number;
	readonly by: string;
	readonly isOwn: boolean;
	/** One for each path: from what was before the batch to what was after it. */
	readonly changes: readonly Change[];
}

const NOBODY: Author = { source: "", name: "", isOwn: false };
/** Nothing new from this device for so long: what comes next is something else. */
const QUIET_MS = 10_000;

/** Gives every change the id of its batch. */
export class BatchCounter {
	readonly #run: number;
	readonly #open = new Map<string, { readonly id: string; lastAt: number; readonly paths: Map<VaultPath, string> }>();
	#count = 0;

	/** `run`: told apart from earlier ones. */
	constructor(run: number) {
		this.#run = run;
	}

	/** `now`: a clock that only grows, in ms. */
	batchOf(source: string, { path, before, after }: Change, now: number): string {
		const what = `${before?.hash ?? ""}>${after?.hash ?? ""}`;
		let batch = this.#open.get(source);
		// Nobody wants to take back an hour of typing in one go. The same again is a step that is taken again.
		const isAgain = batch !== undefined && (batch.paths.get(path) ?? what) !== what;
		if (batch === undefined || isAgain || now - batch.lastAt > QUIET_MS) {
			batch = { id: `${String(this.#run)}-${String(++this.#count)}`, lastAt: now, paths: new Map() };
			this.#open.set(source, batch);
		}
		batch.lastAt = now;
		batch.paths.set(path, what);
		return batch.id;
	}

	/** What this source does next is something else. */
	end(source: string): void {
		this.#open.delete(source);
	}
}

/** Oldest first. */
export function batchesOf(lines: readonly HistoryLine[]): Batch[] {
	const batches = new Map<string, Batch & { readonly byPath: Map<VaultPath, Change> }>();
	for (const { atMs, path, before, after, batch: id, by, isOwn } of lines) {
		if (id === "") continue;
		const batch = batches.get(id) ?? { id, atMs, by, isOwn, changes: [], byPath: new Map<VaultPath, Change>() };
		batches.set(id, batch);
		const first = batch.byPath.get(path);
		batch.byPath.set(path, { path, before: first === undefined ? before : first.before, after });
	}
	return [...batches.values()]
		.map(({ byPath, ...batch }) => ({
			...batch,
			changes: [...byPath.values()].filter(({ before, after }) => before?.hash !== after?.hash),
		}))
		.filter(({ changes }) => changes.length > 0);
}

/**
 * Whose act is about to show at `key`, or `shown`, which a crash left of what was to show: this device's own, where the disk does not show one yet (a person decided something here); who
 * dealt with a conflict last; of several versions otherwise, the newest of another device's. What the disk shows already is looked
 * at only where nothing is new.
 */
export function authorAt(index: RecordIndex, key: PathKey, shown?: Pick<Intent, "hash" | "context">): Author {
	const { epoch } = index.state;
	const { record, disk } = index.entryOrAbsent(key);
	const known = record.siblings.filter(({ dot }) => shown === undefined || covers(shown.context, dot));
	// Others may have taken its place since. A merged text is none of its parts.
	const isIt = ({ content }: Sibling): boolean => content?.hash === shown?.hash;
	const isMerged = known.filter(({ content }) => content !== undefined).length > 1;
	if (shown !== undefined && !isMerged && !known.some(isIt)) return NOBODY;
	const news = known.filter(({ dot }) => !covers(disk.seen, dot));
	const siblings = [...(news.length > 0 ? news : known)].sort(byLamport);
	const own = news.find(({ dot }) => dot.epoch === epoch);
	const [last, ...earlier] = siblings;
	const isDismissal = last?.content === undefined && earlier.every(({ lamport }) => lamport < (last?.lamport ?? 0));
	const others = siblings.filter(({ dot }) => dot.epoch !== epoch);
	const newest = own ?? (isDismissal ? last : (others[0] ?? last));
	return newest === undefined ? { source: epoch, name: "", isOwn: true } : authorOf(newest, index);
}

function byLamport(a: Sibling, b: Sibling): number {
	return b.lamport - a.lamport;
}

function authorOf({ dot, author }: Sibling, index: RecordIndex): Author {
	return { source: dot.epoch, name: author, isOwn: dot.epoch === index.state.epoch };
}
