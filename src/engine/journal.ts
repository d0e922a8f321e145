// The replica's state on disk: an append-only journal of what changed, in batches that are whole or not there, rewritten as a
// snapshot when it has grown. One space per device id (the host's StateStore). Rules J1–J4 of readme/SPEC.md.
//
// A file is a row of frames: 4 bytes length, 8 bytes of the payload's SHA-256, payload. The first frame of a generation is its
// snapshot; a generation whose snapshot is not whole does not count.
import { decode, encode } from "@msgpack/msgpack";
import * as v from "valibot";
import { concatBytes, equalBytes, hexToBytes } from "../core/bytes.ts";
import { contentHashToBytes, type ContentHash } from "../core/hash.ts";
import { pathKey, type PathKey } from "../core/path.ts";
import { LINES_MAX, type Sibling } from "../core/record.ts";
import {
	tornAt,
	type DiskState,
	type Entry,
	type IndexState,
	type Intent,
	type ShownCopy,
	type TornWrite,
} from "../core/record-index.ts";
import { LEFT_OUT } from "../core/scope.ts";
import {
	epochSchema,
	hashSchema,
	lastCounterSchema,
	pathSchema,
	recordSchema,
	recordToWire,
	sizeSchema,
	textSchema,
	textToWire,
	vectorSchema,
	vectorToWire,
} from "../wire/record-codec.ts";
import { wasDone } from "./guarded-store.ts";
import type { MembershipState } from "./membership.ts";
import { membershipSchema, membershipToWire } from "./membership-codec.ts";
import { ENTRIES_IN_A_PIECE, inPieces, type Breathe } from "./pieces.ts";
import type { Digest } from "./ports/digest.ts";
import type { StateStore } from "./ports/state-store.ts";

export interface Batch {
	readonly state: IndexState;
	readonly entries: readonly Entry[];
	/** Keys whose entries in earlier batches count no more; those of this batch do. */
	readonly forgotten: readonly PathKey[];
	/** `undefined`: as in an earlier batch. */
	readonly membership: MembershipState | undefined;
}

/** Its entries are looked at in pieces: a snapshot has all of them. */
type RawBatch = Omit<Batch, "entries"> & { readonly entries: readonly unknown[] };

/** The state cannot be used as it is. A damaged one is begun anew under a new epoch, keeping the vault (replica.ts). */
export class JournalError extends Error {
	override readonly name = "JournalError";
	readonly code: "damaged" | "newer-version";
	constructor(code: JournalError["code"], message: string, options?: { cause?: unknown }) {
		super(message, options);
		this.code = code;
	}
}

/** 2: an entry may say that it takes no part here. 3: what was forgotten, and the members. 4: the numbers left out. 5: half of a write. 6: what had stood there. 7: what exactly texts were made of. */
const FORMAT = 7;
const FORMATS_BEFORE = [1, 2] as const;
const FRAME_HEADER_BYTES = 12;
const COMPACT_AFTER_BYTES = 1024 * 1024;
const PREFIX = "journal-";
const NAME = /^journal-([0-9]{8,15})$/;

export interface OpenedJournal {
	readonly journal: Journal;
	/** In order; none for a new device. */
	readonly batches: readonly Batch[];
	/** A newer generation is there and not whole: what was told after this one may be missing from it. */
	readonly isBehind: boolean;
}

export class Journal {
	readonly #store: StateStore;
	readonly #digest: Digest;
	#generation: number;
	#snapshotBytes: number;
	#appendedBytes: number;
	/** The end of the file is not known to be whole: nothing may be appended to it. */
	#spoilt = false;

	private constructor(
		store: StateStore,
		digest: Digest,
		generation: number,
		snapshotBytes: number,
		appendedBytes: number,
	) {
		this.#store = store;
		this.#digest = digest;
		this.#generation = generation;
		this.#snapshotBytes = snapshotBytes;
		this.#appendedBytes = appendedBytes;
	}

