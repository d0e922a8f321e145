// `psync conflicts`: the conflict copies on show, and what they conflict with.
import * as v from "valibot";
import { oneFolder, parseCommandLine } from "../arguments.ts";
import { EXIT } from "../exit.ts";
import type { ExitCode } from "../exit.ts";
import type { CommandIo } from "../io.ts";
import { askRunning, knownFolder } from "./known-folder.ts";

const conflictsSchema = v.array(
	v.object({
		path: v.string(),
		copy: v.string(),
		author: v.string(),
		atMs: v.optional(v.number()),
		winner: v.optional(v.string()),
	}),
);

export async function conflicts(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
	const { values, positionals } = parseCommandLine(argv, { state: { type: "string" }, json: { type: "boolean" } });
	const folder = oneFolder(positionals, "psync conflicts FOLDER [--json] [--state DIR]");
	const known = await knownFolder(folder, values.state, io);
	const found = v.parse(conflictsSchema, await askRunning(known, { command: "conflicts" }));
	for (const { path, copy, author, atMs, winner } of found) {
		const date = atMs === undefined ? undefined : new Date(atMs).toISOString();
		if (values.json === true) io.stdout(`${JSON.stringify({ path, copy, author, date, winner })}\n`);
		else
			io.stdout(
				`${copy}\n  by ${author}${date === undefined ? "" : `, ${date.slice(0, 10)}`}; ${path} is ${winner === undefined ? "a folder" : `by ${winner}`}\n`,
			);
	}
	return EXIT.done;
}
