// What a device and the relay's mailbox say to each other over HTTP: paths, limits and answers. Each group has one head, which is
// replaced by compare-and-swap, packs, which are written once, and a receipt of each device. All of it is sealed; the relay sees sizes.
import * as v from "valibot";
import type { Brand, DeviceId } from "../core/ids.ts";
import { base64Url, deviceId, parsed } from "./relay-api.ts";
import { wholeNumber } from "./schemas.ts";

/** GET: what lies there, MAILBOX_PACKS_PER_PAGE packs at a time (`?after=<id of the last one>`). DELETE: everything of the group. */
export const MAILBOX_PATH = "/v1/mailbox";
/** GET, PUT with `If-Match: "<tag>"` or `If-None-Match: *`, DELETE. */
export const MAILBOX_HEAD_PATH = `${MAILBOX_PATH}/head`;
/** With `/<id>`: GET, of one range too, PUT with `If-None-Match: *`, DELETE. An id is random and tells nothing. */
export const MAILBOX_PACKS_PATH = `${MAILBOX_PATH}/packs`;
/** PUT: this device's own. */
export const MAILBOX_RECEIPT_PATH = `${MAILBOX_PATH}/receipt`;

/** Sealed and padded. */
export const MAILBOX_HEAD_BYTES_MAX = 64 * 1024;
export const MAILBOX_RECEIPT_BYTES_MAX = 8 * 1024;
/** What any relay that has a mailbox takes at least, for a pack: 4 MiB with padding and tags. */
export const MAILBOX_PACK_BYTES_MIN = 5 * 1024 * 1024;
/** What a device reads of a pack at a time: an answer is whole in its memory, and at most 1 MiB. */
export const MAILBOX_READ_BYTES_MAX = 768 * 1024;
export const MAILBOX_PACKS_PER_PAGE = 512;
/** Of one group. With the longest of them one answer stays below the 1 MiB that a device reads. When one more comes, the oldest goes. */
export const MAILBOX_RECEIPTS_MAX = 64;
/** Packs of one group. */
export const MAILBOX_PACKS_MAX = 4096;

/** 16 random bytes as 32 lower-case hex digits. */
export type PackId = Brand<string, "PackId">;
/** Of the head's bytes: the first 16 bytes of SHA-256 as 32 lower-case hex digits, so that who has the bytes has the tag. */
export type MailboxTag = Brand<string, "MailboxTag">;
const HEX = /^[0-9a-f]{32}$/;
export const MAILBOX_TAG_CHARS = 32;

export function parsePackId(text: string): PackId | undefined {
	return HEX.test(text) ? (text as PackId) : undefined;
}

export function parseMailboxTag(text: string): MailboxTag | undefined {
	return HEX.test(text) ? (text as MailboxTag) : undefined;
}

const packId = parsed(parsePackId, 32, "pack id");
const mailboxTag = parsed(parseMailboxTag, MAILBOX_TAG_CHARS, "tag");
const count = wholeNumber();

export interface MailboxAnswer {
	readonly head: { readonly tag: MailboxTag; readonly bytes: number } | null;
	/** By their ids; when there are as many as a page has, ask for those after the last one. */
	readonly packs: readonly { readonly id: PackId; readonly bytes: number; readonly ageMs: number }[];
	/** On the first page. */
	readonly receipts: readonly { readonly device: DeviceId; readonly bytes: string }[];
	readonly usedBytes: number;
	readonly allowedBytes: number;
	readonly objectBytesMax: number;
	readonly ttlDays: number;
}
export const mailboxAnswerSchema: v.GenericSchema<unknown, MailboxAnswer> = v.object({
	head: v.nullable(v.object({ tag: mailboxTag, bytes: count })),
	packs: v.pipe(v.array(v.object({ id: packId, bytes: count, ageMs: count })), v.maxLength(MAILBOX_PACKS_PER_PAGE)),
	receipts: v.pipe(
		v.array(v.object({ device: deviceId, bytes: base64Url(MAILBOX_RECEIPT_BYTES_MAX) })),
		v.maxLength(MAILBOX_RECEIPTS_MAX),
	),
	usedBytes: count,
	allowedBytes: count,
	objectBytesMax: count,
	ttlDays: count,
});

/** PUT of the head. */
export interface HeadWritten {
	readonly tag: MailboxTag;
}
export const headWrittenSchema: v.GenericSchema<unknown, HeadWritten> = v.object({ tag: mailboxTag });
