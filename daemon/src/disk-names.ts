// Which name on the disk stands for which path of the vault. A disk may hold decomposed names, other spellings of one key
// and names that no vault can hold; this file remembers spellings, and lets one name a key take part.
import type { BigIntStats, Dirent } from "node:fs";
import { lstat, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { joinPath, pathKey, toVaultPath } from "../../src/core/path.ts";
import type { VaultPath } from "../../src/core/path.ts";
import { ifThere } from "./errno.ts";
import type { VaultFolder } from "./vault-folder.ts";

export type Located =
	/** Something is there; not necessarily a file. */
	| { readonly kind: "found"; readonly folder: string; readonly name: string; readonly stats: BigIntStats }
	/** `folder` is the deepest one that exists, `missing` are the names still to be made below it. */
	| { readonly kind: "missing"; readonly folder: string; readonly missing: readonly string[] }
	/** A parent is there and is no folder, or is a symbolic link. */
	| { readonly kind: "blocked"; readonly by: string }
	| { readonly kind: "vault-missing" };

export interface FolderEntry {
	readonly name: string;
	readonly dirent: Dirent;
	/** `undefined`: it cannot take part, for `reason`. */
	readonly path: VaultPath | undefined;
	readonly reason: string;
}

interface FolderNames {
	/** mtime of the folder before it was read: while that stands, so do the names. */
	mtimeNs: bigint;
	/** Key of a name → the name on the disk that stands for it. */
	nameByKey: Map<string, string>;
	/** Changes of our own that are under way: they move the mtime, and tell us the names themselves. */
	ownChanges: number;
}

export class DiskNames {
	readonly #root: VaultFolder;
	readonly #folders = new Map<string, FolderNames>();

	constructor(root: VaultFolder) {
		this.#root = root;
	}

	/** Walks down from the root, following no symbolic link below it. */
	async locate(path: VaultPath): Promise<Located> {
		const names = path.split("/");
		const keys = pathKey(path).split("/");
		let folder = this.#root.path;
		let folderStats = await this.#root.stat();
		if (folderStats === undefined) return { kind: "vault-missing" };
		for (const [level, name] of names.entries()) {
			const found = await this.#find(folder, folderStats.mtimeNs, name, keys[level] ?? name);
			if (found === undefined) return { kind: "missing", folder, missing: names.slice(level) };
			if (level === names.length - 1) return { kind: "found", folder, ...found };
			folder = join(folder, found.name);
			if (!found.stats.isDirectory()) return { kind: "blocked", by: folder };
			folderStats = found.stats;
		}
		return { kind: "missing", folder, missing: [] };
	}

	/** Reads one folder anew. `shown` is its path in the vault (`undefined`: the root). Gone: no entries. */
	async read(folder: string, shown: VaultPath | undefined): Promise<readonly FolderEntry[]> {
		const before = await ifThere(stat(folder, { bigint: true }));
		const dirents = before && (await ifThere(readdir(folder, { withFileTypes: true })));
		if (before === undefined || dirents === undefined) {
			this.#folders.delete(folder);
			return [];
		}
		const names = this.#owners(folder, before.mtimeNs, dirents);
		return dirents.map((dirent): FolderEntry => {
			const { name } = dirent;
			const parsed = joinPath(shown, name.normalize("NFC"));
			if (!parsed.ok) return { name, dirent, path: undefined, reason: parsed.reason };
			const owner = isTakingPart(dirent) ? names.nameByKey.get(nameKey(name) ?? "") : name;
			if (owner !== name) return { name, dirent, path: undefined, reason: "case-collision" };
			return { name, dirent, path: parsed.path, reason: "" };
		});
	}

	/** Whether `folder` was read as a folder before: news of its deletion concerns everything below. */
	isKnownFolder(folder: string): boolean {
		return this.#folders.has(folder);
	}

	/** Does `change` in `folder`, where `name` is there (`true`) or gone (`false`) afterwards. */
	async changing<T>(
		folder: string,
		change: (note: (name: string, isThere: boolean) => void) => Promise<T>,
	): Promise<T> {
		const names = this.#folders.get(folder);
		if (names !== undefined) names.ownChanges++;
		try {
			return await change((name, isThere) => {
				const key = nameKey(name);
				if (names === undefined || key === undefined) return;
				if (isThere) names.nameByKey.set(key, name);
				else if (names.nameByKey.get(key) === name) names.nameByKey.delete(key);
			});
		} finally {
			if (names !== undefined && --names.ownChanges === 0) {
				const after = await ifThere(stat(folder, { bigint: true }));
				if (after !== undefined) names.mtimeNs = after.mtimeNs;
			}
		}
	}

	async #find(
		folder: string,
		mtimeNs: bigint,
		spelled: string,
		key: string,
	): Promise<{ name: string; stats: BigIntStats } | undefined> {
		let names = this.#folders.get(folder);
		const isFresh = names === undefined || (names.mtimeNs !== mtimeNs && names.ownChanges === 0);
		if (isFresh) names = await this.#scan(folder, mtimeNs);
		for (let attempt = 0; ; attempt++) {
			const owner = names?.nameByKey.get(key);
			const name = owner ?? spelled;
			const stats = await ifThere(lstat(join(folder, name), { bigint: true }));
			if (stats !== undefined) {
				if (owner === undefined && isTakingPart(stats)) names?.nameByKey.set(key, name);
				return { name, stats };
			}
			if (owner === undefined || isFresh || attempt > 0) return undefined;
			// What we remember is gone; another spelling may have come.
			names = await this.#scan(folder, mtimeNs);
		}
	}

	async #scan(folder: string, mtimeNs: bigint): Promise<FolderNames | undefined> {
		const dirents = await ifThere(readdir(folder, { withFileTypes: true }));
		if (dirents === undefined) {
			this.#folders.delete(folder);
			return undefined;
		}
		return this.#owners(folder, mtimeNs, dirents);
	}

	/** Of several names with one key the one that stood for it before goes on, otherwise the first by code units. */
	#owners(folder: string, mtimeNs: bigint, dirents: readonly Dirent[]): FolderNames {
		const names = this.#folders.get(folder) ?? { mtimeNs, nameByKey: new Map<string, string>(), ownChanges: 0 };
		const before = names.nameByKey;
		const nameByKey = new Map<string, string>();
		for (const dirent of dirents) {
			const key = isTakingPart(dirent) ? nameKey(dirent.name) : undefined;
			if (key === undefined) continue;
			const rival = nameByKey.get(key);
			const isFirst = rival === undefined || (rival !== before.get(key) && dirent.name < rival);
			if (isFirst || before.get(key) === dirent.name) nameByKey.set(key, dirent.name);
		}
		names.mtimeNs = mtimeNs;
		names.nameByKey = nameByKey;
		this.#folders.set(folder, names);
		return names;
	}
}

/** Only files and folders stand for a path: links, sockets and devices never do. */
function isTakingPart(entry: Dirent | BigIntStats): boolean {
	return entry.isFile() || entry.isDirectory();
}

function nameKey(name: string): string | undefined {
	const parsed = toVaultPath(name);
	return parsed.ok ? pathKey(parsed.path) : undefined;
}
