// The Random port over the platform's cryptographic generator.
import type { Random } from "../engine/ports/random.ts";

/** What one call of getRandomValues gives at most. */
const QUOTA_BYTES = 65_536;

export const webRandom: Random = {
	bytes(length) {
		const bytes = new Uint8Array(length);
		for (let at = 0; at < length; at += QUOTA_BYTES) crypto.getRandomValues(bytes.subarray(at, at + QUOTA_BYTES));
		return bytes;
	},
};
