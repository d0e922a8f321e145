// The devices of the group.
import type { Decided } from "../../../engine/group.ts";
import { list } from "./common.ts";

export const deviceText = {
	heading: "Devices",
	list: "Who is in the group",
	notRunning: "The list is shown as soon as syncing runs.",
	noList:
		"The list comes with the first device of the group that this one meets. If none of them has one, begin it here: then this device can invite and remove.",
	begin: "Begin the list",
	alone: "No other device yet. To bring one in, press “Pair another device” above.",
	mayDecide: "Each device in the group has every note of this vault. Remove what is lost or not yours.",
	mayNotDecide: (admins: string) =>
		`Each device in the group has every note of this vault. Only ${admins} can change this list. If you have none of those any more, create a new group key above, and pair your devices again.`,
	nobodyDecides:
		"No device is left that can change this list. To have one, create a new group key above, and pair your devices again.",
	notInIt: "This device is not in the group any more. This is the list as it last knew it.",

	thisDevice: (name: string) => `${name} (this device)`,
	roles: { admin: "Can invite and remove", writer: "Can write", reader: "Can only read" },
	roleOf: (name: string) => `What ${name} may do`,
	online: "online",
	waiting: "Waits to be approved, and gets no note until then",
	gone: "Removed from the group",

	askFirst: "Ask before a new device joins",
	askFirstDesc:
		"Whoever has a link, code, sheet or key of the group can join. With this on, a new device waits until it is approved in this list.",

	inSettings: "Show in the settings",
	remove: "Remove",
	approve: "Approve",
	approveOf: (name: string) => `Approve ${name}`,
	words: "Compare words",
	wordsOf: (name: string) => `Compare words with ${name}`,
	wordsHow: (name: string, own: string) =>
		`On ${name}, open these settings and press Compare words beside ${own}. Both screens must show the same four words:`,
	wordsDiffer: (name: string) => `If they differ, that is another device which calls itself ${name}: remove it here.`,

	joined: (names: readonly string[]) =>
		`${list(names)} joined the group. Not yours? Remove ${them(names)} in the settings.`,
	waits: (names: readonly string[]) =>
		`${list(names)} would like to join the group. Approve or remove ${them(names)} in the settings.`,
	openList: "Show devices",
	read: "Close",

	refusals: {
		"no-roster": "This device has no list of devices yet. Try again once it has met another one.",
		"not-admin": "Only a device that can invite and remove may do this. Do it on one that can.",
		"unknown-device": "That device is not in the group any more. There is nothing left to do.",
	} satisfies Readonly<Record<Exclude<Decided, "done">, string>>,
	failed: (message: string) => `That did not work (${message}). Try it again.`,
} as const;

export const removalText = {
	title: (name: string) => `Remove ${name} from the group?`,
	paragraphs: (name: string): readonly (readonly [string, string])[] => [
		[
			"What happens.",
			`${name} is shut out at once, and the group gets a new key. Your other devices get it by themselves, also those that are off now. Links, codes and recovery sheets made until now no longer work.`,
		],
		[
			"What cannot be taken back.",
			`${name} keeps the notes that it has. What was changed on it until now stays in yours. It cannot come back by itself; you can pair it again later.`,
		],
		[
			"If it was stolen.",
			"Erase it from afar if its maker offers that, and change the passwords that stand in your notes: whoever can unlock it reads them.",
		],
	],
	remove: (name: string) => `Remove ${name}`,
	cancel: "Cancel",
	removing: (name: string) => `Removing ${name}.`,
	removed: (name: string) =>
		`${name} was removed, and the group has a new key. If you keep a recovery sheet, make a new one.`,
	removedLater: (name: string) =>
		`${name} was removed. The relay cannot be reached now, so the new key follows as soon as it can: leave this device on until it is in sync again.`,
	unreached: (names: readonly string[]) => `The new key cannot be sent to ${list(names)}: pair ${them(names)} again.`,
	refusals: {
		...deviceText.refusals,
		"this-device": "A device cannot remove itself. Remove it on another device that can invite and remove.",
		postponed:
			"This device has no room to write that down. Make some: the removal follows by itself. Until then the device stays in the list and gets your notes.",
		busy: "The group is just getting another new key. Try again in a minute.",
	},
	failed: (message: string) =>
		`Something went wrong (${message}). If the device is still in the list, press Remove again.`,
} as const;

function them(names: readonly string[]): string {
	return names.length === 1 ? "it" : "them";
}
