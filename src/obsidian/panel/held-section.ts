// Held files: what was deleted all at once and waits for a person's word, by whom and which files, with the two answers; and which files
// wait, and why; and how many are too large for this device, with the way to change that. Rules GP6, L16, XL12 of readme/SPEC.md.
import type { App } from "obsidian";
import type { HeldDeletions } from "../../engine/held-deletions.ts";
import { deletedBy, filesIn } from "../../engine/held-deletions.ts";
import type { HeldFile } from "../../engine/status.ts";
import { actions, deletionsText, gap, heldReasons, heldWords, panelText } from "../strings.ts";
import type { SyncControls } from "../sync-controls.ts";
import { drawFileName } from "./file-name.ts";
import { MoreButton } from "./more-button.ts";
import type { PanelControls } from "./panel-controls.ts";
import { Rows } from "./rows.ts";
import type { PanelSection } from "./section.ts";

export interface HeldSectionParts {
	readonly app: App;
	readonly controls: SyncControls;
	readonly panel: Pick<PanelControls, "heldDeletions" | "largestMib">;
	readonly onChange: (listener: () => void) => () => void;
}

const ROWS = 20;
/** Whoever wants to see more of them looks for them in the history. */
const DELETED_SHOWN_MAX = 1_000;

export function heldSection({ app, controls, panel, onChange }: HeldSectionParts): PanelSection {
	const held = (): readonly HeldFile[] => {
		const { state } = controls;
		return state.kind === "running" ? state.status.held.filter(({ id }) => id === undefined) : [];
	};
	return {
		id: "held",
		title: heldWords.title,
		icon: "hourglass",
		count: () => panel.heldDeletions().length + held().filter(({ isLasting }) => isLasting !== true).length,
		draw(containerEl) {
			const noneEl = containerEl.createEl("p", { cls: "psync-quiet", text: heldWords.none });
			const deletions = new Rows<HeldDeletions>(containerEl, {
				key: ({ id }) => id,
				look: ({ files }) => String(files.size),
				draw: (rowEl, one) => {
					drawDeletions(rowEl, app, one, (answer) => {
						controls.answerDeletions(one.id, answer);
					});
				},
			});
			const waiting = new Rows<HeldFile>(containerEl, rowsOf(app));
			const moreWaiting = new MoreButton(containerEl, ROWS, () => {
				draw();
			});
			const largeEl = containerEl.createDiv("psync-too-large");
			const largeTextEl = largeEl.createEl("p", "psync-quiet");
			const settingsEl = largeEl.createDiv("psync-buttons").createEl("button", { attr: { type: "button" } });
			settingsEl.setText(actions.openSettings);
			settingsEl.addEventListener("click", controls.openSettings);
			const parts = new FoldedFiles(containerEl, app, heldWords.inParts);
			const lasting = new FoldedFiles(containerEl, app, heldWords.lasting);
			const draw = (): void => {
				const all = held();
				const waits = all.filter(({ isLasting }) => isLasting !== true);
				const asked = panel.heldDeletions();
				noneEl.toggle(asked.length + all.length === 0);
				deletions.show(asked);
				waiting.show(moreWaiting.firstOf(waits));
				const large = all.filter(staysOut).length;
				const mib = panel.largestMib();
				largeEl.toggle(large > 0 && mib > 0);
				say(largeTextEl, heldWords.tooLarge(large, mib));
				const resting = all.filter(({ isLasting }) => isLasting === true);
				parts.show(resting.filter(isReceived));
				lasting.show(resting.filter((file) => !isReceived(file)));
			};
			draw();
			return onChange(draw);
		},
	};
}

/** How many there are; which and why is drawn when somebody wants to see it. */
class FoldedFiles {
	readonly #el: HTMLDetailsElement;
	readonly #summaryEl: HTMLElement;
	readonly #title: (count: number) => string;
	readonly #rows: Rows<HeldFile>;
	readonly #more: MoreButton;
	#files: readonly HeldFile[] = [];

