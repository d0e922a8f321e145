// Which public point belongs to a private number of P-256: the one thing about this curve that the web's own cryptography cannot do on
// Apple's systems. Everything else (signing, checking, agreeing on a secret) is left to it.
import { assert } from "../core/assert.ts";
import { bytesToHex, hexToBytes } from "../core/bytes.ts";

const PRIME = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const BITS = 256;

/** Projective: (X/Z, Y/Z). Z is 0 for none. */
type Point = readonly [x: bigint, y: bigint, z: bigint];

const NONE: Point = [0n, 1n, 0n];
const BASE: Point = [
	0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
	0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
	1n,
];

/** The private number that a seed longer than it becomes: 32 bytes. */
export function scalarFrom(seed: Uint8Array): Uint8Array {
	const scalar = BigInt(`0x${bytesToHex(seed)}`) % ORDER;
	assert(scalar !== 0n, "the scalar is not zero");
	return bytesOf(scalar);
}

/** Uncompressed, 65 bytes. */
export function publicPointOf(scalar: Uint8Array): Uint8Array {
	const bits = BigInt(`0x${bytesToHex(scalar)}`);
	let point = NONE;
	// Both sums are made at each step, whatever the bit: what is done tells less of it.
	for (let bit = BITS - 1; bit >= 0; bit--) {
		const doubled = sum(point, point);
		const added = sum(doubled, BASE);
		point = (bits >> BigInt(bit)) & 1n ? added : doubled;
	}
	const [x, y, z] = point;
	const inverse = power(z, PRIME - 2n);
	return Uint8Array.of(4, ...bytesOf(modulo(x * inverse)), ...bytesOf(modulo(y * inverse)));
}

/** Complete for every two points of the curve, also equal ones and none: Renes, Costello and Batina (2016), algorithm 4. */
function sum([x1, y1, z1]: Point, [x2, y2, z2]: Point): Point {
	const xx = x1 * x2;
	const yy = y1 * y2;
	const zz = modulo(z1 * z2);
	const xy = modulo(x1 * y2 + x2 * y1);
	const yz = modulo(y1 * z2 + y2 * z1);
	const xz = modulo(x1 * z2 + x2 * z1);
	const a = 3n * modulo(xz - B * zz);
	const [plus, minus] = [modulo(yy + a), modulo(yy - a)];
	const c = modulo(3n * (B * xz - 3n * zz - xx));
	const d = modulo(3n * (xx - zz));
	return [modulo(xy * plus - yz * c), modulo(plus * minus + d * c), modulo(yz * minus + xy * d)];
}

function power(base: bigint, exponent: bigint): bigint {
	let result = 1n;
	for (let bit = BITS - 1; bit >= 0; bit--) {
		result = modulo(result * result);
		if ((exponent >> BigInt(bit)) & 1n) result = modulo(result * base);
	}
	return result;
}

function modulo(value: bigint): bigint {
	const rest = value % PRIME;
	return rest < 0n ? rest + PRIME : rest;
}

function bytesOf(value: bigint): Uint8Array {
	return hexToBytes(value.toString(16).padStart(64, "0"));
}
