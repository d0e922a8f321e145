// Places of a trie as plain arrays: what two devices send each other when they look where they differ.
import * as v from "valibot";
import {
	FAN_OUT,
	KEY_HASH_BYTES,
	LEAF_ITEMS_MAX,
	RECORD_DIGEST_BYTES,
	type TrieChild,
	type TrieItem,
	type TrieNode,
} from "../core/hash-trie.ts";
import { bytesOf, wholeNumber } from "./schemas.ts";

const itemSchema = v.pipe(
	v.strictTuple([bytesOf(KEY_HASH_BYTES), bytesOf(RECORD_DIGEST_BYTES)]),
	v.transform(([keyHash, digest]): TrieItem => ({ keyHash, digest })),
);
const childSchema = v.pipe(
	v.strictTuple([wholeNumber(0, FAN_OUT - 1), bytesOf(RECORD_DIGEST_BYTES), wholeNumber()]),
	v.transform(([digit, fingerprint, count]): TrieChild => ({ digit, fingerprint, count })),
);

/** [0, items] is a leaf, [1, children] a branch. */
export const trieNodeSchema = v.union([
	v.pipe(
		v.strictTuple([v.literal(0), v.pipe(v.array(itemSchema), v.maxLength(LEAF_ITEMS_MAX))]),
		v.transform(([, items]): TrieNode => ({ kind: "leaf", items })),
	),
	v.pipe(
		v.strictTuple([v.literal(1), v.pipe(v.array(childSchema), v.maxLength(FAN_OUT))]),
		v.transform(([, children]): TrieNode => ({ kind: "branch", children })),
	),
]);

export function trieNodeToWire(node: TrieNode): unknown[] {
	if (node.kind === "leaf") return [0, node.items.map(({ keyHash, digest }) => [keyHash, digest])];
	return [1, node.children.map(({ digit, fingerprint, count }) => [digit, fingerprint, count])];
}
