// From a record and what is on disk to the steps that make the disk show the record's view. Pure; engine/applier.ts takes them.
// Rules A14–A17 of readme/SPEC.md.
import { isMadeOf } from "./ancestors.ts";
import { conflictCopyPath, hashStartIn } from "./conflict-name.ts";
import { isFolder, isOtherNameBeside } from "./folder.ts";
import type { ContentHash } from "./hash.ts";
import { fileName, joinPath, parentPath, pathKey, type PathKey, type VaultPath } from "./path.ts";
import type { Look, OnDisk } from "./observe.ts";
import type { Sibling } from "./record.ts";
import { tornAt, type DiskState, type Entry, type Intent, type RecordIndex, type ShownCopy } from "./record-index.ts";
import { includes } from "./version-vector.ts";
import type { LiveSibling } from "./view.ts";

export interface Plan {
	readonly key: PathKey;
	/** To persist before the first step. Empty steps: only the bookkeeping is missing. */
	readonly intent: Intent;
	/** New conflict copies: written first, where nothing stands. */
	readonly copiesToWrite: readonly {
		readonly path: VaultPath;
		/** What a cut-off write of ours left there; `undefined`: nothing stands there. */
		readonly expected: ContentHash | undefined;
		readonly version: LiveSibling;
	}[];
	/** Conflict copies that stand, with their names written as an earlier version of the same bytes had it. */
	readonly copiesToRespell: readonly { readonly from: OnDisk; readonly path: VaultPath }[];
	/** What happens to the file itself, after the copies. */
	readonly main:
		| { readonly kind: "keep"; readonly now: OnDisk | undefined }
		| {
				readonly kind: "write";
				readonly path: VaultPath;
				readonly expected: OnDisk | undefined;
				readonly version: LiveSibling;
		  }
		/** An empty folder, where nothing stands or a file that was there before. */
		| { readonly kind: "make-folder"; readonly path: VaultPath; readonly expected: OnDisk | undefined }
		/** The bytes are right, and the name is written another way. */
		| { readonly kind: "respell"; readonly path: VaultPath; readonly expected: OnDisk }
		| { readonly kind: "remove"; readonly expected: OnDisk };
	/** Copies that are no longer needed and untouched: removed last. */
	readonly copiesToRemove: readonly { readonly path: VaultPath; readonly hash: ContentHash }[];
	readonly winner: LiveSibling | undefined;
	readonly losers: readonly LiveSibling[];
	/** The versions that `winner` is the merged text of; none: it is a version as somebody saved it. */
	readonly mergedFrom: readonly LiveSibling[];
	/** A conflict copy of another file stands here and is taken over by this key's own record. */
	readonly takenFrom: PathKey | undefined;
}

export type Planned =
	| { readonly kind: "plan"; readonly plan: Plan }
	/** The disk shows the view already. */
	| { readonly kind: "done" }
	/** These keys must be looked at and observed first. */
	| { readonly kind: "look"; readonly keys: readonly PathKey[] }
	/** Its versions must be merged first, or found not to be. */
	| { readonly kind: "merge" }
	/** Other files stand under every name that a conflict copy could have. */
	| { readonly kind: "no-name" };

/** The paths that a plan for `key` may touch, as far as the record tells now. */
export function keysToPlan(index: RecordIndex, key: PathKey): PathKey[] {
	const entry = index.get(key);
	if (entry === undefined) return [key];
	const copies = entry.disk.copies.map((copy) => pathKey(copy.path));
	const losers = index.viewAt(entry).losers.map((loser) => pathKey(copyPathOf(loser, 0)));
	return [...new Set([key, ...copies, ...losers])];
}

/** Keys whose conflict copies may stand, or have stood, at `place`: what changes there may be their turn. */
export function keysWithCopiesAt(index: RecordIndex, place: PathKey): PathKey[] {
	const start = hashStartIn(fileName(place as string as VaultPath));
	if (start === undefined) return [];
	const keys: PathKey[] = [];
	for (const entry of index.contestedEntries()) {
		const { key, record } = entry;
		// Names are slow to make, and there may be thousands of conflicts.
		if (!record.siblings.some(({ content }) => content?.hash.startsWith(start) === true)) continue;
		const names = index
			.viewAt(entry)
			.losers.flatMap((loser) =>
				Array.from({ length: COPY_NAMES_MAX }, (_, attempt) => pathKey(copyPathOf(loser, attempt))),
			);
		if (key !== place && names.includes(place)) keys.push(key);
	}
	return keys;
}

