// Randomness, as the engine sees it: cryptographically strong outside of tests, seeded inside them.

export interface Random {
	bytes(length: number): Uint8Array;
}
