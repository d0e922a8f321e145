// A mailbox that answers nothing any more once its user has stopped, takes nothing once there may be another key, and packs no faster
// than a person allows: what is under way ends there, and nothing follows. Rules ZD18, ZD23, X17 of readme/SPEC.md.
import { MailboxError, type Mailbox } from "../ports/mailbox.ts";
import type { TokenBucket } from "../throttle.ts";

export interface BoxLimits {
	readonly isStopped: () => boolean;
	readonly mayLeave: () => boolean;
	readonly up: TokenBucket;
}

export function stoppableBox(box: Mailbox, { isStopped, mayLeave, up }: BoxLimits): Mailbox {
	const ask = async <T>(act: () => Promise<T>): Promise<T> => {
		if (isStopped()) throw new MailboxError("unreachable", "stopped");
		return act();
	};
	const leave = <T>(act: () => Promise<T>): Promise<T> =>
		ask(() => {
			if (!mayLeave()) throw new MailboxError("refused", "the group has another key");
			return act();
		});
	return {
		look: () => ask(() => box.look()),
		readHead: () => ask(() => box.readHead()),
		writeHead: (bytes, after) => leave(() => box.writeHead(bytes, after)),
		writePack: async (id, bytes) => {
			await up.take(bytes.length);
			return leave(() => box.writePack(id, bytes));
		},
		readPack: (id, from, to) => ask(() => box.readPack(id, from, to)),
		removePack: (id) => ask(() => box.removePack(id)),
		writeReceipt: (bytes) => leave(() => box.writeReceipt(bytes)),
		clear: () => ask(() => box.clear()),
	};
}
