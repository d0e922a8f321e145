// Records as plain arrays, for messages and for the journal: one schema, checked before anything has a type.
import * as v from "valibot";
import { contentHashFromBytes, contentHashToBytes, HASH_BYTES, type ContentHash } from "../core/hash.ts";
import { bytesToHex, hexToBytes } from "../core/bytes.ts";
import { parseDeviceId, parseReplicaEpoch, type DeviceId, type ReplicaEpoch } from "../core/ids.ts";
import {
	lineIdOf,
	lineParts,
	newLineage,
	NO_LINEAGE,
	sortedLines,
	type Lineage,
	type LineId,
	type NamedText,
} from "../core/lineage.ts";
import { parsePath, pathKey, type VaultPath } from "../core/path.ts";
import {
	ANCESTORS_MAX,
	LAMPORT_MAX,
	LINES_MAX,
	MTIME_MS_MAX,
	SUPERSEDED_MAX,
	type KeyedRecord,
	type PathRecord,
	type Sibling,
} from "../core/record.ts";
import { utf8Length } from "../core/utf8.ts";
import { compareDots, covers, sortedEntries, type VersionVector } from "../core/version-vector.ts";
import {
	COUNTER_MAX,
	DEVICE_NAME_LENGTH_MAX,
	FILE_BYTES_MAX,
	RECORD_BYTES_MAX,
	RECORD_SIBLINGS_MAX,
	VECTOR_EPOCHS_MAX,
} from "./limits.ts";
import { anyBytes, bytesOf, hexParsedBy, parsedBy, wholeNumber } from "./schemas.ts";

export const epochSchema = v.pipe(bytesOf(12), hexParsedBy<ReplicaEpoch>(parseReplicaEpoch, "not an epoch"));

export const deviceIdSchema = v.pipe(anyBytes, hexParsedBy<DeviceId>(parseDeviceId, "not a device id"));

/** Of a link: 16 bytes that only say whether they are the same. */
export const tokenSchema = v.pipe(bytesOf(16), v.transform(bytesToHex));

/** An epoch, and the id of the device that said it; an older state has the epoch alone. */
export const linkNameSchema = v.pipe(
	anyBytes,
	v.check(({ length }) => length === 12 || length === 12 + 32),
	v.transform(bytesToHex),
);

/** What all epochs of one installation begin with. */
export const installSchema = v.pipe(bytesOf(8), v.transform(bytesToHex));

export const hashSchema = v.pipe(
	anyBytes,
	parsedBy<Uint8Array, ContentHash>(contentHashFromBytes, "not a content hash"),
);

export const pathSchema = v.pipe(
	v.string(),
	v.maxLength(1024),
	v.rawTransform<string, VaultPath>(({ dataset, addIssue, NEVER }) => {
		const parsed = parsePath(dataset.value);
		if (parsed.ok) return parsed.path;
		addIssue({ message: `refused path: ${parsed.reason}` });
		return NEVER;
	}),
);

export const sizeSchema = wholeNumber(0, FILE_BYTES_MAX);
/** 0: none was issued yet. */
export const lastCounterSchema = wholeNumber(0, COUNTER_MAX);
const counterSchema = wholeNumber(1, COUNTER_MAX);
export const mtimeSchema = wholeNumber(0, MTIME_MS_MAX);
export const deviceNameSchema = v.pipe(v.string(), v.minLength(1), v.maxLength(DEVICE_NAME_LENGTH_MAX));

export const vectorSchema = v.pipe(
	v.array(v.strictTuple([epochSchema, counterSchema])),
	v.maxLength(VECTOR_EPOCHS_MAX),
	v.check((entries) => new Set(entries.map(([epoch]) => epoch)).size === entries.length, "an epoch twice"),
	v.transform((entries): VersionVector => new Map(entries)),
);

const rootSchema = v.strictTuple([hashSchema, lastCounterSchema, v.literal(1)]);
const writtenSchema = v.pipe(
	v.strictTuple([epochSchema, counterSchema, counterSchema]),
	v.check(([, first, last]) => first <= last, "a line that ends before it begins"),
);
const linesSchema = v.pipe(
	v.array(v.union([writtenSchema, rootSchema])),
	v.maxLength(LINES_MAX),
	v.transform((lines) => lines.map(([writer, first, last]) => [lineIdOf(writer, first), last] as const)),
	v.check((lines) => new Set(lines.map(([id]) => id)).size === lines.length, "a line twice"),
);

