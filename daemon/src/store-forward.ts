// What a person chooses of the relay's mailbox, where changes lie sealed for devices that are away, and what people are told of it.
import type { MailboxChoices } from "../../src/engine/mailbox/options.ts";
import type { MailboxErrorCode } from "../../src/engine/ports/mailbox.ts";
import type { Status } from "../../src/engine/status.ts";
import type { StatusReport } from "./control-protocol.ts";
import { wholeNumber } from "./arguments.ts";
import { usageError } from "./exit.ts";

const MIB = 1024 * 1024;
const MAX_SIZE_MIB = 1024 * 1024;

export interface StoreForwardFlags {
	readonly "store-forward"?: string | undefined;
	readonly "whole-copy"?: string | undefined;
	readonly "store-max-size"?: string | undefined;
}

/** `undefined`: the mailbox is not used, whatever the relay offers. Throws a usage error. */
export function storeForwardFrom(flags: StoreForwardFlags): MailboxChoices | undefined {
	const isOn = onOrOff("--store-forward", flags["store-forward"]) ?? true;
	const wholeCopy = onOrOff("--whole-copy", flags["whole-copy"]) ?? false;
	const size = flags["store-max-size"];
	const largestBytes =
		size === undefined ? undefined : wholeNumber("--store-max-size", size, { min: 1, max: MAX_SIZE_MIB }) * MIB;
	if (isOn) return { wholeCopy, largestBytes };
	if (wholeCopy) throw usageError("--whole-copy on needs --store-forward on: the copy lies at the relay");
	return undefined;
}

function onOrOff(flag: string, text: string | undefined): boolean | undefined {
	if (text === undefined) return undefined;
	if (text !== "on" && text !== "off") throw usageError(`${flag} takes on or off, not "${text}"`);
	return text === "on";
}

/** Its part of `psync status --json`. */
export function mailboxReport({ mailbox }: Status): Pick<StatusReport, "safeToClose" | "mailbox"> {
	if (mailbox === undefined) return {};
	const { state, isSafeToClose, isWhole, usedBytes, allowedBytes, knows } = mailbox;
	const stored = (knows?.size ?? 0) > 0;
	return { safeToClose: isSafeToClose, mailbox: { state, stored, wholeCopy: isWhole, usedBytes, allowedBytes } };
}

/** Its part of `psync status`. */
export function mailboxLines({ safeToClose, mailbox }: StatusReport): readonly string[] {
	if (safeToClose === undefined || mailbox === undefined) return [];
	const safe = safeToClose
		? "safe to close: what was done here is on the other devices, or lies sealed at the relay"
		: "not safe to close yet: some of what was done here is on no other device and not at the relay";
	return [`  ${safe}`, `  at the relay: ${lies(mailbox)}${room(mailbox)}`];
}

function lies({ state, stored, wholeCopy }: NonNullable<StatusReport["mailbox"]>): string {
	switch (state) {
		case "on":
			if (wholeCopy) return "a copy of the whole folder, sealed";
			return stored ? "changes for devices that are away, sealed" : "nothing, and nobody waits for anything";
		case "off":
			return "this one keeps nothing for devices that are away; changes travel while another device is on";
		case "looking":
			return "not looked yet what lies there";
		case "full":
			return "there is no room for more";
		default:
			return "what lies there cannot be looked at now; it is tried again by itself";
	}
}

function room({ usedBytes, allowedBytes }: NonNullable<StatusReport["mailbox"]>): string {
	if (usedBytes === undefined || allowedBytes === undefined) return "";
	return `, ${(usedBytes / MIB).toFixed(1)} of ${(allowedBytes / MIB).toFixed(1)} MiB used`;
}

/** Why nothing was deleted there. */
export function whyNotDeleted(code: MailboxErrorCode): string {
	switch (code) {
		case "off":
			return "this relay keeps nothing for devices that are away, so there is nothing to delete";
		case "unreachable":
			return "the relay cannot be reached now, so nothing was deleted there; try again later";
		case "refused":
			return "the relay does not let this device in, so nothing was deleted there; psync status says more";
		default:
			return "the relay gave no answer that PSync understands, so it is not certain that anything was deleted there; try again later";
	}
}
