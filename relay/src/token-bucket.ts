// How often something may happen: a bucket that refills steadily, and one such bucket for each key (an address, a group).

export class TokenBucket {
	readonly #capacity: number;
	readonly #perSecond: number;
	#tokens: number;
	#filledAt: number;

	constructor(capacity: number, perSecond: number, now: number) {
		this.#capacity = capacity;
		this.#perSecond = perSecond;
		this.#tokens = capacity;
		this.#filledAt = now;
	}

	/** Takes one token, or so many; false when there are fewer, and then nothing is taken. */
	take(now: number, count = 1): boolean {
		if (!this.has(now) || this.#tokens < count) return false;
		this.#tokens -= count;
		return true;
	}

	has(now: number): boolean {
		const elapsedMs = Math.max(0, now - this.#filledAt);
		this.#tokens = Math.min(this.#capacity, this.#tokens + (elapsedMs / 1000) * this.#perSecond);
		this.#filledAt = now;
		return this.#tokens >= 1;
	}

	/** Until the next token is there. */
	waitMs(now: number): number {
		return this.has(now) ? 0 : Math.ceil(((1 - this.#tokens) / this.#perSecond) * 1000);
	}

	isFull(now: number): boolean {
		this.has(now);
		return this.#tokens >= this.#capacity;
	}
}

/** More keys than this at once means somebody makes them up: the oldest are forgotten. */
const KEYS_MAX = 20_000;

export class KeyedBuckets {
	readonly #capacity: number;
	readonly #perSecond: number;
	readonly #buckets = new Map<string, TokenBucket>();

	constructor(capacity: number, perSecond: number) {
		this.#capacity = capacity;
		this.#perSecond = perSecond;
	}

	of(key: string, now: number): TokenBucket {
		let bucket = this.#buckets.get(key);
		if (bucket === undefined) {
			bucket = new TokenBucket(this.#capacity, this.#perSecond, now);
			this.#buckets.set(key, bucket);
			if (this.#buckets.size > KEYS_MAX) this.#forgetOldest();
		}
		return bucket;
	}

	/** Drops the buckets that would be made the same again. */
	sweep(now: number): void {
		for (const [key, bucket] of this.#buckets) if (bucket.isFull(now)) this.#buckets.delete(key);
	}

	#forgetOldest(): void {
		const [oldest] = this.#buckets.keys();
		if (oldest !== undefined) this.#buckets.delete(oldest);
	}
}
