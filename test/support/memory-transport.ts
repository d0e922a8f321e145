// A network inside one process for the Transport port. Everything happens on the clock it is given: the same clock, seed and
// calls give the same deliveries. Links can be cut (frames wait, as on a dead radio link), broken (channels close) and
// healed; each device's way to the relay likewise.
import { assert } from "../../src/core/assert.ts";
import type { DeviceId } from "../../src/core/ids.ts";
import type { Clock } from "../../src/engine/ports/clock.ts";
import { TransportError } from "../../src/engine/ports/transport.ts";
import type { Channel, ChannelListener, Transport, TransportListener } from "../../src/engine/ports/transport.ts";

const FRAME_BYTES_MAX = 64 * 1024;
const STATUS_BYTES_MAX = 100;
const HIGH_WATER_BYTES = 256 * 1024;
const LOW_WATER_BYTES = 64 * 1024;
const DIAL_LIMIT_MS = 15_000;
/** How long WebRTC itself takes to notice that the other end is gone. */
const ICE_FAILS_MS = 30_000;

export interface MemoryNetworkOptions {
	readonly clock: Clock;
	/** One way, between devices or between a device and the relay; called once a frame. Order on a channel is kept. */
	readonly latencyMs?: () => number;
}

export class MemoryNetwork {
	readonly #clock: Clock;
	readonly #latencyMs: () => number;
	readonly #transports = new Map<DeviceId, MemoryTransport>();
	readonly #cutLinks = new Set<string>();
	/** From one device to another. */
	readonly #cutWays = new Set<string>();
	readonly #cutFromRelay = new Set<DeviceId>();
	readonly #channels = new Set<MemoryChannel>();
	#relayUp = true;
	#channelCount = 0;
	/** Frames that reached a listener, for quiescence checks. */
	framesDelivered = 0;
	/** Asked when a frame is sent: what it answers goes with that frame to `onTheWay`. */
	onSent: (from: DeviceId) => unknown = () => undefined;
	/** What is heard instead of a frame, the `index`th that travels this way on its channel. */
	onTheWay: (from: DeviceId, to: DeviceId, index: number, frame: Uint8Array, sent: unknown) => readonly Uint8Array[] = (
		...[, , , frame]
	) => [frame];

	constructor({ clock, latencyMs = () => 1 }: MemoryNetworkOptions) {
		this.#clock = clock;
		this.#latencyMs = latencyMs;
	}

	/** A transport for one start of a device; a restarted device takes a new one. */
	transport(device: DeviceId): MemoryTransport {
		const transport = new MemoryTransport(device, this);
		this.#transports.set(device, transport);
		return transport;
	}

	/** Frames between the two wait until `heal`; new channels cannot be opened. */
	cut(a: DeviceId, b: DeviceId): void {
		this.#cutLinks.add(linkOf(a, b));
	}

	/** Frames from one to the other wait until `heal`; new channels cannot be opened. */
	cutOneWay(from: DeviceId, to: DeviceId): void {
		this.#cutWays.add(`${from} ${to}`);
	}

