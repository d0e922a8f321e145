// Stands between PeerJS and the relay. What PeerJS sends leaves sealed under the group's key; what the relay delivers reaches
// PeerJS only when a member sealed it for this device, in this order, with this type. The relay sees who talks to whom and
// when, and no address, fingerprint or description. Whatever fails a check is dropped without a trace in PeerJS.
import { base64urlnopad } from "@scure/base";
import type { Peer } from "peerjs";
import * as v from "valibot";
import type { GroupSecrets } from "../engine/ports/crypto.ts";
import type { Log } from "../engine/ports/log.ts";
import { lengthPrefixed } from "../wire/length-prefix.ts";
import { relayFrameSchema, SIGNAL_FRAME_BYTES_MAX } from "../wire/relay-api.ts";
import type { PeerId, RelayFrame } from "../wire/relay-api.ts";
import { insideOf } from "./peerjs-module.ts";
import type { PeerInside, PeerJsMessage } from "./peerjs-module.ts";
import { connectionIdOf, isSignalType, parseSignalPayload } from "./signal-payload.ts";
import type { SignalPayload, SignalType } from "./signal-payload.ts";
import { wholeNumber } from "../wire/schemas.ts";

/** Frames of the relay that wait to be opened; a flood beyond them is dropped. */
const INBOX_FRAMES_MAX = 512;
/** Peer ids whose frame numbers are remembered: each start of a device has a new one, the group has at most 32 at a time. */
const SENDERS_MAX = 256;
/** A description is followed by a handful; each costs the WebRTC stack a pair to try. */
const CANDIDATES_PER_CONNECTION_MAX = 64;
const CONNECTIONS_COUNTED_MAX = 256;
/** When a device comes back, all of its group may offer at once. */
const PARKED_OFFERS_MAX = 32;

const sealedSchema = v.object({
	v: v.literal(1),
	n: wholeNumber(1),
	c: v.pipe(v.string(), v.maxLength(SIGNAL_FRAME_BYTES_MAX), v.regex(/^[A-Za-z0-9_-]+$/)),
});

export interface SignallingEvents {
	/** Any readable frame of the relay: its way to us is alive. */
	onFrame(): void;
	onOpen(): void;
	/** A frame in a member's name that no member sealed. */
	onForged(): void;
	/** The relay closes the door on this id or on us. */
	onRefused(reason: string): void;
	/** A frame of ours for `peerId` found nobody. The relay's word only: it may fail a dial early, never end a connection. */
	onExpired(peerId: PeerId): void;
	onPresence(members: Extract<RelayFrame, { type: "PRESENCE" }>["payload"]["members"]): void;
	/** Another device of the group changed the mailbox: the relay's word only. */
	onMailbox(): void;
	/** Something was left for this device in its envelope box: the relay's word only. */
	onEnvelope(): void;
	/** Whether one more offer may become a connection now. `false` parks it until `takeParked`. */
	mayAccept(): boolean;
}

export class SealedSignalling {
	readonly #inside: PeerInside;
	readonly #ownId: PeerId;
	readonly #secrets: Pick<GroupSecrets, "seal" | "open">;
	readonly #log: Log;
	readonly #events: SignallingEvents;
	readonly #sendClear: (message: PeerJsMessage) => void;
	readonly #handle: (message: PeerJsMessage) => void;
	#outbox: Promise<void> = Promise.resolve();
	#inbox: Promise<void> = Promise.resolve();
	#inboxLength = 0;
	#sent = 0;
	readonly #lastOf = new Map<string, number>();
	/** Candidates that came too early: the other side can only use them behind the description they belong to. */
	readonly #early = new Map<string, PeerJsMessage[]>();
	readonly #described = new Set<string>();
	readonly #candidatesOf = new Map<string, number>();
	/** Offers that wait for `mayAccept`, each with the candidates that followed it. */
	readonly #parked = new Map<string, PeerJsMessage[]>();

