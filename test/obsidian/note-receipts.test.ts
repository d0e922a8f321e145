// One sentence about who has a note.
import { expect, it } from "vitest";
import type { DeviceId } from "../../src/core/ids.ts";
import type { NoteReceipts } from "../../src/engine/mailbox/note-receipts.ts";
import { receiptWords } from "../../src/obsidian/note-receipts.ts";

const [laptop, phone, tablet] = ["Laptop", "Phone", "Tablet"] as unknown as [DeviceId, DeviceId, DeviceId];
const none: NoteReceipts = { has: [], stored: [], lacking: [] };
const words = (receipts: NoteReceipts | undefined, path = "notes/Plan.md"): string =>
	receiptWords(path, receipts, (device) => device);

it.each<[Partial<NoteReceipts>, string]>([
	[{ has: [laptop, phone] }, "This note: on Laptop and Phone"],
	[{ has: [laptop, phone], stored: [tablet] }, "This note: on Laptop and Phone; stored with the relay for Tablet"],
	[{ stored: [phone, tablet] }, "This note: stored with the relay for Phone and Tablet"],
	[{ has: [laptop], lacking: [phone] }, "This note: on Laptop; not on Phone yet"],
	[
		{ has: [laptop], stored: [phone], lacking: [tablet] },
		"This note: on Laptop; stored with the relay for Phone; not on Tablet yet",
	],
	[{ lacking: [phone, tablet] }, "This note: only on this device"],
	[{}, "This note: there is no other device that it could be on"],
])("[ZP7] %j is said as it is", (receipts, sentence) => {
	expect(words({ ...none, ...receipts })).toBe(sentence);
});

it("[ZP7] a file that is no note is called a file, and of one that nothing is known of that is said", () => {
	expect(words({ ...none, has: [laptop] }, "photo.jpg")).toBe("This file: on Laptop");
	expect(words(undefined)).toBe("This note: it is just changing, or takes no part here");
});
