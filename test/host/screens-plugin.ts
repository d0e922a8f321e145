// The plugin of fixtures/device-screens.ts, built from the sources of the moment.
import { readFile } from "node:fs/promises";
import path from "node:path";
import esbuild from "esbuild";
import { afterAll, afterEach, beforeAll } from "vitest";
import { defined } from "../support/relay-clients.ts";
import { launchChromium, projectRoot, type HostBrowser } from "./chromium.ts";
import { openDevice, type DeviceOptions, type HostDevice, type PluginFiles } from "./device.ts";

/** For the tests of a file: opens devices with that plugin; each test begins with none. */
export function screensApp(): (options: DeviceOptions) => Promise<HostDevice> {
	let chromium: HostBrowser | undefined;
	let plugin: PluginFiles | undefined;
	const open = new Set<HostDevice>();
	beforeAll(async () => {
		chromium = await launchChromium();
		plugin = await screensPlugin();
	});
	afterEach(async () => {
		for (const device of open) await device.close();
		open.clear();
	});
	afterAll(() => chromium?.close());
	return async (options) => {
		const device = await openDevice(defined(chromium).browser, {
			...options,
			plugin: options.plugin ?? defined(plugin),
		});
		open.add(device);
		return device;
	};
}

export async function screensPlugin(): Promise<PluginFiles> {
	const built = await esbuild.build({
		entryPoints: [path.join(projectRoot, "test/host/fixtures/device-screens.ts")],
		...{ bundle: true, write: false, format: "cjs", platform: "browser", target: "es2022", external: ["obsidian"] },
	});
	const manifest = { id: "screens", name: "PSync", version: "1.0.0", minAppVersion: "1.13.1" };
	return {
		id: "screens",
		main: built.outputFiles[0]?.text ?? "",
		manifest: JSON.stringify(manifest),
		styles: await readFile(path.join(projectRoot, "styles.css"), "utf8"),
	};
}

/** For a person to look at, where PSYNC_PICTURES names a folder. */
export async function picture(device: HostDevice, name: string): Promise<void> {
	const folder = process.env["PSYNC_PICTURES"];
	if (folder !== undefined) await device.screenshot(path.join(folder, `${name}.png`));
}
