// One live, proven peer: each message goes to the part that it concerns. What the peer tells of the vault is taken by intake.ts, what it
// is told is delivery.ts; messages and their rules are readme/PROTOCOL.md and S1–S13 of readme/SPEC.md.
import { equalBytes } from "../core/bytes.ts";
import type { ContentHash } from "../core/hash.ts";
import type { DeviceId } from "../core/ids.ts";
import type { PathKey } from "../core/path.ts";
import { EMPTY_VECTOR, includes } from "../core/version-vector.ts";
import { encodeMessage } from "../wire/codec.ts";
import { MAILBOX, type Capability } from "../wire/hello.ts";
import type { ByeCode, ContentPiece, ContentRange, PeerMessage } from "../wire/messages.ts";
import type { ContentSource } from "./content-exchange.ts";
import { ContentServer } from "./content-server.ts";
import { Delivery } from "./delivery.ts";
import type { Terms } from "./door.ts";
import type { ProvenPeer } from "./handshake.ts";
import { Inbox } from "./inbox.ts";
import { Intake } from "./intake.ts";
import { Introductions } from "./introductions.ts";
import { Liveness } from "./liveness.ts";
import { laneOf, Outbox } from "./outbox.ts";
import type { Channel } from "./ports/transport.ts";
import { Repair } from "./repair.ts";
import type { Replica } from "./replica.ts";
import { RosterShare } from "./roster-share.ts";
import type { SessionOptions } from "./session-listener.ts";
import { knowledgeDigest } from "./knowledge-digest.ts";

/** Of messages that a peer does not take, though it goes on asking: several times what fair peers ever come to. */
const UNREAD_BYTES_MAX = 8 * 1024 * 1024;
/** Beats with equal knowledge and different roots before a full exchange. */
const MISMATCHES_BEFORE_FULL = 2;

export class Session implements ContentSource {
	readonly peer: ProvenPeer;
	readonly #options: SessionOptions;
	readonly #channel: Channel;
	readonly #replica: Replica;
	readonly #outbox: Outbox;
	readonly #inbox: Inbox;
	readonly #delivery: Delivery;
	readonly #intake: Intake;
	readonly #server: ContentServer;
	readonly #liveness: Liveness;
	readonly #introductions: Introductions;
	readonly #repair: Repair;
	readonly #roster: RosterShare | undefined;

	#peerRoot: Uint8Array | undefined;
	#mismatches = 0;
	#probes = 0;
	#ended = false;

