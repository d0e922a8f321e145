// How the host's file layer and storage behave; obsidian.md tells from where each is known.
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium, type HostBrowser } from "./chromium.ts";
import { events, openRecording, openSample } from "./sample-device.ts";

let chromium: HostBrowser;
beforeAll(async () => {
	chromium = await launchChromium();
});
afterAll(() => chromium.close());

test("[host 1] operations run one after the other, so no concurrent append is lost (obsidian.md §4, O)", async () => {
	const device = await openRecording(chromium.browser, { files: { "log.md": "" } });
	const text = await device.inApp(async ({ app }) => {
		const file = app.vault.getFileByPath("log.md");
		if (file === null) throw new Error("no file");
		await Promise.all(
			Array.from({ length: 20 }, (_, n) => app.vault.process(file, (before) => `${before}${String(n)};`)),
		);
		return app.vault.read(file);
	});
	expect(text).toBe(Array.from({ length: 20 }, (_, n) => `${String(n)};`).join(""));
	await device.close();
});

test("[host 1] an event fires before the promise of its write resolves (obsidian.md §4, O)", async () => {
	const device = await openRecording(chromium.browser);
	const order = await device.inApp(async ({ app }) => {
		const seen: string[] = [];
		app.vault.on("create", () => seen.push("event"));
		await app.vault.create("a.md", "text").then(() => seen.push("resolved"));
		return seen;
	});
	expect(order).toEqual(["event", "resolved"]);
	await device.close();
});

test("[host 1] no operation starts before the one ahead of it is over (obsidian.md §4, O)", async () => {
	const device = await openRecording(chromium.browser, { files: { "a.md": "one", "b.md": "two" } });
	const [whileHung, after] = await device.inApp(async ({ adapter }) => {
		const order: string[] = [];
		const release = adapter.stall();
		const both = Promise.all(["a.md", "b.md"].map((path) => adapter.read(path).then(() => order.push(path))));
		for (let turn = 0; turn < 10; turn++) await new Promise(requestAnimationFrame);
		const before = [...order];
		release();
		await both;
		return [before, order];
	});
	expect(whileHung).toEqual([]);
	expect(after).toEqual(["a.md", "b.md"]);
	await device.close();
});

test("[host 1] an operation that hangs is given up by the watchdog, and the next one runs (obsidian.md §4, O)", async () => {
	const device = await openRecording(chromium.browser, { files: { "a.md": "text" }, app: { watchdogMs: 50 } });
	const [hung, next] = await device.inApp(async ({ adapter }) => {
		adapter.stall();
		const hangs = adapter.read("a.md").catch((error: unknown) => String(error));
		const waits = adapter.read("a.md");
		return [await hangs, await waits];
	});
	expect(hung).toContain("timed out");
	expect(next).toBe("text");
	await device.close();
});

test("[host 2] modify fires only when mtime or size changed (obsidian.md §4, O)", async () => {
	const device = await openRecording(chromium.browser, { files: { "a.md": "one" } });
	await device.inApp(async ({ app }) => {
		const file = app.vault.getFileByPath("a.md");
		if (file === null) throw new Error("no file");
		await app.vault.modify(file, "two", { mtime: file.stat.mtime });
	});
	expect(await events(device)).toEqual([]);
	expect(await device.readFile("a.md")).toBe("two");
	await device.inApp(({ app, adapter }) =>
		adapter.write("a.md", "six", { mtime: (app.vault.getFileByPath("a.md")?.stat.mtime ?? 0) + 1 }),
	);
	expect(await events(device)).toEqual(["modify a.md"]);
	await device.close();
});

test("[host 2] process that changes nothing writes nothing and stays silent (obsidian.md §4, O)", async () => {
	const device = await openRecording(chromium.browser, { files: { "a.md": "one" } });
	const before = await device.list();
	await device.inApp(({ adapter }) => adapter.process("a.md", (text) => text));
	expect(await events(device)).toEqual([]);
	expect(await device.list()).toEqual(before);
	await device.close();
});

