// From what is on disk now to the acts of a person: which versions they made, and which they had seen. Only what is observed
// here mints dots; our own writes are recognised by their hash and mint nothing. Rules O1–O7 of readme/SPEC.md.
import { isFolder, isOtherNameBeside } from "./folder.ts";
import type { ContentHash } from "./hash.ts";
import { newLineage } from "./lineage.ts";
import { pathKey, type PathKey, type VaultPath } from "./path.ts";
import { joinRecords, MTIME_MS_MAX, nextLamport, withSuperseded, type PathRecord, type Sibling } from "./record.ts";
import { belowOf, onTopOfAll, textOfVersion, textOnShow, versionOn, type Below } from "./ancestors.ts";
import { hadAt, seenAt, type Entry, type RecordIndex, type ShownCopy } from "./record-index.ts";
import { isStale } from "./view.ts";
import { covers, EMPTY_VECTOR, equalDots, withDots, type Dot, type VersionVector } from "./version-vector.ts";

/** A file as it was just read. */
export interface OnDisk {
	readonly path: VaultPath;
	readonly hash: ContentHash;
	readonly size: number;
	readonly mtimeMs: number;
	readonly token: string;
	/** See FileStat (ports/vault.ts). */
	readonly isDecomposed?: true;
}

/** What was just looked at: every key that an observation needs is in it; `undefined`: no file there. */
export type Look = ReadonlyMap<PathKey, OnDisk | undefined>;

export interface Actor {
	/** This device's name, for people. */
	readonly name: string;
	/** Wall time in ms, for people. */
	readonly nowMs: number;
	/** The folder has not been looked at as a whole in this run: what stands there may be what was written and forgotten. */
	readonly isFirstLook?: boolean;
}

export interface Act {
	readonly kind: "create" | "modify" | "delete" | "rename";
	readonly path: VaultPath;
	/** Of a rename: what the file was called before. */
	readonly from?: VaultPath;
	/** What stood there, and what stands there now; `undefined`: nothing. */
	readonly before: ActContent | undefined;
	readonly after: ActContent | undefined;
}

export interface ActContent {
	readonly hash: ContentHash;
	readonly size: number;
}

/** Keys to look at before `observe(key)`. */
export function keysToObserve(index: RecordIndex, key: PathKey): PathKey[] {
	const copies = index.get(key)?.disk.copies ?? [];
	return [key, ...copies.map((copy) => pathKey(copy.path))];
}

/**
 * Records what a person did at `key` since the last time, if anything, and says so.
 * Copies come before their file: an edited copy is dismissed from the file before an act on the file covers it.
 */
export function observe(index: RecordIndex, key: PathKey, look: Look, actor: Actor): Act[] {
	const acts: Act[] = [];
	for (const copy of index.get(key)?.disk.copies ?? [])
		acts.push(...observeOne(index, pathKey(copy.path), look, actor));
	acts.push(...observeOne(index, key, look, actor));
	return acts;
}

function observeOne(index: RecordIndex, key: PathKey, look: Look, actor: Actor): Act[] {
	const now = look.get(key);
	const acts: Act[] = [];
	const owner = index.ownerOf(key);
	if (owner !== undefined) {
		const copy = index.get(owner)?.disk.copies.find((c) => pathKey(c.path) === key);
		if (copy !== undefined) {
			if (now?.hash === copy.hash) return [];
			const version = index.get(owner)?.record.siblings.find(({ content }) => content?.hash === copy.hash);
			dismissCopy(index, owner, copy, now !== undefined, actor);
			if (now === undefined && index.get(key)?.disk.hash === undefined)
				acts.push({
					kind: "delete",
					path: copy.path,
					before: { hash: copy.hash, size: version?.content?.size ?? 0 },
					after: undefined,
				});
		}
	}
	const entry = index.get(key) ?? (now === undefined ? undefined : index.entryOrAbsent(key));
	// A folder that others made empty is there for another reason already, and nobody made it anew.
	if (entry !== undefined && now !== undefined && isFolder(now) && isFolder(index.viewAt(entry).winner?.content))
		return observeFolderName(index, entry, now, look, actor);
	if (entry === undefined || now?.hash === entry.disk.hash) {
		if (entry === undefined || now === undefined || !needsFreshDisk(entry, now)) return acts;
		const from = entry.disk.path;
		if (from !== undefined && isRespelled(index, entry, now)) {
			const isMerged = !showsVersion(entry);
			const act = isMerged
				? recordAct(index, entry, now, look, actor, false)
				: recordRespelling(index, entry, from, now.path, actor);
			acts.push({ ...act, kind: "rename", from }, ...respellRest(index, from, now.path, actor));
		}
		refreshDisk(index, index.entryOrAbsent(key), now);
		return acts;
	}
	if (index.state.importing && now !== undefined && isKnownToBeOld(entry.record, now.hash)) {
		const { hash, size, path, token } = now;
		index.put({ ...entry, disk: { ...entry.disk, hash, size, path, token } });
		return acts;
	}
	if (now !== undefined && actor.isFirstLook === true && isToldVersion(index, entry, now.hash)) {
		const { hash, size, path, token } = now;
		index.put({ ...entry, disk: { ...entry.disk, hash, size, path, token } });
		return acts;
	}
	const isNew = entry.disk.hash === undefined;
	const lamport = isNew ? lamportOfNew(entry) : nextLamport(entry.record);
	acts.push(recordAct(index, entry, now, look, actor, index.state.importing, lamport));
	return acts;
}

