// A StateStore in memory for tests. What it holds survives the engine that used it: `afterCrash` gives the same files to
// the next engine and silences the old one for good, as the end of its process would.
import { concatBytes } from "../../src/core/bytes.ts";
import type { StateStore } from "../../src/engine/ports/state-store.ts";

const REMEMBERED_MAX = 8;

export class MemoryStore implements StateStore {
	readonly #files: Map<string, Uint8Array>;
	/** As it was before each of the last writes, oldest first. */
	readonly #before: ReadonlyMap<string, Uint8Array>[];
	#dead = false;
	#failures = 0;
	#tear: number | undefined;
	#onDeath: () => void = () => undefined;
	/** Told of what has become durable: these bytes, as all of the file or at its end. */
	onWritten: (name: string, bytes: Uint8Array, isWhole: boolean) => void = () => undefined;

	constructor(
		files: ReadonlyMap<string, Uint8Array> = new Map(),
		before: readonly ReadonlyMap<string, Uint8Array>[] = [],
	) {
		this.#files = new Map(files);
		this.#before = [...before];
	}

	// ---- the world's side -------------------------------------------------------------------------------------------

	has(name: string): boolean {
		return this.#files.has(name);
	}

	/** What is on the disk now, as copies. */
	files(): Map<string, Uint8Array> {
		return new Map([...this.#files].map(([name, bytes]) => [name, bytes.slice()]));
	}

	/** The same files for a new engine. This store answers nobody any more: calls in flight and later ones never settle. */
	afterCrash(): MemoryStore {
		this.#dead = true;
		return new MemoryStore(this.files(), this.#before);
	}

	/** As it was before the last `count` writes, or as long ago as is known, for a new engine. */
	before(count: number): MemoryStore {
		const index = Math.max(0, this.#before.length - count);
		return new MemoryStore(this.#before[index] ?? this.#files, this.#before.slice(0, index));
	}

	/** The next `count` writes and appends reject, leaving everything as it was (a full disk). */
	failNextWrites(count: number): void {
		this.#failures = count;
	}

	/**
	 * The next write or append leaves only the first `length` bytes of what it was given, then the store is dead, and
	 * `onDeath` tells whoever plays the rest of the program.
	 */
	crashInNextWrite(length: number, onDeath: () => void = () => undefined): void {
		this.#tear = length;
		this.#onDeath = onDeath;
	}

	// ---- the port ---------------------------------------------------------------------------------------------------

	list(prefix: string): Promise<readonly string[]> {
		return this.#answer(() => [...this.#files.keys()].filter((name) => name.startsWith(prefix)));
	}

	read(name: string): Promise<Uint8Array | undefined> {
		return this.#answer(() => this.#files.get(name)?.slice());
	}

	write(name: string, bytes: Uint8Array): Promise<void> {
		return this.#store(name, undefined, bytes);
	}

	append(name: string, bytes: Uint8Array): Promise<void> {
		return this.#store(name, () => this.#files.get(name) ?? new Uint8Array(), bytes);
	}

	remove(name: string): Promise<void> {
		return this.#answer(() => {
			this.#files.delete(name);
		});
	}

	/** `before`: of an append, what it comes behind. */
	#store(name: string, before: (() => Uint8Array) | undefined, bytes: Uint8Array): Promise<void> {
		return this.#answer(() => {
			if (this.#failures > 0) {
				this.#failures--;
				throw new Error("injected: no space left");
			}
			this.#before.push(new Map(this.#files));
			if (this.#before.length > REMEMBERED_MAX) this.#before.shift();
			const torn = this.#tear;
			this.#tear = undefined;
			const written = torn === undefined ? bytes : bytes.subarray(0, torn);
			this.#files.set(name, before === undefined ? written.slice() : concatBytes(before(), written));
			if (written.length === bytes.length) this.onWritten(name, bytes, before === undefined);
			if (torn === undefined) return;
			this.#dead = true;
			this.#onDeath();
		});
	}

	#answer<T>(act: () => T): Promise<T> {
		return new Promise((resolve, reject) => {
			if (this.#dead) return;
			try {
				const value = act();
				// `act` may have been the last thing this store did.
				if (!this.#isDead()) resolve(value);
			} catch (error) {
				reject(error);
			}
		});
	}

	#isDead(): boolean {
		return this.#dead;
	}
}