	/** Takes the instance over at once: nothing PeerJS sends or gets after this line goes past it. */
	constructor(
		peer: Peer,
		ownId: PeerId,
		secrets: Pick<GroupSecrets, "seal" | "open">,
		log: Log,
		events: SignallingEvents,
	) {
		this.#inside = insideOf(peer);
		this.#ownId = ownId;
		this.#secrets = secrets;
		this.#log = log;
		this.#events = events;
		const { socket } = this.#inside;
		this.#sendClear = socket.send.bind(socket);
		this.#handle = this.#inside._handleMessage.bind(peer);
		socket.send = (message) => {
			this.#send(message);
		};
		this.#inside._handleMessage = (message) => {
			this.#receive(message);
		};
	}

	/** Tells the relay what it may hand to the group: `status` is sealed already. */
	heartbeat(status: string | undefined): void {
		this.#sendClear({ type: "HEARTBEAT", ...(status === undefined ? {} : { payload: status }) });
	}

	/** Makes the relay answer: nobody has the id, so the frame comes back as EXPIRE. */
	probe(absent: PeerId): void {
		this.#sendClear({ type: "CANDIDATE", dst: absent, payload: {} });
	}

	/** Something that kept `mayAccept` from saying yes has passed. */
	takeParked(): void {
		for (const [connection, messages] of this.#parked) {
			if (!this.#events.mayAccept()) return;
			this.#parked.delete(connection);
			for (const message of messages) this.#handle(message);
		}
	}

	#send(message: PeerJsMessage): void {
		const { type, dst, payload } = message;
		if (!isSignalType(type) || dst === undefined) {
			this.#log.write("debug", "not sent to the relay", { type });
			return;
		}
		const connection = connectionIdOf(payload);
		if (type === "CANDIDATE" && !this.#described.has(connection)) {
			const early = this.#early.get(connection) ?? [];
			if (early.length < CANDIDATES_PER_CONNECTION_MAX) early.push(message);
			this.#early.set(connection, early);
			oldestOut(this.#early, CONNECTIONS_COUNTED_MAX);
			return;
		}
		this.#enqueue(type, dst, payload);
		if (type === "ANSWER") this.#release(connection, dst);
	}

	/** Both ends have both descriptions, or will have before the next frame. */
	#release(connection: string, dst: string): void {
		if (this.#described.has(connection)) return;
		this.#described.add(connection);
		oldestOut(this.#described, CONNECTIONS_COUNTED_MAX);
		for (const candidate of this.#early.get(connection) ?? []) this.#enqueue("CANDIDATE", dst, candidate.payload);
		this.#early.delete(connection);
	}

	#enqueue(type: SignalType, dst: string, payload: unknown): void {
		const n = ++this.#sent;
		const plaintext = new TextEncoder().encode(JSON.stringify(payload));
		this.#outbox = this.#outbox
			.then(async () => {
				const sealed = await this.#secrets.seal(plaintext, context(type, this.#ownId, dst, n));
				this.#sendClear({ type, dst, payload: { v: 1, n, c: base64urlnopad.encode(sealed) } });
			})
			.catch((error: unknown) => {
				// Whatever failed (the platform's crypto, a socket that closed in between), the next frame gets its own try.
				this.#log.write("warn", "a signalling frame was not sent", { type, error: String(error) });
			});
	}

	#receive(raw: unknown): void {
		const parsed = v.safeParse(relayFrameSchema, raw);
		if (!parsed.success) {
			this.#log.write("debug", "dropped a frame of the relay", { why: "shape" });
			return;
		}
		const frame = parsed.output;
		this.#events.onFrame();
		switch (frame.type) {
			case "OPEN":
				this.#handle({ type: "OPEN" });
				this.#events.onOpen();
				return;
			case "OFFER":
			case "ANSWER":
			case "CANDIDATE":
				this.#open(frame);
				return;
			case "EXPIRE":
				this.#events.onExpired(frame.src);
				return;
			case "PRESENCE":
				this.#events.onPresence(frame.payload.members);
				return;
			case "ENVELOPE":
				this.#events.onEnvelope();
				return;
			case "MAILBOX":
				this.#events.onMailbox();
				return;
			case "ID-TAKEN":
				this.#events.onRefused("the relay gave this device's place to another");
				return;
			case "ERROR":
				this.#events.onRefused("the relay reported an error");
				return;
			case "LEAVE":
				// For PeerJS it would end connections that are well alive: they do not need the relay.
				return;
		}
	}

	#open(frame: Extract<RelayFrame, { type: SignalType }>): void {
		if (this.#inboxLength >= INBOX_FRAMES_MAX) return;
		this.#inboxLength++;
		// One after the other, so that a candidate is not opened before its description.
		this.#inbox = this.#inbox
			.then(() => this.#openNow(frame))
			.catch((error: unknown) => {
				// PeerJS or the WebRTC stack behind it threw at a member's frame: that connection will not come to be.
				this.#log.write("warn", "a signalling frame was not taken", { type: frame.type, error: String(error) });
			})
			.finally(() => {
				this.#inboxLength--;
			});
	}

	async #openNow(frame: Extract<RelayFrame, { type: SignalType }>): Promise<void> {
		const { type, src, dst } = frame;
		const payload = await this.#judge(frame);
		if (typeof payload === "string") {
			this.#drop(type, payload);
			if (payload === "seal") this.#events.onForged();
			return;
		}
		const { connectionId } = payload;
		const message = { type, src, dst, payload };
		const parked = this.#parked.get(connectionId);
		if (parked !== undefined) parked.push(message);
		else if (type === "OFFER" && !this.#events.mayAccept()) this.#park(connectionId, message);
		else this.#handle(message);
		if (type === "ANSWER") this.#release(connectionId, src);
	}

	/** What a member meant PeerJS to hear, or in a word why it does not. */
	async #judge(frame: Extract<RelayFrame, { type: SignalType }>): Promise<SignalPayload | string> {
		const { type, src, dst } = frame;
		const sealed = v.safeParse(sealedSchema, frame.payload);
		if (!sealed.success || dst !== this.#ownId || src === this.#ownId) return "shape";
		const { n, c } = sealed.output;
		if (n <= (this.#lastOf.get(src) ?? 0)) return "order";
		const bytes = decodeBase64Url(c);
		const opened = bytes && (await this.#secrets.open(bytes, context(type, src, dst, n)));
		if (opened === undefined) return "seal";
		this.#lastOf.delete(src);
		this.#lastOf.set(src, n);
		oldestOut(this.#lastOf, SENDERS_MAX);
		const payload = parseSignalPayload(type, opened);
		return payload === undefined ? "payload" : (this.#whyNot(type, src, payload) ?? payload);
	}

	#park(connection: string, offer: PeerJsMessage): void {
		if (this.#parked.size < PARKED_OFFERS_MAX) this.#parked.set(connection, [offer]);
		else this.#drop(offer.type, "too many connections under way");
	}

	/** PeerJS keeps frames for connections it does not know for ever, and ends a live connection when it is offered again. */
	#whyNot(type: SignalType, src: string, { connectionId }: SignalPayload): string | undefined {
		const connection = this.#inside.getConnection(src, connectionId);
		if (type === "OFFER") {
			return connection !== null || this.#parked.has(connectionId) ? "offered again" : undefined;
		}
		if (type === "CANDIDATE" && this.#isExcessive(connectionId)) return "too many candidates";
		if (type === "CANDIDATE" && this.#parked.get(connectionId)?.[0]?.src === src) return undefined;
		// PeerJS's types say it is always there; it is null once the connection closed.
		const live = connection?.peerConnection as RTCPeerConnection | null | undefined;
		return live === null || live === undefined ? "no such connection" : undefined;
	}

	#isExcessive(connectionId: string): boolean {
		const count = (this.#candidatesOf.get(connectionId) ?? 0) + 1;
		this.#candidatesOf.set(connectionId, count);
		oldestOut(this.#candidatesOf, CONNECTIONS_COUNTED_MAX);
		return count > CANDIDATES_PER_CONNECTION_MAX;
	}

	#drop(type: string, why: string): void {
		this.#log.write("debug", "dropped a signalling frame", { type, why });
	}
}

/** What a seal is bound to: a frame cannot be relabelled, redirected or numbered anew. */
function context(type: SignalType, src: string, dst: string, n: number): Uint8Array {
	return lengthPrefixed("psync/signal/1", type, src, dst, String(n));
}

function decodeBase64Url(text: string): Uint8Array | undefined {
	try {
		return base64urlnopad.decode(text);
	} catch {
		// The characters were checked; what is left to throw about is a length or trailing bits that encode nothing.
		return undefined;
	}
}

function oldestOut(kept: Map<string, unknown> | Set<string>, max: number): void {
	for (const key of kept.keys()) {
		if (kept.size <= max) return;
		kept.delete(key);
	}
}
