// What a person is told of what lies at the relay, and of the room there. Pure. Rule ZP3 of readme/SPEC.md.
import { gap, mailboxText } from "./strings.ts";
import type { SyncState } from "./sync-state.ts";
import { size } from "./words/counting.ts";

export function storedWords(state: SyncState, usesMailbox: boolean): string {
	const { words, used, whole } = mailboxText;
	if (!usesMailbox) return words.unused;
	if (state.kind !== "running" || state.status.mailbox === undefined) return words.starting;
	const { state: what, usedBytes, allowedBytes, isWhole } = state.status.mailbox;
	if (what === "looking" || what === "off") return words[what];
	if (what === "on" && usedBytes === 0) return words.nothing;
	const room = usedBytes === undefined || allowedBytes === undefined ? [] : [used(size(usedBytes), size(allowedBytes))];
	if (what === "full") return [...room, words.full].join(gap);
	if (what !== "on") return words.trouble;
	return [...room, ...(isWhole ? [whole] : [])].join(gap);
}
