// Settings of the app that sync between two devices with the built plugin, in Chromium, over a real relay on loopback.
import type { Locator } from "playwright-core";
import { expect, it } from "vitest";
import type { HostDevice } from "../host/device.ts";
import { chromiumAndRelay } from "../support/chromium-and-relay.ts";
import { closedAfterEach } from "../support/closed-after-each.ts";
import { diskHolds, openGroup, statusShows } from "../support/plugin-devices.ts";

const app = chromiumAndRelay();
const open = closedAfterEach();

const APPEARANCE = ".obsidian/appearance.json";
const SNIPPET = ".obsidian/snippets/wide.css";
const CODE = ".obsidian/plugins/other/main.js";

const section = (device: HostDevice): Locator => device.frame().locator('[data-section="app-settings"]');
const waiting = (device: HostDevice, file: string): Locator =>
	section(device).locator(".psync-row", { has: device.frame().getByText(file, { exact: true }) });

it("[OS1 OS5 OS9] a setting that was changed on one waits on the other, is used by a press, and can be put back", async () => {
	const [laptop, phone] = await openGroup(app.browser, app.relayUrl, [
		{ name: "laptop", files: { [APPEARANCE]: '{"theme":"dark"}', [SNIPPET]: "a {}", [CODE]: "code", "c.md": "note" } },
		{ name: "phone", platform: "android", files: { [APPEARANCE]: '{"theme":"light"}' } },
	]);
	if (laptop === undefined || phone === undefined) throw new Error("two devices were asked for");
	open.add(laptop).add(phone);
	await diskHolds(phone, "c.md", "note");

	// On one device alone: nothing comes to the other.
	for (const key of ["settings-appearance", "settings-snippets"]) await laptop.setSetting(key, true);
	await laptop.writeFile("d.md", "written after that");
	await diskHolds(phone, "d.md", "written after that");
	await phone.runCommand("psync:open-panel");
	expect(await section(phone).isVisible()).toBe(false);

	for (const key of ["settings-appearance", "settings-snippets"]) await phone.setSetting(key, true);
	await waiting(phone, "appearance.json").getByText("Different here and on your other devices.").waitFor();
	await waiting(phone, "snippets/wide.css").getByText("Not on this device yet.").waitFor();
	await section(phone).getByText("2 settings changed on another device").waitFor();
	await diskHolds(phone, APPEARANCE, '{"theme":"light"}');
	await diskHolds(phone, SNIPPET, undefined);

	for (const file of ["appearance.json", "snippets/wide.css"])
		await waiting(phone, file).getByRole("button", { name: "Use it here" }).click();
	await diskHolds(phone, APPEARANCE, '{"theme":"dark"}');
	await diskHolds(phone, SNIPPET, "a {}");
	await section(phone).getByText("Restart Obsidian").waitFor();
	await section(phone).getByText("No setting waits for you.").waitFor();

	// Another way round, by another program: the app hears of it.
	await phone.outside.write(SNIPPET, "a {} b {}");
	await laptop.runCommand("psync:open-panel");
	await waiting(laptop, "snippets/wide.css").getByText("Changed on another device.").waitFor();
	await diskHolds(laptop, SNIPPET, "a {}");
	await waiting(laptop, "snippets/wide.css").getByRole("button", { name: "Not on this device" }).click();
	await waiting(laptop, "snippets/wide.css").getByText("stays as it is on this device").waitFor();

	await waiting(phone, "appearance.json").getByRole("button", { name: "Put back what was here" }).click();
	await diskHolds(phone, APPEARANCE, '{"theme":"light"}');
	await diskHolds(laptop, APPEARANCE, '{"theme":"dark"}');
	await diskHolds(phone, CODE, undefined);
	for (const device of [laptop, phone]) await statusShows(device, "In sync");
});

it("[OS9 OS11] a plugin of one waits on the other by its name and version, and is put in place by a press, without what it keeps", async () => {
	const folder = ".obsidian/plugins/dataview";
	const files = (version: string): Record<string, string> => ({
		[`${folder}/main.js`]: `// ${version}`,
		[`${folder}/manifest.json`]: JSON.stringify({ id: "dataview", name: "Dataview", version, author: "Somebody" }),
	});
	const [laptop, phone] = await openGroup(app.browser, app.relayUrl, [
		{ name: "laptop", files: { ...files("0.5.66"), [`${folder}/data.json`]: "secret" } },
		{ name: "phone", platform: "android", files: { "c.md": "note" } },
	]);
	if (laptop === undefined || phone === undefined) throw new Error("two devices were asked for");
	open.add(laptop).add(phone);
	await diskHolds(laptop, "c.md", "note");
	for (const device of [laptop, phone]) await device.setSetting("settings-pluginCode", true);
	await phone.runCommand("psync:open-panel");
	await waiting(phone, "Dataview").getByText("Version 0.5.66, by Somebody.").waitFor();
	await waiting(phone, "Dataview").getByText("A plugin is a program").waitFor();
	await waiting(phone, "Dataview").getByText("plugins/dataview", { exact: true }).waitFor();
	await diskHolds(phone, `${folder}/main.js`, undefined);
	await waiting(phone, "Dataview").getByRole("button", { name: "Install it here" }).click();
	for (const [path, text] of Object.entries(files("0.5.66"))) await diskHolds(phone, path, text);

	for (const [path, text] of Object.entries(files("0.5.67"))) await laptop.outside.write(path, text);
	await waiting(phone, "Dataview").getByText("Version 0.5.66 is on this device.").waitFor();
	await waiting(phone, "Dataview").getByText("Version 0.5.67, by Somebody.").waitFor();
	await waiting(phone, "Dataview").getByRole("button", { name: "Install it here" }).click();
	for (const [path, text] of Object.entries(files("0.5.67"))) await diskHolds(phone, path, text);
	await section(phone).getByText("Restart Obsidian").waitFor();
	await diskHolds(phone, `${folder}/data.json`, undefined);
	for (const device of [laptop, phone]) await statusShows(device, "In sync");
});
