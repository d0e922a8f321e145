// Records as they travel and as the journal keeps them: what one side writes the other reads, and nothing else gets in.
import { decode, encode } from "@msgpack/msgpack";
import fc from "fast-check";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { hexToBytes } from "../../src/core/bytes.ts";
import { contentHashToBytes } from "../../src/core/hash.ts";
import { lineIdOf, newLineage, type NamedText } from "../../src/core/lineage.ts";
import { pathKey } from "../../src/core/path.ts";
import {
	LINES_MAX,
	LAMPORT_MAX,
	MTIME_MS_MAX,
	ANCESTORS_MAX,
	SUPERSEDED_MAX,
	type KeyedRecord,
	type PathRecord,
	type Sibling,
} from "../../src/core/record.ts";
import {
	COUNTER_MAX,
	DEVICE_NAME_LENGTH_MAX,
	FILE_BYTES_MAX,
	RECORD_SIBLINGS_MAX,
	VECTOR_EPOCHS_MAX,
} from "../../src/wire/limits.ts";
import { recordBytesMax, recordSchema, recordToWire, vectorSchema, vectorToWire } from "../../src/wire/record-codec.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import {
	dotOf,
	keyedRecords,
	recordOf,
	testEpoch,
	testHash,
	testSibling,
	textsOf,
	vectorOf,
	vectors,
} from "../support/arbitrary-records.ts";

const travel = (wire: unknown): unknown => decode(encode(wire));
const read = (wire: unknown): KeyedRecord | undefined => {
	const parsed = v.safeParse(recordSchema, travel(wire));
	return parsed.success ? parsed.output : undefined;
};
const keyed = (record: PathRecord, path = "note.md"): KeyedRecord => ({ key: pathKey(testPath(path)), record });
const withSibling = (more: Partial<Sibling>): KeyedRecord => {
	const sibling = testSibling(dotOf(1, 1), 1, more);
	return { key: pathKey(sibling.path), record: recordOf([sibling]) };
};
const withDot = (counter: number): KeyedRecord => {
	const dot = dotOf(1, counter);
	return withSibling({ dot, lineage: newLineage(dot) });
};
const epochBytes = (number: number): Uint8Array => hexToBytes(testEpoch(number));
/** Of a version that was made of two lines. */
const withAncestor = (differences: readonly number[]): unknown => [
	[
		[epochBytes(1), 1, 1],
		[epochBytes(2), 3, 9],
	],
	[[contentHashToBytes(testHash(2)), differences]],
];
const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

