// Puts the panel together, makes it known to the app and opens it.
import type { App, Plugin } from "obsidian";
import type { Clock } from "../../engine/ports/clock.ts";
import type { CodeOf } from "../activity/activity-export.ts";
import type { ActivityKeeper } from "../activity/activity-file.ts";
import type { PastScreens } from "../past-screens.ts";
import type { SyncControls } from "../sync-controls.ts";
import { activitySection } from "./activity-section.ts";
import { settingsSection } from "../settings-sync/settings-group.ts";
import type { SettingsForReview } from "../settings-sync/settings-sync.ts";
import type { PanelControls } from "./panel-controls.ts";
import { devicesSection } from "./devices-section.ts";
import { heldSection } from "./held-section.ts";
import { PANEL_VIEW, PanelView } from "./panel-view.ts";
import { Pulse } from "./pulse.ts";
import type { PanelSection } from "./section.ts";
import { storageSection } from "./storage-section.ts";
import { whereSection } from "./where-section.ts";

export interface PanelParts {
	readonly app: App;
	readonly controls: SyncControls;
	readonly past: PastScreens;
	readonly panel: PanelControls;
	readonly settings?: SettingsForReview | undefined;
	readonly activity: ActivityKeeper;
	readonly codeOf: CodeOf;
	readonly clock: Clock;
}

/** What sections are made of. */
export interface SectionParts extends PanelParts {
	/** What is shown may have changed: told a few times a second at most, and once a minute. While nobody listens, nothing runs. */
	readonly onChange: (listener: () => void) => () => void;
	/** Wall time in ms. */
	readonly now: () => number;
}

export function addPanel(plugin: Plugin, parts: PanelParts): void {
	const { controls, activity, clock, settings } = parts;
	const pulse = new Pulse({
		clock,
		sources: [
			(listener) => controls.onState(listener),
			(listener) => activity.onChange(listener),
			...(settings === undefined ? [] : [(listener: () => void) => settings.onChange(listener)]),
		],
	});
	const onChange = (listener: () => void): (() => void) => pulse.subscribe(listener);
	// The app keeps the leaf when the plugin is turned off, and gives it back.
	plugin.registerView(PANEL_VIEW, (leaf) => {
		const sections = sectionsOf({ ...parts, onChange, now: () => controls.now() });
		return new PanelView(leaf, { sections, foldedAtFirst: ["storage"], onChange });
	});
}

export async function openPanel(app: App): Promise<void> {
	await app.workspace.ensureSideLeaf(PANEL_VIEW, "right", { active: true, reveal: true });
}

/** One list for each view: a section remembers what a person chose in it. */
function sectionsOf(parts: SectionParts): readonly PanelSection[] {
	const { conflicts, history } = parts.past.sections();
	return [
		whereSection(parts),
		conflicts,
		heldSection(parts),
		...(parts.settings === undefined ? [] : [settingsSection(parts.settings)]),
		devicesSection(parts),
		activitySection(parts),
		history,
		storageSection(parts),
	];
}
