// The folder that a command names, and the state that belongs to it.
import { access } from "node:fs/promises";
import { join } from "node:path";
import { ask } from "../control-client.ts";
import type { ControlRequest } from "../control-protocol.ts";
import { ifThere } from "../errno.ts";
import { CommandError, EXIT, usageError } from "../exit.ts";
import type { CommandIo } from "../io.ts";
import { hasLeft } from "../left-group.ts";
import { canonicalFolder, IDENTITY_FILE, stateDirectory } from "../state-directory.ts";

export interface KnownFolder {
	readonly folder: string;
	readonly stateDirectory: string;
}

/** Refuses a folder that no device was ever run on. */
export async function knownFolder(given: string, state: string | undefined, io: CommandIo): Promise<KnownFolder> {
	const folder = await canonicalFolder(given);
	const directory = await stateDirectory(folder, { given: state, several: false, env: io.env });
	const isKnown = (await ifThere(access(join(directory, IDENTITY_FILE)).then(() => true))) === true;
	if (!isKnown) {
		if (await hasLeft(directory)) throw usageError(`${folder} has left its group; psync join ${given} joins one`);
		const where = state === undefined ? "" : ` with its state in ${state}`;
		throw usageError(`${folder} is not a folder that psync knows${where}; start it with: psync up ${given}`);
	}
	return { folder, stateDirectory: directory };
}

/** For commands that only a running device can do. */
export async function askRunning(known: KnownFolder, request: ControlRequest): Promise<unknown> {
	const asked = await ask(known.stateDirectory, request);
	switch (asked.kind) {
		case "answered":
			return asked.result;
		case "declined":
			throw new CommandError(EXIT.failed, asked.message);
		case "not-running":
			throw new CommandError(
				EXIT.failed,
				`psync does not run on ${known.folder}; start it with: psync up ${known.folder}`,
			);
	}
}

/** The same for what only a running device can bring back; without one, there is another way to the bytes. */
export async function askRunningForPast(
	folder: string,
	state: string | undefined,
	io: CommandIo,
	request: ControlRequest,
): Promise<unknown> {
	const known = await knownFolder(folder, state, io);
	const asked = await ask(known.stateDirectory, request);
	if (asked.kind === "answered") return asked.result;
	if (asked.kind === "declined") throw new CommandError(EXIT.failed, asked.message);
	const other = `psync history ${folder} --export DIR writes what is kept out as files`;
	throw new CommandError(EXIT.failed, `psync does not run on ${known.folder}; start it with: psync up, or: ${other}`);
}