	constructor(options: SessionOptions) {
		this.#options = options;
		this.peer = options.peer;
		this.#channel = options.channel;
		this.#replica = options.replica;
		this.#outbox = new Outbox(options.channel, options.throttle.up);
		const say = (message: PeerMessage): void => {
			this.#say(message);
		};
		this.#inbox = new Inbox({
			replica: options.replica,
			onMalformed: ({ code }) => {
				options.log.write("warn", "a peer sent what it must not", { peer: options.peer.deviceId, code });
				this.close("malformed");
			},
			onFull: () => {
				this.close("limit");
			},
		});
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
			clock: options.clock,
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
		this.#intake = new Intake({
			...options,
			isFromReader: () => this.#isFromReader,
			isLackedByIt: (hash) => options.exchange.isLackedBy(this, hash),
			say,
			enqueue: (change) => {
				this.#inbox.enqueue(change);
			},
			onKnowledge: (knowledge) => {
				this.#delivery.learn(knowledge);
				this.#introductions.heard(knowledge);
			},
			close: (code) => {
				this.close(code);
			},
		});
		this.#repair = new Repair({
			index: options.replica.index,
			isDurable: () => options.replica.isDurable,
			say,
			take: (records, absent) => {
				this.#intake.repaired(records, absent);
			},
			giveUp: () => {
				this.#intake.askForAll();
			},
		});
		this.#liveness = new Liveness(options.clock, {
			heartbeat: () => {
				const digest = this.#digestOfKnowledge();
				// The root counts what cannot be written down yet, and what is known does not: whoever compared the two would see a defect.
				const knowledge = this.#replica.isDurable ? digest : new Uint8Array(digest.length);
				this.#say({ type: "heartbeat", root: this.#replica.index.root(), knowledge });
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
		this.tellHeads();
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
		this.#intake.acknowledge();
		this.#introductions.tellNews();
	}

	/** This device has it now: a peer that was told otherwise asks again after an acknowledgement. */
	noteObtained(hash: ContentHash): void {
		if (this.#ended || !this.#server.takeRefused(hash)) return;
		this.#intake.acknowledgeAgain();
	}

	/** What is new in the roster. */
	tellRoster(): void {
		this.#roster?.tell();
	}

	/** What this device saw last of the mailbox. */
	tellHeads(): void {
		const { mailbox } = this.#options;
		if (mailbox === undefined || this.#ended || !this.peer.capabilities.includes(MAILBOX)) return;
		const heads = mailbox.heads();
		if (heads.length > 0) this.#say({ type: "heads", groupId: mailbox.groupId, heads });
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
			const message = this.#inbox.accept(frame);
			if (message !== undefined) this.#onMessage(message);
		});
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
				this.#onHello(message);
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
			case "heads":
				this.#onHeads(message);
				return;
			case "link":
				this.#intake.compared(this.#introductions.onLink(message.link));
				return;
			case "trie-ask":
			case "trie-nodes":
			case "trie-want":
			case "trie-records":
				if (!this.#repair.on(message)) this.close("protocol");
				return;
			case "records":
				this.#intake.records(message.records);
				this.#options.exchange.refresh(this);
				return;
			case "end":
				this.#intake.end(message);
				return;
			case "need-full":
				this.#sendAll();
				return;
			case "begin-full":
				this.#intake.beginFull();
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

	#onHello(hello: PeerMessage & { readonly type: "hello" }): void {
		if (!this.#intake.hello(hello)) return;
		const { knowledge, root } = hello;
		this.#delivery.begin(knowledge);
		this.#peerRoot = root;
		this.#introductions.heard(knowledge);
		// What it would not be told of any more because it is forgotten here, it sees from everything that is left.
		if (!includes(knowledge, this.#replica.index.state.forgotten)) this.#sendAll();
		else {
			this.#delivery.markAll();
			this.#evaluate();
		}
		this.#intake.acknowledge();
		this.#introductions.tellNews();
		this.#options.listener.onChange(this);
	}

	/** Nothing it tells of the vault counts. It hears all the same. */
	get #isFromReader(): boolean {
		return this.#roster?.isReader === true;
	}

	#sendAll(): void {
		this.#delivery.sendAll();
		this.#evaluate();
	}

	#onAck(ack: PeerMessage & { readonly type: "ack" }): void {
		if (!this.#intake.believes(ack.received)) return;
		this.#introductions.heard(ack.received);
		this.#peerRoot = ack.root;
		this.#delivery.confirm(ack);
		this.#options.listener.onReceived(ack.received);
		this.#options.exchange.refresh(this);
		this.#evaluate();
		this.#options.listener.onChange(this);
	}

	/** At another relay the group has another mailbox. */
	#onHeads({ groupId, heads }: PeerMessage & { readonly type: "heads" }): void {
		const { mailbox } = this.#options;
		if (mailbox?.groupId === groupId && !this.#isFromReader) mailbox.heard(heads);
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
			else this.#intake.askForAll();
		}
		this.#options.listener.onChange(this);
	}

	#evaluate(): void {
		if (!this.#ended) this.#delivery.evaluate();
	}

	#digestOfKnowledge(): Uint8Array {
		return knowledgeDigest(this.#replica.durableKnowledge, this.#options.sha256);
	}
}

/** They bring no answer that is owed any nearer, and nobody owes one to them. */
const SIGNS_OF_LIFE: ReadonlySet<PeerMessage["type"]> = new Set(["heartbeat", "probe", "probe-answer", "members"]);