/** [hash, [number of a line, last …]]: where it differs from the version that names it. The hash alone: what it was made of is not known. */
const ancestorSchema = v.union([
	v.strictTuple([hashSchema]),
	v.strictTuple([hashSchema, v.pipe(v.array(lastCounterSchema), v.maxLength(2 * LINES_MAX))]),
]);

/** A text with what it was made of, which is among what is made of it. */
export const textSchema = v.pipe(
	v.strictTuple([linesSchema, v.pipe(v.array(ancestorSchema), v.maxLength(ANCESTORS_MAX))]),
	v.rawTransform(({ dataset, addIssue, NEVER }) => {
		const [lines, texts] = dataset.value;
		const ancestors = texts.map(([hash, differences]): NamedText | undefined => {
			const lineage = differences === undefined ? NO_LINEAGE : lineageBehind(lines, differences);
			return lineage && { hash, lineage };
		});
		if (ancestors.every((each) => each !== undefined)) return { lineage: new Map(lines), ancestors };
		addIssue({ message: "an ancestor that was not made before" });
		return NEVER;
	}),
);

/** `undefined`: there is no such. */
function lineageBehind(
	lines: readonly (readonly [LineId, number])[],
	differences: readonly number[],
): Lineage | undefined {
	const lineage = new Map(lines);
	for (let at = 0; at < differences.length; at += 2) {
		const [line, last = -1] = [lines[differences[at] ?? -1], differences[at + 1]];
		if (line === undefined || last >= line[1] || last < 0) return undefined;
		if (last === 0) lineage.delete(line[0]);
		else if (last < lineParts(line[0]).first) return undefined;
		else lineage.set(line[0], last);
	}
	return lineage.size === 0 ? undefined : lineage;
}

const siblingNow = v.pipe(
	v.strictTuple([
		epochSchema,
		counterSchema,
		wholeNumber(1, LAMPORT_MAX),
		v.nullable(hashSchema),
		sizeSchema,
		textSchema,
		pathSchema,
		deviceNameSchema,
		mtimeSchema,
		v.boolean(), // imported
	]),
	v.transform(([epoch, counter, lamport, hash, size, descent, path, author, mtimeMs, imported]): Sibling => ({
		dot: { epoch, counter },
		lamport,
		content: hash === null ? undefined : { hash, size },
		...descent,
		path,
		author,
		mtimeMs,
		imported,
	})),
	v.check(
		({ dot, lineage }) => [...lineage].some(([id, last]) => last === dot.counter && lineParts(id).writer === dot.epoch),
		"a version that is not in its own lineage",
	),
);

/** It stood where something was left out. */
const CUT = "f".repeat(64);

/** As journals have it that were written before versions told what exactly they were made of: the texts' hashes alone, or one, or none. */
const siblingBefore = v.pipe(
	v.strictTuple([
		epochSchema,
		counterSchema,
		wholeNumber(1, LAMPORT_MAX),
		v.nullable(hashSchema),
		sizeSchema,
		v.union([v.nullable(hashSchema), v.pipe(v.array(hashSchema), v.maxLength(ANCESTORS_MAX))]),
		pathSchema,
		deviceNameSchema,
		mtimeSchema,
		v.boolean(), // imported
	]),
	v.transform(([epoch, counter, lamport, hash, size, texts, path, author, mtimeMs, imported]): Sibling => ({
		dot: { epoch, counter },
		lamport,
		content: hash === null ? undefined : { hash, size },
		lineage: newLineage({ epoch, counter }),
		ancestors: (Array.isArray(texts) ? texts : texts === null ? [] : [texts])
			.filter((text) => text !== CUT)
			.map((text) => ({ hash: text, lineage: NO_LINEAGE })),
		path,
		author,
		mtimeMs,
		imported,
	})),
);

const siblingSchema = v.union([siblingNow, siblingBefore]);

