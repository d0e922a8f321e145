// What a person does with the group later: another relay, leaving, starting over; and what they are told when something else syncs the same
// folder. The built plugin in Chromium, and real relays.
import { describe, expect, it } from "vitest";
import type { Locator } from "playwright-core";
import { openDevice } from "../host/device.ts";
import type { DeviceOptions, HostDevice } from "../host/device.ts";
import { chromiumAndRelay } from "../support/chromium-and-relay.ts";
import { closedAfterEach } from "../support/closed-after-each.ts";
import { diskHolds, foundGroup, openGroup, startFirstSync, statusShows } from "../support/plugin-devices.ts";
import { startedRelays } from "../support/started-relays.ts";

const app = chromiumAndRelay();
const relays = startedRelays();
const open = closedAfterEach();

async function group(...options: readonly DeviceOptions[]): Promise<readonly HostDevice[]> {
	const devices = await openGroup(app.browser, app.relayUrl, options);
	for (const device of devices) open.add(device);
	return devices;
}

function question(device: HostDevice): Locator {
	return device.frame().locator(".modal:not(.mod-settings)");
}

async function pressRow(device: HostDevice, name: string): Promise<void> {
	await (await device.settingRow(name)).getByRole("button", { name }).click();
}

/** Files below the plugin's folder that are no part of what is installed. */
async function pluginFiles(device: HostDevice): Promise<readonly string[]> {
	const all = await device.outside.paths();
	return all.filter((path) => /\/psync\/(?:state\/|kept)/.test(path));
}

describe("leaving", () => {
	it("[SU6 Q5] keeps the notes and what was replaced here as files, and lets all else of the group go", async () => {
		const [laptop, phone] = await group(
			{ name: "laptop", files: { "a.md": "alpha" } },
			{ name: "phone", platform: "android" },
		);
		if (laptop === undefined || phone === undefined) throw new Error("no devices");
		await diskHolds(phone, "a.md", "alpha");
		await laptop.writeFile("a.md", "another text");
		await diskHolds(phone, "a.md", "another text");
		await pressRow(phone, "Leave the group");
		await question(phone).getByText("All notes stay on this device").waitFor();
		expect(await phone.frame().evaluate(() => document.activeElement?.textContent)).toBe("Cancel");
		await phone.page.keyboard.press("Escape");
		await question(phone).waitFor({ state: "detached" });
		await pressRow(phone, "Leave the group");
		await question(phone).getByRole("button", { name: "Leave the group" }).click();
		await phone.frame().getByText("This vault is in no group any more").waitFor();
		await phone.closeSettings();
		await statusShows(phone, "Not set up");
		const left = await pluginFiles(phone);
		const kept = left.filter((path) => path.includes("/kept ") && path.endsWith(".md"));
		expect(kept).toHaveLength(1);
		expect((await phone.outside.read(kept[0] ?? ""))?.toString("utf8")).toBe("alpha");
		expect(left.filter((path) => path.includes("/state/"))).toEqual([]);
		await laptop.writeFile("b.md", "beta");
		await phone.writeFile("c.md", "gamma");
		expect(await phone.readFile("a.md")).toBe("another text");

		// It comes back as another device, which knows nothing of the one it was.
		await laptop.runCommand("psync:pair");
		await phone.openLink(await laptop.frame().locator(".psync-pair textarea").inputValue());
		await question(phone).getByRole("button", { name: "Join" }).click();
		await startFirstSync(phone);
		await diskHolds(phone, "b.md", "beta");
		await diskHolds(laptop, "c.md", "gamma");
		await laptop.page.keyboard.press("Escape");
		await laptop.openSettings();
		await expect
			.poll(() =>
				laptop
					.frame()
					.getByText(/^Android phone \(/)
					.count(),
			)
			.toBe(2);
	});

	it("[SU6] starts over as if nothing had ever been set up, and opens the set-up", async () => {
		const laptop = await openDevice(app.browser, { name: "laptop", files: { "a.md": "alpha" } });
		open.add(laptop);
		await foundGroup(laptop, app.relayUrl);
		await statusShows(laptop, "Waiting");
		await laptop.setSetting("deviceName", "Big one");
		await pressRow(laptop, "Start over");
		await question(laptop).getByText("No other device is in the group").waitFor();
		await question(laptop).getByRole("button", { name: "Start over" }).click();
		await laptop.frame().locator(".psync-setup").getByText("This is my first device").click();
		const setup = laptop.frame().locator(".psync-setup");
		expect(await setup.getByLabel("Relay address").inputValue()).toBe("");
		expect(await setup.getByLabel("Name of this device").inputValue()).toBe("Linux computer");
		expect(await pluginFiles(laptop)).toEqual([]);
		expect(await laptop.readFile("a.md")).toBe("alpha");
		await laptop.unload();
	});
});

it("[SU5] changes the relay after saying what follows, with the same test", async () => {
	const [laptop, tablet] = await group({ name: "laptop", files: { "a.md": "alpha" } }, { name: "tablet" });
	if (laptop === undefined || tablet === undefined) throw new Error("no devices");
	const other = await relays.start({ accessCode: "7 Linden & 40% oak=" });
	for (const device of [laptop, tablet]) {
		await pressRow(device, "Change the relay");
		const dialog = question(device);
		await dialog.getByText("Devices find each other only at the same relay").waitFor();
		expect(await dialog.getByLabel("Relay address").inputValue()).toBe(app.relayUrl);
		await dialog.getByLabel("Relay address").fill(other.url);
		await dialog.getByRole("button", { name: "Test connection" }).click();
		await dialog.getByText("The relay asks for an access code").waitFor();
		await dialog.getByLabel("Access code").fill("7 Linden & 40% oak=");
		await dialog.getByRole("button", { name: "Change", exact: true }).click();
		await dialog.waitFor({ state: "detached" });
		expect(await (await device.settingRow("relayUrl")).locator("input").inputValue()).toBe(other.url);
		await device.closeSettings();
	}
	await laptop.writeFile("b.md", "beta");
	await diskHolds(tablet, "b.md", "beta");
	for (const device of [laptop, tablet]) await statusShows(device, "In sync");
});

it("[SU7] says once that something else syncs the same folder, and goes on saying it in the settings", async () => {
	const device = await openDevice(app.browser, { name: "notes", files: { "a.md": "alpha" } });
	open.add(device);
	await device.outside.mkdir(".stfolder");
	await device.outside.write(".obsidian/community-plugins.json", '["psync","remotely-save"]');
	await foundGroup(device, app.relayUrl);
	await device.frame().getByText("synced by Syncthing and Remotely Save too").waitFor();
	await device.openSettings();
	await device.frame().locator(".psync-status-row").getByText("Let only one of them do it").waitFor();
	await device.closeSettings();
	await device.kill();
	await device.start();
	await statusShows(device, "Waiting");
	await device.openSettings();
	await device.frame().locator(".psync-status-row").getByText("Let only one of them do it").waitFor();
	expect(await device.notices()).toEqual([]);
});
