// Which keys differ between two tries, found level by level from what node() answers: the same step serves two tries in one
// place and two devices that send each other their answers.
import { equalBytes } from "./bytes.ts";
import { bytesToText, textToBytes } from "./byte-text.ts";
import type { HashTrie, TrieChild, TrieItem, TrieNode, TriePrefix } from "./hash-trie.ts";
import { FAN_OUT, PREFIX_DIGITS_MAX } from "./hash-trie.ts";

export interface NodeDifference {
	/** Prefixes to compare next, one digit longer. */
	readonly descend: readonly TriePrefix[];
	/** Hashes of keys that only one side has, or that have different digests. */
	readonly keyHashes: readonly Uint8Array[];
}

/** Compares what two tries have at one prefix. Whatever `theirs` holds, a walk that follows the answers ends. */
export function compareNodes(prefix: TriePrefix, mine: TrieNode, theirs: TrieNode): NodeDifference {
	if (mine.kind === "leaf" && theirs.kind === "leaf") {
		return { descend: [], keyHashes: differingItems(mine.items, theirs.items) };
	}
	if (prefix.length >= PREFIX_DIGITS_MAX) return { descend: [], keyHashes: [] };
	const descend: TriePrefix[] = [];
	const mySide = childrenByDigit(prefix, mine);
	const theirSide = childrenByDigit(prefix, theirs);
	for (let digit = 0; digit < FAN_OUT; digit++) {
		if (!equalChildren(mySide[digit], theirSide[digit])) descend.push(prefix + digit.toString(16));
	}
	return { descend, keyHashes: [] };
}

/** The hashes of all keys that differ. */
export function differingKeys(mine: HashTrie, theirs: HashTrie): Uint8Array[] {
	const found: Uint8Array[] = [];
	let level: TriePrefix[] = [""];
	while (level.length > 0) {
		const differences = level.map((prefix) => compareNodes(prefix, mine.node(prefix), theirs.node(prefix)));
		for (const { keyHashes } of differences) found.push(...keyHashes);
		level = differences.flatMap(({ descend }) => descend);
	}
	return found;
}

function differingItems(mine: readonly TrieItem[], theirs: readonly TrieItem[]): Uint8Array[] {
	const digests = new Map(mine.map(({ keyHash, digest }) => [bytesToText(keyHash), digest]));
	const differing = new Set(digests.keys());
	for (const { keyHash, digest } of theirs) {
		const key = bytesToText(keyHash);
		const own = digests.get(key);
		if (own !== undefined && equalBytes(own, digest)) differing.delete(key);
		else differing.add(key);
	}
	return [...differing].sort(byCodeUnits).map(textToBytes);
}

/** "unknown" where a leaf has items: what they sum up to is not worth computing against a branch, they are few. */
type Side = readonly (TrieChild | "unknown" | undefined)[];

function childrenByDigit(prefix: TriePrefix, node: TrieNode): Side {
	const side = Array.from({ length: FAN_OUT }, (): TrieChild | "unknown" | undefined => undefined);
	if (node.kind === "branch") for (const child of node.children) side[child.digit] = child;
	else for (const { keyHash } of node.items) side[digitAt(keyHash, prefix.length)] = "unknown";
	return side;
}

function equalChildren(mine: Side[number], theirs: Side[number]): boolean {
	if (mine === undefined || theirs === undefined) return mine === theirs;
	if (mine === "unknown" || theirs === "unknown") return false;
	return mine.count === theirs.count && equalBytes(mine.fingerprint, theirs.fingerprint);
}

function digitAt(keyHash: Uint8Array, depth: number): number {
	const byte = keyHash[depth >> 1] ?? 0;
	return depth % 2 === 0 ? byte >> 4 : byte & 15;
}

function byCodeUnits(a: string, b: string): number {
	return a < b ? -1 : a > b ? 1 : 0;
}
