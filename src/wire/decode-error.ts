// Everything that can be wrong with bytes from another device. It ends that session with its code and harms nothing else.

export type DecodeErrorCode =
	// Frames (framing.ts).
	| "frame-empty"
	| "frame-too-long"
	| "unknown-lane"
	| "unknown-flags"
	| "not-begun" // a continuation without a first frame
	| "not-ended" // a first frame inside an unfinished message
	// Messages (framing.ts, codec.ts).
	| "too-long"
	| "malformed"
	| "unknown-message";

export class DecodeError extends Error {
	override readonly name = "DecodeError";
	readonly code: DecodeErrorCode;

	constructor(code: DecodeErrorCode, message: string, options?: { cause?: unknown }) {
		super(message, options);
		this.code = code;
	}
}
