// SHA-256 over raw bytes: the identity of content everywhere (core/hash.ts) and of the trie's nodes.
// Synchronous, because the compare-and-swap of Obsidian's `Vault.process` runs in a synchronous callback.

export interface Digest {
	sha256(bytes: Uint8Array): Uint8Array;
	/** Of bytes that come one after the other. */
	begin(): RunningDigest;
}

export interface RunningDigest {
	update(bytes: Uint8Array): void;
	/** Of all that came; the last call. */
	end(): Uint8Array;
}
