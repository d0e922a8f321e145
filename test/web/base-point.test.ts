// Public points of private numbers, against Node's own elliptic curves.
import { createECDH, randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { bytesToHex, hexToBytes } from "../../src/core/bytes.ts";
import { publicPointOf, scalarFrom } from "../../src/web/base-point.ts";

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

function hexOf(value: bigint, bytes = 32): string {
	return value.toString(16).padStart(2 * bytes, "0");
}

/** As OpenSSL has it. */
function expected(scalar: string): string {
	const ecdh = createECDH("prime256v1");
	ecdh.setPrivateKey(scalar, "hex");
	return ecdh.getPublicKey("hex");
}

function made(scalar: string): string {
	return bytesToHex(publicPointOf(hexToBytes(scalar)));
}

describe("the public point of a private number", () => {
	// Where formulas that are not complete go wrong: small ones, the ends of the group, all bits, single bits.
	const edges = [1n, 2n, 3n, 4n, 5n, 7n, 8n, ORDER - 1n, ORDER - 2n, ORDER - 3n, ORDER / 2n, ORDER / 2n + 1n];
	const singleBits = Array.from({ length: 256 }, (_, bit) => 1n << BigInt(bit)).filter((value) => value < ORDER);

	test("is the one that OpenSSL finds, at the edges and for each bit alone", () => {
		for (const scalar of [...edges, ...singleBits, ...singleBits.map((value) => ORDER - value)])
			expect(made(hexOf(scalar)), String(scalar)).toBe(expected(hexOf(scalar)));
	});

	test("is the one that OpenSSL finds, for numbers at random", () => {
		for (let n = 0; n < 300; n++) {
			const scalar = bytesToHex(scalarFrom(randomBytes(48)));
			expect(made(scalar), scalar).toBe(expected(scalar));
		}
	});
});

describe("the private number of a seed", () => {
	test("is the seed modulo the order, in 32 bytes", () => {
		const seeds = [1n, ORDER - 1n, ORDER + 1n, 12_345n * ORDER + 255n, 2n ** 384n - 1n];
		for (const seed of seeds) {
			const scalar = bytesToHex(scalarFrom(hexToBytes(hexOf(seed, 48))));
			expect(scalar).toBe(hexOf(seed % ORDER));
		}
	});

	test("is never zero", () => {
		expect(() => scalarFrom(hexToBytes(hexOf(7n * ORDER, 48)))).toThrow("not zero");
	});
});