/** An empty folder that all have: somebody may have written its name another way. */
function observeFolderName(index: RecordIndex, entry: Entry, now: OnDisk, look: Look, actor: Actor): Act[] {
	const from = entry.disk.path;
	if (!isFolder(entry.disk) || from === undefined || !isOtherNameBeside(from, now.path)) return [];
	if (isFolderRespelled(index, entry, now))
		return [{ ...recordAct(index, entry, now, look, actor, false), kind: "rename", from }];
	refreshDisk(index, entry, now);
	return [];
}

function isFolderRespelled(index: RecordIndex, entry: Entry, now: OnDisk): boolean {
	const [{ disk }, { winner }] = [entry, index.viewAt(entry)];
	if (!isFolder(now) || !isFolder(disk) || disk.path === undefined || winner === undefined) return false;
	return isOtherNameBeside(disk.path, now.path) && isOtherNameBeside(winner.path, now.path);
}

/**
 * A first scan found what others have replaced or deleted long ago: that shows nothing that anybody did, and as a version it
 * would come back wherever the deletion is forgotten.
 */
function isKnownToBeOld(record: PathRecord, hash: ContentHash): boolean {
	return record.superseded.includes(hash) && record.siblings.some((sibling) => !isStale(record, sibling));
}

/**
 * Where this disk shows nothing, the bytes of a version that others told and that is still to be shown stand already, when a run begins: it is
 * that version. A state that lost its end has forgotten that it wrote it, and as an act of this device it would outlive its own
 * deletion. What a person saves later is theirs, whatever others have told.
 */
function isToldVersion(index: RecordIndex, { record, disk }: Entry, hash: ContentHash): boolean {
	if (disk.hash !== undefined || index.state.importing || disk.leftOut !== undefined) return false;
	return record.siblings.some((s) => s.content?.hash === hash && !covers(disk.seen, s.dot) && !isStale(record, s));
}

/**
 * Of a file that is made where nothing stood. What others have there and this disk has not shown yet keeps the name: a note that
 * a template made while the richer one was on its way must not stand in its place.
 */
function lamportOfNew({ record, disk }: Entry): number {
	return nextLamport({ ...record, siblings: record.siblings.filter(({ dot }) => covers(disk.seen, dot)) });
}

/**
 * The person changed, renamed or removed a conflict copy: that version has been dealt with. A tombstone says so, and takes nothing
 * else with it: without one nothing may be left of the file, and who finds the old bytes in a folder would bring them back.
 */
