// The Transport over PeerJS: signalling through the relay, sealed; frames over WebRTC data channels. The same code runs in
// browsers and, with daemon/src/node-webrtc.ts, in Node.
import type { DataConnection, Peer } from "peerjs";
import { assert } from "../core/assert.ts";
import { bytesToHex } from "../core/bytes.ts";
import type { DeviceId } from "../core/ids.ts";
import type { Clock } from "../engine/ports/clock.ts";
import type { DeviceKey, GroupSecrets } from "../engine/ports/crypto.ts";
import type { Log } from "../engine/ports/log.ts";
import type { Random } from "../engine/ports/random.ts";
import { TransportError } from "../engine/ports/transport.ts";
import type { Channel, PresentMember, Transport, TransportListener } from "../engine/ports/transport.ts";
import { parsePeerId, PEERJS_OPTION_KEY, PEERJS_OPTION_PATH } from "../wire/relay-api.ts";
import type { PeerId, PresentPeer } from "../wire/relay-api.ts";
import { relayAddress } from "../wire/relay-url.ts";
import type { RelayUrl } from "../wire/relay-url.ts";
import { PeerJsChannel } from "./data-channel.ts";
import { rtcConfiguration } from "./ice.ts";
import type { RtcSettings } from "./ice.ts";
import type { PeerClass } from "./peerjs-module.ts";
import { RelayConnection } from "./relay-connection.ts";
import type { LogIn, LoginGrant } from "./relay-connection.ts";
import { SealedSignalling } from "./sealed-signalling.ts";
import { checkSeams } from "./seams.ts";
import { openStatus, sealStatus, STATUS_BYTES_MAX } from "./status-seal.ts";

const DIAL_LIMIT_MS = 15_000;
const ANSWER_LIMIT_MS = 15_000;
/** Offers become connections before anybody is authenticated; the others wait their turn. */
const ANSWERING_MAX = 8;
/** PeerJS would ping by a timer of its own; our heartbeat does, and this is the longest pause a timer can have. */
const NEVER_MS = 2 ** 31 - 1;

export interface PeerJsTransportOptions {
	readonly relayUrl: RelayUrl;
	readonly logIn: LogIn;
	readonly secrets: Pick<GroupSecrets, "seal" | "open">;
	readonly deviceKey: Pick<DeviceKey, "deviceId">;
	readonly clock: Clock;
	readonly random: Random;
	readonly log: Log;
	/** Called when the transport starts: in Node, the platform must be prepared before PeerJS is loaded. */
	readonly loadPeerJs: () => Promise<PeerClass>;
	readonly rtc?: RtcSettings;
}

export class PeerJsTransport implements Transport {
	readonly #options: PeerJsTransportOptions;
	readonly #deviceId: DeviceId;
	/** New at each start: nobody can wait at an id that will be ours. */
	readonly #peerId: PeerId;
	readonly #relay: RelayConnection;
	readonly #channels = new Set<PeerJsChannel>();
	readonly #answering = new Set<PeerJsChannel>();
	readonly #dials = new Map<DeviceId, Dial>();
	#listener: TransportListener | undefined;
	#stopping: Promise<void> | undefined;
	#peer: Peer | undefined;
	#signalling: SealedSignalling | undefined;
	#present = new Map<DeviceId, PresentPeer>();
	/** Statuses that were opened, by their sealed text: presence repeats them with each change of anybody. */
	#opened = new Map<string, Uint8Array | undefined>();
	#presenceNumber = 0;
	#statusNumber = 0;
	#sealedStatus: string | undefined;
	/** The last channel is gone. */
	#onIdle: (() => void) | undefined;

