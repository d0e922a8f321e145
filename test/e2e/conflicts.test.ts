// Conflicts, history and undo as people meet them, on two devices with every real part. Where PSYNC_PICTURES names a folder, the screens
// are put there.
import path from "node:path";
import type { Locator } from "playwright-core";
import { describe, expect, it } from "vitest";
import { chromiumAndRelay } from "../support/chromium-and-relay.ts";
import { closedAfterEach } from "../support/closed-after-each.ts";
import type { DeviceOptions, HostDevice } from "../host/device.ts";
import { diskHolds, filesShown, openGroup, statusShows } from "../support/plugin-devices.ts";

const app = chromiumAndRelay();
const open = closedAfterEach();

const NOTE = "Ideas/Shopping.md";
const BASE = "# Shopping\n\nFor the weekend\n\nmilk\n";

async function pair(
	laptop: Partial<DeviceOptions> = {},
	phone: Partial<DeviceOptions> = {},
): Promise<readonly [HostDevice, HostDevice]> {
	const [a, b] = await openGroup(app.browser, app.relayUrl, [
		{ name: "laptop", ...laptop, app: { localStorage: { "psync-device-name": "Laptop" }, ...laptop.app } },
		{
			...{ name: "phone", platform: "android" },
			...phone,
			app: { localStorage: { "psync-device-name": "Phone" }, ...phone.app },
		},
	]);
	if (a === undefined || b === undefined) throw new Error("two devices were asked for");
	open.add(a);
	open.add(b);
	return [a, b];
}

/** Both rewrote the same line while one was paused; resolves to the name of the copy. */
async function contested(
	[laptop, phone]: readonly [HostDevice, HostDevice],
	{ onLaptop = "milk and bread", onPhone = "milk, no bread", base = BASE, note = NOTE } = {},
): Promise<string> {
	await laptop.writeFile(note, base);
	await diskHolds(phone, note, base);
	const before = (await laptop.list()).length;
	await laptop.runCommand("psync:pause");
	await statusShows(laptop, "Paused");
	await laptop.writeFile(note, base.replace("milk", onLaptop));
	await phone.writeFile(note, base.replace("milk", onPhone));
	await laptop.runCommand("psync:resume");
	await filesShown(laptop, before + 1);
	await filesShown(phone, before + 1);
	await statusShows(laptop, "In sync");
	const copy = (await laptop.list()).map((file) => file.path).find((name) => name.includes("(conflict"));
	if (copy === undefined) throw new Error("no conflict");
	return copy;
}

async function texts(device: HostDevice): Promise<Record<string, string>> {
	const entries = (await device.list()).map(
		async (file) => [file.path, (await device.readFile(file.path)) ?? ""] as const,
	);
	return Object.fromEntries(await Promise.all(entries));
}

function dialog(device: HostDevice): Locator {
	return device.frame().locator(".modal");
}

function section(device: HostDevice, id: string): Locator {
	return device.frame().locator(`[data-section="${id}"]`);
}

function press(device: HostDevice, name: string | RegExp): Promise<void> {
	return dialog(device).getByRole("button", { name }).first().click();
}

async function picture(device: HostDevice, name: string): Promise<void> {
	const folder = process.env["PSYNC_PICTURES"];
	if (folder !== undefined) await device.screenshot(path.join(folder, `${name}.png`));
}

