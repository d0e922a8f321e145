// Everything that can be wrong with what a relay keeps sealed for a group. Whoever reads passes it over and says why; nothing else
// happens. Rules ZF of readme/SPEC.md.

export type SealedErrorCode =
	// Packs (pack.ts).
	| "missing" // the relay has it no more
	| "cut" // fewer bytes, or more, than it has by its own words or the head's
	| "unknown-format"
	| "other-pack" // a pack, but not the one that was asked for
	| "other-key" // sealed by another group, with a key of before or after, or not sealed at all
	| "damaged" // changed, or a part of it in another place
	| "outside" // a place that the pack does not have
	// Blobs (compression.ts).
	| "not-compressed" // said to be, and is something else
	| "too-long" // more comes out of it than it says
	| "too-short"
	| "other-content" // not what its hash says
	// Heads and receipts (mailbox-head.ts, mailbox-receipt.ts).
	| "too-large"
	| "malformed"
	| "other-group"
	| "other-epoch" // of another key of the group
	| "other-device" // a receipt of somebody else
	| "not-a-writer" // signed by nobody whose changes count
	| "bad-signature";

export class SealedError extends Error {
	override readonly name = "SealedError";
	readonly code: SealedErrorCode;

	constructor(code: SealedErrorCode, message: string) {
		super(message);
		this.code = code;
	}
}
