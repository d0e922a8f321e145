// What takes part on each device, chosen in the settings of the built plugin: two devices in Chromium, a real relay on loopback.
import { describe, expect, it } from "vitest";
import { WAIT_MS } from "../host/chromium.ts";
import type { HostDevice } from "../host/device.ts";
import { chromiumAndRelay } from "../support/chromium-and-relay.ts";
import { closedAfterEach } from "../support/closed-after-each.ts";
import { diskHolds, openGroup, statusShows } from "../support/plugin-devices.ts";

const app = chromiumAndRelay();
const open = closedAfterEach();

async function pair(
	files: Readonly<Record<string, string>>,
	phoneChose?: object,
): Promise<readonly [HostDevice, HostDevice]> {
	const localStorage: Record<string, unknown> = phoneChose === undefined ? {} : { "psync-scope": phoneChose };
	const [laptop, phone] = await openGroup(app.browser, app.relayUrl, [
		{ name: "laptop", files },
		{ name: "phone", platform: "android", app: { localStorage } },
	]);
	if (laptop === undefined || phone === undefined) throw new Error("two devices were asked for");
	open.add(laptop).add(phone);
	return [laptop, phone];
}

describe("what a person leaves out on one device", () => {
	it("[L5 L12] is not received, is told by its number, deletes nothing, and comes when it takes part again", async () => {
		const files = { "Films/a.mp4": "film", "b.mp4": "clip", "c.md": "note" };
		const [laptop, phone] = await pair(files, { notOf: ["video"] });
		await diskHolds(phone, "c.md", "note");
		expect((await phone.list()).map(({ path }) => path)).toEqual(["c.md"]);
		const row = await phone.settingRow("What syncs");
		await row.getByText("2 files left out").waitFor();
		await phone.closeSettings();
		await phone.writeFile("own.mp4", "recorded here");
		await phone.writeFile("d.md", "another note");
		await diskHolds(laptop, "d.md", "another note");
		expect(await laptop.readFile("own.mp4")).toBeUndefined();
		await phone.setSetting("syncs-video", true);
		await diskHolds(phone, "Films/a.mp4", "film");
		await diskHolds(phone, "b.mp4", "clip");
		await diskHolds(laptop, "own.mp4", "recorded here");
		await phone.setSetting("syncs-video", false);
		await phone.deleteFile("b.mp4");
		await phone.writeFile("e.md", "written after that");
		await diskHolds(laptop, "e.md", "written after that");
		expect(await laptop.readFile("b.mp4")).toBe("clip");
		await phone.setSetting("syncs-video", true);
		await diskHolds(phone, "b.mp4", "clip");
	});

	it("[L16] a file of more than 40 MB stays off a phone until its person raises the limit, and all else comes", async () => {
		const [laptop, phone] = await pair({ "c.md": "note" }, { large: false });
		const bytes = 41 * 1024 * 1024;
		await laptop.inApp(({ app: { vault } }, size) => vault.createBinary("film.mp4", new ArrayBuffer(size)), bytes);
		await laptop.writeFile("d.md", "written after that");
		await diskHolds(phone, "d.md", "written after that");
		await phone.runCommand("psync:open-panel");
		await phone.frame().getByText("1 file is larger than 40 MB, this device’s limit, and stays as it is.").waitFor();
		const sizes = async (): Promise<readonly (string | number)[][]> =>
			(await phone.list()).map(({ path, size }) => [path, size]);
		expect((await sizes()).map(([path]) => path)).toEqual(["c.md", "d.md"]);
		await phone.setSetting("largestHereMib", "50");
		await expect.poll(sizes, { timeout: WAIT_MS }).toContainEqual(["film.mp4", bytes]);
		await statusShows(phone, "In sync");
	});

	it("[L13] a folder that stays out does so under its new name", async () => {
		const [laptop, phone] = await pair({ "c.md": "note" }, { notIn: ["Diary"] });
		await phone.writeFile("Diary/monday.md", "private");
		await phone.renameFile("Diary", "My diary");
		await phone.writeFile("My diary/tuesday.md", "private too");
		await phone.writeFile("d.md", "written after that");
		await diskHolds(laptop, "d.md", "written after that");
		await statusShows(phone, "In sync");
		expect((await laptop.list()).map(({ path }) => path).sort()).toEqual(["c.md", "d.md"]);
		expect((await phone.list()).map(({ path }) => path).sort()).toEqual([
			"My diary/monday.md",
			"My diary/tuesday.md",
			"c.md",
			"d.md",
		]);
	});

	it("[L14] by patterns that are written in the settings counts from then on", async () => {
		const [laptop, phone] = await pair({ "c.md": "note" });
		await phone.settingRow("Patterns");
		await phone.frame().getByLabel("Patterns").fill("*.tmp");
		await phone.frame().getByRole("button", { name: "Use these patterns" }).click();
		await phone.frame().getByText("They match no file in this vault.").waitFor();
		await phone.closeSettings();
		await phone.writeFile("a.tmp", "draft");
		await phone.writeFile("d.md", "written after that");
		await diskHolds(laptop, "d.md", "written after that");
		expect(await laptop.readFile("a.tmp")).toBeUndefined();
		await phone.settingRow("Patterns");
		await phone.frame().getByText("they leave out 1: a.tmp.").waitFor();
		await phone.frame().getByLabel("Patterns").fill("");
		await phone.frame().getByText("1 file that stays out now would take part").waitFor();
		await phone.frame().getByRole("button", { name: "Use these patterns" }).click();
		await diskHolds(laptop, "a.tmp", "draft");
	});
});
