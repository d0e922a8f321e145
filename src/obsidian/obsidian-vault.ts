// The vault port on Obsidian's API. Folders are listed from Obsidian's own file tree (it follows the disk and costs no call
// for each file); whether a file is there or gone is always asked of the disk. Content is compared and hashed as raw bytes.
import { TFile, TFolder } from "obsidian";
import type { App, EventRef, TAbstractFile } from "obsidian";
import { contentHashFromBytes } from "../core/hash.ts";
import type { ContentHash } from "../core/hash.ts";
import { fileName, parentPath, toVaultPath } from "../core/path.ts";
import type { VaultPath } from "../core/path.ts";
import type { Platform } from "../core/platform-names.ts";
import type { Digest } from "../engine/ports/digest.ts";
import type {
	FileStat,
	MakeFolderResult,
	RemoveResult,
	RenameResult,
	ReplaceResult,
	Vault,
	VaultChange,
	VaultEntry,
} from "../engine/ports/vault.ts";
import { webClock } from "../web/web-clock.ts";
import { toArrayBuffer } from "./array-buffer.ts";
import { holdsUnsavedText, saveOpenEditors } from "./open-editors.ts";
import { plainText } from "./plain-text.ts";
import { isAlreadyThere, isNotThere } from "./vault-errors.ts";
import { VaultPlaces, failed, fileStat } from "./vault-places.ts";
import { VaultRenames } from "./vault-renames.ts";
import { WritesUnderWay } from "./writes-under-way.ts";

export interface ObsidianVaultOptions {
	readonly app: App;
	readonly digest: Digest;
	readonly platform: Platform;
	/** The plugin's `registerEvent`: the vault's listeners end with the plugin. */
	readonly registerEvent: (event: EventRef) => void;
	/** Who may save an editor asks it. */
	readonly writes?: WritesUnderWay;
}

/** Made after the layout is ready: before that, Obsidian reports every file as created and its tree is not complete. */
export class ObsidianVault implements Vault {
	/** For files that are moved without being read. */
	readonly places: VaultPlaces;
	readonly renames: VaultRenames;
	readonly #app: App;
	readonly #digest: Digest;
	readonly #writes: WritesUnderWay;
	readonly #listeners = new Set<(change: VaultChange) => void>();

	constructor({ app, digest, platform, registerEvent, writes = new WritesUnderWay(webClock) }: ObsidianVaultOptions) {
		this.#app = app;
		this.#digest = digest;
		this.#writes = writes;
		this.places = new VaultPlaces(app, platform);
		this.renames = new VaultRenames(app, this.places);
		const { vault } = app;
		registerEvent(
			vault.on("create", (file) => {
				this.places.spellings.add(file.path);
				this.#report(file, file.path);
			}),
		);
		registerEvent(
			vault.on("modify", (file) => {
				this.#report(file, file.path);
			}),
		);
		registerEvent(
			vault.on("delete", (file) => {
				this.places.spellings.remove(file.path);
				this.#report(file, file.path);
			}),
		);
		// Obsidian reports a renamed folder, then each of its descendants.
		registerEvent(
			vault.on("rename", (file, oldPath) => {
				this.places.spellings.remove(oldPath);
				this.places.spellings.add(file.path);
				this.#report(file, oldPath);
				this.#report(file, file.path);
			}),
		);
	}

	isPresent(): Promise<boolean> {
		return this.places.isPresent();
	}

