// The keys of what a group leaves sealed at one relay: below the key that its own label gives, one for each purpose, and one for each
// pack from a salt of its own. Rules ZF of readme/SPEC.md.
import type { GroupId } from "../core/ids.ts";
import type { MailboxKeys, PackKey } from "../engine/ports/crypto.ts";
import { source } from "./p256.ts";
import { open, openWithNonce, seal, sealWithNonce } from "./seal.ts";

const KEY_BITS = 256;

/** `secret`: of the label `snap`, 32 bytes. `groupId`: as this relay knows the group. */
export async function mailboxKeys(secret: ArrayBuffer, groupId: GroupId): Promise<MailboxKeys> {
	const root = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey", "deriveBits"]);
	const none = new Uint8Array();
	const keys = {
		head: await aesKey(root, hkdf(none, `head|${groupId}`)),
		receipt: await aesKey(root, hkdf(none, `receipt|${groupId}`)),
	};
	return {
		packKey: (salt) => packKey(root, salt, groupId),
		seal: (purpose, plaintext, context) => seal(keys[purpose], plaintext, context),
		open: (purpose, sealed, context) => open(keys[purpose], sealed, context),
	};
}

async function packKey(root: CryptoKey, salt: Uint8Array, groupId: GroupId): Promise<PackKey> {
	const [key, commitment] = await Promise.all([
		aesKey(root, hkdf(salt, `pack|${groupId}`)),
		crypto.subtle.deriveBits(hkdf(salt, `pack commitment|${groupId}`), root, KEY_BITS),
	]);
	return {
		commitment: new Uint8Array(commitment),
		seal: (chunk, nonce, context) => sealWithNonce(key, nonce, chunk, context),
		open: (sealed, nonce, context) => openWithNonce(key, nonce, sealed, context),
	};
}

function aesKey(root: CryptoKey, from: HkdfParams): Promise<CryptoKey> {
	return crypto.subtle.deriveKey(from, root, { name: "AES-GCM", length: KEY_BITS }, false, ["encrypt", "decrypt"]);
}

function hkdf(salt: Uint8Array, label: string): HkdfParams {
	return { name: "HKDF", hash: "SHA-256", salt: source(salt), info: source(new TextEncoder().encode(label)) };
}
