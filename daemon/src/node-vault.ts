// The Vault port on a plain folder. Follows no symbolic link below the vault, writes whole files or nothing, and compares
// with what is on the disk as late as the operating system allows, so that a person who is quicker is never overwritten.
import { constants } from "node:fs";
import type { BigIntStats } from "node:fs";
import { access, link, lstat, mkdir, readdir, rename, rmdir, unlink } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { join, relative, sep } from "node:path";
import { contentHashFromBytes } from "../../src/core/hash.ts";
import type { ContentHash } from "../../src/core/hash.ts";
import { fileName, isHiddenPath, parentPath, pathKey, toVaultPath } from "../../src/core/path.ts";
import type { PathKey, VaultPath } from "../../src/core/path.ts";
import { platformProblem } from "../../src/core/platform-names.ts";
import type { Platform } from "../../src/core/platform-names.ts";
import type { Digest } from "../../src/engine/ports/digest.ts";
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
import { DiskNames } from "./disk-names.ts";
import type { FolderEntry, Located } from "./disk-names.ts";
import { syncFolder, writeTemp } from "./durable-file.ts";
import { errnoOf, ifThere, vaultFailureOf } from "./errno.ts";
import { refuseOffloaded } from "./offloaded.ts";
import { KeyedQueue, Limiter } from "./limiter.ts";
import { watchFolder } from "./node-watcher.ts";
import { readSettled, withFile, writtenSince } from "./settled-file.ts";
import { VaultFolder } from "./vault-folder.ts";

/** More at once than Node's four file system threads only wait, and hold file descriptors while they do. */
const FILES_IN_FLIGHT_MAX = 16;
const TEMP_PREFIX = ".psync-tmp-";

export interface NodeVaultOptions {
	/** Given as a path: which folder that is, is remembered no longer than this object lives. */
	readonly folder: string | VaultFolder;
	readonly digest: Digest;
	/** Told when watching is not possible or broke, in words for a log. */
	readonly onWatchTrouble?: (message: string) => void;
	/** Whose rules for names hold; this machine's by default. */
	readonly platform?: Platform;
	/** Names that begin with a dot take part; otherwise they are neither shown nor touched. */
	readonly hidden?: boolean;
}

export class NodeVault implements Vault {
	readonly replacesWhole = true;
	readonly #folder: string;
	readonly #root: VaultFolder;
	readonly #digest: Digest;
	readonly #onWatchTrouble: (message: string) => void;
	readonly #platform: Platform;
	readonly #names: DiskNames;
	readonly #hidden: boolean;
	readonly #limiter = new Limiter(FILES_IN_FLIGHT_MAX);
	/** One change a path at a time: two of our own writers cannot both find what they expect. */
	readonly #changes = new KeyedQueue<PathKey | "folders">();
	/** Tells the temp files of this run from those that an earlier run left when it was killed. */
	readonly #run = randomBytes(6).toString("hex");
	#tempCount = 0;
	/** Whether the disk keeps names in the form in which they are given, as far as is known. */
	#composes = true;

	constructor(options: NodeVaultOptions) {
		this.#root = typeof options.folder === "string" ? new VaultFolder(options.folder) : options.folder;
		this.#folder = this.#root.path;
		this.#digest = options.digest;
		this.#onWatchTrouble = options.onWatchTrouble ?? (() => undefined);
		this.#platform = options.platform ?? ownPlatform();
		this.#hidden = options.hidden ?? false;
		this.#names = new DiskNames(this.#root);
	}

