// What the plugin keeps in mind of the platforms of its group's devices.
import { beforeEach, expect, test } from "vitest";
import type { DeviceId } from "../../src/core/ids.ts";
import { forgetPlatforms, KnownPlatforms } from "../../src/obsidian/known-platforms.ts";
import { deviceOf } from "../support/rosters.ts";

const stored = new Map<string, unknown>();
const storage = {
	loadLocalStorage: (name: string): unknown => stored.get(name) ?? null,
	saveLocalStorage: (name: string, value: unknown): void => {
		if (value === null) stored.delete(name);
		else stored.set(name, JSON.parse(JSON.stringify(value)));
	},
};
const [phone, laptop] = [deviceOf("a"), deviceOf("b")];

beforeEach(() => {
	stored.clear();
});

test("[GP5] keeps what a device said last over a restart, also when it is away and says nothing", () => {
	const known = new KnownPlatforms(storage);
	known.note([
		{ deviceId: phone, platform: "ios" },
		{ deviceId: laptop, platform: undefined },
	]);
	known.note([{ deviceId: laptop, platform: "windows" }]);
	known.note([{ deviceId: phone, platform: undefined }]);
	expect([...new KnownPlatforms(storage).all]).toEqual([
		[phone, "ios"],
		[laptop, "windows"],
	]);
	known.note([{ deviceId: phone, platform: "android" }]);
	expect(new KnownPlatforms(storage).all.get(phone)).toBe("android");
});

test("[GP5] writes nothing down that it knows", () => {
	let writes = 0;
	const counted = {
		...storage,
		saveLocalStorage: (name: string, value: unknown): void => {
			writes++;
			storage.saveLocalStorage(name, value);
		},
	};
	const known = new KnownPlatforms(counted);
	for (let i = 0; i < 3; i++) known.note([{ deviceId: phone, platform: "mac" }]);
	expect(writes).toBe(1);
});

test("[GP5] forgets them when the group is left, and keeps a bounded number", () => {
	const known = new KnownPlatforms(storage);
	for (let i = 0; i < 100; i++)
		known.note([{ deviceId: i.toString(16).padStart(64, "0") as DeviceId, platform: "mac" }]);
	expect(known.all.size).toBe(64);
	forgetPlatforms(storage);
	expect(known.all.size).toBe(0);
});

test.each([[null], ["text"], [[["no id", "mac"]]], [[[phone, "a fridge"]]]])(
	"[GP5] takes what it cannot read for nothing: %j",
	(value) => {
		stored.set("psync-platforms", value);
		expect([...new KnownPlatforms(storage).all]).toEqual([]);
	},
);
