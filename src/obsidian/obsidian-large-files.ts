// Large files in the plugin's own data folder: parts are appended there, and a whole one is renamed into the vault. The app cannot read a
// file in parts, and a phone ends a program that has too much in memory. Rules XL1, XL3, XL4 of readme/SPEC.md.
import { normalizePath } from "obsidian";
import type { App, DataAdapter } from "obsidian";
import type { Stamp } from "../core/large-step.ts";
import { fileName, toVaultPath } from "../core/path.ts";
import type { VaultPath } from "../core/path.ts";
import type {
	AppendResult,
	DiscardResult,
	LargeFiles,
	OwnFile,
	Place,
	PlaceResult,
} from "../engine/ports/large-files.ts";
import type { FileStat } from "../engine/ports/vault.ts";
import { toArrayBuffer } from "./array-buffer.ts";
import type { ObsidianVault } from "./obsidian-vault.ts";
import { holdsUnsavedText, saveOpenEditors } from "./open-editors.ts";
import { failed } from "./vault-places.ts";
import type { VaultPlaces } from "./vault-places.ts";
import type { VaultRenames } from "./vault-renames.ts";
import { errorMessage, failureCode, isAlreadyThere, isNotThere } from "./vault-errors.ts";

/** Obsidian's own, which it shows nowhere and PSync takes no part of. */
const TRASH = ".trash";

export class ObsidianLargeFiles implements LargeFiles {
	readonly #app: App;
	readonly #adapter: DataAdapter;
	readonly #places: VaultPlaces;
	readonly #renames: VaultRenames;
	readonly #folder: string;

	/** `folder` is this device's alone. */
	constructor(app: App, { places, renames }: Pick<ObsidianVault, "places" | "renames">, folder: string) {
		this.#app = app;
		this.#adapter = app.vault.adapter;
		this.#places = places;
		this.#renames = renames;
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
			return failed(failureCode(error), errorMessage(error));
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

	/** What is there, by the disk and the tree, without reading it. Rejects when the disk cannot say. */
	async look(path: VaultPath): Promise<Place> {
		const places = this.#places;
		if (places.nameProblem(path) !== undefined) return { kind: "barred", code: "illegal-name" };
		if (!(await places.isPresent())) throw new Error("the vault's folder is gone");
		if (places.fileInTheWay(path) !== undefined) return { kind: "barred", code: "blocked" };
		const spelling = places.spellingOf(path);
		const stat = await places.statOnDisk(spelling);
		if (stat !== undefined) {
			const shown = toVaultPath(spelling);
			return shown.ok ? { kind: "file", path: shown.path, stat } : { kind: "barred", code: "illegal-name" };
		}
		const isFolder = (await this.#adapter.stat(spelling)) !== null;
		return isFolder ? { kind: "barred", code: "blocked" } : { kind: "free" };
	}

	async place(name: string, path: VaultPath): Promise<PlaceResult> {
		const places = this.#places;
		const problem = places.nameProblem(path);
		if (problem !== undefined) return failed("illegal-name", problem);
		try {
			if (!(await places.isPresent())) return failed("vault-missing", "the vault's folder is gone");
			const target = await places.placeFor(path);
			if (typeof target !== "string") return target;
			// Folders were made meanwhile, and a phone's own rename replaces what is there.
			if (await this.#adapter.exists(target)) return { kind: "changed" };
			await this.#adapter.rename(this.#path(name), target);
			const stat = await places.statOnDisk(target);
			const shown = toVaultPath(target);
			return stat === undefined || !shown.ok ? { kind: "changed" } : { kind: "placed", stat, path: shown.path };
		} catch (error) {
			if (error instanceof Error && isAlreadyThere(error)) return { kind: "changed" };
			return places.failure(error, path);
		}
	}

	/** As the vault's `rename`, of a file that is known by its stamp: it is not read. */
	async move(from: VaultPath, to: VaultPath, stamp: Stamp): Promise<PlaceResult> {
		const isExpected = async (spelling: string): Promise<boolean> =>
			isAs(await this.#places.statOnDisk(spelling), stamp);
		const renamed = await this.#renames.rename(from, to, isExpected);
		return renamed.kind === "renamed" ? { ...renamed, kind: "placed" } : renamed;
	}

	/** Into the vault's own trash, under a name that nothing has there. */
	async discard(path: VaultPath, stamp: Stamp): Promise<DiscardResult> {
		const places = this.#places;
		try {
			if (!(await places.isPresent())) return failed("vault-missing", "the vault's folder is gone");
			const spelling = places.spellingOf(path);
			const saved = await saveOpenEditors(this.#app.workspace, spelling);
			if (!(await this.#adapter.exists(TRASH))) await this.#adapter.mkdir(TRASH);
			const target = await this.#freeInTrash(fileName(path));
			const isAsNoted = isAs(await places.statOnDisk(spelling), stamp);
			if (!isAsNoted || saved.some(holdsUnsavedText)) return { kind: "changed" };
			await this.#adapter.rename(spelling, target);
			return (await places.statOnDisk(spelling)) === undefined
				? { kind: "discarded" }
				: failed("io", `${path} is still there after it was moved to the trash`);
		} catch (error) {
			if (error instanceof Error && (isAlreadyThere(error) || isNotThere(error))) return { kind: "changed" };
			return places.failure(error, path);
		}
	}

	async #freeInTrash(name: string): Promise<string> {
		const dot = name.lastIndexOf(".") > 0 ? name.lastIndexOf(".") : name.length;
		for (let number = 1; ; number++) {
			const numbered = number === 1 ? name : `${name.slice(0, dot)} ${String(number)}${name.slice(dot)}`;
			if (!(await this.#adapter.exists(`${TRASH}/${numbered}`))) return `${TRASH}/${numbered}`;
		}
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

function isAs(stat: FileStat | undefined, { size, mtimeMs }: Stamp): boolean {
	return stat?.size === size && stat.mtimeMs === mtimeMs;
}