	constructor(containerEl: HTMLElement, app: App, title: (count: number) => string) {
		this.#title = title;
		this.#el = containerEl.createEl("details", "psync-folded");
		this.#summaryEl = this.#el.createEl("summary");
		this.#rows = new Rows<HeldFile>(this.#el, rowsOf(app));
		this.#more = new MoreButton(this.#el, ROWS, () => {
			this.#draw();
		});
		this.#el.addEventListener("toggle", () => {
			this.#draw();
		});
	}

	show(files: readonly HeldFile[]): void {
		this.#files = files;
		this.#el.toggle(files.length > 0);
		say(this.#summaryEl, this.#title(files.length));
		this.#draw();
	}

	#draw(): void {
		this.#rows.show(this.#el.open ? this.#more.firstOf(this.#files) : []);
	}
}

/** What is said already is left alone: somebody may be reading it aloud or selecting it. */
function say(el: HTMLElement, text: string): void {
	if (el.textContent !== text) el.setText(text);
}

function rowsOf(app: App) {
	return {
		key: ({ path, reason }: HeldFile) => `${reason} ${path}`,
		look: (held: HeldFile) => whyOf(held),
		draw: (rowEl: HTMLElement, held: HeldFile) => {
			drawFileName(rowEl, app, held.path);
			rowEl.createDiv({ cls: "psync-quiet", text: heldWords.why(whyOf(held)) });
		},
	};
}

function whyOf({ reason, large }: HeldFile): string {
	if (large === undefined) return heldReasons[reason] ?? reason;
	switch (large.kind) {
		case "held":
			return heldReasons[large.code] ?? large.code;
		case "coming":
			return heldWords.large.coming(large.received, large.size);
		default:
			return heldWords.large[large.kind];
	}
}

/** It comes to this device in parts, now or when it can, or is here. */
function isReceived({ large }: HeldFile): boolean {
	return large !== undefined && ["coming", "queued", "waiting", "here"].includes(large.kind);
}

/** Larger than this device takes, and not received in parts either. */
function staysOut({ reason, large }: HeldFile): boolean {
	return reason === "too-large" && (large === undefined || large.kind === "off" || large.kind === "send-only");
}

function drawDeletions(
	rowEl: HTMLElement,
	app: App,
	held: HeldDeletions,
	onAnswer: (answer: "accept" | "reject") => void,
): void {
	rowEl.addClass("psync-brake");
	const files = filesIn(held);
	rowEl.createEl("p", { text: deletionWords(held, files.length) });
	const detailsEl = rowEl.createEl("details");
	detailsEl.createEl("summary", { text: heldWords.show(files.length) });
	const listEl = detailsEl.createDiv({ cls: "psync-deleted", attr: { role: "list", "aria-label": heldWords.filesOf } });
	// Thousands of names are made when somebody wants to see them.
	detailsEl.addEventListener("toggle", () => {
		if (!detailsEl.open || listEl.hasChildNodes()) return;
		for (const { path } of files.slice(0, DELETED_SHOWN_MAX))
			drawFileName(listEl.createDiv({ attr: { role: "listitem" } }), app, path);
		const more = files.length - DELETED_SHOWN_MAX;
		if (more > 0) listEl.createDiv({ cls: "psync-quiet", text: panelText.andMore(more) });
	});
	const buttonsEl = rowEl.createDiv("psync-buttons");
	const answers = { reject: actions.rejectDeletions, accept: actions.acceptDeletions } as const;
	for (const answer of ["reject", "accept"] as const) {
		const buttonEl = buttonsEl.createEl("button", { text: answers[answer], attr: { type: "button" } });
		buttonEl.toggleClass("mod-cta", answer === "reject");
		buttonEl.addEventListener("click", () => {
			onAnswer(answer);
		});
	}
}

function deletionWords(held: HeldDeletions, count: number): string {
	const why = held.origin === "here" ? held.rule : "elsewhere";
	return deletionsText.what({ why, count, by: deletedBy(held) }) + gap + deletionsText.next[why];
}
