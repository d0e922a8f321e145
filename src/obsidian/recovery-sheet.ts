// The recovery sheet: what a person needs to come back into the group when every device is gone, to be printed and put away.
// It is never written into the vault.
import { formatGroupKeyInGroups } from "../core/group-key.ts";
import type { Pairing } from "../wire/pairing-link.ts";
import { labelled, sheetText } from "./strings.ts";

export interface SheetFacts {
	readonly pairing: Pairing;
	readonly groupName: string;
	readonly vault: string;
	/** Year, month, day. */
	readonly date: string;
}

const FILE = "psync-recovery-sheet.txt";
const GROUPS_A_LINE = 4;

export function recoverySheet({ pairing, groupName, vault, date }: SheetFacts): string {
	const { groupKey, relayUrl, accessCode } = pairing;
	const groups = formatGroupKeyInGroups(groupKey).split(" ");
	const keyLines = groups.flatMap((_, i) =>
		i % GROUPS_A_LINE === 0 ? groups.slice(i, i + GROUPS_A_LINE).join(" ") : [],
	);
	return [
		sheetText.title,
		"",
		labelled(sheetText.vault, vault),
		labelled(sheetText.group, groupName),
		labelled(sheetText.date, date),
		labelled(sheetText.relay, relayUrl),
		...(accessCode === undefined ? [] : [labelled(sheetText.accessCode, accessCode)]),
		"",
		labelled(sheetText.key, "").trimEnd(),
		...keyLines.map((line) => `    ${line}`),
		"",
		sheetText.warning,
		"",
		sheetText.use,
	].join("\n");
}

/** Prints the text and nothing else of the app's window. */
export function printSheet(beside: HTMLElement, text: string): void {
	const { doc, win } = beside;
	const sheetEl = doc.body.createEl("pre", { cls: "psync-printed", text });
	doc.body.addClass("psync-printing");
	win.print();
	doc.body.removeClass("psync-printing");
	sheetEl.remove();
}

/** As a file where the person wants it, which the app's window asks. */
export function saveSheet(beside: HTMLElement, text: string): void {
	const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
	const linkEl = beside.createEl("a", { attr: { href: url, download: FILE } });
	linkEl.click();
	linkEl.remove();
	URL.revokeObjectURL(url);
}
