// Small helpers over byte arrays that the pure zones need and no platform type gives them.

/** Lower-case hex text of `bytes`. */
export function bytesToHex(bytes: Uint8Array): string {
	let text = "";
	for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
	return text;
}

/** Bytes of a hex text whose form was checked before; throws on anything else. */
export function hexToBytes(text: string): Uint8Array {
	if (text.length % 2 !== 0) throw new RangeError("hex text of odd length");
	const bytes = new Uint8Array(text.length / 2);
	for (let i = 0; i < bytes.length; i++) {
		const byte = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
		if (Number.isNaN(byte)) throw new RangeError("not hex text");
		bytes[i] = byte;
	}
	return bytes;
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
	const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
	let offset = 0;
	for (const part of parts) {
		joined.set(part, offset);
		offset += part.length;
	}
	return joined;
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
	if (a.length !== b.length) return false;
	for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
	return true;
}

/** -1, 0 or 1: unsigned byte-wise order, shorter first when one is a prefix of the other. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
	const shared = Math.min(a.length, b.length);
	for (let i = 0; i < shared; i++) {
		const difference = (a[i] ?? 0) - (b[i] ?? 0);
		if (difference !== 0) return Math.sign(difference);
	}
	return Math.sign(a.length - b.length);
}

/** With its byte order mark, if it has one. `undefined`: this is not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
	try {
		return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
	} catch (error) {
		if (error instanceof TypeError) return undefined;
		throw error;
	}
}
