// The signalling socket: decides before the upgrade who may open one, checks every frame, keeps groups apart, and lets only
// what is left reach `peer`. Whatever a device sends, at worst its own socket closes.
import { createHmac } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { RawData, WebSocket } from "ws";
import { assertNever } from "../../src/core/assert.ts";
import type { DeviceId, GroupId } from "../../src/core/ids.ts";
import {
	PEERJS_OPTION_KEY,
	SIGNALLING_PATH,
	SIGNAL_FRAME_BYTES_MAX,
	SOCKET_CLOSE,
	parsePeerId,
} from "../../src/wire/relay-api.ts";
import type { ErrorCode, PeerId, RelayFrame, SignalFrame } from "../../src/wire/relay-api.ts";
import { clientAddress } from "./address.ts";
import { audienceOf } from "./audience.ts";
import type { Member } from "./auth.ts";
import type { RelayContext } from "./context.ts";
import { parseDeviceFrame } from "./frames.ts";
import {
	FRAME_PIECES_MAX,
	FRAME_READS_MAX,
	HELD_IDS_MAX,
	LATE_BYTES_MAX,
	LATE_FRAMES_MAX,
	SOCKET_CLOSE_TIMEOUT_MS,
} from "./limits.ts";
import { Presence } from "./presence.ts";
import type { PresenceEntry } from "./presence.ts";
import { hasTooManyHeaders, refuseUpgrade } from "./refuse.ts";
import { Switchboard } from "./switchboard.ts";
import type { Slot } from "./switchboard.ts";
import { KeyedBuckets, TokenBucket } from "./token-bucket.ts";

/** Of `ws`, some of which its types do not know yet. */
const SOCKET_OPTIONS = {
	noServer: true,
	clientTracking: false,
	maxPayload: SIGNAL_FRAME_BYTES_MAX,
	perMessageDeflate: false,
	maxFragments: FRAME_PIECES_MAX,
	maxBufferedChunks: FRAME_READS_MAX,
	closeTimeout: SOCKET_CLOSE_TIMEOUT_MS,
};

interface Connection extends PresenceEntry {
	readonly socket: WebSocket;
	readonly address: string;
	readonly slot: Slot;
	readonly frames: TokenBucket;
	readonly openedAt: number;
	missedPings: number;
	/** Frames that came after it was told to close. */
	lateFrames: number;
}

type Admission =
	| { readonly ok: true; readonly member: Member; readonly address: string }
	| { readonly ok: false; readonly status: number; readonly code: ErrorCode };

export class Signalling {
	readonly #context: RelayContext;
	readonly #slotKey: Uint8Array;
	readonly #presence: Presence;
	readonly #switchboard: Switchboard;
	readonly #groupFrames: KeyedBuckets;
	readonly #webSockets = new WebSocketServer(SOCKET_OPTIONS);
	readonly #connections = new Map<PeerId, Connection>();
	/** PeerJS ids of devices that left a moment ago: nobody else may sit on them and receive what was meant for those. */
	readonly #held = new Map<PeerId, { readonly member: Member; readonly until: number }>();
	/** Sockets that were told to close and have not yet. */
	readonly #closing = new Set<WebSocket>();
	readonly #socketsOfAddress = new Map<string, number>();

