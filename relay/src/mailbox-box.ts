// What groups leave for devices that are away: of each a head, packs and receipts, in a space of its own. Rules Z1–Z12 of
// readme/SPEC.md. The relay knows sizes, times and who wrote, and nothing of what it is; in its store no name and no byte tells an id.
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";
import { parseDeviceId } from "../../src/core/ids.ts";
import type { DeviceId, GroupId } from "../../src/core/ids.ts";
import {
	MAILBOX_PACKS_PER_PAGE,
	MAILBOX_RECEIPTS_MAX,
	parseMailboxTag,
	parsePackId,
} from "../../src/wire/mailbox-api.ts";
import type { MailboxAnswer, MailboxTag, PackId } from "../../src/wire/mailbox-api.ts";
import type { RelayClock } from "./clock.ts";
import type { RelayLog } from "./log.ts";
import { MailboxUsage, packsFolder } from "./mailbox-usage.ts";
import type { UsageLimits } from "./mailbox-usage.ts";
import { StoreFullError } from "./storage/object-store.ts";
import type { ObjectStore, OpenedObject, StoredObject, Upload, WriteCondition } from "./storage/object-store.ts";

const DAY_MS = 24 * 3_600_000;
const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12;
const ID_BYTES = 32;
const SEAL_TAG_BYTES = 16;
/** In front of a receipt's bytes: whose it is, sealed. */
const OWNER_BYTES = NONCE_BYTES + ID_BYTES + SEAL_TAG_BYTES;
/** Objects that are looked at together at the start. */
const PAGE = 10_000;

export interface MailboxBoxOptions extends UsageLimits {
	readonly store: ObjectStore;
	readonly secret: Uint8Array;
	readonly clock: RelayClock;
	readonly log: RelayLog;
	readonly objectBytesMax: number;
	readonly ttlDays: number;
}

export type PutResult =
	| { readonly kind: "written"; readonly tag: MailboxTag }
	/** The condition did not hold. */
	| { readonly kind: "changed" }
	| { readonly kind: "full" };

export class MailboxBox {
	readonly #options: MailboxBoxOptions;
	readonly #store: ObjectStore;
	readonly #usage: MailboxUsage;
	readonly #nameKey: Uint8Array;
	readonly #sealKey: Uint8Array;
	/** How often everything of a space was removed: a body that was coming meanwhile shall not stay. */
	readonly #clearings = new Map<string, number>();
	#sweeping: Promise<void> | undefined;

	private constructor(options: MailboxBoxOptions) {
		this.#options = options;
		this.#store = options.store;
		this.#usage = new MailboxUsage(options);
		const key = (use: string): Uint8Array =>
			new Uint8Array(hkdfSync("sha256", options.secret, "", `psync-relay mailbox ${use}`, 32));
		this.#nameKey = key("names");
		this.#sealKey = key("owners");
	}

	static async open(options: MailboxBoxOptions): Promise<MailboxBox> {
		const box = new MailboxBox(options);
		for (let after: string | undefined; ;) {
			const page = await options.store.list({ below: "", after, limit: PAGE });
			for (const object of page) box.#usage.note(spaceOf(object.key), object.key, object);
			after = page.at(-1)?.key;
			if (page.length < PAGE) return box;
		}
	}

	/** What the login says of it. */
	get offer(): { readonly allowedBytes: number; readonly objectBytesMax: number; readonly ttlDays: number } {
		const { groupBytes, totalBytes, objectBytesMax, ttlDays } = this.#options;
		return { allowedBytes: Math.min(groupBytes, totalBytes), objectBytesMax, ttlDays };
	}

