// A device whose state turned out to be an older one, or another's: it begins anew from its files, in an epoch of its own, as one
// that has never met the others. Rule S9 of readme/SPEC.md.
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
	/** A first scan, complete when it resolves. */
	readonly scan: (replica: Replica) => Promise<void>;
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
				? "The state of this device does not agree with the others', even after it was begun anew. It shares nothing."
				: "The state of this device was an older one. It is begun anew from the files.",
		});
		if (again) return;
		const epoch = newEpoch();
		this.#beginAnew(replica, epoch).catch((error: unknown) => {
			if (!isStopping()) this.#options.onFailure(error);
		});
	}

	async #beginAnew(replica: Replica, epoch: ReplicaEpoch): Promise<void> {
		const { news, peers, scan, isStopping } = this.#options;
		// The scan compares with the books: only once they are empty does it find everything.
		await new Promise<void>((resolve) => {
			replica.enqueue(() => {
				replica.startOver(epoch);
				resolve();
			});
		});
		await scan(replica);
		if (isStopping()) return;
		news.resolved("state-rolled-back");
		peers.wake();
		news.changed();
	}
}
