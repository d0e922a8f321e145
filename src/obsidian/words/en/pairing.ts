// Pairing, and the recovery sheet.
import type { GroupKeyFault, GroupKeyProblem } from "../../../core/group-key.ts";
import type { PairingProblem } from "../../../wire/pairing-link.ts";
import { plural } from "../counting.ts";
import { product } from "./common.ts";

export const pairingText = {
	joinTitle: "Join a group with this vault?",
	vault: "Vault",
	relay: "Relay",
	leaves: "This vault leaves its present group first. Your other devices stay in that one.",
	consequence:
		"This vault becomes the same as on the devices of that group: their notes come here, and the notes of this vault go to them. Nothing is lost: of a note that differs both versions stay, and what those devices had replaced or deleted before goes to the history of this one.",
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

type Wrong<Problem> = Omit<Extract<GroupKeyFault, { readonly problem: Problem }>, "problem">;

/** What is wrong with a group key that was typed or pasted. */
export const keyProblems = {
	empty: "Enter the group key.",
	"not-a-key": "This is not a group key. It starts with psync1 and has 65 characters.",
	"mixed-case": "Type the group key either all in small letters or all in capitals.",
	checksum: "The group key has a typing error: its last characters do not fit the others. Compare it again.",
	version: `This group key was made by a newer version of ${product}. Update ${product} on this device.`,
	length: ({ missing }: Wrong<"length">) =>
		`A group key has 65 characters without spaces: ${missing > 0 ? `${plural(missing, "is", "are")} missing` : `${plural(-missing, "is", "are")} too many`}.`,
	character: ({ character, position, similar }: Wrong<"character">) =>
		`A group key has no “${character}” (character ${String(position)}).${similar.length === 0 ? "" : ` Is it “${similar.join("” or “")}”?`}`,
} as const satisfies Readonly<Record<GroupKeyProblem, unknown>>;

/** What is wrong with a pairing link. */
export const linkProblems = {
	"too-long": "This text is too long for a pairing link.",
	"not-a-link": "This is not a pairing link. It starts with obsidian://psync?",
	damaged: "This link is damaged. Copy it again from the other device.",
	repeated: "This link says one thing twice. Copy it again from the other device.",
	version: `This link was made by a newer version of ${product}. Update ${product} on this device.`,
	"key-missing": "The group key is missing in this link: it was cut off. Copy all of it.",
	key: (what: string) => `The group key in this link is damaged. ${what}`,
	"access-code": "The access code in this link is damaged. Copy the link again from the other device.",
	"first-device": "The mark of the first device in this link is damaged. Copy the link again.",
	"relay-missing": "The relay is missing in this link: it was cut off. Copy all of it.",
	"relay-scheme": "The relay in this link is no address of a relay: it does not begin with wss://.",
	"relay-credentials": `The relay in this link has a user name in its address. ${product} takes none.`,
	"relay-address": "The relay in this link is no address of a relay: it takes a name and perhaps a port.",
	"relay-plain":
		"The relay in this link is not encrypted. Links take relays that begin with wss://, or one on this computer.",
} as const satisfies Readonly<Record<PairingProblem, unknown>>;
