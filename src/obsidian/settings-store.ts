// The one writer of data.json: saves follow each other in order, and a change from outside is taken up.
import { parseSettings, defaultSettings } from "./settings.ts";
import type { Settings } from "./settings.ts";

/** Plugin.loadData and Plugin.saveData. */
export interface DataFile {
	loadData(): Promise<unknown>;
	saveData(data: unknown): Promise<void>;
}

export class SettingsStore {
	readonly #file: DataFile;
	#settings: Settings = defaultSettings;
	#stored: Record<string, unknown> = {};
	#writing: Promise<void> = Promise.resolve();

	constructor(file: DataFile) {
		this.#file = file;
	}

	get current(): Settings {
		return this.#settings;
	}

	/** At start, and when data.json was changed from outside. */
	async load(): Promise<void> {
		// Whoever asked for a write that failed has heard of it; here it is only over.
		await this.#writing.catch(() => undefined);
		({ settings: this.#settings, stored: this.#stored } = parseSettings(await this.#file.loadData()));
	}

	/** Takes effect at once; resolves when it is written. */
	change(change: Partial<Settings>): Promise<void> {
		this.#settings = { ...this.#settings, ...change };
		const write = async (): Promise<void> => {
			await this.#file.saveData({ ...this.#stored, ...this.#settings });
		};
		// A write that failed is its caller's to tell; the next one is tried all the same.
		this.#writing = this.#writing.then(write, write);
		return this.#writing;
	}
}
