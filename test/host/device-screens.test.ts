// Who is in the group, as a person sees and changes it in the settings, in Chromium: the list, its dialogs and notices, by mouse and
// by keyboard, also on a narrow screen. The group is made up (fixtures/device-screens.ts); a real one is in test/e2e/devices.test.ts.
import type { Locator } from "playwright-core";
import { describe, expect, it } from "vitest";
import type { DeviceId } from "../../src/core/ids.ts";
import type { ShownMember } from "../../src/engine/group.ts";
import type { MailboxStatus } from "../../src/engine/status.ts";
import { picture, screensApp } from "./screens-plugin.ts";
import type { DeviceOptions, HostDevice } from "./device.ts";
import type { Scene } from "./fixtures/device-screens.ts";
import { HOUR_MS, id, KEY, member, NOW_MS, onStage, peerOf, show } from "./screens.ts";

const openApp = screensApp();

const laptop: ShownMember = member("Laptop", "a", { role: "admin", isThis: true, isOnline: true });
const phone = member("Phone", "b", { fourWords: ["amber", "kettle", "violin", "north"], isOnline: true });
const tablet = member("Tablet", "c", { fourWords: ["river", "candle", "sober", "quilt"] });
const stranger = member("Phone", "d", { standing: "waiting", fourWords: ["one", "two", "three", "four"] });
const tabletAway = peerOf(tablet, { state: "away", lastSeen: NOW_MS - 3 * HOUR_MS });
const asAdmin: Scene = { members: [laptop, phone, tablet], peers: [tabletAway], asksFirst: false };
const asWriter: Scene = {
	members: [
		{ ...laptop, role: "writer" },
		{ ...phone, role: "admin" },
		{ ...tablet, role: "admin" },
	],
	peers: [tabletAway],
	asksFirst: true,
};

