// The outside record of a run: what people saved and deleted, and what they had seen when they did. Invariants are judged on
// this record, never on the engine's own vectors.

import { Hearsay, type ActNumber } from "./hearsay.ts";
import { hashStartIn, originalPath } from "../../src/core/conflict-name.ts";
import { fileName } from "../../src/core/path.ts";
import { testPath } from "../support/arbitrary-paths.ts";
import { hashOf } from "../support/records.ts";
import { isList, isWholeList, LIST_PATH, listWith, tokensIn } from "./lists.ts";

/** Everybody saves the same here: a template, a settings file. */
export const SAME_PATH = "same.md";
const SAME = "the same on every device";

/** However it is written, it is one file. */
export function inPlain(path: string): string {
	return path.toLowerCase();
}

/** Contents are tokens, or lists of them, each saved once: the bytes of a file name the acts that made them. */
export class ActRecord {
	/** Who may know of what was done. */
	readonly hearsay = new Hearsay();
	readonly #seenBySave = new Map<string, readonly string[]>();
	readonly #savesOf = new Map<string, readonly ActNumber[]>();
	readonly #deletions: {
		readonly who: string;
		readonly path: string;
		readonly saw: string;
		readonly act: ActNumber;
	}[] = [];
	readonly #pathsBySave = new Map<string, Set<string>>();
	readonly #deletedPaths = new Set<string>();
	readonly #movedPaths = new Set<string>();
	/** Where each content was ever moved to. */
	readonly #movedTo = new Map<string, Set<string>>();
	readonly #savedTwice = new Set<string>();
	readonly #seenBy = new Map<string, Set<string>>();
	readonly #leftBehind = new Set<string>();
	readonly #dealtWithHalf = new Set<string>();
	readonly #onOneDiskOnly = new Set<string>();
	readonly #found = new Set<string>();
	readonly #overwritten = new Set<string>();
	readonly #undecidable = new Set<string>();
	/** The content that each token came with. */
	readonly #contentByToken = new Map<string, string>();
	/** How often somebody who had it before them took it out. */
	readonly #removals = new Map<string, number>();
	readonly #writtenAgain = new Set<string>();
	#doubtsWrittenAgain = false;
	/** What the engine made of several, as soon as somebody acted on it. */
	readonly #merged = new Set<string>();
	#saves = 0;

	get actCount(): number {
		return this.#saves + this.#deletions.length;
	}

	get saved(): readonly string[] {
		return [...this.#seenBySave.keys()].filter((content) => !this.#merged.has(content));
	}

	/** Tokens that nobody who had seen them took out, or that were taken out once and then wanted again, each with the content that it came with. */
	get kept(): ReadonlyMap<string, string> {
		return new Map([...this.#contentByToken].filter(([token]) => !this.#removals.has(token) || this.#isWanted(token)));
	}

	/** Whoever took it out a second time may have known nothing of that it was written again. */
	#isWanted(token: string): boolean {
		return !this.#doubtsWrittenAgain && this.#writtenAgain.has(token) && this.#removals.get(token) === 1;
	}

	/** From now on nobody can tell who knew of what was written again. */
	doubtWrittenAgain(): void {
		this.#doubtsWrittenAgain = true;
	}

	#noteRemoved(token: string): void {
		this.#removals.set(token, (this.#removals.get(token) ?? 0) + 1);
	}

	isKnown(token: string): boolean {
		return this.#contentByToken.has(token);
	}

	/** Somebody said in the app what is to stand there: at a copy too, it may be what stands somewhere else. */
	markSaid(path: string): void {
		this.#deletedPaths.add(inPlain(path));
		this.#movedPaths.add(inPlain(path));
	}

	/** It is all that somebody saved, as they saved it. */
	isSaved(content: string): boolean {
		return this.#seenBySave.has(content) && !this.#merged.has(content);
	}

	/** What somebody acted on. */
	actedOnBy(who: string): ReadonlySet<string> {
		return this.#seenBy.get(who) ?? new Set();
	}

	/** It stands in the folder of a device that forgets what it was doing there. */
	markLeftBehind(text: string): void {
		this.#leftBehind.add(text);
	}

	isLeftBehind(text: string): boolean {
		return this.#leftBehind.has(text);
	}

	/** Somebody wrote over such a text, or deleted it, which nobody had saved: half of a write. What stood beside it as a copy stays (O6). */
	hasDealtWithHalf(path: string): boolean {
		return this.#dealtWithHalf.has(inPlain(path));
	}

	/** A device finds it that forgot where it came from: as far as anybody can tell, it was made apart from all that others have. */
	markFound(text: string): void {
		this.#found.add(text);
	}

	/** It is on one disk only, and something happens to that disk. */
	markOnlyOn(token: string): void {
		this.#onOneDiskOnly.add(token);
	}

	/** Somebody wrote over it on a device that has forgotten whose it is: others may go on waiting for its bytes. */
	markOverwritten(token: string): void {
		this.#overwritten.add(token);
	}

	/** It was out of sight when somebody may have looked: that is a deletion, as far as anybody can tell. */
	markHidden(saw: string): void {
		this.markUndecidable(saw);
		for (const token of this.withSeen(saw)) this.#onOneDiskOnly.add(token);
	}

	isLostWithADisk(token: string): boolean {
		return this.#onOneDiskOnly.has(token);
	}

	/** A new content, made by somebody who saw `saw` (undefined: nothing was there). */
	save(who: string, path: string, saw: string | undefined): string {
		if (saw !== undefined) this.#noteSeen(who, saw);
		return this.#noteSave(who, this.saveAs(this.#nextContent(who, path, saw), path, saw));
	}

	#nextContent(who: string, path: string, saw: string | undefined): string {
		if (path === SAME_PATH) return SAME;
		const number = this.#saves++;
		const token = `save ${String(number)} by ${who}`;
		const isInList = saw === undefined ? path === LIST_PATH : isList(saw);
		return isInList ? listWith(saw, token, number) : token;
	}

	#noteSave(who: string, content: string): string {
		this.#savesOf.set(content, [...(this.#savesOf.get(content) ?? []), this.hearsay.act(who)]);
		return content;
	}

	/** An older version takes the place of what is there now, at its own wish of somebody: it is that version, and a later one too. */
	restore(who: string, path: string, text: string, saw: string | undefined): void {
		if (saw !== undefined) this.#noteSeen(who, saw);
		if (saw !== text) this.#noteSave(who, this.saveAs(text, path, saw));
	}

	/** They have an older text in the place of `saw` again, and want all that is in it. */
	goBack(who: string, path: string, text: string, saw: string): void {
		this.#noteSeen(who, saw);
		this.#noteMerged(text);
		const before = tokensIn(saw);
		const again = tokensIn(text).filter((token) => !before.includes(token) && this.#removals.get(token) === 1);
		for (const token of again) this.#writtenAgain.add(token);
		this.#noteSave(who, this.saveAs(text, path, saw));
	}

	/** Paths in this folder at which somebody deleted something. */
	deletedBelow(folder: string): string[] {
		return this.#deletions.flatMap(({ path }) => (inPlain(path).startsWith(`${inPlain(folder)}/`) ? [path] : []));
	}

	/** What somebody saved, or acted on, and has this hash. */
	contentOf(hash: string): string | undefined {
		return [...this.#seenBySave.keys()].find((content) => hashOf(content) === hash);
	}

	/** What stood where this person deleted something. */
	deletedBy(who: string): string[] {
		return this.#deletions.flatMap((each) => (each.who === who ? [each.saw] : []));
	}

	/** What stood at these, when somebody deleted it. */
	deletedAt(keys: readonly string[]): string[] {
		return this.#deletions.flatMap(({ saw, path }) => (keys.includes(inPlain(path)) ? [saw] : []));
	}

	/** The same for a content that others may bring too: what any of them had seen counts as seen by all. */
	saveAs(token: string, path: string, saw: string | undefined): string {
		if (saw !== undefined) this.#noteHalf(path, saw);
		const now = tokensIn(token);
		for (const each of now) if (!this.#contentByToken.has(each)) this.#contentByToken.set(each, token);
		for (const each of tokensIn(saw ?? "")) if (!now.includes(each)) this.#noteRemoved(each);
		if (saw !== undefined && isList(saw) && !isWholeList(saw)) this.#noteSeenCutOff();
		if (saw !== undefined) this.#noteMerged(saw);
		const before = this.#seenBySave.get(token) ?? [];
		if (this.#seenBySave.has(token)) this.#savedTwice.add(token);
		this.#seenBySave.set(token, saw === undefined || saw === token ? before : [...before, saw]);
		this.#pathsBySave.set(token, (this.#pathsBySave.get(token) ?? new Set()).add(inPlain(path)));
		return token;
	}

	#noteHalf(path: string, saw: string): void {
		if (this.isLeftBehind(saw) && !this.isKnown(saw)) this.#dealtWithHalf.add(inPlain(path));
	}

	/**
	 * `noticedFromMs`: when the device may notice that the file is gone; at once if not set. `beside`: where it is a conflict copy, what
	 * else stands there as a version of its file. What is merged of several of these may be merged of them again: with it, nothing is
	 * taken out.
	 */
	delete(who: string, path: string, saw: string, noticedFromMs = 0, beside: readonly string[] = []): void {
		if (this.#isMergedOf(saw, beside)) {
			this.#noteSeen(who, saw);
			this.#deletedPaths.add(inPlain(path));
			return;
		}
		this.#noteHalf(path, saw);
		// What it is half of stays somewhere, as nobody has seen it here; what that has in common with the half, nobody can tell.
		if (isList(saw) && !isWholeList(saw)) this.markUndecidable(saw);
		this.#deletions.push({ who, path, saw, act: this.hearsay.act(who, noticedFromMs) });
		for (const token of tokensIn(saw)) this.#noteRemoved(token);
		this.#noteMerged(saw);
		this.#noteSeen(who, saw);
		this.#deletedPaths.add(inPlain(path));
	}

	/**
	 * Somebody acted on `saw` when a crash had cut off, or was about to cut off, what the device would have written down of
	 * it: whether they saw it as the engine's work or as their own is undecidable, and a conflict is the safe answer.
	 */
	markUndecidable(saw: string): void {
		for (const token of this.withSeen(saw)) this.#undecidable.add(token);
	}

	/**
	 * A file, or a folder, is called something else: its bytes may stand at both names on other devices for a while, and
	 * what is superseded at one may be current at the other.
	 */
	move(from: string, to: string, tokens: readonly string[]): void {
		this.#deletedPaths.add(inPlain(from)).add(inPlain(to));
		this.#movedPaths.add(inPlain(from)).add(inPlain(to));
		for (const token of tokens) {
			this.markUndecidable(token);
			this.#movedTo.set(token, (this.#movedTo.get(token) ?? new Set()).add(inPlain(to)));
		}
	}

	/**
	 * Contents that somebody saved at `path`, or moved there, and that may have been on one disk only when that was lost. Of a
	 * conflict copy, which may have become a file of its own: the one content that its name says, saved where it is a copy of.
	 */
	lostAt(path: string): string[] {
		const isAt = (content: string, where: string): boolean =>
			[this.#pathsBySave, this.#movedTo].some((paths) => paths.get(content)?.has(inPlain(where)) === true);
		const original = originalPath(testPath(path));
		const hashStart = hashStartIn(fileName(testPath(path)));
		const isCopyHere = (content: string): boolean =>
			original !== undefined &&
			hashStart !== undefined &&
			hashOf(content).startsWith(hashStart) &&
			isAt(content, original);
		const lost = [...this.#onOneDiskOnly, ...this.#overwritten];
		return [...new Set(lost)].filter((content) => isAt(content, path) || isCopyHere(content));
	}

	/** What anybody ever saved at a path, in its plainest spelling, or at a copy of it, or moved to one of these. */
	contentsAt(place: string): string[] {
		const isHere = (path: string): boolean => path === place || inPlain(originalPath(testPath(path)) ?? "") === place;
		const isAt = (content: string): boolean =>
			[this.#pathsBySave, this.#movedTo].some((paths) => [...(paths.get(content) ?? [])].some(isHere));
		return [...new Set([...this.#pathsBySave.keys(), ...this.#movedTo.keys()])].filter(isAt);
	}

	/** Paths, in their plainest spelling, at which such a content was saved, with it. */
	placesOf(isSuch: (content: string) => boolean): { readonly place: string; readonly content: string }[] {
		return [...this.#pathsBySave].flatMap(([content, places]) =>
			isSuch(content) ? [...places].map((place) => ({ place, content })) : [],
		);
	}

	/** Something was moved there or away, or decided about a copy of it. */
	wasMoved(place: string): boolean {
		return this.#movedPaths.has(place);
	}

	isUndecidable(token: string): boolean {
		return this.#undecidable.has(token) || this.#savedTwice.has(token);
	}

	/** Paths, in their plainest spelling, at which nothing but one and the same content was ever saved, and to which nothing was moved. */
	pathsWithOneContent(): string[] {
		const contents = new Map<string, number>();
		for (const paths of this.#pathsBySave.values())
			for (const path of paths) contents.set(path, (contents.get(path) ?? 0) + 1);
		return [...contents].flatMap(([path, count]) => (count === 1 && !this.#movedPaths.has(path) ? [path] : []));
	}

	/** Somebody worked on what a cut-off write had left of a list: which lines they took out with it, nobody can tell. */
	#noteSeenCutOff(): void {
		for (const [token, content] of this.#contentByToken) {
			if (!isList(content)) continue;
			this.#noteRemoved(token);
			this.#onOneDiskOnly.add(content);
		}
	}

	/** Somebody acts on `content`: when nobody saved it, it stands for what it was merged from. */
	#noteMerged(content: string): void {
		if (!isList(content) || this.#seenBySave.has(content)) return;
		this.#merged.add(content);
		this.#seenBySave.set(content, this.#partsOf(content));
	}

	/** Nobody saved it, and it has the lines of several of `texts` and no other, as none of them has. */
	#isMergedOf(content: string, texts: readonly string[]): boolean {
		if (!isWholeList(content) || (this.#seenBySave.has(content) && !this.#merged.has(content))) return false;
		const lines = texts.map((text) => new Set(tokensIn(text)));
		const wanted = tokensIn(content);
		const isIn = (text: ReadonlySet<string>): boolean => wanted.every((token) => text.has(token));
		return !lines.some(isIn) && isIn(new Set(lines.flatMap((text) => [...text])));
	}

	#partsOf(content: string): readonly string[] {
		return isList(content)
			? [...new Set(tokensIn(content).flatMap((token) => this.#contentByToken.get(token) ?? []))]
			: [];
	}

	#noteSeen(who: string, saw: string): void {
		this.#seenBy.set(who, (this.#seenBy.get(who) ?? new Set()).add(saw));
	}

	/** Paths, in their plainest spelling, on which every save saw the one before it, nothing was deleted, nothing is undecidable, and no folder has the name. */
	pathsWithoutConcurrency(): string[] {
		const saves = new Map<string, string[]>();
		for (const [token, paths] of this.#pathsBySave)
			for (const path of paths) saves.set(path, [...(saves.get(path) ?? []), token]);
		return [...saves].flatMap(([path, tokens]) => {
			const isChain = tokens.every((token, i) => {
				const before = tokens[i - 1];
				return before === undefined ? this.#seenBySave.get(token)?.length === 0 : this.withSeen(token).has(before);
			});
			const isDecidable = !tokens.some((token) => this.isUndecidable(token) || this.#found.has(token));
			return isChain && isDecidable && !this.hasFolder(path) && !this.#deletedPaths.has(path) ? [path] : [];
		});
	}

	/** Whether something was ever saved in a folder of that name, or moved into one. */
	hasFolder(path: string): boolean {
		const inside = `${inPlain(path)}/`;
		const saved = [...this.#pathsBySave.values()].flatMap((paths) => [...paths]);
		return [...saved, ...this.#movedPaths].some((other) => other.startsWith(inside));
	}

	/** `token` and everything its authors had seen on the way to it. */
	withSeen(token: string): Set<string> {
		const all = new Set<string>();
		const open = [token];
		for (let next = open.pop(); next !== undefined; next = open.pop()) {
			if (all.has(next)) continue;
			all.add(next);
			open.push(...(this.#seenBySave.get(next) ?? this.#partsOf(next)));
		}
		return all;
	}

	/** Contents that a deletion saw, or that were superseded on the way to one it saw. */
	deleted(): Set<string> {
		return new Set(this.#deletions.flatMap(({ saw }) => [...this.withSeen(saw)]));
	}

	/** The same without deletions of which nobody can know any more. */
	stillDeleted(): Set<string> {
		return new Set(this.#deletionsNotLost().flatMap((saw) => [...this.withSeen(saw)]));
	}

	/** Contents that some later save saw. */
	superseded(): Set<string> {
		return new Set([...this.#seenBySave.values()].flat());
	}

	/** The same without saves, and deletions, of which nobody can know any more. */
	stillSuperseded(): Set<string> {
		const isLost = (content: string): boolean =>
			this.#savesOf.get(content)?.every((act) => this.hearsay.isLost(act)) === true;
		const latest = [...this.saved.filter((content) => !isLost(content)), ...this.#deletionsNotLost()];
		return new Set(latest.flatMap((content) => [...this.withSeen(content)].filter((seen) => seen !== content)));
	}

	#deletionsNotLost(): string[] {
		return this.#deletions.flatMap(({ saw, act }) => (this.hearsay.isLost(act) ? [] : [saw]));
	}
}
