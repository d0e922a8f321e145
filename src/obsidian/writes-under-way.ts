// Which files are just being replaced by what came from another device. An editor that was saved into that would put what it had
// loaded before over what has come.
import type { Clock } from "../engine/ports/clock.ts";

/** Nothing came for so long: whoever wrote into it elsewhere has stopped. */
export const TOGETHER_MS = 10_000;

export class WritesUnderWay {
	readonly #clock: Pick<Clock, "monotonic">;
	readonly #paths = new Map<string, number>();
	/** When each was last replaced (ms of the clock), oldest first. */
	readonly #written = new Map<string, number>();

	constructor(clock: Pick<Clock, "monotonic">) {
		this.#clock = clock;
	}

	has(path: string): boolean {
		return this.#paths.has(path);
	}

	/** Whether somebody may be writing into it on another device, too: something came from there a moment ago. */
	isWrittenElsewhere(path: string): boolean {
		const atMs = this.#written.get(path);
		return atMs !== undefined && this.#clock.monotonic() - atMs < TOGETHER_MS;
	}

	async during<T>(path: string, write: () => Promise<T>): Promise<T> {
		this.#paths.set(path, (this.#paths.get(path) ?? 0) + 1);
		try {
			return await write();
		} finally {
			const left = (this.#paths.get(path) ?? 1) - 1;
			if (left === 0) this.#paths.delete(path);
			else this.#paths.set(path, left);
			this.#noteWritten(path);
		}
	}

	#noteWritten(path: string): void {
		this.#written.delete(path);
		this.#written.set(path, this.#clock.monotonic());
		for (const each of this.#written.keys()) {
			if (this.isWrittenElsewhere(each)) break;
			this.#written.delete(each);
		}
	}
}
