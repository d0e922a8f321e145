// What a session still has to say: encoded messages per lane, given to the channel only while it takes them, urgent lanes first.
import { PUSHED_CONTENT_BYTES_MAX } from "../wire/limits.ts";
import type { PeerMessage } from "../wire/messages.ts";
import { messageToFrames, LANES, type Lane } from "../wire/framing.ts";
import type { Channel } from "./ports/transport.ts";
import type { TokenBucket } from "./throttle.ts";

/** Of memory, for a message that has hardly any bytes. */
const MESSAGE_BYTES = 64;

export class Outbox {
	readonly #channel: Channel;
	readonly #up: TokenBucket;
	readonly #waiting = new Map<Lane, Uint8Array[]>(LANES.map((lane) => [lane, []]));
	/** Frames of the message that each lane is in the middle of. */
	readonly #begun = new Map<Lane, Generator<Uint8Array, void, undefined>>();
	#waitingBytes = 0;
	#whenEmpty: (() => void)[] = [];
	#closed = false;
	#cancelTurn: (() => void) | undefined;

	/** `up`: how fast all outboxes together may send content. */
	constructor(channel: Channel, up: TokenBucket) {
		this.#channel = channel;
		this.#up = up;
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
				if (this.isEmpty) for (const resolve of this.#whenEmpty.splice(0)) resolve();
				else this.#waitForTurn();
				return;
			}
			this.#channel.send(frame);
			this.#up.spend(frame.length);
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
		this.#cancelTurn?.();
		for (const resolve of this.#whenEmpty.splice(0)) resolve();
	}

	/** Content is left, and has to wait for the limit. */
	#waitForTurn(): void {
		this.#cancelTurn ??= this.#up.whenOpen(() => {
			this.#cancelTurn = undefined;
			this.flush();
		});
	}

	/** `undefined`: nothing is left, or nothing that may go now. */
	#nextFrame(): Uint8Array | undefined {
		for (const lane of LANES) {
			if (lane !== "control" && !this.#up.isOpen) return undefined;
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