describe("the list of devices", () => {
	it("[G1] names each device, what it may do and when it was there, and lets an admin decide", async () => {
		const device = await deviceOf();
		await show(device, asAdmin);
		expect(await shownRows(device)).toEqual([
			"Laptop (this device) | Can invite and remove | ",
			"Phone | Online | Can write, Compare words, Remove",
			"Tablet | Last seen 3 hours ago | Can write, Compare words, Remove",
		]);
		const roles = row(device, "Tablet").getByLabel("What Tablet may do");
		expect(await roles.locator("option").allInnerTexts()).toEqual([
			"Can invite and remove",
			"Can write",
			"Can only read",
		]);
		await roles.selectOption("Can only read");
		await toggleOf(device).click();
		expect(await decisions(device)).toEqual([`role ${id("c")} reader`, "ask first true"]);
	});

	it("[G1] is there for who may not decide, and says who may", async () => {
		const device = await deviceOf();
		await show(device, asWriter);
		expect(await shownRows(device)).toEqual([
			"Laptop (this device) | Can write | ",
			"Phone | Can invite and remove, online | Compare words",
			"Tablet | Can invite and remove, last seen 3 hours ago | Compare words",
		]);
		await device.frame().getByText("Only Phone and Tablet can change this list.").waitFor();
		expect(await toggleOf(device).getAttribute("class")).toMatch(/is-enabled.*is-disabled|is-disabled.*is-enabled/);
		await toggleOf(device).click();
		expect(await decisions(device)).toEqual([]);
	});

	it("[G1] shows who waits, tells two of one name apart, and approves", async () => {
		const device = await deviceOf();
		await show(device, { ...asAdmin, members: [laptop, phone, stranger] });
		expect((await shownRows(device)).slice(1)).toEqual([
			"Phone (bbbb) | Online | Can write, Compare words, Remove",
			"Phone (dddd) | Waits to be approved, and gets no note until then | Approve, Compare words, Remove",
		]);
		await row(device, "Phone (dddd)").getByRole("button", { name: "Approve Phone (dddd)" }).click();
		expect(await decisions(device)).toEqual([`approve ${id("d")}`]);
	});

	it("[G3] says that it is the last list that a removed device knew, and gives out no link that leads nowhere", async () => {
		const device = await deviceOf();
		const gone = { ...laptop, role: "writer", standing: "gone", isOnline: false } as const;
		const problem = { code: "device-gone", message: "" } as const;
		await show(device, { members: [gone, phone], problems: [problem] });
		await device.frame().getByText("the list as it last knew it").waitFor();
		await device.frame().getByRole("button", { name: "Pair another device" }).click();
		await device.frame().getByText("its link leads nowhere").waitFor();
		expect(await device.frame().locator(".modal:not(.mod-settings)").count()).toBe(0);
		await show(device, { members: [{ ...laptop, role: "writer" }, phone] });
		await device.frame().getByText("No device is left that can change this list").waitFor();
	});

	it("follows the group while it is on show, and leaves the keyboard where it is", async () => {
		const device = await deviceOf();
		await show(device, { ...asAdmin, members: [laptop, phone] });
		await row(device, "Phone").getByRole("button", { name: "Compare words" }).focus();
		await show(device, asAdmin);
		expect(await shownRows(device)).toHaveLength(3);
		expect(await focused(device)).toBe("Compare words with Phone");
		await show(device, { ...asAdmin, members: [laptop, { ...phone, name: "Telephone" }, tablet] });
		expect(await focused(device)).toBe("What Telephone may do");
		await show(device, { ...asAdmin, members: [laptop] });
		expect(await shownRows(device)).toHaveLength(1);
		await device.frame().getByText("No other device yet").waitFor();
	});

	it("[G1] says in words what a decision came to, and shows again what is so", async () => {
		const device = await deviceOf();
		await show(device, { ...asAdmin, outcome: "not-admin" });
		const roles = row(device, "Tablet").getByLabel("What Tablet may do");
		await roles.selectOption("Can only read");
		await device.frame().getByText("Only a device that can invite and remove may do this.").waitFor();
		await expect.poll(() => roles.inputValue()).toBe("writer");
		await show(device, { ...asAdmin, outcome: "throws the disk is full" });
		await toggleOf(device).click();
		await device.frame().getByText("That did not work (the disk is full). Try it again.").waitFor();
		await expect.poll(() => toggleOf(device).getAttribute("class")).not.toContain("is-enabled");
	});

	it("[G1] waits without a word where there is no list yet, and lets a person begin it", async () => {
		const device = await deviceOf();
		await show(device, { members: [] });
		await show(device, { members: [], peers: [tabletAway] });
		await device.frame().getByText("The list comes with the first device").waitFor();
		expect(await decisions(device)).toEqual([]);
		expect(await device.notices()).toEqual([]);
		const begin = device.frame().getByRole("button", { name: "Begin the list" });
		await begin.click();
		expect(await decisions(device)).toEqual(["ask first false"]);
		await show(device, { ...asAdmin, members: [laptop] });
		expect(await begin.count()).toBe(0);
	});

	it("[K14] shows four words to compare, and says what follows when they differ", async () => {
		const device = await deviceOf();
		await show(device, asAdmin);
		await row(device, "Phone").getByRole("button", { name: "Compare words with Phone" }).press("Enter");
		const dialog = device.frame().locator(".modal:not(.mod-settings)");
		expect(await dialog.locator(".psync-words").innerText()).toBe("amber kettle violin north");
		await dialog.getByText("press Compare words beside Laptop").waitFor();
		await dialog.getByText("If they differ").waitFor();
		await device.page.keyboard.press("Escape");
		await dialog.waitFor({ state: "detached" });
	});

	it.each([["light", 1100] as const, ["dark", 1100] as const, ["light", 320] as const, ["dark", 320] as const])(
		"fits a %s screen of %i points",
		async (theme, width) => {
			const device = await deviceOf({ app: { theme }, platform: width < 400 ? "android" : "linux" });
			await device.page.setViewportSize({ width, height: 700 });
			await show(device, { ...asAdmin, members: [laptop, phone, tablet, stranger] });
			const modal = device.frame().locator(".modal");
			expect(await modal.evaluate((el) => el.scrollWidth - el.clientWidth)).toBe(0);
			await device
				.frame()
				.locator(".psync-devices")
				.evaluate((el) => {
					el.scrollIntoView();
				});
			await picture(device, `devices-${theme}-${String(width)}`);
		},
	);
});

