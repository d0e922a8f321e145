// Which groups have been here before, so that new ones can be limited: whoever may log in at all could otherwise make up
// groups without end. Kept as keyed hashes, because a restart must not make everybody's group a new one.
import { createHmac, randomBytes } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { GroupId } from "../../src/core/ids.ts";
import type { RelayClock } from "./clock.ts";
import type { RelayLog } from "./log.ts";

const FILE = "known-groups";
/** Groups beyond this are forgotten, those that came first at first. */
const GROUPS_MAX = 10_000;
const LINE = /^[0-9a-f]{32}$/;
const WRITE_DELAY_MS = 1_000;

export class KnownGroups {
	readonly #file: string | undefined;
	readonly #key: Uint8Array;
	readonly #clock: RelayClock;
	readonly #log: RelayLog;
	readonly #known: Set<string>;
	#cancelWrite: (() => void) | undefined;
	#writing: Promise<void> = Promise.resolve();

	private constructor(options: KnownGroupsOptions, known: Set<string>) {
		this.#file = fileIn(options.dataDir);
		this.#key = options.key;
		this.#clock = options.clock;
		this.#log = options.log;
		this.#known = known;
	}

	/** A file that is missing or damaged only means that groups count as new once more. */
	static async open(options: KnownGroupsOptions): Promise<KnownGroups> {
		const file = fileIn(options.dataDir);
		const text = file === undefined ? "" : await readFile(file, "utf8").catch(ifMissing);
		const lines = text.split("\n").filter((line) => LINE.test(line));
		return new KnownGroups(options, new Set(lines.slice(-GROUPS_MAX)));
	}

	has(gid: GroupId): boolean {
		return this.#known.has(this.#nameOf(gid));
	}

	add(gid: GroupId): void {
		const name = this.#nameOf(gid);
		if (this.#known.has(name)) return;
		this.#known.add(name);
		const [first] = this.#known;
		if (this.#known.size > GROUPS_MAX && first !== undefined) this.#known.delete(first);
		this.#cancelWrite ??= this.#clock.schedule(WRITE_DELAY_MS, () => {
			this.#writeSoon();
		});
	}

	async close(): Promise<void> {
		if (this.#cancelWrite !== undefined) {
			this.#cancelWrite();
			this.#writeSoon();
		}
		await this.#writing;
	}

	#writeSoon(): void {
		this.#cancelWrite = undefined;
		this.#writing = this.#writing.then(() => this.#write());
	}

	async #write(): Promise<void> {
		if (this.#file === undefined) return;
		const unfinished = `${this.#file}.${randomBytes(4).toString("hex")}.tmp`;
		try {
			await writeFile(unfinished, `${[...this.#known].join("\n")}\n`, { mode: 0o600 });
			await rename(unfinished, this.#file);
		} catch (error) {
			// A full disk stops no login.
			this.#log.warn({ err: error }, "cannot write down which groups are known");
		}
	}

	#nameOf(gid: GroupId): string {
		return createHmac("sha256", this.#key).update(`group|${gid}`).digest("hex").slice(0, 32);
	}
}

export interface KnownGroupsOptions {
	/** `undefined`: they are known as long as the process lives. */
	readonly dataDir: string | undefined;
	readonly key: Uint8Array;
	readonly clock: RelayClock;
	readonly log: RelayLog;
}

function fileIn(dataDir: string | undefined): string | undefined {
	return dataDir === undefined ? undefined : join(dataDir, FILE);
}

function ifMissing(error: unknown): string {
	if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
	throw error;
}
