// Before the first sync of a vault that has notes: what a person sees, what they choose, and that it comes true. The built plugin in
// Chromium, and a real relay.
import { describe, expect, it } from "vitest";
import type { Locator } from "playwright-core";
import { openDevice } from "../host/device.ts";
import type { DeviceOptions, HostDevice } from "../host/device.ts";
import { chromiumAndRelay } from "../support/chromium-and-relay.ts";
import { closedAfterEach } from "../support/closed-after-each.ts";
import { diskHolds, foundGroup, shownStatus, startFirstSync, statusShows } from "../support/plugin-devices.ts";

const app = chromiumAndRelay();
const open = closedAfterEach();

async function deviceOf(options: DeviceOptions): Promise<HostDevice> {
	const device = await openDevice(app.browser, options);
	open.add(device);
	return device;
}

const LAPTOP = { "same.md": "same", "differs.bin": "of the laptop", "there.md": "of the laptop", "Plans/a.md": "1" };
const PHONE = { "same.md": "same", "differs.bin": "of the phone!", "here.md": "of the phone", "gone.md": "gone" };

interface Pair {
	readonly laptop: HostDevice;
	readonly phone: HostDevice;
	/** What the phone's person sees. */
	readonly look: Locator;
}

/** A phone with notes that has just joined, and its screen before the first sync. */
async function joined(): Promise<Pair> {
	const laptop = await deviceOf({ name: "laptop", files: { ...LAPTOP, "gone.md": "gone" } });
	await foundGroup(laptop, app.relayUrl);
	await statusShows(laptop, "Waiting");
	await laptop.deleteFile("gone.md");
	await laptop.runCommand("psync:sync-now");
	await laptop.runCommand("psync:pair");
	const link = await laptop.frame().locator(".psync-pair textarea").inputValue();
	const phone = await deviceOf({ name: "phone", platform: "android", files: PHONE });
	await phone.openLink(link);
	await phone.frame().getByRole("button", { name: "Join" }).click();
	return { laptop, phone, look: phone.frame().locator(".psync-first-look") };
}

async function texts(device: HostDevice): Promise<Readonly<Record<string, string | undefined>>> {
	const files = await device.list();
	const read = await Promise.all(files.map(async ({ path }) => [path, await device.readFile(path)] as const));
	return Object.fromEntries(read);
}

async function seen(look: Locator): Promise<Readonly<Record<string, string>>> {
	await look.getByRole("button", { name: "Start syncing" }).waitFor();
	const names = await look.locator("dt").allInnerTexts();
	const values = await look.locator("dd").allInnerTexts();
	return Object.fromEntries(names.map((name, i) => [name, values[i] ?? ""]));
}

describe("before the first sync", () => {
	it("[SU8 SU9] shows what it will do, changes nothing until a person chose, and then does that", async () => {
		const { laptop, phone, look } = await joined();
		const [onLaptop, onPhone] = [await texts(laptop), await texts(phone)];
		expect(await seen(look)).toMatchObject({
			"The same on both": expect.stringMatching(/^1 file/) as unknown,
			"Come here": expect.stringMatching(/^2 files/) as unknown,
			"Go to your other devices": expect.stringMatching(/^1 file/) as unknown,
			"Different on both": expect.stringMatching(/^1 file/) as unknown,
			"Replaced or deleted there before": expect.stringMatching(/^1 file/) as unknown,
		});
		await look.getByText("Which are different").click();
		await look.getByText("differs.bin", { exact: true }).waitFor();
		await look.getByText("By folder").click();
		await look.getByText("Plans: 0 the same, 1 come, 0 go, 0 different").waitFor();
		expect(await shownStatus(phone)).toContain("Waiting for your choice");
		expect(await texts(laptop)).toEqual(onLaptop);
		expect(await texts(phone)).toEqual(onPhone);
		await startFirstSync(phone);
		await diskHolds(phone, "Plans/a.md", "1");
		await diskHolds(laptop, "here.md", "of the phone");
		for (const device of [laptop, phone]) await statusShows(device, "In sync");
		const both = await texts(phone);
		expect(await texts(laptop)).toEqual(both);
		// Both versions of what differs are there, and what the group had deleted is not back.
		expect(Object.values(both)).toEqual(expect.arrayContaining(["of the laptop", "of the phone!", "of the phone"]));
		expect(Object.keys(both)).not.toContain("gone.md");
	});

	it.each([
		["Take theirs", "of the laptop"],
		["Keep mine", "of the phone!"],
	])("[SU9] “%s” decides what both have and nothing else", async (choice, text) => {
		const { laptop, phone, look } = await joined();
		await seen(look);
		await look.getByText(choice).click();
		await startFirstSync(phone);
		await diskHolds(laptop, "here.md", "of the phone");
		await diskHolds(phone, "there.md", "of the laptop");
		for (const device of [laptop, phone]) {
			await diskHolds(device, "differs.bin", text);
			await statusShows(device, "In sync");
			expect(Object.keys(await texts(device)).toSorted()).toEqual([
				"Plans/a.md",
				"differs.bin",
				"here.md",
				"same.md",
				"there.md",
			]);
		}
	});

	it("[SU8] joins no group when its person does not want that after all", async () => {
		const { laptop, phone, look } = await joined();
		await seen(look);
		const onPhone = await texts(phone);
		await look.getByRole("button", { name: "Do not join" }).click();
		await phone.frame().getByText("This vault is in no group. None of its notes was sent or changed.").waitFor();
		await statusShows(phone, "Not set up");
		expect(await texts(phone)).toEqual(onPhone);
		expect(Object.keys(await texts(laptop))).not.toContain("here.md");
		await phone.unload();
	});

	it("[SU10] puts both together when the screen is closed or the app ends: nothing waits for a dialog that is gone", async () => {
		const { laptop, phone, look } = await joined();
		await look.waitFor();
		await phone.page.keyboard.press("Escape");
		await look.waitFor({ state: "detached" });
		await diskHolds(laptop, "here.md", "of the phone");
		await diskHolds(phone, "there.md", "of the laptop");

		const second = await joined();
		await second.look.waitFor();
		await second.phone.kill();
		await second.phone.start();
		await diskHolds(second.laptop, "here.md", "of the phone");
		await diskHolds(second.phone, "there.md", "of the laptop");
		expect(await second.phone.frame().locator(".psync-first-look").count()).toBe(0);
	});
});
