// What takes part on this device, as a person sees and chooses it in the settings, in Chromium. That it holds between devices is in
// test/e2e/what-syncs.test.ts.
import path from "node:path";
import type { Locator } from "playwright-core";
import { describe, expect, it } from "vitest";
import type { DeviceOptions, HostDevice } from "./device.ts";
import { screensApp } from "./screens-plugin.ts";
import { member, onStage, show } from "./screens.ts";

const openApp = screensApp();
const members = [member("Laptop", "a", { role: "admin", isThis: true, isOnline: true })];
const files = {
	"Films/Holiday.mp4": "",
	"Films/Notes on films.md": "",
	"Films/Old/Wedding.mp4": "",
	"Drafts/one.tmp": "",
	"Drafts/two.tmp": "",
	"Journal.md": "",
};

async function openPage(options: Partial<DeviceOptions> = {}): Promise<HostDevice> {
	const device = await openApp({ name: "vault", files, ...options });
	await show(device, { members, leftOut: 37 });
	await device.settingRow("Patterns");
	return device;
}
const row = (device: HostDevice, name: string): Locator =>
	device.frame().locator(".setting-item", { has: device.frame().getByText(name, { exact: true }) });
const page = (device: HostDevice): Locator => device.frame().locator(".mod-settings");
const patterns = (device: HostDevice): Locator => device.frame().getByLabel("Patterns");
const said = (device: HostDevice): Locator => device.frame().locator(".psync-rules-preview");
const button = (device: HostDevice, name: string): Locator => page(device).getByRole("button", { name });
const kept = (device: HostDevice): Promise<unknown> =>
	device.inApp((host) =>
		(host.app as unknown as { loadLocalStorage(key: string): unknown }).loadLocalStorage("psync-scope"),
	);

describe("the page about what syncs", () => {
	it("[L14] is reached from the settings, says how much is left out, and that nothing is deleted by that", async () => {
		const device = await openApp({ name: "vault", files });
		await show(device, { members, leftOut: 37 });
		const entry = row(device, "What syncs");
		await entry.getByText("37 files left out").waitFor();
		await entry.click();
		await page(device).getByText("37 files of your devices take no part here.").waitFor();
		await page(device).getByText("Leaving something out deletes nothing").waitFor();
		const held = [{ path: "Films/Holiday.mp4", reason: "too-large" }];
		await show(device, { members, leftOut: 1, held });
		await page(device).getByText("1 file of your devices takes no part here.").waitFor();
		await page(device).getByText("1 file here is larger than the limit below").waitFor();
		await show(device, { members });
		await page(device).getByText("Nothing of your other devices is left out here.").waitFor();
	});

	it("[L12] lets a person leave out folders, and take part with some only", async () => {
		const device = await openPage();
		await device.frame().getByRole("button", { name: "Leave out a folder" }).click();
		await device.page.keyboard.type("old");
		await device.page.keyboard.press("Enter");
		await row(device, "Films/Old").getByText("1 file in this vault").waitFor();
		expect(await kept(device)).toMatchObject({ notIn: ["Films/Old"], onlyIn: [] });
		await device.frame().getByRole("button", { name: "Add a folder that takes part" }).click();
		await device
			.frame()
			.locator(".suggestion-item", { hasText: /^Films$/ })
			.click();
		await row(device, "Films").getByText("3 files in this vault").waitFor();
		expect(await kept(device)).toMatchObject({ notIn: ["Films/Old"], onlyIn: ["Films"] });
		await row(device, "Films/Old").locator(".extra-setting-button").click();
		await row(device, "Films/Old").waitFor({ state: "detached" });
		expect(await kept(device)).toMatchObject({ notIn: [], onlyIn: ["Films"] });
	});

	it("[L12] lets a person leave out kinds of files, and what is too large", async () => {
		const device = await openPage();
		await row(device, "Video").locator(".checkbox-container").click();
		await row(device, "All other files").locator(".checkbox-container").click();
		await row(device, "Largest file").locator("select").selectOption("10 MB");
		await expect.poll(() => kept(device)).toMatchObject({ notOf: ["video", "others"], maxMib: 10 });
		await row(device, "Video").locator(".checkbox-container").click();
		await expect.poll(() => kept(device)).toMatchObject({ notOf: ["others"], maxMib: 10 });
	});

	it("[XL12] lets a person receive large files in parts, or not", async () => {
		const device = await openPage({ platform: "android" });
		const toggle = row(device, "Receive large files in parts").locator(".checkbox-container");
		await expect.poll(() => toggle.getAttribute("class")).toContain("is-enabled");
		await toggle.click();
		await expect.poll(() => kept(device)).toMatchObject({ large: false });
	});

	it.each([
		["android", "40 MB", "10 MB"],
		["ios", "40 MB", "Any size"],
		["mac", "Any size", "40 MB"],
	] as const)(
		"[L16] begins with the size that %s can take, and keeps another choice",
		async (platform, usual, other) => {
			const device = await openPage({ platform });
			const chosen = (): Promise<string> => row(device, "Largest file").locator("option:checked").innerText();
			expect(await chosen()).toBe(usual);
			const says = row(device, "Largest file").getByText("A phone or tablet begins with 40 MB");
			expect(await says.count()).toBe(platform === "mac" ? 0 : 1);
			await row(device, "Largest file").locator("select").selectOption(other);
			await expect.poll(() => kept(device)).toMatchObject({ maxMib: other === "Any size" ? 0 : parseInt(other) });
			await device.kill();
			await device.start();
			await device.settingRow("Patterns");
			expect(await chosen()).toBe(other);
		},
	);
});

