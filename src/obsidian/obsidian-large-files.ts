// Large files in the plugin's own data folder: parts are appended there, and a whole one is renamed into the vault. The app cannot read a
// file in parts, and a phone ends a program that has too much in memory. Rules XL1, XL3, XL4 of readme/SPEC.md.
import { normalizePath } from "obsidian";
import type { DataAdapter } from "obsidian";
import type { Stamp } from "../core/large-step.ts";
import type { VaultPath } from "../core/path.ts";
import type {
	AppendResult,
	DiscardResult,
	LargeFiles,
	OwnFile,
	Place,
	PlaceResult,
} from "../engine/ports/large-files.ts";
import { toArrayBuffer } from "./array-buffer.ts";
import type { ObsidianVault } from "./obsidian-vault.ts";
import { errorMessage, failureCode, isAlreadyThere, isNotThere } from "./vault-errors.ts";

export class ObsidianLargeFiles implements LargeFiles {
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
		for (const path of (await this.#adapter.list(this.#folder)).files) {
			const own = await this.stat(path.slice(this.#folder.length + 1));
			if (own !== undefined) found.push(own);
		}
		return found;
	}

	async stat(name: string): Promise<OwnFile | undefined> {
		const stat = await this.#adapter.stat(this.#path(name));
		if (stat?.type !== "file") return undefined;
		return { name, size: stat.size, mtimeMs: Math.floor(stat.mtime) };
	}

	async append(name: string, bytes: Uint8Array, mtimeMs: number): Promise<AppendResult> {
		const path = this.#path(name);
		const options = { mtime: Math.floor(mtimeMs) };
		try {
			await this.#makeFolder();
			if (await this.#adapter.exists(path)) await this.#adapter.appendBinary(path, toArrayBuffer(bytes), options);
			else await this.#adapter.writeBinary(path, toArrayBuffer(bytes), options);
			return { kind: "appended", size: (await this.stat(name))?.size ?? 0 };
		} catch (error) {
			if (!(error instanceof Error)) throw error;
			return { kind: "failed", code: failureCode(error), message: errorMessage(error) };
		}
	}

	async read(name: string): Promise<Uint8Array> {
		return new Uint8Array(await this.#adapter.readBinary(this.#path(name)));
	}

	async remove(name: string): Promise<void> {
		const path = this.#path(name);
		try {
			await this.#adapter.remove(path);
		} catch (error) {
			if (!isNotThere(error) && (await this.#adapter.exists(path))) throw error;
		}
	}

	look(path: VaultPath): Promise<Place> {
		return this.#vault.lookAt(path);
	}

	place(name: string, path: VaultPath): Promise<PlaceResult> {
		return this.#vault.moveIn(this.#path(name), path);
	}

	move(from: VaultPath, to: VaultPath, stamp: Stamp): Promise<PlaceResult> {
		return this.#vault.moveWithin(from, to, stamp);
	}

	discard(path: VaultPath, stamp: Stamp): Promise<DiscardResult> {
		return this.#vault.moveToTrash(path, stamp);
	}

	#path(name: string): string {
		return `${this.#folder}/${name}`;
	}

	async #makeFolder(): Promise<void> {
		try {
			if (!(await this.#adapter.exists(this.#folder))) await this.#adapter.mkdir(this.#folder);
		} catch (error) {
			if (!isAlreadyThere(error)) throw error; // made by a call beside this one
		}
	}
}
