// Records, versions and vectors by few words, for tests: epochs are named by a letter, contents by their text.
import { contentHashFromBytes, type ContentHash } from "../../src/core/hash.ts";
import { parseReplicaEpoch, type ReplicaEpoch } from "../../src/core/ids.ts";
import { pathKey } from "../../src/core/path.ts";
import { compareDots, withDot, type Dot, type VersionVector } from "../../src/core/version-vector.ts";
import type { KeyedRecord, PathRecord, Sibling } from "../../src/core/record.ts";
import { testPath } from "./arbitrary-paths.ts";
import { nodeCryptoDigest } from "./node-crypto-digest.ts";

export function bytesOf(text: string): Uint8Array {
	return new TextEncoder().encode(text);
}

export function hashOf(content: string | Uint8Array): ContentHash {
	const bytes = typeof content === "string" ? bytesOf(content) : content;
	const hash = contentHashFromBytes(nodeCryptoDigest.sha256(bytes));
	if (hash === undefined) throw new Error("a digest is a hash");
	return hash;
}

/** `letter`: a to f. */
export function epochOf(letter: string): ReplicaEpoch {
	const epoch = parseReplicaEpoch(letter.repeat(24));
	if (epoch === undefined) throw new Error(`${letter} is no hex digit`);
	return epoch;
}

/** `a3`: the third act of device a. */
export function dotOf(text: string): Dot {
	return { epoch: epochOf(text.charAt(0)), counter: Number(text.slice(1)) };
}

/** `vectorOf("a3 b1")`. */
export function vectorOf(text: string): VersionVector {
	const dots = text.split(" ").filter((part) => part !== "");
	return new Map(dots.map((dot) => [dotOf(dot).epoch, dotOf(dot).counter]));
}

export interface VersionInWords {
	/** `undefined`: deleted. */
	readonly text?: string | undefined;
	readonly path?: string;
	readonly lamport?: number;
	readonly ancestors?: readonly string[];
	readonly author?: string;
	readonly mtimeMs?: number;
	readonly imported?: boolean;
}

export function versionOf(dot: string, words: VersionInWords): Sibling {
	const { text, path = "note.md", lamport = 1, ancestors = [], author = `device ${dot.charAt(0)}` } = words;
	return {
		dot: dotOf(dot),
		lamport,
		content: text === undefined ? undefined : { hash: hashOf(text), size: bytesOf(text).length },
		ancestors: ancestors.map(hashOf),
		path: testPath(path),
		author,
		mtimeMs: words.mtimeMs ?? 1_700_000_000_000,
		imported: words.imported ?? false,
	};
}

/** The context is that of the siblings, and `context` besides. */
export function recordOf(siblings: readonly Sibling[], context = "", superseded: readonly string[] = []): PathRecord {
	let vector = vectorOf(context);
	for (const { dot } of siblings) vector = withDot(vector, dot);
	return {
		context: vector,
		siblings: [...siblings].sort((a, b) => compareDots(a.dot, b.dot)),
		superseded: superseded.map(hashOf).sort(),
	};
}

export function keyedRecordOf(
	path: string,
	siblings: readonly Sibling[],
	context = "",
	superseded: readonly string[] = [],
): KeyedRecord {
	return { key: pathKey(testPath(path)), record: recordOf(siblings, context, superseded) };
}
