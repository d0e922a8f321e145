// The panel in the sidebar, as a person meets it, in Chromium: how it is opened, folded and left, and what each of its sections shows and
// does, by mouse and by keyboard, on a wide screen and a narrow one. The group is made up (fixtures/device-screens.ts).
import type { Locator } from "playwright-core";
import { describe, expect, it } from "vitest";
import type { ContentHash } from "../../src/core/hash.ts";
import { parsePath, type VaultPath } from "../../src/core/path.ts";
import type { EngineEvent } from "../../src/engine/status.ts";
import type { DeviceOptions, HostDevice } from "./device.ts";
import { id, KEY, onStage } from "./screens.ts";
import { picture, screensApp } from "./screens-plugin.ts";

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

	it("[GP1] is folded by mouse and by keyboard, says so, and stays as it was left", async () => {
		const device = await withPanel();
		const heading = (): Locator => section(device, "activity").locator("button.psync-section-heading");
		expect(await heading().getAttribute("aria-expanded")).toBe("true");
		await heading().press("Enter");
		expect(await heading().getAttribute("aria-expanded")).toBe("false");
		expect(await section(device, "activity").locator("input").count()).toBe(0);
		await device.kill();
		await device.start();
		expect(await heading().getAttribute("aria-expanded")).toBe("false");
		await heading().click();
		await section(device, "activity").locator("input").waitFor();
	});

	it("[GP1] does nothing while nobody can see it, and shows what is so when it is seen again", async () => {
		const device = await withPanel();
		await happened(device, [changed("First.md")]);
		await activityRows(device).first().waitFor();
		await device.showSidebar(false);
		await device
			.frame()
			.waitForFunction(() => (window as unknown as { stage: { listeners: number } }).stage.listeners === 0);
		await happened(device, [changed("Second.md")]);
		expect(await activityRows(device).count()).toBe(1);
		await device.showSidebar(true);
		await expect.poll(() => activityRows(device).count()).toBe(2);
	});
});

describe("[GP3] the activity", () => {
	it("tells what happened to which file, who did it and how it came, newest first", async () => {
		const device = await withPanel({ files: { "Ideas/Balcony garden.md": "" } });
		await section(device, "activity").getByText("Nothing yet.").waitFor();
		await happened(device, [
			changed("Old name.md"),
			{ event: "changed", path: path("New name.md"), kind: "rename", from: path("Old name.md") },
			applied("Ideas/Balcony garden.md", "Phone"),
			{ event: "conflict", path: path("a.md"), copy: path("a (conflict).md"), ...hashes },
			{ event: "snapshot", action: "stored", bytes: 100, entries: 2 },
		]);
		await expect.poll(() => activityRows(device).count()).toBe(5);
		const rows = await activityRows(device).allInnerTexts();
		expect(rows.map((row) => row.replace(/, \d\d:\d\d.*$/, "").replaceAll(/\s+/g, " "))).toEqual([
			"2 changes left with the relay for devices that are off",
			"a Edited on two devices at once; the other text is in “a (conflict)”",
			"Balcony garden in Ideas Changed on Phone, came directly",
			"New name Renamed on this device, was “Old name”",
			"Old name Changed on this device",
		]);
	});

	it("opens a note by its name, where it is there, and keeps the keyboard in its place when more happens", async () => {
		const device = await withPanel({ files: { "Ideas/Balcony garden.md": "tomatoes" } });
		await happened(device, [applied("Ideas/Balcony garden.md", "Phone"), changed("Gone.md")]);
		const name = section(device, "activity").getByRole("button", { name: "Balcony garden" });
		await name.focus();
		await happened(device, [changed("Another.md")]);
		await expect.poll(() => activityRows(device).count()).toBe(3);
		expect(await name.evaluate((el) => el === document.activeElement)).toBe(true);
		expect(await section(device, "activity").getByRole("button", { name: "Gone" }).count()).toBe(0);
		await device.page.keyboard.press("Enter");
		await expect.poll(() => device.frame().locator(".editor-text").inputValue()).toBe("tomatoes");
	});

	it("is filtered by file and by device, and is shown in parts however long it is", async () => {
		const device = await withPanel();
		await happened(
			device,
			Array.from({ length: 120 }, (_, i) => changed(`Note ${String(i)}.md`)),
		);
		await happened(device, [applied("From elsewhere.md", "Tablet")]);
		await expect.poll(() => activityRows(device).count()).toBe(50);
		await section(device, "activity").getByRole("button", { name: "Show 50 more" }).click();
		expect(await activityRows(device).count()).toBe(100);
		await section(device, "activity").getByRole("button", { name: "Show 21 more" }).click();
		expect(await activityRows(device).count()).toBe(121);
		const filter = section(device, "activity").getByLabel("Filter by file or device");
		await filter.fill("note 11");
		expect(await activityRows(device).count()).toBe(11);
		await filter.fill("tablet");
		expect(await activityRows(device).count()).toBe(1);
		await filter.fill("nobody has this");
		await section(device, "activity").getByText("Nothing in this list").waitFor();
	});

	it("is there after a restart", async () => {
		const device = await withPanel();
		await happened(device, [applied("One.md", "Phone")]);
		await activityRows(device).first().waitFor();
		await device.unload();
		await device.enable("screens");
		await expect.poll(() => activityRows(device).allInnerTexts()).toEqual([expect.stringContaining("One")]);
	});

	it("[GP4] is saved as a note without a name of a file or a device, by a button", async () => {
		const device = await withPanel();
		await happened(device, [applied("Secret diary.md", "Phone")]);
		const save = section(device, "activity").getByRole("button", { name: "Save as a file" });
		await activityRows(device).first().waitFor();
		await save.press("Enter");
		await expect.poll(() => device.notices()).toEqual([expect.stringContaining("Saved as “PSync activity ")]);
		const saved = await device.frame().locator(".editor-text").inputValue();
		expect(saved).toMatch(/Z modify file-[0-9a-f]{6}\.md by=device-[0-9a-f]{6} via=direct\n/);
		expect(saved).not.toMatch(/secret|diary|phone/i);
	});
});

