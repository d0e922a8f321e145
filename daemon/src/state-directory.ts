// Where the state of a folder lives: outside of it, in a directory of this user only.
import { createHash } from "node:crypto";
import { chmod, realpath, stat } from "node:fs/promises";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { usageError } from "./exit.ts";
import { makeFolder } from "../../relay/src/make-folder.ts";
import { ifThere } from "./errno.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The folder as this machine knows it: links resolved, also above a folder that is not there now. */
export async function canonicalFolder(folder: string): Promise<string> {
	const absolute = resolve(folder);
	const real = await ifThere(realpath(absolute));
	if (real !== undefined || dirname(absolute) === absolute) return real ?? absolute;
	return join(await canonicalFolder(dirname(absolute)), basename(absolute));
}

export interface StateChoice {
	/** `--state`. */
	readonly given: string | undefined;
	/** Whether the command line names several folders: then `given` holds one state directory for each. */
	readonly several: boolean;
	readonly env: Environment;
}

/** Where the state of `folder` (canonical) is, or would be. Refuses a place inside the folder, and around it. */
export async function stateDirectory(folder: string, { given, several, env }: StateChoice): Promise<string> {
	const own = createHash("sha256").update(folder).digest("hex").slice(0, 16);
	if (given === undefined) return join(userDataDirectory(env), "psync", own);
	const base = await canonicalFolder(given);
	const isOneOfSeveral = several || existsSync(join(base, own, IDENTITY_FILE));
	const directory = isOneOfSeveral ? join(base, own) : base;
	if (isInside(directory, folder)) {
		throw usageError(
			`--state ${given} is inside the folder that is kept in sync; it takes a place outside of ${folder}`,
		);
	}
	if (isInside(folder, directory)) {
		throw usageError(`--state ${given} contains the folder that is kept in sync; it takes a place of its own`);
	}
	return directory;
}

export const IDENTITY_FILE = "device.json";

/** Whether a device was ever made there that has not left its group. */
export async function hasState(directory: string): Promise<boolean> {
	return (await ifThere(stat(join(directory, IDENTITY_FILE)))) !== undefined;
}

/** The folder in a state directory that is the engine's own. */
export function storeFolder(stateDirectory: string): string {
	return join(stateDirectory, "store");
}

/** Which folder the vault was when it last had something in it. */
export function vaultFolderFile(stateDirectory: string): string {
	return join(stateDirectory, "vault-folder");
}

/** Makes the directory when it is not there, and keeps others out of it. */
export async function openStateDirectory(directory: string): Promise<void> {
	await makeFolder(directory, 0o700);
	await chmod(directory, 0o700);
}

function userDataDirectory(env: Environment): string {
	const home = env["HOME"] ?? homedir();
	if (process.platform === "darwin") return join(home, "Library", "Application Support");
	if (process.platform === "win32") return env["LOCALAPPDATA"] ?? join(home, "AppData", "Local");
	const given = env["XDG_DATA_HOME"];
	return given !== undefined && given.startsWith("/") ? given : join(home, ".local", "share");
}

function isInside(inner: string, outer: string): boolean {
	const path = relative(outer, inner);
	return path === "" || (path !== ".." && !path.startsWith(`..${sep}`) && resolve(outer, path) === inner);
}
