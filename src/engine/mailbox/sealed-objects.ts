// Heads and receipts as they are stored: body and signature of the device inside, padded, sealed with a key of the group. Opening asks
// in one order: size, seal, form, group and key, who signed it, the signature. Rules ZF of readme/SPEC.md.
import { concatBytes } from "../../core/bytes.ts";
import type { DeviceId, GroupId } from "../../core/ids.ts";
import { MAILBOX_HEAD_BYTES_MAX, MAILBOX_RECEIPT_BYTES_MAX } from "../../wire/mailbox-api.ts";
import {
	decodeHead,
	encodeHead,
	headContext,
	headHashOf,
	headSignatureMessage,
	type HeadHash,
	type MailboxHead,
} from "../../wire/mailbox-head.ts";
import {
	decodeReceipt,
	encodeReceipt,
	receiptContext,
	receiptSignatureMessage,
	type MailboxReceipt,
} from "../../wire/mailbox-receipt.ts";
import { paddedLength } from "../../wire/padding.ts";
import { SIGNATURE_BYTES } from "../../wire/roster-codec.ts";
import { SealedError } from "../../wire/sealed-error.ts";
import type { DeviceKey, GroupSecrets, MailboxPurpose, Verifier } from "../ports/crypto.ts";

/** Of a group, under the key that is in use. */
export interface Sealer {
	readonly secrets: Pick<GroupSecrets, "groupId" | "mailbox">;
	readonly keyEpoch: number;
}

export interface Opener extends Sealer {
	readonly verifier: Verifier;
	/** The public key of a device whose signature counts here; `undefined`: it does not. `anybody`: who has the group key counts. */
	readonly signerOf: (device: DeviceId) => Uint8Array | "anybody" | undefined;
}

interface Signed {
	readonly groupId: GroupId;
	readonly keyEpoch: number;
}

/** What `seal` adds by itself. */
type Unsealed<T extends Signed, Device extends keyof T> = Omit<T, "groupId" | "keyEpoch" | Device>;

const LENGTH_BYTES = 4;

/** `undefined`: larger than a head may be. */
export async function sealHead(
	head: Unsealed<MailboxHead, "by">,
	sealer: Sealer,
	own: DeviceKey,
): Promise<{ readonly bytes: Uint8Array; readonly head: MailboxHead; readonly hash: HeadHash } | undefined> {
	const { secrets, keyEpoch } = sealer;
	const whole: MailboxHead = { ...head, groupId: secrets.groupId, keyEpoch, by: own.deviceId };
	const body = encodeHead(whole);
	const bytes = await sealed("head", body, {
		...{ secrets, signature: await own.sign(headSignatureMessage(body)) },
		...{ context: headContext(secrets.groupId), bytesMax: MAILBOX_HEAD_BYTES_MAX },
	});
	return bytes && { bytes, head: whole, hash: headHashOf(body) };
}

/** Rejects with a SealedError. Whether it is an old one is for somebody with a memory to say. */
export async function openHead(
	bytes: Uint8Array,
	opener: Opener,
): Promise<{ readonly head: MailboxHead; readonly hash: HeadHash }> {
	const context = headContext(opener.secrets.groupId);
	const { body, signature } = await opened("head", bytes, { ...opener, context, bytesMax: MAILBOX_HEAD_BYTES_MAX });
	const head = decodeHead(body);
	checkGroup(head, opener);
	await checkSigner(head.by, headSignatureMessage(body), signature, opener);
	return { head, hash: headHashOf(body) };
}

/** `undefined`: larger than a receipt may be. */
export async function sealReceipt(
	receipt: Unsealed<MailboxReceipt, "device">,
	sealer: Sealer,
	own: DeviceKey,
): Promise<Uint8Array | undefined> {
	const { secrets, keyEpoch } = sealer;
	const body = encodeReceipt({ ...receipt, groupId: secrets.groupId, keyEpoch, device: own.deviceId });
	return sealed("receipt", body, {
		...{ secrets, signature: await own.sign(receiptSignatureMessage(body)) },
		...{ context: receiptContext(secrets.groupId, own.deviceId), bytesMax: MAILBOX_RECEIPT_BYTES_MAX },
	});
}

/** `device`: whose it is, as the relay says. Rejects with a SealedError. */
export async function openReceipt(bytes: Uint8Array, device: DeviceId, opener: Opener): Promise<MailboxReceipt> {
	const context = receiptContext(opener.secrets.groupId, device);
	const bytesMax = MAILBOX_RECEIPT_BYTES_MAX;
	const { body, signature } = await opened("receipt", bytes, { ...opener, context, bytesMax });
	const receipt = decodeReceipt(body);
	checkGroup(receipt, opener);
	if (receipt.device !== device) throw new SealedError("other-device", "the receipt of another device");
	await checkSigner(device, receiptSignatureMessage(body), signature, opener);
	return receipt;
}

interface Sealing {
	readonly secrets: Pick<GroupSecrets, "mailbox">;
	readonly context: Uint8Array;
	readonly bytesMax: number;
}

async function sealed(
	purpose: MailboxPurpose,
	body: Uint8Array,
	{ secrets, context, bytesMax, signature }: Sealing & { readonly signature: Uint8Array },
): Promise<Uint8Array | undefined> {
	const length = new Uint8Array(LENGTH_BYTES);
	new DataView(length.buffer).setUint32(0, body.length);
	const inside = concatBytes(signature, length, body);
	// Room for what the seal adds.
	const bytes = paddedLength(inside.length + SEAL_BYTES_MAX) - SEAL_BYTES_MAX;
	if (bytes + SEAL_BYTES_MAX > bytesMax) return undefined;
	const padded = new Uint8Array(bytes);
	padded.set(inside);
	return secrets.mailbox.seal(purpose, padded, context);
}

/** Nonce and tag. */
const SEAL_BYTES_MAX = 28;

async function opened(
	purpose: MailboxPurpose,
	bytes: Uint8Array,
	{ secrets, context, bytesMax }: Sealing,
): Promise<{ readonly body: Uint8Array; readonly signature: Uint8Array }> {
	if (bytes.length > bytesMax) throw new SealedError("too-large", `a ${purpose} larger than it may be`);
	const inside = await secrets.mailbox.open(purpose, bytes, context);
	if (inside === undefined)
		throw new SealedError("other-key", `the ${purpose} was not sealed by a member, or was changed`);
	const from = SIGNATURE_BYTES + LENGTH_BYTES;
	if (inside.length < from) throw new SealedError("malformed", `the ${purpose} is too short`);
	const length = new DataView(inside.buffer, inside.byteOffset).getUint32(SIGNATURE_BYTES);
	if (length > inside.length - from) throw new SealedError("malformed", `the ${purpose} is cut`);
	return { body: inside.slice(from, from + length), signature: inside.slice(0, SIGNATURE_BYTES) };
}

function checkGroup({ groupId, keyEpoch }: Signed, opener: Opener): void {
	if (groupId !== opener.secrets.groupId) throw new SealedError("other-group", "of another group");
	if (keyEpoch !== opener.keyEpoch) throw new SealedError("other-epoch", "of another key of the group");
}

async function checkSigner(
	device: DeviceId,
	message: Uint8Array,
	signature: Uint8Array,
	{ signerOf, verifier }: Opener,
): Promise<void> {
	const publicKey = signerOf(device);
	if (publicKey === "anybody") return;
	if (publicKey === undefined) throw new SealedError("not-a-writer", "by a device whose word does not count here");
	if (!(await verifier.verify(publicKey, message, signature))) {
		throw new SealedError("bad-signature", "not signed by the device that it names");
	}
}
