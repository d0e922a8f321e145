// Identifiers that travel between devices. Each is a branded string; only the parser below may make one.
import { assert } from "./assert.ts";
import { bytesToHex } from "./bytes.ts";

declare const brand: unique symbol;
/** A value of type `T` that went through the parser for `Name`. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/**
 * One life of one device's state: 12 bytes as 24 lower-case hex digits (8 bytes install id, 4 bytes epoch number).
 * Dots are counted per replica epoch. A device that finds its state rolled back or cloned takes a new one.
 */
export type ReplicaEpoch = Brand<string, "ReplicaEpoch">;

/** A device: RFC 7638 SHA-256 thumbprint of its P-256 signing key, as 64 lower-case hex digits. */
export type DeviceId = Brand<string, "DeviceId">;

/** A group, as the relay sees it: RFC 7638 SHA-256 thumbprint of the group's login key, as 64 lower-case hex digits. */
export type GroupId = Brand<string, "GroupId">;

const hex = (digits: number): RegExp => new RegExp(`^[0-9a-f]{${String(digits)}}$`);
const EPOCH = hex(24);
const THUMBPRINT = hex(64);

export function parseReplicaEpoch(text: string): ReplicaEpoch | undefined {
	return EPOCH.test(text) ? (text as ReplicaEpoch) : undefined;
}

export function parseDeviceId(text: string): DeviceId | undefined {
	return THUMBPRINT.test(text) ? (text as DeviceId) : undefined;
}

export function parseGroupId(text: string): GroupId | undefined {
	return THUMBPRINT.test(text) ? (text as GroupId) : undefined;
}

const INSTALL_DIGITS = 16;

/** What all epochs of one installation begin with. */
export function installOf(epoch: ReplicaEpoch): string {
	return epoch.slice(0, INSTALL_DIGITS);
}

/**
 * What the epochs of `device` begin with, unless it is older than this rule: then it is something of its own that nobody else's id
 * begins with.
 */
export function installationOf(device: DeviceId): string {
	return device.slice(0, INSTALL_DIGITS);
}

export const EPOCH_NUMBER_BYTES = 4;

/** Of a device that has had none. `fresh`: EPOCH_NUMBER_BYTES random bytes, so that two lives of it never take the same. */
export function firstEpochOf(device: DeviceId, fresh: Uint8Array): ReplicaEpoch {
	return epochOf(installationOf(device), fresh);
}

/**
 * The same installation, in another life of its state. `fresh`: EPOCH_NUMBER_BYTES random bytes. `first`: there was no state, as
 * far as this device knows; `later`: it was found out that there was more to it than is left.
 */
export function nextEpoch(epoch: ReplicaEpoch, fresh: Uint8Array, life: "first" | "later" = "later"): ReplicaEpoch {
	const [head = 0, ...tail] = fresh;
	const number = Uint8Array.of(life === "first" ? FIRST_LIFE : Math.max(head, FIRST_LIFE + 1), ...tail);
	return epochOf(installOf(epoch), number);
}

function epochOf(installation: string, number: Uint8Array): ReplicaEpoch {
	const epoch = parseReplicaEpoch(installation + bytesToHex(number));
	assert(epoch !== undefined, "an epoch is 24 hex digits");
	return epoch;
}

const FIRST_LIFE = 0;

/** Whether a device that counts in `epoch` has never found out that its state had been another one. */
export function isOfFirstLife(epoch: ReplicaEpoch, installation: ReplicaEpoch): boolean {
	return epoch === installation || epoch.slice(INSTALL_DIGITS).startsWith(bytesToHex(Uint8Array.of(FIRST_LIFE)));
}
