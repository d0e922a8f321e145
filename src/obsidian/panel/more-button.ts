// The button below a list that is cut short: each press shows more of it.
import { panelText } from "../strings.ts";

export class MoreButton {
	readonly #step: number;
	readonly #buttonEl: HTMLElement;
	#shown: number;

	constructor(containerEl: HTMLElement, step: number, onMore: () => void) {
		this.#step = this.#shown = step;
		this.#buttonEl = containerEl.createEl("button", { cls: "psync-more", attr: { type: "button" } });
		this.#buttonEl.addEventListener("click", () => {
			this.#shown += this.#step;
			onMore();
		});
	}

	/** As many of `items` as are to be shown; the button is there for the rest. */
	firstOf<T>(items: readonly T[]): readonly T[] {
		const left = items.length - this.#shown;
		this.#buttonEl.toggle(left > 0);
		const text = left > 0 ? panelText.showMore(Math.min(left, this.#step)) : "";
		if (this.#buttonEl.textContent !== text) this.#buttonEl.setText(text);
		return left > 0 ? items.slice(0, this.#shown) : items;
	}
}