test("[host 4] what an adapter writes at a visible path reaches the vault (obsidian.md §4, O)", async () => {
	const device = await openRecording(chromium.browser);
	await device.inApp(({ adapter }) => adapter.write("a.md", "text"));
	expect(await events(device)).toEqual(["create a.md"]);
	expect((await device.list()).map(({ path }) => path)).toEqual(["a.md"]);
	await device.close();
});

test("[host 4] a dot path raises only raw and stays out of the vault's files (obsidian.md §4, D)", async () => {
	const device = await openRecording(chromium.browser);
	await device.inApp(async ({ adapter }) => {
		await adapter.mkdir(".hidden");
		await adapter.write(".hidden/a.md", "text");
	});
	expect([...new Set(await events(device, { raw: true }))]).toEqual(["raw .hidden", "raw .hidden/a.md"]);
	expect(await device.list()).toEqual([]);
	await device.close();
});

test("[host 5] renaming a folder tells of the folder, then of each file below it (obsidian.md §4, O)", async () => {
	const device = await openRecording(chromium.browser, { files: { "a/b/one.md": "1", "a/two.md": "2" } });
	await device.renameFile("a", "z");
	expect(await events(device)).toEqual([
		"rename a > z",
		"rename a/b > z/b",
		"rename a/b/one.md > z/b/one.md",
		"rename a/two.md > z/two.md",
	]);
	expect((await device.list()).map(({ path }) => path)).toEqual(["z/b/one.md", "z/two.md"]);
	await device.close();
});

test("[host 5] deleting a folder tells of what is below it first, and parents are created first (obsidian.md §4, O)", async () => {
	const device = await openRecording(chromium.browser);
	await device.inApp(({ adapter }) => adapter.mkdir("a/b"));
	expect(await events(device)).toEqual(["create a", "create a/b"]);
	await device.writeFile("a/b/one.md", "1");
	await events(device);
	await device.inApp(({ adapter }) => adapter.rmdir("a", true));
	expect(await events(device)).toEqual(["delete a/b/one.md", "delete a/b", "delete a"]);
	await device.close();
});

test("[host 6] a file another program replaces, by rename or by remove and write, is one modify (obsidian.md §4, O and M)", async () => {
	const device = await openRecording(chromium.browser, { files: { "a.md": "one", "b.md": "one" } });
	await device.inApp(async ({ fs, adapter }) => {
		const bytes = new TextEncoder().encode("longer");
		fs.write(".a.md.tmp", bytes, 5);
		fs.rename(".a.md.tmp", "a.md");
		fs.remove("b.md");
		// A few turns of the event loop: less than it takes to believe in the absence.
		for (let turn = 0; turn < 5; turn++) await adapter.exists("b.md");
		fs.write("b.md", bytes, 5);
	});
	const isOver = () => (window as unknown as { events: string[] }).events.includes("modify b.md");
	await device.frame().waitForFunction(isOver);
	expect(await events(device)).toEqual(["modify a.md", "modify b.md"]);
	await device.close();
});

test("[host 6] a file another program renames is a create, then a delete that was confirmed (obsidian.md §4, O)", async () => {
	const device = await openRecording(chromium.browser, { files: { "a.md": "one" } });
	await device.outside.rename("a.md", "b.md");
	await device
		.frame()
		.waitForFunction(() => (window as unknown as { events: string[] }).events.includes("delete a.md"));
	expect(await events(device)).toEqual(["create b.md", "delete a.md"]);
	await device.close();
});

test("[host 6] being told again of a path that did not change raises nothing but raw (obsidian.md §4, O)", async () => {
	const device = await openRecording(chromium.browser, { files: { "a.md": "one" } });
	await device.inApp(async ({ fs, adapter }) => {
		for (let n = 0; n < 5; n++) fs.announce("a.md");
		await adapter.idle();
	});
	expect(await events(device, { raw: true })).toEqual(Array.from({ length: 5 }, () => "raw a.md"));
	await device.close();
});

