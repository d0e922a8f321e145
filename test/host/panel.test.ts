// The panel in the sidebar, as a person meets it, in Chromium: how it is opened, folded and closed, by mouse and by keyboard.
import { describe, expect, it } from "vitest";
import type { DeviceOptions, HostDevice } from "./device.ts";
import { KEY } from "./screens.ts";
import { screensApp } from "./screens-plugin.ts";

const openApp = screensApp();

describe("the panel", () => {
	it.each(["linux", "android"] as const)(
		"[GP1] opens from the status menu and by a command, once, and is open again after a restart (%s)",
		async (platform) => {
			const device = await deviceOf({ platform });
			const item = device.frame().locator(platform === "android" ? ".psync-ribbon" : ".psync-status");
			await item.click();
			await device.frame().locator(".menu-item", { hasText: "Open panel" }).click();
			await panel(device).waitFor();
			await device.runCommand("screens:open-panel");
			expect(await panel(device).count()).toBe(1);
			await device.kill();
			await device.start();
			await panel(device).waitFor();
		},
	);
});

function deviceOf(options: Partial<DeviceOptions> = {}): Promise<HostDevice> {
	return openApp({ name: "notes", ...options, app: { secrets: { "psync-group-key": KEY }, ...options.app } });
}

function panel(device: HostDevice) {
	return device.frame().locator(".psync-panel");
}
