// A phone that is to sync on Wi-Fi only: the built plugin on two devices in Chromium, a real relay on loopback. The kind of network is made up.
import { describe, expect, it } from "vitest";
import { openDevice, type DeviceOptions } from "../host/device.ts";
import { chromiumAndRelay } from "../support/chromium-and-relay.ts";
import { closedAfterEach } from "../support/closed-after-each.ts";
import { diskHolds, openGroup, statusShows } from "../support/plugin-devices.ts";

const app = chromiumAndRelay();
const open = closedAfterEach();

describe("Wi-Fi only", () => {
	it("[NW1 NW3] waits on mobile data, over a restart too, until a person wants it all the same or Wi-Fi is back", async () => {
		const options: readonly DeviceOptions[] = [
			{ name: "laptop" },
			{ name: "phone", platform: "android", app: { network: "cellular" } },
		];
		const [laptop, phone] = await openGroup(app.browser, app.relayUrl, options);
		if (laptop === undefined || phone === undefined) throw new Error("two devices were asked for");
		open.add(laptop).add(phone);
		await phone.setSetting("wifiOnly", true);
		await statusShows(phone, "Waiting for Wi-Fi");
		await statusShows(laptop, "Waiting for devices");
		await laptop.writeFile("a.md", "from the laptop");
		await phone.kill();
		await phone.start();
		await statusShows(phone, "Waiting for Wi-Fi");
		await phone.writeFile("b.md", "from the phone");
		await phone.runCommand("psync:show-status");
		expect((await phone.notices()).join()).toContain("choose “Sync now”");
		expect([await phone.readFile("a.md"), await laptop.readFile("b.md")]).toEqual([undefined, undefined]);

		await phone.runCommand("psync:sync-now");
		await diskHolds(phone, "a.md", "from the laptop");
		await diskHolds(laptop, "b.md", "from the phone");

		await phone.becomeNetwork("wifi");
		await phone.becomeNetwork("cellular");
		await statusShows(phone, "Waiting for Wi-Fi");
		await statusShows(laptop, "Waiting for devices");
		await phone.writeFile("c.md", "written on the way");
		expect(await laptop.readFile("c.md")).toBeUndefined();
		await phone.becomeNetwork("wifi");
		await diskHolds(laptop, "c.md", "written on the way");
		await statusShows(phone, "In sync");
	});

	it.each([
		["android", "wifi", 1],
		["android", undefined, 0],
		["ios", undefined, 0],
		["linux", "wifi", 0],
	] as const)("[NW2] can be chosen on %s where the kind of network is %s: %i", async (platform, network, rows) => {
		const options = network === undefined ? {} : { app: { network } };
		const device = await openDevice(app.browser, { name: "single", platform, ...options });
		open.add(device);
		await (await device.settingRow("limitUpKib")).waitFor();
		expect(
			await device.frame().locator(".setting-item-name:visible").getByText("Wi-Fi only", { exact: true }).count(),
		).toBe(rows);
	});
});
