// The envelopes on the relay's disk: one file each, under a name that says nothing, written beside its place, flushed and moved
// into it. Sealed with a secret of the same folder: not against whoever has all of it, but a name or a file alone tells no id, and
// one that a failing disk spoilt is known by it.
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { mkdir, open, readdir, rename, unlink } from "node:fs/promises";
import { join } from "node:path";
import { parseDeviceId, parseGroupId } from "../../src/core/ids.ts";
import type { DeviceId, GroupId } from "../../src/core/ids.ts";
import { ENVELOPE_BYTES_MAX } from "../../src/wire/relay-api.ts";

/** One device of a group left this for another one of it. */
export interface Envelope {
	readonly gid: GroupId;
	readonly from: DeviceId;
	readonly to: DeviceId;
	readonly bytes: Uint8Array;
	/** When, by the relay's clock. */
	readonly putAt: number;
}

type Slot = Pick<Envelope, "gid" | "from" | "to">;

export interface LoadedEnvelopes {
	readonly envelopes: readonly Envelope[];
	/** Files that cannot be read, or are none of ours. */
	readonly damaged: number;
}

const FOLDER = "envelopes";
const NAME = /^[0-9a-f]{32}$/;
const UNFINISHED = /^[0-9a-f]{32}\.[0-9a-f]{8}\.tmp$/;
const LAYOUT = 1;
const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const ID_BYTES = 32;
const TIME_BYTES = 6;
/** Layout, time, three ids. */
const HEAD_BYTES = 1 + TIME_BYTES + 3 * ID_BYTES;
const FILE_BYTES_MAX = NONCE_BYTES + HEAD_BYTES + ENVELOPE_BYTES_MAX + TAG_BYTES;

export class EnvelopeFiles {
	readonly #folder: string;
	readonly #nameKey: Uint8Array;
	readonly #sealKey: Uint8Array;

	constructor(dataDir: string, secret: Uint8Array) {
		this.#folder = join(dataDir, FOLDER);
		const key = (use: string): Uint8Array =>
			new Uint8Array(hkdfSync("sha256", secret, "", `psync-relay envelope ${use}`, 32));
		this.#nameKey = key("names");
		this.#sealKey = key("files");
	}

