// The panel in the sidebar, as a person meets it, in Chromium: how it is opened, folded and left, and what each of its sections shows and
// does, by mouse and by keyboard, on a wide screen and a narrow one. The group is made up (fixtures/device-screens.ts).
import type { Locator } from "playwright-core";
import { describe, expect, it } from "vitest";
import type { ContentHash } from "../../src/core/hash.ts";
import { parsePath, type VaultPath } from "../../src/core/path.ts";
import type { EngineEvent } from "../../src/engine/status.ts";
import { WAIT_MS } from "./chromium.ts";
import type { DeviceOptions, HostDevice } from "./device.ts";
import { HOUR_MS, id, KEY, member, NOW_MS, onStage, peerOf, show } from "./screens.ts";
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

describe("[GP5] the devices", () => {
	const laptop = member("Laptop", "a", { role: "admin", isThis: true, isOnline: true });
	const phone = member("Phone", "b", { fourWords: ["amber", "kettle", "violin", "north"], isOnline: true });
	const tablet = member("Tablet", "c", {});
	const stranger = member("Phone", "d", { standing: "waiting" });
	const away = peerOf(tablet, { state: "away", inSync: false, path: undefined, lastSeen: NOW_MS - 3 * HOUR_MS });
	const rows = (device: HostDevice): Promise<string[]> =>
		section(device, "devices")
			.locator(".psync-row")
			.evaluateAll((all) =>
				all.map((each) => (each as HTMLElement).innerText.replaceAll(/\s+/g, " ").replace(" …", "")),
			);
	const actionsOf = async (device: HostDevice, name: string): Promise<Locator> => {
		await section(device, "devices")
			.getByRole("button", { name: `What to do with ${name}` })
			.press("Enter");
		return device.frame().locator(".menu");
	};

	it("are named with how far each is, how it is reached, and what is left for it", async () => {
		const device = await withPanel();
		const peers = [peerOf(phone, { path: "turn", inSync: false, unapplied: 3 }), away];
		await show(
			device,
			{
				...{ members: [laptop, phone, tablet], peers, behind: { [id("c")]: { paths: 2, isLeft: true } } },
				platforms: { [id("a")]: "posix", [id("b")]: "android", [id("c")]: "ios" },
			},
			QUIETLY,
		);
		await expect
			.poll(() => rows(device))
			.toEqual([
				"Laptop This device, in sync, Linux",
				"Phone 3 files behind, connected through a TURN server, Android",
				"Tablet Last seen 3 hours ago, 2 files behind, left with the relay for it, iPhone or iPad",
			]);
		await show(device, { members: [laptop, phone, tablet], peers: [peerOf(phone), away], behind: {} }, QUIETLY);
		await expect.poll(() => rows(device)).toContain("Phone In sync, connected directly");
	});

	it("are listed without a list of the group too, by whom this device met", async () => {
		const device = await withPanel();
		await show(device, { members: [], peers: [away] }, QUIETLY);
		await expect
			.poll(() => rows(device))
			.toEqual([expect.stringContaining("This device"), "Tablet Last seen 3 hours ago"]);
	});

	it("have a menu, by keyboard too: rename this one, pause another, compare words, remove after a question", async () => {
		const device = await withPanel();
		await show(device, { members: [laptop, phone], peers: [peerOf(phone)] }, QUIETLY);
		const menu = await actionsOf(device, "Phone");
		expect(await menu.locator(".menu-item-title").allInnerTexts()).toEqual([
			"Pause syncing with Phone",
			"Compare words with Phone",
			"Remove Phone",
			"Show in the settings",
		]);
		await menu.getByText("Pause syncing with Phone").click();
		expect(await decisions(device)).toEqual([`pause ${id("b")}`]);
		await (await actionsOf(device, "Phone")).getByText("Remove Phone").click();
		await device.frame().locator(".modal").getByText("the group gets a new key").waitFor();
		await device.page.keyboard.press("Escape");
		await (await actionsOf(device, "Phone")).getByText("Compare words").click();
		await device.frame().locator(".modal").getByText("amber kettle violin north").waitFor();
		await device.page.keyboard.press("Escape");
		await (await actionsOf(device, "Laptop")).getByText("Rename this device").click();
		const field = device.frame().locator(".modal").getByLabel("Name", { exact: true });
		expect(await field.inputValue()).toBe("Laptop");
		await field.fill("Big laptop");
		await field.press("Enter");
		await device.frame().locator(".modal").waitFor({ state: "detached" });
		expect(await decisions(device)).toEqual([`pause ${id("b")}`, "rename Big laptop"]);
	});

	it("say who waits to be let in, count it, and let an admin approve", async () => {
		const device = await withPanel();
		await show(device, { members: [laptop, phone, stranger], peers: [peerOf(phone)] }, QUIETLY);
		await expect.poll(() => countOf(device, "devices")).toBe("1");
		await (await actionsOf(device, "Phone (dddd)")).getByText("Approve Phone (dddd)").click();
		expect(await decisions(device)).toEqual([`approve ${id("d")}`]);
		await show(device, { members: [{ ...laptop, role: "writer" }, stranger] }, QUIETLY);
		await expect.poll(() => countOf(device, "devices")).toBe("");
	});

	it("[GP2] leave the keyboard where it is while they change", async () => {
		const device = await withPanel();
		await show(device, { members: [laptop, phone], peers: [peerOf(phone)] }, QUIETLY);
		const button = section(device, "devices").getByRole("button", { name: "What to do with Phone" });
		await button.focus();
		await show(
			device,
			{ members: [laptop, tablet, phone], peers: [peerOf(phone, { inSync: false, unapplied: 1 })] },
			QUIETLY,
		);
		await expect.poll(() => rows(device)).toHaveLength(3);
		expect(await button.evaluate((el) => el === document.activeElement)).toBe(true);
	});
});

