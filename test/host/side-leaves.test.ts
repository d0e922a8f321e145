// How the host's sidebar treats a view of a plugin's: when it is made, when it is seen, and what becomes of it. A view made up here stands in.
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium, type HostBrowser } from "./chromium.ts";
import type { HostDevice } from "./device.ts";
import { openSample } from "./sample-device.ts";

let chromium: HostBrowser;
beforeAll(async () => {
	chromium = await launchChromium();
});
afterAll(() => chromium.close());

test("A view is made when its leaf comes into sight, one leaf for each type, and closed with it (obsidian.d.ts 1.7.2, D)", async () => {
	const device = await openSample(chromium.browser);
	expect(await lived(device)).toEqual([]);
	await ensure(device, "side-one", { reveal: false });
	expect(await lived(device)).toEqual([]);
	expect(await deferred(device, "side-one")).toEqual([true]);
	await ensure(device, "side-one", { active: true, reveal: true });
	await ensure(device, "side-one", { active: true, reveal: true });
	expect(await lived(device)).toEqual(["open side-one"]);
	expect(await deferred(device, "side-one")).toEqual([false]);
	expect(await shown(device)).toEqual(["side-one"]);
	await device.closeSideLeaf("side-one");
	expect(await lived(device)).toEqual(["open side-one", "close side-one"]);
	expect(await deferred(device, "side-one")).toEqual([]);
	await device.close();
});

test("A leaf behind another one, or in a closed sidebar, is not on show (obsidian.d.ts, revealLeaf, D)", async () => {
	const device = await openSample(chromium.browser);
	await ensure(device, "side-one", { reveal: true });
	await ensure(device, "side-two", { reveal: true });
	expect(await shown(device)).toEqual(["side-two"]);
	await device.showSidebar(false);
	expect(await shown(device)).toEqual([]);
	await device.showSidebar(true);
	expect(await shown(device)).toEqual(["side-two"]);
	await ensure(device, "side-one", { reveal: true });
	expect(await shown(device)).toEqual(["side-one"]);
	await device.close();
});

test("What was open is open again after a start, with its state, and is deferred until it is seen (obsidian.d.ts 1.7.2, D)", async () => {
	const device = await openSample(chromium.browser);
	await ensure(device, "side-one", { reveal: true, state: { chosen: 3 } });
	await device.showSidebar(false);
	await device.kill();
	await device.start();
	expect(await lived(device)).toEqual([]);
	expect(await deferred(device, "side-one")).toEqual([true]);
	await device.showSidebar(true);
	expect(await lived(device)).toEqual(["open side-one", "state 3"]);
	await device.close();
});

test("A view goes with its plugin, and its leaf waits for the plugin to come back (docs, detach leaves, D)", async () => {
	const device = await openSample(chromium.browser);
	await ensure(device, "side-one", { reveal: true });
	await device.unload();
	expect(await deferred(device, "side-one")).toEqual([true]);
	await device.enable("sample");
	expect(await lived(device)).toEqual(["open side-one"]);
	expect(await deferred(device, "side-one")).toEqual([false]);
	await device.close();
});

test("A type of view is registered once (obsidian.md §7, K)", async () => {
	const device = await openSample(chromium.browser);
	const twice = device.inApp((host) => {
		const plugin = host.plugin as unknown as { registerView(type: string, make: () => undefined): void };
		plugin.registerView("side-one", () => undefined);
	});
	await expect(twice).rejects.toThrow("existing view type");
	await device.close();
});

/** What views of the sample plugin that runs have lived through. */
function lived(device: HostDevice): Promise<string[]> {
	return device.inApp((host) => (host.plugin as unknown as { lived: string[] }).lived);
}

async function ensure(device: HostDevice, type: string, options: Record<string, unknown>): Promise<void> {
	await device.inApp(
		async (host, given) => {
			await host.app.workspace.ensureSideLeaf(given.type, "right", given.options);
		},
		{ type, options },
	);
}

function deferred(device: HostDevice, type: string): Promise<boolean[]> {
	return device.inApp(
		(host, wanted) => host.app.workspace.getLeavesOfType(wanted).map((leaf) => leaf.isDeferred),
		type,
	);
}

function shown(device: HostDevice): Promise<(string | undefined)[]> {
	const views = device.frame().locator(".mod-right-split .workspace-leaf-content:visible");
	return views.evaluateAll((all) => all.map((each) => (each as HTMLElement).dataset["type"]));
}
