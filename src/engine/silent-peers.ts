// Devices that say that they only receive make no versions: what they tell of others is taken, and a version of their own that
// they made since they said so is not, nor any knowledge that counts on it. Rule C9 of readme/SPEC.md.
import { equalBytes } from "../core/bytes.ts";
import type { ReplicaEpoch } from "../core/ids.ts";
import type { VersionVector } from "../core/version-vector.ts";
import { modeOf } from "../wire/hello.ts";
import type { ProvenPeer } from "./handshake.ts";

export class SilentPeers {
	/** How many versions each had made when it first said so, since its start. */
	readonly #met = new Map<ReplicaEpoch, { readonly runNonce: Uint8Array; readonly counter: number }>();

	/** `peer` told what it knows, for the first time in its session. False: it made versions all the same. */
	meet({ epoch, runNonce, capabilities }: ProvenPeer, knowledge: VersionVector): boolean {
		if (modeOf(capabilities) !== "receive-only") {
			this.#met.delete(epoch);
			return true;
		}
		const known = this.#met.get(epoch);
		if (known === undefined || !equalBytes(known.runNonce, runNonce)) {
			this.#met.set(epoch, { runNonce, counter: knowledge.get(epoch) ?? 0 });
		}
		return this.isSilentIn({ epoch }, knowledge);
	}

	/** Whether `vector` counts no version that the peer made although it only receives. */
	isSilentIn({ epoch }: Pick<ProvenPeer, "epoch">, vector: VersionVector): boolean {
		const met = this.#met.get(epoch);
		return met === undefined || (vector.get(epoch) ?? 0) <= met.counter;
	}
}
