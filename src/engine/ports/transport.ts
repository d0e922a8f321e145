// How devices of one group find each other and exchange frames.
// Every implementation passes test/contracts/transport.contract.ts.
// A channel is a pipe to somebody who claims to be `deviceId`: nothing is proved before engine/handshake.ts says so.
import type { DeviceId } from "../../core/ids.ts";

export interface Transport {
	/** Begins to connect and goes on by itself until `stop`. Called once. */
	start(listener: TransportListener): void;
	/** Closes every channel, socket and timer; resolves when nothing is left. */
	stop(): Promise<void>;
	/** Opens a channel to a device that presence names; rejects with a TransportError. At most one attempt a device at a time. */
	dial(device: DeviceId, signal: AbortSignal): Promise<Channel>;
	/**
	 * What this device lets its group's members know through the relay: at most 100 bytes (sealed, the relay takes 128), sealed
	 * by the transport so that the relay cannot read them. Sent at once and with each relay heartbeat.
	 */
	announce(status: Uint8Array): void;
	/** The host woke up, came online or changed its network: check the relay connection now instead of at the next timer. */
	nudge(): void;
}

export interface TransportListener {
	onSignalling(state: SignallingState): void;
	/** The other devices of the group that are connected to the relay now (the whole list, each time it changes). */
	onPresence(members: readonly PresentMember[]): void;
	/** Somebody dialled us. */
	onChannel(channel: Channel): void;
	/** The relay says that something was left for this device (envelope-box.ts): worth a look, and maybe not true. */
	onEnvelope?(): void;
	/** The relay says that another device of the group changed the mailbox: a hint, possibly wrong, that it is worth a look. */
	onMailbox?(): void;
}

export type SignallingState =
	| { readonly kind: "connecting" }
	/** `forged`: since then the relay handed over something that no member of the group had sealed. */
	| { readonly kind: "online"; readonly forged?: true }
	/** The relay cannot be reached; tried again by itself. Channels that are open go on. */
	| { readonly kind: "offline"; readonly reason: string }
	/** The relay answered and does not want us (wrong group, version, access code). Tried again slowly. */
	| { readonly kind: "refused"; readonly reason: string };

export interface PresentMember {
	readonly deviceId: DeviceId;
	/** The member's last announced status, opened; `undefined`: none yet, or it could not be opened with the group's key. */
	readonly status: Uint8Array | undefined;
}

/** An ordered, reliable pipe of frames to one device. Both ends know who offered. */
export interface Channel {
	readonly role: "offerer" | "answerer";
	/** Who the other end claims to be, for a dialled channel who we meant to reach. */
	readonly claimedDevice: DeviceId | undefined;
	/** The two DTLS certificate fingerprints (32 bytes each) that this channel really uses: `handshake.ts` binds to them. */
	readonly fingerprints: { readonly local: Uint8Array; readonly remote: Uint8Array };
	/** How frames travel now, as far as it is known. */
	readonly path: "direct" | "turn" | undefined;
	/** At most FRAME_BYTES_MAX (wire/limits.ts) bytes. Silently nothing after the channel closed: acknowledgements decide. */
	send(frame: Uint8Array): void;
	/** Whether `send` would only pile up frames in memory; `onWritable` follows when that has passed. */
	readonly congested: boolean;
	/** Set exactly once, synchronously when the channel is handed out. No frame that came before is lost. */
	listen(listener: ChannelListener): void;
	close(): void;
}

export interface ChannelListener {
	onFrame(frame: Uint8Array): void;
	onWritable(): void;
	/** Once; nothing follows. */
	onClose(reason: string): void;
}

export class TransportError extends Error {
	override readonly name = "TransportError";
	readonly code: "unreachable" | "timeout" | "aborted" | "stopped";
	constructor(code: TransportError["code"], message: string, options?: { cause?: unknown }) {
		super(message, options);
		this.code = code;
	}
}
