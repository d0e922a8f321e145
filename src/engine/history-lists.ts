// The lines of the history: what changed here, from what to what, by whom, in files of lines that are only ever appended to,
// and now and then written anew. Rules H3, H6 of readme/SPEC.md.
import { decodeMulti, encode } from "@msgpack/msgpack";
import * as v from "valibot";
import { concatBytes } from "../core/bytes.ts";
import { contentHashToBytes, type ContentHash } from "../core/hash.ts";
import type { VaultPath } from "../core/path.ts";
import { hashSchema, mtimeSchema, pathSchema, sizeSchema } from "../wire/record-codec.ts";
import { wasDone } from "./guarded-store.ts";
import type { StateStore } from "./ports/state-store.ts";

export interface Content {
	readonly hash: ContentHash;
	readonly size: number;
}

/** One change of the vault, whoever made it. */
export interface HistoryLine {
	/** Wall time in ms, for people. */
	readonly atMs: number;
	readonly path: VaultPath;
	/** `undefined`: nothing stood there. */
	readonly before: Content | undefined;
	/** `undefined`: nothing stands there any more. */
	readonly after: Content | undefined;
	/** Whether the bytes of `before` were kept. */
	readonly isKept: boolean;
	/** Changes that are taken back together; `""`: of no batch. */
	readonly batch: string;
	/** The device whose act it was, for people. */
	readonly by: string;
	/** An act on this device. */
	readonly isOwn: boolean;
}

const LIST = "history/list-";
/** All lines of the lists up to this number, written anew. */
const WHOLE = "history/whole-";
const NUMBER = /-([0-9]{8,15})$/;

const optionalHash = v.nullable(hashSchema);
const lineSchema = v.pipe(
	v.strictTuple([
		mtimeSchema,
		pathSchema,
		optionalHash,
		sizeSchema,
		optionalHash,
		sizeSchema,
		v.boolean(),
		v.string(),
		v.string(),
		v.boolean(),
	]),
	v.transform(([atMs, path, before, sizeBefore, after, sizeAfter, isKept, batch, by, isOwn]): HistoryLine => ({
		atMs,
		path,
		before: before === null ? undefined : { hash: before, size: sizeBefore },
		after: after === null ? undefined : { hash: after, size: sizeAfter },
		isKept,
		batch,
		by,
		isOwn,
	})),
);
/** As the first version wrote them. */
const oldLineSchema = v.pipe(
	v.strictTuple([mtimeSchema, pathSchema, hashSchema, sizeSchema, v.picklist(["replaced", "deleted"])]),
	v.transform(([atMs, path, hash, size, reason]): HistoryLine => ({
		atMs,
		path,
		before: { hash, size },
		// By what it was replaced is not known; it belongs to no batch, so nobody asks.
		after: reason === "deleted" ? undefined : { hash, size },
		isKept: true,
		batch: "",
		by: "",
		isOwn: false,
	})),
);
const anyLineSchema = v.union([lineSchema, oldLineSchema]);

export class HistoryLists {
	readonly #store: StateStore;
	/** Of the list that is appended to: a new one in each run, so nothing is written behind what a crash cut off. */
	#number: number;
	/** Told apart from every earlier run whose lines are there. */
	readonly run: number;
	#waiting: HistoryLine[] = [];
	#lines: Promise<HistoryLine[]> | undefined;
	#loaded: HistoryLine[] | undefined;
	#appending: Promise<void> = Promise.resolve();

	private constructor(store: StateStore, last: number) {
		this.#store = store;
		this.#number = this.run = last + 1;
	}

	static async open(store: StateStore): Promise<HistoryLists> {
		const numbers = [...(await store.list(LIST)), ...(await store.list(WHOLE))].map(numberOf);
		return new HistoryLists(store, Math.max(0, ...numbers));
	}

	/** Written with the next `flush`. */
	add(line: HistoryLine): void {
		this.#waiting.push(line);
	}

