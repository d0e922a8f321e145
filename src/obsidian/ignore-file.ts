// The file in which a person says what stays on this device: `.psyncignore` at the top of the vault.
import type { DataAdapter } from "obsidian";
import { IGNORE_FILE, type RulesFile } from "../engine/ignore-rules.ts";

export class ObsidianIgnoreFile implements RulesFile {
	readonly name = IGNORE_FILE;
	readonly #adapter: Pick<DataAdapter, "exists" | "stat" | "readBinary">;
	readonly #configDir: string;

	/** `configDir`: every vault that is open has it; without it nothing is known of what else is there. */
	constructor(adapter: Pick<DataAdapter, "exists" | "stat" | "readBinary">, configDir: string) {
		this.#adapter = adapter;
		this.#configDir = configDir;
	}

	async stamp(): Promise<string | undefined> {
		const stat = await this.#adapter.stat(IGNORE_FILE);
		if (stat?.type === "file") return `${String(stat.mtime)}:${String(stat.size)}`;
		if (!(await this.#adapter.exists(this.#configDir))) throw new Error("the vault's folder is not there");
		return undefined;
	}

	async read(): Promise<Uint8Array> {
		return new Uint8Array(await this.#adapter.readBinary(IGNORE_FILE));
	}

	/** Obsidian tells nothing of hidden files. It is asked for before anything is sent, and when the app comes to the front. */
	watch(): () => void {
		return () => undefined;
	}
}
