// Whose word counts of what lies in the mailbox, by the roster, and what this device may do there itself. Rules ZD10, ZD14 of
// readme/SPEC.md.
import { hexToBytes } from "../../core/bytes.ts";
import type { DeviceId } from "../../core/ids.ts";
import type { MailboxHead } from "../../wire/mailbox-head.ts";
import type { MailboxParts } from "./options.ts";
import type { Opener } from "./sealed-objects.ts";

/** The id of the group says already which of its keys is meant. */
export const KEY_EPOCH = 0;

type Known = Pick<MailboxParts, "roster" | "secrets" | "verifier" | "deviceKey">;

/** Where there is no roster, or none was heard of yet, it is everybody who has the group key. */
export function openerFor(what: "heads" | "receipts", { roster: keeper, secrets, verifier }: Known): Opener {
	return {
		...{ secrets, verifier, keyEpoch: KEY_EPOCH },
		signerOf: (device) => {
			const roster = keeper?.roster;
			if (roster === undefined) return "anybody";
			const member = roster.members.get(device);
			if (member === undefined || member.isWaiting || (what === "heads" && member.role === "reader")) return undefined;
			return hexToBytes(member.keys.signing);
		},
	};
}

/** Whether it belongs to the group, as far as this device has heard. */
export function isMember({ roster: keeper }: Pick<Known, "roster">, device: DeviceId): boolean {
	return keeper?.roster === undefined || keeper.standingOf(device) === "member";
}

/** What this device leaves is for the group as it is, and it belongs to that. */
export function isOut({ roster: keeper, deviceKey }: Pick<Known, "roster" | "deviceKey">): boolean {
	return keeper?.standingOf(deviceKey.deviceId) === "gone";
}

/**
 * A device that only reads, or that others do not know yet, changes nothing there but its own receipt. Without a roster it does where
 * none is awaited, and the head that is there names none.
 */
export function mayWriteHeads(
	{ roster: keeper, deviceKey, mayLeave }: Pick<MailboxParts, "roster" | "deviceKey" | "mayLeave">,
	head?: Pick<MailboxHead, "roster">,
): boolean {
	if (!mayLeave()) return false;
	if (keeper?.roster === undefined) return keeper?.awaited === undefined && (head?.roster.length ?? 0) === 0;
	return keeper.standingOf(deviceKey.deviceId) === "member" && keeper.roleOf(deviceKey.deviceId) !== "reader";
}
