// The app's settings on the page "What syncs", and their part of the panel. Rules OS1, OS4 of readme/SPEC.md.
import type { SettingDefinitionItem } from "obsidian";
import type { PanelSection } from "../panel/section.ts";
import { aliasesOf } from "../sentences.ts";
import { settingsSyncText } from "../strings.ts";
import { SETTINGS_KINDS } from "./settings-kinds.ts";
import type { SettingsKind } from "./settings-kinds.ts";
import { drawSettingsList } from "./settings-list.ts";
import type { SettingsForReview } from "./settings-sync.ts";

export type SettingsKey = `settings-${SettingsKind}`;

export function settingsGroup(sync: SettingsForReview): SettingDefinitionItem<SettingsKey> {
	return {
		type: "group",
		heading: settingsSyncText.heading,
		items: [
			{
				name: settingsSyncText.toReview,
				desc: settingsSyncText.desc,
				aliases: aliasesOf("appSettings"),
				render: (setting) => drawSettingsList(setting.descEl, sync),
			},
			...SETTINGS_KINDS.map((kind) => ({
				...settingsSyncText.kindNames[kind],
				aliases: aliasesOf("appSettings"),
				control: { type: "toggle" as const, key: `settings-${kind}` as const },
			})),
		],
	};
}

/** `undefined`: it is another setting's key. */
export function settingsValue(sync: SettingsForReview | undefined, key: string): boolean | undefined {
	const kind = kindOf(key);
	return kind === undefined || sync === undefined ? undefined : sync.choice.current.includes(kind);
}

/** False: it is another setting's key. */
export function setSettingsValue(sync: SettingsForReview | undefined, key: string, value: unknown): boolean {
	const kind = kindOf(key);
	if (kind === undefined) return false;
	sync?.choice.choose(kind, value === true);
	return true;
}

/** There where some settings sync on this device. */
export function settingsSection(sync: SettingsForReview): PanelSection {
	return {
		id: "app-settings",
		title: settingsSyncText.heading,
		icon: "sliders-horizontal",
		count: () => sync.staged.length,
		isShown: () => sync.isOn,
		draw: (containerEl) => drawSettingsList(containerEl, sync),
	};
}

function kindOf(key: string): SettingsKind | undefined {
	return SETTINGS_KINDS.find((kind) => key === `settings-${kind}`);
}
