// Files that are too large to be in memory as a whole: they come in parts into this device's own space, and are renamed from there into the
// vault, within it and out of it, without being read. A host without it has no such files.
// Every implementation passes test/contracts/large-files.contract.ts. Names match [a-z0-9-]+ and are made by the engine. Calls on one
// name or place are never concurrent; others may be.
import type { Stamp } from "../../core/large-step.ts";
import type { VaultPath } from "../../core/path.ts";
import type { FileStat, VaultFailure, VaultFailureCode } from "./vault.ts";

/** Larger parts are not asked of the host. */
export const PART_BYTES_MAX = 4 * 1024 * 1024;
/** A larger own file is never read. */
export const READ_BACK_BYTES_MAX = 16 * 1024 * 1024;

/** As the disk has it. */
export interface OwnFile extends Stamp {
	readonly name: string;
}

export type Place =
	| { readonly kind: "free" }
	/** In whatever spelling of the path's key; `path`: as the disk spells it. */
	| { readonly kind: "file"; readonly path: VaultPath; readonly stat: FileStat }
	/** No file can be put there. */
	| { readonly kind: "barred"; readonly code: VaultFailureCode };

/** `size`: of all of the file, as the disk has it afterwards. */
export type AppendResult = { readonly kind: "appended"; readonly size: number } | VaultFailure;
/** `stat` and `path`: as the disk has it there. `changed`: nothing was done. */
export type PlaceResult =
	| { readonly kind: "placed"; readonly path: VaultPath; readonly stat: FileStat }
	| { readonly kind: "changed" }
	| VaultFailure;
export type DiscardResult = { readonly kind: "discarded" } | { readonly kind: "changed" } | VaultFailure;

export interface LargeFiles {
	list(): Promise<readonly OwnFile[]>;

	/** `undefined`: there is none. */
	stat(name: string): Promise<OwnFile | undefined>;

	/**
	 * At most PART_BYTES_MAX bytes more, making the file when there is none, with `mtimeMs` where the host can. A failure or a crash may leave a
	 * prefix of them.
	 */
	append(name: string, bytes: Uint8Array, mtimeMs: number): Promise<AppendResult>;

	/** As a whole: only what is no larger than READ_BACK_BYTES_MAX. Rejects when it cannot be read. */
	read(name: string): Promise<Uint8Array>;

	/** No error when there is none. */
	remove(name: string): Promise<void>;

	/** Reads nothing. Rejects when the host cannot say what is there, or the vault's folder is gone. */
	look(path: VaultPath): Promise<Place>;

	/** The own file becomes the file at `path`, where nothing stands, with missing folders. Whole or not at all, also in a crash. */
	place(name: string, path: VaultPath): Promise<PlaceResult>;

	/**
	 * Renames the file at `from`, if it is as `stamp` says and nothing stands at `to`; nothing is ever overwritten. Of the same key: it is written
	 * as `to` is, as far as the host can.
	 */
	move(from: VaultPath, to: VaultPath, stamp: Stamp): Promise<PlaceResult>;

	/** The file at `path` goes where a person finds it again, under a name that nothing has there, if it is as `stamp` says. */
	discard(path: VaultPath, stamp: Stamp): Promise<DiscardResult>;
}
