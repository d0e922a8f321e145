// One live, proven peer: what it knows, what it still lacks, what it owes us. Events only mark; `#evaluate` is the one place
// that decides what to say next. Messages and their rules: readme/PROTOCOL.md; S1–S11 of readme/SPEC.md.
import { equalBytes } from "../core/bytes.ts";
import type { ContentHash } from "../core/hash.ts";
import type { DeviceId } from "../core/ids.ts";
import type { Link } from "../core/links.ts";
import { isHiddenPath, type PathKey } from "../core/path.ts";
import { isNewTo, type KeyedRecord } from "../core/record.ts";
import { EMPTY_VECTOR, includes, joinVectors, meetVectors, type VersionVector } from "../core/version-vector.ts";
import { decodeMessage, encodeMessage } from "../wire/codec.ts";
import { DecodeError } from "../wire/decode-error.ts";
import { recordBytesMax } from "../wire/record-codec.ts";
import { Reassembler, type Lane } from "../wire/framing.ts";
import { CHOOSES, HIDDEN_PATHS, modeOf, type Capability } from "../wire/hello.ts";
import {
	CONTROL_MESSAGE_BYTES_MAX,
	PUSHED_CONTENT_BYTES_MAX,
	RECORD_MESSAGES_IN_FLIGHT_MAX,
	RECORDS_MESSAGE_BYTES_TARGET,
	RECORDS_PER_MESSAGE_MAX,
} from "../wire/limits.ts";
import type { ByeCode, ContentPiece, ContentRange, PeerMessage } from "../wire/messages.ts";
import type { ContentSource } from "./content-exchange.ts";
import { ContentServer } from "./content-server.ts";
import type { ProvenPeer } from "./handshake.ts";
import { Introductions } from "./introductions.ts";
import { Liveness } from "./liveness.ts";
import { Outbox } from "./outbox.ts";
import type { Channel } from "./ports/transport.ts";
import { contentsToPush } from "./pushed-contents.ts";
import { dropAbsent, Repair } from "./repair.ts";
import type { Replica } from "./replica.ts";
import type { SessionOptions } from "./session-listener.ts";
import { knowledgeDigest } from "./knowledge-digest.ts";

/** Of a message around its records. */
const MESSAGE_HEADER_BYTES = 16;
/** Beats with equal knowledge and different roots before a full exchange. */
const MISMATCHES_BEFORE_FULL = 2;

export class Session implements ContentSource {
	readonly peer: ProvenPeer;
	readonly #options: SessionOptions;
	readonly #channel: Channel;
	readonly #replica: Replica;
	readonly #outbox: Outbox;
	readonly #reassembler = new Reassembler();
	readonly #server: ContentServer;
	readonly #liveness: Liveness;
	readonly #introductions: Introductions;
	readonly #repair: Repair;

	/** What the peer said it knows; `undefined` before its hello. */
	#peerKnowledge: VersionVector | undefined;
	#peerRoot: Uint8Array | undefined;
	#peerReceived: VersionVector = EMPTY_VECTOR;
	#peerApplied: VersionVector = EMPTY_VECTOR;
	/** Keys whose records the peer may lack. */
	readonly #toSend = new Set<PathKey>();
	/** Sent and not yet acknowledged: as received, as applied. */
	readonly #unreceived = new Map<PathKey, VersionVector>();
	readonly #unapplied = new Map<PathKey, VersionVector>();
	#recordMessagesSent = 0;
	#recordMessagesCounted = 0;
	#recordMessagesTaken = 0;
	/** Records of a full exchange under way: to the peer; from the peer, the keys so far. */
	#sendingFull = false;
	#receivedFull: Set<PathKey> | undefined;
	#fullAsked = false;
	#initialDone = false;
	#endSaid: VersionVector | undefined;
	#ackSaid: Omit<PeerMessage & { readonly type: "ack" }, "type"> | undefined;
	#mismatches = 0;
	#probes = 0;
	#isDistrusted = false;
	#ended = false;

