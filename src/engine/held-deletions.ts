// Deletions that wait for a person's word: what they are, what people are told of them, and their file in the state store,
// so that a restart goes on holding them. Rule D6 of readme/SPEC.md.
import { decode, encode } from "@msgpack/msgpack";
import * as v from "valibot";
import type { BrakeRule } from "../core/brake.ts";
import { isFolder } from "../core/folder.ts";
import { contentHashToBytes, type ContentHash } from "../core/hash.ts";
import { pathKey, type PathKey, type VaultPath } from "../core/path.ts";
import { hashSchema, mtimeSchema, pathSchema, sizeSchema } from "../wire/record-codec.ts";
import type { Change } from "./batches.ts";
import { CheckedFile } from "./checked-file.ts";
import type { Digest } from "./ports/digest.ts";
import type { StateStore } from "./ports/state-store.ts";
import type { Problem } from "./status.ts";
import { wholeNumber } from "../wire/schemas.ts";

/** `here`: the file is not on this disk any more. `peer`: it is, and another device says that it was deleted. */
export type DeletionOrigin = "here" | "peer";

export interface Deletion {
	readonly key: PathKey;
	readonly path: VaultPath;
	readonly hash: ContentHash;
	readonly size: number;
	/** Found by a scan, and nobody had reported it. */
	readonly isMissing: boolean;
	/** The device that deleted it, for people; `""`: this one, or nobody knows. */
	readonly by: string;
}

export interface HeldDeletions {
	/** What a person answers to. */
	readonly id: string;
	readonly origin: DeletionOrigin;
	readonly rule: BrakeRule;
	/** Wall time in ms, for people. */
	readonly atMs: number;
	readonly files: ReadonlyMap<PathKey, Deletion>;
	/** Part of the same, and recorded or applied before it was too much: taken back with the others. */
	readonly before: readonly Deletion[];
}

/** Without the empty folders that went with them. */
export function filesIn({ files }: HeldDeletions): readonly Deletion[] {
	return [...files.values()].filter((file) => !isFolder(file));
}

/** Who deleted them, for people. */
export function deletedBy({ files }: HeldDeletions): readonly string[] {
	return [...new Set([...files.values()].flatMap(({ by }) => (by === "" ? [] : [by])))].sort();
}

export function wordsForHeld(held: HeldDeletions): string {
	const { length } = filesIn(held);
	const count = length === 1 ? "1 file" : `${String(length)} files`;
	if (held.origin === "peer") {
		const by = deletedBy(held).join(", ") || "Another device";
		return `${by} deleted ${count} at once. They stay here until you say that they are really gone.`;
	}
	const untold = "The other devices are not told until you say that they are really gone.";
	switch (held.rule) {
		case "missing":
			return `${count} are missing or empty here, and nobody was seen deleting them. ${untold}`;
		case "deleted":
			return `${count} were deleted or emptied here at once. ${untold}`;
		case "emptied":
			return `Hardly anything is left in this folder: ${count} are gone. Nothing changes here or on the other devices until they are back, or you say that they are really gone.`;
	}
}

export function toChange({ path, hash, size }: Deletion): Change {
	return { path, before: { hash, size }, after: undefined };
}

/** For the status: somebody has to say something. */
export function problemsOf(held: readonly HeldDeletions[]): readonly Problem[] {
	return held.map((each) => ({
		code: "mass-delete",
		message: wordsForHeld(each),
		about: {
			kind: "deletions",
			count: filesIn(each).length,
			why: each.origin === "peer" ? "elsewhere" : each.rule,
			by: deletedBy(each),
		},
		id: each.id,
	}));
}

const PREFIX = "held-deletions/";

const deletionSchema = v.pipe(
	v.strictTuple([pathSchema, hashSchema, sizeSchema, v.boolean(), v.pipe(v.string(), v.maxLength(200))]),
	v.transform(([path, hash, size, isMissing, by]): Deletion => ({
		key: pathKey(path),
		path,
		hash,
		size,
		isMissing,
		by,
	})),
);
const heldSchema = v.pipe(
	v.strictTuple([
		v.pipe(v.string(), v.regex(/^[0-9]{1,9}$/)),
		v.picklist(["here", "peer"]),
		v.picklist(["missing", "deleted", "emptied"]),
		mtimeSchema,
		v.array(deletionSchema),
		v.array(deletionSchema),
	]),
	v.transform(([id, origin, rule, atMs, files, before]): HeldDeletions => ({
		id,
		origin,
		rule,
		atMs,
		files: new Map(files.map((file) => [file.key, file])),
		before,
	})),
);
/** The last id that was given, and what is held. */
const fileSchema = v.strictTuple([wholeNumber(), v.array(heldSchema)]);

export interface HeldState {
	readonly lastId: number;
	readonly held: readonly HeldDeletions[];
}

export interface OpenedHeldDeletions {
	readonly file: HeldDeletionsFile;
	readonly state: HeldState;
}

export class HeldDeletionsFile {
	readonly #file: CheckedFile;

	private constructor(file: CheckedFile) {
		this.#file = file;
	}

	static async open(store: StateStore, digest: Digest): Promise<OpenedHeldDeletions> {
		const { file, payload } = await CheckedFile.open(store, digest, PREFIX);
		return { file: new HeldDeletionsFile(file), state: (payload && stateIn(payload)) ?? { lastId: 0, held: [] } };
	}

	/** Durable when it resolves. */
	async save({ lastId, held }: HeldState): Promise<void> {
		await this.#file.save(encode([lastId, held.map(toArray)]));
	}
}

function stateIn(payload: Uint8Array): HeldState | undefined {
	const parsed = v.safeParse(fileSchema, decode(payload));
	return parsed.success ? { lastId: parsed.output[0], held: parsed.output[1] } : undefined;
}

function toArray({ id, origin, rule, atMs, files, before }: HeldDeletions): unknown[] {
	return [
		id,
		origin,
		rule,
		Math.max(0, Math.floor(atMs)),
		[...files.values()].map(deletionToArray),
		before.map(deletionToArray),
	];
}

function deletionToArray({ path, hash, size, isMissing, by }: Deletion): unknown[] {
	return [path, contentHashToBytes(hash), size, isMissing, by];
}
