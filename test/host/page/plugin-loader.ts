// Loads a built plugin from the vault's folder the way the app does: its code gets `module`, `exports` and a `require` that
// knows the app's own modules and nothing of Node.
import type { PluginManifest } from "obsidian";
import * as mocks from "obsidian-test-mocks/obsidian";
import type { App, Plugin } from "obsidian-test-mocks/obsidian";
import { clean } from "./host-adapter.ts";
import { setIcon } from "./icons.ts";
import { getLanguage } from "./language.ts";
import { requestUrl } from "./request-url.ts";

type Evaluate = (require: (name: string) => unknown, module: { exports: unknown }, exports: unknown) => void;
type PluginClass = new (app: App, manifest: PluginManifest) => Plugin;

const obsidianModule = {
	...mocks,
	getLanguage,
	normalizePath: (path: string) => clean(path) || "/",
	requestUrl,
	setIcon,
	setTooltip(el: HTMLElement, tooltip: string) {
		el.setAttribute("aria-label", tooltip);
	},
};

/** Resolves when the plugin's `onload` is through; rejects when it is refused, throws or rejects. */
export async function loadPlugin(app: App, id: string): Promise<Plugin> {
	const dir = `${app.vault.configDir}/plugins/${id}`;
	const { adapter } = app.vault;
	const manifest = { ...(JSON.parse(await adapter.read(`${dir}/manifest.json`)) as PluginManifest), dir };
	if (isNewer(manifest.minAppVersion, mocks.apiVersion)) {
		throw new Error(`${id} needs version ${manifest.minAppVersion} of the app, this one is ${mocks.apiVersion}`);
	}
	if (await adapter.exists(`${dir}/styles.css`)) {
		document.head.createEl("style", { text: await adapter.read(`${dir}/styles.css`) });
	}
	const PluginClass = evaluate(id, await adapter.read(`${dir}/main.js`));
	const plugin = new PluginClass(app, manifest);
	await loaded(plugin);
	return plugin;
}

/** `load` calls `onload` and drops its promise; the app waits for it. */
async function loaded(plugin: Plugin): Promise<void> {
	let onload: unknown;
	const original = plugin.onload;
	plugin.onload = () => {
		onload = original.call(plugin);
	};
	plugin.load();
	await onload;
}

function evaluate(id: string, code: string): PluginClass {
	const slot: { evaluate?: Evaluate } = {};
	Object.assign(window, { pluginSlot: slot });
	const scriptEl = document.createElement("script");
	scriptEl.textContent = `pluginSlot.evaluate = function (require, module, exports) {${code}\n};\n//# sourceURL=plugin:${id}`;
	document.head.append(scriptEl);
	scriptEl.remove();
	if (slot.evaluate === undefined) throw new Error(`${id}: main.js cannot be parsed`);
	const module = { exports: {} as { default?: unknown } };
	slot.evaluate(requireFromApp, module, module.exports);
	const plugin = module.exports.default ?? module.exports;
	if (typeof plugin !== "function") throw new Error(`${id}: main.js exports no class`);
	return plugin as PluginClass;
}

function requireFromApp(name: string): unknown {
	if (name === "obsidian") return obsidianModule;
	if (/^@(codemirror|lezer)\//.test(name)) return {};
	throw new Error(`Cannot find module '${name}'`);
}

function isNewer(wanted: string, present: string): boolean {
	return wanted.localeCompare(present, "en", { numeric: true }) > 0;
}