	/** All that are there, without those that were never finished. Damaged ones stay until their time is over, by the file's date. */
	async load(damagedBefore: number): Promise<LoadedEnvelopes> {
		const envelopes: Envelope[] = [];
		let damaged = 0;
		const names = await readdir(this.#folder).catch((error: unknown) => {
			if (codeOf(error) === "ENOENT") return [];
			throw error;
		});
		for (const name of names) {
			if (UNFINISHED.test(name)) {
				await unlink(join(this.#folder, name));
				continue;
			}
			const read = NAME.test(name) ? await this.#read(name) : undefined;
			if (read?.envelope !== undefined) envelopes.push(read.envelope);
			else damaged++;
			if (read?.envelope === undefined && read !== undefined && read.changedAt < damagedBefore) {
				await unlink(join(this.#folder, name));
			}
		}
		return { envelopes, damaged };
	}

	/** Durable when it resolves: this one, or after a crash the one that was there before. */
	async write(envelope: Envelope): Promise<void> {
		await mkdir(this.#folder, { recursive: true, mode: 0o700 });
		const name = this.#nameOf(envelope);
		const place = join(this.#folder, name);
		const unfinished = `${place}.${randomBytes(4).toString("hex")}.tmp`;
		try {
			const file = await open(unfinished, "wx", 0o600);
			try {
				await file.writeFile(this.#seal(name, envelope));
				await file.sync();
			} finally {
				await file.close();
			}
			await rename(unfinished, place);
		} catch (error) {
			await removed(unfinished);
			throw error;
		}
		await this.#flushNames();
	}

	/** One that a crash brings back is only taken a second time. */
	async remove(slot: Slot): Promise<void> {
		await removed(join(this.#folder, this.#nameOf(slot)));
	}

	/** `undefined`: no file of ours by its kind; without `envelope`: it says nothing. */
	async #read(
		name: string,
	): Promise<{ readonly envelope?: Envelope | undefined; readonly changedAt: number } | undefined> {
		let file;
		try {
			file = await open(join(this.#folder, name), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
		} catch (error) {
			// A link, a folder, or not ours to read.
			if (codeOf(error) === undefined) throw error;
			return undefined;
		}
		try {
			const stats = await file.stat();
			if (!stats.isFile()) return undefined;
			const changedAt = stats.mtimeMs;
			if (stats.size > FILE_BYTES_MAX) return { changedAt };
			return { envelope: this.#open(name, await file.readFile()), changedAt };
		} catch (error) {
			// A disk that gives no bytes.
			if (codeOf(error) === undefined) throw error;
			return undefined;
		} finally {
			await file.close();
		}
	}

	#nameOf({ gid, from, to }: Slot): string {
		return createHmac("sha256", this.#nameKey).update(`${gid}|${to}|${from}`).digest("hex").slice(0, 32);
	}

	#seal(name: string, { gid, from, to, bytes, putAt }: Envelope): Buffer {
		const head = Buffer.alloc(1 + TIME_BYTES);
		head[0] = LAYOUT;
		head.writeUIntBE(putAt, 1, TIME_BYTES);
		const ids = [gid, from, to].map((id) => Buffer.from(id, "hex"));
		const nonce = randomBytes(NONCE_BYTES);
		const cipher = createCipheriv(CIPHER, this.#sealKey, nonce).setAAD(Buffer.from(name));
		const sealed = [cipher.update(Buffer.concat([head, ...ids, bytes])), cipher.final(), cipher.getAuthTag()];
		return Buffer.concat([nonce, ...sealed]);
	}

	/** `undefined`: cut off, spoilt, of another secret or another name. */
	#open(name: string, file: Buffer): Envelope | undefined {
		if (file.length <= NONCE_BYTES + HEAD_BYTES + TAG_BYTES) return undefined;
		const decipher = createDecipheriv(CIPHER, this.#sealKey, file.subarray(0, NONCE_BYTES))
			.setAAD(Buffer.from(name))
			.setAuthTag(file.subarray(-TAG_BYTES));
		const opened = decipher.update(file.subarray(NONCE_BYTES, -TAG_BYTES));
		try {
			decipher.final();
		} catch {
			// What it throws for a tag that does not fit has no code of its own.
			return undefined;
		}
		if (opened[0] !== LAYOUT) return undefined;
		const id = (index: number): string => {
			const start = 1 + TIME_BYTES + index * ID_BYTES;
			return opened.toString("hex", start, start + ID_BYTES);
		};
		const [gid, from, to] = [parseGroupId(id(0)), parseDeviceId(id(1)), parseDeviceId(id(2))];
		if (gid === undefined || from === undefined || to === undefined) return undefined;
		const bytes = new Uint8Array(opened.subarray(HEAD_BYTES));
		return { gid, from, to, bytes, putAt: opened.readUIntBE(1, TIME_BYTES) };
	}

	/** A rename is on the disk when its folder is. */
	async #flushNames(): Promise<void> {
		// Windows opens no folders; its file systems keep names in order by themselves.
		if (process.platform === "win32") return;
		const folder = await open(this.#folder, "r");
		try {
			await folder.sync();
		} catch (error) {
			// Some network file systems cannot: what they promise is all there is.
			if (codeOf(error) !== "EINVAL") throw error;
		} finally {
			await folder.close();
		}
	}
}

async function removed(path: string): Promise<void> {
	try {
		await unlink(path);
	} catch (error) {
		if (codeOf(error) !== "ENOENT") throw error;
	}
}

/** `undefined`: not an error of the system. */
function codeOf(error: unknown): string | undefined {
	const code: unknown = error instanceof Error && "code" in error ? error.code : undefined;
	return typeof code === "string" ? code : undefined;
}
