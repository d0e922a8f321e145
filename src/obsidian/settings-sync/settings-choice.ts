// Which kinds of the app's settings sync on this device: none, until its person chooses some. In local storage, as it is this device's own
// affair. Rule OS1 of readme/SPEC.md.
import * as v from "valibot";
import type { LocalStorage } from "../device-settings.ts";
import { SETTINGS_KINDS } from "./settings-kinds.ts";
import type { SettingsKind } from "./settings-kinds.ts";

const STORED = "psync-settings-kinds";
const NONE: readonly SettingsKind[] = [];
const schema = v.array(v.string());

export class SettingsChoice {
	readonly #storage: LocalStorage;
	readonly #listeners = new Set<() => void>();
	#current = NONE;

	constructor(storage: LocalStorage) {
		this.#storage = storage;
	}

	/** The same object as long as nothing changed. */
	get current(): readonly SettingsKind[] {
		// Asked anew each time: whoever leaves a group forgets it in the storage.
		const parsed = v.safeParse(schema, this.#storage.loadLocalStorage(STORED));
		const kinds = parsed.success ? SETTINGS_KINDS.filter((kind) => parsed.output.includes(kind)) : NONE;
		if (kinds.join() !== this.#current.join()) this.#current = kinds;
		return this.#current;
	}

	/** Throws where it cannot be kept: then all is as it was. */
	choose(kind: SettingsKind, syncs: boolean): void {
		const others = this.current.filter((each) => each !== kind);
		const kinds = syncs ? [...others, kind] : others;
		this.#storage.saveLocalStorage(STORED, kinds.length === 0 ? null : kinds);
		for (const listener of [...this.#listeners]) listener();
	}

	watch(listener: () => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}
}

/** What was chosen was for the group that is left: into another one nothing goes that nobody chose for it. */
export function forgetSettingsChoice(storage: LocalStorage): void {
	storage.saveLocalStorage(STORED, null);
}