/** Whether a plan for `entry` may have something to do, as far as it can be told without looking at the disk. */
export function mayNeedWork(index: RecordIndex, entry: Entry): boolean {
	const { winner, losers } = index.viewAt(entry);
	const { disk, intent } = entry;
	return (
		intent !== undefined ||
		disk.hash !== winner?.content.hash ||
		disk.path !== winner?.path ||
		disk.copies.length !== losers.length ||
		!contextSeen(index, entry)
	);
}

export function planKey(index: RecordIndex, key: PathKey, look: Look): Planned {
	const entry = index.get(key);
	if (entry === undefined) return { kind: "done" };
	if (index.unmergedAt(key) !== undefined) return { kind: "merge" };
	const view = index.viewAt(entry);
	const now = look.get(key);
	const owner = index.ownerOf(key);
	// Nothing of our own to show: the untouched copy of another file may stand here.
	if (owner !== undefined && view.winner === undefined && view.losers.length === 0)
		return isShown(index, entry, undefined, []) ? { kind: "done" } : bare(entry);

	const copies: ShownCopy[] = [];
	const copiesToWrite: { path: VaultPath; expected: ContentHash | undefined; version: LiveSibling }[] = [];
	const copiesToRespell: { from: OnDisk; path: VaultPath }[] = [];
	for (const loser of view.losers) {
		const place = placeForCopy(index, key, loser, look);
		if (place.kind === "look" || place.kind === "no-name") return place;
		if (place.kind === "own-file") continue;
		copies.push({ path: place.path, hash: loser.content.hash, token: look.get(pathKey(place.path))?.token });
		if (place.kind === "free") copiesToWrite.push({ path: place.path, expected: place.expected, version: loser });
		else if (place.respelling !== undefined) copiesToRespell.push(place.respelling);
	}
	const { winner } = view;
	const isSpelled = winner?.path === index.unspellable(key) || (winner !== undefined && isSpelledAs(winner.path, now));
	const main = planMain(view.winner, now, isSpelled);
	// By key: the same place written another way is the same file.
	const kept = new Set(copies.map((copy) => pathKey(copy.path)));
	const copiesToRemove = entry.disk.copies.filter(
		(copy) => !kept.has(pathKey(copy.path)) && isOnDisk(copy, look) && !becomesOwnFile(index, copy),
	);
	if (
		owner === undefined &&
		main.kind === "keep" &&
		copiesToWrite.length + copiesToRespell.length + copiesToRemove.length === 0 &&
		(entry.disk.path === now?.path || isFolder(now)) &&
		isShown(index, entry, view.winner, copies)
	) {
		return { kind: "done" };
	}
	const intent: Intent = {
		hash: view.winner?.content.hash,
		size: view.winner?.content.size ?? 0,
		path: view.winner?.path ?? now?.path ?? entry.disk.path ?? (key as string as VaultPath),
		context: index.shownPart(entry).context,
		copies,
	};
	const plan: Plan = {
		key,
		intent,
		copiesToWrite,
		copiesToRespell,
		main,
		copiesToRemove,
		winner: view.winner,
		losers: view.losers,
		mergedFrom: view.mergedFrom ?? [],
		takenFrom: owner,
	};
	return { kind: "plan", plan };
}

function isSpelledAs(path: VaultPath, now: OnDisk | undefined): boolean {
	if (now !== undefined && isFolder(now)) return !isOtherNameBeside(path, now.path);
	return now?.path === path && now.isDecomposed !== true;
}

function planMain(winner: LiveSibling | undefined, now: OnDisk | undefined, isSpelled: boolean): Plan["main"] {
	if (winner === undefined) return now === undefined ? { kind: "keep", now } : { kind: "remove", expected: now };
	if (now?.hash === winner.content.hash) {
		return isSpelled ? { kind: "keep", now } : { kind: "respell", path: winner.path, expected: now };
	}
	if (isFolder(winner.content)) return { kind: "make-folder", path: winner.path, expected: now };
	// An empty folder there gives its name up when the file is written.
	if (isFolder(now)) return { kind: "write", path: winner.path, expected: undefined, version: winner };
	return { kind: "write", path: winner.path, expected: now, version: winner };
}

/** Only the bookkeeping: the record says nothing is shown, and what stands here belongs to another key. */
function bare(entry: Entry): Planned {
	const intent: Intent = {
		hash: undefined,
		size: 0,
		path: entry.disk.path ?? (entry.key as string as VaultPath),
		context: entry.record.context,
		copies: [],
	};
	return {
		kind: "plan",
		plan: {
			key: entry.key,
			intent,
			copiesToWrite: [],
			copiesToRespell: [],
			main: { kind: "keep", now: undefined },
			copiesToRemove: [],
			winner: undefined,
			losers: [],
			mergedFrom: [],
			takenFrom: undefined,
		},
	};
}

