// Setting up as a person does it who has never heard of any of this: the built plugin in Chromium, a real relay, and every click counted.
import { describe, expect, it } from "vitest";
import type { Locator } from "playwright-core";
import { openDevice } from "../host/device.ts";
import type { DeviceOptions, HostDevice } from "../host/device.ts";
import { chromiumAndRelay } from "../support/chromium-and-relay.ts";
import { closedAfterEach } from "../support/closed-after-each.ts";
import { diskHolds, shownStatus, statusShows } from "../support/plugin-devices.ts";
import { readQrOnScreen } from "../support/qr-reader.ts";
import { startedRelays } from "../support/started-relays.ts";

const app = chromiumAndRelay();
const relays = startedRelays();
const open = closedAfterEach();

async function deviceOf(options: DeviceOptions): Promise<HostDevice> {
	const device = await openDevice(app.browser, options);
	open.add(device);
	return device;
}

/** Clicks as a person, and counts. */
class Person {
	clicks = 0;
	readonly startedAt = performance.now();

	async click(target: Locator): Promise<void> {
		this.clicks++;
		await target.click();
	}

	get seconds(): string {
		return ((performance.now() - this.startedAt) / 1_000).toFixed(1);
	}
}

function dialog(device: HostDevice): Locator {
	return device.frame().locator(".psync-setup");
}

function press(device: HostDevice, name: string): Locator {
	return device.frame().locator("button:visible", { hasText: new RegExp(`^${name}$`) });
}

/** The set-up, on the screen for a first device. */
async function firstScreen(device: HostDevice): Promise<Locator> {
	await device.runCommand("psync:set-up");
	await dialog(device).getByText("This is my first device").click();
	return dialog(device);
}

