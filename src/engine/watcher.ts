// From what the vault reports, and from looking at all of it, to keys the replica should look at. Debounces per path, scans
// level by level from the root, and gives every absence that nobody reported a second look. Rules W1–W5, W8, B2 of readme/SPEC.md.
import { isFolder, isOtherNameBeside } from "../core/folder.ts";
import { parentPath, pathKey, type PathKey, type VaultPath } from "../core/path.ts";
import type { RecordIndex } from "../core/record-index.ts";
import { forEachBounded } from "./bounded.ts";
import { folderAsSpelled } from "./folder-name.ts";
import { delay, type Clock } from "./ports/clock.ts";
import type { Log } from "./ports/log.ts";
import { OffloadedError, type Vault, type VaultChange, type VaultEntry } from "./ports/vault.ts";
import type { Replica } from "./replica.ts";
import { isScanned } from "./scope-keeper.ts";

export interface WatcherOptions {
	readonly vault: Vault;
	readonly clock: Clock;
	readonly log: Log;
	readonly replica: Replica;
	readonly debounceMs: number;
	/** What takes no part, and why. */
	readonly onForeign: (name: string, reason: string) => void;
	/** These are gone, or take part. */
	readonly onForeignOver: (names: readonly string[]) => void;
	/** Whether the vault's own folder is there: told with each scan. */
	readonly onPresence: (isPresent: boolean) => void;
}

/** A path that is written all the time is looked at this often all the same. */
const DEBOUNCE_MAX_MS = 1_000;
/** Between the first and the second look at an absence that nobody reported. */
const ABSENCE_GRACE_MS = 1_000;
/** Between the two reports of a rename. */
const RENAME_GRACE_MS = 50;
const GRACES_MAX = 10;
const FOLDERS_IN_FLIGHT = 8;
const STATS_IN_FLIGHT = 16;

/** What a first look found that one look does not prove. */
interface Missed {
	/** Recorded, and not there. */
	readonly absent: VaultPath[];
	/** Folders that are not recorded, and in which there is nothing. */
	readonly emptied: VaultPath[];
}

interface Pending {
	readonly path: VaultPath;
	readonly firstAt: number;
	dueAt: number;
}

export class Watcher {
	readonly #options: WatcherOptions;
	#debounceMs: number;
	readonly #pending = new Map<PathKey, Pending>();
	/** Reported file events being checked by `stat` now. */
	readonly #checks = new Set<Promise<void>>();
	/** Reported files that are not there, and not yet told of. */
	readonly #gone = new Set<VaultPath>();
	#telling: Promise<void> | undefined;
	/** In a cloud, or behind a link, and not told of. */
	readonly #elsewhere = new Set<VaultPath>();
	/** Met, taking no part, by the names they were told with. */
	readonly #foreign = new Set<string>();
	readonly #aborter = new AbortController();
	#cancelTimer: (() => void) | undefined;
	#unwatch: (() => void) | undefined;
	#scanning: Promise<void> = Promise.resolve();
	/** Folders to scan, `undefined`: the root. */
	readonly #scansWanted = new Set<VaultPath | undefined>();
	#suspicious = new Map<PathKey, VaultPath>();
	/** Folders that may have nothing in them any more. */
	readonly #emptied = new Map<PathKey, VaultPath>();
	#secondLook: Promise<void> | undefined;

	constructor(options: WatcherOptions) {
		this.#options = options;
		this.#debounceMs = options.debounceMs;
	}

