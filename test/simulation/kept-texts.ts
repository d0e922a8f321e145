// What a device made a file of its own as the last there is, as nobody within its reach had what came of it (X14). A merged text may
// hold what somebody took out, which the device could not know of when it showed it; and any text may stand as a conflict copy of the
// file besides. A run is not judged by what is in that file, nor by there being one more.
import { isMadeOf } from "../../src/core/ancestors.ts";
import { hashStartIn, originalPath } from "../../src/core/conflict-name.ts";
import type { ContentHash } from "../../src/core/hash.ts";
import { fileName, pathKey, type PathKey } from "../../src/core/path.ts";
import type { Entry } from "../../src/core/record-index.ts";
import { isLiveSibling, type LiveSibling } from "../../src/core/view.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { hashOf } from "../support/records.ts";
import { tokensIn } from "./lists.ts";
import type { Noted } from "./written-down.ts";

/** For so long nobody came with it (X12). */
const PATIENCE_MS = 30_000;

/** A device as it wrote itself down last. */
interface Device {
	readonly entries: Map<PathKey, Entry>;
	/** The versions that the text was merged from, as long as it shows it. */
	mergedFrom: readonly ContentHash[] | undefined;
	/** Since when it has known of others that took their place, and shows the text all the same. */
	behindSinceMs: number | undefined;
}

/**
 * `path`: of a conflict copy that holds `content`, as it was saved or merged. Who made it a file first had to: what took its place was
 * missing, and whatever else stood there was made apart from it. Every line was right when it was merged.
 */
export function isKeptText(path: string, content: string, saved: readonly string[], noted: readonly Noted[]): boolean {
	const original = originalPath(testPath(path));
	const hash = hashOf(content);
	if (original === undefined || !hash.startsWith(hashStartIn(fileName(testPath(path))) ?? hash)) return false;
	const [key, copyKey] = [pathKey(original), pathKey(testPath(path))];
	const contents = new Map(saved.map((text) => [hashOf(text), text]));
	const devices = new Map<string, Device>();
	for (const note of noted) {
		if (note.kind === "replaced") {
			devices.delete(note.device);
			continue;
		}
		const { batch, atMs, reached } = note;
		const device = devices.get(note.device) ?? newDevice();
		devices.set(note.device, device);
		keep(device, note);
		const { mergedFrom, behindSinceMs = Infinity } = follow(device, device.entries.get(key), hash, atMs);
		const made = batch.entries.find((each) => each.key === copyKey);
		const version = made?.record.siblings.find((each) => each.content?.hash === hash);
		if (version === undefined) continue;
		const isOwn = version.imported && version.dot.epoch === batch.state.epoch;
		if (!isOwn || mergedFrom === undefined || atMs - behindSinceMs < PATIENCE_MS) return false;
		const lines = new Set(mergedFrom.flatMap((each) => tokensIn(contents.get(each) ?? "")));
		const others = reached.flatMap((name) => devices.get(name) ?? []);
		const isMissing = (each: ContentHash): boolean =>
			!mergedFrom.includes(each) && !others.some((other) => shows(other, each));
		const isRight = tokensIn(content).every((token) => lines.has(token));
		const versions = liveAt(device.entries.get(key));
		const isApart = (each: LiveSibling): boolean => mergedFrom.includes(each.content.hash) || !isMadeOf(each, hash);
		const isWaiting = versions.some(({ content }) => isMissing(content.hash));
		return isRight && isWaiting && versions.every((each) => isMissing(each.content.hash) || isApart(each));
	}
	return false;
}

function newDevice(): Device {
	return { entries: new Map(), mergedFrom: undefined, behindSinceMs: undefined };
}

function keep({ entries }: Device, { batch, isWhole }: Extract<Noted, { readonly kind: "batch" }>): void {
	if (isWhole) entries.clear();
	for (const key of batch.forgotten) entries.delete(key);
	for (const entry of batch.entries) entries.set(entry.key, entry);
}

function follow(device: Device, entry: Entry | undefined, hash: ContentHash, atMs: number): Device {
	const isShown = entry?.disk.hash === hash || entry?.intent?.hash === hash;
	const versions = versionsAt(entry);
	const mergedFrom = isShown ? (device.mergedFrom ?? versions) : undefined;
	device.mergedFrom = mergedFrom;
	const isBehind = mergedFrom !== undefined && versions.some((each) => !mergedFrom.includes(each));
	device.behindSinceMs = isBehind ? (device.behindSinceMs ?? atMs) : undefined;
	return device;
}

function liveAt(entry: Entry | undefined): readonly LiveSibling[] {
	return entry?.record.siblings.filter(isLiveSibling) ?? [];
}

function versionsAt(entry: Entry | undefined): readonly ContentHash[] {
	return liveAt(entry).map(({ content }) => content.hash);
}

function shows({ entries }: Device, hash: ContentHash): boolean {
	const isHere = ({ disk }: Entry): boolean => disk.hash === hash || disk.copies.some((copy) => copy.hash === hash);
	return [...entries.values()].some(isHere);
}
