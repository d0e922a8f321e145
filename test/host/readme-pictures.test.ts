// The pictures of the README: that each screen shows what the text beside it says, and, by `npm run pictures`, the pictures themselves.
import path from "node:path";
import type { Locator } from "playwright-core";
import { describe, expect, it } from "vitest";
import type { DeviceOptions, HostDevice } from "./device.ts";
import type { Scene } from "./fixtures/device-screens.ts";
import { laptop, mailbox, pairingLink, phone, relayUrl, stranger, tablet, tabletAway } from "./made-up-group.ts";
import { KEY, onStage, peerOf, show } from "./screens.ts";
import { screensApp } from "./screens-plugin.ts";

const openApp = screensApp();

const GARDEN = "Ideas/Balcony garden.md";
const FILES = {
	[GARDEN]: "# Balcony garden\n\nTomatoes want six hours of sun. Ask Noor about the blue pots.\n",
	...{ "Journal.md": "", "Reading list.md": "", "Shopping.md": "" },
};
const inSync: Scene = {
	members: [laptop, phone, { ...tablet, isOnline: true }],
	peers: [peerOf(phone), peerOf(tablet)],
	...{ asksFirst: false, onlyHere: 0, relayUrl, mailbox },
};

describe("the pictures of the README show", () => {
	it("the settings", async () => {
		const device = await laptopOf(1100, 960);
		await show(device, inSync);
		const said = await device.frame().locator(".mod-settings").innerText();
		for (const part of ["In sync", "Group key", "Pair another device", "Relay address", "Access code", "Devices"])
			expect(said).toContain(part);
		await picture("settings", device.page.locator("body"));
	});

	it("the code and the link for another device", async () => {
		const device = await laptopOf(560, 860);
		await show(device, inSync);
		await device.frame().getByRole("button", { name: "Pair another device" }).click();
		const dialog = device.frame().locator(".psync-pair");
		const link = await dialog.locator("textarea").inputValue();
		// Whom to wait for.
		expect(link).toMatch(/&f=[\w-]{43}$/);
		await dialog.getByRole("button", { name: "Recovery sheet" }).waitFor();
		await picture("pair", dialog);
	});

	it("what the second device asks before anything happens", async () => {
		const device = await deviceOf(390, 640, {
			...{ name: "Notes", platform: "android", files: FILES },
			app: { theme: "dark", localStorage: { "psync-device-name": "Phone" } },
		});
		await onStage(
			device,
			(stage, offered) => {
				stage.offer(offered);
			},
			pairingLink(),
		);
		await device.frame().getByText("wss://relay.example.org").waitFor();
		await device.frame().getByRole("button", { name: "Join" }).waitFor();
		await picture("join", device.page.locator("body"));
	});

	it("the list of devices, of which one waits", async () => {
		const device = await laptopOf(850, 1000);
		const peers = [peerOf(phone), tabletAway];
		await show(device, { ...inSync, members: [laptop, phone, tablet, stranger], peers, asksFirst: true });
		await device.frame().getByRole("button", { name: "Approve Work computer" }).waitFor();
		await picture("devices", section(device, "Devices"), 20);
	});

	it("the menu of the status bar", async () => {
		const device = await laptopOf(900, 460);
		await show(device, inSync, { opens: false });
		await device.frame().getByText("Balcony garden", { exact: false }).first().click();
		// The menu opens above the place that is pressed.
		await device
			.frame()
			.locator(".psync-status")
			.click({ position: { x: 30, y: 1 } });
		const menu = await device.frame().locator(".menu").innerText();
		for (const item of ["Phone: in sync", "Safe to close", "Show which devices have this note", "Pause syncing"])
			expect(menu).toContain(item);
		await picture("status-bar", device.page.locator("body"));
	});

	it("what is left with the relay", async () => {
		const device = await laptopOf(850, 1000);
		await show(device, inSync);
		await device.frame().getByText("2 MB of 512 MB are in use").waitFor();
		await picture("relay", section(device, "Leave changes with the relay"), 20);
	});
});

function laptopOf(width: number, height: number): Promise<HostDevice> {
	const app = { secrets: { "psync-group-key": KEY }, localStorage: { "psync-device-name": "Laptop" } };
	return deviceOf(width, height, { name: "Notes", files: FILES, app });
}

async function deviceOf(width: number, height: number, options: DeviceOptions): Promise<HostDevice> {
	const device = await openApp(options);
	await device.page.setViewportSize({ width, height });
	return device;
}

/** A heading of the settings and what is below it. */
function section(device: HostDevice, heading: string): Locator {
	return device.frame().locator(".setting-group", { has: device.frame().getByText(heading, { exact: true }) });
}

/** `margin`: how much of what is around it, in points. */
async function picture(name: string, of: Locator, margin = 0): Promise<void> {
	await of.scrollIntoViewIfNeeded();
	const box = await of.boundingBox();
	const folder = process.env["PSYNC_PICTURES"];
	if (box === null) throw new Error(`${name} is not on show`);
	if (folder === undefined) return;
	const clip = {
		...{ x: box.x - margin, y: box.y - margin },
		...{ width: box.width + 2 * margin, height: box.height + 2 * margin },
	};
	await of.page().screenshot({ path: path.join(folder, `${name}.png`), clip });
}
