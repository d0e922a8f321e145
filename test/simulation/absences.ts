// Who lost its state and was heard of by nobody for so long that the others forget deletions without it: what stands in its folder is new
// to everybody then, as the folder of a device that comes for the first time is.
import { CALENDAR_GAP_MAX_MS } from "../../src/core/lived-time.ts";

export class Absences {
	readonly #heardAtMs = new Map<string, number>();
	readonly #lost = new Set<string>();
	#skippedMs = 0;

	/** Somebody's clock went on by so much at once: it takes all others for silent that long, as if it had slept (T2). */
	clockTurned(byMs: number): void {
		this.#skippedMs += Math.min(Math.max(0, byMs), CALENDAR_GAP_MAX_MS);
	}

	/** It remembers nothing of what it had told and heard. */
	lostState(who: string): void {
		this.#lost.add(who);
	}

	/** For how long a device that lost its state since had said nothing, when the first frame of it arrives; of all others `undefined`. */
	heard(from: string, nowMs: number): number | undefined {
		const byAllClocksMs = nowMs + this.#skippedMs;
		const silentMs = this.#lost.delete(from) ? byAllClocksMs - (this.#heardAtMs.get(from) ?? 0) : undefined;
		this.#heardAtMs.set(from, byAllClocksMs);
		return silentMs;
	}
}