	/** Opens the newest whole generation. Rejects with JournalError. */
	static async open(store: StateStore, digest: Digest, breathe?: Breathe): Promise<OpenedJournal> {
		const generations = await generationsIn(store);
		for (const generation of generations) {
			const bytes = await store.read(fileName(generation));
			if (bytes === undefined) continue;
			const { payloads, end } = readFrames(bytes, digest);
			const [snapshot] = payloads;
			// Cut off while it was being written: the generation before it is still there.
			if (snapshot === undefined) continue;
			const batches = await inPieces(decodeBatches(payloads), breathe);
			const journal = new Journal(store, digest, generation, snapshot.length, bytes.length - snapshot.length);
			const isBehind = generation !== generations[0];
			// Neither a torn tail nor a torn generation may stand between what is whole and what comes next.
			journal.#spoilt = isBehind || end < bytes.length;
			return { journal, batches, isBehind };
		}
		// Not a new device: there was a state, and its numbers may have been told.
		if (generations.length > 0) throw new JournalError("damaged", "no generation of the journal is whole");
		return { journal: new Journal(store, digest, 0, 0, 0), batches: [], isBehind: false };
	}

	/** A new state instead of one that cannot be used, which stays until the new one is durable. */
	static startOver(store: StateStore, digest: Digest): Journal {
		return new Journal(store, digest, 0, 0, 0);
	}

