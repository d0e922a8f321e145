// Which folders have files to show in them, by the keys of the files alone: where a file and a folder want the same name, the
// folder keeps it. And how a folder's name is written, by what most of its files say. Rules P1, F6 of readme/SPEC.md.
import type { PathKey, VaultPath } from "./path.ts";

interface Folder {
	/** How many files are somewhere below. */
	files: number;
	/** How their versions write the folder's name, and how many of them. */
	readonly spellings: Map<string, number>;
	spelling: string;
}

export class FilledFolders {
	readonly #folders = new Map<PathKey, Folder>();
	/** Those whose name is not written the same by all. */
	readonly #disputed = new Set<PathKey>();
	readonly #respelled = new Set<PathKey>();

	has(folder: PathKey): boolean {
		return this.#folders.has(folder);
	}

	keys(): IterableIterator<PathKey> {
		return this.#folders.keys();
	}

	/** The file at `key` was to be shown as `before`, and is now as `after`; `undefined`: not at all. */
	note(key: PathKey, before: VaultPath | undefined, after: VaultPath | undefined): void {
		if (before === after) return;
		const namesBefore = before?.split("/");
		const namesAfter = after?.split("/");
		let level = 0;
		for (let end = key.indexOf("/"); end > 0; end = key.indexOf("/", end + 1)) {
			this.#note(key.slice(0, end) as PathKey, namesBefore?.[level], namesAfter?.[level]);
			level++;
		}
	}

	/** `path` with its folders written as they are for everybody. */
	spelled(key: PathKey, path: VaultPath): VaultPath {
		if (this.#disputed.size === 0) return path;
		const names = path.split("/");
		let level = 0;
		for (let end = key.indexOf("/"); end > 0; end = key.indexOf("/", end + 1)) {
			const folder = this.#folders.get(key.slice(0, end) as PathKey);
			if (folder !== undefined) names[level] = folder.spelling;
			level++;
		}
		return names.join("/") as VaultPath;
	}

	/** Folders whose name is written another way since the last call. */
	takeRespelled(): readonly PathKey[] {
		const folders = [...this.#respelled];
		this.#respelled.clear();
		return folders;
	}

	#note(key: PathKey, before: string | undefined, after: string | undefined): void {
		if (before === after) return;
		const folder = this.#folders.get(key) ?? { files: 0, spellings: new Map<string, number>(), spelling: after ?? "" };
		const { spellings } = folder;
		folder.files += Number(after !== undefined) - Number(before !== undefined);
		for (const [name, change] of [[before, -1] as const, [after, 1] as const]) {
			if (name === undefined) continue;
			const count = (spellings.get(name) ?? 0) + change;
			if (count > 0) spellings.set(name, count);
			else spellings.delete(name);
		}
		if (folder.files > 0) this.#folders.set(key, folder);
		else this.#folders.delete(key);
		if (spellings.size > 1) this.#disputed.add(key);
		else this.#disputed.delete(key);
		const spelling = mostUsed(spellings) ?? folder.spelling;
		if (spelling !== folder.spelling) this.#respelled.add(key);
		folder.spelling = spelling;
	}
}

/** Of equally used ones the first by code units: a function of what is there, whatever came first. */
function mostUsed(spellings: ReadonlyMap<string, number>): string | undefined {
	let best: readonly [name: string, count: number] | undefined;
	for (const [name, count] of spellings) {
		if (best === undefined || count > best[1] || (count === best[1] && name < best[0])) best = [name, count];
	}
	return best?.[0];
}

/** The keys of all folders above, deepest first. Every key is a path, so its folders are keys too. */
export function foldersAbove(key: PathKey): PathKey[] {
	const folders: PathKey[] = [];
	for (let end = key.lastIndexOf("/"); end > 0; end = key.lastIndexOf("/", end - 1)) {
		folders.push(key.slice(0, end) as PathKey);
	}
	return folders;
}
