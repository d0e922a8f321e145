// Whether bytes survive the way through Obsidian's text API, which decodes UTF-8, drops a leading byte order mark and
// replaces what is not valid. Everything else takes the binary path: content hashes are of raw bytes.

/** The text of `bytes` when encoding it again gives exactly `bytes`; otherwise `undefined`. */
export function plainText(bytes: Uint8Array): string | undefined {
	if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return undefined;
	try {
		return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
	} catch (error) {
		if (error instanceof TypeError) return undefined; // not UTF-8
		throw error;
	}
}
