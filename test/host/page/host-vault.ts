// The vault (Vault): the tree of visible files above a HostAdapter. It never touches the disk itself; what the adapter
// reports becomes the tree and the events, whoever made the change.
import type { DataWriteOptions } from "obsidian";
import { TFile, TFolder, Vault, type TAbstractFile } from "obsidian-test-mocks/obsidian";
import { clean, type AdapterChange, type FileTimes, type HostAdapter } from "./host-adapter.ts";

export class HostVault extends Vault {
	readonly #name: string;
	declare adapter: HostAdapter;

	constructor(name: string, adapter: (onChange: (change: AdapterChange) => void) => HostAdapter) {
		// The mock wants its adapter at once, ours wants to report to the vault.
		const built: { vault?: HostVault } = {};
		super(
			adapter((change) => {
				built.vault?.apply(change);
			}),
		);
		built.vault = this;
		this.#name = name;
	}

	/** Takes one report of the adapter into the tree and fires its event. */
	apply(change: AdapterChange): void {
		switch (change.kind) {
			case "raw":
				this.trigger("raw", change.path);
				return;
			case "created": {
				const { path, stat } = change;
				const file = stat === undefined ? TFolder.create__(this, path) : withStat(TFile.create__(this, path), stat);
				this.setVaultAbstractFile__(path, file);
				this.trigger("create", file);
				return;
			}
			case "modified": {
				const file = this.getFileByPath(change.path);
				if (file === null || change.stat === undefined) return;
				this.trigger("modify", withStat(file, change.stat));
				return;
			}
			case "deleted": {
				const file = this.getAbstractFileByPath(change.path);
				if (file === null) return;
				this.deleteVaultAbstractFile__(change.path);
				this.trigger("delete", file);
				return;
			}
			case "renamed": {
				const file = this.getAbstractFileByPath(change.from);
				if (file === null) return;
				this.deleteVaultAbstractFile__(change.from);
				name(file, change.path);
				this.setVaultAbstractFile__(change.path, file);
				this.trigger("rename", file, change.from);
			}
		}
	}

	override getName(): string {
		return this.#name;
	}
	override getAllFolders(includeRoot = false): TFolder[] {
		return super.getAllFolders().filter((folder) => includeRoot || !folder.isRoot());
	}
	override getAbstractFileByPath(path: string): TAbstractFile | null {
		return super.getAbstractFileByPath(path === "/" ? path : clean(path));
	}

	/** What the app has and does not publish: the entry of this path in whatever capital letters. */
	getAbstractFileByPathInsensitive(path: string): TAbstractFile | null {
		const wanted = clean(path).toLowerCase();
		return this.getAllLoadedFiles().find((file) => file.path.toLowerCase() === wanted) ?? null;
	}

	override read(file: TFile): Promise<string> {
		return this.adapter.read(file.path);
	}
	override cachedRead(file: TFile): Promise<string> {
		return this.adapter.read(file.path);
	}
	override async create(path: string, data: string, options?: DataWriteOptions): Promise<TFile> {
		return this.createBinary(path, new TextEncoder().encode(data).buffer, options);
	}
	override async createBinary(path: string, data: ArrayBuffer, options?: DataWriteOptions): Promise<TFile> {
		if (await this.adapter.exists(path)) throw new Error("File already exists.");
		await this.adapter.writeBinary(path, data, options);
		return this.#fileAt(path);
	}
	override async createFolder(path: string): Promise<TFolder> {
		if (await this.adapter.exists(path)) throw new Error("Folder already exists.");
		await this.adapter.mkdir(path);
		const folder = this.getFolderByPath(clean(path));
		if (folder === null) throw new Error(`Not a visible folder: ${path}`);
		return folder;
	}
	override modify(file: TFile, data: string, options?: DataWriteOptions): Promise<void> {
		return this.adapter.write(file.path, data, options);
	}
	override modifyBinary(file: TFile, data: ArrayBuffer, options?: DataWriteOptions): Promise<void> {
		return this.adapter.writeBinary(file.path, data, options);
	}
	override append(file: TFile, data: string, options?: DataWriteOptions): Promise<void> {
		return this.adapter.append(file.path, data, options);
	}
	override appendBinary(file: TFile, data: ArrayBuffer, options?: DataWriteOptions): Promise<void> {
		return this.adapter.appendBinary(file.path, data, options);
	}
	override process(file: TFile, change: (data: string) => string, options?: DataWriteOptions): Promise<string> {
		return this.adapter.process(file.path, change, options);
	}
	override async copy(file: TFile, newPath: string): Promise<TFile> {
		await this.adapter.copy(file.path, newPath);
		return this.#fileAt(newPath);
	}
	override rename(file: TAbstractFile, newPath: string): Promise<void> {
		return this.adapter.rename(file.path, newPath);
	}
	override delete(file: TAbstractFile): Promise<void> {
		return file instanceof TFolder ? this.adapter.rmdir(file.path, true) : this.adapter.remove(file.path);
	}
	override async trash(file: TAbstractFile, system: boolean): Promise<void> {
		if (system && (await this.adapter.trashSystem(file.path))) return;
		await this.adapter.trashLocal(file.path);
	}

	#fileAt(path: string): TFile {
		const file = this.getFileByPath(clean(path));
		if (file === null) throw new Error(`Not a visible file: ${path}`);
		return file;
	}
}

function withStat(file: TFile, { size, mtime, ctime }: FileTimes): TFile {
	file.stat = { size, mtime, ctime };
	return file;
}

function name(file: TAbstractFile, path: string): void {
	file.path = path;
	file.name = path.slice(path.lastIndexOf("/") + 1);
	if (!(file instanceof TFile)) return;
	const dot = file.name.lastIndexOf(".");
	file.extension = dot >= 0 ? file.name.slice(dot + 1) : "";
	file.basename = dot >= 0 ? file.name.slice(0, dot) : file.name;
}
