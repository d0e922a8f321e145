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
import { bundleOf, filesIn, manifestIn, type PluginFiles } from "./plugin-bundle.ts";
import {
	CONFIG_FOLDER,
	nameInConfig,
	PLUGIN_FILES,
	pluginPath,
	settingsKind,
	SINGLE_FILES,
	THEME_FILES,
} from "./settings-kinds.ts";
import type { SettingsKind } from "./settings-kinds.ts";

export interface RealFile {
	/** As a group calls it. */
	readonly path: VaultPath;
	/** On this disk, as it is spelled there: of a plugin its folder. */
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
	/** Of what is kept, about; `undefined`: the usual. */
	readonly replacedBytesMax?: number | undefined;
}

export const REPLACED_FOLDER = "replaced settings";
/** So many times of replacing are kept, if they are no larger than this together. */
const REPLACED_MAX = 100;
const REPLACED_BYTES_MAX = 100 * 1024 * 1024;

/** One file to be written, or to be removed. */
interface Put {
	readonly place: string;
	readonly before: Uint8Array | undefined;
	readonly after: Uint8Array | undefined;
}

/** `kept`: where what was there before lies now; `undefined`: there was nothing. */
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
		if (kinds.includes("pluginCode"))
			for (const plugin of await this.#plugins()) files.set(pathKey(plugin.path), plugin);
		return files;
	}

	/** Those of which there is more than what they keep, and never PSync itself. */
	async #plugins(): Promise<readonly RealFile[]> {
		const { adapter, configDir, ownFolder } = this.#options;
		const plugins: RealFile[] = [];
		for (const folder of [...(await this.#namesIn("plugins")).folders].sort()) {
			const place = normalizePath(`${configDir}/${folder}`);
			const path = toVaultPath(pluginPath(folder.slice("plugins/".length)));
			if (!path.ok || settingsKind(pathKey(path.path)) !== "pluginCode") continue;
			if (place.toLowerCase() === ownFolder.toLowerCase()) continue;
			const tokens: string[] = [];
			let mtimeMs = 0;
			for (const name of PLUGIN_FILES) {
				const stat = await adapter.stat(`${place}/${name}`);
				const isAway = stat?.type !== "file" && (await adapter.exists(`${place}/.${name}.icloud`));
				if (stat?.type !== "file" && !isAway) continue;
				tokens.push(`${name}:${String(stat?.mtime)}:${String(stat?.size)}`);
				mtimeMs = Math.max(mtimeMs, stat?.mtime ?? 0);
			}
			if (tokens.length > 0) plugins.push({ path: path.path, place, token: [place, ...tokens].join(":"), mtimeMs });
		}
		return plugins;
	}

	/** `undefined`: it is not there; of a plugin: not all of it, or it is not what its folder says. */
	async read(place: string): Promise<Uint8Array | undefined> {
		const stat = await this.#options.adapter.stat(place);
		if (stat?.type !== "folder") return stat?.type === "file" ? this.#readFile(place) : undefined;
		for (const name of PLUGIN_FILES)
			if (await this.#options.adapter.exists(`${place}/.${name}.icloud`)) return undefined;
		const files = await this.#readPlugin(place);
		const path = toVaultPath(pluginPath(place.slice(place.lastIndexOf("/") + 1)));
		return path.ok && manifestIn(pathKey(path.path), files) !== undefined ? bundleOf(files) : undefined;
	}

	async #readFile(place: string): Promise<Uint8Array | undefined> {
		const { adapter } = this.#options;
		return (await adapter.stat(place))?.type === "file" ? new Uint8Array(await adapter.readBinary(place)) : undefined;
	}

	async #readPlugin(folder: string): Promise<PluginFiles> {
		const files = new Map<string, Uint8Array>();
		for (const name of PLUGIN_FILES) {
			const bytes = await this.#readFile(`${folder}/${name}`);
			if (bytes !== undefined) files.set(name, bytes);
		}
		return files;
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
			if (await adapter.exists(normalizePath(`${configDir}/${folder}/manifest.json`)))
				installed.add(folder.slice("plugins/".length));
		return installed;
	}

	/** `file`: what is there, `undefined`: nothing. `bytes` `undefined`: removes it. `changed`, and nothing is done: it is not `expected`. */
	async replace(
		path: VaultPath,
		file: RealFile | undefined,
		expected: ContentHash | undefined,
		bytes: Uint8Array | undefined,
	): Promise<Written> {
		const { adapter, hash } = this.#options;
		const place = file?.place ?? this.#placeOf(path, bytes);
		const isExpected = async (): Promise<boolean> => {
			const there = await this.read(place);
			return (there && hash(there)) === expected;
		};
		if (!(await isExpected())) return { kind: "changed" };
		const puts = await this.#putsAt(path, place, bytes);
		const kept = await this.#keep(place, puts);
		// Keeping took a while.
		if (!(await isExpected())) return { kind: "changed" };
		let begun = 0;
		try {
			for (const put of puts) {
				begun++;
				if (put.after !== undefined) await this.#write(put.place, put.after);
				else if (put.before !== undefined) await adapter.remove(put.place);
			}
		} catch (error) {
			for (const put of puts.slice(0, begun).reverse()) await this.#undo(put.place, put.before);
			if (settingsKind(pathKey(path)) === "pluginCode") await this.#dropIfEmpty(place);
			throw error;
		}
		if (settingsKind(pathKey(path)) === "pluginCode" && bytes === undefined) await this.#dropIfEmpty(place);
		return { kind: "written", kept };
	}

	/** In this order. Of a plugin all its files, whatever is there of them: only together are they what is to be here. */
	async #putsAt(path: VaultPath, place: string, bytes: Uint8Array | undefined): Promise<readonly Put[]> {
		if (settingsKind(pathKey(path)) !== "pluginCode")
			return [{ place, before: await this.#readFile(place), after: bytes }];
		const [here, files] = [await this.#readPlugin(place), bytes && filesIn(bytes)];
		if (bytes !== undefined && files === undefined) throw new Error(`${path} is no plugin`);
		const puts = PLUGIN_FILES.map((name) => ({
			...{ place: `${place}/${name}`, before: here.get(name), after: files?.get(name) },
		}));
		// What goes, goes from the end: without a manifest what is left of a plugin is none.
		return files === undefined ? puts.reverse() : puts;
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

	/** A plugin's folder, where the plugin kept nothing. Never rejects: an empty folder harms nobody. */
	async #dropIfEmpty(folder: string): Promise<void> {
		const { adapter } = this.#options;
		try {
			if (!(await adapter.exists(folder))) return;
			const { files, folders } = await adapter.list(folder);
			if (files.length + folders.length === 0) await adapter.rmdir(folder, false);
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

	/** Of a plugin the folder with the name that its manifest, in `bytes`, has. */
	#placeOf(path: VaultPath, bytes?: Uint8Array): string {
		const name = nameInConfig(pathKey(path)) ?? "";
		if (settingsKind(pathKey(path)) === "pluginCode") {
			const files = bytes && filesIn(bytes);
			const id = files && manifestIn(pathKey(path), files)?.id;
			return normalizePath(`${this.#options.configDir}/plugins/${id ?? pluginName(path)}`);
		}
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

/** The plugin's folder, as the group spells it. */
function pluginName(path: VaultPath): string {
	return path.slice(path.lastIndexOf("/") + 1, -".plugin".length);
}
