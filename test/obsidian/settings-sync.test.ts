// The app's own settings: what of them takes part, and what becomes of one that was changed here, elsewhere, or on both sides.
import { describe, expect, it, vi } from "vitest";
import { unfitReason, CSS_BYTES_MAX, JSON_BYTES_MAX } from "../../src/obsidian/settings-sync/applicable.ts";
import { forgetSettingsChoice, SettingsChoice } from "../../src/obsidian/settings-sync/settings-choice.ts";
import { isOnDisk, settingsKind, type SettingsKind } from "../../src/obsidian/settings-sync/settings-kinds.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { obsidianHost } from "../support/obsidian-host.ts";
import { bytesOf, keyOf, SettingsDevice } from "../support/settings-device.ts";

vi.mock("../host/page/leaks.ts", () => ({ native: { setTimeout, clearTimeout } }));

const APPEARANCE = ".obsidian/appearance.json";
const HOTKEYS = ".obsidian/hotkeys.json";
const SNIPPET = ".obsidian/snippets/wide.css";
const PLUGINS = ".obsidian/community-plugins.json";

describe("a disk that cannot take what is to be put in place", () => {
	/** The next write to `place` leaves three characters of it, or, `again`, so does each one. */
	function cutOff(device: SettingsDevice, place: string, again = false): void {
		const write = device.adapter.writeBinary.bind(device.adapter);
		let isCut = true;
		vi.spyOn(device.adapter, "writeBinary").mockImplementation(async (path, bytes, options) => {
			if (path !== place || !isCut) return write(path, bytes, options);
			isCut = again;
			await write(path, bytes.slice(0, 3), options);
			throw new Error("ENOSPC: no space left on device");
		});
	}

	it("[OS9] has what was there before, and nothing is told", async () => {
		const device = await SettingsDevice.open({ [SNIPPET]: "a { old }" });
		await device.keeper.look();
		await device.arrives(SNIPPET, "a { new }");
		cutOff(device, SNIPPET);
		expect(await device.keeper.apply(device.first())).toMatchObject({ kind: "failed" });
		expect(await device.text(SNIPPET)).toBe("a { old }");
		await device.keeper.look();
		expect(await device.told(SNIPPET)).toBe("a { new }");
		expect(device.staged).toEqual([`${SNIPPET} changed`]);
		vi.restoreAllMocks();
		expect(await device.keeper.apply(device.first())).toEqual({ kind: "done" });
		expect(await device.text(SNIPPET)).toBe("a { new }");
	});

	it("[OS9] leaves nothing of it where nothing was", async () => {
		const device = await SettingsDevice.open();
		await device.arrives(SNIPPET, "a { new }");
		cutOff(device, SNIPPET);
		expect(await device.keeper.apply(device.first())).toMatchObject({ kind: "failed" });
		expect(await device.text(SNIPPET)).toBeUndefined();
		vi.restoreAllMocks();
	});

	it("[OS9] keeps the old text all the same where not even that can be written again", async () => {
		const device = await SettingsDevice.open({ [SNIPPET]: "a { old }" });
		await device.keeper.look();
		await device.arrives(SNIPPET, "a { new }");
		cutOff(device, SNIPPET, true);
		expect(await device.keeper.apply(device.first())).toMatchObject({ kind: "failed" });
		expect(await device.replaced()).toEqual(["a { old }"]);
		vi.restoreAllMocks();
		await device.keeper.look();
		expect(await device.told(SNIPPET)).toBe("a { new }");
		expect(device.staged).toEqual([`${SNIPPET} both`]);
	});
});

