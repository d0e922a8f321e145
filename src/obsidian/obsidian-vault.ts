// The vault port on Obsidian's API. Folders are listed from Obsidian's own file tree (it follows the disk and costs no call
// for each file); whether a file is there or gone is always asked of the disk. Content is compared and hashed as raw bytes.
import { TFile, TFolder, normalizePath } from "obsidian";
import type { App, EventRef, TAbstractFile } from "obsidian";
import { contentHashFromBytes } from "../core/hash.ts";
import type { ContentHash } from "../core/hash.ts";
import { fileName, parentPath, pathKey, toVaultPath } from "../core/path.ts";
import type { VaultPath } from "../core/path.ts";
import { platformProblem } from "../core/platform-names.ts";
import type { Platform } from "../core/platform-names.ts";
import type { Stamp } from "../core/large-step.ts";
import type { Digest } from "../engine/ports/digest.ts";
import type { DiscardResult, Place, PlaceResult } from "../engine/ports/large-files.ts";
import { OffloadedError } from "../engine/ports/vault.ts";
import type {
	FileStat,
	MakeFolderResult,
	RemoveResult,
	RenameResult,
	ReplaceResult,
	Vault,
	VaultChange,
	VaultEntry,
	VaultFailure,
	VaultFailureCode,
} from "../engine/ports/vault.ts";
import { webClock } from "../web/web-clock.ts";
import { toArrayBuffer } from "./array-buffer.ts";
import { holdsUnsavedText, saveOpenEditors } from "./open-editors.ts";
import { plainText } from "./plain-text.ts";
import { SpellingIndex } from "./spelling-index.ts";
import { WritesUnderWay } from "./writes-under-way.ts";
import { errorMessage, failureCode, isAlreadyThere, isNotThere } from "./vault-errors.ts";

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
	readonly #app: App;
	readonly #digest: Digest;
	readonly #platform: Platform;
	readonly #writes: WritesUnderWay;
	readonly #spellings: SpellingIndex;
	readonly #listeners = new Set<(change: VaultChange) => void>();
	#respelling: Promise<unknown> = Promise.resolve();

	constructor({ app, digest, platform, registerEvent, writes = new WritesUnderWay(webClock) }: ObsidianVaultOptions) {
		this.#app = app;
		this.#digest = digest;
		this.#platform = platform;
		this.#writes = writes;
		this.#spellings = new SpellingIndex(app.vault.getAllLoadedFiles().map((file) => file.path));
		const { vault } = app;
		registerEvent(
			vault.on("create", (file) => {
				this.#spellings.add(file.path);
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
				this.#spellings.remove(file.path);
				this.#report(file, file.path);
			}),
		);
		// Obsidian reports a renamed folder, then each of its descendants.
		registerEvent(
			vault.on("rename", (file, oldPath) => {
				this.#spellings.remove(oldPath);
				this.#spellings.add(file.path);
				this.#report(file, oldPath);
				this.#report(file, file.path);
			}),
		);
	}

	async isPresent(): Promise<boolean> {
		const { adapter, configDir } = this.#app.vault;
		try {
			// Every vault that is open has it; an unmounted disk may leave the vault's own folder behind, empty.
			return await adapter.exists(configDir);
		} catch (error) {
			if (error instanceof Error) return false;
			throw error;
		}
	}

	async list(folder: VaultPath | undefined): Promise<readonly VaultEntry[]> {
		// The tree may outlive a disk that was unmounted; a scan begins at the root, so it is asked once.
		if (folder === undefined && !(await this.isPresent())) return [];
		const at = folder === undefined ? this.#app.vault.getRoot() : this.#find(folder);
		if (!(at instanceof TFolder)) return [];
		return at.children.filter((child) => !this.#isPrivate(child.path)).map((child) => this.#entry(child));
	}

	async stat(path: VaultPath): Promise<FileStat | undefined> {
		const spelling = this.#spelling(path);
		const stat = await this.#statOnDisk(spelling);
		return stat && { ...stat, ...spelledAs(spelling, path) };
	}

	async read(path: VaultPath): Promise<{ readonly bytes: Uint8Array; readonly stat: FileStat } | undefined> {
		const spelling = this.#spelling(path);
		// The stat is from before the reading: a write in between leaves a token that does not match the disk, and is found.
		const before = await this.#statOnDisk(spelling);
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
		const problem = this.#nameProblem(path);
		if (problem !== undefined) return failed("illegal-name", problem);
		try {
			// Writing makes missing folders, and would make the vault's own again.
			if (!(await this.isPresent())) return failed("vault-missing", "the vault's folder is gone");
			return expected === undefined
				? await this.#create(path, bytes, mtimeMs)
				: await this.#writes.during(this.#spelling(path), () => this.#replace(path, expected, bytes, mtimeMs));
		} catch (error) {
			return this.#failure(error, path);
		}
	}

	async removeIf(path: VaultPath, expected: ContentHash): Promise<RemoveResult> {
		if (this.#isPrivate(path)) return failed("illegal-name", `${path} is hidden`);
		try {
			// Nothing is gone because the disk is.
			if (!(await this.isPresent())) return failed("vault-missing", "the vault's folder is gone");
			const spelling = this.#spelling(path);
			const saved = await saveOpenEditors(this.#app.workspace, spelling);
			if ((await this.#statOnDisk(spelling)) === undefined) return { kind: "removed" };
			if ((await this.#hashOnDisk(spelling)) !== expected) return { kind: "changed" };
			// What was typed since is in no file yet, and would go with this one.
			if (saved.some(holdsUnsavedText)) return { kind: "changed" };
			const file = this.#app.vault.getFileByPath(spelling);
			// A file that Obsidian has not noticed yet has no entry in its tree to hand to the person's kind of trash.
			if (file === null) await this.#app.vault.adapter.trashLocal(spelling);
			else await this.#app.fileManager.trashFile(file);
			if ((await this.#statOnDisk(spelling)) === undefined) return { kind: "removed" };
			return failed("io", `${path} is still there after it was moved to the trash`);
		} catch (error) {
			return this.#failure(error, path);
		}
	}

	/** Open tabs follow; links in other notes are not rewritten: whoever renamed the file has done that, or chose not to. */
	rename(from: VaultPath, to: VaultPath, expected: ContentHash): Promise<RenameResult> {
		const isExpected = async (spelling: string): Promise<boolean> => (await this.#hashOnDisk(spelling)) === expected;
		return this.#inTurn(from, to, () => this.#rename(from, to, isExpected));
	}

	/** Where only the spelling changes, one at a time: each may rename the folders that the others go through. */
	#inTurn(from: VaultPath, to: VaultPath, rename: () => Promise<RenameResult>): Promise<RenameResult> {
		if (pathKey(from) !== pathKey(to)) return rename();
		const respelled = this.#respelling.then(rename);
		this.#respelling = respelled.catch(() => undefined);
		return respelled;
	}

	async #rename(
		from: VaultPath,
		to: VaultPath,
		isExpected: (spelling: string) => Promise<boolean>,
	): Promise<RenameResult> {
		const problem = this.#isPrivate(from) ? `${from} is hidden` : this.#nameProblem(to);
		if (problem !== undefined) return failed("illegal-name", problem);
		try {
			if (!(await this.isPresent())) return failed("vault-missing", "the vault's folder is gone");
			const file = this.#find(from);
			if (!(file instanceof TFile)) return { kind: "changed" };
			await saveOpenEditors(this.#app.workspace, file.path);
			if (!(await isExpected(file.path))) return { kind: "changed" };
			const target = pathKey(from) === pathKey(to) ? await this.#respellFolders(file, to) : await this.#placeFor(to);
			if (typeof target !== "string") return target;
			if (target !== file.path) await this.#app.vault.rename(file, target);
			const stat = await this.#statOnDisk(target);
			const shown = toVaultPath(target);
			return stat === undefined || !shown.ok ? { kind: "changed" } : { kind: "renamed", stat, path: shown.path };
		} catch (error) {
			if (error instanceof Error && (isAlreadyThere(error) || isNotThere(error))) return { kind: "changed" };
			return this.#failure(error, to);
		}
	}

	async makeFolder(path: VaultPath): Promise<MakeFolderResult> {
		const problem = this.#nameProblem(path);
		if (problem !== undefined) return failed("illegal-name", problem);
		try {
			if (!(await this.isPresent())) return failed("vault-missing", "the vault's folder is gone");
			const made = await this.#ensureFolder(path);
			return made.kind === "failed" ? made : { kind: "made" };
		} catch (error) {
			return this.#failure(error, path);
		}
	}

	async folderAt(path: VaultPath): Promise<"empty" | "filled" | undefined> {
		const { adapter } = this.#app.vault;
		const spelling = this.#spelling(path);
		if ((await adapter.stat(spelling))?.type !== "folder") return undefined;
		// The disk may hold what the tree does not show: dot files.
		const { files, folders } = await adapter.list(spelling);
		return files.length + folders.length === 0 ? "empty" : "filled";
	}

	async removeFolder(path: VaultPath): Promise<RemoveResult> {
		try {
			if (!(await this.isPresent())) return failed("vault-missing", "the vault's folder is gone");
			const spelling = this.#spelling(path);
			if ((await this.#app.vault.adapter.stat(spelling)) === null) return { kind: "removed" };
			if ((await this.folderAt(path)) !== "empty") return { kind: "changed" };
			await this.#app.vault.adapter.rmdir(spelling, false);
			return { kind: "removed" };
		} catch (error) {
			if (error instanceof Error && isNotThere(error)) return { kind: "removed" };
			return this.#failure(error, path);
		}
	}

	/** What is there, by the disk and the tree, without reading it. Rejects when the disk cannot say. */
	async lookAt(path: VaultPath): Promise<Place> {
		const problem = this.#nameProblem(path);
		if (problem !== undefined) return { kind: "barred", code: "illegal-name" };
		if (!(await this.isPresent())) throw new Error("the vault's folder is gone");
		if (this.#fileInTheWay(path) !== undefined) return { kind: "barred", code: "blocked" };
		const spelling = this.#spelling(path);
		const stat = await this.#statOnDisk(spelling);
		if (stat !== undefined) {
			const shown = toVaultPath(spelling);
			return shown.ok ? { kind: "file", path: shown.path, stat } : { kind: "barred", code: "illegal-name" };
		}
		const isFolder = (await this.#app.vault.adapter.stat(spelling)) !== null;
		return isFolder ? { kind: "barred", code: "blocked" } : { kind: "free" };
	}

	/** A file that lies where Obsidian shows nothing goes where nothing stands. */
	async moveIn(hidden: string, path: VaultPath): Promise<PlaceResult> {
		const problem = this.#nameProblem(path);
		if (problem !== undefined) return failed("illegal-name", problem);
		try {
			if (!(await this.isPresent())) return failed("vault-missing", "the vault's folder is gone");
			const target = await this.#placeFor(path);
			if (typeof target !== "string") return target.kind === "renamed" ? { kind: "changed" } : target;
			// Folders were made meanwhile, and a phone's own rename replaces what is there.
			if (await this.#app.vault.adapter.exists(target)) return { kind: "changed" };
			await this.#app.vault.adapter.rename(hidden, target);
			return await this.#placed(target);
		} catch (error) {
			if (error instanceof Error && isAlreadyThere(error)) return { kind: "changed" };
			return this.#failure(error, path);
		}
	}

	/** As `rename`, of a file that is known by its stamp: it is not read. */
	async moveWithin(from: VaultPath, to: VaultPath, stamp: Stamp): Promise<PlaceResult> {
		const isExpected = async (spelling: string): Promise<boolean> => isAs(await this.#statOnDisk(spelling), stamp);
		const renamed = await this.#inTurn(from, to, () => this.#rename(from, to, isExpected));
		return renamed.kind === "renamed" ? { ...renamed, kind: "placed" } : renamed;
	}

	/** A file that is known by its stamp goes into the vault's own trash, under a name that nothing has there. */
	async moveToTrash(path: VaultPath, stamp: Stamp): Promise<DiscardResult> {
		const { adapter } = this.#app.vault;
		try {
			if (!(await this.isPresent())) return failed("vault-missing", "the vault's folder is gone");
			const spelling = this.#spelling(path);
			const saved = await saveOpenEditors(this.#app.workspace, spelling);
			if (!(await adapter.exists(TRASH))) await adapter.mkdir(TRASH);
			const target = await this.#freeInTrash(fileName(path));
			const isAsNoted = isAs(await this.#statOnDisk(spelling), stamp);
			if (!isAsNoted || saved.some(holdsUnsavedText)) return { kind: "changed" };
			await adapter.rename(spelling, target);
			return (await this.#statOnDisk(spelling)) === undefined
				? { kind: "discarded" }
				: failed("io", `${path} is still there after it was moved to the trash`);
		} catch (error) {
			if (error instanceof Error && (isAlreadyThere(error) || isNotThere(error))) return { kind: "changed" };
			return this.#failure(error, path);
		}
	}

	async #freeInTrash(name: string): Promise<string> {
		const dot = name.lastIndexOf(".") > 0 ? name.lastIndexOf(".") : name.length;
		for (let number = 1; ; number++) {
			const numbered = number === 1 ? name : `${name.slice(0, dot)} ${String(number)}${name.slice(dot)}`;
			if (!(await this.#app.vault.adapter.exists(`${TRASH}/${numbered}`))) return `${TRASH}/${numbered}`;
		}
	}

	async #placed(target: string): Promise<PlaceResult> {
		const stat = await this.#statOnDisk(target);
		const shown = toVaultPath(target);
		return stat === undefined || !shown.ok ? { kind: "changed" } : { kind: "placed", stat, path: shown.path };
	}

	watch(listener: (change: VaultChange) => void): () => void {
		this.#listeners.add(listener);
		return () => {
			this.#listeners.delete(listener);
		};
	}

	async #create(path: VaultPath, bytes: Uint8Array, mtimeMs: number): Promise<ReplaceResult> {
		const { vault } = this.#app;
		const standing = this.#find(path);
		if (standing instanceof TFile) return { kind: "changed" };
		if (standing instanceof TFolder) return failed("blocked", `${path} is a folder`);
		const folder = await this.#ensureFolder(parentPath(path));
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
		const file = this.#find(path);
		if (file instanceof TFolder) return failed("blocked", `${path} is a folder`);
		if (!(file instanceof TFile)) return this.#fileInTheWay(path) ?? { kind: "changed" };
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

	/** Where a file of that name goes, in folders as they are spelled; a result when it cannot go there. */
	async #placeFor(path: VaultPath): Promise<string | RenameResult> {
		const standing = this.#find(path);
		if (standing instanceof TFolder) return failed("blocked", `${path} is a folder`);
		if (standing !== undefined || (await this.#statOnDisk(path)) !== undefined) return { kind: "changed" };
		const folder = await this.#ensureFolder(parentPath(path));
		if (folder.kind === "failed") return folder;
		return folder.path === "" ? fileName(path) : `${folder.path}/${fileName(path)}`;
	}

	/** Gives the folders above a file the spelling of `path`; what the file itself is then to be called. */
	async #respellFolders(file: TFile, path: VaultPath): Promise<string | RenameResult> {
		const names = path.split("/");
		for (let level = 1; level < names.length; level++) {
			const wanted = names.slice(0, level).join("/");
			const folder = this.#app.vault.getAbstractFileByPath(file.path.split("/").slice(0, level).join("/"));
			if (!(folder instanceof TFolder)) return { kind: "changed" };
			if (folder.path.normalize("NFC") !== wanted) await this.#app.vault.rename(folder, wanted);
		}
		// A decomposed name on the disk is the same spelling, and stays.
		return file.path.normalize("NFC") === path ? file.path : path;
	}

	/** Gives a file the spelling of `path`; its folders keep theirs. */
	async #respell(file: TFile, path: VaultPath): Promise<void> {
		const name = fileName(path);
		if (file.name === name) return;
		const folder = file.path.slice(0, file.path.length - file.name.length);
		await this.#app.vault.rename(file, `${folder}${name}`);
	}

	/** Makes the missing folders on the way to `path`, shallow ones first. */
	async #ensureFolder(
		path: VaultPath | undefined,
	): Promise<{ readonly kind: "folder"; readonly path: string } | VaultFailure> {
		if (path === undefined) return { kind: "folder", path: "" };
		const standing = this.#find(path);
		if (standing instanceof TFolder) return { kind: "folder", path: standing.path };
		if (standing instanceof TFile) return failed("blocked", `${standing.path} is a file`);
		const parent = await this.#ensureFolder(parentPath(path));
		if (parent.kind === "failed") return parent;
		const spelling = parent.path === "" ? fileName(path) : `${parent.path}/${fileName(path)}`;
		try {
			await this.#app.vault.createFolder(spelling);
		} catch (error) {
			if (!isAlreadyThere(error)) throw error;
			const there = await this.#app.vault.adapter.stat(spelling);
			if (there?.type !== "folder") return failed("blocked", `${spelling} is a file`);
		}
		return { kind: "folder", path: spelling };
	}

	#fileInTheWay(path: VaultPath): VaultFailure | undefined {
		for (let at = parentPath(path); at !== undefined; at = parentPath(at)) {
			if (this.#find(at) instanceof TFile) return failed("blocked", `${at} is a file`);
		}
		return undefined;
	}

	/** The entry of Obsidian's tree that has this path, in whatever spelling of its key. */
	#find(path: VaultPath): TAbstractFile | undefined {
		return this.#app.vault.getAbstractFileByPath(this.#spelling(path)) ?? undefined;
	}

	#spelling(path: VaultPath): string {
		return this.#spellings.find(path) ?? path;
	}

	#entry(child: TAbstractFile): VaultEntry {
		const parsed = toVaultPath(child.path);
		if (!parsed.ok) return { kind: "foreign", name: child.name, reason: parsed.reason };
		if (this.#spellings.find(parsed.path) !== child.path) {
			return { kind: "foreign", name: child.name, reason: "case-collision" };
		}
		if (!(child instanceof TFile)) return { kind: "folder", path: parsed.path };
		return { kind: "file", path: parsed.path, stat: fileStat(child.stat) };
	}

	#report(file: TAbstractFile, path: string): void {
		const parsed = toVaultPath(path);
		if (!parsed.ok || this.#isPrivate(path)) return;
		const change: VaultChange = { kind: file instanceof TFolder ? "folder" : "file", path: parsed.path };
		for (const listener of [...this.#listeners]) listener(change);
	}

	/** The configuration folder can have any name; it and every dot path are not ours. */
	#isPrivate(path: string): boolean {
		const { configDir } = this.#app.vault;
		return path.startsWith(".") || path.includes("/.") || path === configDir || path.startsWith(`${configDir}/`);
	}

	#nameProblem(path: VaultPath): string | undefined {
		if (this.#isPrivate(path)) return `${path} is hidden, or in the configuration folder`;
		// Obsidian would write these under another name: with a plain space for a non-breaking one.
		if (/[\u00a0\u202f]/.test(path) || normalizePath(path) !== path)
			return `${path} has characters that Obsidian writes differently`;
		// Obsidian takes a colon nowhere, whatever the disk would do.
		const problem = path.includes(":") ? "forbidden-character" : platformProblem(path, this.#platform);
		return problem && `${path}: ${problem}`;
	}

	/** Rejects when the file is in iCloud and not on this disk: a placeholder stands in its stead, which Obsidian does not show. */
	async #statOnDisk(spelling: string): Promise<FileStat | undefined> {
		const { adapter } = this.#app.vault;
		const stat = await adapter.stat(spelling);
		const isApple = this.#platform === "mac" || this.#platform === "ios";
		if (stat === null && isApple && (await adapter.exists(spelling.replace(/[^/]*$/, ".$&.icloud"))))
			throw new OffloadedError(spelling);
		return stat?.type === "file" ? fileStat(stat) : undefined;
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

	async #failure(error: unknown, path: VaultPath): Promise<VaultFailure> {
		if (!(error instanceof Error)) throw error;
		const code = failureCode(error);
		if (code === "io" && !(await this.isPresent())) return failed("vault-missing", errorMessage(error));
		return failed(code, `${path}: ${errorMessage(error)}`);
	}
}

/** Obsidian's own, which it shows nowhere and PSync takes no part of. */
const TRASH = ".trash";

function isAs(stat: FileStat | undefined, { size, mtimeMs }: Stamp): boolean {
	return stat?.size === size && stat.mtimeMs === mtimeMs;
}

function spelledAs(spelling: string, asked: VaultPath): { readonly path?: VaultPath } {
	const shown = toVaultPath(spelling);
	return shown.ok && shown.path !== asked ? { path: shown.path } : {};
}

function fileStat({ size, mtime }: { readonly size: number; readonly mtime: number }): FileStat {
	// Phones give fractions of a millisecond, and crash when one is written back.
	const mtimeMs = Math.floor(mtime);
	return { size, mtimeMs, token: `${String(mtimeMs)}:${String(size)}` };
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

function failed(code: VaultFailureCode, message: string): VaultFailure {
	return { kind: "failed", code, message };
}
