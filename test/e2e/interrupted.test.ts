// Whatever comes in between in the middle of a transfer: nothing is lost, nothing is there twice, and it goes on by itself. The built plugin
// on two devices in Chromium, real WebRTC, a real relay on loopback. How long it takes is measured by test/bench/interrupted.ts.
import { setTimeout as waitFor } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { HostDevice } from "../host/device.ts";
import { chromiumAndRelay } from "../support/chromium-and-relay.ts";
import { closedAfterEach } from "../support/closed-after-each.ts";
import { contentsOf, filesOf, interrupt, interruptions, writeAll } from "../support/interruptions.ts";
import type { Files, Interruption } from "../support/interruptions.ts";
import { diskHolds, openGroup, statusShows } from "../support/plugin-devices.ts";

const app = chromiumAndRelay();
const open = closedAfterEach();

describe("in the middle of a transfer", () => {
	it.each(interruptions.map((each) => [each.name, each] as const))(
		"[E6 I22 I27 N10] %s: nothing is lost or there twice, and both sides go on by themselves",
		async (_, interruption) => {
			const { platform } = interruption;
			const devices = await openGroup(app.browser, app.relayUrl, [{ name: "desk" }, { name: "device", platform }]);
			for (const each of devices) open.add(each);
			const [other, device] = devices;
			if (other === undefined || device === undefined) throw new Error("two devices were asked for");
			let all: Files = {};
			for (const direction of ["receiving", "sending"] as const) {
				const files = filesOf(direction);
				await interrupt(interruption, direction, { device, other, files });
				const meanwhile = await writeMeanwhile(interruption, device, other, direction);
				await interruption.end(device);
				all = { ...all, ...files, ...meanwhile };
				await allHave(devices, all);
			}
		},
	);
});

/** On both sides, where somebody can; gives what all devices are to have of that. */
async function writeMeanwhile(
	{ writes }: Interruption,
	device: HostDevice,
	other: HostDevice,
	direction: string,
): Promise<Files> {
	const elsewhere = { [`${direction}, elsewhere.md`]: "written elsewhere meanwhile" };
	await writeAll(other, elsewhere);
	if (writes === "nobody") return elsewhere;
	const [path, text] = [`${direction}, here.md`, "written here meanwhile"];
	await (writes === "person" ? device.writeFile(path, text) : device.outside.write(path, text));
	// Longer than it takes when nothing is in between.
	await waitFor(2_000);
	expect(await device.outside.paths()).not.toContain(Object.keys(elsewhere)[0]);
	return { ...elsewhere, [path]: text };
}

async function allHave(devices: readonly HostDevice[], files: Files): Promise<void> {
	for (const device of devices) {
		for (const [path, content] of Object.entries(files)) await diskHolds(device, path, content);
		await statusShows(device, "In sync");
	}
	const wanted = Object.fromEntries(Object.entries(files).map(([path, content]) => [path, Buffer.from(content)]));
	for (const device of devices) expect(await contentsOf(device), device.name).toEqual(wanted);
}
