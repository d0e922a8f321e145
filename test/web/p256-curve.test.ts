// The curve's numbers are ours, its arithmetic is the library's. OpenSSL is asked too.
import { createECDH } from "node:crypto";
import { p256 } from "@noble/curves/nist.js";
import fc from "fast-check";
import { expect, test } from "vitest";
import { curve, keyPairOf } from "../../src/web/p256-curve.ts";

test("The numbers of the curve are the library's own", () => {
	expect(curve).toEqual(p256.Point.CURVE());
});

const scalar = fc.oneof(
	fc.bigInt(1n, curve.n - 1n),
	fc.constantFrom(1n, 2n, 3n, curve.n / 2n, curve.n - 2n, curve.n - 1n),
);

test("A number's public point is what the library's whole P-256 and OpenSSL make of it", () => {
	fc.assert(
		fc.property(scalar, (number) => {
			const { secret, publicKey } = keyPairOf(number);
			expect(publicKey).toEqual(p256.getPublicKey(secret, false));
			const openSsl = createECDH("prime256v1");
			openSsl.setPrivateKey(secret);
			expect(publicKey).toEqual(new Uint8Array(openSsl.getPublicKey()));
		}),
		{ numRuns: 50 },
	);
});

test.each([0n, curve.n, -1n, curve.n + 1n])("%s is no private key", (number) => {
	expect(() => keyPairOf(number)).toThrow();
});
