// Every sentence a person reads. Plain words, sentence case, and always what to do next.
import { assertNever } from "../core/assert.ts";
import type { Decided } from "../engine/group.ts";
import type { Barred } from "../engine/door.ts";
import { ONLY_HERE_MAX } from "../engine/mailbox/only-here.ts";
import type { PeerStatus, Problem, Status } from "../engine/status.ts";

export const product = "PSync";

// Status: a word for the status bar and a sentence for whoever asks.

export const phaseWords = {
	notSetUp: "Not set up",
	starting: "Starting",
	failed: "Could not start",
	attention: "Needs attention",
	paused: "Paused",
	offline: "Offline",
	connecting: "Connecting",
	waiting: "Waiting for devices",
	inSync: "In sync",
	syncing: (done: number, total: number) => (total > 0 ? `Syncing ${String(done)} of ${String(total)}` : "Syncing"),
} as const;

export const phaseSentences = {
	notSetUp: (missing: readonly ("relay" | "group-key")[]) =>
		`To begin, enter ${missing.map((what) => setUpNeeds[what]).join(" and ")} in the settings of ${product}, or paste the link of another device there.`,
	notSetUpHere: (missing: readonly ("relay" | "group-key")[]) =>
		`To begin, enter ${missing.map((what) => setUpNeeds[what]).join(" and ")} below, or paste the link of another device.`,
	starting: "Looking at the files of this vault.",
	failed: (message: string) => `Syncing could not start and is tried again by itself: ${message}`,
	paused: "Nothing is sent or received. Your changes are remembered and follow when you resume.",
	offline:
		"The relay cannot be reached. Check the internet connection; your changes are remembered and follow by themselves.",
	refused:
		"The relay answers and does not let this device in. Check the relay address and the access code in the settings.",
	connecting: "Looking for your other devices.",
	waiting: "None of your other devices is online now. Changes follow as soon as one is.",
	waitingKept:
		"None of your other devices is online now. What they lack is kept for them with the relay, so you can close this device.",
	inSync: (files: number, devices: number) =>
		`${plural(files, "file is", "files are")} the same on this device and on ${plural(devices, "other device", "other devices")}.`,
	syncing: (toReceive: number, toSend: number) =>
		`${plural(toReceive, "file", "files")} to receive, ${plural(toSend, "file", "files")} to send.`,
} as const;

const setUpNeeds = { relay: "a relay address", "group-key": "a group key" } as const;

/** The first thing that waits for a person, and how many more there are. */
export function attentionSentence({ problems, held }: Pick<Status, "problems" | "held">): string {
	// Deletions that wait together are one thing to answer: their problem tells of all of them.
	const files = held.filter(({ id }) => id === undefined);
	const reasons = [...problems.map(problemSentence), ...files.map(({ path, reason }) => heldSentence(path, reason))];
	const [first = "Something needs you.", ...others] = reasons;
	return others.length === 0 ? first : `${first} And ${String(others.length)} more.`;
}

function problemSentence({ code, message, path }: Problem): string {
	const known = problemSentences[code];
	if (known !== undefined) return known;
	return path === undefined || message.includes(path) ? message : `“${path}”: ${message}`;
}

const problemSentences: Readonly<Record<string, string>> = {
	"relay-refused": phaseSentences.refused,
	"vault-missing": "The folder of this vault is not there. Nothing is changed until it is back.",
};

/** What is so of this device itself, before anything else is looked at. */
export const standings: Readonly<Record<string, { readonly words: string; readonly sentence: string }>> = {
	"device-waiting": {
		words: "Waiting to be approved",
		sentence: `Waiting to be approved on another device: open the settings of ${product} there, and press Approve beside this one. The rest is by itself.`,
	},
	"device-gone": {
		words: "Removed from the group",
		sentence:
			"Another of your devices removed this one from the group. Its files stay here, and nothing is sent or received. To come back, scan the code of a device that is in the group, or press Change beside the group key and paste its link.",
	},
};

