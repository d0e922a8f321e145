// A channel whose frames wait, within bounds, until somebody takes them one by one or listens. The handshake reads the first
// two this way and passes the rest on untouched.
import { assert } from "../core/assert.ts";
import type { DeviceId } from "../core/ids.ts";
import type { Channel, ChannelListener } from "./ports/transport.ts";

/** More than a well-behaved peer can have sent by the time its proof is checked; a flood beyond it closes the channel. */
const FRAMES_MAX = 256;
const BYTES_MAX = 4 * 1024 * 1024;

export class BufferedChannel implements Channel {
	/** Who the other end claims to be; the handshake replaces the claim by what was proved. */
	claimedDevice: DeviceId | undefined;
	readonly #inner: Channel;
	readonly #frames: Uint8Array[] = [];
	#bytes = 0;
	#listener: ChannelListener | undefined;
	#takers: ((frame: Uint8Array | undefined) => void)[] = [];
	#closeReason: string | undefined;
	#closeTold = false;

	constructor(inner: Channel) {
		this.#inner = inner;
		this.claimedDevice = inner.claimedDevice;
		inner.listen({
			onFrame: (frame) => {
				this.#onFrame(frame);
			},
			onWritable: () => this.#listener?.onWritable(),
			onClose: (reason) => {
				this.#onClose(reason);
			},
		});
	}

	get role(): Channel["role"] {
		return this.#inner.role;
	}
	get fingerprints(): Channel["fingerprints"] {
		return this.#inner.fingerprints;
	}
	get path(): Channel["path"] {
		return this.#inner.path;
	}
	get congested(): boolean {
		return this.#inner.congested;
	}
	/** Set once the channel is closed. */
	get closeReason(): string | undefined {
		return this.#closeReason;
	}

	send(frame: Uint8Array): void {
		this.#inner.send(frame);
	}

	close(): void {
		this.#frames.length = 0;
		this.#bytes = 0;
		this.#inner.close();
	}

	/** The next frame; `undefined` once the channel is closed and nothing waits any more. */
	take(): Promise<Uint8Array | undefined> {
		const frame = this.#shift();
		if (frame !== undefined || this.#closeReason !== undefined) return Promise.resolve(frame);
		return new Promise((resolve) => this.#takers.push(resolve));
	}

	listen(listener: ChannelListener): void {
		assert(this.#listener === undefined, "a channel has one listener");
		this.#listener = listener;
		for (let frame = this.#shift(); frame !== undefined; frame = this.#shift()) listener.onFrame(frame);
		this.#tellClose();
	}

	#onFrame(frame: Uint8Array): void {
		const taker = this.#takers.shift();
		if (taker !== undefined) {
			taker(frame);
		} else if (this.#listener !== undefined) {
			this.#listener.onFrame(frame);
		} else if (this.#frames.length < FRAMES_MAX && this.#bytes + frame.length <= BYTES_MAX) {
			this.#frames.push(frame);
			this.#bytes += frame.length;
		} else {
			this.close();
		}
	}

	#onClose(reason: string): void {
		this.#closeReason = reason;
		for (const taker of this.#takers.splice(0)) taker(undefined);
		this.#tellClose();
	}

	/** Once, and only behind every frame that came before. */
	#tellClose(): void {
		if (this.#closeTold || this.#closeReason === undefined || this.#listener === undefined) return;
		if (this.#frames.length > 0) return;
		this.#closeTold = true;
		this.#listener.onClose(this.#closeReason);
	}

	#shift(): Uint8Array | undefined {
		const frame = this.#frames.shift();
		this.#bytes -= frame?.length ?? 0;
		return frame;
	}
}
