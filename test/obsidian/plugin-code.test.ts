// Plugins that another device has: what a person is shown of one, and what is put in place when they want it.
import { describe, expect, it, vi } from "vitest";
import { SETTINGS_KINDS } from "../../src/obsidian/settings-sync/settings-kinds.ts";
import { OWN, SettingsDevice } from "../support/settings-device.ts";

vi.mock("../host/page/leaks.ts", () => ({ native: { setTimeout, clearTimeout } }));

const FOLDER = ".obsidian/plugins/dataview";
const [CODE, STYLES, MANIFEST] = [`${FOLDER}/main.js`, `${FOLDER}/styles.css`, `${FOLDER}/manifest.json`];
const DATA = `${FOLDER}/data.json`;
const LIST = ".obsidian/community-plugins.json";

const manifest = (version: string, more: object = {}): string =>
	JSON.stringify({ id: "dataview", name: "Dataview", version, author: "Somebody", ...more });
const plugin = (version: string): Record<string, string> => ({
	[CODE]: `code of ${version}`,
	[STYLES]: `a { --v: "${version}" }`,
	[MANIFEST]: manifest(version),
});

async function arrivesWhole(device: SettingsDevice, files: Readonly<Record<string, string>>): Promise<void> {
	for (const [path, text] of Object.entries(files)) await device.arrives(path, text);
}

async function textsOf(device: SettingsDevice, paths: readonly string[] = [CODE, STYLES, MANIFEST]): Promise<unknown> {
	return Object.fromEntries(await Promise.all(paths.map(async (path) => [path, await device.text(path)] as const)));
}

async function toldOf(device: SettingsDevice): Promise<unknown> {
	const files = device.mirror.files.map(async ({ path }) => [path as string, await device.told(path)] as const);
	return Object.fromEntries(await Promise.all(files));
}

