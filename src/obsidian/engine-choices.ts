// What an engine is told of this device: its platform, and what its person chose.
import { Platform } from "obsidian";
import type { Platform as NamePlatform } from "../core/platform-names.ts";
import type { MailboxChoices } from "../engine/mailbox/options.ts";
import type { Limits } from "../engine/throttle.ts";
import type { DeviceSettings } from "./device-settings.ts";

export function mailboxChoices({ leavesWholeCopy, largestMib }: DeviceSettings): MailboxChoices {
	return { wholeCopy: leavesWholeCopy, largestBytes: largestMib === 0 ? undefined : largestMib * 1024 * 1024 };
}

export function namePlatform(): NamePlatform {
	if (Platform.isAndroidApp) return "android";
	if (Platform.isIosApp) return "ios";
	if (Platform.isWin) return "windows";
	return Platform.isMacOS ? "mac" : "posix";
}

export function limitsOf({ limitUpKib, limitDownKib }: DeviceSettings): Limits {
	const [up, down] = [limitUpKib, limitDownKib].map((kib) => (kib === 0 ? undefined : kib * 1024));
	return { up, down };
}