describe("the settings as a whole", () => {
	it("begin with how it goes, and name the devices between the connection and this device", async () => {
		const files = { "Ideas/Balcony garden.md": "", "Journal.md": "", "Reading list.md": "", "Shopping.md": "" };
		const secrets = { "psync-group-key": KEY };
		const device = await deviceOf({
			name: "Notes",
			files,
			app: { secrets, localStorage: { "psync-device-name": "Laptop" } },
		});
		await device.page.setViewportSize({ width: 1100, height: 960 });
		const peers = [phone, tablet].map((each) => peerOf(each));
		const members = [laptop, { ...phone, role: "admin" as const }, { ...tablet, isOnline: true }];
		await show(device, { members, peers, asksFirst: false });
		const said = await device.frame().locator(".mod-settings").innerText();
		const parts = [
			"In sync",
			"Connection",
			"Group key",
			"Relay address",
			"Devices",
			"Who is in the group",
			"This device",
		];
		const places = parts.map((part) => said.indexOf(`${part}\n`));
		expect(places).not.toContain(-1);
		expect(places).toEqual([...places].sort((one, other) => one - other));
		await picture(device, "settings");
	});
});

describe("what is left with the relay", () => {
	const mailbox: MailboxStatus = {
		...{
			state: "on" as const,
			isSafeToClose: true,
			isWhole: false,
			usedBytes: 11_300,
			allowedBytes: 512 * 1024 * 1024,
		},
		knows: undefined,
	};
	const rowOf = (device: HostDevice, name: string): Locator =>
		device.frame().locator(".setting-item", { has: device.frame().getByText(name, { exact: true }) });
	const asked = async (device: HostDevice, scene: Scene): Promise<Locator> => {
		await show(device, scene);
		await rowOf(device, "Stored with the relay").getByRole("button", { name: "Delete everything stored" }).click();
		const dialog = device.frame().locator(".modal:not(.mod-settings)");
		await dialog.waitFor();
		return dialog;
	};

	it("[ZP2 ZP3] is chosen by two switches, and how much lies there is beside them", async () => {
		const device = await deviceOf();
		await show(device, { ...asAdmin, mailbox });
		await rowOf(device, "Stored with the relay").getByText("12 KB of 512 MB are in use").waitFor();
		await rowOf(device, "A copy of the whole vault").locator(".checkbox-container").click();
		await rowOf(device, "Changes for devices that are off").locator(".checkbox-container").click();
		await device.frame().getByText("This device leaves nothing there now").waitFor();
		expect(await decisions(device)).toEqual(["uses true, whole true", "uses false, whole true"]);
		await rowOf(device, "A copy of the whole vault").locator(".checkbox-container").click();
		expect(await decisions(device)).toHaveLength(2);
	});

	it("[ZP8] is as large as a person chooses, where anything is left there", async () => {
		const device = await deviceOf();
		await show(device, { ...asAdmin, mailbox });
		const sizes = rowOf(device, "Largest file left there").locator("select");
		expect(await sizes.inputValue()).toBe("0");
		await sizes.selectOption("10 MB");
		expect(await decisions(device)).toEqual(["at most 10 MiB"]);
		await rowOf(device, "Changes for devices that are off").locator(".checkbox-container").click();
		await device.frame().getByText("This device leaves nothing there now").waitFor();
		expect(await sizes.isDisabled()).toBe(true);
		expect(await sizes.inputValue()).toBe("10");
	});

	it("[ZP4] is deleted after a question only, and it is said what came of it", async () => {
		const device = await deviceOf();
		for (const key of ["Enter", "Escape"]) {
			const dialog = await asked(device, { ...asAdmin, mailbox });
			await dialog.getByText("The notes on your devices stay as they are.").waitFor();
			await device.page.keyboard.press(key);
			await dialog.waitFor({ state: "detached" });
		}
		expect(await decisions(device)).toEqual([]);
		const dialog = await asked(device, { ...asAdmin, mailbox });
		await device.page.keyboard.press("Shift+Tab");
		await device.page.keyboard.press("Enter");
		await dialog.waitFor({ state: "detached" });
		await device.frame().getByText("Everything stored with the relay is deleted.").waitFor();
		expect(await decisions(device)).toEqual(["clear"]);
	});

	it.each([["light", 1100] as const, ["dark", 1100] as const, ["light", 320] as const, ["dark", 320] as const])(
		"fits a %s screen of %i points, with its question",
		async (theme, width) => {
			const device = await deviceOf({ app: { theme }, platform: width < 400 ? "android" : "linux" });
			await device.page.setViewportSize({ width, height: 700 });
			await show(device, { ...asAdmin, mailbox: { ...mailbox, state: width < 400 ? "full" : "on" }, onlyHere: 2 });
			await rowOf(device, "Stored with the relay").evaluate((el) => {
				el.scrollIntoView({ block: "end" });
			});
			await picture(device, `mailbox-${theme}-${String(width)}`);
			const dialog = await asked(device, { ...asAdmin, mailbox });
			expect(await wordsBesideClose(dialog)).toBe(true);
			for (const modal of await device.frame().locator(".modal").all())
				expect(await modal.evaluate((el) => el.scrollWidth - el.clientWidth)).toBe(0);
			await picture(device, `mailbox-delete-${theme}-${String(width)}`);
		},
	);
});

