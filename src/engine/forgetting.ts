// Forgets deletions that everybody knows of since long: once an hour, and a bounded number at a time. Rule T1 of readme/SPEC.md.
import type { DeviceId } from "../core/ids.ts";
import type { PathKey } from "../core/path.ts";
import type { RecordIndex } from "../core/record-index.ts";
import type { VersionVector } from "../core/version-vector.ts";
import type { Membership } from "./membership.ts";
import type { Clock } from "./ports/clock.ts";
import type { Log } from "./ports/log.ts";

export interface ForgettingOptions {
	readonly index: RecordIndex;
	readonly membership: Membership;
	readonly clock: Clock;
	readonly log: Log;
	readonly tickMs: number;
	/** Of what all devices know, what may be forgotten. */
	readonly limit: (known: VersionVector) => VersionVector;
	/** Runs it where the index may be written, once everything before it is durable. */
	readonly enqueue: (change: () => void) => void;
	readonly isScanned: () => boolean;
	/** Nothing is left to do or to find out at this key. */
	readonly isSettled: (key: PathKey) => boolean;
}

export const FORGET_TICK_MS = 3_600_000;
/** After the start: a device that never runs for an hour must get to it too. */
const FIRST_TICK_MS = 60_000;
/** Between two edits: looked at, and forgotten. */
const KEYS_AT_ONCE = 2048;
const FORGOTTEN_AT_ONCE = 256;

export class Forgetting {
	readonly #options: ForgettingOptions;
	#cancel: (() => void) | undefined;
	#retired: ReadonlySet<DeviceId> = new Set();

	constructor(options: ForgettingOptions) {
		this.#options = options;
	}

	start(): void {
		this.#retired = this.#options.membership.retired;
		this.#schedule(Math.min(FIRST_TICK_MS, this.#options.tickMs), true);
	}

	stop(): void {
		this.#cancel?.();
		this.#cancel = undefined;
	}

	#schedule(delayMs: number, isFirst: boolean): void {
		const { clock, enqueue } = this.#options;
		this.#cancel = clock.schedule(delayMs, () => {
			enqueue(() => {
				this.#takeStock(isFirst);
			});
			this.#schedule(this.#options.tickMs, false);
		});
	}

	#takeStock(isFirst: boolean): void {
		const { index, membership, log, limit } = this.#options;
		const known = limit(membership.takeStock(index.state));
		const retired = membership.retired;
		for (const device of retired) {
			if (!this.#retired.has(device))
				log.write("info", "a device was silent for so long that nothing waits for it any more", { device });
		}
		this.#retired = retired;
		// After a long absence nobody is to be taken for gone who is about to be heard.
		if (isFirst && membership.isStillAlone) return;
		// Before the first scan it is not known what stands at those paths.
		if (this.#options.isScanned()) this.#forget(known, [...index.deadKeys()], 0);
	}

	#forget(known: VersionVector, keys: readonly PathKey[], from: number): void {
		const { index, isSettled, enqueue } = this.#options;
		let next = from;
		for (let forgotten = 0; next < keys.length && next < from + KEYS_AT_ONCE && forgotten < FORGOTTEN_AT_ONCE; next++) {
			const key = keys[next];
			if (key === undefined || !isSettled(key) || !index.isForgettable(key, known)) continue;
			index.forget(key);
			forgotten++;
		}
		if (next >= keys.length) return;
		enqueue(() => {
			this.#forget(known, keys, next);
		});
	}
}