const heldReasons: Readonly<Record<string, string>> = {
	"illegal-name": "this device cannot store a file of that name. Rename it on another device to get it here.",
	blocked: "a folder and a file have the same name here. Rename one of them.",
	"case-collision": "another file differs from it only in capital letters. Rename one of them.",
	locked: "another program is using it. It is tried again by itself.",
	"read-only": "it cannot be written here. Check the permissions of the file and its folder.",
	"no-space": "there is no space left on this device. Free some; the rest is by itself.",
	"vault-missing": "the folder of the vault is not there. Nothing is changed until it is back.",
	"vault-emptied": "hardly anything is left in this vault. Say first whether that is right.",
	"ping-pong": "programs on two devices change it in turn, so that is sent ever more slowly. Turn one of them off.",
	io: "the device could not read or write it. It is tried again by itself.",
	"no-device-has-it":
		"no device that is connected has its contents. It comes by itself with one that does; if none will, save it anew.",
	"too-long": "its path is too long for other devices. Shorten it.",
	"too-deep": "it lies in too many folders for other devices. Move it up.",
	"segment-too-long": "its name is too long for other devices. Shorten it.",
	...Object.fromEntries(
		[
			"backslash",
			"control-character",
			"bidi-control",
			"invisible-character",
			"lone-surrogate",
			"not-nfc",
			"hidden",
			"reserved",
			"dot-segment",
		].map((reason) => [reason, "its name has characters that other devices cannot take. Rename it."]),
	),
};

export function heldSentence(path: string, reason: string): string {
	return `“${path}” waits: ${heldReasons[reason] ?? reason}`;
}

export function peerLine(peer: PeerStatus, now: number): string {
	return `${peer.name}: ${peerWords(peer, now)}`;
}

function peerWords({ state, refused, inSync, unapplied, lastSeen }: PeerStatus, now: number): string {
	switch (state) {
		case "connected":
			if (inSync) return "in sync";
			return unapplied > 0 ? `sending ${plural(unapplied, "file", "files")}` : "syncing";
		case "connecting":
			return "connecting";
		case "online":
			return "online, not connected yet";
		case "paused":
			return "paused";
		case "refused":
			return `refused: ${refusals[refused ?? ""] ?? "it did not prove that it is yours"}`;
		case "away":
			return lastSeenWords(lastSeen, now);
		default:
			return assertNever(state);
	}
}

export function lastSeenWords(lastSeen: number | undefined, now: number): string {
	return lastSeen === undefined ? "not seen yet" : `last seen ${ago(now - lastSeen)}`;
}

const barred: Readonly<Record<Barred, string>> = {
	removed: "it was removed from the group",
	"you-were-removed": "this device was removed from the group",
	waiting: "it waits until it is approved in the settings of one of your devices",
	"you-are-waiting": "this device waits until it is approved on another one",
	"no-roster": "update PSync there",
	"roster-awaited": "both are new, and wait for a device that has been in the group for longer",
	"not-of-link": "it is not in the group that this device’s link named. Leave the group and pair this device anew",
	"other-roster": "it is in another group that has the same key. Pair one of the two anew",
	"other-epoch": "it uses another device's name for its changes. Remove it from the group",
};

const refusals: Readonly<Record<string, string>> = {
	self: "it is a copy of this device",
	version: "update PSync on both devices",
	malformed: "update PSync on both devices",
	...barred,
};

export function ago(elapsedMs: number): string {
	const minutes = Math.floor(elapsedMs / 60_000);
	if (minutes < 1) return "just now";
	if (minutes < 60) return `${plural(minutes, "minute", "minutes")} ago`;
	const hours = Math.floor(minutes / 60);
	if (hours < 48) return `${plural(hours, "hour", "hours")} ago`;
	return `${String(Math.floor(hours / 24))} days ago`;
}

