// Facts that change by events only: `until` looks again after each, so tests wait for a fact and never for a time.
export class Facts {
	readonly #waiting = new Set<() => void>();

	changed(): void {
		for (const look of [...this.#waiting]) look();
	}

	until<T>(fact: () => T | undefined): Promise<T> {
		return new Promise((resolve) => {
			const look = (): void => {
				const value = fact();
				if (value === undefined) return;
				this.#waiting.delete(look);
				resolve(value);
			};
			this.#waiting.add(look);
			look();
		});
	}
}