	/** All that was added is durable when it resolves: one append for all lines that wait, one append at a time. */
	flush(): Promise<void> {
		if (this.#waiting.length === 0) return this.#appending;
		const append = async (): Promise<void> => {
			const lines = this.#waiting;
			if (lines.length === 0) return;
			this.#waiting = [];
			try {
				await this.#store.append(listName(this.#number), concatBytes(...lines.map(bytesOf)));
				this.#loaded?.push(...lines);
			} catch (error) {
				// A part of them may be there; whoever else waits for these lines must not believe that all of them are.
				this.#waiting = [...lines, ...this.#waiting];
				this.#number++;
				throw error;
			}
		};
		this.#appending = this.#appending.then(append, append);
		return this.#appending;
	}

	/** Oldest first; what waits is not among them. */
	async lines(): Promise<readonly HistoryLine[]> {
		if (this.#lines === undefined) {
			// Nothing is appended meanwhile: it would be in no list that is in memory, and go when that is written anew.
			const load = (): Promise<HistoryLine[]> => this.#load();
			const loading = this.#appending.then(load, load);
			this.#lines = loading;
			this.#appending = loading.then(
				() => undefined,
				() => undefined,
			);
		}
		try {
			return await this.#lines;
		} catch (error) {
			this.#lines = undefined;
			throw error;
		}
	}

	/** The last line of a batch at `path`, also of what waits. Where the store cannot say, none. */
	async lastInBatch(path: VaultPath): Promise<HistoryLine | undefined> {
		const lines = await this.#appending
			.catch(() => undefined)
			.then(() => this.lines())
			.catch(() => []);
		const isIt = (line: HistoryLine): boolean => line.path === path && line.batch !== "";
		return this.#waiting.findLast(isIt) ?? lines.findLast(isIt);
	}

	async #load(): Promise<HistoryLine[]> {
		const lists = (await this.#store.list(LIST)).map(numberOf).sort(ascending);
		const wholes = (await this.#store.list(WHOLE)).map(numberOf).sort(ascending);
		const lines: HistoryLine[] = [];
		let first = 0;
		for (const number of wholes.toReversed()) {
			const bytes = await this.#store.read(wholeName(number));
			const read = bytes === undefined ? { lines: [], isWhole: false } : parse(bytes);
			// Cut off while it was written: what it was made of is still there. Otherwise something is better than nothing.
			if (!read.isWhole && (lists.some((list) => list <= number) || wholes.some((other) => other < number))) continue;
			lines.push(...read.lines);
			first = number;
			break;
		}
		for (const number of lists) {
			if (number <= first) continue;
			const bytes = await this.#store.read(listName(number));
			if (bytes !== undefined) lines.push(...parse(bytes).lines);
		}
		this.#loaded = lines;
		return lines;
	}

	/**
	 * Writes only the lines that `stays`, as a new file, before the old ones go. Rejects with StorageError; then all is as it
	 * was. Not while something is added.
	 */
	async rewrite(stays: (line: HistoryLine) => boolean): Promise<void> {
		const lines = (await this.lines()).filter(stays);
		const number = this.#number++;
		await this.#store.write(wholeName(number), concatBytes(...lines.map(bytesOf), encode(lines.length)));
		this.#loaded = lines;
		this.#lines = Promise.resolve(lines);
		for (const name of await this.#store.list(LIST)) {
			if (numberOf(name) <= number) await wasDone(this.#store.remove(name));
		}
		for (const name of await this.#store.list(WHOLE)) {
			if (numberOf(name) !== number) await wasDone(this.#store.remove(name));
		}
	}
}

/** A line cut off by a crash ends its file. Whole: it ends with the number of its lines. */
function parse(bytes: Uint8Array): { readonly lines: HistoryLine[]; readonly isWhole: boolean } {
	const lines: HistoryLine[] = [];
	let isWhole = false;
	try {
		for (const raw of decodeMulti(bytes)) {
			if (typeof raw === "number") isWhole = raw === lines.length;
			const parsed = v.safeParse(anyLineSchema, raw);
			if (!parsed.success) break;
			lines.push(parsed.output);
		}
	} catch {
		// @msgpack/msgpack throws several kinds of errors for bytes that are cut off or no MessagePack, and nothing else.
	}
	return { lines, isWhole };
}

function bytesOf({ atMs, path, before, after, isKept, batch, by, isOwn }: HistoryLine): Uint8Array {
	const hash = (content: Content | undefined): Uint8Array | null =>
		content === undefined ? null : contentHashToBytes(content.hash);
	return encode([atMs, path, hash(before), before?.size ?? 0, hash(after), after?.size ?? 0, isKept, batch, by, isOwn]);
}

function numberOf(name: string): number {
	return Number(NUMBER.exec(name)?.[1] ?? 0);
}

function ascending(a: number, b: number): number {
	return a - b;
}

function listName(number: number): string {
	return LIST + String(number).padStart(8, "0");
}

function wholeName(number: number): string {
	return WHOLE + String(number).padStart(8, "0");
}
