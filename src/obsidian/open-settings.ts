// Opens the plugin's own settings. Obsidian has no public call for it; where its settings window is not what we know, the
// person is told the way.
import { Notice } from "obsidian";
import type { App } from "obsidian";
import { notices } from "./strings.ts";

interface SettingsWindow {
	open(): void;
	openTabById(id: string): unknown;
}

export function openSettings(app: App, pluginId: string): void {
	const found: unknown = "setting" in app ? app.setting : undefined;
	if (!isSettingsWindow(found)) {
		new Notice(notices.settingsPath);
		return;
	}
	found.open();
	found.openTabById(pluginId);
}

function isSettingsWindow(value: unknown): value is SettingsWindow {
	if (typeof value !== "object" || value === null) return false;
	return (
		"open" in value &&
		typeof value.open === "function" &&
		"openTabById" in value &&
		typeof value.openTabById === "function"
	);
}