function isShown(
	index: RecordIndex,
	entry: Entry,
	winner: LiveSibling | undefined,
	copies: readonly ShownCopy[],
): boolean {
	const { disk } = entry;
	return (
		entry.intent === undefined &&
		disk.hash === winner?.content.hash &&
		disk.copies.length === copies.length &&
		disk.copies.every((copy) => copies.some((c) => c.path === copy.path && c.hash === copy.hash)) &&
		// Shown means seen: what a person does next covers all of the record that can be shown.
		contextSeen(index, entry)
	);
}

function contextSeen(index: RecordIndex, entry: Entry): boolean {
	return includes(entry.disk.seen, index.shownPart(entry).context);
}

const COPY_NAMES_MAX = 8;

function copyPathOf(loser: LiveSibling, attempt: number): VaultPath {
	// Another name only when a person put something else under the first one; the same on every device that sees that.
	const author = attempt === 0 ? loser.author : `${loser.author} ${String(attempt + 1)}`;
	return conflictCopyPath(loser.path, { author, mtimeMs: loser.mtimeMs, hash: loser.content.hash });
}

type CopyPlace =
	| { readonly kind: "look"; readonly keys: readonly PathKey[] }
	| { readonly kind: "no-name" }
	| { readonly kind: "free"; readonly path: VaultPath; readonly expected: ContentHash | undefined }
	| { readonly kind: "own-file"; readonly path: VaultPath }
	| { readonly kind: "standing"; readonly path: VaultPath; readonly respelling: Respelling | undefined };

type Respelling = Plan["copiesToRespell"][number];

function placeForCopy(index: RecordIndex, key: PathKey, loser: LiveSibling, look: Look): CopyPlace {
	const { hash } = loser.content;
	for (let attempt = 0; attempt < COPY_NAMES_MAX; attempt++) {
		const path = copyPathOf(loser, attempt);
		const copyKey = pathKey(path);
		if (!look.has(copyKey)) return { kind: "look", keys: [copyKey] };
		const now = look.get(copyKey);
		const own = index.get(copyKey);
		const ownHash = own === undefined ? undefined : index.viewAt(own).winner?.content.hash;
		if (ownHash === hash && now?.hash === hash) return { kind: "own-file", path };
		const otherOwner = index.ownerOf(copyKey);
		// Another file's copy of the very same bytes: they are on show, and once is enough.
		if (otherOwner !== undefined && otherOwner !== key && now?.hash === hash) return { kind: "own-file", path };
		if ((ownHash !== undefined && ownHash !== hash) || (otherOwner !== undefined && otherOwner !== key)) continue;
		if (now?.hash === hash) return { kind: "standing", path: now.path, respelling: respellingOf(index, now, path) };
		const isHere = (copy: ShownCopy): boolean => pathKey(copy.path) === copyKey && copy.hash === now?.hash;
		const isOurs = index.get(key)?.disk.copies.some(isHere) === true;
		if (now === undefined || isOurs) return { kind: "free", path, expected: now?.hash };
	}
	return { kind: "no-name" };
}

/** The folder above it is called as its files say. */
function respellingOf(index: RecordIndex, from: OnDisk, wanted: VaultPath): Respelling | undefined {
	const to = joinPath(parentPath(from.path), fileName(wanted));
	const isPossible = to.ok && to.path !== from.path && index.unspellable(pathKey(to.path)) !== to.path;
	return isPossible ? { from, path: to.path } : undefined;
}

function isOnDisk(copy: ShownCopy, look: Look): boolean {
	return look.get(pathKey(copy.path))?.hash === copy.hash;
}

/**
 * Whether what stands there is no conflict copy any more when its file needs none: it has become a file of its own, as it is or as
 * somebody edited it elsewhere. Of an edit nobody may ever bring the bytes, and then this is the last there is of it.
 */
export function becomesOwnFile(index: RecordIndex, { path, hash }: ShownCopy): boolean {
	const own = index.get(pathKey(path));
	if (own === undefined) return false;
	const isMadeOfIt = (each: Sibling): boolean => each.content !== undefined && isMadeOf(each, hash);
	return index.viewAt(own).winner?.content.hash === hash || own.record.siblings.some(isMadeOfIt);
}

/** What somebody had at the file itself and gives way by `plan`, to be known after a crash. Where the disk shows half of a write: what was before it. */
export function replacedBy({ main }: Plan, disk: DiskState): Intent["replaces"] {
	const stands = main.kind === "keep" ? main.now : main.expected;
	const half = tornAt(disk);
	if (half !== undefined && half.hash === stands?.hash)
		return half.before?.hash === half.hash ? undefined : { content: half.before };
	if (main.kind === "keep" || main.kind === "respell") return undefined;
	return { content: stands === undefined || isFolder(stands) ? undefined : { hash: stands.hash, size: stands.size } };
}
