// Tells what may have changed in a folder: from the operating system's news, and by asking for a scan now and then in any
// case. Every report is a hint to look.
//
// On Linux each folder has a watch of its own, and a folder that is made or moved here is watched, with everything below
// it, before it is reported: what happened in it before is found by the look that follows, what happens later is news.
// (@parcel/watcher 2.6 stays blind below the first level of a folder that was moved, until it is started again.)
// Elsewhere the system itself watches the whole tree.
import { watch } from "node:fs";
import type { FSWatcher } from "node:fs";
import { lstat, readdir, stat } from "node:fs/promises";
import { basename, join, relative, sep } from "node:path";
import { isReservedName, toVaultPath } from "../../src/core/path.ts";
import type { VaultChange } from "../../src/engine/ports/vault.ts";
import { errnoOf, ifThere } from "./errno.ts";

/** News can be lost (queues overflow, network file systems send none): everything is looked at this often. */
const SCAN_INTERVAL_MS = 60_000;
/** The same where there is no news, because the system has no watches left. */
const SCAN_WITHOUT_NEWS_INTERVAL_MS = 5_000;
/** How often to see whether the folder is still the one that is watched: it may be unmounted, moved, put back. */
const PRESENCE_INTERVAL_MS = 2_000;

const SYSTEM_WATCHES_TREES = process.platform === "darwin" || process.platform === "win32";

export interface WatchOptions {
	readonly folder: string;
	/** Names that begin with a dot count too, except those that take part nowhere. */
	readonly hidden: boolean;
	/** Whether a folder was seen at this place before: the news that it is gone concerns everything below. */
	readonly isKnownFolder: (diskPath: string) => boolean;
	readonly onChange: (change: VaultChange) => void;
	readonly onTrouble: (message: string) => void;
}

/** Begins to watch; the returned function ends it. */
export function watchFolder(options: WatchOptions): () => void {
	const watcher = new FolderWatcher(options);
	return () => {
		watcher.end();
	};
}

class FolderWatcher {
	readonly #options: WatchOptions;
	readonly #presence: NodeJS.Timeout;
	/** By path of the folder. */
	readonly #watches = new Map<string, FSWatcher>();
	/** Places that are being looked at; `true`: news came meanwhile, look again. */
	readonly #looks = new Map<string, boolean>();
	#ended = false;
	/** Which folder the watches are for; `undefined`: none is there. */
	#watched: string | undefined;
	#isChecking = false;
	#hasNews = true;
	#lastScan = performance.now();

