// The program `psync` as a process: its lines of JSON as events to wait for, its end as an exit code. Uses the bundle that
// `npm test` builds first (test/run.mjs).
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../../daemon/bin/psync.mjs", import.meta.url));
/** Bounds a hang on a busy machine; nothing is measured by it. */
const PATIENCE_MS = 60_000;

export type Line = Readonly<Record<string, unknown>> & { readonly event: string };
type Environment = Readonly<Record<string, string>>;

/** A process that runs until it is stopped. */
export class PsyncProcess {
	readonly lines: Line[] = [];
	readonly #child: ChildProcess;
	readonly #ended: Promise<number | null>;
	#stderr = "";
	#stdout = "";
	#rest = "";
	readonly #waiting = new Set<() => void>();
	#hasEnded = false;

	constructor(args: readonly string[], env: Environment, input?: string) {
		this.#child = spawn(process.execPath, [PROGRAM, ...args], {
			env: { PATH: process.env["PATH"] ?? "", ...env },
			stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
		});
		// It may end without having read all of it.
		this.#child.stdin?.on("error", () => undefined).end(input);
		this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => {
			this.#take(text);
		});
		this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
			this.#stderr += text;
		});
		this.#ended = new Promise((resolve) => {
			this.#child.once("close", (code) => {
				this.#hasEnded = true;
				this.#wake();
				resolve(code);
			});
		});
	}

	get pid(): number {
		return this.#child.pid ?? 0;
	}

	get stdout(): string {
		return this.#stdout;
	}

	get stderr(): string {
		return this.#stderr;
	}

	/** The first line from index `from` on that fits, as soon as it is there. */
	async line(fits: (line: Line) => boolean, from = 0): Promise<Line> {
		for (let next = from; ; next++) {
			while (next >= this.lines.length) await this.#news();
			const line = this.lines[next];
			if (line !== undefined && fits(line)) return line;
		}
	}

	event(event: string, from = 0): Promise<Line> {
		return this.line((line) => line.event === event, from);
	}

	/** Until what it said, in plain words, fits. */
	async says(pattern: RegExp): Promise<void> {
		while (!pattern.test(this.#stdout)) await this.#news();
	}

	/** Ends it, and resolves to its exit code. */
	async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
		if (!this.#hasEnded) this.#child.kill(signal);
		return this.#ended;
	}

	/** When it ends by itself. */
	exit(): Promise<number | null> {
		return this.#ended;
	}

	#take(text: string): void {
		this.#stdout += text;
		const parts = (this.#rest + text).split("\n");
		this.#rest = parts.pop() ?? "";
		for (const part of parts) if (part.startsWith("{")) this.lines.push(JSON.parse(part) as Line);
		this.#wake();
	}

	#wake(): void {
		for (const wake of [...this.#waiting]) wake();
	}

	#news(): Promise<void> {
		if (this.#hasEnded) throw new Error(`psync ended; it said: ${this.#stdout}${this.#stderr}`);
		return new Promise((resolve, reject) => {
			const wake = (): void => {
				clearTimeout(timer);
				this.#waiting.delete(wake);
				resolve();
			};
			const timer = setTimeout(() => {
				this.#waiting.delete(wake);
				reject(new Error(`psync said nothing more; it said: ${this.#stdout}${this.#stderr}`));
			}, PATIENCE_MS);
			this.#waiting.add(wake);
		});
	}
}

export interface Ended {
	readonly code: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

/** A place of its own for folders, states and a home; and everything that was started there. */
export class PsyncPlace {
	readonly top = realpathSync(mkdtempSync(join(tmpdir(), "psync-test-")));
	readonly #running: PsyncProcess[] = [];
	readonly #env: Record<string, string> = { HOME: this.folder("home") };

	/** With a group of its own, and a relay that serves it. */
	static async withRelay(
		...more: readonly string[]
	): Promise<{ readonly place: PsyncPlace; readonly url: string; readonly relay: PsyncProcess }> {
		const place = new PsyncPlace();
		place.setEnv("PSYNC_GROUP_KEY", (await place.run("group", "new")).stdout.trim());
		return { place, ...(await place.startRelay(...more)) };
	}

	/** Made when it is not there. */
	folder(name: string): string {
		const path = join(this.top, name);
		mkdirSync(path, { recursive: true });
		return path;
	}

	setEnv(name: string, value: string): void {
		this.#env[name] = value;
	}

	start(...args: readonly string[]): PsyncProcess {
		const process = new PsyncProcess(args, this.#env);
		this.#running.push(process);
		return process;
	}

	run(...args: readonly string[]): Promise<Ended> {
		return this.#ended(this.start(...args));
	}

	/** With this on its stdin. */
	feed(input: string, ...args: readonly string[]): Promise<Ended> {
		const process = new PsyncProcess(args, this.#env, input);
		this.#running.push(process);
		return this.#ended(process);
	}

	async #ended(process: PsyncProcess): Promise<Ended> {
		const code = await process.exit();
		return { code, stdout: process.stdout, stderr: process.stderr };
	}

	/** Resolves to the relay's URL and process. Without a mailbox, unless it is told otherwise. */
	async startRelay(...more: readonly string[]): Promise<{ readonly url: string; readonly relay: PsyncProcess }> {
		const relay = this.startRelayAt("127.0.0.1:0", ...more);
		const { url } = await relay.event("listening");
		return { url: String(url), relay };
	}

	/** The relay of this place, on what an earlier one left. */
	startRelayAt(address: string, ...more: readonly string[]): PsyncProcess {
		const data = join(this.top, "relay");
		return this.start("relay", "--listen", address, "--storage", "off", "--data", data, ...more);
	}

	async killAll(): Promise<void> {
		await Promise.all(this.#running.map((process) => process.stop("SIGKILL")));
	}

	async dispose(): Promise<void> {
		await this.killAll();
		rmSync(this.top, { recursive: true, force: true });
	}
}
