// What one peer is still to be told: which records it may lack, what it was sent and has not confirmed, and the knowledge that
// closes each telling. Marks cost nothing; `evaluate` is the one place that decides what to say next. Rules S2–S6, S12 of
// readme/SPEC.md.
import { isHiddenPath, type PathKey } from "../core/path.ts";
import { isNewTo, type KeyedRecord, type PathRecord } from "../core/record.ts";
import { EMPTY_VECTOR, includes, joinVectors, meetVectors, type VersionVector } from "../core/version-vector.ts";
import { CHOOSES, HIDDEN_PATHS, modeOf } from "../wire/hello.ts";
import {
	CONTROL_MESSAGE_BYTES_MAX,
	RECORD_MESSAGES_IN_FLIGHT_MAX,
	RECORDS_MESSAGE_BYTES_TARGET,
	RECORDS_PER_MESSAGE_MAX,
} from "../wire/limits.ts";
import type { PeerMessage } from "../wire/messages.ts";
import { recordBytesMax } from "../wire/record-codec.ts";
import type { ProvenPeer } from "./handshake.ts";
import { contentsToPush } from "./pushed-contents.ts";
import type { Replica } from "./replica.ts";

export interface DeliveryOptions {
	readonly peer: ProvenPeer;
	readonly replica: Replica;
	readonly isCongested: () => boolean;
	readonly say: (message: PeerMessage) => void;
	/** Records were said: an acknowledgement is to come. */
	readonly onSent: () => void;
	/** The peer cannot hear of something, and would take the knowledge that follows for all of it. */
	readonly onUntellable: () => void;
}

/** Of a message around its records. */
const MESSAGE_HEADER_BYTES = 16;

export class Delivery {
	readonly #options: DeliveryOptions;
	/** What the peer knows; `undefined` before its hello. */
	#known: VersionVector | undefined;
	#received: VersionVector = EMPTY_VECTOR;
	#applied: VersionVector = EMPTY_VECTOR;
	/** Keys whose records the peer may lack. */
	readonly #toSend = new Set<PathKey>();
	/** Sent and not yet acknowledged: as received, as applied. */
	readonly #unreceived = new Map<PathKey, VersionVector>();
	readonly #unapplied = new Map<PathKey, VersionVector>();
	#messagesSent = 0;
	#messagesCounted = 0;
	/** All records are being told, whatever the peer knows. */
	#isFull = false;
	#initialDone = false;
	#endSaid: VersionVector | undefined;

	constructor(options: DeliveryOptions) {
		this.#options = options;
	}

	get hasBegun(): boolean {
		return this.#known !== undefined;
	}

	/** Paths that were sent and the peer has not confirmed: as received, as applied. */
	get unreceivedCount(): number {
		return this.#unreceived.size;
	}

	get unappliedCount(): number {
		return this.#unapplied.size;
	}

	/** Nothing is left to say, and all of it was received. */
	get isDone(): boolean {
		return this.#toSend.size === 0 && this.#unreceived.size === 0;
	}

	/** A hello: telling begins, or begins over. */
	begin(known: VersionVector): void {
		this.#known = known;
		this.#endSaid = undefined;
	}

