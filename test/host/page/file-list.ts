// The list of files beside the editor: a row for each, in the order of their paths. Kept as files come and go, one row at a time: with
// thousands of notes a list that is made anew for each would be all that the app does.
import { TFile, type App } from "obsidian-test-mocks/obsidian";

export class FileList {
	readonly #app: App;
	readonly #el: HTMLElement;
	/** Sorted. */
	#paths: string[] = [];
	readonly #rows = new Map<string, HTMLElement>();

	constructor(app: App, el: HTMLElement, onOpen: (file: TFile) => void) {
		this.#app = app;
		this.#el = el;
		el.addEventListener("click", ({ target }) => {
			const path = target instanceof HTMLElement ? target.dataset["path"] : undefined;
			const file = path === undefined ? null : app.vault.getFileByPath(path);
			if (file !== null) onOpen(file);
		});
		app.vault.on("create", (file) => {
			if (file instanceof TFile) this.#add(file.path);
		});
		app.vault.on("delete", (file) => {
			if (file instanceof TFile) this.#remove(file.path);
			else this.#listAll();
		});
		app.vault.on("rename", (file, from) => {
			if (!(file instanceof TFile)) {
				this.#listAll();
				return;
			}
			if (typeof from === "string") this.#remove(from);
			this.#add(file.path);
		});
		this.#listAll();
	}

	#listAll(): void {
		this.#el.empty();
		this.#rows.clear();
		this.#paths = [];
		for (const { path } of this.#app.vault.getFiles().sort((a, b) => (a.path < b.path ? -1 : 1))) this.#add(path);
	}

	#add(path: string): void {
		if (this.#rows.has(path)) return;
		const row = createDiv({ cls: "nav-file-title tappable", text: path.replace(/\.md$/, "") });
		row.dataset["path"] = path;
		const at = this.#placeOf(path);
		const next = this.#paths[at];
		this.#el.insertBefore(row, next === undefined ? null : (this.#rows.get(next) ?? null));
		this.#paths.splice(at, 0, path);
		this.#rows.set(path, row);
	}

	#remove(path: string): void {
		const row = this.#rows.get(path);
		if (row === undefined) return;
		row.remove();
		this.#rows.delete(path);
		this.#paths.splice(this.#placeOf(path), 1);
	}

	/** Of the first path that is not smaller. */
	#placeOf(path: string): number {
		let [from, to] = [0, this.#paths.length];
		while (from < to) {
			const middle = (from + to) >> 1;
			if ((this.#paths[middle] ?? "") < path) from = middle + 1;
			else to = middle;
		}
		return from;
	}
}
