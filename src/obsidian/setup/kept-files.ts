// Versions that are kept nowhere but in the state of a group that is left, as plain files: one for each, in the folders of its note. Writing
// them again does no harm, so it can be done in several goes, over a crash too. Rule Q5 of readme/SPEC.md.
import { normalizePath } from "obsidian";
import type { DataAdapter } from "obsidian";
import { equalBytes } from "../../core/bytes.ts";
import type { ContentHash } from "../../core/hash.ts";
import { fileName, parentPath, type VaultPath } from "../../core/path.ts";
import { truncateUtf8, utf8Length } from "../../core/utf8.ts";
import type { KeptVersion } from "../../engine/history.ts";
import { toArrayBuffer } from "../array-buffer.ts";
import { isAlreadyThere } from "../vault-errors.ts";

/** The history of an engine, or as it lies on the disk. */
export interface KeptVersions {
	history(): Promise<readonly KeptVersion[]>;
	readKept(hash: ContentHash): Promise<Uint8Array | undefined>;
}

/** As long as a name may be on any disk. */
const NAME_BYTES_MAX = 255;
/** What is longer is no extension but a part of the name. */
const EXTENSION_BYTES_MAX = 32;
const HASH_DIGITS = 8;

export class KeptFiles {
	readonly #adapter: DataAdapter;
	readonly folder: string;
	readonly #written = new Set<string>();

	constructor(adapter: DataAdapter, folder: string) {
		this.#adapter = adapter;
		this.folder = folder;
	}

	/** How many files there are. The same version kept twice is one. */
	get count(): number {
		return this.#written.size;
	}

	/** Writes what is not written yet. Rejects where one of them could not be read or written: then it is to be tried again. */
	async write(kept: KeptVersions): Promise<void> {
		for (const { path, hash, atMs } of await kept.history()) {
			const version = `${path}/${hash}/${timeStamp(atMs)}`;
			if (this.#written.has(version)) continue;
			const bytes = await kept.readKept(hash);
			// Listed, and not there any more: the budget of the history took it, or the disk did.
			if (bytes === undefined) continue;
			await this.#write(path, hash, atMs, bytes);
			this.#written.add(version);
		}
	}

	async #write(path: VaultPath, hash: ContentHash, atMs: number, bytes: Uint8Array): Promise<void> {
		const adapter = this.#adapter;
		// The path was checked when it was recorded: it stays below the folder.
		const above = parentPath(path);
		const parent = normalizePath(above === undefined ? this.folder : `${this.folder}/${above}`);
		// A name that holds something else already: what a crash cut off, or two versions whose hashes begin alike.
		for (const digits of [HASH_DIGITS, hash.length]) {
			const file = normalizePath(`${parent}/${keptName(fileName(path), atMs, hash.slice(0, digits))}`);
			const there = (await adapter.exists(file)) ? new Uint8Array(await adapter.readBinary(file)) : undefined;
			if (there !== undefined && equalBytes(there, bytes)) return;
			if (there !== undefined && digits < hash.length) continue;
			await this.#makeFolder(parent);
			await adapter.writeBinary(file, toArrayBuffer(bytes), { mtime: Math.trunc(atMs) });
			return;
		}
	}

	async #makeFolder(folder: string): Promise<void> {
		if (await this.#adapter.exists(folder)) return;
		try {
			await this.#adapter.mkdir(folder);
		} catch (error) {
			if (!isAlreadyThere(error)) throw error;
		}
	}
}

/** `note.md` → `note (2026-11-24 12-30-00 0a1b2c3d).md`, however long the name was. */
export function keptName(name: string, atMs: number, hash: string): string {
	const dot = name.lastIndexOf(".");
	const extension = dot > 0 && utf8Length(name.slice(dot)) <= EXTENSION_BYTES_MAX ? name.slice(dot) : "";
	const ending = ` (${timeStamp(atMs)} ${hash})${extension}`;
	const stem = name.slice(0, name.length - extension.length);
	return truncateUtf8(stem, NAME_BYTES_MAX - utf8Length(ending)) + ending;
}

/** As it can stand in a name on every platform. */
export function timeStamp(atMs: number): string {
	return new Date(atMs).toISOString().slice(0, 19).replace("T", " ").replaceAll(":", "-");
}
