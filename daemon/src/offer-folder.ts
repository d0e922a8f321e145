// A folder that psync has never seen must be there, or be wanted by somebody who is asked.
import { stat } from "node:fs/promises";
import { makeFolder } from "../../relay/src/make-folder.ts";
import { ifThere } from "./errno.ts";
import { usageError } from "./exit.ts";
import type { CommandIo } from "./io.ts";

/** `command` is how it is called, for the sentence that refuses. */
export async function offerFolder(command: string, folder: string, io: CommandIo): Promise<void> {
	if (await isFolder(folder)) return;
	if ((await ifThere(stat(folder))) !== undefined) throw usageError(`${folder} is not a folder`);
	if (!io.isTerminal) throw usageError(`${folder} is not there; ${command} takes a folder that exists`);
	if (!isYes(await io.question(`${folder} is not there. Make it? [y/N] `))) {
		throw usageError(`${folder} is not there and was not made`);
	}
	await makeFolder(folder);
}

export async function isFolder(path: string): Promise<boolean> {
	return (await ifThere(stat(path)))?.isDirectory() === true;
}

export function isYes(reply: string): boolean {
	return /^y(es)?$/i.test(reply.trim());
}
