import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesToHex, hexToBytes } from "../../src/core/bytes.ts";
import { formatGroupKey, newGroupKey } from "../../src/core/group-key.ts";
import { parseDeviceId } from "../../src/core/ids.ts";
import {
	formatPairingLink,
	isLinkable,
	isOnThisComputer,
	parsePairingFields,
	parsePairingLink,
	PAIRING_LINK_CHARS_MAX,
} from "../../src/wire/pairing-link.ts";
import type { Pairing, PairingResult } from "../../src/wire/pairing-link.ts";
import { parseRelayUrl } from "../../src/wire/relay-url.ts";

interface Case {
	readonly key: string;
	readonly relay: string;
	readonly accessCode?: string;
	readonly firstDevice?: string;
	readonly link: string;
}
interface Vectors {
	readonly valid: readonly Case[];
	readonly forms: readonly { readonly note: string; readonly text: string }[];
	readonly invalid: readonly { readonly note: string; readonly text: string; readonly problem: string }[];
}
const vectors = JSON.parse(readFileSync(new URL("../vectors/pairing-link.json", import.meta.url), "utf8")) as Vectors;
const [first] = vectors.valid;
if (first === undefined) throw new Error("there are vectors");

function plain(result: PairingResult): Omit<Case, "link"> | string {
	if (!result.ok) return result.problem;
	const { groupKey, relayUrl, accessCode, firstDevice } = result.pairing;
	return {
		key: bytesToHex(groupKey),
		relay: relayUrl,
		...(accessCode === undefined ? {} : { accessCode }),
		...(firstDevice === undefined ? {} : { firstDevice }),
	};
}

function pairingOf(key: Uint8Array, relay: string, accessCode?: string, firstDevice?: string): Pairing {
	const relayUrl = parseRelayUrl(relay);
	if (relayUrl === undefined) throw new Error(`${relay} is a relay`);
	const device = firstDevice === undefined ? undefined : parseDeviceId(firstDevice);
	return { groupKey: newGroupKey({ bytes: () => key }), relayUrl, accessCode, firstDevice: device };
}

const keys = fc.uint8Array({ minLength: 32, maxLength: 32 });
const hosts = fc.domain().map((name) => name.toLowerCase());
const relays = fc.oneof(
	fc.tuple(hosts, fc.integer({ min: 1, max: 65_535 })).map(([host, port]) => `wss://${host}:${String(port)}`),
	fc.integer({ min: 1, max: 65_535 }).map((port) => `ws://127.0.0.1:${String(port)}`),
);
const accessCodes = fc
	.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)), maxLength: 64 })
	.filter((code) => code !== "" && code.trim() === code);
const pairings = fc
	.tuple(keys, relays, fc.option(accessCodes, { nil: undefined }), fc.option(keys, { nil: undefined }))
	.map(([key, relay, code, device]) => pairingOf(key, relay, code, device && bytesToHex(device)));

