// `psync held`, `psync accept` and `psync reject`: what is held back and why, and what a person says of many deletions at once.
import * as v from "valibot";
import { oneFolder, parseCommandLine } from "../arguments.ts";
import { heldReportSchema, type HeldReport } from "../control-protocol.ts";
import { EXIT, usageError } from "../exit.ts";
import type { ExitCode } from "../exit.ts";
import type { CommandIo } from "../io.ts";
import { visible } from "../visible.ts";
import { askRunning, knownFolder } from "./known-folder.ts";

const SHOWN_MAX = 20;

type HeldGroup = HeldReport["deletions"][number];

/** Exits 4 when something waits for a person's word. */
export async function held(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
	const { values, positionals } = parseCommandLine(argv, { state: { type: "string" }, json: { type: "boolean" } });
	const folder = oneFolder(positionals, "psync held FOLDER [--json] [--state DIR]");
	const known = await knownFolder(folder, values.state, io);
	const { deletions, files } = v.parse(heldReportSchema, await askRunning(known, { command: "held" }));
	if (values.json === true) for (const each of [...deletions, ...files]) io.stdout(`${JSON.stringify(each)}\n`);
	else {
		for (const each of deletions) io.stdout(`${groupText(each, folder)}\n`);
		for (const { path, reason } of files) io.stdout(`${visible(path)}: ${reason}\n`);
		if (deletions.length + files.length === 0) io.stdout("nothing is held back\n");
	}
	return deletions.length === 0 ? EXIT.done : EXIT.problems;
}

export function accept(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
	return answer(argv, io, "accept");
}

export function reject(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
	return answer(argv, io, "reject");
}

const resultSchema = v.object({ files: v.number(), waiting: v.array(v.string()) });

/** Exits 3 when some of it is still to come from another device. */
async function answer(argv: readonly string[], io: CommandIo, what: "accept" | "reject"): Promise<ExitCode> {
	const { values, positionals } = parseCommandLine(argv, { state: { type: "string" }, json: { type: "boolean" } });
	const [folder, id, ...more] = positionals;
	if (folder === undefined || id === undefined || id === "" || more.length > 0)
		throw usageError(`takes a folder and what psync held shows as the id: psync ${what} FOLDER ID [--json]`);
	const known = await knownFolder(folder, values.state, io);
	const result = v.parse(resultSchema, await askRunning(known, { command: "answer-held", id, answer: what }));
	const { files, waiting } = result;
	if (values.json === true) io.stdout(`${JSON.stringify(result)}\n`);
	else if (what === "accept") io.stdout(`${filesText(files)} are really gone\n`);
	else {
		const later = waiting.length === 0 ? "" : `; ${filesText(waiting.length)} as soon as another device sends them`;
		io.stdout(`${filesText(files)} are put back${later}\n`);
	}
	return waiting.length === 0 ? EXIT.done : EXIT.notInSync;
}

function groupText({ id, rule, origin, by, date, count, paths, before }: HeldGroup, folder: string): string {
	const who = origin === "here" ? "here" : `by ${by.join(", ") || "another device"}`;
	const verb = rule === "deleted" || origin === "peer" ? "deleted" : "gone";
	const shown = paths.slice(0, SHOWN_MAX).map((path) => `  ${path}`);
	if (paths.length > SHOWN_MAX) shown.push(`  and ${String(paths.length - SHOWN_MAX)} more`);
	const earlier = before.length === 0 ? "" : `, and ${filesText(before.length)} before that`;
	return [
		`${id}: ${filesText(count)} ${verb} ${who}, ${date.slice(0, 16).replace("T", " ")} UTC${earlier}`,
		...shown,
		`  they are really gone: psync accept ${folder} ${id}`,
		`  put them back:        psync reject ${folder} ${id}`,
	].join("\n");
}

function filesText(count: number): string {
	return count === 1 ? "1 file" : `${String(count)} files`;
}