	/** Durable when it resolves. `whole`: all of the state, this batch included; a new device's first batch is that. */
	async append(batch: Batch, whole: () => Batch): Promise<void> {
		if (this.#snapshotBytes === 0 || this.#spoilt) {
			await this.compact(whole());
			return;
		}
		const frame = frameOf(encodeBatch(batch), this.#digest);
		// A write that failed may have left a part of itself behind.
		this.#spoilt = true;
		await this.#store.append(fileName(this.#generation), frame);
		this.#spoilt = false;
		this.#appendedBytes += frame.length;
	}

	get wantsCompaction(): boolean {
		return this.#appendedBytes > Math.max(COMPACT_AFTER_BYTES, 2 * this.#snapshotBytes);
	}

	/** Writes all of the state as a new generation, then removes the older ones. */
	async compact(whole: Batch): Promise<void> {
		const older = await generationsIn(this.#store);
		const generation = Math.max(this.#generation, ...older.slice(0, 1)) + 1;
		const frame = frameOf(encodeBatch(whole), this.#digest);
		await this.#store.write(fileName(generation), frame);
		this.#generation = generation;
		this.#snapshotBytes = frame.length;
		this.#appendedBytes = 0;
		this.#spoilt = false;
		for (const old of older) await wasDone(this.#store.remove(fileName(old)));
	}
}

/** Newest first. */
async function generationsIn(store: StateStore): Promise<number[]> {
	const names = await store.list(PREFIX);
	return names.flatMap((name) => (NAME.test(name) ? [Number(name.slice(PREFIX.length))] : [])).sort((a, b) => b - a);
}

function fileName(generation: number): string {
	return PREFIX + String(generation).padStart(8, "0");
}

function frameOf(payload: Uint8Array, digest: Digest): Uint8Array {
	const header = new Uint8Array(FRAME_HEADER_BYTES);
	new DataView(header.buffer).setUint32(0, payload.length);
	header.set(digest.sha256(payload).subarray(0, 8), 4);
	return concatBytes(header, payload);
}

/** Whole frames from the start; a frame that is cut off or spoilt at the very end was never told to anybody and ends it. */
function readFrames(bytes: Uint8Array, digest: Digest): { payloads: Uint8Array[]; end: number } {
	const payloads: Uint8Array[] = [];
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	let end = 0;
	while (end + FRAME_HEADER_BYTES <= bytes.length) {
		// A file system that made room for an append and lost power before its bytes came leaves zeros.
		if (bytes.subarray(end).every((byte) => byte === 0)) break;
		const next = end + FRAME_HEADER_BYTES + view.getUint32(end);
		if (next > bytes.length) break;
		const payload = bytes.subarray(end + FRAME_HEADER_BYTES, next);
		if (!equalBytes(digest.sha256(payload).subarray(0, 8), bytes.subarray(end + 4, end + FRAME_HEADER_BYTES))) {
			if (next < bytes.length) throw new JournalError("damaged", "a spoilt batch in the middle of the journal");
			break;
		}
		payloads.push(payload);
		end = next;
	}
	return { payloads, end };
}

const optionalHash = v.nullable(hashSchema);
const optionalText = v.nullable(v.string());
const copySchema = v.pipe(
	v.strictTuple([pathSchema, hashSchema, optionalText]),
	v.transform(([path, hash, token]): ShownCopy => ({ path, hash, token: token ?? undefined })),
);
/** Before format 6 it did not say what had stood there. */
const tornSchema = v.union([
	v.pipe(
		v.strictTuple([hashSchema, optionalHash, sizeSchema]),
		v.transform(([hash, before, size]): TornWrite => ({ hash, before: contentFrom(before, size) })),
	),
	v.pipe(
		hashSchema,
		v.transform((hash): TornWrite => ({ hash, before: { hash, size: 0 } })),
	),
]);
const diskSchema = v.pipe(
	v.strictTuple([
		optionalHash,
		sizeSchema,
		v.nullable(pathSchema),
		optionalText,
		vectorSchema,
		v.array(copySchema),
		v.optional(v.nullable(v.picklist(LEFT_OUT))),
		v.optional(v.nullable(tornSchema)),
		v.optional(textSchema),
	]),
	v.transform(([hash, size, path, token, seen, copies, leftOut, torn, made]): DiskState => ({
		hash: hash ?? undefined,
		size,
		path: path ?? undefined,
		token: token ?? undefined,
		seen,
		copies,
		...(leftOut == null ? {} : { leftOut }),
		...(torn == null ? {} : { torn }),
		...(hash === null || made === undefined ? {} : { made: { hash, ...made } }),
	})),
);
const intentSchema = v.pipe(
	v.strictTuple([
		optionalHash,
		sizeSchema,
		pathSchema,
		vectorSchema,
		v.array(copySchema),
		v.optional(v.strictTuple([optionalHash, sizeSchema])),
	]),
	v.transform(([hash, size, path, context, copies, replaces]): Intent => ({
		hash: hash ?? undefined,
		size,
		path,
		context,
		copies,
		...(replaces === undefined ? {} : { replaces: { content: contentFrom(replaces[0], replaces[1]) } }),
	})),
);
const entrySchema = v.pipe(
	v.strictTuple([recordSchema, diskSchema, v.nullable(intentSchema)]),
	v.transform(([{ key, record }, disk, intent]): Entry => ({ key, record, disk, intent: intent ?? undefined })),
);
const entriesSchema = v.array(entrySchema);
const stateSchema = v.pipe(
	v.strictTuple([
		epochSchema,
		epochSchema,
		lastCounterSchema,
		vectorSchema,
		vectorSchema,
		v.boolean(),
		v.optional(v.array(v.strictTuple([lastCounterSchema, lastCounterSchema])), []),
	]),
	v.transform(([epoch, hostEpoch, counter, knowledge, forgotten, importing, leftOut]): IndexState => ({
		epoch,
		hostEpoch,
		counter,
		knowledge,
		forgotten,
		importing,
		leftOut,
	})),
);
const keySchema = v.pipe(pathSchema, v.transform(pathKey));
const batchSchema = v.union([
	v.pipe(
		v.strictTuple([
			v.picklist([3, 4, 5, 6, FORMAT]),
			stateSchema,
			v.array(v.unknown()),
			v.array(keySchema),
			v.nullable(membershipSchema),
		]),
		v.transform(([, state, entries, forgotten, membership]): RawBatch => ({
			state,
			entries,
			forgotten,
			membership: membership ?? undefined,
		})),
	),
	v.pipe(
		v.strictTuple([v.picklist(FORMATS_BEFORE), stateSchema, v.array(v.unknown())]),
		v.transform(([, state, entries]): RawBatch => ({ state, entries, forgotten: [], membership: undefined })),
	),
]);

function encodeBatch({ state, entries, forgotten, membership }: Batch): Uint8Array {
	return encode([
		FORMAT,
		[
			hexToBytes(state.epoch),
			hexToBytes(state.hostEpoch),
			state.counter,
			vectorToWire(state.knowledge),
			vectorToWire(state.forgotten),
			state.importing,
			state.leftOut,
		],
		entries.map(entryToWire),
		forgotten,
		membership === undefined ? null : membershipToWire(membership),
	]);
}

function* decodeBatches(payloads: readonly Uint8Array[]): Generator<undefined, Batch[]> {
	const batches: Batch[] = [];
	// Most batches are of one entry.
	let since = 0;
	for (const payload of payloads) {
		const raw = decodeBatch(payload);
		const entries: Entry[] = [];
		for (let from = 0; from < raw.entries.length; from += ENTRIES_IN_A_PIECE) {
			const parsed = v.safeParse(entriesSchema, raw.entries.slice(from, from + ENTRIES_IN_A_PIECE));
			if (!parsed.success) throw new JournalError("damaged", parsed.issues[0].message);
			entries.push(...parsed.output);
			since += parsed.output.length;
			if (since < ENTRIES_IN_A_PIECE) continue;
			since = 0;
			yield;
		}
		batches.push({ ...raw, entries });
	}
	return batches;
}

function decodeBatch(payload: Uint8Array): RawBatch {
	let raw: unknown;
	try {
		raw = decode(payload);
	} catch (cause) {
		// Its checksum is right, so this was written so: @msgpack/msgpack throws several kinds of errors for what it cannot read.
		throw new JournalError("damaged", "a batch that is not MessagePack", { cause });
	}
	if (Array.isArray(raw) && typeof raw[0] === "number" && raw[0] > FORMAT) {
		throw new JournalError("newer-version", "this state was written by a newer version of PSync");
	}
	const result = v.safeParse(batchSchema, raw);
	if (!result.success) throw new JournalError("damaged", result.issues[0].message);
	return result.output;
}

function entryToWire({ key, record, disk, intent }: Entry): unknown[] {
	return [
		recordToWire({ key, record }),
		[
			disk.hash === undefined ? null : contentHashToBytes(disk.hash),
			disk.size,
			disk.path ?? null,
			disk.token ?? null,
			vectorToWire(disk.seen),
			disk.copies.map(copyToWire),
			...whatIsRare(disk),
		],
		intent === undefined
			? null
			: [
					intent.hash === undefined ? null : contentHashToBytes(intent.hash),
					intent.size,
					intent.path,
					vectorToWire(intent.context),
					intent.copies.map(copyToWire),
					...(intent.replaces === undefined ? [] : [contentToWire(intent.replaces.content)]),
				],
	];
}

function contentFrom(hash: ContentHash | null, size: number): Sibling["content"] {
	return hash === null ? undefined : { hash, size };
}

function contentToWire(content: Sibling["content"]): [hash: Uint8Array | null, size: number] {
	return content === undefined ? [null, 0] : [contentHashToBytes(content.hash), content.size];
}

/** Nothing, mostly: there are as many of these as files. */
function whatIsRare(disk: DiskState): unknown[] {
	const { hash, leftOut, made } = disk;
	const torn = tornAt(disk);
	// What was made of more than can be told counts as made of what is not known.
	if (made !== undefined && made.hash === hash && made.lineage.size <= LINES_MAX)
		return [leftOut ?? null, torn === undefined ? null : tornToWire(torn), textToWire(made)];
	if (torn !== undefined) return [leftOut ?? null, tornToWire(torn)];
	return leftOut === undefined ? [] : [leftOut];
}

function tornToWire({ hash, before }: TornWrite): unknown[] {
	return [contentHashToBytes(hash), ...contentToWire(before)];
}

function copyToWire({ path, hash, token }: ShownCopy): unknown[] {
	return [path, contentHashToBytes(hash), token ?? null];
}
