// `psync pause` and `psync resume`: stop and go on talking to all other devices, or to one by its name or id.
import * as v from "valibot";
import { oneFolder, parseCommandLine } from "../arguments.ts";
import { statusReportSchema } from "../control-protocol.ts";
import { EXIT, usageError } from "../exit.ts";
import type { ExitCode } from "../exit.ts";
import type { CommandIo } from "../io.ts";
import { askRunning, knownFolder } from "./known-folder.ts";

export function pause(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
	return pauseOrResume("pause", argv, io);
}

export function resume(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
	return pauseOrResume("resume", argv, io);
}

async function pauseOrResume(command: "pause" | "resume", argv: readonly string[], io: CommandIo): Promise<ExitCode> {
	const { values, positionals } = parseCommandLine(argv, { state: { type: "string" }, peer: { type: "string" } });
	const folder = oneFolder(positionals, `psync ${command} FOLDER [--peer NAME] [--state DIR]`);
	const { peer } = values;
	if (peer?.trim() === "" || (peer?.length ?? 0) > 200) throw usageError("--peer takes a device's name or id");
	const known = await knownFolder(folder, values.state, io);
	await askRunning(known, peer === undefined ? { command } : { command, peer });
	if (command === "pause" && peer !== undefined) {
		const { peers } = v.parse(statusReportSchema, await askRunning(known, { command: "status" }));
		if (!peers.some(({ name, device }) => name === peer || device === peer))
			io.stdout(`no device called ${peer} was met yet; it is paused as soon as it comes\n`);
	}
	return EXIT.done;
}
