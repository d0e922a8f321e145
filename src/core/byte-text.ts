// Bytes as text of one character a byte, for keys of maps and tries: it is compact, and it compares as the bytes do.

export function bytesToText(bytes: Uint8Array): string {
	let text = "";
	for (const byte of bytes) text += String.fromCharCode(byte);
	return text;
}

export function textToBytes(text: string): Uint8Array {
	return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
