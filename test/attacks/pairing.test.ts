// What somebody else's link, a slip of the hand and a hostile address can do to the settings of the plugin.
import { bech32m } from "@scure/base";
import { afterAll, beforeAll, expect } from "vitest";
import { formatGroupKey, newGroupKey } from "../../src/core/group-key.ts";
import { launchChromium } from "../host/chromium.ts";
import type { HostBrowser } from "../host/chromium.ts";
import { openDevice } from "../host/device.ts";
import type { HostDevice } from "../host/device.ts";
import { startFirstSync, statusShows } from "../support/plugin-devices.ts";
import { attack } from "./support/cases.ts";

const KEY = "psync1q4f7xjpkz2qgkmpfd5vxyv9uklj5k894g9w326n8kgwt8k50x76qq65vf0q";

let host: HostBrowser;
beforeAll(async () => {
	host = await launchChromium();
});
afterAll(async () => {
	await host.close();
});

/** A device that nobody set up, and everything that leaves it. */
async function untouched(): Promise<{ device: HostDevice; sent: string[]; close: () => Promise<void> }> {
	const device = await openDevice(host.browser, { name: "notes", files: { "a.md": "alpha" } });
	await statusShows(device, "Not set up");
	const sent: string[] = [];
	device.page.on("request", (request) => sent.push(request.url()));
	device.page.on("websocket", (socket) => sent.push(socket.url()));
	return { device, sent, close: () => device.close() };
}

/** What the plugin keeps anywhere on this device, as one text. */
async function kept(device: HostDevice): Promise<string> {
	const files = (await device.outside.paths()).filter((path) => !path.includes("/state"));
	const settings = await device.outside.read(".obsidian/plugins/psync/data.json");
	const secrets = await device.inApp((app) =>
		app.app.secretStorage.listSecrets().map((id) => `${id}=${String(app.app.secretStorage.getSecret(id))}`),
	);
	return JSON.stringify([files, settings?.toString("utf8"), secrets]);
}

attack("L01", async () => {
	const { device, sent, close } = await untouched();
	const modal = device.frame().locator(".modal");
	const before = await kept(device);
	const link = (relay: string, more = ""): string => `obsidian://psync?k=${KEY}&r=${encodeURIComponent(relay)}${more}`;
	const hostile = [
		link("wss://relay.evil.example"),
		link("wss://relay.evil.example", "&vault=notes&confirm=1&join=true&auto=yes&__proto__=1&constructor=2"),
		link("wss://relay.evil.example", `&k=${KEY}`),
		link("ws://relay.evil.example"),
		link("javascript:alert(1)//"),
		link("wss://relay.example.org@relay.evil.example"),
		link("wss://relay.evil.example/<img src=x onerror=alert(1)>"),
		link("wss://relay.evil.example", `&c=${encodeURIComponent("<b onmouseover=alert(1)>")}`),
		link("wss://relay.evil.example", `&c=${"x".repeat(5_000)}`),
		"obsidian://psync?k=psync1&r=wss://relay.evil.example",
		"obsidian://psync",
		"obsidian://psync?",
	];
	for (const each of hostile) {
		// Not one of them, and no storm of them, does anything but show one dialog with words in it.
		for (let i = 0; i < 5; i++) await device.openLink(each);
		expect(await modal.count(), each).toBe(1);
		expect(await modal.locator("img, script, iframe, a, b").count(), each).toBe(0);
		// Whoever types on does not say yes.
		await device.page.keyboard.press("Enter");
		await modal.waitFor({ state: "detached" });
	}
	await device.openLink(hostile[0] ?? "");
	const text = await modal.innerText();
	expect(text).toContain("notes (1 file)");
	expect(text).toContain("wss://relay.evil.example");
	expect(text).toContain("Whoever else made it gets every note of this vault");
	await device.page.keyboard.press("Escape");
	await statusShows(device, "Not set up");
	expect(await kept(device)).toBe(before);
	expect(sent).toEqual([]);

	// In a group already: words, and no way to join from there.
	await device.openLink(link("wss://relay.example.org"));
	await modal.getByRole("button", { name: "Join" }).click();
	await startFirstSync(device, { looks: false });
	await statusShows(device, "Offline");
	const joined = await kept(device);
	const other = formatGroupKey(newGroupKey({ bytes: (length) => new Uint8Array(length).fill(1) }));
	await device.openLink(`obsidian://psync?k=${other}&r=wss://relay.evil.example`);
	await modal.getByText("is in another group already").waitFor();
	expect(await modal.getByRole("button", { name: "Join" }).count()).toBe(0);
	await device.page.keyboard.press("Enter");
	expect(await kept(device)).toBe(joined);
	expect(sent.join()).not.toContain("evil");
	await close();
});

