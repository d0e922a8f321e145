// The one gate for paths, those that other devices send and those that the host reports, and the identity of a path.
// What it refuses is refused on every device; names that only one platform cannot hold are in platform-names.ts.
import { foldCase, isAscii } from "./case-fold.ts";
import type { Brand } from "./ids.ts";
import { utf8Length } from "./utf8.ts";

/** Relative to the vault, "/" between segments, none at the ends, NFC. The spelling is as the author has it. */
export type VaultPath = Brand<string, "VaultPath">;

/** What a path is known by: two spellings of one key are one file, on every device. */
export type PathKey = Brand<string, "PathKey">;

export const PATH_CHARACTERS_MAX = 1024;
export const SEGMENT_BYTES_MAX = 255;
export const PATH_LEVELS_MAX = 64;

export type PathRefusal =
	| "empty"
	| "too-long" // more than PATH_CHARACTERS_MAX UTF-16 code units
	| "too-deep"
	| "segment-too-long"
	| "empty-segment" // a slash at either end, or two in a row
	| "slash-in-name" // joinPath was given more than one name
	| "dot-segment" // "." or ".."
	| "hidden" // starts with what compatibility forms turn into a dot
	| "reserved" // of PSync itself or of version control: takes no part on any device
	| "backslash"
	| "control-character"
	| "bidi-control"
	| "invisible-character" // soft hyphen, zero-width
	| "lone-surrogate"
	| "not-nfc";

export type ParseResult =
	{ readonly ok: true; readonly path: VaultPath } | { readonly ok: false; readonly reason: PathRefusal };

export function parsePath(text: string): ParseResult {
	const reason = refusal(text) ?? keyRefusal(text);
	return reason === undefined ? { ok: true, path: text as VaultPath } : { ok: false, reason };
}

/** For hosts: file systems may hand out decomposed names, so this composes first. */
export function toVaultPath(text: string): ParseResult {
	// Composing shortens a path at most to a quarter; what is longer than this stays too long, and costs no work.
	if (text.length > 4 * PATH_CHARACTERS_MAX) return { ok: false, reason: "too-long" };
	return parsePath(text.normalize("NFC"));
}

export function pathKey(path: VaultPath): PathKey {
	// Folding may leave NFC (a folded ypogegrammeni is a letter), and equal text must give equal keys.
	const folded = foldCase(path);
	return (isAscii(folded) ? folded : folded.normalize("NFC")) as PathKey;
}

/** `undefined`: the path lies in the vault's root. */
export function parentPath(path: VaultPath): VaultPath | undefined {
	const slash = path.lastIndexOf("/");
	return slash < 0 ? undefined : (path.slice(0, slash) as VaultPath);
}

export function fileName(path: VaultPath): string {
	return path.slice(path.lastIndexOf("/") + 1);
}

/** One more name below `folder` (`undefined`: the root). The name must be NFC already: see toVaultPath. */
export function joinPath(folder: VaultPath | undefined, name: string): ParseResult {
	if (name.includes("/")) return { ok: false, reason: "slash-in-name" };
	return parsePath(folder === undefined ? name : `${folder}/${name}`);
}

function refusal(text: string): PathRefusal | undefined {
	if (text === "") return "empty";
	if (text.length > PATH_CHARACTERS_MAX) return "too-long";
	if (text.includes("\\")) return "backslash";
	if (CONTROL.test(text)) return "control-character";
	const ascii = isAscii(text);
	if (!ascii) {
		const reason = beyondAsciiRefusal(text);
		if (reason !== undefined) return reason;
	}
	const segments = text.split("/");
	if (segments.length > PATH_LEVELS_MAX) return "too-deep";
	for (const segment of segments) {
		const reason = segmentRefusal(segment, ascii);
		if (reason !== undefined) return reason;
	}
	return isHiddenText(text) && OWN_PLUGIN.test(foldCase(text)) ? "reserved" : undefined;
}

/**
 * Whether a name on the way begins with a dot: such a file takes part only on devices whose person wants that (scope.ts). For
 * paths and keys alike.
 */
export function isHiddenPath(path: VaultPath | PathKey): boolean {
	return isHiddenText(path);
}

function isHiddenText(text: string): boolean {
	return text.startsWith(".") || text.includes("/.");
}

