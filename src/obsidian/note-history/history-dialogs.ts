// The dialogs of the history: at most one of a kind is open, and all of them go with the plugin.
import { Notice } from "obsidian";
import type { App, Modal } from "obsidian";
import type { KeptVersion } from "../../engine/history.ts";
import type { Layout } from "../conflicts/two-sides.ts";
import { noteName } from "../note-name.ts";
import { historyText } from "../strings.ts";
import type { SyncControls } from "../sync-controls.ts";
import { errorMessage } from "../vault-errors.ts";
import { DeletedModal } from "./deleted-modal.ts";
import { versionsToShow } from "./kept-lists.ts";
import { UndoModal } from "./undo-modal.ts";
import { VersionModal } from "./version-modal.ts";

export interface HistoryDialogs {
	/** `versions`: of one note, newest first. */
	readonly showVersion: (versions: readonly KeptVersion[], at: number) => void;
	/** Of the note that is open. */
	readonly showVersions: () => Promise<void>;
	readonly showDeleted: () => void;
	readonly showUndo: () => void;
	readonly showUndoOfOthers: () => void;
	readonly close: () => void;
}

export function historyDialogs(app: App, controls: SyncControls): HistoryDialogs {
	const layout: Layout = { isSideBySide: true };
	const open: Modal[] = [];
	const show = (modal: Modal): void => {
		open.push(modal);
		modal.open();
	};
	const showVersion = (versions: readonly KeptVersion[], at: number): void => {
		show(new VersionModal({ app, controls, layout, versions, at }));
	};
	const showUndo = (ofOthers: boolean): void => {
		show(new UndoModal({ app, controls, ofOthers }));
	};
	return {
		showVersion,
		showVersions: async () => {
			const path = controls.openFile();
			if (path === undefined) return;
			const { past } = controls;
			try {
				const versions = versionsToShow((await past?.versions(path)) ?? []);
				if (versions.length > 0) showVersion(versions, 0);
				else new Notice(past === undefined ? historyText.notRunning : historyText.noVersions(noteName(path)));
			} catch (error) {
				if (!(error instanceof Error)) throw error;
				new Notice(historyText.failed(errorMessage(error)));
			}
		},
		showDeleted: () => {
			show(
				new DeletedModal({
					...{ app, controls },
					look: (version) => {
						showVersion([version], 0);
					},
				}),
			);
		},
		showUndo: () => {
			showUndo(false);
		},
		showUndoOfOthers: () => {
			showUndo(true);
		},
		close: () => {
			for (const modal of open.splice(0)) modal.close();
		},
	};
}
