// SHA-256 from Node's own crypto.
import { createHash } from "node:crypto";
import type { Digest } from "../../src/engine/ports/digest.ts";

export const nodeDigest: Digest = {
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
