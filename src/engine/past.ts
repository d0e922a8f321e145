// The way back: one version restored, or a whole batch undone, as acts of a person that all devices follow.
// Rules H7, H8, U1–U9 of readme/SPEC.md.
import type { ContentHash } from "../core/hash.ts";
import { recordRestored } from "../core/recorded-acts.ts";
import { parsePath, pathKey, type VaultPath } from "../core/path.ts";
import { batchesOf, type Batch, type Change } from "./batches.ts";
import type { ContentExchange } from "./content-exchange.ts";
import { keepContent } from "./contents.ts";
import { versionsOf, type KeptVersion } from "./history.ts";
import type { Content } from "./history-lists.ts";
import { contentAt, heldReason, isLeftOut, lookAt, obstacleAt } from "./person-acts.ts";
import type { Clock } from "./ports/clock.ts";
import type { Vault } from "./ports/vault.ts";
import type { Replica } from "./replica.ts";
import { resolveConflict, standingAt, type Resolution, type Resolved } from "./resolving.ts";

export interface PastOptions {
	readonly replica: Replica;
	readonly vault: Vault;
	readonly clock: Clock;
	readonly exchange: ContentExchange;
}

export type Restored =
	| { readonly kind: "restored"; readonly path: VaultPath }
	/** The file is as it was. */
	| { readonly kind: "same"; readonly path: VaultPath }
	/** Nothing was changed, or (`held`) it is recorded and cannot be written here now. */
	| {
			readonly kind: "refused";
			readonly reason:
				| "no-version"
				| "not-kept"
				| "bad-path"
				| "left-out"
				| "folder-there"
				| "file-above"
				| "held"
				/** What another device made of it came in between, and was not what the person looked at. */
				| "changed-since"
				/** It would be an act, and this device makes none. */
				| "receive-only";
			readonly detail: string;
	  };

export interface Undone {
	readonly batch: string;
	readonly restored: readonly VaultPath[];
	readonly removed: readonly VaultPath[];
	readonly left: readonly {
		readonly path: VaultPath;
		readonly reason: "changed-since" | "left-out" | "not-kept" | "held" | "receive-only";
	}[];
}

/** What undoing would do with one path, as things are now. */
export type UndoStep = {
	readonly path: VaultPath;
	/** What stands there after the batch, as far as it has come by now; `undefined`: no file. */
	readonly after?: ContentHash | undefined;
} & (
	| /** It is there again, has the text it had before, or is gone again. */
	  { readonly kind: "back" | "earlier" | "removed" }
	| { readonly kind: "left"; readonly reason: Undone["left"][number]["reason"] }
);

export interface Conflict {
	readonly path: VaultPath;
	readonly copy: VaultPath;
	/** Who made the version that the copy shows, and when, for people. */
	readonly author: string;
	readonly atMs: number | undefined;
	/** Who made the one that kept the name. */
	readonly winner: string | undefined;
}

/** For the answers of all devices together, since the last of them came. */
const FETCH_MS = 10_000;
const ACTS_AT_ONCE = 256;

export class Past {
	readonly #options: PastOptions;
	readonly #fetching = new Map<ContentHash, (bytes: Uint8Array) => void>();
	#working: Promise<unknown> = Promise.resolve();

	constructor(options: PastOptions) {
		this.#options = options;
	}

	/** A content came from another device. */
	arrived(hash: ContentHash, bytes: Uint8Array): void {
		this.#fetching.get(hash)?.(bytes);
	}

	/** Conflict copies on show. */
	conflicts(): readonly Conflict[] {
		const conflicts: Conflict[] = [];
		const { index } = this.#options.replica;
		for (const entry of index.entriesWithCopies()) {
			const { disk } = entry;
			const { winner, losers } = index.viewAt(entry);
			for (const copy of disk.copies) {
				const loser = losers.find(({ content }) => content.hash === copy.hash);
				const path = winner?.path ?? disk.path ?? loser?.path ?? copy.path;
				const { author = "", mtimeMs: atMs } = loser ?? {};
				conflicts.push({ path, copy: copy.path, author, atMs, winner: winner?.author });
			}
		}
		return conflicts;
	}

