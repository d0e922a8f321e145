// Conflicts, history and undo as a person meets them: two sections of the panel, commands, and the dialogs behind both.
import type { Plugin } from "obsidian";
import { conflictSection } from "./conflicts/conflict-section.ts";
import { ConflictDialogs } from "./conflicts/conflict-modal.ts";
import { Conflicts } from "./conflicts/conflicts.ts";
import { historyDialogs } from "./note-history/history-dialogs.ts";
import { historySection } from "./note-history/history-section.ts";
import type { PanelSection } from "./panel/section.ts";
import { conflictText, historyText } from "./strings.ts";
import type { SyncControls } from "./sync-controls.ts";

export interface PastScreens {
	/** Anew for each panel. */
	sections(): { readonly conflicts: PanelSection; readonly history: PanelSection };
}

export function addPastScreens(plugin: Plugin, controls: SyncControls): PastScreens {
	const { app } = plugin;
	const conflicts = new Conflicts({
		...{ app, controls },
		registerEvent: (event) => {
			plugin.registerEvent(event);
		},
	});
	const dialogs = new ConflictDialogs({ app, controls, conflicts });
	const history = historyDialogs(app, controls);
	plugin.register(() => {
		dialogs.close();
		history.close();
	});
	const whenRunning =
		(run: () => void, isOffered = (): boolean => true) =>
		(checking: boolean): boolean => {
			const offered = controls.past !== undefined && isOffered();
			if (offered && !checking) run();
			return offered;
		};
	plugin.addCommand({
		id: "show-conflicts",
		name: conflictText.show,
		callback: () => {
			dialogs.open();
		},
	});
	plugin.addCommand({
		id: "show-history",
		name: historyText.showVersions,
		checkCallback: whenRunning(
			() => void history.showVersions(),
			() => controls.openFile() !== undefined,
		),
	});
	plugin.addCommand({
		id: "show-deleted",
		name: historyText.showDeleted,
		checkCallback: whenRunning(history.showDeleted),
	});
	plugin.addCommand({
		id: "undo-others",
		name: historyText.showUndo,
		checkCallback: whenRunning(history.showUndoOfOthers),
	});
	return {
		sections: () => ({
			conflicts: conflictSection({ controls, conflicts, dialogs }),
			history: historySection({ app, controls, dialogs: history }),
		}),
	};
}
