// The app's own settings on this device's disk: which there are, reading them, and the one place that writes them. What is replaced or
// removed is kept as plain files first, and nothing is written that a person did not ask for. A plugin is one file to those who ask, and a
// folder here. Rules OS5, OS9, OS11 of readme/SPEC.md.
import { normalizePath } from "obsidian";
import type { DataAdapter } from "obsidian";
import { equalBytes } from "../../core/bytes.ts";
import type { ContentHash } from "../../core/hash.ts";
import { pathKey, toVaultPath, type PathKey, type VaultPath } from "../../core/path.ts";
import type { Clock } from "../../engine/ports/clock.ts";
import { toArrayBuffer } from "../array-buffer.ts";
import { timeStamp } from "../setup/kept-files.ts";
import { isAlreadyThere } from "../vault-errors.ts";
import { filesIn, type PluginFiles } from "./plugin-bundle.ts";
import { PluginFolders, type Put } from "./plugin-folders.ts";
import { CONFIG_FOLDER, nameInConfig, pluginPath, settingsKind, SINGLE_FILES, THEME_FILES } from "./settings-kinds.ts";
import type { SettingsKind } from "./settings-kinds.ts";

export interface RealFile {
	/** As a group calls it. */
	readonly path: VaultPath;
	/** On this disk, as it is spelled there: of a plugin its folder. */
	readonly place: string;
	/** Another one whenever the file was written, as far as the disk tells. */
	readonly token: string;
	readonly mtimeMs: number;
	/** Nothing follows from what is there. */
	readonly isUnreadable?: boolean;
}

export interface RealSettingsOptions {
	readonly adapter: DataAdapter;
	/** The vault's configuration folder, whatever it is called. */
	readonly configDir: string;
	/** PSync's own folder in it. */
	readonly ownFolder: string;
	readonly clock: Clock;
	readonly hash: (bytes: Uint8Array) => ContentHash;
	/** Of what is kept, about; `undefined`: the usual. */
	readonly replacedBytesMax?: number | undefined;
}

export const REPLACED_FOLDER = "replaced settings";
/** So many times of replacing are kept, if they are no larger than this together. */
const REPLACED_MAX = 100;
const REPLACED_BYTES_MAX = 100 * 1024 * 1024;

/** `kept`: where what was there before lies now; `undefined`: there was nothing. */
export type Written = { readonly kind: "written"; readonly kept: string | undefined } | { readonly kind: "changed" };

export class RealSettings {
	readonly #options: RealSettingsOptions;
	readonly #plugins: PluginFolders;

	constructor(options: RealSettingsOptions) {
		this.#options = options;
		this.#plugins = new PluginFolders(options);
	}

