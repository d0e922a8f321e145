// Leaving a group: the device and all that it knew of the group go, the files of the folder stay. A mark remains, so that
// the next start does not make a new group out of a folder whose person may believe that it is still in the old one.
import { mkdir, rm, stat, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { History } from "../../src/engine/history.ts";
import { syncFolder } from "./durable-file.ts";
import { ifThere } from "./errno.ts";
import { exportHistory } from "./export-history.ts";
import { nodeClock } from "./node-clock.ts";
import { NodeStateStore } from "./node-state-store.ts";
import { IDENTITY_FILE, storeFolder } from "./state-directory.ts";

const MARK = "left-group";
/** What of a group lies beside the device's identity. */
const OF_A_GROUP = ["store", "relay", "pauses.json", "vault-folder"] as const;

export interface Kept {
	readonly folder: string;
	readonly files: number;
}

/**
 * The caller holds the lock of the directory. Resolves to where the versions are that PSync had replaced or removed here, as
 * plain files: without the group nothing else would find them. A crash in between leaves a device that can leave again, or
 * one that has left.
 */
export async function leaveGroup(directory: string): Promise<Kept | undefined> {
	const kept = await keepHistory(directory);
	await writeFile(join(directory, MARK), "", { mode: 0o600 });
	await syncFolder(directory);
	await ifThere(unlink(join(directory, IDENTITY_FILE)));
	await syncFolder(directory);
	await removeState(directory);
	return kept;
}

/** Whether the folder of this state has left its group and joined none since. */
export async function hasLeft(directory: string): Promise<boolean> {
	return (await ifThere(stat(join(directory, MARK)))) !== undefined;
}

/** Before a device is made anew: nothing of the group that was left may count in the next one. */
export async function clearLeft(directory: string): Promise<void> {
	await removeState(directory);
	await ifThere(unlink(join(directory, MARK)));
}

async function removeState(directory: string): Promise<void> {
	for (const name of OF_A_GROUP) await rm(join(directory, name), { recursive: true, force: true });
}

async function keepHistory(directory: string): Promise<Kept | undefined> {
	const store = storeFolder(directory);
	if ((await ifThere(stat(store))) === undefined) return undefined;
	const history = await History.open(await NodeStateStore.open(store), nodeClock);
	const versions = { list: () => history.list(), read: history.read.bind(history) };
	if ((await versions.list()).length === 0) return undefined;
	const stamp = new Date(nodeClock.now()).toISOString().slice(0, 19).replaceAll(":", "-");
	const folder = join(directory, `kept-${stamp}`);
	await mkdir(folder, { recursive: true, mode: 0o700 });
	return { folder, files: await exportHistory(versions, folder) };
}