	constructor(options: PeerJsTransportOptions) {
		const { deviceKey, logIn, clock, random, log } = options;
		this.#options = options;
		this.#deviceId = deviceKey.deviceId;
		this.#peerId = randomPeerId(random);
		this.#relay = new RelayConnection({
			peerId: this.#peerId,
			logIn,
			clock,
			random,
			log,
			onState: (state) => {
				if (state.kind === "offline" || state.kind === "refused") this.#setPresence([]);
				this.#listener?.onSignalling(state);
			},
			openSocket: (grant) => this.#openSocket(grant),
			closeSocket: () => {
				this.#peer?.disconnect();
			},
			sendHeartbeat: () => this.#signalling?.heartbeat(this.#sealedStatus),
			sendProbe: () => this.#signalling?.probe(randomPeerId(random)),
		});
	}

	start(listener: TransportListener): void {
		assert(this.#listener === undefined && this.#stopping === undefined, "a transport starts once");
		this.#listener = listener;
		this.#relay.start();
	}

	stop(): Promise<void> {
		return (this.#stopping ??= this.#stopNow());
	}

	async dial(device: DeviceId, signal: AbortSignal): Promise<Channel> {
		if (this.#stopping !== undefined || this.#listener === undefined)
			throw new TransportError("stopped", "the transport does not run");
		if (signal.aborted) throw new TransportError("aborted", "given up before it began");
		assert(!this.#dials.has(device), "one attempt a device at a time");
		const member = this.#present.get(device);
		if (member === undefined || !this.#relay.online || this.#peer === undefined) {
			throw new TransportError("unreachable", "the other device is not at the relay");
		}
		const channel = this.#offer(this.#peer, member);
		const dial = new Dial(member.pid);
		this.#dials.set(device, dial);
		const cancelLimit = this.#options.clock.schedule(DIAL_LIMIT_MS, () => {
			dial.fail(new TransportError("timeout", "no way to the other device"));
		});
		const onAbort = (): void => {
			dial.fail(new TransportError("aborted", "given up"));
		};
		signal.addEventListener("abort", onAbort, { once: true });
		channel.opened.then(dial.succeed, (cause: unknown) => {
			dial.fail(new TransportError("unreachable", "the connection did not open", { cause }));
		});
		try {
			await dial.outcome;
			return channel;
		} catch (error) {
			channel.abandon();
			throw error;
		} finally {
			this.#dials.delete(device);
			cancelLimit();
			signal.removeEventListener("abort", onAbort);
		}
	}

	announce(status: Uint8Array): void {
		assert(status.length <= STATUS_BYTES_MAX, "an announced status fits its limit");
		void this.#announce(status.slice());
	}

	nudge(): void {
		this.#relay.nudge();
	}

	async #stopNow(): Promise<void> {
		this.#relay.stop();
		this.#peer?.disconnect();
		for (const dial of [...this.#dials.values()]) dial.fail(new TransportError("stopped", "the transport stopped"));
		for (const channel of [...this.#channels]) channel.close();
		// Each goes within its grace: a last word of the engine may still be on its way.
		if (this.#channels.size > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
		this.#peer?.destroy();
	}

	async #announce(status: Uint8Array): Promise<void> {
		const number = ++this.#statusNumber;
		const sealed = await sealStatus(this.#options.secrets, this.#deviceId, status);
		if (number !== this.#statusNumber) return;
		this.#sealedStatus = sealed;
		if (this.#relay.online) this.#signalling?.heartbeat(sealed);
	}

	/** With each opening: a token is good for one, and TURN credentials grow old. */
	async #openSocket({ socketToken, iceServers }: LoginGrant): Promise<void> {
		const { relayUrl, loadPeerJs, rtc = { runtime: "browser" } } = this.#options;
		const address = relayAddress(relayUrl);
		const config = rtcConfiguration(address, iceServers, rtc);
		if (this.#peer !== undefined && !this.#peer.destroyed) {
			this.#peer.options.token = socketToken;
			this.#peer.options.config = config;
			this.#peer.disconnect();
			this.#peer.reconnect();
			return;
		}
		const peerClass = await loadPeerJs();
		if (this.#stopping !== undefined) return;
		checkSeams(peerClass);
		const peer = new peerClass(this.#peerId, {
			host: address.host,
			port: address.port,
			secure: address.secure,
			path: PEERJS_OPTION_PATH,
			key: PEERJS_OPTION_KEY,
			token: socketToken,
			config,
			pingInterval: NEVER_MS,
			serializers: REFUSING_SERIALIZERS,
		});
		this.#peer = peer;
		this.#signalling = this.#seal(peer);
		peer.on("connection", (connection) => {
			this.#answer(connection);
		});
		peer.on("disconnected", () => {
			this.#relay.lost();
		});
		peer.on("error", (error) => {
			// Each comes with an event that is acted on, or concerns one connection, whose own limit ends it.
			this.#options.log.write("debug", "PeerJS reported an error", { type: error.type });
		});
	}

	#seal(peer: Peer): SealedSignalling {
		const { secrets, log } = this.#options;
		return new SealedSignalling(peer, this.#peerId, secrets, log, {
			onFrame: () => {
				this.#relay.heard();
			},
			onOpen: () => {
				this.#relay.opened();
			},
			onForged: () => {
				if (this.#relay.online) this.#listener?.onSignalling({ kind: "online", forged: true });
			},
			onRefused: (reason) => {
				this.#relay.refused(reason);
			},
			onExpired: (peerId) => {
				const gone = new TransportError("unreachable", "the other device is not at the relay any more");
				for (const dial of [...this.#dials.values()]) if (dial.peerId === peerId) dial.fail(gone);
			},
			onPresence: (members) => {
				this.#setPresence(members);
			},
			onEnvelope: () => {
				this.#listener?.onEnvelope?.();
			},
			onMailbox: () => {
				this.#listener?.onMailbox?.();
			},
			mayAccept: () => this.#answering.size < ANSWERING_MAX,
		});
	}

	#offer(peer: Peer, member: PresentPeer): PeerJsChannel {
		let connection: DataConnection | undefined;
		try {
			connection = peer.connect(member.pid, { serialization: "raw", reliable: true, label: "psync" });
		} catch (cause) {
			// The platform refused to make a connection, for example an ICE server it does not understand.
			throw new TransportError("unreachable", "no connection could be made", { cause });
		}
		// PeerJS gives nothing when it is disconnected, whatever its types say.
		if ((connection as DataConnection | undefined) === undefined) {
			throw new TransportError("unreachable", "the relay is not connected");
		}
		return this.#keep(connection, "offerer", member.did);
	}

	#answer(connection: DataConnection): void {
		const claimed = [...this.#present.values()].find(({ pid }) => pid === connection.peer);
		const channel = this.#keep(connection, "answerer", claimed?.did);
		this.#answering.add(channel);
		const cancelLimit = this.#options.clock.schedule(ANSWER_LIMIT_MS, () => {
			channel.abandon();
		});
		const settled = (): void => {
			cancelLimit();
			this.#answering.delete(channel);
			this.#signalling?.takeParked();
		};
		channel.opened.then(
			() => {
				settled();
				if (this.#listener === undefined || this.#stopping !== undefined) channel.close();
				else this.#listener.onChannel(channel);
			},
			(error: unknown) => {
				this.#options.log.write("debug", "an offered connection did not open", { error: String(error) });
				settled();
			},
		);
	}

	#keep(connection: DataConnection, role: Channel["role"], claimedDevice: DeviceId | undefined): PeerJsChannel {
		const channel = new PeerJsChannel({
			connection,
			role,
			claimedDevice,
			clock: this.#options.clock,
			onGone: (gone) => {
				this.#channels.delete(gone);
				if (this.#channels.size === 0) this.#onIdle?.();
			},
		});
		this.#channels.add(channel);
		return channel;
	}

	#setPresence(members: readonly PresentPeer[]): void {
		if (members.length === 0 && this.#present.size === 0) return;
		const others = members.filter(({ did, pid }) => did !== this.#deviceId && pid !== this.#peerId);
		this.#present = new Map(others.map((member) => [member.did, member]));
		for (const [device, dial] of [...this.#dials]) {
			const now = this.#present.get(device)?.pid;
			if (now === undefined || now === dial.peerId) continue;
			// Its app started anew: nobody answers under the old id, and waiting for the limit would keep the two apart.
			dial.fail(new TransportError("unreachable", "the other device is there under another id now"));
		}
		void this.#tellPresence([...this.#present.values()]);
	}

	async #tellPresence(members: readonly PresentPeer[]): Promise<void> {
		const number = ++this.#presenceNumber;
		const opened = new Map<string, Uint8Array | undefined>();
		const present: PresentMember[] = [];
		for (const { did, status: sealed } of members) {
			let status: Uint8Array | undefined;
			if (sealed !== undefined) {
				const key = `${did} ${sealed}`;
				status = this.#opened.has(key) ? this.#opened.get(key) : await openStatus(this.#options.secrets, did, sealed);
				opened.set(key, status);
			}
			present.push({ deviceId: did, status });
		}
		// A later list overtakes an earlier one; whoever is told last must be told the latest.
		if (number !== this.#presenceNumber || this.#stopping !== undefined) return;
		this.#opened = opened;
		this.#listener?.onPresence(present);
	}
}

/** One attempt to reach a device: ends once, from whichever side comes first. */
class Dial {
	readonly peerId: PeerId;
	readonly outcome: Promise<void>;
	succeed: () => void = () => undefined;
	fail: (error: TransportError) => void = () => undefined;

	constructor(peerId: PeerId) {
		this.peerId = peerId;
		this.outcome = new Promise((resolve, reject) => {
			this.succeed = resolve;
			this.fail = reject;
		});
	}
}

/** The offerer names the serializer, and these would run on bytes of anybody. Ours is "raw", which hands them on as they are. */
function refuseConnection(): never {
	throw new TypeError("only raw connections are accepted");
}
const refusing = refuseConnection as unknown as new () => DataConnection;
const REFUSING_SERIALIZERS = { binary: refusing, "binary-utf8": refusing, json: refusing, default: refusing };

function randomPeerId(random: Random): PeerId {
	const peerId = parsePeerId(bytesToHex(random.bytes(16)));
	assert(peerId !== undefined, "16 bytes are a peer id");
	return peerId;
}
