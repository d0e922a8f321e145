// What the app leaves with a real relay for devices that are off: the page of one is closed before that of the other is opened.
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { beforeAll, beforeEach, expect, it } from "vitest";
import { launchChromium, WAIT_MS, type HostBrowser } from "../host/chromium.ts";
import { openDevice, type DeviceOptions, type HostDevice } from "../host/device.ts";
import { builtRelay } from "../support/built-relay.ts";
import { closedAfterEach } from "../support/closed-after-each.ts";
import { diskHolds, foundGroup, joinGroup, statusShows } from "../support/plugin-devices.ts";
import type { RelayUrl } from "../../src/wire/relay-url.ts";
import { defined } from "../support/relay-clients.ts";

const program = builtRelay();
let chromium: HostBrowser | undefined;
beforeAll(async () => {
	chromium = await launchChromium();
	return () => chromium?.close();
});

let relayUrl: RelayUrl;
beforeEach(async () => {
	relayUrl = await program
		.run(["--listen", ":0", "--storage", "memory", "--data", join(program.folder, `run-${String(++runs)}`)])
		.listening();
});
let runs = 0;
const open = closedAfterEach();

async function deviceOf(name: string, options: Partial<DeviceOptions> = {}): Promise<HostDevice> {
	const device = await openDevice(defined(chromium).browser, { name, ...options });
	open.add(device);
	return device;
}

/** Two devices that have met and are in sync. */
async function pairOf(): Promise<{ laptop: HostDevice; phone: HostDevice; key: string }> {
	const laptop = await deviceOf("laptop", { files: { "plan.md": "at first", "old.md": "to be deleted" } });
	const key = await foundGroup(laptop, relayUrl);
	const phone = await deviceOf("phone");
	await joinGroup(phone, relayUrl, key);
	await diskHolds(phone, "plan.md", "at first");
	for (const device of [laptop, phone]) await statusShows(device, "In sync");
	return { laptop, phone, key };
}

const CLOSABLE = "you can close this device";

/** Waits until what a person sees when the pointer rests on the status bar says that it may be closed, or not any more. */
async function saysItMayBeClosed(device: HostDevice, isSo: boolean): Promise<void> {
	await device
		.frame()
		.waitForFunction(
			([words, wanted]) =>
				document.querySelector(".psync-status")?.getAttribute("aria-label")?.includes(words) === wanted,
			[CLOSABLE, isSo] as const,
			{ polling: 20 },
		);
}

/**
 * Does one after the other, on a device that has nothing else to do, and waits each time until it may be closed, after it might not. What
 * it says is noted from before the act on: it may be over before it can be asked for.
 */
async function leave(device: HostDevice, ...acts: readonly (() => Promise<void>)[]): Promise<void> {
	interface Noting {
		saidOtherwise?: Promise<void>;
	}
	for (const act of acts) {
		await device.frame().evaluate((words) => {
			const bar = document.querySelector(".psync-status");
			if (bar === null) throw new Error("there is no status bar");
			const label = (): string => bar.getAttribute("aria-label") ?? "";
			(window as Noting).saidOtherwise = new Promise((resolve) => {
				if (!label().includes(words)) {
					resolve();
					return;
				}
				const observer = new MutationObserver((changes) => {
					const said = [label(), ...changes.map(({ oldValue }) => oldValue)];
					if (said.every((each) => each?.includes(words))) return;
					observer.disconnect();
					resolve();
				});
				observer.observe(bar, { attributeFilter: ["aria-label"], attributeOldValue: true });
			});
		}, CLOSABLE);
		await act();
		await device.frame().evaluate(() => (window as Noting).saidOtherwise);
		await saysItMayBeClosed(device, true);
	}
}

/** A notice says how it is at the moment that it is asked for: it is asked for until it says so. */
async function saysOfTheNote(device: HostDevice, words: string): Promise<void> {
	const said = async (): Promise<string> => {
		const notices = device.frame().locator(".notice");
		// What was said earlier is no answer.
		await notices.evaluateAll((all) => {
			for (const one of all) one.remove();
		});
		await device.runCommand("psync:show-receipts");
		await notices.first().waitFor();
		return (await notices.allTextContents()).join("\n");
	};
	await expect.poll(said, { timeout: WAIT_MS, interval: 250 }).toContain(words);
}

async function turn(device: HostDevice, name: string): Promise<void> {
	const row = await device.settingRow(name);
	await row.locator(".checkbox-container").click();
	await device.closeSettings();
}

it("[ZP1] a page that is opened when the other is closed has what was written, deleted and renamed there", async () => {
	const { laptop, phone } = await pairOf();
	await phone.kill();
	await statusShows(laptop, "Waiting for devices");
	await leave(
		laptop,
		() => laptop.writeFile("plan.md", "written while the phone is off"),
		() => laptop.writeFile("photo.bin", new Uint8Array(randomBytes(1500 * 1024))),
		() => laptop.deleteFile("old.md"),
	);
	const photo = await laptop.readBytes("photo.bin");
	await laptop.kill();

	await phone.start();
	await diskHolds(phone, "plan.md", "written while the phone is off");
	await diskHolds(phone, "photo.bin", photo);
	await diskHolds(phone, "old.md", undefined);
	// And back. Turned off and on again it has nothing left to do of what it took.
	await phone.unload();
	await phone.enable("psync");
	await saysItMayBeClosed(phone, true);
	await leave(phone, () => phone.writeFile("plan.md", "and an answer"));
	await phone.kill();
	await laptop.start();
	await diskHolds(laptop, "plan.md", "and an answer");
	expect((await laptop.list()).map(({ path }) => path).sort()).toEqual(["photo.bin", "plan.md"]);
});

