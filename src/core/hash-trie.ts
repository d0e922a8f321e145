// The Merkle tree over live records: a 16-ary trie by the hash of the key, in which every node knows the sum of the digests
// below it. Two replicas hold the same records exactly when their roots are equal; where they differ, node() leads there.
import { assert } from "./assert.ts";
import { bytesToText, textToBytes } from "./byte-text.ts";

export const KEY_HASH_BYTES = 32;
export const RECORD_DIGEST_BYTES = 16;
export const FAN_OUT = 16;
/** A node with more items is a branch, with no more a leaf: the shape follows from the content alone. */
export const LEAF_ITEMS_MAX = 16;
/** Hex digits of a whole key hash. */
export const PREFIX_DIGITS_MAX = 2 * KEY_HASH_BYTES;

/** The start of a key hash as lower-case hex digits; "" is the root. */
export type TriePrefix = string;

export interface TrieItem {
	readonly keyHash: Uint8Array;
	readonly digest: Uint8Array;
}

export interface TrieChild {
	/** 0 to 15, the digit that follows the node's prefix. */
	readonly digit: number;
	/** Sum of the digests below, modulo 2^128: 16 bytes, big-endian. */
	readonly fingerprint: Uint8Array;
	readonly count: number;
}

/** What lies at a prefix. Children and items are in the order of the key hash; empty children are left out. */
export type TrieNode =
	| { readonly kind: "leaf"; readonly items: readonly TrieItem[] }
	| { readonly kind: "branch"; readonly children: readonly TrieChild[] };

export class HashTrie {
	#root: Node = emptyLeaf();

	/** Items in the trie. */
	get size(): number {
		return this.#root.count;
	}

