// Three devices of three kinds in one group: the built plugin on a desktop and on a phone in Chromium, and the daemon as a
// process on a real folder, over one real relay.
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { chromiumAndRelay } from "../support/chromium-and-relay.ts";
import { closedAfterEach } from "../support/closed-after-each.ts";
import { openDevice, type HostDevice } from "../host/device.ts";
import { PsyncPlace, type PsyncProcess } from "../support/daemon-process.ts";
import { fileHolds } from "../support/folder-contents.ts";
import { diskHolds, filesShown, foundGroup, joinGroup, statusShows } from "../support/plugin-devices.ts";

const app = chromiumAndRelay();
let place: PsyncPlace;

beforeEach(() => {
	place = new PsyncPlace();
});
afterEach(() => place.dispose());
// Hooks run last to first: the plugins are closed, and then the place goes.
const plugins = closedAfterEach();

async function threeDevices(
	files: Readonly<Record<string, string>>,
	options: { readonly flags?: readonly string[]; readonly onServer?: Readonly<Record<string, string>> } = {},
): Promise<{ laptop: HostDevice; phone: HostDevice; server: string; daemon: PsyncProcess }> {
	const laptop = await openDevice(app.browser, { name: "laptop", files });
	plugins.add(laptop);
	const key = await foundGroup(laptop, app.relayUrl);
	const phone = await openDevice(app.browser, { name: "phone", platform: "android" });
	plugins.add(phone);
	await joinGroup(phone, app.relayUrl, key);
	place.setEnv("PSYNC_GROUP_KEY", key);
	const server = place.folder("server");
	for (const [path, text] of Object.entries(options.onServer ?? {})) {
		mkdirSync(dirname(join(server, path)), { recursive: true });
		writeFileSync(join(server, path), text);
	}
	const flags = ["--state", place.folder("state"), "--relay", app.relayUrl, "--name", "server", "--json"];
	const daemon = place.start("up", server, ...flags, ...(options.flags ?? []));
	await daemon.event("ready");
	return { laptop, phone, server, daemon };
}

it("an edit on any of them reaches both others", async () => {
	const { laptop, phone, server } = await threeDevices({ "plan.md": "from the laptop" });
	await diskHolds(phone, "plan.md", "from the laptop");
	await fileHolds(join(server, "plan.md"), "from the laptop");

	await phone.writeFile("plan.md", "from the phone");
	await diskHolds(laptop, "plan.md", "from the phone");
	await fileHolds(join(server, "plan.md"), "from the phone");

	writeFileSync(join(server, "plan.md"), "from the server");
	await diskHolds(laptop, "plan.md", "from the server");
	await diskHolds(phone, "plan.md", "from the server");

	await laptop.writeFile("plan.md", "from the laptop again");
	await diskHolds(phone, "plan.md", "from the laptop again");
	await fileHolds(join(server, "plan.md"), "from the laptop again");
});

it("[OS1 OS2 OS5] of a server that was told to take hidden names along, a phone uses settings when its person says so, and nothing else", async () => {
	const [APPEARANCE, SNIPPET] = [".obsidian/appearance.json", ".obsidian/snippets/wide.css"];
	const never = [
		".obsidian/workspace.json",
		".obsidian/plugins/psync/main.js",
		".obsidian/plugins/other/main.js",
		".other",
		".obsidian/snippets/read me.txt",
	];
	const { laptop, phone, server } = await threeDevices(
		{ "plan.md": "a note", [APPEARANCE]: '{"theme":"light"}' },
		{
			flags: ["--hidden"],
			onServer: {
				[APPEARANCE]: '{"theme":"dark"}',
				...Object.fromEntries(never.map((path) => [path, "the server's"])),
			},
		},
	);
	const before = await Promise.all(never.map((path) => phone.readFile(path).catch(() => undefined)));
	await fileHolds(join(server, "plan.md"), "a note");
	await phone.setSetting("settings-appearance", true);
	await phone.runCommand("psync:open-panel");
	const settings = phone.frame().locator('[data-section="app-settings"]');
	await settings.getByText("1 setting changed on another device").waitFor();
	await diskHolds(phone, APPEARANCE, undefined);
	await settings.getByRole("button", { name: "Use it here" }).click();
	await diskHolds(phone, APPEARANCE, '{"theme":"dark"}');

	await phone.setSetting("settings-snippets", true);
	await phone.outside.write(SNIPPET, "a {}");
	await fileHolds(join(server, SNIPPET), "a {}");
	for (const device of [laptop, phone]) await statusShows(device, "In sync");
	// Who did not ask for settings has their own; what is never a setting is where it was.
	await diskHolds(laptop, APPEARANCE, '{"theme":"light"}');
	await diskHolds(laptop, SNIPPET, undefined);
	expect(await Promise.all(never.map((path) => phone.readFile(path).catch(() => undefined)))).toEqual(before);
	for (const path of never) await fileHolds(join(server, path), "the server's");
});

it("edits that follow each other as soon as the one before is on disk make no conflict copy", async () => {
	const { laptop, phone, server } = await threeDevices({ "plan.md": "start" });
	await diskHolds(phone, "plan.md", "start");
	await fileHolds(join(server, "plan.md"), "start");
	for (let round = 0; round < 6; round++) {
		// Equal in length: a host that tells files apart by date and size has only the date.
		await laptop.writeFile("plan.md", `laptop ${String(round)}`);
		await diskHolds(phone, "plan.md", `laptop ${String(round)}`);
		await phone.writeFile("plan.md", `mobile ${String(round)}`);
		await fileHolds(join(server, "plan.md"), `mobile ${String(round)}`);
		writeFileSync(join(server, "plan.md"), `server ${String(round)}`);
		await diskHolds(laptop, "plan.md", `server ${String(round)}`);
	}
	await diskHolds(phone, "plan.md", "server 5");
	for (const device of [laptop, phone]) await statusShows(device, "In sync");
	expect((await laptop.list()).map(({ path }) => path)).toEqual(["plan.md"]);
	expect((await phone.list()).map(({ path }) => path)).toEqual(["plan.md"]);
	expect(readdirSync(server)).toEqual(["plan.md"]);
});

it("a note edited on two of them apart has one winner and one copy, the same on all three", async () => {
	const { laptop, phone, server } = await threeDevices({ "plan.md": "base" });
	await diskHolds(phone, "plan.md", "base");
	await fileHolds(join(server, "plan.md"), "base");
	const command = (name: string): Promise<{ code: number | null }> =>
		place.run(name, server, "--state", place.folder("state"));
	await laptop.runCommand("psync:pause");
	await statusShows(laptop, "Paused");
	expect((await command("pause")).code).toBe(0);
	await laptop.writeFile("plan.md", "the laptop's words");
	writeFileSync(join(server, "plan.md"), "the server's words");
	expect((await command("scan")).code).toBe(0);
	await laptop.runCommand("psync:resume");
	expect((await command("resume")).code).toBe(0);

	for (const device of [laptop, phone]) {
		await filesShown(device, 2);
		await statusShows(device, "In sync");
	}
	const paths = (await phone.list()).map(({ path }) => path);
	expect(paths.filter((path) => path.includes("(conflict "))).toHaveLength(1);
	const texts: string[] = [];
	for (const path of paths) {
		const text = (await phone.readFile(path)) ?? "";
		texts.push(text);
		await diskHolds(laptop, path, text);
		await fileHolds(join(server, path), text);
	}
	expect(texts.sort()).toEqual(["the laptop's words", "the server's words"]);
});
