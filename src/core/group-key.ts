// The secret that makes devices a group: 32 random bytes, and the checksummed text in which people see, paste and type it.
// The text is Bech32m: "psync", "1", one symbol of version, 52 of key, 6 of checksum. Nothing here ever logs or stores a key.
import { bech32m } from "@scure/base";
import { assert } from "./assert.ts";
import type { Brand } from "./ids.ts";

export type GroupKey = Brand<Uint8Array<ArrayBuffer>, "GroupKey">;

export const GROUP_KEY_BYTES = 32;
export const GROUP_KEY_CHARACTERS = 65;

export type GroupKeyProblem = "empty" | "not-a-key" | "mixed-case" | "length" | "character" | "checksum" | "version";

export type GroupKeyResult =
	| { readonly ok: true; readonly key: GroupKey }
	/** `message` is a sentence for the person who typed. It repeats no more than one character of the text. */
	| ({ readonly ok: false; readonly message: string } & GroupKeyFault);

/** What is wrong, in parts: for a host that has words of its own. */
export type GroupKeyFault =
	| { readonly problem: Exclude<GroupKeyProblem, "length" | "character"> }
	/** Less than 0: too many. */
	| { readonly problem: "length"; readonly missing: number }
	/** `position` counts from 1. `similar`: what it may have been read for. */
	| {
			readonly problem: "character";
			readonly character: string;
			readonly position: number;
			readonly similar: readonly string[];
	  };

const PREFIX = "psync";
const VERSION = 0;
const ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
/** Longer text is something else that was pasted; it is not looked at. */
const INPUT_CHARACTERS_MAX = 1024;

export function newGroupKey(random: { bytes(length: number): Uint8Array }): GroupKey {
	return toGroupKey(random.bytes(GROUP_KEY_BYTES));
}

/** The text on one line, in lower case: 65 characters. */
export function formatGroupKey(key: GroupKey): string {
	return bech32m.encode(PREFIX, [VERSION, ...bech32m.toWords(key)]);
}

/** The same text as people compare and copy it by hand. */
export function formatGroupKeyInGroups(key: GroupKey): string {
	return (formatGroupKey(key).match(/.{1,5}/g) ?? []).join(" ");
}

/** Takes spaces and line breaks anywhere, all letters small or all capital. */
export function parseGroupKey(text: string): GroupKeyResult {
	if (text.length > INPUT_CHARACTERS_MAX) return refuse("not-a-key", NOT_A_KEY);
	const typed = text.replace(/\s+/g, "");
	if (typed === "") return refuse("empty", "Enter the group key.");
	const lower = typed.toLowerCase();
	if (!lower.startsWith(`${PREFIX}1`)) return refuse("not-a-key", NOT_A_KEY);
	if (typed !== lower && typed !== typed.toUpperCase()) {
		return refuse("mixed-case", "Type the group key either all in small letters or all in capitals.");
	}
	const symbols = lower.slice(PREFIX.length + 1);
	return refuseCharacter(symbols) ?? refuseLength(lower) ?? decode(lower);
}

function decode(lower: string): GroupKeyResult {
	const decoded = bech32m.decodeUnsafe(lower);
	if (decoded === undefined) {
		return refuse(
			"checksum",
			"The group key has a typing error: its last characters do not fit the others. Compare it again.",
		);
	}
	const [version, ...words] = decoded.words;
	if (version !== VERSION) {
		return refuse("version", "This group key was made by a newer version of PSync. Update PSync on this device.");
	}
	// Four spare bits follow the key; only a maker of keys other than ours sets them.
	const bytes = bech32m.fromWordsUnsafe(words);
	return bytes ? { ok: true, key: toGroupKey(bytes) } : refuse("not-a-key", NOT_A_KEY);
}

function refuseCharacter(symbols: string): GroupKeyResult | undefined {
	const characters = Array.from(symbols);
	const at = characters.findIndex((character) => !ALPHABET.includes(character));
	const wrong = characters[at];
	if (wrong === undefined) return undefined;
	const position = PREFIX.length + 2 + at;
	const similar = SIMILAR.get(wrong);
	const hint = similar === undefined ? "" : ` Is it ${similar.words}?`;
	return {
		...{ ok: false, problem: "character", character: wrong, position, similar: similar?.symbols ?? [] },
		message: `A group key has no “${wrong}” (character ${String(position)}).${hint}`,
	};
}

function refuseLength(lower: string): GroupKeyResult | undefined {
	const missing = GROUP_KEY_CHARACTERS - lower.length;
	if (missing === 0) return undefined;
	const difference = missing > 0 ? `${String(missing)} missing` : `${String(-missing)} too many`;
	return {
		...{ ok: false, problem: "length", missing },
		message: `A group key has ${String(GROUP_KEY_CHARACTERS)} characters without spaces: ${difference}.`,
	};
}

const NOT_A_KEY = "This is not a group key. It starts with psync1 and has 65 characters.";

/** What people read for a symbol that the alphabet leaves out because it looks like another. */
const SIMILAR: ReadonlyMap<string, { readonly symbols: readonly string[]; readonly words: string }> = new Map([
	["1", { symbols: ["l"], words: "the letter l" }],
	["i", { symbols: ["l"], words: "the letter l" }],
	["o", { symbols: ["0"], words: "the digit 0" }],
	["b", { symbols: ["6", "8"], words: "the digit 6 or 8" }],
]);

function refuse(problem: Exclude<GroupKeyProblem, "length" | "character">, message: string): GroupKeyResult {
	return { ok: false, problem, message };
}

/** 32 bytes that were checked before. */
export function toGroupKey(bytes: Uint8Array): GroupKey {
	assert(bytes.length === GROUP_KEY_BYTES, "a group key has 32 bytes");
	return new Uint8Array(bytes) as GroupKey;
}
