// `psync override`: what a device that only sends shows stands on all devices instead of what others made of it.
import * as v from "valibot";
import { oneFolder, parseCommandLine } from "../arguments.ts";
import { EXIT } from "../exit.ts";
import type { ExitCode } from "../exit.ts";
import type { CommandIo } from "../io.ts";
import { askRunning, knownFolder } from "./known-folder.ts";

const resultSchema = v.object({ paths: v.array(v.string()), left: v.array(v.string()) });

export async function override(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
	const { values, positionals } = parseCommandLine(argv, {
		state: { type: "string" },
		json: { type: "boolean" },
		"delete-added": { type: "boolean" },
	});
	const folder = oneFolder(positionals, "psync override FOLDER [--delete-added] [--json] [--state DIR]");
	const known = await knownFolder(folder, values.state, io);
	const withAdded = values["delete-added"] === true;
	const result = v.parse(resultSchema, await askRunning(known, { command: "override", withAdded }));
	if (values.json === true) io.stdout(`${JSON.stringify(result)}\n`);
	else {
		const { paths, left } = result;
		if (paths.length === 0) io.stdout("nothing is different on the other devices that could be overridden\n");
		for (const path of paths) io.stdout(`${path} stands as it is here\n`);
		for (const path of left)
			io.stdout(`left to the other devices, never here: ${path} (--delete-added deletes it there)\n`);
	}
	return EXIT.done;
}