describe("conflicts", () => {
	it("[GC1 GC2] are listed on every device, and go everywhere when one person decides on one", async () => {
		const both = await pair();
		const [laptop, phone] = both;
		const copy = await contested(both);
		const before = await texts(laptop);
		for (const device of both) {
			await device.runCommand("psync:open-panel");
			await section(device, "conflicts").getByText("Ideas/Shopping").waitFor();
			expect(await section(device, "conflicts").locator(".psync-count").innerText()).toBe("1");
		}
		await section(phone, "conflicts")
			.getByRole("button", { name: /Ideas\/Shopping/ })
			.click();
		await dialog(phone).getByText("milk").first().waitFor();
		await picture(phone, "conflict-phone");
		await press(phone, "Keep 2: the other text");
		await dialog(phone).waitFor({ state: "detached" });
		for (const device of both) {
			await diskHolds(device, NOTE, before[copy]);
			await diskHolds(device, copy, undefined);
			await section(device, "conflicts").getByText("No conflicts").waitFor();
			await expect.poll(() => section(device, "conflicts").locator(".psync-count").innerText()).toBe("");
		}
	});

	it("[GC3] show what differs, side by side or one below the other, and one below the other where it is narrow", async () => {
		const both = await pair();
		const [laptop] = both;
		await contested(both);
		await laptop.runCommand("psync:show-conflicts");
		const marks = dialog(laptop).locator("mark");
		await marks.first().waitFor();
		expect((await marks.allInnerTexts()).map((each) => each.trim()).sort()).toEqual([",", "and", "no"]);
		const changed = dialog(laptop).locator(".is-changed");
		const isSideBySide = async (): Promise<boolean> => {
			const [a, b] = await Promise.all([changed.nth(0).boundingBox(), changed.nth(1).boundingBox()]);
			return a !== null && b !== null && Math.abs(a.y - b.y) < 1 && b.x > a.x;
		};
		expect(await isSideBySide()).toBe(true);
		await picture(laptop, "conflict-light");
		await press(laptop, "One below the other");
		expect(await isSideBySide()).toBe(false);
		await press(laptop, "Side by side");
		expect(await isSideBySide()).toBe(true);
		await laptop.page.setViewportSize({ width: 360, height: 740 });
		expect(await isSideBySide()).toBe(false);
		expect(await dialog(laptop).getByRole("button", { name: "Side by side" }).isVisible()).toBe(false);
		expect(await dialog(laptop).evaluate((el) => el.scrollWidth - el.clientWidth)).toBe(0);
		await picture(laptop, "conflict-360");
	});

	it("[GC2] can keep both, by keyboard alone: the other text becomes a note of its own", async () => {
		const both = await pair();
		const [laptop, phone] = both;
		const copy = await contested(both);
		const before = await texts(laptop);
		await laptop.runCommand("psync:show-conflicts");
		await dialog(laptop).getByRole("button", { name: "Keep both" }).waitFor();
		const focused = (): Promise<string> =>
			laptop.frame().evaluate(() => (document.activeElement as HTMLElement | null)?.innerText ?? "");
		for (let i = 0; i < 20 && (await focused()) !== "Keep both"; i++) await laptop.page.keyboard.press("Tab");
		await laptop.page.keyboard.press("Enter");
		await dialog(laptop).waitFor({ state: "detached" });
		const ordinary = copy.replace(/\(conflict (.*) [0-9a-f]{8}\)/, "($1)");
		for (const device of [laptop, phone]) {
			await diskHolds(device, ordinary, before[copy]);
			await diskHolds(device, NOTE, before[NOTE]);
			await diskHolds(device, copy, undefined);
		}
	});

	it("[GC4] can be merged by choosing at each place and writing there, and nothing is saved before", async () => {
		const both = await pair();
		const [laptop, phone] = both;
		const copy = await contested(both, { base: `${BASE}\nand\n\nmore\n` });
		await laptop.runCommand("psync:show-conflicts");
		await press(laptop, "Merge");
		const box = dialog(laptop).getByLabel("Place 1 of 1: what stays");
		expect((await box.inputValue()).split("\n").sort()).toEqual(["milk and bread", "milk, no bread"]);
		await picture(laptop, "conflict-merge");
		await press(laptop, "Place 1 of 1: 2: the other text");
		expect(await box.inputValue()).toMatch(/^milk[^\n]*$/);
		await box.fill("milk, and ask about bread");
		expect(await texts(laptop)).toHaveProperty([copy]);
		await press(laptop, "Edit as one text");
		const whole = dialog(laptop).getByLabel("Merged text");
		expect(await whole.inputValue()).toBe(`${BASE}\nand\n\nmore\n`.replace("milk", "milk, and ask about bread"));
		await whole.press("Control+End");
		await whole.pressSequentially("the end\n");
		await press(laptop, "Save merged text");
		await dialog(laptop).waitFor({ state: "detached" });
		for (const device of [laptop, phone]) {
			await diskHolds(device, NOTE, `${BASE}\nand\n\nmore\nthe end\n`.replace("milk", "milk, and ask about bread"));
			await diskHolds(device, copy, undefined);
		}
	});

	it("[GC5] are shown anew when a text changes meanwhile, and what somebody is merging stays", async () => {
		const both = await pair();
		const [laptop, phone] = both;
		const copy = await contested(both);
		await laptop.runCommand("psync:show-conflicts");
		await press(laptop, "Merge");
		await dialog(laptop).getByLabel("Place 1 of 1: what stays").fill("made of both");
		await phone.writeFile(NOTE, "written on the phone meanwhile");
		await dialog(laptop).getByText("so nothing was saved").waitFor();
		await dialog(laptop).getByText("written on the phone meanwhile").waitFor();
		expect(await dialog(laptop).getByLabel("Merged text").inputValue()).toBe(BASE.replace("milk", "made of both"));
		await press(laptop, "Save merged text");
		await dialog(laptop).waitFor({ state: "detached" });
		for (const device of [laptop, phone]) {
			await diskHolds(device, NOTE, BASE.replace("milk", "made of both"));
			await diskHolds(device, copy, undefined);
		}
	});

	it("[GC5] that somebody settles elsewhere say so in the open dialog, and nothing else happens", async () => {
		const both = await pair();
		const [laptop, phone] = both;
		const copy = await contested(both);
		await laptop.runCommand("psync:show-conflicts");
		await dialog(laptop).getByRole("button", { name: "Merge" }).waitFor();
		await phone.deleteFile(copy);
		await dialog(laptop).getByText("settled meanwhile").waitFor();
		expect(await dialog(laptop).getByRole("button", { name: "Keep both" }).count()).toBe(0);
	});

	it("[GC2] of pictures show both, with sizes and dates, and no merge", async () => {
		const both = await pair();
		const [laptop, phone] = both;
		const first = await pictureOf(laptop, "gray");
		await laptop.writeFile("map.png", first);
		await diskHolds(phone, "map.png", first);
		await laptop.runCommand("psync:pause");
		await statusShows(laptop, "Paused");
		await laptop.writeFile("map.png", await pictureOf(laptop, "teal"));
		await phone.writeFile("map.png", await pictureOf(laptop, "crimson"));
		await laptop.runCommand("psync:resume");
		await filesShown(laptop, 2);
		await laptop.runCommand("psync:show-conflicts");
		const widths = (): Promise<number[]> =>
			dialog(laptop)
				.locator("img")
				.evaluateAll((images) => images.map((image) => (image as HTMLImageElement).naturalWidth));
		await expect.poll(widths, { timeout: 30_000 }).toEqual([320, 320]);
		expect(await dialog(laptop).getByRole("button", { name: "Merge" }).count()).toBe(0);
		await picture(laptop, "conflict-picture");
		await press(laptop, "Keep 1: this file");
		await filesShown(laptop, 1);
		await filesShown(phone, 1);
	});
});

