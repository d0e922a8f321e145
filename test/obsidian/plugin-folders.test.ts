// A plugin's folder while something is done to it, or nobody can say what is in it: nothing is told that nobody did, and nothing is lost.
import { describe, expect, it, vi } from "vitest";
import { BUNDLE, bundle, CODE, DATA, FOLDER, MANIFEST, manifest } from "../support/plugin-files.ts";
import { plugin, STYLES, textsOf, type Files } from "../support/plugin-files.ts";
import { keyOf, SettingsDevice } from "../support/settings-device.ts";

vi.mock("../host/page/leaks.ts", () => ({ native: { setTimeout, clearTimeout } }));

const HOTKEYS = ".obsidian/hotkeys.json";
const ONE = bundle(plugin("1"));

/** Its group has version 1, as it has. */
async function withOne(more: Files = {}): Promise<SettingsDevice> {
	const device = await SettingsDevice.open({ ...plugin("1"), ...more });
	await device.settle();
	expect(await device.told(BUNDLE)).toBe(ONE);
	return device;
}

/** The app ends when it is about to do this to `place`. */
async function endsAt(device: SettingsDevice, what: "writeBinary" | "remove", place: string): Promise<void> {
	const act = device.adapter[what].bind(device.adapter) as (...args: readonly unknown[]) => Promise<void>;
	let reached = (): void => undefined;
	const ended = new Promise<void>((resolve) => (reached = resolve));
	vi.spyOn(device.adapter, what).mockImplementation(async (...args: readonly unknown[]) => {
		if (args[0] !== place) return act(...args);
		reached();
		return new Promise<never>(() => undefined);
	});
	void device.keeper.apply(device.first());
	await ended;
	vi.restoreAllMocks();
	await device.restart();
	await device.keeper.look();
}

describe("a plugin that something writes", () => {
	it.each([-60_000, 60_000])(
		"[OS11] is told when it is the same for a while, whatever its times say: %i ms",
		async (by) => {
			const device = await withOne();
			await device.adapter.write(CODE, "code of 2", { mtime: device.clock.now() + by });
			await device.keeper.look();
			expect([await device.told(BUNDLE), device.isUnsettled]).toEqual([ONE, true]);
			await device.adapter.write(MANIFEST, manifest("2"), { mtime: device.clock.now() + by });
			await device.settle();
			expect(await device.told(BUNDLE)).toBe(
				bundle({ ...plugin("1"), [CODE]: "code of 2", [MANIFEST]: manifest("2") }),
			);
		},
	);

	it("[OS11] is not told as it was while it was read", async () => {
		const device = await SettingsDevice.open(plugin("1"));
		// So new that it is read again.
		await device.adapter.write(STYLES, "a {}", { mtime: device.clock.now() + 9_000 });
		await device.keeper.look();
		await device.clock.advance(10_000);
		let isFirst = true;
		const read = device.adapter.readBinary.bind(device.adapter);
		vi.spyOn(device.adapter, "readBinary").mockImplementation(async (path) => {
			if (path === CODE && isFirst) {
				isFirst = false;
				await device.adapter.write(CODE, "code of 2", { mtime: device.clock.now() });
			}
			return read(path);
		});
		await device.keeper.look();
		vi.restoreAllMocks();
		expect(await device.told(BUNDLE)).toBeUndefined();
	});

	it("[OS4 OS11] is removed by nobody: its old files go before the new ones come", async () => {
		const device = await withOne({ [DATA]: "{}" });
		for (const path of [MANIFEST, CODE, STYLES]) await device.adapter.remove(path);
		await device.keeper.look();
		expect([await device.told(BUNDLE), device.isUnsettled]).toEqual([ONE, true]);
		for (const [path, text] of Object.entries(plugin("2"))) await device.write(path, text);
		await device.settle();
		expect([await device.told(BUNDLE), device.staged]).toEqual([bundle(plugin("2")), []]);
	});

	it("[OS9 OS11] keeps what somebody saves at that moment", async () => {
		const device = await SettingsDevice.open({ [CODE]: "mine 1", [MANIFEST]: '{"id":"mine"}' });
		await device.arrives(BUNDLE, bundle(plugin("2")));
		const write = device.adapter.writeBinary.bind(device.adapter);
		vi.spyOn(device.adapter, "writeBinary").mockImplementation(async (path, bytes, options) => {
			if (path.includes("replaced settings") && path.endsWith("manifest.json"))
				await device.adapter.write(CODE, "mine 2");
			return write(path, bytes, options);
		});
		expect(await device.keeper.apply(device.first())).toEqual({ kind: "changed" });
		vi.restoreAllMocks();
		expect(await textsOf(device)).toEqual({ [CODE]: "mine 2", [MANIFEST]: '{"id":"mine"}' });
	});
});

