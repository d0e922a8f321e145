// Generators of what records are made of, and of records that a few replicas can reach by acting and hearing of each other.
import fc from "fast-check";
import { bytesToHex } from "../../src/core/bytes.ts";
import type { ContentHash } from "../../src/core/hash.ts";
import { contentHashFromBytes, parseContentHash } from "../../src/core/hash.ts";
import { parseReplicaEpoch, type ReplicaEpoch } from "../../src/core/ids.ts";
import { lineIdOf, lineParts, newLineage, NO_LINEAGE, type LineId, type NamedText } from "../../src/core/lineage.ts";
import { pathKey, type VaultPath } from "../../src/core/path.ts";
import {
	absentRecord,
	ANCESTORS_MAX,
	joinRecords,
	LAMPORT_MAX,
	MTIME_MS_MAX,
	nextLamport,
	SUPERSEDED_MAX,
	type KeyedRecord,
	type PathRecord,
	type Sibling,
} from "../../src/core/record.ts";
import {
	compareDots,
	EMPTY_VECTOR,
	withDot,
	withDots,
	type Dot,
	type VersionVector,
} from "../../src/core/version-vector.ts";
import { COUNTER_MAX, DEVICE_NAME_LENGTH_MAX, FILE_BYTES_MAX } from "../../src/wire/limits.ts";
import { testPath, vaultPaths } from "./arbitrary-paths.ts";

/** An epoch by its number: 1 is "…01". */
export function testEpoch(number: number): ReplicaEpoch {
	const epoch = parseReplicaEpoch(number.toString(16).padStart(24, "0"));
	if (epoch === undefined) throw new Error("not an epoch");
	return epoch;
}

/** A hash that says which content it stands for: 1 is "00…01". Larger numbers are larger hashes. */
export function testHash(number: number): ContentHash {
	const hash = parseContentHash(number.toString(16).padStart(64, "0"));
	if (hash === undefined) throw new Error("not a hash");
	return hash;
}

export const dotOf = (replica: number, counter: number): Dot => ({ epoch: testEpoch(replica), counter });
export const vectorOf = (...dots: readonly Dot[]): VersionVector => withDots(EMPTY_VECTOR, dots);

/** Texts of which it is not known what they were made of. */
export const textsOf = (...contents: readonly number[]): NamedText[] =>
	contents.map((content) => ({ hash: testHash(content), lineage: NO_LINEAGE }));

/** A version by what a test cares about. `content`: the number of its hash; `undefined`: a tombstone. */
export function testSibling(dot: Dot, content: number | undefined, more: Partial<Sibling> = {}): Sibling {
	return {
		dot,
		lamport: 1,
		content: content === undefined ? undefined : { hash: testHash(content), size: 1 },
		lineage: newLineage(dot),
		ancestors: [],
		path: testPath("note.md"),
		author: "alice",
		mtimeMs: 1_700_000_000_000,
		imported: false,
		...more,
	};
}

/** The record of these siblings and no other. */
export function recordOf(siblings: readonly Sibling[], superseded: readonly number[] = []): PathRecord {
	return {
		context: vectorOf(...siblings.map(({ dot }) => dot)),
		siblings: siblings.toSorted((a, b) => compareDots(a.dot, b.dot)),
		superseded: superseded.map(testHash).sort(),
	};
}

export const epochs = fc.uint8Array({ minLength: 12, maxLength: 12 }).map((bytes) => {
	const epoch = parseReplicaEpoch(bytesToHex(bytes));
	if (epoch === undefined) throw new Error("not an epoch");
	return epoch;
});
export const hashes = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => {
	const hash = contentHashFromBytes(bytes);
	if (hash === undefined) throw new Error("not a hash");
	return hash;
});
export const counters = fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: COUNTER_MAX }));
export const vectors = fc
	.uniqueArray(fc.tuple(epochs, counters), { maxLength: 6, selector: ([epoch]) => epoch })
	.map((entries): VersionVector => new Map(entries));
/** Vectors that often have epochs in common. */
export const crowdedVectors = fc
	.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })), {
		maxLength: 4,
		selector: ([epoch]) => epoch,
	})
	.map((entries): VersionVector => new Map(entries.map(([epoch, counter]) => [testEpoch(epoch), counter])));

const contents = fc.option(fc.record({ hash: hashes, size: fc.integer({ min: 0, max: FILE_BYTES_MAX }) }), {
	nil: undefined,
});
const siblingParts = fc.record({
	dot: fc.record({ epoch: epochs, counter: counters }),
	lamport: fc.integer({ min: 1, max: LAMPORT_MAX }),
	content: contents,
	lines: fc.uniqueArray(fc.tuple(epochs, counters, fc.nat(9)), { maxLength: 3, selector: ([epoch]) => epoch }),
	ancestors: fc.uniqueArray(fc.tuple(hashes, fc.nat(9)), { maxLength: ANCESTORS_MAX, selector: ([hash]) => hash }),
	author: fc
		.string({ unit: "grapheme", minLength: 1, maxLength: 24 })
		.filter(({ length }) => length <= DEVICE_NAME_LENGTH_MAX),
	mtimeMs: fc.integer({ min: 0, max: MTIME_MS_MAX }),
	imported: fc.boolean(),
});

