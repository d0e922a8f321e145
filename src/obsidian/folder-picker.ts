// One folder of the vault, chosen by typing a part of its name.
import { FuzzySuggestModal } from "obsidian";
import type { App, TFolder } from "obsidian";
import { scopeText } from "./strings.ts";

export class FolderPicker extends FuzzySuggestModal<TFolder> {
	readonly #chosen: readonly string[];
	readonly #onChoose: (path: string) => void;

	/** `chosen`: not offered again. */
	constructor(app: App, chosen: readonly string[], onChoose: (path: string) => void) {
		super(app);
		this.#chosen = chosen;
		this.#onChoose = onChoose;
		this.emptyStateText = scopeText.noFolder;
		this.setPlaceholder(scopeText.pickFolder);
	}

	override getItems(): TFolder[] {
		return this.app.vault.getAllFolders(false).filter(({ path }) => !this.#chosen.includes(path));
	}

	override getItemText({ path }: TFolder): string {
		return path;
	}

	override onChooseItem({ path }: TFolder): void {
		this.#onChoose(path);
	}
}
