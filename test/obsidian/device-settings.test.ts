// What belongs to this device alone, in local storage.
import { expect, it, vi } from "vitest";
import type { DeviceId } from "../../src/core/ids.ts";
import { DeviceSettings } from "../../src/obsidian/device-settings.ts";
import { obsidianHost } from "../support/obsidian-host.ts";

vi.mock("../host/page/leaks.ts", () => ({ native: { setTimeout, clearTimeout } }));

it("[SU6] starting over leaves nothing of what was set on this device, and what says that it left stays", () => {
	const { app } = obsidianHost();
	const device = new DeviceSettings(app);
	const usual = JSON.stringify(shown(device));
	Object.assign(device, {
		...{ name: "Big one", paused: true, savesWhileTyping: true, allowsPlainRelay: true, usesMailbox: false },
		...{ pausedDevices: ["b".repeat(64) as DeviceId], largestMib: 10, limitUpKib: 5, limitDownKib: 6 },
		...{ leavesWholeCopy: true, hasLeft: true },
	});
	device.chooseFirstJoin("a group", "mine");
	device.endedGroups = [{ group: "0".repeat(16) }];
	for (const [name, value] of Object.entries(shown(device)))
		expect(JSON.parse(usual), name).not.toMatchObject({ [name]: value });
	device.forget();
	expect(JSON.stringify(shown(device))).toBe(usual);
	expect([device.hasLeft, device.endedGroups]).toEqual([true, [{ group: "0".repeat(16) }]]);
});

it("takes what is no list of groups that ended for none", () => {
	const { app } = obsidianHost();
	for (const stored of ["x", [{ group: "../../.." }], [{ group: "0".repeat(16), device: ".." }], null]) {
		app.saveLocalStorage("psync-ended-groups", stored);
		expect(new DeviceSettings(app).endedGroups).toEqual([]);
	}
});

function shown(device: DeviceSettings) {
	const { name, paused, savesWhileTyping, allowsPlainRelay, usesMailbox, pausedDevices } = device;
	const { largestMib, limitUpKib, limitDownKib, leavesWholeCopy } = device;
	return {
		...{
			name,
			paused,
			savesWhileTyping,
			allowsPlainRelay,
			usesMailbox,
			pausedDevices,
			largestMib,
			limitUpKib,
			limitDownKib,
		},
		...{ leavesWholeCopy, firstJoin: device.firstJoinOf("a group") },
	};
}
