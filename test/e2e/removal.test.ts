// Taking a device out where plugins and a daemon are one group: those that stay go on with another key, and no file is touched for it.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { chromiumAndRelay } from "../support/chromium-and-relay.ts";
import { closedAfterEach } from "../support/closed-after-each.ts";
import { openDevice, type HostDevice } from "../host/device.ts";
import type { AppWindow } from "../host/page/app-page.ts";
import { PsyncPlace } from "../support/daemon-process.ts";
import { fileHolds } from "../support/folder-contents.ts";
import { diskHolds, foundGroup, joinGroup, statusShows } from "../support/plugin-devices.ts";

const app = chromiumAndRelay();
const place = new PsyncPlace();
afterEach(() => place.dispose());
// Hooks run last to first: the plugins are closed, and then the place goes.
const plugins = closedAfterEach();

async function plugin(name: string, options: object = {}): Promise<HostDevice> {
	const device = await openDevice(app.browser, { name, ...options });
	plugins.add(device);
	return device;
}

/** The folders in which the plugin keeps what it knows, one a group. */
function statesOf(device: HostDevice): Promise<number> {
	return device.frame().evaluate(async () => {
		const { adapter } = (window as unknown as AppWindow).host;
		const { folders } = await adapter.list(".obsidian/plugins/psync/state");
		return (await adapter.list(folders[0] ?? "")).folders.length;
	});
}

it("[K21] a plugin goes on with the new key and the state that it had, and one that is out gets nothing new", async () => {
	const laptop = await plugin("laptop", { files: { "plan.md": "from the laptop" } });
	const key = await foundGroup(laptop, app.relayUrl);
	place.setEnv("PSYNC_GROUP_KEY", key);
	const [server, state] = [place.folder("server"), place.folder("state")];
	const daemon = place.start("up", server, "--state", state, "--relay", app.relayUrl, "--name", "server", "--json");
	await fileHolds(join(server, "plan.md"), "from the laptop");
	const phone = await plugin("phone", { platform: "android" });
	await joinGroup(phone, app.relayUrl, key);
	await diskHolds(phone, "plan.md", "from the laptop");
	// The second device is an admin as well.
	const joined = await daemon.line((line) => line.event === "member" && line["change"] === "joined");

	const revoked = await place.run("revoke", server, String(joined["device"]), "--state", state);
	expect(revoked).toMatchObject({ code: 0, stderr: "" });
	await daemon.event("group-key");
	writeFileSync(join(server, "plan.md"), "from the server, after");
	await diskHolds(laptop, "plan.md", "from the server, after");
	await laptop.writeFile("plan.md", "from the laptop, after");
	await fileHolds(join(server, "plan.md"), "from the laptop, after");
	await statusShows(laptop, "In sync");
	expect((await laptop.list()).map(({ path }) => path)).toEqual(["plan.md"]);
	expect(await statesOf(laptop)).toBe(1);
	expect(await phone.readFile("plan.md")).toBe("from the laptop");
});
