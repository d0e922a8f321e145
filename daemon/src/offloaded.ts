// Files that a cloud took away from this disk: iCloud does so to save room, and leaves `.note.md.icloud` where `note.md` was.
import { lstat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { VaultPath } from "../../src/core/path.ts";
import { OffloadedError } from "../../src/engine/ports/vault.ts";
import { errnoOf } from "./errno.ts";

/** Rejects with OffloadedError when a placeholder stands in the stead of the file. */
export async function refuseOffloaded(folder: string, path: VaultPath): Promise<void> {
	const place = join(folder, ...path.split("/"));
	try {
		const placeholder = await lstat(join(dirname(place), `.${basename(place)}.icloud`));
		if (placeholder.isFile()) throw new OffloadedError(`${path} is in iCloud and not on this disk`);
	} catch (error) {
		// Nothing there, or nothing that can be seen: then it says nothing.
		if (errnoOf(error) === undefined) throw error;
	}
}
