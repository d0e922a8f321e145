// The vault as the engine sees it where settings may sync: notes are the app's, and what lies in the configuration folder is in the mirror.
// So nothing that other devices say is ever written to a file that the app reads. Rule OS3 of readme/SPEC.md.
import { pathKey, type VaultPath } from "../../core/path.ts";
import type { ContentHash } from "../../core/hash.ts";
import type {
	FileStat,
	MakeFolderResult,
	RemoveResult,
	RenameResult,
	ReplaceResult,
	Vault,
	VaultChange,
	VaultEntry,
	VaultFailure,
} from "../../engine/ports/vault.ts";
import { errorMessage, failureCode } from "../vault-errors.ts";
import { CONFIG_FOLDER } from "./settings-kinds.ts";
import type { MirroredFile, SettingsMirror } from "./settings-mirror.ts";

export class MirroredVault implements Vault {
	readonly #vault: Vault;
	readonly #mirror: SettingsMirror;

	constructor(vault: Vault, mirror: SettingsMirror) {
		this.#vault = vault;
		this.#mirror = mirror;
	}

	isPresent(): Promise<boolean> {
		return this.#vault.isPresent();
	}

	async list(folder: VaultPath | undefined): Promise<readonly VaultEntry[]> {
		const entries = folder !== undefined && isMirrored(folder) ? [] : await this.#vault.list(folder);
		const mirrored = this.#listMirror(folder);
		return mirrored.length === 0 ? entries : [...entries, ...mirrored];
	}

	async stat(path: VaultPath): Promise<FileStat | undefined> {
		if (!isMirrored(path)) return this.#vault.stat(path);
		const file = this.#mirror.get(pathKey(path));
		return file && statFor(file, path);
	}

	async read(path: VaultPath): Promise<{ readonly bytes: Uint8Array; readonly stat: FileStat } | undefined> {
		if (!isMirrored(path)) return this.#vault.read(path);
		const found = await this.#mirror.read(pathKey(path));
		return found && { bytes: found.bytes, stat: statFor(found.file, path) };
	}

	async replaceIf(
		path: VaultPath,
		expected: ContentHash | undefined,
		bytes: Uint8Array,
		mtimeMs: number,
	): Promise<ReplaceResult> {
		if (!isMirrored(path)) return this.#vault.replaceIf(path, expected, bytes, mtimeMs);
		return this.#tried(async () => {
			if (!(await this.isPresent())) return failed("vault-missing", "the vault's folder is gone");
			return this.#mirror.putIf(path, expected, bytes, mtimeMs);
		});
	}

	async removeIf(path: VaultPath, expected: ContentHash): Promise<RemoveResult> {
		if (!isMirrored(path)) return this.#vault.removeIf(path, expected);
		return this.#tried(() => this.#mirror.dropIf(path, expected));
	}

	/** Between the vault and the mirror, and within it, the new file is there before the old one goes. */
	async rename(from: VaultPath, to: VaultPath, expected: ContentHash): Promise<RenameResult> {
		if (!isMirrored(from) && !isMirrored(to)) return this.#vault.rename(from, to, expected);
		const isRespelled = pathKey(from) === pathKey(to);
		return this.#tried(async () => {
			const found = await this.read(from);
			if (found === undefined) return { kind: "changed" };
			const written = await this.replaceIf(to, isRespelled ? expected : undefined, found.bytes, found.stat.mtimeMs);
			if (written.kind !== "replaced") return written;
			if (!isRespelled) {
				const removed = await this.removeIf(from, expected);
				if (removed.kind !== "removed") {
					await this.removeIf(to, expected);
					return removed;
				}
			}
			return { kind: "renamed", stat: written.stat, path: written.path ?? to };
		});
	}

	/** In the mirror, folders are where files are. */
	async makeFolder(path: VaultPath): Promise<MakeFolderResult> {
		return isMirrored(path) ? { kind: "made" } : this.#vault.makeFolder(path);
	}

	async folderAt(path: VaultPath): Promise<"empty" | "filled" | undefined> {
		if (!isMirrored(path)) return this.#vault.folderAt(path);
		return this.#listMirror(path).length > 0 ? "filled" : undefined;
	}

	async removeFolder(path: VaultPath): Promise<RemoveResult> {
		if (!isMirrored(path)) return this.#vault.removeFolder(path);
		return { kind: (await this.folderAt(path)) === undefined ? "removed" : "changed" };
	}

	watch(listener: (change: VaultChange) => void): () => void {
		const unwatch = [this.#vault.watch(listener), this.#mirror.watch(listener)];
		return () => {
			for (const end of unwatch) end();
		};
	}

	/** What of the mirror lies in this folder. */
	#listMirror(folder: VaultPath | undefined): readonly VaultEntry[] {
		const above = folder === undefined ? "" : `${pathKey(folder)}/`;
		const entries = new Map<string, VaultEntry>();
		for (const { key, path, stat } of this.#mirror.files) {
			if (!key.startsWith(above)) continue;
			const end = key.indexOf("/", above.length);
			const level = above.split("/").length;
			const at = path.split("/").slice(0, level).join("/") as VaultPath;
			entries.set(pathKey(at), end < 0 ? { kind: "file", path, stat } : { kind: "folder", path: at });
		}
		return [...entries.values()];
	}

	async #tried<T>(work: () => Promise<T>): Promise<T | VaultFailure> {
		try {
			return await work();
		} catch (error) {
			if (!(error instanceof Error)) throw error;
			return failed(failureCode(error), errorMessage(error));
		}
	}
}

function isMirrored(path: VaultPath): boolean {
	const key = pathKey(path);
	return key === CONFIG_FOLDER || key.startsWith(`${CONFIG_FOLDER}/`);
}

function statFor({ path, stat }: MirroredFile, asked: VaultPath): FileStat {
	return path === asked ? stat : { ...stat, path };
}

function failed(code: VaultFailure["code"], message: string): VaultFailure {
	return { kind: "failed", code, message };
}
