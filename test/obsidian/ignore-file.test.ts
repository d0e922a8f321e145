// The file of rules in a vault of Obsidian's.
import { describe, expect, it, vi } from "vitest";
import { pathKey } from "../../src/core/path.ts";
import { IgnoreRules } from "../../src/engine/ignore-rules.ts";
import { ObsidianIgnoreFile } from "../../src/obsidian/ignore-file.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { obsidianHost, type ObsidianHost } from "../support/obsidian-host.ts";

// The page's bookkeeping of leaks needs a browser; its plain timers are all that the file layer takes from it.
vi.mock("../host/page/leaks.ts", () => ({ native: { setTimeout, clearTimeout } }));

const fileIn = (host: ObsidianHost): ObsidianIgnoreFile => new ObsidianIgnoreFile(host.adapter, ".obsidian");

describe("ObsidianIgnoreFile", () => {
	it("[L10] is read again when it was written, made or removed", async () => {
		const host = obsidianHost({ ".psyncignore": "a.md" });
		const file = fileIn(host);
		const clock = new ManualClock();
		const rules = await IgnoreRules.open({ file, store: new MemoryStore(), clock });
		const leavesOut = async (path: string): Promise<boolean> =>
			(await rules.current()).scope.leavesOut(pathKey(testPath(path)));
		expect([await leavesOut("a.md"), await leavesOut("b.md")]).toEqual([true, false]);
		await host.adapter.write(".psyncignore", "a.md\nb.md");
		expect([await leavesOut("a.md"), await leavesOut("b.md")]).toEqual([true, true]);
		await host.adapter.remove(".psyncignore");
		await leavesOut("a.md");
		await clock.advance(2_000);
		expect([await leavesOut("a.md"), await leavesOut("b.md")]).toEqual([false, false]);
	});

	it("[L2] says nothing about a vault that is not there", async () => {
		const host = obsidianHost();
		expect(await fileIn(host).stamp()).toBeUndefined();
		host.fs.remove(".obsidian");
		await expect(fileIn(host).stamp()).rejects.toThrow("not there");
	});

	it("[L14] is written for a person, tells of that, and takes the place of nothing that came meanwhile", async () => {
		const host = obsidianHost();
		const file = fileIn(host);
		let told = 0;
		file.watch(() => {
			told++;
		});
		expect(await file.text()).toBe("");
		expect(await file.replace("", "a.md\n")).toBe(true);
		expect([await file.text(), told]).toEqual(["a.md\n", 1]);
		await host.adapter.write(".psyncignore", "b.md\n");
		expect(await file.replace("a.md\n", "c.md\n")).toBe(false);
		expect([await file.text(), told]).toEqual(["b.md\n", 1]);
		host.fs.remove(".psyncignore");
		host.fs.remove(".obsidian");
		await expect(file.replace("b.md\n", "c.md\n")).rejects.toThrow("not there");
	});
});
