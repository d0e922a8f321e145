// Which keys take part on this device now. What does not is kept, told and counted like everything else, and is neither
// observed nor planned nor fetched; the entry says so (`DiskState.leftOut`), and going in and out of it is nobody's act.
// Rules L4–L8 of readme/SPEC.md.
import { isFolder } from "../core/folder.ts";
import { pathKey, type PathKey, type VaultPath } from "../core/path.ts";
import type { OnDisk } from "../core/observe.ts";
import type { Entry, RecordIndex } from "../core/record-index.ts";
import { USUAL_SCOPE, type LeftOut, type Scope } from "../core/scope.ts";
import type { Backlog, Touch } from "./backlog.ts";
import { forEachBounded } from "./bounded.ts";
import type { ScopeSource } from "./ports/scope-source.ts";
import type { RulesAbout } from "./status.ts";
import type { Vault } from "./ports/vault.ts";

export interface ScopeKeeperOptions {
	readonly index: RecordIndex;
	readonly backlog: Backlog;
	readonly vault: Vault;
	/** `undefined`: what takes part where nobody said anything. */
	readonly source: ScopeSource | undefined;
	/** A file is larger than what may take part here: told once, until it takes part again. */
	readonly onTooLarge: (path: VaultPath) => void;
	/** Something may be new at what is too large here, or was until now. */
	readonly onLargeTurn: (key: PathKey) => void;
	/** Other rules count from now on: files that nobody looked at so far may take part. */
	readonly onNewScope: () => void;
	/** Why the rules are not those that the person wrote last; `undefined`: they are. */
	readonly onProblem: (problem: string | undefined, about: RulesAbout | undefined) => void;
}

const STATS_IN_FLIGHT = 16;

export class ScopeKeeper {
	readonly #options: ScopeKeeperOptions;
	readonly #index: RecordIndex;
	readonly #triedOnceMore = new Set<PathKey>();
	readonly #tooLarge = new Map<PathKey, VaultPath>();
	#scope: Scope = USUAL_SCOPE;
	#isFirst = true;
	#problem: string | undefined;

	constructor(options: ScopeKeeperOptions) {
		this.#options = options;
		this.#index = options.index;
	}

	get scope(): Scope {
		return this.#scope;
	}

