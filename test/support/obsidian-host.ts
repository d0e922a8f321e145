// Obsidian's vault in Node: the test host's file layer on a disk in memory, with the little of an App that adapters use.
import type { App, TAbstractFile, TextFileView } from "obsidian";
import type { HostAdapter } from "../host/page/host-adapter.ts";
import { HostAdapter as Adapter } from "../host/page/host-adapter.ts";
import { diskNames } from "../host/page/disk-names.ts";
import { HostVault } from "../host/page/host-vault.ts";
import { MemoryFs } from "../host/page/memory-fs.ts";
import type { PlatformName } from "../host/page/platform.ts";

export interface ObsidianHost {
	readonly app: App;
	readonly fs: MemoryFs;
	readonly adapter: HostAdapter;
	/** The views of all leaves. */
	readonly views: TextFileView[];
}

/** `files` are on the disk before the app opens the vault. */
export function obsidianHost(
	files: Readonly<Record<string, string>> = {},
	platform: PlatformName = "linux",
): ObsidianHost {
	const fs = new MemoryFs(diskNames[platform]);
	fs.mkdir(".obsidian");
	for (const [path, content] of Object.entries(files)) {
		if (path.includes("/")) fs.mkdir(path.slice(0, path.lastIndexOf("/")));
		fs.write(path, new TextEncoder().encode(content));
	}
	const views: TextFileView[] = [];
	const vault = new HostVault("test", (onChange) => new Adapter({ fs, watchdogMs: 60_000, onChange }));
	vault.adapter.load();
	const local = new Map<string, string>();
	const secrets = new Map<string, string>();
	const app = {
		vault,
		fileManager: { trashFile: (file: TAbstractFile) => vault.adapter.trashLocal(file.path) },
		workspace: {
			iterateAllLeaves: (each: (leaf: { view: TextFileView }) => void) => {
				for (const view of views) each({ view });
			},
		},
		loadLocalStorage: (key: string): unknown => JSON.parse(local.get(key) ?? "null"),
		saveLocalStorage: (key: string, data: unknown) => {
			if (data === null) local.delete(key);
			else local.set(key, JSON.stringify(data));
		},
		secretStorage: {
			getSecret: (id: string) => secrets.get(id) ?? null,
			setSecret: (id: string, secret: string) => {
				secrets.set(id, secret);
			},
		},
	};
	return { app: app as unknown as App, fs, adapter: vault.adapter, views };
}
