// How it goes: a word for the status bar and a sentence for whoever asks, what waits and why, and who is there.
import type { Barred } from "../../../engine/door.ts";
import { number, plural } from "../counting.ts";
import { ago, files, product } from "./common.ts";

export const phaseWords = {
	notSetUp: "Not set up",
	starting: "Starting",
	failed: "Could not start",
	attention: "Needs attention",
	paused: "Paused",
	waitingForWifi: "Waiting for Wi-Fi",
	offline: "Offline",
	connecting: "Connecting",
	waiting: "Waiting for devices",
	inSync: "In sync",
	syncing: (done: number, total: number) => (total > 0 ? `Syncing ${String(done)} of ${String(total)}` : "Syncing"),
} as const;

export const phaseSentences = {
	notSetUp: (missing: readonly ("relay" | "group-key")[]) =>
		`To begin, choose “Set up” in this menu or in the settings of ${product}. What is missing: ${missing.map((what) => setUpNeeds[what]).join(" and ")}.`,
	notSetUpHere: (missing: readonly ("relay" | "group-key")[]) =>
		`To begin, press “Set up” above, or enter ${missing.map((what) => setUpNeeds[what]).join(" and ")} below.`,
	starting: "Looking at the files of this vault.",
	failed: (message: string) => `Syncing could not start and is tried again by itself: ${message}`,
	paused: "Nothing is sent or received. Your changes are remembered and follow when you resume.",
	waitingForWifi:
		"This device is on mobile data, and you chose “Wi-Fi only”. Your changes are remembered and follow on Wi-Fi. To sync all the same, choose “Sync now”.",
	offline:
		"The relay cannot be reached. Check the internet connection; your changes are remembered and follow by themselves.",
	refused:
		"The relay answers and does not let this device in. Check the relay address and the access code in the settings.",
	connecting: "Looking for your other devices.",
	waiting: "None of your other devices is online now. Changes follow as soon as one is.",
	waitingKept:
		"None of your other devices is online now. What they lack is kept for them with the relay, so you can close this device.",
	inSync: (count: number, devices: number) =>
		`${plural(count, "file is", "files are")} the same on this device and on ${plural(devices, "other device", "other devices")}.`,
	syncing: (toReceive: number, toSend: number) => `${files(toReceive)} to receive, ${files(toSend)} to send.`,
} as const;

const setUpNeeds = { relay: "a relay address", "group-key": "a group key" } as const;

/** All of it at once: `phaseWords` and the sentence that says more. */
export const report = (words: string, sentence: string): string => `${words}. ${sentence}`;

export const attention = {
	fallback: "Something needs you.",
	andMore: (first: string, more: number) => `${first} And ${number(more)} more.`,
} as const;

/** What is so of this device itself, before anything else is looked at. */
export const standings = {
	"device-waiting": {
		words: "Waiting to be approved",
		sentence: `Waiting to be approved on another device: open the settings of ${product} there, and press Approve beside this one. The rest is by itself.`,
	},
	"device-gone": {
		words: "Removed from the group",
		sentence:
			"Another of your devices removed this one from the group. Its files stay here, and nothing is sent or received. To come back, scan the code of a device that is in the group, or press Change beside the group key and paste its link.",
	},
} as const;

const badName = "its name has characters that other devices cannot take. Rename it.";

/** Why a file waits. */
export const heldReasons = {
	"illegal-name": "this device cannot store a file of that name. Rename it on another device to get it here.",
	blocked: "a folder and a file have the same name here. Rename one of them.",
	"case-collision": "another file differs from it only in capital letters. Rename one of them.",
	locked: "another program is using it. It is tried again by itself.",
	"read-only": "it cannot be written here. Check the permissions of the file and its folder.",
	"no-space": "there is no space left on this device. Free some; the rest is by itself.",
	"vault-missing": "the folder of the vault is not there. Nothing is changed until it is back.",
	"vault-emptied": "hardly anything is left in this vault. Say first whether that is right.",
	"ping-pong": "programs on two devices change it in turn, so that is sent ever more slowly. Turn one of them off.",
	changing: "another program writes it all the time. It is tried again by itself.",
	"too-large":
		"it is larger than what this device takes. For it to take part, raise “Largest file” in the settings, under “What syncs”.",
	io: "the device could not read or write it. It is tried again by itself.",
	"no-device-has-it":
		"no device that is connected has its contents. It comes by itself with one that does; if none will, save it anew.",
	"no-name": "there is no free name for a copy of it. Rename it, or the copies beside it.",
	"too-long": "its path is too long for other devices. Shorten it.",
	"too-deep": "it lies in too many folders for other devices. Move it up.",
	"segment-too-long": "its name is too long for other devices. Shorten it.",
	backslash: badName,
	"control-character": badName,
	"bidi-control": badName,
	"invisible-character": badName,
	"lone-surrogate": badName,
	"not-nfc": badName,
	hidden: badName,
	reserved: badName,
	"dot-segment": badName,
} as const;

export const heldText = (path: string, reason: string): string => `“${path}” waits: ${reason}`;

export const peerText = {
	line: (name: string, words: string) => `${name}: ${words}`,
	inSync: "in sync",
	sending: (count: number) => `sending ${files(count)}`,
	syncing: "syncing",
	connecting: "connecting",
	online: "online, not connected yet",
	paused: "paused",
	refused: (why: string) => `refused: ${why}`,
	unproved: "it did not prove that it is yours",
	notSeen: "not seen yet",
	lastSeen: (elapsedMs: number) => `last seen ${ago(elapsedMs)}`,
} as const;

const barred: Readonly<Record<Barred, string>> = {
	removed: "it was removed from the group",
	"you-were-removed": "this device was removed from the group",
	waiting: "it waits until it is approved in the settings of one of your devices",
	"you-are-waiting": "this device waits until it is approved on another one",
	"no-roster": "update PSync there",
	"roster-awaited": "both are new, and wait for a device that has been in the group for longer",
	"not-of-link": "it is not in the group that this device’s link named. Leave the group and pair this device anew",
	"other-roster": "it is in another group that has the same key. Pair one of the two anew",
	"other-epoch": "it uses another device’s name for its changes. Remove it from the group",
};

export const refusals = {
	self: "it is a copy of this device",
	version: "update PSync on both devices",
	malformed: "update PSync on both devices",
	...barred,
} as const;