describe("the panel as a picture", () => {
	it.each([["light", 1100] as const, ["dark", 1100] as const, ["light", 320] as const, ["dark", 320] as const])(
		"fits a %s screen of %i points",
		async (theme, width) => {
			const platform = width < 400 ? "android" : "linux";
			const device = await withPanel({ app: { theme }, platform, files: { "Ideas/Balcony garden.md": "tomatoes" } });
			await device.page.setViewportSize({ width, height: 900 });
			await happened(device, [
				changed("A name that goes on for so long that it does not fit on one line of a narrow sidebar.md"),
				applied("Ideas/Balcony garden.md", "Phone"),
				applied("Journal/2026/November/29.md", "Tablet"),
			]);
			await expect.poll(() => activityRows(device).count()).toBe(3);
			const content = panel(device);
			expect(await content.evaluate((el) => el.scrollWidth - el.clientWidth)).toBe(0);
			await picture(device, `panel-${theme}-${String(width)}`);
		},
	);
});

const hashes = { winner: "a".repeat(64) as ContentHash, loser: "b".repeat(64) as ContentHash };

function path(text: string): VaultPath {
	const parsed = parsePath(text);
	if (!parsed.ok) throw new Error(text);
	return parsed.path;
}

function changed(name: string): EngineEvent {
	return { event: "changed", path: path(name), kind: "modify" };
}

function applied(name: string, by: string): EngineEvent {
	return { event: "applied", path: path(name), kind: "modify", peer: id("b"), by, via: "direct", bytes: 9 };
}

async function happened(device: HostDevice, events: readonly EngineEvent[]): Promise<void> {
	await onStage(
		device,
		(stage, told) => {
			for (const event of told) stage.event(event);
		},
		events,
	);
}

function deviceOf(options: Partial<DeviceOptions> = {}): Promise<HostDevice> {
	return openApp({ name: "notes", ...options, app: { secrets: { "psync-group-key": KEY }, ...options.app } });
}

async function withPanel(options: Partial<DeviceOptions> = {}): Promise<HostDevice> {
	const device = await deviceOf(options);
	await device.runCommand("screens:open-panel");
	await panel(device).waitFor();
	return device;
}

function panel(device: HostDevice): Locator {
	return device.frame().locator(".psync-panel");
}

function section(device: HostDevice, name: string): Locator {
	return panel(device).locator(`[data-section="${name}"]`);
}

function activityRows(device: HostDevice): Locator {
	return section(device, "activity").locator(".psync-row");
}
