// Which of the app's own files may sync at all, by what they are for: a fixed list, and nothing beside it. In a group they are called as in
// a vault whose configuration folder is `.obsidian`, whatever it is called here; so a folder that is synced with `--hidden` has the same.
// Of plugins, what they consist of may, and never what they keep. Rules OS1, OS2 of readme/SPEC.md.
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
/** Kinds whose files lie in a folder for each theme or plugin, below one of this name: which files. */
export const FOLDERS: readonly {
	readonly kind: SettingsKind;
	readonly name: string;
	readonly files: readonly string[];
}[] = [
	{ kind: "themes", name: "themes", files: ["theme.css", "manifest.json"] },
	// In the order in which they are put in place: without a manifest the app sees no plugin.
	{ kind: "pluginCode", name: "plugins", files: ["main.js", "styles.css", "manifest.json"] },
];
const SNIPPETS = "snippets";
const SNIPPET = /^snippets\/[^/]+\.css$/;

/** `undefined`: no setting, or none that may sync. */
export function settingsKind(key: PathKey): SettingsKind | undefined {
	const name = nameInConfig(key);
	// Folders and files that hide themselves in it, and copies, which go with their file.
	if (name === undefined || /(?:^|\/)\./.test(name) || isConflictCopyName(name)) return undefined;
	const [top = "", , file = "", ...deeper] = name.split("/");
	const folder = FOLDERS.find((each) => each.name === top && deeper.length === 0 && each.files.includes(file));
	if (folder !== undefined) return folder.kind;
	return SNIPPET.test(name) ? "snippets" : FILES.get(name);
}

/** A path without the configuration folder; `undefined`: it is in none. */
export function nameInConfig(path: string): string | undefined {
	return path.startsWith(`${CONFIG_FOLDER}/`) ? path.slice(CONFIG_FOLDER.length + 1) : undefined;
}

/** Whether settings of these kinds may be somewhere below the folder at `key`. */
export function mayHoldSettings(key: PathKey, kinds: readonly SettingsKind[]): boolean {
	if (key === CONFIG_FOLDER) return kinds.length > 0;
	const [top = "", below, ...deeper] = nameInConfig(key)?.split("/") ?? [];
	if (top === SNIPPETS && below === undefined) return kinds.includes("snippets");
	const folder = FOLDERS.find(({ name }) => name === top);
	return folder !== undefined && kinds.includes(folder.kind) && deeper.length === 0 && below?.startsWith(".") !== true;
}