	/** `after`: the page behind this pack. */
	async look(gid: GroupId, after: PackId | undefined): Promise<MailboxAnswer> {
		const space = this.#spaceOf(gid);
		const folder = packsFolder(space);
		const head = await this.#store.stat(headKey(space));
		const now = this.#options.clock.now();
		const packs = await this.#store.list({
			below: folder,
			after: after === undefined ? undefined : `${folder}/${after}`,
			limit: MAILBOX_PACKS_PER_PAGE,
		});
		return {
			head: head === undefined ? null : { tag: tagOf(head), bytes: head.bytes },
			packs: packs.flatMap(({ key, bytes, writtenAt }) => {
				const id = parsePackId(key.slice(folder.length + 1));
				return id === undefined ? [] : { id, bytes, ageMs: Math.max(0, now - writtenAt) };
			}),
			receipts: after === undefined ? await this.#receipts(space) : [],
			usedBytes: this.#usage.usedBytes(space),
			...this.offer,
		};
	}

	readHead(gid: GroupId): Promise<OpenedObject | undefined> {
		return this.#store.read(headKey(this.#spaceOf(gid)));
	}

	statPack(gid: GroupId, id: PackId): Promise<StoredObject | undefined> {
		return this.#store.stat(packKey(this.#spaceOf(gid), id));
	}

	readPack(
		gid: GroupId,
		id: PackId,
		range?: { readonly from: number; readonly to: number },
	): Promise<OpenedObject | undefined> {
		return this.#store.read(packKey(this.#spaceOf(gid), id), range);
	}

	writeHead(gid: GroupId, upload: Upload): Promise<PutResult> {
		const space = this.#spaceOf(gid);
		return this.#put(space, headKey(space), upload);
	}

	writePack(gid: GroupId, id: PackId, upload: Omit<Upload, "condition">): Promise<PutResult> {
		const space = this.#spaceOf(gid);
		return this.#put(space, packKey(space, id), { ...upload, condition: { absent: true } });
	}

	async writeReceipt(gid: GroupId, did: DeviceId, { bytes, body }: Omit<Upload, "condition">): Promise<PutResult> {
		const space = this.#spaceOf(gid);
		const key = `${receiptsFolder(space)}/${this.#nameOf(`receipt|${gid}|${did}`)}`;
		const owner = this.#sealOwner(key, did);
		const result = await this.#put(space, key, { bytes: bytes + owner.length, body: joined(owner, body) });
		if (result.kind === "written") await this.#makeRoomForReceipts(space);
		return result;
	}

	async removeHead(
		gid: GroupId,
		condition: { readonly match: string } | undefined,
	): Promise<"removed" | "none" | "changed"> {
		const space = this.#spaceOf(gid);
		if (await this.#remove(space, headKey(space), condition)) return "removed";
		return (await this.#store.stat(headKey(space))) === undefined ? "none" : "changed";
	}

	removePack(gid: GroupId, id: PackId): Promise<boolean> {
		const space = this.#spaceOf(gid);
		return this.#remove(space, packKey(space, id));
	}

	/** Everything of the group, and what is on its way. */
	clear(gid: GroupId): Promise<void> {
		return this.#clearSpace(this.#spaceOf(gid));
	}

	/** Removes what belongs to groups of which nobody wrote anything for too long. */
	sweep(): Promise<void> {
		this.#sweeping ??= this.#sweep().finally(() => {
			this.#sweeping = undefined;
		});
		return this.#sweeping;
	}

	/** Everything that was begun is done. */
	async close(): Promise<void> {
		await this.#sweeping;
		await this.#store.close();
	}

	async #sweep(): Promise<void> {
		const { clock, ttlDays, log } = this.#options;
		try {
			for (const space of this.#usage.idleSince(clock.now() - ttlDays * DAY_MS)) {
				if (this.#usage.isBusy(space)) continue;
				await this.#clearSpace(space);
				log.info("removed what a group left in the mailbox: nobody of it wrote anything for too long");
			}
		} catch (error) {
			// The disk is in trouble; tried again.
			log.warn({ err: error }, "cannot remove what is too old from the mailbox");
		}
	}

	async #put(space: string, key: string, upload: Upload): Promise<PutResult> {
		if (!(await this.#mayHold(key, upload.condition))) return { kind: "changed" };
		const release = this.#usage.reserve(space, key, upload.bytes);
		if (release === undefined) return { kind: "full" };
		const clearings = this.#clearings.get(space) ?? 0;
		try {
			const written = await this.#store.write(key, upload);
			if (written === undefined) return { kind: "changed" };
			this.#usage.note(space, key, written.object);
			if ((this.#clearings.get(space) ?? 0) !== clearings) {
				await this.#remove(space, key, { match: written.object.tag });
				return { kind: "changed" };
			}
			return { kind: "written", tag: tagOf(written.object) };
		} catch (error) {
			// It may be there all the same.
			this.#usage.note(space, key, await this.#store.stat(key));
			if (error instanceof StoreFullError) return { kind: "full" };
			throw error;
		} finally {
			release();
			if (!this.#usage.isBusy(space)) this.#clearings.delete(space);
		}
	}

	/** Known before the body came; the store looks again when it is there. */
	async #mayHold(key: string, condition: WriteCondition | undefined): Promise<boolean> {
		if (condition === undefined) return true;
		const found = await this.#store.stat(key);
		return "absent" in condition ? found === undefined : found?.tag === condition.match;
	}

	async #remove(space: string, key: string, condition?: { readonly match: string }): Promise<boolean> {
		const removed = await this.#store.remove(key, condition);
		if (removed !== undefined) this.#usage.note(space, key, await this.#store.stat(key));
		return removed !== undefined;
	}

	async #clearSpace(space: string): Promise<void> {
		if (this.#usage.isBusy(space)) this.#clearings.set(space, (this.#clearings.get(space) ?? 0) + 1);
		for (;;) {
			const page = await this.#store.list({ below: space, limit: PAGE });
			for (const { key } of page) await this.#remove(space, key);
			if (page.length < PAGE) return;
		}
	}

	/** One after the other: many who ask at once shall not have more files open than there can be. */
	async #receipts(space: string): Promise<MailboxAnswer["receipts"]> {
		const found = await this.#store.list({ below: receiptsFolder(space), limit: MAILBOX_RECEIPTS_MAX });
		const receipts: { device: DeviceId; bytes: string }[] = [];
		for (const { key } of found) {
			const opened = await this.#store.read(key);
			if (opened === undefined) continue;
			try {
				const content = await whole(opened.body);
				const device = this.#ownerIn(key, content);
				if (device !== undefined) receipts.push({ device, bytes: content.subarray(OWNER_BYTES).toString("base64url") });
			} finally {
				await opened.close();
			}
		}
		return receipts;
	}

	async #makeRoomForReceipts(space: string): Promise<void> {
		const found = await this.#store.list({ below: receiptsFolder(space), limit: 2 * MAILBOX_RECEIPTS_MAX });
		const oldestFirst = found.toSorted((a, b) => a.writtenAt - b.writtenAt);
		for (const { key } of oldestFirst.slice(0, Math.max(0, found.length - MAILBOX_RECEIPTS_MAX))) {
			await this.#remove(space, key);
		}
	}

	#spaceOf(gid: GroupId): string {
		return this.#nameOf(`group|${gid}`);
	}

	#nameOf(what: string): string {
		return createHmac("sha256", this.#nameKey).update(what).digest("hex").slice(0, 32);
	}

	#sealOwner(key: string, did: DeviceId): Buffer {
		const nonce = randomBytes(NONCE_BYTES);
		const cipher = createCipheriv(CIPHER, this.#sealKey, nonce).setAAD(Buffer.from(key));
		return Buffer.concat([nonce, cipher.update(did, "hex"), cipher.final(), cipher.getAuthTag()]);
	}

	/** `undefined`: spoilt, or of another secret. */
	#ownerIn(key: string, content: Buffer): DeviceId | undefined {
		if (content.length <= OWNER_BYTES) return undefined;
		const decipher = createDecipheriv(CIPHER, this.#sealKey, content.subarray(0, NONCE_BYTES))
			.setAAD(Buffer.from(key))
			.setAuthTag(content.subarray(NONCE_BYTES + ID_BYTES, OWNER_BYTES));
		const id = decipher.update(content.subarray(NONCE_BYTES, NONCE_BYTES + ID_BYTES));
		try {
			decipher.final();
		} catch {
			// What it throws for a tag that does not fit has no code of its own.
			return undefined;
		}
		return parseDeviceId(id.toString("hex"));
	}
}

function spaceOf(key: string): string {
	return key.split("/", 1)[0] ?? "";
}

function headKey(space: string): string {
	return `${space}/head`;
}

function packKey(space: string, id: PackId): string {
	return `${packsFolder(space)}/${id}`;
}

function receiptsFolder(space: string): string {
	return `${space}/receipts`;
}

function tagOf({ tag }: StoredObject): MailboxTag {
	const parsed = parseMailboxTag(tag);
	if (parsed === undefined) throw new Error("a tag of another form");
	return parsed;
}

async function* joined(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
	yield first;
	yield* rest;
}

async function whole(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
	const pieces: Uint8Array[] = [];
	for await (const piece of body) pieces.push(piece);
	return Buffer.concat(pieces);
}
