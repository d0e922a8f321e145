// Which of the other devices have the version of a file that is on this disk, and which get it from the relay. Rule ZP7 of
// readme/SPEC.md.
import type { ContentHash } from "../../core/hash.ts";
import type { DeviceId } from "../../core/ids.ts";
import { reachOf, type Addressee, type Claim } from "../../core/mailbox-plan.ts";
import type { Entry } from "../../core/record-index.ts";
import { isNewTo } from "../../core/record.ts";

/** Each device that changes wait for is in one of the three. */
export interface NoteReceipts {
	/** It is on their disks. */
	readonly has: readonly DeviceId[];
	/** They get it from the relay when they are there. */
	readonly stored: readonly DeviceId[];
	readonly lacking: readonly DeviceId[];
}

export interface Receiver extends Addressee {
	readonly device: DeviceId;
}

/** `undefined`: something else is about to be on this disk, or the file takes no part here. */
export function noteReceipts(
	{ record, disk }: Entry,
	receivers: readonly Receiver[],
	claims: readonly Claim[],
	liesThere: (content: ContentHash) => boolean,
): NoteReceipts | undefined {
	const contents = record.siblings.flatMap(({ content }) => content?.hash ?? []);
	if (disk.leftOut !== undefined || disk.hash === undefined || !contents.includes(disk.hash)) return undefined;
	// A claim can be without a content: of a size that somebody does not leave there.
	const isStored = contents.every(liesThere);
	const receipts = { has: [] as DeviceId[], stored: [] as DeviceId[], lacking: [] as DeviceId[] };
	for (const { device, known } of receivers) {
		if (!isNewTo(record, known)) receipts.has.push(device);
		else if (isStored && !isNewTo(record, reachOf(known, claims))) receipts.stored.push(device);
		else receipts.lacking.push(device);
	}
	return receipts;
}
