// `psync restore`: a version of a file that was replaced or deleted, back in the folder and on all devices.
import * as v from "valibot";
import { parseCommandLine } from "../arguments.ts";
import { EXIT, usageError } from "../exit.ts";
import type { ExitCode } from "../exit.ts";
import type { CommandIo } from "../io.ts";
import { askRunningForPast } from "./known-folder.ts";

const USAGE = "psync restore FOLDER PATH [--version N] [--to PATH] [--state DIR]";
const resultSchema = v.object({ kind: v.picklist(["restored", "same"]), path: v.string() });

export async function restore(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
	const { values, positionals } = parseCommandLine(argv, {
		state: { type: "string" },
		version: { type: "string" },
		to: { type: "string" },
	});
	const [folder, path, ...more] = positionals;
	if (folder === undefined || path === undefined || path === "" || more.length > 0) {
		throw usageError(`takes a folder and a path in it: ${USAGE}`);
	}
	const { version, to } = values;
	if (version !== undefined && !/^([1-9][0-9]{0,6}|[0-9a-f]{8,64})$/.test(version)) {
		throw usageError("--version takes a number that psync history shows, or the first 8 digits of a hash");
	}
	const result = await askRunningForPast(folder, values.state, io, {
		command: "restore",
		path,
		...(version === undefined ? {} : { version }),
		...(to === undefined || to === "" ? {} : { to }),
	});
	const restored = v.parse(resultSchema, result);
	io.stdout(restored.kind === "same" ? `${restored.path} is so already\n` : `${restored.path} is restored\n`);
	return EXIT.done;
}