describe("a plugin that another device has", () => {
	it("[OS11] waits as one, by name, version and author, and is put in place whole when the person wants it", async () => {
		const device = await SettingsDevice.open();
		await arrivesWhole(device, plugin("0.5.66"));
		expect(device.staged).toEqual([`${FOLDER} new`]);
		expect(device.first()).toMatchObject({
			...{ kind: "pluginCode", unfit: undefined },
			code: { name: "Dataview", version: "0.5.66", author: "Somebody", versionHere: "" },
		});
		expect(await device.adapter.exists(FOLDER)).toBe(false);
		expect(await device.keeper.apply(device.first())).toEqual({ kind: "done" });
		expect(await textsOf(device)).toEqual(plugin("0.5.66"));
		expect([device.staged, device.keeper.needsRestart]).toEqual([[], true]);

		await arrivesWhole(device, plugin("0.5.67"));
		expect(device.staged).toEqual([`${FOLDER} changed`]);
		expect(device.first().code).toMatchObject({ version: "0.5.67", versionHere: "0.5.66" });
		expect(await textsOf(device)).toEqual(plugin("0.5.66"));
		await device.keeper.apply(device.first());
		expect(await textsOf(device)).toEqual(plugin("0.5.67"));
		expect((await device.replaced()).toSorted()).toEqual(Object.values(plugin("0.5.66")).toSorted());
	});

	it("[OS1 OS11] is nothing where the person did not choose plugins, and nothing is told of those that are here", async () => {
		const device = await SettingsDevice.open(
			plugin("0.5.66"),
			SETTINGS_KINDS.filter((kind) => kind !== "pluginCode"),
		);
		await arrivesWhole(device, plugin("0.5.67"));
		expect(device.staged).toEqual([]);
		expect(await textsOf(device)).toEqual(plugin("0.5.66"));
		expect(await toldOf(device)).toEqual(plugin("0.5.67"));
	});

	it("[OS11] leaves alone what the plugin keeps, when it is replaced, removed and put back", async () => {
		const device = await SettingsDevice.open({ ...plugin("0.5.66"), [DATA]: "secrets" });
		await device.keeper.look();
		expect(await toldOf(device)).toEqual(plugin("0.5.66"));
		await device.arrives(STYLES, undefined);
		await device.arrives(MANIFEST, manifest("0.6.0"));
		await device.keeper.apply(device.first());
		expect(await textsOf(device, [STYLES, MANIFEST, DATA])).toEqual({
			...{ [STYLES]: undefined, [MANIFEST]: manifest("0.6.0"), [DATA]: "secrets" },
		});
		for (const path of [MANIFEST, CODE]) await device.arrives(path, undefined);
		expect(device.staged).toEqual([`${FOLDER} removed`]);
		await device.keeper.apply(device.first());
		expect(await textsOf(device, [CODE, STYLES, MANIFEST, DATA])).toEqual({
			...{ [CODE]: undefined, [STYLES]: undefined, [MANIFEST]: undefined, [DATA]: "secrets" },
		});
		expect(await device.keeper.putBack(device.keeper.settled[0]?.key ?? ("" as never))).toEqual({ kind: "done" });
		expect(await textsOf(device, [CODE, MANIFEST, DATA])).toEqual({
			...{ [CODE]: "code of 0.5.66", [MANIFEST]: manifest("0.6.0"), [DATA]: "secrets" },
		});
		expect(device.staged).toEqual([]);
	});

	it("[OS11] that is removed leaves no empty folder, and one that keeps something is not installed any more", async () => {
		const device = await SettingsDevice.open({ ...plugin("0.5.66"), ".obsidian/plugins/tasks/data.json": "{}" });
		await device.keeper.look();
		for (const path of [CODE, STYLES, MANIFEST]) await device.arrives(path, undefined);
		await device.keeper.apply(device.first());
		expect(await device.adapter.exists(FOLDER)).toBe(false);
		await device.arrives(LIST, '["dataview","tasks"]');
		expect(device.first().plugins?.missing).toEqual(["dataview", "tasks"]);
	});

	it.each<[string, Record<string, string | undefined>, string]>([
		["without its code", { [CODE]: undefined }, "not-whole"],
		["without its manifest", { [MANIFEST]: undefined }, "not-whole"],
		["that says it is another one", { [MANIFEST]: manifest("1.0.0", { id: "tasks" }) }, "not-plugin"],
		["that does not say its version", { [MANIFEST]: '{"id":"dataview","name":"Dataview"}' }, "not-plugin"],
		["whose name nobody can see", { [MANIFEST]: manifest("1.0.0", { name: "\u200b\u202e" }) }, "not-plugin"],
		["whose manifest is broken", { [MANIFEST]: "{" }, "not-settings"],
		["whose code is no text", { [CODE]: "\0" }, "not-text"],
		["for a newer app", { [MANIFEST]: manifest("1.0.0", { minAppVersion: "1.99.0" }) }, "newer-app"],
		["for computers, on a phone", { [MANIFEST]: manifest("1.0.0", { isDesktopOnly: true }) }, "desktop-only"],
	])("[OS7 OS11] %s is not put in place, whatever is pressed", async (_, files, reason) => {
		const device = await SettingsDevice.open();
		device.isMobile = true;
		await device.restart();
		for (const [path, text] of Object.entries({ ...plugin("1.0.0"), ...files })) await device.arrives(path, text);
		expect(device.first().unfit).toBe(reason);
		expect(await device.keeper.apply(device.first())).toEqual({ kind: "changed" });
		expect(await device.adapter.exists(FOLDER)).toBe(false);
	});

	it("[OS11] shows a name without what would turn the line round", async () => {
		const device = await SettingsDevice.open();
		await arrivesWhole(device, { ...plugin("1.0.0"), [MANIFEST]: manifest("1.0.0", { name: "Data\u202eview" }) });
		expect(device.first().code?.name).toBe("Dataview");
	});

	it("[OS9 OS11] of which one file changed after the person saw it is not put in place", async () => {
		const device = await SettingsDevice.open(plugin("0.5.66"));
		await device.keeper.look();
		await arrivesWhole(device, plugin("0.5.67"));
		const seen = device.first();
		await device.arrives(CODE, "other code");
		expect(await device.keeper.apply(seen)).toEqual({ kind: "changed" });
		await device.adapter.write(STYLES, "b {}");
		expect(await device.keeper.apply(device.first())).toEqual({ kind: "changed" });
		expect(await textsOf(device)).toEqual({ ...plugin("0.5.66"), [STYLES]: "b {}" });
	});

	it.each([STYLES, MANIFEST])(
		"[OS9 OS11] is as it was before where a disk cannot take all of it: %s",
		async (place) => {
			for (const before of [plugin("0.5.66"), {}]) {
				const device = await SettingsDevice.open(before);
				await device.keeper.look();
				await arrivesWhole(device, plugin("0.5.67"));
				const write = device.adapter.writeBinary.bind(device.adapter);
				let isCut = true;
				vi.spyOn(device.adapter, "writeBinary").mockImplementation(async (path, bytes, options) => {
					if (path !== place || !isCut) return write(path, bytes, options);
					isCut = false;
					await write(path, bytes.slice(0, 3), options);
					throw new Error("ENOSPC: no space left on device");
				});
				expect(await device.keeper.apply(device.first())).toMatchObject({ kind: "failed" });
				vi.restoreAllMocks();
				await device.keeper.look();
				const nothing = { [CODE]: undefined, [STYLES]: undefined, [MANIFEST]: undefined };
				expect(await textsOf(device)).toEqual({ ...nothing, ...before });
				expect(await device.adapter.exists(FOLDER)).toBe(CODE in before);
				expect(await toldOf(device)).toEqual(plugin("0.5.67"));
				expect(await device.keeper.apply(device.first())).toEqual({ kind: "done" });
				expect(await textsOf(device)).toEqual(plugin("0.5.67"));
			}
		},
	);
});

