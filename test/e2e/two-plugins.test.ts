// The main job with every real part: the built plugin on two devices in Chromium, real WebRTC, a real relay on loopback.
import { describe, expect, it } from "vitest";
import { chromiumAndRelay } from "../support/chromium-and-relay.ts";
import { closedAfterEach } from "../support/closed-after-each.ts";
import { openDevice } from "../host/device.ts";
import type { DeviceOptions, HostDevice } from "../host/device.ts";
import { diskHolds, filesShown, foundGroup, joinGroup, openGroup, statusShows } from "../support/plugin-devices.ts";

const app = chromiumAndRelay();
const open = closedAfterEach();

async function group(...options: readonly DeviceOptions[]): Promise<readonly HostDevice[]> {
	const devices = await openGroup(app.browser, app.relayUrl, options);
	for (const device of devices) open.add(device);
	return devices;
}

async function pair(
	laptop: Omit<DeviceOptions, "name"> = {},
	phone: Omit<DeviceOptions, "name"> = {},
): Promise<readonly [HostDevice, HostDevice]> {
	const [a, b] = await group({ name: "laptop", ...laptop }, { name: "phone", platform: "android", ...phone });
	if (a === undefined || b === undefined) throw new Error("two devices were asked for");
	return [a, b];
}

describe("two devices with the plugin", () => {
	it("a note written, edited, moved and deleted on one is so on the other", async () => {
		const [laptop, phone] = await pair({ files: { "Notes/Plan.md": "first" } });
		await diskHolds(phone, "Notes/Plan.md", "first");
		await laptop.writeFile("Notes/Plan.md", "second");
		await diskHolds(phone, "Notes/Plan.md", "second");
		await phone.writeFile("Notes/Plan.md", "third");
		await diskHolds(laptop, "Notes/Plan.md", "third");
		await laptop.renameFile("Notes/Plan.md", "Archive.md");
		await diskHolds(phone, "Archive.md", "third");
		await diskHolds(phone, "Notes/Plan.md", undefined);
		await phone.deleteFile("Archive.md");
		await diskHolds(laptop, "Archive.md", undefined);
		expect(await laptop.list()).toEqual([]);
	});

	it("what a person types in the editor arrives when the app has saved it", async () => {
		const [laptop, phone] = await pair({ files: { "Journal.md": "Monday." } });
		await diskHolds(phone, "Journal.md", "Monday.");
		await laptop.type("Journal.md", " Tuesday.");
		await diskHolds(phone, "Journal.md", "Monday. Tuesday.");
	});

	it("bytes that are no text arrive as they are", async () => {
		const [laptop, phone] = await pair();
		const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 31) & 0xff);
		await laptop.writeFile("photo.jpg", bytes);
		await diskHolds(phone, "photo.jpg", bytes);
		await phone.writeFile("photo.jpg", bytes.reverse());
		await diskHolds(laptop, "photo.jpg", bytes);
	});

	it("a note edited on both while paused keeps both texts, under the same names on both", async () => {
		const [laptop, phone] = await pair({ files: { "Shopping.md": "milk" } });
		await diskHolds(phone, "Shopping.md", "milk");
		await laptop.runCommand("psync:pause");
		await statusShows(laptop, "Paused");
		await laptop.writeFile("Shopping.md", "milk and bread");
		await phone.writeFile("Shopping.md", "milk, no bread");
		await laptop.runCommand("psync:resume");
		await filesShown(laptop, 2);
		await filesShown(phone, 2);
		await statusShows(laptop, "In sync");
		await statusShows(phone, "In sync");
		const texts = async (device: HostDevice): Promise<Record<string, string>> => {
			const entries = (await device.list()).map(async ({ path }) => [path, await device.readFile(path)] as const);
			return Object.fromEntries(await Promise.all(entries)) as Record<string, string>;
		};
		const onLaptop = await texts(laptop);
		expect(await texts(phone)).toEqual(onLaptop);
		expect(Object.values(onLaptop).sort()).toEqual(["milk and bread", "milk, no bread"]);
		expect(Object.keys(onLaptop).filter((path) => path.includes("(conflict"))).toHaveLength(1);
	});

	it("a pause lasts over a restart of the app, and what was written meanwhile follows", async () => {
		const [laptop, phone] = await pair();
		await laptop.runCommand("psync:pause");
		await statusShows(laptop, "Paused");
		await laptop.kill();
		await laptop.start();
		await statusShows(laptop, "Paused");
		await laptop.writeFile("later.md", "later");
		await laptop.runCommand("psync:resume");
		await diskHolds(phone, "later.md", "later");
	});

	it("a device whose app was killed goes on where it was, as the same device", async () => {
		const [laptop, phone] = await pair({ files: { "a.md": "a" } });
		await diskHolds(phone, "a.md", "a");
		await phone.kill();
		await laptop.writeFile("a.md", "a, edited meanwhile");
		await phone.start();
		await diskHolds(phone, "a.md", "a, edited meanwhile");
		await statusShows(phone, "In sync");
		await statusShows(laptop, "In sync");
		expect((await laptop.list()).map(({ path }) => path)).toEqual(["a.md"]);
	});

	it("a phone that the system put to sleep, its sockets gone, catches up when it wakes and hears what follows", async () => {
		const [laptop, phone] = await pair({ files: { "a.md": "a" } });
		await diskHolds(phone, "a.md", "a");
		await phone.suspend();
		await laptop.writeFile("a.md", "while asleep");
		await phone.resume({ sockets: "dead" });
		await diskHolds(phone, "a.md", "while asleep");
		await laptop.writeFile("a.md", "after waking");
		await diskHolds(phone, "a.md", "after waking");
	});

	it("unloading leaves no timer, listener, socket or connection, and a plugin turned on again goes on", async () => {
		const [laptop, phone] = await pair({ files: { "a.md": "a" } });
		await diskHolds(phone, "a.md", "a");
		await laptop.unload();
		await phone.writeFile("a.md", "b");
		await laptop.kill();
		await laptop.start();
		await diskHolds(laptop, "a.md", "b");
	});

	it("nothing secret and nothing of this device is in the vault's folder", async () => {
		const [laptop] = await pair();
		const row = await laptop.settingRow("Group key");
		await row.getByRole("button", { name: "Show" }).click();
		const key = (await row.locator(".psync-group-key-text").innerText()).replace(/\s/g, "");
		await laptop.closeSettings();
		const settings = (await laptop.outside.read(".obsidian/plugins/psync/data.json"))?.toString("utf8");
		expect(JSON.parse(settings ?? "")).toEqual({ relayUrl: app.relayUrl, debounceMs: 100 });
		for (const path of await laptop.outside.paths()) {
			const content = (await laptop.outside.read(path))?.toString("latin1") ?? "";
			if (!path.endsWith("main.js")) expect(content.includes(key), path).toBe(false);
		}
	});
});

