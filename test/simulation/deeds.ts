// What people did in each folder, act by act, as the judge of I15 and I25 reads it: every version that a device makes is one of these.
import { isConflictCopyName, originalPath } from "../../src/core/conflict-name.ts";
import { isFolder } from "../../src/core/folder.ts";
import type { ContentHash } from "../../src/core/hash.ts";
import { fileName, pathKey, type PathKey } from "../../src/core/path.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { hashOf } from "../support/records.ts";
import type { Noted } from "./written-down.ts";

/** `undefined`: a deletion. */
type What = ContentHash | undefined;

export class Deeds {
	readonly #counts = new Map<string, number>();
	/** Whatever is made there is somebody's doing, or nobody can tell. */
	readonly #unclear = new Set<string>();
	readonly #said = new Set<string>();
	/** How often. */
	readonly #respelled = new Map<string, number>();

	/** Somebody wrote these bytes there, or deleted what was there (`undefined`), or did what comes to that. */
	note(who: string, path: string, content: string | undefined): void {
		const name = nameOf(who, pathKey(testPath(path)), content === undefined ? undefined : hashOf(content));
		this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
		this.#noteOriginal(who, path);
	}

	/** What its device makes of that, and how often, depends on when it looks. */
	noteUnclear(who: string, path: string): void {
		this.#unclear.add(nameOf(who, pathKey(testPath(path))));
		this.#noteOriginal(who, path);
	}

	/** Whoever changes or removes a conflict copy deals with a version of its file (O5). */
	#noteOriginal(who: string, path: string): void {
		const original = originalPath(testPath(path));
		if (original !== undefined) this.noteUnclear(who, original);
	}

	/** Its person said in the app what is to stand there. */
	noteSaid(who: string, path: string): void {
		this.noteUnclear(who, path);
		this.#said.add(nameOf(who, pathKey(testPath(path))));
	}

	/** Somebody wrote this folder another way. */
	noteRespelled(folder: string): void {
		const above = `${pathKey(testPath(folder))}/`;
		this.#respelled.set(above, (this.#respelled.get(above) ?? 0) + 1);
	}

	/** How often somebody wrote a folder above it another way. */
	respellingsOf(key: PathKey): number {
		return [...this.#respelled].reduce((sum, [above, times]) => sum + (key.startsWith(above) ? times : 0), 0);
	}

	isSaid(who: string, key: PathKey): boolean {
		return this.#said.has(nameOf(who, key));
	}

	count(who: string, key: PathKey, what: What): number {
		return this.#unclear.has(nameOf(who, key)) ? Infinity : (this.#counts.get(nameOf(who, key, what)) ?? 0);
	}
}

/**
 * I15: devices made no version but for what somebody did in front of them, and none twice; I25: nor one that says deleted while that
 * waited for a person's word. Not judged: what comes of a conflict copy, at its own name and at its file's (O5, O6), imports (O4), and
 * folders (B4).
 */
export function noVersionOfNobody(noted: readonly Noted[], deeds: Deeds): string[] {
	const made = new Map<string, number>();
	/** How often a device said of a content that its folder is written another way. */
	const following = new Map<string, number>();
	/** How whoever made it last wrote the path. */
	const madeAs = new Map<string, string>();
	const known = new Set<string>();
	const folders = new Set<PathKey>();
	const found: string[] = [];
	for (const note of noted) {
		if (note.kind === "replaced") continue;
		const { device, batch, atMs, asked } = note;
		for (const { key, record } of batch.entries) {
			if (record.siblings.some(({ content }) => content !== undefined && isFolder(content))) folders.add(key);
			for (const { dot, content, imported, path } of record.siblings) {
				const dotName = `${dot.epoch} ${String(dot.counter)}`;
				if (known.has(dotName)) continue;
				known.add(dotName);
				if (dot.epoch !== batch.state.epoch) continue;
				const what = content?.hash;
				if (what === undefined && asked.has(key) && !deeds.isSaid(device, key))
					found.push(`I25: ${device} deleted ${key} at ${String(atMs)} ms when it was to ask`);
				const before = madeAs.get(`${key} ${what ?? ""}`);
				madeAs.set(`${key} ${what ?? ""}`, path);
				if (imported || folders.has(key) || isConflictCopyName(fileName(path))) continue;
				const name = nameOf(device, key, what);
				// A file goes along when others write its folder another way, and says so.
				const followed = following.get(name) ?? 0;
				if (before !== undefined && before !== path && followed < deeds.respellingsOf(key)) {
					following.set(name, followed + 1);
					continue;
				}
				made.set(name, (made.get(name) ?? 0) + 1);
				if ((made.get(name) ?? 0) > deeds.count(device, key, what))
					found.push(`I15: ${device} at ${String(atMs)} ms: nobody made ${what ?? "a deletion"} at ${key}`);
			}
		}
	}
	return found;
}

/** I15: and none at all when nobody does anything. */
export function noVersionInQuiet(noted: readonly Noted[], sinceMs: number): string[] {
	const counters = new Map<string, number>();
	return noted.flatMap((note) => {
		if (note.kind === "replaced") return [];
		const { epoch, counter } = note.batch.state;
		const before = counters.get(epoch) ?? 0;
		counters.set(epoch, counter);
		const isNew = note.atMs > sinceMs && counter > before;
		return isNew ? [`I15: ${note.device} made a version at ${String(note.atMs)} ms, when all was quiet`] : [];
	});
}

function nameOf(who: string, key: PathKey, what?: What): string {
	return `${who} ${key} ${what ?? ""}`;
}
