// The bytes that the engine replaced or removed on this device, so that nothing is lost for good: kept before the vault is
// touched, found by hash, listed by path. Rules H1–H3 of readme/SPEC.md. (Budget and restore come with their own issue.)
import { decodeMulti, encode } from "@msgpack/msgpack";
import * as v from "valibot";
import { concatBytes, equalBytes } from "../core/bytes.ts";
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

const CONTENT = "history/content/";
const LIST = "history/list-";
const LIST_NAME = /^history\/list-([0-9]{8,15})$/;
const kept = v.pipe(
	v.strictTuple([mtimeSchema, pathSchema, hashSchema, sizeSchema, v.picklist(["replaced", "deleted"])]),
	v.transform(([atMs, path, hash, size, reason]): KeptVersion => ({ atMs, path, hash, size, reason })),
);

export class History {
	readonly #store: StateStore;
	readonly #clock: Clock;
	/** Content files that are durable, or about to be: the same bytes are kept once. */
	readonly #stored = new Map<string, Promise<void>>();
	/** Found at the start: a crash may have cut them off. */
	readonly #unchecked: Set<string>;
	/** Files of lines, oldest first; the last one is appended to. */
	readonly #lists: number[];
	#lines: Uint8Array[] = [];
	#appending: Promise<void> = Promise.resolve();

	private constructor(store: StateStore, clock: Clock, contents: readonly string[], lists: number[]) {
		this.#store = store;
		this.#clock = clock;
		this.#unchecked = new Set(contents);
		this.#lists = lists;
	}

	static async open(store: StateStore, clock: Clock): Promise<History> {
		const lists = (await store.list(LIST))
			.flatMap((name) => (LIST_NAME.test(name) ? [Number(name.slice(LIST.length))] : []))
			.sort((a, b) => a - b);
		const last = lists.at(-1);
		const bytes = last === undefined ? undefined : await store.read(listName(last));
		// Nothing is appended behind a line that a crash cut off.
		if (last === undefined || (bytes !== undefined && !parseLines(bytes).isWhole)) lists.push((last ?? 0) + 1);
		return new History(store, clock, await store.list(CONTENT), lists);
	}

	/** Durable when it resolves. */
	async keep(path: VaultPath, hash: ContentHash, bytes: Uint8Array, reason: KeptVersion["reason"]): Promise<void> {
		const name = contentName(hash);
		let stored = this.#stored.get(name);
		if (stored === undefined) {
			stored = this.#storeContent(name, bytes);
			this.#stored.set(name, stored);
			stored.catch(() => this.#stored.delete(name));
		}
		await stored;
		this.#lines.push(encode([this.#clock.now(), path, contentHashToBytes(hash), bytes.length, reason]));
		await this.#appendLines();
	}

	async #storeContent(name: string, bytes: Uint8Array): Promise<void> {
		if (this.#unchecked.has(name)) {
			const there = await this.#store.read(name);
			if (there !== undefined && equalBytes(there, bytes)) return;
		}
		await this.#store.write(name, bytes);
	}

	/** One append for all lines that wait, one append at a time. */
	#appendLines(): Promise<void> {
		const append = async (): Promise<void> => {
			const lines = this.#lines;
			if (lines.length === 0) return;
			this.#lines = [];
			const list = this.#lists.at(-1) ?? 1;
			try {
				await this.#store.append(listName(list), concatBytes(...lines));
			} catch (error) {
				// A part of them may be there; whoever else waits for these lines must not believe that all of them are.
				this.#lines = [...lines, ...this.#lines];
				this.#lists.push(list + 1);
				throw error;
			}
		};
		this.#appending = this.#appending.then(append, append);
		return this.#appending;
	}

	async list(): Promise<readonly KeptVersion[]> {
		const versions: KeptVersion[] = [];
		for (const list of this.#lists) {
			const bytes = await this.#store.read(listName(list));
			if (bytes !== undefined) versions.push(...parseLines(bytes).versions);
		}
		return versions;
	}

	async read(hash: ContentHash): Promise<Uint8Array | undefined> {
		const name = contentName(hash);
		await this.#stored.get(name);
		return this.#stored.has(name) || this.#unchecked.has(name) ? this.#store.read(name) : undefined;
	}
}

/** A line cut off by a crash ends its file; the content it speaks of is still there. */
function parseLines(bytes: Uint8Array): { readonly versions: KeptVersion[]; readonly isWhole: boolean } {
	const versions: KeptVersion[] = [];
	try {
		for (const raw of decodeMulti(bytes)) {
			const parsed = v.safeParse(kept, raw);
			if (!parsed.success) return { versions, isWhole: false };
			versions.push(parsed.output);
		}
	} catch {
		// @msgpack/msgpack throws several kinds of errors for bytes that are cut off or no MessagePack, and nothing else.
		return { versions, isWhole: false };
	}
	return { versions, isWhole: true };
}

function contentName(hash: ContentHash): string {
	return CONTENT + hash;
}

function listName(list: number): string {
	return LIST + String(list).padStart(8, "0");
}
