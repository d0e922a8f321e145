// One PeerJS data connection as a Channel: opened, bound to its certificates, with backpressure by the data channel's own
// buffer, so that nothing ever waits inside PeerJS.
import type { DataConnection } from "peerjs";
import { assert } from "../core/assert.ts";
import { equalBytes } from "../core/bytes.ts";
import type { DeviceId } from "../core/ids.ts";
import type { Clock } from "../engine/ports/clock.ts";
import type { Channel, ChannelListener } from "../engine/ports/transport.ts";
import { FRAME_BYTES_MAX } from "../wire/limits.ts";
import { appliedFingerprints } from "./fingerprints.ts";

/** More waits in the channel's buffer, longer waits the next small frame behind it; throughput does not grow. */
const HIGH_WATER_BYTES = 256 * 1024;
const LOW_WATER_BYTES = 64 * 1024;
/** Frames that may come before the channel is handed out; it is handed out as soon as it is open. */
const EARLY_FRAMES_MAX = 64;
/** For what was sent just before closing. */
const CLOSE_GRACE_MS = 1_000;

interface Settle {
	readonly resolve: () => void;
	readonly reject: (reason: Error) => void;
}

export interface PeerJsChannelOptions {
	readonly connection: DataConnection;
	readonly role: Channel["role"];
	readonly claimedDevice: DeviceId | undefined;
	readonly clock: Clock;
	/** Called once, when nothing is left of the connection. */
	readonly onGone: (channel: PeerJsChannel) => void;
}

export class PeerJsChannel implements Channel {
	readonly role: Channel["role"];
	readonly claimedDevice: DeviceId | undefined;
	/** Resolves when the channel may be handed out; rejects with the reason when it closes before. */
	readonly opened: Promise<void>;
	readonly #connection: DataConnection;
	readonly #clock: Clock;
	readonly #onGone: (channel: PeerJsChannel) => void;
	readonly #early: Uint8Array[] = [];
	readonly #settleOpened: Settle;
	#dataChannel: RTCDataChannel | undefined;
	#fingerprints: Channel["fingerprints"] | undefined;
	#path: Channel["path"];
	#listener: ChannelListener | undefined;
	#closeReason: string | undefined;
	#closeTold = false;
	#gone = false;

	constructor({ connection, role, claimedDevice, clock, onGone }: PeerJsChannelOptions) {
		this.#connection = connection;
		this.role = role;
		this.claimedDevice = claimedDevice;
		this.#clock = clock;
		this.#onGone = onGone;
		let settle: Settle | undefined;
		this.opened = new Promise((resolve, reject) => {
			settle = { resolve, reject };
		});
		assert(settle !== undefined, "a promise calls its executor at once");
		this.#settleOpened = settle;
		// Whoever waits for it hears of a failure; nobody has to wait.
		this.opened.catch(() => undefined);

		connection.on("data", (data) => {
			this.#receive(data);
		});
		connection.on("open", () => {
			this.#open();
		});
		connection.on("close", () => {
			this.#end("closed by the other end");
		});
		connection.on("error", (error) => {
			this.#end(error.type);
		});
		const { peerConnection } = connection;
		peerConnection.addEventListener("connectionstatechange", () => {
			// DTLS that fails, on a wrong certificate for example, is not told by ICE, the one thing PeerJS looks at; nor is an
			// other end that gave up before its data channel had opened here.
			const { connectionState: state } = peerConnection;
			if (state === "failed" || state === "closed") this.#end(`the connection ${state}`);
		});
		peerConnection.addEventListener("signalingstatechange", () => {
			this.#recheckFingerprints(peerConnection);
		});
	}

