// What a device tells those who are not there when it is: the head that it took in, and all that it knows by now. Its body is signed
// as it stands. Rules ZF of readme/SPEC.md.
import { encode } from "@msgpack/msgpack";
import * as v from "valibot";
import { hexToBytes } from "../core/bytes.ts";
import type { DeviceId, GroupId } from "../core/ids.ts";
import type { VersionVector } from "../core/version-vector.ts";
import { lengthPrefixed } from "./length-prefix.ts";
import { VECTOR_EPOCHS_MAX } from "./limits.ts";
import { MAILBOX_RECEIPT_BYTES_MAX } from "./mailbox-api.ts";
import { mailboxSchemas, type HeadHash } from "./mailbox-head.ts";
import { deviceIdSchema, vectorSchema, vectorToWire } from "./record-codec.ts";
import { SealedError } from "./sealed-error.ts";
import { unpack } from "./unpack.ts";

export interface MailboxReceipt {
	readonly groupId: GroupId;
	readonly keyEpoch: number;
	readonly device: DeviceId;
	/** Of the head; 0: it took none in yet. */
	readonly seq: number;
	readonly head: HeadHash | undefined;
	readonly knowledge: VersionVector;
	readonly madeMs: number;
}

const LAYOUT = 1;
const receiptSchema = v.pipe(
	v.strictTuple([
		v.literal(LAYOUT),
		mailboxSchemas.groupIdSchema,
		mailboxSchemas.keyEpoch,
		deviceIdSchema,
		v.nullable(v.strictTuple([mailboxSchemas.seq, mailboxSchemas.headHashSchema])),
		vectorSchema,
		mailboxSchemas.madeMs,
	]),
	v.transform(([, groupId, keyEpoch, device, taken, knowledge, madeMs]): MailboxReceipt => {
		const [seq, head] = taken ?? [0, undefined];
		return { groupId, keyEpoch, device, seq, head, knowledge, madeMs };
	}),
);

export function encodeReceipt(receipt: MailboxReceipt): Uint8Array {
	const { groupId, keyEpoch, device, seq, head, knowledge, madeMs } = receipt;
	return encode([
		LAYOUT,
		hexToBytes(groupId),
		keyEpoch,
		hexToBytes(device),
		head === undefined ? null : [seq, hexToBytes(head)],
		vectorToWire(knowledge),
		madeMs,
	]);
}

/** Its form only. Throws SealedError and nothing else. */
export function decodeReceipt(body: Uint8Array): MailboxReceipt {
	const raw = unpack(body, { bytesMax: MAILBOX_RECEIPT_BYTES_MAX, arrayMax: VECTOR_EPOCHS_MAX });
	const parsed = v.safeParse(receiptSchema, raw, { abortEarly: true });
	if (!parsed.success) throw new SealedError("malformed", parsed.issues[0].message);
	return parsed.output;
}

/** What the device's signature is over. */
export function receiptSignatureMessage(body: Uint8Array): Uint8Array {
	return lengthPrefixed("psync/mailbox/receipt/1", body);
}

/** What the seal is bound to: nobody can show it as another's. */
export function receiptContext(groupId: GroupId, device: DeviceId): Uint8Array {
	return lengthPrefixed("psync/mailbox/receipt/seal/1", groupId, device);
}
