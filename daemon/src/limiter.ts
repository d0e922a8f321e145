// Bounded concurrency, and one-at-a-time per key.

/** Runs at most `limit` tasks at a time; the others wait in order. */
export class Limiter {
	#free: number;
	readonly #waiting: (() => void)[] = [];

	constructor(limit: number) {
		this.#free = limit;
	}

	async run<T>(task: () => Promise<T>): Promise<T> {
		if (this.#free > 0) this.#free--;
		else await new Promise<void>((resolve) => this.#waiting.push(resolve));
		try {
			return await task();
		} finally {
			// The place goes straight to the next one in line, so nobody can take it in between.
			const next = this.#waiting.shift();
			if (next === undefined) this.#free++;
			else next();
		}
	}
}

/** Runs the tasks of one key one after the other, those of different keys side by side. */
export class KeyedQueue<Key> {
	readonly #tails = new Map<Key, Promise<unknown>>();

	async run<T>(key: Key, task: () => Promise<T>): Promise<T> {
		const before = this.#tails.get(key);
		const done = before === undefined ? task() : before.then(task, task);
		this.#tails.set(key, done);
		try {
			return await done;
		} finally {
			if (this.#tails.get(key) === done) this.#tails.delete(key);
		}
	}
}