it("[ZP1] a device that is new has the whole vault from the copy, with no other there", async () => {
	const files = Object.fromEntries(
		Array.from({ length: 150 }, (_, i) => [`note ${String(i)}.md`, "x".repeat(4000) + String(i)]),
	);
	const laptop = await deviceOf("laptop", { files });
	const key = await foundGroup(laptop, relayUrl);
	await turn(laptop, "A copy of the whole vault");
	const row = await laptop.settingRow("Stored with the relay");
	await row.getByText("A copy of the whole vault is among it.").waitFor();
	await laptop.closeSettings();
	await laptop.kill();
	const phone = await deviceOf("phone");
	await joinGroup(phone, relayUrl, key);
	await diskHolds(phone, "note 149.md", files["note 149.md"]);
	await diskHolds(phone, "note 0.md", files["note 0.md"]);
});

it("[ZP2] a device that is not to use it leaves nothing and takes nothing there, and can delete what lies there", async () => {
	const { laptop, phone } = await pairOf();
	await turn(phone, "Changes for devices that are off");
	await statusShows(phone, "In sync");
	await phone.kill();
	await leave(laptop, () => laptop.writeFile("plan.md", "for the phone"));
	await laptop.kill();
	await phone.start();
	await statusShows(phone, "Waiting for devices");
	await phone.writeFile("of the phone.md", "of the phone");
	const row = await phone.settingRow("Stored with the relay");
	await row.getByText("This device leaves nothing there now").waitFor();
	await row.getByRole("button", { name: "Delete everything stored" }).click();
	await phone
		.frame()
		.locator(".modal:not(.mod-settings)")
		.getByRole("button", { name: "Delete everything stored" })
		.click();
	await phone.frame().getByText("Everything stored with the relay is deleted.").waitFor();
	await phone.closeSettings();
	expect(await phone.readFile("plan.md")).toBe("at first");

	await laptop.start();
	await diskHolds(phone, "plan.md", "for the phone");
	await diskHolds(laptop, "of the phone.md", "of the phone");
});

it("[ZP7] of the note that is open it says which device has it, and for which one it is stored with the relay", async () => {
	const { laptop, phone, key } = await pairOf();
	await phone.setSetting("deviceName", "Phone");
	const tablet = await deviceOf("tablet", { platform: "android" });
	await tablet.page.setViewportSize({ width: 320, height: 640 });
	await joinGroup(tablet, relayUrl, key);
	await tablet.setSetting("deviceName", "Tablet");
	await diskHolds(tablet, "plan.md", "at first");
	for (const device of [laptop, phone, tablet]) await statusShows(device, "In sync");
	await tablet.kill();
	await laptop.type("plan.md", ", then more");
	await diskHolds(phone, "plan.md", "at first, then more");
	// That it is on its disk the phone has still to say.
	await saysOfTheNote(laptop, "on Phone");
	await phone.kill();
	await saysItMayBeClosed(laptop, true);
	await saysOfTheNote(laptop, "This note: on Phone; stored with the relay for Tablet");
	await saysOfTheNote(laptop, "Safe to close: nothing is on this device alone");
	await laptop.kill();

	await tablet.start();
	await diskHolds(tablet, "plan.md", "at first, then more");
	await tablet.type("plan.md", "!");
	await tablet.frame().locator(".psync-ribbon").click();
	await tablet.frame().getByText("Show which devices have this note").click();
	await tablet.frame().getByText("This note: ").waitFor();
	expect(
		await tablet
			.frame()
			.locator(".notice")
			.evaluate((el) => el.scrollWidth - el.clientWidth),
	).toBe(0);
	expect(
		await tablet
			.frame()
			.locator("body")
			.evaluate((el) => el.scrollWidth),
	).toBeLessThanOrEqual(320);
});

it("[ZP8] a file that is larger than a person wants there is not left with the relay, from that moment on", async () => {
	const { laptop, phone } = await pairOf();
	await phone.kill();
	await statusShows(laptop, "Waiting for devices");
	await laptop.setSetting("Largest file left there", "1");
	await leave(laptop, () => laptop.writeFile("plan.md", "small"));
	await laptop.writeFile("film.bin", new Uint8Array(randomBytes(1500 * 1024)));
	await saysItMayBeClosed(laptop, false);
	await laptop.kill();
	await phone.start();
	await diskHolds(phone, "plan.md", "small");
	expect((await phone.list()).map(({ path }) => path)).not.toContain("film.bin");
	await laptop.start();
	await phone
		.frame()
		.waitForFunction(
			() =>
				(window as unknown as { host: { list(): { path: string }[] } }).host
					.list()
					.some(({ path }) => path === "film.bin"),
			undefined,
			{ polling: 20 },
		);
});
