// Where a device leaves a few bytes for another one that is away, until that one comes back: at the relay. One box is one device
// in one group at one relay. Every implementation passes test/contracts/envelope-box.contract.ts.
// The relay is a stranger: it can lose an envelope, give an old one again, or make one up and say it is from anybody. So the bytes
// are sealed for whoever they are for, and signed inside.
import type { DeviceId } from "../../core/ids.ts";

export interface EnvelopeBox {
	/**
	 * Leaves at most ENVELOPE_BYTES_MAX (wire/relay-api.ts) bytes for `to`, in place of what this device left for it before. The relay
	 * keeps them for 90 days, or until they were removed. Rejects with an EnvelopeBoxError.
	 */
	put(to: DeviceId, bytes: Uint8Array): Promise<void>;
	/** What others left for this device, at most one of each, in no order. They stay. Rejects with an EnvelopeBoxError. */
	take(): Promise<readonly ReceivedEnvelope[]>;
	/** It was dealt with, and is not given again; a newer one of the same device is. Rejects with an EnvelopeBoxError. */
	remove(envelope: ReceivedEnvelope): Promise<void>;
}

export interface ReceivedEnvelope {
	/** Whom the relay says it is from. */
	readonly from: DeviceId;
	readonly bytes: Uint8Array;
}

export type EnvelopeBoxErrorCode =
	/** No answer, or the relay is in trouble or wants us to wait: try again later. */
	| "unreachable"
	/** The relay does not want this group or device. */
	| "refused"
	/** No room for one more. */
	| "full"
	/** What answers there knows no envelopes, or answers nonsense. */
	| "bad-answer";

export class EnvelopeBoxError extends Error {
	override readonly name = "EnvelopeBoxError";
	readonly code: EnvelopeBoxErrorCode;

	constructor(code: EnvelopeBoxErrorCode, message: string, options?: { cause?: unknown }) {
		super(message, options);
		this.code = code;
	}
}
