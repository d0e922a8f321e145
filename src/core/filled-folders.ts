// Which folders have files to show in them, by the keys of the files alone: where a file and a folder want the same name, the
// folder keeps it. Rule P1 of readme/SPEC.md.
import type { PathKey } from "./path.ts";

export class FilledFolders {
	/** How many files are somewhere below. */
	readonly #files = new Map<PathKey, number>();

	has(folder: PathKey): boolean {
		return this.#files.has(folder);
	}

	keys(): IterableIterator<PathKey> {
		return this.#files.keys();
	}

	/** A file at `key` is to be shown from now on, or not any more. */
	note(key: PathKey, isShown: boolean): void {
		for (const folder of foldersAbove(key)) {
			const count = (this.#files.get(folder) ?? 0) + (isShown ? 1 : -1);
			if (count > 0) this.#files.set(folder, count);
			else this.#files.delete(folder);
		}
	}

	clear(): void {
		this.#files.clear();
	}
}

/** The keys of all folders above, deepest first. Every key is a path, so its folders are keys too. */
export function foldersAbove(key: PathKey): PathKey[] {
	const folders: PathKey[] = [];
	for (let end = key.lastIndexOf("/"); end > 0; end = key.lastIndexOf("/", end - 1)) {
		folders.push(key.slice(0, end) as PathKey);
	}
	return folders;
}
