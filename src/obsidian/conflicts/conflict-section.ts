// The conflicts in the panel: one row for each, which opens its two texts. A row goes as soon as its conflict is settled anywhere.
import { noteName } from "../note-name.ts";
import { conflictText } from "../strings.ts";
import type { SyncControls } from "../sync-controls.ts";
import type { PanelSection } from "../panel/section.ts";
import type { ConflictDialogs } from "./conflict-modal.ts";
import type { ConflictEntry } from "./conflict-list.ts";
import type { Conflicts } from "./conflicts.ts";
import { originOf } from "./copy-name.ts";

export interface ConflictSectionOptions {
	readonly controls: SyncControls;
	readonly conflicts: Conflicts;
	readonly dialogs: ConflictDialogs;
}

export function conflictSection({ controls, conflicts, dialogs }: ConflictSectionOptions): PanelSection {
	return {
		id: "conflicts",
		title: conflictText.title,
		icon: "git-compare",
		count: () => conflicts.entries.length,
		draw: (containerEl) => {
			let look: string | undefined;
			const draw = (): void => {
				const { entries } = conflicts;
				const isRunning = controls.state.kind === "running";
				const next = JSON.stringify([isRunning, entries]);
				if (next === look) return;
				look = next;
				const focused = focusedRow(containerEl);
				containerEl.empty();
				if (entries.length === 0) {
					const text = isRunning ? conflictText.none : conflictText.notRunning;
					containerEl.createEl("p", { cls: "psync-muted", text });
					return;
				}
				const listEl = containerEl.createEl("ul", { cls: "psync-rows" });
				for (const entry of entries) drawRow(listEl, entry, dialogs);
				// The row may be gone: then the one that took its place.
				const rows = listEl.findAll("button");
				if (focused !== undefined) (rows.find(({ dataset }) => dataset["copy"] === focused) ?? rows[0])?.focus();
			};
			draw();
			return conflicts.onChange(draw);
		},
	};
}

function drawRow(listEl: HTMLElement, entry: ConflictEntry, dialogs: ConflictDialogs): void {
	const rowEl = listEl.createEl("li").createEl("button", { cls: "psync-row-button", attr: { type: "button" } });
	rowEl.dataset["copy"] = entry.copy;
	rowEl.createSpan({ cls: "psync-row-title", text: noteName(entry.path) });
	rowEl.createSpan({ cls: "psync-muted", text: whoseText(entry) });
	if (entry.isOlder) rowEl.createSpan({ cls: "psync-muted", text: conflictText.older });
	rowEl.addEventListener("click", () => {
		dialogs.open(entry);
	});
}

function focusedRow(containerEl: HTMLElement): string | undefined {
	const { activeElement } = containerEl.doc;
	return activeElement?.instanceOf(HTMLElement) === true && containerEl.contains(activeElement)
		? activeElement.dataset["copy"]
		: undefined;
}

function whoseText({ author, copy }: ConflictEntry): string {
	const origin = originOf(copy);
	const name = author === "" ? (origin?.author ?? "") : author;
	return origin === undefined || name === "" ? conflictText.from(name) : conflictText.fromOn(name, origin.day);
}
