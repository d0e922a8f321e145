// Forms of a P-256 key: 65-byte point, JWK coordinates, the RFC 7638 thumbprint that is an id; and what WebCrypto needs around them.
import { base64urlnopad } from "@scure/base";
import { assert } from "../core/assert.ts";
import { bytesToHex } from "../core/bytes.ts";

export const POINT_BYTES = 65;
const COORDINATE_BYTES = 32;
const UNCOMPRESSED = 4;

export interface PublicCoordinates {
	readonly x: string;
	readonly y: string;
}

/** `point` must be an uncompressed point of 65 bytes; whether it lies on the curve is for the key's import to say. */
export function pointToCoordinates(point: Uint8Array): PublicCoordinates | undefined {
	if (point.length !== POINT_BYTES || point[0] !== UNCOMPRESSED) return undefined;
	return {
		x: base64urlnopad.encode(point.subarray(1, 1 + COORDINATE_BYTES)),
		y: base64urlnopad.encode(point.subarray(1 + COORDINATE_BYTES)),
	};
}

/** A new private key of `pair` as JWK, with no more in it than it takes. */
export async function privateJwkOf({ privateKey }: CryptoKeyPair): Promise<JsonWebKey> {
	const { kty, crv, x, y, d } = await crypto.subtle.exportKey("jwk", privateKey);
	assert(x !== undefined && y !== undefined && d !== undefined, "a private P-256 key has x, y and d");
	return { kty: kty ?? "EC", crv: crv ?? "P-256", x, y, d };
}

/** WebCrypto's types refuse views of shared memory; none of ours is one. */
export function source(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
	return bytes as Uint8Array<ArrayBuffer>;
}

export function isDomException(error: unknown, ...names: readonly string[]): boolean {
	return error instanceof DOMException && names.includes(error.name);
}

/** RFC 7638: SHA-256 over the required members in lexical order, no spaces; here as 64 hex digits. */
export async function thumbprint({ x, y }: PublicCoordinates): Promise<string> {
	const canonical = new TextEncoder().encode(`{"crv":"P-256","kty":"EC","x":"${x}","y":"${y}"}`);
	return bytesToHex(new Uint8Array(await crypto.subtle.digest("SHA-256", canonical)));
}
