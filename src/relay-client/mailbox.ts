// The mailbox at the relay (the port: engine/ports/mailbox.ts), over HTTP. What the relay gives is bounded and of the right form, and
// nothing more is known of it. Rule Z13 of readme/SPEC.md.
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes } from "../core/bytes.ts";
import type { HttpResponse } from "../engine/ports/http.ts";
import { MailboxError } from "../engine/ports/mailbox.ts";
import type { Mailbox, MailboxErrorCode, MailboxState, StoredReceipt } from "../engine/ports/mailbox.ts";
import {
	MAILBOX_HEAD_BYTES_MAX,
	MAILBOX_HEAD_PATH,
	MAILBOX_PACKS_MAX,
	MAILBOX_PACKS_PATH,
	MAILBOX_PACKS_PER_PAGE,
	MAILBOX_PATH,
	MAILBOX_READ_BYTES_MAX,
	MAILBOX_RECEIPT_BYTES_MAX,
	MAILBOX_RECEIPT_PATH,
	MAILBOX_TAG_CHARS,
	mailboxAnswerSchema,
} from "../wire/mailbox-api.ts";
import type { MailboxAnswer, MailboxTag, PackId } from "../wire/mailbox-api.ts";
import type { ErrorCode } from "../wire/relay-api.ts";
import type { RelayAccount } from "./account.ts";
import { RelayError, ask, decoded, send } from "./ask.ts";
import type { RelayRequest } from "./ask.ts";

/** What the Http port gives at most. A page of packs and all receipts stay below. */
const ANSWER_BYTES_MAX = 1024 * 1024;
const SMALL_BYTES_MAX = 1024;

/** The mailbox of this device's group. */
export function relayMailbox(account: RelayAccount): Mailbox {
	return {
		look: () => inWordsOfThePort(() => look(account)),
		readHead: () =>
			inWordsOfThePort(async () => {
				const bytes = await unless("not-found", get(account, MAILBOX_HEAD_PATH, {}));
				if (bytes?.length === 0 || (bytes?.length ?? 0) > MAILBOX_HEAD_BYTES_MAX)
					throw nonsense("a head of no head's length");
				return bytes && { tag: tagOf(bytes), bytes };
			}),
		writeHead: (bytes, after) =>
			inWordsOfThePort(async () => {
				checkSize(bytes, MAILBOX_HEAD_BYTES_MAX);
				const condition = after === undefined ? ABSENT : { "If-Match": `"${after}"` };
				const done = await unless("changed", put(account, MAILBOX_HEAD_PATH, bytes, condition));
				return done === undefined ? "changed" : tagOf(bytes);
			}),
		writePack: (id, bytes) =>
			inWordsOfThePort(async () => {
				checkSize(bytes, Infinity);
				const done = await unless("changed", put(account, packPath(id), bytes, ABSENT));
				return done === undefined ? "exists" : "written";
			}),
		readPack: (id, from, to) => inWordsOfThePort(() => readPack(account, id, from, to)),
		removePack: (id) =>
			inWordsOfThePort(() => unless("not-found", remove(account, packPath(id)))).then(() => undefined),
		writeReceipt: (bytes) =>
			inWordsOfThePort(() => {
				checkSize(bytes, MAILBOX_RECEIPT_BYTES_MAX);
				return put(account, MAILBOX_RECEIPT_PATH, bytes, {});
			}).then(() => undefined),
		clear: () => inWordsOfThePort(() => remove(account, MAILBOX_PATH)).then(() => undefined),
	};
}

const ABSENT = { "If-None-Match": "*" };

async function look(account: RelayAccount): Promise<MailboxState> {
	const first = await page(account, "");
	const packs = [...first.packs];
	for (let latest = first; latest.packs.length === MAILBOX_PACKS_PER_PAGE;) {
		if (packs.length > MAILBOX_PACKS_MAX) throw nonsense("more packs than there can be");
		latest = await page(account, `?after=${packs.at(-1)?.id ?? ""}`);
		packs.push(...latest.packs);
	}
	if (new Set(packs.map(({ id }) => id)).size < packs.length) throw nonsense("a pack that is there twice");
	return { ...first, head: first.head ?? undefined, packs, receipts: receiptsIn(first) };
}

function page(account: RelayAccount, query: string): Promise<MailboxAnswer> {
	return account.authorized((headers) =>
		ask({
			...account.options,
			method: "GET",
			path: MAILBOX_PATH + query,
			headers,
			schema: mailboxAnswerSchema,
			answerBytesMax: ANSWER_BYTES_MAX,
		}),
	);
}

