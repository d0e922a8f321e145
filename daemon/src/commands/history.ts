// `psync history`: what was replaced or deleted on this device, as a list or written out as files.
import { resolve } from "node:path";
import * as v from "valibot";
import { parsePath, pathKey } from "../../../src/core/path.ts";
import { History } from "../../../src/engine/history.ts";
import { nodeClock } from "../node-clock.ts";
import { parseCommandLine } from "../arguments.ts";
import { ask } from "../control-client.ts";
import { CommandError, EXIT, usageError } from "../exit.ts";
import type { ExitCode } from "../exit.ts";
import { exportHistory } from "../export-history.ts";
import type { CommandIo } from "../io.ts";
import { NodeStateStore } from "../node-state-store.ts";
import { lockState } from "../state-lock.ts";
import { storeFolder } from "../state-directory.ts";
import { visible } from "../visible.ts";
import { knownFolder } from "./known-folder.ts";
import type { KnownFolder } from "./known-folder.ts";

const versionsSchema = v.array(
	v.object({ atMs: v.number(), path: v.string(), hash: v.string(), size: v.number(), reason: v.string() }),
);
type Versions = v.InferOutput<typeof versionsSchema>;

export async function history(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
	const { values, positionals } = parseCommandLine(argv, {
		state: { type: "string" },
		json: { type: "boolean" },
		export: { type: "string" },
	});
	const [folder, path, ...more] = positionals;
	if (folder === undefined || more.length > 0) {
		throw usageError("takes a folder: psync history FOLDER [PATH] [--json] [--export DIR] [--state DIR]");
	}
	const known = await knownFolder(folder, values.state, io);
	if (values.export !== undefined) {
		const count = await exported(known, resolve(values.export));
		io.stderr(`${count} kept versions are in ${values.export}\n`);
		return EXIT.done;
	}
	const wanted = path === undefined ? undefined : keyOf(path);
	const numbers = new Map<string, number>();
	let shown = 0;
	for (const { atMs, path: name, hash, size, reason } of await listed(known)) {
		const key = keyOf(name);
		const version = (numbers.get(key) ?? 0) + 1;
		numbers.set(key, version);
		if (wanted !== undefined && key !== wanted) continue;
		shown++;
		const at = new Date(atMs).toISOString();
		if (values.json === true) io.stdout(`${JSON.stringify({ at, path: name, version, hash, size, reason })}\n`);
		else {
			const when = at.slice(0, 19).replace("T", " ");
			io.stdout(`${when}  ${hash.slice(0, 8)}  ${reason}  ${name}, version ${version} (${size} bytes)\n`);
		}
	}
	if (shown === 0 && wanted !== undefined)
		io.stderr(`no version of ${visible(path ?? "")} is kept here; psync history ${folder} lists what is\n`);
	return EXIT.done;
}

/** What stands for a path in whatever spelling; what is no path finds nothing. */
function keyOf(path: string): string {
	const parsed = parsePath(path);
	return parsed.ok ? pathKey(parsed.path) : path;
}

async function listed(known: KnownFolder): Promise<Versions> {
	const asked = await ask(known.stateDirectory, { command: "history" });
	if (asked.kind === "not-running") return withHistory(known, async (kept) => [...(await kept.list())]);
	const parsed = v.safeParse(versionsSchema, asked.kind === "answered" ? asked.result : undefined);
	if (!parsed.success) throw new CommandError(EXIT.failed, "the running psync cannot list its history");
	return parsed.output;
}

async function exported(known: KnownFolder, folder: string): Promise<number> {
	const asked = await ask(known.stateDirectory, { command: "history", exportTo: folder });
	if (asked.kind === "not-running") return withHistory(known, (kept) => exportHistory(kept, folder));
	if (asked.kind === "declined") throw new CommandError(EXIT.failed, asked.message);
	return typeof asked.result === "number" ? asked.result : 0;
}

/** Reads the state itself, while no device runs on it. */
async function withHistory<T>(
	{ stateDirectory }: KnownFolder,
	use: (kept: { list: History["list"]; read: History["read"] }) => Promise<T>,
): Promise<T> {
	const lock = await lockState(stateDirectory);
	if (lock.kind === "held") throw new CommandError(EXIT.failed, `psync is starting or stopping (process ${lock.pid})`);
	try {
		const kept = await History.open(await NodeStateStore.open(storeFolder(stateDirectory)), nodeClock);
		return await use({ list: () => kept.list(), read: (hash) => kept.read(hash) });
	} finally {
		await lock.release();
	}
}