	async list(folder: VaultPath | undefined): Promise<readonly VaultEntry[]> {
		// The tree may outlive a disk that was unmounted; a scan begins at the root, so it is asked once.
		if (folder === undefined && !(await this.isPresent())) return [];
		const at = folder === undefined ? this.#app.vault.getRoot() : this.places.find(folder);
		if (!(at instanceof TFolder)) return [];
		return at.children.filter((child) => !this.places.isPrivate(child.path)).map((child) => this.#entry(child));
	}

	async stat(path: VaultPath): Promise<FileStat | undefined> {
		const spelling = this.places.spellingOf(path);
		const stat = await this.places.statOnDisk(spelling);
		return stat && { ...stat, ...spelledAs(spelling, path) };
	}

	async read(path: VaultPath): Promise<{ readonly bytes: Uint8Array; readonly stat: FileStat } | undefined> {
		const spelling = this.places.spellingOf(path);
		// The stat is from before the reading: a write in between leaves a token that does not match the disk, and is found.
		const before = await this.places.statOnDisk(spelling);
		if (before === undefined) return undefined;
		try {
			const bytes = await this.#readBytes(spelling);
			return { bytes, stat: { ...before, size: bytes.length, ...spelledAs(spelling, path) } };
		} catch (error) {
			if (isNotThere(error)) return undefined;
			throw error;
		}
	}

	async replaceIf(
		path: VaultPath,
		expected: ContentHash | undefined,
		bytes: Uint8Array,
		mtimeMs: number,
	): Promise<ReplaceResult> {
		const problem = this.places.nameProblem(path);
		if (problem !== undefined) return failed("illegal-name", problem);
		try {
			// Writing makes missing folders, and would make the vault's own again.
			if (!(await this.isPresent())) return failed("vault-missing", "the vault's folder is gone");
			return expected === undefined
				? await this.#create(path, bytes, mtimeMs)
				: await this.#writes.during(this.places.spellingOf(path), () => this.#replace(path, expected, bytes, mtimeMs));
		} catch (error) {
			return this.places.failure(error, path);
		}
	}

	async removeIf(path: VaultPath, expected: ContentHash): Promise<RemoveResult> {
		if (this.places.isPrivate(path)) return failed("illegal-name", `${path} is hidden`);
		try {
			// Nothing is gone because the disk is.
			if (!(await this.isPresent())) return failed("vault-missing", "the vault's folder is gone");
			const spelling = this.places.spellingOf(path);
			const saved = await saveOpenEditors(this.#app.workspace, spelling);
			if ((await this.places.statOnDisk(spelling)) === undefined) return { kind: "removed" };
			if ((await this.#hashOnDisk(spelling)) !== expected) return { kind: "changed" };
			// What was typed since is in no file yet, and would go with this one.
			if (saved.some(holdsUnsavedText)) return { kind: "changed" };
			const file = this.#app.vault.getFileByPath(spelling);
			// A file that Obsidian has not noticed yet has no entry in its tree to hand to the person's kind of trash.
			if (file === null) await this.#app.vault.adapter.trashLocal(spelling);
			else await this.#app.fileManager.trashFile(file);
			if ((await this.places.statOnDisk(spelling)) === undefined) return { kind: "removed" };
			return failed("io", `${path} is still there after it was moved to the trash`);
		} catch (error) {
			return this.places.failure(error, path);
		}
	}

	rename(from: VaultPath, to: VaultPath, expected: ContentHash): Promise<RenameResult> {
		const isExpected = async (spelling: string): Promise<boolean> => (await this.#hashOnDisk(spelling)) === expected;
		return this.renames.rename(from, to, isExpected);
	}

	async makeFolder(path: VaultPath): Promise<MakeFolderResult> {
		const problem = this.places.nameProblem(path);
		if (problem !== undefined) return failed("illegal-name", problem);
		try {
			if (!(await this.isPresent())) return failed("vault-missing", "the vault's folder is gone");
			const made = await this.places.ensureFolder(path);
			return made.kind === "failed" ? made : { kind: "made" };
		} catch (error) {
			return this.places.failure(error, path);
		}
	}

	async folderAt(path: VaultPath): Promise<"empty" | "filled" | undefined> {
		const { adapter } = this.#app.vault;
		const spelling = this.places.spellingOf(path);
		if ((await adapter.stat(spelling))?.type !== "folder") return undefined;
		// The disk may hold what the tree does not show: dot files.
		const { files, folders } = await adapter.list(spelling);
		return files.length + folders.length === 0 ? "empty" : "filled";
	}

	async removeFolder(path: VaultPath): Promise<RemoveResult> {
		try {
			if (!(await this.isPresent())) return failed("vault-missing", "the vault's folder is gone");
			const spelling = this.places.spellingOf(path);
			if ((await this.#app.vault.adapter.stat(spelling)) === null) return { kind: "removed" };
			if ((await this.folderAt(path)) !== "empty") return { kind: "changed" };
			await this.#app.vault.adapter.rmdir(spelling, false);
			return { kind: "removed" };
		} catch (error) {
			if (error instanceof Error && isNotThere(error)) return { kind: "removed" };
			return this.places.failure(error, path);
		}
	}

	watch(listener: (change: VaultChange) => void): () => void {
		this.#listeners.add(listener);
		return () => {
			this.#listeners.delete(listener);
		};
	}

	async #create(path: VaultPath, bytes: Uint8Array, mtimeMs: number): Promise<ReplaceResult> {
		const { vault } = this.#app;
		const standing = this.places.find(path);
		if (standing instanceof TFile) return { kind: "changed" };
		if (standing instanceof TFolder) return failed("blocked", `${path} is a folder`);
		const folder = await this.places.ensureFolder(parentPath(path));
		if (folder.kind === "failed") return folder;
		const spelling = folder.path === "" ? fileName(path) : `${folder.path}/${fileName(path)}`;
		const mtime = Math.floor(mtimeMs);
		try {
			await vault.createBinary(spelling, toArrayBuffer(bytes), { mtime });
		} catch (error) {
			if (!isAlreadyThere(error)) throw error;
			// On disk, and not in the tree yet.
			const there = await vault.adapter.stat(spelling);
			return there?.type === "folder" ? failed("blocked", `${path} is a folder`) : { kind: "changed" };
		}
		return replaced(bytes.length, mtime, spelling);
	}

	async #replace(path: VaultPath, expected: ContentHash, bytes: Uint8Array, mtimeMs: number): Promise<ReplaceResult> {
		const { vault, workspace } = this.#app;
		const file = this.places.find(path);
		if (file instanceof TFolder) return failed("blocked", `${path} is a folder`);
		if (!(file instanceof TFile)) return this.places.fileInTheWay(path) ?? { kind: "changed" };
		const saved = await saveOpenEditors(workspace, file.path);
		const current = await this.#readBytes(file.path);
		if (this.#hash(current) !== expected) return { kind: "changed" };
		const options = { mtime: distinctMtime(file, bytes.length, Math.floor(mtimeMs)) };
		const text = plainText(bytes);
		if (text !== undefined && plainText(current) !== undefined) {
			const found = { expected: false };
			// The callback runs inside Obsidian's queue of file operations: nobody writes between comparison and write.
			await vault.process(
				file,
				(now) => {
					// What was typed since would stand against what is written now, and the app would have to guess.
					const isTypedIn = saved.some(holdsUnsavedText);
					found.expected = !isTypedIn && this.#hash(new TextEncoder().encode(now)) === expected;
					return found.expected ? text : now;
				},
				options,
			);
			if (!found.expected) return { kind: "changed" };
		} else {
			// Nothing is between this look and the app's own queue.
			if (saved.some(holdsUnsavedText)) return { kind: "changed" };
			await vault.modifyBinary(file, toArrayBuffer(bytes), options);
		}
		await this.#respell(file, path);
		return replaced(bytes.length, options.mtime, file.path);
	}

	/** Gives a file the spelling of `path`; its folders keep theirs. */
	async #respell(file: TFile, path: VaultPath): Promise<void> {
		const name = fileName(path);
		if (file.name === name) return;
		const folder = file.path.slice(0, file.path.length - file.name.length);
		await this.#app.vault.rename(file, `${folder}${name}`);
	}

	#entry(child: TAbstractFile): VaultEntry {
		const parsed = toVaultPath(child.path);
		if (!parsed.ok) return { kind: "foreign", name: child.name, reason: parsed.reason };
		if (this.places.spellings.find(parsed.path) !== child.path) {
			return { kind: "foreign", name: child.name, reason: "case-collision" };
		}
		if (!(child instanceof TFile)) return { kind: "folder", path: parsed.path };
		return { kind: "file", path: parsed.path, stat: fileStat(child.stat) };
	}

	#report(file: TAbstractFile, path: string): void {
		const parsed = toVaultPath(path);
		if (!parsed.ok || this.places.isPrivate(path)) return;
		const change: VaultChange = { kind: file instanceof TFolder ? "folder" : "file", path: parsed.path };
		for (const listener of [...this.#listeners]) listener(change);
	}

	async #readBytes(spelling: string): Promise<Uint8Array> {
		return new Uint8Array(await this.#app.vault.adapter.readBinary(spelling));
	}

	async #hashOnDisk(spelling: string): Promise<ContentHash> {
		return this.#hash(await this.#readBytes(spelling));
	}

	#hash(bytes: Uint8Array): ContentHash {
		const hash = contentHashFromBytes(this.#digest.sha256(bytes));
		if (hash === undefined) throw new RangeError("SHA-256 is not 32 bytes long");
		return hash;
	}
}

function spelledAs(spelling: string, asked: VaultPath): { readonly path?: VaultPath } {
	const shown = toVaultPath(spelling);
	return shown.ok && shown.path !== asked ? { path: shown.path } : {};
}

/** The stat as it was written: by the time that the disk could be asked, a person may have written on top. */
function replaced(size: number, mtime: number, spelling: string): ReplaceResult {
	const shown = toVaultPath(spelling);
	return { kind: "replaced", stat: fileStat({ size, mtime }), ...(shown.ok ? { path: shown.path } : {}) };
}

/**
 * Obsidian tells an open editor about a change only when size or modification time differ; without that the editor would
 * later save its old text over the new one.
 */
function distinctMtime(file: TFile, size: number, mtimeMs: number): number {
	return file.stat.size === size && Math.floor(file.stat.mtime) === mtimeMs ? mtimeMs + 1 : mtimeMs;
}
