// What the host's disk refuses, cuts off and throws away; obsidian.md tells from where each is known.
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium, type HostBrowser } from "./chromium.ts";
import { openRecording, openSample } from "./sample-device.ts";

let chromium: HostBrowser;
beforeAll(async () => {
	chromium = await launchChromium();
});
afterAll(() => chromium.close());

test("[host 3] while the vault loads, create fires for every file; the layout is ready afterwards (obsidian.md §4, D)", async () => {
	const device = await openSample(chromium.browser, { files: { "a.md": "1", "folder/b.md": "2" } });
	const plugin = await device.inApp(({ plugin: loaded }) => {
		const { seen, itemEl } = loaded as unknown as { seen: string[]; itemEl: HTMLElement };
		return { seen, text: itemEl.innerText };
	});
	expect(plugin.seen).toEqual(["early a.md", "early folder", "early folder/b.md"]);
	expect(plugin.text).toBe("2 files");
	await device.close();
});

test("[host 7] nothing is made twice, put over another, written without its folder or removed while full (obsidian.md §3, D and O)", async () => {
	const device = await openRecording(chromium.browser, { files: { "a.md": "1", "b.md": "2", "folder/c.md": "3" } });
	const refused = await device.inApp(async ({ app, adapter }) => {
		const attempts: Record<string, () => Promise<unknown>> = {
			create: () => app.vault.create("a.md", "new"),
			createFolder: () => app.vault.createFolder("folder"),
			rename: () => adapter.rename("a.md", "b.md"),
			copy: () => adapter.copy("a.md", "b.md"),
			write: () => adapter.write("missing/d.md", "new"),
			rmdir: () => adapter.rmdir("folder", false),
		};
		const all = Object.entries(attempts).map(
			async ([name, attempt]) => [name, await attempt().then(String, String)] as const,
		);
		return Object.fromEntries(await Promise.all(all));
	});
	expect(refused).toEqual({
		create: expect.stringContaining("already exists") as string,
		createFolder: expect.stringContaining("already exists") as string,
		rename: expect.stringContaining("already exists") as string,
		copy: expect.stringContaining("already exists") as string,
		write: expect.stringContaining("ENOENT") as string,
		rmdir: expect.stringContaining("ENOTEMPTY") as string,
	});
	await device.renameFile("a.md", "A.md");
	expect((await device.list()).map(({ path }) => path)).toEqual(["A.md", "b.md", "folder/c.md"]);
	await device.close();
});

test("[host 9] whoever is killed in the middle of an overwrite leaves a part of a file (obsidian.md §4, O)", async () => {
	const device = await openRecording(chromium.browser, { files: { "a.md": "what was there before" } });
	const seen = await device.page.evaluate(async () => {
		const { device: all } = window as unknown as import("./page/device-page.ts").DeviceWindow;
		const disk = all.disk("vault");
		const frame = document.querySelector("iframe")?.contentWindow as unknown as import("./page/app-page.ts").AppWindow;
		const tear = disk.tear.bind(disk);
		const killed = new Promise<void>((resolve) => {
			disk.tear = (path, bytes) => {
				tear(path, bytes);
				all.kill();
				resolve();
			};
		});
		void frame.host.adapter.write("a.md", "the new text, whole");
		await killed;
		await new Promise((resolve) => setTimeout(resolve, 0));
		const left = disk.get("a.md");
		return left?.kind === "file" ? new TextDecoder().decode(left.bytes) : "";
	});
	expect(seen).toBe("the new t");
	await device.start();
	expect(await device.readFile("a.md")).toBe("the new t");
	await device.close();
});

test("[host 10] read drops a byte order mark, size counts bytes, and a time that is no whole number throws (obsidian.md §4, R)", async () => {
	const device = await openRecording(chromium.browser, { files: { "a.md": "\ufeffÜber" } });
	const { text, bytes, failure } = await device.inApp(async ({ app, adapter }) => {
		const file = app.vault.getFileByPath("a.md");
		if (file === null) throw new Error("no file");
		return {
			text: await app.vault.read(file),
			bytes: [file.stat.size, (await app.vault.readBinary(file)).byteLength],
			failure: await adapter.write("a.md", "text", { mtime: 1.5 }).then(String, String),
		};
	});
	expect([text, bytes]).toEqual(["Über", [8, 8]]);
	expect(failure).toContain("whole number");
	expect(await device.readFile("a.md")).toBe("\ufeffÜber");
	await device.close();
});

test("[host 11] the vault's own trash keeps every file of one name (obsidian.md §4, O)", async () => {
	const device = await openRecording(chromium.browser);
	for (const text of ["one", "two", "three"]) {
		await device.writeFile("a.md", text);
		await device.inApp(({ adapter }) => adapter.trashLocal("a.md"));
	}
	const kept = (await device.outside.paths()).filter((path) => path.startsWith(".trash/"));
	expect(kept).toEqual([".trash/a 2.md", ".trash/a 3.md", ".trash/a.md"]);
	expect(String(await device.outside.read(".trash/a 3.md"))).toBe("three");
	await device.close();
});

test("[host 11] trashFile follows the person's setting; without a system's trash the vault's own takes its place (obsidian.md §4, O)", async () => {
	for (const [trash, hasSystem, left, inSystem] of [
		["system", true, [], ["a.md"]],
		["system", false, [".trash/a.md"], []],
		["local", true, [".trash/a.md"], []],
		["none", true, [], []],
	] as const) {
		const device = await openRecording(chromium.browser, { files: { "a.md": "text" }, app: { trash } });
		const kept = await device.inApp(async ({ app, adapter }, has) => {
			if (has) adapter.systemTrash = [];
			const file = app.vault.getFileByPath("a.md");
			if (file === null) throw new Error("no file");
			await app.fileManager.trashFile(file);
			return adapter.systemTrash ?? [];
		}, hasSystem);
		expect(kept).toEqual(inSystem);
		expect((await device.outside.paths()).filter((path) => path.endsWith(".md"))).toEqual(left);
		await device.close();
	}
});