describe("history", () => {
	it("[GH1 GH2] lists the versions that others replaced, shows each beside the note, and restores it on all devices", async () => {
		const both = await pair({ app: { theme: "dark" } });
		const [laptop, phone] = both;
		await laptop.writeFile(NOTE, BASE);
		await diskHolds(phone, NOTE, BASE);
		await phone.writeFile(NOTE, BASE.replace("milk", "rye bread"));
		await diskHolds(laptop, NOTE, BASE.replace("milk", "rye bread"));
		await laptop.type(NOTE, "");
		await laptop.runCommand("psync:open-panel");
		const row = section(laptop, "history").getByRole("button", { name: /Replaced by a change from Phone/ });
		await row.waitFor();
		await picture(laptop, "history-panel-dark");
		await row.click();
		await dialog(laptop).getByText("rye bread").waitFor();
		await picture(laptop, "history-dark");
		await press(laptop, "Restore this version");
		await dialog(laptop).waitFor({ state: "detached" });
		await diskHolds(phone, NOTE, BASE);
		await diskHolds(laptop, NOTE, BASE);
		await laptop.runCommand("psync:show-history");
		await dialog(laptop).getByText("1 of 2").waitFor();
		await dialog(laptop).getByText("Replaced on this device").waitFor();
		await press(laptop, "Older version");
		await dialog(laptop).getByText("2 of 2").waitFor();
		await dialog(laptop).getByText("The note has this very text now.").waitFor();
	});

	it("[GH3] lists notes that other devices deleted, and brings them back on all", async () => {
		const both = await pair({}, { platform: "linux" });
		const [laptop, phone] = both;
		for (const name of ["a", "b", "c"]) await laptop.writeFile(`Old/${name}.md`, `text of ${name}`);
		await laptop.writeFile("stays.md", "x");
		await laptop.writeFile("stays too.md", "x");
		await filesShown(phone, 5);
		await laptop.deleteFile("Old/a.md");
		await laptop.deleteFile("Old/b.md");
		await filesShown(phone, 3);
		await statusShows(phone, "In sync");
		await phone.page.setViewportSize({ width: 360, height: 740 });
		await phone.runCommand("psync:show-deleted");
		await dialog(phone).getByText("Old/a").waitFor();
		await picture(phone, "deleted-360");
		expect(await dialog(phone).evaluate((el) => el.scrollWidth - el.clientWidth)).toBe(0);
		await dialog(phone).getByLabel("Filter by name").fill("B");
		await expect.poll(() => dialog(phone).locator(".psync-row-title").allInnerTexts()).toEqual(["Old/b"]);
		await press(phone, "Restore Old/b");
		await diskHolds(phone, "Old/b.md", "text of b");
		await diskHolds(laptop, "Old/b.md", "text of b");
		await dialog(phone).getByText("No deleted note has that in its name.").waitFor();
		await dialog(phone).getByLabel("Filter by name").fill("");
		await dialog(phone)
			.getByRole("button", { name: /Look at Old\/a/ })
			.click();
		await phone.frame().getByText("text of a").waitFor();
	});

	it("[GH4] takes back what another device did on all devices, after saying what will happen", async () => {
		const both = await pair();
		const [laptop, phone] = both;
		await laptop.writeFile("a.md", "a");
		await laptop.writeFile("b.md", "b");
		await filesShown(phone, 2);
		await statusShows(phone, "In sync");
		await phone.writeFile("a.md", "a spoiled");
		await phone.deleteFile("b.md");
		await phone.writeFile("c.md", "new");
		await diskHolds(laptop, "a.md", "a spoiled");
		await diskHolds(laptop, "b.md", undefined);
		await diskHolds(laptop, "c.md", "new");
		await statusShows(laptop, "In sync");
		await laptop.runCommand("psync:undo-others");
		for (const said of ["1 file comes back", "1 file gets the earlier text back", "1 file is removed again"])
			await dialog(laptop).getByText(said).waitFor();
		await picture(laptop, "undo");
		expect(await texts(laptop)).toEqual({ "a.md": "a spoiled", "c.md": "new" });
		await press(laptop, "Other changes");
		await dialog(laptop).getByText("3 files, by Phone").waitFor();
		await picture(laptop, "undo-list");
		await dialog(laptop).getByText("3 files, by Phone").click();
		await press(laptop, "Undo on all devices");
		for (const device of both) {
			await diskHolds(device, "a.md", "a");
			await diskHolds(device, "b.md", "b");
			await diskHolds(device, "c.md", undefined);
		}
		await dialog(laptop).waitFor({ state: "detached" });
	});
});

/** A picture that every browser shows, of one colour. */
async function pictureOf(device: HostDevice, colour: string): Promise<Buffer> {
	const base64 = await device.frame().evaluate((fill) => {
		const canvas = document.createElement("canvas");
		[canvas.width, canvas.height] = [320, 200];
		const context = canvas.getContext("2d");
		if (context === null) throw new Error("nothing to draw on");
		context.fillStyle = fill;
		context.fillRect(20, 20, 280, 160);
		return canvas.toDataURL("image/png").replace(/^.*,/, "");
	}, colour);
	return Buffer.from(base64, "base64");
}