	get fingerprints(): Channel["fingerprints"] {
		assert(this.#fingerprints !== undefined, "a channel is handed out once it is open");
		return this.#fingerprints;
	}

	get path(): Channel["path"] {
		return this.#path;
	}

	get congested(): boolean {
		return (this.#dataChannel?.bufferedAmount ?? 0) >= HIGH_WATER_BYTES;
	}

	send(frame: Uint8Array): void {
		assert(frame.length <= FRAME_BYTES_MAX, "a frame fits its limit");
		if (this.#closeReason !== undefined || this.#dataChannel?.readyState !== "open") return;
		try {
			this.#dataChannel.send(frame as Uint8Array<ArrayBuffer>);
		} catch (error) {
			// The platform closed it in between, or its buffer is full although we said that we are congested.
			this.#end(`could not send: ${String(error)}`);
		}
	}

	listen(listener: ChannelListener): void {
		assert(this.#listener === undefined, "a channel has one listener");
		this.#listener = listener;
		for (let frame = this.#early.shift(); frame !== undefined; frame = this.#early.shift()) listener.onFrame(frame);
		this.#tellClose();
	}

	/** What was sent before may still arrive; nothing is received any more. */
	close(): void {
		this.#early.length = 0;
		this.#end("closed by this end");
	}

	/** At once, with whatever is under way: the process or the page ends. */
	abandon(): void {
		this.close();
		this.#tearDown();
	}

	#open(): void {
		if (this.#closeReason !== undefined) return;
		const { dataChannel, peerConnection } = this.#connection;
		this.#fingerprints = appliedFingerprints(peerConnection);
		if (this.#fingerprints === undefined) {
			this.#end("its certificates are not beyond doubt");
			return;
		}
		this.#dataChannel = dataChannel;
		dataChannel.bufferedAmountLowThreshold = LOW_WATER_BYTES;
		dataChannel.addEventListener("bufferedamountlow", () => {
			if (this.#closeReason === undefined) this.#listener?.onWritable();
		});
		void this.#learnPath(peerConnection);
		this.#settleOpened.resolve();
	}

	#receive(data: unknown): void {
		if (this.#closeReason !== undefined) return;
		if (!(data instanceof ArrayBuffer) || data.byteLength > FRAME_BYTES_MAX) {
			this.#end("the other end sent something that is not a frame");
			return;
		}
		const frame = new Uint8Array(data);
		if (this.#listener !== undefined) this.#listener.onFrame(frame);
		else if (this.#early.length < EARLY_FRAMES_MAX) this.#early.push(frame);
		else this.#end("too many frames before anybody listened");
	}

	/** A renegotiation may bring new routes, never another certificate. */
	#recheckFingerprints(peerConnection: RTCPeerConnection): void {
		if (this.#fingerprints === undefined || this.#closeReason !== undefined) return;
		if (peerConnection.signalingState !== "stable") return;
		const now = appliedFingerprints(peerConnection);
		const { local, remote } = this.#fingerprints;
		if (now === undefined || !equalBytes(now.local, local) || !equalBytes(now.remote, remote)) {
			this.#end("its certificates changed");
		}
	}

	async #learnPath(peerConnection: RTCPeerConnection): Promise<void> {
		try {
			this.#path = pathIn(await peerConnection.getStats());
		} catch {
			// A connection that closed in between has no statistics; the path is for display and may stay unknown.
			this.#path = undefined;
		}
	}

	#end(reason: string): void {
		if (this.#closeReason !== undefined) return;
		this.#closeReason = reason;
		this.#settleOpened.reject(new Error(reason));
		this.#tellClose();
		const { dataChannel } = this.#connection as { readonly dataChannel: RTCDataChannel | null };
		if (dataChannel?.readyState !== "open") {
			this.#tearDown();
			return;
		}
		// Closing the data channel first lets what it holds go out; PeerJS tears down the rest when it has closed.
		const cancel = this.#clock.schedule(CLOSE_GRACE_MS, () => {
			this.#tearDown();
		});
		dataChannel.addEventListener("close", () => {
			cancel();
			this.#tearDown();
		});
		dataChannel.close();
	}

	#tellClose(): void {
		if (this.#closeReason === undefined || this.#closeTold || this.#listener === undefined) return;
		if (this.#early.length > 0) return;
		this.#closeTold = true;
		this.#listener.onClose(this.#closeReason);
	}

	#tearDown(): void {
		if (this.#gone) return;
		this.#gone = true;
		this.#connection.close();
		this.#onGone(this);
	}
}

/** Whether the candidate pair in use goes through a TURN server. */
function pathIn(stats: RTCStatsReport): Channel["path"] {
	const byId = new Map<string, Record<string, unknown>>();
	stats.forEach((entry: Record<string, unknown>, id) => byId.set(id, entry));
	for (const transport of byId.values()) {
		if (transport["type"] !== "transport") continue;
		const pair = byId.get(String(transport["selectedCandidatePairId"]));
		const ends = [pair?.["localCandidateId"], pair?.["remoteCandidateId"]].map((id) => byId.get(String(id)));
		const kinds = ends.map((end) => end?.["candidateType"]);
		if (kinds.every((kind) => kind === undefined)) continue;
		return kinds.includes("relay") ? "turn" : "direct";
	}
	return undefined;
}