describe("a pairing link", () => {
	test.each(vectors.valid)("[Q1] $link", ({ link, ...given }) => {
		const { key, relay, accessCode, firstDevice } = given;
		expect(formatPairingLink(pairingOf(hexToBytes(key), relay, accessCode, firstDevice))).toBe(link);
		expect(plain(parsePairingLink(link))).toEqual(given);
	});

	test.each(vectors.forms)("[Q1] is also taken $note", ({ text }) => {
		const { link: _, ...meant } = first;
		expect(plain(parsePairingLink(text))).toEqual(meant);
	});

	test("[Q1] comes back from 5,000 keys, relays, access codes and first devices", () => {
		fc.assert(
			fc.property(pairings, (pairing) => {
				const link = formatPairingLink(pairing);
				expect(link).toMatch(/^obsidian:\/\/psync\?[\w.~!'()*%&=-]+$/);
				expect(parsePairingLink(link)).toEqual({ ok: true, pairing });
			}),
			{ numRuns: 5_000 },
		);
	});

	test.each(vectors.invalid)("[Q2] is refused for $note: $problem", ({ text, problem }) => {
		expect(plain(parsePairingLink(text))).toBe(problem);
	});

	test("[Q2] shows 10,000 single wrong letters in its key, and never becomes another group's", () => {
		const symbols = Array.from("qpzry9x8gf2tvdw0s3jn54khce6mua7l");
		fc.assert(
			fc.property(pairings, fc.integer({ min: 6, max: 64 }), fc.constantFrom(...symbols), (pairing, at, symbol) => {
				const link = formatPairingLink(pairing);
				const key = formatGroupKey(pairing.groupKey);
				const wrong = key.slice(0, at) + symbol + key.slice(at + 1);
				if (wrong !== key) expect(plain(parsePairingLink(link.replace(key, wrong)))).toBe("key");
			}),
			{ numRuns: 10_000 },
		);
	});

	test("[Q2] is answered in words for 20,000 damaged links, and the answer repeats nothing of them", () => {
		const bits = fc.oneof(
			fc.string({ unit: "binary", maxLength: 8 }),
			fc.constantFrom("%", "&", "=", "k=", "&r=", "\u200b"),
		);
		let refused = 0;
		fc.assert(
			fc.property(pairings, fc.nat(), fc.nat({ max: 40 }), bits, (pairing, where, length, put) => {
				const link = formatPairingLink(pairing);
				const at = where % link.length;
				const damaged = link.slice(0, at) + put + link.slice(at + length);
				const result = parsePairingLink(damaged);
				if (result.ok) {
					// What is taken is whole: another relay or code perhaps, never another key.
					expect(bytesToHex(result.pairing.groupKey)).toBe(bytesToHex(pairing.groupKey));
					expect(isLinkable(result.pairing.relayUrl)).toBe(true);
					return;
				}
				refused++;
				expect(result.message).toMatch(/^[A-Z].*[.?]$/);
				const secrets = [formatGroupKey(pairing.groupKey).slice(6), pairing.accessCode ?? ""];
				const pieces = secrets.flatMap((text) => Array.from(text.slice(7), (_, i) => text.slice(i, i + 8)));
				expect(pieces.filter((piece) => result.message.includes(piece))).toEqual([]);
			}),
			{ numRuns: 20_000 },
		);
		expect(refused).toBeGreaterThan(10_000);
	});

	test("[Q2] is answered for 20,000 texts of any kind, and for a very long one at once", () => {
		fc.assert(
			fc.property(
				fc.oneof(
					fc.string({ unit: "binary" }),
					fc.string().map((text) => `obsidian://psync?${text}`),
					fc.string().map((text) => `obsidian://psync?k=${text}`),
				),
				(text) => {
					expect(parsePairingLink(text).ok).toBe(false);
				},
			),
			{ numRuns: 20_000 },
		);
		expect(plain(parsePairingLink(`${first.link}&x=${"y".repeat(PAIRING_LINK_CHARS_MAX)}`))).toBe("too-long");
		expect(plain(parsePairingLink("obsidian://psync?".repeat(1_000_000)))).toBe("too-long");
	});

	test("[Q2] has no field that reaches beyond it: names of the language mean nothing, values are text", () => {
		const tricks = { __proto__: { k: "x" }, constructor: "x", toString: "x", hasOwnProperty: "x" };
		expect(plain(parsePairingFields(Object.entries(tricks)))).toBe("key-missing");
		const [, query = ""] = first.link.split("?");
		const fields = query.split("&").map((part) => part.split("=").map(decodeURIComponent) as [string, string]);
		const polluted = JSON.parse(`{"__proto__":{"c":"code"},"action":"psync"}`) as Record<string, unknown>;
		expect(plain(parsePairingFields([...Object.entries(polluted), ...fields]))).toEqual({
			key: first.key,
			relay: first.relay,
		});
		for (const value of [undefined, null, 1, true, {}, [], ["k"], { toString: () => "x" }]) {
			expect(plain(parsePairingFields([["k", value]]))).toBe("damaged");
		}
		fc.assert(
			fc.property(fc.dictionary(fc.constantFrom("k", "r", "c", "f", "v", "__proto__"), fc.anything()), (given) => {
				expect(parsePairingFields(Object.entries(given)).ok).toBe(false);
			}),
			{ numRuns: 2_000 },
		);
		expect(({} as { c?: unknown }).c).toBeUndefined();
	});

	test.each([
		["wss://relay.example.org", true, false],
		["wss://192.168.1.5:9000", true, false],
		["ws://127.0.0.1:9000", true, true],
		["wss://localhost", true, true],
		["ws://[::1]:1", true, true],
		["ws://relay.example.org", false, false],
		["ws://192.168.1.5:9000", false, false],
		["ws://127.example.org", false, false],
		["ws://[::2]", false, false],
	])("[Q3] of the relay %s: fit for a link %s, on this computer only %s", (text, linkable, here) => {
		const relayUrl = parseRelayUrl(text);
		if (relayUrl === undefined) throw new Error(`${text} is a relay`);
		expect(isLinkable(relayUrl)).toBe(linkable);
		expect(isOnThisComputer(relayUrl)).toBe(here);
		const link = formatPairingLink(pairingOf(new Uint8Array(32), text));
		expect(plain(parsePairingLink(link))).toEqual(linkable ? { key: "00".repeat(32), relay: relayUrl } : "relay-plain");
	});
});
