// The folder of files that is kept the same, as the engine sees it.
// Every implementation passes test/contracts/vault.contract.ts. Paths are VaultPath: the adapter maps them to its platform
// and reports every entry that has no valid VaultPath as `foreign`; it never follows a symbolic link out of the vault.
import type { ContentHash } from "../../core/hash.ts";
import type { VaultPath } from "../../core/path.ts";

export interface FileStat {
	/** Whole bytes. */
	readonly size: number;
	/** Whole milliseconds since 1970. */
	readonly mtimeMs: number;
	/**
	 * Opaque change token: two equal tokens for a path mean "not written between" as far as the host can tell
	 * (Node: mtime and ctime in ns, inode, size; Obsidian: mtime and size). A filter for scans, never a proof.
	 */
	readonly token: string;
	/** As the disk spells it, where that is not as it was asked for. */
	readonly path?: VaultPath;
	/** The disk has a name on the way to it in decomposed form, and could have it in the one of every path (NFC). */
	readonly isDecomposed?: true;
}

export type VaultEntry =
	| { readonly kind: "file"; readonly path: VaultPath; readonly stat: FileStat }
	| { readonly kind: "folder"; readonly path: VaultPath }
	/** Something that cannot take part: refused or colliding name, symbolic link, socket. `name` is for display. */
	| { readonly kind: "foreign"; readonly name: string; readonly reason: string };

/** Why a change of the vault did not happen. The vault is as it was, as far as the host can undo it. */
export interface VaultFailure {
	readonly kind: "failed";
	readonly code: VaultFailureCode;
	/** For the log; may name the path. */
	readonly message: string;
}
export type VaultFailureCode =
	| "illegal-name" // this platform cannot hold the name
	| "blocked" // a file stands where a folder is needed, or a folder where the file should be
	| "case-collision" // another spelling of the path exists and is a different file
	| "locked"
	| "read-only"
	| "no-space"
	| "vault-missing" // the vault's own folder is gone
	| "io";

/** `stat`: as it was written, before anybody could have changed it. `path`: as the disk spells it now, where that differs. */
export type ReplaceResult =
	| { readonly kind: "replaced"; readonly stat: FileStat; readonly path?: VaultPath }
	| { readonly kind: "changed" }
	| VaultFailure;
/** `stat` and `path`: of the file under its new name, as the disk spells it. */
export type RenameResult =
	| { readonly kind: "renamed"; readonly stat: FileStat; readonly path: VaultPath }
	| { readonly kind: "changed" }
	| VaultFailure;
export type MakeFolderResult = { readonly kind: "made" } | VaultFailure;
export type RemoveResult = { readonly kind: "removed" } | { readonly kind: "changed" } | VaultFailure;

/** The file is not here but in a cloud, whose placeholder stands in its stead: it was not deleted, and cannot be read. */
export class OffloadedError extends Error {
	override readonly name = "OffloadedError";
}

export interface Vault {
	/** Whether a crash in the middle of `replaceIf` leaves the old file or the new one, and never a part of one. */
	readonly replacesWhole?: boolean;

	/** Whether the vault's own folder is there and readable. Never throws. */
	isPresent(): Promise<boolean>;

	/** Whether it is another folder than the one that was last trusted, as far as the host can tell. Never throws. */
	isOtherFolder?(): Promise<boolean>;

	/** The folder that `isOtherFolder` was last asked of is the vault's own from now on, also after a restart. */
	trustFolder?(): Promise<void>;

	/** The entries of one folder (`undefined`: the root), not deeper, in no particular order. A folder that is gone has none. */
	list(folder: VaultPath | undefined): Promise<readonly VaultEntry[]>;

	/** `undefined`: no regular file at this path, in whatever spelling of the path's key. Rejects when the host cannot say. */
	stat(path: VaultPath): Promise<FileStat | undefined>;

	/** Whether no file can be at this path as something that cannot take part, a link, is there or is one of the folders above. */
	isTaken?(path: VaultPath): Promise<boolean>;

	/** Raw bytes and the stat they belong to; `undefined`: no regular file there. Rejects when it is there and cannot be read. */
	read(path: VaultPath): Promise<{ readonly bytes: Uint8Array; readonly stat: FileStat } | undefined>;

	/**
	 * Compare-and-swap. Writes `bytes` at `path` only if the file now has content `expected` (`undefined`: only if there is
	 * no file), making missing parent folders, and gives it `mtimeMs` where the host can. The comparison is by digest of raw
	 * bytes and as late as the host allows. `changed`: it differs, nothing was written. When an existing file has another
	 * spelling of the same key, it is replaced and then carries the spelling of `path`.
	 */
	replaceIf(
		path: VaultPath,
		expected: ContentHash | undefined,
		bytes: Uint8Array,
		mtimeMs: number,
	): Promise<ReplaceResult>;

	/** Removes the file only if it now has content `expected`; the host's trash may keep it. Already gone: `removed`. */
	removeIf(path: VaultPath, expected: ContentHash): Promise<RemoveResult>;

	/**
	 * Compare-and-swap. Gives the file another name, with its bytes and its mtime, making missing parent folders, only if it
	 * has content `expected` and nothing stands at `to`; nothing is ever overwritten. `changed`: it differs, or `to` is taken.
	 * Folders that exist keep their spelling. When `to` is of the same key, the file and all folders above it carry the
	 * spelling of `to` afterwards, composed; a host that cannot do that says in `path` how it spells them.
	 */
	rename(from: VaultPath, to: VaultPath, expected: ContentHash): Promise<RenameResult>;

	/** Makes a folder and what is missing above it. There already, in whatever spelling: `made`. */
	makeFolder(path: VaultPath): Promise<MakeFolderResult>;

	/** `empty`: removeFolder would remove it. `undefined`: no folder there, in whatever spelling. */
	folderAt(path: VaultPath): Promise<"empty" | "filled" | undefined>;

	/** Removes one folder if it is empty; what the host hides counts as something. Already gone: `removed`. Never the root. */
	removeFolder(path: VaultPath): Promise<RemoveResult>;

	/**
	 * Reports what may have changed, our own writes included, as soon as the host tells. A report is a hint to look, no fact.
	 * The returned function ends it.
	 */
	watch(listener: (change: VaultChange) => void): () => void;
}

export type VaultChange =
	| { readonly kind: "file"; readonly path: VaultPath }
	/** Something below this folder changed (`undefined`: anywhere): scan it. */
	| { readonly kind: "folder"; readonly path: VaultPath | undefined };
