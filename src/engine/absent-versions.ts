// What becomes of a path when nobody who is connected has the bytes of one of its versions: the others are shown without it, until
// somebody brings them. Only the loop writes the index, so all of it goes there. Rules V12, X11 of readme/SPEC.md.
import type { ContentHash } from "../core/hash.ts";
import type { PathKey } from "../core/path.ts";
import type { RecordIndex } from "../core/record-index.ts";
import type { Backlog } from "./backlog.ts";

export interface AbsentVersionsOptions {
	readonly index: RecordIndex;
	readonly backlog: Backlog;
	/** Runs `change` in the loop, where the index may be written. */
	readonly enqueue: (change: () => void) => void;
}

export class AbsentVersions {
	readonly #options: AbsentVersionsOptions;

	constructor(options: AbsentVersionsOptions) {
		this.#options = options;
	}

	/** Nobody who is connected has it. It stays wanted: whoever comes may have it. */
	lacking(hash: ContentHash): void {
		const { backlog, enqueue } = this.#options;
		const keys = backlog.waiting.keysThatMiss(hash).filter((key) => this.#isNews(key, hash));
		if (keys.length === 0) return;
		enqueue(() => {
			for (const key of keys) if (this.#isNews(key, hash)) this.#doWithout(key, hash);
		});
	}

	/** Keys to look at again: the bytes are here. */
	takeArrived(hash: ContentHash): readonly PathKey[] {
		const { absent } = this.#options.index;
		const keys = absent.keysOf(hash);
		absent.remove(hash);
		return keys;
	}

	isWanted(hash: ContentHash): boolean {
		return this.#options.index.absent.has(hash);
	}

	/** Wanted once, and a version of no path any more, since the last call. */
	takeNoLongerWanted(): ContentHash[] {
		const { absent } = this.#options.index;
		const gone = absent.hashes().filter((hash) => !absent.keysOf(hash).some((key) => this.#isVersion(key, hash)));
		for (const hash of gone) absent.remove(hash);
		return gone;
	}

	/** A version that others stand beside, one of which is not known to be absent. */
	#isNews(key: PathKey, hash: ContentHash): boolean {
		const { index } = this.#options;
		if (!this.#isVersion(key, hash) || index.absent.at(key)?.has(hash) === true) return false;
		const contents = new Set(index.get(key)?.record.siblings.flatMap(({ content }) => content?.hash ?? []));
		return [...contents].some((each) => each !== hash && index.absent.at(key)?.has(each) !== true);
	}

	#doWithout(key: PathKey, hash: ContentHash): void {
		const { index, backlog } = this.#options;
		index.absent.add(key, hash);
		index.forgetMerge(key);
		backlog.waiting.delete(key);
		backlog.mark(key);
	}

	#isVersion(key: PathKey, hash: ContentHash): boolean {
		return this.#options.index.get(key)?.record.siblings.some(({ content }) => content?.hash === hash) === true;
	}
}
