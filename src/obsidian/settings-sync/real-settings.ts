// The app's own settings on this device's disk: which there are, reading them, and the one place that writes them. What is replaced or
// removed is kept as a plain file first, and nothing is written that a person did not ask for. Rules OS5, OS9 of readme/SPEC.md.
import { normalizePath } from "obsidian";
import type { DataAdapter } from "obsidian";
import { equalBytes } from "../../core/bytes.ts";
import type { ContentHash } from "../../core/hash.ts";
import { pathKey, toVaultPath, type PathKey, type VaultPath } from "../../core/path.ts";
import type { Clock } from "../../engine/ports/clock.ts";
import { toArrayBuffer } from "../array-buffer.ts";
import { timeStamp } from "../setup/kept-files.ts";
import { isAlreadyThere } from "../vault-errors.ts";
import { nameOf } from "./setting-units.ts";
import { CONFIG_FOLDER, FOLDERS, nameInConfig, settingsKind, SINGLE_FILES } from "./settings-kinds.ts";
import type { SettingsKind } from "./settings-kinds.ts";

export interface RealFile {
	/** As a group calls it. */
	readonly path: VaultPath;
	/** On this disk, as it is spelled there. */
	readonly place: string;
	/** Another one whenever the file was written, as far as the disk tells. */
	readonly token: string;
	readonly mtimeMs: number;
}

export interface RealSettingsOptions {
	readonly adapter: DataAdapter;
	/** The vault's configuration folder, whatever it is called. */
	readonly configDir: string;
	/** PSync's own folder in it. */
	readonly ownFolder: string;
	readonly clock: Clock;
	readonly hash: (bytes: Uint8Array) => ContentHash;
}

export const REPLACED_FOLDER = "replaced settings";
/** So many times of replacing are kept. */
const REPLACED_MAX = 100;

/** One file of what a person puts in place as one. */
export interface Put {
	readonly path: VaultPath;
	/** What is there; `undefined`: nothing. */
	readonly file: RealFile | undefined;
	readonly expected: ContentHash | undefined;
	/** `undefined`: removes it. */
	readonly bytes: Uint8Array | undefined;
}

/** `kept`: the folder in which what was there before lies now, by its names in the configuration folder; `undefined`: there was nothing. */
export type Written = { readonly kind: "written"; readonly kept: string | undefined } | { readonly kind: "changed" };

export class RealSettings {
	readonly #options: RealSettingsOptions;

	constructor(options: RealSettingsOptions) {
		this.#options = options;
	}

