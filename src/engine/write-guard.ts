// The bytes that a round is about to write into the vault, in one file of the store while it writes them: on a host that cannot
// replace a file whole, what a crash leaves of a write can then be told from what a person wrote in the meantime.
import { decode, encode } from "@msgpack/msgpack";
import * as v from "valibot";
import { contentHashToBytes, type ContentHash } from "../core/hash.ts";
import type { PathKey } from "../core/path.ts";
import { hashSchema } from "../wire/record-codec.ts";
import type { PreparedPlan } from "./applier.ts";
import { wasDone } from "./guarded-store.ts";
import type { StateStore } from "./ports/state-store.ts";

const PREFIX = "writing/";
/** Written twice it would take too long. A peer is asked, or nobody knows. */
const CONTENT_BYTES_MAX = 1024 * 1024;

const fileSchema = v.array(v.strictTuple([hashSchema, v.instance(Uint8Array)]));

export interface WriteGuardOptions {
	readonly store: StateStore;
	readonly hash: (bytes: Uint8Array) => ContentHash;
	/** Whether the host can leave a part of a file at all. */
	readonly isNeeded: boolean;
}

export class WriteGuard {
	readonly #options: WriteGuardOptions;
	/** What the last run was about to write when it ended. */
	readonly #left: ReadonlyMap<ContentHash, Uint8Array>;
	/** Each with the keys that it is about; those of the last run are about all whose steps were under way then. */
	readonly #files: Map<string, readonly PathKey[]>;
	readonly #underWay: PathKey[] = [];
	#count = 0;

	private constructor(
		options: WriteGuardOptions,
		left: ReadonlyMap<ContentHash, Uint8Array>,
		files: readonly string[],
	) {
		this.#options = options;
		this.#left = left;
		this.#files = new Map(files.map((file) => [file, this.#underWay]));
	}

	static async open(options: WriteGuardOptions): Promise<WriteGuard> {
		const files = await options.store.list(PREFIX);
		const left = new Map<ContentHash, Uint8Array>();
		for (const file of files) {
			const bytes = await options.store.read(file);
			for (const [hash, content] of bytes === undefined ? [] : contentsIn(bytes)) {
				if (options.hash(content) === hash) left.set(hash, content);
			}
		}
		return new WriteGuard(options, left, files);
	}

	find(hash: ContentHash): Uint8Array | undefined {
		return this.#left.get(hash);
	}

	/** The last run was about to take steps at `key`, and it is to be found out what became of them. */
	noteUnderWay(key: PathKey): void {
		this.#underWay.push(key);
	}

	/**
	 * Durable when it resolves: the vault may be written. What earlier writes were about goes, where the books say how they ended:
	 * `isOpen` of a key says that they do not. Rejects with StorageError.
	 */
	async protect(prepared: readonly PreparedPlan[], isOpen: (key: PathKey) => boolean): Promise<void> {
		const older = [...this.#files];
		await this.#write(prepared);
		const anew = new Set(prepared.map(({ plan }) => plan.key));
		for (const [file, keys] of older) {
			const left = keys.filter((key) => !anew.has(key) && isOpen(key));
			if (left.length > 0) this.#files.set(file, left);
			else if (await wasDone(this.#options.store.remove(file))) this.#files.delete(file);
		}
	}

	/** One that is there already protects other bytes, and goes when what it is about has ended. */
	#newName(): string {
		let name: string;
		do name = PREFIX + String(this.#count++);
		while (this.#files.has(name));
		return name;
	}

	async #write(prepared: readonly PreparedPlan[]): Promise<void> {
		if (!this.#options.isNeeded) return;
		const contents = new Map<ContentHash, Uint8Array>();
		for (const each of prepared) {
			for (const [hash, bytes] of each.contents) if (bytes.length <= CONTENT_BYTES_MAX) contents.set(hash, bytes);
		}
		if (contents.size === 0) return;
		const file = this.#newName();
		// Before it is written: what is cut off has to go, too.
		this.#files.set(
			file,
			prepared.map(({ plan }) => plan.key),
		);
		await this.#options.store.write(
			file,
			encode([...contents].map(([hash, bytes]) => [contentHashToBytes(hash), bytes])),
		);
	}
}

function contentsIn(bytes: Uint8Array): readonly (readonly [ContentHash, Uint8Array])[] {
	try {
		const parsed = v.safeParse(fileSchema, decode(bytes));
		return parsed.success ? parsed.output : [];
	} catch {
		// @msgpack/msgpack throws several kinds of errors for what is cut off: then nothing was written into the vault yet.
		return [];
	}
}
