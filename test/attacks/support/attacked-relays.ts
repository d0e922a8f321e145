// Real relay processes to be attacked: each with flags, limits and a data folder of its own. What they logged and kept stays
// until the last case has looked at it.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RelayLimits } from "../../../relay/src/limits.ts";
import type { RelayUrl } from "../../../src/wire/relay-url.ts";
import { RelayProgram } from "../../support/relay-process.ts";
import type { RelayProcess } from "../../support/relay-process.ts";

export interface AttackedRelay {
	readonly url: RelayUrl;
	readonly process: RelayProcess;
	readonly dataDir: string;
	/** Resident memory of the process. */
	memoryBytes(): number;
	/** Of processor time, used so far; `undefined` where the system does not tell. */
	cpuMs(): number | undefined;
	/** Whether it answers and has not ended. */
	isAlive(): Promise<boolean>;
	/** What signs its tokens: a test is the operator too. */
	tokenSecret(): Promise<Uint8Array>;
}

export class AttackedRelays {
	#count = 0;
	readonly #program: RelayProgram;
	readonly started: AttackedRelay[] = [];
	#shared: Promise<AttackedRelay> | undefined;

	private constructor(program: RelayProgram) {
		this.#program = program;
	}

	static async prepare(): Promise<AttackedRelays> {
		return new AttackedRelays(await RelayProgram.build());
	}

	/** On loopback, as everybody starts it; only that the failures of one case do not shut out the next. */
	shared(): Promise<AttackedRelay> {
		return (this.#shared ??= this.start({ limits: { loginsPerMinute: 100_000 } }));
	}

	async start(
		options: {
			readonly flags?: readonly string[];
			readonly env?: Readonly<Record<string, string>>;
			readonly limits?: Partial<RelayLimits>;
			/** Of one that was started before. */
			readonly dataDir?: string;
			/** The only ones that may log in. */
			readonly groups?: readonly string[];
		} = {},
	): Promise<AttackedRelay> {
		const place = join(this.#program.folder, String(this.#count++));
		const dataDir = options.dataDir ?? join(place, "data");
		await mkdir(place);
		const flags = ["--listen", "127.0.0.1:0", "--data", dataDir, ...(options.flags ?? [])];
		if (options.limits !== undefined) {
			const file = join(place, "limits.json");
			await writeFile(file, JSON.stringify(options.limits));
			flags.push("--limits", file);
		}
		if (options.groups !== undefined) {
			const file = join(place, "groups");
			await writeFile(file, options.groups.join("\n"));
			flags.push("--groups-file", file);
		}
		const process = this.#program.run(flags, options.env);
		const url = await process.listening();
		const relay: AttackedRelay = {
			url,
			process,
			dataDir,
			memoryBytes: () => residentBytes(process.child.pid ?? 0),
			cpuMs: () => processorMs(process.child.pid ?? 0),
			isAlive: async () => (await fetch(`${url.replace("ws", "http")}/health`)).status === 200,
			tokenSecret: async () =>
				new Uint8Array(Buffer.from((await readFile(join(dataDir, "token-secret"), "utf8")).trim(), "hex")),
		};
		this.started.push(relay);
		return relay;
	}

	/** Ends all of them in good order; their exit codes. */
	async stop(): Promise<(number | null)[]> {
		return Promise.all(this.started.map(({ process }) => process.stop()));
	}

	async remove(): Promise<void> {
		await this.#program.remove();
	}
}

/** Resident memory of a process. */
export function residentBytes(pid: number): number {
	if (process.platform === "linux") {
		const [, kib = "0"] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
		return Number(kib) * 1024;
	}
	return Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" })) * 1024;
}

function processorMs(pid: number): number | undefined {
	if (process.platform !== "linux") return undefined;
	const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
	// User and system time, in hundredths of a second.
	return (Number(fields[11]) + Number(fields[12])) * 10;
}
