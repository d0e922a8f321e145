// Which conflicts there are now in this vault, and who hears when that changes. It reads names of files only when one of them changes.
import type { App, EventRef } from "obsidian";
import { isHiddenPath } from "../../core/path.ts";
import type { SyncControls } from "../sync-controls.ts";
import { conflictList, type ConflictEntry } from "./conflict-list.ts";
import { mayBeCopy } from "./copy-name.ts";

export interface ConflictsOptions {
	readonly app: App;
	readonly controls: SyncControls;
	/** The plugin's `registerEvent`: what is listened to ends with the plugin. */
	readonly registerEvent: (event: EventRef) => void;
}

export class Conflicts {
	readonly #options: ConflictsOptions;
	readonly #listeners = new Set<() => void>();
	/** Files that may be called as copies are; `undefined`: nobody has asked yet. */
	#candidates: Set<string> | undefined;

	constructor(options: ConflictsOptions) {
		this.#options = options;
		const { vault } = options.app;
		const change = (gone: string | undefined, there: string | undefined): void => {
			const isGone = gone !== undefined && this.#candidates?.delete(gone) === true;
			const isNew = there !== undefined && mayBeCopy(there);
			if (isNew) this.#candidates?.add(there);
			if (isGone || isNew) for (const listener of [...this.#listeners]) listener();
		};
		options.registerEvent(
			vault.on("create", ({ path }) => {
				change(undefined, path);
			}),
		);
		options.registerEvent(
			vault.on("delete", ({ path }) => {
				change(path, undefined);
			}),
		);
		options.registerEvent(
			vault.on("rename", ({ path }, oldPath) => {
				change(oldPath, path);
			}),
		);
	}

	/** Cheap. */
	get entries(): readonly ConflictEntry[] {
		const { app, controls } = this.#options;
		if (controls.state.kind !== "running") return [];
		this.#candidates ??= new Set(app.vault.getFiles().flatMap(({ path }) => (mayBeCopy(path) ? [path] : [])));
		const isFile = (path: string): boolean => app.vault.getFileByPath(path) !== null;
		// Of settings a person decides where they are listed (OS5).
		const conflicts = controls.state.status.conflicts.filter(({ path }) => !isHiddenPath(path));
		return conflictList(conflicts, this.#candidates, isFile);
	}

	/** It may have changed. */
	onChange(listener: () => void): () => void {
		this.#listeners.add(listener);
		const forget = this.#options.controls.onState(listener);
		return () => {
			this.#listeners.delete(listener);
			forget();
		};
	}
}
