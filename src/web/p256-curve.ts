// The one thing on the curve P-256 that WebCrypto does not do on Apple's systems: from a number to its public point. The library's
// point alone: its signatures, which WebCrypto makes, would be 11 KiB of the plugin that nothing calls.
import { weierstrass } from "@noble/curves/abstract/weierstrass.js";

/** FIPS 186-5 (SP 800-186, 3.2.1.3). A test compares them with the library's own, which cannot be had without its signatures. */
const Point = /* @__PURE__ */ weierstrass({
	p: 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn,
	n: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
	h: 1n,
	a: 0xffffffff00000001000000000000000000000000fffffffffffffffffffffffcn,
	b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
	Gx: 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
	Gy: 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
});

export const curve: ReturnType<typeof Point.CURVE> = Point.CURVE();

/** `scalar`: from 1 to one less than the order of the curve; throws otherwise. 32 bytes, and an uncompressed point of 65. */
export function keyPairOf(scalar: bigint): { readonly secret: Uint8Array; readonly publicKey: Uint8Array } {
	return { secret: Point.Fn.toBytes(scalar), publicKey: Point.BASE.multiply(scalar).toBytes(false) };
}