	heal(a: DeviceId, b: DeviceId): void {
		this.#cutLinks.delete(linkOf(a, b));
		for (const way of [`${a} ${b}`, `${b} ${a}`]) this.#cutWays.delete(way);
		for (const channel of [...this.#channels]) if (channel.isBetween(a, b)) channel.flow();
	}

	/** Closes every channel between the two at once, what is under way with it. */
	break(a: DeviceId, b: DeviceId): void {
		for (const channel of [...this.#channels]) if (channel.isBetween(a, b)) channel.end("the link broke");
	}

	/** Whom `device` has a channel to that carries both ways. */
	reachedBy(device: DeviceId): readonly DeviceId[] {
		const isOpen = ({ owner, claimedDevice: other }: MemoryChannel): boolean =>
			owner === device && !this.isCut(device, other) && !this.isCut(other, device);
		return [...this.#channels].flatMap((channel) => (isOpen(channel) ? [channel.claimedDevice] : []));
	}

	/** The device process dies: nothing of it answers any more, and no listener of it hears anything again. */
	kill(device: DeviceId): void {
		this.#transports.get(device)?.die();
		this.#transports.delete(device);
		for (const channel of [...this.#channels]) {
			if (channel.owner === device) channel.vanish();
			else if (channel.claimedDevice === device) channel.end("the other end died");
		}
		this.tellPresence();
	}

	cutFromRelay(device: DeviceId): void {
		this.#cutFromRelay.add(device);
		this.#transports.get(device)?.onRelayChange();
		this.tellPresence();
	}

	healToRelay(device: DeviceId): void {
		this.#cutFromRelay.delete(device);
		this.#transports.get(device)?.onRelayChange();
		this.tellPresence();
	}

	set relayUp(up: boolean) {
		this.#relayUp = up;
		for (const transport of this.#transports.values()) transport.onRelayChange();
		this.tellPresence();
	}

	/** The relay says that `by` changed the mailbox. */
	tellOfMailbox(by: DeviceId): void {
		for (const transport of this.#transports.values()) {
			if (transport.device === by || !this.atRelay(transport.device)) continue;
			this.later(() => {
				transport.hear((listener) => {
					listener.onMailbox?.();
				});
			});
		}
	}

	/** The relay says that something was left for `to`. */
	tellOfEnvelope(to: DeviceId): void {
		const transport = this.#transports.get(to);
		if (transport === undefined || !this.atRelay(to)) return;
		this.later(() => {
			transport.hear((listener) => {
				listener.onEnvelope?.();
			});
		});
	}

	// For the transports and channels below.

	later(run: () => void, delayMs = this.#latencyMs()): () => void {
		return this.#clock.schedule(delayMs, run);
	}

	atRelay(device: DeviceId): boolean {
		return this.#relayUp && !this.#cutFromRelay.has(device) && this.#transports.get(device)?.running === true;
	}

	isCut(from: DeviceId, to: DeviceId): boolean {
		return this.#cutLinks.has(linkOf(from, to)) || this.#cutWays.has(`${from} ${to}`);
	}

	tellPresence(): void {
		for (const transport of this.#transports.values()) {
			if (!this.atRelay(transport.device)) continue;
			this.later(() => {
				// As things are when the news arrives: a later list never loses against an earlier one.
				if (!this.atRelay(transport.device)) return;
				const members = [...this.#transports.values()]
					.filter((other) => other !== transport && this.atRelay(other.device))
					.map((other) => ({ deviceId: other.device, status: other.status }));
				transport.hear((listener) => {
					listener.onPresence(members);
				});
			});
		}
	}

	dial(
		from: DeviceId,
		to: DeviceId,
	): { readonly promise: Promise<Channel>; readonly giveUp: (error: TransportError) => void } {
		let giveUp: (error: TransportError) => void = () => undefined;
		const promise = new Promise<Channel>((resolve, reject) => {
			const dialler = this.#transports.get(from);
			const cancel = this.later(() => {
				// Who dialled is gone; another start of the same device has nothing to do with it.
				if (this.#transports.get(from) !== dialler) return;
				const answerer = this.#transports.get(to);
				if (!this.atRelay(from) || answerer === undefined || !this.atRelay(to)) {
					reject(new TransportError("unreachable", "the other device is not at the relay"));
				} else if (this.isCut(from, to) || this.isCut(to, from)) {
					this.later(() => {
						reject(new TransportError("timeout", "no way to the other device"));
					}, DIAL_LIMIT_MS);
				} else {
					const [offered, answered] = this.#connect(from, to);
					answerer.hear((listener) => {
						listener.onChannel(answered);
					});
					resolve(offered);
				}
			}, this.#latencyMs() + this.#latencyMs());
			giveUp = (error) => {
				cancel();
				reject(error);
			};
		});
		return { promise, giveUp };
	}

	closeAllOf(device: DeviceId): void {
		for (const channel of [...this.#channels]) if (channel.owner === device) channel.close();
	}

	forget(channel: MemoryChannel): void {
		this.#channels.delete(channel);
	}

	#connect(from: DeviceId, to: DeviceId): readonly [MemoryChannel, MemoryChannel] {
		const number = ++this.#channelCount;
		const fingerprints = [fingerprint(number, 0), fingerprint(number, 1)] as const;
		const offered = new MemoryChannel(this, "offerer", from, to, { local: fingerprints[0], remote: fingerprints[1] });
		const answered = new MemoryChannel(this, "answerer", to, from, { local: fingerprints[1], remote: fingerprints[0] });
		offered.other = answered;
		answered.other = offered;
		this.#channels.add(offered).add(answered);
		return [offered, answered];
	}
}

export class MemoryTransport implements Transport {
	readonly device: DeviceId;
	readonly #network: MemoryNetwork;
	readonly #dials = new Map<DeviceId, (error: TransportError) => void>();
	#listener: TransportListener | undefined;
	#state: "new" | "running" | "stopped" = "new";
	status: Uint8Array | undefined;

	constructor(device: DeviceId, network: MemoryNetwork) {
		this.device = device;
		this.#network = network;
	}

	get running(): boolean {
		return this.#state === "running";
	}

	start(listener: TransportListener): void {
		assert(this.#state === "new", "a transport starts once");
		this.#state = "running";
		this.#listener = listener;
		this.onRelayChange();
		this.#network.tellPresence();
	}

	stop(): Promise<void> {
		if (this.#state !== "stopped") {
			this.#state = "stopped";
			for (const giveUp of [...this.#dials.values()]) giveUp(new TransportError("stopped", "the transport stopped"));
			this.#network.closeAllOf(this.device);
			this.#network.tellPresence();
			this.#listener = undefined;
		}
		return Promise.resolve();
	}

	async dial(device: DeviceId, signal: AbortSignal): Promise<Channel> {
		if (this.#state !== "running") throw new TransportError("stopped", "the transport does not run");
		if (signal.aborted) throw new TransportError("aborted", "given up before it began");
		assert(!this.#dials.has(device), "one attempt a device at a time");
		const { promise, giveUp } = this.#network.dial(this.device, device);
		this.#dials.set(device, giveUp);
		const onAbort = (): void => {
			giveUp(new TransportError("aborted", "given up"));
		};
		signal.addEventListener("abort", onAbort, { once: true });
		try {
			return await promise;
		} finally {
			signal.removeEventListener("abort", onAbort);
			this.#dials.delete(device);
		}
	}

	announce(status: Uint8Array): void {
		assert(status.length <= STATUS_BYTES_MAX, "an announced status is short");
		this.status = status.slice();
		if (this.running) this.#network.tellPresence();
	}

	nudge(): void {
		if (this.running) this.onRelayChange();
	}

	// For the network.

	onRelayChange(): void {
		const reachable = this.#network.atRelay(this.device);
		this.hear((listener) => {
			listener.onSignalling(reachable ? { kind: "connecting" } : { kind: "offline", reason: "no way to the relay" });
		});
		if (!reachable) return;
		this.#network.later(() => {
			if (!this.#network.atRelay(this.device)) return;
			this.hear((listener) => {
				listener.onSignalling({ kind: "online" });
			});
		});
	}

	hear(tell: (listener: TransportListener) => void): void {
		if (this.#state === "running" && this.#listener !== undefined) tell(this.#listener);
	}

	die(): void {
		this.#state = "stopped";
		this.#listener = undefined;
	}
}

export class MemoryChannel implements Channel {
	readonly role: Channel["role"];
	/** Whose end this is. */
	readonly owner: DeviceId;
	readonly claimedDevice: DeviceId;
	readonly fingerprints: Channel["fingerprints"];
	readonly path = "direct";
	other: MemoryChannel | undefined;
	readonly #network: MemoryNetwork;
	/** Sent and still under way, oldest first; `due`: its latency has passed. */
	readonly #inFlight: { readonly frame: Uint8Array; readonly sent: unknown; due: boolean }[] = [];
	#inFlightBytes = 0;
	#flowed = 0;
	#wasCongested = false;
	readonly #received: Uint8Array[] = [];
	#listener: ChannelListener | undefined;
	#closeReason: string | undefined;
	#closeTold = false;

	constructor(
		network: MemoryNetwork,
		role: Channel["role"],
		owner: DeviceId,
		otherDevice: DeviceId,
		fingerprints: Channel["fingerprints"],
	) {
		this.#network = network;
		this.role = role;
		this.owner = owner;
		this.claimedDevice = otherDevice;
		this.fingerprints = fingerprints;
	}

	get congested(): boolean {
		return this.#inFlightBytes >= HIGH_WATER_BYTES;
	}

	send(frame: Uint8Array): void {
		assert(frame.length <= FRAME_BYTES_MAX, "a frame fits its limit");
		if (this.#closeReason !== undefined) return;
		const underWay = { frame: frame.slice(), sent: this.#network.onSent(this.owner), due: false };
		this.#inFlight.push(underWay);
		this.#inFlightBytes += frame.length;
		if (this.congested) this.#wasCongested = true;
		this.#network.later(() => {
			underWay.due = true;
			this.flow();
		});
	}

	listen(listener: ChannelListener): void {
		assert(this.#listener === undefined, "a channel has one listener");
		this.#listener = listener;
		this.#deliver();
	}

	close(): void {
		if (this.#closeReason !== undefined) return;
		const { other } = this;
		this.end("closed by this end");
		this.#network.later(() => {
			if (!this.#network.isCut(this.owner, this.claimedDevice)) other?.end("closed by the other end");
			else this.#network.later(() => other?.end("no sign of life"), ICE_FAILS_MS);
		});
	}

	// For the network.

	isBetween(a: DeviceId, b: DeviceId): boolean {
		return linkOf(this.owner, this.claimedDevice) === linkOf(a, b);
	}

	/** Hands over what has travelled long enough, in order, unless the link is cut. */
	flow(): void {
		const { other } = this;
		if (other === undefined || this.#closeReason !== undefined) return;
		while (this.#inFlight[0]?.due === true && !this.#network.isCut(this.owner, this.claimedDevice)) {
			const { frame, sent } = this.#inFlight.shift() ?? assertNeverEmpty();
			this.#inFlightBytes -= frame.length;
			const index = this.#flowed++;
			const heard = this.#network.onTheWay(this.owner, this.claimedDevice, index, frame, sent);
			for (const each of heard) other.#receive(each);
		}
		if (this.#wasCongested && this.#inFlightBytes <= LOW_WATER_BYTES) {
			this.#wasCongested = false;
			this.#listener?.onWritable();
		}
	}

	/** This end is closed; what was under way in either direction is lost, as it is when WebRTC closes. */
	end(reason: string): void {
		if (this.#closeReason !== undefined) return;
		this.#closeReason = reason;
		this.#inFlight.length = 0;
		this.#network.forget(this);
		this.#deliver();
	}

	/** The process that held this end is gone. */
	vanish(): void {
		this.#listener = undefined;
		this.#closeTold = true;
		this.end("died");
	}

	#receive(frame: Uint8Array): void {
		if (this.#closeReason !== undefined) return;
		this.#network.framesDelivered++;
		this.#received.push(frame);
		this.#deliver();
	}

	#deliver(): void {
		const listener = this.#listener;
		if (listener === undefined) return;
		for (let frame = this.#received.shift(); frame !== undefined; frame = this.#received.shift())
			listener.onFrame(frame);
		if (this.#closeReason === undefined || this.#closeTold) return;
		this.#closeTold = true;
		listener.onClose(this.#closeReason);
	}
}

function assertNeverEmpty(): never {
	throw new Error("the queue was looked at just before");
}

function linkOf(a: DeviceId, b: DeviceId): string {
	return a < b ? `${a} ${b}` : `${b} ${a}`;
}

function fingerprint(channel: number, end: 0 | 1): Uint8Array {
	const bytes = new Uint8Array(32);
	new DataView(bytes.buffer).setUint32(0, channel);
	bytes[31] = end;
	return bytes;
}
