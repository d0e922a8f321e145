// Bytes as Obsidian's API wants them: a whole ArrayBuffer, never a view into a larger one.

export function toArrayBuffer(bytes: Uint8Array): ArrayBuffer {
	const { buffer, byteOffset, byteLength } = bytes;
	if (buffer instanceof ArrayBuffer && byteOffset === 0 && byteLength === buffer.byteLength) return buffer;
	return new Uint8Array(bytes).buffer;
}
