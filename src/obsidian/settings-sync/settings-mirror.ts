// Copies of the settings that sync, in this device's own space: what the engine reads and writes in place of the app's files. Each version
// has a name of its own and says itself whether it is whole, so a crash leaves the one before or the new one. Rule OS3 of readme/SPEC.md.
import * as v from "valibot";
import { concatBytes } from "../../core/bytes.ts";
import { contentHashFromBytes, type ContentHash } from "../../core/hash.ts";
import { parsePath, pathKey, type PathKey, type VaultPath } from "../../core/path.ts";
import type { Digest } from "../../engine/ports/digest.ts";
import type { StateStore } from "../../engine/ports/state-store.ts";
import type { FileStat, RemoveResult, ReplaceResult, VaultChange } from "../../engine/ports/vault.ts";

export interface MirroredFile {
	readonly path: VaultPath;
	readonly key: PathKey;
	readonly hash: ContentHash;
	readonly stat: FileStat;
}

interface Kept extends MirroredFile {
	/** In the store. */
	readonly name: string;
}

const PREFIX = "file-";
const NAME = /^file-([0-9a-f]{32})-([0-9]{1,15})$/;
const HEAD_BYTES_MAX = 8 * 1024;
const headSchema = v.object({ path: v.string(), hash: v.string(), mtimeMs: v.number() });
const LINE_END = 10;

export class SettingsMirror {
	readonly #store: StateStore;
	readonly #digest: Digest;
	readonly #files = new Map<PathKey, Kept>();
	readonly #listeners = new Set<(change: VaultChange) => void>();
	#number = 0;
	/** One thing at a time: nothing comes between a comparison and its write. */
	#turn: Promise<unknown> = Promise.resolve();

	private constructor(store: StateStore, digest: Digest) {
		this.#store = store;
		this.#digest = digest;
	}

	/** `store`: for these files alone. */
	static async open(store: StateStore, digest: Digest): Promise<SettingsMirror> {
		const mirror = new SettingsMirror(store, digest);
		const numbered = (await store.list(PREFIX)).flatMap((name) => {
			const number = NAME.exec(name)?.[2];
			return number === undefined ? [] : [{ name, number: Number(number) }];
		});
		numbered.sort((a, b) => a.number - b.number);
		for (const { name, number } of numbered) {
			mirror.#number = number;
			const file = mirror.#parse(name, await store.read(name));
			// Of two the later one counts, and what is not whole never did.
			const spare = file === undefined ? name : mirror.#files.get(file.key)?.name;
			if (file !== undefined) mirror.#files.set(file.key, file);
			if (spare !== undefined) await store.remove(spare);
		}
		return mirror;
	}

	get files(): readonly MirroredFile[] {
		return [...this.#files.values()];
	}

	get(key: PathKey): MirroredFile | undefined {
		return this.#files.get(key);
	}

	read(key: PathKey): Promise<{ readonly bytes: Uint8Array; readonly file: MirroredFile } | undefined> {
		return this.#inTurn(async () => {
			const file = this.#files.get(key);
			const kept = file && (await this.#store.read(file.name));
			if (file === undefined || kept === undefined) return undefined;
			const bytes = kept.subarray(kept.indexOf(LINE_END) + 1);
			if (this.hash(bytes) !== file.hash) throw new Error(`${file.path} is not as it was written`);
			return { bytes, file };
		});
	}

	/** As Vault.replaceIf. */
	putIf(
		path: VaultPath,
		expected: ContentHash | undefined,
		bytes: Uint8Array,
		mtimeMs: number,
	): Promise<ReplaceResult> {
		return this.#inTurn(async () => {
			const key = pathKey(path);
			const before = this.#files.get(key);
			if (before?.hash !== expected) return { kind: "changed" };
			const hash = this.hash(bytes);
			const number = ++this.#number;
			const name = `${PREFIX}${this.#nameOf(key)}-${String(number)}`;
			const head = new TextEncoder().encode(`${JSON.stringify({ path, hash, mtimeMs: Math.floor(mtimeMs) })}\n`);
			await this.#store.write(name, concatBytes(head, bytes));
			const file = keptFile(name, number, path, hash, bytes.length, Math.floor(mtimeMs));
			this.#files.set(key, file);
			if (before !== undefined) await this.#drop(before.name);
			this.#tell(path);
			return { kind: "replaced", stat: file.stat, path };
		});
	}

	/** As Vault.removeIf. */
	dropIf(path: VaultPath, expected: ContentHash): Promise<RemoveResult> {
		return this.#inTurn(async () => {
			const key = pathKey(path);
			const file = this.#files.get(key);
			if (file === undefined) return { kind: "removed" };
			if (file.hash !== expected) return { kind: "changed" };
			await this.#store.remove(file.name);
			this.#files.delete(key);
			this.#tell(path);
			return { kind: "removed" };
		});
	}

	watch(listener: (change: VaultChange) => void): () => void {
		this.#listeners.add(listener);
		return () => {
			this.#listeners.delete(listener);
		};
	}

	hash(bytes: Uint8Array): ContentHash {
		const hash = contentHashFromBytes(this.#digest.sha256(bytes));
		if (hash === undefined) throw new RangeError("SHA-256 is not 32 bytes long");
		return hash;
	}

	#nameOf(key: PathKey): string {
		return this.hash(new TextEncoder().encode(key)).slice(0, 32);
	}

	/** `undefined`: what a crash left of it. */
	#parse(name: string, kept: Uint8Array | undefined): Kept | undefined {
		const end = kept?.subarray(0, HEAD_BYTES_MAX).indexOf(LINE_END) ?? -1;
		if (kept === undefined || end < 0) return undefined;
		const head = v.safeParse(headSchema, jsonIn(kept.subarray(0, end)));
		const path = head.success ? parsePath(head.output.path) : undefined;
		const bytes = kept.subarray(end + 1);
		const hash = this.hash(bytes);
		if (!head.success || path?.ok !== true || head.output.hash !== hash) return undefined;
		return keptFile(name, this.#number, path.path, hash, bytes.length, head.output.mtimeMs);
	}

	/** It counts no more; one that stays is dropped when the mirror is opened again. */
	async #drop(name: string): Promise<void> {
		try {
			await this.#store.remove(name);
		} catch (error) {
			if (!(error instanceof Error)) throw error;
		}
	}

	#tell(path: VaultPath): void {
		for (const listener of [...this.#listeners]) listener({ kind: "file", path });
	}

	#inTurn<T>(work: () => Promise<T>): Promise<T> {
		const done = this.#turn.then(work);
		this.#turn = done.catch(() => undefined);
		return done;
	}
}

function keptFile(
	name: string,
	number: number,
	path: VaultPath,
	hash: ContentHash,
	size: number,
	mtimeMs: number,
): Kept {
	const token = `${String(number)}:${hash.slice(0, 16)}`;
	return { name, path, key: pathKey(path), hash, stat: { size, mtimeMs, token } };
}

function jsonIn(bytes: Uint8Array): unknown {
	try {
		return JSON.parse(new TextDecoder().decode(bytes));
	} catch {
		return undefined;
	}
}
