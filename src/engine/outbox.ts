// What a session still has to say: encoded messages per lane, given to the channel only while it takes them, urgent lanes first.
import { PUSHED_CONTENT_BYTES_MAX } from "../wire/limits.ts";
import type { PeerMessage } from "../wire/messages.ts";
import { messageToFrames, LANES, type Lane } from "../wire/framing.ts";
import type { Channel } from "./ports/transport.ts";

/** Of memory, for a message that has hardly any bytes. */
const MESSAGE_BYTES = 64;

export class Outbox {
	readonly #channel: Channel;
	readonly #waiting = new Map<Lane, Uint8Array[]>(LANES.map((lane) => [lane, []]));
	/** Frames of the message that each lane is in the middle of. */
	readonly #begun = new Map<Lane, Generator<Uint8Array, void, undefined>>();
	#waitingBytes = 0;
	#whenEmpty: (() => void)[] = [];
	#closed = false;

	constructor(channel: Channel) {
		this.#channel = channel;
	}

	push(lane: Lane, message: Uint8Array): void {
		this.#waiting.get(lane)?.push(message);
		this.#waitingBytes += message.length + MESSAGE_BYTES;
		this.flush();
	}

	/** What the channel did not take yet: as much memory as that. */
	get waitingBytes(): number {
		return this.#waitingBytes;
	}

	/** Sends what the channel takes now. */
	flush(): void {
		while (!this.#closed && !this.#channel.congested) {
			const frame = this.#nextFrame();
			if (frame === undefined) {
				for (const resolve of this.#whenEmpty.splice(0)) resolve();
				return;
			}
			this.#channel.send(frame);
		}
	}

	/** Resolves when everything was given to the channel, or the outbox is closed. */
	drained(): Promise<void> {
		if (this.#closed || this.isEmpty) return Promise.resolve();
		return new Promise((resolve) => this.#whenEmpty.push(resolve));
	}

	get isEmpty(): boolean {
		return this.#begun.size === 0 && [...this.#waiting.values()].every((messages) => messages.length === 0);
	}

	close(): void {
		this.#closed = true;
		for (const resolve of this.#whenEmpty.splice(0)) resolve();
	}

	#nextFrame(): Uint8Array | undefined {
		for (const lane of LANES) {
			let frames = this.#begun.get(lane);
			if (frames === undefined) {
				const bytes = this.#waiting.get(lane)?.shift();
				if (bytes === undefined) continue;
				this.#waitingBytes -= bytes.length + MESSAGE_BYTES;
				frames = messageToFrames({ lane, bytes });
				this.#begun.set(lane, frames);
			}
			const next = frames.next();
			if (next.done !== true) return next.value;
			this.#begun.delete(lane);
			return this.#nextFrame();
		}
		return undefined;
	}
}

/** Whether the message carries content: then it must not delay the others. */
export function laneOf(message: PeerMessage): Lane {
	if (message.type !== "pieces") return "control";
	return message.pieces.every((piece) => piece.size <= PUSHED_CONTENT_BYTES_MAX) ? "notes" : "bulk";
}
