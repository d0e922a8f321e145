// The envelope box at the relay (the port: engine/ports/envelope-box.ts), over HTTP. What the relay gives is bounded and of the right
// form, and nothing more is known of it.
import { sha256 } from "@noble/hashes/sha2.js";
import * as v from "valibot";
import { bytesToHex } from "../core/bytes.ts";
import type { DeviceId } from "../core/ids.ts";
import { EnvelopeBoxError } from "../engine/ports/envelope-box.ts";
import type { EnvelopeBox, EnvelopeBoxErrorCode, ReceivedEnvelope } from "../engine/ports/envelope-box.ts";
import {
	ENVELOPES_PATH,
	ENVELOPE_BYTES_MAX,
	ENVELOPE_DEVICE_HEADER,
	ENVELOPE_DIGEST_CHARS,
	ENVELOPE_DIGEST_HEADER,
	ENVELOPE_SENDERS_MAX,
	envelopesAnswerSchema,
} from "../wire/relay-api.ts";
import type { RelayAccount } from "./account.ts";
import { RelayError, ask, decoded } from "./ask.ts";

/** As many as there may be, as base64url, and what is around each. */
const ANSWER_BYTES_MAX = ENVELOPE_SENDERS_MAX * ((ENVELOPE_BYTES_MAX * 4) / 3 + 256);
const doneSchema = v.object({});

/** The box of this device in this group. */
export function envelopeBox(account: RelayAccount): EnvelopeBox {
	return {
		put: (to, bytes) => inWordsOfThePort(() => putEnvelope(account, to, bytes)),
		take: () => inWordsOfThePort(() => takeEnvelopes(account)),
		remove: (envelope) => inWordsOfThePort(() => removeEnvelope(account, envelope)),
	};
}

/** Rejects with a RelayError. */
export async function putEnvelope(account: RelayAccount, to: DeviceId, bytes: Uint8Array): Promise<void> {
	if (bytes.length === 0 || bytes.length > ENVELOPE_BYTES_MAX) {
		throw new RelayError("refused", `an envelope of ${String(bytes.length)} bytes`, { reason: "too-large" });
	}
	const body = bytes.slice();
	await account.authorized((headers) =>
		ask({
			...account.options,
			method: "PUT",
			path: ENVELOPES_PATH,
			headers: { ...headers, [ENVELOPE_DEVICE_HEADER]: to, "Content-Type": "application/octet-stream" },
			body,
			schema: doneSchema,
			answerBytesMax: ANSWER_BYTES_MAX,
		}),
	);
}

/** At most one of each sender. Rejects with a RelayError. */
export async function takeEnvelopes(account: RelayAccount): Promise<readonly ReceivedEnvelope[]> {
	const { envelopes } = await account.authorized((headers) =>
		ask({
			...account.options,
			method: "GET",
			path: ENVELOPES_PATH,
			headers,
			schema: envelopesAnswerSchema,
			answerBytesMax: ANSWER_BYTES_MAX,
		}),
	);
	const bySender = new Map<DeviceId, ReceivedEnvelope>();
	for (const { from, bytes: text } of envelopes) {
		const bytes = decoded(text);
		if (bytes === undefined || bytes.length > ENVELOPE_BYTES_MAX || bySender.has(from)) {
			throw new RelayError("bad-answer", "envelopes that no relay of ours would give");
		}
		bySender.set(from, { from, bytes });
	}
	return [...bySender.values()];
}

/** Rejects with a RelayError. */
export async function removeEnvelope(account: RelayAccount, { from, bytes }: ReceivedEnvelope): Promise<void> {
	const digest = bytesToHex(sha256(bytes)).slice(0, ENVELOPE_DIGEST_CHARS);
	await account.authorized((headers) =>
		ask({
			...account.options,
			method: "DELETE",
			path: ENVELOPES_PATH,
			headers: { ...headers, [ENVELOPE_DEVICE_HEADER]: from, [ENVELOPE_DIGEST_HEADER]: digest },
			schema: doneSchema,
			answerBytesMax: ANSWER_BYTES_MAX,
		}),
	);
}

async function inWordsOfThePort<T>(act: () => Promise<T>): Promise<T> {
	try {
		return await act();
	} catch (error) {
		if (!(error instanceof RelayError)) throw error;
		throw new EnvelopeBoxError(portCode(error), error.message, { cause: error });
	}
}

function portCode({ code, reason }: RelayError): EnvelopeBoxErrorCode {
	if (code === "refused") return reason === "box-full" ? "full" : "refused";
	return code === "rate-limited" ? "unreachable" : code;
}
