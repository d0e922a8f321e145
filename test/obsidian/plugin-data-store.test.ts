// The state store in the plugin's data folder, on Obsidian's file layer as the test host plays it.
import { describe, expect, it, vi } from "vitest";
import { PluginDataStore } from "../../src/obsidian/plugin-data-store.ts";
import { stateStoreContract } from "../contracts/state-store.contract.ts";
import { obsidianHost } from "../support/obsidian-host.ts";

vi.mock("../host/page/leaks.ts", () => ({ native: { setTimeout, clearTimeout } }));

const FOLDER = ".obsidian/plugins/psync/state/device";

stateStoreContract("plugin data", () => {
	const { adapter } = obsidianHost();
	return Promise.resolve({
		store: new PluginDataStore(adapter, FOLDER),
		reopen: () => Promise.resolve(new PluginDataStore(adapter, FOLDER)),
		dispose: () => Promise.resolve(),
	});
});

describe("PluginDataStore", () => {
	it("writes below its own folder only, where Obsidian shows nothing", async () => {
		const { adapter, app, fs } = obsidianHost();
		await new PluginDataStore(adapter, FOLDER).write("journal/1", new Uint8Array([1]));
		expect(fs.get(`${FOLDER}/journal/1`)).toMatchObject({ kind: "file" });
		expect(app.vault.getFiles()).toEqual([]);
	});

	it("sees nothing of another device's folder in a copied vault", async () => {
		const { adapter } = obsidianHost();
		await new PluginDataStore(adapter, ".obsidian/plugins/psync/state/other").write("journal/1", new Uint8Array([1]));
		expect(await new PluginDataStore(adapter, FOLDER).list("")).toEqual([]);
	});
});
