// Writes what was replaced or deleted on a device out as ordinary files, one for every kept version.
import { mkdir, utimes, writeFile } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import { makeFolder } from "../../relay/src/make-folder.ts";
import { errnoOf } from "./errno.ts";
import type { ContentHash } from "../../src/core/hash.ts";
import type { KeptVersion } from "../../src/engine/history.ts";

export interface KeptVersions {
	readonly list: () => Promise<readonly KeptVersion[]>;
	readonly read: (hash: ContentHash) => Promise<Uint8Array | undefined>;
}

/** False: it is there already; its name says what it holds. */
async function writeNew(file: string, bytes: Uint8Array): Promise<boolean> {
	try {
		await writeFile(file, bytes, { mode: 0o600, flag: "wx" });
		return true;
	} catch (error) {
		if (errnoOf(error) !== "EEXIST") throw error;
		return false;
	}
}

/** Resolves to the number of files. The same version kept twice is one file; what is in `folder` already stays. */
export async function exportHistory(kept: KeptVersions, folder: string): Promise<number> {
	await makeFolder(folder, 0o700);
	const written = new Set<string>();
	for (const { path, hash, atMs } of await kept.list()) {
		const bytes = await kept.read(hash);
		const extension = extname(path);
		const stamp = new Date(atMs).toISOString().slice(0, 19).replace("T", " ").replaceAll(":", "-");
		const name = `${path.slice(0, path.length - extension.length)} (${stamp} ${hash.slice(0, 8)})${extension}`;
		if (bytes === undefined || written.has(name)) continue;
		written.add(name);
		// The path was checked when it was recorded: it stays below the folder.
		const file = join(folder, name);
		await mkdir(dirname(file), { recursive: true, mode: 0o700 });
		if (!(await writeNew(file, bytes))) continue;
		await utimes(file, atMs / 1000, atMs / 1000);
	}
	return written.size;
}
