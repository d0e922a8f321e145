// Acts of a person that their disk does not show yet, and what is recorded so for want of anything else: a version restored, a conflict
// decided, a side chosen at the first meeting, a deletion not wanted, the last there is of a text. They are planned and applied like
// versions from elsewhere. What is observed on the disk is in observe.ts. Rules O8, O10, U6–U8, C1, X14, X16 of readme/SPEC.md.
import {
	belowOf,
	isMadeOf,
	onTopOfAll,
	textOfVersion,
	textOnShow,
	versionOn,
	withPastOfShown,
	type Below,
} from "./ancestors.ts";
import { firstJoinVersion, type FirstJoin } from "./first-join.ts";
import {
	importFound,
	recordAct,
	recordOldAt,
	withinCalendar,
	withoutVersion,
	type Act,
	type ActContent,
	type Actor,
	type Look,
	type OnDisk,
} from "./observe.ts";
import { NO_LINEAGE } from "./lineage.ts";
import { pathKey, type PathKey, type VaultPath } from "./path.ts";
import { joinRecords, nextLamport, withSuperseded, type Sibling } from "./record.ts";
import type { Entry, RecordIndex, ShownCopy } from "./record-index.ts";
import { joinVectors, withDot, withDots, type Dot } from "./version-vector.ts";
import { isStale } from "./view.ts";

/**
 * The last there is of what a person wrote is about to give way at `key`: it becomes a file of its own, which is planned and applied
 * like one from elsewhere.
 */
export function recordLastKnown(index: RecordIndex, key: PathKey, look: Look, actor: Actor): void {
	const entry = index.get(key);
	const [last, now] = [entry && index.lastKnown(entry), look.get(key)];
	if (last === undefined || now?.hash !== last.hash) return;
	const own = index.entryOrAbsent(pathKey(last.path));
	importFound(index, own, { ...now, path: last.path }, look, actor);
	index.put({ ...index.entryOrAbsent(own.key), disk: own.disk });
}

/**
 * What nobody brings was made of these bytes, and nothing newer stands at `key` anywhere: they are planned and applied like a version
 * from elsewhere, in place of older ones that were brought back so, and count as superseded, so that they are out of sight again as soon
 * as somebody brings what was made of them.
 */
export function recordPast(index: RecordIndex, key: PathKey, past: ActContent, actor: Actor): void {
	const entry = index.get(key);
	const version = entry?.record.siblings.find((each) => each.content && isMadeOf(each, past.hash));
	if (entry === undefined || version === undefined) return;
	const { path, mtimeMs } = version;
	const absent = index.absent.at(key);
	const isOlder = (each: Sibling): boolean =>
		each.content !== undefined && absent?.has(each.content.hash) !== true && isStale(entry.record, each);
	const older = entry.record.siblings.filter(isOlder).map(({ dot }) => dot);
	const disk = { ...entry.disk, hash: undefined, seen: withDots(entry.disk.seen, older) };
	const at = version.ancestors.findIndex(({ hash }) => hash === past.hash);
	const below: Below = {
		lineage: version.ancestors[at]?.lineage ?? NO_LINEAGE,
		texts: version.ancestors.slice(at + 1),
	};
	const now = { ...past, path, mtimeMs, token: "" };
	recordAct(index, { ...entry, disk }, now, new Map(), actor, true, 1, below);
	index.put({ ...entry, record: withSuperseded(index.entryOrAbsent(key).record, past.hash) });
}

/**
 * A person wants these bytes at `path` again, or nothing (`undefined`): an act like any other, on top of what the disk was last
 * seen to show. The disk does not show it yet, so it is planned and applied like a version from elsewhere.
 */
export function recordRestored(
	index: RecordIndex,
	path: VaultPath,
	content: ActContent | undefined,
	actor: Actor,
): Act | undefined {
	const key = pathKey(path);
	const entry = index.entryOrAbsent(key);
	if (entry.disk.hash === content?.hash) return undefined;
	const look = new Map<PathKey, OnDisk>();
	for (const { path: copyPath, hash, token } of entry.disk.copies) {
		const version = entry.record.siblings.find((sibling) => sibling.content?.hash === hash);
		const { mtimeMs = actor.nowMs, content: shown } = version ?? {};
		look.set(pathKey(copyPath), { path: copyPath, hash, size: shown?.size ?? 0, mtimeMs, token: token ?? "" });
	}
	const wanted = content && { ...content, path: entry.disk.path ?? path, mtimeMs: actor.nowMs, token: "" };
	const act = recordAct(index, entry, wanted, look, actor, false);
	const after = index.entryOrAbsent(key);
	index.put(withPastOfShown({ ...after, disk: { ...entry.disk, copies: after.disk.copies } }, entry));
	return act;
}

