// Which entries of Obsidian's file tree answer to a path key. The tree itself finds exact spellings only, and walking a
// folder of ten thousand notes for each new one would take minutes.
import { toVaultPath, pathKey } from "../core/path.ts";
import type { PathKey, VaultPath } from "../core/path.ts";

export class SpellingIndex {
	readonly #spellings = new Map<PathKey, string[]>();

	constructor(paths: Iterable<string>) {
		for (const path of paths) this.add(path);
	}

	/**
	 * The spelling that takes part. When a case-sensitive disk holds several entries of one key, it is the first by code
	 * units, so that it does not depend on the order in which they were found.
	 */
	find(path: VaultPath): string | undefined {
		return this.#spellings.get(pathKey(path))?.[0];
	}

	add(text: string): void {
		const parsed = toVaultPath(text);
		if (!parsed.ok) return;
		const key = pathKey(parsed.path);
		const spellings = this.#spellings.get(key) ?? [];
		if (spellings.includes(text)) return;
		this.#spellings.set(key, [...spellings, text].sort());
	}

	remove(text: string): void {
		const parsed = toVaultPath(text);
		if (!parsed.ok) return;
		const key = pathKey(parsed.path);
		const left = this.#spellings.get(key)?.filter((spelling) => spelling !== text) ?? [];
		if (left.length > 0) this.#spellings.set(key, left);
		else this.#spellings.delete(key);
	}
}
