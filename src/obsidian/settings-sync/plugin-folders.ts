// The plugins on this device's disk: a folder each, of which a group has one file. What is there of one is told apart from what is not known,
// and PSync's own folder is none of them. Rules OS2, OS9, OS11 of readme/SPEC.md.
import { normalizePath } from "obsidian";
import type { DataAdapter } from "obsidian";
import { pathKey, toVaultPath, type PathKey, type VaultPath } from "../../core/path.ts";
import { PLUGIN_BYTES_MAX } from "./applicable.ts";
import { bundleOf, filesIn, manifestIn, type PluginFiles } from "./plugin-bundle.ts";
import { PLUGIN_FILES, pluginPath, settingsKind } from "./settings-kinds.ts";

export interface PluginFolder {
	/** As a group calls it. */
	readonly path: VaultPath;
	readonly place: string;
	/** Another one whenever a file of it was written, as far as the disk tells. */
	readonly token: string;
	readonly mtimeMs: number;
	/** A cloud has a part of it, the disk does not answer, or two folders have the name: nothing follows from what is there. */
	readonly isUnreadable: boolean;
}

/** One file to be written, or to be removed. */
export interface Put {
	readonly place: string;
	readonly before: Uint8Array | undefined;
	readonly after: Uint8Array | undefined;
}

export interface PluginFoldersOptions {
	readonly adapter: DataAdapter;
	readonly configDir: string;
	readonly ownFolder: string;
}

export class PluginFolders {
	readonly #adapter: DataAdapter;
	readonly #above: string;
	readonly #ownFolder: string;

	constructor({ adapter, configDir, ownFolder }: PluginFoldersOptions) {
		this.#adapter = adapter;
		this.#above = normalizePath(`${configDir}/plugins`);
		this.#ownFolder = normalizePath(ownFolder);
	}

	/** Of which there is more than what they keep. `undefined`: where PSync is not there, the folder of plugins is away. Rejects as the disk does. */
	async list(): Promise<readonly PluginFolder[] | undefined> {
		if (!(await this.#adapter.exists(this.#ownFolder))) return undefined;
		const found = new Map<PathKey, PluginFolder>();
		for (const place of await this.#places()) {
			const path = toVaultPath(pluginPath(nameOf(place)));
			if (!path.ok || settingsKind(pathKey(path.path)) !== "pluginCode" || this.isOwn(path.path)) continue;
			const folder = await this.#look(path.path, place);
			const other = found.get(pathKey(path.path));
			if (folder === undefined) continue;
			found.set(pathKey(path.path), other === undefined ? folder : { ...other, isUnreadable: true });
		}
		return [...found.values()];
	}

	/** Whether the plugin that a group has at `path` would have PSync's place here, whatever that is called. */
	isOwn(path: VaultPath): boolean {
		const own = toVaultPath(pluginPath(nameOf(this.#ownFolder)));
		return own.ok && pathKey(own.path) === pathKey(path);
	}

	/** By their folders: one that holds only what a plugin kept is none. */
	async installed(): Promise<ReadonlySet<string>> {
		const installed = new Set<string>();
		for (const place of await this.#places())
			if (await this.#adapter.exists(`${place}/manifest.json`)) installed.add(nameOf(place));
		return installed;
	}

	/** As a group has it. `undefined`: not all of a plugin is there, or another one than the folder says. */
	async read(place: string): Promise<Uint8Array | undefined> {
		if (await this.#isOffloaded(place)) return undefined;
		const files = await this.files(place);
		const path = toVaultPath(pluginPath(nameOf(place)));
		return path.ok && manifestIn(pathKey(path.path), files) !== undefined ? bundleOf(files) : undefined;
	}

	/** What there is of it. */
	async files(place: string): Promise<PluginFiles> {
		const files = new Map<string, Uint8Array>();
		for (const name of PLUGIN_FILES) {
			const file = `${place}/${name}`;
			if ((await this.#adapter.stat(file))?.type === "file")
				files.set(name, new Uint8Array(await this.#adapter.readBinary(file)));
		}
		return files;
	}

	/** Where a plugin that comes goes: to the folder with the name that its manifest has. */
	placeOf(path: VaultPath, bundle: Uint8Array | undefined): string {
		const files = bundle && filesIn(bundle);
		const id = files && manifestIn(pathKey(path), files)?.id;
		return normalizePath(`${this.#above}/${id ?? nameOf(path).replace(/\.plugin$/, "")}`);
	}

	/**
	 * What is to be done for `files`, `undefined`: nothing, to be all that is there of it. The manifest goes first and comes last: what is left
	 * without it, when the app ends in the middle, is no plugin, and nobody runs the code of one version as another.
	 */
	async putsFor(place: string, files: PluginFiles | undefined): Promise<readonly Put[]> {
		const here = await this.files(place);
		const put = (name: string, after: Uint8Array | undefined): Put => ({
			...{ place: `${place}/${name}`, before: here.get(name), after },
		});
		const [last, ...others] = PLUGIN_FILES.toReversed();
		const away = put(last ?? "", undefined);
		const puts = others.reverse().map((name) => put(name, files?.get(name)));
		return [away, ...puts, { ...away, before: undefined, after: files?.get(last ?? "") }];
	}

	/** Where the plugin kept nothing. Never rejects: an empty folder harms nobody. */
	async dropIfEmpty(place: string): Promise<void> {
		try {
			if (!(await this.#adapter.exists(place))) return;
			const { files, folders } = await this.#adapter.list(place);
			if (files.length + folders.length === 0) await this.#adapter.rmdir(place, false);
		} catch (error) {
			if (!(error instanceof Error)) throw error;
		}
	}

	async #places(): Promise<readonly string[]> {
		if (!(await this.#adapter.exists(this.#above))) return [];
		return [...(await this.#adapter.list(this.#above)).folders].sort().map((place) => normalizePath(place));
	}

	/** `undefined`: there is none of its files. */
	async #look(path: VaultPath, place: string): Promise<PluginFolder | undefined> {
		try {
			const tokens: string[] = [];
			let [mtimeMs, bytes] = [0, 0];
			for (const name of PLUGIN_FILES) {
				const stat = await this.#adapter.stat(`${place}/${name}`);
				if (stat?.type !== "file") continue;
				tokens.push(`${name}:${String(stat.mtime)}:${String(stat.size)}`);
				mtimeMs = Math.max(mtimeMs, stat.mtime);
				bytes += stat.size;
			}
			const isOffloaded = await this.#isOffloaded(place);
			if (tokens.length === 0 && !isOffloaded) return undefined;
			// What is too large is read by nobody.
			const isUnreadable = isOffloaded || bytes > PLUGIN_BYTES_MAX;
			return { path, place, token: [place, ...tokens].join(":"), mtimeMs, isUnreadable };
		} catch (error) {
			if (!(error instanceof Error)) throw error;
			return { path, place, token: "", mtimeMs: 0, isUnreadable: true };
		}
	}

	/** A placeholder stands in a file's stead. */
	async #isOffloaded(place: string): Promise<boolean> {
		for (const name of PLUGIN_FILES) if (await this.#adapter.exists(`${place}/.${name}.icloud`)) return true;
		return false;
	}
}

function nameOf(place: string): string {
	return place.slice(place.lastIndexOf("/") + 1);
}
