import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { weaknessOf } from "../../relay/src/secrets.ts";

describe("a secret", () => {
	it.each([
		"",
		"short",
		"elevenchars",
		"aaaaaaaaaaaaaaaa",
		"abababababab",
		"abcabcabcabcabc",
		"123456789012",
		"abcdefghijklmnop",
		"zyxwvutsrqponm",
		"changeme-changeme",
		"ChangeMe-Secret",
		"password1234",
		"psync-relay-secret",
		"Your-Access-Code-Here",
		"0".repeat(64),
	])("that everybody would try is refused, and not repeated: %s", (text) => {
		const problem = weaknessOf(text);
		expect(problem).toBeDefined();
		if (text.length > 5) expect(problem).not.toContain(text);
	});

	it.each(["correct horse battery", "kept in a drawer 17", "x9wd-k2pf-77ha-m3tz", "pass phrase of my cat"])(
		"that a person thought of may be one: %s",
		(text) => {
			expect(weaknessOf(text)).toBeUndefined();
		},
	);

	it("of random digits is never refused", () => {
		const hex = fc.uint8Array({ minLength: 32, maxLength: 32 }).filter((bytes) => new Set(bytes).size > 16);
		fc.assert(
			fc.property(hex, (bytes) => {
				expect(weaknessOf(Buffer.from(bytes).toString("hex"))).toBeUndefined();
			}),
		);
	});
});
