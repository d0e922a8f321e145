// Which of the app's own files may sync at all, by what they are for: a fixed list, and nothing beside it. In a group they are called as in
// a vault whose configuration folder is `.obsidian`, whatever it is called here; so a folder that is synced with `--hidden` has the same.
// A plugin is one file in a group, and what it keeps is in none. Rules OS1, OS2 of readme/SPEC.md.
import { isConflictCopyName } from "../../core/conflict-name.ts";
import type { PathKey } from "../../core/path.ts";

export const SETTINGS_KINDS = [
	"app",
	"appearance",
	"themes",
	"snippets",
	"hotkeys",
	"corePlugins",
	"communityPlugins",
	"pluginCode",
] as const;
export type SettingsKind = (typeof SETTINGS_KINDS)[number];

/** The configuration folder, as a group calls it; put together, or the rules for plugins take it for the folder of this vault. */
export const CONFIG_FOLDER = [".", "obsidian"].join("");

const FILES: ReadonlyMap<string, SettingsKind> = new Map([
	["app.json", "app"],
	["appearance.json", "appearance"],
	["hotkeys.json", "hotkeys"],
	["core-plugins.json", "corePlugins"],
	["community-plugins.json", "communityPlugins"],
]);
/** In the configuration folder, by name. */
export const SINGLE_FILES: readonly string[] = [...FILES.keys()];
/** In the order in which they are put in place: without a manifest the app sees no plugin. */
export const PLUGIN_FILES = ["main.js", "styles.css", "manifest.json"] as const;
export const THEME_FILES = ["theme.css", "manifest.json"] as const;

const THEME = new RegExp(`^themes/[^/]+/(?:${THEME_FILES.join("|").replaceAll(".", "\\.")})$`);
const SNIPPET = /^snippets\/[^/]+\.css$/;
const PLUGIN = /^plugins\/([^/]+)\.plugin$/;
const PLUGIN_FILE = new RegExp(`^plugins/[^/]+(?:/(?:${PLUGIN_FILES.join("|").replaceAll(".", "\\.")}))?$`);
/** PSync's own, as the manifest has it. */
export const OWN_ID = "psync";

/** `undefined`: no setting, or none that may sync. */
export function settingsKind(key: PathKey): SettingsKind | undefined {
	const name = nameInConfig(key);
	// Folders and files that hide themselves in it, and copies, which go with their file.
	if (name === undefined || /(?:^|\/)\./.test(name) || isConflictCopyName(name)) return undefined;
	if (THEME.test(name)) return "themes";
	const plugin = PLUGIN.exec(name)?.[1];
	if (plugin !== undefined) return plugin === OWN_ID ? undefined : "pluginCode";
	return SNIPPET.test(name) ? "snippets" : FILES.get(name);
}

/** Where a group has the plugin with this id, or of this folder. */
export function pluginPath(id: string): string {
	return `${CONFIG_FOLDER}/plugins/${id}.plugin`;
}

/** Whether something there, by its name in the configuration folder, is a setting or a part of one. */
export function isOnDisk(name: string): boolean {
	return PLUGIN_FILE.test(name) || settingsKind(`${CONFIG_FOLDER}/${name}` as PathKey) !== undefined;
}

/** A path without the configuration folder; `undefined`: it is in none. */
export function nameInConfig(path: string): string | undefined {
	return path.startsWith(`${CONFIG_FOLDER}/`) ? path.slice(CONFIG_FOLDER.length + 1) : undefined;
}

/** Whether settings of these kinds may be somewhere below the folder at `key`. */
export function mayHoldSettings(key: PathKey, kinds: readonly SettingsKind[]): boolean {
	if (key === CONFIG_FOLDER) return kinds.length > 0;
	const name = nameInConfig(key) ?? "";
	if (name === "snippets") return kinds.includes("snippets");
	if (name === "plugins") return kinds.includes("pluginCode");
	return /^themes(?:\/[^/.][^/]*)?$/.test(name) && kinds.includes("themes");
}
