// The copies of settings that the engine has in place of the app's files, over crashes; the vault around them; and what takes part.
import { afterEach, describe, expect, it, vi } from "vitest";
import { contentHashFromBytes, type ContentHash } from "../../src/core/hash.ts";
import { pathKey, type VaultPath } from "../../src/core/path.ts";
import { chosenScope, NO_CHOICES } from "../../src/core/scope-choices.ts";
import { parseScope } from "../../src/core/scope-rules.ts";
import type { Scope } from "../../src/core/scope.ts";
import { ObsidianVault } from "../../src/obsidian/obsidian-vault.ts";
import { MirroredVault } from "../../src/obsidian/settings-sync/mirrored-vault.ts";
import { SETTINGS_KINDS, type SettingsKind } from "../../src/obsidian/settings-sync/settings-kinds.ts";
import { SettingsMirror } from "../../src/obsidian/settings-sync/settings-mirror.ts";
import { scopeWithSettings } from "../../src/obsidian/settings-sync/settings-scope.ts";
import { World } from "../simulation/world.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { nodeCryptoDigest } from "../support/node-crypto-digest.ts";
import { obsidianHost } from "../support/obsidian-host.ts";

vi.mock("../host/page/leaks.ts", () => ({ native: { setTimeout, clearTimeout } }));

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const hashOf = (text: string): ContentHash =>
	contentHashFromBytes(nodeCryptoDigest.sha256(bytesOf(text))) as ContentHash;
const HOTKEYS = testPath(".obsidian/hotkeys.json");
const KEY = pathKey(HOTKEYS);

async function textIn(mirror: SettingsMirror, path: VaultPath = HOTKEYS): Promise<string | undefined> {
	const found = await mirror.read(pathKey(path));
	return found && new TextDecoder().decode(found.bytes);
}

describe("SettingsMirror", () => {
	it("[OS3] has what was written last after a restart, and writes nothing over what is something else by now", async () => {
		const store = new MemoryStore();
		const mirror = await SettingsMirror.open(store, nodeCryptoDigest);
		expect(await mirror.putIf(HOTKEYS, undefined, bytesOf("one"), 5)).toMatchObject({ kind: "replaced" });
		const first = mirror.get(KEY)?.stat;
		expect(await mirror.putIf(HOTKEYS, undefined, bytesOf("two"), 5)).toEqual({ kind: "changed" });
		expect(await mirror.putIf(HOTKEYS, hashOf("one"), bytesOf("two"), 5)).toMatchObject({ kind: "replaced" });
		expect(mirror.get(KEY)?.stat.token).not.toBe(first?.token);
		expect((await store.list("")).length).toBe(1);
		const again = await SettingsMirror.open(store, nodeCryptoDigest);
		expect([await textIn(again), again.get(KEY)?.stat]).toEqual(["two", mirror.get(KEY)?.stat]);
		expect(await again.dropIf(HOTKEYS, hashOf("one"))).toEqual({ kind: "changed" });
		expect(await again.dropIf(HOTKEYS, hashOf("two"))).toEqual({ kind: "removed" });
		expect((await SettingsMirror.open(store, nodeCryptoDigest)).files).toEqual([]);
	});

	it("[OS3] has the text from before or the new one, wherever a crash cuts the write off", async () => {
		const length = 160;
		for (let cut = 0; cut <= length; cut += 8) {
			const store = new MemoryStore();
			const mirror = await SettingsMirror.open(store, nodeCryptoDigest);
			await mirror.putIf(HOTKEYS, undefined, bytesOf("one"), 1);
			const died = new Promise<void>((resolve) => {
				store.crashInNextWrite(cut, resolve);
			});
			void mirror.putIf(HOTKEYS, hashOf("one"), bytesOf("x".repeat(40)), 1);
			await died;
			const again = await SettingsMirror.open(store.afterCrash(), nodeCryptoDigest);
			expect(["one", "x".repeat(40)]).toContain(await textIn(again));
		}
	});
});

