// One live, proven peer: what it says and what follows from that. What it is told is delivery.ts; messages and their rules are
// readme/PROTOCOL.md and S1–S13 of readme/SPEC.md.
import { equalBytes } from "../core/bytes.ts";
import type { ContentHash } from "../core/hash.ts";
import type { DeviceId } from "../core/ids.ts";
import type { Link } from "../core/links.ts";
import type { PathKey } from "../core/path.ts";
import type { KeyedRecord } from "../core/record.ts";
import { EMPTY_VECTOR, includes, joinVectors, meetVectors, type VersionVector } from "../core/version-vector.ts";
import { decodeMessage, encodeMessage } from "../wire/codec.ts";
import { DecodeError } from "../wire/decode-error.ts";
import { Reassembler } from "../wire/framing.ts";
import type { Capability } from "../wire/hello.ts";
import type { ByeCode, ContentPiece, ContentRange, PeerMessage } from "../wire/messages.ts";
import type { ContentSource } from "./content-exchange.ts";
import { ContentServer } from "./content-server.ts";
import { Delivery } from "./delivery.ts";
import type { Terms } from "./door.ts";
import type { ProvenPeer } from "./handshake.ts";
import { Introductions } from "./introductions.ts";
import { Liveness } from "./liveness.ts";
import { laneOf, Outbox } from "./outbox.ts";
import type { Channel } from "./ports/transport.ts";
import { dropAbsent, Repair } from "./repair.ts";
import type { Replica } from "./replica.ts";
import { RosterShare } from "./roster-share.ts";
import type { SessionOptions } from "./session-listener.ts";
import { knowledgeDigest } from "./knowledge-digest.ts";

/**
 * Of messages that a peer does not take, though it goes on asking, and of what it told that is not taken in yet: several times what
 * fair peers ever come to.
 */
const UNREAD_BYTES_MAX = 8 * 1024 * 1024;
const UNTAKEN_BYTES_MAX = 16 * 1024 * 1024;
/** Beats with equal knowledge and different roots before a full exchange. */
const MISMATCHES_BEFORE_FULL = 2;

export class Session implements ContentSource {
	readonly peer: ProvenPeer;
	readonly #options: SessionOptions;
	readonly #channel: Channel;
	readonly #replica: Replica;
	readonly #outbox: Outbox;
	readonly #reassembler = new Reassembler();
	readonly #delivery: Delivery;
	readonly #server: ContentServer;
	readonly #liveness: Liveness;
	readonly #introductions: Introductions;
	readonly #repair: Repair;
	readonly #roster: RosterShare | undefined;