	/** 16 bytes; zeros for the empty trie. */
	root(): Uint8Array {
		return sumToBytes(this.#root.sum);
	}

	/** Adds the item, or replaces its digest. */
	set(keyHash: Uint8Array, digest: Uint8Array): void {
		assert(keyHash.length === KEY_HASH_BYTES, "a key hash has 32 bytes");
		assert(digest.length === RECORD_DIGEST_BYTES, "a record digest has 16 bytes");
		const item: Item = { key: bytesToText(keyHash), digest: bytesToText(digest) };
		const path = this.#pathTo(item.key);
		const leaf = lastOf(path);
		const at = lowerBound(leaf.items, item.key);
		const old = leaf.items[at]?.key === item.key ? leaf.items[at] : undefined;
		leaf.items.splice(at, old === undefined ? 0 : 1, item);
		for (const node of path) {
			if (old === undefined) node.count++;
			else subtractDigest(node.sum, old.digest);
			addDigest(node.sum, item.digest);
		}
		split(leaf, path.length - 1);
	}

	/** Does nothing when there is no such item. */
	delete(keyHash: Uint8Array): void {
		assert(keyHash.length === KEY_HASH_BYTES, "a key hash has 32 bytes");
		const key = bytesToText(keyHash);
		const path = this.#pathTo(key);
		const leaf = lastOf(path);
		const at = lowerBound(leaf.items, key);
		const old = leaf.items[at];
		if (old?.key !== key) return;
		leaf.items.splice(at, 1);
		for (const node of path) {
			node.count--;
			subtractDigest(node.sum, old.digest);
		}
		// One deletion can take several levels away at once: what hangs on one long common prefix folds up to the top.
		const shrunk = path.find((node) => node.children !== undefined && node.count <= LEAF_ITEMS_MAX);
		if (shrunk !== undefined) {
			shrunk.items = itemsBelow(shrunk);
			shrunk.children = undefined;
		}
	}

	/** What lies at `prefix`: a branch where more than LEAF_ITEMS_MAX items share it, otherwise the items themselves. */
	node(prefix: TriePrefix): TrieNode {
		let node = this.#root;
		for (let depth = 0; node.children !== undefined && depth < prefix.length; depth++) {
			const child = node.children[Number.parseInt(prefix.charAt(depth), 16)];
			if (child === undefined) return { kind: "leaf", items: [] };
			node = child;
		}
		if (node.children !== undefined) return { kind: "branch", children: summaries(node.children) };
		return { kind: "leaf", items: node.items.filter((item) => hasPrefix(item.key, prefix)).map(toTrieItem) };
	}

	/** From the root to the leaf where `key` is or belongs. */
	#pathTo(key: string): Node[] {
		const path = [this.#root];
		for (let node = this.#root, depth = 0; node.children !== undefined; depth++) {
			const digit = digitAt(key, depth);
			node = node.children[digit] ??= emptyLeaf();
			path.push(node);
		}
		return path;
	}
}

/** Keys and digests as texts of one byte a character: they compare as bytes do, in a third of a typed array's memory. */
interface Item {
	readonly key: string;
	readonly digest: string;
}

interface Node {
	count: number;
	/** Four 32-bit words, the most significant first. */
	readonly sum: Uint32Array;
	/** In the order of their keys; empty in a branch. */
	items: Item[];
	/** `undefined`: this is a leaf. */
	children: (Node | undefined)[] | undefined;
}

function emptyLeaf(): Node {
	return { count: 0, sum: new Uint32Array(4), items: [], children: undefined };
}

/** Makes a leaf with too many items a branch, and so on below it. */
function split(leaf: Node, depth: number): void {
	if (leaf.items.length <= LEAF_ITEMS_MAX) return;
	const children = Array.from({ length: FAN_OUT }, (): Node | undefined => undefined);
	for (const item of leaf.items) {
		const child = (children[digitAt(item.key, depth)] ??= emptyLeaf());
		child.items.push(item);
		child.count++;
		addDigest(child.sum, item.digest);
	}
	leaf.items = [];
	leaf.children = children;
	for (const child of children) if (child !== undefined) split(child, depth + 1);
}

function itemsBelow(node: Node): Item[] {
	if (node.children === undefined) return node.items;
	return node.children.flatMap((child) => (child === undefined ? [] : itemsBelow(child)));
}

function summaries(children: readonly (Node | undefined)[]): TrieChild[] {
	return children.flatMap((child, digit) =>
		child === undefined || child.count === 0 ? [] : [{ digit, fingerprint: sumToBytes(child.sum), count: child.count }],
	);
}

function toTrieItem(item: Item): TrieItem {
	return { keyHash: textToBytes(item.key), digest: textToBytes(item.digest) };
}

function lastOf(path: readonly Node[]): Node {
	const last = path.at(-1);
	assert(last !== undefined, "a path through the trie has at least the root");
	return last;
}

function lowerBound(items: readonly Item[], key: string): number {
	const at = items.findIndex((item) => item.key >= key);
	return at < 0 ? items.length : at;
}

function digitAt(key: string, depth: number): number {
	const byte = key.charCodeAt(depth >> 1);
	return depth % 2 === 0 ? byte >> 4 : byte & 15;
}

function hasPrefix(key: string, prefix: TriePrefix): boolean {
	for (let depth = 0; depth < prefix.length; depth++) {
		if (digitAt(key, depth) !== Number.parseInt(prefix.charAt(depth), 16)) return false;
	}
	return true;
}

function addDigest(sum: Uint32Array, digest: string): void {
	let carry = 0;
	for (let word = 3; word >= 0; word--) {
		const total = (sum[word] ?? 0) + wordAt(digest, word) + carry;
		sum[word] = total;
		carry = total > 0xffffffff ? 1 : 0;
	}
}

function subtractDigest(sum: Uint32Array, digest: string): void {
	let borrow = 0;
	for (let word = 3; word >= 0; word--) {
		const total = (sum[word] ?? 0) - wordAt(digest, word) - borrow;
		sum[word] = total;
		borrow = total < 0 ? 1 : 0;
	}
}

function wordAt(digest: string, word: number): number {
	const byte = (offset: number): number => digest.charCodeAt(4 * word + offset);
	return ((byte(0) << 24) | (byte(1) << 16) | (byte(2) << 8) | byte(3)) >>> 0;
}

function sumToBytes(sum: Uint32Array): Uint8Array {
	const bytes = new Uint8Array(RECORD_DIGEST_BYTES);
	const view = new DataView(bytes.buffer);
	sum.forEach((word, index) => {
		view.setUint32(4 * index, word);
	});
	return bytes;
}
