// Who belongs to the group, decided by people at their screens: the built plugin on real devices in Chromium, over a real relay.
import type { Locator } from "playwright-core";
import { describe, expect, it } from "vitest";
import { chromiumAndRelay } from "../support/chromium-and-relay.ts";
import { closedAfterEach } from "../support/closed-after-each.ts";
import { openDevice } from "../host/device.ts";
import type { DeviceOptions, HostDevice } from "../host/device.ts";
import { diskHolds, foundGroup, joinGroup, startFirstSync, statusShows } from "../support/plugin-devices.ts";

const app = chromiumAndRelay();
const open = closedAfterEach();

describe("the devices of a group", () => {
	it("[K15 G2] tell who joined, show the same words on both screens, and lead to the list", async () => {
		const laptop = await deviceOf("Laptop", { files: { "a.md": "alpha" } });
		const phone = await deviceOf("Phone", { platform: "android" });
		await joinGroup(phone, app.relayUrl, await foundGroup(laptop, app.relayUrl));
		await diskHolds(phone, "a.md", "alpha");
		const notice = laptop.frame().locator(".notice", { hasText: "Phone joined the group. Not yours?" });
		await notice.getByRole("button", { name: "Show devices" }).click();
		const onLaptop = row(laptop, "Phone");
		await expect.poll(() => onLaptop.locator("select").inputValue()).toBe("admin");
		await picture(laptop);
		const words = await wordsShown(laptop, onLaptop);
		expect(words.split(" ")).toHaveLength(4);
		await phone.openSettings();
		expect(await wordsShown(phone, row(phone, "Laptop"))).toBe(words);
		expect((await phone.notices()).filter((text) => text.includes("joined the group"))).toEqual([]);
	});

	it("[K16 G3] let nobody in whom no person approved, once they ask first", async () => {
		const laptop = await deviceOf("Laptop", { files: { "a.md": "alpha" } });
		const key = await foundGroup(laptop, app.relayUrl);
		await laptop.openSettings();
		const asks = laptop
			.frame()
			.locator(".setting-item", { hasText: "Ask before a new device joins" })
			.locator(".checkbox-container");
		await expect.poll(() => asks.getAttribute("class")).not.toContain("is-disabled");
		await asks.click();
		await expect.poll(() => asks.getAttribute("class")).toContain("is-enabled");
		const phone = await deviceOf("Phone", { files: { "b.md": "beta" } });
		await joinGroup(phone, app.relayUrl, key);
		await statusShows(phone, "Waiting to be approved");
		expect((await phone.list()).map(({ path }) => path)).toEqual(["b.md"]);
		await row(laptop, "Phone").getByRole("button", { name: "Approve Phone" }).click();
		await diskHolds(phone, "a.md", "alpha");
		await diskHolds(laptop, "b.md", "beta");
		await statusShows(phone, "In sync");
	});

	it("[K6 G3 G4 G5] shut one out by a button, go on with a new key, and take it back as a new one by a link", async () => {
		const laptop = await deviceOf("Laptop", { files: { "a.md": "alpha" } });
		const key = await foundGroup(laptop, app.relayUrl);
		const tablet = await deviceOf("Tablet");
		await joinGroup(tablet, app.relayUrl, key);
		await diskHolds(tablet, "a.md", "alpha");
		const phone = await deviceOf("Phone");
		await joinGroup(phone, app.relayUrl, key);
		for (const each of [laptop, tablet, phone]) await statusShows(each, "In sync");
		await diskHolds(phone, "a.md", "alpha");

		const ofKey = await laptop.settingRow("Group key");
		await ofKey.getByRole("button", { name: "Show" }).click();
		expect((await ofKey.innerText()).replace(/\s/g, "")).toContain(key);
		await row(laptop, "Phone").getByRole("button", { name: "Remove Phone" }).click();
		const question = laptop.frame().locator(".modal:not(.mod-settings)");
		await question.getByRole("button", { name: "Remove Phone" }).click();
		await laptop.frame().locator(".notice", { hasText: "Phone was removed, and the group has a new key." }).waitFor();
		await statusShows(phone, "Removed from the group");
		await row(laptop, "Phone").waitFor({ state: "detached" });
		const shown = async (): Promise<string> => (await ofKey.innerText()).replace(/\s/g, "");
		await expect.poll(shown).not.toContain(key);
		await laptop.closeSettings();
		await laptop.writeFile("b.md", "beta");
		await diskHolds(tablet, "b.md", "beta");
		expect(await keyOf(tablet)).toBe(await keyOf(laptop));
		expect(await keyOf(laptop)).not.toBe(key);
		await phone.writeFile("c.md", "gamma");
		expect((await phone.list()).map(({ path }) => path)).toEqual(["a.md", "c.md"]);

		await phone.openLink(await linkOf(laptop));
		await phone.frame().locator(".modal").getByRole("button", { name: "Join" }).click();
		await startFirstSync(phone);
		await diskHolds(phone, "b.md", "beta");
		for (const each of [laptop, tablet]) await diskHolds(each, "c.md", "gamma");
		for (const each of [laptop, tablet, phone]) await statusShows(each, "In sync");
	});
});

async function deviceOf(name: string, options: Partial<DeviceOptions> = {}): Promise<HostDevice> {
	const localStorage = { "psync-device-name": name };
	const device = await openDevice(app.browser, { name, ...options, app: { localStorage, ...options.app } });
	open.add(device);
	return device;
}

function row(device: HostDevice, name: string): Locator {
	const nameEl = device.frame().locator(".setting-item-name").getByText(name, { exact: true });
	return device.frame().locator(".psync-devices ~ .setting-item", { has: nameEl });
}

async function wordsShown(device: HostDevice, of: Locator): Promise<string> {
	await of.getByRole("button", { name: "Compare words" }).click();
	const dialog = device.frame().locator(".modal:not(.mod-settings)");
	const words = await dialog.locator(".psync-words").innerText();
	await dialog.locator(".modal-close-button").dispatchEvent("click");
	return words;
}

async function keyOf(device: HostDevice): Promise<string> {
	const group = await device.settingRow("Group key");
	await group.getByRole("button", { name: "Show" }).click();
	const key = await group.locator(".psync-group-key-text").innerText();
	await device.closeSettings();
	return key.replace(/\s/g, "");
}

async function linkOf(device: HostDevice): Promise<string> {
	const group = await device.settingRow("Group key");
	await group.getByRole("button", { name: "Pair another device" }).click();
	const dialog = device.frame().locator(".psync-pair");
	const link = await dialog.locator("textarea").inputValue();
	await dialog.locator(".modal-close-button").dispatchEvent("click");
	await device.closeSettings();
	return link;
}

/** For a person to look at, where PSYNC_PICTURES names a folder. */
async function picture(device: HostDevice): Promise<void> {
	const folder = process.env["PSYNC_PICTURES"];
	if (folder !== undefined) await device.screenshot(`${folder}/devices-real.png`);
}
