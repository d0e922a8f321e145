// Large files in the plugin's own data folder: parts are appended there, and a whole one is renamed into the vault, or out of it. The
// app cannot read a file in parts, and a phone ends a program that has too much in memory. Rules X18–X21 of readme/SPEC.md.
import { normalizePath } from "obsidian";
import type { DataAdapter } from "obsidian";
import type { VaultPath } from "../core/path.ts";
import type { LargeFiles, OwnFile } from "../engine/ports/large-files.ts";
import type { RemoveResult, ReplaceResult } from "../engine/ports/vault.ts";
import { toArrayBuffer } from "./array-buffer.ts";
import { LARGE_FROM_BYTES } from "./large-bytes.ts";
import type { ObsidianVault } from "./obsidian-vault.ts";
import { isAlreadyThere, isNotThere } from "./vault-errors.ts";

/** Where what is not needed is put before it is removed: gone at the next start, too. */
const SPARE = "coming/spare";

export class ObsidianLargeFiles implements LargeFiles {
	readonly fromBytes = LARGE_FROM_BYTES;
	readonly #adapter: DataAdapter;
	readonly #vault: ObsidianVault;
	readonly #folder: string;

	/** `folder` is this device's alone. */
	constructor(adapter: DataAdapter, vault: ObsidianVault, folder: string) {
		this.#adapter = adapter;
		this.#vault = vault;
		this.#folder = normalizePath(folder);
	}

	async list(): Promise<readonly OwnFile[]> {
		if (!(await this.#adapter.exists(this.#folder))) return [];
		const found: OwnFile[] = [];
		for (const folder of (await this.#adapter.list(this.#folder)).folders) {
			for (const file of (await this.#adapter.list(folder)).files) {
				const stat = await this.#adapter.stat(file);
				if (stat !== null) found.push({ name: file.slice(this.#folder.length + 1), size: stat.size });
			}
		}
		return found;
	}

	async append(name: string, bytes: Uint8Array): Promise<void> {
		const path = this.#path(name);
		await this.#makeFolderOf(path);
		if (await this.#adapter.exists(path)) await this.#adapter.appendBinary(path, toArrayBuffer(bytes));
		else await this.#adapter.writeBinary(path, toArrayBuffer(bytes));
	}

	async giveName(name: string, to: string): Promise<void> {
		await this.#makeFolderOf(this.#path(to));
		await this.remove(to);
		await this.#adapter.rename(this.#path(name), this.#path(to));
	}

	async remove(name: string): Promise<void> {
		const path = this.#path(name);
		try {
			await this.#adapter.remove(path);
		} catch (error) {
			if (!isNotThere(error) && (await this.#adapter.exists(path))) throw error;
		}
	}

	place(name: string, path: VaultPath, mtimeMs: number): Promise<ReplaceResult> {
		return this.#vault.moveIn(this.#path(name), path, mtimeMs);
	}

	async takeOut(path: VaultPath, token: string, name: string): Promise<RemoveResult> {
		const isThere = await this.#adapter.exists(this.#path(name));
		// The same bytes are kept already, and stay whatever becomes of these.
		const to = isThere ? SPARE : name;
		await this.#makeFolderOf(this.#path(to));
		if (isThere) await this.remove(to);
		const moved = await this.#vault.moveOut(path, token, this.#path(to));
		if (isThere && moved.kind === "removed") await this.remove(to);
		return moved;
	}

	#path(name: string): string {
		return `${this.#folder}/${name}`;
	}

	async #makeFolderOf(path: string): Promise<void> {
		const folder = path.slice(0, path.lastIndexOf("/"));
		try {
			if (!(await this.#adapter.exists(folder))) await this.#adapter.mkdir(folder);
		} catch (error) {
			if (!isAlreadyThere(error)) throw error; // made by a call beside this one
		}
	}
}