describe("what may sync at all", () => {
	it.each<[string, SettingsKind | undefined]>([
		[".obsidian/app.json", "app"],
		[".Obsidian/APP.json", "app"],
		[".obsidian/appearance.json", "appearance"],
		[".obsidian/hotkeys.json", "hotkeys"],
		[".obsidian/core-plugins.json", "corePlugins"],
		[".obsidian/community-plugins.json", "communityPlugins"],
		[".obsidian/themes/Minimal/theme.css", "themes"],
		[".obsidian/themes/Minimal/manifest.json", "themes"],
		[".obsidian/snippets/wide.css", "snippets"],
		[".obsidian/plugins/dataview.plugin", "pluginCode"],
		[".obsidian/plugins/PSync.plugin", undefined],
		[".obsidian/plugins/dataview/main.js", undefined],
		[".obsidian/plugins/dataview/data.json", undefined],
		[".obsidian/plugins/more/dataview.plugin", undefined],
		[".obsidian/plugins/.hidden.plugin", undefined],
		[".obsidian/plugins/dataview (conflict phone 2026-11-24 0a1b2c3d).plugin", undefined],
		[".obsidian/plugins/app.json", undefined],
		[".obsidian/workspace.json", undefined],
		[".obsidian/workspace-mobile.json", undefined],
		[".obsidian/graph.json", undefined],
		[".obsidian/themes/Minimal/main.js", undefined],
		[".obsidian/themes/Minimal/more/theme.css", undefined],
		[".obsidian/themes/.hidden/theme.css", undefined],
		[".obsidian/snippets/.hidden.css", undefined],
		[".obsidian/snippets/wide.js", undefined],
		[".obsidian/snippets/wide (conflict phone 2026-11-24 0a1b2c3d).css", undefined],
		[".obsidian", undefined],
		[".other/app.json", undefined],
		["app.json", undefined],
		["Notes/.obsidian/app.json", undefined],
	])("[OS2] %s: %s", (path, kind) => {
		expect(settingsKind(keyOf(path))).toBe(kind);
	});

	it.each<[string, boolean]>([
		["hotkeys.json", true],
		["plugins/dataview/main.js", true],
		["plugins/dataview", true],
		["plugins/dataview/data.json", false],
		["plugins/dataview/mainxjs", false],
		["workspace.json", false],
	])("[OS4] what is written there is looked at, or not: %s", (name, isOne) => {
		expect(isOnDisk(name)).toBe(isOne);
	});

	it("[OS1] is nothing until a person chooses it, is kept over a restart, and is forgotten with the group", () => {
		const { app } = obsidianHost();
		const choice = new SettingsChoice(app);
		expect(choice.current).toEqual([]);
		choice.choose("hotkeys", true);
		choice.choose("app", true);
		expect(new SettingsChoice(app).current).toEqual(["app", "hotkeys"]);
		expect(choice.current).toBe(choice.current);
		choice.choose("app", false);
		expect(choice.current).toEqual(["hotkeys"]);
		forgetSettingsChoice(app);
		expect(choice.current).toEqual([]);
	});
});