	async isPresent(): Promise<boolean> {
		try {
			if ((await this.#root.stat()) === undefined) return false;
			await access(this.#folder, constants.R_OK | constants.X_OK);
			await this.#root.noticeEmptied();
			return true;
		} catch (error) {
			if (errnoOf(error) !== undefined) return false;
			throw error;
		}
	}

	isOtherFolder(): Promise<boolean> {
		return this.#root.isOther();
	}

	trustFolder(): Promise<void> {
		return this.#root.trust();
	}

	async list(folder: VaultPath | undefined): Promise<readonly VaultEntry[]> {
		const diskPath = await this.#folderOnDisk(folder);
		if (diskPath === undefined) return [];
		const entries = await this.#names.read(diskPath, folder);
		const listed = await Promise.all(
			entries.map((entry) => this.#limiter.run(() => this.#listed(diskPath, folder, entry))),
		);
		return listed.filter((entry) => entry !== undefined);
	}

	async stat(path: VaultPath): Promise<FileStat | undefined> {
		if (this.#isPrivate(path)) return undefined;
		const located = await this.#limiter.run(() => this.#names.locate(path));
		if (located.kind !== "found") await refuseOffloaded(this.#folder, path);
		return located.kind === "found" && located.stats.isFile() ? this.#stat(located, path) : undefined;
	}

	async isTaken(path: VaultPath): Promise<boolean> {
		const located = await this.#limiter.run(() => this.#names.locate(path));
		// Files and folders take part: whoever put one in the place of the other has acted.
		if (located.kind === "found") return !located.stats.isFile() && !located.stats.isDirectory();
		if (located.kind !== "blocked") return false;
		return (await ifThere(lstat(located.by)))?.isFile() === false;
	}

	async read(path: VaultPath): Promise<{ readonly bytes: Uint8Array; readonly stat: FileStat } | undefined> {
		if (this.#isPrivate(path)) return undefined;
		return this.#limiter.run(async () => {
			const located = await this.#names.locate(path);
			if (located.kind !== "found") await refuseOffloaded(this.#folder, path);
			if (located.kind !== "found" || !located.stats.isFile()) return undefined;
			return withFile(join(located.folder, located.name), async (file) => {
				const { bytes, stats } = await readSettled(file);
				return { bytes, stat: this.#stat({ ...located, stats }, path) };
			});
		});
	}

	replaceIf(
		path: VaultPath,
		expected: ContentHash | undefined,
		bytes: Uint8Array,
		mtimeMs: number,
	): Promise<ReplaceResult> {
		return this.#change(path, async () => {
			const problem = platformProblem(path, this.#platform);
			if (problem !== undefined) return failure("illegal-name", `${path}: ${problem}`);
			let located = await this.#names.locate(path);
			if (located.kind === "missing" && expected !== undefined) return { kind: "changed" };
			if (located.kind === "missing" && located.missing.length > 1) {
				await this.#changes.run("folders", () => this.#makeFolders(path));
				located = await this.#names.locate(path);
			}
			switch (located.kind) {
				case "vault-missing":
					return vaultMissing(this.#folder);
				case "blocked":
					return failure("blocked", `${located.by} is not a folder`);
				case "missing": {
					if (located.missing.length > 1) return failure("io", `a folder above ${path} went away`);
					const created = await this.#create(located.folder, fileName(path), bytes, mtimeMs);
					if (created.kind !== "replaced") return created;
					return { ...created, path: this.#shownPath(located.folder, fileName(path), path) };
				}
				case "found": {
					const there = join(located.folder, located.name);
					if (!located.stats.isFile()) return failure("blocked", `${there} is not a file`);
					if (expected === undefined) return { kind: "changed" };
					const replaced = await this.#replace(located, fileName(path), expected, bytes, mtimeMs);
					if (replaced.kind !== "replaced") return replaced;
					return { ...replaced, path: this.#shownPath(located.folder, fileName(path), path) };
				}
			}
		});
	}

	removeIf(path: VaultPath, expected: ContentHash): Promise<RemoveResult> {
		return this.#change(path, async () => {
			const located = await this.#names.locate(path);
			if (located.kind === "vault-missing") return vaultMissing(this.#folder);
			if (located.kind !== "found" || located.stats.isDirectory()) return { kind: "removed" };
			if (!located.stats.isFile()) return { kind: "changed" };
			return this.#remove(located.folder, located.name, expected);
		});
	}

	rename(from: VaultPath, to: VaultPath, expected: ContentHash): Promise<RenameResult> {
		if (this.#isPrivate(from)) return Promise.resolve(failure("illegal-name", `${from} is hidden`));
		if (pathKey(from) === pathKey(to)) {
			return this.#change(to, () => this.#changes.run("folders", () => this.#respell(to, expected)));
		}
		// In one order, or two renames would wait for each other for ever.
		const [first, second] = pathKey(from) < pathKey(to) ? [from, to] : [to, from];
		return this.#changes.run(pathKey(first), () => this.#change(second, () => this.#move(from, to, expected)));
	}

	makeFolder(path: VaultPath): Promise<MakeFolderResult> {
		return this.#change(path, async () => {
			const problem = platformProblem(path, this.#platform);
			if (problem !== undefined) return failure("illegal-name", `${path}: ${problem}`);
			await this.#changes.run("folders", () => this.#makeFolderAt(path));
			const located = await this.#names.locate(path);
			if (located.kind === "vault-missing") return vaultMissing(this.#folder);
			if (located.kind === "found" && located.stats.isDirectory()) return { kind: "made" };
			return failure("blocked", `something else is at ${path}`);
		});
	}

	async folderAt(path: VaultPath): Promise<"empty" | "filled" | undefined> {
		const diskPath = await this.#folderOnDisk(path);
		const names = diskPath === undefined ? undefined : await ifThere(readdir(diskPath));
		return names && (names.length === 0 ? "empty" : "filled");
	}

	removeFolder(path: VaultPath): Promise<RemoveResult> {
		return this.#change(path, async () => {
			const located = await this.#names.locate(path);
			if (located.kind === "vault-missing") return vaultMissing(this.#folder);
			if (located.kind !== "found") return { kind: "removed" };
			if (!located.stats.isDirectory()) return { kind: "changed" };
			return this.#names.changing(located.folder, async (note) => {
				try {
					await rmdir(join(located.folder, located.name));
				} catch (error) {
					const errno = errnoOf(error);
					if (errno === "ENOTEMPTY" || errno === "EEXIST") return { kind: "changed" };
					if (errno !== "ENOENT") throw error;
				}
				note(located.name, false);
				return { kind: "removed" };
			});
		});
	}

	watch(listener: (change: VaultChange) => void): () => void {
		return watchFolder({
			folder: this.#folder,
			hidden: this.#hidden,
			isKnownFolder: (diskPath) => this.#names.isKnownFolder(diskPath),
			onChange: listener,
			onTrouble: this.#onWatchTrouble,
		});
	}

	#isPrivate(path: VaultPath): boolean {
		return !this.#hidden && isHiddenPath(path);
	}

	/** Failures of the system are results; everything else is a defect and is thrown. */
	async #change<Done>(path: VaultPath, act: () => Promise<Done | VaultFailure>): Promise<Done | VaultFailure> {
		if (this.#isPrivate(path)) return failure("illegal-name", `${path} is hidden`);
		return this.#changes.run(pathKey(path), () =>
			this.#limiter.run(async () => {
				try {
					return await act();
				} catch (error) {
					const failed = vaultFailureOf(error);
					if (failed === undefined) throw error;
					return (await this.isPresent()) ? failed : vaultMissing(this.#folder);
				}
			}),
		);
	}

	async #create(folder: string, name: string, bytes: Uint8Array, mtimeMs: number): Promise<ReplaceResult> {
		const target = join(folder, name);
		return this.#names.changing(folder, async (note) => {
			const temp = this.#tempIn(folder);
			const written = await writeTemp(temp, { bytes, mode: 0o666, mtimeMs });
			try {
				if (!(await placeNew(temp, target))) return { kind: "changed" };
			} finally {
				await ifThere(unlink(temp));
			}
			note(name, true);
			const replaced = await replacedBy(written, target);
			await syncFolder(folder);
			return replaced;
		});
	}