	/** The peer turned out to know more. */
	learn(known: VersionVector): void {
		if (this.#known !== undefined) this.#known = joinVectors(this.#known, known);
	}

	mark(keys: Iterable<PathKey>): void {
		for (const key of keys) this.#toSend.add(key);
	}

	/**
	 * Each record, in case the peer lacks it. Keys are filtered by what it knows when they are sent. By the numbers of the last acts: both
	 * names of a file that was renamed are heard of together, or one is removed before anybody knows where its bytes are to stand.
	 */
	markAll(): void {
		const numbered = [...this.#options.replica.index.entries()].map(
			({ key, record: { siblings } }) => [key, Math.max(...siblings.map(({ dot }) => dot.counter))] as const,
		);
		this.mark(numbered.sort(([, a], [, b]) => a - b).map(([key]) => key));
	}

	/** Each record, whatever the peer knows: what is not among them is not here. */
	sendAll(): void {
		this.#isFull = true;
		this.#options.say({ type: "begin-full" });
		this.markAll();
	}

	confirm({ received, applied, recordMessages }: PeerMessage & { readonly type: "ack" }): void {
		this.#received = joinVectors(this.#received, received);
		this.#applied = joinVectors(this.#applied, applied);
		this.learn(received);
		this.#messagesCounted = Math.min(this.#messagesSent, recordMessages);
		dropIncluded(this.#unreceived, this.#received);
		dropIncluded(this.#unapplied, this.#applied);
	}

	evaluate(): void {
		const known = this.#known;
		const { replica, say, isCongested, onSent } = this.#options;
		if (known === undefined || !replica.isDurable || this.#isToHearFirst(known)) return;
		while (this.#toSend.size > 0) {
			if (this.#messagesSent - this.#messagesCounted >= RECORD_MESSAGES_IN_FLIGHT_MAX || isCongested()) return;
			const batch = this.#nextBatch(known);
			if (batch === undefined) return;
			if (batch.length === 0) continue;
			const pieces = this.#initialDone ? contentsToPush(batch, replica) : [];
			if (pieces.length > 0) say({ type: "pieces", pieces });
			this.#messagesSent++;
			say({ type: "records", records: batch });
			onSent();
		}
		const knowledge = replica.durableKnowledge;
		if (this.#isFull || (!includes(known, knowledge) && this.#endSaid !== knowledge)) {
			say({ type: "end", knowledge, forgotten: replica.index.state.forgotten, full: this.#isFull });
			this.#isFull = false;
			this.#endSaid = knowledge;
		}
		this.#initialDone = true;
	}

	/** `undefined`: the session is over. */
	#nextBatch(known: VersionVector): KeyedRecord[] | undefined {
		const { peer, replica, onUntellable } = this.#options;
		const batch: KeyedRecord[] = [];
		let bytes = 0;
		for (const key of this.#toSend) {
			if (batch.length >= RECORDS_PER_MESSAGE_MAX) break;
			const entry = replica.index.get(key);
			// Told apart, a rename is a file that is removed, and one whose bytes have to be sent.
			const isEnough = batch.length >= RECORDS_PER_MESSAGE_MAX - 1 || bytes >= RECORDS_MESSAGE_BYTES_TARGET;
			if (isEnough && !isRename(batch.at(-1)?.record, entry?.record)) break;
			this.#toSend.delete(key);
			if (entry === undefined || !(this.#isFull || isNewTo(entry.record, known))) continue;
			if (isHiddenPath(key) && !peer.capabilities.includes(HIDDEN_PATHS)) {
				// It would refuse them; and knowledge without the records that it speaks of would delete them everywhere.
				onUntellable();
				return undefined;
			}
			const size = recordBytesMax({ key, record: entry.record });
			if (batch.length > 0 && bytes + size > CONTROL_MESSAGE_BYTES_MAX - MESSAGE_HEADER_BYTES) {
				this.#toSend.add(key);
				break;
			}
			bytes += size;
			batch.push({ key, record: entry.record });
			// A device that only sends confirms nothing of what it does not apply.
			if (!isNewTo(entry.record, known) || modeOf(peer.capabilities) === "send-only") continue;
			// Whoever told of it may be gone for ever without having told all before it: no knowledge will ever say so.
			const told = meetVectors(entry.record.context, replica.durableKnowledge);
			this.#unreceived.set(key, told);
			this.#unapplied.set(key, told);
		}
		return batch;
	}

	/** Before this device chose, the others would show conflict copies of what it then decides. Of two that choose, one waits. */
	#isToHearFirst(known: VersionVector): boolean {
		const { peer, replica } = this.#options;
		if (!replica.isChoosing || includes(replica.index.knowledge, known)) return false;
		return !peer.capabilities.includes(CHOOSES) || peer.epoch < replica.index.state.epoch;
	}
}

/** Whether one says that a text was deleted, and the other that it stands at another name. */
function isRename(one: PathRecord | undefined, other: PathRecord | undefined): boolean {
	const isMoved = (from: PathRecord, to: PathRecord): boolean =>
		from.siblings.some(({ content, ancestors: [text] }) => {
			const isDeletion = content === undefined && text !== undefined;
			return isDeletion && to.siblings.some((version) => version.content?.hash === text.hash);
		});
	return one !== undefined && other !== undefined && (isMoved(one, other) || isMoved(other, one));
}

function dropIncluded(contexts: Map<PathKey, VersionVector>, vector: VersionVector): void {
	for (const [key, context] of contexts) if (includes(vector, context)) contexts.delete(key);
}