describe("patterns", () => {
	it("[L14] show what they match while they are written, and count when the button is pressed", async () => {
		const device = await openPage();
		await said(device).getByText("They match no file in this vault.").waitFor();
		expect(await button(device, "Use these patterns").isDisabled()).toBe(true);
		await patterns(device).pressSequentially("*.mp4");
		await said(device)
			.getByText("Of 6 files in this vault they would leave out 2: Films/Holiday.mp4 and Films/Old/Wedding.mp4.")
			.waitFor();
		expect(await device.outside.read(".psyncignore")).toBeUndefined();
		await button(device, "Use these patterns").click();
		await said(device).getByText("they leave out 2:").waitFor();
		expect((await device.outside.read(".psyncignore"))?.toString()).toBe("*.mp4");
		expect(await onStage(device, (stage) => stage.decisions)).toEqual(["rules"]);
		await patterns(device).fill("Drafts/\nFilms/Old/");
		await said(device).getByText("they would leave out 3: Drafts/one.tmp, Drafts/two.tmp and").waitFor();
		await said(device)
			.getByText("1 file that stays out now would take part and go to your other devices: Films/Holiday.mp4.")
			.waitFor();
	});

	it("[L2 L14] that nobody can mean are said by their line, and cannot be used", async () => {
		const device = await openPage({ files: { ...files, ".psyncignore": "*.tmp" } });
		await said(device).getByText("they leave out 2").waitFor();
		await patterns(device).fill("*.tmp\n[abc");
		await said(device).getByText(".psyncignore, line 2: a [ has no ] after it.").waitFor();
		expect(await button(device, "Use these patterns").isDisabled()).toBe(true);
		await button(device, "Undo my changes").click();
		expect(await patterns(device).inputValue()).toBe("*.tmp");
		await said(device).getByText("they leave out 2").waitFor();
	});

	it("[L14] half written, they wait while a person looks elsewhere", async () => {
		const device = await openPage();
		await patterns(device).fill("Dra");
		await device.closeSettings();
		await device.settingRow("Patterns");
		await expect.poll(() => patterns(device).inputValue()).toBe("Dra");
		expect(await device.outside.read(".psyncignore")).toBeUndefined();
	});

	it("[L14] take the place of nothing that another program wrote meanwhile", async () => {
		const device = await openPage({ files: { ...files, ".psyncignore": "*.tmp" } });
		await said(device).getByText("they leave out 2").waitFor();
		await patterns(device).fill("*.mp4");
		await device.outside.write(".psyncignore", "Journal.md\n");
		await button(device, "Use these patterns").click();
		await expect.poll(() => patterns(device).inputValue()).toMatch(/^\*\.mp4\n\n# another program.*\nJournal\.md\n$/);
		expect((await device.outside.read(".psyncignore"))?.toString()).toBe("Journal.md\n");
		await button(device, "Use these patterns").click();
		await expect.poll(async () => (await device.outside.read(".psyncignore"))?.toString()).toContain("*.mp4");
	});
});

describe("on every screen", () => {
	it.each([["light", 1100] as const, ["dark", 1100] as const, ["light", 320] as const, ["dark", 360] as const])(
		"the page fits: %s, %i points",
		async (theme, width) => {
			const app = { theme, localStorage: { "psync-scope": { notIn: ["Films", "Gone"], notOf: ["video"] } } };
			const device = await openPage({ app, platform: width < 400 ? "android" : "linux" });
			await device.page.setViewportSize({ width, height: width < 400 ? 780 : 1900 });
			await patterns(device).fill("*.tmp\n/Films/Old/");
			await said(device).getByText("would leave out 3").waitFor();
			expect(await page(device).evaluate((el) => el.scrollWidth - el.clientWidth)).toBe(0);
			await picture(device, `what-syncs-${theme}-${String(width)}`);
			await patterns(device).evaluate((el) => {
				el.scrollIntoView({ block: "center" });
			});
			await picture(device, `what-syncs-patterns-${theme}-${String(width)}`);
		},
	);
});

async function picture(device: HostDevice, name: string): Promise<void> {
	const folder = process.env["PSYNC_PICTURES"];
	if (folder !== undefined) await device.screenshot(path.join(folder, `${name}.png`));
}
