// What a device tells its group through the relay, sealed: bound to the device it is about, opened only once per text.
import { base64urlnopad } from "@scure/base";
import type { DeviceId } from "../core/ids.ts";
import type { GroupSecrets } from "../engine/ports/crypto.ts";
import { lengthPrefixed } from "../wire/length-prefix.ts";
import { STATUS_BYTES_MAX as SEALED_BYTES_MAX } from "../wire/relay-api.ts";

/** Nonce and tag of the seal. */
const SEAL_BYTES = 28;
export const STATUS_BYTES_MAX = SEALED_BYTES_MAX - SEAL_BYTES;

export async function sealStatus(
	secrets: Pick<GroupSecrets, "seal">,
	device: DeviceId,
	status: Uint8Array,
): Promise<string> {
	return base64urlnopad.encode(await secrets.seal(status, context(device)));
}

/** `undefined`: no member of the group said this about `device`. */
export async function openStatus(
	secrets: Pick<GroupSecrets, "open">,
	device: DeviceId,
	sealed: string,
): Promise<Uint8Array | undefined> {
	let bytes: Uint8Array;
	try {
		bytes = base64urlnopad.decode(sealed);
	} catch {
		// The schema let only base64url characters through; what is left to throw about is trailing bits.
		return undefined;
	}
	return secrets.open(bytes, context(device));
}

function context(device: DeviceId): Uint8Array {
	return lengthPrefixed("psync/status/1", device);
}
