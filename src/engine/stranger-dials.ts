// How often devices are dialled that never proved themselves here: whoever names them, the relay, may have made them up, and each
// attempt costs a connection. A group that comes back all at once fits in.

/** More under way at once find each other no sooner. */
const AT_ONCE_MAX = 8;
/** Twice a whole group. */
const BURST = 64;
const PER_SECOND = 2;
/** When it is asked again. */
export const STRANGER_PAUSE_MS = 1_000;

export class StrangerDials {
	#underWay = 0;
	#tokens = BURST;
	#filledAt = 0;

	/** Whether one more may begin, at this monotonic time; it is counted until `end`. */
	begin(now: number): boolean {
		this.#tokens = Math.min(BURST, this.#tokens + ((now - this.#filledAt) / 1000) * PER_SECOND);
		this.#filledAt = now;
		if (this.#underWay >= AT_ONCE_MAX || this.#tokens < 1) return false;

		this.#tokens--;
		this.#underWay++;
		return true;
	}

	end(): void {
		this.#underWay--;
	}
}
