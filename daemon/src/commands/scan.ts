// `psync scan`: look at the whole folder now; returns when every local change is recorded or held.
import { oneFolder, parseCommandLine } from "../arguments.ts";
import { EXIT } from "../exit.ts";
import type { ExitCode } from "../exit.ts";
import type { CommandIo } from "../io.ts";
import { askRunning, knownFolder } from "./known-folder.ts";

export async function scan(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
	const { values, positionals } = parseCommandLine(argv, { state: { type: "string" } });
	const folder = oneFolder(positionals, "psync scan FOLDER [--state DIR]");
	await askRunning(await knownFolder(folder, values.state, io), { command: "scan" });
	return EXIT.done;
}
