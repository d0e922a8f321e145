// Text measured and cut as UTF-8, where the pure zones need a length and not the bytes.

/** How many bytes `text` takes as UTF-8. A lone surrogate counts three, as its replacement character would. */
export function utf8Length(text: string): number {
	let length = 0;
	for (let i = 0; i < text.length; i++) {
		const codePoint = text.codePointAt(i) ?? 0;
		length += codePointBytes(codePoint);
		if (codePoint >= 0x10000) i++;
	}
	return length;
}

/**
 * The longest start of `text` that takes at most `bytesMax` bytes and cuts no character as people see it: no accent, emoji
 * sequence or flag apart. By fixed ranges and not by the engine's segmenter, so that all devices cut at the same place.
 */
export function truncateUtf8(text: string, bytesMax: number): string {
	const characters = Array.from(text);
	let bytes = 0;
	let kept = 0;
	for (let end = 0; ; end++) {
		if (isBoundary(characters, end)) kept = end;
		const next = characters[end];
		if (next === undefined) break;
		bytes += codePointBytes(next.codePointAt(0) ?? 0);
		if (bytes > bytesMax) break;
	}
	return characters.slice(0, kept).join("");
}

function codePointBytes(codePoint: number): number {
	return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
}

function isBoundary(characters: readonly string[], at: number): boolean {
	const before = characters[at - 1];
	const after = characters[at];
	if (before === undefined || after === undefined) return true;
	if (before === ZERO_WIDTH_JOINER || EXTENDS.test(after)) return false;
	return !(FLAG_HALF.test(after) && flagHalvesBefore(characters, at) % 2 === 1);
}

function flagHalvesBefore(characters: readonly string[], at: number): number {
	let count = 0;
	while (FLAG_HALF.test(characters[at - 1 - count] ?? "")) count++;
	return count;
}

const ZERO_WIDTH_JOINER = "\u200d";

// Combining marks of the common blocks, kana voicing marks, joiner, presentation selectors, skin tones, tags.
const EXTENDS =
	// eslint-disable-next-line no-misleading-character-class -- each of these is looked for by itself
	/^[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u200d\u20d0-\u20ff\u3099\u309a\ufe00-\ufe0f\ufe20-\ufe2f\u{1f3fb}-\u{1f3ff}\u{e0020}-\u{e007f}]/u;

const FLAG_HALF = /^[\u{1f1e6}-\u{1f1ff}]/u;
