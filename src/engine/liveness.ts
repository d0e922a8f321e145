// Whether the other end of a session is alive. A data channel can say "open" and be dead (readme/PROTOCOL.md, liveness), so we
// ask: a probe when something expected does not come, or after long silence; no answer in time means dead.
import type { Clock } from "./ports/clock.ts";

/** Between two signs of life of ours when there is nothing else to say. */
export const HEARTBEAT_MS = 30_000;
/** Silence before a probe: while an answer is due, and otherwise. */
const EXPECTED_SILENCE_MS = 2_000;
const IDLE_SILENCE_MS = 35_000;
/** An answer that is so late is due when somebody else has helped, and nobody knows when: it is no reason to ask all the time. */
const LATE_MS = 60_000;
/** ICE recovers by itself from shorter gaps; from 20 s on it does not come back. */
const PROBE_LIMIT_MS = 10_000;

export interface LivenessListener {
	heartbeat(): void;
	probe(): void;
	dead(): void;
	/** Whether the peer owes us something. */
	isExpecting(): boolean;
}

export class Liveness {
	readonly #clock: Clock;
	readonly #listener: LivenessListener;
	#heardAt: number;
	#saidAt: number;
	/** When something else than signs of life was said or heard. */
	#movedAt: number;
	#probedAt: number | undefined;
	#cancel: (() => void) | undefined;
	#ended = false;

	constructor(clock: Clock, listener: LivenessListener) {
		this.#clock = clock;
		this.#listener = listener;
		this.#heardAt = this.#saidAt = this.#movedAt = clock.monotonic();
		this.#arm();
	}

	heard(): void {
		this.#heardAt = this.#clock.monotonic();
		this.#probedAt = undefined;
	}

	said(): void {
		this.#saidAt = this.#clock.monotonic();
	}

	/** What was just said or heard is more than a sign of life. */
	moved(): void {
		this.#movedAt = this.#clock.monotonic();
	}

	/** Something is due from now on: look sooner. */
	expect(): void {
		if (!this.#ended) this.#arm();
	}

	/** The host woke up or its network changed: ask now. */
	probeNow(): void {
		if (this.#ended || this.#probedAt !== undefined) return;
		this.#probedAt = this.#clock.monotonic();
		this.#listener.probe();
		this.#arm();
	}

	end(): void {
		this.#ended = true;
		this.#cancel?.();
	}

	#silenceMs(): number {
		const isDue = this.#listener.isExpecting() && this.#clock.monotonic() - this.#movedAt < LATE_MS;
		return isDue ? EXPECTED_SILENCE_MS : IDLE_SILENCE_MS;
	}

	#arm(): void {
		this.#cancel?.();
		const now = this.#clock.monotonic();
		const next =
			this.#probedAt !== undefined
				? this.#probedAt + PROBE_LIMIT_MS
				: Math.min(this.#heardAt + this.#silenceMs(), this.#saidAt + HEARTBEAT_MS);
		const dueAt = Math.max(next, now);
		this.#cancel = this.#clock.schedule(dueAt - now, () => {
			this.#tick(dueAt);
		});
	}

	#tick(dueAt: number): void {
		if (this.#ended) return;
		const now = this.#clock.monotonic();
		if (this.#probedAt !== undefined && now - this.#probedAt >= PROBE_LIMIT_MS) {
			// A timer that is this late says that the host slept, not the peer: ask once more.
			if (now - dueAt < PROBE_LIMIT_MS) {
				this.#ended = true;
				this.#listener.dead();
				return;
			}
			this.#probedAt = undefined;
			this.#heardAt = now;
			this.probeNow();
			return;
		}
		if (this.#probedAt === undefined && now - this.#heardAt >= this.#silenceMs()) {
			this.#probedAt = now;
			this.#listener.probe();
		}
		if (now - this.#saidAt >= HEARTBEAT_MS) this.#listener.heartbeat();
		this.#arm();
	}
}
