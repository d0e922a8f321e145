// How far this device may say that it has what it was told: received, which is safe here, and applied, which its disk shows. Rules S5 and
// X12 of readme/SPEC.md.
import type { ContentHash } from "../core/hash.ts";
import type { RecordIndex } from "../core/record-index.ts";
import { EMPTY_VECTOR, type VersionVector } from "../core/version-vector.ts";
import { NO_DEVICE_HAS_IT } from "./absent-versions.ts";
import type { Backlog } from "./backlog.ts";
import type { Deletions } from "./deletions.ts";
import type { OneWay } from "./one-way.ts";

export interface ConfirmedOptions {
	readonly index: RecordIndex;
	readonly backlog: Pick<Backlog, "held" | "heldWithoutContents">;
	readonly oneWay: Pick<OneWay, "withheld" | "isBehind">;
	readonly deletions: Pick<Deletions, "isHolding">;
}

export class Confirmed {
	readonly #options: ConfirmedOptions;
	#received: VersionVector = EMPTY_VECTOR;
	/** Received but for `lacking`, for which paths are held because nobody has it. */
	#receivedBut: { readonly knowledge: VersionVector; readonly lacking: readonly ContentHash[] } | undefined;
	#applied: VersionVector = EMPTY_VECTOR;

	constructor(options: ConfirmedOptions) {
		this.#options = options;
	}

	/** Highest knowledge whose records are durable here and whose contents are too, on the disk or held. */
	get received(): VersionVector {
		return this.#received;
	}

	/**
	 * The same for a device of which `isLackedByIt` says what it was asked for in vain: what a path waits for and that device cannot give holds
	 * up no confirmation to it, or it would wait for one for good.
	 */
	receivedBut(isLackedByIt: (hash: ContentHash) => boolean): VersionVector {
		const but = this.#receivedBut;
		return but !== undefined && but.lacking.every(isLackedByIt) ? but.knowledge : this.#received;
	}

	/** Highest knowledge that this disk shows. */
	get applied(): VersionVector {
		return this.#applied;
	}

	/** Nothing is under way: `knowledge` is durable, and all of it was dealt with or is held. */
	note(knowledge: VersionVector): void {
		const { index, backlog, oneWay, deletions } = this.#options;
		this.#receivedBut = undefined;
		const without = backlog.heldWithoutContents;
		const lacking = without.map(({ key, reason }) => (reason === NO_DEVICE_HAS_IT ? index.absent.at(key) : undefined));
		if (oneWay.withheld.size === 0) {
			if (without.length === 0) this.#received = knowledge;
			else if (lacking.every((hashes) => hashes !== undefined))
				this.#receivedBut = { knowledge, lacking: lacking.flatMap((hashes) => [...hashes]) };
		}
		if (!oneWay.isBehind && backlog.held.length === 0 && !deletions.isHolding) this.#applied = knowledge;
	}

	/** What was confirmed was so in an epoch that this device does not count in any more. */
	beginAnew(): void {
		this.#received = this.#applied = EMPTY_VECTOR;
		this.#receivedBut = undefined;
	}
}
