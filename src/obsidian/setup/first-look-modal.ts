// What a first sync will do, before it does it: what is the same, here, there or different, by folder, and which side counts where both
// have something else. Closing it in whatever way but one is the usual choice, that both are kept: syncing never waits for a dialog that is
// gone (readme/decisions/018-a-first-look-waits-for-nobody.md).
import { ButtonComponent, Modal } from "obsidian";
import type { App } from "obsidian";
import type { ComparedPath, Fate } from "../../core/first-look.ts";
import type { FirstJoin } from "../../core/first-join.ts";
import { firstLookText } from "../strings.ts";
import { size } from "../words/counting.ts";
import { FirstComparison } from "./first-comparison.ts";
import { sumsOf } from "./first-look-sums.ts";
import type { Sum } from "./first-look-sums.ts";

export interface FirstLookOptions {
	/** How it goes, as long as nothing was heard. */
	readonly waiting: () => string;
	readonly onNews: (listener: () => void) => () => void;
	/** `undefined`: no other device was heard yet. */
	readonly compare: () => Promise<readonly ComparedPath[]> | undefined;
	readonly choose: (choice: FirstJoin) => void;
	/** The vault joins no group. */
	readonly decline: () => void;
}

/** Of a list that is to be read, not searched. */
const LISTED_MAX = 100;
const FOLDERS_MAX = 50;
const CHOICES: readonly FirstJoin[] = ["merge", "theirs", "mine"];

export class FirstLookModal extends Modal {
	readonly #options: FirstLookOptions;
	#choice: FirstJoin = "merge";
	#isDecided = false;
	#forget: () => void = () => undefined;

	constructor(app: App, options: FirstLookOptions) {
		super(app);
		this.#options = options;
	}

	override onOpen(): void {
		this.modalEl.addClass("psync-setup", "psync-first-look");
		this.setTitle(firstLookText.title);
		this.titleEl.tabIndex = -1;
		this.titleEl.focus();
		const statusEl = this.contentEl.createEl("p", { attr: { role: "status" } });
		const againEl = this.contentEl.createDiv("psync-buttons");
		this.#drawButtons(firstLookText.startNow);
		const comparison = new FirstComparison({
			compare: this.#options.compare,
			onChange: (state) => {
				againEl.empty();
				if (state.kind === "compared") this.#draw(state.paths);
				else if (state.kind === "comparing") statusEl.setText(firstLookText.comparing);
				else if (state.kind === "waiting") statusEl.setText(this.#options.waiting());
				else {
					statusEl.setText(firstLookText.cannotCompare(state.message));
					new ButtonComponent(againEl).setButtonText(firstLookText.compareAgain).onClick(() => {
						// The button that was pressed goes: the keyboard goes on from the top.
						this.titleEl.focus();
						comparison.again();
					});
				}
			},
		});
		const forget = this.#options.onNews(() => {
			comparison.look();
		});
		this.#forget = () => {
			forget();
			comparison.end();
		};
		comparison.look();
	}

	override onClose(): void {
		this.#forget();
		this.#decide(() => {
			this.#options.choose("merge");
		});
	}

	#draw(compared: readonly ComparedPath[]): void {
		const { contentEl } = this;
		const sums = sumsOf(compared);
		contentEl.empty();
		contentEl.createEl("p", { text: firstLookText.nothingIsLost });
		const factsEl = contentEl.createEl("dl", { cls: "psync-facts" });
		const add = (name: string, { files, bytes }: Sum): void => {
			factsEl.createEl("dt", { text: name });
			factsEl.createEl("dd", { text: firstLookText.sum(files, size(bytes)) });
		};
		add(firstLookText.same, sums.all.same);
		add(firstLookText.onlyThere, sums.all.there);
		add(firstLookText.onlyHere, sums.all.here);
		add(firstLookText.different, sums.all.different);
		if (sums.all.past.files > 0) add(firstLookText.past, sums.all.past);
		if (sums.all.different.files + sums.all.past.files > 0) this.#drawChoices();
		this.#drawList(firstLookText.differentList, compared, ["different"]);
		this.#drawList(firstLookText.pastList, compared, ["older-here", "deleted-there"]);
		if (sums.folders.size > 1) {
			const foldersEl = drawDetails(contentEl, firstLookText.byFolder);
			for (const [folder, { same, there, here, different }] of [...sums.folders].slice(0, FOLDERS_MAX)) {
				const name = folder === "" ? firstLookText.noFolder : folder;
				const counts = [same, there, here, different].map(({ files }) => files);
				foldersEl.createEl("li", { text: firstLookText.folder(name, counts) });
			}
			if (sums.folders.size > FOLDERS_MAX)
				foldersEl.createEl("li", { text: firstLookText.more(sums.folders.size - FOLDERS_MAX) });
		}
		this.#drawButtons(firstLookText.start);
	}

	#drawChoices(): void {
		const groupEl = this.contentEl.createEl("fieldset", { cls: "psync-first-choice" });
		groupEl.createEl("legend", { text: firstLookText.whatCounts });
		for (const choice of CHOICES) {
			const labelEl = groupEl.createEl("label");
			const inputEl = labelEl.createEl("input", { type: "radio", attr: { name: "psync-first-join", value: choice } });
			inputEl.checked = choice === this.#choice;
			inputEl.addEventListener("change", () => {
				this.#choice = choice;
			});
			const textEl = labelEl.createDiv();
			textEl.createDiv({ text: firstLookText.choices[choice].name });
			textEl.createDiv({ cls: "psync-choice-desc", text: firstLookText.choices[choice].desc });
		}
	}

	#drawList(title: string, compared: readonly ComparedPath[], fates: readonly Fate[]): void {
		const paths = compared.filter(({ fate }) => fates.includes(fate)).map(({ path }) => path);
		if (paths.length === 0) return;
		const listEl = drawDetails(this.contentEl, title);
		for (const path of paths.slice(0, LISTED_MAX)) listEl.createEl("li", { text: path });
		if (paths.length > LISTED_MAX) listEl.createEl("li", { text: firstLookText.more(paths.length - LISTED_MAX) });
	}

	#drawButtons(start: string): void {
		const buttonsEl = this.contentEl.createDiv("psync-buttons psync-last");
		new ButtonComponent(buttonsEl)
			.setButtonText(start)
			.setCta()
			.onClick(() => {
				this.#decide(() => {
					this.#options.choose(this.#choice);
				});
				this.close();
			});
		new ButtonComponent(buttonsEl).setButtonText(firstLookText.decline).onClick(() => {
			this.#decide(this.#options.decline);
			this.close();
		});
	}

	#decide(run: () => void): void {
		if (this.#isDecided) return;
		this.#isDecided = true;
		run();
	}
}

function drawDetails(parent: HTMLElement, title: string): HTMLElement {
	const detailsEl = parent.createEl("details", { cls: "psync-recipe" });
	detailsEl.createEl("summary", { text: title });
	return detailsEl.createEl("ul");
}
