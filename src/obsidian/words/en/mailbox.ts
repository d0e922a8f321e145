// What is left with the relay, and who has a note.
import { ONLY_HERE_MAX } from "../../../engine/mailbox/only-here.ts";
import { plural } from "../counting.ts";
import { labelled, list } from "./common.ts";

export const mailboxText = {
	heading: "Leave changes with the relay",
	uses: "Changes for devices that are off",
	usesDesc:
		"What you write here then reaches your other devices even if this one is off by the time they are on. Until they have it, it lies with the relay, locked: the relay cannot read it.",
	largest: "Largest file left there",
	largestDesc:
		"A file that is larger goes from device to device while both are on. Until your other devices have it, you are not told that this one is safe to close.",
	upTo: (mib: number) => (mib === 0 ? "Any size" : `${String(mib)} MB`),
	wholeCopy: "A copy of the whole vault",
	wholeCopyDesc:
		"A device that is new then gets all notes even if none of your others is on. The copy is locked too, follows each change by itself, and takes about as much room as the vault.",
	stored: "Stored with the relay",
	used: (used: string, allowed: string) => `${used} of ${allowed} are in use, by all your devices together.`,
	whole: "A copy of the whole vault is among it.",
	words: {
		starting: "Shown as soon as syncing runs.",
		unused:
			"This device leaves nothing there now, and takes nothing from there. What lies there stays until it is deleted, or until the relay clears it away after some weeks.",
		looking: "Asking the relay.",
		nothing: "Nothing is stored.",
		off: "This relay keeps nothing, so changes go from device to device while both are on.",
		full: "There is no more room. Changes stay on your devices and go from one to the other while both are on. Nothing is lost, and it is tried again by itself. To make room, turn on the devices that lack something, or delete what is stored.",
		trouble:
			"The relay takes nothing now. Changes go from device to device while both are on, and it is tried again by itself.",
	},

	clear: "Delete everything stored",
	clearTitle: "Delete everything stored with the relay?",
	clearText: [
		"What any of your devices left there is deleted, a copy of the whole vault too. The notes on your devices stay as they are.",
		"A device that is off and lacks something gets it from another one, once both are on. While the switch for changes is on, on this device or another, what is lacking is left there again.",
	],
	clearing: "Deleting what is stored with the relay.",
	cleared: "Everything stored with the relay is deleted.",
	clearFailed: "It could not be deleted now: the relay does not answer as it should. Try it again in a minute.",

	onlyHere: (count: number) => {
		if (count === 0) return "Safe to close: nothing is on this device alone";
		return count >= ONLY_HERE_MAX
			? "Many changes are still only on this device"
			: `${plural(count, "change is", "changes are")} still only on this device`;
	},
} as const;

export const receiptText = {
	show: "Show which devices have this note",
	says: (what: string, facts: readonly string[]) => labelled(what, facts.join("; ")),
	note: "This note",
	file: "This file",
	has: (names: readonly string[]) => `on ${list(names)}`,
	stored: (names: readonly string[]) => `stored with the relay for ${list(names)}`,
	lacking: (names: readonly string[]) => `not on ${list(names)} yet`,
	onlyHere: "only on this device",
	nobody: "there is no other device that it could be on",
	unknown: "it is just changing, or takes no part here",
} as const;
