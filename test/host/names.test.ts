// How the host writes names in its own form while the disk keeps its own; obsidian.md tells from where each is known.
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium, type HostBrowser } from "./chromium.ts";
import { events, openRecording } from "./sample-device.ts";

const composed = "Caf\u00e9.md";
const decomposed = "Cafe\u0301.md";

let chromium: HostBrowser;
beforeAll(async () => {
	chromium = await launchChromium();
});
afterAll(() => chromium.close());

test("[host 8] a path is composed and has plain spaces in the app, and the disk keeps how it was written (obsidian.md §4, D and O)", async () => {
	const written = ["e\u0301tudes/a\u00a0b.md", decomposed];
	const device = await openRecording(chromium.browser, { files: { [written[0] ?? ""]: "1", [decomposed]: "2" } });
	const shown = ["\u00e9tudes/a b.md", composed];
	expect((await device.list()).map(({ path }) => path)).toEqual(shown.sort());
	for (const path of shown) await device.writeFile(path, "edited");
	await device.writeFile("\u00e9tudes/new.md", "in the folder that is there");
	expect(await events(device)).toEqual([
		`modify ${composed}`,
		"modify \u00e9tudes/a b.md",
		"create \u00e9tudes/new.md",
	]);
	const left = (await device.outside.paths()).filter((path) => path.endsWith(".md"));
	expect(left).toEqual([decomposed, "e\u0301tudes/a\u00a0b.md", "e\u0301tudes/new.md"]);
	expect(String(await device.outside.read(decomposed))).toBe("edited");

	await device.renameFile("\u00e9tudes", "studies");
	await device.deleteFile(composed);
	expect((await device.outside.paths()).filter((path) => path.endsWith(".md"))).toEqual([
		"studies/a\u00a0b.md",
		"studies/new.md",
	]);
	expect((await device.list()).map(({ path }) => path)).toEqual(["studies/a b.md", "studies/new.md"]);
	await device.close();
});

test("[host 8] of two files that differ only in form the app shows one (obsidian.md §4, O)", async () => {
	const device = await openRecording(chromium.browser, { files: { [composed]: "one", [decomposed]: "two" } });
	expect((await device.list()).map(({ path }) => path)).toEqual([composed]);
	await device.writeFile(composed, "edited");
	const both = [await device.outside.read(composed), await device.outside.read(decomposed)].map(String);
	expect(both.filter((text) => text === "edited")).toHaveLength(1);
	await device.close();
});

test("[host 8] a Mac's disk writes names decomposed, and finds them in any form and capital letters (obsidian.md §4, O)", async () => {
	const device = await openRecording(chromium.browser, { platform: "mac", files: { [composed]: "text" } });
	expect((await device.outside.paths()).filter((path) => path.endsWith(".md"))).toEqual([decomposed]);
	expect((await device.list()).map(({ path }) => path)).toEqual([composed]);
	const found = await device.inApp(async ({ app, adapter }, name) => {
		const insensitively = (app.vault as unknown as { getAbstractFileByPathInsensitive(path: string): { path: string } })
			.getAbstractFileByPathInsensitive;
		return {
			insensitive: adapter.insensitive,
			exact: app.vault.getAbstractFileByPath(name)?.path ?? null,
			inTree: insensitively.call(app.vault, name).path,
			onDisk: [await adapter.exists(name), await adapter.exists(name, true)],
			text: await adapter.read(name),
			taken: await app.vault.create(name, "other").then(String, String),
		};
	}, composed.toUpperCase());
	expect(found).toEqual({
		insensitive: true,
		exact: null,
		inTree: composed,
		onDisk: [true, false],
		text: "text",
		taken: expect.stringContaining("already exists") as string,
	});
	await device.close();
});

test("[host 8] where capital letters make no difference, changing them alone is a rename, by the app or another program (obsidian.md §4, O)", async () => {
	const device = await openRecording(chromium.browser, { platform: "win", files: { "a.md": "1", "b.md": "2" } });
	await device.renameFile("a.md", "A.md");
	expect(await events(device)).toEqual(["rename a.md > A.md"]);
	await device.outside.rename("b.md", "B.md");
	await device
		.frame()
		.waitForFunction(() => (window as unknown as { events: string[] }).events.includes("delete b.md"));
	expect(await events(device)).toEqual(["create B.md", "delete b.md"]);
	expect((await device.list()).map(({ path }) => path)).toEqual(["A.md", "B.md"]);
	await device.close();
});

test("[host 8] where capital letters count, a name in other ones is another file's (obsidian.md §4, O)", async () => {
	const device = await openRecording(chromium.browser, { files: { "a.md": "1", "A.md": "2" } });
	const seen = await device.inApp(async ({ adapter }) => [
		String(adapter.insensitive),
		await adapter.read("A.md"),
		await adapter.rename("a.md", "A.md").then(String, String),
	]);
	expect(seen).toEqual(["false", "2", expect.stringContaining("already exists")]);
	await device.close();
});
