// Something sealed for one device: whoever knows its public agreement key can seal, only the device can open. An ephemeral P-256 key
// agrees with the device's, HKDF makes an AES-256-GCM key of that for this one envelope.
import { concatBytes } from "../core/bytes.ts";
import type { AgreementKey } from "../engine/ports/crypto.ts";
import { lengthPrefixed } from "../wire/length-prefix.ts";
import { isDomException, POINT_BYTES, privateJwkOf, source } from "./p256.ts";

const CURVE = { name: "ECDH", namedCurve: "P-256" } as const;
const LABEL = "psync/envelope/1";
const SECRET_BITS = 256;
const TAG_BYTES = 16;
/** A key seals one envelope, ever. */
const NONCE = new Uint8Array(12);

/** A new key pair whose private half can never be read again: for hosts that can store a CryptoKey. */
export function newAgreementPair(): Promise<CryptoKeyPair> {
	return crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
}

/** A new private key as JWK: for hosts that keep it in a file. */
export async function newAgreementJwk(): Promise<JsonWebKey> {
	return privateJwkOf(await crypto.subtle.generateKey(CURVE, true, ["deriveBits"]));
}

export async function agreementKeyFromPair({ publicKey, privateKey }: CryptoKeyPair): Promise<AgreementKey> {
	const point = new Uint8Array(await crypto.subtle.exportKey("raw", publicKey));
	return { publicKey: point, open: (envelope, context) => openEnvelope({ privateKey, point }, envelope, context) };
}

/** Rejects with a DataError when it is not a private P-256 key. */
export async function agreementKeyFromJwk({ x = "", y = "", d = "" }: JsonWebKey): Promise<AgreementKey> {
	const form = { kty: "EC", crv: "P-256" };
	const [privateKey, publicKey] = await Promise.all([
		crypto.subtle.importKey("jwk", { ...form, x, y, d }, CURVE, false, ["deriveBits"]),
		crypto.subtle.importKey("jwk", { ...form, x, y }, CURVE, true, []),
	]);
	return agreementKeyFromPair({ privateKey, publicKey });
}

/** For the device whose agreement key is `point`, bound to `context`. Rejects with a DataError when it is no point. */
export async function sealEnvelope(point: Uint8Array, plaintext: Uint8Array, context: Uint8Array): Promise<Uint8Array> {
	const receiver = await importPoint(point);
	const ephemeral = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
	const ephemeralPoint = new Uint8Array(await crypto.subtle.exportKey("raw", ephemeral.publicKey));
	const key = await envelopeKey(ephemeral.privateKey, receiver, { ephemeralPoint, point }, "encrypt");
	const sealed = await crypto.subtle.encrypt(parameters(context), key, source(plaintext));
	return concatBytes(ephemeralPoint, new Uint8Array(sealed));
}

/** `undefined`: not sealed for this device and context. */
async function openEnvelope(
	own: { readonly privateKey: CryptoKey; readonly point: Uint8Array },
	envelope: Uint8Array,
	context: Uint8Array,
): Promise<Uint8Array | undefined> {
	if (envelope.length < POINT_BYTES + TAG_BYTES) return undefined;
	const ephemeralPoint = envelope.slice(0, POINT_BYTES);
	try {
		const ephemeral = await importPoint(ephemeralPoint);
		const key = await envelopeKey(own.privateKey, ephemeral, { ephemeralPoint, point: own.point }, "decrypt");
		const opened = await crypto.subtle.decrypt(parameters(context), key, source(envelope.subarray(POINT_BYTES)));
		return new Uint8Array(opened);
	} catch (error) {
		// No point of the curve, or another seal.
		if (isDomException(error, "DataError", "OperationError")) return undefined;
		throw error;
	}
}

async function envelopeKey(
	privateKey: CryptoKey,
	publicKey: CryptoKey,
	points: { readonly ephemeralPoint: Uint8Array; readonly point: Uint8Array },
	use: "encrypt" | "decrypt",
): Promise<CryptoKey> {
	const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: publicKey }, privateKey, SECRET_BITS);
	const secret = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
	// Both points inside: an envelope for one device can be read as one for no other.
	const info = lengthPrefixed(LABEL, points.ephemeralPoint, points.point);
	const hkdf = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: source(info) };
	return crypto.subtle.deriveKey(hkdf, secret, { name: "AES-GCM", length: 256 }, false, [use]);
}

function importPoint(point: Uint8Array): Promise<CryptoKey> {
	return crypto.subtle.importKey("raw", source(point), CURVE, true, []);
}

function parameters(context: Uint8Array): AesGcmParams {
	return { name: "AES-GCM", iv: NONCE, additionalData: source(context) };
}
