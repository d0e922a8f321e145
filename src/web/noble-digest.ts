// The Digest port in plain JavaScript: synchronous, unlike the platform's own.
import { sha256 } from "@noble/hashes/sha2.js";
import type { Digest } from "../engine/ports/digest.ts";

export const nobleDigest: Digest = {
	sha256: (bytes) => sha256(bytes),
	begin: () => {
		const running = sha256.create();
		return {
			update: (bytes) => {
				running.update(bytes);
			},
			end: () => running.digest(),
		};
	},
};
