// Sizes that tell little: Padmé keeps the first bits of a length and rounds the rest up, so that what is stored has one of few sizes
// and is at most 12 % larger. Rules ZF of readme/SPEC.md.

/** Below, lengths would tell the most and padding costs the least. */
export const PADDED_BYTES_MIN = 1024;

/** The length that `length` bytes are padded to. */
export function paddedLength(length: number): number {
	const bytes = Math.max(length, PADDED_BYTES_MIN);
	const exponent = Math.floor(Math.log2(bytes));
	const keptBits = Math.floor(Math.log2(exponent)) + 1;
	const step = 2 ** Math.max(exponent - keptBits, 0);
	return Math.ceil(bytes / step) * step;
}
