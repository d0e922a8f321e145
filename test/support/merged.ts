// Merges of texts, for tests that read and write them as texts.
import { expect } from "vitest";
import { mergeVersions } from "../../src/core/merge.ts";
import { testPath } from "./arbitrary-paths.ts";

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** `undefined`: not merged. */
export function merged(base: string, versions: readonly string[], path = "note.md"): string | undefined {
	const bytes = mergeVersions(testPath(path), bytesOf(base), versions.map(bytesOf));
	return bytes && new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

/** For merges in which it makes no difference who is first. */
export function checkMerge(base: string, a: string, b: string, expected: string | undefined, path?: string): void {
	expect(merged(base, [a, b], path)).toBe(expected);
	expect(merged(base, [b, a], path)).toBe(expected);
}
