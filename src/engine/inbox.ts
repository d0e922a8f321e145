// From one peer's frames to messages, and the room for those that the replica has yet to take in. Rules S6, S7 of readme/SPEC.md.
import { decodeMessage } from "../wire/codec.ts";
import { DecodeError } from "../wire/decode-error.ts";
import { Reassembler } from "../wire/framing.ts";
import type { PeerMessage } from "../wire/messages.ts";
import type { Replica } from "./replica.ts";

export interface InboxOptions {
	readonly replica: Pick<Replica, "enqueue">;
	readonly onMalformed: (error: DecodeError) => void;
	/** More waits than fair peers ever come to. */
	readonly onFull: () => void;
}

/** Of what the peer told that is not taken in yet: several times what fair peers ever come to. */
const UNTAKEN_BYTES_MAX = 16 * 1024 * 1024;

export class Inbox {
	readonly #options: InboxOptions;
	readonly #reassembler = new Reassembler();
	/** Of the message that is being handled, and of those that the replica has yet to take in. */
	#messageBytes = 0;
	#untakenBytes = 0;

	constructor(options: InboxOptions) {
		this.#options = options;
	}

	/** The message that ends with this frame, if one does and it can be read. */
	accept(frame: Uint8Array): PeerMessage | undefined {
		try {
			const message = this.#reassembler.accept(frame);
			this.#messageBytes = message?.bytes.length ?? 0;
			return message && decodeMessage(message.bytes);
		} catch (error) {
			if (!(error instanceof DecodeError)) throw error;
			this.#options.onMalformed(error);
			return undefined;
		}
	}

	/** What the message that is being handled says, once the replica gets to it. */
	enqueue(change: () => void): void {
		const bytes = this.#messageBytes;
		this.#untakenBytes += bytes;
		if (this.#untakenBytes > UNTAKEN_BYTES_MAX) this.#options.onFull();
		else
			this.#options.replica.enqueue(() => {
				this.#untakenBytes -= bytes;
				change();
			});
	}
}