	/** Deletions that the peer has forgotten, as far as it said. */
	#peerForgotten = EMPTY_VECTOR;
	#peerRoot: Uint8Array | undefined;
	#recordMessagesTaken = 0;
	/** Of the message that is being handled, and of those that the replica has yet to take in. */
	#messageBytes = 0;
	#untakenBytes = 0;
	/** Keys that came in a full exchange under way. */
	#receivedFull: Set<PathKey> | undefined;
	#fullAsked = false;
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
		const say = (message: PeerMessage): void => {
			this.#say(message);
		};
		this.#delivery = new Delivery({
			peer: options.peer,
			replica: options.replica,
			isCongested: () => options.channel.congested,
			say,
			onSent: () => {
				this.#liveness.expect();
			},
			onUntellable: () => {
				this.close("protocol");
			},
		});
		this.#server = new ContentServer({
			find: (hash) => options.replica.contents.find(hash),
			send: say,
			drained: () => this.#outbox.drained(),
			onError: (error) => {
				options.log.write("error", "cannot serve content", { cause: String(error) });
				this.close("internal");
			},
		});
		this.#introductions = new Introductions({ ...options, say });
		const { roster } = options;
		this.#roster =
			roster &&
			new RosterShare({
				...{ ...roster, peer: options.peer.deviceId },
				say,
				end: (code) => {
					this.close(code);
				},
			});
		this.#repair = new Repair({
			index: options.replica.index,
			isDurable: () => options.replica.isDurable,
			say,
			take: (records, absent) => {
				this.#onRepaired(records, absent);
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
				this.#delivery.unreceivedCount > 0 || !this.#delivery.hasBegun || options.exchange.isWaitingFor(this),
		});
	}

	/** Greets and takes the channel over, in this order: frames that already came are handled inside `listen`. */
	start(): void {
		this.#greet();
		this.#introductions.begin();
		this.#roster?.tell();
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
		return this.#delivery.unreceivedCount;
	}

	get unappliedCount(): number {
		return this.#delivery.unappliedCount;
	}

	/** Equal roots, and nothing under way in either direction. */
	get isInSync(): boolean {
		return (
			this.#peerRoot !== undefined && this.#delivery.isDone && equalBytes(this.#peerRoot, this.#replica.index.root())
		);
	}

	/** The journal has everything; these records changed. */
	noteDurable(changed: readonly PathKey[]): void {
		if (!this.#delivery.hasBegun) return;
		this.#delivery.mark(changed);
		this.#evaluate();
	}

	/** The replica moved on: acknowledge, send what waited for the journal. */
	noteProgress(): void {
		if (this.#ended || !this.#delivery.hasBegun) return;
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

	/** What is new in the roster. */
	tellRoster(): void {
		this.#roster?.tell();
	}

	/** A new group key for the peer. False: it cannot take one. */
	hand(envelope: Uint8Array): boolean {
		if (this.#ended || this.terms === undefined) return false;
		this.#say({ type: "envelope", envelope });
		return true;
	}

	/** What both agreed on before it began. */
	get terms(): Terms | undefined {
		return this.#options.roster?.terms;
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
		if (!SIGNS_OF_LIFE.has(message.type)) this.#liveness.moved();
		this.#guarded(() => {
			this.#outbox.push(laneOf(message), encodeMessage(message));
		});
		// Without a word, which it would not read either.
		if (this.#outbox.waitingBytes > UNREAD_BYTES_MAX) this.#end("limit");
	}

	/** What a message says, once the replica gets to it. */
	#enqueue(change: () => void): void {
		const bytes = this.#messageBytes;
		this.#untakenBytes += bytes;
		if (this.#untakenBytes > UNTAKEN_BYTES_MAX) this.close("limit");
		else
			this.#replica.enqueue(() => {
				this.#untakenBytes -= bytes;
				change();
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
			this.#messageBytes = message?.bytes.length ?? 0;
			return message && decodeMessage(message.bytes);
		} catch (error) {
			if (!(error instanceof DecodeError)) throw error;
			this.#options.log.write("warn", "a peer sent what it must not", { peer: this.peer.deviceId, code: error.code });
			this.close("malformed");
			return undefined;
		}
	}

	#onMessage(message: PeerMessage): void {
		if (!SIGNS_OF_LIFE.has(message.type)) this.#liveness.moved();
		// Whatever follows counts from what the hello says.
		if (!this.#delivery.hasBegun && message.type !== "hello" && message.type !== "bye") {
			this.close("protocol");
			return;
		}
		switch (message.type) {
			case "hello":
				this.#peerForgotten = joinVectors(this.#peerForgotten, believedForgotten(message));
				this.#onHello(message.knowledge, message.root);
				return;
			case "members":
				if (!this.#isFromReader) this.#introductions.onMembers(message.members);
				return;
			case "roster":
				if (this.#roster === undefined) this.close("protocol");
				else this.#roster.hear(message.entries);
				return;
			case "envelope":
				this.#options.listener.onEnvelope(message.envelope);
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
				this.#onEnd(message.knowledge, believedForgotten(message), message.full);
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
		this.#delivery.begin(knowledge);
		this.#peerRoot = root;
		this.#introductions.heard(knowledge);
		// What it would not be told of any more because it is forgotten here, it sees from everything that is left.
		if (!includes(knowledge, this.#replica.index.state.forgotten)) this.#sendAll();
		else {
			this.#delivery.markAll();
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
		this.#enqueue(() => {
			this.#join(records);
			if (!this.#isDistrusted) this.#recordMessagesTaken++;
		});
		this.#options.exchange.refresh(this);
	}

	#join(records: readonly KeyedRecord[]): void {
		const changed: PathKey[] = [];
		for (const keyed of records) {
			if (this.#isDistrusted || this.#isFromReader) return;
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
	#onRepaired(records: readonly KeyedRecord[], absent: readonly PathKey[]): void {
		this.#enqueue(() => {
			this.#join(records);
			if (this.#isDistrusted || this.#isFromReader) return;
			for (const key of absent)
				if (dropAbsent(this.#replica.index, key, this.#peerForgotten)) this.#replica.revisit(key);
		});
	}

	#onEnd(knowledge: VersionVector, forgotten: VersionVector, full: boolean): void {
		const told = full ? this.#receivedFull : undefined;
		if (full && told === undefined) {
			this.close("protocol");
			return;
		}
		this.#receivedFull = undefined;
		this.#peerForgotten = joinVectors(this.#peerForgotten, forgotten);
		if (full) this.#fullAsked = false;
		this.#delivery.learn(knowledge);
		this.#introductions.heard(knowledge);
		this.#enqueue(() => {
			if (this.#isDistrusted || this.#isFromReader) return;
			if (this.#replica.isContradictedBy(knowledge) || !this.#isSilentIn(knowledge)) {
				this.#distrust(this.#isSilentIn(knowledge) ? "rolled-back" : "protocol");
				return;
			}
			if (told !== undefined) {
				if (!this.#replica.learn(knowledge, forgotten)) this.#distrust("limit");
				else this.#forgetAbsent(told, forgotten);
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
		if (reason !== "rolled-back") this.close(reason);
		else if (!this.#options.listener.onRolledBack()) this.close("protocol");
	}

	/** Nothing it tells of the vault counts. It hears all the same. */
	get #isFromReader(): boolean {
		return this.#roster?.isReader === true;
	}

	#isSilentIn(vector: VersionVector): boolean {
		return this.#options.silentPeers.isSilentIn(this.peer, vector);
	}

	/** What the peer knows of and does not have any more was deleted while we were away. */
	#forgetAbsent(told: ReadonlySet<PathKey>, forgotten: VersionVector): void {
		const { index } = this.#replica;
		for (const { key } of [...index.entries()]) {
			if (!told.has(key) && dropAbsent(index, key, forgotten)) this.#replica.revisit(key);
		}
	}

	#askForAll(): void {
		if (this.#fullAsked) return;
		this.#fullAsked = true;
		this.#say({ type: "need-full" });
	}

	#sendAll(): void {
		this.#delivery.sendAll();
		this.#evaluate();
	}

	#onAck(ack: PeerMessage & { readonly type: "ack" }): void {
		if (this.#replica.isContradictedBy(ack.received)) {
			this.#distrust("rolled-back");
			return;
		}
		this.#introductions.heard(ack.received);
		this.#peerRoot = ack.root;
		this.#delivery.confirm(ack);
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
		const quiet = this.#replica.isIdle && this.#delivery.isDone;
		const sameKnowledge = equalBytes(knowledge, this.#digestOfKnowledge());
		// Also of a device that confirms nothing it is known by this what it has.
		this.#introductions.heard(sameKnowledge ? this.#replica.durableKnowledge : EMPTY_VECTOR);
		const sameRoot = equalBytes(root, this.#replica.index.root());
		this.#mismatches = quiet && sameKnowledge && !sameRoot && !this.#isFromReader ? this.#mismatches + 1 : 0;
		if (quiet && !sameKnowledge) this.#greet();
		if (this.#mismatches >= MISMATCHES_BEFORE_FULL) {
			this.#mismatches = 0;
			this.#options.listener.onRootMismatch(this);
			if (this.peer.capabilities.includes("trie" satisfies Capability)) this.#repair.begin();
			else this.#askForAll();
		}
		this.#options.listener.onChange(this);
	}

	#evaluate(): void {
		if (!this.#ended) this.#delivery.evaluate();
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

/** They bring no answer that is owed any nearer, and nobody owes one to them. */
const SIGNS_OF_LIFE: ReadonlySet<PeerMessage["type"]> = new Set(["heartbeat", "probe", "probe-answer", "members"]);

/**
 * Nobody forgets a deletion without knowing of it. More would delete here what the peer has never heard of, and what is still to be
 * written under those numbers.
 */
function believedForgotten(said: Readonly<Record<"knowledge" | "forgotten", VersionVector>>): VersionVector {
	return meetVectors(said.forgotten, said.knowledge);
}
