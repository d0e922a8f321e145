// `psync undo`: takes back what one device did in one go, on all devices.
import * as v from "valibot";
import { parseCommandLine } from "../arguments.ts";
import { EXIT, usageError } from "../exit.ts";
import type { ExitCode } from "../exit.ts";
import type { CommandIo } from "../io.ts";
import { askRunningForPast } from "./known-folder.ts";

const USAGE = "psync undo FOLDER [BATCH] [--list] [--json] [--state DIR]";
const batchesSchema = v.array(
	v.object({ id: v.string(), atMs: v.number(), by: v.string(), isOwn: v.boolean(), paths: v.array(v.string()) }),
);
const undoneSchema = v.object({
	batch: v.string(),
	restored: v.array(v.string()),
	removed: v.array(v.string()),
	left: v.array(v.object({ path: v.string(), reason: v.string() })),
});
const REASONS: Readonly<Record<string, string>> = {
	"changed-since": "changed since",
	"left-out": "takes no part on this device",
	"not-kept": "no device has its bytes any more",
	"receive-only": "this device only receives; undo it on another one",
	held: "cannot be written here now; it is tried again",
};

/** Exits 0 when all of it was taken back, 4 when something was left as it is. */
export async function undo(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
	const { values, positionals } = parseCommandLine(argv, {
		state: { type: "string" },
		list: { type: "boolean" },
		json: { type: "boolean" },
	});
	const [folder, batch, ...more] = positionals;
	if (folder === undefined || batch === "" || more.length > 0 || (values.list === true && batch !== undefined)) {
		throw usageError(`takes a folder: ${USAGE}`);
	}
	if (values.list === true) {
		const batches = v.parse(batchesSchema, await askRunningForPast(folder, values.state, io, { command: "batches" }));
		for (const { id, atMs, by, isOwn, paths } of batches) {
			const at = new Date(atMs).toISOString();
			const who = isOwn ? `${by} (this device)` : by;
			const what =
				paths.length === 1 ? (paths[0] ?? "") : `${String(paths.length)} files, ${paths[0] ?? ""} and others`;
			if (values.json === true) io.stdout(`${JSON.stringify({ batch: id, at, by, own: isOwn, paths })}\n`);
			else io.stdout(`${id}  ${at.slice(0, 19).replace("T", " ")}  ${who}: ${what}\n`);
		}
		return EXIT.done;
	}
	const request = batch === undefined ? ({ command: "undo" } as const) : ({ command: "undo", batch } as const);
	const undone = v.parse(undoneSchema, await askRunningForPast(folder, values.state, io, request));
	if (values.json === true) io.stdout(`${JSON.stringify(undone)}\n`);
	else {
		const { restored, removed, left } = undone;
		io.stdout(`batch ${undone.batch}: ${restored.length} files are back, ${removed.length} are gone again\n`);
		for (const { path, reason } of left) io.stdout(`  left as it is: ${path} (${REASONS[reason] ?? reason})\n`);
	}
	return undone.left.length === 0 ? EXIT.done : EXIT.problems;
}
