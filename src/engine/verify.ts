// Reads every recorded file and compares it with the books, whatever its change token says: a disk that decays tells nobody.
// Changes nothing. Rule C13 of readme/SPEC.md.
import { bytesToHex } from "../core/bytes.ts";
import { isFolder } from "../core/folder.ts";
import type { ContentHash } from "../core/hash.ts";
import { pathKey, type PathKey, type VaultPath } from "../core/path.ts";
import type { RecordIndex } from "../core/record-index.ts";
import { forEachBounded } from "./bounded.ts";
import type { Digest } from "./ports/digest.ts";
import type { Vault } from "./ports/vault.ts";

export interface VerifyParts {
	readonly index: RecordIndex;
	readonly vault: Vault;
	readonly digest: Digest;
}

export interface FileDifference {
	readonly path: VaultPath;
	readonly reason:
		| "changed"
		| "missing"
		| "unreadable"
		/** A person's change that this device, which only receives, tells nobody. */
		| "local-change";
}

export interface VerifyReport {
	readonly files: number;
	readonly differences: readonly FileDifference[];
}

interface Recorded {
	readonly key: PathKey;
	readonly path: VaultPath;
	readonly hash: ContentHash;
}

const FILES_IN_FLIGHT = 4;

/** What differs is looked at again after a scan: it may have been changed while it was read. */
export async function verifyTwice(
	parts: VerifyParts,
	scan: () => Promise<void>,
	localChanges: ReadonlyMap<PathKey, unknown>,
): Promise<VerifyReport> {
	const { files, differences } = await verify(parts);
	if (differences.length === 0) return { files, differences };
	await scan();
	const again = await verify(parts, new Set(differences.map(({ path }) => pathKey(path))));
	return {
		files,
		differences: again.differences.map(({ path, reason }) => {
			return { path, reason: localChanges.has(pathKey(path)) ? "local-change" : reason };
		}),
	};
}

export async function verify(parts: VerifyParts, only?: ReadonlySet<PathKey>): Promise<VerifyReport> {
	const all = recordedFiles(parts.index).filter(({ key }) => only?.has(key) ?? true);
	const differences: FileDifference[] = [];
	await forEachBounded(all, FILES_IN_FLIGHT, async (recorded) => {
		const reason = await differenceAt(recorded, parts);
		if (reason !== undefined) differences.push({ path: recorded.path, reason });
	});
	differences.sort((a, b) => (a.path < b.path ? -1 : 1));
	return { files: all.length, differences };
}

async function differenceAt(
	{ path, hash }: Recorded,
	{ vault, digest }: VerifyParts,
): Promise<FileDifference["reason"] | undefined> {
	try {
		if (isFolder({ hash })) return (await vault.folderAt(path)) === undefined ? "missing" : undefined;
		const file = await vault.read(path);
		if (file === undefined) return "missing";
		return bytesToHex(digest.sha256(file.bytes)) === hash ? undefined : "changed";
	} catch {
		// Whatever the host throws: it cannot say what is there.
		return "unreadable";
	}
}

/** Conflict copies included; what takes no part here is not recorded as it is. */
function recordedFiles(index: RecordIndex): Recorded[] {
	const files: Recorded[] = [];
	for (const { key, disk } of index.entries()) {
		if (disk.leftOut !== undefined) continue;
		const { hash, path } = disk;
		if (hash !== undefined && path !== undefined) files.push({ key, path, hash });
		for (const copy of disk.copies) files.push({ key: pathKey(copy.path), path: copy.path, hash: copy.hash });
	}
	return files;
}
