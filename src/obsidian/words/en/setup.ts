// The set-up of a device, the ways to a relay, and what came of a test of one.
import { number, plural } from "../counting.ts";
import { facts, files, list, product } from "./common.ts";

export const setupText = {
	name: "Set up",
	open: "Set up",
	rowName: `Set up ${product}`,
	rowDesc: "It takes two minutes: once here, and a code to scan on each of your other devices.",

	title: `Set up ${product}`,
	intro:
		"Your notes go from device to device, encrypted. A relay introduces your devices to each other, and keeps, locked, what a device that is off still lacks. It cannot read a note.",
	first: "This is my first device",
	firstDesc: "Begin here. Your other devices come in with a code.",
	second: "I have a QR code or link",
	secondDesc: `Another of your devices uses ${product} already.`,

	firstTitle: "Your first device",
	deviceName: "Name of this device",
	deviceNameDesc: "How your other devices show it.",
	relay: "Relay address",
	relayDesc: "Where your devices find each other.",
	relayNone: "Enter the address of your relay. Below are ways to get one.",
	relayPlain:
		"This address is not encrypted, so phones cannot use it. Enter one that begins with wss://; below are ways to get one.",
	accessCode: "Access code",
	accessCodeDesc: "The relay said it when it was started for the first time.",
	test: "Test connection",
	begin: "Begin",
	beginAnyway: "Begin anyway",
	back: "Back",
	beginning: "Looking at the notes of this vault. The code for your other devices comes in a moment.",
	failed: (message: string) => `That did not work (${message}). Try it again.`,

	secondTitle: "Join your other devices",
	onPhone: "On this phone: close this, open the camera, and point it at the code that the other device shows.",
	orPaste: "Or copy the link that the other device shows, and paste it here.",
	onComputer: "Copy the link that the other device shows, and paste it here.",
	onOther: `The other device shows both when you choose “Pair another device” in the settings or commands of ${product} there.`,
	linkLabel: "Pairing link",
	linkPlaceholder: "obsidian://psync?…",
	continue: "Continue",

	recipesOwn: "You have no relay yet? Ways to get one:",
	recipesInstead: "You would rather use a relay of your own? Ways to get one:",
	recipeWhere: `On a computer with Node 20 or newer, in a copy of the repository of ${product}:`,
	recipeAddress: "Then the relay address is",
	useAddress: "Use this address",
} as const;

/** By the recipe's id (setup/recipes.ts). */
export const recipeText = {
	here: {
		title: "On this computer, to try it",
		lines: [
			"Keeps vaults on this computer the same, and needs nothing else. Phones and other computers cannot reach it.",
			"It runs until you close the terminal.",
		],
	},
	home: {
		title: "On a computer at home that is always on",
		lines: [
			"Reaches your phone everywhere. You need a name on the internet that leads to your home, with ports 80 and 443 passed on to that computer, and the web server Caddy, which gets the certificate by itself.",
			"Put your own name in place of relay.example.org, in the command and in the file relay/deploy/Caddyfile. Each of the last two commands gets a terminal of its own.",
			"When it starts for the first time, the relay says an access code. Keep it: it is asked for here.",
		],
	},
	host: {
		title: "On a small rented server",
		lines: [
			"The smallest that is for rent will do, with a name of your own that leads to it, and a certificate for that name, which the program certbot gets.",
			"Put your own name in place of relay.example.org. The relay runs until you close the terminal. To have it start with the machine, put it behind Caddy, as at home: the file relay/deploy/psync-relay.service is made for that.",
			"When it starts for the first time, the relay says an access code. Keep it: it is asked for here.",
		],
	},
} as const;

export const relayTestText = {
	running: "Testing …",
	good: "The relay answers and lets this device in.",
	keeps: "It also keeps sealed changes for devices that are off.",
	"no-such-name": "There is no computer of this name. Is the address spelled right?",
	"nothing-there": "That computer is there, and no relay runs on it at this address. Start it, or check the port.",
	"no-answer": "Nothing answers at this address. Is the relay running, and can this device reach it?",
	"no-network": "This device has no internet connection now.",
	certificate:
		"The certificate of the relay is not trusted. It must be a public one, not self-signed, not expired, and for exactly this name.",
	"not-a-relay": "Something answers at this address, and it is no relay. Check the name and the port.",
	"not-behind": "A web server answers, and the relay behind it does not. Is the relay running?",
	"code-missing": "The relay asks for an access code. Enter it above: the relay said it when it was started first.",
	"code-wrong":
		"The relay does not take this access code. Compare it with what the relay said when it was started first.",
	"group-refused":
		"This relay only takes groups that are on its list. Whoever runs it has to add yours, or start it without --groups-file.",
	"too-often":
		"The relay wants you to wait: too much was asked of it from here. Try again in a minute. If it says so again, try in some hours: from one network it takes only a few new groups a day.",
	"other-address":
		"The relay runs under another address than this one. Enter the address that it was started with as --public-url.",
	refused: "The relay answers and does not let this device in. Is it a newer or older version?",
	"no-socket":
		"The relay answers, and connections that stay open do not get through. The web server in front of it has to pass WebSockets on.",
} as const;

