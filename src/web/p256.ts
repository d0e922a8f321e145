// Forms of a P-256 public key: 65-byte point, JWK coordinates, and the RFC 7638 thumbprint that is an id.
import { base64urlnopad } from "@scure/base";
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

/** RFC 7638: SHA-256 over the required members in lexical order, no spaces; here as 64 hex digits. */
export async function thumbprint({ x, y }: PublicCoordinates): Promise<string> {
	const canonical = new TextEncoder().encode(`{"crv":"P-256","kty":"EC","x":"${x}","y":"${y}"}`);
	return bytesToHex(new Uint8Array(await crypto.subtle.digest("SHA-256", canonical)));
}