describe("a setting that was changed here", () => {
	it("[OS4] goes to the group, of the kinds that were chosen, and again when it changes again", async () => {
		const device = await SettingsDevice.open({ [HOTKEYS]: "{}", [APPEARANCE]: "{}" }, ["hotkeys"]);
		await device.keeper.look();
		expect(device.mirror.files.map(({ path }) => path)).toEqual([HOTKEYS]);
		await device.write(HOTKEYS, '{"a":1}');
		expect(await device.told(HOTKEYS)).toBe('{"a":1}');
		expect(device.staged).toEqual([]);
	});

	it("[OS4] waits, the first time, until it is known what the group has", async () => {
		const device = await SettingsDevice.open({ [HOTKEYS]: "{}" });
		device.isUpToDate = false;
		await device.keeper.look();
		expect([device.mirror.files.length, device.keeper.waitsForGroup]).toEqual([0, true]);
		device.isUpToDate = true;
		await device.keeper.look();
		expect([await device.told(HOTKEYS), device.keeper.waitsForGroup]).toEqual(["{}", false]);
		device.isUpToDate = false;
		await device.write(HOTKEYS, '{"b":2}');
		expect(await device.told(HOTKEYS)).toBe('{"b":2}');
	});

	it("[OS4] nor does it go before a file that the group has, and that is on its way here: then it is asked about", async () => {
		const device = await SettingsDevice.open({ [HOTKEYS]: "{}" });
		device.group.add(keyOf(HOTKEYS));
		await device.keeper.look();
		expect([device.mirror.files.length, device.keeper.waitsForGroup]).toEqual([0, true]);
		await device.arrives(HOTKEYS, '{"theirs":1}');
		expect([device.staged, device.keeper.waitsForGroup]).toEqual([[`${HOTKEYS} both`], false]);
	});

	it("[OS4] a snippet that a person removed goes for all, a file that the app makes anew does not, and an edit outlives a removal", async () => {
		const device = await SettingsDevice.open({ [SNIPPET]: "a {}", [HOTKEYS]: "{}" });
		await device.keeper.look();
		await device.adapter.remove(SNIPPET);
		await device.adapter.remove(HOTKEYS);
		await device.settle();
		expect(device.mirror.files.map(({ path }) => path)).toEqual([HOTKEYS]);
		await device.write(SNIPPET, "b {}");
		await device.adapter.write(SNIPPET, "c {} ");
		await device.arrives(SNIPPET, undefined);
		expect(await device.told(SNIPPET)).toBe("c {} ");
	});

	it("[OS4] snippets whose folder is away for a moment were removed by nobody", async () => {
		const device = await SettingsDevice.open({ [SNIPPET]: "a {}" });
		await device.keeper.look();
		await device.adapter.rename(".obsidian/snippets", ".obsidian/snippets.bak");
		await device.keeper.look();
		expect([await device.told(SNIPPET), device.isUnsettled]).toEqual(["a {}", true]);
		await device.adapter.rename(".obsidian/snippets.bak", ".obsidian/snippets");
		await device.settle();
		expect([await device.told(SNIPPET), device.staged]).toEqual(["a {}", []]);
	});

	it("[OS1] choosing less removes nothing here and tells nobody of a removal", async () => {
		const device = await SettingsDevice.open({ [SNIPPET]: "a {}" });
		await device.keeper.look();
		device.choice.choose("snippets", false);
		await device.adapter.remove(SNIPPET);
		await device.keeper.look();
		expect(await device.told(SNIPPET)).toBe("a {}");
		device.choice.choose("snippets", true);
		await device.keeper.look();
		expect([await device.told(SNIPPET), device.staged]).toEqual(["a {}", [`${SNIPPET} new`]]);
	});

	it("[OS7] does not go while it is no settings file, as while the app writes it", async () => {
		const device = await SettingsDevice.open({ [HOTKEYS]: '{"a":' });
		await device.keeper.look();
		expect(device.mirror.files).toEqual([]);
		await device.write(HOTKEYS, '{"a":1}');
		expect(await device.told(HOTKEYS)).toBe('{"a":1}');
	});
});