	/** What is larger than the limit, recorded or not. */
	get tooLarge(): readonly VaultPath[] {
		return [...this.#tooLarge.values()];
	}

	/** Asks what counts now, and marks every key for which that makes a difference. */
	async refresh(): Promise<void> {
		const { source, backlog, onNewScope, onProblem } = this.#options;
		if (source === undefined) return;
		const { scope, problem, about } = await source.current();
		if (problem !== this.#problem) {
			this.#problem = problem;
			onProblem(problem, about);
		}
		// What the last run left out may take part by now, also by what takes part where nobody says anything.
		if (scope === this.#scope && !this.#isFirst) return;
		this.#scope = scope;
		for (const entry of this.#index.entries()) if (this.#mayDiffer(entry)) backlog.mark(entry.key);
		for (const [key, path] of this.#tooLarge) backlog.mark(key, path);
		// The first scan comes after the first rules in any case.
		if (!this.#isFirst) onNewScope();
		this.#isFirst = false;
	}

	/**
	 * Of `batch`, what takes part; of the rest it is written down that it does not. A step that had `begun` there is tried once
	 * more before that: what it left half done must not stay so.
	 */
	async takingPart(
		batch: ReadonlyMap<PathKey, Touch>,
		begun: ReadonlySet<PathKey>,
	): Promise<ReadonlyMap<PathKey, Touch>> {
		const taking = new Map(batch);
		await forEachBounded([...batch], STATS_IN_FLIGHT, async ([key, touch]) => {
			const { spelling, isEmptyFolder } = touch;
			const owner = this.#index.ownerOf(key) ?? key;
			const reason = await this.#reason(owner, key, touch);
			const wasTooLarge = this.#index.get(owner)?.disk.leftOut === "too-large";
			if (reason === "too-large" || wasTooLarge) this.#options.onLargeTurn(owner);
			if (reason === undefined) {
				this.#tooLarge.delete(owner);
				return;
			}
			if (begun.has(key) && !this.#triedOnceMore.delete(key)) {
				this.#triedOnceMore.add(key);
				this.#options.backlog.mark(key, spelling, isEmptyFolder);
				return;
			}
			taking.delete(key);
			this.#leaveOut(owner, reason, spelling);
			for (const each of [owner, key]) {
				this.#options.backlog.clear(each);
				this.#options.backlog.clearExtraLooks(each);
				this.#options.backlog.release(each);
			}
		});
		return taking;
	}

	/** As far as it is known; `now`: what was just seen there. A conflict copy is where its file is. */
	takesPart(key: PathKey, now?: OnDisk): boolean {
		const owner = this.#index.ownerOf(key) ?? key;
		if (this.#index.get(owner)?.disk.leftOut !== undefined || this.#tooLarge.has(owner)) return false;
		return !this.#isOutByRules(owner, isFolder(now)) && !this.#isTooLarge(now?.size);
	}

	#leaveOut(key: PathKey, reason: LeftOut, spelling: VaultPath | undefined): void {
		const entry = this.#index.get(key);
		if (entry !== undefined && entry.disk.leftOut !== reason)
			this.#index.put({ ...entry, disk: { ...entry.disk, leftOut: reason } });
		if (reason !== "too-large") {
			this.#tooLarge.delete(key);
			return;
		}
		const isNew = !this.#tooLarge.has(key);
		const path = entry?.record.siblings[0]?.path ?? spelling ?? (key as string as VaultPath);
		this.#tooLarge.set(key, path);
		if (isNew) this.#options.onTooLarge(path);
	}

	async #reason(owner: PathKey, key: PathKey, { spelling, isEmptyFolder }: Touch): Promise<LeftOut | undefined> {
		const entry = this.#index.get(owner);
		if (this.#isOutByRules(owner, isEmptyFolder)) return "ignored";
		if (this.#scope.maxBytes === undefined) return undefined;
		if (entry !== undefined && this.#hasLargeVersion(entry)) return "too-large";
		const places = new Set([
			spelling ?? (key as string as VaultPath),
			entry?.disk.path ?? (owner as string as VaultPath),
		]);
		for (const place of places) if (this.#isTooLarge(await this.#sizeAt(place))) return "too-large";
		return undefined;
	}

	/** A rule may speak of folders only: so one that stands here, or is to stand here, is asked for as such. */
	#isOutByRules(key: PathKey, isFolderHere: boolean): boolean {
		if (this.#scope.leavesOut(key)) return true;
		const entry = this.#index.get(key);
		const isAnyFolder = isFolderHere || (entry !== undefined && (isFolder(entry.disk) || this.#index.keepsFolder(key)));
		return isAnyFolder && this.#scope.leavesOutFolder(key);
	}

	async #sizeAt(path: VaultPath): Promise<number | undefined> {
		try {
			return (await this.#options.vault.stat(path))?.size;
		} catch {
			// The host cannot say: the look that follows finds out the same, and holds the file.
			return undefined;
		}
	}

	#hasLargeVersion(entry: Entry): boolean {
		const { winner, losers } = this.#index.viewAt(entry);
		return [winner, ...losers].some((version) => this.#isTooLarge(version?.content.size));
	}

	#isTooLarge(size: number | undefined): boolean {
		const { maxBytes } = this.#scope;
		return maxBytes !== undefined && size !== undefined && size > maxBytes;
	}

	/** Cheap, and true for every entry that the scope moves in or out. */
	#mayDiffer(entry: Entry): boolean {
		const { key, disk } = entry;
		if (disk.leftOut === "too-large") return true;
		if (this.#isOutByRules(key, false)) return disk.leftOut === undefined;
		return disk.leftOut !== undefined || this.#isTooLarge(disk.size) || this.#hasLargeVersion(entry);
	}
}

/** Whether a scan has to look at the file at `path`: copies go with their file, whatever their own names match. */
export function isScanned(index: RecordIndex, scope: Scope, path: VaultPath): boolean {
	const key = pathKey(path);
	return index.ownerOf(key) !== undefined || !scope.leavesOut(key);
}
