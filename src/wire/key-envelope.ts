// A new group key on its way to one device, which may be away: who it is from and for in the open, signed; the key, and what the
// receiver lacks of the roster, sealed for it alone.
import { encode } from "@msgpack/msgpack";
import * as v from "valibot";
import { hexToBytes } from "../core/bytes.ts";
import { GROUP_KEY_BYTES } from "../core/group-key.ts";
import type { DeviceId } from "../core/ids.ts";
import { lengthPrefixed } from "./length-prefix.ts";
import { COUNTER_MAX } from "./limits.ts";
import { deviceIdSchema } from "./record-codec.ts";
import { ENVELOPE_BYTES_MAX } from "./relay-api.ts";
import { SIGNATURE_BYTES, signedEntrySchema, type WireEntry } from "./roster-codec.ts";
import { unpack } from "./unpack.ts";
import { anyBytes, bytesOf, wholeNumber } from "./schemas.ts";

/** Of the sealed part before it is sealed: what is around it takes less than the rest. */
export const HANDED_BYTES_MAX = ENVELOPE_BYTES_MAX - 512;
/** More do not fit. */
const ENTRIES_MAX = 128;

export interface EnvelopeHead {
	readonly from: DeviceId;
	readonly to: DeviceId;
	/** The number of the key inside, among the keys of the group. */
	readonly keyEpoch: number;
}

export interface KeyEnvelope extends EnvelopeHead {
	readonly sealed: Uint8Array;
	readonly signature: Uint8Array;
}

/** What is sealed. */
export interface HandedKey {
	/** `undefined`: for the device that was taken out, which hears of that and gets nothing. */
	readonly key: Uint8Array | undefined;
	readonly entries: readonly WireEntry[];
}

const LAYOUT = 1;
const keyEpochSchema = wholeNumber(1, COUNTER_MAX);
const envelopeSchema = v.strictTuple([
	v.literal(LAYOUT),
	deviceIdSchema,
	deviceIdSchema,
	keyEpochSchema,
	v.pipe(anyBytes, v.minLength(1)),
	bytesOf(SIGNATURE_BYTES),
]);
const handedSchema = v.strictTuple([
	v.nullable(bytesOf(GROUP_KEY_BYTES)),
	v.pipe(v.array(signedEntrySchema), v.maxLength(ENTRIES_MAX)),
]);

export function encodeKeyEnvelope({ from, to, keyEpoch, sealed, signature }: KeyEnvelope): Uint8Array {
	return encode([LAYOUT, hexToBytes(from), hexToBytes(to), keyEpoch, sealed, signature]);
}

/** `undefined`: not one. */
export function decodeKeyEnvelope(bytes: Uint8Array): KeyEnvelope | undefined {
	const raw = unpack(bytes, { bytesMax: ENVELOPE_BYTES_MAX, arrayMax: 6 });
	const parsed = v.safeParse(envelopeSchema, raw, { abortEarly: true });
	if (!parsed.success) return undefined;
	const [, from, to, keyEpoch, sealed, signature] = parsed.output;
	return { from, to, keyEpoch, sealed, signature };
}

export function encodeHandedKey({ key, entries }: HandedKey): Uint8Array {
	return encode([key ?? null, entries]);
}

export function decodeHandedKey(bytes: Uint8Array): HandedKey | undefined {
	const raw = unpack(bytes, { bytesMax: ENVELOPE_BYTES_MAX, arrayMax: ENTRIES_MAX });
	const parsed = v.safeParse(handedSchema, raw, { abortEarly: true });
	return parsed.success ? { key: parsed.output[0] ?? undefined, entries: parsed.output[1] } : undefined;
}

/** What the seal is bound to: nobody can hand it on as another's, or for another, or as another key. */
export function envelopeContext({ from, to, keyEpoch }: EnvelopeHead): Uint8Array {
	return lengthPrefixed("psync/handed/1", from, to, String(keyEpoch));
}

/** What the sender's device key signs. */
export function envelopeSignatureMessage(head: EnvelopeHead, sealed: Uint8Array): Uint8Array {
	return lengthPrefixed("psync/handed/sign/1", envelopeContext(head), sealed);
}
