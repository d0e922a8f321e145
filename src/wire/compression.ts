// Smaller while it is stored: raw deflate, each blob by itself. What comes out is never more than was said, whatever went in.
// Rules ZF of readme/SPEC.md.
import { deflateSync, Inflate } from "fflate";
import { SealedError } from "./sealed-error.ts";

/** One push at a time: deflate makes at most 1,032 bytes of one, so no push makes more than 16.2 MiB. */
const PUSH_BYTES = 16 * 1024;
/** Of levels 1 to 9: the quickest that is no worse than the others by much. */
const LEVEL = 4;

/** Pictures, films and the like are as small as they get: a part from the middle says so in a fraction of the time. */
const SAMPLE_BYTES = 64 * 1024;

/** `undefined`: it would not get smaller, or hardly. */
export function deflated(bytes: Uint8Array): Uint8Array | undefined {
	if (bytes.length > 2 * SAMPLE_BYTES) {
		const from = Math.floor((bytes.length - SAMPLE_BYTES) / 2);
		if (deflated(bytes.subarray(from, from + SAMPLE_BYTES)) === undefined) return undefined;
	}
	const smaller = deflateSync(bytes, { level: LEVEL });
	return smaller.length < bytes.length ? smaller : undefined;
}

/** Exactly `size` bytes, or a SealedError. */
export function inflated(bytes: Uint8Array, size: number): Uint8Array {
	const whole = new Uint8Array(size);
	let length = 0;
	const inflate = new Inflate((part) => {
		if (length + part.length > size) throw new SealedError("too-long", "more comes out than was said");
		whole.set(part, length);
		length += part.length;
	});
	try {
		for (let from = 0; from === 0 || from < bytes.length; from += PUSH_BYTES) {
			inflate.push(bytes.subarray(from, from + PUSH_BYTES), from + PUSH_BYTES >= bytes.length);
		}
	} catch (error) {
		if (error instanceof SealedError) throw error;
		// fflate throws errors of its own for what is not deflate, and nothing else.
		throw new SealedError("not-compressed", "it cannot be unpacked");
	}
	if (length < size) throw new SealedError("too-short", "less comes out than was said");
	return whole;
}
