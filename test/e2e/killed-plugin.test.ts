// An app that is killed in the middle of its writes, of notes and of the plugin's own state, and started again.
import { describe, expect, it } from "vitest";
import { chromiumAndRelay } from "../support/chromium-and-relay.ts";
import type { DeviceWindow } from "../host/page/device-page.ts";
import { diskHolds, openGroup } from "../support/plugin-devices.ts";

const app = chromiumAndRelay();

describe("an app killed in the middle of a write", () => {
	it("[A8 A11 J1] loses nothing, spreads no part of a file, and makes no conflict copy", async () => {
		const notes = Array.from({ length: 6 }, (_, n) => `note ${String(n)}.md`);
		const files = Object.fromEntries(notes.map((path) => [path, `${path}, first text`]));
		const [laptop, phone] = await openGroup(app.browser, app.relayUrl, [{ name: "laptop", files }, { name: "phone" }]);
		if (laptop === undefined || phone === undefined) throw new Error("two devices were asked for");
		for (const path of notes) await diskHolds(phone, path, `${path}, first text`);

		for (let round = 1; round <= 8; round++) {
			// The app goes at the n-th write from now on, whatever file it is for, with a part of it on the disk.
			const killed = phone.page.evaluate(
				([nth]) =>
					new Promise<void>((resolve) => {
						const { device } = window as unknown as DeviceWindow;
						let left = nth;
						const disk = device.disk("phone");
						const tear = disk.tear.bind(disk);
						const write = disk.write.bind(disk);
						const count = () => {
							if (--left !== 0) return;
							disk.tear = tear;
							disk.write = write;
							device.kill();
							resolve();
						};
						disk.tear = (path, bytes) => {
							tear(path, bytes);
							count();
						};
						disk.write = (path, bytes, mtime) => {
							write(path, bytes, mtime);
							count();
						};
					}),
				[round] as const,
			);
			for (const path of notes) await laptop.writeFile(path, `${path}, text of round ${String(round)}, a longer one`);
			await killed;
			await phone.start();
			const last = notes.map((path) => [path, `${path}, text of round ${String(round)}, a longer one`] as const);
			for (const [path, text] of last) await diskHolds(phone, path, text);
			for (const [path, text] of last) await diskHolds(laptop, path, text);
		}
		expect((await phone.list()).map(({ path }) => path)).toEqual(notes);
		expect((await laptop.list()).map(({ path }) => path)).toEqual(notes);
		await laptop.close();
		await phone.close();
	});
});

describe("a plugin that is switched off and on in the app that runs", () => {
	it("[W3 O2 J1] passes on what was written, moved and deleted meanwhile, on both sides, and makes no conflict copy", async () => {
		const files = { "a.md": "a", "b.md": "b", "c.md": "c", "d.md": "d" };
		const [laptop, phone] = await openGroup(app.browser, app.relayUrl, [{ name: "laptop", files }, { name: "phone" }]);
		if (laptop === undefined || phone === undefined) throw new Error("two devices were asked for");
		for (const [path, text] of Object.entries(files)) await diskHolds(phone, path, text);
		await phone.unload();
		await phone.writeFile("a.md", "a, edited while off");
		await phone.renameFile("b.md", "folder-b.md");
		await laptop.writeFile("c.md", "c, edited elsewhere");
		await laptop.deleteFile("d.md");
		await phone.enable("psync");
		for (const device of [laptop, phone]) {
			await diskHolds(device, "a.md", "a, edited while off");
			await diskHolds(device, "folder-b.md", "b");
			await diskHolds(device, "b.md", undefined);
			await diskHolds(device, "c.md", "c, edited elsewhere");
			await diskHolds(device, "d.md", undefined);
			expect((await device.list()).map(({ path }) => path)).toEqual(["a.md", "c.md", "folder-b.md"]);
			await device.close();
		}
	});
});
