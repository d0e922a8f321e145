// What `obsidian psync …` prints in a terminal, with the plugin in the app and a real relay.
import { expect, test } from "vitest";
import { chromiumAndRelay } from "../support/chromium-and-relay.ts";
import { foundGroup, statusShows } from "../support/plugin-devices.ts";
import { openDevice } from "./device.ts";

const there = chromiumAndRelay();

test("[E5] a terminal can ask how it goes, pause and go on, in words and for scripts", async () => {
	const files = { "a.md": "one", "b.md": "two" };
	const device = await openDevice(there.browser, { name: "laptop", files });
	expect(await device.runCli("psync")).toContain("Not set up");
	expect(await device.runCli("psync:pause")).toContain("Not set up");
	expect(JSON.parse(await device.runCli("psync:status format=json"))).toMatchObject({
		running: false,
		phase: "not-set-up",
	});

	await foundGroup(device, there.relayUrl);
	await statusShows(device, "Waiting for devices");
	expect(await device.runCli("psync:status")).toContain("Waiting for devices");
	expect(JSON.parse(await device.runCli("psync format=json"))).toMatchObject({
		...{ running: true, phase: "connecting", files: 2, paused: false },
		...{ peers: [], held: [], problems: [], pending: { in: 0, out: 0 } },
	});
	expect(await device.runCli("psync:conflicts")).toBe("There is no conflict copy.");
	expect(await device.runCli("psync:held")).toBe("No file waits.");
	expect(await device.runCli("psync:sync")).toBe("Looking for changes.");
	expect(await device.runCli("psync:pause")).toContain("is paused");
	await statusShows(device, "Paused");
	expect(await device.runCli("psync:resume")).toContain("goes on");
	await statusShows(device, "Waiting for devices");
	await device.unload();
	await expect(device.runCli("psync")).rejects.toThrow("Unknown command");
	await device.close();
});
