// Which folder the vault is. A disk that is not mounted leaves an empty folder in its place: that one is not the vault, and
// nobody deleted what is missing in it. In one that was put in the place of another (a copy, a backup), what is missing may never
// have been there. Rules W10 and D12 of readme/SPEC.md.
import type { BigIntStats } from "node:fs";
import { opendir, readFile, stat } from "node:fs/promises";
import { replaceFile } from "./durable-file.ts";
import { errnoOf, ifThere } from "./errno.ts";

export class VaultFolder {
	readonly path: string;
	/** Where it is remembered over restarts, if at all. */
	readonly #file: string | undefined;
	/** The folder in which everything was that was to be there. */
	#trusted: string | undefined;
	#asked: string | undefined;
	/** The folder in which something was; `undefined`: nothing ever was, or somebody took out the last of it. */
	#known: string | undefined;
	#keeping: Promise<void> = Promise.resolve();

	constructor(path: string, file?: string) {
		this.path = path;
		this.#file = file;
	}

	/** `file`: where it is remembered over restarts. What is not readable there is as if nothing were known. */
	static async open(path: string, file: string): Promise<VaultFolder> {
		const folder = new VaultFolder(path, file);
		const text = await readFile(file, "utf8").catch((error: unknown) => {
			if (errnoOf(error) === undefined) throw error;
			return "";
		});
		const marks = /^(\d+:\d+)?(?: (\d+:\d+))?$/.exec(text);
		folder.#known = marks?.[1];
		folder.#trusted = marks?.[2];
		return folder;
	}

	/** `undefined`: it is not there. */
	async stat(): Promise<BigIntStats | undefined> {
		// It may be a link: the person named it.
		const stats = await ifThere(stat(this.path, { bigint: true }));
		if (stats?.isDirectory() !== true) return undefined;
		const identity = identityOf(stats);
		if (identity === this.#known) return stats;
		if (await isEmpty(this.path)) return this.#known === undefined ? stats : undefined;
		this.#learn(identity);
		return stats;
	}

	/** To be asked now and then: an empty folder is the vault when it was emptied as what it is. */
	async noticeEmptied(): Promise<void> {
		const stats = await ifThere(stat(this.path, { bigint: true }));
		if (stats === undefined || identityOf(stats) !== this.#known) return;
		if ((await isEmpty(this.path)) && (await this.#isStill(stats))) this.#learn(undefined);
	}

	/** Whether it is another one than was last trusted. */
	async isOther(): Promise<boolean> {
		const stats = await stat(this.path, { bigint: true }).catch((error: unknown) => {
			if (errnoOf(error) === undefined) throw error;
			return undefined;
		});
		this.#asked = stats && markOf(stats);
		return this.#asked !== undefined && this.#trusted !== undefined && !isSame(this.#asked, this.#trusted);
	}

	/** What `isOther` was last asked of has all that was to be there. */
	async trust(): Promise<void> {
		if (this.#asked === undefined || this.#asked === this.#trusted) return;
		this.#trusted = this.#asked;
		this.#remember();
		await this.#keeping;
	}

	/** Resolves when what is known is remembered. */
	async settled(): Promise<void> {
		await this.#keeping;
	}

	/** Looked at again: the disk may have gone between the two looks. */
	async #isStill(before: BigIntStats): Promise<boolean> {
		const now = await ifThere(stat(this.path, { bigint: true }));
		return now !== undefined && identityOf(now) === identityOf(before);
	}

	#learn(identity: string | undefined): void {
		this.#known = identity;
		this.#remember();
	}

	#remember(): void {
		const file = this.#file;
		if (file === undefined) return;
		this.#keeping = this.#keeping.then(async () => {
			try {
				const bytes = new TextEncoder().encode(
					`${this.#known ?? ""}${this.#trusted === undefined ? "" : ` ${this.#trusted}`}`,
				);
				await replaceFile(file, `${file}.new`, { bytes, mode: 0o600 });
			} catch (error) {
				// A full disk: it is known as long as this program runs.
				if (errnoOf(error) === undefined) throw error;
			}
		});
	}
}

function identityOf({ dev, ino }: BigIntStats): string {
	return `${String(dev)}:${String(ino)}`;
}

/** Inode and time of making: a device has another number after each start of the machine. */
function markOf({ ino, birthtimeNs, ctimeNs }: BigIntStats): string {
	// Where nobody knows when it was made, some hosts say when it was last changed instead.
	return `${String(ino)}:${String(birthtimeNs === ctimeNs || birthtimeNs < 0n ? 0n : birthtimeNs)}`;
}

/** By the time of making, where it is known of both: some file systems give out inodes anew. */
function isSame(one: string, other: string): boolean {
	const [a = "", b = ""] = [one, other].map((mark) => mark.split(":")[1]);
	return a !== "0" && b !== "0" ? a === b : one.split(":")[0] === other.split(":")[0];
}

async function isEmpty(folder: string): Promise<boolean> {
	const entries = await ifThere(opendir(folder));
	if (entries === undefined) return false;
	try {
		return (await entries.read()) === null;
	} finally {
		await entries.close();
	}
}
