// Where bytes are found by their hash: what just arrived or was just read, what the store keeps, the vault itself, history, bases.
// Bytes from the vault are believed only when their hash is the one asked for.
import { FOLDER } from "../core/folder.ts";
import type { ContentHash } from "../core/hash.ts";
import type { RecordIndex } from "../core/record-index.ts";
import type { VaultPath } from "../core/path.ts";
import type { Bases } from "./bases.ts";
import { StorageError, wasDone } from "./guarded-store.ts";
import type { History } from "./history.ts";
import { UnreadableError, type Looker } from "./looker.ts";
import type { StateStore } from "./ports/state-store.ts";
import type { WriteGuard } from "./write-guard.ts";

/** All there is to an empty folder. */
const NOTHING = new Uint8Array();
const RECENT_BYTES_MAX = 4 * 1024 * 1024;
/** A larger content is not worth keeping for the next question. */
const RECENT_ITEM_BYTES_MAX = 1024 * 1024;

export class Contents {
	readonly #store: StateStore;
	readonly #index: RecordIndex;
	readonly #looker: Looker;
	readonly #history: History;
	readonly #guard: WriteGuard;
	readonly #bases: Bases;
	/** Arrived from a peer and not yet on a disk. */
	readonly #arrived = new Map<ContentHash, Uint8Array>();
	readonly #stored: Set<string>;
	/** Oldest first. */
	readonly #recent = new Map<ContentHash, Uint8Array>();
	#recentBytes = 0;
	#arrivedBytes = 0;
	/** Places of files that are too large for this device to read. */
	isUnreadable: (path: VaultPath) => boolean = () => false;

	private constructor(
		store: StateStore,
		index: RecordIndex,
		looker: Looker,
		history: History,
		guard: WriteGuard,
		bases: Bases,
		stored: readonly string[],
	) {
		this.#store = store;
		this.#index = index;
		this.#looker = looker;
		this.#history = history;
		this.#guard = guard;
		this.#bases = bases;
		this.#stored = new Set(stored);
	}

	static async open(
		store: StateStore,
		index: RecordIndex,
		looker: Looker,
		history: History,
		guard: WriteGuard,
		bases: Bases,
	): Promise<Contents> {
		const needed = new Set<string>();
		for (const { record } of index.entries()) {
			for (const { content } of record.siblings) if (content !== undefined) needed.add(contentName(content.hash));
		}
		const stored = await store.list("content/");
		for (const name of stored) if (!needed.has(name)) await wasDone(store.remove(name));
		return new Contents(
			store,
			index,
			looker,
			history,
			guard,
			bases,
			stored.filter((name) => needed.has(name)),
		);
	}

	/** Bytes in memory that no disk has yet. */
	get arrivedBytes(): number {
		return this.#arrivedBytes;
	}

	/** Verified bytes from a peer. */
	arrive(hash: ContentHash, bytes: Uint8Array): void {
		if (this.#arrived.has(hash)) return;
		this.#arrived.set(hash, bytes);
		this.#arrivedBytes += bytes.length;
	}

	/** Just read from the vault: likely to be asked for next. */
	remember(hash: ContentHash, bytes: Uint8Array): void {
		if (bytes.length > RECENT_ITEM_BYTES_MAX || this.#recent.has(hash)) return;
		this.#recent.set(hash, bytes);
		this.#recentBytes += bytes.length;
		for (const [oldest, dropped] of this.#recent) {
			if (this.#recentBytes <= RECENT_BYTES_MAX) break;
			this.#recent.delete(oldest);
			this.#recentBytes -= dropped.length;
		}
	}

	/** Without reading a disk. */
	inMemory(hash: ContentHash): Uint8Array | undefined {
		return this.#arrived.get(hash) ?? this.#recent.get(hash);
	}

	/** `undefined`: this device does not have it, or cannot get at it now. */
	async find(hash: ContentHash): Promise<Uint8Array | undefined> {
		if (hash === FOLDER) return NOTHING;
		const known = this.inMemory(hash);
		if (known !== undefined) return known;
		for (const path of this.#index.locationsOf(hash)) {
			const bytes = this.isUnreadable(path) ? undefined : await this.#readFrom(path, hash);
			if (bytes !== undefined) return bytes;
		}
		const kept = this.#guard.find(hash) ?? (await this.#readStored(hash)) ?? (await this.#readKept(hash));
		return kept ?? (await readable(this.#bases.find(hash)));
	}

	/** Writes what arrived to the store: it cannot go to the vault now, and must not be asked for again. Durable after. */
	async keep(hash: ContentHash, bytes: Uint8Array): Promise<void> {
		if (hash === FOLDER) return;
		if (!this.#stored.has(contentName(hash))) {
			await this.#store.write(contentName(hash), bytes);
			this.#stored.add(contentName(hash));
		}
		this.#leave(hash);
	}

	/** It is in the vault now. */
	async settled(hash: ContentHash): Promise<void> {
		const bytes = this.#arrived.get(hash);
		if (bytes !== undefined) {
			this.#leave(hash);
			this.remember(hash, bytes);
		}
		// What cannot be removed now goes at the next start.
		if (this.#stored.delete(contentName(hash))) await wasDone(this.#store.remove(contentName(hash)));
	}

	/** Drops what arrived for versions that nobody waits for any more: it would stand in the way of what comes next. */
	dropArrivedExcept(isNeeded: (hash: ContentHash) => boolean): void {
		for (const hash of [...this.#arrived.keys()]) if (!isNeeded(hash)) this.#leave(hash);
	}

	async #readFrom(path: VaultPath, hash: ContentHash): Promise<Uint8Array | undefined> {
		try {
			const { now, bytes } = await this.#looker.read(path);
			if (now?.hash !== hash || bytes === undefined) return undefined;
			this.remember(hash, bytes);
			return bytes;
		} catch (error) {
			// Locked by another program: it may be somewhere else.
			if (!(error instanceof UnreadableError)) throw error;
			return undefined;
		}
	}

	async #readStored(hash: ContentHash): Promise<Uint8Array | undefined> {
		const name = contentName(hash);
		if (!this.#stored.has(name)) return undefined;
		const bytes = await readable(this.#store.read(name));
		if (bytes !== undefined && this.#looker.hash(bytes) === hash) return bytes;
		// Cut off by a crash: to be fetched and written again.
		this.#stored.delete(name);
		return undefined;
	}

	async #readKept(hash: ContentHash): Promise<Uint8Array | undefined> {
		const bytes = await readable(this.#history.read(hash));
		return bytes !== undefined && this.#looker.hash(bytes) === hash ? bytes : undefined;
	}

	#leave(hash: ContentHash): void {
		this.#arrivedBytes -= this.#arrived.get(hash)?.length ?? 0;
		this.#arrived.delete(hash);
	}
}

/** What cannot be read now is not here now. */
async function readable(reading: Promise<Uint8Array | undefined>): Promise<Uint8Array | undefined> {
	try {
		return await reading;
	} catch (error) {
		if (!(error instanceof StorageError)) throw error;
		return undefined;
	}
}

/** Whether it is durable now; when the store fails it stays in memory, or is fetched again. */
export function keepContent(contents: Contents, hash: ContentHash, bytes: Uint8Array): Promise<boolean> {
	return wasDone(contents.keep(hash, bytes));
}

function contentName(hash: ContentHash): string {
	return `content/${hash}`;
}
