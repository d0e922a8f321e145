// The link that brings a second device into a group: obsidian://psync?k=<group key>&r=<relay>, with the relay's access code
// (c) where it asks for one, and room for the id of the group's first device (f). Any web page and any note can fire such a
// link, so all of it is an attacker's words until it was looked at here, and a person's decision after that. Pure text:
// nothing here acts, stores or asks.
import { base64urlnopad } from "@scure/base";
import { bytesToHex, hexToBytes } from "../core/bytes.ts";
import { formatGroupKey, parseGroupKey } from "../core/group-key.ts";
import type { GroupKey, GroupKeyFault } from "../core/group-key.ts";
import { parseDeviceId } from "../core/ids.ts";
import type { DeviceId } from "../core/ids.ts";
import { ACCESS_CODE_CHARS_MAX } from "./relay-api.ts";
import { parseRelayUrl, relayAddress, RELAY_URL_CHARS_MAX } from "./relay-url.ts";
import type { RelayUrl } from "./relay-url.ts";

/** What a device needs to meet the others. */
export interface Pairing {
	readonly groupKey: GroupKey;
	readonly relayUrl: RelayUrl;
	/** What the relay asks of its devices; most ask for nothing. */
	readonly accessCode: string | undefined;
	/** The group's first device, for who wants to check that it is still the one. */
	readonly firstDevice: DeviceId | undefined;
}

export type PairingProblem =
	| "not-a-link"
	| "too-long"
	| "damaged"
	| "repeated"
	| "version"
	| "key-missing"
	| "key"
	| "relay-missing"
	| "relay-scheme"
	| "relay-plain"
	| "relay-credentials"
	| "relay-address"
	| "access-code"
	| "first-device";

export type PairingResult =
	| { readonly ok: true; readonly pairing: Pairing }
	/** `message` is a sentence for a person. It repeats nothing of the link but one character of a key. */
	| ({ readonly ok: false; readonly message: string } & PairingFault);

/** What is wrong, in parts: for a host that has words of its own. */
export type PairingFault =
	{ readonly problem: Exclude<PairingProblem, "key"> } | { readonly problem: "key"; readonly key: GroupKeyFault };

/** What Obsidian calls it: the word after obsidian:// */
export const PAIRING_ACTION = "psync";
/** Longer text is not looked at. */
export const PAIRING_LINK_CHARS_MAX = 2048;

