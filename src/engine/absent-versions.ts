// What becomes of a path when nobody who is connected has the bytes of one of its versions: the others are shown without it, until
// somebody brings them; where nothing can be shown without it, the path waits, and is held when nobody seems to come with them. Only
// the loop writes the index, so all of it goes there. Rules V12, X11, X12 of readme/SPEC.md.
import type { ContentHash } from "../core/hash.ts";
import type { PathKey } from "../core/path.ts";
import type { RecordIndex } from "../core/record-index.ts";
import type { Backlog } from "./backlog.ts";
import type { Clock } from "./ports/clock.ts";

export interface AbsentVersionsOptions {
	readonly index: RecordIndex;
	readonly backlog: Backlog;
	readonly clock: Clock;
	readonly hold: (key: PathKey, reason: string) => void;
	/** Runs `change` in the loop, where the index may be written. */
	readonly enqueue: (change: () => void) => void;
}

/** Why a path is held whose bytes nobody who is connected has. */
export const NO_DEVICE_HAS_IT = "no-device-has-it";
/** Who lacks it may be about to get it from somebody out of reach: that is over when no content has come for so long. */
const PATIENCE_MS = 30_000;

export class AbsentVersions {
	readonly #options: AbsentVersionsOptions;
	/** Keys that wait for nothing but bytes that nobody has. */
	readonly #patient = new Set<PathKey>();
	/** Contents that turned out to be nowhere, before that counts. */
	readonly #notices = new Set<{ readonly hash: ContentHash }>();
	/** When the last content came, or the last one turned out to be nowhere. */
	#quietSinceMs = 0;
	#cancelTimer: (() => void) | undefined;

	constructor(options: AbsentVersionsOptions) {
		this.#options = options;
	}

	/** Nobody who is connected has it; `isAsked`: somebody is. It stays wanted: whoever comes may have it. */
	lacking(hash: ContentHash, isAsked: boolean): void {
		const { backlog, enqueue } = this.#options;
		const isNews = (key: PathKey): boolean => this.#isNews(key, hash) && (isAsked || this.#hasOthers(key, hash));
		const keys = backlog.waiting.keysThatMiss(hash).filter(isNews);
		if (keys.length === 0) return;
		const notice = { hash };
		this.#notices.add(notice);
		enqueue(() => {
			// The bytes may have come since.
			if (!this.#notices.delete(notice)) return;
			for (const key of keys) if (this.#isNews(key, hash)) this.#doWithout(key, hash);
		});
	}

	/** `key` cannot go on without `missing`, which are some of `needed`: it waits for them, or is held. */
	wait(key: PathKey, needed: readonly ContentHash[], missing: readonly ContentHash[]): void {
		const { index, backlog, clock, hold } = this.#options;
		const isNowhere = missing.every((hash) => index.absent.at(key)?.has(hash) === true);
		const isGivenUp = backlog.isHeldFor(key, NO_DEVICE_HAS_IT) || clock.monotonic() - this.#quietSinceMs >= PATIENCE_MS;
		if (isNowhere && isGivenUp) {
			backlog.waiting.delete(key);
			hold(key, NO_DEVICE_HAS_IT);
			return;
		}
		backlog.wait(key, needed, missing);
		if (!isNowhere) return;
		this.#patient.add(key);
		this.#watchTheClock();
	}

	/** Keys to look at again: the bytes are here. */
	takeArrived(hash: ContentHash): readonly PathKey[] {
		const { absent } = this.#options.index;
		const keys = absent.keysOf(hash);
		absent.remove(hash);
		for (const notice of this.#notices) if (notice.hash === hash) this.#notices.delete(notice);
		this.#noteNews();
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

	stop(): void {
		this.#cancelTimer?.();
	}

	#noteNews(): void {
		this.#quietSinceMs = this.#options.clock.monotonic();
	}

	#watchTheClock(): void {
		const { clock, backlog } = this.#options;
		const quietMs = clock.monotonic() - this.#quietSinceMs;
		this.#cancelTimer ??= clock.schedule(PATIENCE_MS - quietMs, () => {
			this.#cancelTimer = undefined;
			if (clock.monotonic() - this.#quietSinceMs < PATIENCE_MS) {
				this.#watchTheClock();
				return;
			}
			for (const key of this.#patient) backlog.mark(key);
			this.#patient.clear();
		});
	}

	#isNews(key: PathKey, hash: ContentHash): boolean {
		return this.#isVersion(key, hash) && this.#options.index.absent.at(key)?.has(hash) !== true;
	}

	/** Whether a version is beside it that is not known to be absent. */
	#hasOthers(key: PathKey, hash: ContentHash): boolean {
		const { index } = this.#options;
		const siblings = index.get(key)?.record.siblings ?? [];
		const others = siblings.flatMap(({ content }) =>
			content === undefined || content.hash === hash ? [] : content.hash,
		);
		return others.some((each) => index.absent.at(key)?.has(each) !== true);
	}

	#doWithout(key: PathKey, hash: ContentHash): void {
		const { index, backlog } = this.#options;
		index.absent.add(key, hash);
		this.#noteNews();
		index.forgetMerge(key);
		backlog.waiting.delete(key);
		backlog.mark(key);
	}

	#isVersion(key: PathKey, hash: ContentHash): boolean {
		return this.#options.index.get(key)?.record.siblings.some(({ content }) => content?.hash === hash) === true;
	}
}
