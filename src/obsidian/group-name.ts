// Names for a group that tell nothing of its key: what its state is kept under, and what people compare two devices by.
import { bytesToHex } from "../core/bytes.ts";
import { nobleDigest } from "../web/noble-digest.ts";

/** A name for a group's state that does not change with the relay and tells nothing of the key. */
export function groupName(groupKey: Uint8Array): string {
	const label = new TextEncoder().encode("psync/1 state of ");
	const input = new Uint8Array(label.length + groupKey.length);
	input.set(label);
	input.set(groupKey, label.length);
	return bytesToHex(nobleDigest.sha256(input)).slice(0, 16);
}

/** The same for people, to compare two devices by. */
export function shortGroupName(groupKey: Uint8Array): string {
	const name = groupName(groupKey);
	return `${name.slice(0, 4)} ${name.slice(4, 8)}`;
}
