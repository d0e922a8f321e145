// Taking back what a device did in one go, on all devices: first which, then what will happen, and only then it does. Rule GH4 of
// readme/SPEC.md.
import { Modal, Notice } from "obsidian";
import type { App } from "obsidian";
import type { Batch } from "../../engine/batches.ts";
import type { UndoStep, Undone } from "../../engine/past.ts";
import { noteName } from "../note-name.ts";
import { historyText } from "../strings.ts";
import type { PastControls, SyncControls } from "../sync-controls.ts";
import { errorMessage } from "../vault-errors.ts";
import { whose } from "./history-words.ts";

export interface UndoModalOptions {
	readonly app: App;
	readonly controls: SyncControls;
	/** Begins with the last changes of another device instead of the list. */
	readonly ofOthers: boolean;
}

const BATCHES_MAX = 50;
const NAMES_MAX = 3;
const PATHS_MAX = 100;

type Kind = UndoStep["kind"];
const KINDS: readonly Kind[] = ["back", "earlier", "removed", "left"];

export class UndoModal extends Modal {
	readonly #options: UndoModalOptions;
	#isOpen = false;
	#isBusy = false;

	constructor(options: UndoModalOptions) {
		super(options.app);
		this.#options = options;
	}

	override onOpen(): void {
		this.#isOpen = true;
		this.modalEl.addClass("psync-named");
		this.titleEl.tabIndex = -1;
		void this.#page(async (past) => {
			const batches = (await past.batches()).toReversed();
			const last = this.#options.ofOthers ? batches.find(({ isOwn }) => !isOwn) : undefined;
			if (last !== undefined) return this.#preview(past, last);
			return () => {
				this.#drawList(batches, this.#options.ofOthers ? historyText.noOthers : "");
			};
		});
	}

	override onClose(): void {
		this.#isOpen = false;
		this.contentEl.empty();
	}

	/** One page after another; what went wrong is a page too. */
	async #page(prepare: (past: PastControls) => Promise<() => void>): Promise<void> {
		const { past } = this.#options.controls;
		let draw: () => void;
		try {
			if (past === undefined) {
				draw = () => {
					this.#drawText(historyText.notRunning);
				};
			} else draw = await prepare(past);
		} catch (error) {
			if (!(error instanceof Error)) throw error;
			draw = () => {
				this.#drawText(historyText.failed(errorMessage(error)));
			};
		}
		if (!this.#isOpen) return;
		this.contentEl.empty();
		draw();
		this.titleEl.focus();
	}

	#drawText(text: string): void {
		this.setTitle(historyText.undoTitle);
		this.contentEl.createEl("p", { text });
	}

	#drawList(batches: readonly Batch[], said: string): void {
		this.setTitle(historyText.undoTitle);
		const { contentEl } = this;
		if (said !== "") contentEl.createEl("p", { text: said });
		contentEl.createEl("p", { text: batches.length === 0 ? historyText.noBatches : historyText.undoIntro });
		const listEl = contentEl.createEl("ul", { cls: "psync-rows" });
		for (const batch of batches.slice(0, BATCHES_MAX)) {
			const { atMs, changes } = batch;
			const buttonEl = listEl.createEl("li").createEl("button", {
				cls: "psync-row-button",
				attr: { type: "button" },
			});
			buttonEl.createSpan({ cls: "psync-row-title", text: historyText.batch(whose(batch), changes.length) });
			const all = changes.map(({ path }) => noteName(path)).sort((a, b) => a.localeCompare(b));
			const names = all.slice(0, NAMES_MAX);
			buttonEl.createSpan({ text: historyText.names(names, changes.length - names.length) });
			buttonEl.createSpan({ cls: "psync-muted", text: historyText.at(atMs) });
			buttonEl.addEventListener("click", () => {
				void this.#page((past) => this.#preview(past, batch));
			});
		}
	}

	async #preview(past: PastControls, batch: Batch): Promise<() => void> {
		const steps = await past.preview(batch.id);
		return () => {
			if (steps === undefined) this.#drawText(historyText.noBatches);
			else this.#drawPreview(batch, steps);
		};
	}

	#drawPreview(batch: Batch, steps: readonly UndoStep[]): void {
		this.setTitle(historyText.previewTitle(whose(batch), batch.atMs));
		const { contentEl } = this;
		const isAny = steps.some(({ kind }) => kind !== "left");
		contentEl.createEl("p", { text: isAny ? historyText.previewIntro : historyText.nothingToDo });
		for (const kind of KINDS) {
			const ofKind = steps.filter((step) => step.kind === kind);
			if (ofKind.length === 0) continue;
			contentEl.createEl("h4", { cls: "psync-step", text: historyText.steps[kind](ofKind.length) });
			drawPaths(
				contentEl,
				ofKind.map(lineOf).sort((a, b) => a.localeCompare(b)),
			);
		}
		const choicesEl = contentEl.createDiv("psync-decide");
		const add = (text: string, run: () => void): HTMLButtonElement => {
			const buttonEl = choicesEl.createEl("button", { text, attr: { type: "button" } });
			buttonEl.addEventListener("click", run);
			return buttonEl;
		};
		if (isAny) {
			const undoEl = add(historyText.undoNow, () => {
				if (this.#isBusy) return;
				undoEl.setText(historyText.working);
				void this.#undo(batch, steps);
			});
			undoEl.addClass("mod-cta");
		}
		add(historyText.otherChanges, () => {
			void this.#page(async (past) => {
				const batches = (await past.batches()).toReversed();
				return () => {
					this.#drawList(batches, "");
				};
			});
		});
		add(historyText.cancel, () => {
			this.close();
		});
	}

	async #undo({ id }: Batch, shown: readonly UndoStep[]): Promise<void> {
		this.#isBusy = true;
		await this.#page(async (past) => {
			const undone = await past.undo(id, shown);
			if (undone === undefined) {
				return () => {
					this.#drawText(historyText.noBatches);
				};
			}
			const isAll = undone.left.length === 0;
			if (isAll || !this.#isOpen) new Notice(outcome(undone), isAll ? undefined : 0);
			return () => {
				if (isAll) this.close();
				else this.#drawUndone(undone);
			};
		});
		this.#isBusy = false;
	}

	#drawUndone(undone: Undone): void {
		this.#drawText(outcome(undone));
		drawPaths(
			this.contentEl,
			undone.left.map(({ path, reason }) => lineOf({ path, kind: "left", reason })),
		);
	}
}

function outcome({ restored, removed, left }: Undone): string {
	const said = historyText.undone(restored.length, removed.length);
	return left.length === 0 ? said : `${said} ${historyText.undoneLeft(left.length)}`;
}

function lineOf(step: UndoStep): string {
	const name = noteName(step.path);
	return step.kind === "left" ? historyText.leftLine(name, historyText.leftReasons[step.reason]) : name;
}

function drawPaths(parentEl: HTMLElement, lines: readonly string[]): void {
	const listEl = parentEl.createEl("ul", { cls: "psync-paths" });
	for (const text of lines.slice(0, PATHS_MAX)) listEl.createEl("li", { text });
	if (lines.length > PATHS_MAX) listEl.createEl("li", { text: historyText.andMore(lines.length - PATHS_MAX) });
}
