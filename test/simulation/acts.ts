// The outside record of a run: what people saved and deleted, and what they had seen when they did. Invariants are judged on
// this record, never on the engine's own vectors.

/** Contents are tokens, each saved once: the bytes of a file name the act that made them. */
export class ActRecord {
	readonly #seenBySave = new Map<string, readonly string[]>();
	readonly #deletions: string[] = [];
	readonly #pathsBySave = new Map<string, Set<string>>();
	readonly #deletedPaths = new Set<string>();
	readonly #savedTwice = new Set<string>();
	readonly #undecidable = new Set<string>();
	#saves = 0;

	get actCount(): number {
		return this.#saves + this.#deletions.length;
	}

	get saved(): readonly string[] {
		return [...this.#seenBySave.keys()];
	}

	/** A new content, made by somebody who saw `saw` (undefined: nothing was there). */
	save(who: string, path: string, saw: string | undefined): string {
		return this.saveAs(`save ${String(this.#saves++)} by ${who}`, path, saw);
	}

	/** The same for a content that others may bring too: what any of them had seen counts as seen by all. */
	saveAs(token: string, path: string, saw: string | undefined): string {
		const before = this.#seenBySave.get(token) ?? [];
		if (this.#seenBySave.has(token)) this.#savedTwice.add(token);
		this.#seenBySave.set(token, saw === undefined || saw === token ? before : [...before, saw]);
		this.#pathsBySave.set(token, (this.#pathsBySave.get(token) ?? new Set()).add(path));
		return token;
	}

	delete(path: string, saw: string): void {
		this.#deletions.push(saw);
		this.#deletedPaths.add(path);
	}

	/**
	 * Somebody acted on `saw` when a crash had cut off, or was about to cut off, what the device would have written down of
	 * it: whether they saw it as the engine's work or as their own is undecidable, and a conflict is the safe answer.
	 */
	markUndecidable(saw: string): void {
		for (const token of this.withSeen(saw)) this.#undecidable.add(token);
	}

	/**
	 * A file, or a folder, is called something else: its bytes may stand at both names on other devices for a while, and
	 * what is superseded at one may be current at the other.
	 */
	move(from: string, to: string, tokens: readonly string[]): void {
		this.#deletedPaths.add(from).add(to);
		for (const token of tokens) this.markUndecidable(token);
	}

	isUndecidable(token: string): boolean {
		return this.#undecidable.has(token);
	}

	/** Paths on which every save saw the one before it, nothing was deleted, nothing is undecidable, and no folder has the name. */
	pathsWithoutConcurrency(): string[] {
		const saves = new Map<string, string[]>();
		for (const [token, paths] of this.#pathsBySave)
			for (const path of paths) saves.set(path, [...(saves.get(path) ?? []), token]);
		return [...saves].flatMap(([path, tokens]) => {
			const isChain = tokens.every((token, i) => {
				const before = tokens[i - 1];
				return before === undefined ? this.#seenBySave.get(token)?.length === 0 : this.withSeen(token).has(before);
			});
			const isDecidable = !tokens.some((token) => this.#undecidable.has(token) || this.#savedTwice.has(token));
			const isFolderToo = [...saves.keys()].some((other) => other.startsWith(`${path}/`));
			return isChain && isDecidable && !isFolderToo && !this.#deletedPaths.has(path) ? [path] : [];
		});
	}

	/** `token` and everything its authors had seen on the way to it. */
	withSeen(token: string): Set<string> {
		const all = new Set<string>();
		const open = [token];
		for (let next = open.pop(); next !== undefined; next = open.pop()) {
			if (all.has(next)) continue;
			all.add(next);
			open.push(...(this.#seenBySave.get(next) ?? []));
		}
		return all;
	}

	/** Contents that a deletion saw, or that were superseded on the way to one it saw. */
	deleted(): Set<string> {
		return new Set(this.#deletions.flatMap((saw) => [...this.withSeen(saw)]));
	}

	/** Contents that some later save saw. */
	superseded(): Set<string> {
		return new Set([...this.#seenBySave.values()].flat());
	}
}
