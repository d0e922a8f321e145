// How fast this device sends and receives, over all peers and the relay together: a person's limits as token buckets. What is
// urgent and small is counted and never waits; what waits is content. Rule X17 of readme/SPEC.md.
import type { Clock } from "./ports/clock.ts";

export interface Limits {
	/** Bytes per second that this device sends; `undefined`: as fast as it goes. */
	readonly up?: number | undefined;
	/** The same for what it receives. */
	readonly down?: number | undefined;
}

/** So much of a second's bytes may go at once: the line is used evenly, and a timer is not needed for each frame. */
const BURST_SECONDS = 0.25;
/** What is asked for at once under the lowest limit. */
const SHARE_BYTES_MIN = 16 * 1024;

export class TokenBucket {
	readonly #clock: Clock;
	#rate: number | undefined;
	/** Below 0: so much was sent beyond what there was room for, and has to be waited for. */
	#tokens = 0;
	#countedAt = 0;
	#waiting: (() => void)[] = [];
	#cancel: (() => void) | undefined;

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	/** `rate`: bytes per second, above 0; `undefined`: no limit. Counts at once, also for what waits. */
	setRate(rate: number | undefined): void {
		if (rate === this.#rate) return;
		this.#refill();
		this.#rate = rate;
		// A debt that was made under another limit is not paid for hours under this one.
		this.#tokens = rate === undefined ? 0 : Math.max(Math.min(this.#tokens, this.#burst), -rate);
		this.#open();
	}

	/** Something may be sent now, however large it is: what is too much is waited for afterwards. */
	get isOpen(): boolean {
		this.#refill();
		return this.#rate === undefined || this.#tokens > 0;
	}

	/** How much is best sent at once. */
	get share(): number {
		return this.#rate === undefined ? Infinity : Math.max(Math.floor(this.#burst), SHARE_BYTES_MIN);
	}

	spend(bytes: number): void {
		if (this.#rate === undefined) return;
		this.#refill();
		this.#tokens -= bytes;
	}

	/** Calls `run` once, when the bucket is open; those that wait take turns. Cancelling twice is harmless. */
	whenOpen(run: () => void): () => void {
		const waiting = (): void => {
			run();
		};
		this.#waiting.push(waiting);
		this.#wake();
		return () => {
			this.#waiting = this.#waiting.filter((each) => each !== waiting);
			if (this.#waiting.length === 0) this.#stopWaking();
		};
	}

	/** Resolves when that much may be sent at once and counts as sent. Others have their turns meanwhile. Never after `stop`. */
	async take(bytes: number): Promise<void> {
		for (let left = bytes; left > 0 && this.#rate !== undefined; left -= this.share) {
			if (!this.isOpen || this.#waiting.length > 0) await new Promise<void>((resolve) => this.whenOpen(resolve));
			this.spend(Math.min(left, this.share));
		}
	}

	/** Nobody who waits hears of it any more. */
	stop(): void {
		this.#waiting = [];
		this.#stopWaking();
	}

	get #burst(): number {
		return (this.#rate ?? 0) * BURST_SECONDS;
	}

	#refill(): void {
		const now = this.#clock.monotonic();
		const seconds = (now - this.#countedAt) / 1000;
		this.#countedAt = now;
		if (this.#rate !== undefined) this.#tokens = Math.min(this.#burst, this.#tokens + this.#rate * seconds);
	}

	#wake(): void {
		if (this.#cancel !== undefined || this.#waiting.length === 0) return;
		const missing = this.isOpen ? 0 : 1 - this.#tokens;
		this.#cancel = this.#clock.schedule(Math.ceil((missing / (this.#rate ?? Infinity)) * 1000), () => {
			this.#cancel = undefined;
			this.#open();
		});
	}

	/** One after the other, as long as there is room for more. */
	#open(): void {
		this.#stopWaking();
		while (this.isOpen) {
			const next = this.#waiting.shift();
			if (next === undefined) return;
			next();
		}
		this.#wake();
	}

	#stopWaking(): void {
		this.#cancel?.();
		this.#cancel = undefined;
	}
}

/** Of somebody who asks again and again, and waits once at a time. */
export class Turn {
	readonly #bucket: TokenBucket;
	readonly #again: () => void;
	#isWaiting = false;

	constructor(bucket: TokenBucket, again: () => void) {
		this.#bucket = bucket;
		this.#again = again;
	}

	/** False: `again` is called when the limit lets more pass. */
	isNow(): boolean {
		if (this.#bucket.isOpen) return true;
		if (!this.#isWaiting) {
			this.#bucket.whenOpen(() => {
				this.#isWaiting = false;
				this.#again();
			});
		}
		this.#isWaiting = true;
		return false;
	}
}

export class Throttle {
	readonly up: TokenBucket;
	readonly down: TokenBucket;

	constructor(clock: Clock, limits: Limits = {}) {
		this.up = new TokenBucket(clock);
		this.down = new TokenBucket(clock);
		this.limit(limits);
	}

	limit({ up, down }: Limits): void {
		this.up.setRate(up);
		this.down.setRate(down);
	}

	stop(): void {
		this.up.stop();
		this.down.stop();
	}
}