describe("[GP6] the held files", () => {
	const brake = {
		id: "7",
		origin: "peer",
		rule: "deleted",
		by: "Phone",
		paths: ["Ideas/Balcony garden.md", "Gone.md"],
	} as const;

	it("ask about many deletions: what and who, with the files before the answer, and two buttons", async () => {
		const device = await withPanel({ files: { "Ideas/Balcony garden.md": "" } });
		await show(device, { members: [], heldDeletions: [brake] }, QUIETLY);
		const held = section(device, "held");
		await held
			.getByText("Phone deleted 2 files at once. They stay here until you say that they are really gone.")
			.waitFor();
		expect(await countOf(device, "held")).toBe("1");
		await held.getByText("Show the 2 files").press("Enter");
		expect(await held.locator(".psync-deleted .psync-file-name").allInnerTexts()).toEqual(["Balcony garden", "Gone"]);
		await held.getByRole("button", { name: "They are really gone" }).click();
		await held.getByRole("button", { name: "Put them back" }).press("Enter");
		expect(await decisions(device)).toEqual(["accept 7", "reject 7"]);
		await show(device, { members: [] }, QUIETLY);
		await held.getByText("Nothing waits.").waitFor();
		expect(await countOf(device, "held")).toBe("");
	});

	it.each([
		["missing", "1,500 files are missing or empty here"],
		["deleted", "1,500 files were deleted or emptied here at once"],
		["emptied", "Hardly anything is left in this vault: 1,500 files are gone"],
	] as const)("say what happened here: %s; of thousands the first are listed", async (rule, words) => {
		const device = await withPanel();
		const paths = Array.from({ length: 1_500 }, (_, i) => `Note ${String(i)}.md`);
		await show(device, { members: [], heldDeletions: [{ ...brake, origin: "here", rule, by: "", paths }] }, QUIETLY);
		const held = section(device, "held");
		await held.getByText(words).waitFor();
		expect(await held.locator(".psync-deleted .psync-file-name").count()).toBe(0);
		await held.getByText("Show the 1,500 files").click();
		await held.getByText("and 500 more").waitFor();
		expect(await held.locator(".psync-deleted .psync-file-name").count()).toBe(1_000);
	});

	it("say which file waits and why, count who waits for a person, and keep apart what takes no part", async () => {
		const device = await withPanel({ files: { "Locked.md": "" } });
		const held = [
			{ path: "Locked.md", reason: "locked" },
			...Array.from({ length: 30 }, (_, i) => ({
				path: `Film ${String(i)}.mp4`,
				reason: "too-large",
				isLasting: true as const,
			})),
		];
		await show(device, { members: [], held }, QUIETLY);
		const area = section(device, "held");
		await area.getByText("Another program is using it.").waitFor();
		expect(await countOf(device, "held")).toBe("1");
		expect(await area.locator(".psync-row:visible").count()).toBe(1);
		await area.getByText("30 files take no part").click();
		await expect.poll(() => area.locator(".psync-row:visible").count()).toBe(21);
		await area.getByRole("button", { name: "Show 10 more" }).click();
		expect(await area.locator(".psync-row:visible").count()).toBe(31);
	});

	it("[L16] say how many are too large for a phone, and lead to where that is changed", async () => {
		const device = await withPanel({ platform: "android" });
		const film = (name: string) => ({ path: `${name}.mp4`, reason: "too-large", isLasting: true as const });
		const area = section(device, "held");
		await show(device, { members: [], held: [film("Wedding"), film("Holiday")] }, QUIETLY);
		await area.getByText("2 files are larger than 40 MB, this device’s limit, and stay as they are.").waitFor();
		expect(await countOf(device, "held")).toBe("");
		await area.getByRole("button", { name: "Open settings" }).press("Enter");
		expect(await decisions(device)).toEqual(["settings"]);
		await show(device, { members: [], held: [film("Wedding")] }, QUIETLY);
		await area.getByText("1 file is larger than 40 MB, this device’s limit, and stays as it is.").waitFor();
		await area.getByText("1 file takes no part").click();
		await area.getByText("For it to take part, raise “Largest file” in the settings, under “What syncs”.").waitFor();
		await show(device, { members: [] }, QUIETLY);
		await expect.poll(() => area.getByRole("button", { name: "Open settings" }).isVisible()).toBe(false);
	});
});

