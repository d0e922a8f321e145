// Devices as processes at a relay with a mailbox: what they say of it, and what lies there.
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { DaemonDevice } from "./daemon-device.ts";
import type { PsyncPlace } from "./daemon-process.ts";

export interface MailboxReport {
	readonly phase: string;
	readonly root: string;
	readonly safeToClose?: boolean;
	readonly pending: { readonly in: number; readonly out: number };
	readonly problems: readonly { readonly code: string }[];
	readonly mailbox?: {
		readonly state: string;
		readonly stored: boolean;
		readonly wholeCopy: boolean;
		readonly usedBytes?: number;
		readonly allowedBytes?: number;
	};
}

/** Until what the device says of itself is so. */
export async function says(device: DaemonDevice, fits: (report: MailboxReport) => boolean): Promise<MailboxReport> {
	for (;;) {
		const report = (await device.status()) as unknown as MailboxReport;
		if (fits(report)) return report;
	}
}

/** The same in the words that people read. */
export async function saysPlainly(device: DaemonDevice, words: RegExp): Promise<string> {
	for (;;) {
		const text = await device.plainStatus();
		if (words.test(text)) return text;
	}
}

export const isSafe = ({ safeToClose, mailbox, pending }: MailboxReport): boolean =>
	safeToClose === true && mailbox?.state === "on" && pending.in === 0;

/** Ends a device that may be closed. */
export async function close(device: DaemonDevice): Promise<void> {
	await says(device, isSafe);
	await device.process.stop();
}

/** Bytes of the objects in the mailbox of the relay of this place. */
export function storedSizes(place: PsyncPlace): readonly number[] {
	const folder = join(place.top, "relay", "mailbox");
	const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
	return entries.filter((entry) => entry.isFile()).map((entry) => statSync(join(entry.parentPath, entry.name)).size);
}