describe("how fast this device sends and receives", () => {
	it("[X17] is as a person says, whole numbers only, and no limit is 0", async () => {
		const device = await deviceOf();
		await show(device, asAdmin);
		const field = (name: string): Locator =>
			device
				.frame()
				.locator(".setting-item", { has: device.frame().getByText(name, { exact: false }) })
				.locator("input");
		const [up, down] = [field("Fastest upload"), field("Fastest download")];
		expect([await up.inputValue(), await down.inputValue()]).toEqual(["0", "0"]);
		await up.fill("512");
		await down.fill("2048");
		await down.fill("-1");
		await device.frame().getByText("Enter a whole number from 0 to 1,000,000.").waitFor();
		await down.fill("0");
		await expect.poll(() => decisions(device)).toContain("up 512 KiB/s, down 0 KiB/s");
		expect(await decisions(device)).toEqual([
			"up 512 KiB/s, down 0 KiB/s",
			"up 512 KiB/s, down 2048 KiB/s",
			"up 512 KiB/s, down 0 KiB/s",
		]);
	});
});

describe("removing a device", () => {
	it("[G4] says what follows, what cannot be taken back and what to do after a theft, by a button that names the device", async () => {
		const device = await deviceOf();
		const dialog = await removing(device, asAdmin);
		for (const said of ["the group gets a new key", "also those that are off now", "Phone keeps the notes", "stolen"])
			await dialog.getByText(said).waitFor();
		expect(await dialog.getByRole("button").allInnerTexts()).toEqual(["Remove Phone", "Cancel"]);
		expect(await decisions(device)).toEqual([]);
		await dialog.getByRole("button", { name: "Remove Phone" }).click();
		await device.frame().getByText("Phone was removed, and the group has a new key.").waitFor();
		expect(await decisions(device)).toEqual([`remove ${id("b")}`]);
		expect(await device.notices()).toHaveLength(1);
	});

	it("[G4] does nothing on Enter, Escape, Cancel and a click beside it", async () => {
		const device = await deviceOf();
		const ways = [
			() => device.page.keyboard.press("Enter"),
			() => device.page.keyboard.press("Escape"),
			(dialog: Locator) => dialog.getByRole("button", { name: "Cancel" }).click(),
			() =>
				device
					.frame()
					.locator(".modal-bg")
					.last()
					.click({ position: { x: 5, y: 5 } }),
		];
		for (const leave of ways) {
			const dialog = await removing(device, asAdmin);
			await leave(dialog);
			await dialog.waitFor({ state: "detached" });
		}
		expect(await decisions(device)).toEqual([]);
		expect(await device.notices()).toEqual([]);
	});

	it.each([
		["busy", "just getting another new key. Try again in a minute."],
		["not-admin", "Do it on one that can."],
		["unknown-device", "There is nothing left to do."],
		["no-roster", "Try again once it has met another one."],
		["throws the disk is full", "If the device is still in the list, press Remove again."],
		[removed("later", []), "leave this device on until it is in sync again."],
		[removed("now", [id("c")]), "The new key cannot be sent to Tablet: pair it again."],
	])("[G4] says in words that it came to %s, and what is next", async (outcome, words) => {
		const device = await deviceOf();
		const dialog = await removing(device, { ...asAdmin, outcome });
		await dialog.getByRole("button", { name: "Remove Phone" }).click();
		await device.frame().getByText(words).waitFor();
		expect(await device.notices()).toHaveLength(1);
	});

	it.each([["light", 1100] as const, ["dark", 320] as const])(
		"[G4] fits a %s screen of %i points, also with a name of 64 letters, by keyboard alone",
		async (theme, width) => {
			const device = await deviceOf({ app: { theme }, platform: width < 400 ? "android" : "linux" });
			await device.page.setViewportSize({ width, height: 700 });
			const long = { ...phone, name: "W".repeat(64) };
			await show(device, { ...asAdmin, members: [laptop, long] });
			await row(device, long.name).getByRole("button", { name: "Compare words" }).focus();
			await device.page.keyboard.press("Tab");
			await device.page.keyboard.press("Enter");
			const dialog = device.frame().locator(".modal:not(.mod-settings)");
			expect(await device.frame().evaluate(() => document.activeElement?.textContent)).toBe("Cancel");
			for (const modal of await device.frame().locator(".modal").all())
				expect(await modal.evaluate((el) => el.scrollWidth - el.clientWidth)).toBe(0);
			await picture(device, `remove-long-${theme}-${String(width)}`);
			await device.page.keyboard.press("Shift+Tab");
			await device.page.keyboard.press("Enter");
			await dialog.waitFor({ state: "detached" });
			await device.frame().locator(".notice", { hasText: "was removed" }).waitFor();
			expect(await decisions(device)).toEqual([`remove ${id("b")}`]);
		},
	);

	it("[G1] is offered to nobody who may not", async () => {
		const device = await deviceOf();
		await show(device, asWriter);
		expect(
			await device
				.frame()
				.getByRole("button", { name: /^Remove/ })
				.count(),
		).toBe(0);
	});

	it.each([["light", 1100] as const, ["dark", 320] as const])(
		"[G4] asks on a %s screen of %i points",
		async (theme, width) => {
			const device = await deviceOf({ app: { theme }, platform: width < 400 ? "android" : "linux" });
			await device.page.setViewportSize({ width, height: 640 });
			const dialog = await removing(device, asAdmin);
			expect(
				await dialog.evaluate((el) => [el.scrollWidth - el.clientWidth, el.scrollHeight - el.clientHeight]),
			).toEqual([0, 0]);
			await picture(device, `remove-${theme}-${String(width)}`);
		},
	);
});

