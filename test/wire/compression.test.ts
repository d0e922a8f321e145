// Raw deflate in and out, also of what another implementation made, and of what nobody would make in earnest.
import { deflateRawSync, inflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { deflated, inflated } from "../../src/wire/compression.ts";
import { noise, refusal } from "../support/sealed-mailbox.ts";

const texts = fc.array(fc.constantFrom("note", "\n", "# ", "a word ", "äöü", "🌿"), { maxLength: 4000 });
const compressible = texts.map((words) => new TextEncoder().encode(words.join("")));

describe("[ZF5] what is compressed", () => {
	test("gives what it was, here and with another implementation", () => {
		fc.assert(
			fc.property(compressible, (bytes) => {
				const smaller = deflated(bytes);
				if (smaller === undefined) {
					expect(deflateRawSync(bytes).length).toBeGreaterThan(bytes.length * 0.9 - 30);
					return;
				}
				expect(smaller.length).toBeLessThan(bytes.length);
				expect(Buffer.from(inflated(smaller, bytes.length)).equals(bytes)).toBe(true);
				expect(inflateRawSync(smaller).equals(bytes)).toBe(true);
				expect(Buffer.from(inflated(deflateRawSync(bytes, { level: 9 }), bytes.length)).equals(bytes)).toBe(true);
			}),
			{ numRuns: 200 },
		);
	});

	test("is what gets smaller by it, and nothing else", () => {
		expect(deflated(new Uint8Array())).toBeUndefined();
		expect(deflated(noise(1000))).toBeUndefined();
		expect(deflated(noise(1_000_000))).toBeUndefined();
		expect(deflated(new Uint8Array(1_000_000))?.length).toBeLessThan(2000);
	});

	test("is refused when more comes out than it says, or less", async () => {
		const bytes = new TextEncoder().encode("a line of a note\n".repeat(10_000));
		const smaller = deflateRawSync(bytes);
		for (const size of [0, 1, 16_384, bytes.length - 1]) {
			expect(await refusal(() => inflated(smaller, size))).toBe("too-long");
		}
		for (const size of [bytes.length + 1, 2 * bytes.length]) {
			expect(await refusal(() => inflated(smaller, size))).toBe("too-short");
		}
	});

	test("is refused when it is something else, is cut, or goes on", async () => {
		const bytes = new TextEncoder().encode("a line of a note\n".repeat(1000));
		const smaller = deflateRawSync(bytes);
		expect(await refusal(() => inflated(noise(1000), 1000))).toBeDefined();
		expect(await refusal(() => inflated(new Uint8Array(), 1))).toBeDefined();
		for (let length = 0; length < smaller.length; length++) {
			expect(await refusal(() => inflated(smaller.subarray(0, length), bytes.length))).toBeDefined();
		}
		const longer = Buffer.concat([smaller, smaller]);
		const taken = await refusal(() => inflated(longer, bytes.length));
		if (taken === undefined) expect(Buffer.from(inflated(longer, bytes.length)).equals(bytes)).toBe(true);
	});
});
