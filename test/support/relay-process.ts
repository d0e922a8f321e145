// `psync relay` as the process it is in earnest: built from the sources of the moment, run with flags and environment, and
// read line by line.
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import esbuild from "esbuild";
import { parseRelayUrl } from "../../src/wire/relay-url.ts";
import type { RelayUrl } from "../../src/wire/relay-url.ts";
import { defined } from "./relay-clients.ts";

const ON_PURPOSE = "on purpose, with eyJhbGciOiJIUzI1NiJ9.e30.x of 192.0.2.7";

/** The built program in a folder of its own, where its runs may keep their data. */
export class RelayProgram {
	readonly folder: string;
	readonly #file: string;
	readonly #running = new Set<RelayProcess>();

	private constructor(folder: string, file: string) {
		this.folder = folder;
		this.#file = file;
	}

	static async build(): Promise<RelayProgram> {
		// Below node_modules, so that the bundle finds the packages it leaves outside.
		await mkdir("node_modules/.cache", { recursive: true });
		const folder = await mkdtemp(resolve("node_modules/.cache/relay-test-"));
		await esbuild.build({
			entryPoints: { psync: "daemon/src/main.ts" },
			outdir: folder,
			outExtension: { ".js": ".mjs" },
			// The signal stands for whatever nobody foresaw.
			banner: {
				js: `process.listenerCount("SIGUSR2") || process.on("SIGUSR2", () => { throw new Error("${ON_PURPOSE}"); });`,
			},
			splitting: true,
			bundle: true,
			platform: "node",
			format: "esm",
			target: "node20",
			packages: "external",
		});
		const file = join(folder, "psync.mjs");
		return new RelayProgram(folder, file);
	}

	run(args: readonly string[], env: Readonly<Record<string, string>> = {}): RelayProcess {
		const child = spawn(process.execPath, [this.#file, "relay", ...args], { env: { ...process.env, ...env } });
		const running = new RelayProcess(child);
		this.#running.add(running);
		return running;
	}

	/** For `afterEach`. */
	killAll(): void {
		for (const { child } of this.#running) child.kill("SIGKILL");
		this.#running.clear();
	}

	async remove(): Promise<void> {
		this.killAll();
		await rm(this.folder, { recursive: true, force: true });
	}
}

export class RelayProcess {
	readonly child: ChildProcess;
	readonly stdout: string[] = [];
	readonly exit: Promise<number | null>;
	#stderr = "";

	constructor(child: ChildProcess) {
		this.child = child;
		createInterface({ input: defined(child.stdout ?? undefined) }).on("line", (line) => {
			this.stdout.push(line);
			child.emit("line");
		});
		child.stderr?.on("data", (data: Buffer) => {
			this.#stderr += data.toString();
			child.emit("stderr");
		});
		this.exit = once(child, "close").then(([code]) => code as number | null);
	}

	get stderr(): string {
		return this.#stderr;
	}

	/** Its address, when it says it. */
	async listening(): Promise<RelayUrl> {
		if (this.stdout.length === 0) await Promise.race([once(this.child, "line"), this.exit]);
		const line = JSON.parse(this.stdout[0] ?? `{"event":"nothing: ${this.#stderr}"}`) as { event: string; url: string };
		if (line.event !== "listening") throw new Error(`the relay said ${line.event}`);
		return defined(parseRelayUrl(line.url));
	}

	/** Resolves when stderr has this text so many times. */
	async says(text: string, times = 1): Promise<void> {
		while (this.#stderr.split(text).length <= times) await once(this.child, "stderr");
	}

	async stop(): Promise<number | null> {
		this.child.kill("SIGTERM");
		return this.exit;
	}
}
