// A vault in memory for tests: the Vault port on one side, a person with an editor on the other.
// One file a path key, as on a disk that ignores case. Deterministic: no timer, no clock but the injected one, and every
// call is done before the first `await` of its caller continues.
import { assert } from "../../src/core/assert.ts";
import { contentHashFromBytes } from "../../src/core/hash.ts";
import type { ContentHash } from "../../src/core/hash.ts";
import { fileName, parentPath, parsePath, pathKey } from "../../src/core/path.ts";
import type { PathKey, VaultPath } from "../../src/core/path.ts";
import type { Digest } from "../../src/engine/ports/digest.ts";
import { OffloadedError } from "../../src/engine/ports/vault.ts";
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
} from "../../src/engine/ports/vault.ts";

interface MemoryFile {
	readonly path: VaultPath;
	readonly bytes: Uint8Array;
	readonly mtimeMs: number;
	/** Counts every write to the vault: the change token. */
	readonly serial: number;
}

/** What can be made to fail. */
type MemoryOperation = "replaceIf" | "removeIf" | "rename";

export interface MemoryVaultOptions {
	/** Wall time in ms: what a person's saves get as mtime. */
	readonly now: () => number;
	readonly digest: Digest;
}

export class MemoryVault implements Vault {
	readonly #now: () => number;
	readonly #digest: Digest;
	readonly #files = new Map<PathKey, MemoryFile>();
	readonly #folders = new Map<PathKey, VaultPath>();
	readonly #listeners = new Set<(change: VaultChange) => void>();
	readonly #failures: { readonly operation: MemoryOperation; readonly code: VaultFailureCode }[] = [];
	#serial = 0;
	#present = true;
	#deaf = false;
	#late: VaultChange[] | undefined;
	#hidden: PathKey | undefined;
	#folder = 0;
	#trustedFolder: number | undefined;
	#askedFolder: number | undefined;
	readonly #offloaded = new Set<PathKey>();
	readonly #links = new Set<VaultPath>();
	readonly #reports = new Map<PathKey, number>();
	#beforeSwap: (() => void) | undefined;
	#afterSwap: (() => void) | undefined;
	#destroyed: Uint8Array | undefined;

	constructor(options: MemoryVaultOptions) {
		this.#now = options.now;
		this.#digest = options.digest;
	}

	// ---- the person's side: throws on a path that no vault can hold -------------------------------------------------

