// `psync leave`: takes a folder out of its group. Its files stay; the key and all that was known of the group go.
import { oneFolder, parseCommandLine } from "../arguments.ts";
import { CommandError, EXIT } from "../exit.ts";
import type { ExitCode } from "../exit.ts";
import type { CommandIo } from "../io.ts";
import { leaveGroup } from "../left-group.ts";
import { isYes } from "../offer-folder.ts";
import { lockState } from "../state-lock.ts";
import { knownFolder } from "./known-folder.ts";

export async function leave(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
	const { values, positionals } = parseCommandLine(argv, { state: { type: "string" } });
	const { folder, stateDirectory } = await knownFolder(
		oneFolder(positionals, "psync leave FOLDER [--state DIR]"),
		values.state,
		io,
	);
	const warning = `The group's key is forgotten here. Without it on another device or on a recovery sheet nobody can join again.`;
	if (io.isTyped && !isYes(await io.question(`${warning}\nLeave the group with ${folder}? [y/N] `))) {
		throw new CommandError(EXIT.failed, "nothing was changed");
	}
	const lock = await lockState(stateDirectory);
	if (lock.kind === "held") {
		throw new CommandError(EXIT.alreadyRunning, `psync runs on ${folder} (process ${lock.pid}); stop it first`);
	}
	try {
		const kept = await leaveGroup(stateDirectory);
		io.stdout(`${folder} has left its group; its files stay as they are.\n`);
		io.stdout("The other devices may still list it as away; psync revoke on one of them takes it off their list.\n");
		if (kept !== undefined) {
			const count = kept.files === 1 ? "1 version that was" : `${kept.files} versions that were`;
			io.stdout(`${count} replaced or deleted here: ${kept.folder}\n`);
		}
	} finally {
		await lock.release();
	}
	return EXIT.done;
}
