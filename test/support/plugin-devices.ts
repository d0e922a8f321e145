// Devices with the built plugin in Chromium, put into a group by the same clicks a person makes.
import type { Browser } from "playwright-core";
import { openDevice } from "../host/device.ts";
import type { DeviceOptions, HostDevice } from "../host/device.ts";
import type { AppWindow } from "../host/page/app-page.ts";

/** Enters the relay and makes a new group; resolves to its key. */
export async function foundGroup(device: HostDevice, relayUrl: string): Promise<string> {
	const row = await device.settingRow("Group key");
	await row.getByRole("button", { name: "Create a key" }).click();
	const key = await row.locator(".psync-group-key-text").innerText();
	await device.closeSettings();
	await device.setSetting("relayUrl", relayUrl);
	return key.replace(/\s/g, "");
}

/** Enters the relay and pastes the key of a group. */
export async function joinGroup(device: HostDevice, relayUrl: string, key: string): Promise<void> {
	const row = await device.settingRow("Group key");
	await row.locator("input").fill(key);
	await row.getByRole("button", { name: "Join" }).click();
	await row.getByRole("button", { name: "Show" }).waitFor();
	await device.closeSettings();
	await device.setSetting("relayUrl", relayUrl);
}

/** After joining with a vault that has notes: begins the first sync, once what it does is on show or without looking at it. */
export async function startFirstSync(device: HostDevice, { looks = true } = {}): Promise<void> {
	const dialog = device.frame().locator(".psync-first-look");
	await dialog.getByRole("button", { name: looks ? "Start syncing" : "Start without looking" }).click();
	await dialog.waitFor({ state: "detached" });
}

/** Devices of one new group, connected and in sync; the first one founds it. */
export async function openGroup(
	browser: Browser,
	relayUrl: string,
	options: readonly DeviceOptions[],
): Promise<readonly HostDevice[]> {
	const devices: HostDevice[] = [];
	let key: string | undefined;
	for (const each of options) {
		const device = await openDevice(browser, each);
		if (key === undefined) key = await foundGroup(device, relayUrl);
		else await joinGroup(device, relayUrl, key);
		devices.push(device);
	}
	for (const device of devices) await statusShows(device, "In sync");
	return devices;
}

/** Waits until the status bar, or on phones the label of the ribbon icon, says this. */
export async function statusShows(device: HostDevice, words: string): Promise<void> {
	await device.frame().waitForFunction(
		(wanted) => {
			const bar = document.querySelector(".psync-status");
			const ribbon = document.querySelector(".psync-ribbon")?.getAttribute("aria-label");
			return (bar?.textContent ?? ribbon ?? "").includes(wanted);
		},
		words,
		{ polling: 20 },
	);
}

/** What the status bar, or on phones the label of the ribbon icon, says. */
export async function shownStatus(device: HostDevice): Promise<string> {
	return device.frame().evaluate(() => {
		const bar = document.querySelector(".psync-status");
		return bar?.textContent ?? document.querySelector(".psync-ribbon")?.getAttribute("aria-label") ?? "";
	});
}

/** Waits until the device's disk holds exactly this at the path; `undefined`: nothing. */
export async function diskHolds(
	device: HostDevice,
	file: string,
	content: string | Uint8Array | undefined,
): Promise<void> {
	await device.frame().evaluate(
		async ([path, base64]) => {
			const { adapter } = (window as unknown as AppWindow).host;
			const wanted = base64 === null ? null : Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
			const holds = async (): Promise<boolean> => {
				if (!(await adapter.exists(path))) return wanted === null;
				// To read all of it at each look would take the time of what is waited for.
				if ((await adapter.stat(path))?.size !== wanted?.length) return false;
				const read = await adapter.readBinary(path).catch((error: unknown) => {
					// Removed between the two looks: the next one will see.
					if (String(error).includes("ENOENT")) return undefined;
					throw error;
				});
				if (read === undefined) return false;
				const bytes = new Uint8Array(read);
				return wanted !== null && bytes.length === wanted.length && bytes.every((byte, i) => byte === wanted[i]);
			};
			// Each look takes its turn behind what the app does with the disk, so this keeps nothing from running.
			while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10));
		},
		[file, content === undefined ? null : Buffer.from(content).toString("base64")] as const,
	);
}

/** Waits until the app shows so many files. */
export async function filesShown(device: HostDevice, count: number): Promise<void> {
	await device
		.frame()
		.waitForFunction((wanted) => (window as unknown as AppWindow).host.list().length === wanted, count, {
			// Counting thousands all the time would be half of what the app does.
			polling: count > 1_000 ? 500 : 20,
		});
}