	/** Rejects where the disk does not answer. `undefined`: the configuration folder is not there, and nothing is known. */
	async list(kinds: readonly SettingsKind[]): Promise<ReadonlyMap<PathKey, RealFile> | undefined> {
		const { adapter, configDir } = this.#options;
		if (!(await adapter.exists(configDir))) return undefined;
		const names: string[] = [...SINGLE_FILES];
		if (kinds.includes("snippets")) names.push(...(await this.#namesIn("snippets")).files);
		for (const { kind, name, files } of FOLDERS) {
			if (!kinds.includes(kind)) continue;
			const { folders } = await this.#namesIn(name);
			names.push(...folders.flatMap((folder) => files.map((file) => `${folder}/${file}`)));
		}
		const files = new Map<PathKey, RealFile>();
		for (const name of names) {
			const path = toVaultPath(`${CONFIG_FOLDER}/${name}`);
			if (!path.ok) continue;
			const kind = settingsKind(pathKey(path.path));
			if (kind === undefined || !kinds.includes(kind)) continue;
			const place = normalizePath(`${configDir}/${name}`);
			if (this.#isOwn(place)) continue;
			const stat = await adapter.stat(place);
			if (stat?.type !== "file") continue;
			const token = `${place}:${String(stat.mtime)}:${String(stat.size)}`;
			files.set(pathKey(path.path), { path: path.path, place, token, mtimeMs: stat.mtime });
		}
		return files;
	}

	/** `undefined`: it is not there. */
	async read(place: string): Promise<Uint8Array | undefined> {
		const { adapter } = this.#options;
		return (await adapter.stat(place))?.type === "file" ? new Uint8Array(await adapter.readBinary(place)) : undefined;
	}

	/** Whether a file is away only because a cloud keeps it, whose placeholder stands in its stead. */
	isOffloaded(path: VaultPath): Promise<boolean> {
		return this.#options.adapter.exists(this.#placeOf(path).replace(/[^/]*$/, ".$&.icloud"));
	}

	/** The plugins that are installed here, by their folders: one that holds only what a plugin kept is none. */
	async installedPlugins(): Promise<ReadonlySet<string>> {
		const { adapter, configDir } = this.#options;
		const installed = new Set<string>();
		for (const folder of (await this.#namesIn("plugins")).folders)
			if (await adapter.exists(normalizePath(`${configDir}/${folder}/manifest.json`))) installed.add(nameOf(folder));
		return installed;
	}

	/** All of them or none, in this order. `changed`, and nothing is done: something is not as expected. */
	async replace(puts: readonly Put[]): Promise<Written> {
		const { adapter, hash } = this.#options;
		const placed = puts.map((put) => ({ ...put, place: put.file?.place ?? this.#placeOf(put.path) }));
		const isAsExpected = (bytes: Uint8Array | undefined, { expected }: Put): boolean =>
			(bytes && hash(bytes)) === expected;
		const found: { readonly place: string; readonly path: VaultPath; readonly bytes: Uint8Array | undefined }[] = [];
		for (const put of placed) {
			const bytes = await this.read(put.place);
			if (this.#isOwn(put.place) || !isAsExpected(bytes, put)) return { kind: "changed" };
			found.push({ place: put.place, path: put.path, bytes });
		}
		const kept = await this.#keep(found);
		// Keeping took a while.
		for (const put of placed) if (!isAsExpected(await this.read(put.place), put)) return { kind: "changed" };
		let begun = 0;
		try {
			for (const { place, bytes, expected } of placed) {
				begun++;
				if (bytes !== undefined) await this.#write(place, bytes);
				else if (expected !== undefined) await adapter.remove(place);
			}
		} catch (error) {
			for (const { place, bytes } of found.slice(0, begun).reverse()) await this.#undo(place, bytes);
			await this.#dropEmpty(found);
			throw error;
		}
		await this.#dropEmpty(placed);
		return { kind: "written", kept };
	}

	/** What was kept of a file; `undefined`: nothing was there. */
	readKept(kept: string, path: VaultPath): Promise<Uint8Array | undefined> {
		return this.read(keptPlace(kept, path));
	}

	#isOwn(place: string): boolean {
		const own = `${this.#options.ownFolder}/`.toLowerCase();
		return place.toLowerCase().startsWith(own);
	}

	/** The folder of a theme or a plugin of which nothing is left. Never rejects: an empty folder harms nobody. */
	async #dropEmpty(
		placed: readonly { readonly place: string; readonly bytes: Uint8Array | undefined }[],
	): Promise<void> {
		const { adapter } = this.#options;
		if (placed.some(({ bytes }) => bytes !== undefined)) return;
		try {
			for (const folder of new Set(placed.map(({ place }) => place.slice(0, place.lastIndexOf("/"))))) {
				const above = nameOf(folder.slice(0, folder.lastIndexOf("/")));
				if (!FOLDERS.some(({ name }) => name === above) || !(await adapter.exists(folder))) continue;
				const { files, folders } = await adapter.list(folder);
				if (files.length + folders.length === 0) await adapter.rmdir(folder, false);
			}
		} catch (error) {
			if (!(error instanceof Error)) throw error;
		}
	}

	/** A write that ended half way. Never rejects: where this cannot be done either, what was there is kept. */
	async #undo(place: string, before: Uint8Array | undefined): Promise<void> {
		const { adapter } = this.#options;
		try {
			if (before !== undefined) await this.#write(place, before);
			else if (await adapter.exists(place)) await adapter.remove(place);
		} catch (error) {
			if (!(error instanceof Error)) throw error;
		}
	}

	/** The folder's contents, by their names in the configuration folder. */
	async #namesIn(folder: string): Promise<{ readonly files: readonly string[]; readonly folders: readonly string[] }> {
		const { adapter, configDir } = this.#options;
		const place = normalizePath(`${configDir}/${folder}`);
		if (!(await adapter.exists(place))) return { files: [], folders: [] };
		const { files, folders } = await adapter.list(place);
		const named = (places: readonly string[]): readonly string[] =>
			places.map((each) => `${folder}/${each.slice(each.lastIndexOf("/") + 1)}`);
		return { files: named(files), folders: named(folders) };
	}

	#placeOf(path: VaultPath): string {
		const name = nameInConfig(pathKey(path)) ?? "";
		// A single file has one spelling: the app looks for no other.
		const spelled = SINGLE_FILES.includes(name) ? name : path.slice(CONFIG_FOLDER.length + 1);
		return normalizePath(`${this.#options.configDir}/${spelled}`);
	}

	async #keep(
		found: readonly { readonly path: VaultPath; readonly bytes: Uint8Array | undefined }[],
	): Promise<string | undefined> {
		if (found.every(({ bytes }) => bytes === undefined)) return undefined;
		const { adapter, ownFolder, clock } = this.#options;
		const folder = normalizePath(`${ownFolder}/${REPLACED_FOLDER}`);
		const stamp = timeStamp(clock.now());
		await this.#dropOldest(folder);
		let kept = `${folder}/${stamp}`;
		for (let number = 2; await adapter.exists(kept); number++) kept = `${folder}/${stamp} ${String(number)}`;
		for (const { path, bytes } of found) if (bytes !== undefined) await this.#write(keptPlace(kept, path), bytes);
		return kept;
	}

	async #dropOldest(folder: string): Promise<void> {
		const { adapter } = this.#options;
		if (!(await adapter.exists(folder))) return;
		const { folders } = await adapter.list(folder);
		for (const oldest of [...folders].sort().slice(0, Math.max(0, folders.length - REPLACED_MAX + 1)))
			await adapter.rmdir(oldest, true);
	}

	/** Rejects where the disk does not hold it afterwards. */
	async #write(place: string, bytes: Uint8Array): Promise<void> {
		const { adapter } = this.#options;
		const folder = place.slice(0, place.lastIndexOf("/"));
		try {
			if (!(await adapter.exists(folder))) await adapter.mkdir(folder);
		} catch (error) {
			if (!isAlreadyThere(error)) throw error;
		}
		await adapter.writeBinary(place, toArrayBuffer(bytes));
		const written = await this.read(place);
		if (written === undefined || !equalBytes(written, bytes))
			throw new Error(`${place} does not hold what was written`);
	}
}

function keptPlace(kept: string, path: VaultPath): string {
	return normalizePath(`${kept}/${path.slice(CONFIG_FOLDER.length + 1)}`);
}