describe("an app that ends in the middle", () => {
	it.each([CODE, STYLES, MANIFEST])(
		"[OS11] of putting one in place leaves none to run, and asks again: %s",
		async (place) => {
			const device = await withOne();
			await device.arrives(BUNDLE, bundle(plugin("2")));
			await endsAt(device, "writeBinary", place);
			expect(await textsOf(device, [MANIFEST])).toEqual({});
			expect(device.staged).toEqual([`${BUNDLE} both`]);
			// The other device goes back to the version that it had, and later has another one.
			await device.arrives(BUNDLE, ONE);
			await device.settle();
			expect(await device.told(BUNDLE)).toBe(ONE);
			await device.arrives(BUNDLE, bundle(plugin("3")));
			expect(await device.keeper.apply(device.first())).toEqual({ kind: "done" });
			expect(await textsOf(device)).toEqual(plugin("3"));
		},
	);

	it("[OS11] of removing one asks again", async () => {
		const device = await withOne();
		await device.arrives(BUNDLE, undefined);
		await endsAt(device, "remove", CODE);
		expect([await textsOf(device, [MANIFEST]), device.staged]).toEqual([{}, [`${BUNDLE} removed`]]);
		expect(await device.keeper.apply(device.first())).toEqual({ kind: "done" });
		expect([await device.adapter.exists(FOLDER), device.staged]).toEqual([false, []]);
	});
});

describe("what a disk does not say", () => {
	it("[OS4 OS11] of a plugin that a cloud has a part of: it is not offered, nor removed, nor brought back", async () => {
		const device = await withOne();
		await device.adapter.remove(CODE);
		await device.adapter.write(`${FOLDER}/.main.js.icloud`, "placeholder");
		await device.settle();
		expect([await device.told(BUNDLE), device.staged]).toEqual([ONE, []]);
		await device.arrives(BUNDLE, undefined);
		await device.settle();
		await device.adapter.remove(`${FOLDER}/.main.js.icloud`);
		await device.adapter.write(CODE, plugin("1")[CODE] ?? "");
		await device.settle();
		expect([await device.told(BUNDLE), device.staged]).toEqual([undefined, [`${BUNDLE} removed`]]);
	});

	it("[OS4 OS11] while the folder of all plugins is away, nothing of them is known", async () => {
		const device = await withOne();
		await device.adapter.rename(".obsidian/plugins", ".obsidian/plugins.bak");
		await device.settle();
		await device.settle();
		expect([await device.told(BUNDLE), device.staged]).toEqual([ONE, []]);
		await device.adapter.rename(".obsidian/plugins.bak", ".obsidian/plugins");
		await device.settle();
		expect([await device.told(BUNDLE), device.staged]).toEqual([ONE, []]);
	});

	it.each<["stat" | "list", string]>([
		["stat", CODE],
		["list", ".obsidian/plugins"],
	])("[OS4] holds up no other setting: %s of %s", async (what, place) => {
		const device = await SettingsDevice.open({ ...plugin("1"), [HOTKEYS]: "{}" });
		const ask = device.adapter[what].bind(device.adapter) as (path: string) => Promise<never>;
		vi.spyOn(device.adapter, what).mockImplementation(async (path: string) => {
			if (path === place) throw new Error("EACCES: permission denied");
			return ask(path);
		});
		await device.settle();
		vi.restoreAllMocks();
		expect(device.mirror.files.map(({ path }) => path)).toEqual([HOTKEYS]);
	});

	it("[OS4] nor does a copy in the mirror that was damaged", async () => {
		const device = await SettingsDevice.open({ ".obsidian/snippets/z.css": "a {}" });
		await device.arrives(BUNDLE, ONE);
		await device.restart();
		const read = device.mirror.read.bind(device.mirror);
		vi.spyOn(device.mirror, "read").mockImplementation(async (key) => {
			if (key === keyOf(BUNDLE)) throw new Error("is not as it was written");
			return read(key);
		});
		await device.write(".obsidian/snippets/z.css", "b {}");
		vi.restoreAllMocks();
		expect(await device.told(".obsidian/snippets/z.css")).toBe("b {}");
	});

	it("[OS4 OS11] where two folders have one name but for its capitals, nothing follows from either", async () => {
		const device = await withOne();
		for (const [path, text] of Object.entries(plugin("2")))
			await device.write(path.replace("dataview", "Dataview"), text);
		await device.settle();
		await device.arrives(BUNDLE, undefined);
		await device.settle();
		expect([await device.told(BUNDLE), device.staged, await textsOf(device)]).toEqual([undefined, [], plugin("1")]);
	});

	it("[OS11] is not read at each look, where it is no plugin that could be told", async () => {
		const device = await SettingsDevice.open({ ...plugin("1"), [MANIFEST]: manifest("1", { id: "other" }) });
		await device.settle();
		const read = vi.spyOn(device.adapter, "readBinary");
		for (let i = 0; i < 5; i++) await device.keeper.look();
		expect(read.mock.calls.map(([path]) => path)).toEqual([]);
		vi.restoreAllMocks();
	});
});

describe("what is put back", () => {
	it("[OS9] and could not be is left alone in no direction", async () => {
		const device = await withOne();
		await device.arrives(BUNDLE, bundle(plugin("2")));
		await device.keeper.apply(device.first());
		vi.spyOn(device.adapter, "writeBinary").mockRejectedValue(new Error("ENOSPC: no space left on device"));
		expect(await device.keeper.putBack(keyOf(BUNDLE))).toMatchObject({ kind: "failed" });
		vi.restoreAllMocks();
		await device.keeper.look();
		expect(device.keeper.settled).toMatchObject([{ isApart: false, hasKept: true }]);
	});
});
