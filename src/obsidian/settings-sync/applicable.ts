// Whether what another device sent can be put in the place of a setting, and what exactly is put there. What the app could not read never
// is, nor what is larger than any such file is. A list of plugins turns on no plugin that is not here, and never PSync off.
// Pure. Rules OS7, OS8 of readme/SPEC.md.
import { decodeText } from "../../core/merge/text.ts";
import type { PathKey } from "../../core/path.ts";
import { filesIn, manifestIn } from "./plugin-bundle.ts";
import { settingsKind } from "./settings-kinds.ts";

export const JSON_BYTES_MAX = 1024 * 1024;
export const CSS_BYTES_MAX = 2 * 1024 * 1024;
/** The largest of the community's list are about half of that. */
export const PLUGIN_BYTES_MAX = 20 * 1024 * 1024;

export type Unfit = "too-large" | "not-text" | "not-settings" | "not-plugin" | "newer-app" | "desktop-only";

export function unfitReason(key: PathKey, bytes: Uint8Array): Unfit | undefined {
	const isPlugin = settingsKind(key) === "pluginCode";
	const most = key.endsWith(".json") ? JSON_BYTES_MAX : isPlugin ? PLUGIN_BYTES_MAX : CSS_BYTES_MAX;
	if (bytes.length > most) return "too-large";
	const text = decodeText(bytes);
	if (text === undefined) return "not-text";
	if (isPlugin) {
		const files = filesIn(bytes);
		return files === undefined || manifestIn(key, files) === undefined ? "not-plugin" : undefined;
	}
	if (!key.endsWith(".json")) return undefined;
	const value = parsed(text);
	const isFit =
		settingsKind(key) === "communityPlugins"
			? isListOfTexts(value)
			: typeof value === "object" && value !== null && (!Array.isArray(value) || settingsKind(key) === "corePlugins");
	return isFit ? undefined : "not-settings";
}

/** What a list of community plugins does here, by the plugins' ids. */
export interface PluginChanges {
	readonly list: readonly string[];
	readonly on: readonly string[];
	readonly off: readonly string[];
	/** Turned on elsewhere and not installed here. */
	readonly missing: readonly string[];
}

/** `ownId`: PSync's, which stays as it is. */
export function pluginChanges(
	theirs: readonly string[],
	here: readonly string[],
	installed: ReadonlySet<string>,
	ownId: string,
): PluginChanges {
	const wanted = [...new Set(theirs)].filter((id) => id !== ownId);
	const list = [...here.filter((id) => id === ownId), ...wanted.filter((id) => installed.has(id))];
	return {
		list,
		on: list.filter((id) => !here.includes(id)),
		off: here.filter((id) => !list.includes(id)),
		missing: wanted.filter((id) => !installed.has(id)),
	};
}

/** The list that others are told: what is not installed here is nothing that this device could have turned off. */
export function pluginsToTell(
	here: readonly string[],
	theirs: readonly string[],
	installed: ReadonlySet<string>,
): readonly string[] {
	return [...here, ...theirs.filter((id) => !here.includes(id) && !installed.has(id))];
}

/** No list: none. */
export function pluginsIn(bytes: Uint8Array | undefined): readonly string[] {
	const text = bytes && decodeText(bytes);
	const value = text === undefined ? undefined : parsed(text);
	return isListOfTexts(value) ? value : [];
}

/** As the app writes it. */
export function pluginBytes(list: readonly string[]): Uint8Array {
	return new TextEncoder().encode(JSON.stringify(list, null, 2));
}

function isListOfTexts(value: unknown): value is readonly string[] {
	return Array.isArray(value) && value.every((each) => typeof each === "string");
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
