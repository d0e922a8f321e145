// The bytes that stand for a record in the trie: another layout of them would make every replica differ from every older one.
import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesToHex } from "../../src/core/bytes.ts";
import { pathKey } from "../../src/core/path.ts";
import { trieDigest, trieKey } from "../../src/core/record-digest.ts";
import type { Sibling } from "../../src/core/record.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import {
	dotOf,
	keyedRecords,
	recordOf,
	testHash,
	testSibling,
	textsOf,
	vectorOf,
} from "../support/arbitrary-records.ts";
import { notHidden } from "../../src/core/view.ts";
import { sha256 } from "../support/pure-replica.ts";

const KEY = pathKey(testPath("ü.md"));
const digest = (...siblings: readonly Sibling[]): string => bytesToHex(trieDigest(KEY, recordOf(siblings), sha256));
const base = testSibling(dotOf(1, 1), 1);

describe("the digest of a record", () => {
	test("[R8] is SHA-256, cut to 16 bytes, over the key behind its length, then dot and hash of each live sibling", () => {
		const key = Buffer.from("ü.md", "utf8");
		const big = 2 ** 40 + 5;
		const bytes = Buffer.concat([
			Buffer.from([0, 0, 0, key.length]),
			key,
			Buffer.from("00".repeat(11) + "01" + "000000000001" + "00".repeat(31) + "07", "hex"),
			Buffer.from("00".repeat(11) + "02" + big.toString(16).padStart(12, "0") + "00".repeat(31) + "08", "hex"),
		]);
		const expected = createHash("sha256").update(bytes).digest("hex").slice(0, 32);
		expect(
			digest(testSibling(dotOf(2, big), 8), testSibling(dotOf(1, 1), 7), testSibling(dotOf(3, 1), undefined)),
		).toBe(expected);
	});

	test("[R8] stands under the SHA-256 of its key", () => {
		expect(bytesToHex(trieKey(KEY, sha256))).toBe(createHash("sha256").update("ü.md", "utf8").digest("hex"));
	});

	test.each<[string, Sibling]>([
		["the dot's counter", { ...base, dot: dotOf(1, 2) }],
		["the dot's epoch", { ...base, dot: dotOf(2, 1) }],
		["the content", testSibling(dotOf(1, 1), 2)],
	])("[R8] differs with %s", (_what, other) => {
		expect(digest(other)).not.toBe(digest(base));
	});

	test.each<[string, Partial<Sibling>]>([
		["spelling", { path: testPath("Ü.md") }],
		["author", { author: "bob" }],
		["time", { mtimeMs: 1 }],
		["Lamport number", { lamport: 9 }],
		["ancestors", { ancestors: textsOf(3) }],
		["being imported", { imported: true }],
	])("[R8 I20] is the same whatever the %s", (_what, more) => {
		expect(digest({ ...base, ...more })).toBe(digest(base));
	});

	test("[R8 V4 I28] differs where one knows that a version found by a first scan is old, and another does not", () => {
		const found = { ...testSibling(dotOf(2, 1), 2), imported: true };
		const record = recordOf([base, found]);
		const hiding = { ...record, superseded: [testHash(2)] };
		expect(bytesToHex(trieDigest(KEY, hiding, sha256))).toBe(digest(base));
		expect(digest(base, found)).not.toBe(digest(base));
		// When nothing else is known it is on show, whatever is known of it.
		const alone = { ...recordOf([found]), superseded: [testHash(2)] };
		expect(bytesToHex(trieDigest(KEY, alone, sha256))).toBe(digest(found));
	});

	test("[R8] is the same whatever the context, the deletions and what was superseded, if that hides nothing", () => {
		fc.assert(
			fc.property(keyedRecords, ({ key, record }) => {
				const counted = notHidden(record);
				const bare = { ...record, superseded: [], context: vectorOf(...counted.map(({ dot }) => dot)) };
				const alive = { ...bare, siblings: counted.filter(({ content }) => content !== undefined) };
				expect(bytesToHex(trieDigest(key, alive, sha256))).toBe(bytesToHex(trieDigest(key, record, sha256)));
			}),
		);
	});
});
