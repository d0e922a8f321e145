// Where the files of a vault stand, by Obsidian's tree and by the disk: which spelling answers to a path, what is there, whether a name may
// be there at all, and the folders on the way to it.
import { TFile, TFolder, normalizePath } from "obsidian";
import type { App, TAbstractFile } from "obsidian";
import { fileName, parentPath } from "../core/path.ts";
import type { VaultPath } from "../core/path.ts";
import { platformProblem } from "../core/platform-names.ts";
import type { Platform } from "../core/platform-names.ts";
import { OffloadedError } from "../engine/ports/vault.ts";
import type { FileStat, VaultFailure, VaultFailureCode } from "../engine/ports/vault.ts";
import { SpellingIndex } from "./spelling-index.ts";
import { errorMessage, failureCode, isAlreadyThere } from "./vault-errors.ts";

/** Something stands there, or nothing can. */
export type NoPlace = { readonly kind: "changed" } | VaultFailure;

export class VaultPlaces {
	/** Whoever hears of changes to the tree keeps it. */
	readonly spellings: SpellingIndex;
	readonly #app: App;
	readonly #platform: Platform;

	constructor(app: App, platform: Platform) {
		this.#app = app;
		this.#platform = platform;
		this.spellings = new SpellingIndex(app.vault.getAllLoadedFiles().map((file) => file.path));
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

	/** The entry of Obsidian's tree that has this path, in whatever spelling of its key. */
	find(path: VaultPath): TAbstractFile | undefined {
		return this.#app.vault.getAbstractFileByPath(this.spellingOf(path)) ?? undefined;
	}

	/** As it stands, or as it is asked for where nothing does. */
	spellingOf(path: VaultPath): string {
		return this.spellings.find(path) ?? path;
	}

	/** The configuration folder can have any name; it and every dot path are not ours. */
	isPrivate(path: string): boolean {
		const { configDir } = this.#app.vault;
		return path.startsWith(".") || path.includes("/.") || path === configDir || path.startsWith(`${configDir}/`);
	}

	nameProblem(path: VaultPath): string | undefined {
		if (this.isPrivate(path)) return `${path} is hidden, or in the configuration folder`;
		// Obsidian would write these under another name: with a plain space for a non-breaking one.
		if (/[\u00a0\u202f]/.test(path) || normalizePath(path) !== path)
			return `${path} has characters that Obsidian writes differently`;
		// Obsidian takes a colon nowhere, whatever the disk would do.
		const problem = path.includes(":") ? "forbidden-character" : platformProblem(path, this.#platform);
		return problem && `${path}: ${problem}`;
	}

	/** Rejects when the file is in iCloud and not on this disk: a placeholder stands in its stead, which Obsidian does not show. */
	async statOnDisk(spelling: string): Promise<FileStat | undefined> {
		const { adapter } = this.#app.vault;
		const stat = await adapter.stat(spelling);
		const isApple = this.#platform === "mac" || this.#platform === "ios";
		if (stat === null && isApple && (await adapter.exists(spelling.replace(/[^/]*$/, ".$&.icloud"))))
			throw new OffloadedError(spelling);
		return stat?.type === "file" ? fileStat(stat) : undefined;
	}

	/** Where a file of that name goes, in folders as they are spelled; a result when it cannot go there. */
	async placeFor(path: VaultPath): Promise<string | NoPlace> {
		const standing = this.find(path);
		if (standing instanceof TFolder) return failed("blocked", `${path} is a folder`);
		if (standing !== undefined || (await this.statOnDisk(path)) !== undefined) return { kind: "changed" };
		const folder = await this.ensureFolder(parentPath(path));
		if (folder.kind === "failed") return folder;
		return folder.path === "" ? fileName(path) : `${folder.path}/${fileName(path)}`;
	}

	/** Makes the missing folders on the way to `path`, shallow ones first. */
	async ensureFolder(
		path: VaultPath | undefined,
	): Promise<{ readonly kind: "folder"; readonly path: string } | VaultFailure> {
		if (path === undefined) return { kind: "folder", path: "" };
		const standing = this.find(path);
		if (standing instanceof TFolder) return { kind: "folder", path: standing.path };
		if (standing instanceof TFile) return failed("blocked", `${standing.path} is a file`);
		const parent = await this.ensureFolder(parentPath(path));
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

	fileInTheWay(path: VaultPath): VaultFailure | undefined {
		for (let at = parentPath(path); at !== undefined; at = parentPath(at)) {
			if (this.find(at) instanceof TFile) return failed("blocked", `${at} is a file`);
		}
		return undefined;
	}

	/** What a call that rejected with `error` comes to. */
	async failure(error: unknown, path: VaultPath): Promise<VaultFailure> {
		if (!(error instanceof Error)) throw error;
		const code = failureCode(error);
		if (code === "io" && !(await this.isPresent())) return failed("vault-missing", errorMessage(error));
		return failed(code, `${path}: ${errorMessage(error)}`);
	}
}

export function fileStat({ size, mtime }: { readonly size: number; readonly mtime: number }): FileStat {
	// Phones give fractions of a millisecond, and crash when one is written back.
	const mtimeMs = Math.floor(mtime);
	return { size, mtimeMs, token: `${String(mtimeMs)}:${String(size)}` };
}

export function failed(code: VaultFailureCode, message: string): VaultFailure {
	return { kind: "failed", code, message };
}