	/** What stands at a path, as far as recorded, also as a conflict copy; `undefined`: no file. */
	contentAt(path: string): Content | undefined {
		const parsed = parsePath(path);
		return parsed.ok ? standingAt(this.#options.replica, parsed.path)?.content : undefined;
	}

	/** Every version whose bytes are kept here, oldest first. */
	kept(): Promise<readonly KeptVersion[]> {
		return this.#options.replica.history.list();
	}

	/** The bytes of a version that is kept here; `undefined`: not any more. */
	read(hash: ContentHash): Promise<Uint8Array | undefined> {
		return this.#options.replica.history.read(hash);
	}

	/** What was replaced or deleted at `path`, oldest first: the first one is version 1. */
	async versions(path: string): Promise<readonly KeptVersion[]> {
		const parsed = parsePath(path);
		return parsed.ok ? versionsOf(await this.#options.replica.history.list(), [parsed.path]) : [];
	}

	/** `version`: its number as listed, or the first digits of its hash; the newest otherwise. `to`: another path for it. */
	restore(path: string, options: { readonly version?: string; readonly to?: string } = {}): Promise<Restored> {
		const isAsAsked = this.#othersLeave(options.to ?? path);
		return this.#alone(() => this.#restore(path, options, isAsAsked));
	}

	async #restore(
		path: string,
		{ version, to }: { version?: string; to?: string },
		isAsAsked: () => boolean,
	): Promise<Restored> {
		const { replica } = this.#options;
		if (replica.oneWay.mode === "receive-only") return refused("receive-only", path);
		const chosen = chooseVersion(await this.versions(path), version);
		if (chosen === undefined)
			return refused("no-version", version === undefined ? path : `${path}, version ${version}`);
		const target = parsePath(to ?? path);
		if (!target.ok) return refused("bad-path", `${to ?? path}: ${target.reason}`);
		if (isLeftOut(replica, target.path)) return refused("left-out", target.path);
		const obstacle = await obstacleAt(this.#options.vault, target.path);
		if (obstacle !== undefined) return refused(obstacle.reason, obstacle.at);
		const bytes = await replica.contents.find(chosen.hash);
		if (bytes === undefined) return refused("not-kept", path);
		await lookAt(replica, [target.path]);
		if (contentAt(replica, target.path)?.hash === chosen.hash) return { kind: "same", path: target.path };
		const content = { hash: chosen.hash, size: bytes.length };
		const overtaken = await this.#record([{ path: target.path, content, isStill: isAsAsked }]);
		if (overtaken.length > 0) return refused("changed-since", target.path);
		const held = heldReason(replica, target.path);
		return held === undefined ? { kind: "restored", path: target.path } : refused("held", held);
	}

	/** Tells later whether what stands at `path` is what stands there now, or what its person made of that. */
	#othersLeave(path: string): () => boolean {
		const { index } = this.#options.replica;
		const parsed = parsePath(path);
		if (!parsed.ok) return () => true;
		const asked = index.entryOrAbsent(pathKey(parsed.path)).disk;
		return () => {
			const { hash, seen } = index.entryOrAbsent(pathKey(parsed.path)).disk;
			const isOthers = [...seen].some(([epoch, n]) => epoch !== index.state.epoch && n > (asked.seen.get(epoch) ?? 0));
			return hash === asked.hash || !isOthers;
		};
	}

	/** Batches that can be undone, oldest first. */
	async batches(): Promise<readonly Batch[]> {
		return batchesOf(await this.#options.replica.history.lines());
	}

	/** What `undo` would do now, path by path. Changes nothing. `undefined`: there is no such batch. */
	async preview(id: string): Promise<readonly UndoStep[] | undefined> {
		const { replica } = this.#options;
		const batch = (await this.batches()).find((each) => each.id === id);
		if (batch === undefined) return undefined;
		await lookAt(
			replica,
			batch.changes.map(({ path }) => path),
		);
		return batch.changes.map((change): UndoStep => {
			const { path, before, after } = change;
			const reason = this.#obstacleTo(change);
			const step = { path, after: after?.hash };
			if (reason !== undefined) return { ...step, kind: "left", reason };
			return { ...step, kind: before === undefined ? "removed" : after === undefined ? "back" : "earlier" };
		});
	}

	/** What a person decided about a conflict copy. */
	resolve(resolution: Resolution): Promise<Resolved> {
		return this.#alone(() => resolveConflict(this.#options, resolution));
	}

	/**
	 * Takes back a batch, the last one by default, on all devices. `shown`: what the person saw of it (`preview`) and said yes to; what
	 * came to the batch since stays. `undefined`: there is no such batch.
	 */
	undo(id?: string, shown?: readonly UndoStep[]): Promise<Undone | undefined> {
		return this.#alone(async () => {
			const batches = await this.batches();
			const batch = id === undefined ? batches.at(-1) : batches.find((each) => each.id === id);
			if (batch === undefined) return undefined;
			const changes = shown === undefined ? batch.changes : batch.changes.filter((each) => isAmong(shown, each));
			const { restored, removed, left } = await this.#takeBack(changes);
			const others = (shown ?? []).filter(({ path }) => !changes.some((each) => each.path === path));
			return {
				batch: batch.id,
				...{ restored, removed },
				left: [...left, ...others.map((step) => ({ path: step.path, reason: reasonToLeave(step) }))],
			};
		});
	}