	save(path: string, bytes: Uint8Array | string): void {
		const target = checkedPath(path);
		const key = pathKey(target);
		assert(!this.#folders.has(key), `a folder is at ${path}`);
		this.#makeFolders(target);
		const shown = this.#files.get(key)?.path ?? this.#inFoldersAsSpelled(target);
		const content = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes.slice();
		this.#put(key, { path: shown, bytes: content, mtimeMs: this.#now(), serial: ++this.#serial });
		this.#tell({ kind: "file", path: shown });
	}

	/** The disk gives other bytes than it took, as many of them, and nobody is told. */
	decay(path: string, text: string): void {
		const key = pathKey(checkedPath(path));
		const file = this.#files.get(key);
		assert(file !== undefined, `no file at ${path}`);
		this.#files.set(key, { ...file, bytes: new TextEncoder().encode(text) });
	}

	/** Writes other bytes of its length, with the time that the file had: what no stamp shows. */
	saveWithTime(path: string, bytes: Uint8Array | string, mtimeMs: number): void {
		this.save(path, bytes);
		const file = this.#fileAt(checkedPath(path));
		this.#put(pathKey(file.path), { ...file, mtimeMs });
	}

	/** Whether a file can be saved there: no folder has its name, and no file that of a folder it is in. */
	canHold(path: string): boolean {
		const target = checkedPath(path);
		return !this.#folders.has(pathKey(target)) && this.#fileAbove(target) === undefined;
	}

	/** Whether a folder can be made there: neither it nor one that it is in has the name of a file. */
	canHoldFolder(path: string): boolean {
		const target = checkedPath(path);
		return !this.#files.has(pathKey(target)) && this.#fileAbove(target) === undefined;
	}

	/** A file, or a folder with everything in it. */
	delete(path: string): void {
		const target = checkedPath(path);
		if (this.#files.delete(pathKey(target))) {
			this.#tell({ kind: "file", path: target });
			return;
		}
		assert(this.#folders.has(pathKey(target)), `nothing at ${path}`);
		for (const file of this.#below(target)) this.#files.delete(pathKey(file.path));
		for (const [key, folder] of [...this.#folders]) if (isAtOrBelow(folder, target)) this.#folders.delete(key);
		this.#tell({ kind: "folder", path: target });
	}

	/** A file, or a folder with everything in it; also when only the spelling changes. mtimes are kept, as by `mv`. */
	move(from: string, to: string): void {
		const source = checkedPath(from);
		const target = checkedPath(to);
		const file = this.#files.get(pathKey(source));
		if (file !== undefined) {
			this.#files.delete(pathKey(source));
			this.#makeFolders(target);
			const shown = this.#inFoldersAsSpelled(target);
			this.#put(pathKey(target), { ...file, path: shown, serial: ++this.#serial });
			this.#tell({ kind: "file", path: source });
			this.#tell({ kind: "file", path: shown });
			return;
		}
		assert(this.#folders.has(pathKey(source)), `nothing at ${from}`);
		const moved = this.#below(source);
		const folders = [...this.#folders.values()].filter((folder) => isAtOrBelow(folder, source));
		for (const each of moved) this.#files.delete(pathKey(each.path));
		for (const folder of folders) this.#folders.delete(pathKey(folder));
		const movedPath = (path: VaultPath): VaultPath => checkedPath(target + path.slice(source.length));
		this.#makeFolders(target);
		for (const folder of folders) this.#folders.set(pathKey(movedPath(folder)), movedPath(folder));
		for (const each of moved) {
			const path = movedPath(each.path);
			this.#put(pathKey(path), { ...each, path, serial: ++this.#serial });
		}
		this.#tell({ kind: "folder", path: source });
		this.#tell({ kind: "folder", path: target });
	}

	/** An empty folder, with what is missing above it. */
	addFolder(path: string): void {
		const target = checkedPath(path);
		this.#makeFolders(target);
		this.#folders.set(pathKey(target), this.#inFoldersAsSpelled(target));
		this.#tell({ kind: "folder", path: target });
	}

	/** Every file as the person sees it: path in its spelling → bytes. Sorted by path. */
	files(): Map<string, Uint8Array> {
		const sorted = [...this.#files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
		return new Map(sorted.map((file) => [file.path, file.bytes.slice()]));
	}

	bytesOf(path: string): Uint8Array | undefined {
		return this.#files.get(pathKey(checkedPath(path)))?.bytes.slice();
	}

	/** As `stat`, at once. */
	statNow(path: VaultPath): FileStat | undefined {
		const file = this.#inSight(path);
		return file && statOf(file, path);
	}

	/** The vault's own folder is there. */
	get isThere(): boolean {
		return this.#present;
	}

	/** As nobody's act: it comes from elsewhere on the disk, or goes there, as a whole. `undefined`: nothing is there now. */
	exchange(path: string, bytes: Uint8Array | undefined, mtimeMs: number): void {
		const target = checkedPath(path);
		const key = pathKey(target);
		if (bytes === undefined) this.#files.delete(key);
		else {
			this.#makeFolders(target);
			this.#put(key, { path: this.#inFoldersAsSpelled(target), bytes, mtimeMs, serial: ++this.#serial });
		}
		this.#tell({ kind: "file", path: target });
	}

	text(path: string): string | undefined {
		const file = this.#files.get(pathKey(checkedPath(path)));
		return file && new TextDecoder().decode(file.bytes);
	}

	folders(): readonly string[] {
		return [...this.#folders.values()].sort();
	}

	mtimeOf(path: string): number | undefined {
		return this.#files.get(pathKey(checkedPath(path)))?.mtimeMs;
	}

	// ---- the world's side: things that go wrong ---------------------------------------------------------------------

	/** The next call of `operation` fails with `code` and changes nothing. Several queue up. */
	failNext(operation: MemoryOperation, code: VaultFailureCode): void {
		this.#failures.push({ operation, code });
	}

	/** Runs once, between the moment a `replaceIf` or `removeIf` is asked for and its comparison: a person who is quicker. */
	beforeNextSwap(act: () => void): void {
		this.#beforeSwap = act;
	}

	/** Runs once, right after the next `replaceIf` wrote: a person who works on what has just been shown. */
	afterNextSwap(act: () => void): void {
		this.#afterSwap = act;
	}

	/** The vault's own folder vanishes, or comes back as it was. */
	setPresent(present: boolean): void {
		this.#present = present;
		this.#tell({ kind: "folder", path: undefined });
	}

	/** Another folder stands in its place, with the same in it. */
	exchangeFolder(): void {
		this.#folder++;
	}

	/** How often something was reported of it. */
	reportsOf(path: string): number {
		return this.#reports.get(pathKey(checkedPath(path))) ?? 0;
	}

	get holdsReports(): boolean {
		return this.#late !== undefined;
	}

	/** Reports wait from here on, until `tellLate`. */
	holdReports(): void {
		this.#late ??= [];
	}

	/** What waited is reported now, in the order that `sorted` makes of it, and perhaps more than once. */
	tellLate(sorted: (changes: readonly VaultChange[]) => readonly VaultChange[]): void {
		const late = this.#late ?? [];
		this.#late = undefined;
		for (const change of sorted(late)) this.#tell(change);
	}

	/** While deaf, changes are not reported: what was missed is found by scans alone. */
	setDeaf(deaf: boolean): void {
		this.#deaf = deaf;
	}

	/** The file cannot be seen for a while, though nobody removed it: no report. `undefined`: everything is in sight again. */
	hide(path: string | undefined): void {
		this.#hidden = path === undefined ? undefined : pathKey(checkedPath(path));
	}

	/** The bytes that a `replaceIf` or `removeIf` took away since the last call, at the moment it did. */
	takeDestroyed(): Uint8Array | undefined {
		const destroyed = this.#destroyed;
		this.#destroyed = undefined;
		return destroyed;
	}

	/** Reports of changes that nobody made. */
	pretendChanges(files: readonly string[], folders: readonly (string | undefined)[]): void {
		for (const path of files) this.#tell({ kind: "file", path: checkedPath(path) });
		for (const path of folders)
			this.#tell({ kind: "folder", path: path === undefined ? undefined : checkedPath(path) });
	}

	/** A cloud takes the file away from this disk, or gives it back. */
	offload(path: string, isAway: boolean): void {
		const target = checkedPath(path);
		if (isAway) this.#offloaded.add(pathKey(target));
		else this.#offloaded.delete(pathKey(target));
		this.#tell({ kind: "file", path: target });
	}

	/** A symbolic link takes the place of a file or a folder, which is out of sight meanwhile, or goes. */
	link(path: string, isThere: boolean): void {
		const target = checkedPath(path);
		if (isThere) this.#links.add(target);
		else this.#links.delete(target);
		this.#tell({ kind: this.#folders.has(pathKey(target)) ? "folder" : "file", path: target });
	}

	/** Files at and below `path`, exchanged under the engine's feet as a restore from a backup does: no report. */
	restore(files: ReadonlyMap<string, Uint8Array>): void {
		this.#files.clear();
		this.#folders.clear();
		const wasDeaf = this.#deaf;
		this.#deaf = true;
		for (const [path, bytes] of files) this.save(path, bytes);
		this.#deaf = wasDeaf;
	}

	// ---- the port ---------------------------------------------------------------------------------------------------

	isPresent(): Promise<boolean> {
		return Promise.resolve(this.#present);
	}

	isOtherFolder(): Promise<boolean> {
		this.#askedFolder = this.#folder;
		return Promise.resolve(this.#trustedFolder !== undefined && this.#trustedFolder !== this.#folder);
	}

	trustFolder(): Promise<void> {
		this.#trustedFolder = this.#askedFolder;
		return Promise.resolve();
	}

	list(folder: VaultPath | undefined): Promise<readonly VaultEntry[]> {
		if (!this.#present) return Promise.resolve([]);
		const parentKey = folder === undefined ? undefined : pathKey(folder);
		const isHere = (path: VaultPath): boolean => {
			const parent = parentPath(path);
			return (parent === undefined ? undefined : pathKey(parent)) === parentKey;
		};
		const entries: VaultEntry[] = [];
		for (const path of this.#links)
			if (isHere(path)) entries.push({ kind: "foreign", name: path, reason: "symbolic-link" });
		for (const path of this.#folders.values())
			if (isHere(path) && !this.#isBehindLink(path)) entries.push({ kind: "folder", path });
		for (const file of this.#files.values()) {
			const isSeen = pathKey(file.path) !== this.#hidden && !this.#offloaded.has(pathKey(file.path));
			if (isHere(file.path) && isSeen && !this.#isBehindLink(file.path))
				entries.push({ kind: "file", path: file.path, stat: statOf(file) });
		}
		return Promise.resolve(entries);
	}

	stat(path: VaultPath): Promise<FileStat | undefined> {
		if (this.#offloaded.has(pathKey(path))) return Promise.reject(new OffloadedError(path));
		const file = this.#inSight(path);
		return Promise.resolve(file && statOf(file, path));
	}

	isTaken(path: VaultPath): Promise<boolean> {
		return Promise.resolve(this.#isBehindLink(path));
	}

	read(path: VaultPath): Promise<{ readonly bytes: Uint8Array; readonly stat: FileStat } | undefined> {
		if (this.#offloaded.has(pathKey(path))) return Promise.reject(new OffloadedError(path));
		const file = this.#inSight(path);
		return Promise.resolve(file && { bytes: file.bytes.slice(), stat: statOf(file, path) });
	}

	replaceIf(
		path: VaultPath,
		expected: ContentHash | undefined,
		bytes: Uint8Array,
		mtimeMs: number,
	): Promise<ReplaceResult> {
		const refusal = this.#refusal("replaceIf");
		if (refusal !== undefined) return Promise.resolve(refusal);
		const key = pathKey(path);
		if (this.#isBehindLink(path)) return Promise.resolve(failure("blocked", `a link is at or above ${path}`));
		if (this.#folders.has(key)) return Promise.resolve(failure("blocked", `a folder is at ${path}`));
		const above = this.#fileAbove(path);
		if (above !== undefined) return Promise.resolve(failure("blocked", `a file is at ${above}`));
		const existing = this.#files.get(key);
		if (this.#hashOf(existing) !== expected) return Promise.resolve({ kind: "changed" });
		this.#destroyed = existing?.bytes;
		this.#makeFolders(path);
		const shown = this.#inFoldersAsSpelled(path);
		const file: MemoryFile = { path: shown, bytes: bytes.slice(), mtimeMs, serial: ++this.#serial };
		this.#put(key, file);
		if (existing !== undefined && existing.path !== shown) this.#tell({ kind: "file", path: existing.path });
		this.#tell({ kind: "file", path: shown });
		const act = this.#afterSwap;
		this.#afterSwap = undefined;
		act?.();
		return Promise.resolve({ kind: "replaced", stat: statOf(file), path: shown });
	}

	removeIf(path: VaultPath, expected: ContentHash): Promise<RemoveResult> {
		const refusal = this.#refusal("removeIf");
		if (refusal !== undefined) return Promise.resolve(refusal);
		const existing = this.#files.get(pathKey(path));
		if (existing === undefined) return Promise.resolve({ kind: "removed" });
		if (this.#hashOf(existing) !== expected) return Promise.resolve({ kind: "changed" });
		this.#destroyed = existing.bytes;
		this.#files.delete(pathKey(path));
		this.#tell({ kind: "file", path: existing.path });
		return Promise.resolve({ kind: "removed" });
	}

	rename(from: VaultPath, to: VaultPath, expected: ContentHash): Promise<RenameResult> {
		const refusal = this.#refusal("rename");
		if (refusal !== undefined) return Promise.resolve(refusal);
		const file = this.#files.get(pathKey(from));
		if (file === undefined || this.#hashOf(file) !== expected) return Promise.resolve({ kind: "changed" });
		if (pathKey(from) === pathKey(to)) {
			this.#respellFolders(to);
			const respelled = { ...this.#fileAt(to), path: to, serial: ++this.#serial };
			this.#put(pathKey(to), respelled);
			if (file.path !== to) this.#tell({ kind: "file", path: file.path });
			this.#tell({ kind: "file", path: to });
			return Promise.resolve({ kind: "renamed", stat: statOf(respelled), path: to });
		}
		if (this.#folders.has(pathKey(to))) return Promise.resolve(failure("blocked", `a folder is at ${to}`));
		const above = this.#fileAbove(to);
		if (above !== undefined) return Promise.resolve(failure("blocked", `a file is at ${above}`));
		if (this.#files.has(pathKey(to))) return Promise.resolve({ kind: "changed" });
		this.#files.delete(pathKey(from));
		this.#makeFolders(to);
		const moved = { ...file, path: this.#inFoldersAsSpelled(to), serial: ++this.#serial };
		this.#put(pathKey(to), moved);
		this.#tell({ kind: "file", path: file.path });
		this.#tell({ kind: "file", path: moved.path });
		return Promise.resolve({ kind: "renamed", stat: statOf(moved), path: moved.path });
	}

	makeFolder(path: VaultPath): Promise<MakeFolderResult> {
		if (!this.#present) return Promise.resolve(failure("vault-missing", "the vault's folder is gone"));
		if (this.#files.has(pathKey(path)) || this.#fileAbove(path) !== undefined)
			return Promise.resolve(failure("blocked", `a file is at or above ${path}`));
		if (!this.#folders.has(pathKey(path))) this.addFolder(path);
		return Promise.resolve({ kind: "made" });
	}

	folderAt(path: VaultPath): Promise<"empty" | "filled" | undefined> {
		return Promise.resolve(this.#present ? this.#stateOf(path) : undefined);
	}

	removeFolder(path: VaultPath): Promise<RemoveResult> {
		if (!this.#present) return Promise.resolve(failure("vault-missing", "the vault's folder is gone"));
		const state = this.#stateOf(path);
		if (state === "filled" || (state === undefined && this.#files.has(pathKey(path))))
			return Promise.resolve({ kind: "changed" });
		const shown = this.#folders.get(pathKey(path)) ?? path;
		if (this.#folders.delete(pathKey(path))) this.#tell({ kind: "folder", path: shown });
		return Promise.resolve({ kind: "removed" });
	}

	watch(listener: (change: VaultChange) => void): () => void {
		// Its own function: the same listener may watch twice.
		const own = (change: VaultChange): void => {
			listener(change);
		};
		this.#listeners.add(own);
		return () => {
			this.#listeners.delete(own);
		};
	}

	#isBehindLink(path: VaultPath): boolean {
		return [...this.#links].some((link) => isAtOrBelow(path, link));
	}

	#inSight(path: VaultPath): MemoryFile | undefined {
		return this.#present && !this.#isBehindLink(path) && pathKey(path) !== this.#hidden
			? this.#files.get(pathKey(path))
			: undefined;
	}

	#refusal(operation: MemoryOperation): VaultFailure | undefined {
		const act = this.#beforeSwap;
		this.#beforeSwap = undefined;
		act?.();
		if (!this.#present) return failure("vault-missing", "the vault's folder is gone");
		const index = this.#failures.findIndex((each) => each.operation === operation);
		const planned = index < 0 ? undefined : this.#failures.splice(index, 1)[0];
		return planned && failure(planned.code, `injected: ${planned.code}`);
	}

	#hashOf(file: MemoryFile | undefined): ContentHash | undefined {
		return file && contentHashFromBytes(this.#digest.sha256(file.bytes));
	}

	#put(key: PathKey, file: MemoryFile): void {
		this.#files.set(key, file);
	}

	#fileAt(path: VaultPath): MemoryFile {
		const file = this.#files.get(pathKey(path));
		assert(file !== undefined, `nothing at ${path}`);
		return file;
	}

	#fileAbove(path: VaultPath): VaultPath | undefined {
		for (let parent = parentPath(path); parent !== undefined; parent = parentPath(parent)) {
			if (this.#files.has(pathKey(parent))) return parent;
		}
		return undefined;
	}

	/** Gives the folders above `path` its spelling, with all that is in them. */
	#respellFolders(path: VaultPath): void {
		for (let folder = parentPath(path); folder !== undefined; folder = parentPath(folder)) {
			if (this.#folders.get(pathKey(folder)) === folder) continue;
			const respelled = (below: VaultPath): VaultPath => checkedPath(folder + below.slice(folder.length));
			for (const [key, below] of this.#folders)
				if (isAtOrBelow(below, folder)) this.#folders.set(key, respelled(below));
			for (const file of this.#below(folder)) this.#put(pathKey(file.path), { ...file, path: respelled(file.path) });
		}
	}

	#makeFolders(path: VaultPath): void {
		const parent = parentPath(path);
		if (parent === undefined || this.#folders.has(pathKey(parent))) return;
		assert(!this.#files.has(pathKey(parent)), `a file is at ${parent}`);
		this.#makeFolders(parent);
		this.#folders.set(pathKey(parent), this.#inFoldersAsSpelled(parent));
	}

	/** A folder that exists keeps its own spelling; only the last name is as `path` has it. */
	#inFoldersAsSpelled(path: VaultPath): VaultPath {
		const parent = parentPath(path);
		const folder = parent && this.#folders.get(pathKey(parent));
		return folder === undefined ? path : checkedPath(`${folder}/${fileName(path)}`);
	}

	#stateOf(folder: VaultPath): "empty" | "filled" | undefined {
		if (!this.#folders.has(pathKey(folder))) return undefined;
		return this.#below(folder).length === 0 && !this.#hasFolderInside(folder) ? "empty" : "filled";
	}

	#below(folder: VaultPath): readonly MemoryFile[] {
		return [...this.#files.values()].filter((file) => isAtOrBelow(file.path, folder));
	}

	#hasFolderInside(folder: VaultPath): boolean {
		return [...this.#folders.values()].some(
			(other) => pathKey(other) !== pathKey(folder) && isAtOrBelow(other, folder),
		);
	}

	#tell(change: VaultChange): void {
		if (this.#deaf) return;
		if (this.#late !== undefined) {
			this.#late.push(change);
			return;
		}
		const key = change.path === undefined ? undefined : pathKey(change.path);
		if (key !== undefined) this.#reports.set(key, this.reportsOf(key) + 1);
		for (const listener of [...this.#listeners]) listener(change);
	}
}

function statOf(file: MemoryFile, asked = file.path): FileStat {
	return {
		...(file.path === asked ? {} : { path: file.path }),
		size: file.bytes.length,
		mtimeMs: file.mtimeMs,
		token: `${String(file.serial)}:${String(file.mtimeMs)}:${String(file.bytes.length)}`,
	};
}

function failure(code: VaultFailureCode, message: string): VaultFailure {
	return { kind: "failed", code, message };
}

function isAtOrBelow(path: VaultPath, folder: VaultPath): boolean {
	const key = pathKey(path);
	const folderKey = pathKey(folder);
	return key === folderKey || key.startsWith(`${folderKey}/`);
}

function checkedPath(text: string): VaultPath {
	const parsed = parsePath(text);
	assert(parsed.ok, `not a vault path: ${text}`);
	return parsed.path;
}
