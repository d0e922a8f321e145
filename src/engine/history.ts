// The bytes that the engine replaced or removed on this device, so that nothing is lost for good: kept before the vault is
// touched, found by hash, listed by path. Rules H1–H3 of readme/SPEC.md. (Budget and restore come with their own issue.)
import { decodeMulti, encode } from "@msgpack/msgpack";
import * as v from "valibot";
import { concatBytes } from "../core/bytes.ts";
import { contentHashToBytes, type ContentHash } from "../core/hash.ts";
import type { VaultPath } from "../core/path.ts";
import { hashSchema, mtimeSchema, pathSchema, sizeSchema } from "../wire/record-codec.ts";
import type { Clock } from "./ports/clock.ts";
import type { StateStore } from "./ports/state-store.ts";

export interface KeptVersion {
	readonly atMs: number;
	readonly path: VaultPath;
	readonly hash: ContentHash;
	readonly size: number;
	readonly reason: "replaced" | "deleted";
}

const LIST = "history/list";
const kept = v.pipe(
	v.strictTuple([mtimeSchema, pathSchema, hashSchema, sizeSchema, v.picklist(["replaced", "deleted"])]),
	v.transform(([atMs, path, hash, size, reason]): KeptVersion => ({ atMs, path, hash, size, reason })),
);

export class History {
	readonly #store: StateStore;
	readonly #clock: Clock;
	/** Content files that are durable, or about to be: the same bytes are kept once. */
	readonly #stored: Map<string, Promise<void>>;
	#lines: Uint8Array[] = [];
	#appending: Promise<void> = Promise.resolve();

	private constructor(store: StateStore, clock: Clock, stored: readonly string[]) {
		this.#store = store;
		this.#clock = clock;
		this.#stored = new Map(stored.map((name) => [name, Promise.resolve()]));
	}

	static async open(store: StateStore, clock: Clock): Promise<History> {
		return new History(store, clock, await store.list("history/content/"));
	}

	/** Durable when it resolves. */
	async keep(path: VaultPath, hash: ContentHash, bytes: Uint8Array, reason: KeptVersion["reason"]): Promise<void> {
		const name = contentName(hash);
		let stored = this.#stored.get(name);
		if (stored === undefined) {
			stored = this.#store.write(name, bytes);
			this.#stored.set(name, stored);
			stored.catch(() => this.#stored.delete(name));
		}
		await stored;
		this.#lines.push(encode([this.#clock.now(), path, contentHashToBytes(hash), bytes.length, reason]));
		await this.#appendLines();
	}

	/** One append for all lines that wait, one append at a time. */
	#appendLines(): Promise<void> {
		const append = async (): Promise<void> => {
			const lines = this.#lines;
			this.#lines = [];
			if (lines.length > 0) await this.#store.append(LIST, concatBytes(...lines));
		};
		this.#appending = this.#appending.then(append, append);
		return this.#appending;
	}

	async list(): Promise<readonly KeptVersion[]> {
		const bytes = await this.#store.read(LIST);
		if (bytes === undefined) return [];
		const versions: KeptVersion[] = [];
		try {
			for (const raw of decodeMulti(bytes)) {
				const parsed = v.safeParse(kept, raw);
				if (parsed.success) versions.push(parsed.output);
			}
		} catch (error) {
			// A line cut off by a crash ends the list; its content file is still there.
			if (!(error instanceof RangeError)) throw error;
		}
		return versions;
	}

	async read(hash: ContentHash): Promise<Uint8Array | undefined> {
		const stored = this.#stored.get(contentName(hash));
		if (stored === undefined) return undefined;
		await stored;
		return this.#store.read(contentName(hash));
	}
}

function contentName(hash: ContentHash): string {
	return `history/content/${hash}`;
}
