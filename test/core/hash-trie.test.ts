import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesToHex } from "../../src/core/bytes.ts";
import { HashTrie, LEAF_ITEMS_MAX, PREFIX_DIGITS_MAX } from "../../src/core/hash-trie.ts";
import type { TrieNode } from "../../src/core/hash-trie.ts";
import { compareNodes, differingKeys } from "../../src/core/trie-difference.ts";
import { nodeCryptoDigest } from "../support/node-crypto-digest.ts";

const sha256 = (text: string): Uint8Array => nodeCryptoDigest.sha256(new TextEncoder().encode(text));
const keyHash = (name: string): Uint8Array => sha256(`key ${name}`);
const digest = (name: string, version = 0): Uint8Array => sha256(`${name} v${String(version)}`).slice(0, 16);

/** Key hashes that share long starts, so that few items make a deep trie. */
const crowdedKeys = fc
	.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 60 }))
	.map(([start, end]) => new Uint8Array(32).fill(start, 0, 3).fill(end, 31));
const anyKeys = fc.oneof(crowdedKeys, fc.uint8Array({ minLength: 32, maxLength: 32 }));
const digests = fc.oneof(
	fc.uint8Array({ minLength: 16, maxLength: 16 }),
	fc.constantFrom(new Uint8Array(16), new Uint8Array(16).fill(255)),
);
const items = fc.uniqueArray(fc.record({ key: anyKeys, digest: digests }), {
	maxLength: 120,
	selector: ({ key }) => bytesToHex(key),
});

function trieOf(list: readonly { key: Uint8Array; digest: Uint8Array }[]): HashTrie {
	const trie = new HashTrie();
	for (const item of list) trie.set(item.key, item.digest);
	return trie;
}

/** Every node, from the root down. */
function shape(trie: HashTrie, prefix = ""): [string, TrieNode][] {
	const node = trie.node(prefix);
	const below =
		node.kind === "leaf" ? [] : node.children.flatMap((child) => shape(trie, prefix + child.digit.toString(16)));
	return [[prefix, node], ...below];
}

const toBigInt = (bytes: Uint8Array): bigint => BigInt(`0x${bytesToHex(bytes)}`);

describe("[R8] the hash trie", () => {
	test("is all zeros when empty, and again after the last item left", () => {
		const trie = new HashTrie();
		expect(trie.root()).toEqual(new Uint8Array(16));
		trie.set(keyHash("a"), digest("a"));
		expect(trie.root()).toEqual(digest("a"));
		expect(trie.size).toBe(1);
		trie.delete(keyHash("a"));
		trie.delete(keyHash("never there"));
		expect(trie.root()).toEqual(new Uint8Array(16));
		expect(trie.node("")).toEqual({ kind: "leaf", items: [] });
	});

	test("has the sum of the digests modulo 2^128 as its root", () => {
		fc.assert(
			fc.property(items, (list) => {
				const sum = list.reduce((total, item) => total + toBigInt(item.digest), 0n);
				expect(toBigInt(trieOf(list).root())).toBe(sum % 2n ** 128n);
			}),
		);
	});

	test("has the same nodes whatever the order of insertions, replacements and deletions", () => {
		fc.assert(
			fc.property(items, items, fc.infiniteStream(fc.nat()), (kept, passing, picks) => {
				const others = passing.filter(({ key }) => !kept.some((item) => bytesToHex(item.key) === bytesToHex(key)));
				const straight = trieOf(kept);
				const roundabout = trieOf([...others, ...kept.map(({ key }) => ({ key, digest: digest("old") }))]);
				const changes = [
					...kept.map((item) => () => {
						roundabout.set(item.key, item.digest);
					}),
					...others.map((item) => () => {
						roundabout.delete(item.key);
					}),
				];
				while (changes.length > 0) {
					const [pick = 0] = picks.take(1);
					changes.splice(pick % changes.length, 1)[0]?.();
				}
				expect(roundabout.size).toBe(kept.length);
				expect(shape(roundabout)).toEqual(shape(straight));
			}),
		);
	});

	test("has leaves of at most 16 items and branches of more, in the order of the key hash", () => {
		fc.assert(
			fc.property(items, (list) => {
				for (const [prefix, node] of shape(trieOf(list))) {
					const here = list.map(({ key }) => bytesToHex(key)).filter((key) => key.startsWith(prefix));
					if (node.kind === "leaf") {
						expect(here.length).toBeLessThanOrEqual(LEAF_ITEMS_MAX);
						expect(node.items.map((item) => bytesToHex(item.keyHash))).toEqual(here.sort());
					} else {
						expect(node.children.reduce((sum, child) => sum + child.count, 0)).toBe(here.length);
						expect(here.length).toBeGreaterThan(LEAF_ITEMS_MAX);
					}
				}
			}),
		);
	});

	test("answers for a prefix below a leaf with the leaf's items that have it", () => {
		const trie = trieOf([{ key: keyHash("a"), digest: digest("a") }]);
		const hex = bytesToHex(keyHash("a"));
		expect(trie.node(hex)).toEqual({ kind: "leaf", items: [{ keyHash: keyHash("a"), digest: digest("a") }] });
		expect(trie.node(hex.startsWith("0") ? "1" : "0")).toEqual({ kind: "leaf", items: [] });
	});
});

