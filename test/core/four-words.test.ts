// Whether two devices show the same words, and how much it takes to show them for another pair.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fourWords, WORDS } from "../../src/core/four-words.ts";
import type { DeviceId } from "../../src/core/ids.ts";
import type { EntryId } from "../../src/core/roster/entry.ts";

interface Vector {
	readonly root: EntryId;
	readonly a: DeviceId;
	readonly b: DeviceId;
	readonly words: readonly string[];
}

const vectors = JSON.parse(readFileSync(new URL("../vectors/four-words.json", import.meta.url), "utf8")) as {
	readonly cases: readonly Vector[];
};

describe("four words", () => {
	test.each(vectors.cases)("[K14] are those of the test vectors, on both devices: $words", ({ root, a, b, words }) => {
		expect(fourWords(root, a, b)).toEqual(words);
		expect(fourWords(root, b, a)).toEqual(words);
	});

	test("[K14] differ for another device and for another group", () => {
		const id = fc.stringMatching(/^[0-9a-f]{64}$/);
		fc.assert(
			fc.property(id, id, id, id, (root, a, b, other) => {
				fc.pre(new Set([root, a, b, other]).size === 4);
				const shown = fourWords(root as EntryId, a as DeviceId, b as DeviceId);
				expect(fourWords(root as EntryId, a as DeviceId, other as DeviceId)).not.toEqual(shown);
				expect(fourWords(other as EntryId, a as DeviceId, b as DeviceId)).not.toEqual(shown);
			}),
			{ seed: 1 },
		);
	});
});

describe("the list of words", () => {
	test("[K14] has one for each value of a byte, each short and of one spelling", () => {
		expect(WORDS).toHaveLength(256);
		expect(new Set(WORDS).size).toBe(256);
		expect(WORDS.filter((word) => !/^[a-z]{3,9}$/.test(word))).toEqual([]);
	});

	test("[K14] has no two that differ in one letter", () => {
		const patterns = WORDS.flatMap((word) => [...word].map((_, at) => `${word.slice(0, at)}.${word.slice(at + 1)}`));
		expect(new Set(patterns).size).toBe(patterns.length);
	});
});