	/**
	 * Rejects where the disk does not answer. `undefined`: the configuration folder is not there, and nothing is known. Nor is it of plugins where
	 * `knowsPlugins` is false: their folder is away.
	 */
	async list(
		kinds: readonly SettingsKind[],
	): Promise<{ readonly files: ReadonlyMap<PathKey, RealFile>; readonly knowsPlugins: boolean } | undefined> {
		const { adapter, configDir } = this.#options;
		if (!(await adapter.exists(configDir))) return undefined;
		const names: string[] = [...SINGLE_FILES];
		if (kinds.includes("snippets")) names.push(...(await this.#namesIn("snippets")).files);
		if (kinds.includes("themes")) {
			const { folders } = await this.#namesIn("themes");
			names.push(...folders.flatMap((folder) => THEME_FILES.map((file) => `${folder}/${file}`)));
		}
		const files = new Map<PathKey, RealFile>();
		for (const name of names) {
			const path = toVaultPath(`${CONFIG_FOLDER}/${name}`);
			if (!path.ok) continue;
			const kind = settingsKind(pathKey(path.path));
			if (kind === undefined || !kinds.includes(kind)) continue;
			const place = normalizePath(`${configDir}/${name}`);
			const stat = await adapter.stat(place);
			if (stat?.type !== "file") continue;
			const token = `${place}:${String(stat.mtime)}:${String(stat.size)}`;
			files.set(pathKey(path.path), { path: path.path, place, token, mtimeMs: stat.mtime });
		}
		const plugins = await this.#listPlugins(kinds);
		for (const plugin of plugins ?? []) files.set(pathKey(plugin.path), plugin);
		return { files, knowsPlugins: plugins !== undefined };
	}

	async #listPlugins(kinds: readonly SettingsKind[]): Promise<readonly RealFile[] | undefined> {
		if (!kinds.includes("pluginCode")) return [];
		try {
			return await this.#plugins.list();
		} catch (error) {
			if (!(error instanceof Error)) throw error;
			return undefined;
		}
	}

	/** `undefined`: it is not there; of a plugin: not all of it, or it is not what its folder says. */
	async read(place: string): Promise<Uint8Array | undefined> {
		const isFolder = (await this.#options.adapter.stat(place))?.type === "folder";
		return isFolder ? this.#plugins.read(place) : this.#readFile(place);
	}

	async #readFile(place: string): Promise<Uint8Array | undefined> {
		const { adapter } = this.#options;
		return (await adapter.stat(place))?.type === "file" ? new Uint8Array(await adapter.readBinary(place)) : undefined;
	}

	/** Whether a file is away only because a cloud keeps it, whose placeholder stands in its stead. */
	isOffloaded(path: VaultPath): Promise<boolean> {
		return this.#options.adapter.exists(this.#placeOf(path).replace(/[^/]*$/, ".$&.icloud"));
	}

	/** The plugins that are installed here, by their folders. */
	installedPlugins(): Promise<ReadonlySet<string>> {
		return this.#plugins.installed();
	}

	/** Whether what a group has at `path` would have PSync's own place here. */
	isOwn(path: VaultPath): boolean {
		return isPlugin(path) && this.#plugins.isOwn(path);
	}

	/** Whether something was written to it since it was listed. */
	async isSame({ path, token }: RealFile): Promise<boolean> {
		const kind = settingsKind(pathKey(path));
		const files = kind && (await this.list([kind]));
		return files?.files.get(pathKey(path))?.token === token;
	}

	/** `file`: what is there, `undefined`: nothing. `bytes` `undefined`: removes it. `changed`, and nothing is done: it is not `expected`. */
	async replace(
		path: VaultPath,
		file: RealFile | undefined,
		expected: ContentHash | undefined,
		bytes: Uint8Array | undefined,
	): Promise<Written> {
		const place = file?.place ?? this.#placeOf(path, bytes);
		const files = isPlugin(path) && bytes !== undefined ? filesIn(bytes) : undefined;
		if (isPlugin(path) && bytes !== undefined && files === undefined) throw new Error(`${path} is no plugin`);
		return this.#perform(path, place, expected, () => this.#putsFor(path, place, files, bytes));
	}

	/** As `replace`, with what was kept, as it was. `gone`: it is not there any more. */
	async putBack(
		path: VaultPath,
		file: RealFile | undefined,
		expected: ContentHash | undefined,
		kept: string,
	): Promise<Written | { readonly kind: "gone" }> {
		const files = isPlugin(path) ? await this.#plugins.files(kept) : undefined;
		const bytes = files === undefined ? await this.#readFile(kept) : undefined;
		if (bytes === undefined && (files === undefined || files.size === 0)) return { kind: "gone" };
		const place = file?.place ?? this.#placeOf(path);
		return this.#perform(path, place, expected, () => this.#putsFor(path, place, files, bytes));
	}

	async #putsFor(
		path: VaultPath,
		place: string,
		files: PluginFiles | undefined,
		bytes: Uint8Array | undefined,
	): Promise<readonly Put[]> {
		if (isPlugin(path)) return this.#plugins.putsFor(place, files);
		return [{ place, before: await this.#readFile(place), after: bytes }];
	}

	/** All of it or nothing; what was there is kept first. */
	async #perform(
		path: VaultPath,
		place: string,
		expected: ContentHash | undefined,
		makePuts: () => Promise<readonly Put[]>,
	): Promise<Written> {
		const { adapter, hash } = this.#options;
		const isExpected = async (): Promise<boolean> => {
			const there = await this.read(place);
			return (there && hash(there)) === expected;
		};
		if (this.isOwn(path) || !(await isExpected())) return { kind: "changed" };
		const puts = await makePuts();
		const kept = await this.#keep(place, puts);
		// Keeping took a while.
		if (!(await isExpected())) return { kind: "changed" };
		let begun = 0;
		const undo = async (): Promise<void> => {
			for (const put of puts.slice(0, begun).reverse()) await this.#undo(put.place, put.before);
			if (isPlugin(path)) await this.#plugins.dropIfEmpty(place);
		};
		try {
			for (const put of puts) {
				const there = await this.#readFile(put.place);
				if (!isSame(there, put.before)) {
					await undo();
					return { kind: "changed" };
				}
				begun++;
				if (put.after !== undefined) await this.#write(put.place, put.after);
				else if (there !== undefined) await adapter.remove(put.place);
			}
		} catch (error) {
			await undo();
			throw error;
		}
		if (isPlugin(path)) await this.#plugins.dropIfEmpty(place);
		return { kind: "written", kept };
	}

	/** What lies at `kept` was here as this. `undefined`: it is no place of that kind. */
	keptPath(kept: string): VaultPath | undefined {
		const above = `${normalizePath(`${this.#options.ownFolder}/${REPLACED_FOLDER}`)}/`;
		if (!kept.startsWith(above)) return undefined;
		const name = kept.slice(above.length).replace(/^[^/]*\//, "");
		const plugin = /^plugins\/([^/]+)$/.exec(name)?.[1];
		const path = toVaultPath(plugin === undefined ? `${CONFIG_FOLDER}/${name}` : pluginPath(plugin));
		return path.ok ? path.path : undefined;
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

	/** Of a plugin the folder with the name that its manifest, in `bytes`, has; without: as `path` says. */
	#placeOf(path: VaultPath, bytes?: Uint8Array): string {
		if (isPlugin(path)) return this.#plugins.placeOf(path, bytes);
		const name = nameInConfig(pathKey(path)) ?? "";
		// A single file has one spelling: the app looks for no other.
		const spelled = SINGLE_FILES.includes(name) ? name : path.slice(CONFIG_FOLDER.length + 1);
		return normalizePath(`${this.#options.configDir}/${spelled}`);
	}

	/** Where it lies now, in a folder of its own, under the name that it had here. `undefined`: nothing was there. */
	async #keep(place: string, puts: readonly Put[]): Promise<string | undefined> {
		if (puts.every(({ before }) => before === undefined)) return undefined;
		const { adapter, ownFolder, clock, configDir } = this.#options;
		const folder = normalizePath(`${ownFolder}/${REPLACED_FOLDER}`);
		const stamp = timeStamp(clock.now());
		await this.#dropOldest(folder);
		let times = `${folder}/${stamp}`;
		for (let number = 2; await adapter.exists(times); number++) times = `${folder}/${stamp} ${String(number)}`;
		const kept = (each: string): string => normalizePath(`${times}/${each.slice(configDir.length + 1)}`);
		for (const put of puts) if (put.before !== undefined) await this.#write(kept(put.place), put.before);
		return kept(place);
	}

	async #dropOldest(folder: string): Promise<void> {
		const { adapter } = this.#options;
		if (!(await adapter.exists(folder))) return;
		const { folders } = await adapter.list(folder);
		let left = this.#options.replacedBytesMax ?? REPLACED_BYTES_MAX;
		for (const [i, times] of [...folders].sort().reverse().entries()) {
			left -= await this.#sizeOf(times);
			// The latest one is what a person may want back.
			if (i > 0 && (left < 0 || i >= REPLACED_MAX - 1)) await adapter.rmdir(times, true);
		}
	}

	async #sizeOf(folder: string): Promise<number> {
		const { adapter } = this.#options;
		const { files, folders } = await adapter.list(folder);
		let bytes = 0;
		for (const file of files) bytes += (await adapter.stat(file))?.size ?? 0;
		for (const below of folders) bytes += await this.#sizeOf(below);
		return bytes;
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

function isPlugin(path: VaultPath): boolean {
	return settingsKind(pathKey(path)) === "pluginCode";
}

function isSame(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
	return a === undefined || b === undefined ? a === b : equalBytes(a, b);
}
