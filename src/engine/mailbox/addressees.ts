// For whom something may be left: the other devices of the group that are not silent for too long, and what each of them has received.
// Rule ZD4 of readme/SPEC.md.
import type { DeviceId } from "../../core/ids.ts";
import { EMPTY_VECTOR, joinVectors } from "../../core/version-vector.ts";
import type { MailboxMemory } from "./memory.ts";
import type { Receiver } from "./note-receipts.ts";
import type { MailboxParts } from "./options.ts";
import { isMember } from "./signers.ts";

/** So few records and bytes that whoever has only begun gets all of them. */
const SMALL_RECORDS = 64;
const SMALL_BYTES = 256 * 1024;

type Known = Pick<MailboxParts, "replica" | "peers" | "roster" | "deviceKey">;

export function addresseesOf(parts: Known, memory: MailboxMemory, others: Iterable<DeviceId>): Receiver[] {
	const { replica, peers, deviceKey } = parts;
	const { membership } = replica;
	const { devices } = membership.state.members;
	const retired = membership.retired;
	const modes = new Map([...peers.all()].map(({ deviceId, mode }) => [deviceId, mode]));
	const connected = new Set(peers.sessions.map(({ deviceId }) => deviceId));
	const all = new Set([...devices.keys(), ...others]);
	all.delete(deviceKey.deviceId);
	return [...all].flatMap((device) => {
		if (retired.has(device) || !isMember(parts, device)) return [];
		const told = devices.get(device)?.knowledge ?? EMPTY_VECTOR;
		const received = memory.receivedBy(device);
		// A device that only sends never has the contents of others, and one of an older version may never have said.
		const known =
			received === undefined || modes.get(device) === "send-only"
				? joinVectors(received ?? EMPTY_VECTOR, told)
				: received;
		return [{ device, known, isConnected: connected.has(device) }];
	});
}

export function isSmall({ index }: Known["replica"]): boolean {
	if (index.size > SMALL_RECORDS) return false;
	let bytes = 0;
	for (const { record } of index.entries()) for (const { content } of record.siblings) bytes += content?.size ?? 0;
	return bytes <= SMALL_BYTES;
}
