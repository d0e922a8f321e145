// Who lost its state and was heard of by nobody for so long that the others forget deletions without it: what stands in its folder is new
// to everybody then, as the folder of a device that comes for the first time is.

export class Absences {
	readonly #heardAtMs = new Map<string, number>();
	readonly #lost = new Set<string>();

	/** It remembers nothing of what it had told and heard. */
	lostState(who: string): void {
		this.#lost.add(who);
	}

	/** For how long a device that lost its state since had said nothing, when the first frame of it arrives; of all others `undefined`. */
	heard(from: string, nowMs: number): number | undefined {
		const silentMs = this.#lost.delete(from) ? nowMs - (this.#heardAtMs.get(from) ?? 0) : undefined;
		this.#heardAtMs.set(from, nowMs);
		return silentMs;
	}
}
