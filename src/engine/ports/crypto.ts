// The secrets a running device works with, as operations: the engine never holds a key.
import type { DeviceId, GroupId } from "../../core/ids.ts";

/** This device's own key pair (P-256, ES256). */
export interface DeviceKey {
	readonly deviceId: DeviceId;
	/** Uncompressed point, 65 bytes. */
	readonly publicKey: Uint8Array;
	/** Signature over `message`: 64 bytes (r and s, as ES256 has it). */
	sign(message: Uint8Array): Promise<Uint8Array>;
}

/** The pair with which others seal something for this device alone (P-256, ECDH). */
export interface AgreementKey {
	/** Uncompressed point, 65 bytes. */
	readonly publicKey: Uint8Array;
	/** `undefined` when it was not sealed for this device and `context`. */
	open(envelope: Uint8Array, context: Uint8Array): Promise<Uint8Array | undefined>;
}

/** What the group key gives, each purpose with a key of its own (HKDF labels: readme/PROTOCOL.md). */
export interface GroupSecrets {
	readonly groupId: GroupId;
	/** HMAC-SHA-256 under the handshake key: 32 bytes. */
	handshakeMac(message: Uint8Array): Promise<Uint8Array>;
	/** AES-256-GCM under the signalling key: nonce (12 bytes) and ciphertext, bound to `context`. */
	seal(plaintext: Uint8Array, context: Uint8Array): Promise<Uint8Array>;
	/** `undefined` when it was not sealed by a member for this context. */
	open(sealed: Uint8Array, context: Uint8Array): Promise<Uint8Array | undefined>;
	/** What proves to everybody, also later, that somebody held this group key. */
	readonly roster: RosterProof;
	readonly mailbox: MailboxKeys;
}

/** The keys of what is left sealed at the relay, for members who are away. None of them follows from what is sealed. */
export interface MailboxKeys {
	/** A pack's own, from its salt: 32 random bytes that are never used again. */
	packKey(salt: Uint8Array): Promise<PackKey>;
	/** AES-256-GCM under a key of its own for each purpose: nonce (12 random bytes) and ciphertext, bound to `context`. */
	seal(purpose: MailboxPurpose, plaintext: Uint8Array, context: Uint8Array): Promise<Uint8Array>;
	/** `undefined` when it was not sealed by a member for this purpose and context. */
	open(purpose: MailboxPurpose, sealed: Uint8Array, context: Uint8Array): Promise<Uint8Array | undefined>;
}

export type MailboxPurpose = "head" | "receipt";

export interface PackKey {
	/** 32 bytes that only this key has: a pack that names them opens under no other. */
	readonly commitment: Uint8Array;
	/** AES-256-GCM: as many bytes, and 16 of tag. Never twice with the same nonce (12 bytes). */
	seal(chunk: Uint8Array, nonce: Uint8Array, context: Uint8Array): Promise<Uint8Array>;
	/** `undefined` when it was not sealed with this key, nonce and context. */
	open(sealed: Uint8Array, nonce: Uint8Array, context: Uint8Array): Promise<Uint8Array | undefined>;
}

/** The group's key pair for its roster (P-256, ES256), the same with every relay. */
export interface RosterProof {
	/** Uncompressed point, 65 bytes: what the roster knows the group key by. */
	readonly publicKey: Uint8Array;
	/** Signature over `message`: 64 bytes (r and s, as ES256 has it). */
	sign(message: Uint8Array): Promise<Uint8Array>;
}

/** The group's key pair for one relay (P-256, ES256), derived from the group key and that relay's URL (wire/relay-url.ts). */
export interface GroupLogin {
	/** RFC 7638 thumbprint of `publicKey`: what that relay knows the group by. */
	readonly groupId: GroupId;
	/** Uncompressed point, 65 bytes. */
	readonly publicKey: Uint8Array;
	/** Signature over `message`: 64 bytes (r and s, as ES256 has it). */
	sign(message: Uint8Array): Promise<Uint8Array>;
}

/** Stateless checks. */
export interface Verifier {
	/** Whether `signature` over `message` is by `publicKey` (uncompressed P-256 point). False for malformed input. */
	verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean>;
	/** The device id of a public key; `undefined` when it is not a point of P-256. */
	deviceIdOf(publicKey: Uint8Array): Promise<DeviceId | undefined>;
}
