// `psync verify`: reads every file that is recorded and says which is not what the books say.
import * as v from "valibot";
import { RecordIndex } from "../../../src/core/record-index.ts";
import { Journal } from "../../../src/engine/journal.ts";
import { verify as verifyFiles } from "../../../src/engine/verify.ts";
import { oneFolder, parseCommandLine } from "../arguments.ts";
import { ask } from "../control-client.ts";
import { CommandError, EXIT } from "../exit.ts";
import type { ExitCode } from "../exit.ts";
import type { CommandIo } from "../io.ts";
import { nodeDigest } from "../node-digest.ts";
import { NodeStateStore } from "../node-state-store.ts";
import { NodeVault } from "../node-vault.ts";
import { lockState } from "../state-lock.ts";
import { storeFolder } from "../state-directory.ts";
import { knownFolder, type KnownFolder } from "./known-folder.ts";

const reportSchema = v.object({
	files: v.number(),
	differences: v.array(v.object({ path: v.string(), reason: v.string() })),
});
type Report = v.InferOutput<typeof reportSchema>;

const REASONS: Readonly<Record<string, string>> = {
	changed: "other bytes than recorded",
	missing: "not there",
	unreadable: "cannot be read",
	"local-change": "changed here, and told to nobody",
};

/** Exits 0 when all files agree, 4 when one does not. */
export async function verify(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
	const { values, positionals } = parseCommandLine(argv, { state: { type: "string" }, json: { type: "boolean" } });
	const known = await knownFolder(
		oneFolder(positionals, "psync verify FOLDER [--json] [--state DIR]"),
		values.state,
		io,
	);
	const report = (await ofRunning(known)) ?? (await ofResting(known));
	if (values.json === true) io.stdout(`${JSON.stringify(report)}\n`);
	else {
		for (const { path, reason } of report.differences) io.stdout(`${path}: ${REASONS[reason] ?? reason}\n`);
		const count = report.differences.length;
		io.stdout(
			`${String(report.files)} files read, ${count === 0 ? "all as recorded" : `${String(count)} not as recorded`}\n`,
		);
	}
	return report.differences.length === 0 ? EXIT.done : EXIT.problems;
}

async function ofRunning({ stateDirectory }: KnownFolder): Promise<Report | undefined> {
	const asked = await ask(stateDirectory, { command: "verify" });
	if (asked.kind === "not-running") return undefined;
	if (asked.kind === "declined") throw new CommandError(EXIT.failed, asked.message);
	return v.parse(reportSchema, asked.result);
}

async function ofResting({ folder, stateDirectory }: KnownFolder): Promise<Report> {
	const lock = await lockState(stateDirectory);
	if (lock.kind === "held")
		throw new CommandError(EXIT.alreadyRunning, "psync is starting or stopping here; try again in a moment");
	try {
		const store = await NodeStateStore.open(storeFolder(stateDirectory));
		const { batches } = await Journal.open(store, nodeDigest);
		const state = batches.at(-1)?.state;
		if (state === undefined) return { files: 0, differences: [] };
		const index = new RecordIndex(state, (bytes) => nodeDigest.sha256(bytes));
		for (const { forgotten, entries } of batches) {
			for (const key of forgotten) index.restoreForgotten(key);
			for (const entry of entries) index.restore(entry);
		}
		const vault = new NodeVault({ folder, digest: nodeDigest, onWatchTrouble: () => undefined });
		const { files, differences } = await verifyFiles({ index, vault, digest: nodeDigest });
		return { files, differences: differences.map(({ path, reason }) => ({ path, reason })) };
	} finally {
		await lock.release();
	}
}