	async #replace(
		there: { readonly folder: string; readonly name: string; readonly stats: BigIntStats },
		wanted: string,
		expected: ContentHash,
		bytes: Uint8Array,
		mtimeMs: number,
	): Promise<ReplaceResult> {
		const { folder } = there;
		// A decomposed name on the disk is the same spelling, and stays.
		const name = there.name.normalize("NFC") === wanted ? there.name : wanted;
		const current = join(folder, there.name);
		const target = join(folder, name);
		if (target !== current) {
			const other = await ifThere(lstat(target, { bigint: true }));
			if (other !== undefined && other.ino !== there.stats.ino) {
				return failure("case-collision", `${target} is a different file from ${current}`);
			}
		}
		return this.#names.changing(folder, async (note) => {
			const temp = this.#tempIn(folder);
			const written = await writeTemp(temp, { bytes, mode: Number(there.stats.mode & 0o777n), mtimeMs });
			try {
				const swapped = await withFile(current, async (file) => {
					const seen = await readSettled(file);
					if (this.#hash(seen.bytes) !== expected) return undefined;
					if (target !== current) {
						await rename(current, target);
						note(there.name, false);
						note(name, true);
					}
					await rename(temp, target);
					const replaced = await replacedBy(written, target);
					// The open file is the one that was replaced: whoever wrote to it after we compared is found here.
					const late = await writtenSince(file, seen.stats);
					if (late === undefined || this.#hash(late.bytes) === expected) return replaced;
					await writeTemp(temp, { bytes: late.bytes, mode: Number(there.stats.mode & 0o777n) });
					await rename(temp, target);
					return undefined;
				});
				await syncFolder(folder);
				return swapped ?? { kind: "changed" };
			} finally {
				await ifThere(unlink(temp));
			}
		});
	}

	async #move(from: VaultPath, to: VaultPath, expected: ContentHash): Promise<RenameResult> {
		const problem = platformProblem(to, this.#platform);
		if (problem !== undefined) return failure("illegal-name", `${to}: ${problem}`);
		const source = await this.#names.locate(from);
		if (source.kind === "vault-missing") return vaultMissing(this.#folder);
		if (source.kind !== "found" || !source.stats.isFile()) return { kind: "changed" };
		let target = await this.#names.locate(to);
		if (target.kind === "missing" && target.missing.length > 1) {
			await this.#changes.run("folders", () => this.#makeFolders(to));
			target = await this.#names.locate(to);
		}
		if (target.kind === "found") {
			return target.stats.isFile() ? { kind: "changed" } : failure("blocked", `${to} is not a file`);
		}
		if (target.kind !== "missing") return failure("blocked", `a file is above ${to}`);
		if (target.missing.length > 1) return failure("io", `a folder above ${to} went away`);
		const there = { folder: target.folder, name: fileName(to) };
		const current = join(source.folder, source.name);
		const place = join(there.folder, there.name);
		return this.#names.changing(source.folder, (noteSource) =>
			this.#names.changing(there.folder, async (noteTarget) => {
				const isMoved = await withFile(current, async (file) => {
					const seen = await readSettled(file);
					if (this.#hash(seen.bytes) !== expected || !(await placeNew(current, place))) return false;
					await ifThere(unlink(current));
					return true;
				});
				if (isMoved !== true) return { kind: "changed" };
				noteSource(source.name, false);
				noteTarget(there.name, true);
				await syncFolder(there.folder);
				if (there.folder !== source.folder) await syncFolder(source.folder);
				const stats = await ifThere(lstat(place, { bigint: true }));
				if (stats === undefined) return { kind: "changed" };
				return { kind: "renamed", stat: fileStat(stats), path: this.#shownPath(there.folder, there.name, to) };
			}),
		);
	}

	/** Gives every name on the way to the file the spelling of `path`, folders included. */
	async #respell(path: VaultPath, expected: ContentHash): Promise<RenameResult> {
		const problem = platformProblem(path, this.#platform);
		if (problem !== undefined) return failure("illegal-name", `${path}: ${problem}`);
		const found = await this.#names.locate(path);
		if (found.kind === "vault-missing") return vaultMissing(this.#folder);
		if (found.kind !== "found" || !found.stats.isFile()) return { kind: "changed" };
		const file = await withFile(join(found.folder, found.name), readSettled);
		if (file === undefined || this.#hash(file.bytes) !== expected) return { kind: "changed" };
		const names = path.split("/");
		for (let level = 1; level <= names.length; level++) {
			const name = names[level - 1] ?? "";
			const located = await this.#names.locate(names.slice(0, level).join("/") as VaultPath);
			if (located.kind !== "found") return { kind: "changed" };
			const isOnlyDecomposed = located.name !== name && located.name.normalize("NFC") === name;
			if (located.name === name || (isOnlyDecomposed && !this.#composes)) continue;
			const target = join(located.folder, name);
			const other = await ifThere(lstat(target, { bigint: true }));
			if (other !== undefined && other.ino !== located.stats.ino) {
				return failure("case-collision", `${target} is another one than ${located.name}`);
			}
			await this.#names.changing(located.folder, async (note) => {
				await rename(join(located.folder, located.name), target);
				note(located.name, false);
				note(name, true);
			});
			await syncFolder(located.folder);
			if (located.name.normalize("NFC") === name && (await readdir(located.folder)).includes(located.name)) {
				// It gives names a form of its own: no more of this.
				this.#composes = false;
			}
		}
		const stat = await this.#statNow(path);
		return stat === undefined ? { kind: "changed" } : { kind: "renamed", stat, path: stat.path ?? path };
	}

	/** Within a change, which has its place among the files in flight already. */
	async #statNow(path: VaultPath): Promise<FileStat | undefined> {
		const located = await this.#names.locate(path);
		return located.kind === "found" && located.stats.isFile() ? this.#stat(located, path) : undefined;
	}

	#stat(
		{ folder, name, stats }: { readonly folder: string; readonly name: string; readonly stats: BigIntStats },
		asked: VaultPath,
	): FileStat {
		const path = this.#shownPath(folder, name, asked);
		const isDecomposed = this.#composes && this.#diskPath(folder, name) !== path;
		return {
			...fileStat(stats),
			...(path === asked ? {} : { path }),
			...(isDecomposed ? { isDecomposed } : {}),
		};
	}

	#diskPath(folder: string, name: string): string {
		return relative(this.#folder, join(folder, name)).split(sep).join("/");
	}

	/** How the disk spells what was asked for as `path`. */
	#shownPath(folder: string, name: string, path: VaultPath): VaultPath {
		const shown = toVaultPath(this.#diskPath(folder, name));
		return shown.ok ? shown.path : path;
	}

	async #remove(folder: string, name: string, expected: ContentHash): Promise<RemoveResult> {
		const target = join(folder, name);
		return this.#names.changing(folder, async (note) => {
			const isRemoved = await withFile(target, async (file) => {
				const seen = await readSettled(file);
				if (this.#hash(seen.bytes) !== expected) return false;
				// Out of the person's sight first, and gone only when it is still the file that was compared.
				const temp = this.#tempIn(folder);
				await rename(target, temp);
				const moved = await ifThere(lstat(temp, { bigint: true }));
				const late = await writtenSince(file, seen.stats);
				if (moved?.ino === seen.stats.ino && (late === undefined || this.#hash(late.bytes) === expected)) {
					await unlink(temp);
					return true;
				}
				await placeNew(temp, target);
				await ifThere(unlink(temp));
				return false;
			});
			if (isRemoved === false) return { kind: "changed" };
			note(name, false);
			await syncFolder(folder);
			return { kind: "removed" };
		});
	}

	/** Makes what is missing above `path`, in its spelling; what is there keeps its own. */
	async #makeFolders(path: VaultPath): Promise<void> {
		const parent = parentPath(path);
		if (parent !== undefined) await this.#makeFolderAt(parent);
	}

	async #makeFolderAt(path: VaultPath): Promise<void> {
		const located = await this.#names.locate(path);
		if (located.kind !== "missing") return;
		let { folder } = located;
		for (const name of located.missing) {
			const above = folder;
			folder = join(above, name);
			await this.#names.changing(above, async (note) => {
				await mkdir(join(above, name));
				note(name, true);
			});
			await syncFolder(above);
		}
	}

	async #folderOnDisk(folder: VaultPath | undefined): Promise<string | undefined> {
		if (folder === undefined) return this.#folder;
		const located: Located = await this.#names.locate(folder);
		if (located.kind !== "found" || !located.stats.isDirectory()) return undefined;
		return join(located.folder, located.name);
	}

	async #listed(
		diskFolder: string,
		folder: VaultPath | undefined,
		{ name, dirent, path, reason }: FolderEntry,
	): Promise<VaultEntry | undefined> {
		if (name.startsWith(".")) {
			const isLeftover = name.startsWith(TEMP_PREFIX) && !name.startsWith(TEMP_PREFIX + this.#run);
			if (isLeftover && dirent.isFile()) await ifThere(unlink(join(diskFolder, name)));
			if (!this.#hidden || reason === "reserved") return undefined;
		}
		const shown = folder === undefined ? name : `${folder}/${name}`;
		if (dirent.isSymbolicLink()) return { kind: "foreign", name: shown, reason: "symbolic-link" };
		if (!dirent.isFile() && !dirent.isDirectory()) return { kind: "foreign", name: shown, reason: "not-a-file" };
		if (path === undefined) return { kind: "foreign", name: shown, reason };
		if (dirent.isDirectory()) return { kind: "folder", path };
		const stats = await ifThere(lstat(join(diskFolder, name), { bigint: true }));
		if (stats?.isFile() === true)
			return { kind: "file", path, stat: this.#stat({ folder: diskFolder, name, stats }, path) };
		// Bytes that are no UTF-8 read as replacement characters, and then lead nowhere.
		return name.includes("\ufffd") ? { kind: "foreign", name: shown, reason: "not-utf-8" } : undefined;
	}

	#hash(bytes: Uint8Array): ContentHash | undefined {
		return contentHashFromBytes(this.#digest.sha256(bytes));
	}

	#tempIn(folder: string): string {
		return join(folder, `${TEMP_PREFIX}${this.#run}${String(this.#tempCount++)}`);
	}
}

/** Gives the complete file `temp` the name `target`, only if nothing has that name. */
async function placeNew(temp: string, target: string): Promise<boolean> {
	try {
		await link(temp, target);
		return true;
	} catch (error) {
		const errno = errnoOf(error) ?? "";
		if (errno === "EEXIST") return false;
		if (!WITHOUT_LINKS.has(errno)) throw error;
	}
	if ((await ifThere(lstat(target))) !== undefined) return false;
	await rename(temp, target);
	return true;
}

/** What file systems without hard links say (FAT, some network ones). */
const WITHOUT_LINKS: ReadonlySet<string> = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EACCES"]);

/** The stat of what we wrote, also when a person has been there since: then it is that of before, which matches no more. */
async function replacedBy(written: BigIntStats, target: string): Promise<ReplaceResult> {
	const now = await ifThere(lstat(target, { bigint: true }));
	const isOurs = now?.ino === written.ino && now.mtimeNs === written.mtimeNs && now.size === written.size;
	return { kind: "replaced", stat: fileStat(isOurs ? now : written) };
}

function fileStat(stats: BigIntStats): FileStat {
	return {
		size: Number(stats.size),
		// Rounded down, also before 1970.
		mtimeMs: Number(stats.mtimeNs / 1_000_000n) - (stats.mtimeNs % 1_000_000n < 0n ? 1 : 0),
		token: [stats.mtimeNs, stats.ctimeNs, stats.ino, stats.size].map(String).join(":"),
	};
}

/** What names this computer can hold, and what others are shown that it is. */
export function ownPlatform(): Platform {
	return process.platform === "win32" ? "windows" : process.platform === "darwin" ? "mac" : "posix";
}

function failure(code: VaultFailureCode, message: string): VaultFailure {
	return { kind: "failed", code, message };
}

function vaultMissing(folder: string): VaultFailure {
	return failure("vault-missing", `the folder ${folder} is not there`);
}