function dismissCopy(index: RecordIndex, owner: PathKey, copy: ShownCopy, isEdited: boolean, actor: Actor): void {
	const { path: copyPath, hash } = copy;
	const entry = index.entryOrAbsent(owner);
	const copies = entry.disk.copies.filter((c) => c.path !== copyPath);
	// The same bytes that others have saved again, and this disk has not shown since, are what somebody decided for.
	const isDealtWith = (s: Sibling): boolean => s.content?.hash === hash && covers(entry.disk.seen, s.dot);
	const { record, dismissed, act } = withoutVersion(index, entry, isDealtWith, actor);
	const seen = seenAfter(entry.record, entry.disk.seen, [...dismissed.map((s) => s.dot), ...act]);
	index.put({ ...entry, record, disk: { ...entry.disk, copies, seen } });
	const copyEntry = index.entryOrAbsent(pathKey(copyPath));
	const own = copyEntry.record.siblings.filter((s) => s.content?.hash === hash);
	// These bytes were on show: what was made of them, also where it is a file of its own by now, was made on top of them.
	if (copyEntry.disk.hash === undefined && (isEdited || own.length > 0)) {
		const [version] = [...own, ...dismissed];
		const shown = seenAfter(
			copyEntry.record,
			copyEntry.disk.seen,
			own.map((s) => s.dot),
		);
		const size = version?.content?.size ?? 0;
		const disk = { ...copyEntry.disk, hash, size, path: copyPath, token: undefined, seen: shown };
		const { lineage } = onTopOfAll(dismissed.map(textOfVersion));
		index.put({
			...copyEntry,
			disk: { ...disk, ...(lineage.size === 0 ? {} : { made: { hash, lineage, ancestors: [] } }) },
		});
		return;
	}
	recordOldAt(index, copyEntry, hash, act);
}

/** The record of a file once these versions have been dealt with, by an act of its own that deletes nothing else. */
export function withoutVersion(
	index: RecordIndex,
	entry: Entry,
	isDealtWith: (version: Sibling) => boolean,
	actor: Actor,
): { readonly record: PathRecord; readonly dismissed: readonly Sibling[]; readonly act: readonly Dot[] } {
	const dismissed = entry.record.siblings.filter(isDealtWith);
	const tombstones = dismissed.slice(0, 1).map((version): Sibling => {
		const dot = index.mint();
		return {
			...version,
			dot,
			lamport: nextLamport(entry.record),
			content: undefined,
			// What is saved at the file's own name later was not made on top of it.
			lineage: newLineage(dot),
			ancestors: [],
			author: actor.name,
			mtimeMs: withinCalendar(actor.nowMs),
			imported: false,
		};
	});
	const act = tombstones.map((tombstone) => tombstone.dot);
	const context = withDots(EMPTY_VECTOR, [...dismissed.map((s) => s.dot), ...act]);
	// The survivors are named: the same device's other versions must not count as covered by its newest dot. Its tombstones are.
	const isSpent = (s: Sibling): boolean => s.content === undefined && s.dot.epoch === index.state.epoch;
	const survivors = entry.record.siblings.filter((s) => !dismissed.includes(s) && !isSpent(s));
	const record = joinRecords(entry.record, { context, siblings: [...survivors, ...tombstones], superseded: [] });
	return { record, dismissed, act };
}

/** What a conflict copy held is known to be old where the copy stood. */
export function recordOldAt(index: RecordIndex, copyEntry: Entry, hash: ContentHash, act: readonly Dot[]): void {
	// With the dot of this act, or nobody would be told of it and it would be known here alone.
	if (act.length === 0) return;
	const known = withSuperseded(copyEntry.record, hash);
	index.put({ ...copyEntry, record: { ...known, context: withDots(known.context, act) } });
}

/**
 * Versions that this disk has not shown, below a newer one of `dots` by the same device: others' where only that newer one is known
 * here, and this device's own that a person restored or decided for and that is not on show yet. They are to be named: a dot covers
 * all earlier ones of its device.
 */
function unseenBelow(record: PathRecord, seen: VersionVector, dots: readonly Dot[]): readonly Sibling[] {
	const isBelow = ({ epoch, counter }: Dot): boolean =>
		dots.some((dot) => dot.epoch === epoch && dot.counter > counter) &&
		!dots.some((dot) => equalDots(dot, { epoch, counter }));
	return record.siblings.filter((s) => s.content !== undefined && !covers(seen, s.dot) && isBelow(s.dot));
}

/** What the disk has shown with these too, short of what is unseen below them: that stays to be shown. */
export function seenAfter(record: PathRecord, seen: VersionVector, dots: readonly Dot[]): VersionVector {
	const unseen = unseenBelow(record, seen, dots);
	const isAbove = ({ epoch, counter }: Dot): boolean =>
		unseen.some(({ dot }) => dot.epoch === epoch && dot.counter < counter);
	return withDots(
		seen,
		dots.filter((dot) => !isAbove(dot)),
	);
}

