// The file in which a person says what stays on this device: `.psyncignore` in the folder, or one of their own choice.
import { watch } from "node:fs";
import { open, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { IGNORE_FILE, type RulesFile } from "../../src/engine/ignore-rules.ts";
import { errnoOf, ifThere } from "./errno.ts";
import type { VaultFolder } from "./vault-folder.ts";

/** More is no file of rules. What is cut off here is refused for its length. */
const READ_BYTES_MAX = 2 * 1024 * 1024;

export class IgnoreFile implements RulesFile {
	readonly name: string;
	readonly #folder: VaultFolder;
	readonly #path: string;
	/** The person named it, so that it is not there is no answer. */
	readonly #isNamed: boolean;

	constructor(folder: VaultFolder, named: string | undefined) {
		this.#folder = folder;
		this.#path = named ?? join(folder.path, IGNORE_FILE);
		this.#isNamed = named !== undefined;
		this.name = named ?? IGNORE_FILE;
	}

	async stamp(): Promise<string | undefined> {
		const stats = await ifThere(stat(this.#path, { bigint: true }));
		if (stats !== undefined) return [stats.mtimeNs, stats.ctimeNs, stats.ino, stats.size].map(String).join(":");
		if (this.#isNamed) throw new Error("it is not there");
		if ((await this.#folder.stat()) === undefined) throw new Error("its folder is not there");
		return undefined;
	}

	async read(): Promise<Uint8Array> {
		const file = await open(this.#path);
		try {
			const { buffer, bytesRead } = await file.read(new Uint8Array(READ_BYTES_MAX), 0, READ_BYTES_MAX, 0);
			return buffer.subarray(0, bytesRead);
		} finally {
			await file.close();
		}
	}

	/** News may be missing; the file is asked for before anything is sent in any case. */
	watch(listener: () => void): () => void {
		try {
			const watcher = watch(dirname(this.#path), (_, name) => {
				if (name === null || name === basename(this.#path)) listener();
			});
			watcher.on("error", () => {
				watcher.close();
			});
			return () => {
				watcher.close();
			};
		} catch (error) {
			if (errnoOf(error) === undefined) throw error;
			return () => undefined;
		}
	}
}
