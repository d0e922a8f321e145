// The set-up of a device, the ways to a relay, and what came of a test of one.
import { product } from "./common.ts";

export const setupText = {
	name: "Set up",
	open: "Set up",
	rowName: `Set up ${product}`,
	rowDesc: "It takes two minutes: once here, and a code to scan on each of your other devices.",

	title: `Set up ${product}`,
	intro:
		"Your notes go from device to device, encrypted. A relay only introduces your devices to each other: it cannot read a note.",
	first: "This is my first device",
	firstDesc: "Begin here. Your other devices come in with a code.",
	second: "I have a QR code or link",
	secondDesc: `Another of your devices uses ${product} already.`,

	firstTitle: "Your first device",
	deviceName: "Name of this device",
	deviceNameDesc: "How your other devices show it.",
	relay: "Relay address",
	relayDesc: "Where your devices find each other.",
	relayNone: "Enter the address of your relay. Below are three ways to get one.",
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

	recipesOwn: "You have no relay yet? Three ways to get one:",
	recipesInstead: "You would rather use a relay of your own? Three ways:",
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
			"Put your own name in place of relay.example.org. The file relay/deploy/psync-relay.service starts a relay with the machine.",
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
	"too-often": "The relay wants you to wait: too much was asked of it from here. Try again in a minute.",
	"other-address":
		"The relay runs under another address than this one. Enter the address that it was started with as --public-url.",
	refused: "The relay answers and does not let this device in. Is it a newer or older version?",
	"no-socket":
		"The relay answers, and connections that stay open do not get through. The web server in front of it has to pass WebSockets on.",
} as const;
