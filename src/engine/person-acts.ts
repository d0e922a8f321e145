// What everything has in common that records an act of a person which the disk does not show yet: a restore, an undo, a decision about
// a conflict. It looks at what stands there first, and the loop of replica.ts does the rest.
import { parentPath, pathKey, type VaultPath } from "../core/path.ts";
import type { Content } from "./history-lists.ts";
import type { Vault } from "./ports/vault.ts";
import type { Replica } from "./replica.ts";

export interface Obstacle {
	readonly reason: "folder-there" | "file-above";
	readonly at: VaultPath;
}

/** What a person did there a moment ago is recorded when it resolves. */
export async function lookAt(replica: Replica, paths: readonly VaultPath[]): Promise<void> {
	replica.loops.endWaits();
	for (const path of paths) replica.revisit(pathKey(path));
	await replica.idle();
}

/** What this disk shows there, as far as recorded; `undefined`: nothing. */
export function contentAt({ index }: Replica, path: VaultPath): Content | undefined {
	const { hash, size } = index.entryOrAbsent(pathKey(path)).disk;
	return hash === undefined ? undefined : { hash, size };
}

/** It takes no part on this device: nobody sees here what would come of it. */
export function isLeftOut({ index, scope }: Replica, path: VaultPath): boolean {
	const key = pathKey(path);
	return index.get(key)?.disk.leftOut !== undefined || scope.leavesOut(key);
}

/** What is recorded cannot be written here now; `undefined`: it can. */
export function heldReason({ held, oneWay }: Replica, path: VaultPath): string | undefined {
	if (oneWay.withheld.has(pathKey(path))) return "withheld";
	return held.find((each) => pathKey(each.path) === pathKey(path))?.reason;
}

/** A folder where the file would be, or a file where a folder would be. */
export async function obstacleAt(vault: Vault, path: VaultPath): Promise<Obstacle | undefined> {
	for (let above = parentPath(path); above !== undefined; above = parentPath(above)) {
		if ((await vault.stat(above)) !== undefined) return { reason: "file-above", at: above };
	}
	const beside = await vault.list(parentPath(path));
	const isFolder = beside.some((entry) => entry.kind === "folder" && pathKey(entry.path) === pathKey(path));
	return isFolder ? { reason: "folder-there", at: path } : undefined;
}
