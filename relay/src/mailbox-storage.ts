// Opens the mailbox where the options say it is.
import { join } from "node:path";
import type { RelayClock } from "./clock.ts";
import { RelayDataError } from "./keys.ts";
import type { RelayLimits } from "./limits.ts";
import type { RelayLog } from "./log.ts";
import { MailboxBox } from "./mailbox-box.ts";
import { FileStore } from "./storage/file-store.ts";
import { memoryStore } from "./storage/memory-store.ts";
import type { ObjectStore } from "./storage/object-store.ts";

export const MAILBOX_STORAGES = ["fs", "memory", "off"] as const;
export type MailboxStorage = (typeof MAILBOX_STORAGES)[number];

const FOLDER = "mailbox";
const MIB = 1024 * 1024;
const QUOTA_MIB = 512;
const TTL_DAYS = 30;

interface MailboxSettings {
	readonly storage?: MailboxStorage;
	readonly dataDir?: string | undefined;
	readonly quotaMib?: number;
	readonly ttlDays?: number;
}

interface Surroundings {
	readonly secret: Uint8Array;
	readonly clock: RelayClock;
	readonly limits: RelayLimits;
	readonly log: RelayLog;
}

/** `undefined`: this relay has none. */
export async function openMailbox(settings: MailboxSettings, around: Surroundings): Promise<MailboxBox | undefined> {
	const { storage = "off", dataDir, quotaMib = QUOTA_MIB, ttlDays = TTL_DAYS } = settings;
	if (storage === "off") return undefined;
	const { secret, clock, limits, log } = around;
	const box = await MailboxBox.open({
		store: storage === "memory" ? memoryStore(clock) : await fileStore(dataDir, around),
		secret,
		clock,
		log,
		groupBytes: quotaMib * MIB,
		packsPerGroup: limits.mailboxPacksPerGroup,
		totalBytes: storage === "memory" ? limits.mailboxMemoryBytes : limits.mailboxBytes,
		totalObjects: limits.mailboxObjects,
		objectBytesMax: limits.mailboxObjectBytes,
		ttlDays,
	});
	await box.sweep();
	return box;
}

async function fileStore(dataDir: string | undefined, { clock, limits, log }: Surroundings): Promise<ObjectStore> {
	if (dataDir === undefined) throw new RelayDataError("the mailbox on disk takes a data folder");
	const folder = join(dataDir, FOLDER);
	const store = await FileStore.open({ folder, clock, freeBytesMin: limits.mailboxFreeBytes });
	if (store.damaged > 0) log.warn({ damaged: store.damaged }, "files in the mailbox that are none of its objects");
	return store;
}
