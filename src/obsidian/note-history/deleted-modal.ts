// Notes that are gone and still kept here, with the way back for each. Rule GH3 of readme/SPEC.md.
import { Modal, Notice } from "obsidian";
import type { App } from "obsidian";
import type { KeptVersion } from "../../engine/history.ts";
import { noteName } from "../note-name.ts";
import { historyText } from "../strings.ts";
import type { SyncControls } from "../sync-controls.ts";
import { errorMessage } from "../vault-errors.ts";
import { versionLine } from "./history-words.ts";
import { deletedNotes } from "./kept-lists.ts";
import { restoreVersion } from "./version-modal.ts";

export interface DeletedModalOptions {
	readonly app: App;
	readonly controls: SyncControls;
	readonly look: (version: KeptVersion) => void;
}

/** More than anybody looks through. */
const ROWS_MAX = 100;

export class DeletedModal extends Modal {
	readonly #options: DeletedModalOptions;
	#notes: readonly KeptVersion[] = [];
	#wanted = "";
	#isOpen = false;
	#listEl: HTMLElement | undefined;

	constructor(options: DeletedModalOptions) {
		super(options.app);
		this.#options = options;
	}

	override onOpen(): void {
		this.#isOpen = true;
		this.modalEl.addClass("psync-named");
		this.setTitle(historyText.deleted);
		this.titleEl.tabIndex = -1;
		this.titleEl.focus();
		void this.#load();
	}

	override onClose(): void {
		this.#isOpen = false;
		this.contentEl.empty();
	}

	async #load(): Promise<void> {
		const { past } = this.#options.controls;
		let problem = past === undefined ? historyText.notRunning : undefined;
		try {
			const kept = (await past?.kept()) ?? [];
			this.#notes = deletedNotes(kept, (path) => this.app.vault.getAbstractFileByPath(path) !== null);
		} catch (error) {
			if (!(error instanceof Error)) throw error;
			problem = historyText.failed(errorMessage(error));
		}
		if (!this.#isOpen) return;
		const { contentEl } = this;
		contentEl.empty();
		if (problem !== undefined || this.#notes.length === 0) {
			contentEl.createEl("p", { text: problem ?? historyText.noDeleted });
			return;
		}
		contentEl.createEl("p", { text: historyText.deletedIntro });
		const filterEl = contentEl.createEl("input", {
			type: "search",
			cls: "psync-filter",
			attr: { placeholder: historyText.filter, "aria-label": historyText.filter },
		});
		filterEl.value = this.#wanted;
		filterEl.addEventListener("input", () => {
			this.#wanted = filterEl.value;
			this.#list();
		});
		this.#listEl = contentEl.createDiv();
		this.#list();
	}

	#list(): void {
		const listEl = this.#listEl;
		if (listEl === undefined) return;
		listEl.empty();
		const wanted = this.#wanted.toLocaleLowerCase();
		const found = this.#notes.filter(({ path }) => path.toLocaleLowerCase().includes(wanted));
		if (found.length === 0) listEl.createEl("p", { cls: "psync-muted", text: historyText.noMatch });
		const rowsEl = listEl.createEl("ul", { cls: "psync-rows" });
		for (const version of found.slice(0, ROWS_MAX)) this.#drawRow(rowsEl, version);
		if (found.length > ROWS_MAX)
			listEl.createEl("p", { cls: "psync-muted", text: historyText.more(found.length - ROWS_MAX) });
	}

	#drawRow(rowsEl: HTMLElement, version: KeptVersion): void {
		const rowEl = rowsEl.createEl("li", "psync-row-item");
		const saidEl = rowEl.createDiv("psync-row-said");
		saidEl.createDiv({ cls: "psync-row-title", text: noteName(version.path) });
		saidEl.createDiv({ cls: "psync-muted", text: `${historyText.at(version.atMs)}: ${versionLine(version)}` });
		const actionsEl = rowEl.createDiv("psync-row-actions");
		const add = (text: string, label: string, run: () => void): void => {
			actionsEl
				.createEl("button", { text, attr: { type: "button", "aria-label": label } })
				.addEventListener("click", run);
		};
		add(historyText.look, historyText.lookLabel(noteName(version.path), version.atMs), () => {
			this.#options.look(version);
		});
		add(historyText.restoreDeleted, historyText.restoreLabel(noteName(version.path)), () => {
			void this.#restore(version);
		});
	}

	async #restore(version: KeptVersion): Promise<void> {
		const { past } = this.#options.controls;
		const said = past === undefined ? historyText.notRunning : (await restoreVersion(past, version)).text;
		new Notice(said);
		if (!this.#isOpen) return;
		await this.#load();
		this.titleEl.focus();
	}
}