describe("MirroredVault", () => {
	async function bench(): Promise<{
		vault: MirroredVault;
		mirror: SettingsMirror;
		host: ReturnType<typeof obsidianHost>;
	}> {
		const host = obsidianHost({ "note.md": "note", ".obsidian/hotkeys.json": "the app's own" });
		const own = new ObsidianVault({
			...{ app: host.app, digest: nodeCryptoDigest, platform: "posix", registerEvent: () => undefined },
		});
		const mirror = await SettingsMirror.open(new MemoryStore(), nodeCryptoDigest);
		return { vault: new MirroredVault(own, mirror), mirror, host };
	}

	it("[OS3] writes, reads and removes settings in the mirror alone: the app's own file stays as it is", async () => {
		const { vault, host } = await bench();
		const told: string[] = [];
		vault.watch((change) => told.push(String(change.path)));
		expect(await vault.read(HOTKEYS)).toBeUndefined();
		expect(await vault.replaceIf(HOTKEYS, undefined, bytesOf("theirs"), 7)).toMatchObject({ kind: "replaced" });
		expect((await vault.read(HOTKEYS))?.bytes).toEqual(bytesOf("theirs"));
		expect(await host.adapter.read(".obsidian/hotkeys.json")).toBe("the app's own");
		expect(await vault.removeIf(HOTKEYS, hashOf("theirs"))).toEqual({ kind: "removed" });
		expect(await host.adapter.read(".obsidian/hotkeys.json")).toBe("the app's own");
		expect(told).toEqual([HOTKEYS, HOTKEYS]);
	});

	it("[OS3] lists the mirror's folders beside the notes, which are the app's", async () => {
		const { vault } = await bench();
		const theme = testPath(".obsidian/themes/Minimal/theme.css");
		await vault.replaceIf(HOTKEYS, undefined, bytesOf("{}"), 7);
		await vault.replaceIf(theme, undefined, bytesOf("a {}"), 7);
		const names = async (folder?: string): Promise<readonly string[]> =>
			(await vault.list(folder === undefined ? undefined : testPath(folder)))
				.map((entry) => (entry.kind === "foreign" ? entry.name : `${entry.kind} ${entry.path}`))
				.toSorted();
		expect(await names()).toEqual(["file note.md", "folder .obsidian"]);
		expect(await names(".obsidian")).toEqual([`file ${HOTKEYS}`, "folder .obsidian/themes"]);
		expect(await names(".obsidian/themes/Minimal")).toEqual([`file ${theme}`]);
		expect(await vault.folderAt(testPath(".obsidian/themes"))).toBe("filled");
		expect(await vault.folderAt(testPath(".obsidian/snippets"))).toBeUndefined();
	});

	it("[OS3] a file that another device moved between notes and settings comes along, and nothing is overwritten", async () => {
		const { vault, host } = await bench();
		const snippet = testPath(".obsidian/snippets/a.css");
		expect(await vault.rename(testPath("note.md"), snippet, hashOf("note"))).toMatchObject({ kind: "renamed" });
		expect(await host.adapter.exists("note.md")).toBe(false);
		await vault.replaceIf(testPath("note.md"), undefined, bytesOf("another"), 7);
		expect(await vault.rename(snippet, testPath("note.md"), hashOf("note"))).toEqual({ kind: "changed" });
		expect((await vault.read(snippet))?.bytes).toEqual(bytesOf("note"));
	});
});

describe("what takes part where settings sync", () => {
	const worlds: World[] = [];
	afterEach(async () => {
		for (const world of worlds.splice(0)) await world.stop();
	});

	function scopeOf(kinds: readonly SettingsKind[] | "all hidden", rules = ""): Scope {
		const parsed = parseScope({ rules, hidden: true });
		if (!parsed.ok) throw new Error(parsed.problem.reason);
		return kinds === "all hidden" ? parsed.scope : scopeWithSettings(parsed.scope, chosenScope(NO_CHOICES), kinds);
	}

	it("[OS2] rules leave out settings too; what was chosen for notes does not", () => {
		const parsed = parseScope({ rules: "hotkeys.json", hidden: true });
		if (!parsed.ok) throw new Error(parsed.problem.reason);
		const chosen = chosenScope({ ...NO_CHOICES, onlyIn: [testPath("Notes")], notOf: ["others"] });
		const scope = scopeWithSettings(parsed.scope, chosen, SETTINGS_KINDS);
		const out = (path: string): boolean => scope.leavesOut(pathKey(testPath(path)));
		expect(
			[HOTKEYS, ".obsidian/app.json", "Other/a.md", "Notes/a.md", "Notes/a.zip", ".other/app.json"].map(out),
		).toEqual([true, false, true, false, true, true]);
	});

	it("[OS2] what a hostile device puts beside settings is written nowhere; a folder synced with hidden files has the same settings", async () => {
		const scopes: Readonly<Record<string, Scope>> = {
			daemon: scopeOf("all hidden"),
			laptop: scopeOf(SETTINGS_KINDS),
			phone: scopeOf([]),
		};
		const world = new World({
			...{ seed: 1, names: Object.keys(scopes) },
			scope: (name) => ({
				current: () => Promise.resolve({ scope: scopes[name] as Scope, problem: undefined }),
				watch: () => () => undefined,
			}),
		});
		worlds.push(world);
		const files = (name: string): readonly string[] => [...world.device(name).vault.files().keys()].toSorted();
		const { vault } = world.device("daemon");
		for (const path of [
			".obsidian/plugins/x/main.js",
			".obsidian/plugins/x/manifest.json",
			".obsidian/plugins/x/data.json",
			".obsidian/plugins/x.plugin",
			".obsidian/plugins/psync.plugin",
			".obsidian/workspace.json",
			".obsidian/themes/X/main.js",
			".hidden/settings.json",
			".obsidian/themes/X/theme.css",
			".obsidian/appearance.json",
			"note.md",
		])
			vault.save(path, path);
		world.device("laptop").vault.save(".obsidian/app.json", "{}");
		world.device("phone").vault.save(".obsidian/hotkeys.json", "{}");
		await world.start();
		await world.clock.advance(30_000);
		const shared = [
			...[".obsidian/app.json", ".obsidian/appearance.json", ".obsidian/plugins/x.plugin"],
			...[".obsidian/themes/X/theme.css", "note.md"],
		];
		expect(files("laptop")).toEqual(shared);
		expect(files("phone")).toEqual([".obsidian/hotkeys.json", "note.md"]);
		expect(files("daemon")).toContain(".obsidian/app.json");
		expect(files("daemon")).not.toContain(".obsidian/hotkeys.json");
		for (const name of ["laptop", "phone", "daemon"]) expect(world.device(name).engine.status().phase).toBe("in-sync");
	});
});
