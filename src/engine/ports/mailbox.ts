// What the relay keeps of a group for devices that are away: packs, which are written once, one head, which is replaced by
// compare-and-swap, and a receipt of each device. One mailbox is one device in one group at one relay. Every implementation passes
// test/contracts/mailbox.contract.ts.
// The relay is a stranger: it can lose any of it, give an old head again, show each device another one, or make bytes up. So all of
// it is sealed and signed inside, and whoever reads it checks that.
import type { DeviceId } from "../../core/ids.ts";
import type { MailboxTag, PackId } from "../../wire/mailbox-api.ts";

/** Every call rejects with a MailboxError. */
export interface Mailbox {
	/** What lies there now, without contents. */
	look(): Promise<MailboxState>;
	readHead(): Promise<StoredHead | undefined>;
	/**
	 * Compare-and-swap: writes when the head is the one of `after`, or when there is none and `after` is undefined. "changed": somebody
	 * else was quicker, and nothing was written. After a rejection it may have been written all the same: look.
	 */
	writeHead(bytes: Uint8Array, after: MailboxTag | undefined): Promise<MailboxTag | "changed">;
	/** "exists": there is a pack of this id, with whatever bytes, and it stays as it is. */
	writePack(id: PackId, bytes: Uint8Array): Promise<"written" | "exists">;
	/** Bytes [from, to) of the stored pack, fewer where it ends before; undefined: there is no such pack. */
	readPack(id: PackId, from: number, to: number): Promise<Uint8Array | undefined>;
	/** Also one that is not there. */
	removePack(id: PackId): Promise<void>;
	/** In place of the one that this device wrote before. */
	writeReceipt(bytes: Uint8Array): Promise<void>;
	/** Removes everything of the group: head, packs and all receipts. */
	clear(): Promise<void>;
}

export interface StoredHead {
	readonly tag: MailboxTag;
	readonly bytes: Uint8Array;
}

export interface MailboxState {
	readonly head: { readonly tag: MailboxTag; readonly bytes: number } | undefined;
	/** In no order. `ageMs`: by the relay's clock. */
	readonly packs: readonly StoredPack[];
	/** At most one of each device, whom the relay says it is from. */
	readonly receipts: readonly StoredReceipt[];
	/** Of the whole group; heads and receipts count too. */
	readonly usedBytes: number;
	/** From here on packs are refused. Heads and receipts are not, so that there is always a way to make room. */
	readonly allowedBytes: number;
	readonly objectBytesMax: number;
	/** After so many days without a write of anybody of the group all of it goes. */
	readonly ttlDays: number;
}

export interface StoredPack {
	readonly id: PackId;
	readonly bytes: number;
	readonly ageMs: number;
}

export interface StoredReceipt {
	readonly device: DeviceId;
	readonly bytes: Uint8Array;
}

export type MailboxErrorCode =
	/** No answer, or the relay is in trouble or wants us to wait: try again later. */
	| "unreachable"
	/** The relay does not want this group or device. */
	| "refused"
	/** No room: of the group, or at the relay. */
	| "full"
	/** No relay takes an object of this size, or this one does not, or it is empty. */
	| "too-large"
	/** This relay keeps nothing. */
	| "off"
	/** What answers there answers nonsense. */
	| "bad-answer";

export class MailboxError extends Error {
	override readonly name = "MailboxError";
	readonly code: MailboxErrorCode;

	constructor(code: MailboxErrorCode, message: string, options?: { cause?: unknown }) {
		super(message, options);
		this.code = code;
	}
}