describe("[R8] the difference of two tries", () => {
	test("is exactly the keys that one lacks or has otherwise", () => {
		fc.assert(
			fc.property(items, items, fc.array(fc.nat({ max: 119 }), { maxLength: 10 }), (mine, added, dropped) => {
				const theirs = new Map(mine.map((item) => [bytesToHex(item.key), item]));
				for (const index of dropped) theirs.delete(bytesToHex(mine[index]?.key ?? new Uint8Array()));
				for (const item of added) theirs.set(bytesToHex(item.key), item);
				const own = new Map(mine.map((item) => [bytesToHex(item.key), item]));
				const expected = [...new Set([...own.keys(), ...theirs.keys()])].filter((key) => {
					const [a, b] = [own.get(key)?.digest, theirs.get(key)?.digest];
					return a === undefined || b === undefined || bytesToHex(a) !== bytesToHex(b);
				});
				const found = differingKeys(trieOf(mine), trieOf([...theirs.values()])).map(bytesToHex);
				expect(found.sort()).toEqual(expected.sort());
			}),
		);
	});

	test("of 10,000 records of which one differs is found in four levels of few nodes", () => {
		const mine = new HashTrie();
		const theirs = new HashTrie();
		for (let i = 0; i < 10_000; i++) {
			mine.set(keyHash(String(i)), digest(String(i)));
			theirs.set(keyHash(String(i)), digest(String(i), i === 4711 ? 1 : 0));
		}
		let level = [""];
		let levels = 0;
		const found: string[] = [];
		for (; level.length > 0; levels++) {
			const answers = level.map((prefix) => compareNodes(prefix, mine.node(prefix), theirs.node(prefix)));
			expect(answers.length).toBe(1);
			found.push(...answers.flatMap(({ keyHashes }) => keyHashes.map(bytesToHex)));
			level = answers.flatMap(({ descend }) => descend);
		}
		expect(found).toEqual([bytesToHex(keyHash("4711"))]);
		expect(levels).toBeLessThanOrEqual(4);
	});

	test("ends against a peer that always claims another branch", () => {
		const lie: TrieNode = {
			kind: "branch",
			children: [{ digit: 0, fingerprint: new Uint8Array(16).fill(7), count: 1 }],
		};
		let prefix = "";
		for (;;) {
			const [next] = compareNodes(prefix, new HashTrie().node(prefix), lie).descend;
			if (next === undefined) break;
			prefix = next;
		}
		expect(prefix.length).toBe(PREFIX_DIGITS_MAX);
	});
});
