// Whether bytes survive the way through Obsidian's text API, which decodes UTF-8, drops a leading byte order mark and
// replaces what is not valid. Everything else takes the binary path: content hashes are of raw bytes.

import { decodeUtf8 } from "../core/bytes.ts";

/** The text of `bytes` when encoding it again gives exactly `bytes`; otherwise `undefined`. */
export function plainText(bytes: Uint8Array): string | undefined {
	return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? undefined : decodeUtf8(bytes);
}
