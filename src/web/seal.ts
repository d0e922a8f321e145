// AES-256-GCM over WebCrypto: with a nonce that is drawn here, or with one that the caller never uses twice.
import { concatBytes } from "../core/bytes.ts";
import { isDomException, source } from "./p256.ts";

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Nonce and ciphertext. */
export async function seal(key: CryptoKey, plaintext: Uint8Array, context: Uint8Array): Promise<Uint8Array> {
	const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
	return concatBytes(nonce, await sealWithNonce(key, nonce, plaintext, context));
}

/** `undefined`: not sealed by a member for this context. */
export function open(key: CryptoKey, sealed: Uint8Array, context: Uint8Array): Promise<Uint8Array | undefined> {
	return openWithNonce(key, sealed.subarray(0, NONCE_BYTES), sealed.subarray(NONCE_BYTES), context);
}

/** Ciphertext alone. */
export async function sealWithNonce(
	key: CryptoKey,
	nonce: Uint8Array,
	plaintext: Uint8Array,
	context: Uint8Array,
): Promise<Uint8Array> {
	return new Uint8Array(await crypto.subtle.encrypt(algorithm(nonce, context), key, source(plaintext)));
}

export async function openWithNonce(
	key: CryptoKey,
	nonce: Uint8Array,
	sealed: Uint8Array,
	context: Uint8Array,
): Promise<Uint8Array | undefined> {
	if (sealed.length < TAG_BYTES) return undefined;
	try {
		return new Uint8Array(await crypto.subtle.decrypt(algorithm(nonce, context), key, source(sealed)));
	} catch (error) {
		if (isDomException(error, "OperationError")) return undefined;
		throw error;
	}
}

function algorithm(nonce: Uint8Array, context: Uint8Array): AesGcmParams {
	return { name: "AES-GCM", iv: source(nonce), additionalData: source(context) };
}
