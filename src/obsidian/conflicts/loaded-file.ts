// A file of the vault as it is shown and decided about: what an editor holds is saved first, so that it counts.
import type { App } from "obsidian";
import type { ContentHash } from "../../core/hash.ts";
import { contentHashFromBytes } from "../../core/hash.ts";
import { nobleDigest } from "../../web/noble-digest.ts";
import { saveOpenEditors } from "../open-editors.ts";
import type { PastControls } from "../sync-controls.ts";

export interface LoadedFile {
	readonly hash: ContentHash;
	readonly size: number;
	readonly mtimeMs: number;
	/** `undefined`: too large to be looked at here. */
	readonly bytes: Uint8Array | undefined;
}

/** A phone holds two of them at a time. */
const BYTES_MAX = 16 * 1024 * 1024;

/** `undefined`: there is no such file. */
export async function loadFile(app: App, path: string, past: PastControls): Promise<LoadedFile | undefined> {
	await saveOpenEditors(app.workspace, path);
	const file = app.vault.getFileByPath(path);
	if (file === null) return undefined;
	const { size, mtime: mtimeMs } = file.stat;
	if (size > BYTES_MAX) {
		// As it was last looked at: whoever changed it since is noticed before anything is done.
		const hash = past.contentAt(path)?.hash;
		return hash && { hash, size, mtimeMs, bytes: undefined };
	}
	const bytes = new Uint8Array(await app.vault.readBinary(file));
	return { hash: hashOf(bytes), size: bytes.length, mtimeMs, bytes };
}

export function hashOf(bytes: Uint8Array): ContentHash {
	const hash = contentHashFromBytes(nobleDigest.sha256(bytes));
	if (hash === undefined) throw new RangeError("SHA-256 is not 32 bytes long");
	return hash;
}
