// A file as a person knows it: its name, which opens it where it is there, and beside it where it lies.
import type { App } from "obsidian";
import { panelText } from "../strings.ts";

export function drawFileName(containerEl: HTMLElement, app: App, path: string): void {
	const lineEl = containerEl.createDiv("psync-file");
	const slash = path.lastIndexOf("/");
	const text = path.slice(slash + 1).replace(/\.md$/, "");
	if (app.vault.getFileByPath(path) === null) lineEl.createSpan({ cls: "psync-file-name", text });
	else {
		const nameEl = lineEl.createEl("button", { cls: "psync-file-name psync-link", text, attr: { type: "button" } });
		nameEl.addEventListener("click", () => {
			void app.workspace.openLinkText(path, "", false);
		});
	}
	if (slash > 0) lineEl.createSpan({ cls: "psync-folder", text: panelText.inFolder(path.slice(0, slash)) });
}
