// The plugin's commands: on phones they are the way to everything the status bar does on desktops.
import type { Plugin } from "obsidian";
import type { PairingDialogs } from "./pairing.ts";
import { canShowReceipts, showReceipts } from "./note-receipts.ts";
import { showStatus } from "./status-menu.ts";
import { actions, pairingText, receiptText, setupText } from "./strings.ts";
import type { SyncControls } from "./sync-controls.ts";

export function addCommands(plugin: Plugin, controls: SyncControls, pairing: PairingDialogs): void {
	plugin.addCommand({
		id: "set-up",
		name: setupText.name,
		checkCallback: (checking) => {
			const { setUp } = controls;
			if (!checking) setUp?.();
			return setUp !== undefined;
		},
	});
	plugin.addCommand({
		id: "pair",
		name: pairingText.pair,
		checkCallback: (checking) => {
			if (!checking) pairing.show();
			return pairing.obstacle === undefined;
		},
	});
	plugin.addCommand({
		id: "show-status",
		name: actions.showStatus,
		callback: () => {
			showStatus(controls);
		},
	});
	plugin.addCommand({ id: "open-panel", name: actions.openPanel, callback: controls.openPanel });
	plugin.addCommand({
		id: "show-receipts",
		name: receiptText.show,
		checkCallback: (checking) => {
			const can = canShowReceipts(controls);
			if (can && !checking) void showReceipts(controls);
			return can;
		},
	});
	const whenRunning =
		(isOffered: () => boolean, run: () => void) =>
		(checking: boolean): boolean => {
			const offered = controls.state.kind === "running" && isOffered();
			if (offered && !checking) run();
			return offered;
		};
	plugin.addCommand({
		id: "sync-now",
		name: actions.syncNow,
		checkCallback: whenRunning(() => !controls.paused, controls.syncNow),
	});
	plugin.addCommand({
		id: "pause",
		name: actions.pause,
		checkCallback: whenRunning(() => !controls.paused, controls.pause),
	});
	plugin.addCommand({
		id: "resume",
		name: actions.resume,
		checkCallback: whenRunning(() => controls.paused, controls.resume),
	});
}
