// One open note: a text box with the app's habits. It saves two seconds after the first unsaved key, typing on does not
// put that off. A clean note shows at once what others wrote: only what differs is replaced, so cursor, selection and scroll stay where
// they are. Into a dirty one it is merged as well as that goes, with a notice; where both changed the same place, what was typed stays.
import { MarkdownView, Notice, WorkspaceLeaf, type App, type TFile } from "obsidian-test-mocks/obsidian";
import { native } from "./leaks.ts";

const autosaveMs = 2_000;

export class EditorPane {
	readonly #app: App;
	readonly #titleEl: HTMLElement;
	readonly #textEl: HTMLTextAreaElement;
	readonly #view: MarkdownView;
	#file: TFile | undefined;
	#saveTimer: number | undefined;
	/** As it was last read or written. */
	#saved = "";
	/** How often this pane began to write: what was read before is old. */
	#saves = 0;

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
			if (file === this.#file) void this.#reload();
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
		await this.#view.leaf.setViewState({ type: "markdown", state: { file: file.path } });
		this.#titleEl.setText(file.path);
		this.#saved = await this.#app.vault.read(file);
		this.#textEl.value = this.#saved;
		this.#view.setViewData(this.#saved, true);
		this.#app.workspace.trigger("file-open", file);
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
		this.#saves++;
		this.#saved = this.#textEl.value;
		await this.#app.vault.modify(this.#file, this.#saved);
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

	async #reload(): Promise<void> {
		const file = this.#file;
		const saves = this.#saves;
		if (file === undefined) return;
		const text = await this.#app.vault.read(file);
		if (file !== this.#file || saves !== this.#saves || text === this.#saved) return;
		const theirs = changeOf(this.#saved, text);
		const own = changeOf(this.#saved, this.#textEl.value);
		this.#saved = text;
		if (this.isDirty()) {
			new Notice(`${file.basename} has been modified externally, merging changes automatically.`);
			// Both in one place: what does not fit is left out.
			if (own.from <= theirs.to && theirs.from <= own.to) return;
		}
		const shift = own.to < theirs.from ? own.text.length - (own.to - own.from) : 0;
		this.#textEl.setRangeText(theirs.text, theirs.from + shift, theirs.to + shift, "preserve");
		this.#view.setViewData(this.#textEl.value, false);
		this.#app.workspace.trigger("editor-change", this.#view.editor, this.#view);
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

interface Change {
	readonly from: number;
	readonly to: number;
	readonly text: string;
}

/** What lies between what both begin with and what both end with. */
function changeOf(before: string, after: string): Change {
	const shorter = Math.min(before.length, after.length);
	let from = 0;
	while (from < shorter && before[from] === after[from]) from++;
	let end = 0;
	while (end < shorter - from && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
	return { from, to: before.length - end, text: after.slice(from, after.length - end) };
}
