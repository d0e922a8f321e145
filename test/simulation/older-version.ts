// A device that runs an older version: it says of nothing that came later that it can do it, and knows nobody who says so. Its engine
// is the present one behind a channel that leaves all of that out of both HELLOs; so the proofs, which are over the HELLOs as they
// travelled, are made anew for each side, with the keys that only a simulation has.
import type { DeviceId } from "../../src/core/ids.ts";
import { assert } from "../../src/core/assert.ts";
import type { Channel, ChannelListener, Transport, TransportListener } from "../../src/engine/ports/transport.ts";
import { decodeHello, encodeAuth, encodeHello, proofMessage, transcript, type Hello } from "../../src/wire/hello.ts";
import { fakeProof } from "./fake-crypto.ts";

export class OlderTransport implements Transport {
	readonly #transport: Transport;
	readonly #group: string;

	constructor(transport: Transport, group: string) {
		this.#transport = transport;
		this.#group = group;
	}

	start(listener: TransportListener): void {
		this.#transport.start({
			onSignalling: (state) => {
				listener.onSignalling(state);
			},
			onPresence: (members) => {
				listener.onPresence(members);
			},
			onChannel: (channel) => {
				listener.onChannel(new OlderChannel(channel, this.#group));
			},
		});
	}

	stop(): Promise<void> {
		return this.#transport.stop();
	}

	async dial(device: DeviceId, signal: AbortSignal): Promise<Channel> {
		return new OlderChannel(await this.#transport.dial(device, signal), this.#group);
	}

	announce(status: Uint8Array): void {
		this.#transport.announce(status);
	}

	nudge(): void {
		this.#transport.nudge();
	}
}

interface Hellos {
	readonly own: Uint8Array;
	readonly theirs: Uint8Array;
}

class OlderChannel implements Channel {
	readonly #channel: Channel;
	readonly #group: string;
	/** As each side saw the HELLOs: the older one inside, all others outside. */
	#inside: Partial<Hellos> = {};
	#outside: Partial<Hellos> = {};
	#sent = 0;
	#heard = 0;

	constructor(channel: Channel, group: string) {
		this.#channel = channel;
		this.#group = group;
	}

	get role(): Channel["role"] {
		return this.#channel.role;
	}

	get claimedDevice(): DeviceId | undefined {
		return this.#channel.claimedDevice;
	}

	get fingerprints(): Channel["fingerprints"] {
		return this.#channel.fingerprints;
	}

	get path(): Channel["path"] {
		return this.#channel.path;
	}

	get congested(): boolean {
		return this.#channel.congested;
	}

	send(frame: Uint8Array): void {
		const number = this.#sent++;
		if (number === 0) {
			this.#inside = { ...this.#inside, own: frame };
			this.#outside = { ...this.#outside, own: withoutCapabilities(frame) };
			this.#channel.send(this.#outside.own ?? frame);
		} else this.#channel.send(number === 1 ? this.#proof(this.role, this.#outside, "own") : frame);
	}

	listen(listener: ChannelListener): void {
		this.#channel.listen({
			onFrame: (frame) => {
				const number = this.#heard++;
				if (number === 0) {
					this.#outside = { ...this.#outside, theirs: frame };
					this.#inside = { ...this.#inside, theirs: withoutCapabilities(frame) };
					listener.onFrame(this.#inside.theirs ?? frame);
				} else if (number === 1) {
					const role = this.role === "offerer" ? "answerer" : "offerer";
					listener.onFrame(this.#proof(role, this.#inside, "theirs"));
				} else listener.onFrame(frame);
			},
			onWritable: () => {
				listener.onWritable();
			},
			onClose: (reason) => {
				listener.onClose(reason);
			},
		});
	}

	close(): void {
		this.#channel.close();
	}

	/** What the side that saw these HELLOs expects from the end in this role. */
	#proof(role: Channel["role"], { own, theirs }: Partial<Hellos>, whose: keyof Hellos): Uint8Array {
		assert(own !== undefined && theirs !== undefined, "both HELLOs come before any proof");
		const { local, remote } = this.fingerprints;
		const weOffered = this.role === "offerer";
		const digest = transcript({
			helloOfOfferer: weOffered ? own : theirs,
			helloOfAnswerer: weOffered ? theirs : own,
			fingerprintOfOfferer: weOffered ? local : remote,
			fingerprintOfAnswerer: weOffered ? remote : local,
		});
		const { publicKey } = helloOf(whose === "own" ? own : theirs);
		return encodeAuth(fakeProof(this.#group, publicKey, proofMessage(role, digest)));
	}
}

function withoutCapabilities(frame: Uint8Array): Uint8Array {
	return encodeHello({ ...helloOf(frame), capabilities: [] });
}

function helloOf(frame: Uint8Array): Hello {
	const decoded = decodeHello(frame);
	assert(decoded?.kind === "hello", "simulated devices say HELLO");
	return decoded.hello;
}
