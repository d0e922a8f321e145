// Which other devices have the note that is open, in one sentence. Rule ZP7 of readme/SPEC.md.
import { Notice } from "obsidian";
import type { NoteReceipts } from "../engine/mailbox/note-receipts.ts";
import { mailboxText, receiptText } from "./strings.ts";
import type { SyncControls } from "./sync-controls.ts";

/** Whether there is anything to say: a file is open, and what devices have is known. */
export function canShowReceipts({ openFile, onlyHere }: SyncControls): boolean {
	return openFile() !== undefined && onlyHere !== undefined;
}

/** A person asked. The relay may have to be asked too: until it answers, that is what is said. */
export async function showReceipts(controls: SyncControls): Promise<void> {
	const path = controls.openFile();
	if (path === undefined) return;
	const notice = new Notice(mailboxText.words.looking, 10_000);
	const receipts = await controls.receiptsOf(path);
	const { onlyHere } = controls;
	const lines = [receiptWords(path, receipts, namesOf(controls))];
	if (onlyHere !== undefined) lines.push(mailboxText.onlyHere(onlyHere));
	notice.setMessage(lines.join("\n"));
}

export function receiptWords(
	path: string,
	receipts: NoteReceipts | undefined,
	nameOf: (device: string) => string,
): string {
	const what = path.endsWith(".md") ? receiptText.note : receiptText.file;
	if (receipts === undefined) return receiptText.says(what, [receiptText.unknown]);
	const { has, stored, lacking } = receipts;
	const parts = [
		...(has.length === 0 ? [] : [receiptText.has(has.map(nameOf))]),
		...(stored.length === 0 ? [] : [receiptText.stored(stored.map(nameOf))]),
	];
	if (parts.length === 0)
		return receiptText.says(what, [lacking.length === 0 ? receiptText.nobody : receiptText.onlyHere]);
	return receiptText.says(what, [
		...parts,
		...(lacking.length === 0 ? [] : [receiptText.lacking(lacking.map(nameOf))]),
	]);
}

/** As the list of the group has them, or as they call themselves where there is none. */
function namesOf({ group, state }: SyncControls): (device: string) => string {
	const peers = state.kind === "running" ? state.status.peers : [];
	const names = new Map(
		[...peers, ...(group?.members() ?? [])].map(({ deviceId, name }) => [deviceId as string, name]),
	);
	return (device) => names.get(device) ?? device.slice(0, 8);
}
