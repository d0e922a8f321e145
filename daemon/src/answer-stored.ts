// Deletes what the group left at its relay, asked by `psync delete-stored`: through the engine that uses the mailbox, or without one.
import type { Engine } from "../../src/engine/engine.ts";
import { MailboxError, type Mailbox } from "../../src/engine/ports/mailbox.ts";
import type { ControlAnswer } from "./control-protocol.ts";
import { whyNotDeleted } from "./store-forward.ts";

/** `mailbox`: for a device that was told not to use it. */
export function answerAboutStored(engine: Engine, mailbox: () => Promise<Mailbox>): Promise<ControlAnswer> {
	return deleteStored(async () => {
		const isUsed = engine.status().mailbox !== undefined;
		await (isUsed ? engine.clearMailbox() : (await mailbox()).clear());
		return isUsed;
	});
}

export async function deleteStored(act: () => Promise<boolean>): Promise<ControlAnswer> {
	try {
		return { ok: true, result: { isUsed: await act() } };
	} catch (error) {
		if (!(error instanceof MailboxError)) throw error;
		return { ok: false, message: whyNotDeleted(error.code) };
	}
}
