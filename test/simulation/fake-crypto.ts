// Keys for simulated devices: hashes instead of curves, so that a run is fast and the same every time. What is proved is the
// engine's behaviour, not the proofs: those have their own tests with real keys.
import { bytesToHex, concatBytes, equalBytes } from "../../src/core/bytes.ts";
import type { DeviceId, GroupId } from "../../src/core/ids.ts";
import type { DeviceKey, GroupSecrets, MailboxKeys, Verifier } from "../../src/engine/ports/crypto.ts";
import { nodeCryptoDigest } from "../support/node-crypto-digest.ts";

const sha256 = (...parts: readonly Uint8Array[]): Uint8Array => nodeCryptoDigest.sha256(concatBytes(...parts));
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

export function fakeDeviceKey(seed: string): DeviceKey {
	const publicKey = concatBytes(new Uint8Array([4]), sha256(text(seed)), sha256(text(`${seed}'`)));
	return {
		deviceId: idOf(publicKey),
		publicKey,
		sign: (message) => Promise.resolve(signature(publicKey, message)),
	};
}

export const fakeVerifier: Verifier = {
	verify: (publicKey, message, signed) => Promise.resolve(equalBytes(signed, signature(publicKey, message))),
	deviceIdOf: (publicKey) => Promise.resolve(idOf(publicKey)),
};

export function fakeSecrets(group: string): GroupSecrets {
	return {
		groupId: bytesToHex(sha256(text(group))) as GroupId,
		handshakeMac: (message) => Promise.resolve(sha256(text(group), message)),
		seal: (plaintext) => Promise.resolve(plaintext),
		open: (sealed) => Promise.resolve(sealed),
		roster: fakeDeviceKey(`roster of ${group}`),
		mailbox: fakeMailboxKeys(group),
	};
}

/** Nothing is hidden, but whatever is changed, moved or of another group is found. */
function fakeMailboxKeys(group: string): MailboxKeys {
	return {
		packKey: (salt) => {
			const own = sha256(text(`pack of ${group}`), salt);
			return Promise.resolve({
				commitment: sha256(own),
				seal: (chunk, nonce, context) => Promise.resolve(tagged(chunk, own, nonce, sha256(context))),
				open: (sealed, nonce, context) => Promise.resolve(untagged(sealed, own, nonce, sha256(context))),
			});
		},
		seal: (purpose, plaintext, context) =>
			Promise.resolve(tagged(plaintext, text(`${purpose} of ${group}`), sha256(context))),
		open: (purpose, sealed, context) =>
			Promise.resolve(untagged(sealed, text(`${purpose} of ${group}`), sha256(context))),
	};
}

const TAG_BYTES = 16;

function tagged(plaintext: Uint8Array, ...bound: readonly Uint8Array[]): Uint8Array {
	return concatBytes(plaintext, sha256(...bound, plaintext).subarray(0, TAG_BYTES));
}

function untagged(sealed: Uint8Array, ...bound: readonly Uint8Array[]): Uint8Array | undefined {
	const plaintext = sealed.subarray(0, Math.max(sealed.length - TAG_BYTES, 0));
	return equalBytes(tagged(plaintext, ...bound), sealed) ? plaintext : undefined;
}

/** As `handshakeMac` and `sign` make them. */
export function fakeProof(
	group: string,
	publicKey: Uint8Array,
	message: Uint8Array,
): { readonly mac: Uint8Array; readonly signature: Uint8Array } {
	return { mac: sha256(text(group), message), signature: signature(publicKey, message) };
}

function idOf(publicKey: Uint8Array): DeviceId {
	return bytesToHex(sha256(publicKey)) as DeviceId;
}

function signature(publicKey: Uint8Array, message: Uint8Array): Uint8Array {
	const half = sha256(publicKey, message);
	return concatBytes(half, half);
}
