// What this device did with each large file, and is about to do: by this it knows after a crash what is its own. Durable before anything is
// done to a file. Rules XL4, XL7, XL8, XL11 of readme/SPEC.md.
import * as v from "valibot";
import { parseContentHash, type ContentHash } from "../core/hash.ts";
import type { PutFile, Stamp } from "../core/large-step.ts";
import { parsePath, pathKey, type PathKey, type VaultPath } from "../core/path.ts";
import { parsedBy } from "../wire/schemas.ts";
import { CheckedFile } from "./checked-file.ts";
import type { Digest } from "./ports/digest.ts";
import type { StateStore } from "./ports/state-store.ts";

/** A file of this device's own, verified. */
export interface ReadyFile extends Stamp {
	readonly name: string;
	readonly hash: ContentHash;
}

export interface LargeRow {
	/** As it stood when it was put there. */
	readonly put?: PutFile | undefined;
	/** `put` is about to give way. */
	readonly isLeaving?: true | undefined;
	/** A person removed it here. */
	readonly dismissed?: ContentHash | undefined;
	/** As that stood before: what comes back as it went is this device's own again. */
	readonly removed?: PutFile | undefined;
	readonly ready?: ReadyFile | undefined;
	/** About to be there: what is ready, or what stands at `from`. */
	readonly placing?: (PutFile & { readonly from?: PathKey | undefined }) | undefined;
	/** The disk did not take it so many times, and is not asked again before then (wall time in ms). */
	readonly failed?: LargeFailure | undefined;
}

export interface LargeFailure {
	readonly hash: ContentHash;
	readonly size: number;
	readonly code: string;
	readonly count: number;
	readonly retryAtMs: number;
}

const hash = v.pipe(v.string(), parsedBy<string, ContentHash>(parseContentHash, "not a hash"));
const path = v.pipe(
	v.string(),
	parsedBy<string, VaultPath>((text) => {
		const parsed = parsePath(text);
		return parsed.ok ? parsed.path : undefined;
	}, "not a path"),
);
const key = v.pipe(
	v.string(),
	parsedBy<string, PathKey>((text) => {
		const parsed = parsePath(text);
		return parsed.ok && (pathKey(parsed.path) as string) === text ? pathKey(parsed.path) : undefined;
	}, "not a key"),
);
const whole = v.pipe(v.number(), v.safeInteger());
const stamp = { size: whole, mtimeMs: whole };
const put = v.object({ ...stamp, hash, path });
const rowSchema = v.object({
	put: v.optional(put),
	isLeaving: v.optional(v.literal(true)),
	dismissed: v.optional(hash),
	removed: v.optional(put),
	ready: v.optional(v.object({ ...stamp, hash, name: v.pipe(v.string(), v.regex(/^[a-z0-9-]+$/)) })),
	placing: v.optional(v.object({ ...put.entries, from: v.optional(key) })),
	failed: v.optional(v.object({ hash, size: whole, code: v.string(), count: whole, retryAtMs: whole })),
});
const rowsSchema = v.array(v.tuple([key, rowSchema]));

export class LargeRows {
	readonly #file: CheckedFile;
	readonly #rows: Map<PathKey, LargeRow>;
	#isUnsaved = false;

	private constructor(file: CheckedFile, rows: Map<PathKey, LargeRow>) {
		this.#file = file;
		this.#rows = rows;
	}

	/** Without what cannot be read: then what stands in the vault is a person's, or the books know it. Rejects with StorageError. */
	static async open(store: StateStore, digest: Digest): Promise<LargeRows> {
		const { file, payload } = await CheckedFile.open(store, digest, "large-rows/rows-");
		return new LargeRows(file, new Map(payload === undefined ? [] : parseRows(payload)));
	}

	get(key: PathKey): LargeRow {
		return this.#rows.get(key) ?? {};
	}

	entries(): readonly (readonly [PathKey, LargeRow])[] {
		return [...this.#rows];
	}

	/** `{}`: nothing is known of it. */
	set(key: PathKey, row: LargeRow): void {
		const isEmpty = Object.values(row).every((value) => value === undefined);
		if (isEmpty && !this.#rows.has(key)) return;
		this.#isUnsaved = true;
		if (isEmpty) this.#rows.delete(key);
		else this.#rows.set(key, row);
	}

	/** Rejects with StorageError; then it is saved with what comes next. */
	async save(): Promise<void> {
		if (!this.#isUnsaved) return;
		await this.#file.save(new TextEncoder().encode(JSON.stringify([...this.#rows])));
		this.#isUnsaved = false;
	}
}

function parseRows(payload: Uint8Array): readonly (readonly [PathKey, LargeRow])[] {
	try {
		const parsed = v.safeParse(rowsSchema, JSON.parse(new TextDecoder().decode(payload)));
		return parsed.success ? parsed.output : [];
	} catch (error) {
		if (!(error instanceof SyntaxError)) throw error;
		return [];
	}
}
