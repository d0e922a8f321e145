// Devices that say that they only receive make no versions: what they tell of others is taken, and a version of their own that
// they made since they said so is not, nor any knowledge that counts on it. Rule C9 of readme/SPEC.md.
import { equalBytes } from "../core/bytes.ts";
import { linkName, type Met } from "../core/links.ts";
import type { VersionVector } from "../core/version-vector.ts";
import { modeOf } from "../wire/hello.ts";
import type { ProvenPeer } from "./handshake.ts";

export class SilentPeers {
	/** How many versions each had made when it first said so, since its start. */
	readonly #met = new Map<string, { readonly runNonce: Uint8Array; readonly counter: number }>();

	/** `peer` told what it knows, for the first time in its session. False: it made versions all the same. */
	meet(peer: ProvenPeer, knowledge: VersionVector): boolean {
		const { epoch, runNonce, capabilities } = peer;
		const name = linkName(peer);
		if (modeOf(capabilities) !== "receive-only") {
			this.#met.delete(name);
			return true;
		}
		const known = this.#met.get(name);
		if (known === undefined || !equalBytes(known.runNonce, runNonce)) {
			this.#met.set(name, { runNonce, counter: knowledge.get(epoch) ?? 0 });
		}
		return this.isSilentIn(peer, knowledge);
	}

	/** Whether `vector` counts no version that the peer made although it only receives. */
	isSilentIn(peer: Met, vector: VersionVector): boolean {
		const met = this.#met.get(linkName(peer));
		return met === undefined || (vector.get(peer.epoch) ?? 0) <= met.counter;
	}
}