describe("a plugin that is here", () => {
	it("[OS4 OS11] is told whole, again when it was updated, and when it is removed; PSync itself never is", async () => {
		const device = await SettingsDevice.open({
			...plugin("0.5.66"),
			[`${OWN}/main.js`]: "own",
			[`${OWN}/manifest.json`]: "{}",
		});
		await device.keeper.look();
		expect(await toldOf(device)).toEqual(plugin("0.5.66"));
		await device.adapter.remove(STYLES);
		await device.write(CODE, "code of 0.5.67");
		await device.write(MANIFEST, manifest("0.5.67"));
		expect(await toldOf(device)).toEqual({ [CODE]: "code of 0.5.67", [MANIFEST]: manifest("0.5.67") });
		await device.adapter.rmdir(FOLDER, true);
		await device.keeper.look();
		expect(await toldOf(device)).toEqual({});
		expect(device.staged).toEqual([]);
	});

	it("[OS7 OS11] is not told while half of it is there, as while the app installs it", async () => {
		const device = await SettingsDevice.open();
		await device.write(MANIFEST, manifest("0.5.66"));
		expect(await toldOf(device)).toEqual({});
		await device.write(CODE, "code");
		expect(await toldOf(device)).toEqual({ [CODE]: "code", [MANIFEST]: manifest("0.5.66") });
	});

	it("[OS6 OS11] and elsewhere in another version stays as it is on both until a person says which", async () => {
		const device = await SettingsDevice.open(plugin("0.5.66"));
		await device.mirrorHas(plugin("0.5.67"));
		expect(device.staged).toEqual([`${FOLDER} both`]);
		expect(await device.keeper.useMine(device.first())).toEqual({ kind: "done" });
		expect([await toldOf(device), device.staged]).toEqual([plugin("0.5.66"), []]);
	});
});

describe("the list of plugins that are on", () => {
	it("[OS8 OS11] is asked about again when one of them is installed here, and not for any other", async () => {
		const device = await SettingsDevice.open({ [LIST]: '["psync"]' });
		await device.keeper.look();
		await device.arrives(LIST, '["psync","dataview","tasks"]');
		await device.keeper.apply(device.first());
		expect(device.staged).toEqual([]);
		const other = ".obsidian/plugins/calendar";
		await arrivesWhole(device, {
			[`${other}/main.js`]: "code",
			[`${other}/manifest.json`]: '{"id":"calendar","name":"Calendar","version":"1.0.0"}',
		});
		await device.keeper.apply(device.first());
		expect(device.staged).toEqual([]);
		await arrivesWhole(device, plugin("0.5.66"));
		await device.keeper.apply(device.first());
		expect(device.staged).toEqual([`${LIST} both`]);
		expect(device.first().plugins).toMatchObject({ on: ["dataview"], off: [], missing: ["tasks"] });
	});
});
