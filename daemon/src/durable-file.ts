// Files that survive a power cut: written beside their place, flushed, moved into it, and the folder flushed after.
import type { BigIntStats } from "node:fs";
import { open, rename, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { errnoOf, ifThere } from "./errno.ts";

export interface NewFile {
	readonly bytes: Uint8Array;
	readonly mode: number;
	/** Whole milliseconds; `undefined`: the time of writing. */
	readonly mtimeMs?: number;
}

/** Makes `temp` (which must not exist), complete and flushed, and says what it is like. Leaves nothing behind when it fails. */
export async function writeTemp(temp: string, file: NewFile): Promise<BigIntStats> {
	const handle = await open(temp, "wx", file.mode);
	try {
		await handle.writeFile(file.bytes);
		if (file.mtimeMs !== undefined) {
			// Seconds as a double lose the last digits; two microseconds more keep the millisecond after rounding down.
			await handle.utimes(new Date(), (file.mtimeMs + 0.002) / 1000);
		}
		await handle.sync();
		const stats = await handle.stat({ bigint: true });
		await handle.close();
		return stats;
	} catch (error) {
		await handle.close();
		await ifThere(unlink(temp));
		throw error;
	}
}

/** Makes or replaces `path` as a whole. `temp` lies on the same file system. */
export async function replaceFile(path: string, temp: string, file: NewFile): Promise<void> {
	await writeTemp(temp, file);
	try {
		await rename(temp, path);
	} catch (error) {
		await ifThere(unlink(temp));
		throw error;
	}
	await syncFolder(dirname(path));
}

/** Makes the names in `folder` durable. */
export async function syncFolder(folder: string): Promise<void> {
	const handle = await open(folder, "r").catch((error: unknown) => {
		// Windows opens no folders; its file systems keep names in order by themselves.
		if (process.platform === "win32" || errnoOf(error) === "ENOENT") return undefined;
		throw error;
	});
	if (handle === undefined) return;
	try {
		await handle.sync();
	} catch (error) {
		// Some network file systems cannot flush a folder: what they promise is all there is.
		if (errnoOf(error) !== "EINVAL") throw error;
	} finally {
		await handle.close();
	}
}
