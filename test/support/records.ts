// Records, versions and vectors by few words, for tests: epochs are named by a letter, contents by their text.
import { contentHashFromBytes, type ContentHash } from "../../src/core/hash.ts";
import { parseReplicaEpoch, type ReplicaEpoch } from "../../src/core/ids.ts";
import { lineIdOf, NO_LINEAGE, type Lineage, type NamedText } from "../../src/core/lineage.ts";
import { pathKey } from "../../src/core/path.ts";
import { compareDots, joinVectors, withDot, type Dot, type VersionVector } from "../../src/core/version-vector.ts";
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

/** `lineageOf("a1-3 b2")`: the line that begins with the first act of device a, up to its third, and the line of the second one of b. */
export function lineageOf(text: string): Lineage {
	const lines = text.split(" ").filter((part) => part !== "");
	return new Map(
		lines.map((line) => {
			const [first = line, last] = line.split("-");
			const { epoch, counter } = dotOf(first);
			return [lineIdOf(epoch, counter), Number(last ?? counter)];
		}),
	);
}

/** A text, and what it was made of as in `lineageOf`, if that is known. */
export type TextInWords = string | readonly [text: string, lineage: string];

export function namedText(words: TextInWords): NamedText {
	const [text, lineage = ""] = typeof words === "string" ? [words] : words;
	return { hash: hashOf(text), lineage: lineageOf(lineage) };
}

export interface VersionInWords {
	/** `undefined`: deleted. */
	readonly text?: string | undefined;
	readonly path?: string;
	readonly lamport?: number;
	readonly ancestors?: readonly TextInWords[];
	readonly author?: string;
	readonly mtimeMs?: number;
	readonly imported?: boolean;
}

/** It goes on in the line of its device that its ancestors know of. */
export function versionOf(dot: string, words: VersionInWords): Sibling {
	const { text, path = "note.md", lamport = 1, ancestors = [], author = `device ${dot.charAt(0)}` } = words;
	const texts = ancestors.map(namedText);
	const below = texts.reduce((all, { lineage }) => joinVectors(all, lineage), NO_LINEAGE);
	const { epoch, counter } = dotOf(dot);
	const line = [...below.keys()].find((id) => id.startsWith(epoch)) ?? lineIdOf(epoch, counter);
	return {
		dot: { epoch, counter },
		lamport,
		content: text === undefined ? undefined : { hash: hashOf(text), size: bytesOf(text).length },
		lineage: new Map(below).set(line, counter),
		ancestors: texts,
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
