// `psync revert`: a device that only receives gives up what was changed on it. It goes to history.
import * as v from "valibot";
import { parseCommandLine } from "../arguments.ts";
import { EXIT, usageError } from "../exit.ts";
import type { ExitCode } from "../exit.ts";
import type { CommandIo } from "../io.ts";
import { askRunning, knownFolder } from "./known-folder.ts";

const resultSchema = v.object({ paths: v.array(v.string()), waiting: v.array(v.string()) });

/** Exits 3 when some of it is still to come from another device. */
export async function revert(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
	const { values, positionals } = parseCommandLine(argv, { state: { type: "string" }, json: { type: "boolean" } });
	const [folder, path, ...more] = positionals;
	if (folder === undefined || path === "" || more.length > 0)
		throw usageError("takes a folder and, if not all, a path in it: psync revert FOLDER [PATH] [--json] [--state DIR]");
	const request = path === undefined ? ({ command: "revert" } as const) : ({ command: "revert", path } as const);
	const result = v.parse(resultSchema, await askRunning(await knownFolder(folder, values.state, io), request));
	const { paths, waiting } = result;
	if (values.json === true) io.stdout(`${JSON.stringify(result)}\n`);
	else {
		if (paths.length === 0) io.stdout("nothing was changed here\n");
		for (const each of paths) {
			const isWaiting = waiting.includes(each);
			io.stdout(isWaiting ? `${each} is given up when the other version has come\n` : `${each} is given up\n`);
		}
	}
	return waiting.length === 0 ? EXIT.done : EXIT.notInSync;
}