	start(): void {
		this.#unwatch ??= this.#options.vault.watch((change) => {
			this.#onChange(change);
		});
	}

	async stop(): Promise<void> {
		this.#unwatch?.();
		this.#cancelTimer?.();
		this.#aborter.abort(new Error("stopped"));
		await Promise.allSettled([this.#scanning, this.#secondLook, ...this.#checks]);
	}

	setDebounce(debounceMs: number): void {
		this.#debounceMs = debounceMs;
	}

	/** Looks at everything, waits for second looks, and for the replica to record what was found. */
	async scan(): Promise<void> {
		const run = async (): Promise<void> => {
			await this.#options.vault.isOtherFolder?.();
			await this.#flushPending();
			// What a person wrote about what takes part counts for this scan.
			this.#options.replica.noticeScope();
			this.#options.replica.loops.endWaits();
			await this.#options.replica.idle();
			const missed = await this.#look(undefined);
			await this.#options.replica.idle();
			await this.#lookAgain(missed, false);
			await this.#secondLook;
			await this.#options.replica.idle();
			await this.#options.replica.trustFolder();
		};
		this.#scanning = this.#scanning.then(run, run);
		await this.#scanning;
	}

	/** Recorded files are gone and nobody said so: they count as deleted only after a second look. */
	suspect(paths: readonly VaultPath[]): void {
		for (const path of paths) this.#suspicious.set(pathKey(path), path);
		this.#secondLook ??= this.#lookAtSuspicious().finally(() => {
			this.#secondLook = undefined;
			if (this.#suspicious.size + this.#emptied.size > 0 && !this.#aborter.signal.aborted) this.suspect([]);
		});
	}

	/** Its last file or folder may be gone: then it stays, empty, for whoever made room in it. */
	#suspectFolder(folder: VaultPath | undefined): void {
		if (folder === undefined || this.#isRecordedFolder(folder)) return;
		this.#emptied.set(pathKey(folder), folder);
		this.suspect([]);
	}

	#onChange(change: VaultChange): void {
		const { replica } = this.#options;
		if (change.kind === "folder") {
			if (change.path === undefined || !replica.scope.leavesOutFolder(change.path)) this.wantScan(change.path);
			if (change.path !== undefined) this.#suspectFolder(parentPath(change.path));
			return;
		}
		if (!isScanned(replica.index, replica.scope, change.path)) return;
		const now = this.#options.clock.monotonic();
		const key = pathKey(change.path);
		const firstAt = this.#pending.get(key)?.firstAt ?? now;
		const dueAt = Math.min(now + this.#debounceMs, firstAt + Math.max(DEBOUNCE_MAX_MS, this.#debounceMs));
		this.#pending.set(key, { path: change.path, firstAt, dueAt });
		this.#arm();
	}

	#arm(): void {
		if (this.#cancelTimer !== undefined || this.#pending.size === 0 || this.#aborter.signal.aborted) return;
		let next = Infinity;
		for (const { dueAt } of this.#pending.values()) next = Math.min(next, dueAt);
		const wait = Math.max(0, next - this.#options.clock.monotonic());
		this.#cancelTimer = this.#options.clock.schedule(wait, () => {
			this.#cancelTimer = undefined;
			const now = this.#options.clock.monotonic();
			const due = [...this.#pending].filter(([, { dueAt }]) => dueAt <= now);
			for (const [key] of due) this.#pending.delete(key);
			this.#check(due.map(([, { path }]) => path));
			this.#arm();
		});
	}

	async #flushPending(): Promise<void> {
		const paths = [...this.#pending.values()].map(({ path }) => path);
		this.#pending.clear();
		if (paths.length > 0) this.#check(paths);
		await Promise.all(this.#checks);
	}

	/** An event alone proves nothing: `stat` says whether the file is gone. */
	#check(paths: readonly VaultPath[]): void {
		const check = this.#checkNow(paths).finally(() => this.#checks.delete(check));
		this.#checks.add(check);
	}

	async #checkNow(paths: readonly VaultPath[]): Promise<void> {
		const gone: VaultPath[] = [];
		await forEachBounded(paths, STATS_IN_FLIGHT, async (path) => {
			if (await this.#isGone(path)) gone.push(path);
			else this.#touch(path, false);
			if (this.#foreign.has(path) && !(await this.#isTaken(path))) this.#foreignOver([path]);
		});
		if (gone.length === 0) return;
		for (const path of gone) this.#gone.add(path);
		// Renamed, perhaps: then news of the other name is under way, and the replica deals with both at once.
		this.#telling ??= this.#tellGone(paths.length > 1 || this.#pending.size > 0);
		await this.#telling;
	}

	/** Tells in one go of all that is gone when no more comes: how much it is counts, and what was only renamed. */
	async #tellGone(isOneOfMany: boolean): Promise<void> {
		const { clock } = this.#options;
		const { signal } = this.#aborter;
		while (this.#gone.size > 0) {
			for (let turn = 0, seen = 0; isOneOfMany && seen < this.#gone.size && turn < GRACES_MAX; turn++) {
				seen = this.#gone.size;
				await delay(clock, RENAME_GRACE_MS, signal).catch(() => undefined);
			}
			const paths = [...this.#gone];
			this.#gone.clear();
			const gone = new Set<VaultPath>();
			await forEachBounded(paths, STATS_IN_FLIGHT, async (path) => {
				if (await this.#isGone(path)) gone.add(path);
			});
			for (const path of paths) this.#touch(path, gone.has(path));
			for (const path of gone) this.#suspectFolder(parentPath(path));
		}
		this.#telling = undefined;
	}

	/** Soon, and once for all who ask until it begins. */
	wantScan(folder?: VaultPath): void {
		if (this.#aborter.signal.aborted) return;
		const isFirst = this.#scansWanted.size === 0;
		this.#scansWanted.add(folder);
		if (!isFirst) return;
		const run = async (): Promise<void> => {
			const wanted = [...this.#scansWanted];
			this.#scansWanted.clear();
			const isAll = wanted.includes(undefined);
			const missed: Missed = { absent: [], emptied: [] };
			for (const each of isAll ? [undefined] : wanted) {
				const { absent, emptied } = await this.#look(each);
				missed.absent.push(...absent);
				missed.emptied.push(...emptied);
			}
			// Somebody told of that folder.
			await this.#lookAgain(missed, !isAll);
		};
		this.#scanning = this.#scanning.then(run, run);
		this.#scanning.catch((error: unknown) => {
			if (!this.#aborter.signal.aborted) this.#options.log.write("error", "a scan failed", { cause: String(error) });
		});
	}

	/** One pass below `folder`: touches what differs, returns what only a second look can tell. */
	async #look(folder: VaultPath | undefined): Promise<Missed> {
		const { vault, replica, log } = this.#options;
		replica.noticeScope();
		const isPresent = await vault.isPresent();
		this.#options.onPresence(isPresent);
		if (!isPresent) {
			log.write("warn", "the vault's folder is not there");
			return { absent: [], emptied: [] };
		}
		const present = new Set<PathKey>();
		const emptied: VaultPath[] = [];
		const foreign = new Set<string>();
		let level: (VaultPath | undefined)[] = [folder];
		while (level.length > 0) {
			this.#aborter.signal.throwIfAborted();
			const below: VaultPath[] = [];
			await forEachBounded(level, FOLDERS_IN_FLIGHT, async (next) => {
				const entries = await this.#list(next, foreign);
				for (const entry of entries ?? []) this.#meet(entry, present, below, foreign);
				if (next !== undefined && entries?.length === 0 && !this.#isRecordedFolder(next)) emptied.push(next);
			});
			level = below;
		}
		const isBelow = (name: string): boolean => folder === undefined || name === folder || name.startsWith(`${folder}/`);
		this.#foreignOver([...this.#foreign].filter((name) => isBelow(name) && !foreign.has(name)));
		if (folder !== undefined && this.#isRecordedFolder(folder) && (await this.#folderAt(folder)) !== undefined)
			this.#meetRecordedFolder(await folderAsSpelled(vault, folder), present);
		const isNews = (key: PathKey): boolean => !present.has(key) && !replica.deletions.isHeldAbsence(key);
		const absent = recordedAtOrBelow(replica.index, folder).filter((path) => isNews(pathKey(path)));
		return { absent, emptied };
	}

	/** A folder that cannot be read hides its files: they get a second look, which asks for each by itself. */
	async #list(folder: VaultPath | undefined, foreign: Set<string>): Promise<readonly VaultEntry[] | undefined> {
		try {
			return await this.#options.vault.list(folder);
		} catch (error) {
			if (folder === undefined) throw error;
			this.#options.log.write("warn", "cannot read a folder", { path: folder, cause: String(error) });
			this.#meetForeign(folder, "unreadable", foreign);
			return undefined;
		}
	}

	#meetForeign(name: string, reason: string, foreign: Set<string>): void {
		foreign.add(name);
		this.#foreign.add(name);
		this.#options.onForeign(name, reason);
	}

	#foreignOver(names: readonly string[]): void {
		for (const name of names) this.#foreign.delete(name);
		if (names.length > 0) this.#options.onForeignOver(names);
	}

	#meet(entry: VaultEntry, present: Set<PathKey>, below: VaultPath[], foreign: Set<string>): void {
		switch (entry.kind) {
			case "folder":
				if (this.#isRecordedFolder(entry.path)) this.#meetRecordedFolder(entry.path, present);
				if (!this.#options.replica.scope.leavesOutFolder(entry.path)) below.push(entry.path);
				return;
			case "foreign":
				this.#meetForeign(entry.name, entry.reason, foreign);
				return;
			case "file": {
				const key = pathKey(entry.path);
				present.add(key);
				const { replica } = this.#options;
				if (!isScanned(replica.index, replica.scope, entry.path)) return;
				if (this.#isNews(key, entry) || replica.deletions.isHeldAbsence(key)) {
					replica.touch(entry.path, { gone: false });
				}
			}
		}
	}

	#meetRecordedFolder(path: VaultPath, present: Set<PathKey>): void {
		const { replica } = this.#options;
		const key = pathKey(path);
		const recorded = replica.index.get(key)?.disk.path;
		// Of two that a disk tells apart, only one can be meant.
		const isRespelled = recorded !== undefined && isOtherNameBeside(recorded, path) && !present.has(key);
		present.add(key);
		if (isRespelled) replica.touch(path, { gone: false, isEmptyFolder: true });
	}

	/** Whether the file is not as the books have it, by what the host says of it without reading it. */
	#isNews(key: PathKey, { path, stat }: Extract<VaultEntry, { kind: "file" }>): boolean {
		const { index } = this.#options.replica;
		const recorded = index.get(key)?.disk.path;
		const isRespelled = recorded !== undefined && recorded !== path;
		return isRespelled || stat.isDecomposed === true || recordedToken(index, key) !== stat.token;
	}

	async #lookAgain({ absent, emptied }: Missed, isReported: boolean): Promise<void> {
		const { vault, clock, replica } = this.#options;
		if (absent.length + emptied.length === 0) return;
		// A folder that is there when a vault is looked at for the first time is not about to be filled.
		if (absent.length > 0 || !replica.index.state.importing) await delay(clock, ABSENCE_GRACE_MS, this.#aborter.signal);
		// When all of it is gone, the replica finds out so and waits; nothing may be left without an answer.
		const isPresent = await vault.isPresent();
		const gone = new Set<VaultPath>();
		await forEachBounded(absent, STATS_IN_FLIGHT, async (path) => {
			if (isPresent && (await this.#isGone(path))) gone.add(path);
		});
		for (const path of absent) this.#touch(path, gone.has(path), isReported);
		await forEachBounded(emptied, STATS_IN_FLIGHT, async (path) => {
			if (isPresent && (await this.#folderAt(path)) === "empty")
				replica.touch(await folderAsSpelled(vault, path), { gone: false, isEmptyFolder: true });
		});
	}

	#isRecordedFolder(path: VaultPath): boolean {
		return isFolder(this.#options.replica.index.get(pathKey(path))?.disk);
	}

	/** `unknown`: the host cannot say. */
	async #folderAt(path: VaultPath): Promise<"empty" | "filled" | "unknown" | undefined> {
		try {
			return await this.#options.vault.folderAt(path);
		} catch (error) {
			this.#options.log.write("warn", "cannot look at a folder", { path, cause: String(error) });
			return "unknown";
		}
	}

	/** What is only in a cloud, or behind a link, is neither gone nor changed: it is looked at when it is back. */
	#touch(path: VaultPath, gone: boolean, isReported = true): void {
		if (!this.#elsewhere.delete(path)) this.#options.replica.touch(path, { gone, isReported });
	}

	async #isTaken(path: VaultPath): Promise<boolean> {
		// What the host cannot say, the next scan does.
		return (await this.#options.vault.isTaken?.(path).catch(() => true)) === true;
	}

	async #isGone(path: VaultPath): Promise<boolean> {
		try {
			const { vault } = this.#options;
			if ((await vault.stat(path)) !== undefined) return false;
			if ((await vault.isTaken?.(path)) === true) {
				this.#elsewhere.add(path);
				return false;
			}
			return !this.#isRecordedFolder(path) || (await this.#folderAt(path)) === undefined;
		} catch (error) {
			if (error instanceof OffloadedError) {
				this.#elsewhere.add(path);
				return false;
			}
			// The host cannot say: then it is not gone, and the replica sees for itself that it cannot be read.
			this.#options.log.write("warn", "cannot look at a file", { path, cause: String(error) });
			return false;
		}
	}

	async #lookAtSuspicious(): Promise<void> {
		const missed = { absent: [...this.#suspicious.values()], emptied: [...this.#emptied.values()] };
		this.#suspicious.clear();
		this.#emptied.clear();
		try {
			await this.#lookAgain(missed, false);
		} catch (error) {
			if (!this.#aborter.signal.aborted)
				this.#options.log.write("error", "a second look failed", { cause: String(error) });
		}
	}
}

/** What the index says this disk shows at `folder` or below it, conflict copies included. */
function recordedAtOrBelow(index: RecordIndex, folder: VaultPath | undefined): VaultPath[] {
	const folderKey = folder === undefined ? undefined : pathKey(folder);
	const isAtOrBelow = (path: VaultPath): boolean => {
		if (folderKey === undefined) return true;
		for (let up: VaultPath | undefined = path; up !== undefined; up = parentPath(up)) {
			if (pathKey(up) === folderKey) return true;
		}
		return false;
	};
	const paths: VaultPath[] = [];
	for (const { disk } of index.entries()) {
		if (disk.leftOut !== undefined) continue;
		if (disk.hash !== undefined && disk.path !== undefined) paths.push(disk.path);
		for (const copy of disk.copies) paths.push(copy.path);
	}
	return paths.filter(isAtOrBelow);
}

function recordedToken(index: RecordIndex, key: PathKey): string | undefined {
	const owner = index.ownerOf(key);
	if (owner === undefined) return index.get(key)?.disk.token;
	return index.get(owner)?.disk.copies.find((copy) => pathKey(copy.path) === key)?.token;
}