describe("a record", () => {
	test("comes back as it was", () => {
		fc.assert(
			fc.property(keyedRecords, (record) => {
				expect(read(recordToWire(record))).toEqual(record);
			}),
		);
	});

	test("is read as it was written before versions told what exactly they were made of", () => {
		const now = withSibling({ ancestors: textsOf(2, 3) });
		const one = withSibling({ ancestors: textsOf(2) });
		const bare = withSibling({ ancestors: [] });
		const asBefore = (record: KeyedRecord, texts: unknown): unknown => {
			const [path, context, siblings, superseded] = recordToWire(record) as [unknown, unknown, unknown[][], unknown];
			return [path, context, siblings.map((fields) => fields.with(5, texts)), superseded];
		};
		const [second, third] = [2, 3].map((number) => contentHashToBytes(testHash(number)));
		expect(read(asBefore(now, [second, third]))).toEqual(now);
		expect(read(asBefore(bare, []))).toEqual(bare);
		// Before that they told one, or none.
		expect(read(asBefore(one, second))).toEqual(one);
		expect(read(asBefore(bare, null))).toEqual(bare);
	});

	test("tells at most so many ancestors, and lines that they are of", () => {
		const told = (ancestors: number, lines: number) => {
			const more = numbers(lines - 1).map((n) => [lineIdOf(testEpoch(n + 1), 1), 9] as const);
			const lineage = new Map([...newLineage(dotOf(1, 1)), ...more]);
			const texts = numbers(ancestors).map((n): NamedText => ({ hash: testHash(n), lineage: new Map(more) }));
			return read(recordToWire(withSibling({ lineage, ancestors: texts })));
		};
		expect(told(ANCESTORS_MAX, LINES_MAX)).toBeDefined();
		expect(told(ANCESTORS_MAX + 1, LINES_MAX)).toBeUndefined();
		expect(told(ANCESTORS_MAX, LINES_MAX + 1)).toBeUndefined();
	});

	test.each<[string, unknown]>([
		["it is not made of itself", [[[epochBytes(2), 1, 1]], []]],
		["it is made of another version of its number's device", [[[epochBytes(1), 1, 2]], []]],
		["a line is told twice", [[[epochBytes(1), 1, 1], [epochBytes(1), 1, 1]], []]], // prettier-ignore
		["a line ends before it begins", [[[epochBytes(1), 1, 1], [epochBytes(2), 3, 2]], []]], // prettier-ignore
		["an ancestor was made of what came later", withAncestor([0, 2])],
		["an ancestor was made of the same", withAncestor([0, 1])],
		["an ancestor was made of a line that is not told", withAncestor([2, 1])],
		["an ancestor was made of nothing", withAncestor([0, 0, 1, 0])],
		["an ancestor was made of a line before that began", withAncestor([1, 2])],
		["an ancestor was made of half a line", withAncestor([0])],
	])("is refused where a version says that %s", (_what, descent) => {
		const [path, context, siblings, superseded] = recordToWire(withSibling({})) as [
			...[unknown, unknown],
			unknown[][],
			unknown,
		];
		expect(read([path, context, siblings, superseded])).toBeDefined();
		expect(read([path, context, siblings.map((fields) => fields.with(5, descent)), superseded])).toBeUndefined();
	});

	test("without siblings travels by its key, which is a path too", () => {
		fc.assert(
			fc.property(keyedRecords, ({ key, record }) => {
				const bare = { key, record: { ...record, siblings: [] } };
				expect(read(recordToWire(bare))).toEqual(bare);
			}),
		);
	});

	test("takes no more bytes than it was counted for", () => {
		fc.assert(
			fc.property(keyedRecords, (record) => {
				expect(recordBytesMax(record)).toBeGreaterThanOrEqual(encode(recordToWire(record)).length);
			}),
		);
		for (const most of [
			withSibling({
				lamport: LAMPORT_MAX,
				mtimeMs: MTIME_MS_MAX,
				author: "ü".repeat(64),
				lineage: new Map(
					[lineIdOf(testEpoch(2), COUNTER_MAX), lineIdOf(testEpoch(1), 1)].map((id, i) => [
						id,
						i === 0 ? COUNTER_MAX : 1,
					]),
				),
				ancestors: numbers(8).map((n) => ({
					hash: testHash(n),
					lineage: new Map([[lineIdOf(testEpoch(2), COUNTER_MAX), COUNTER_MAX]]),
				})),
			}),
			keyed(
				recordOf(
					numbers(RECORD_SIBLINGS_MAX).map((n) => testSibling(dotOf(n, COUNTER_MAX), n)),
					numbers(SUPERSEDED_MAX),
				),
			),
			keyed({ ...recordOf([]), context: vectorOf(...numbers(VECTOR_EPOCHS_MAX).map((n) => dotOf(n, COUNTER_MAX))) }),
		]) {
			expect(recordBytesMax(most)).toBeGreaterThanOrEqual(encode(recordToWire(most)).length);
		}
	});

	test.each<[string, KeyedRecord, KeyedRecord]>([
		[
			"siblings",
			keyed(recordOf(numbers(RECORD_SIBLINGS_MAX).map((n) => testSibling(dotOf(n, 1), n)))),
			keyed(recordOf(numbers(RECORD_SIBLINGS_MAX + 1).map((n) => testSibling(dotOf(n, 1), n)))),
		],
		[
			"superseded hashes",
			keyed(recordOf([], numbers(SUPERSEDED_MAX))),
			keyed(recordOf([], numbers(SUPERSEDED_MAX + 1))),
		],
		["a Lamport number", withSibling({ lamport: LAMPORT_MAX }), withSibling({ lamport: LAMPORT_MAX + 1 })],
		["a small Lamport number", withSibling({ lamport: 1 }), withSibling({ lamport: 0 })],
		["a time", withSibling({ mtimeMs: MTIME_MS_MAX }), withSibling({ mtimeMs: MTIME_MS_MAX + 1 })],
		["a small time", withSibling({ mtimeMs: 0 }), withSibling({ mtimeMs: -1 })],
		["a whole time", withSibling({ mtimeMs: 5 }), withSibling({ mtimeMs: 5.5 })],
		[
			"a size",
			withSibling({ content: { hash: testHash(1), size: FILE_BYTES_MAX } }),
			withSibling({ content: { hash: testHash(1), size: FILE_BYTES_MAX + 1 } }),
		],
		[
			"a device's name",
			withSibling({ author: "n".repeat(DEVICE_NAME_LENGTH_MAX) }),
			withSibling({ author: "n".repeat(DEVICE_NAME_LENGTH_MAX + 1) }),
		],
		["a short name", withSibling({ author: "n" }), withSibling({ author: "" })],
		["a counter", withDot(COUNTER_MAX), withDot(COUNTER_MAX + 1)],
		["a small counter", withDot(1), withDot(0)],
	])("[S6 S7] is taken with %s at the limit and refused beyond it", (_what, atLimit, beyond) => {
		expect(read(recordToWire(atLimit))).toEqual(atLimit);
		expect(read(recordToWire(beyond))).toBeUndefined();
	});

	const [path, context, siblings, superseded] = recordToWire(
		keyed(recordOf([testSibling(dotOf(1, 1), 1), testSibling(dotOf(2, 1), 2)], [3])),
	) as [string, [Uint8Array, number][], unknown[][], Uint8Array[]];
	const [first = [], second = []] = siblings;
	const changed = (index: number, value: unknown): unknown[] => first.with(index, value);

	test.each<[string, unknown]>([
		["with a field too few", [path, context, siblings]],
		["with a field too many", [path, context, siblings, superseded, 1]],
		["that is no array", { path, context, siblings, superseded }],
		["that is nothing", null],
		["of a path that leaves the vault", ["../note.md", context, [], superseded]],
		["of an empty path", ["", context, [], superseded]],
		["of a path with a backslash", ["a\\b.md", context, [], superseded]],
		["whose sibling belongs to another path", [path, context, [changed(6, "other.md"), second], superseded]],
		["whose sibling has a path that is refused", [path, context, [changed(6, "a/../note.md"), second], superseded]],
		["with a dot outside of its context", [path, context.slice(1), siblings, superseded]],
		["with siblings out of order", [path, context, [second, first], superseded]],
		["with one sibling twice", [path, context, [first, first], superseded]],
		["with an epoch twice in the context", [path, [...context, ...context], siblings, superseded]],
		["with an epoch of 11 bytes", [path, [[new Uint8Array(11), 1]], [], superseded]],
		["with a hash of 31 bytes", [path, context, siblings, [new Uint8Array(31)]]],
		["with a hash as text", [path, context, siblings, ["00".repeat(32)]]],
		["whose flag is a number", [path, context, [changed(9, 1), second], superseded]],
		["whose size is negative", [path, context, [changed(4, -1), second], superseded]],
		["whose counter is text", [path, context, [changed(1, "1"), second], superseded]],
		["whose author is missing", [path, context, [changed(7, null), second], superseded]],
	])("[S7] %s is refused", (_what, wire) => {
		expect(read([path, context, siblings, superseded])).toBeDefined();
		expect(read(wire)).toBeUndefined();
	});

	test("[I32] in another spelling of its path is the record of the same key", () => {
		expect(read(recordToWire(withSibling({ path: testPath("Note.md") })))?.key).toBe(pathKey(testPath("note.md")));
	});
});

describe("a version vector", () => {
	const parse = (wire: unknown) => v.safeParse(vectorSchema, travel(wire));

	test("comes back as it was, in one order of bytes whatever its own", () => {
		fc.assert(
			fc.property(vectors, (vector) => {
				expect(parse(vectorToWire(vector))).toMatchObject({ success: true, output: vector });
				expect(encode(vectorToWire(new Map([...vector].reverse())))).toEqual(encode(vectorToWire(vector)));
			}),
		);
	});

	test("[S6 S7] of as many epochs as the limit is taken, and of one more refused", () => {
		const of = (count: number) => vectorToWire(vectorOf(...numbers(count).map((n) => dotOf(n, 1))));
		expect(parse(of(VECTOR_EPOCHS_MAX)).success).toBe(true);
		expect(parse(of(VECTOR_EPOCHS_MAX + 1)).success).toBe(false);
	});
});
