// Bytes as lines and back: the byte order mark, the ends of lines and a missing last one are kept, and merged like everything
// else. Rule M3 of readme/SPEC.md.

import { decodeUtf8 } from "../bytes.ts";

export interface Text {
	readonly hasMark: boolean;
	readonly ends: LineEnds;
	/** Without their ends; where ends are mixed, a carriage return stays part of its line. */
	readonly lines: readonly string[];
	readonly hasLastEnd: boolean;
}

export type LineEnds = "none" | "lf" | "crlf" | "mixed";

const MARK = "\ufeff";

/** `undefined`: not text, but something with zero bytes or not in UTF-8. */
export function decodeText(bytes: Uint8Array): string | undefined {
	return bytes.includes(0) ? undefined : decodeUtf8(bytes);
}

/** `undefined`: one of them has other line ends than the base has, so that every line of it would count as changed. */
export function textsOf(base: string, versions: readonly string[]): [Text, ...Text[]] | undefined {
	const all = [base, ...versions].map((text) => ({ text, ends: endsOf(text) }));
	const kinds = new Set(all.map(({ ends }) => ends).filter((ends) => ends !== "none"));
	const [ofBase = "none"] = all.map(({ ends }) => ends);
	if (kinds.has("lf") && kinds.has("crlf")) return undefined;
	if (ofBase === "mixed" && kinds.size > 1) return undefined;
	const [kind = "none"] = kinds;
	const ends = kinds.size > 1 ? "mixed" : kind;
	return [textOf(base, ends), ...versions.map((version) => textOf(version, ends))];
}

export function encodeText({ hasMark, ends, lines, hasLastEnd }: Text): Uint8Array {
	const end = ends === "crlf" ? "\r\n" : "\n";
	const text = lines.join(end) + (hasLastEnd && lines.length > 0 ? end : "");
	return new TextEncoder().encode((hasMark ? MARK : "") + text);
}

/** What is either so or not so: as the version has it that differs from the base. */
export function mergeFlags(base: boolean, versions: readonly boolean[]): boolean {
	return versions.every((version) => version === base) ? base : !base;
}

function endsOf(text: string): LineEnds {
	const hasReturns = text.includes("\r\n");
	const hasOthers = /(?:^|[^\r])\n/.test(text);
	return hasReturns ? (hasOthers ? "mixed" : "crlf") : hasOthers ? "lf" : "none";
}

function textOf(text: string, ends: LineEnds): Text {
	const hasMark = text.startsWith(MARK);
	const bare = hasMark ? text.slice(MARK.length) : text;
	const hasLastEnd = bare.endsWith("\n");
	const lines = bare === "" ? [] : bare.split(ends === "crlf" ? "\r\n" : "\n");
	return { hasMark, ends, lines: hasLastEnd ? lines.slice(0, -1) : lines, hasLastEnd };
}
