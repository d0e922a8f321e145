// Who is in the group, as a person sees and changes it in the settings, in Chromium: the list, its dialogs and notices, by mouse and
// by keyboard, also on a narrow screen. The group is made up (fixtures/device-screens.ts); a real one is in test/e2e/devices.test.ts.
import { readFile } from "node:fs/promises";
import path from "node:path";
import esbuild from "esbuild";
import type { Locator } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { DeviceId } from "../../src/core/ids.ts";
import type { ShownMember } from "../../src/engine/group.ts";
import type { PeerStatus } from "../../src/engine/status.ts";
import { launchChromium, projectRoot, type HostBrowser } from "./chromium.ts";
import { openDevice, type DeviceOptions, type HostDevice, type PluginFiles } from "./device.ts";
import type { Scene, Stage } from "./fixtures/device-screens.ts";

const NOW_MS = 1_732_464_000_000;
const HOUR_MS = 60 * 60_000;
const KEY = "psync1q4f7xjpkz2qgkmpfd5vxyv9uklj5k894g9w326n8kgwt8k50x76qq65vf0q";

let chromium: HostBrowser;
let plugin: PluginFiles;
beforeAll(async () => {
	chromium = await launchChromium();
	plugin = await screensPlugin();
});
afterAll(() => chromium.close());

const open = new Set<HostDevice>();
afterEach(async () => {
	for (const device of open) await device.close();
	open.clear();
});

const id = (digit: string): DeviceId => digit.repeat(64) as DeviceId;
const laptop: ShownMember = member("Laptop", "a", { role: "admin", isThis: true, isOnline: true });
const phone = member("Phone", "b", { fourWords: ["amber", "kettle", "violin", "north"], isOnline: true });
const tablet = member("Tablet", "c", { fourWords: ["river", "candle", "sober", "quilt"] });
const stranger = member("Phone", "d", { standing: "waiting", fourWords: ["one", "two", "three", "four"] });
const tabletAway: PeerStatus = {
	...{ deviceId: id("c"), name: "Tablet", mode: "send-receive", state: "away", path: undefined, inSync: false },
	...{ unreceived: 0, unapplied: 0, lastSeen: NOW_MS - 3 * HOUR_MS },
};
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

async function screensPlugin(): Promise<PluginFiles> {
	const built = await esbuild.build({
		entryPoints: [path.join(projectRoot, "test/host/fixtures/device-screens.ts")],
		...{ bundle: true, write: false, format: "cjs", platform: "browser", target: "es2022", external: ["obsidian"] },
	});
	const manifest = { id: "screens", name: "PSync", version: "1.0.0", minAppVersion: "1.13.1" };
	return {
		id: "screens",
		main: built.outputFiles[0]?.text ?? "",
		manifest: JSON.stringify(manifest),
		styles: await readFile(path.join(projectRoot, "styles.css"), "utf8"),
	};
}

async function deviceOf(options: Partial<DeviceOptions> = {}): Promise<HostDevice> {
	const app = { secrets: { "psync-group-key": KEY }, ...options.app };
	const device = await openDevice(chromium.browser, { name: "notes", ...options, plugin, app });
	open.add(device);
	return device;
}

function member(name: string, digit: string, more: Partial<ShownMember>): ShownMember {
	const basis = {
		deviceId: id(digit),
		name,
		role: "writer",
		standing: "member",
		isThis: false,
		isOnline: false,
	} as const;
	return { ...basis, ...more };
}

async function show(device: HostDevice, scene: Scene, { opens = true } = {}): Promise<void> {
	await onStage(
		device,
		(stage, next) => {
			stage.show(next);
		},
		scene,
	);
	if (opens && (await device.frame().locator(".mod-settings").count()) === 0) await device.openSettings();
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

function decisions(device: HostDevice): Promise<string[]> {
	return onStage(device, (stage) => stage.decisions);
}

/** In the page: `run` must not use anything but its arguments. */
function onStage<T, A = undefined>(
	device: HostDevice,
	run: (stage: Stage, argument: A) => T,
	argument?: A,
): Promise<T> {
	const given = (JSON.stringify(argument) as string | undefined) ?? "undefined";
	return device.frame().evaluate(`(${run.toString()})(window.stage, ${given})`);
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

/** For a person to look at, where PSYNC_PICTURES names a folder. */
async function picture(device: HostDevice, name: string): Promise<void> {
	const folder = process.env["PSYNC_PICTURES"];
	if (folder !== undefined) await device.screenshot(path.join(folder, `${name}.png`));
}
