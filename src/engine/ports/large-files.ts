// Files that are too large to be in memory as a whole. They come in parts into this device's own space, and go from there to their
// place in the vault, and back, without being read. A host without it has every file in memory.
// Every implementation passes test/contracts/large-files.contract.ts. Names match [a-z0-9/-]+ and are made by the engine. Calls on one
// name are never concurrent; others may be.
import type { VaultPath } from "../../core/path.ts";
import type { RemoveResult, ReplaceResult } from "./vault.ts";

/** Larger parts are not asked of the host. */
export const PART_BYTES_MAX = 4 * 1024 * 1024;

export interface OwnFile {
	readonly name: string;
	/** Whole bytes. */
	readonly size: number;
}

export interface LargeFiles {
	/** Files of so many bytes or more are large. */
	readonly fromBytes: number;

	list(): Promise<readonly OwnFile[]>;

	/** At most PART_BYTES_MAX bytes more, making the file when there is none. A crash may leave a prefix of them. They stay as they are until it resolves. */
	append(name: string, bytes: Uint8Array): Promise<void>;

	/** `to` is replaced. */
	giveName(name: string, to: string): Promise<void>;

	/** No error when there is none. */
	remove(name: string): Promise<void>;

	/**
	 * Compare-and-swap. The own file `name` becomes the file at `path`, with `mtimeMs` where the host can, and missing parent folders are made.
	 * `changed`: something stands there, and nothing was done. Whole or not at all, also in a crash. `stat`: as the disk has it.
	 */
	place(name: string, path: VaultPath, mtimeMs: number): Promise<ReplaceResult>;

	/**
	 * Compare-and-swap. The file at `path` becomes the own file `name`, if its change token is `token`; an own file that has the name
	 * already has the same bytes, and stays. `changed`: it is another one, or
	 * there is no file, or somebody is typing into it. Whole or not at all, also in a crash.
	 */
	takeOut(path: VaultPath, token: string, name: string): Promise<RemoveResult>;
}
