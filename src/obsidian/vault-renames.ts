// Renames in Obsidian's tree. Open tabs follow; links in other notes are not rewritten: whoever renamed the file has done that, or chose
// not to.
import { TFile, TFolder } from "obsidian";
import type { App } from "obsidian";
import { pathKey, toVaultPath } from "../core/path.ts";
import type { VaultPath } from "../core/path.ts";
import type { RenameResult } from "../engine/ports/vault.ts";
import { saveOpenEditors } from "./open-editors.ts";
import { isAlreadyThere, isNotThere } from "./vault-errors.ts";
import { failed } from "./vault-places.ts";
import type { NoPlace, VaultPlaces } from "./vault-places.ts";

/** Whether what stands under a spelling is still what is to be renamed. */
export type IsExpected = (spelling: string) => Promise<boolean>;

export class VaultRenames {
	readonly #app: App;
	readonly #places: VaultPlaces;
	#respelling: Promise<unknown> = Promise.resolve();

	constructor(app: App, places: VaultPlaces) {
		this.#app = app;
		this.#places = places;
	}

	/** Where only the spelling changes, one at a time: each may rename the folders that the others go through. */
	rename(from: VaultPath, to: VaultPath, isExpected: IsExpected): Promise<RenameResult> {
		if (pathKey(from) !== pathKey(to)) return this.#rename(from, to, isExpected);
		const respelled = this.#respelling.then(() => this.#rename(from, to, isExpected));
		this.#respelling = respelled.catch(() => undefined);
		return respelled;
	}

	async #rename(from: VaultPath, to: VaultPath, isExpected: IsExpected): Promise<RenameResult> {
		const problem = this.#places.isPrivate(from) ? `${from} is hidden` : this.#places.nameProblem(to);
		if (problem !== undefined) return failed("illegal-name", problem);
		try {
			if (!(await this.#places.isPresent())) return failed("vault-missing", "the vault's folder is gone");
			const file = this.#places.find(from);
			if (!(file instanceof TFile)) return { kind: "changed" };
			await saveOpenEditors(this.#app.workspace, file.path);
			if (!(await isExpected(file.path))) return { kind: "changed" };
			const target =
				pathKey(from) === pathKey(to) ? await this.#respellFolders(file, to) : await this.#places.placeFor(to);
			if (typeof target !== "string") return target;
			if (target !== file.path) await this.#app.vault.rename(file, target);
			const stat = await this.#places.statOnDisk(target);
			const shown = toVaultPath(target);
			return stat === undefined || !shown.ok ? { kind: "changed" } : { kind: "renamed", stat, path: shown.path };
		} catch (error) {
			if (error instanceof Error && (isAlreadyThere(error) || isNotThere(error))) return { kind: "changed" };
			return this.#places.failure(error, to);
		}
	}

	/** Gives the folders above a file the spelling of `path`; what the file itself is then to be called. */
	async #respellFolders(file: TFile, path: VaultPath): Promise<string | NoPlace> {
		const names = path.split("/");
		for (let level = 1; level < names.length; level++) {
			const wanted = names.slice(0, level).join("/");
			const folder = this.#app.vault.getAbstractFileByPath(file.path.split("/").slice(0, level).join("/"));
			if (!(folder instanceof TFolder)) return { kind: "changed" };
			if (folder.path.normalize("NFC") !== wanted) await this.#app.vault.rename(folder, wanted);
		}
		// A decomposed name on the disk is the same spelling, and stays.
		return file.path.normalize("NFC") === path ? file.path : path;
	}
}
