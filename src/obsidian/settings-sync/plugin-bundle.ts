// A plugin as one file: what it consists of, in one text. A group has it so, and never in parts: the code of one version with the manifest
// of another would be a plugin that nobody made. The same files give the same bytes on every device. Pure. Rule OS11 of readme/SPEC.md.
import * as v from "valibot";
import { decodeText } from "../../core/merge/text.ts";
import { toVaultPath, pathKey, type PathKey } from "../../core/path.ts";
import { PLUGIN_FILES, pluginPath } from "./settings-kinds.ts";

/** By name. */
export type PluginFiles = ReadonlyMap<string, Uint8Array>;

const schema = v.strictObject({
	"main.js": v.pipe(v.string(), v.nonEmpty()),
	"styles.css": v.optional(v.string()),
	"manifest.json": v.string(),
});

const SHOWN_MAX = 100;
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu;
const STACKED = /(\p{M}{2})\p{M}+/gu;
const shown = v.pipe(
	v.string(),
	// What turns a line round, is stacked on it or cannot be seen would make one plugin look like another.
	v.transform((text) => text.normalize("NFC").replace(UNSEEN, "").replace(STACKED, "$1").trim()),
	v.transform((text) => (text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX - 1)}…` : text)),
);
const manifestSchema = v.object({
	// As the community's list has them: every disk spells such a name as it is.
	id: v.pipe(v.string(), v.regex(/^[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9_-])?$/)),
	name: v.pipe(shown, v.nonEmpty()),
	version: v.pipe(shown, v.nonEmpty()),
	// As the app does, it makes do without these.
	author: v.fallback(shown, ""),
	minAppVersion: v.fallback(v.string(), "0.0.0"),
	isDesktopOnly: v.fallback(v.boolean(), false),
});
export type PluginManifest = v.InferOutput<typeof manifestSchema>;

/** What the app of this device can run. */
export interface PluginHost {
	readonly isMobile: boolean;
	readonly fits: (minAppVersion: string) => boolean;
}

/** `undefined`: not all of a plugin is there, as while the app writes it, or some of it is no text. */
export function bundleOf(files: PluginFiles): Uint8Array | undefined {
	const texts: Record<string, string> = {};
	for (const name of PLUGIN_FILES) {
		const bytes = files.get(name);
		const text = bytes && decodeText(bytes);
		if (bytes !== undefined && text === undefined) return undefined;
		if (text !== undefined) texts[name] = text;
	}
	return v.is(schema, texts) ? new TextEncoder().encode(JSON.stringify(texts)) : undefined;
}

/** `undefined`: it is no plugin, or not written as `bundleOf` would. */
export function filesIn(bundle: Uint8Array): PluginFiles | undefined {
	const parsed = v.safeParse(schema, jsonIn(bundle));
	if (!parsed.success) return undefined;
	const files = new Map(Object.entries(parsed.output).map(([name, text]) => [name, new TextEncoder().encode(text)]));
	const same = bundleOf(files);
	return same !== undefined && decodeText(same) === decodeText(bundle) ? files : undefined;
}

/** Of the plugin that a group has at `key`. `undefined`: its manifest is none, or that of another one, by whose name a person would go. */
export function manifestIn(key: PathKey, files: PluginFiles): PluginManifest | undefined {
	const bytes = files.get("manifest.json");
	const parsed = v.safeParse(manifestSchema, bytes && jsonIn(bytes));
	if (!parsed.success) return undefined;
	const path = toVaultPath(pluginPath(parsed.output.id));
	return path.ok && pathKey(path.path) === key ? parsed.output : undefined;
}

/** Why this device cannot run it. */
export function unfitHere(manifest: PluginManifest, host: PluginHost): "newer-app" | "desktop-only" | undefined {
	if (manifest.isDesktopOnly && host.isMobile) return "desktop-only";
	return host.fits(manifest.minAppVersion) ? undefined : "newer-app";
}

function jsonIn(bytes: Uint8Array): unknown {
	try {
		// As some editors begin a file.
		return JSON.parse((decodeText(bytes) ?? "").replace(/^\ufeff/, ""));
	} catch {
		return undefined;
	}
}