const FIELDS_MAX = 16;
const VERSION = "1";
const SCHEME = /^obsidian:/i;
const START = new RegExp(`^obsidian://${PAIRING_ACTION}/?\\?`, "i");
/** What a link is made of, and nothing that only looks like it. */
const CHARACTERS = /^[\w.~%!$&'()*+,;=:@/?[\]-]*$/;
/** Letters, digits, signs and spaces of ASCII. */
const ACCESS_CODE = /^[ -~]+$/;
const THUMBPRINT = /^[\w-]{43}$/;

export function formatPairingLink({ groupKey, relayUrl, accessCode, firstDevice }: Pairing): string {
	const fields = [`k=${formatGroupKey(groupKey)}`, `r=${encodeURIComponent(relayUrl)}`];
	if (accessCode !== undefined) fields.push(`c=${encodeURIComponent(accessCode)}`);
	if (firstDevice !== undefined) fields.push(`f=${base64urlnopad.encode(hexToBytes(firstDevice))}`);
	return `obsidian://${PAIRING_ACTION}?${fields.join("&")}`;
}

/** Whether somebody meant a link, good or not, rather than a key. */
export function isMeantAsLink(text: string): boolean {
	return SCHEME.test(text.trim());
}

/** Spaces and line breaks that a mail put into it do not matter. */
export function parsePairingLink(text: string): PairingResult {
	if (text.length > PAIRING_LINK_CHARS_MAX) return refuse("too-long", "This text is too long for a pairing link.");
	const link = text.replace(/\s+/g, "");
	const start = START.exec(link);
	if (start === null) return refuse("not-a-link", NOT_A_LINK);
	const query = link.slice(start[0].length);
	if (!CHARACTERS.test(query)) return damaged();
	const parts = query.split("&").filter((part) => part !== "");
	if (parts.length > FIELDS_MAX) return damaged();
	const fields: (readonly [string, string])[] = [];
	for (const part of parts) {
		const equals = part.indexOf("=");
		const name = equals < 0 ? part : part.slice(0, equals);
		const value = decode(equals < 0 ? "" : part.slice(equals + 1));
		if (value === undefined) return damaged();
		fields.push([name, value]);
	}
	return parsePairingFields(fields);
}

/** The same from fields that the app has taken apart. Names that this version does not know are for a later one. */
export function parsePairingFields(fields: Iterable<readonly [string, unknown]>): PairingResult {
	const known = new Map<string, string>();
	for (const [name, value] of fields) {
		if (!["v", "k", "r", "c", "f"].includes(name)) continue;
		if (typeof value !== "string" || value.length > PAIRING_LINK_CHARS_MAX) return damaged();
		if (known.has(name))
			return refuse("repeated", "This link says one thing twice. Copy it again from the other device.");
		known.set(name, value);
	}
	if ((known.get("v") ?? VERSION) !== VERSION) {
		return refuse("version", "This link was made by a newer version of PSync. Update PSync on this device.");
	}
	const key = known.get("k") ?? "";
	if (key === "")
		return refuse("key-missing", "The group key is missing in this link: it was cut off. Copy all of it.");
	const groupKey = parseGroupKey(key);
	if (!groupKey.ok) {
		const message = `The group key in this link is damaged. ${groupKey.message}`;
		return { ok: false, problem: "key", key: groupKey, message };
	}
	const relay = parseLinkedRelay(known.get("r") ?? "");
	if (!relay.ok) return relay;
	const accessCode = known.get("c");
	if (accessCode !== undefined && !isAccessCode(accessCode)) {
		return refuse("access-code", "The access code in this link is damaged. Copy the link again from the other device.");
	}
	const firstDevice = parseThumbprint(known.get("f"));
	if (firstDevice === "wrong") {
		return refuse("first-device", "The mark of the first device in this link is damaged. Copy the link again.");
	}
	return { ok: true, pairing: { groupKey: groupKey.key, relayUrl: relay.url, accessCode, firstDevice } };
}

/** Whether all that is sent to this relay stays on the computer: its link is of no use anywhere else. */
export function isOnThisComputer(relayUrl: RelayUrl): boolean {
	return relayAddress(relayUrl).loopback;
}

/** Whether a link may lead there: encrypted, or not leaving this computer. */
export function isLinkable(relayUrl: RelayUrl): boolean {
	const { secure, loopback } = relayAddress(relayUrl);
	return secure || loopback;
}

type RelayResult = { readonly ok: true; readonly url: RelayUrl } | Extract<PairingResult, { ok: false }>;

/** Stricter than what a person may type: a link is not consent to an unencrypted way. */
function parseLinkedRelay(text: string): RelayResult {
	if (text === "") return refuse("relay-missing", "The relay is missing in this link: it was cut off. Copy all of it.");
	const scheme = /^(wss?|https?):\/\//i.exec(text)?.[1]?.toLowerCase();
	if (scheme === undefined) {
		return refuse("relay-scheme", "The relay in this link is no address of a relay: it does not begin with wss://.");
	}
	if (text.includes("@")) {
		return refuse("relay-credentials", "The relay in this link has a user name in its address. PSync takes none.");
	}
	const isLong = text.length > RELAY_URL_CHARS_MAX;
	const url = isLong ? undefined : parseRelayUrl(text.replace(/^http/i, "ws"));
	if (url === undefined) {
		return refuse(
			"relay-address",
			"The relay in this link is no address of a relay: it takes a name and perhaps a port.",
		);
	}
	if (!isLinkable(url)) {
		return refuse(
			"relay-plain",
			"The relay in this link is not encrypted. Links take relays that begin with wss://, or one on this computer.",
		);
	}
	return { ok: true, url };
}

function isAccessCode(text: string): boolean {
	return text.length <= ACCESS_CODE_CHARS_MAX && ACCESS_CODE.test(text) && text.trim() === text;
}

function parseThumbprint(text: string | undefined): DeviceId | "wrong" | undefined {
	if (text === undefined) return undefined;
	if (!THUMBPRINT.test(text)) return "wrong";
	try {
		return parseDeviceId(bytesToHex(base64urlnopad.decode(text))) ?? "wrong";
	} catch (error) {
		// Bits after the last byte that are set: another text for the same id.
		if (!(error instanceof Error)) throw error;
		return "wrong";
	}
}

/** `undefined`: a per cent sign without its digits, or bytes that are no text. */
function decode(text: string): string | undefined {
	try {
		return decodeURIComponent(text);
	} catch (error) {
		if (!(error instanceof URIError)) throw error;
		return undefined;
	}
}

const NOT_A_LINK = `This is not a pairing link. It starts with obsidian://${PAIRING_ACTION}?`;

function damaged(): Extract<PairingResult, { ok: false }> {
	return refuse("damaged", "This link is damaged. Copy it again from the other device.");
}

function refuse(problem: Exclude<PairingProblem, "key">, message: string): Extract<PairingResult, { ok: false }> {
	return { ok: false, problem, message };
}
