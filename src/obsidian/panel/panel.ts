// Puts the panel together, makes it known to the app and opens it.
import type { App, Plugin } from "obsidian";
import type { SyncControls } from "../sync-controls.ts";
import { PANEL_VIEW, PanelView } from "./panel-view.ts";
import type { PanelSection } from "./section.ts";

export interface PanelParts {
	readonly app: App;
	readonly controls: SyncControls;
}

export function addPanel(plugin: Plugin, parts: PanelParts): void {
	// Leaves of an earlier run become views of this one; the app itself clears away after a plugin that is turned off.
	plugin.registerView(
		PANEL_VIEW,
		(leaf) =>
			new PanelView(leaf, {
				sections: sectionsOf(parts),
				foldedAtFirst: [],
				onChange: (listener) => parts.controls.onState(listener),
			}),
	);
}

export async function openPanel(app: App): Promise<void> {
	await app.workspace.ensureSideLeaf(PANEL_VIEW, "right", { active: true, reveal: true });
}

/** One list for each view: a section remembers what a person chose in it. */
function sectionsOf(_parts: PanelParts): readonly PanelSection[] {
	return [];
}
