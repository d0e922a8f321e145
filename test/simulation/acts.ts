// The outside record of a run: what people saved and deleted, and what they had seen when they did. Invariants are judged on
// this record, never on the engine's own vectors.

/** Contents are tokens, each saved once: the bytes of a file name the act that made them. */
export class ActRecord {
	readonly #seenBySave = new Map<string, readonly string[]>();
	readonly #deletions: string[] = [];
	#saves = 0;

	get actCount(): number {
		return this.#saves + this.#deletions.length;
	}

	get saved(): readonly string[] {
		return [...this.#seenBySave.keys()];
	}

	/** A new content, made by somebody who saw `saw` (undefined: nothing was there). */
	save(who: string, saw: string | undefined): string {
		const token = `save ${String(this.#saves++)} by ${who}`;
		this.#seenBySave.set(token, saw === undefined ? [] : [saw]);
		return token;
	}

	delete(saw: string): void {
		this.#deletions.push(saw);
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
