// A device whose state turned out to be an older one, or another's: it counts on in an epoch of its own, and keeps what it knows.
// Rules S9, S14 of readme/SPEC.md.
import type { ReplicaEpoch } from "../core/ids.ts";
import type { News } from "./news.ts";
import type { Peers } from "./peers.ts";
import type { Replica } from "./replica.ts";

export interface RenewalOptions {
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
	#hasBegun = false;

	constructor(options: RenewalOptions) {
		this.#options = options;
	}

	/**
	 * Another device knows changes of this one that it knows nothing of itself: the numbers it would count with are taken. Once in
	 * a run; the second time something else is wrong, and nothing is shared.
	 */
	begin(): void {
		const { news, peers, isStopping, newEpoch } = this.#options;
		const replica = this.#options.replica();
		if (isStopping() || replica === undefined || peers.isSuspended) return;
		peers.suspend();
		const again = this.#hasBegun;
		this.#hasBegun = true;
		news.problem({
			code: "state-rolled-back",
			message: again
				? "The state of this device does not agree with the others', even after it was put right. It shares nothing."
				: "The state of this device was an older one, or a copy. It learns from the others what it missed.",
		});
		if (again) return;
		const epoch = newEpoch();
		this.#beginAnew(replica, epoch).catch((error: unknown) => {
			if (!isStopping()) this.#options.onFailure(error);
		});
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
