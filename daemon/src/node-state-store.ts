// The StateStore port on a folder of its own, readable by this user only. Everything is flushed before it counts as done.
import { mkdir, open, readdir, readFile, rm, stat, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { assert } from "../../src/core/assert.ts";
import type { StateStore } from "../../src/engine/ports/state-store.ts";
import { replaceFile, syncFolder } from "./durable-file.ts";
import { ifThere } from "./errno.ts";

const NAME = /^[a-z0-9._/-]+$/;
const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;

export class NodeStateStore implements StateStore {
	readonly #files: string;
	/** Beside the files, not among them: no name of the engine's can ever be a temporary one. */
	readonly #temps: string;
	/** Folders known to be there: the engine's names have few of them. */
	readonly #made = new Set<string>();
	#tempCount = 0;

	private constructor(folder: string) {
		this.#files = join(folder, "files");
		this.#temps = join(folder, "temp");
	}

	/** Makes `folder` when it is not there, and clears what a killed process left half done. The caller holds the lock. */
	static async open(folder: string): Promise<NodeStateStore> {
		const store = new NodeStateStore(folder);
		await rm(store.#temps, { recursive: true, force: true });
		await mkdir(store.#files, { recursive: true, mode: PRIVATE_FOLDER });
		await mkdir(store.#temps, { mode: PRIVATE_FOLDER });
		await syncFolder(folder);
		await syncFolder(dirname(folder));
		return store;
	}

	/** To look at only: the device whose state it is may be running. */
	static reading(folder: string): Pick<StateStore, "list" | "read"> {
		return new NodeStateStore(folder);
	}

	async list(prefix: string): Promise<readonly string[]> {
		// Only the folder that the prefix names completely has to be read.
		const start = prefix.slice(0, prefix.lastIndexOf("/") + 1);
		const names = await namesBelow(join(this.#files, start), start);
		return names.filter((name) => name.startsWith(prefix));
	}

	async read(name: string): Promise<Uint8Array | undefined> {
		const bytes = await ifThere(readFile(this.#path(name)));
		return bytes && new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	}

	async write(name: string, bytes: Uint8Array): Promise<void> {
		const path = this.#path(name);
		await this.#makeFolder(dirname(path));
		const temp = join(this.#temps, String(this.#tempCount++));
		await replaceFile(path, temp, { bytes, mode: PRIVATE_FILE });
	}

	async append(name: string, bytes: Uint8Array): Promise<void> {
		const path = this.#path(name);
		await this.#makeFolder(dirname(path));
		const isNew = (await ifThere(stat(path))) === undefined;
		const file = await open(path, "a", PRIVATE_FILE);
		try {
			await file.appendFile(bytes);
			await file.datasync();
		} finally {
			await file.close();
		}
		if (isNew) await syncFolder(dirname(path));
	}

	async remove(name: string): Promise<void> {
		// Not flushed: a removed file that comes back after a power cut is one that may be removed again.
		await ifThere(unlink(this.#path(name)));
	}

	async #makeFolder(folder: string): Promise<void> {
		if (this.#made.has(folder)) return;
		if (folder !== this.#files) await this.#makeFolder(dirname(folder));
		const first = await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER });
		if (first !== undefined) await syncFolder(dirname(folder));
		this.#made.add(folder);
	}

	#path(name: string): string {
		const isSafe = NAME.test(name) && name.split("/").every((part) => part !== "" && part !== "." && part !== "..");
		assert(isSafe, `not a name for the state store: ${name}`);
		return join(this.#files, name);
	}
}

async function namesBelow(folder: string, shown: string): Promise<readonly string[]> {
	const entries = (await ifThere(readdir(folder, { withFileTypes: true }))) ?? [];
	const names = await Promise.all(
		entries.map(async (entry) =>
			entry.isDirectory() ? namesBelow(join(folder, entry.name), `${shown}${entry.name}/`) : [shown + entry.name],
		),
	);
	return names.flat();
}
