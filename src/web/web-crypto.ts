// The crypto ports over WebCrypto: the same file serves browsers and Node. Keys stay CryptoKeys; nothing here exports one.
import { base64urlnopad } from "@scure/base";
import { assert } from "../core/assert.ts";
import { parseDeviceId, parseGroupId } from "../core/ids.ts";
import type { GroupKey } from "../core/group-key.ts";
import type { DeviceKey, GroupLogin, GroupSecrets, RosterProof, Verifier } from "../engine/ports/crypto.ts";
import type { RelayUrl } from "../wire/relay-url.ts";
import { mailboxKeys } from "./mailbox-keys.ts";
import { curve, keyPairOf } from "./p256-curve.ts";
import { isDomException, pointToCoordinates, POINT_BYTES, privateJwkOf, source, thumbprint } from "./p256.ts";
import { open, seal } from "./seal.ts";

const CURVE = { name: "ECDSA", namedCurve: "P-256" } as const;
const ES256 = { name: "ECDSA", hash: "SHA-256" } as const;
const SALT = "psync/1";
/** So long that reducing it modulo the group order leaves no bias anybody could use. */
const SEED_BYTES = 48;

export const webVerifier: Verifier = {
	async verify(publicKey, message, signature) {
		if (pointToCoordinates(publicKey) === undefined) return false;
		const key = await importPoint(publicKey);
		return key !== undefined && crypto.subtle.verify(ES256, key, source(signature), source(message));
	},

	async deviceIdOf(publicKey) {
		const coordinates = pointToCoordinates(publicKey);
		if (coordinates === undefined || (await importPoint(publicKey)) === undefined) return undefined;
		return parseDeviceId(await thumbprint(coordinates));
	},
};

/** A new key pair whose private half can never be read again: for hosts that can store a CryptoKey. */
export function newDevicePair(): Promise<CryptoKeyPair> {
	return subtle().generateKey(CURVE, false, ["sign", "verify"]);
}

/** A new private key as JWK: for hosts that keep it in a file. */
export async function newDeviceJwk(): Promise<JsonWebKey> {
	return privateJwkOf(await subtle().generateKey(CURVE, true, ["sign", "verify"]));
}

export async function deviceKeyFromPair(pair: CryptoKeyPair): Promise<DeviceKey> {
	const publicKey = new Uint8Array(await subtle().exportKey("raw", pair.publicKey));
	const deviceId = await webVerifier.deviceIdOf(publicKey);
	assert(deviceId !== undefined, "a device key is a P-256 key");
	return { deviceId, publicKey, sign: (message) => sign(pair.privateKey, message) };
}

/** Rejects with a DataError when it is not a private P-256 key; x and y must belong to d, which signing proves at once. */
export async function deviceKeyFromJwk(jwk: JsonWebKey): Promise<DeviceKey> {
	const { kty = "", crv = "", x = "", y = "", d = "" } = jwk;
	const [privateKey, publicKey] = await Promise.all([
		subtle().importKey("jwk", { kty, crv, x, y, d }, CURVE, false, ["sign"]),
		subtle().importKey("jwk", { kty, crv, x, y }, CURVE, true, ["verify"]),
	]);
	const key = await deviceKeyFromPair({ privateKey, publicKey });
	const probe = new TextEncoder().encode("psync/1 own key");
	if (await webVerifier.verify(key.publicKey, probe, await key.sign(probe))) return key;
	throw new DOMException("the public half does not belong to the private one", "DataError");
}

/**
 * Everything a running device needs of the group key, each purpose under its own HKDF label. The relay's address is part of
 * the login label, so that two relays cannot tell that they serve the same group.
 */
export async function deriveGroupSecrets(
	groupKey: GroupKey,
	relayUrl: RelayUrl,
): Promise<GroupSecrets & { readonly login: GroupLogin }> {
	const root = await rootOf(groupKey);
	const [sealKey, macKey, login, roster, snapshots] = await Promise.all([
		crypto.subtle.deriveKey(hkdf("signal"), root, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]),
		crypto.subtle.deriveKey(hkdf("peer"), root, { name: "HMAC", hash: "SHA-256", length: 256 }, false, ["sign"]),
		crypto.subtle.deriveBits(hkdf(`login|${relayUrl}`), root, SEED_BYTES * 8).then(loginFromSeed),
		rosterProof(root),
		crypto.subtle.deriveBits(hkdf("snap"), root, 256),
	]);
	return {
		groupId: login.groupId,
		login,
		handshakeMac: async (message) => new Uint8Array(await crypto.subtle.sign("HMAC", macKey, source(message))),
		seal: (plaintext, context) => seal(sealKey, plaintext, context),
		open: (sealed, context) => open(sealKey, sealed, context),
		roster,
		mailbox: await mailboxKeys(snapshots, login.groupId),
	};
}

/** What the roster knows a group key by, whatever the relay. */
export async function rosterPoint(groupKey: GroupKey): Promise<Uint8Array> {
	return (await rosterProof(await rootOf(groupKey))).publicKey;
}

async function rosterProof(root: CryptoKey): Promise<RosterProof> {
	return signerFromSeed(await crypto.subtle.deriveBits(hkdf("roster"), root, SEED_BYTES * 8));
}

function rootOf(groupKey: GroupKey): Promise<CryptoKey> {
	return subtle().importKey("raw", source(groupKey), "HKDF", false, ["deriveKey", "deriveBits"]);
}

async function loginFromSeed(seed: ArrayBuffer): Promise<GroupLogin> {
	const signer = await signerFromSeed(seed);
	const coordinates = pointToCoordinates(signer.publicKey);
	const groupId = coordinates && parseGroupId(await thumbprint(coordinates));
	assert(groupId !== undefined, "a thumbprint is a group id");
	return { groupId, ...signer };
}

async function signerFromSeed(seed: ArrayBuffer): Promise<RosterProof> {
	let scalar = 0n;
	for (const byte of new Uint8Array(seed)) scalar = (scalar << 8n) | BigInt(byte);
	scalar %= curve.n;
	assert(scalar !== 0n, "the scalar is not zero");

	const { secret, publicKey } = keyPairOf(scalar);
	const coordinates = pointToCoordinates(publicKey);
	assert(coordinates !== undefined, `a P-256 point has ${String(POINT_BYTES)} bytes`);
	const jwk = { kty: "EC", crv: "P-256", ...coordinates, d: base64urlnopad.encode(secret) };
	const privateKey = await crypto.subtle.importKey("jwk", jwk, CURVE, false, ["sign"]);
	return { publicKey, sign: (message) => sign(privateKey, message) };
}

async function sign(key: CryptoKey, message: Uint8Array): Promise<Uint8Array> {
	return new Uint8Array(await crypto.subtle.sign(ES256, key, source(message)));
}

/** `undefined`: not a point of the curve. */
async function importPoint(point: Uint8Array): Promise<CryptoKey | undefined> {
	try {
		return await subtle().importKey("raw", source(point), CURVE, true, ["verify"]);
	} catch (error) {
		if (isDomException(error, "DataError")) return undefined;
		throw error;
	}
}

function hkdf(label: string): HkdfParams {
	const encoder = new TextEncoder();
	return { name: "HKDF", hash: "SHA-256", salt: encoder.encode(SALT), info: encoder.encode(label) };
}

function subtle(): SubtleCrypto {
	// Missing on pages that are not a secure context; the types do not say so.
	const available = crypto.subtle as SubtleCrypto | undefined;
	if (available === undefined) throw new Error("This app gives no access to cryptography (crypto.subtle is missing).");
	return available;
}
