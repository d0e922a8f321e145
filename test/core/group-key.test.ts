import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesToHex, hexToBytes } from "../../src/core/bytes.ts";
import type { GroupKey } from "../../src/core/group-key.ts";
import { formatGroupKey, formatGroupKeyInGroups, newGroupKey, parseGroupKey } from "../../src/core/group-key.ts";

interface Vectors {
	readonly valid: readonly { readonly key: string; readonly text: string }[];
	readonly forms: readonly { readonly note: string; readonly text: string }[];
	readonly invalid: readonly { readonly note: string; readonly text: string; readonly problem: string }[];
}
const vectors = JSON.parse(readFileSync(new URL("../vectors/group-key.json", import.meta.url), "utf8")) as Vectors;

const keyOf = (bytes: Uint8Array): GroupKey => newGroupKey({ bytes: () => bytes });
const keys = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(keyOf);
const symbols = Array.from("qpzry9x8gf2tvdw0s3jn54khce6mua7l");

function problemOf(text: string): string | undefined {
	const result = parseGroupKey(text);
	return result.ok ? undefined : result.problem;
}

describe("the text of a group key", () => {
	test.each(vectors.valid)("of $key is $text", ({ key, text }) => {
		expect(formatGroupKey(keyOf(hexToBytes(key)))).toBe(text);
		const result = parseGroupKey(text);
		expect(result.ok && bytesToHex(result.key)).toBe(key);
	});

	test.each(vectors.forms)("is also taken as $note", ({ text }) => {
		const result = parseGroupKey(text);
		expect(result.ok && bytesToHex(result.key)).toBe(vectors.valid.at(-1)?.key);
	});

	test.each(vectors.invalid)("is refused for $note: $problem", ({ text, problem }) => {
		expect(problemOf(text)).toBe(problem);
	});

	test("comes back from every key, plain and in groups of five", () => {
		fc.assert(
			fc.property(keys, (key) => {
				expect(formatGroupKey(key)).toMatch(/^psync1[02-9ac-hj-np-z]{59}$/);
				expect(formatGroupKeyInGroups(key)).toMatch(/^(.{5} ){12}.{5}$/);
				for (const text of [formatGroupKey(key), formatGroupKeyInGroups(key), formatGroupKey(key).toUpperCase()]) {
					expect(parseGroupKey(text)).toEqual({ ok: true, key });
				}
			}),
		);
	});

	test("shows every single wrong symbol and every swap of neighbours", () => {
		fc.assert(
			fc.property(keys, fc.integer({ min: 6, max: 64 }), fc.constantFrom(...symbols), (key, at, symbol) => {
				const text = formatGroupKey(key);
				const wrong = text.slice(0, at) + symbol + text.slice(at + 1);
				if (wrong !== text) expect(problemOf(wrong)).toBe("checksum");
				const swapped = text.slice(0, at) + text.charAt(at + 1) + text.charAt(at) + text.slice(at + 2);
				if (swapped !== text) expect(problemOf(swapped)).toBe("checksum");
			}),
			{ numRuns: 2000 },
		);
	});

	test("says in words what to look at", () => {
		const text = formatGroupKey(keyOf(new Uint8Array(32)));
		const message = (typed: string): string => {
			const result = parseGroupKey(typed);
			return result.ok ? "" : result.message;
		};
		expect(message(`${text.slice(0, 22)}o${text.slice(23)}`)).toBe(
			"A group key has no “o” (character 23). Is it the digit 0?",
		);
		expect(message(text.slice(0, -2))).toBe("A group key has 65 characters without spaces: 2 missing.");
		expect(message(`${text}q`)).toBe("A group key has 65 characters without spaces: 1 too many.");
	});

	test("is answered for any text, and no answer repeats it", () => {
		fc.assert(
			fc.property(
				fc.oneof(
					fc.string({ unit: "binary" }),
					fc.string().map((text) => `psync1${text}`),
				),
				(text) => {
					const result = parseGroupKey(text);
					expect(result.ok).toBe(false);
					if (!result.ok && text.replace(/\s/g, "").length > 6) expect(result.message).not.toContain(text);
				},
			),
		);
		expect(problemOf("q".repeat(1_000_000))).toBe("not-a-key");
	});

	test("is made of the host's randomness, in bytes of its own", () => {
		const source = new Uint8Array(32).fill(7);
		const key = keyOf(source);
		source.fill(0);
		expect(key).toEqual(new Uint8Array(32).fill(7));
		expect(() => keyOf(new Uint8Array(31))).toThrow();
	});
});