describe("[GP7] the storage", () => {
	it("is what earlier versions take up here and what lies with the relay, counted when it is looked at", async () => {
		const device = await withPanel();
		const storage = section(device, "storage");
		await show(device, { members: [], mailbox: { ...mailbox, usedBytes: 128 * MIB } }, QUIETLY);
		expect(await decisions(device)).toEqual([]);
		await storage.getByRole("button").click();
		await storage.getByText("Counting.").waitFor();
		await storage.getByText("128 MB of 512 MB are in use").waitFor();
		expect(await decisions(device)).toEqual(["measure"]);
		const history = { versions: 1_234, bytes: 50 * MIB, budgetBytes: 200 * MIB };
		await show(device, { members: [], mailbox: { ...mailbox, usedBytes: 128 * MIB }, history }, QUIETLY);
		await storage.getByText("1,234 earlier versions of your files, 50 MB of at most 200 MB.").waitFor();
		const meters = await storage
			.getByRole("meter")
			.evaluateAll((all) => all.map((el) => el.getAttribute("aria-valuenow")));
		expect(meters).toEqual(["25", "25"]);
		expect(await decisions(device)).toEqual(["measure"]);
	});
});

describe("[GP8] where the open note is", () => {
	const laptop = member("Laptop", "a", { isThis: true, isOnline: true });
	const [phone, tablet] = [member("Phone", "b", {}), member("Tablet", "c", {})];
	const peers = [peerOf(phone), peerOf(tablet, { state: "away", inSync: false })];
	const members = [laptop, phone, tablet];
	const files = { "Balcony garden.md": "tomatoes", "Other.md": "" };
	const rows = (device: HostDevice): Promise<string[]> =>
		section(device, "where")
			.locator(".psync-row")
			.evaluateAll((all) =>
				all.map((each) => (each as HTMLElement).innerText.replaceAll(/\s+/g, " ").replace(/^\W+ ?/, "")),
			);
	const asked = (device: HostDevice): Promise<number> => onStage(device, (stage) => stage.asked);

	it("follows the note that is open and every change, and says whether this device may be closed", async () => {
		const device = await withPanel({ files });
		const receipts = { has: [id("b")], stored: [], lacking: [id("c")] };
		await show(device, { members, peers, receipts, onlyHere: 1 }, QUIETLY);
		await section(device, "where").getByText("Open a note to see").waitFor();
		await open(device, "Balcony garden.md");
		await section(device, "where").getByText("Balcony garden").waitFor();
		await expect.poll(() => rows(device)).toEqual(["Tablet It is not there yet", "Phone It is there"]);
		await section(device, "where").getByText("1 change is still only on this device").waitFor();
		await show(
			device,
			{ members, peers, receipts: { has: [id("b")], stored: [id("c")], lacking: [] }, onlyHere: 0 },
			QUIETLY,
		);
		// The relay may have to be asked: not at once again.
		await expect
			.poll(() => rows(device), { timeout: WAIT_MS })
			.toEqual(["Tablet The relay has it for this device", "Phone It is there"]);
		await section(device, "where").getByText("Safe to close: nothing is on this device alone").waitFor();
		await open(device, "Other.md");
		await section(device, "where").getByText("Other", { exact: true }).waitFor();
	});

	it("[GP2] asks again only when something changed, however often it is told that something may have", async () => {
		const device = await withPanel({ files });
		const scene = { members, peers, receipts: { has: [id("b"), id("c")], stored: [], lacking: [] }, onlyHere: 0 };
		await show(device, scene, QUIETLY);
		await open(device, "Balcony garden.md");
		await expect.poll(() => rows(device)).toHaveLength(2);
		for (let i = 0; i < 20; i++) await show(device, scene, QUIETLY);
		await happened(device, [changed("Sign.md")]);
		await activityRows(device).first().waitFor();
		expect(await asked(device)).toBe(1);
	});

	it("is known of whom this device is connected to, where nothing is left with the relay", async () => {
		const device = await withPanel({ files });
		await show(device, { members, peers }, QUIETLY);
		await open(device, "Balcony garden.md");
		await expect.poll(() => rows(device)).toEqual(["Phone It is there", "Tablet Not known: it is not connected"]);
		await section(device, "where").getByText("It is turned on in the settings.").waitFor();
		expect(await asked(device)).toBe(0);
	});
});

