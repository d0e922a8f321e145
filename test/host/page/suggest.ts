// Dialogs in which one chooses from a list by typing: the list follows what is typed, arrow keys move through it, Enter and a click
// choose. Fuzzy matching is any order of letters that comes in the text one after the other, as in the app's own pickers.
import { FuzzySuggestModal, Modal, SuggestModal } from "obsidian-test-mocks/obsidian";
import { native } from "./leaks.ts";

export function showSuggestions(): void {
	SuggestModal.prototype.constructor2__ = function () {
		this.modalEl.addClass("prompt");
		this.inputEl.addClass("prompt-input");
		this.resultContainerEl.addClass("prompt-results");
		this.modalEl.append(this.inputEl, this.resultContainerEl);
	};
	SuggestModal.prototype.open = function () {
		Modal.prototype.open.call(this);
		this.inputEl.focus();
		let shown: unknown[] = [];
		let at = 0;
		const mark = (): void => {
			[...this.resultContainerEl.children].forEach((el, i) => {
				el.classList.toggle("is-selected", i === at);
			});
		};
		const draw = async (): Promise<void> => {
			shown = (await this.getSuggestions(this.inputEl.value)).slice(0, this.limit);
			at = 0;
			this.resultContainerEl.empty();
			if (shown.length === 0) this.resultContainerEl.createDiv({ cls: "suggestion-empty", text: this.emptyStateText });
			for (const each of shown) {
				const itemEl = this.resultContainerEl.createDiv("suggestion-item");
				this.renderSuggestion(each, itemEl);
				native.addEventListener.call(itemEl, "click", (event) => {
					this.selectSuggestion(each, event as MouseEvent);
				});
			}
			mark();
		};
		native.addEventListener.call(this.inputEl, "input", () => void draw());
		native.addEventListener.call(this.inputEl, "keydown", (event) => {
			const { key } = event as KeyboardEvent;
			if (key === "ArrowDown") at = Math.min(at + 1, shown.length - 1);
			else if (key === "ArrowUp") at = Math.max(at - 1, 0);
			else if (key === "Enter" && shown.length > 0) this.selectSuggestion(shown[at], event as KeyboardEvent);
			mark();
		});
		void draw();
	};
	const fuzzy = {
		getSuggestions(this: FuzzySuggestModal<unknown>, query: string) {
			const letters = query.toLowerCase();
			return this.getItems()
				.filter((item) => hasInOrder(this.getItemText(item).toLowerCase(), letters))
				.map((item) => ({ item, match: { score: 0, matches: [] } }));
		},
		renderSuggestion(this: FuzzySuggestModal<unknown>, { item }: { readonly item: unknown }, el: HTMLElement) {
			el.setText(this.getItemText(item));
		},
	};
	Object.assign(FuzzySuggestModal.prototype, fuzzy);
}

function hasInOrder(text: string, letters: string): boolean {
	let from = 0;
	for (const letter of letters) {
		const found = text.indexOf(letter, from);
		if (found < 0) return false;
		from = found + letter.length;
	}
	return true;
}
