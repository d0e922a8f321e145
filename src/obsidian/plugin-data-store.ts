// The StateStore port in the plugin's own data folder. Obsidian shows none of it (it lies below a dot folder) and gives no
// way to force bytes to the disk, so "durable" means as durable as the app's own notes: the journal checks what it reads.
import { normalizePath } from "obsidian";
import type { DataAdapter } from "obsidian";
import type { StateStore } from "../engine/ports/state-store.ts";
import { toArrayBuffer } from "./array-buffer.ts";
import { isAlreadyThere, isNotThere } from "./vault-errors.ts";

export class PluginDataStore implements StateStore {
	readonly #adapter: DataAdapter;
	readonly #folder: string;
	/** Folders that were seen or made: each costs one call, not one for every file. */
	readonly #folders = new Set<string>();
	/** Files that are there: an append, the commonest call, need not ask first. */
	readonly #files = new Set<string>();

	/** `folder` is this device's alone: copies of a vault bring the folders of other devices, and nobody looks into those. */
	constructor(adapter: DataAdapter, folder: string) {
		this.#adapter = adapter;
		this.#folder = normalizePath(folder);
	}

	async list(prefix: string): Promise<readonly string[]> {
		const folder = prefix.slice(0, prefix.lastIndexOf("/") + 1).replace(/\/$/, "");
		const files = await this.#filesBelow(folder === "" ? this.#folder : this.#path(folder));
		return files.map((file) => file.slice(this.#folder.length + 1)).filter((name) => name.startsWith(prefix));
	}

	async read(name: string): Promise<Uint8Array | undefined> {
		const path = this.#path(name);
		try {
			return new Uint8Array(await this.#adapter.readBinary(path));
		} catch (error) {
			// Phones say it in words of their own: only the disk's answer counts.
			if (isNotThere(error) || !(await this.#adapter.exists(path))) return undefined;
			throw error;
		}
	}

	async write(name: string, bytes: Uint8Array): Promise<void> {
		const path = this.#path(name);
		await this.#makeFolderOf(path);
		await this.#adapter.writeBinary(path, toArrayBuffer(bytes));
		this.#files.add(path);
	}

	async append(name: string, bytes: Uint8Array): Promise<void> {
		const path = this.#path(name);
		if (!this.#files.has(path) && !(await this.#adapter.exists(path))) return this.write(name, bytes);
		await this.#adapter.appendBinary(path, toArrayBuffer(bytes));
		this.#files.add(path);
	}

	async remove(name: string): Promise<void> {
		const path = this.#path(name);
		this.#files.delete(path);
		try {
			await this.#adapter.remove(path);
		} catch (error) {
			if (!isNotThere(error) && (await this.#adapter.exists(path))) throw error;
		}
	}

	#path(name: string): string {
		return `${this.#folder}/${name}`;
	}

	async #filesBelow(folder: string): Promise<readonly string[]> {
		if (!(await this.#adapter.exists(folder))) return [];
		const { files, folders } = await this.#adapter.list(folder);
		const deeper: (readonly string[])[] = [];
		for (const child of folders) deeper.push(await this.#filesBelow(child));
		return [...files, ...deeper.flat()];
	}

	async #makeFolderOf(path: string): Promise<void> {
		const folder = path.slice(0, path.lastIndexOf("/"));
		if (this.#folders.has(folder)) return;
		try {
			if (!(await this.#adapter.exists(folder))) await this.#adapter.mkdir(folder);
		} catch (error) {
			if (!isAlreadyThere(error)) throw error; // made by a call beside this one
		}
		this.#folders.add(folder);
	}
}
