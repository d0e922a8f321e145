// A file that no phone could have in memory: the built plugin on two devices in Chromium, real WebRTC, a real relay on loopback.
import { describe, expect, it } from "vitest";
import type { HostDevice } from "../host/device.ts";
import { chromiumAndRelay } from "../support/chromium-and-relay.ts";
import { closedAfterEach } from "../support/closed-after-each.ts";
import { diskHolds, openGroup, statusShows } from "../support/plugin-devices.ts";

const MIB = 1024 * 1024;
const app = chromiumAndRelay();
const open = closedAfterEach();

interface LargestWindow {
	largest: { read: number; written: number };
}

/** From now on it is noted how much of a file the app has at once. */
async function watchMemory(device: HostDevice): Promise<void> {
	await device.inApp(({ adapter }) => {
		const largest = { read: 0, written: 0 };
		(window as unknown as LargestWindow).largest = largest;
		const [read, write, append] = [adapter.readBinary, adapter.writeBinary, adapter.appendBinary];
		adapter.readBinary = async (path) => {
			const bytes = await read.call(adapter, path);
			largest.read = Math.max(largest.read, bytes.byteLength);
			return bytes;
		};
		adapter.writeBinary = (path, bytes, options) => {
			largest.written = Math.max(largest.written, bytes.byteLength);
			return write.call(adapter, path, bytes, options);
		};
		adapter.appendBinary = (path, bytes, options) => {
			largest.written = Math.max(largest.written, bytes.byteLength);
			return append.call(adapter, path, bytes, options);
		};
	});
}

const largestOn = (device: HostDevice): Promise<{ read: number; written: number }> =>
	device.inApp(() => (window as unknown as LargestWindow).largest);

describe("a large file", () => {
	it("[X18 X19 X20] comes to a phone in parts of at most 4 MiB, changes and goes there, and is never read there as a whole", async () => {
		const options = [{ name: "laptop" }, { name: "phone", platform: "android" as const }];
		const [laptop, phone] = await openGroup(app.browser, app.relayUrl, options);
		if (laptop === undefined || phone === undefined) throw new Error("two devices were asked for");
		for (const device of [laptop, phone]) open.add(device);
		await watchMemory(phone);
		const film = Uint8Array.from({ length: 20 * MIB + 5 }, (_, i) => (i * 31 + (i >> 12)) & 0xff);
		await laptop.writeFile("Films/Holiday.mp4", film);
		await statusShows(phone, "In sync");
		await sizeIs(phone, film.length);
		await partsOnly(phone);
		const shorter = film.slice(0, 17 * MIB).reverse();
		await laptop.writeFile("Films/Holiday.mp4", shorter);
		await sizeIs(phone, shorter.length);
		await laptop.renameFile("Films/Holiday.mp4", "Holiday.mp4");
		await phone.inApp(async ({ adapter }) => {
			while (!(await adapter.exists("Holiday.mp4"))) await new Promise((resolve) => setTimeout(resolve, 50));
		});
		await statusShows(phone, "In sync");
		await partsOnly(phone);
		await diskHolds(phone, "Holiday.mp4", shorter);
		await laptop.deleteFile("Holiday.mp4");
		await diskHolds(phone, "Holiday.mp4", undefined);
	});
});

/** What the journal and notes take is small. */
async function partsOnly(device: HostDevice): Promise<void> {
	const { read, written } = await largestOn(device);
	expect([read < MIB, written]).toEqual([true, 4 * MIB]);
}

/** Waits for it. */
async function sizeIs(device: HostDevice, size: number): Promise<void> {
	await expect.poll(async () => (await device.list())[0]?.size, { timeout: 60_000 }).toBe(size);
}