attack("L02", async () => {
	const { device, sent, close } = await untouched();
	const before = await kept(device);
	const row = await device.settingRow("Group key");
	const swapped = `${KEY.slice(0, 30)}${KEY.charAt(31)}${KEY.charAt(30)}${KEY.slice(32)}`;
	const newer = bech32m.encode("psync", [1, ...bech32m.toWords(new Uint8Array(32))]);
	const mistakes: readonly (readonly [string, RegExp])[] = [
		[`${KEY.slice(0, 20)}q${KEY.slice(21)}`, /typing error/],
		[swapped, /typing error/],
		[KEY.slice(0, 15) + KEY.slice(20), /65 characters without spaces: 5 are missing/],
		[`${KEY.slice(0, 20)}${KEY.slice(20).toUpperCase()}`, /all in small letters or all in capitals/],
		["correct horse battery staple", /This is not a group key/],
		["0c4f".repeat(16), /This is not a group key/],
		[`${KEY.slice(0, 20)}o${KEY.slice(21)}`, /Is it “0”\?/],
		[newer, /newer version/],
		["", /Enter the group key/],
	];
	for (const [typed, reason] of mistakes) {
		await row.locator("input").fill(typed);
		await row.getByRole("button", { name: "Join" }).click();
		const message = row.locator(".setting-item-error");
		await message.waitFor();
		expect(await message.innerText(), typed).toMatch(reason);
		if (typed !== "") expect(await message.innerText()).not.toContain(typed.slice(6, 40));
		expect(await kept(device)).toBe(before);
	}
	await device.closeSettings();
	await statusShows(device, "Not set up");
	expect(sent).toEqual([]);
	await close();
});

attack("L03", async () => {
	const { device, sent, close } = await untouched();
	const row = await device.settingRow("Group key");
	await row.locator("input").fill(KEY);
	await row.getByRole("button", { name: "Join" }).click();
	const relayRow = await device.settingRow("relayUrl");
	const addresses = [
		"http://relay.example.org",
		"https://relay.example.org",
		"wss://user:secret@relay.example.org",
		"wss://relay.example.org@evil.example",
		"javascript:alert(1)",
		"file:///etc/passwd",
		"data:text/html,x",
		"wss://relay.example.org/group",
		"wss://relay.example.org?key=1",
		"wss://relay.example.org#x",
		"ws://relay.example.org",
		"ws://192.168.1.5:9000",
		"ws://10.0.0.1",
		"ws://127.0.0.1.evil.example",
		"ws://localhost.evil.example",
		"wss://rel\u0430y.example.org",
		"wss://relay.example.org\u202e",
		`wss://${"a".repeat(400)}.example.org`,
	];
	for (const address of addresses) {
		await relayRow.locator("input").fill(address);
		await relayRow.locator(".setting-item-error").waitFor();
		expect(await kept(device), address).not.toContain(address.slice(5, 40));
	}
	expect(await kept(device)).not.toContain("secret");
	await device.closeSettings();
	await statusShows(device, "Not set up");
	// Nor does a settings file that travels with the vault: it is not the word of this device's person.
	await device.outside.write(
		".obsidian/plugins/psync/data.json",
		JSON.stringify({ relayUrl: "ws://192.168.1.5:9000", debounceMs: 100 }),
	);
	await device.kill();
	await device.start();
	await statusShows(device, "Not set up");
	expect(sent.filter((url) => !url.startsWith("http://localhost/"))).toEqual([]);
	// A person who says so may, on a computer.
	await device.setSetting("plainRelay", true);
	await statusShows(device, "Offline");
	await close();
});
