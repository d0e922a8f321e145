// Too much deleted at once, in the plugin: both devices ask a person, in the menu and in the settings, and do as is said.
import type { Locator } from "playwright-core";
import { expect, it } from "vitest";
import { chromiumAndRelay } from "../support/chromium-and-relay.ts";
import type { HostDevice } from "../host/device.ts";
import { diskHolds, filesShown, openGroup, statusShows } from "../support/plugin-devices.ts";

const COUNT = 30;

const app = chromiumAndRelay();

it("[D3 D5 D7 D8 D9] a folder deleted with all in it is asked about where it went, then where it is to go, and put back", async () => {
	const files = Object.fromEntries(
		Array.from({ length: COUNT }, (_, n) => [`Ideas/${String(n)}.md`, `idea ${String(n)}`]),
	);
	const options = [{ name: "laptop", files: { ...files, "Plan.md": "plan" } }, { name: "phone" }];
	const [laptop, phone] = await openGroup(app.browser, app.relayUrl, options);
	if (laptop === undefined || phone === undefined) throw new Error("two devices");
	await filesShown(phone, COUNT + 1);

	await laptop.deleteFile("Ideas");
	await statusShows(laptop, "Needs attention");
	expect(await phone.list()).toHaveLength(COUNT + 1);
	expect(await menuOf(laptop)).toEqual([
		"Needs attention",
		expect.stringContaining("in sync"),
		"Safe to close: nothing is on this device alone",
		"Hardly anything is left in this vault: 30 files are gone.",
		"Put them back",
		"They are really gone",
		...["Sync now", "Pause syncing", "Open panel", "Open settings"],
	]);
	await laptop.frame().locator(".menu-item", { hasText: "They are really gone" }).click();

	await statusShows(phone, "Needs attention");
	expect(await phone.list()).toHaveLength(COUNT + 1);
	const row = await statusRow(phone);
	expect(await row.innerText()).toContain("They stay here until you say that they are really gone.");
	expect(await row.locator("button").allInnerTexts()).toEqual(["Put them back", "They are really gone"]);
	await row.getByRole("button", { name: "Put them back" }).click();

	await diskHolds(laptop, "Ideas/29.md", "idea 29");
	await filesShown(laptop, COUNT + 1);
	for (const each of [laptop, phone]) await statusShows(each, "In sync");
	await expect.poll(() => row.locator("button").allInnerTexts()).toEqual(["Sync now", "Pause syncing"]);
	for (const each of [laptop, phone]) await each.close();
});

async function menuOf(device: HostDevice): Promise<readonly string[]> {
	await device.frame().locator(".psync-status").click();
	return device.frame().locator(".menu-item").allInnerTexts();
}

async function statusRow(device: HostDevice): Promise<Locator> {
	await device.openSettings();
	return device.frame().locator(".psync-status-row");
}
