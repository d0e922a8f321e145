// What one peer tells of the vault: which of it is taken, what it means that it left something out, and what it is told of that
// (acknowledgements). What this device tells is delivery.ts. Rules S3–S5, S7, S9, S10 of readme/SPEC.md.
import { equalBytes } from "../core/bytes.ts";
import type { Comparison } from "../core/links.ts";
import type { ContentHash } from "../core/hash.ts";
import type { PathKey } from "../core/path.ts";
import type { KeyedRecord } from "../core/record.ts";
import { EMPTY_VECTOR, includes, joinVectors, meetVectors, type VersionVector } from "../core/version-vector.ts";
import type { PeerMessage } from "../wire/messages.ts";
import type { ProvenPeer } from "./handshake.ts";
import type { Replica } from "./replica.ts";
import type { SessionListener } from "./session-listener.ts";
import type { SilentPeers } from "./silent-peers.ts";

export interface IntakeOptions {
	/** These two: `undefined` for what was left by devices that may make versions, whoever brings it. */
	readonly peer: ProvenPeer | undefined;
	readonly silentPeers: SilentPeers | undefined;
	readonly replica: Replica;
	readonly listener: Pick<SessionListener, "onTold" | "onRolledBack">;
	/** Whether it was asked for this in vain. */
	readonly isLackedByIt: (hash: ContentHash) => boolean;
	/** Nothing it tells of the vault counts. It hears all the same. */
	readonly isFromReader: () => boolean;
	readonly say: (message: PeerMessage) => void;
	/** Once the replica gets to it. */
	readonly enqueue: (change: () => void) => void;
	/** It closed a telling with this knowledge. */
	readonly onKnowledge: (knowledge: VersionVector) => void;
	readonly close: (code: "protocol" | "limit") => void;
}

type Said<Type extends PeerMessage["type"]> = Extract<PeerMessage, { readonly type: Type }>;

export class Intake {
	readonly #options: IntakeOptions;
	readonly #replica: Replica;
	/** Deletions that the peer has forgotten, as far as it said. */
	#peerForgotten = EMPTY_VECTOR;
	#recordMessagesTaken = 0;
	/** Keys that came in a full exchange under way. */
	#receivedFull: Set<PathKey> | undefined;
	#fullAsked = false;
	#ackSaid: Omit<Said<"ack">, "type"> | undefined;
	#isDistrusted = false;

	constructor(options: IntakeOptions) {
		this.#options = options;
		this.#replica = options.replica;
	}

	/** False: what it says it knows cannot be. */
	hello(said: Said<"hello">): boolean {
		this.#peerForgotten = joinVectors(this.#peerForgotten, believedForgotten(said));
		if (!this.believes(said.knowledge)) return false;
		const { peer, silentPeers } = this.#options;
		if (peer === undefined || silentPeers?.meet(peer, said.knowledge) !== false) return true;
		this.#distrust("protocol");
		return false;
	}

	/** False: the peer says that it knows acts of this device that were never made. */
	believes(knowledge: VersionVector): boolean {
		if (!this.#replica.isContradictedBy(knowledge)) return true;
		this.#distrust("rolled-back");
		return false;
	}

	/** What both remember of their last meeting. */
	compared(comparison: Comparison): void {
		// A peer whose memory is behind hears it from us, and begins anew; until then nothing it says is taken.
		if (comparison === "other-is-older") this.#isDistrusted = true;
		else if (comparison !== "agree") this.#distrust("rolled-back");
	}

	records(records: readonly KeyedRecord[]): void {
		for (const { key } of records) this.#receivedFull?.add(key);
		this.#options.enqueue(() => {
			this.#join(records);
			if (!this.#isDistrusted) this.#recordMessagesTaken++;
		});
	}