describe("the panel as a picture", () => {
	it.each([["light", 1100] as const, ["dark", 1100] as const, ["light", 320] as const, ["dark", 320] as const])(
		"fits a %s screen of %i points",
		async (theme, width) => {
			const platform = width < 400 ? "android" : "linux";
			const device = await withPanel({ app: { theme }, platform, files: { "Ideas/Balcony garden.md": "tomatoes" } });
			await device.page.setViewportSize({ width, height: 1300 });
			const laptop = member("Laptop", "a", { role: "admin", isThis: true, isOnline: true });
			const [phone, tablet] = [member("Phone", "b", {}), member("Tablet", "c", {})];
			const away = peerOf(tablet, { state: "away", inSync: false, path: undefined, lastSeen: NOW_MS - 3 * HOUR_MS });
			await show(
				device,
				{
					members: [laptop, phone, tablet],
					peers: [peerOf(phone, { inSync: false, unapplied: 12 }), away],
					platforms: { [id("a")]: "mac", [id("b")]: "ios", [id("c")]: "windows" },
					behind: { [id("c")]: { paths: 2, isLeft: true } },
					...{ mailbox, onlyHere: 0, history: { versions: 1_234, bytes: 50 * MIB, budgetBytes: 200 * MIB } },
					receipts: { has: [id("b")], stored: [id("c")], lacking: [] },
					held: [{ path: "Locked.md", reason: "locked" }],
					heldDeletions: [
						{ id: "7", origin: "peer", rule: "deleted", by: "Phone", paths: ["Journal/One.md", "Journal/Two.md"] },
					],
				},
				QUIETLY,
			);
			await open(device, "Ideas/Balcony garden.md");
			await section(device, "storage").locator("button.psync-section-heading").click();
			await section(device, "held").getByText("Show the 2 files").click();
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

/** The settings stay closed. */
const QUIETLY = { opens: false };
const MIB = 1024 * 1024;
const mailbox = {
	...{ state: "on" as const, isSafeToClose: true, isWhole: false, knows: undefined },
	...{ usedBytes: 1.2 * MIB, allowedBytes: 512 * MIB },
};
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

function decisions(device: HostDevice): Promise<string[]> {
	return onStage(device, (stage) => stage.decisions);
}

function countOf(device: HostDevice, name: string): Promise<string> {
	return section(device, name).locator(".psync-count").innerText();
}

async function open(device: HostDevice, file: string): Promise<void> {
	await device.inApp((host, wanted) => host.open(wanted), file);
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