/** [path, context, siblings, superseded]: every rule of core/record.ts that one record can break by itself is checked. */
export const recordSchema = v.pipe(
	v.strictTuple([
		pathSchema,
		vectorSchema,
		v.pipe(v.array(siblingSchema), v.maxLength(RECORD_SIBLINGS_MAX)),
		v.pipe(v.array(hashSchema), v.maxLength(SUPERSEDED_MAX)),
	]),
	v.transform(([path, context, siblings, superseded]): KeyedRecord => {
		const record: PathRecord = { context, siblings, superseded };
		return { key: pathKey(path), record };
	}),
	v.check(({ key, record }) => record.siblings.every((s) => pathKey(s.path) === key), "a sibling of another path"),
	v.check(({ record }) => record.siblings.every((s) => covers(record.context, s.dot)), "a dot outside of the context"),
	v.check(
		({ record }) => record.siblings.every((s, i, all) => i === 0 || compareDots(all[i - 1]?.dot ?? s.dot, s.dot) < 0),
		"siblings out of order",
	),
);

export function vectorToWire(vector: VersionVector): [Uint8Array, number][] {
	return sortedEntries(vector).map(([epoch, counter]) => [hexToBytes(epoch), counter]);
}

export function recordToWire({ key, record }: KeyedRecord): unknown[] {
	return [
		// Every key is a path in its plainest spelling, so a record without siblings has a name too.
		record.siblings[0]?.path ?? key,
		vectorToWire(record.context),
		record.siblings.map(siblingToWire),
		record.superseded.map(contentHashToBytes),
	];
}

/** At least as many bytes as the record takes in a message: cheap, for filling messages. */
export function recordBytesMax({ key, record }: KeyedRecord): number {
	const superseded = 3 + record.superseded.length * (2 + HASH_BYTES);
	const path = (text: string): number => 3 + utf8Length(text);
	let bytes = 1 + path(record.siblings[0]?.path ?? key) + vectorBytesMax(record.context) + superseded + 5;
	for (const sibling of record.siblings) {
		bytes += SIBLING_FIXED_BYTES + path(sibling.path) + path(sibling.author);
		bytes += textBytesMax(sibling);
	}
	return bytes;
}

/** Whether a record is within the limits by which others judge it. */
export function canBeTold(record: KeyedRecord): boolean {
	return record.record.siblings.length <= RECORD_SIBLINGS_MAX && recordBytesMax(record) <= RECORD_BYTES_MAX;
}

function textBytesMax({ lineage, ancestors }: Pick<Sibling, "lineage" | "ancestors">): number {
	let bytes = 1 + 3 + lineage.size * LINE_BYTES + 3;
	for (const text of ancestors) bytes += 1 + 2 + HASH_BYTES + 3 + 11 * differencesBehind(lineage, text.lineage);
	return bytes;
}

function differencesBehind(lineage: Lineage, text: Lineage): number {
	let count = 0;
	if (text.size > 0) for (const [id, last] of lineage) if (text.get(id) !== last) count++;
	return count;
}

/** At least as many bytes as a vector takes. */
export function vectorBytesMax(vector: VersionVector): number {
	return 5 + vector.size * VECTOR_ENTRY_BYTES;
}

/** Array of two, epoch, counter. */
const VECTOR_ENTRY_BYTES = 1 + 14 + 9;
/** Array of three, a hash at most, two counters. */
const LINE_BYTES = 1 + (2 + HASH_BYTES) + 2 * 9;
/** Array, epoch, four numbers, a hash, a flag. */
const SIBLING_FIXED_BYTES = 1 + 14 + 4 * 9 + (2 + HASH_BYTES) + 1;

function siblingToWire(sibling: Sibling): unknown[] {
	return [
		hexToBytes(sibling.dot.epoch),
		sibling.dot.counter,
		sibling.lamport,
		sibling.content === undefined ? null : contentHashToBytes(sibling.content.hash),
		sibling.content?.size ?? 0,
		textToWire(sibling),
		sibling.path,
		sibling.author,
		sibling.mtimeMs,
		sibling.imported,
	];
}

export function textToWire({ lineage, ancestors }: Pick<Sibling, "lineage" | "ancestors">): unknown[] {
	const lines = sortedLines(lineage);
	const differencesOf = (text: Lineage): number[] =>
		lines.flatMap(([id, last], i) => (text.get(id) === last ? [] : [i, text.get(id) ?? 0]));
	return [
		lines.map(([id, last]) => {
			const { writer, first } = lineParts(id);
			return [hexToBytes(writer), first, last];
		}),
		ancestors.map(({ hash, lineage: text }) => [
			contentHashToBytes(hash),
			...(text.size === 0 ? [] : [differencesOf(text)]),
		]),
	];
}
