// Which files are just being replaced by what came from another device. An editor that was saved into that would put what it had
// loaded before over what has come.
export class WritesUnderWay {
	readonly #paths = new Map<string, number>();

	has(path: string): boolean {
		return this.#paths.has(path);
	}

	async during<T>(path: string, write: () => Promise<T>): Promise<T> {
		this.#paths.set(path, (this.#paths.get(path) ?? 0) + 1);
		try {
			return await write();
		} finally {
			const left = (this.#paths.get(path) ?? 1) - 1;
			if (left === 0) this.#paths.delete(path);
			else this.#paths.set(path, left);
		}
	}
}