export function plural(count: number, one: string, many: string): string {
	return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

// Commands and menu.

export const actions = {
	syncNow: "Sync now",
	pause: "Pause syncing",
	resume: "Resume syncing",
	showStatus: "Show sync status",
	acceptDeletions: "They are really gone",
	rejectDeletions: "Put them back",
	openSettings: "Open settings",
	devices: "Devices",
	noDevices: "No other device yet",
} as const;

export const notices = {
	enabled: (missing: readonly ("relay" | "group-key")[]) => `${product} is on. ${phaseSentences.notSetUp(missing)}`,
	settingsPath: `Open Settings, then ${product} under community plugins.`,
	conflicts: (count: number) =>
		`${plural(count, "note was", "notes were")} edited on two devices at once. Both texts are kept: look for “conflict” in the file names.`,
	lookingNow: "Looking for changes.",
	joined: `This vault is in the group now. The notes of your other devices come as soon as one of them is online.`,
} as const;

// The devices of the group.

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

export function list(names: readonly string[]): string {
	return names.length < 2 ? (names[0] ?? "") : `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}`;
}

// What is left with the relay.

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
	note: "This note",
	file: "This file",
	has: (names: readonly string[]) => `on ${list(names)}`,
	stored: (names: readonly string[]) => `stored with the relay for ${list(names)}`,
	lacking: (names: readonly string[]) => `not on ${list(names)} yet`,
	onlyHere: "only on this device",
	nobody: "there is no other device that it could be on",
	unknown: "it is just changing, or takes no part here",
} as const;

// Pairing.

export const pairingText = {
	joinTitle: "Join a group with this vault?",
	vault: "Vault",
	relay: "Relay",
	leaves: "This vault leaves its present group first. Your other devices stay in that one.",
	consequence:
		"This vault becomes the same as on the devices of that group: their notes come here, and the notes of this vault go to them. Nothing is deleted, and of a note that differs both versions stay.",
	relayChanges: (before: string) => `It replaces the relay in your settings, ${before}.`,
	withCode: "The link brings the relay’s access code along.",
	onThatComputer: "That relay is on the computer on which the link was made, so the link works on that computer only.",
	onlyYourOwn:
		"Join only if you have just made this link or code on a device of your own. Whoever else made it gets every note of this vault. If you meant another vault, cancel, open that one and try again.",
	join: "Join",
	cancel: "Cancel",
	close: "Close",

	refusedTitle: "Nothing was changed",
	notTaken: (message: string) => `Something opened a pairing link that cannot be used. ${message}`,
	sameGroup: (vault: string) => `The vault “${vault}” is in the group of this link already.`,
	otherGroup: (vault: string, relay: string) =>
		`Something opened a link to a group at ${relay}, and the vault “${vault}” is in another group already. If you want to change the group, press Change beside the group key in the settings of ${product} and paste the link there. If you did not ask for this, close it.`,

	pairTitle: "Pair another device",
	pair: "Pair another device",
	pairWhenRemoved:
		"This device is not in the group any more, so its link leads nowhere. Press this on a device that is in the group.",
	pairNeedsRelay: "To pair another device, enter the relay address below first.",
	scan: `On a phone: open the vault there, with ${product} turned on, and point the camera at this code. Obsidian asks before anything happens.`,
	codeLabel: "QR code that holds the pairing link",
	orLink: `On a computer: open this link there, or paste it into the settings of ${product}.`,
	linkLabel: "Pairing link",
	onThisComputer: "The relay is on this computer, so this works on this computer only.",
	noLink:
		"A link leads to encrypted relays only, and yours is not. On the other device enter this relay address and the group key by hand.",
	keepSecret:
		"Whoever has this can read and change the whole vault. Show it to your own devices only. Do not post it, send it, or leave it in a note or a screenshot.",
	select: "Select all to copy",
	selected: "Selected: copy it now",
	sheet: "Recovery sheet",
	sheetTitle: "Recovery sheet",
	sheetUse:
		"If all of your devices are lost, this is the way back into the group. Print it or write it down, and put it where you keep your papers.",
	print: "Print",
	save: "Save as a file",
	back: "Back",
} as const;

