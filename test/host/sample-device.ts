// Devices with the sample plugin, for the host's own tests.
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Browser } from "playwright-core";
import { projectRoot } from "./chromium.ts";
import { openDevice, type DeviceOptions, type HostDevice, type PluginFiles } from "./device.ts";

export async function samplePlugin(minAppVersion = "1.13.1"): Promise<PluginFiles> {
	const main = await readFile(path.join(projectRoot, "test/host/fixtures/sample-plugin.js"), "utf8");
	const manifest = { id: "sample", name: "Sample", version: "1.0.0", minAppVersion, author: "", description: "" };
	return { id: "sample", main, manifest: JSON.stringify(manifest), styles: "" };
}

export async function openSample(browser: Browser, options: Omit<DeviceOptions, "name"> = {}): Promise<HostDevice> {
	return openDevice(browser, { name: "vault", plugin: await samplePlugin(), ...options });
}

/** A device with the app alone, every event of whose vault is written down from the start. */
export async function openRecording(browser: Browser, options: Omit<DeviceOptions, "name"> = {}): Promise<HostDevice> {
	const device = await openDevice(browser, { name: "vault", plugin: undefined, ...options });
	await device.inApp((host) => {
		const events: string[] = [];
		for (const kind of ["create", "modify", "delete"]) {
			host.app.vault.on(kind, (file) => events.push(`${kind} ${(file as { path: string }).path}`));
		}
		host.app.vault.on("rename", (file, from) =>
			events.push(`rename ${String(from)} > ${(file as { path: string }).path}`),
		);
		host.app.vault.on("raw", (path) => events.push(`raw ${String(path)}`));
		Object.assign(window, { events });
	});
	return device;
}

/** The events since the last call, without `raw` unless asked for. */
export async function events(device: HostDevice, { raw = false } = {}): Promise<string[]> {
	const all = await device.frame().evaluate(() => (window as unknown as { events: string[] }).events.splice(0));
	return raw ? all : all.filter((event) => !event.startsWith("raw "));
}
