// The file in which a person says what stays on this device: `.psyncignore` at the top of the vault.
import type { DataAdapter } from "obsidian";
import { IGNORE_FILE, type RulesFile } from "../engine/ignore-rules.ts";

type Adapter = Pick<DataAdapter, "exists" | "stat" | "readBinary" | "write">;

export class ObsidianIgnoreFile implements RulesFile {
	readonly name = IGNORE_FILE;
	readonly #adapter: Adapter;
	readonly #configDir: string;
	readonly #listeners = new Set<() => void>();

	/** `configDir`: every vault that is open has it; without it nothing is known of what else is there. */
	constructor(adapter: Adapter, configDir: string) {
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

	/** Where there is no file, nothing. */
	async text(): Promise<string> {
		return (await this.stamp()) === undefined ? "" : new TextDecoder().decode(await this.read());
	}

	/** False, and nothing is written: another program has put something else there since it was `expected`. */
	async replace(expected: string, text: string): Promise<boolean> {
		if ((await this.text()) !== expected) return false;
		await this.#adapter.write(IGNORE_FILE, text);
		for (const listener of [...this.#listeners]) listener();
		return true;
	}

	/**
	 * Tells of what is written by `replace`. Obsidian tells nothing of hidden files: what others write is asked for before anything is
	 * sent, and when the app comes to the front.
	 */
	watch(listener: () => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}
}
