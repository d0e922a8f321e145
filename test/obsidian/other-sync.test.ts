// What tells that something else keeps the vault's folder the same too, and what does not.
import { expect, it } from "vitest";
import { otherSyncs } from "../../src/obsidian/setup/other-sync.ts";
import type { Traces } from "../../src/obsidian/setup/other-sync.ts";

const nothing: Traces = { place: "", rootNames: [], plugins: [], hasObsidianSync: false };

it.each<[string, Partial<Traces>, readonly string[]]>([
	["nothing", {}, []],
	[
		"an iPhone's cloud",
		{
			place:
				"capacitor://localhost/_capacitor_file_/private/var/mobile/Library/Mobile Documents/iCloud~md~obsidian/Documents/Notes",
		},
		["iCloud"],
	],
	["a Mac's cloud", { place: "app://1f/Users/me/Library/Mobile Documents/com~apple~CloudDocs/Notes" }, ["iCloud"]],
	["iCloud on Windows", { place: "app://1f/C:/Users/me/iCloudDrive/Notes" }, ["iCloud"]],
	["OneDrive at work, with backslashes", { place: "C:\\Users\\me\\OneDrive - Some Firm\\Notes" }, ["OneDrive"]],
	["OneDrive on a Mac", { place: "app://1f/Users/me/Library/CloudStorage/OneDrive-Personal/Notes" }, ["OneDrive"]],
	[
		"a folder that is only called so",
		{ place: "app://1f/home/me/My OneDrive notes/Vault", rootNames: ["OneDrive.md", "iCloud"] },
		[],
	],
	["Syncthing", { rootNames: ["a.md", ".stfolder", ".obsidian"] }, ["Syncthing"]],
	["a note of that name", { rootNames: ["stfolder", ".stfolder.md"] }, []],
	[
		"Nextcloud, twice",
		{ place: "app://1f/home/me/Nextcloud/Notes", rootNames: [".sync_0a1b2c3d4e5f.db"] },
		["Nextcloud"],
	],
	["the app's own", { hasObsidianSync: true }, ["Obsidian Sync"]],
	[
		"plugins that are on",
		{ plugins: ["dataview", "obsidian-git", "remotely-save", "toString"] },
		["Git", "Remotely Save"],
	],
])("[SU7] %s", (_, traces, names) => {
	expect(otherSyncs({ ...nothing, ...traces })).toEqual(names);
});