/** Whether `name`, as a file system gives it out, is one that takes part nowhere. */
export function isReservedName(name: string): boolean {
	return name.startsWith(".") && RESERVED.test(foldCase(name.normalize("NFKC")));
}

// Names of PSync's own files, and of a repository, whoever writes into which runs programs on the machine.
const RESERVED = /^\.(?:psync|git(?:[. ]*$|:))/;
/** PSync's own folder, whatever the configuration folder is called, in a vault within the vault too. */
const OWN_PLUGIN = /(?:^|\/)\.[^/]*\/plugins\/psync(?:\/|$)/;

/** A key must be a path of its own: records travel under it, and folding can make a name longer than it was. */
function keyRefusal(text: string): PathRefusal | undefined {
	if (isAscii(text)) return undefined;
	const key = pathKey(text as VaultPath);
	return key === text ? undefined : refusal(key);
}

function segmentRefusal(segment: string, ascii: boolean): PathRefusal | undefined {
	if (segment === "") return "empty-segment";
	if (segment === "." || segment === "..") return "dot-segment";
	// Folding letters makes no dot; compatibility forms do ("․", "．"), and some file systems and tools apply them.
	const plain = ascii ? segment : segment.normalize("NFKC");
	if (plain.startsWith(".")) {
		if (!segment.startsWith(".")) return "hidden";
		if (/^\.+$/.test(plain)) return "dot-segment";
		if (isReservedName(segment)) return "reserved";
	}
	const bytes = ascii ? segment.length : utf8Length(segment);
	return bytes > SEGMENT_BYTES_MAX ? "segment-too-long" : undefined;
}

function beyondAsciiRefusal(text: string): PathRefusal | undefined {
	if (LONE_SURROGATE.test(text)) return "lone-surrogate";
	if (BIDI_CONTROL.test(text)) return "bidi-control";
	if (INVISIBLE.test(text) && INVISIBLE.test(text.replace(EMOJI, "").replace(JOINED, "$1")))
		return "invisible-character";
	return text.normalize("NFC") === text ? undefined : "not-nfc";
}

// C0 and C1 controls, line and paragraph separators, interlinear annotation.
// eslint-disable-next-line no-control-regex -- control characters are what this looks for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufff9-\ufffb]/;

// With the u flag a pair is one code point of another category.
const LONE_SURROGATE = /\p{Surrogate}/u;

// Marks, embeddings, overrides, isolates, and the deprecated shaping controls beside them. Letters of any direction are ordinary.
const BIDI_CONTROL = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f]/;

// Soft hyphen, grapheme joiner, Mongolian vowel separator, zero-width space and joiners, invisible operators, byte order
// mark, text and emoji presentation, musical beams, tags.
const INVISIBLE =
	// eslint-disable-next-line no-misleading-character-class -- each of these is looked for by itself
	/[\u00ad\u034f\u180e\u200b-\u200d\u2060-\u2065\ufe0e\ufe0f\ufeff\u{1d173}-\u{1d17a}\u{e0000}-\u{e007f}]/u;

// Emoji in which a joiner, a presentation selector or tags have their place: keycaps, subdivision flags, and pictographs
// with selector or skin tone, joined to others. Extended_Pictographic includes code points reserved for later emoji.
const EMOJI =
	/[0-9#*]\ufe0f?\u20e3|\u{1f3f4}[\u{e0020}-\u{e007e}]+\u{e007f}|\p{Extended_Pictographic}(?:[\ufe0e\ufe0f]|[\u{1f3fb}-\u{1f3ff}])?(?:\u200d\p{Extended_Pictographic}(?:\ufe0f|[\u{1f3fb}-\u{1f3ff}])?)*/gu;

// Scripts whose spelling needs joiners: Persian and Sinhala, for example, have words that are others without. Between two of
// their letters one joiner is a part of the word.
const JOINING =
	"\\p{Script=Arabic}\\p{Script=Syriac}\\p{Script=Devanagari}\\p{Script=Bengali}\\p{Script=Gurmukhi}\\p{Script=Gujarati}" +
	"\\p{Script=Oriya}\\p{Script=Tamil}\\p{Script=Telugu}\\p{Script=Kannada}\\p{Script=Malayalam}\\p{Script=Sinhala}" +
	"\\p{Script=Khmer}\\p{Script=Myanmar}\\p{Script=Tibetan}";
const JOINED = new RegExp(`([${JOINING}])[\\u200c\\u200d](?=[${JOINING}])`, "gu");
