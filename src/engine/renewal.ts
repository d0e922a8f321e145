// A device whose state turned out to be an older one, or another's: it counts on in an epoch of its own, and keeps what it knows.
// Rules S9, S14 of readme/SPEC.md.
import type { ReplicaEpoch } from "../core/ids.ts";
import type { News } from "./news.ts";
import type { Peers } from "./peers.ts";
import type { Clock } from "./ports/clock.ts";
import type { Replica } from "./replica.ts";

/** Each epoch stays in everybody's vectors. */
const BETWEEN_MS = 60 * 60 * 1_000;

export interface RenewalOptions {
	readonly clock: Clock;
	readonly news: News;
	readonly peers: Peers;
	/** `undefined`: the state has not been read yet. */
	readonly replica: () => Replica | undefined;
	readonly newEpoch: () => ReplicaEpoch;
	readonly isStopping: () => boolean;
	/** A defect. */
	readonly onFailure: (error: unknown) => void;
}

export class Renewal {
	readonly #options: RenewalOptions;
	#begunAt: number | undefined;

	constructor(options: RenewalOptions) {
		this.#options = options;
	}

	/**
	 * Another device knows changes of this one that it knows nothing of itself: the numbers it would count with are taken. False: it
	 * has just begun anew. Nobody can honestly know anything of those numbers, so whoever says so is not believed, and no more
	 * than that: a hostile device must not be able to cut this one off from the others.
	 */
	begin(): boolean {
		const { clock, news, peers, isStopping, newEpoch } = this.#options;
		const replica = this.#options.replica();
		if (isStopping() || replica === undefined || peers.isSuspended) return true;
		const now = clock.monotonic();
		if (this.#begunAt !== undefined && now - this.#begunAt < BETWEEN_MS) return false;
		this.#begunAt = now;
		peers.suspend();
		news.problem({
			code: "state-rolled-back",
			message: "The state of this device was an older one, or a copy. It learns from the others what it missed.",
		});
		const epoch = newEpoch();
		this.#beginAnew(replica, epoch).catch((error: unknown) => {
			if (!isStopping()) this.#options.onFailure(error);
		});
		return true;
	}

	async #beginAnew(replica: Replica, epoch: ReplicaEpoch): Promise<void> {
		const { news, peers, isStopping } = this.#options;
		replica.enqueue(() => {
			replica.renumber(epoch);
		});
		await replica.idle();
		if (isStopping()) return;
		news.resolved("state-rolled-back");
		peers.wake();
		news.changed();
	}
}
