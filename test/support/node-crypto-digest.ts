// SHA-256 for tests, from Node itself: independent of the implementations under test.
import { createHash } from "node:crypto";
import { assert } from "../../src/core/assert.ts";
import { contentHashFromBytes } from "../../src/core/hash.ts";
import type { ContentHash } from "../../src/core/hash.ts";
import type { Digest } from "../../src/engine/ports/digest.ts";

export const nodeCryptoDigest: Digest = {
	sha256: (bytes) => new Uint8Array(createHash("sha256").update(bytes).digest()),
	begin: () => {
		const running = createHash("sha256");
		return {
			update: (bytes) => {
				running.update(bytes);
			},
			end: () => new Uint8Array(running.digest()),
		};
	},
};

export function contentHashOf(content: Uint8Array | string): ContentHash {
	const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
	const hash = contentHashFromBytes(nodeCryptoDigest.sha256(bytes));
	assert(hash !== undefined, "SHA-256 has 32 bytes");
	return hash;
}
