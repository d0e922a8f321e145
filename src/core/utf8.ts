// Lengths of text as UTF-8, where the pure zones need the number and not the bytes.

/** How many bytes `text` takes as UTF-8. A lone surrogate counts three, as its replacement character would. */
export function utf8Length(text: string): number {
	let length = 0;
	for (let i = 0; i < text.length; i++) {
		const codePoint = text.codePointAt(i) ?? 0;
		length += codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
		if (codePoint >= 0x10000) i++;
	}
	return length;
}
