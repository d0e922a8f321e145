// Pairing as a person does it: the built plugin on two devices in Chromium, a code on one screen, a link on the other.
import { describe, expect, it } from "vitest";
import { chromiumAndRelay } from "../support/chromium-and-relay.ts";
import { closedAfterEach } from "../support/closed-after-each.ts";
import { parsePairingLink } from "../../src/wire/pairing-link.ts";
import { openDevice } from "../host/device.ts";
import type { DeviceOptions, HostDevice } from "../host/device.ts";
import { diskHolds, foundGroup, startFirstSync, statusShows } from "../support/plugin-devices.ts";
import { readQrOnScreen } from "../support/qr-reader.ts";

const KEY = "psync1q4f7xjpkz2qgkmpfd5vxyv9uklj5k894g9w326n8kgwt8k50x76qq65vf0q";
const ACCESS_CODE = "7 Linden & 40% oak=";
const OTHER_KEY = "psync1qqqqsyqcyq5rqwzqfpg9scrgwpugpzysnzs23v9ccrydpk8qarc0swpglhw";
const LINK = `obsidian://psync?k=${KEY}&r=wss%3A%2F%2Frelay.example.org&c=K7QM%204`;

const app = chromiumAndRelay({ accessCode: ACCESS_CODE });
const open = closedAfterEach();

async function deviceOf(options: DeviceOptions): Promise<HostDevice> {
	const device = await openDevice(app.browser, options);
	open.add(device);
	return device;
}

/** Opens the code, on a device that is in a group. */
async function pairDialog(device: HostDevice): Promise<ReturnType<ReturnType<HostDevice["frame"]>["locator"]>> {
	const row = await device.settingRow("Group key");
	await row.getByRole("button", { name: "Pair another device" }).click();
	const dialog = device.frame().locator(".psync-pair");
	await dialog.waitFor();
	return dialog;
}

