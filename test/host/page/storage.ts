// What the app keeps per device, outside of the vault's folder: local storage, secrets, the plugin's data.json.
import { Plugin, type App } from "obsidian-test-mocks/obsidian";
import type { HostAdapter } from "./host-adapter.ts";

/** Local storage and secrets belong to this vault on this device; a copied folder does not bring them along. */
export function keepPerDevice(app: App, vaultName: string): void {
	app.loadLocalStorage = (key) => {
		const stored = localStorage.getItem(`${vaultName}-${key}`);
		return stored === null ? null : (JSON.parse(stored) as unknown);
	};
	app.saveLocalStorage = (key, data) => {
		if (data === null || data === undefined) localStorage.removeItem(`${vaultName}-${key}`);
		else localStorage.setItem(`${vaultName}-${key}`, JSON.stringify(data));
	};

	const prefix = `secret:${vaultName}:`;
	app.secretStorage.setSecret = (id, secret) => {
		if (!/^[a-z0-9-]{1,64}$/.test(id)) throw new Error(`Not an id of a secret: ${id}`);
		localStorage.setItem(prefix + id, secret);
	};
	app.secretStorage.getSecret = (id) => localStorage.getItem(prefix + id);
	app.secretStorage.listSecrets = () => {
		const keys = Object.keys(localStorage).filter((key) => key.startsWith(prefix));
		return keys.map((key) => key.slice(prefix.length)).sort();
	};
}

/** data.json travels with the vault's folder; the plugin hears of it when somebody else has written it. */
export function keepPluginData(app: App, adapter: HostAdapter): void {
	const ownText = new WeakMap<Plugin, string>();
	const pathOf = (plugin: Plugin) => `${plugin.manifest.dir ?? ""}/data.json`;

	Plugin.prototype.loadData = async function () {
		if (!(await adapter.exists(pathOf(this)))) return null;
		const text = await adapter.read(pathOf(this));
		ownText.set(this, text);
		return JSON.parse(text) as unknown;
	};
	Plugin.prototype.saveData = async function (data) {
		const text = JSON.stringify(data, undefined, 2);
		ownText.set(this, text);
		await adapter.write(pathOf(this), text);
	};
	Plugin.prototype.constructor2__ = function () {
		const look = async (path: unknown): Promise<void> => {
			if (path !== pathOf(this) || !(await adapter.exists(path))) return;
			const text = await adapter.read(path);
			if (text === ownText.get(this)) return;
			ownText.set(this, text);
			this.onExternalSettingsChange();
		};
		this.registerEvent(app.vault.on("raw", (path) => void look(path)));
	};
}
