// Plugins that another device has: what a person is shown of one, and what is put in place when they want it.
import { readFileSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import { pathKey } from "../../src/core/path.ts";
import { PLUGIN_BYTES_MAX, unfitReason } from "../../src/obsidian/settings-sync/applicable.ts";
import { bundleOf, filesIn } from "../../src/obsidian/settings-sync/plugin-bundle.ts";
import { OWN_ID, pluginPath, SETTINGS_KINDS } from "../../src/obsidian/settings-sync/settings-kinds.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { BUNDLE, bundle, CODE, DATA, FOLDER, MANIFEST, manifest } from "../support/plugin-files.ts";
import { plugin, STYLES, textsOf, type Files } from "../support/plugin-files.ts";
import { bytesOf, keyOf, OWN, SettingsDevice } from "../support/settings-device.ts";

vi.mock("../host/page/leaks.ts", () => ({ native: { setTimeout, clearTimeout } }));

const LIST = ".obsidian/community-plugins.json";

/** The app writes them, one after the other, and time goes on. */
async function update(device: SettingsDevice, files: Files): Promise<void> {
	for (const [path, text] of Object.entries(files)) await device.write(path, text);
	await device.settle();
}

/** The next write to `place` leaves three characters of it. */
function cutOff(device: SettingsDevice, place: string): void {
	const write = device.adapter.writeBinary.bind(device.adapter);
	let isCut = true;
	vi.spyOn(device.adapter, "writeBinary").mockImplementation(async (path, bytes, options) => {
		if (path !== place || !isCut) return write(path, bytes, options);
		isCut = false;
		await write(path, bytes.slice(0, 3), options);
		throw new Error("ENOSPC: no space left on device");
	});
}

describe("a plugin as one file", () => {
	it("[OS11] is the same on every device, whatever else is in its folder", () => {
		const files = new Map([
			["manifest.json", bytesOf(manifest("1.0.0"))],
			["main.js", bytesOf('\ufeffcode "of" \u2028 it')],
		]);
		const one = bundleOf(files);
		expect(one).toEqual(bundleOf(new Map([...files].reverse())));
		expect(one && filesIn(one)).toEqual(files);
		expect(one && bundleOf(new Map([...files, ["styles.css", bytesOf("")]]))).not.toEqual(one);
	});

	it.each<[string, string]>([
		["no JSON", "{"],
		["without its code", JSON.stringify({ "manifest.json": manifest("1.0.0") })],
		["with empty code", JSON.stringify({ "main.js": "", "manifest.json": manifest("1.0.0") })],
		["without its manifest", JSON.stringify({ "main.js": "code" })],
		[
			"with what a plugin keeps",
			JSON.stringify({ "main.js": "code", "manifest.json": manifest("1"), "data.json": "{}" }),
		],
		[
			"with a path out of its folder",
			JSON.stringify({ "main.js": "code", "manifest.json": manifest("1"), "../x.js": "" }),
		],
		["in another order", JSON.stringify({ "manifest.json": manifest("1.0.0"), "main.js": "code" })],
		["that says it is another one", bundle({ ...plugin("1"), [MANIFEST]: manifest("1", { id: "tasks" }) })],
		["that goes elsewhere", bundle({ ...plugin("1"), [MANIFEST]: manifest("1", { id: "../dataview" }) })],
		["that does not say its version", bundle({ ...plugin("1"), [MANIFEST]: '{"id":"dataview","name":"Dataview"}' })],
		[
			"whose name nobody can see",
			bundle({ ...plugin("1"), [MANIFEST]: manifest("1", { name: "\u200b\u202e\u3164\u2800" }) }),
		],
		["whose manifest is broken", bundle({ ...plugin("1"), [MANIFEST]: "{" })],
	])("[OS7 OS11] %s is none", async (_, text) => {
		expect(unfitReason(keyOf(BUNDLE), bytesOf(text))).toBe("not-plugin");
		const device = await SettingsDevice.open();
		await device.arrives(BUNDLE, text);
		expect(device.first().unfit).toBe("not-plugin");
		expect(await device.keeper.apply(device.first())).toEqual({ kind: "changed" });
		expect((await device.adapter.list(".obsidian/plugins")).folders).toEqual([OWN]);
	});

	it("[OS7] is too large where no plugin is so large", () => {
		expect(unfitReason(keyOf(BUNDLE), new Uint8Array(PLUGIN_BYTES_MAX + 1))).toBe("too-large");
	});

	it("[OS2] of PSync itself takes no part", () => {
		const own = JSON.parse(readFileSync(new URL("../../manifest.json", import.meta.url), "utf8")) as { id: string };
		expect(OWN_ID).toBe(own.id);
	});
});

describe("a plugin that another device has", () => {
	it("[OS11] waits with its name, version and author, and is put in place whole when the person wants it", async () => {
		const device = await SettingsDevice.open();
		await device.arrives(BUNDLE, bundle(plugin("0.5.66")));
		expect(device.staged).toEqual([`${BUNDLE} new`]);
		expect(device.first()).toMatchObject({
			...{ kind: "pluginCode", unfit: undefined },
			code: { theirs: { name: "Dataview", version: "0.5.66", author: "Somebody" }, versionHere: undefined },
		});
		expect(await device.adapter.exists(FOLDER)).toBe(false);
		expect(await device.keeper.apply(device.first())).toEqual({ kind: "done" });
		expect(await textsOf(device)).toEqual(plugin("0.5.66"));
		expect([device.staged, device.keeper.needsRestart]).toEqual([[], true]);

		await device.arrives(BUNDLE, bundle({ ...plugin("0.5.67"), [STYLES]: undefined }));
		expect(device.staged).toEqual([`${BUNDLE} changed`]);
		expect(device.first().code).toMatchObject({ theirs: { version: "0.5.67" }, versionHere: "0.5.66" });
		expect(await textsOf(device)).toEqual(plugin("0.5.66"));
		await device.keeper.apply(device.first());
		expect(await textsOf(device)).toEqual({ [CODE]: "code of 0.5.67", [MANIFEST]: manifest("0.5.67") });
		expect((await device.replaced()).toSorted()).toEqual(Object.values(plugin("0.5.66")).toSorted());
		await device.restart();
		await device.keeper.look();
		expect([device.staged, await device.told(BUNDLE)]).toEqual([
			[],
			bundle({ ...plugin("0.5.67"), [STYLES]: undefined }),
		]);
	});

	it("[OS1 OS11] is nothing where the person did not choose plugins, and nothing is told of those that are here", async () => {
		const others = SETTINGS_KINDS.filter((kind) => kind !== "pluginCode");
		const device = await SettingsDevice.open(
			{ ...plugin("0.5.66"), ".obsidian/plugins/tasks/main.js": "code" },
			others,
		);
		await device.arrives(BUNDLE, bundle(plugin("0.5.67")));
		expect(device.staged).toEqual([]);
		expect(await textsOf(device)).toEqual(plugin("0.5.66"));
		expect(device.mirror.files.map(({ path }) => path)).toEqual([BUNDLE]);
	});

	it("[OS11] leaves alone what the plugin keeps, when it is replaced, removed and put back", async () => {
		const device = await SettingsDevice.open({ ...plugin("0.5.66"), [DATA]: "secrets" });
		await device.settle();
		expect(await device.told(BUNDLE)).toBe(bundle(plugin("0.5.66")));
		await device.arrives(BUNDLE, bundle(plugin("0.6.0")));
		await device.keeper.apply(device.first());
		await device.arrives(BUNDLE, undefined);
		expect(device.staged).toEqual([`${BUNDLE} removed`]);
		await device.keeper.apply(device.first());
		expect(await textsOf(device, [CODE, STYLES, MANIFEST, DATA])).toEqual({ [DATA]: "secrets" });
		expect(await device.keeper.putBack(keyOf(BUNDLE))).toEqual({ kind: "done" });
		expect(await textsOf(device, [CODE, STYLES, MANIFEST, DATA])).toEqual({ ...plugin("0.6.0"), [DATA]: "secrets" });
		expect([device.staged, await device.told(BUNDLE)]).toEqual([[], undefined]);
	});

	it("[OS11] that is removed leaves no empty folder, and one that only keeps something is not installed", async () => {
		const device = await SettingsDevice.open({ ...plugin("0.5.66"), ".obsidian/plugins/tasks/data.json": "{}" });
		await device.settle();
		await device.arrives(BUNDLE, undefined);
		await device.keeper.apply(device.first());
		expect(await device.adapter.exists(FOLDER)).toBe(false);
		await device.arrives(LIST, '["dataview","tasks"]');
		expect(device.first().plugins?.missing).toEqual(["dataview", "tasks"]);
	});

	it.each<[string, object, string]>([
		["for a newer app", { minAppVersion: "1.99.0" }, "newer-app"],
		["for computers, on a phone", { isDesktopOnly: true }, "desktop-only"],
	])("[OS11] %s is not put in place, whatever is pressed", async (_, more, reason) => {
		const device = await SettingsDevice.open();
		device.isMobile = true;
		await device.restart();
		await device.arrives(BUNDLE, bundle({ ...plugin("1.0.0"), [MANIFEST]: manifest("1.0.0", more) }));
		expect(device.first().unfit).toBe(reason);
		expect(await device.keeper.apply(device.first())).toEqual({ kind: "changed" });
		expect(await device.adapter.exists(FOLDER)).toBe(false);
	});

	it("[OS11] is shown without what would make it look like another one, and needs no author", async () => {
		const device = await SettingsDevice.open();
		const more = { name: "Data\u202eviex\u0301\u0301\u0301\u0301\u0301", author: null, isDesktopOnly: "no" };
		await device.arrives(BUNDLE, bundle({ ...plugin("1.0.0"), [MANIFEST]: `\ufeff${manifest("1.0.0", more)}` }));
		expect(device.first().code?.theirs).toMatchObject({ name: "Dataviex\u0301\u0301", author: "" });
		expect(device.first().unfit).toBeUndefined();
	});

	it("[OS9 OS11] that changed on either side after the person saw it is not put in place", async () => {
		const device = await SettingsDevice.open(plugin("0.5.66"));
		await device.settle();
		await device.arrives(BUNDLE, bundle(plugin("0.5.67")));
		const seen = device.first();
		await device.arrives(BUNDLE, bundle({ ...plugin("0.5.67"), [CODE]: "other code" }));
		expect(await device.keeper.apply(seen)).toEqual({ kind: "changed" });
		await device.adapter.write(STYLES, "b {}");
		expect(await device.keeper.apply(device.first())).toEqual({ kind: "changed" });
		expect(await textsOf(device)).toEqual({ ...plugin("0.5.66"), [STYLES]: "b {}" });
	});

	it.each([CODE, STYLES, MANIFEST])(
		"[OS9 OS11] is as it was before where a disk cannot take all of it: %s",
		async (place) => {
			for (const before of [plugin("0.5.66"), {}]) {
				const device = await SettingsDevice.open(before);
				await device.settle();
				await device.arrives(BUNDLE, bundle(plugin("0.5.67")));
				cutOff(device, place);
				expect(await device.keeper.apply(device.first())).toMatchObject({ kind: "failed" });
				vi.restoreAllMocks();
				await device.keeper.look();
				expect(await textsOf(device)).toEqual(before);
				expect(await device.adapter.exists(FOLDER)).toBe(CODE in before);
				expect(await device.told(BUNDLE)).toBe(bundle(plugin("0.5.67")));
				expect(await device.keeper.apply(device.first())).toEqual({ kind: "done" });
				expect(await textsOf(device)).toEqual(plugin("0.5.67"));
			}
		},
	);

	it("[OS9 OS11] takes the place of what is left of one here, which is kept", async () => {
		const device = await SettingsDevice.open({ [STYLES]: "old {}", [MANIFEST]: "{}" });
		await device.arrives(BUNDLE, bundle({ ...plugin("1.0.0"), [STYLES]: undefined }));
		expect(device.staged).toEqual([`${BUNDLE} both`]);
		expect(await device.keeper.apply(device.first())).toEqual({ kind: "done" });
		expect(await textsOf(device)).toEqual({ [CODE]: "code of 1.0.0", [MANIFEST]: manifest("1.0.0") });
		expect((await device.replaced()).toSorted()).toEqual(["old {}", "{}"]);
		expect(await device.keeper.putBack(keyOf(BUNDLE))).toEqual({ kind: "done" });
		expect(await textsOf(device)).toEqual({ [STYLES]: "old {}", [MANIFEST]: "{}" });
	});

	it("[OS9 OS11] whose name has capitals goes to a folder with them, and back there", async () => {
		const path = pluginPath("cMenu-Plugin");
		const device = await SettingsDevice.open();
		const own = bundle({ ...plugin("1"), [MANIFEST]: manifest("1", { id: "cMenu-Plugin" }) });
		await device.mirror.putIf(testPath(path), undefined, bytesOf(own), 1);
		await device.keeper.look();
		await device.keeper.apply(device.first());
		expect(await device.text(".obsidian/plugins/cMenu-Plugin/main.js")).toBe("code of 1");
		await device.mirror.dropIf(testPath(path), device.mirror.get(pathKey(testPath(path)))?.hash ?? ("" as never));
		await device.keeper.look();
		await device.keeper.apply(device.first());
		expect(await device.keeper.putBack(keyOf(path))).toEqual({ kind: "done" });
		const { folders } = await device.adapter.list(".obsidian/plugins");
		expect(folders.filter((folder) => folder !== OWN)).toEqual([".obsidian/plugins/cMenu-Plugin"]);
	});
});

describe("a plugin that is here", () => {
	it("[OS4 OS11] is told when it is whole and nothing is written of it any more, and when it was removed", async () => {
		const device = await SettingsDevice.open(plugin("0.5.66"));
		await device.settle();
		expect(await device.told(BUNDLE)).toBe(bundle(plugin("0.5.66")));
		for (const path of [CODE, MANIFEST]) {
			await device.write(path, plugin("0.5.67")[path] ?? "");
			expect([await device.told(BUNDLE), device.isUnsettled]).toEqual([bundle(plugin("0.5.66")), true]);
		}
		await update(device, plugin("0.5.67"));
		expect([await device.told(BUNDLE), device.staged]).toEqual([bundle(plugin("0.5.67")), []]);
		await device.adapter.rmdir(FOLDER, true);
		await device.settle();
		expect([device.mirror.files, device.staged]).toEqual([[], []]);
	});

	it.each<[string, string, string | undefined]>([
		["code is empty", CODE, ""],
		["code is away", CODE, undefined],
		["manifest is cut off", MANIFEST, '{"id":'],
		["code is no text", CODE, "\0"],
		["styles are in a cloud", STYLES, undefined],
	])("[OS4 OS11] whose %s is not told so, and that is nobody's removal", async (why, path, text) => {
		const device = await SettingsDevice.open(plugin("0.5.66"));
		await device.settle();
		if (text === undefined) await device.adapter.remove(path);
		else await device.adapter.write(path, text);
		if (why.includes("cloud")) await device.adapter.write(`${FOLDER}/.styles.css.icloud`, "placeholder");
		await device.settle();
		expect(await device.told(BUNDLE)).toBe(bundle(plugin("0.5.66")));
	});

	it("[OS11] in a folder that is called otherwise is not told, nor is PSync wherever it is", async () => {
		const own = ".obsidian/plugins/psync-beta";
		const files = Object.entries(plugin("1")).map(([path, text]) => [path.replace("dataview", "Dataview-main"), text]);
		const device = await SettingsDevice.open({
			...(Object.fromEntries(files) as Files),
			...{ [`${own}/main.js`]: "own", [`${own}/manifest.json`]: manifest("1", { id: "psync-beta" }) },
			...{ [`${OWN}/main.js`]: "own", [`${OWN}/manifest.json`]: manifest("1", { id: "psync" }) },
		});
		device.ownFolder = own;
		await device.restart();
		await device.settle();
		expect(device.mirror.files).toEqual([]);
		await device.adapter.write(`${own}/manifest.json`, manifest("1", { id: "psync" }));
		const hostile = { ...plugin("2"), [MANIFEST]: manifest("2", { id: "psync-beta" }) };
		await device.arrives(pluginPath("psync-beta"), bundle(hostile));
		expect(device.staged).toEqual([]);
		expect(await device.text(`${own}/main.js`)).toBe("own");
	});

	it("[OS6 OS11] and elsewhere in another version stays as it is on both until a person says which", async () => {
		const device = await SettingsDevice.open(plugin("0.5.66"));
		await device.arrives(BUNDLE, bundle(plugin("0.5.67")));
		expect(device.staged).toEqual([`${BUNDLE} both`]);
		expect(await device.keeper.useMine(device.first())).toEqual({ kind: "done" });
		expect([await device.told(BUNDLE), device.staged]).toEqual([bundle(plugin("0.5.66")), []]);
	});

	it("[OS4] that cannot be read holds up no other setting", async () => {
		const device = await SettingsDevice.open({ ...plugin("0.5.66"), ".obsidian/hotkeys.json": "{}" });
		const read = device.adapter.readBinary.bind(device.adapter);
		vi.spyOn(device.adapter, "readBinary").mockImplementation(async (path) => {
			if (path === CODE) throw new Error("EACCES: permission denied");
			return read(path);
		});
		await device.settle();
		vi.restoreAllMocks();
		expect(device.mirror.files.map(({ path }) => path)).toEqual([".obsidian/hotkeys.json"]);
	});
});

describe("the list of plugins that are on", () => {
	it("[OS8 OS11] is asked about again when one of them is installed here, and not for any other", async () => {
		const device = await SettingsDevice.open({ [LIST]: '["psync"]' });
		await device.keeper.look();
		await device.arrives(LIST, '["psync","dataview","tasks"]');
		await device.keeper.apply(device.first());
		expect(device.staged).toEqual([]);
		const calendar = { [CODE]: "code", [MANIFEST]: manifest("1.0.0", { id: "calendar" }) };
		await device.arrives(pluginPath("calendar"), bundle(calendar));
		await device.keeper.apply(device.first());
		expect(device.staged).toEqual([]);
		await device.arrives(BUNDLE, bundle(plugin("0.5.66")));
		await device.keeper.apply(device.first());
		expect(device.staged).toEqual([`${LIST} both`]);
		expect(device.first().plugins).toMatchObject({ on: ["dataview"], off: [], missing: ["tasks"] });
	});
});

describe("what was replaced", () => {
	it("[OS9] is found under the name that it had, with its capitals", async () => {
		for (const path of [".obsidian/snippets/My Snippet.css", ".obsidian/themes/Minimal/theme.css"]) {
			const device = await SettingsDevice.open({ [path]: "a {}" });
			await device.keeper.look();
			await device.arrives(path, undefined);
			await device.keeper.apply(device.first());
			expect(await device.keeper.putBack(keyOf(path))).toEqual({ kind: "done" });
			const [folder, name] = [path.slice(0, path.lastIndexOf("/")), path];
			expect((await device.adapter.list(folder)).files).toEqual([name]);
		}
	});

	it("[OS9] is kept up to a size, the latest in any case", async () => {
		const device = await SettingsDevice.open();
		device.replacedBytesMax = 3_500;
		await device.restart();
		for (const letter of "abcdefg") {
			await device.arrives(".obsidian/snippets/wide.css", letter.repeat(letter === "f" ? 9_000 : 1_000));
			await device.keeper.apply(device.first());
			await device.clock.advance(1_000);
		}
		expect((await device.replaced()).map((text) => text[0]).toSorted()).toEqual(["c", "d", "e", "f"]);
		await device.arrives(".obsidian/snippets/wide.css", "h");
		await device.keeper.apply(device.first());
		expect((await device.replaced()).map((text) => text[0]).toSorted()).toEqual(["f", "g"]);
	});
});
