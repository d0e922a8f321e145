// What a file holds, read while others may be writing to it: bytes with the stat that belongs to them.
import { constants, type BigIntStats } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { errnoOf, ifThere } from "./errno.ts";

/** A write that came this shortly before another may carry the same mtime. */
const MTIME_TICK_NS = 50_000_000n;

/** Opens a regular file for reading, never a link that took its place; `undefined` when there is none any more. */
export async function withFile<T>(diskPath: string, act: (file: FileHandle) => Promise<T>): Promise<T | undefined> {
	const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
	const file = await ifThere(open(diskPath, flags)).catch((error: unknown) => {
		if (errnoOf(error) === "ELOOP") return undefined;
		throw error;
	});
	if (file === undefined) return undefined;
	try {
		return (await file.stat()).isFile() ? await act(file) : undefined;
	} finally {
		await file.close();
	}
}

export interface Settled {
	readonly bytes: Uint8Array;
	readonly stats: BigIntStats;
}

/** The bytes with the stat they belong to: read again (a few times) when somebody wrote meanwhile. */
export async function readSettled(file: FileHandle): Promise<Settled> {
	let before = await file.stat({ bigint: true });
	for (let attempt = 0; ; attempt++) {
		const bytes = await readAll(file, Number(before.size));
		const after = await file.stat({ bigint: true });
		const isSettled = after.mtimeNs === before.mtimeNs && after.size === BigInt(bytes.length);
		if (isSettled || attempt === 3) return { bytes, stats: after };
		before = after;
	}
}

async function readAll(file: FileHandle, size: number): Promise<Uint8Array> {
	// One byte more shows whether it has grown.
	let bytes = new Uint8Array(size + 1);
	let length = 0;
	for (;;) {
		const { bytesRead } = await file.read(bytes, length, bytes.length - length, length);
		if (bytesRead === 0) return bytes.subarray(0, length);
		length += bytesRead;
		if (length === bytes.length) {
			const larger = new Uint8Array(2 * bytes.length);
			larger.set(bytes);
			bytes = larger;
		}
	}
}

/** What `file` holds now, when it may have been written after `seen`; `undefined`: surely not. */
export async function writtenSince(file: FileHandle, seen: BigIntStats): Promise<Settled | undefined> {
	const now = await file.stat({ bigint: true });
	const isRecent = BigInt(Date.now()) * 1_000_000n - now.mtimeNs < MTIME_TICK_NS;
	return now.mtimeNs === seen.mtimeNs && now.size === seen.size && !isRecent ? undefined : readSettled(file);
}