describe("a setting that was changed elsewhere", () => {
	it("[OS5] waits, and the app's own file stays as it is until the person uses it; what was there is kept", async () => {
		const device = await SettingsDevice.open({ [APPEARANCE]: '{"theme":"light"}' });
		await device.keeper.look();
		device.keeper.noteAuthor(testPath(APPEARANCE), "Laptop");
		await device.arrives(APPEARANCE, '{"theme":"dark"}');
		await device.arrives(SNIPPET, "a {}");
		expect(device.staged).toEqual([`${APPEARANCE} changed`, `${SNIPPET} new`]);
		expect(device.first()).toMatchObject({ by: "Laptop", kind: "appearance" });
		expect(await device.text(APPEARANCE)).toBe('{"theme":"light"}');
		expect(await device.keeper.apply(device.first())).toEqual({ kind: "done" });
		expect(await device.text(APPEARANCE)).toBe('{"theme":"dark"}');
		expect(await device.replaced()).toEqual(['{"theme":"light"}']);
		expect([device.staged, device.keeper.needsRestart]).toEqual([[`${SNIPPET} new`], true]);
		expect(await device.keeper.apply(device.first())).toEqual({ kind: "done" });
		expect(await device.text(SNIPPET)).toBe("a {}");
		await device.restart();
		await device.keeper.look();
		expect([device.staged, device.keeper.needsRestart]).toEqual([[], false]);
	});

	it("[OS5] a removal waits too, and is done only when the person says so", async () => {
		const device = await SettingsDevice.open({ [SNIPPET]: "a {}" });
		await device.keeper.look();
		await device.arrives(SNIPPET, undefined);
		expect([device.staged, await device.text(SNIPPET)]).toEqual([[`${SNIPPET} removed`], "a {}"]);
		await device.keeper.apply(device.first());
		expect([device.staged, await device.text(SNIPPET), await device.replaced()]).toEqual([[], undefined, ["a {}"]]);
	});

	it("[OS5] that a person wants otherwise here is left alone in both directions, until it takes part again", async () => {
		const device = await SettingsDevice.open({ [APPEARANCE]: "{}" });
		await device.keeper.look();
		await device.arrives(APPEARANCE, '{"theme":"dark"}');
		await device.keeper.leave(device.first());
		await device.restart();
		await device.arrives(APPEARANCE, '{"theme":"system"}');
		await device.write(APPEARANCE, '{"theme":"light"}');
		expect([device.staged, await device.told(APPEARANCE)]).toEqual([[], '{"theme":"system"}']);
		expect(device.keeper.settled).toMatchObject([{ path: APPEARANCE, isApart: true }]);
		await device.keeper.takeAgain(keyOf(APPEARANCE));
		expect([device.staged, await device.text(APPEARANCE)]).toEqual([[`${APPEARANCE} both`], '{"theme":"light"}']);
	});

	it.each<[string, Uint8Array, string | undefined]>([
		[HOTKEYS, bytesOf('{"a":1}'), undefined],
		[HOTKEYS, bytesOf('{"a":'), "not-settings"],
		[HOTKEYS, bytesOf('"text"'), "not-settings"],
		[HOTKEYS, bytesOf("[]"), "not-settings"],
		[HOTKEYS, new Uint8Array([123, 0, 125]), "not-text"],
		[HOTKEYS, bytesOf(`"${"x".repeat(JSON_BYTES_MAX)}"`), "too-large"],
		[".obsidian/core-plugins.json", bytesOf('["graph"]'), undefined],
		[".obsidian/core-plugins.json", bytesOf('{"graph":true}'), undefined],
		[PLUGINS, bytesOf('["dataview"]'), undefined],
		[PLUGINS, bytesOf('["dataview",3]'), "not-settings"],
		[PLUGINS, bytesOf("{}"), "not-settings"],
		[SNIPPET, bytesOf("a {}"), undefined],
		[SNIPPET, new Uint8Array([255, 254, 0]), "not-text"],
		[SNIPPET, bytesOf("x".repeat(CSS_BYTES_MAX + 1)), "too-large"],
	])("[OS7] can be used where the app can read it: %s", (path, bytes, reason) => {
		expect(unfitReason(keyOf(path), bytes)).toBe(reason);
	});

	it("[OS7] and is not used otherwise, whatever is pressed", async () => {
		const device = await SettingsDevice.open({ [HOTKEYS]: "{}" });
		await device.keeper.look();
		await device.arrives(HOTKEYS, "<html>");
		expect(device.first().unfit).toBe("not-settings");
		expect(await device.keeper.apply(device.first())).toEqual({ kind: "changed" });
		expect(await device.text(HOTKEYS)).toBe("{}");
	});
});

describe("a setting that was changed on both sides", () => {
	it("[OS6] is as it was on either until the person says which: the other one, which keeps what was here", async () => {
		const device = await SettingsDevice.open({ [HOTKEYS]: "{}" });
		await device.keeper.look();
		await device.adapter.write(HOTKEYS, '{"mine":1}');
		await device.arrives(HOTKEYS, '{"theirs":1}');
		expect(device.staged).toEqual([`${HOTKEYS} both`]);
		expect([await device.text(HOTKEYS), await device.told(HOTKEYS)]).toEqual(['{"mine":1}', '{"theirs":1}']);
		await device.keeper.apply(device.first());
		expect([await device.text(HOTKEYS), await device.replaced()]).toEqual(['{"theirs":1}', ['{"mine":1}']]);
	});

	it("[OS6] or the one that is here, for all; and the copy that the group made of the two is gone with it", async () => {
		const copy = ".obsidian/hotkeys (conflict Laptop 2026-11-24 0a1b2c3d).json";
		const device = await SettingsDevice.open({ [HOTKEYS]: '{"mine":1}' });
		await device.mirror.putIf(testPath(copy), undefined, bytesOf('{"mine":1}'), 1);
		await device.arrives(HOTKEYS, '{"theirs":1}');
		expect(device.staged).toEqual([`${HOTKEYS} both`]);
		await device.keeper.useMine(device.first());
		expect(device.mirror.files.map(({ path }) => path)).toEqual([HOTKEYS]);
		expect([device.staged, await device.told(HOTKEYS)]).toEqual([[], '{"mine":1}']);
	});

	it("[OS6] where nothing is remembered, what is the same is agreed upon, and what differs is asked about", async () => {
		const device = await SettingsDevice.open({ [HOTKEYS]: "{}", [APPEARANCE]: '{"theme":"light"}' });
		await device.arrives(HOTKEYS, "{}");
		device.isUpToDate = false;
		await device.arrives(APPEARANCE, '{"theme":"dark"}');
		await device.store.write("state", bytesOf('{"agreed":'));
		await device.restart();
		await device.keeper.look();
		expect(device.staged).toEqual([`${APPEARANCE} both`]);
	});
});