describe("pairing in the plugin", () => {
	it.each(["light", "dark"] as const)(
		"[Q1 Q4] brings a phone into the group by the code on a %s screen, after its person pressed Join",
		async (theme) => {
			const laptop = await deviceOf({ name: "laptop", files: { "a.md": "alpha" }, app: { theme } });
			await foundGroup(laptop, app.relayUrl);
			await laptop.setSetting("accessCode", ACCESS_CODE);
			const dialog = await pairDialog(laptop);
			const link = await dialog.locator("textarea").inputValue();
			expect(parsePairingLink(link)).toMatchObject({
				ok: true,
				pairing: { relayUrl: app.relayUrl, accessCode: ACCESS_CODE },
			});
			expect(await readQrOnScreen(dialog.locator(".psync-qr"), laptop.page)).toBe(link);
			await dialog.getByText("works on this computer only").waitFor();

			const phone = await deviceOf({ name: "phone", platform: "android", files: { "b.md": "beta" } });
			expect(await phone.openLink(link)).toBe(true);
			const question = phone.frame().locator(".modal");
			await question.getByText("phone (1 file)").waitFor();
			await question.getByText(app.relayUrl, { exact: true }).waitFor();
			await question.getByRole("button", { name: "Join" }).click();
			await startFirstSync(phone);
			await diskHolds(phone, "a.md", "alpha");
			await diskHolds(laptop, "b.md", "beta");
			await statusShows(phone, "In sync");
			const settings = (await phone.outside.read(".obsidian/plugins/psync/data.json"))?.toString("utf8");
			expect(JSON.parse(settings ?? "")).toEqual({ relayUrl: app.relayUrl, debounceMs: 100 });
		},
	);

	it("[Q4] does nothing at all when the person cancels, presses Escape or Enter, or looks elsewhere", async () => {
		const device = await deviceOf({ name: "notes", files: { "a.md": "alpha" } });
		const requests: string[] = [];
		device.page.on("request", (request) => requests.push(request.url()));
		device.page.on("websocket", (socket) => requests.push(socket.url()));
		const before = await device.outside.paths();
		const modal = device.frame().locator(".modal");
		const ways = [
			() => modal.getByRole("button", { name: "Cancel" }).click(),
			() => device.page.keyboard.press("Escape"),
			() => device.page.keyboard.press("Enter"),
			() => modal.locator(".modal-close-button").click(),
			() =>
				device
					.frame()
					.locator(".modal-bg")
					.click({ position: { x: 5, y: 5 } }),
		];
		for (const leave of ways) {
			await device.openLink(LINK);
			await modal.getByText("wss://relay.example.org", { exact: true }).waitFor();
			await leave();
			await modal.waitFor({ state: "detached" });
		}
		await statusShows(device, "Not set up");
		expect(await device.outside.paths()).toEqual(before);
		expect(requests).toEqual([]);
		await device.unload();
	});

	it("[Q4] asks once however often links come, and refuses with the way to go when it is in a group", async () => {
		const device = await deviceOf({ name: "notes" });
		const modal = device.frame().locator(".modal");
		const other = LINK.replace("relay.example.org", "other.example.org");
		await device.openLink(LINK);
		for (let i = 0; i < 20; i++) await device.openLink(other);
		expect(await modal.count()).toBe(1);
		await modal.getByText("wss://relay.example.org", { exact: true }).waitFor();
		await modal.getByRole("button", { name: "Join" }).click();
		await statusShows(device, "Offline");

		await device.openLink(LINK);
		await modal.getByText("is in the group of this link already").waitFor();
		await modal.getByRole("button", { name: "Close" }).click();
		await device.openLink(`obsidian://psync?k=${OTHER_KEY}&r=wss://evil.example`);
		await modal.getByText("press Change beside the group key").waitFor();
		expect(await modal.getByRole("button", { name: "Join" }).count()).toBe(0);
		await modal.getByRole("button", { name: "Close" }).click();
		await device.openLink("obsidian://psync?k=psync1qqqq&r=wss://evil.example");
		await modal.getByText("The group key in this link is damaged").waitFor();
		await modal.getByRole("button", { name: "Close" }).click();
		const row = await device.settingRow("relayUrl");
		expect(await row.locator("input").inputValue()).toBe("wss://relay.example.org");
		await device.closeSettings();
	});

	it("[Q4] takes a pasted link the same way, and changes the group by one after a question", async () => {
		const device = await deviceOf({ name: "notes" });
		const row = await device.settingRow("Group key");
		const paste = async (link: string): Promise<void> => {
			await row.locator("input").fill(link);
			await row.locator("input").press("Enter");
		};
		await paste(LINK.slice(0, 60));
		await row.getByText("The group key in this link is damaged").waitFor();
		await paste(LINK);
		const question = device.frame().locator(".modal:not(.mod-settings)");
		await question.getByText("The link brings the relay’s access code along.").waitFor();
		await question.getByRole("button", { name: "Join" }).click();
		await row.getByText("This vault is in the group").waitFor();
		expect(await (await device.settingRow("accessCode")).locator("input").inputValue()).toBe("K7QM 4");

		await row.getByRole("button", { name: "Change" }).click();
		await paste(`obsidian://psync?k=${OTHER_KEY}&r=wss://new.example.org`);
		await question.getByText("leaves its present group first").waitFor();
		await question.getByText("It replaces the relay in your settings, wss://relay.example.org.").waitFor();
		await question.getByRole("button", { name: "Join" }).click();
		await row.getByText("This vault is in the group").waitFor();
		expect(await (await device.settingRow("relayUrl")).locator("input").inputValue()).toBe("wss://new.example.org");
		expect(await (await device.settingRow("accessCode")).locator("input").inputValue()).toBe("");
		await device.closeSettings();
	});

	it("[Q4] completes by the link what a person began with the key alone", async () => {
		const device = await deviceOf({ name: "notes" });
		const row = await device.settingRow("Group key");
		await row.locator("input").fill(KEY);
		await row.getByRole("button", { name: "Join" }).click();
		await row.getByRole("button", { name: "Pair another device" }).click();
		await row.getByText("enter the relay address below first").waitFor();
		await device.closeSettings();
		await device.openLink(LINK);
		const question = device.frame().locator(".modal");
		await question.getByText("wss://relay.example.org", { exact: true }).waitFor();
		expect(await question.getByText("leaves its present group").count()).toBe(0);
		await question.getByRole("button", { name: "Join" }).click();
		await statusShows(device, "Offline");
		await device.runCommand("psync:pair");
		await device.frame().locator(".psync-qr").waitFor();
	});

	it("shows a recovery sheet that is good for joining, prints it alone, and never puts it into the vault", async () => {
		const device = await deviceOf({ name: "notes", files: { "a.md": "alpha" } });
		await device.openLink(LINK);
		await device.frame().getByRole("button", { name: "Join" }).click();
		await startFirstSync(device, { looks: false });
		const paths = async (): Promise<string[]> =>
			(await device.outside.paths()).filter((path) => !path.includes("/state"));
		// What was joined is written down by then, so that it counts as none of the sheet's.
		await expect.poll(paths, { timeout: 60_000 }).toContain(".obsidian/plugins/psync/data.json");
		const before = await paths();
		const dialog = await pairDialog(device);
		await dialog.getByRole("button", { name: "Recovery sheet" }).click();
		const sheet = await dialog.locator("textarea").inputValue();
		expect(sheet).toContain("Vault: notes\n");
		expect(sheet).toContain("Relay address: wss://relay.example.org\n");
		expect(sheet).toContain("Access code: K7QM 4\n");
		expect(sheet).toMatch(/^Date: \d{4}-\d{2}-\d{2}$/m);
		const [, typed = ""] = /^Group key:\n((?: {4}.*\n)+)/m.exec(sheet) ?? [];
		expect(typed.replace(/\s/g, "")).toBe(KEY);

		await device.frame().evaluate(() => {
			window.print = () => {
				const visible = [...document.body.children].filter((child) => child.checkVisibility());
				document.body.dataset["printed"] = JSON.stringify(visible.map((child) => child.textContent));
			};
		});
		await device.page.emulateMedia({ media: "print" });
		await dialog.getByRole("button", { name: "Print" }).dispatchEvent("click");
		await device.page.emulateMedia({ media: "screen" });
		const printed = await device.frame().locator("body").getAttribute("data-printed");
		expect(JSON.parse(printed ?? "")).toEqual([sheet]);
		expect(await device.frame().locator(".psync-printed").count()).toBe(0);

		const downloading = device.page.waitForEvent("download");
		await dialog.getByRole("button", { name: "Save as a file" }).click();
		expect((await downloading).suggestedFilename()).toBe("psync-recovery-sheet.txt");
		expect(await paths()).toEqual(before);
		await dialog.getByRole("button", { name: "Back" }).click();
		await dialog.locator(".psync-qr").waitFor();
		// What is open when the plugin is turned off goes with it.
		await device.unload();
		expect(await dialog.count()).toBe(0);
	});

	it("fits a screen of 320 points, where everything can be reached by keyboard", async () => {
		const device = await deviceOf({ name: "notes", platform: "android" });
		await device.page.setViewportSize({ width: 320, height: 640 });
		await device.openLink(LINK);
		const frame = device.frame();
		expect(await frame.evaluate(() => document.activeElement?.textContent)).toBe("Cancel");
		await device.page.keyboard.press("Shift+Tab");
		expect(await frame.evaluate(() => document.activeElement?.textContent)).toBe("Join");
		await device.page.keyboard.press("Enter");
		const dialog = await pairDialog(device);
		const widths = await dialog.evaluate((el) => [el.scrollWidth, el.clientWidth]);
		expect(widths[0]).toBeLessThanOrEqual(widths[1] ?? 0);
		await device
			.frame()
			.locator(".notice")
			.evaluateAll((notices) => notices.forEach((notice) => notice.remove()));
		const link = await dialog.locator("textarea").inputValue();
		expect(await readQrOnScreen(dialog.locator(".psync-qr"), device.page)).toBe(link);
		const area = dialog.locator("textarea");
		await area.focus();
		expect(await area.evaluate((el: HTMLTextAreaElement) => el.selectionEnd - el.selectionStart)).toBe(link.length);
		await device.page.keyboard.press("Tab");
		expect(await frame.evaluate(() => document.activeElement?.textContent)).toBe("Select all to copy");
		await device.page.keyboard.press("Enter");
		expect(await area.evaluate((el) => document.activeElement === el)).toBe(true);
		const isWhole = () => area.evaluate((el) => el.scrollHeight <= el.clientHeight);
		expect(await isWhole()).toBe(true);
		await dialog.getByRole("button", { name: "Recovery sheet" }).press("Enter");
		expect(await isWhole()).toBe(true);
		expect(await dialog.locator(".modal-title").evaluate((el) => el.getBoundingClientRect().top)).toBeGreaterThan(0);
		expect(await frame.evaluate(() => document.activeElement?.textContent)).toBe("Recovery sheet");
		await device.page.keyboard.press("Escape");
		await dialog.waitFor({ state: "detached" });
	});

	it("begins a new group in place of its own after a question, and says how a lost device is shut out without", async () => {
		const device = await deviceOf({ name: "notes" });
		const key = await foundGroup(device, app.relayUrl);
		const row = await device.settingRow("Group key");
		const question = device.frame().locator(".modal:not(.mod-settings)");
		const create = async (answer: string): Promise<void> => {
			await row.getByRole("button", { name: "Change" }).click();
			await row.getByText("To shut a lost device out").waitFor();
			await row.getByRole("button", { name: "Create a key" }).click();
			await question.getByRole("button", { name: answer }).click();
			await question.waitFor({ state: "detached" });
		};
		const shown = async (): Promise<string> =>
			(await row.locator(".psync-group-key-text").innerText()).replace(/\s/g, "");
		await create("Cancel");
		await row.getByRole("button", { name: "Cancel" }).click();
		await row.getByRole("button", { name: "Show" }).click();
		expect(await shown()).toBe(key);
		await create("Change the key");
		await row.getByRole("button", { name: "Hide" }).waitFor();
		expect(await shown()).not.toBe(key);
		expect(await row.getByRole("button", { name: "Pair another device" }).count()).toBe(1);
		await device.closeSettings();
	});

	it("[Q3] makes no link to an unencrypted relay elsewhere", async () => {
		const device = await deviceOf({ name: "notes" });
		await foundGroup(device, app.relayUrl);
		await device.setSetting("plainRelay", true);
		await device.setSetting("relayUrl", "ws://192.168.1.5:9000");
		const dialog = await pairDialog(device);
		await dialog.getByText("A link leads to encrypted relays only").waitFor();
		expect(await dialog.locator(".psync-qr").count()).toBe(0);
	});
});