	constructor(context: RelayContext, slotKey: Uint8Array) {
		const { limits, clock, log } = context;
		this.#context = context;
		this.#slotKey = slotKey;
		this.#presence = new Presence(clock, limits.presenceIntervalMs);
		this.#groupFrames = new KeyedBuckets(limits.groupFramesBurst, limits.groupFramesPerSecond);
		this.#switchboard = new Switchboard((error) => {
			log.error({ err: error }, "peer reported an error");
		});
	}

	/** Whether another device has this id, or had it a moment ago. */
	isTaken(pid: PeerId, member: Member): boolean {
		const owner = this.#connections.get(pid)?.member ?? this.#held.get(pid)?.member;
		return owner !== undefined && !isSameDevice(owner, member);
	}

	/** Something was left for this device: it may look at once, when it is here. */
	tellOfEnvelope(gid: GroupId, did: DeviceId): void {
		this.#presence.send(gid, did, { type: "ENVELOPE" });
	}

	/** This device changed the head of the mailbox: the others may look at once, those that are here. */
	tellOfMailbox(gid: GroupId, by: DeviceId): void {
		this.#presence.sendToOthers(gid, by, { type: "MAILBOX" });
	}

	/** Answers an HTTP upgrade. Never rejects. */
	async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
		const ignore = (): void => {
			// A stranger who hangs up; "close" follows and `destroyed` tells.
		};
		socket.on("error", ignore);
		let admission: Admission;
		try {
			admission = await this.#admit(request);
		} catch (error) {
			this.#context.log.error({ err: error }, "an upgrade failed");
			admission = { ok: false, status: 500, code: "internal" };
		}
		if (socket.destroyed) return;
		if (!admission.ok) {
			this.#context.log.debug({ code: admission.code }, "upgrade refused");
			refuseUpgrade(socket, admission.status, admission.code);
			return;
		}
		socket.off("error", ignore);
		const { member, address } = admission;
		this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
			this.#open(webSocket, socket, member, address);
		});
	}

	/** Pings, and closes what did not answer or has been open for too long. Called every `pingIntervalMs`. */
	sweep(): void {
		const now = this.#context.clock.now();
		for (const connection of this.#connections.values()) {
			if (connection.missedPings >= 2) {
				this.#drop(connection);
				connection.socket.terminate();
			} else if (now - connection.openedAt >= this.#context.limits.sessionLifeMs) {
				this.#close(connection, SOCKET_CLOSE.expired);
			} else {
				connection.missedPings++;
				connection.socket.ping();
			}
		}
		for (const [pid, { until }] of this.#held) if (until <= now) this.#held.delete(pid);
		this.#groupFrames.sweep(now);
	}

	/** Closes every socket, spread over a time, and waits for them. */
	async drain(): Promise<void> {
		const { clock, limits } = this.#context;
		const connections = [...this.#connections.values()];
		const spreadMs = Math.min(limits.drainSpreadMs, connections.length * 20);
		await Promise.all(
			connections.map(
				(connection, index) =>
					new Promise<void>((resolve) => {
						clock.schedule((spreadMs * index) / connections.length, () => {
							this.#close(connection, SOCKET_CLOSE.draining);
							resolve();
						});
					}),
			),
		);
		const gone = [...this.#closing].map((socket) => new Promise((resolve) => socket.once("close", resolve)));
		const cancel = clock.schedule(1_000, () => {
			for (const socket of this.#closing) socket.terminate();
		});
		await Promise.all(gone);
		cancel();
		this.#presence.close();
	}

	async #admit(request: IncomingMessage): Promise<Admission> {
		const { limits, clock, origins, proxies, publicUrl, auth, attempts, requests, memory } = this.#context;
		const refuse = (status: number, code: ErrorCode): Admission => ({ ok: false, status, code });
		if (this.#context.draining()) return refuse(503, "draining");
		if (memory.isShort()) return refuse(503, "overloaded");
		const address = clientAddress(request, proxies);
		const now = clock.now();
		if (!address.loopback && !requests.of(address.key, now).take(now)) return refuse(429, "rate-limited");
		if (hasTooManyHeaders(request)) return refuse(431, "too-large");
		const { origin, host } = request.headers;
		if (origin !== undefined && !origins.has(origin)) return refuse(403, "origin-refused");
		const [path, query] = (request.url ?? "").split("?", 2);
		if (path !== SIGNALLING_PATH) return refuse(404, "not-found");

		if (!attempts.of(address.key, now).has(now)) return refuse(429, "rate-limited");
		const failed = (status: number, code: ErrorCode): Admission => {
			attempts.of(address.key, clock.now()).take(clock.now());
			return refuse(status, code);
		};

		const parameters = new URLSearchParams(query ?? "");
		const only = (name: string): string | undefined => {
			const values = parameters.getAll(name);
			return values.length === 1 ? values[0] : undefined;
		};
		const [id, token] = [only("id"), only("token")];
		const audience = audienceOf(publicUrl, host);
		if (only("key") !== PEERJS_OPTION_KEY || id === undefined || audience === undefined) {
			return failed(400, "bad-request");
		}
		const checked = token === undefined ? undefined : await auth.checkSocketToken(token, audience);
		if (checked === undefined) return failed(401, "token-refused");
		const { member } = checked;
		if (parsePeerId(id) !== member.pid) return failed(403, "other-id");

		// From here on synchronous up to the open socket, so that counts stay true.
		if (this.#context.draining()) return refuse(503, "draining");
		if (this.isTaken(member.pid, member)) return refuse(409, "id-taken");
		if (!this.#connections.has(member.pid)) {
			const full =
				this.#connections.size >= limits.socketsTotal ||
				this.#presence.socketsOf(member.gid) >= limits.socketsPerGroup ||
				this.#presence.socketsOfDevice(member) >= limits.socketsPerDevice ||
				(this.#socketsOfAddress.get(address.key) ?? 0) >= limits.socketsPerAddress;
			if (full) return refuse(429, "too-many-sockets");
		}
		if (!checked.redeem()) return failed(401, "token-refused");
		return { ok: true, member, address: address.key };
	}

	#open(socket: WebSocket, line: Duplex, member: Member, address: string): void {
		const { clock, limits, log, nickname, memory } = this.#context;
		const now = clock.now();
		const send = (text: string): void => {
			if (socket.readyState !== socket.OPEN) return;
			const most = memory.isShort() ? SIGNAL_FRAME_BYTES_MAX : limits.bufferedBytes;
			if (socket.bufferedAmount > most) socket.terminate();
			else socket.send(text);
		};
		const predecessor = this.#connections.get(member.pid);
		const connection: Connection = {
			member,
			address,
			socket,
			send,
			slot: this.#switchboard.open(member.pid, this.#slotSecret(member), send),
			frames: new TokenBucket(limits.framesBurst, limits.framesPerSecond, now),
			openedAt: now,
			missedPings: 0,
			lateFrames: 0,
		};
		this.#connections.set(member.pid, connection);
		this.#held.delete(member.pid);
		this.#socketsOfAddress.set(address, (this.#socketsOfAddress.get(address) ?? 0) + 1);

		socket.on("message", (data, isBinary) => {
			this.#receive(connection, data, isBinary);
		});
		socket.on("pong", () => {
			connection.missedPings = 0;
			if (this.#isStillHeard(connection)) this.#count(connection);
		});
		// `ws` answers; a flood of them is a flood.
		socket.on("ping", () => {
			if (this.#isStillHeard(connection)) this.#count(connection);
		});
		socket.on("error", (error) => {
			// A breach of the WebSocket protocol (too large, not UTF-8); `ws` closes with the right code.
			log.debug({ code: (error as NodeJS.ErrnoException).code }, "socket error");
			readLittleMore(line);
			this.#drop(connection);
		});
		socket.on("close", () => {
			this.#closing.delete(socket);
			this.#drop(connection);
		});

		if (predecessor !== undefined) {
			// `peer` greets only the first; without OPEN the PeerJS of the second would wait for ever.
			send(JSON.stringify({ type: "OPEN" } satisfies RelayFrame));
			this.#retire(predecessor);
			this.#shut(predecessor.socket, SOCKET_CLOSE.superseded);
		}
		this.#presence.join(connection, predecessor);
		log.info({ group: nickname(member.gid), device: nickname(member.did), took: predecessor !== undefined }, "open");
	}

	#receive(connection: Connection, data: RawData, isBinary: boolean): void {
		if (!this.#isStillHeard(connection)) return;
		connection.missedPings = 0;
		if (!this.#count(connection)) return;
		const frame = isBinary ? undefined : parseDeviceFrame(dataText(data));
		if (frame === undefined) {
			this.#close(connection, SOCKET_CLOSE.malformed);
			return;
		}
		switch (frame.type) {
			case "HEARTBEAT":
				if (frame.payload !== undefined) this.#presence.setStatus(connection, frame.payload);
				return;
			case "OFFER":
			case "ANSWER":
			case "CANDIDATE":
				this.#forward(connection, frame);
				return;
			case "LEAVE":
			case "EXPIRE":
				return;
			default:
				assertNever(frame);
		}
	}

	/** Who goes on after it was told to close is not read any more, and cut off when closing has taken too long. */
	#isStillHeard(connection: Connection): boolean {
		if (this.#isLive(connection)) return true;
		if (++connection.lateFrames > LATE_FRAMES_MAX) connection.socket.pause();
		return false;
	}

	/** Closes the socket when that was one frame too many. */
	#count(connection: Connection): boolean {
		const now = this.#context.clock.now();
		if (connection.frames.take(now) && this.#groupFrames.of(connection.member.gid, now).take(now)) return true;
		this.#close(connection, SOCKET_CLOSE.flood);
		return false;
	}

	#forward(from: Connection, frame: SignalFrame): void {
		const to = this.#connections.get(frame.dst);
		if (to?.member.gid === from.member.gid) {
			from.slot.say(frame);
			return;
		}
		// The same answer for nobody and for somebody of another group.
		const expire: RelayFrame = { type: "EXPIRE", src: frame.dst, dst: from.member.pid };
		from.send(JSON.stringify(expire));
	}

	#isLive(connection: Connection): boolean {
		return this.#connections.get(connection.member.pid) === connection;
	}

	/** Ends a connection from our side. It is gone from its group at once, however long the socket takes. */
	#close(connection: Connection, code: number): void {
		if (!this.#isLive(connection)) return;
		this.#drop(connection);
		this.#shut(connection.socket, code);
	}

	#shut(socket: WebSocket, code: number): void {
		this.#closing.add(socket);
		socket.close(code);
	}

	#drop(connection: Connection): void {
		if (!this.#isLive(connection)) return;
		const { member } = connection;
		const { clock, limits, log, nickname } = this.#context;
		this.#connections.delete(member.pid);
		this.#held.set(member.pid, { member, until: clock.now() + limits.peerIdHoldMs });
		const [oldest] = this.#held.keys();
		if (this.#held.size > HELD_IDS_MAX && oldest !== undefined) this.#held.delete(oldest);
		this.#retire(connection);
		this.#presence.leave(connection);
		log.info({ group: nickname(member.gid), device: nickname(member.did) }, "closed");
	}

	#retire(connection: Connection): void {
		connection.slot.release();
		const left = (this.#socketsOfAddress.get(connection.address) ?? 1) - 1;
		if (left > 0) this.#socketsOfAddress.set(connection.address, left);
		else this.#socketsOfAddress.delete(connection.address);
	}

	/** Stable for a device and an id, so that its next socket is let in at the same place. */
	#slotSecret({ gid, did, pid }: Member): string {
		return createHmac("sha256", this.#slotKey).update(`slot|${gid}|${did}|${pid}`).digest("hex");
	}
}

/** `ws` would read on, to nowhere, until its peer has closed too. */
function readLittleMore(line: Duplex): void {
	let bytes = 0;
	line.on("data", (data: Buffer) => {
		bytes += data.length;
		if (bytes > LATE_BYTES_MAX) line.pause();
	});
}

function isSameDevice(a: Member, b: Member): boolean {
	return a.gid === b.gid && a.did === b.did;
}

function dataText(data: RawData): string {
	if (Array.isArray(data)) return Buffer.concat(data).toString("utf8");
	return Buffer.isBuffer(data) ? data.toString("utf8") : Buffer.from(data).toString("utf8");
}
