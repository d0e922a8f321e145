// The host's open note, as Obsidian's is known to be (obsidian.md §4 and §7, 14).
import { afterAll, beforeAll, expect, test } from "vitest";
import { defined } from "../support/relay-clients.ts";
import { launchChromium, type HostBrowser } from "./chromium.ts";
import type { HostDevice } from "./device.ts";
import { openSample } from "./sample-device.ts";

let host: HostBrowser | undefined;
beforeAll(async () => {
	host = await launchChromium();
});
afterAll(() => host?.close());

const LINES = Array.from({ length: 200 }, (_, i) => `line ${String(i)}`);

async function openNote(text: string): Promise<HostDevice> {
	const device = await openSample(defined(host).browser, { files: { "a.md": text } });
	await device.inApp((app) => app.open("a.md"));
	return device;
}
const area = (device: HostDevice) => device.frame().locator(".editor-text");
const looks = (device: HostDevice): Promise<readonly [string, number]> =>
	area(device).evaluate((el) => {
		const { value, selectionStart, selectionEnd, scrollTop } = el as HTMLTextAreaElement;
		return [value.slice(selectionStart, selectionEnd), scrollTop] as const;
	});

test("Of a clean note only what differs is replaced: selection and scroll stay where they are", async () => {
	const device = await openNote(LINES.join("\n"));
	await area(device).evaluate((el) => {
		const textEl = el as HTMLTextAreaElement;
		const at = textEl.value.indexOf("line 120");
		textEl.setSelectionRange(at, at + "line 120".length);
		textEl.scrollTop = 900;
	});
	const before = await looks(device);
	await device.outside.write("a.md", LINES.map((line, i) => (i === 3 ? "another line 3" : line)).join("\n"));
	await expect.poll(() => area(device).inputValue()).toContain("another line 3");
	expect(await looks(device)).toEqual(before);
	expect(before).toEqual(["line 120", 900]);
	await device.close();
});

test("Into a dirty note is merged what others wrote, with a notice; in the same place what was typed stays", async () => {
	const device = await openNote("one\ntwo\nthree");
	await device.type("a.md", " and more");
	await device.outside.write("a.md", "ONE\ntwo\nthree");
	await expect.poll(() => area(device).inputValue()).toBe("ONE\ntwo\nthree and more");
	expect((await device.notices()).join()).toContain("modified externally");
	await expect.poll(() => device.readFile("a.md"), { timeout: 30_000 }).toBe("ONE\ntwo\nthree and more");
	await device.type("a.md", "!");
	await device.outside.write("a.md", "ONE\ntwo\nthree and less");
	await expect.poll(() => device.readFile("a.md"), { timeout: 30_000 }).toBe("ONE\ntwo\nthree and more!");
	await device.close();
});