	/** Takes back these changes, of whatever batch: for deletions that were sent before somebody said that they are none. */
	takeBack(changes: readonly Change[]): Promise<Omit<Undone, "batch">> {
		return this.#alone(() => this.#takeBack(changes));
	}

	async #takeBack(changes: readonly Change[]): Promise<Omit<Undone, "batch">> {
		const { replica } = this.#options;
		const left: { path: VaultPath; reason: Undone["left"][number]["reason"] }[] = [];
		if (replica.oneWay.mode !== "receive-only") {
			await lookAt(
				replica,
				changes.map(({ path }) => path),
			);
		}
		const still = changes.filter((change) => {
			const reason = this.#obstacleTo(change);
			if (reason !== undefined) left.push({ path: change.path, reason });
			return reason === undefined;
		});
		const missing: Content[] = [];
		// Of a conflict copy, the lists may not say how large it was, and a version of another size could be sent to nobody.
		const sizes = new Map<ContentHash, number>();
		for (const { before } of still) {
			if (before === undefined) continue;
			const size = await this.#sizeAtHand(before.hash);
			if (size === undefined) missing.push(before);
			else sizes.set(before.hash, size);
		}
		const lacking = await this.#fetch(missing, sizes);
		const contentBefore = ({ before }: Change): Content | undefined =>
			before && { hash: before.hash, size: sizes.get(before.hash) ?? before.size };
		const possible = still.filter(({ path, before }) => {
			const isPossible = before === undefined || !lacking.has(before.hash);
			if (!isPossible) left.push({ path, reason: "not-kept" });
			return isPossible;
		});
		// What is taken back can be taken back: it is a batch of its own.
		replica.history.endBatch(replica.index.state.epoch);
		const done: Change[] = [];
		for (let i = 0; i < possible.length; i += ACTS_AT_ONCE) {
			const some = possible.slice(i, i + ACTS_AT_ONCE);
			const isStill = (change: Change): boolean => this.#isAsAfter(change);
			await this.#record(
				some.map((change) => ({ path: change.path, content: contentBefore(change), isStill: () => isStill(change) })),
			);
			done.push(...some);
		}
		replica.history.endBatch(replica.index.state.epoch);
		const restored: VaultPath[] = [];
		const removed: VaultPath[] = [];
		for (const { path, before } of done) {
			if (heldReason(replica, path) !== undefined) left.push({ path, reason: "held" });
			else if (contentAt(replica, path)?.hash !== before?.hash) left.push({ path, reason: "changed-since" });
			else (before === undefined ? removed : restored).push(path);
		}
		return { restored, removed, left };
	}

	/** One at a time: what one of them records is what the next one finds. */
	#alone<T>(work: () => Promise<T>): Promise<T> {
		const done = this.#working.then(work, work);
		this.#working = done.catch(() => undefined);
		return done;
	}

	/** Why this change cannot be taken back, as far as it can be told before it is tried. */
	#obstacleTo(change: Change): "receive-only" | "left-out" | "changed-since" | undefined {
		const { replica } = this.#options;
		if (replica.oneWay.mode === "receive-only") return "receive-only";
		if (isLeftOut(replica, change.path)) return "left-out";
		return this.#isAsAfter(change) ? undefined : "changed-since";
	}

	#isAsAfter({ path, after }: Change): boolean {
		return contentAt(this.#options.replica, path)?.hash === after?.hash;
	}

	/**
	 * Minted in the loop, where the index may be written; applied like any version when it resolves, or held. Resolves to where nothing was
	 * recorded, as it is not as it was any more.
	 */
	async #record(
		acts: readonly {
			readonly path: VaultPath;
			readonly content: Content | undefined;
			readonly isStill: () => boolean;
		}[],
	): Promise<readonly VaultPath[]> {
		const { replica } = this.#options;
		const overtaken: VaultPath[] = [];
		replica.enqueue(() => {
			for (const { path, content, isStill } of acts) {
				if (!isStill()) {
					overtaken.push(path);
					continue;
				}
				const wanted = content && { hash: content.hash, size: content.size };
				if (recordRestored(replica.index, path, wanted, replica.actor) !== undefined) replica.revisit(pathKey(path));
			}
		});
		await replica.idle();
		return overtaken;
	}

	/** Its bytes, where they are here and not only in memory: nobody else may have it, and what is recorded must be there when it is asked for. */
	async #sizeAtHand(hash: ContentHash): Promise<number | undefined> {
		const { contents, history, index } = this.#options.replica;
		const bytes = await contents.find(hash);
		if (bytes === undefined) return undefined;
		const isOnDisk = history.has(hash) || index.locationsOf(hash).length > 0;
		return isOnDisk || (await keepContent(contents, hash, bytes)) ? bytes.length : undefined;
	}

	/** Asks the other devices. Resolves to what none of them gave; the rest is kept here until it is in the vault. */
	async #fetch(contents: readonly Content[], sizes: Map<ContentHash, number>): Promise<ReadonlySet<ContentHash>> {
		const { exchange, clock, replica } = this.#options;
		const missing = new Set(contents.map(({ hash }) => hash));
		if (missing.size === 0) return missing;
		await new Promise<void>((resolve) => {
			let cancel = clock.schedule(FETCH_MS, resolve);
			for (const hash of missing) {
				this.#fetching.set(hash, (bytes) => {
					this.#fetching.delete(hash);
					cancel();
					cancel = clock.schedule(FETCH_MS, resolve);
					replica.contents.keep(hash, bytes).then(
						() => {
							sizes.set(hash, bytes.length);
							missing.delete(hash);
							if (missing.size === 0) {
								cancel();
								resolve();
							}
						},
						() => undefined, // A full disk: then it is one of those that are missing.
					);
				});
			}
			exchange.want(contents.map(({ hash, size }) => ({ hash, size: size === 0 ? undefined : size })));
		});
		for (const hash of missing) {
			this.#fetching.delete(hash);
			if (!replica.isWanted(hash)) exchange.forget(hash);
		}
		return missing;
	}
}

/** It was shown as what will be done, and nothing has come to it since. */
function isAmong(shown: readonly UndoStep[], { path, after }: Change): boolean {
	return shown.some((step) => step.path === path && step.kind !== "left" && step.after === after?.hash);
}

function reasonToLeave(step: UndoStep): Undone["left"][number]["reason"] {
	return step.kind === "left" ? step.reason : "changed-since";
}

function refused(reason: Extract<Restored, { kind: "refused" }>["reason"], detail: string): Restored {
	return { kind: "refused", reason, detail };
}

const HASH_START = /^[0-9a-f]{8,64}$/;

function chooseVersion(versions: readonly KeptVersion[], wanted: string | undefined): KeptVersion | undefined {
	if (wanted === undefined) return versions.at(-1);
	if (/^[0-9]{1,7}$/.test(wanted)) return versions[Number(wanted) - 1];
	return HASH_START.test(wanted) ? versions.findLast(({ hash }) => hash.startsWith(wanted)) : undefined;
}
