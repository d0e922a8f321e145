// The bytes of texts as they stood here, so that versions made apart can be merged from what they have in common: an edit is seen
// only when it has replaced them. Packs of bytes with a list each, within a budget. A cache: what is lost of it makes a conflict
// copy of what would have been a merge, and nothing else. Rules X9, X10 of readme/SPEC.md.
import { decodeMulti, encode } from "@msgpack/msgpack";
import * as v from "valibot";
import { concatBytes } from "../core/bytes.ts";
import { contentHashToBytes, type ContentHash } from "../core/hash.ts";
import { hashSchema, sizeSchema } from "../wire/record-codec.ts";
import { wasDone } from "./guarded-store.ts";
import type { Clock } from "./ports/clock.ts";
import type { StateStore } from "./ports/state-store.ts";

export interface BasesOptions {
	readonly store: StateStore;
	readonly clock: Clock;
	readonly hash: (bytes: Uint8Array) => ContentHash;
	readonly budgetBytes?: number;
}

/** What is worth keeping, by what the records say now. */
export interface Worth {
	/** Nowhere else on this device, and wanted. */
	readonly needed: ReadonlySet<ContentHash>;
	/** Versions may have to be merged from it. */
	readonly useful: ReadonlySet<ContentHash>;
}

interface Place {
	readonly pack: number;
	readonly offset: number;
	readonly length: number;
}

const PACK = "bases/pack-";
const LIST = "bases/list-";
const NUMBER = /-([0-9]{8,15})$/;
export const BASES_BUDGET_BYTES = 64 * 1024 * 1024;
/** Read as a whole for any content in it. */
const PACK_BYTES = 1024 * 1024;
/** What waits is written together, after so many bytes or so much time: it is on the vault's own disk meanwhile. */
const FLUSH_BYTES = 1024 * 1024;
const FLUSH_AFTER_MS = 2_000;
/** While the store fails, no more than this waits for it. */
const WAITING_BYTES_MAX = 8 * 1024 * 1024;
/** Of the budget, after tidying: not for every next version again. */
const TIDY_TO = 0.75;
/** Of what no record speaks of any more; more is cleared away at the next start. */
const GARBAGE_BYTES_MAX = 4 * 1024 * 1024;

const placeSchema = v.strictTuple([hashSchema, sizeSchema, sizeSchema]);

export class Bases {
	readonly #store: StateStore;
	readonly #clock: Clock;
	readonly #hash: (bytes: Uint8Array) => ContentHash;
	readonly #budget: number;
	/** Oldest first. */
	readonly #places: Map<ContentHash, Place>;
	/** Bytes by pack, those included that nothing points to any more. */
	readonly #packs: Map<number, number>;
	#waiting = new Map<ContentHash, Uint8Array>();
	#waitingBytes = 0;
	/** The pack that is appended to; `undefined`: its end is not known to be whole yet. */
	#open: number | undefined;
	#lastRead: { readonly pack: number; readonly bytes: Uint8Array } | undefined;
	#flushing: Promise<void> = Promise.resolve();
	#cancelFlush: (() => void) | undefined;
	#tidyAtBytes = 0;

	private constructor(options: BasesOptions, places: Map<ContentHash, Place>, packs: Map<number, number>) {
		this.#store = options.store;
		this.#clock = options.clock;
		this.#hash = options.hash;
		this.#budget = options.budgetBytes ?? BASES_BUDGET_BYTES;
		this.#places = places;
		this.#packs = packs;
	}

	/** Reads the lists, not the contents. Rejects with StorageError. */
	static async open(options: BasesOptions): Promise<Bases> {
		const places = new Map<ContentHash, Place>();
		const packs = new Map<number, number>();
		const numbers = (await options.store.list(LIST)).map(numberOf).sort((a, b) => a - b);
		// A crash kept its list from being written, or the pack from being removed.
		for (const name of await options.store.list(PACK)) {
			if (!numbers.includes(numberOf(name))) await wasDone(options.store.remove(name));
		}
		for (const pack of numbers) {
			const list = (await options.store.read(listName(pack))) ?? new Uint8Array();
			for (const { hash, offset, length } of parseList(list)) {
				places.set(hash, { pack, offset, length });
				packs.set(pack, offset + length);
			}
		}
		return new Bases(options, places, packs);
	}

