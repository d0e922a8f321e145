// The files of this vault that would take part, as far as it takes to compare them with what the group has.
import { bytesToHex } from "../../core/bytes.ts";
import { needsHash } from "../../core/first-look.ts";
import type { KnownPath, OwnFile } from "../../core/first-look.ts";
import type { ContentHash } from "../../core/hash.ts";
import { pathKey } from "../../core/path.ts";
import type { PathKey, VaultPath } from "../../core/path.ts";
import type { Scope } from "../../core/scope.ts";
import type { Digest } from "../../engine/ports/digest.ts";
import type { Vault } from "../../engine/ports/vault.ts";

export interface OwnFilesOptions {
	readonly vault: Vault;
	readonly scope: Scope;
	readonly digest: Digest;
}

/** Rejects when `signal` aborts. A file that cannot be read has no hash. */
export async function ownFiles(
	{ vault, scope, digest }: OwnFilesOptions,
	known: ReadonlyMap<PathKey, KnownPath>,
	signal: AbortSignal,
): Promise<ReadonlyMap<PathKey, OwnFile>> {
	const own = new Map<PathKey, OwnFile>();
	const folders: (VaultPath | undefined)[] = [undefined];
	for (let folder = folders.pop(), isFirst = true; isFirst || folder !== undefined; folder = folders.pop()) {
		isFirst = false;
		for (const entry of await vault.list(folder)) {
			signal.throwIfAborted();
			if (entry.kind === "foreign") continue;
			if (entry.kind === "folder") {
				if (!scope.leavesOutFolder(entry.path)) folders.push(entry.path);
				continue;
			}
			const { path } = entry;
			const { size } = entry.stat;
			const key = pathKey(path);
			if (scope.leavesOut(key) || size > (scope.maxBytes ?? Infinity)) continue;
			const hash = needsHash(size, known.get(key)) ? await hashOf(vault, path, digest) : undefined;
			own.set(key, { path, size, hash });
		}
	}
	return own;
}

async function hashOf(vault: Vault, path: VaultPath, digest: Digest): Promise<ContentHash | undefined> {
	try {
		const file = await vault.read(path);
		return file && (bytesToHex(digest.sha256(file.bytes)) as ContentHash);
	} catch (error) {
		// Locked, or too large for this device: it counts as different, and nothing is lost by that.
		if (!(error instanceof Error)) throw error;
		return undefined;
	}
}