type SiblingParts = typeof siblingParts extends fc.Arbitrary<infer Parts> ? Parts : never;

/** Its ancestors were made of the lines that it was made of, each up to some version. */
function siblingAt(path: VaultPath, { lines, ancestors, ...rest }: SiblingParts): Sibling {
	const lineage = new Map<LineId, number>(newLineage(rest.dot));
	for (const [epoch, first, more] of lines)
		if (epoch !== rest.dot.epoch) lineage.set(lineIdOf(epoch, first), Math.min(COUNTER_MAX, first + more));
	const texts = ancestors.map(([hash, back]): NamedText => {
		const known = [...lineage].map(([id, last]) => [id, last - back] as const);
		const begun = known.filter(([id, last]) => last >= lineParts(id).first);
		return { hash, lineage: new Map(back === 0 ? [] : begun) };
	});
	return { ...rest, path, lineage, ancestors: texts };
}

/** Anything a peer may tell of one path. */
export const keyedRecords: fc.Arbitrary<KeyedRecord> = fc
	.record({
		path: vaultPaths,
		siblings: fc.uniqueArray(siblingParts, {
			maxLength: 4,
			selector: ({ dot }) => `${dot.epoch} ${String(dot.counter)}`,
		}),
		more: vectors,
		superseded: fc.uniqueArray(hashes, { maxLength: SUPERSEDED_MAX }),
	})
	.map(({ path, siblings, more, superseded }) => {
		const key = pathKey(path);
		return {
			key,
			record: {
				context: withDots(
					more,
					siblings.map(({ dot }) => dot),
				),
				siblings: siblings.map((sibling) => siblingAt(path, sibling)).sort((a, b) => compareDots(a.dot, b.dot)),
				superseded: superseded.sort(),
			},
		};
	});

type Step =
	| { readonly kind: "save"; readonly replica: number; readonly content: number; readonly imported: boolean }
	| { readonly kind: "delete" | "look"; readonly replica: number }
	| { readonly kind: "dismiss"; readonly replica: number; readonly which: number }
	| { readonly kind: "hear"; readonly replica: number; readonly message: number };

const REPLICAS = 3;
const replica = fc.nat(REPLICAS - 1);
const steps: fc.Arbitrary<Step> = fc.oneof(
	{
		weight: 3,
		arbitrary: fc.record({
			kind: fc.constant("save" as const),
			replica,
			content: fc.integer({ min: 1, max: 24 }),
			imported: fc.boolean(),
		}),
	},
	fc.record({ kind: fc.constantFrom("delete" as const, "look" as const), replica }),
	fc.record({ kind: fc.constant("dismiss" as const), replica, which: fc.nat(3) }),
	{ weight: 3, arbitrary: fc.record({ kind: fc.constant("hear" as const), replica, message: fc.nat(200) }) },
);

/** All records of one path that three replicas had in one history of acts and of messages that came early, late or twice. */
export const histories: fc.Arbitrary<readonly PathRecord[]> = fc
	.array(steps, { minLength: 1, maxLength: 60 })
	.map((history) => reachedBy(history));

function reachedBy(history: readonly Step[]): PathRecord[] {
	const reached: PathRecord[] = [absentRecord(EMPTY_VECTOR)];
	const replicas = Array.from({ length: REPLICAS }, (_, i) => ({
		number: i + 1,
		counter: 0,
		record: absentRecord(EMPTY_VECTOR),
		seen: EMPTY_VECTOR,
	}));
	for (const step of history) {
		const self = replicas[step.replica];
		if (self === undefined) continue;
		switch (step.kind) {
			case "look":
				self.seen = self.record.context;
				continue;
			case "hear":
				self.record = joinRecords(self.record, reached[step.message % reached.length] ?? self.record);
				break;
			case "dismiss": {
				const { siblings } = self.record;
				const hash = siblings[step.which % Math.max(1, siblings.length)]?.content?.hash;
				const dismissed = siblings.filter(({ content }) => content?.hash === hash).map(({ dot }) => dot);
				const context = vectorOf(...dismissed, dotOf(self.number, ++self.counter));
				const survivors = siblings.filter(({ content }) => content?.hash !== hash);
				self.record = joinRecords(self.record, { context, siblings: survivors, superseded: [] });
				break;
			}
			case "save":
			case "delete": {
				const dot = dotOf(self.number, ++self.counter);
				const sibling = testSibling(dot, step.kind === "save" ? step.content : undefined, {
					lamport: nextLamport(self.record),
					imported: step.kind === "save" && step.imported,
				});
				self.seen = withDot(self.seen, dot);
				self.record = joinRecords(self.record, { context: self.seen, siblings: [sibling], superseded: [] });
			}
		}
		reached.push(self.record);
	}
	return reached;
}
