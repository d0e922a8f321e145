// A folder that somebody named, with what is missing above it.
import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Rejects with what the system says. Node's own (`recursive`) never ends below a folder that is there and says of what is to
 * be made in it that something above is missing, as /proc does.
 */
export async function makeFolder(folder: string, mode = 0o777): Promise<void> {
	if (await madeAt(folder, mode)) return;
	const above = dirname(folder);
	if (above !== folder) await makeFolder(above, mode);
	// Nothing above is missing any more: whatever is wrong now is for the caller.
	if (!(await madeAt(folder, mode))) await mkdir(folder, { mode });
}

/** False: something above is missing. */
async function madeAt(folder: string, mode: number): Promise<boolean> {
	try {
		await mkdir(folder, { mode });
	} catch (error) {
		const code = error instanceof Error && "code" in error ? error.code : undefined;
		if (code === "ENOENT") return false;
		if (code !== "EEXIST" || !(await stat(folder)).isDirectory()) throw error;
	}
	return true;
}
