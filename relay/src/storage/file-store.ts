// Objects as files in one folder. A body goes into a file beside its place as it comes, is flushed, and moved into its place when it is
// whole; what a crash left unfinished is removed at the next start. In front of the bytes each file says how many there are and
// their tag, so that one that a failing disk cut off is known by it. One process at a time works in the folder.
import { createHash, randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { mkdir, open, readdir, rename, statfs, unlink } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";
import type { RelayClock } from "../clock.ts";
import { ObjectIndex } from "./object-index.ts";
import { BodyLengthError, StoreFullError, holds, isObjectKey } from "./object-store.ts";
import type {
	Listing,
	ObjectStore,
	OpenedObject,
	StoredObject,
	Upload,
	WriteCondition,
	Written,
} from "./object-store.ts";
import { TAG_BYTES, distinctTimes, errorCode } from "./tag.ts";

export interface FileStoreOptions {
	readonly folder: string;
	readonly clock: RelayClock;
	/** What stays free on the disk for everything else that is there. */
	readonly freeBytesMin: number;
}

const MAGIC = Buffer.from("PSMB\u0001", "latin1");
const TIME_BYTES = 6;
const LENGTH_BYTES = 6;
/** Magic and layout, when, how many bytes, their tag. */
const HEADER_BYTES = MAGIC.length + TIME_BYTES + LENGTH_BYTES + TAG_BYTES;
const PIECE_BYTES = 64 * 1024;
const UNFINISHED = /\.[0-9a-f]{8}\.tmp$/;
/** Files that are looked at together at the start. */
const LOOKS_AT_ONCE = 64;
const FULL = new Set(["ENOSPC", "EDQUOT"]);

export class FileStore implements ObjectStore {
	readonly #options: FileStoreOptions;
	readonly #index = new ObjectIndex<StoredObject>();
	readonly #nextTime: () => number;
	/** Files that are no whole objects of ours, of the last start. */
	#damaged = 0;

	private constructor(options: FileStoreOptions) {
		this.#options = options;
		this.#nextTime = distinctTimes(options.clock);
	}

	static async open(options: FileStoreOptions): Promise<FileStore> {
		const store = new FileStore(options);
		await mkdir(options.folder, { recursive: true, mode: 0o700 });
		await store.#load();
		return store;
	}

	get damaged(): number {
		return this.#damaged;
	}

	list(listing: Listing): Promise<readonly StoredObject[]> {
		return Promise.resolve(this.#index.list(listing));
	}

	stat(key: string): Promise<StoredObject | undefined> {
		return Promise.resolve(this.#index.get(key));
	}

	async read(key: string, range?: { readonly from: number; readonly to: number }): Promise<OpenedObject | undefined> {
		if (this.#index.get(key) === undefined) return undefined;
		const file = await openIfThere(this.#placeOf(key));
		if (file === undefined) return undefined;
		let object: StoredObject | undefined;
		try {
			// From the file: between the look and here another one may have come into its place.
			object = await described(file, key);
		} finally {
			if (object === undefined) await file.close();
		}
		if (object === undefined) return undefined;
		const body = pieces(file, range?.from ?? 0, Math.min(range?.to ?? Infinity, object.bytes));
		return { object, body, close: () => file.close() };
	}

	async write(key: string, { bytes, body, condition }: Upload): Promise<Written | undefined> {
		if (!isObjectKey(key)) throw new Error("not a key");
		await this.#checkRoom(bytes);
		const place = this.#placeOf(key);
		const unfinished = `${place}.${randomBytes(4).toString("hex")}.tmp`;
		try {
			const object = await this.#writeBeside(unfinished, key, { bytes, body });
			return await this.#index.inTurn(key, () => this.#commit(unfinished, object, condition));
		} catch (error) {
			if (FULL.has(errorCode(error) ?? "")) throw new StoreFullError("the disk is full", { cause: error });
			throw error;
		} finally {
			// Gone already when it was moved.
			await removed(unfinished);
		}
	}

	async remove(key: string, condition?: { readonly match: string }): Promise<StoredObject | undefined> {
		return this.#index.inTurn(key, async () => {
			const object = this.#index.get(key);
			if (object === undefined || !holds(condition, object)) return undefined;
			await removed(this.#placeOf(key));
			this.#index.delete(key);
			await this.#flushNames();
			return object;
		});
	}

	async close(): Promise<void> {
		await this.#index.settled();
	}

	async #writeBeside(path: string, key: string, { bytes, body }: Omit<Upload, "condition">): Promise<StoredObject> {
		const file = await open(path, "wx", 0o600);
		try {
			const hash = createHash("sha256");
			let length = 0;
			for await (const piece of body) {
				if (length + piece.length > bytes) throw new BodyLengthError("the body goes on");
				hash.update(piece);
				await writeAll(file, piece, HEADER_BYTES + length);
				length += piece.length;
			}
			if (length !== bytes) throw new BodyLengthError("the body ends too early");
			const tag = hash.digest().subarray(0, TAG_BYTES);
			const object = { key, bytes, tag: tag.toString("hex"), writtenAt: this.#nextTime() };
			await writeAll(file, headerOf(object), 0);
			await file.sync();
			return object;
		} finally {
			await file.close();
		}
	}

	async #commit(
		unfinished: string,
		object: StoredObject,
		condition: WriteCondition | undefined,
	): Promise<Written | undefined> {
		const replaced = this.#index.get(object.key);
		if (!holds(condition, replaced)) return undefined;
		await rename(unfinished, this.#placeOf(object.key));
		// It is there from here on, whatever happens to the flush.
		this.#index.set(object);
		await this.#flushNames();
		return { object, replaced };
	}

	async #checkRoom(bytes: number): Promise<void> {
		const { folder, freeBytesMin } = this.#options;
		const { bavail, bsize } = await statfs(folder);
		if (bavail * bsize < bytes + freeBytesMin) throw new StoreFullError("the disk is nearly full");
	}

	async #load(): Promise<void> {
		const entries = await readdir(this.#options.folder, { withFileTypes: true });
		const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
		this.#damaged = entries.length - names.length;
		for (let at = 0; at < names.length; at += LOOKS_AT_ONCE) {
			const looks = names.slice(at, at + LOOKS_AT_ONCE).map((name) => this.#look(name));
			for (const object of await Promise.all(looks)) if (object !== undefined) this.#index.set(object);
		}
	}

	async #look(name: string): Promise<StoredObject | undefined> {
		const path = join(this.#options.folder, name);
		const isUnfinished = UNFINISHED.test(name);
		const key = name.replace(UNFINISHED, "").replaceAll("-", "/");
		if (!isObjectKey(key)) {
			this.#damaged++;
			return undefined;
		}
		if (isUnfinished) {
			await removed(path);
			return undefined;
		}
		const file = await openIfThere(path);
		try {
			const object = file && (await described(file, key));
			if (object !== undefined) {
				// One from the future is from a time when the clock was wrong.
				return { ...object, writtenAt: Math.min(object.writtenAt, this.#options.clock.now()) };
			}
		} finally {
			await file?.close();
		}
		this.#damaged++;
		// Nobody can be given it, and it would take room.
		if (file !== undefined) await removed(path);
		return undefined;
	}

	#placeOf(key: string): string {
		return join(this.#options.folder, key.replaceAll("/", "-"));
	}

	/** A rename is on the disk when its folder is. */
	async #flushNames(): Promise<void> {
		// Windows opens no folders; its file systems keep names in order by themselves.
		if (process.platform === "win32") return;
		const folder = await open(this.#options.folder, "r");
		try {
			await folder.sync();
		} catch (error) {
			// Some network file systems cannot: what they promise is all there is.
			if (errorCode(error) !== "EINVAL") throw error;
		} finally {
			await folder.close();
		}
	}
}

/** `undefined`: nothing there, a link, a folder, or not ours to read. */
async function openIfThere(path: string): Promise<FileHandle | undefined> {
	try {
		return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
	} catch (error) {
		if (errorCode(error) === undefined || errorCode(error) === "EMFILE") throw error;
		return undefined;
	}
}

/** `undefined`: no whole object of ours. */
async function described(file: FileHandle, key: string): Promise<StoredObject | undefined> {
	const header = Buffer.alloc(HEADER_BYTES);
	const stats = await file.stat();
	if (!stats.isFile() || (await file.read(header, 0, HEADER_BYTES, 0)).bytesRead < HEADER_BYTES) return undefined;
	if (!header.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
	const writtenAt = header.readUIntBE(MAGIC.length, TIME_BYTES);
	const bytes = header.readUIntBE(MAGIC.length + TIME_BYTES, LENGTH_BYTES);
	if (stats.size !== HEADER_BYTES + bytes) return undefined;
	return { key, bytes, tag: header.subarray(-TAG_BYTES).toString("hex"), writtenAt };
}

function headerOf({ bytes, tag, writtenAt }: StoredObject): Buffer {
	const header = Buffer.alloc(HEADER_BYTES);
	MAGIC.copy(header);
	header.writeUIntBE(writtenAt, MAGIC.length, TIME_BYTES);
	header.writeUIntBE(bytes, MAGIC.length + TIME_BYTES, LENGTH_BYTES);
	header.write(tag, HEADER_BYTES - TAG_BYTES, "hex");
	return header;
}

async function writeAll(file: FileHandle, piece: Uint8Array, at: number): Promise<void> {
	for (let done = 0; done < piece.length;) {
		done += (await file.write(piece, done, piece.length - done, at + done)).bytesWritten;
	}
}

async function* pieces(file: FileHandle, from: number, to: number): AsyncGenerator<Uint8Array> {
	for (let at = from; at < to;) {
		const piece = Buffer.alloc(Math.min(PIECE_BYTES, to - at));
		const { bytesRead } = await file.read(piece, 0, piece.length, HEADER_BYTES + at);
		if (bytesRead === 0) throw new Error("a file became shorter while it was read");
		yield piece.subarray(0, bytesRead);
		at += bytesRead;
	}
}

async function removed(path: string): Promise<void> {
	try {
		await unlink(path);
	} catch (error) {
		if (errorCode(error) !== "ENOENT") throw error;
	}
}
