// The host's dialogs in which one chooses by typing, as Obsidian has them (`FuzzySuggestModal` in its published types).
import { afterAll, beforeAll, expect, test } from "vitest";
import { defined } from "../support/relay-clients.ts";
import { launchChromium, type HostBrowser } from "./chromium.ts";
import { openDevice } from "./device.ts";

let host: HostBrowser | undefined;
beforeAll(async () => {
	host = await launchChromium();
});
afterAll(() => host?.close());

const PLUGIN = `
const { FuzzySuggestModal, Plugin } = require("obsidian");
class Picker extends FuzzySuggestModal {
	getItems() { return ["Apple", "Apricot", "Pear"]; }
	getItemText(item) { return item; }
	onChooseItem(item) { (window.chosen ??= []).push(item); }
}
module.exports = class extends Plugin {
	onload() { this.addCommand({ id: "pick", name: "Pick", callback: () => new Picker(this.app).open() }); }
};`;
const manifest = JSON.stringify({ id: "picker", name: "Picker", version: "1.0.0", minAppVersion: "1.13.1" });

test("a picker follows what is typed, and takes keys and clicks", async () => {
	const plugin = { id: "picker", main: PLUGIN, manifest, styles: "" };
	const device = await openDevice(defined(host).browser, { name: "vault", plugin });
	const items = device.frame().locator(".suggestion-item");
	const chosen = () => device.frame().evaluate(() => (window as unknown as { chosen?: string[] }).chosen);
	await device.runCommand("picker:pick");
	expect(await items.allInnerTexts()).toEqual(["Apple", "Apricot", "Pear"]);
	await device.page.keyboard.type("ap");
	await expect.poll(() => items.allInnerTexts()).toEqual(["Apple", "Apricot"]);
	await device.page.keyboard.press("ArrowDown");
	await device.page.keyboard.press("Enter");
	expect(await chosen()).toEqual(["Apricot"]);
	expect(await device.frame().locator(".prompt").count()).toBe(0);
	await device.runCommand("picker:pick");
	await device.page.keyboard.type("x");
	await device.frame().locator(".suggestion-empty").waitFor();
	await device.frame().locator(".prompt-input").fill("");
	await items.getByText("Pear").click();
	expect(await chosen()).toEqual(["Apricot", "Pear"]);
	await device.runCommand("picker:pick");
	await device.page.keyboard.press("Escape");
	expect(await device.frame().locator(".prompt").count()).toBe(0);
	await device.close();
});
