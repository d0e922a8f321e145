// A list that follows what it shows: a row is drawn when it comes and when it looks different, moved when its place changes, and else left
// alone, or the keyboard would lose its place and the screen reader begin anew.

export interface RowsOptions<T> {
	/** Of the same thing the same, also when it is said anew. */
	readonly key: (item: T) => unknown;
	/** Equal: there is nothing to draw. Absent: what has the same key always looks the same. */
	readonly look?: (item: T) => string;
	readonly draw: (rowEl: HTMLElement, item: T) => void;
}

interface Row {
	readonly rowEl: HTMLElement;
	look: string;
}

const REACHABLE = "button, input, select, summary";

export class Rows<T> {
	readonly #listEl: HTMLElement;
	readonly #options: RowsOptions<T>;
	#rows = new Map<unknown, Row>();

	constructor(containerEl: HTMLElement, options: RowsOptions<T>) {
		this.#listEl = containerEl.createDiv({ cls: "psync-rows", attr: { role: "list" } });
		this.#options = options;
	}

	show(items: readonly T[]): void {
		const { key, look, draw } = this.#options;
		const rows = new Map<unknown, Row>();
		for (const item of items) {
			const looks = look?.(item) ?? "";
			const name = key(item);
			const row = this.#rows.get(name) ?? {
				rowEl: createDiv({ cls: "psync-row", attr: { role: "listitem" } }),
				look: "",
			};
			if (!this.#rows.has(name) || row.look !== looks) redraw(row.rowEl, item, draw);
			row.look = looks;
			rows.set(name, row);
		}
		for (const [name, { rowEl }] of this.#rows) if (!rows.has(name)) rowEl.remove();
		let place = this.#listEl.firstElementChild;
		for (const { rowEl } of rows.values()) {
			if (rowEl === place) place = place.nextElementSibling;
			else this.#listEl.insertBefore(rowEl, place);
		}
		this.#rows = rows;
	}
}

function redraw<T>(rowEl: HTMLElement, item: T, draw: (rowEl: HTMLElement, item: T) => void): void {
	const focused = [...rowEl.querySelectorAll(REACHABLE)].findIndex((each) => each === rowEl.doc.activeElement);
	rowEl.empty();
	draw(rowEl, item);
	if (focused >= 0) rowEl.querySelectorAll<HTMLElement>(REACHABLE)[focused]?.focus();
}
