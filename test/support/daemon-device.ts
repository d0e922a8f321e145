// A device as a process on a folder of its own, and what can be seen of it from outside.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { PsyncPlace, PsyncProcess } from "./daemon-process.ts";
import { textsBelow } from "./folder-contents.ts";

/** A folder, its state, and the `psync up` on it. */
export class DaemonDevice {
	readonly name: string;
	readonly folder: string;
	readonly state: string;
	readonly #place: PsyncPlace;
	readonly #relay: string;
	#process: PsyncProcess | undefined;

	constructor(place: PsyncPlace, name: string, relay: string) {
		this.#place = place;
		this.#relay = relay;
		this.name = name;
		this.folder = place.folder(`vault-${name}`);
		this.state = place.folder(`state-${name}`);
	}

	get process(): PsyncProcess {
		if (this.#process === undefined) throw new Error(`${this.name} does not run`);
		return this.#process;
	}

	async up(...more: string[]): Promise<void> {
		const flags = ["--state", this.state, "--relay", this.#relay, "--name", this.name, "--json", ...more];
		this.#process = this.#place.start("up", this.folder, ...flags);
		await this.process.event("ready");
	}

	async command(name: string, ...more: string[]): Promise<number | null> {
		return (await this.#place.run(name, this.folder, "--state", this.state, ...more)).code;
	}

	async status(): Promise<Record<string, unknown>> {
		const { stdout } = await this.#place.run("status", this.folder, "--state", this.state, "--json");
		return JSON.parse(stdout) as Record<string, unknown>;
	}

	/** In the words that people read. */
	async plainStatus(): Promise<string> {
		return (await this.#place.run("status", this.folder, "--state", this.state)).stdout;
	}

	write(path: string, content: string): void {
		const file = join(this.folder, path);
		mkdirSync(dirname(file), { recursive: true });
		writeFileSync(file, content);
	}

	at(path: string): string {
		return join(this.folder, path);
	}

	tree(): Readonly<Record<string, string>> {
		return textsBelow(this.folder);
	}
}

type Report = Awaited<ReturnType<DaemonDevice["status"]>>;

/**
 * Until all say that they hold the same, `holds`, and have nothing left to do. Resolves to what each said then, in this order: a
 * moment later one may be looking at the file that it has just written, because the folder told of it.
 */
export async function settled<Devices extends readonly DaemonDevice[]>(
	devices: readonly [...Devices],
	holds: () => boolean,
): Promise<{ readonly [Index in keyof Devices]: Report }> {
	for (;;) {
		const reports = await Promise.all(devices.map((device) => device.status()));
		const isQuiet = reports.every((report) => report["phase"] === "in-sync");
		if (isQuiet && holds() && new Set(reports.map((report) => report["root"])).size === 1)
			return reports as { readonly [Index in keyof Devices]: Report };
	}
}
