// The menu behind the status bar item and the ribbon icon: how it goes, the devices, and what one can do about it.
import { Menu, Notice } from "obsidian";
import type { Problem } from "../engine/status.ts";
import { canShowReceipts, showReceipts } from "./note-receipts.ts";
import { shortProblem } from "./sentences.ts";
import { detailLines, statusReport } from "./status-details.ts";
import { statusText } from "./status-text.ts";
import { actions, receiptText, setupText } from "./strings.ts";
import type { SyncControls } from "./sync-controls.ts";

export function showStatusMenu(event: MouseEvent, controls: SyncControls): void {
	const { state } = controls;
	const { words } = statusText(state);
	const menu = new Menu();
	menu.addItem((item) =>
		item
			.setTitle(words)
			.setIcon("info")
			.onClick(() => {
				showStatus(controls);
			}),
	);
	if (state.kind === "running") {
		menu.addSeparator();
		const lines = detailLines(controls);
		for (const line of lines.length === 0 ? [actions.noDevices] : lines) {
			menu.addItem((item) => item.setTitle(line).setIsLabel(true));
		}
		addDeletions(menu, state.status.problems, controls);
		menu.addSeparator();
		if (canShowReceipts(controls)) {
			addAction(menu, receiptText.show, "file-check", () => {
				void showReceipts(controls);
			});
		}
		if (controls.paused) addAction(menu, actions.resume, "play", controls.resume);
		else {
			addAction(menu, actions.syncNow, "refresh-cw", controls.syncNow);
			addAction(menu, actions.pause, "pause", controls.pause);
		}
	}
	addAction(menu, actions.openPanel, "panel-right", controls.openPanel);
	if (controls.setUp !== undefined) addAction(menu, setupText.open, "wand", controls.setUp);
	addAction(menu, actions.openSettings, "settings", controls.openSettings);
	menu.showAtMouseEvent(event);
}

/** A person asked: it stays until it is clicked away or ten seconds have passed. */
export function showStatus(controls: SyncControls): void {
	new Notice(statusReport(controls), 10_000);
}

/** What was deleted all at once: whose it is, and the two things to say to it. */
function addDeletions(menu: Menu, problems: readonly Problem[], controls: SyncControls): void {
	for (const problem of problems) {
		const { id } = problem;
		if (id === undefined) continue;
		menu.addSeparator();
		// A menu has room for what happened. What it means is in the notice and the settings.
		menu.addItem((item) => item.setTitle(shortProblem(problem)).setIsLabel(true));
		addAction(menu, actions.rejectDeletions, "undo-2", () => {
			controls.answerDeletions(id, "reject");
		});
		addAction(menu, actions.acceptDeletions, "trash-2", () => {
			controls.answerDeletions(id, "accept");
		});
	}
}

function addAction(menu: Menu, title: string, icon: string, run: () => void): void {
	menu.addItem((item) => item.setTitle(title).setIcon(icon).onClick(run));
}
