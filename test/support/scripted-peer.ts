// The other end of a session, in the hands of a test: says what it is told to say, and has what it was told by name.
import { encode } from "@msgpack/msgpack";
import type { DeviceId } from "../../src/core/ids.ts";
import type { Channel } from "../../src/engine/ports/transport.ts";
import { decodeMessage, encodeMessage } from "../../src/wire/codec.ts";
import { messageToFrames, Reassembler, type Lane } from "../../src/wire/framing.ts";
import type { PeerMessage } from "../../src/wire/messages.ts";

export class ScriptedPeer {
	readonly heard: PeerMessage[] = [];
	closed: string | undefined;
	readonly #channel: Channel;
	readonly #waiting = new Set<() => void>();

	/** `isAlive`: answers probes by itself, so that it is not given up while it is silent. */
	constructor(channel: Channel, { isAlive = false }: { readonly isAlive?: boolean } = {}) {
		this.#channel = channel;
		const reassembler = new Reassembler();
		channel.listen({
			onFrame: (frame) => {
				const bytes = reassembler.accept(frame)?.bytes;
				if (bytes === undefined) return;
				const message = decodeMessage(bytes);
				this.heard.push(message);
				if (isAlive && message.type === "probe") this.say({ type: "probe-answer", number: message.number });
				this.#wake();
			},
			onWritable: () => {
				this.#wake();
			},
			onClose: (reason) => {
				this.closed = reason;
				this.#wake();
			},
		});
	}

	/** Resolves when `holds`, which is asked again whenever something was heard. Over a real channel only. */
	async until(holds: () => boolean): Promise<void> {
		while (!holds()) {
			if (this.closed !== undefined) throw new Error(`closed (${this.closed}); heard ${this.types().join()}`);
			await this.news();
		}
	}

	/** Resolves when the other side has ended the session, to the code it gave last. */
	async ended(): Promise<string | undefined> {
		while (this.closed === undefined) await this.news();
		return this.last("bye")?.code;
	}

	/** Something is heard, the channel takes more, or is over. */
	news(): Promise<void> {
		return new Promise((resolve) => this.#waiting.add(resolve));
	}

	get isCongested(): boolean {
		return this.#channel.congested;
	}

	#wake(): void {
		for (const wake of this.#waiting) wake();
		this.#waiting.clear();
	}

	say(...messages: readonly PeerMessage[]): void {
		for (const message of messages) {
			const lane = message.type === "pieces" ? "notes" : "control";
			for (const frame of messageToFrames({ lane, bytes: encodeMessage(message) })) this.#channel.send(frame);
		}
	}

	/** A message by its wire form, as wrong as the test wants it. */
	sayRaw(wire: unknown, lane: Lane = "control"): void {
		for (const frame of messageToFrames({ lane, bytes: encode(wire) })) this.#channel.send(frame);
	}

	frame(frame: Uint8Array): void {
		this.#channel.send(frame);
	}

	close(): void {
		this.#channel.close();
	}

	types(): string[] {
		return this.heard.map(({ type }) => type);
	}

	all<T extends PeerMessage["type"]>(type: T): Extract<PeerMessage, { readonly type: T }>[] {
		return this.heard.filter((message): message is Extract<PeerMessage, { readonly type: T }> => message.type === type);
	}

	last<T extends PeerMessage["type"]>(type: T): Extract<PeerMessage, { readonly type: T }> | undefined {
		return this.all(type).at(-1);
	}
}

export function deviceIdOf(digit: string): DeviceId {
	return digit.repeat(64) as DeviceId;
}