	constructor(options: WatchOptions) {
		this.#options = options;
		this.#presence = setInterval(() => {
			void this.#check();
		}, PRESENCE_INTERVAL_MS);
		void this.#check();
	}

	end(): void {
		this.#ended = true;
		clearInterval(this.#presence);
		this.#unwatch(this.#options.folder);
	}

	/** Begins anew when the folder is not the one watched so far; asks for a scan when it is time for one. */
	async #check(): Promise<void> {
		if (this.#isChecking) return;
		this.#isChecking = true;
		try {
			const identity = await folderIdentity(this.#options.folder);
			if (identity !== this.#watched) {
				this.#unwatch(this.#options.folder);
				this.#hasNews = true;
				this.#watched = identity;
				if (identity !== undefined) await this.#watch(this.#options.folder);
				// What happened before the news began is found by a scan only.
				this.#scanAll();
			}
		} finally {
			this.#isChecking = false;
		}
		const intervalMs = this.#hasNews ? SCAN_INTERVAL_MS : SCAN_WITHOUT_NEWS_INTERVAL_MS;
		if (performance.now() - this.#lastScan >= intervalMs) this.#scanAll();
	}

	/** Watches `folder` and what is below it now. The watch comes before the look, so nothing falls between them. */
	async #watch(folder: string): Promise<void> {
		if (this.#ended) return;
		try {
			this.#watches.get(folder)?.close();
			const watcher = watch(folder, { recursive: SYSTEM_WATCHES_TREES }, (kind, name) => {
				if (name === null) this.#scanAll();
				else if (name === basename(folder) && !SYSTEM_WATCHES_TREES) void this.#lookAtNamesake(folder);
				else void this.#look(join(folder, name), kind === "rename");
			});
			watcher.on("error", (error) => {
				// The folder is gone; its parent's news, or the check of the root, deals with that.
				this.#options.onTrouble(`a watch ended: ${String(error)}`);
				watcher.close();
			});
			this.#watches.set(folder, watcher);
			if (SYSTEM_WATCHES_TREES) return;
			const entries = (await ifThere(readdir(folder, { withFileTypes: true }))) ?? [];
			const below = entries.filter((entry) => entry.isDirectory() && !this.#isSkipped(entry.name));
			await Promise.all(below.map((entry) => this.#watch(join(folder, entry.name))));
		} catch (error) {
			const errno = errnoOf(error);
			if (errno === undefined) throw error;
			if (errno === "ENOENT" || errno === "ENOTDIR") return;
			// No watches left, or not ours to read: whatever it is, scans go on.
			if (this.#hasNews) this.#options.onTrouble(`no news of some changes, scanning instead: ${String(error)}`);
			this.#hasNews = false;
		}
	}

	/** Ends the watches of `folder` and everything below. */
	#unwatch(folder: string): void {
		for (const [path, watcher] of [...this.#watches]) {
			if (path !== folder && !path.startsWith(folder + sep)) continue;
			watcher.close();
			this.#watches.delete(path);
		}
	}

	/** News of a folder itself, as of the rights to it, comes under its name, as if that were in it. */
	async #lookAtNamesake(folder: string): Promise<void> {
		void this.#look(folder, false);
		const place = join(folder, basename(folder));
		const wasFolder = this.#watches.has(place) || this.#options.isKnownFolder(place);
		if (wasFolder || (await isThere(place))) void this.#look(place, true);
	}

	/** Finds out what is at a place that there is news of, and reports it. */
	async #look(place: string, mayBeNew: boolean): Promise<void> {
		const names = relative(this.#options.folder, place).split(sep);
		if (this.#ended || names.some((name) => this.#isSkipped(name))) return;
		if (this.#looks.has(place)) {
			this.#looks.set(place, true);
			return;
		}
		do {
			this.#looks.set(place, false);
			await this.#report(place, names, mayBeNew);
		} while (this.#looks.get(place) === true && !this.#hasEnded());
		this.#looks.delete(place);
	}

	async #report(place: string, names: readonly string[], mayBeNew: boolean): Promise<void> {
		const isFolder = await isFolderAt(place);
		const wasFolder = this.#watches.has(place) || this.#options.isKnownFolder(place);
		if (mayBeNew && !SYSTEM_WATCHES_TREES) {
			// A watch stays with a folder that is moved away, and would go on to speak of its old place.
			if (wasFolder) this.#unwatch(place);
			if (isFolder) await this.#watch(place);
		}
		const parsed = toVaultPath(names.join("/"));
		if (!parsed.ok) {
			if (parsed.reason === "reserved") return;
			// A name that cannot take part: the look at its folder says so.
			const parent = toVaultPath(names.slice(0, -1).join("/"));
			this.#tell({ kind: "folder", path: parent.ok ? parent.path : undefined });
			return;
		}
		if (isFolder || wasFolder) this.#tell({ kind: "folder", path: parsed.path });
		if (!isFolder) this.#tell({ kind: "file", path: parsed.path });
	}

	#scanAll(): void {
		this.#lastScan = performance.now();
		this.#tell({ kind: "folder", path: undefined });
	}

	#tell(change: VaultChange): void {
		if (!this.#ended) this.#options.onChange(change);
	}

	#isSkipped(name: string): boolean {
		return name.startsWith(".") && (!this.#options.hidden || isReservedName(name));
	}

	#hasEnded(): boolean {
		return this.#ended;
	}
}

async function isThere(diskPath: string): Promise<boolean> {
	try {
		return (await ifThere(lstat(diskPath))) !== undefined;
	} catch (error) {
		// Not ours to read: then the folder above is news enough.
		if (errnoOf(error) !== undefined) return false;
		throw error;
	}
}

async function isFolderAt(diskPath: string): Promise<boolean> {
	try {
		return (await ifThere(lstat(diskPath)))?.isDirectory() === true;
	} catch (error) {
		// Not ours to read: the scan will say so.
		if (errnoOf(error) !== undefined) return false;
		throw error;
	}
}

async function folderIdentity(folder: string): Promise<string | undefined> {
	try {
		const stats = await stat(folder, { bigint: true });
		return stats.isDirectory() ? `${String(stats.dev)}:${String(stats.ino)}` : undefined;
	} catch (error) {
		if (errnoOf(error) !== undefined) return undefined;
		throw error;
	}
}
