// Looks at files of the vault for the replica: what is there, by hash. Trusts the host's change token only where it says so.
import { bytesToHex } from "../core/bytes.ts";
import { folderOnDisk, isFolder } from "../core/folder.ts";
import type { ContentHash } from "../core/hash.ts";
import type { OnDisk } from "../core/observe.ts";
import { pathKey, type PathKey, type VaultPath } from "../core/path.ts";
import type { RecordIndex } from "../core/record-index.ts";
import { folderAsSpelled } from "./folder-name.ts";
import type { Digest } from "./ports/digest.ts";
import type { FileStat, Vault } from "./ports/vault.ts";

export interface Seen {
	/** `undefined`: no file. */
	readonly now: OnDisk | undefined;
	/** When they were read for it. */
	readonly bytes: Uint8Array | undefined;
}

/** The host could not say what is there: nothing follows from it, and it is tried again. */
export class UnreadableError extends Error {
	override readonly name = "UnreadableError";
	readonly path: VaultPath;
	constructor(path: VaultPath, options?: { cause?: unknown }) {
		super(`cannot read ${path}`, options);
		this.path = path;
	}
}

export class Looker {
	readonly #vault: Vault;
	readonly #index: RecordIndex;
	readonly #digest: Digest;

	constructor(vault: Vault, index: RecordIndex, digest: Digest) {
		this.#vault = vault;
		this.#index = index;
		this.#digest = digest;
	}

	/**
	 * What is at `key` now; `spelling`: how the vault last reported its path. A file whose change token is the recorded one is
	 * taken for unchanged. `isEmptyFolder`: a folder was reported there, in which there is nothing. Rejects when it cannot be read.
	 */
	async look(key: PathKey, spelling?: VaultPath, isEmptyFolder = false): Promise<Seen> {
		const recorded = this.#recorded(key);
		const path = spelling ?? recorded?.path ?? this.#spelling(key);
		if (isEmptyFolder || isFolder(recorded) || this.#wantsFolder(key)) return this.readOrFolder(path, isEmptyFolder);
		if (recorded?.token !== undefined) {
			const stat = await this.#vault.stat(path).catch((cause: unknown) => {
				throw new UnreadableError(path, { cause });
			});
			if (stat === undefined) return this.#absent(path);
			if (stat.token === recorded.token) {
				const { hash } = recorded;
				return { now: onDisk(path, hash, stat), bytes: undefined };
			}
		}
		const seen = await this.read(path);
		return seen.now === undefined && recorded !== undefined ? this.#absent(path) : seen;
	}

	/** Of a recorded file: where something else has its place, nobody can say what became of it. */
	async #absent(path: VaultPath): Promise<Seen> {
		const isTaken = await this.#vault.isTaken?.(path).catch((cause: unknown) => {
			throw new UnreadableError(path, { cause });
		});
		if (isTaken === true) throw new UnreadableError(path, { cause: "something that takes no part has its place" });
		return { now: undefined, bytes: undefined };
	}

	/** Reads and hashes, whatever the change token says. */
	async read(path: VaultPath): Promise<Seen> {
		const file = await this.#vault.read(path).catch((cause: unknown) => {
			throw new UnreadableError(path, { cause });
		});
		if (file === undefined) return { now: undefined, bytes: undefined };
		const { bytes, stat } = file;
		const hash = this.hash(bytes);
		return { now: onDisk(path, hash, { ...stat, size: bytes.length }), bytes };
	}

	/** The same, where a folder counts as well; `onlyEmpty`: if nothing is in it. */
	async readOrFolder(path: VaultPath, onlyEmpty = false): Promise<Seen> {
		const folder = await this.#vault.folderAt(path).catch((cause: unknown) => {
			throw new UnreadableError(path, { cause });
		});
		if (folder === undefined) return this.read(path);
		const isOne = folder === "empty" || !onlyEmpty || this.#wantsFolder(pathKey(path));
		if (!isOne) return { now: undefined, bytes: undefined };
		const disk = this.#index.get(pathKey(path))?.disk;
		// Who told of it may call it as it was before.
		const isKnown = isFolder(disk) && disk?.path === path;
		return { now: folderOnDisk(isKnown ? path : await folderAsSpelled(this.#vault, path)), bytes: undefined };
	}

	hash(bytes: Uint8Array): ContentHash {
		return bytesToHex(this.#digest.sha256(bytes)) as ContentHash;
	}

	#recorded(key: PathKey): { path: VaultPath; hash: ContentHash; token: string | undefined } | undefined {
		const owner = this.#index.ownerOf(key);
		if (owner !== undefined) {
			return this.#index.get(owner)?.disk.copies.find((copy) => pathKey(copy.path) === key);
		}
		const disk = this.#index.get(key)?.disk;
		if (disk?.hash === undefined || disk.path === undefined) return undefined;
		return { path: disk.path, hash: disk.hash, token: disk.token };
	}

	#wantsFolder(key: PathKey): boolean {
		const entry = this.#index.get(key);
		return entry !== undefined && (isFolder(entry.disk) || isFolder(this.#index.viewAt(entry).winner?.content));
	}

	#spelling(key: PathKey): VaultPath {
		// A key is a path in its plainest spelling, and the vault finds a file by any spelling of its key.
		return this.#index.get(key)?.record.siblings[0]?.path ?? (key as string as VaultPath);
	}
}

function onDisk(
	asked: VaultPath,
	hash: ContentHash,
	{ path = asked, size, mtimeMs, token, isDecomposed }: FileStat,
): OnDisk {
	return { path, hash, size, mtimeMs, token, ...(isDecomposed === true ? { isDecomposed } : {}) };
}