export const sheetText = {
	title: `${product} recovery sheet`,
	vault: "Vault",
	group: "Group",
	date: "Date",
	relay: "Relay address",
	accessCode: "Access code",
	key: "Group key",
	warning:
		"Whoever holds this sheet can join the group, and read and\nchange every note. Keep it with your papers: not in the vault,\nnot in a mail, a chat or a cloud.",
	use: `To come back: install ${product}, and enter the relay address,\nthe access code if there is one, and the group key in its settings.\nSpaces in the key make no difference.`,
} as const;

// Settings.

export const settingsText = {
	status: "Status",
	connection: "Connection",
	thisDevice: "This device",

	relay: "Relay address",
	relayDesc:
		"Your devices find each other through a relay. It never sees your notes. Use the same address on every device; phones need one that begins with wss://.",
	relayPlaceholder: "wss://relay.example.org",

	accessCode: "Access code",
	accessCodeDesc: "Only if your relay asks for one. It is shown where the relay was started.",

	plainRelay: "Unencrypted relay",
	plainRelayDesc:
		"Only for a relay in your own network whose address begins with ws://. Others in that network can then see when your devices are online, and the access code; never your notes.",

	groupKey: "Group key",
	groupKeyNone:
		"Devices with the same group key keep their vaults the same. Create a key on your first device. On every other, scan its code with the camera, or paste its link or key here.",
	groupKeyOther:
		"Paste the link or key of another group, or create a key to begin a new one. To shut a lost device out, press Remove beside it under Devices.",
	groupKeySet: (name: string) => `This vault is in the group ${name}. Your other devices show the same name.`,
	groupKeyShown:
		"Whoever has this key can read and change the whole vault. Give it only to your own devices, and keep a copy in a safe place.",
	groupKeyPlaceholder: "Paste a link or a key",
	createKey: "Create a key",
	useKey: "Join",
	showKey: "Show",
	hideKey: "Hide",
	changeKey: "Change",
	cancel: "Cancel",
	changeKeyTitle: "Change the group key?",
	changeKeyText:
		"This vault leaves its present group and joins that of the new key. Files of both are kept and put together; your other devices stay in the present group.",
	changeKeyConfirm: "Change the key",

	deviceName: "Device name",
	deviceNameDesc: "How your other devices show this one, and how the copies of a conflict are named.",

	limitUp: "Fastest upload (KB per second)",
	limitUpDesc: "For a slow connection. It counts for all devices and the relay together. 0 is as fast as it goes.",
	limitDown: "Fastest download (KB per second)",
	limitDownDesc: "The same for what this device receives.",

	debounce: "Wait before sending (ms)",
	debounceDesc:
		"How long a note must be left alone before its change is sent, in thousandths of a second. 100 feels instant; a larger number sends less often while you type.",
} as const;

export const settingsProblems = {
	relayScheme: "A relay address begins with wss:// (or ws:// for a relay on this computer).",
	relayAddress:
		"This is no relay address. It has only a name and perhaps a port, for example wss://relay.example.org or ws://127.0.0.1:9000.",
	relayPlain:
		"This address is not encrypted. Use one that begins with wss://, or turn on “Unencrypted relay” below and enter it again.",
	relayPlainOnPhone: "A phone needs an address that begins with wss://.",
	deviceName: (max: number) => `A name has 1 to ${String(max)} characters.`,
	wholeNumber: (min: number, max: number) =>
		`Enter a whole number from ${min.toLocaleString("en")} to ${max.toLocaleString("en")}.`,
} as const;

export const deviceNames = {
	iphone: "iPhone",
	ipad: "iPad",
	androidPhone: "Android phone",
	androidTablet: "Android tablet",
	mac: "Mac",
	windows: "Windows computer",
	linux: "Linux computer",
	other: "Device",
} as const;