/** At the first meeting with the others: what a person chose for paths that both have. The disk is planned for like any. */
export function recordFirstJoin(index: RecordIndex, key: PathKey, choice: FirstJoin): void {
	const entry = index.entryOrAbsent(key);
	const chosen = firstJoinVersion(entry.record, index.state.epoch, choice);
	if (chosen === undefined) return;
	const { like, survivors } = chosen;
	const { lineage, ancestors: texts } = like;
	recordAbove(index, entry, { ...like, imported: false }, { lineage, texts }, survivors);
}

/**
 * A person wants what this disk shows at `key` to stand instead of everything that is known there. `now`: what that is;
 * `undefined`: nothing.
 */
export function recordOverride(index: RecordIndex, key: PathKey, now: OnDisk | undefined, actor: Actor): void {
	const entry = index.entryOrAbsent(key);
	const { record, disk } = entry;
	const path = now?.path ?? record.siblings[0]?.path;
	if (path === undefined || now?.hash !== disk.hash) return;
	const version = {
		content: now === undefined ? undefined : { hash: now.hash, size: now.size },
		path,
		author: actor.name,
		mtimeMs: withinCalendar(now?.mtimeMs ?? actor.nowMs),
		imported: false,
	};
	recordAbove(index, entry, version, belowOf(record, disk, now?.hash), []);
}

/** A version that supersedes all that is known but the survivors, whatever the disk has shown. */
function recordAbove(
	index: RecordIndex,
	entry: Entry,
	version: Omit<Sibling, "dot" | "lamport" | "lineage" | "ancestors">,
	below: Below,
	survivors: readonly Sibling[],
): Dot {
	const { record } = entry;
	const dot = index.mint();
	const { descent, line } = versionOn(below, dot, entry.line);
	const sibling: Sibling = { ...version, ...descent, dot, lamport: nextLamport(record) };
	const context = withDot(record.context, dot);
	// Named, because the context covers them: what is known and not named is what is superseded.
	index.put({
		...entry,
		record: joinRecords(record, { context, siblings: [sibling, ...survivors], superseded: [] }),
		line,
	});
	return dot;
}

/**
 * A person wants the file at `key` to stay although others deleted it: an act on top of all that is known of it, with the bytes
 * that this disk shows. False: it is not shown here, or nothing says that it was deleted.
 */
export function recordKept(index: RecordIndex, key: PathKey, actor: Actor): boolean {
	const entry = index.get(key);
	if (entry?.disk.hash === undefined || entry.disk.path === undefined || entry.intent !== undefined) return false;
	if (entry.record.siblings.some(({ content }) => content !== undefined)) return false;
	const { disk, record } = entry;
	const seen = joinVectors(disk.seen, record.context);
	const { hash, size, path, token = "" } = disk;
	const now: OnDisk = { path: entry.disk.path, hash: entry.disk.hash, size, mtimeMs: actor.nowMs, token };
	recordAct(index, { ...entry, disk: { ...disk, seen } }, now, new Map(), actor, false);
	const after = index.entryOrAbsent(key);
	index.put({ ...after, disk: { ...after.disk, hash, path, token: disk.token, copies: disk.copies } });
	return true;
}

/**
 * A person decided about a conflict copy that this disk shows: its version is dealt with, and `content`, where there is one, stands
 * at the file's own name instead of what stands there. All other versions survive. The disk is planned for like any.
 */
export function recordResolved(
	index: RecordIndex,
	key: PathKey,
	copy: ShownCopy,
	content: ActContent | undefined,
	actor: Actor,
): void {
	const entry = index.entryOrAbsent(key);
	const { record, disk } = entry;
	const act: Dot[] = [];
	if (content === undefined) {
		const without = withoutVersion(index, entry, ({ content: of }) => of?.hash === copy.hash, actor);
		act.push(...without.act);
		index.put({ ...entry, record: without.record });
	} else {
		const like = index.viewAt(entry).winner;
		const isCovered = ({ content: of }: Sibling): boolean =>
			of === undefined || of.hash === disk.hash || of.hash === copy.hash;
		const version = {
			content,
			path: like?.path ?? disk.path ?? copy.path,
			author: actor.name,
			mtimeMs: withinCalendar(actor.nowMs),
			imported: false,
		};
		const survivors = record.siblings.filter((sibling) => !isCovered(sibling));
		act.push(recordAbove(index, entry, version, belowDecision(entry, copy, content), survivors));
	}
	const copyEntry = index.entryOrAbsent(pathKey(copy.path));
	// Where it is a file of its own too, it stays one.
	if (copyEntry.record.siblings.some((s) => s.content?.hash === copy.hash)) return;
	recordOldAt(index, copyEntry, copy.hash, act);
}

/** Made on top of all that was on show, the file and the copy; first of what the other one is, or only its name would seem another. */
function belowDecision({ record, disk }: Entry, copy: ShownCopy, chosen: ActContent): Below {
	const copied = record.siblings.filter(({ content }) => content?.hash === copy.hash).map(textOfVersion);
	const shown = textOnShow(record, disk);
	if (shown === undefined) return belowOf(record, disk, chosen.hash);
	const texts = [shown, ...copied];
	return onTopOfAll(chosen.hash === shown.hash ? texts.reverse() : texts);
}