/** Something else keeps the same folder the same too. */
export const otherSyncText = {
	notice: (names: readonly string[]) =>
		`This vault seems to be synced by ${list(names)} too. Two at once undo each other’s work: let only one of them do it.`,
	line: (names: readonly string[]) =>
		`This vault seems to be synced by ${list(names)} too. Let only one of them do it.`,
} as const;

const LEFT = "This vault is in no group any more. All notes are where they were.";

/** What a person can do about the group of this vault later. */
export const groupText = {
	heading: "This vault’s group",
	changeRelay: "Change the relay",
	changeRelayDesc: "Another address, for this device and then for each of the others.",
	changeRelayTitle: "Change the relay?",
	changeRelayLines: [
		"Devices find each other only at the same relay. After this, enter the new address on each of your other devices as well: until then this one does not find them, and nothing is lost.",
		"What still lies with the old relay for devices that are away stays there, and goes after some weeks.",
	],
	change: "Change",
	relayChanged: "This device uses the new relay now. Enter it on your other devices too.",

	leave: "Leave the group",
	leaveDesc: "Your notes stay. This device stops keeping them the same.",
	leaveTitle: "Leave the group with this vault?",
	leaveLines: (isLast: boolean) => [
		"All notes stay on this device as they are. From then on, what is written here stays here, and what your other devices write stays there.",
		"What this device keeps of the group goes: the group key, the access code, and what it knows of each note. What was replaced or deleted here is written out as files first.",
		"Your other devices go on, and list this one as away until you remove it there.",
		...(isLast ? ["No other device is in the group. Without a recovery sheet nobody can come back into it."] : []),
	],
	startOver: "Start over",
	startOverDesc:
		"Leaves the group and forgets this device’s settings. Your notes stay, and what you chose under “What syncs”.",
	startOverTitle: "Start over on this device?",
	startOverLine:
		"The relay address, the name of this device and its other settings go as well, except what you chose under “What syncs”. Then the set-up opens.",
	cancel: "Cancel",
	leaving: "Leaving the group …",
	left: LEFT,
	leftWith: (count: number, folder: string) =>
		`${LEFT} ${plural(count, "version that was", "versions that were")} replaced or deleted here: ${folder}. That folder goes with ${product} when you uninstall it: copy what you want to keep.`,
	leftInPart: (folder: string) =>
		`${LEFT} Not everything that was replaced or deleted here could be written out yet: it is still kept in the folder of ${product}. Free some space on this device, then restart the app: the rest comes to ${folder}. Do not uninstall ${product} before.`,
	failed: (message: string) => `The group was not left (${message}). Try it again.`,
	notRunning:
		"Syncing has not started here, so what was replaced or deleted cannot be written out now. Try again when it runs.",
} as const;

/** Before the first sync of a vault that has notes already. */
export const firstLookText = {
	title: "Before the first sync",
	waiting: (sentence: string) => `Nothing of this vault is sent or changed yet. ${sentence}`,
	comparing: "Comparing this vault with your other devices …",
	cannotCompare: (message: string) =>
		`This vault could not be compared (${message}). Nothing was sent or changed. Compare again, or start without looking: both sides are kept.`,
	compareAgain: "Compare again",
	nothingIsLost:
		"Nothing is lost by this. What only one side has goes to the other, and what gives way goes to the history of the device that had it.",
	same: "The same on both",
	onlyThere: "Come here",
	onlyHere: "Go to your other devices",
	different: "Different on both",
	past: "Replaced or deleted there before",
	sum: (count: number, bytes: string) => (count === 0 ? number(0) : facts([files(count), bytes])),
	whatCounts: "Where both have something else:",
	choices: {
		merge: {
			name: "Keep both",
			desc: "One keeps the name, the other stands beside it. What your other devices replaced or deleted before goes to the history.",
		},
		theirs: {
			name: "Take theirs",
			desc: "What your other devices have counts. What was here is in the history of this device.",
		},
		mine: {
			name: "Keep mine",
			desc: "What is here counts, also where it is older. What your other devices had is in their history. Only what they deleted before goes to the history here.",
		},
	},
	differentList: "Which are different",
	pastList: "Which were replaced or deleted there before",
	byFolder: "By folder",
	noFolder: "In no folder",
	folder: (name: string, [same = 0, there = 0, here = 0, different = 0]: readonly number[]) =>
		`${name}: ${number(same)} the same, ${number(there)} come, ${number(here)} go, ${number(different)} different`,
	start: "Start syncing",
	startNow: "Start without looking",
	more: (count: number) => `and ${number(count)} more`,
	decline: "Do not join",
	declined:
		"This vault is in no group. None of its notes was sent or changed. Your other devices may list this one until you remove it there.",
	/** In the status. */
	words: "Waiting for your choice",
	sentence: "Nothing is synced before you choose in the open window. When you close it, both sides are put together.",
} as const;
