// The one layout of bytes that are hashed, signed or bound to a seal: each part behind its length, so that no two lists of
// parts come out as the same bytes.
import { concatBytes } from "../core/bytes.ts";

/** Length of each part as four bytes, big-endian, then the part; text as UTF-8. */
export function lengthPrefixed(...parts: readonly (Uint8Array | string)[]): Uint8Array {
	return concatBytes(
		...parts.flatMap((part) => {
			const bytes = typeof part === "string" ? new TextEncoder().encode(part) : part;
			const length = new Uint8Array(4);
			new DataView(length.buffer).setUint32(0, bytes.length);
			return [length, bytes];
		}),
	);
}