test("[host 12] data.json is a file in the vault, and only what others write to it is told (obsidian.md §4, D)", async () => {
	const device = await openSample(chromium.browser, { settings: { name: "before" } });
	const external = () => device.inApp(({ plugin }) => (plugin as unknown as { external: number }).external);
	await device.setSetting("name", "after");
	const path = ".obsidian/plugins/sample/data.json";
	expect(JSON.parse(String(await device.outside.read(path)))).toMatchObject({ name: "after" });
	expect(await external()).toBe(0);

	await device.outside.write(path, '{"name":"other"}');
	await device
		.frame()
		.waitForFunction(() => (window as unknown as { host: { plugin: { external: number } } }).host.plugin.external > 0);
	expect(await external()).toBe(1);
	await device.close();
});

test("[host 12] a copied vault's folder brings data.json along, not local storage or secrets (obsidian.md §4, R)", async () => {
	const device = await openSample(chromium.browser, { settings: { name: "mine" } });
	await device.inApp(({ app }) => {
		app.saveLocalStorage("device", "one");
		app.secretStorage.setSecret("key", "secret");
	});
	await device.kill();
	await device.outside.copyVault("copy");
	await device.start({ vault: "copy" });
	const seen = await device.inApp(async ({ app, plugin }) => ({
		data: await plugin?.loadData(),
		device: app.loadLocalStorage("device"),
		secrets: app.secretStorage.listSecrets(),
	}));
	expect(seen).toEqual({ data: { name: "mine" }, device: null, secrets: [] });
	await device.close();
});

test("[host 13] local storage is JSON, per vault and device, survives the app, and null clears it (obsidian.md §3, D)", async () => {
	const device = await openRecording(chromium.browser);
	await device.inApp(({ app }) => {
		app.saveLocalStorage("map", new Map([["a", 1]]));
		app.saveLocalStorage("list", [1, "two"]);
	});
	await device.kill();
	await device.start();
	const [map, list, cleared] = await device.inApp(({ app }) => {
		const before = [app.loadLocalStorage("map"), app.loadLocalStorage("list")];
		app.saveLocalStorage("list", null);
		return [...before, app.loadLocalStorage("list")];
	});
	expect([map, list, cleared]).toEqual([{}, [1, "two"], null]);
	await device.close();
});

test("[host 13] a secret's id is checked, and every plugin of the vault can list and read it (obsidian.md §3, D)", async () => {
	const device = await openRecording(chromium.browser);
	const result = await device.inApp(({ app }) => {
		app.secretStorage.setSecret("psync-key", "text");
		const refused = ["Upper", "", "a_b", "x".repeat(65)].filter((id) => {
			try {
				app.secretStorage.setSecret(id, "text");
				return false;
			} catch {
				return true;
			}
		});
		return {
			refused: refused.length,
			listed: app.secretStorage.listSecrets(),
			read: app.secretStorage.getSecret("psync-key"),
		};
	});
	expect(result).toEqual({ refused: 4, listed: ["psync-key"], read: "text" });
	await device.close();
});

test("[host 13] IndexedDB is shared by the vaults of a device, can fail, and can be wiped (obsidian.md §4, R)", async () => {
	const device = await openRecording(chromium.browser);
	const databases = () => device.inApp(async () => (await indexedDB.databases()).map(({ name }) => name ?? ""));
	await device.inApp(
		() =>
			new Promise<void>((resolve) => {
				const request = indexedDB.open("blocks");
				request.onsuccess = () => {
					request.result.close();
					resolve();
				};
			}),
	);
	await device.kill();
	await device.start({ vault: "second" });
	expect(await databases()).toEqual(["blocks"]);
	await device.kill();
	await device.outside.wipeIndexedDb();
	await device.start({ vault: "second" });
	expect(await databases()).toEqual([]);
	await device.kill();
	await device.start({ indexedDb: "fails" });
	const failure = await device.inApp(() => {
		try {
			indexedDB.open("blocks");
			return "opened";
		} catch (error) {
			return String(error);
		}
	});
	expect(failure).toContain("not available");
	await device.close();
});