describe("the notice that a device joined", () => {
	it("[G2] comes once for all that come, stays, and leads to the list", async () => {
		const device = await deviceOf();
		await show(device, asAdmin, { opens: false });
		await news(device, "joined", phone);
		await news(device, "joined", tablet);
		expect(await device.notices()).toEqual([
			expect.stringMatching(/^Phone and Tablet joined the group. Not yours\? Remove them in the settings\./),
		]);
		await picture(device, "joined");
		await device.frame().getByRole("button", { name: "Show devices" }).click();
		await row(device, "Tablet").waitFor();
		expect(await device.notices()).toEqual([]);
	});

	it("[G2] closes by a button that says so, also where it lies over what a person is at", async () => {
		const device = await deviceOf({ platform: "android" });
		await device.page.setViewportSize({ width: 320, height: 640 });
		await show(device, asAdmin, { opens: false });
		await news(device, "joined", phone);
		await device.openSettings();
		await picture(device, "joined-over-320");
		await device.frame().locator(".notice").getByRole("button", { name: "Close" }).click();
		expect(await device.notices()).toEqual([]);
		await news(device, "joined", tablet);
		expect(await device.notices()).toEqual([expect.stringMatching(/^Tablet joined the group/)]);
	});

	it("[K21] says which devices could not be given a new key, and that they have to be paired again", async () => {
		const device = await deviceOf();
		await show(device, asAdmin, { opens: false });
		await newKey(device, [tablet]);
		expect(await device.notices()).toEqual([
			expect.stringMatching(/^The new key cannot be sent to Tablet: pair it again\./),
		]);
		await newKey(device, []);
		expect(await device.notices()).toHaveLength(1);
		await device.frame().getByRole("button", { name: "Show devices" }).click();
		await row(device, "Tablet").waitFor();
		expect(await device.notices()).toEqual([]);
	});

	it("[G2] says who waits, until it is approved or gone", async () => {
		const device = await deviceOf();
		await show(device, asAdmin, { opens: false });
		await news(device, "waiting", stranger);
		expect(await device.notices()).toEqual([expect.stringMatching(/^Phone would like to join the group/)]);
		await news(device, "approved", stranger);
		expect(await device.notices()).toEqual([]);
		await news(device, "joined", phone);
		await news(device, "left", phone);
		expect(await device.notices()).toEqual([]);
	});
});

