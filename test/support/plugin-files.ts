// A plugin for tests, as its files on a disk and as one file in a group.
import { bundleOf } from "../../src/obsidian/settings-sync/plugin-bundle.ts";
import { pluginPath } from "../../src/obsidian/settings-sync/settings-kinds.ts";
import { bytesOf, type SettingsDevice } from "./settings-device.ts";

export const FOLDER = ".obsidian/plugins/dataview";
export const [CODE, STYLES, MANIFEST] = [`${FOLDER}/main.js`, `${FOLDER}/styles.css`, `${FOLDER}/manifest.json`];
export const DATA = `${FOLDER}/data.json`;
export const BUNDLE = pluginPath("dataview");

export type Files = Readonly<Record<string, string>>;

export const manifest = (version: string, more: object = {}): string =>
	JSON.stringify({ id: "dataview", name: "Dataview", version, author: "Somebody", ...more });
export const plugin = (version: string): Files => ({
	[CODE]: `code of ${version}`,
	[STYLES]: `a { --v: "${version}" }`,
	[MANIFEST]: manifest(version),
});

/** What a group has of a plugin with these files. */
export function bundle(files: Readonly<Record<string, string | undefined>>): string {
	const named = Object.entries(files).flatMap(([path, text]) =>
		text === undefined ? [] : [[path.slice(path.lastIndexOf("/") + 1), bytesOf(text)] as const],
	);
	const bytes = bundleOf(new Map(named));
	if (bytes === undefined) throw new Error("no plugin");
	return new TextDecoder().decode(bytes);
}

export async function textsOf(
	device: SettingsDevice,
	paths: readonly string[] = [CODE, STYLES, MANIFEST],
): Promise<Files> {
	const texts = await Promise.all(paths.map(async (path) => [path, await device.text(path)] as const));
	return Object.fromEntries(texts.filter((one): one is [string, string] => one[1] !== undefined));
}