function receiptsIn({ receipts }: MailboxAnswer): readonly StoredReceipt[] {
	const devices = new Set(receipts.map(({ device }) => device));
	return receipts.map(({ device, bytes: text }) => {
		const bytes = decoded(text);
		if (bytes === undefined || devices.size < receipts.length)
			throw nonsense("receipts that no relay of ours would give");
		return { device, bytes };
	});
}

/** In pieces that an answer can hold. */
async function readPack(account: RelayAccount, id: PackId, from: number, to: number): Promise<Uint8Array | undefined> {
	const pieces: Uint8Array[] = [];
	let at = from;
	while (at < to) {
		const most = Math.min(MAILBOX_READ_BYTES_MAX, to - at);
		const range = { Range: `bytes=${at}-${at + most - 1}` };
		const asked = get(account, packPath(id), range, most);
		const piece = await unless("not-found", unless("bad-range", asked, NOTHING));
		if (piece === undefined) return undefined;
		pieces.push(piece);
		at += piece.length;
		if (piece.length < most) break;
	}
	return concatBytes(...pieces);
}

const NOTHING = new Uint8Array();

async function get(
	account: RelayAccount,
	path: string,
	more: Readonly<Record<string, string>>,
	contentBytes = MAILBOX_HEAD_BYTES_MAX,
): Promise<Uint8Array> {
	// An error's body may be longer than a few bytes that were asked for.
	const answerBytesMax = Math.max(contentBytes, SMALL_BYTES_MAX);
	const { body } = await request(account, { method: "GET", path, headers: more, answerBytesMax, contentBytes });
	if (body.length > contentBytes) throw nonsense("more bytes than were asked for");
	return body;
}

function put(
	account: RelayAccount,
	path: string,
	bytes: Uint8Array,
	more: Readonly<Record<string, string>>,
): Promise<unknown> {
	const headers = { ...more, "Content-Type": "application/octet-stream" };
	return request(account, { method: "PUT", path, headers, body: bytes.slice(), answerBytesMax: SMALL_BYTES_MAX });
}

function remove(account: RelayAccount, path: string): Promise<unknown> {
	return request(account, { method: "DELETE", path, headers: {}, answerBytesMax: SMALL_BYTES_MAX });
}

function request(
	account: RelayAccount,
	{
		headers: more,
		...rest
	}: Pick<RelayRequest, "method" | "path" | "body" | "answerBytesMax" | "contentBytes"> & {
		readonly headers: Readonly<Record<string, string>>;
	},
): Promise<HttpResponse> {
	return account.authorized((headers) => send({ ...account.options, ...rest, headers: { ...headers, ...more } }));
}

function packPath(id: PackId): string {
	return `${MAILBOX_PACKS_PATH}/${id}`;
}

/** What the relay makes of the same bytes (wire/mailbox-api.ts). */
function tagOf(bytes: Uint8Array): MailboxTag {
	return bytesToHex(sha256(bytes)).slice(0, MAILBOX_TAG_CHARS) as MailboxTag;
}

function checkSize({ length }: Uint8Array, most: number): void {
	if (length === 0 || length > most) throw new MailboxError("too-large", `an object of ${length} bytes`);
}

function nonsense(message: string): RelayError {
	return new RelayError("bad-answer", message);
}

/** An answer that says no more than `otherwise`, when the relay refused for this reason. */
async function unless<T, E = undefined>(
	reason: ErrorCode,
	asked: Promise<T>,
	otherwise?: E,
): Promise<T | E | undefined> {
	try {
		return await asked;
	} catch (error) {
		if (!(error instanceof RelayError) || error.reason !== reason) throw error;
		return otherwise;
	}
}

async function inWordsOfThePort<T>(act: () => Promise<T>): Promise<T> {
	try {
		return await act();
	} catch (error) {
		if (!(error instanceof RelayError)) throw error;
		throw new MailboxError(portCode(error), error.message, { cause: error });
	}
}

const CODES: Partial<Record<ErrorCode, MailboxErrorCode>> = {
	"mailbox-full": "full",
	"too-large": "too-large",
	"mailbox-off": "off",
	// A relay from before there were mailboxes.
	"not-found": "off",
};

function portCode({ code, reason }: RelayError): MailboxErrorCode {
	return (reason && CODES[reason]) ?? (code === "rate-limited" ? "unreachable" : code);
}
