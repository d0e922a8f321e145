// How a device of the group is called and described.
import { describe, expect, it } from "vitest";
import type { DeviceId } from "../../src/core/ids.ts";
import type { ShownMember } from "../../src/engine/group.ts";
import type { Status } from "../../src/engine/status.ts";
import { presence, titleOf } from "../../src/obsidian/device-words.ts";
import { list } from "../../src/obsidian/strings.ts";
import type { SyncState } from "../../src/obsidian/sync-state.ts";

const NOW = 1_732_464_000_000;
const phone: ShownMember = {
	...{ deviceId: "b".repeat(64) as DeviceId, name: "Phone", role: "writer", standing: "member" },
	...{ isThis: false, isOnline: false },
};
const seen = { kind: "running", status: { peers: [{ deviceId: phone.deviceId, lastSeen: NOW - 120_000 }] } };

describe("the words for a device", () => {
	it("[G1] are its name, and what tells it from another of that name", () => {
		const other = { ...phone, deviceId: `0a1b${"2".repeat(60)}` as DeviceId };
		expect(titleOf(phone, [phone, { ...other, name: "Tablet" }])).toBe("Phone");
		expect([titleOf(phone, [phone, other]), titleOf(other, [phone, other])]).toEqual(["Phone (bbbb)", "Phone (0a1b)"]);
	});

	it.each<[string, Partial<ShownMember>, SyncState, boolean, string]>([
		["online", { isOnline: true }, { kind: "starting" }, true, "Can write, online"],
		["away", {}, seen as unknown as SyncState & { status: Status }, true, "Can write, last seen 2 minutes ago"],
		["never met", { role: "reader" }, { kind: "starting" }, true, "Can only read, not seen yet"],
		["with a choice beside it", { isOnline: true }, { kind: "starting" }, false, "Online"],
		["this one", { isThis: true, isOnline: true, role: "admin" }, seen as never, true, "Can invite and remove"],
		[
			"waiting",
			{ standing: "waiting" },
			{ kind: "starting" },
			true,
			"Waits to be approved, and gets no note until then",
		],
		["gone", { standing: "gone", isThis: true }, { kind: "starting" }, true, "Removed from the group"],
	])("[G1] say of one that is %s", (_, changes, state, saysRole, words) => {
		expect(presence({ ...phone, ...changes }, state, NOW, !saysRole)).toBe(words);
	});

	it("list names as people do", () => {
		expect([list([]), list(["A"]), list(["A", "B"]), list(["A", "B", "C"])]).toEqual([
			"",
			"A",
			"A and B",
			"A, B and C",
		]);
	});
});