describe("setting up", () => {
	it("[SU1 SU4] takes four clicks on a laptop and two on a phone that has no notes yet, with a relay at hand", async () => {
		const laptop = await deviceOf({ name: "laptop", files: { "a.md": "alpha" } });
		const person = new Person();
		await person.click(laptop.frame().locator(".psync-status"));
		await person.click(laptop.frame().locator(".menu-item", { hasText: /Set up$/ }));
		await person.click(dialog(laptop).getByText("This is my first device"));
		await dialog(laptop).getByLabel("Relay address").fill(app.relayUrl);
		await person.click(press(laptop, "Begin"));
		const qr = laptop.frame().locator(".psync-pair .psync-qr");
		await qr.waitFor();
		expect(person.clicks).toBe(4);
		const link = await readQrOnScreen(qr, laptop.page);
		expect(link).toContain("&f=");

		const phone = await deviceOf({ name: "phone", platform: "android" });
		const atPhone = new Person();
		// What the camera does; the app asks once whether the link may be opened, which is a click.
		await phone.openLink(link);
		atPhone.clicks++;
		await atPhone.click(press(phone, "Join"));
		await diskHolds(phone, "a.md", "alpha");
		expect(atPhone.clicks).toBe(2);
		await statusShows(laptop, "In sync");
		console.warn(
			`set up: ${person.clicks + atPhone.clicks} clicks, ${person.seconds} s, of these at the phone ${atPhone.seconds} s`,
		);
	});

	it("[SU1] opens when a person asks, from the settings, the menu, a command, and the notice after turning it on", async () => {
		const laptop = await deviceOf({ name: "laptop" });
		expect(await dialog(laptop).count()).toBe(0);
		const close = async (): Promise<void> => {
			await dialog(laptop).waitFor();
			await laptop.page.keyboard.press("Escape");
			await dialog(laptop).waitFor({ state: "detached" });
		};
		await (await laptop.settingRow("Set up PSync")).getByRole("button", { name: "Set up" }).click();
		await close();
		await laptop.closeSettings();
		await laptop.runCommand("psync:set-up");
		await laptop.runCommand("psync:set-up");
		expect(await dialog(laptop).count()).toBe(1);
		await close();
		await laptop.unload();
		await laptop.enable("psync");
		const notice = laptop.frame().locator(".notice");
		expect(await dialog(laptop).count()).toBe(0);
		await notice.getByRole("button", { name: "Set up" }).click();
		await close();
		expect(await notice.count()).toBe(0);
		// What is open when the plugin is turned off goes with it.
		await laptop.runCommand("psync:set-up");
		await laptop.unload();
		expect(await dialog(laptop).count()).toBe(0);
	});

	it("[SU1] keeps nothing that no button confirmed, and asks for what is missing in words", async () => {
		const laptop = await deviceOf({ name: "laptop" });
		const before = await laptop.outside.paths();
		const setup = await firstScreen(laptop);
		const requests: string[] = [];
		laptop.page.on("request", (request) => requests.push(request.url()));
		await press(laptop, "Begin").click();
		await setup.getByText("Enter the address of your relay").waitFor();
		await setup.getByLabel("Relay address").fill("ws://192.168.1.5:9000");
		await press(laptop, "Begin").click();
		await setup.getByText("phones cannot use it").waitFor();
		await setup.getByLabel("Relay address").fill("relay.example.org");
		await press(laptop, "Begin").click();
		await setup.getByText("A relay address begins with wss://").waitFor();
		await press(laptop, "Back").click();
		await setup.getByText("I have a QR code or link").click();
		await setup.getByLabel("Pairing link").fill("obsidian://psync?k=psync1qqqq");
		await press(laptop, "Continue").click();
		await setup.getByRole("alert").getByText("The group key in this link is damaged").waitFor();
		await laptop.page.keyboard.press("Escape");
		expect(await shownStatus(laptop)).toContain("Not set up");
		expect(await laptop.outside.paths()).toEqual(before);
		expect(requests).toEqual([]);
	});

	it("[SU2] says whether a relay answers, asks for its access code only then, and lets a person begin all the same", async () => {
		const guarded = await relays.start({ accessCode: "7 Linden & 40% oak=" });
		const laptop = await deviceOf({ name: "laptop" });
		const setup = await firstScreen(laptop);
		expect(await setup.getByLabel("Access code").isVisible()).toBe(false);
		await setup.getByLabel("Relay address").fill(app.relayUrl);
		await press(laptop, "Test connection").click();
		await setup.getByText("The relay answers and lets this device in.").waitFor();
		await setup.getByLabel("Relay address").fill(guarded.url);
		expect(await setup.getByRole("status").innerText()).toBe("");
		await press(laptop, "Begin").click();
		await setup.getByText("The relay asks for an access code.").waitFor();
		await setup.getByLabel("Access code").fill("7 Linden & 40% oak");
		await press(laptop, "Begin").click();
		await setup.getByText("does not take this access code").waitFor();
		await setup.getByLabel("Access code").fill("7 Linden & 40% oak=");
		await press(laptop, "Test connection").click();
		await setup.getByText("The relay answers and lets this device in.").waitFor();
		await guarded.close();
		await press(laptop, "Test connection").click();
		await setup
			.getByRole("status")
			.getByText(/Nothing answers|no relay runs/)
			.waitFor();
		await press(laptop, "Begin").click();
		await press(laptop, "Begin anyway").click();
		await laptop.frame().locator(".psync-pair .psync-qr").waitFor();
		await laptop.page.keyboard.press("Escape");
		await statusShows(laptop, "Offline");
		await expect(laptop.runCommand("psync:set-up")).rejects.toThrow("not available now");
	});

	it("[SU3] shows three ways to a relay, and takes the address of one with a click", async () => {
		const laptop = await deviceOf({ name: "laptop" });
		const setup = await firstScreen(laptop);
		expect(await setup.locator("summary").count()).toBe(3);
		await setup.getByText("On this computer, to try it").click();
		await setup.getByText("npx --no-install psync relay --listen 127.0.0.1:9000").first().waitFor();
		await press(laptop, "Use this address").first().click();
		expect(await setup.getByLabel("Relay address").inputValue()).toBe("ws://127.0.0.1:9000");
		const phone = await deviceOf({ name: "phone", platform: "ios" });
		expect(await (await firstScreen(phone)).locator("summary").count()).toBe(2);
	});

	it("[SU4] brings a second computer in by the link that a person pastes", async () => {
		const laptop = await deviceOf({ name: "laptop", files: { "a.md": "alpha" } });
		const setup = await firstScreen(laptop);
		await setup.getByLabel("Name of this device").fill("Big one");
		await setup.getByLabel("Relay address").fill(app.relayUrl);
		await press(laptop, "Begin").click();
		const link = await laptop.frame().locator(".psync-pair textarea").inputValue();
		const other = await deviceOf({ name: "other", platform: "mac" });
		await other.runCommand("psync:set-up");
		await dialog(other).getByText("I have a QR code or link").click();
		await dialog(other).getByLabel("Pairing link").fill(link);
		await press(other, "Continue").click();
		const question = other.frame().locator(".modal:not(.psync-setup)");
		await question.getByRole("button", { name: "Cancel" }).click();
		expect(await dialog(other).getByLabel("Pairing link").inputValue()).toBe(link);
		await press(other, "Continue").click();
		await question.getByRole("button", { name: "Join" }).click();
		await diskHolds(other, "a.md", "alpha");
		expect(await dialog(other).count()).toBe(0);
		const list = await other.settingRow("Who is in the group");
		await list.waitFor();
		await other.frame().getByText("Big one", { exact: true }).waitFor();
	});
});