function deviceOf(options: Partial<DeviceOptions> = {}): Promise<HostDevice> {
	return openApp({ name: "notes", ...options, app: { secrets: { "psync-group-key": KEY }, ...options.app } });
}

async function news(device: HostDevice, change: "joined" | "left" | "waiting" | "approved", who: ShownMember) {
	await onStage(
		device,
		(stage, told) => {
			stage.news(told);
		},
		{ event: "member" as const, change, device: who.deviceId, name: who.name, role: who.role },
	);
}

async function newKey(device: HostDevice, unreached: readonly ShownMember[]) {
	await onStage(
		device,
		(stage, told) => {
			stage.newKey(told);
		},
		unreached.map(({ deviceId, name }) => ({ device: deviceId, name })),
	);
}

function decisions(device: HostDevice): Promise<string[]> {
	return onStage(device, (stage) => stage.decisions);
}

function row(device: HostDevice, name: string): Locator {
	const nameEl = device.frame().locator(".setting-item-name").getByText(name, { exact: true });
	return device.frame().locator(".psync-devices ~ .setting-item", { has: nameEl });
}

/** Opens the question whether the phone is to be removed. */
async function removing(device: HostDevice, scene: Scene): Promise<Locator> {
	await show(device, scene);
	await row(device, "Phone").getByRole("button", { name: "Remove Phone" }).click();
	const dialog = device.frame().locator(".modal:not(.mod-settings)");
	await dialog.waitFor();
	return dialog;
}

function removed(handedOut: "now" | "later", unreached: readonly DeviceId[]): string {
	return JSON.stringify({ kind: "removed", handedOut, unreached });
}

/** Whether no line of the title reaches the button that closes the dialog. */
function wordsBesideClose(dialog: Locator): Promise<boolean> {
	return dialog.evaluate((el) => {
		const close = el.querySelector(".modal-close-button")?.getBoundingClientRect();
		const title = el.querySelector(".modal-title");
		if (close === undefined || title === null) return false;
		const words = document.createRange();
		words.selectNodeContents(title);
		return [...words.getClientRects()].every(({ right, top }) => right + 4 <= close.left || top >= close.bottom);
	});
}

function toggleOf(device: HostDevice): Locator {
	return device
		.frame()
		.locator(".setting-item", { hasText: "Ask before a new device joins" })
		.locator(".checkbox-container");
}

/** Name, description, and what can be pressed: the choice that is made, and the texts of the buttons. */
async function shownRows(device: HostDevice): Promise<string[]> {
	const rows = device.frame().locator(".psync-devices ~ .setting-item:not(:has(.checkbox-container))");
	return rows.evaluateAll((all) =>
		all.map((each) => {
			const text = (selector: string) => each.querySelector(selector)?.textContent ?? "";
			const controls = [...each.querySelectorAll<HTMLElement>("select, button")].map((control) =>
				control instanceof HTMLSelectElement ? control.selectedOptions[0]?.textContent : control.textContent,
			);
			return `${text(".setting-item-name")} | ${text(".setting-item-description")} | ${controls.join(", ")}`;
		}),
	);
}

function focused(device: HostDevice): Promise<string | null | undefined> {
	return device.frame().evaluate(() => document.activeElement?.getAttribute("aria-label"));
}
