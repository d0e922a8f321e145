// The other end of a session, in the hands of a test: says what it is told to say, and has what it was told by name.
import type { DeviceId } from "../../src/core/ids.ts";
import type { Channel } from "../../src/engine/ports/transport.ts";
import { decodeMessage, encodeMessage } from "../../src/wire/codec.ts";
import { messageToFrames, Reassembler } from "../../src/wire/framing.ts";
import type { PeerMessage } from "../../src/wire/messages.ts";

export class ScriptedPeer {
	readonly heard: PeerMessage[] = [];
	closed: string | undefined;
	readonly #channel: Channel;

	constructor(channel: Channel) {
		this.#channel = channel;
		const reassembler = new Reassembler();
		channel.listen({
			onFrame: (frame) => {
				const message = reassembler.accept(frame);
				if (message !== undefined) this.heard.push(decodeMessage(message.bytes));
			},
			onWritable: () => undefined,
			onClose: (reason) => {
				this.closed = reason;
			},
		});
	}

	say(...messages: readonly PeerMessage[]): void {
		for (const message of messages) {
			const lane = message.type === "pieces" ? "notes" : "control";
			for (const frame of messageToFrames({ lane, bytes: encodeMessage(message) })) this.#channel.send(frame);
		}
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