export function recordAct(
	index: RecordIndex,
	entry: Entry,
	now: OnDisk | undefined,
	look: Look,
	actor: Actor,
	imported: boolean,
	lamport = nextLamport(entry.record),
	below = belowAt(index, entry, now?.hash),
): Act {
	const { disk, record } = entry;
	const standing = disk.copies.filter((copy) => look.get(pathKey(copy.path))?.hash === copy.hash);
	// The bytes of a copy that others have saved again since, at the file's own name, are what somebody decided for.
	const isShownAs = ({ hash }: ShownCopy, s: Sibling): boolean => s.content?.hash === hash && covers(disk.seen, s.dot);
	const isVersion = (copy: ShownCopy): boolean => record.siblings.some((s) => isShownAs(copy, s));
	const untouched = standing.filter(isVersion);
	const isShown = (s: Sibling): boolean =>
		s.content?.hash === disk.hash || untouched.some((copy) => isShownAs(copy, s));
	const shown = record.siblings.filter((s) => s.content !== undefined && isShown(s));
	const dot = index.mint();
	const onShow = [...shown.map((s) => s.dot), dot];
	const seen = seenAt(disk);
	const context = withDots(seen, onShow);
	const unseen = unseenBelow(record, seen, onShow);
	// What this disk cannot write otherwise, nobody wanted to be written so.
	const isSpelledAsBefore = now !== undefined && now.path === disk.path;
	const spelling = isSpelledAsBefore ? index.viewAt(entry).winner?.path : undefined;
	const path = spelling ?? now?.path ?? disk.path ?? record.siblings[0]?.path;
	if (path === undefined) throw new Error("an act on a path without a name");
	const { descent, line } = versionOn(below, dot, entry.line);
	const sibling: Sibling = {
		dot,
		lamport,
		content: now === undefined ? undefined : { hash: now.hash, size: now.size },
		...descent,
		path,
		author: actor.name,
		mtimeMs: withinCalendar(now?.mtimeMs ?? actor.nowMs),
		imported,
	};
	if (now !== undefined) index.shownTexts.noteMade(entry.key, { hash: now.hash, ...descent });
	// What stood here may have been no version but several merged, and somebody may find it in an old folder.
	const superseded = disk.hash === undefined || disk.hash === now?.hash ? [] : [disk.hash];
	const next: PathRecord = joinRecords(record, { context, siblings: [sibling, ...unseen], superseded });
	index.put({
		key: entry.key,
		record: next,
		disk: {
			hash: now?.hash,
			size: now?.size ?? 0,
			path: now?.path,
			token: now?.token,
			seen: seenAfter(record, seen, onShow),
			// What is no version (any more) was about to be replaced or removed, and still is.
			copies: standing.filter((copy) => !isVersion(copy)),
		},
		intent: undefined,
		line,
	});
	// The act covers the versions whose copies were on show; the copies stay, so they become files of their own.
	for (const copy of untouched) {
		const copyKey = pathKey(copy.path);
		const copyNow = look.get(copyKey);
		if (copyNow === undefined) continue;
		const copyEntry = index.entryOrAbsent(copyKey);
		// Somebody else may edit it as the copy that it is for them still: they have in common what it was made of.
		const copied = record.siblings.filter((s) => isShownAs(copy, s)).map(textOfVersion);
		const { lineage } = onTopOfAll(copied);
		const texts = [{ hash: copy.hash, lineage }];
		recordAct(index, copyEntry, copyNow, look, actor, true, nextLamport(copyEntry.record), { lineage, texts });
	}
	return {
		kind: now === undefined ? "delete" : disk.hash === undefined ? "create" : "modify",
		path,
		before: hadAt(disk),
		after: sibling.content,
	};
}

/** What somebody makes `made` on top of, of what this disk shows; `undefined`: they delete it. */
function belowAt(index: RecordIndex, { key, record, disk }: Entry, made: ContentHash | undefined): Below {
	return belowOf(record, disk, made, index.shownTexts.betweenIn(key, textOnShow(record, disk)));
}

