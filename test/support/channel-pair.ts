// Two ends of one channel, joined in memory without clock or network: a frame arrives in a microtask of its own. A test can
// stand in the middle, change what passes and give each end the fingerprints it sees.
import { assert } from "../../src/core/assert.ts";
import type { DeviceId } from "../../src/core/ids.ts";
import type { Channel, ChannelListener } from "../../src/engine/ports/transport.ts";

export interface ChannelPairOptions {
	/** Who each end thinks it talks to. */
	readonly claimed?: { readonly byOfferer?: DeviceId; readonly byAnswerer?: DeviceId };
	/** What each end sees as the other's certificate; a man in the middle makes them differ from the real ones. */
	readonly seen?: { readonly byOfferer?: Uint8Array; readonly byAnswerer?: Uint8Array };
	/** Sees every frame; what it returns is delivered instead (`undefined`: nothing is). */
	readonly tamper?: (from: Channel["role"], frame: Uint8Array, number: number) => Uint8Array | undefined;
}

const OFFERER_FINGERPRINT = new Uint8Array(32).fill(1);
const ANSWERER_FINGERPRINT = new Uint8Array(32).fill(2);

export function channelPair(options: ChannelPairOptions = {}): {
	readonly offerer: PairedChannel;
	readonly answerer: PairedChannel;
} {
	const { claimed = {}, seen = {}, tamper = passOn } = options;
	const offerer = new PairedChannel("offerer", claimed.byOfferer, {
		local: OFFERER_FINGERPRINT,
		remote: seen.byOfferer ?? ANSWERER_FINGERPRINT,
	});
	const answerer = new PairedChannel("answerer", claimed.byAnswerer, {
		local: ANSWERER_FINGERPRINT,
		remote: seen.byAnswerer ?? OFFERER_FINGERPRINT,
	});
	offerer.connect((frame, number) => {
		const passed = tamper("offerer", frame, number);
		if (passed !== undefined) answerer.receive(passed);
	}, answerer);
	answerer.connect((frame, number) => {
		const passed = tamper("answerer", frame, number);
		if (passed !== undefined) offerer.receive(passed);
	}, offerer);
	return { offerer, answerer };
}

function passOn(_from: Channel["role"], frame: Uint8Array): Uint8Array {
	return frame;
}

export class PairedChannel implements Channel {
	readonly role: Channel["role"];
	readonly claimedDevice: DeviceId | undefined;
	readonly fingerprints: Channel["fingerprints"];
	readonly path = "direct";
	/** The other end does not read: set by a test. */
	congested = false;
	/** Frames this end sent, in order. */
	readonly sent: Uint8Array[] = [];
	closed = false;
	readonly #early: Uint8Array[] = [];
	#listener: ChannelListener | undefined;
	#deliver: (frame: Uint8Array, number: number) => void = () => undefined;
	#other: PairedChannel | undefined;

	constructor(role: Channel["role"], claimedDevice: DeviceId | undefined, fingerprints: Channel["fingerprints"]) {
		this.role = role;
		this.claimedDevice = claimedDevice;
		this.fingerprints = fingerprints;
	}

	connect(deliver: (frame: Uint8Array, number: number) => void, other: PairedChannel): void {
		this.#deliver = deliver;
		this.#other = other;
	}

	send(frame: Uint8Array): void {
		if (this.closed) return;
		const copy = frame.slice();
		const number = this.sent.push(copy);
		queueMicrotask(() => {
			this.#deliver(copy, number);
		});
	}

	listen(listener: ChannelListener): void {
		assert(this.#listener === undefined, "a channel has one listener");
		this.#listener = listener;
		for (const frame of this.#early.splice(0)) listener.onFrame(frame);
		if (this.closed) listener.onClose("closed");
	}

	close(): void {
		this.end("closed by this end");
		queueMicrotask(() => this.#other?.end("closed by the other end"));
	}

	receive(frame: Uint8Array): void {
		if (this.closed) return;
		if (this.#listener === undefined) this.#early.push(frame);
		else this.#listener.onFrame(frame);
	}

	end(reason: string): void {
		if (this.closed) return;
		this.closed = true;
		this.#listener?.onClose(reason);
	}
}