describe("what a person decides", () => {
	it("[OS9] does not replace what has changed since they saw it", async () => {
		const device = await SettingsDevice.open({ [HOTKEYS]: "{}" });
		await device.keeper.look();
		await device.arrives(HOTKEYS, '{"theirs":1}');
		const seen = device.first();
		await device.adapter.write(HOTKEYS, '{"mine":1}');
		expect(await device.keeper.apply(seen)).toEqual({ kind: "changed" });
		expect([await device.text(HOTKEYS), device.staged]).toEqual(['{"mine":1}', [`${HOTKEYS} both`]]);
		const again = device.first();
		await device.arrives(HOTKEYS, '{"theirs":2}');
		expect(await device.keeper.apply(again)).toEqual({ kind: "changed" });
		expect(await device.text(HOTKEYS)).toBe('{"mine":1}');
	});

	it("[OS9] can be taken back: what was here is there again, and stays here", async () => {
		const device = await SettingsDevice.open({ [SNIPPET]: "a {}" });
		await device.keeper.look();
		await device.arrives(SNIPPET, "b {}");
		await device.keeper.apply(device.first());
		await device.restart();
		await device.keeper.look();
		expect(device.keeper.settled).toMatchObject([{ path: SNIPPET, isApart: false, hasKept: true }]);
		expect(await device.keeper.putBack(keyOf(SNIPPET))).toEqual({ kind: "done" });
		expect([await device.text(SNIPPET), await device.told(SNIPPET), device.staged]).toEqual(["a {}", "b {}", []]);
		expect((await device.replaced()).toSorted()).toEqual(["a {}", "b {}"]);
	});

	it("[OS10] is asked about again where the app writes over it what it had in memory, and does not go back to the group", async () => {
		const device = await SettingsDevice.open({ [HOTKEYS]: "{}" });
		await device.keeper.look();
		await device.arrives(HOTKEYS, '{"theirs":1}');
		await device.keeper.apply(device.first());
		await device.write(HOTKEYS, '{"in memory":1}');
		expect([device.staged, await device.told(HOTKEYS)]).toEqual([[`${HOTKEYS} both`], '{"theirs":1}']);
	});
});

describe("the list of community plugins", () => {
	const installed = (...ids: readonly string[]): Record<string, string> =>
		Object.fromEntries(ids.map((id) => [`.obsidian/plugins/${id}/manifest.json`, "{}"]));

	it("[OS8] turns on nothing that is not installed here, says so, and never turns PSync off", async () => {
		const device = await SettingsDevice.open({
			...installed("psync", "dataview", "tasks", "old"),
			[PLUGINS]: '["psync","old","dataview"]',
		});
		await device.keeper.look();
		await device.arrives(PLUGINS, '["dataview","tasks","evil"]');
		expect(device.first().plugins).toMatchObject({ on: ["tasks"], off: ["old"], missing: ["evil"] });
		await device.keeper.apply(device.first());
		expect(JSON.parse((await device.text(PLUGINS)) ?? "")).toEqual(["psync", "dataview", "tasks"]);
		await device.restart();
		await device.keeper.look();
		expect([device.staged, JSON.parse((await device.told(PLUGINS)) ?? "")]).toEqual([
			[],
			["dataview", "tasks", "evil"],
		]);
	});

	it("[OS8] a change here takes no plugin from the list that is only installed elsewhere", async () => {
		const device = await SettingsDevice.open({ ...installed("psync", "dataview"), [PLUGINS]: '["psync"]' });
		await device.keeper.look();
		await device.arrives(PLUGINS, '["psync","tasks"]');
		await device.keeper.apply(device.first());
		await device.restart();
		await device.write(PLUGINS, '["psync","dataview"]');
		expect(JSON.parse((await device.told(PLUGINS)) ?? "")).toEqual(["psync", "dataview", "tasks"]);
		expect(device.staged).toEqual([]);
	});
});
