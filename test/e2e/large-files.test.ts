// A file that no phone could have in memory: the built plugin on two devices in Chromium, real WebRTC, a real relay on loopback.
import { describe, expect, it } from "vitest";
import { WAIT_MS } from "../host/chromium.ts";
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

/** What the journal and notes take is small. */
async function partsOnly(device: HostDevice): Promise<void> {
	const { read, written } = await device.inApp(() => (window as unknown as LargestWindow).largest);
	expect([read < MIB, written]).toEqual([true, 4 * MIB]);
}

async function sizesOf(device: HostDevice): Promise<Record<string, number>> {
	return Object.fromEntries((await device.list()).map(({ path, size }) => [path, size]));
}

async function waitForSizes(device: HostDevice, sizes: Record<string, number>): Promise<void> {
	await expect.poll(() => sizesOf(device), { timeout: WAIT_MS }).toEqual(sizes);
}

async function unfold(device: HostDevice, title: string): Promise<void> {
	await device
		.frame()
		.locator(".psync-folded summary")
		.filter({ visible: true })
		.getByText(title, { exact: true })
		.click();
}

async function panelSays(device: HostDevice, words: string): Promise<void> {
	await device.frame().locator(".psync-folded .psync-quiet", { hasText: words }).first().waitFor();
}

describe("a large file", () => {
	it("[XL1 XL4 XL5 XL12] comes to a phone in parts of at most 4 MiB, changes, is renamed and deleted, and is never read there", async () => {
		const [laptop, phone] = await openGroup(app.browser, app.relayUrl, [
			{ name: "laptop", files: { "a.md": "note" } },
			{ name: "phone", platform: "android", app: { localStorage: { "psync-scope": { maxMib: 5, large: true } } } },
		]);
		if (laptop === undefined || phone === undefined) throw new Error("two devices were asked for");
		open.add(laptop).add(phone);
		await diskHolds(phone, "a.md", "note");
		await watchMemory(phone);
		// Smaller ones than 16 MiB are read back as a whole.
		const film = Uint8Array.from({ length: 20 * MIB + 5 }, (_, i) => (i * 31 + (i >> 12)) & 0xff);
		await laptop.writeFile("Films/Holiday.mp4", film);
		await waitForSizes(phone, { "a.md": 4, "Films/Holiday.mp4": film.length });
		await phone.runCommand("psync:open-panel");
		await unfold(phone, "1 large file received in parts");
		await panelSays(phone, "It is here. What you change in it is not sent from this device.");
		await partsOnly(phone);

		const shorter = film.slice(0, 17 * MIB).reverse();
		await laptop.writeFile("Films/Holiday.mp4", shorter);
		await waitForSizes(phone, { "a.md": 4, "Films/Holiday.mp4": shorter.length });
		await laptop.renameFile("Films/Holiday.mp4", "Holiday.mp4");
		await waitForSizes(phone, { "a.md": 4, "Holiday.mp4": shorter.length });
		await statusShows(phone, "In sync");
		await partsOnly(phone);
		await diskHolds(phone, "Holiday.mp4", shorter);

		await laptop.deleteFile("Holiday.mp4");
		await waitForSizes(phone, { "a.md": 4 });
		const trash = await phone.inApp(async ({ adapter }) => {
			const { files } = await adapter.list(".trash");
			const sizes = await Promise.all(files.map(async (path) => (await adapter.stat(path))?.size));
			return sizes.sort();
		});
		expect(trash).toEqual([shorter.length, film.length]);
	});

	it("[XL6 XL7 XL12] stays as a person of the phone left it, and no other device hears of that", async () => {
		const [laptop, phone] = await openGroup(app.browser, app.relayUrl, [
			{ name: "laptop", files: { "a.md": "note" } },
			{ name: "phone", platform: "android", app: { localStorage: { "psync-scope": { maxMib: 1, large: true } } } },
		]);
		if (laptop === undefined || phone === undefined) throw new Error("two devices were asked for");
		open.add(laptop).add(phone);
		const film = new Uint8Array(2 * MIB).fill(7);
		await laptop.writeFile("one.mp4", film);
		await laptop.writeFile("two.mp4", film);
		await waitForSizes(phone, { "a.md": 4, "one.mp4": film.length, "two.mp4": film.length });
		await phone.deleteFile("one.mp4");
		await phone.writeFile("two.mp4", new Uint8Array(3 * MIB).fill(8));
		await phone.runCommand("psync:open-panel");
		await unfold(phone, "2 files take no part");
		await panelSays(phone, "It was removed here.");
		await panelSays(phone, "It was changed on this device, which cannot send it.");
		await laptop.writeFile("two.mp4", new Uint8Array(2 * MIB).fill(9));
		await phone.writeFile("b.md", "written after that");
		await diskHolds(laptop, "b.md", "written after that");
		await statusShows(phone, "In sync");
		expect(await sizesOf(laptop)).toEqual({ "a.md": 4, "b.md": 18, "one.mp4": film.length, "two.mp4": film.length });
		expect(await sizesOf(phone)).toEqual({ "a.md": 4, "b.md": 18, "two.mp4": 3 * MIB });
	});
});