/** A file that stood where nobody looked: made on top of nothing that is known, so it does not take the name from what is. */
export function importFound(index: RecordIndex, entry: Entry, now: OnDisk, look: Look, actor: Actor): Act {
	return recordAct(index, entry, now, look, actor, true, 1);
}

/** Files from archives and broken clocks bear dates that no other device could be told. */
export function withinCalendar(mtimeMs: number): number {
	return Number.isNaN(mtimeMs) ? 0 : Math.min(Math.max(Math.floor(mtimeMs), 0), MTIME_MS_MAX);
}

function needsFreshDisk(entry: Entry, now: OnDisk): boolean {
	return entry.disk.token !== now.token || entry.disk.path !== now.path;
}

/** Whether the file at `key` is written as neither the disk had it nor everybody has it. */
export function isRespelledAt(index: RecordIndex, key: PathKey, look: Look): boolean {
	const [entry, now] = [index.get(key), look.get(key)];
	if (entry === undefined || now?.hash !== entry.disk.hash || now === undefined) return false;
	return isRespelled(index, entry, now) || isFolderRespelled(index, entry, now);
}

/** The bytes on show are a version's, and somebody writes the name as neither the disk had it nor everybody has it. */
function isRespelled(index: RecordIndex, entry: Entry, now: OnDisk): boolean {
	const { winner } = index.viewAt(entry);
	const isShown = showsVersion(entry) || winner?.content.hash === now.hash;
	return !isFolder(now) && now.path !== entry.disk.path && winner !== undefined && winner.path !== now.path && isShown;
}

/** The disk shows a version as it was saved, and not several of them merged. */
function showsVersion({ record, disk }: Entry): boolean {
	return record.siblings.some(({ content }) => content !== undefined && content.hash === disk.hash);
}

/** A person changed how the name is written, and nothing else: conflict copies and what is not on show yet stay as they are. */
function recordRespelling(index: RecordIndex, entry: Entry, from: VaultPath, path: VaultPath, actor: Actor): Act {
	const { disk, record } = entry;
	const isShown = ({ content }: Sibling): boolean => content !== undefined && content.hash === disk.hash;
	const shown = record.siblings.filter(isShown);
	const content = disk.hash === undefined ? undefined : { hash: disk.hash, size: disk.size };
	const dot = index.mint();
	const context = withDots(disk.seen, [...shown.map((sibling) => sibling.dot), dot]);
	const mtimeMs = Math.max(...shown.map((sibling) => sibling.mtimeMs));
	const lamport = nextLamport(record);
	const { descent, line } = versionOn(belowOf(record, disk, disk.hash), dot, entry.line);
	const sibling: Sibling = { dot, lamport, content, ...descent, path, author: actor.name, mtimeMs, imported: false };
	// Named, because they must not count as covered.
	const others = record.siblings.filter((other) => other.content !== undefined && !isShown(other));
	const joined = joinRecords(record, { context, siblings: [...others, sibling], superseded: [] });
	const seen = seenAfter(record, disk.seen, [...shown.map((each) => each.dot), dot]);
	index.put({ ...entry, record: joined, disk: { ...disk, path, seen }, line });
	return { kind: "rename", path, from, before: content, after: content };
}

/** Where a folder is written another way, so is everything in it: recorded together, or a part of it would be outvoted. */
function respellRest(index: RecordIndex, from: VaultPath, to: VaultPath, actor: Actor): Act[] {
	const before = from.split("/").slice(0, -1);
	const after = to.split("/").slice(0, -1);
	const level = before.findIndex((name, i) => name !== after[i]);
	if (level < 0) return [];
	const oldFolder = `${before.slice(0, level + 1).join("/")}/`;
	const newFolder = `${after.slice(0, level + 1).join("/")}/`;
	const acts: Act[] = [];
	for (const entry of [...index.entries()]) {
		const { path } = entry.disk;
		if (path?.startsWith(oldFolder) !== true || entry.intent !== undefined || !showsVersion(entry)) continue;
		acts.push(recordRespelling(index, entry, path, (newFolder + path.slice(oldFolder.length)) as VaultPath, actor));
	}
	return acts;
}

/** Same bytes, touched or in another spelling: no version. */
function refreshDisk(index: RecordIndex, entry: Entry, now: OnDisk): void {
	index.put({ ...entry, disk: { ...entry.disk, token: now.token, path: now.path } });
}
