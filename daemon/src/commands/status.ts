// `psync status`: one report; the exit code says whether all is well.
import * as v from "valibot";
import { webRandom } from "../../../src/web/web-random.ts";
import { deviceKeyFromJwk } from "../../../src/web/web-crypto.ts";
import { oneFolder, parseCommandLine } from "../arguments.ts";
import { ask } from "../control-client.ts";
import { statusReportSchema } from "../control-protocol.ts";
import type { StatusReport } from "../control-protocol.ts";
import { CommandError, EXIT } from "../exit.ts";
import type { ExitCode } from "../exit.ts";
import { loadIdentity } from "../identity.ts";
import type { CommandIo } from "../io.ts";
import { refusalText } from "../plain-lines.ts";
import { storeFolder } from "../state-directory.ts";
import { mailboxLines } from "../store-forward.ts";
import { visible } from "../visible.ts";
import { knownFolder } from "./known-folder.ts";
import type { KnownFolder } from "./known-folder.ts";

export async function status(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
	const { values, positionals } = parseCommandLine(argv, { state: { type: "string" }, json: { type: "boolean" } });
	const folder = oneFolder(positionals, "psync status FOLDER [--json] [--state DIR]");
	const known = await knownFolder(folder, values.state, io);
	const report = (await runningReport(known)) ?? (await restingReport(known));
	io.stdout(values.json === true ? `${JSON.stringify(report)}\n` : plainReport(report, known.folder));
	if (report.problems.length > 0 || report.held.length > 0) return EXIT.problems;
	return report.phase === "in-sync" ? EXIT.done : EXIT.notInSync;
}

async function runningReport(known: KnownFolder): Promise<StatusReport | undefined> {
	const asked = await ask(known.stateDirectory, { command: "status" });
	if (asked.kind === "not-running") return undefined;
	if (asked.kind === "declined") throw new CommandError(EXIT.failed, asked.message);
	const parsed = v.safeParse(statusReportSchema, asked.result);
	if (!parsed.success) throw new CommandError(EXIT.failed, "the running psync is of another version");
	return parsed.output;
}

/** Nothing runs: what is known without looking into the journal. */
async function restingReport({ stateDirectory }: KnownFolder): Promise<StatusReport> {
	const options = { random: webRandom, storeFolder: storeFolder(stateDirectory) };
	const loaded = await loadIdentity(stateDirectory, options);
	const device = loaded && (await deviceKeyFromJwk(loaded.identity.deviceJwk)).deviceId;
	return {
		device: device ?? "",
		name: loaded?.identity.name ?? "",
		mode: loaded?.identity.choices.mode ?? "send-receive",
		running: false,
		phase: "stopped",
		peers: [],
		files: 0,
		leftOut: 0,
		root: "",
		pending: { in: 0, out: 0 },
		paused: false,
		conflicts: [],
		held: [],
		withheld: [],
		localChanges: [],
		problems: [],
	};
}

function plainReport(report: StatusReport, folder: string): string {
	if (!report.running) return `${folder}: psync does not run here\n`;
	const { pending } = report;
	const waiting = pending.in + pending.out === 0 ? "" : `, ${pending.in} to come, ${pending.out} to go`;
	const files = report.files === 1 ? "1 file" : `${report.files} files`;
	const leftOut = report.leftOut === 0 ? "" : `, ${report.leftOut} more left out here`;
	const lines = [
		`${folder}: ${report.phase}, ${files}${leftOut}${waiting}${modeText(report.mode)}`,
		...report.peers.map(
			(peer) => `  ${peer.name}: ${stateText(peer)}${peer.inSync ? ", in sync" : ""}${modeText(peer.mode)}`,
		),
		...(report.phase === "connecting"
			? ["  no other device is connected; it goes on by itself as soon as one is"]
			: []),
		...mailboxLines(report),
		...report.conflicts.map((conflict) => `  two versions: ${conflict.path} and ${conflict.copy}`),
		...(report.history === undefined ? [] : [`  history: ${historyText(report.history)}`]),
		...heldLines(report.held, folder),
		...report.withheld.map(
			({ path, kind }) => `  changed on another device, and left as it is here: ${path} (${kind})`,
		),
		...report.localChanges.map(({ path, kind }) => `  changed here, and told to nobody: ${path} (${kind})`),
		...report.problems.map((problem) => `  problem: ${problem.message}`),
	];
	return `${lines.join("\n")}\n`;
}

/** What waits together for a person's word is one line, however many files it is. */
function heldLines(held: StatusReport["held"], folder: string): readonly string[] {
	const alone = held
		.filter(({ id }) => id === undefined)
		.map(({ path, reason }) => `  held back: ${visible(path)} (${reason})`);
	const together = held.length - alone.length;
	if (together === 0) return alone;
	const files = together === 1 ? "1 file waits" : `${String(together)} files wait`;
	return [...alone, `  held back: ${files} for your word: psync held ${folder}`];
}

function historyText({ versions, bytes, budgetBytes }: NonNullable<StatusReport["history"]>): string {
	const mib = (size: number): string => (size / (1024 * 1024)).toFixed(1);
	return `${versions === 1 ? "1 version" : `${versions} versions`}, ${mib(bytes)} of ${mib(budgetBytes)} MiB`;
}

function stateText({ state, refused }: StatusReport["peers"][number]): string {
	return refused === undefined ? state : `${state}: ${refusalText(refused)}`;
}

function modeText(mode: string): string {
	return mode === "send-receive" ? "" : `, ${mode}`;
}
