// The Range header of a request for one object (RFC 9110): one range of bytes, or the answer that there is none.

export type ByteRange =
	/** Bytes [from, to). */
	| { readonly kind: "part"; readonly from: number; readonly to: number }
	| { readonly kind: "whole" }
	| { readonly kind: "unsatisfiable" };

const CHARS_MAX = 100;

/** Several ranges at once would be an answer as large as somebody likes: they get the object once, whole. */
export function byteRange(header: string | undefined, bytes: number): ByteRange {
	if (header === undefined || header.includes(",")) return { kind: "whole" };
	const [, first, last] = (header.length <= CHARS_MAX && /^bytes=([0-9]*)-([0-9]*)$/.exec(header)) || [];
	if (first === undefined || last === undefined || (first === "" && last === "")) return { kind: "unsatisfiable" };
	if (first === "") {
		const length = Math.min(Number(last), bytes);
		return length === 0 ? { kind: "unsatisfiable" } : { kind: "part", from: bytes - length, to: bytes };
	}
	const from = Number(first);
	const to = last === "" ? bytes : Math.min(Number(last) + 1, bytes);
	return from < bytes && from < to ? { kind: "part", from, to } : { kind: "unsatisfiable" };
}