describe("one device with the plugin", () => {
	async function single(options: Omit<DeviceOptions, "name"> = {}): Promise<HostDevice> {
		const device = await openDevice(app.browser, { name: "single", ...options });
		open.add(device);
		return device;
	}

	it("says that it is not set up and opens no connection until it is", async () => {
		const device = await single();
		const requests: string[] = [];
		device.page.on("websocket", (socket) => requests.push(socket.url()));
		await statusShows(device, "Not set up");
		await device.runCommand("psync:show-status");
		expect((await device.notices()).join()).toContain("What is missing: a relay address and a group key");
		await foundGroup(device, app.relayUrl);
		await statusShows(device, "Waiting for devices");
		expect(requests).toHaveLength(1);
		await device.unload();
	});

	it("on a phone it shows its state in the ribbon, and its menu offers what the status bar would", async () => {
		const device = await single({ platform: "ios" });
		expect(await device.statusBarText()).toBeUndefined();
		expect(await device.ribbon()).toContain("PSync: Not set up");
		await device.frame().locator(".psync-ribbon").click();
		const menu = device.frame().locator(".menu");
		await menu.getByText("Open settings").click();
		await device.frame().locator(".mod-settings").waitFor();
		await device.closeSettings();
		await device.unload();
	});

	it("answers an address and a key that are none in words, and keeps what it had", async () => {
		const device = await single();
		const relayRow = await device.settingRow("relayUrl");
		await relayRow.locator("input").fill("https://relay.example.org");
		await relayRow.getByText("begins with wss://").last().waitFor();
		const keyRow = await device.settingRow("Group key");
		await keyRow.locator("input").fill("psync1qqqq");
		await keyRow.getByRole("button", { name: "Join" }).click();
		await keyRow.getByText(/A group key has 65 characters/).waitFor();
		await device.closeSettings();
		await statusShows(device, "Not set up");
	});

	it("changes the group only after a question, and the other group's devices stay out", async () => {
		const [laptop, phone] = await pair({ files: { "a.md": "a" } });
		await diskHolds(phone, "a.md", "a");
		const stranger = await single();
		const key = await foundGroup(stranger, app.relayUrl);
		const row = await laptop.settingRow("Group key");
		await row.getByRole("button", { name: "Change" }).click();
		await row.locator("input").fill(key);
		await row.getByRole("button", { name: "Join" }).click();
		await laptop.frame().getByRole("button", { name: "Change the key" }).click();
		await row.getByRole("button", { name: "Show" }).waitFor();
		await laptop.closeSettings();
		await diskHolds(stranger, "a.md", "a");
		await stranger.writeFile("b.md", "b");
		await diskHolds(laptop, "b.md", "b");
		await statusShows(phone, "Waiting for devices");
		expect(await phone.readFile("b.md")).toBeUndefined();
	});

	it("works where the app's database does not, with the key in the app's secret storage", async () => {
		const laptop = await single({ app: { indexedDb: "fails" } });
		const key = await foundGroup(laptop, app.relayUrl);
		const other = await single({ files: { "a.md": "a" } });
		await joinGroup(other, app.relayUrl, key);
		await diskHolds(laptop, "a.md", "a");
	});
});
