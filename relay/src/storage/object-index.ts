// What a store has, in memory: found by key and listed by folder. And one change of a key after the other.
import { isBelow } from "./object-store.ts";
import type { Listing, StoredObject } from "./object-store.ts";

export class ObjectIndex<T extends StoredObject> {
	/** By the first name of their keys: a listing looks at one of them only. */
	readonly #spaces = new Map<string, Map<string, T>>();
	readonly #lastOfKey = new Map<string, Promise<unknown>>();

	get(key: string): T | undefined {
		return this.#spaces.get(spaceOf(key))?.get(key);
	}

	set(object: T): void {
		const space = spaceOf(object.key);
		const objects = this.#spaces.get(space) ?? new Map<string, T>();
		this.#spaces.set(space, objects);
		objects.set(object.key, object);
	}

	delete(key: string): void {
		const space = spaceOf(key);
		const objects = this.#spaces.get(space);
		objects?.delete(key);
		if (objects?.size === 0) this.#spaces.delete(space);
	}

	list({ below, after, limit }: Listing): readonly T[] {
		const spaces =
			below === "" ? [...this.#spaces.values()] : [this.#spaces.get(spaceOf(below)) ?? new Map<string, T>()];
		const keys = spaces.flatMap((objects) => [...objects.keys()].filter((key) => isBelow(key, below)));
		const wanted = keys.filter((key) => after === undefined || key > after).sort();
		return wanted.slice(0, limit).flatMap((key) => this.get(key) ?? []);
	}

	/** What is done with a key while nothing else is. */
	async inTurn<R>(key: string, change: () => Promise<R>): Promise<R> {
		const result = (this.#lastOfKey.get(key) ?? Promise.resolve()).then(change);
		const settled = result.then(
			() => undefined,
			() => undefined,
		);
		this.#lastOfKey.set(key, settled);
		try {
			return await result;
		} finally {
			if (this.#lastOfKey.get(key) === settled) this.#lastOfKey.delete(key);
		}
	}

	async settled(): Promise<void> {
		while (this.#lastOfKey.size > 0) await Promise.all(this.#lastOfKey.values());
	}
}

function spaceOf(key: string): string {
	return key.split("/", 1)[0] ?? "";
}