	/** On the disk, or about to be. */
	get bytes(): number {
		let bytes = this.#waitingBytes;
		for (const size of this.#packs.values()) bytes += size;
		return bytes;
	}

	has(hash: ContentHash): boolean {
		return this.#waiting.has(hash) || this.#places.has(hash);
	}

	/** Rejects with StorageError. `undefined`: it is not here, or not whole any more. */
	async find(hash: ContentHash): Promise<Uint8Array | undefined> {
		const waiting = this.#waiting.get(hash);
		if (waiting !== undefined) return waiting;
		for (let place = this.#places.get(hash); place !== undefined; place = this.#places.get(hash)) {
			const { pack, offset, length } = place;
			const isFresh = this.#lastRead?.pack !== pack;
			const bytes = (await this.#readPack(pack)).subarray(offset, offset + length);
			if (bytes.length === length && this.#hash(bytes) === hash) return bytes.slice();
			// Read before it was appended to, or moved meanwhile: looked at again. Otherwise it is damaged.
			this.#lastRead = undefined;
			if (isFresh && this.#places.get(hash) === place) this.#places.delete(hash);
		}
		return this.#waiting.get(hash);
	}

	/** May be useful one day: kept while there is room. `isSpare`: nothing goes to make room for it. */
	add(hash: ContentHash, bytes: Uint8Array, options: { readonly isSpare?: boolean } = {}): void {
		if (this.#waitingBytes + bytes.length > WAITING_BYTES_MAX) return;
		if (options.isSpare === true && this.bytes + bytes.length > this.#budget * TIDY_TO) return;
		this.#add(hash, bytes);
	}

	/** Durable when it resolves. Rejects with StorageError. */
	async keep(contents: ReadonlyMap<ContentHash, Uint8Array>): Promise<void> {
		for (const [hash, bytes] of contents) this.#add(hash, bytes);
		await this.flush();
	}

	#add(hash: ContentHash, bytes: Uint8Array): void {
		if (this.has(hash)) return;
		this.#waiting.set(hash, bytes);
		this.#waitingBytes += bytes.length;
		this.#cancelFlush ??= this.#clock.schedule(FLUSH_AFTER_MS, () => {
			this.#cancelFlush = undefined;
			this.#flushInBackground();
		});
	}

	/** Begins to write when much waits: nobody has to wait for that. */
	flushWhenGrown(): void {
		if (this.#waitingBytes >= FLUSH_BYTES) this.#flushInBackground();
	}

	#flushInBackground(): void {
		// What cannot be written stays in memory, and is written with what comes next.
		this.flush().catch(() => undefined);
	}

	/** All that was added is durable when it resolves. Rejects with StorageError. */
	flush(): Promise<void> {
		const write = (): Promise<void> => this.#write();
		this.#flushing = this.#flushing.then(write, write);
		return this.#flushing;
	}

	/** Leaves no timer, and nothing that waits. */
	async close(): Promise<void> {
		this.#cancelFlush?.();
		this.#cancelFlush = undefined;
		await wasDone(this.flush());
	}

	async #write(): Promise<void> {
		while (this.#waiting.size > 0) {
			const pack = await this.#packToAppendTo();
			let offset = this.#packs.get(pack) ?? 0;
			const some = new Map<ContentHash, Place>();
			const parts: Uint8Array[] = [];
			for (const [hash, bytes] of this.#waiting) {
				if (offset >= PACK_BYTES) break;
				some.set(hash, { pack, offset, length: bytes.length });
				parts.push(bytes);
				offset += bytes.length;
			}
			// Nothing may be written behind what a failing store left of it.
			this.#open = pack + 1;
			await this.#store.append(packName(pack), concatBytes(...parts));
			await this.#store.append(listName(pack), concatBytes(...[...some].map(lineOf)));
			this.#open = pack;
			this.#packs.set(pack, offset);
			if (this.#lastRead?.pack === pack) this.#lastRead = undefined;
			for (const [hash, place] of some) {
				this.#places.set(hash, place);
				this.#waiting.delete(hash);
				this.#waitingBytes -= place.length;
			}
		}
		this.#cancelFlush?.();
		this.#cancelFlush = undefined;
	}

	async #packToAppendTo(): Promise<number> {
		const last = Math.max(0, ...this.#packs.keys());
		const size = this.#packs.get(last) ?? 0;
		if (this.#open === undefined) {
			// Behind what a crash cut off, nothing would be found where its list says.
			const isWhole = size > 0 && size < PACK_BYTES && (await this.#isWhole(last, size));
			this.#open = isWhole ? last : last + 1;
		}
		if ((this.#packs.get(this.#open) ?? 0) >= PACK_BYTES) this.#open = last + 1;
		return this.#open;
	}

	async #isWhole(pack: number, size: number): Promise<boolean> {
		const list = (await this.#store.read(listName(pack))) ?? new Uint8Array();
		const lines = parseList(list).map(({ hash, ...place }) => lineOf([hash, place]));
		return concatBytes(...lines).length === list.length && (await this.#readPack(pack)).length === size;
	}

	async #readPack(pack: number): Promise<Uint8Array> {
		if (this.#lastRead?.pack !== pack) {
			const bytes = (await this.#store.read(packName(pack))) ?? new Uint8Array();
			this.#lastRead = { pack, bytes };
		}
		return this.#lastRead.bytes;
	}

	/**
	 * Brings it within its budget, and at the start clears away what is of no use. What is needed stays in any case, what is
	 * useful if there is room for it; of the rest the oldest goes first. Rejects with StorageError.
	 */
	async tidy(worth: () => Worth): Promise<void> {
		if (this.bytes <= this.#tidyAtBytes) return;
		const isFirst = this.#tidyAtBytes === 0;
		this.#tidyAtBytes = Math.max(this.#budget, this.bytes);
		if (this.bytes === 0 || (!isFirst && this.bytes <= this.#budget)) return;
		const { needed, useful } = worth();
		let usefulBytes = 0;
		for (const [hash, { length }] of this.#places) if (needed.has(hash) || useful.has(hash)) usefulBytes += length;
		const isRoomFor = usefulBytes <= this.#budget * TIDY_TO;
		const garbage = this.bytes - usefulBytes;
		const isOver = this.bytes > this.#budget;
		if (!isOver && garbage <= Math.max(GARBAGE_BYTES_MAX, this.bytes / 4)) return;
		await this.flush();
		const stays = (hash: ContentHash): boolean => needed.has(hash) || (isRoomFor && useful.has(hash));
		for (const pack of [...this.#packs.keys()].sort((a, b) => a - b)) {
			if (isOver && this.bytes <= this.#budget * TIDY_TO) break;
			await this.#rewrite(pack, stays);
		}
		this.#tidyAtBytes = Math.max(this.#budget, this.bytes + this.#budget / 8);
	}

	/** What stays of a pack goes to the newest one; then the pack goes. */
	async #rewrite(pack: number, stays: (hash: ContentHash) => boolean): Promise<void> {
		const here = [...this.#places].filter(([, place]) => place.pack === pack);
		const left = here.filter(([hash]) => stays(hash));
		const leftBytes = left.reduce((sum, [, { length }]) => sum + length, 0);
		// The newest may be appended to just now.
		if (pack === Math.max(...this.#packs.keys()) || leftBytes === this.#packs.get(pack)) return;
		const contents = new Map<ContentHash, Uint8Array>();
		for (const [hash] of left) {
			const bytes = await this.find(hash);
			if (bytes !== undefined) contents.set(hash, bytes);
		}
		for (const [hash] of here) this.#places.delete(hash);
		await this.keep(contents);
		this.#packs.delete(pack);
		// The list first: without it nobody looks for the pack's contents.
		await wasDone(this.#store.remove(listName(pack)));
		await wasDone(this.#store.remove(packName(pack)));
	}
}

/** A line that a crash cut off ends its list. */
function parseList(bytes: Uint8Array): ({ readonly hash: ContentHash } & Omit<Place, "pack">)[] {
	const lines: ({ readonly hash: ContentHash } & Omit<Place, "pack">)[] = [];
	try {
		for (const raw of decodeMulti(bytes)) {
			const parsed = v.safeParse(placeSchema, raw);
			if (!parsed.success) break;
			const [hash, offset, length] = parsed.output;
			lines.push({ hash, offset, length });
		}
	} catch {
		// @msgpack/msgpack throws several kinds of errors for bytes that are cut off or no MessagePack, and nothing else.
	}
	return lines;
}

function lineOf([hash, { offset, length }]: readonly [ContentHash, Pick<Place, "offset" | "length">]): Uint8Array {
	return encode([contentHashToBytes(hash), offset, length]);
}

function numberOf(name: string): number {
	return Number(NUMBER.exec(name)?.[1] ?? 0);
}

function packName(pack: number): string {
	return PACK + String(pack).padStart(8, "0");
}

function listName(pack: number): string {
	return LIST + String(pack).padStart(8, "0");
}