	constructor(options: SessionOptions) {
		this.#options = options;
		this.peer = options.peer;
		this.#channel = options.channel;
		this.#replica = options.replica;
		this.#outbox = new Outbox(options.channel);
		this.#server = new ContentServer({
			find: (hash) => options.replica.contents.find(hash),
			send: (message) => {
				this.#say(message);
			},
			drained: () => this.#outbox.drained(),
			onError: (error) => {
				options.log.write("error", "cannot serve content", { cause: String(error) });
				this.close("internal");
			},
		});
		this.#introductions = new Introductions({
			...options,
			say: (message) => {
				this.#say(message);
			},
		});
		this.#repair = new Repair({
			index: options.replica.index,
			isDurable: () => options.replica.isDurable,
			say: (message) => {
				this.#say(message);
			},
			take: (records, absent, knowledge) => {
				this.#onRepaired(records, absent, knowledge);
			},
			giveUp: () => {
				this.#askForAll();
			},
		});
		this.#liveness = new Liveness(options.clock, {
			heartbeat: () => {
				this.#say({ type: "heartbeat", root: this.#replica.index.root(), knowledge: this.#digestOfKnowledge() });
			},
			probe: () => {
				this.#say({ type: "probe", number: ++this.#probes });
			},
			dead: () => {
				this.#end("timeout");
			},
			isExpecting: () =>
				this.#unreceived.size > 0 || this.#peerKnowledge === undefined || options.exchange.isWaitingFor(this),
		});
	}

	/** Greets and takes the channel over, in this order: frames that already came are handled inside `listen`. */
	start(): void {
		this.#greet();
		this.#introductions.begin();
		this.#options.exchange.addSource(this);
		this.#channel.listen({
			onFrame: (frame) => {
				this.#onFrame(frame);
			},
			onWritable: () => {
				this.#guarded(() => {
					this.#outbox.flush();
					this.#evaluate();
				});
			},
			onClose: () => {
				this.#end("lost");
			},
		});
	}

	get deviceId(): DeviceId {
		return this.peer.deviceId;
	}

	get path(): Channel["path"] {
		return this.#channel.path;
	}

	get isOfferer(): boolean {
		return this.#channel.role === "offerer";
	}

	/** Paths that this device sent, or has to send, and the peer has not confirmed. */
	get unreceivedCount(): number {
		return this.#unreceived.size;
	}

	get unappliedCount(): number {
		return this.#unapplied.size;
	}

	/** Equal roots, and nothing under way in either direction. */
	get isInSync(): boolean {
		return (
			this.#peerRoot !== undefined &&
			this.#unreceived.size === 0 &&
			this.#toSend.size === 0 &&
			equalBytes(this.#peerRoot, this.#replica.index.root())
		);
	}

	/** The journal has everything; these records changed. */
	noteDurable(changed: readonly PathKey[]): void {
		if (this.#peerKnowledge === undefined) return;
		for (const key of changed) this.#toSend.add(key);
		this.#evaluate();
	}

	/** The replica moved on: acknowledge, send what waited for the journal. */
	noteProgress(): void {
		if (this.#ended || this.#peerKnowledge === undefined) return;
		this.#evaluate();
		this.#acknowledge();
		this.#introductions.tellNews();
	}

	/** This device has it now: a peer that was told otherwise asks again after an acknowledgement. */
	noteObtained(hash: ContentHash): void {
		if (this.#ended || !this.#server.takeRefused(hash)) return;
		this.#ackSaid = undefined;
		this.#acknowledge();
	}

	probeNow(): void {
		this.#liveness.probeNow();
	}

	want(ranges: readonly ContentRange[]): void {
		this.#say({ type: "want", ranges });
		this.#liveness.expect();
	}

	close(code: ByeCode): void {
		if (this.#ended) return;
		this.#say({ type: "bye", code });
		this.#end(code);
	}

	#end(code: ByeCode | "lost"): void {
		if (this.#ended) return;
		this.#ended = true;
		this.#liveness.end();
		this.#server.end();
		this.#outbox.close();
		this.#options.exchange.removeSource(this);
		this.#channel.close();
		this.#options.listener.onEnd(this, code);
	}

	#greet(): void {
		const { index } = this.#replica;
		this.#say({
			type: "hello",
			knowledge: this.#replica.durableKnowledge,
			forgotten: index.state.forgotten,
			root: index.root(),
		});
		this.#liveness.expect();
	}

	#say(message: PeerMessage): void {
		if (this.#ended) return;
		this.#liveness.said();
		this.#guarded(() => {
			this.#outbox.push(laneOf(message), encodeMessage(message));
		});
	}

	/** A defect of ours, or a channel that throws, ends this session and nothing else. */
	#guarded(work: () => void): void {
		try {
			work();
		} catch (error) {
			this.#options.log.write("error", "a session failed", { peer: this.peer.deviceId, cause: String(error) });
			this.#end("internal");
		}
	}

	#onFrame(frame: Uint8Array): void {
		if (this.#ended) return;
		this.#liveness.heard();
		this.#guarded(() => {
			const message = this.#decode(frame);
			if (message !== undefined) this.#onMessage(message);
		});
	}

	#decode(frame: Uint8Array): PeerMessage | undefined {
		try {
			const message = this.#reassembler.accept(frame);
			return message && decodeMessage(message.bytes);
		} catch (error) {
			if (!(error instanceof DecodeError)) throw error;
			this.#options.log.write("warn", "a peer sent what it must not", { peer: this.peer.deviceId, code: error.code });
			this.close("malformed");
			return undefined;
		}
	}

	#onMessage(message: PeerMessage): void {
		// Whatever follows counts from what the hello says.
		if (this.#peerKnowledge === undefined && message.type !== "hello" && message.type !== "bye") {
			this.close("protocol");
			return;
		}
		switch (message.type) {
			case "hello":
				this.#onHello(message.knowledge, message.root);
				return;
			case "members":
				this.#introductions.onMembers(message.members);
				return;
			case "link":
				this.#onLink(message.link);
				return;
			case "trie-ask":
			case "trie-nodes":
			case "trie-want":
			case "trie-records":
				if (!this.#repair.on(message)) this.close("protocol");
				return;
			case "records":
				this.#onRecords(message.records);
				return;
			case "end":
				this.#onEnd(message.knowledge, message.forgotten, message.full);
				return;
			case "need-full":
				this.#sendAll();
				return;
			case "begin-full":
				this.#receivedFull = new Set();
				return;
			case "ack":
				this.#onAck(message);
				return;
			case "want":
				if (!this.#server.ask(message.ranges)) this.close("limit");
				return;
			case "pieces":
				this.#onPieces(message.pieces);
				return;
			case "unavailable":
				for (const hash of message.hashes) this.#options.exchange.unavailable(this, hash);
				return;
			case "heartbeat":
				this.#onHeartbeat(message.root, message.knowledge);
				return;
			case "probe":
				this.#say({ type: "probe-answer", number: message.number });
				return;
			case "probe-answer":
				return;
			case "bye":
				this.#end(message.code);
				return;
		}
	}

	#onHello(knowledge: VersionVector, root: Uint8Array): void {
		if (this.#replica.isContradictedBy(knowledge)) {
			this.#distrust("rolled-back");
			return;
		}
		if (!this.#options.silentPeers.meet(this.peer, knowledge)) {
			this.#distrust("protocol");
			return;
		}
		this.#peerKnowledge = knowledge;
		this.#peerRoot = root;
		this.#endSaid = undefined;
		// Keys are filtered by what the peer knows when they are sent.
		this.#introductions.heard(knowledge);
		// What it would not be told of any more because it is forgotten here, it sees from everything that is left.
		if (!includes(knowledge, this.#replica.index.state.forgotten)) this.#sendAll();
		else {
			for (const { key } of this.#replica.index.entries()) this.#toSend.add(key);
			this.#evaluate();
		}
		this.#acknowledge();
		this.#introductions.tellNews();
		this.#options.listener.onChange(this);
	}

	#onLink(link: Link): void {
		const compared = this.#introductions.onLink(link);
		// A peer whose memory is behind hears it from us, and begins anew; until then nothing it says is taken.
		if (compared === "other-is-older") this.#isDistrusted = true;
		else if (compared !== "agree") this.#distrust("rolled-back");
	}

	#onRecords(records: readonly KeyedRecord[]): void {
		for (const { key } of records) this.#receivedFull?.add(key);
		this.#replica.enqueue(() => {
			this.#join(records);
			if (!this.#isDistrusted) this.#recordMessagesTaken++;
		});
		this.#options.exchange.refresh(this);
	}

	#join(records: readonly KeyedRecord[]): void {
		const changed: PathKey[] = [];
		for (const keyed of records) {
			if (this.#isDistrusted) return;
			if (this.#replica.isContradictedByRecord(keyed)) this.#distrust("rolled-back");
			else if (!this.#isSilentIn(keyed.record.context)) this.#distrust("protocol");
			else {
				const joined = this.#replica.joinRecord(keyed);
				if (joined === "too-much") this.#distrust("limit");
				if (joined === "changed") changed.push(keyed.key);
			}
		}
		if (changed.length > 0) this.#options.listener.onTold(changed);
	}

	/** The peer's word for keys at which this device and the peer differ, though they know the same. */
	#onRepaired(records: readonly KeyedRecord[], absent: readonly PathKey[], knowledge: VersionVector): void {
		this.#replica.enqueue(() => {
			this.#join(records);
			if (this.#isDistrusted) return;
			for (const key of absent) if (dropAbsent(this.#replica.index, key, knowledge)) this.#replica.revisit(key);
		});
	}

	#onEnd(knowledge: VersionVector, forgotten: VersionVector, full: boolean): void {
		const told = full ? this.#receivedFull : undefined;
		if (full && told === undefined) {
			this.close("protocol");
			return;
		}
		this.#receivedFull = undefined;
		if (full) this.#fullAsked = false;
		if (this.#peerKnowledge !== undefined) this.#peerKnowledge = joinVectors(this.#peerKnowledge, knowledge);
		this.#introductions.heard(knowledge);
		this.#replica.enqueue(() => {
			if (this.#isDistrusted) return;
			if (this.#replica.isContradictedBy(knowledge) || !this.#isSilentIn(knowledge)) {
				this.#distrust(this.#isSilentIn(knowledge) ? "rolled-back" : "protocol");
				return;
			}
			if (told !== undefined) {
				this.#forgetAbsent(told, knowledge);
				if (!this.#replica.learn(knowledge, forgotten)) this.#distrust("limit");
				return;
			}
			// The peer forgot tombstones that we never saw: its knowledge must not become ours before it told us all it has.
			if (!includes(this.#replica.index.knowledge, forgotten)) this.#askForAll();
			else if (!this.#replica.learn(knowledge)) this.#distrust("limit");
		});
	}

	/** Something was not taken, so nothing that counts on it may be: above all not the knowledge that follows. */
	#distrust(reason: "rolled-back" | "limit" | "protocol"): void {
		this.#isDistrusted = true;
		if (reason === "rolled-back") this.#options.listener.onRolledBack();
		else this.close(reason);
	}

	#isSilentIn(vector: VersionVector): boolean {
		return this.#options.silentPeers.isSilentIn(this.peer, vector);
	}

	/** What the peer knows of and does not have any more was deleted while we were away. */
	#forgetAbsent(told: ReadonlySet<PathKey>, knowledge: VersionVector): void {
		const { index } = this.#replica;
		for (const { key } of [...index.entries()]) {
			if (!told.has(key) && dropAbsent(index, key, knowledge)) this.#replica.revisit(key);
		}
	}

	#askForAll(): void {
		if (this.#fullAsked) return;
		this.#fullAsked = true;
		this.#say({ type: "need-full" });
	}

	#sendAll(): void {
		this.#sendingFull = true;
		this.#say({ type: "begin-full" });
		for (const { key } of this.#replica.index.entries()) this.#toSend.add(key);
		this.#evaluate();
	}

	#onAck(ack: PeerMessage & { readonly type: "ack" }): void {
		if (this.#replica.isContradictedBy(ack.received)) {
			this.#distrust("rolled-back");
			return;
		}
		this.#introductions.heard(ack.received);
		this.#peerRoot = ack.root;
		this.#peerReceived = joinVectors(this.#peerReceived, ack.received);
		this.#peerApplied = joinVectors(this.#peerApplied, ack.applied);
		if (this.#peerKnowledge !== undefined) this.#peerKnowledge = joinVectors(this.#peerKnowledge, ack.received);
		this.#recordMessagesCounted = Math.min(this.#recordMessagesSent, ack.recordMessages);
		for (const [key, context] of this.#unreceived)
			if (includes(this.#peerReceived, context)) this.#unreceived.delete(key);
		for (const [key, context] of this.#unapplied) if (includes(this.#peerApplied, context)) this.#unapplied.delete(key);
		this.#options.exchange.refresh(this);
		this.#evaluate();
		this.#options.listener.onChange(this);
	}

	#onPieces(pieces: readonly ContentPiece[]): void {
		for (const piece of pieces) {
			if (this.#options.exchange.receive(this, piece)) continue;
			this.#options.log.write("warn", "a peer sent wrong content", { peer: this.peer.deviceId });
			this.close("protocol");
			return;
		}
	}

	#onHeartbeat(root: Uint8Array, knowledge: Uint8Array): void {
		this.#peerRoot = root;
		const quiet = this.#replica.isIdle && this.#toSend.size === 0 && this.#unreceived.size === 0;
		const sameKnowledge = equalBytes(knowledge, this.#digestOfKnowledge());
		// Also of a device that confirms nothing it is known by this what it has.
		this.#introductions.heard(sameKnowledge ? this.#replica.durableKnowledge : EMPTY_VECTOR);
		const sameRoot = equalBytes(root, this.#replica.index.root());
		this.#mismatches = quiet && sameKnowledge && !sameRoot ? this.#mismatches + 1 : 0;
		if (quiet && !sameKnowledge) this.#greet();
		if (this.#mismatches >= MISMATCHES_BEFORE_FULL) {
			this.#mismatches = 0;
			this.#options.listener.onRootMismatch(this);
			if (this.peer.capabilities.includes("trie" satisfies Capability)) this.#repair.begin();
			else this.#askForAll();
		}
		this.#options.listener.onChange(this);
	}

	/** The one place that decides what to say next. */
	#evaluate(): void {
		const known = this.#peerKnowledge;
		if (this.#ended || known === undefined || !this.#replica.isDurable || this.#isToHearFirst(known)) return;
		const { index } = this.#replica;
		while (this.#toSend.size > 0) {
			if (this.#recordMessagesSent - this.#recordMessagesCounted >= RECORD_MESSAGES_IN_FLIGHT_MAX) return;
			if (this.#channel.congested) return;
			const batch: KeyedRecord[] = [];
			let bytes = 0;
			for (const key of this.#toSend) {
				if (batch.length >= RECORDS_PER_MESSAGE_MAX || bytes >= RECORDS_MESSAGE_BYTES_TARGET) break;
				this.#toSend.delete(key);
				const entry = index.get(key);
				if (entry === undefined || !(this.#sendingFull || isNewTo(entry.record, known))) continue;
				if (isHiddenPath(key) && !this.peer.capabilities.includes(HIDDEN_PATHS)) {
					// It would refuse them; and knowledge without the records that it speaks of would delete them everywhere.
					this.close("protocol");
					return;
				}
				const size = recordBytesMax({ key, record: entry.record });
				if (batch.length > 0 && bytes + size > CONTROL_MESSAGE_BYTES_MAX - MESSAGE_HEADER_BYTES) {
					this.#toSend.add(key);
					break;
				}
				bytes += size;
				batch.push({ key, record: entry.record });
				// A device that only sends confirms nothing of what it does not apply.
				if (!isNewTo(entry.record, known) || modeOf(this.peer.capabilities) === "send-only") continue;
				// Whoever told of it may be gone for ever without having told all before it: no knowledge will ever say so.
				const told = meetVectors(entry.record.context, this.#replica.durableKnowledge);
				this.#unreceived.set(key, told);
				this.#unapplied.set(key, told);
			}
			if (batch.length === 0) continue;
			const pieces = this.#initialDone ? contentsToPush(batch, this.#replica) : [];
			if (pieces.length > 0) this.#say({ type: "pieces", pieces });
			this.#recordMessagesSent++;
			this.#say({ type: "records", records: batch });
			this.#liveness.expect();
		}
		const knowledge = this.#replica.durableKnowledge;
		if (this.#sendingFull || (!includes(known, knowledge) && this.#endSaid !== knowledge)) {
			this.#say({ type: "end", knowledge, forgotten: index.state.forgotten, full: this.#sendingFull });
			this.#sendingFull = false;
			this.#endSaid = knowledge;
		}
		this.#initialDone = true;
	}

	/** Before this device chose, the others would show conflict copies of what it then decides. Of two that choose, one waits. */
	#isToHearFirst(known: VersionVector): boolean {
		if (!this.#replica.isChoosing || includes(this.#replica.index.knowledge, known)) return false;
		return !this.peer.capabilities.includes(CHOOSES) || this.peer.epoch < this.#replica.index.state.epoch;
	}

	#acknowledge(): void {
		const { index } = this.#replica;
		const received = this.#replica.receivedKnowledge;
		const applied = this.#replica.appliedKnowledge;
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
		this.#say({ type: "ack", received, applied, root, recordMessages: this.#recordMessagesTaken });
	}

	#digestOfKnowledge(): Uint8Array {
		return knowledgeDigest(this.#replica.durableKnowledge, this.#options.sha256);
	}
}

/** Whether the message carries content: then it must not delay the others. */
function laneOf(message: PeerMessage): Lane {
	if (message.type !== "pieces") return "control";
	return message.pieces.every((piece) => piece.size <= PUSHED_CONTENT_BYTES_MAX) ? "notes" : "bulk";
}
