// What a plugin from another device is, before a person lets it in: by its manifest, which has to be that of its folder. Pure.
// Rule OS11 of readme/SPEC.md.
import * as v from "valibot";
import { decodeText } from "../../core/merge/text.ts";
import type { VaultPath } from "../../core/path.ts";
import { nameOf } from "./setting-units.ts";

const TEXT_MAX = 100;
const shown = v.pipe(
	v.string(),
	v.maxLength(TEXT_MAX),
	// What turns a line round or cannot be seen would make one plugin look like another.
	v.transform((text) => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "").trim()),
);
const schema = v.object({
	id: v.string(),
	name: v.pipe(shown, v.nonEmpty()),
	version: v.pipe(shown, v.nonEmpty()),
	author: v.optional(shown, ""),
	minAppVersion: v.optional(v.string(), "0.0.0"),
	isDesktopOnly: v.optional(v.boolean(), false),
});

export type PluginManifest = v.InferOutput<typeof schema>;

/** What the app of this device can run. */
export interface PluginHost {
	readonly isMobile: boolean;
	readonly fits: (minAppVersion: string) => boolean;
}

/** By the files' names. */
export type PluginContents = ReadonlyMap<string, Uint8Array>;

/** `undefined`: there is no manifest of a plugin in this folder. */
export function manifestIn(folder: VaultPath, contents: PluginContents): PluginManifest | undefined {
	const bytes = contents.get("manifest.json");
	const parsed = v.safeParse(schema, bytes && jsonIn(bytes));
	// Another name than its folder's would be that of a plugin which the person knows.
	return parsed.success && parsed.output.id === nameOf(folder) ? parsed.output : undefined;
}

/** Why nobody can use it. */
export function unfitPlugin(folder: VaultPath, contents: PluginContents): "not-whole" | "not-plugin" | undefined {
	if (!contents.has("main.js") || !contents.has("manifest.json")) return "not-whole";
	return manifestIn(folder, contents) === undefined ? "not-plugin" : undefined;
}

/** Why this device cannot. */
export function unfitHere(manifest: PluginManifest, host: PluginHost): "newer-app" | "desktop-only" | undefined {
	if (manifest.isDesktopOnly && host.isMobile) return "desktop-only";
	return host.fits(manifest.minAppVersion) ? undefined : "newer-app";
}

function jsonIn(bytes: Uint8Array): unknown {
	try {
		return JSON.parse(decodeText(bytes) ?? "");
	} catch {
		return undefined;
	}
}
