// One open note: a text box with the app's habits. It saves two seconds after the first unsaved key, typing on does not
// put that off, and a clean note shows at once what others wrote. A dirty one keeps what was typed.
import { MarkdownView, WorkspaceLeaf, type App, type TFile } from "obsidian-test-mocks/obsidian";
import { native } from "./leaks.ts";

const autosaveMs = 2_000;

export class EditorPane {
	readonly #app: App;
	readonly #titleEl: HTMLElement;
	readonly #textEl: HTMLTextAreaElement;
	readonly #view: MarkdownView;
	#file: TFile | undefined;
	#saveTimer: number | undefined;

	constructor(app: App, containerEl: HTMLElement) {
		this.#app = app;
		this.#titleEl = containerEl.createDiv({ cls: "view-header-title", text: "No file is open" });
		this.#textEl = containerEl.createEl("textarea", {
			cls: "editor-text",
			attr: { spellcheck: "false", disabled: "" },
		});
		this.#textEl.addEventListener("input", () => {
			this.#typed();
		});
		app.vault.on("modify", (file) => {
			if (file === this.#file && !this.isDirty()) void this.#show();
		});
		app.vault.on("delete", (file) => {
			if (file === this.#file) this.#close();
		});
		app.vault.on("rename", (file) => {
			if (file === this.#file) this.#titleEl.setText(this.#file?.path ?? "");
		});
		const leaf = WorkspaceLeaf.create2__(app);
		this.#view = MarkdownView.create2__(leaf);
		this.#view.save = () => this.save();
		leaf.view = this.#view.asOriginalType2__();
		this.#setSaveTimer(undefined);
	}

	async open(file: TFile): Promise<void> {
		await this.save();
		this.#file = file;
		this.#view.file = file;
		this.#textEl.disabled = false;
		this.#app.workspace.setActiveLeaf(this.#view.leaf);
		await this.#view.leaf.openFile(file);
		this.#app.workspace.trigger("file-open", file);
		await this.#view.leaf.setViewState({ type: "markdown", state: { file: file.path } });
		await this.#show();
	}

	/** The file in use, also while the person is in a sidebar. */
	get file(): TFile | undefined {
		return this.#file;
	}

	isDirty(): boolean {
		return this.#saveTimer !== undefined;
	}

	async save(): Promise<void> {
		if (this.#saveTimer === undefined || this.#file === undefined) return;
		native.clearTimeout(this.#saveTimer);
		this.#setSaveTimer(undefined);
		await this.#app.vault.modify(this.#file, this.#textEl.value);
	}

	#typed(): void {
		this.#view.setViewData(this.#textEl.value, false);
		if (!this.isDirty()) this.#setSaveTimer(native.setTimeout(() => void this.save(), autosaveMs));
		this.#app.workspace.trigger("editor-change", this.#view.editor, this.#view);
	}

	#setSaveTimer(timer: number | undefined): void {
		this.#saveTimer = timer;
		// No public field, but plugins look at it to see whether there is something to save.
		Object.assign(this.#view, { dirty: timer !== undefined });
	}

	async #show(): Promise<void> {
		if (this.#file === undefined) return;
		const text = await this.#app.vault.read(this.#file);
		this.#titleEl.setText(this.#file.path);
		this.#view.setViewData(text, false);
		if (this.#textEl.value === text) return;
		const { selectionStart, selectionEnd } = this.#textEl;
		this.#textEl.value = text;
		this.#textEl.setSelectionRange(selectionStart, selectionEnd);
	}

	#close(): void {
		if (this.#saveTimer !== undefined) native.clearTimeout(this.#saveTimer);
		this.#setSaveTimer(undefined);
		this.#file = undefined;
		this.#view.file = null;
		this.#textEl.value = "";
		this.#textEl.disabled = true;
		this.#titleEl.setText("No file is open");
		this.#app.workspace.trigger("file-open", null);
	}
}