	/** The peer's word for keys at which this device and the peer differ, though they know the same. */
	repaired(records: readonly KeyedRecord[], absent: readonly PathKey[]): void {
		this.#options.enqueue(() => {
			this.#join(records);
			if (!this.#isTaken) return;
			// Until what it has forgotten is known here it may be a deletion: then it is told as one, or asked for.
			if (includes(this.#replica.index.knowledge, this.#peerForgotten))
				this.#joinAbsent(absent, this.#peerForgotten, false);
		});
	}

	beginFull(): void {
		this.#receivedFull = new Set();
	}

	end(said: Said<"end">): void {
		const { knowledge, full } = said;
		const forgotten = believedForgotten(said);
		const told = full ? this.#receivedFull : undefined;
		if (full && told === undefined) {
			this.#options.close("protocol");
			return;
		}
		this.#receivedFull = undefined;
		this.#peerForgotten = joinVectors(this.#peerForgotten, forgotten);
		if (full) this.#fullAsked = false;
		this.#options.onKnowledge(knowledge);
		this.#options.enqueue(() => {
			this.#learn(knowledge, forgotten, told);
		});
	}

	askForAll(): void {
		if (this.#fullAsked) return;
		this.#fullAsked = true;
		this.#options.say({ type: "need-full" });
	}

	acknowledge(): void {
		const { index, confirmed } = this.#replica;
		const { applied } = confirmed;
		const received = confirmed.receivedBut(this.#options.isLackedByIt);
		const root = index.root();
		const last = this.#ackSaid;
		if (
			last !== undefined &&
			last.received === received &&
			last.applied === applied &&
			last.recordMessages === this.#recordMessagesTaken &&
			equalBytes(last.root, root)
		) {
			return;
		}
		this.#ackSaid = { received, applied, root, recordMessages: this.#recordMessagesTaken };
		this.#options.say({ type: "ack", ...this.#ackSaid });
	}

	/** Also when it would say the same. */
	acknowledgeAgain(): void {
		this.#ackSaid = undefined;
		this.acknowledge();
	}

	#join(records: readonly KeyedRecord[]): void {
		const changed: PathKey[] = [];
		for (const keyed of records) {
			if (!this.#isTaken) return;
			if (this.#replica.isContradictedByRecord(keyed)) this.#distrust("rolled-back");
			else if (!this.#isSilentIn(keyed.record.context)) this.#distrust("protocol");
			else {
				const { peer } = this.#options;
				const by = peer && { epoch: peer.epoch, forgotten: this.#peerForgotten };
				const joined = this.#replica.joinRecord(keyed, undefined, by);
				if (joined === "too-much") this.#distrust("limit");
				if (joined === "changed") changed.push(keyed.key);
			}
		}
		if (changed.length > 0) this.#options.listener.onTold(changed);
	}

	/** `told`: all the peer has, where that is what it told. */
	#learn(knowledge: VersionVector, forgotten: VersionVector, told: ReadonlySet<PathKey> | undefined): void {
		if (!this.#isTaken) return;
		if (this.#replica.isContradictedBy(knowledge) || !this.#isSilentIn(knowledge)) {
			this.#distrust(this.#isSilentIn(knowledge) ? "rolled-back" : "protocol");
			return;
		}
		if (told !== undefined) {
			const { index } = this.#replica;
			const isNews = !includes(index.knowledge, forgotten);
			const absent = [...index.entries()].map(({ key }) => key).filter((key) => !told.has(key));
			if (!this.#replica.learn(knowledge, forgotten)) this.#distrust("limit");
			else this.#joinAbsent(absent, forgotten, isNews);
			return;
		}
		// The peer forgot tombstones that we never saw: its knowledge must not become ours before it told us all it has.
		if (!includes(this.#replica.index.knowledge, forgotten)) this.askForAll();
		else if (!this.#replica.learn(knowledge)) this.#distrust("limit");
	}

	/**
	 * What the peer forgot and does not have any more was deleted while we were away; or somebody's disk has lost it, where all that
	 * the peer forgot is no news here.
	 */
	#joinAbsent(keys: readonly PathKey[], forgotten: VersionVector, isNews: boolean): void {
		for (const key of keys) this.#replica.joinAbsence(key, forgotten, isNews);
	}

	/** Something was not taken, so nothing that counts on it may be: above all not the knowledge that follows. */
	#distrust(reason: "rolled-back" | "limit" | "protocol"): void {
		this.#isDistrusted = true;
		if (reason !== "rolled-back") this.#options.close(reason);
		else if (!this.#options.listener.onRolledBack()) this.#options.close("protocol");
	}

	get #isTaken(): boolean {
		return !this.#isDistrusted && !this.#options.isFromReader();
	}

	#isSilentIn(vector: VersionVector): boolean {
		const { peer, silentPeers } = this.#options;
		return peer === undefined || silentPeers?.isSilentIn(peer, vector) !== false;
	}
}

/**
 * Nobody forgets a deletion without knowing of it. More would delete here what the peer has never heard of, and what is still to be
 * written under those numbers.
 */
function believedForgotten(said: Readonly<Record<"knowledge" | "forgotten", VersionVector>>): VersionVector {
	return meetVectors(said.forgotten, said.knowledge);
}
