// All that one replica knows: records by key, what its own disk shows for each, its knowledge, and what follows from them
// (trie, owners of conflict copies, where contents lie). Synchronous and without a platform; engine/replica.ts is its only writer.
import { AbsentContents, obtainablePart } from "./absent-contents.ts";
import { madeOf, withPastOfShown, type TextWithPast } from "./ancestors.ts";
import { bytesToHex } from "./bytes.ts";
import { ShownTexts } from "./crossings.ts";
import { FilledFolders } from "./filled-folders.ts";
import { FOLDER, isFolder } from "./folder.ts";
import type { ContentHash } from "./hash.ts";
import { HashTrie, type TrieNode, type TriePrefix } from "./hash-trie.ts";
import type { ReplicaEpoch } from "./ids.ts";
import { NUMBERS_LEFT_OUT, withLeftOut, type LeftOutNumbers } from "./left-out-numbers.ts";
import type { LineEnd } from "./lineage.ts";
import { mergeCandidate, mergedView, mergeSignature, type MergeCandidate, type MergeOutcome } from "./merge-view.ts";
import { pathKey, type PathKey, type VaultPath } from "./path.ts";
import { isKeptAt, lastKnownAt, pastAt, type LastKnown } from "./last-known.ts";
import { absentRecord, isLive, type PathRecord, type Sibling } from "./record.ts";
import { trieDigest, trieKey, type Sha256 } from "./record-digest.ts";
import { renumberedEntry, renumberedVector } from "./renumber.ts";
import type { LeftOut } from "./scope.ts";
import { EMPTY_VECTOR, includes, joinVectors, withDot, type Dot, type VersionVector } from "./version-vector.ts";
import { viewOf, type View } from "./view.ts";

/** A conflict copy that the engine made and nobody touched since: it has no record of its own. */
export interface ShownCopy {
	readonly path: VaultPath;
	readonly hash: ContentHash;
	/** The host's change token (ports/vault.ts) right after it was written. */
	readonly token: string | undefined;
}

/** What this device's disk shows for a key, as far as it is recorded. */
export interface DiskState {
	/** `undefined`: no file. */
	readonly hash: ContentHash | undefined;
	readonly size: number;
	/** Its spelling on disk; `undefined`: no file. */
	readonly path: VaultPath | undefined;
	readonly token: string | undefined;
	/** The versions that somebody who looks at this disk has seen here. */
	readonly seen: VersionVector;
	readonly copies: readonly ShownCopy[];
	/**
	 * When that is what `hash` is, what it was made of, where it is a merged text or a version that was superseded: others may supersede it, or
	 * a part of it, before it is seen that somebody edited the text, and then no record says it any more.
	 */
	readonly made?: TextWithPast;
	/**
	 * When that is what `hash` is: whoever changes or deletes it has seen no version of this file here. What stands beside it as conflict
	 * copies they have.
	 */
	readonly torn?: TornWrite;
	/** It takes no part here: all of this is as it was when that began, and what stands there now is not known. */
	readonly leftOut?: LeftOut;
}

/** Half of a write that a crash cut off. */
export interface TornWrite {
	readonly hash: ContentHash;
	/** What stood there before anything of the write did; the half itself: that is not known. */
	readonly before: Sibling["content"];
}

/** The half of a write that is on show, which is a version of nobody. */
export function tornAt({ hash, torn }: DiskState): TornWrite | undefined {
	return hash !== undefined && hash === torn?.hash ? torn : undefined;
}

/** Something whole is on show. */
export function withoutTorn(disk: DiskState): DiskState {
	const { torn, ...rest } = disk;
	return torn === undefined ? disk : rest;
}

/** What whoever looks at the file itself has seen there. */
export function seenAt(disk: DiskState): VersionVector {
	return tornAt(disk) === undefined ? disk.seen : EMPTY_VECTOR;
}

/** What somebody had there: before half of a write came to stand there, if one does. */
export function hadAt(disk: DiskState): Sibling["content"] {
	const torn = tornAt(disk);
	if (torn !== undefined) return torn.before;
	return disk.hash === undefined ? undefined : { hash: disk.hash, size: disk.size };
}

/** Persisted before the disk is touched: what it is about to show. */
export interface Intent {
	readonly hash: ContentHash | undefined;
	readonly size: number;
	readonly path: VaultPath;
	readonly context: VersionVector;
	readonly copies: readonly ShownCopy[];
	/** What somebody had at the file itself and gives way; absent: it stays as it is, or what had stood there is not known. */
	readonly replaces?: { readonly content: Sibling["content"] };
}

export interface Entry {
	readonly key: PathKey;
	readonly record: PathRecord;
	readonly disk: DiskState;
	readonly intent: Intent | undefined;
	/** Where this device is in its line (lineage.ts); absent: it made no version of this file in this run. Never written down. */
	readonly line?: LineEnd;
}

export interface IndexState {
	/** The one that `counter` counts in: the host's, or one that the engine took because the state was found rolled back. */
	readonly epoch: ReplicaEpoch;
	/** The epoch that the host gave when this state last began or was renewed. */
	readonly hostEpoch: ReplicaEpoch;
	/** The highest counter issued in `epoch`. */
	readonly counter: number;
	readonly knowledge: VersionVector;
	/** Join of the contexts of all forgotten tombstones. */
	readonly forgotten: VersionVector;
	/** The first scan is not complete: what it finds is imported. */
	readonly importing: boolean;
	/** Of `epoch`: never given to an act. */
	readonly leftOut: readonly LeftOutNumbers[];
}

/** Of a device that knows nothing yet. */
export function newState(epoch: ReplicaEpoch, hostEpoch: ReplicaEpoch): IndexState {
	const [knowledge, forgotten] = [EMPTY_VECTOR, EMPTY_VECTOR];
	return { epoch, hostEpoch, counter: 0, knowledge, forgotten, importing: true, leftOut: [] };
}

/** With that many at each of a hundred starts a day there are numbers for half a century. */
export const GAPS_LEFT_OUT_MAX = 1 << 12;

export class RecordIndex {
	readonly #sha256: Sha256;
	readonly #entries = new Map<PathKey, Entry>();
	readonly #trie = new HashTrie();
	readonly #ownerByCopy = new Map<PathKey, PathKey>();
	readonly #withCopies = new Set<PathKey>();
	/** Records with more than one live sibling: some of them may have to be shown as conflict copies. */
	readonly #contested = new Set<PathKey>();
	/** What became of merging them, each with what was merged. */
	readonly #merges = new Map<PathKey, { readonly signature: string; readonly outcome: MergeOutcome }>();
	/** Each with the record it follows from. */
	readonly #candidates = new Map<
		PathKey,
		{ readonly record: PathRecord; readonly candidate: MergeCandidate | undefined }
	>();
	readonly #mergesTexts: boolean;
	/** What nobody who can be reached has, of the versions that are to be shown. */
	readonly absent = new AbsentContents();
	readonly shownTexts = new ShownTexts();
	readonly #filledFolders = new FilledFolders();
	readonly #unspellable = new Map<PathKey, VaultPath>();
	readonly #locations = new Map<ContentHash, Map<PathKey, VaultPath>>();
	/** Records without a live sibling. */
	readonly #dead = new Set<PathKey>();
	readonly #unsaved = new Set<PathKey>();
	readonly #forgotten = new Set<PathKey>();
	readonly #changed = new Set<PathKey>();
	#fileCount = 0;
	#leftOutCount = 0;
	#shownCount = 0;
	#state: IndexState;

	/** `mergesTexts`: somebody will say how merges ended (`noteMerge`); otherwise all versions are shown beside each other. */
	constructor(state: IndexState, sha256: Sha256, options: { readonly mergesTexts?: boolean } = {}) {
		this.#state = state;
		this.#sha256 = sha256;
		this.#mergesTexts = options.mergesTexts === true;
	}

	get state(): IndexState {
		return this.#state;
	}

	/**
	 * To begin a run, before anything is minted: acts that were told and then lost must not share their numbers with others, and what
	 * the journal lost of the run before, when the machine failed before it was on the disk, had one of these. `gaps`:
	 * another number each time (1 to GAPS_LEFT_OUT_MAX), or two runs that begin with one state, as a backup makes them, would give
	 * the same numbers.
	 */
	leaveOutNumbers(gaps: number): void {
		const { counter, leftOut } = this.#state;
		const to = counter + gaps * NUMBERS_LEFT_OUT;
		this.#state = { ...this.#state, counter: to, leftOut: withLeftOut(leftOut, [counter, to]) };
	}

	get knowledge(): VersionVector {
		return this.#state.knowledge;
	}

	/** Files that follow from the records, conflict copies not counted. */
	get fileCount(): number {
		return this.#fileCount;
	}

	/** Those of them that take no part on this device. */
	get leftOutCount(): number {
		return this.#leftOutCount;
	}

	/** Files that this disk is recorded to show, conflict copies included, and what takes no part not. */
	get shownCount(): number {
		return this.#shownCount;
	}

	get size(): number {
		return this.#entries.size;
	}

	/** What lies at `prefix` in the trie over live records. */
	trieNode(prefix: TriePrefix): TrieNode {
		return this.#trie.node(prefix);
	}

	/** Where a key stands in the trie, as hex. */
	hashOf(key: PathKey): string {
		return bytesToHex(trieKey(key, this.#sha256));
	}

	/** The keys with these hashes of which there is a record. Goes through all of them: for repairs only. */
	keysByHash(hashes: ReadonlySet<string>): Map<string, PathKey> {
		const keys = new Map<string, PathKey>();
		if (hashes.size === 0) return keys;
		for (const key of this.#entries.keys()) {
			const hash = this.hashOf(key);
			if (hashes.has(hash)) keys.set(hash, key);
		}
		return keys;
	}

	/** 16 bytes over all live records: equal on two replicas exactly when these are equal. */
	root(): Uint8Array {
		return this.#trie.root();
	}

	get(key: PathKey): Entry | undefined {
		return this.#entries.get(key);
	}

	/** The entry, or the one that an unknown path stands for: whatever there was of it was deleted, and that is forgotten. */
	entryOrAbsent(key: PathKey): Entry {
		const { forgotten } = this.#state;
		return (
			this.#entries.get(key) ?? {
				key,
				record: absentRecord(forgotten),
				disk: { hash: undefined, size: 0, path: undefined, token: undefined, seen: forgotten, copies: [] },
				intent: undefined,
			}
		);
	}

	entries(): IterableIterator<Entry> {
		return this.#entries.values();
	}

	/** Keys of records that say nothing but that something was deleted. */
	deadKeys(): IterableIterator<PathKey> {
		return this.#dead.values();
	}

	/** Those with conflict copies on show. */
	*entriesWithCopies(): IterableIterator<Entry> {
		for (const key of this.#withCopies) {
			const entry = this.#entries.get(key);
			if (entry !== undefined && entry.disk.leftOut === undefined) yield entry;
		}
	}

	/** Those that may have to be shown under another name: several live siblings, or a folder has the name. */
	*contestedEntries(): IterableIterator<Entry> {
		for (const key of this.#contested) {
			const entry = this.#entries.get(key);
			if (entry !== undefined) yield entry;
		}
		for (const key of this.#filledFolders.keys()) {
			const entry = this.#contested.has(key) ? undefined : this.#entries.get(key);
			if (entry !== undefined) yield entry;
		}
	}

	/** The files that every replica shows for an entry, beside all that it shows for the others. */
	viewAt(entry: Entry): View {
		const { key } = entry;
		const record = this.shownPart(entry);
		const view = viewOf(record);
		if (view.winner === undefined) return view;
		if (this.#losesName(key, view)) return { winner: undefined, losers: [view.winner, ...view.losers] };
		const { winner, ...rest } = this.#mergedAt(key, record, view);
		// A merged text is called like the version that is the winner without merging.
		const path = isFolder(view.winner.content) ? view.winner.path : this.#filledFolders.spelled(key, view.winner.path);
		return { ...rest, winner: winner && (winner.path === path ? winner : { ...winner, path }) };
	}

	/** Of the record, what is to be shown and then counts as seen. */
	shownPart(entry: Entry): PathRecord {
		return this.lastKnown(entry) === undefined ? this.#obtainablePart(entry) : entry.record;
	}

	/** What this disk shows and nobody has any more, with which shown part it would go; until it is a file of its own. */
	lastKnown(entry: Entry): LastKnown | undefined {
		const last = lastKnownAt(entry, this.#obtainablePart(entry));
		const own = last && this.get(pathKey(last.path));
		return last !== undefined && own !== undefined && isKeptAt(own, last.hash) ? undefined : last;
	}

	/** What might stand at `key` for want of anything else, newest first. */
	pastOf(key: PathKey): readonly ContentHash[] {
		const entry = this.#ownerByCopy.has(key) ? undefined : this.#entries.get(key);
		return entry === undefined ? [] : pastAt(entry, this.absent.at(key));
	}

	#obtainablePart({ key, record, disk }: Entry): PathRecord {
		const isInTheWay = disk.hash !== undefined && !isFolder(disk) && this.#filledFolders.has(key);
		return obtainablePart(record, this.absent.at(key), disk.seen, isInTheWay, disk.hash);
	}

	#mergedAt(key: PathKey, record: PathRecord, view: View): View {
		const candidate = this.#candidateAt(key, record, view);
		const merge = candidate && this.#merges.get(key);
		if (candidate === undefined || merge?.signature !== mergeSignature(candidate)) return view;
		return mergedView(view, candidate, merge.outcome);
	}

	/** What is to be merged before anybody can say what is to be shown at `key`. */
	unmergedAt(key: PathKey): MergeCandidate | undefined {
		const candidate = this.candidateAt(key);
		const merge = this.#merges.get(key);
		return candidate === undefined || merge?.signature === mergeSignature(candidate) ? undefined : candidate;
	}

	/** What is or was to be merged there. */
	candidateAt(key: PathKey): MergeCandidate | undefined {
		const entry = this.#entries.get(key);
		const record = entry === undefined ? undefined : this.shownPart(entry);
		return record === undefined ? undefined : this.#candidateAt(key, record, viewOf(record));
	}

	#candidateAt(key: PathKey, record: PathRecord, view: View): MergeCandidate | undefined {
		if (!this.#mergesTexts || !this.#contested.has(key) || this.#losesName(key, view)) return undefined;
		const known = this.#candidates.get(key);
		if (known?.record === record) return known.candidate;
		const candidate = mergeCandidate(record, view);
		this.#candidates.set(key, { record, candidate });
		return candidate;
	}

	/** A file where a folder has files gives its name up. */
	#losesName(key: PathKey, { winner }: View): boolean {
		return winner !== undefined && !isFolder(winner.content) && this.#filledFolders.has(key);
	}

	noteMerge(key: PathKey, candidate: MergeCandidate, outcome: MergeOutcome): void {
		this.#merges.set(key, { signature: mergeSignature(candidate), outcome });
		const entry = this.#entries.get(key);
		if (entry === undefined || outcome.kind === "copies" || outcome.content.hash !== entry.disk.hash) return;
		// Shown since an earlier run: others may supersede a part before it is seen that somebody edited the text.
		const { hash } = outcome.content;
		this.put({ ...entry, disk: { ...entry.disk, ...madeOf(entry.disk, hash, candidate.versions) } });
	}

	/** It is to be tried again. */
	forgetMerge(key: PathKey): void {
		this.#merges.delete(key);
	}

	/** This disk could not write the name of `key` so; not tried again before the next start. */
	noteUnspellable(key: PathKey, path: VaultPath): void {
		this.#unspellable.set(key, path);
	}

	unspellable(key: PathKey): VaultPath | undefined {
		return this.#unspellable.get(key);
	}

	/** Folders whose name is written another way since the last call. */
	takeRespelledFolders(): readonly PathKey[] {
		return this.#filledFolders.takeRespelled();
	}

	/** Whether there is to be a folder of this name although nothing is in it. */
	keepsFolder(key: PathKey): boolean {
		const entry = this.#entries.get(key);
		return entry !== undefined && isFolder(viewOf(entry.record).winner?.content);
	}

	/** The key of the file that the untouched conflict copy at `key` belongs to. */
	ownerOf(key: PathKey): PathKey | undefined {
		return this.#ownerByCopy.get(key);
	}

	/** Where this disk shows `hash`, as far as recorded. */
	locationsOf(hash: ContentHash): VaultPath[] {
		return [...(this.#locations.get(hash)?.values() ?? [])];
	}

	put(next: Entry): void {
		const before = this.#entries.get(next.key);
		const entry = before === undefined ? next : withPastOfShown(next, before);
		this.#entries.set(entry.key, entry);
		this.#forgotten.delete(entry.key);
		if (before?.record !== entry.record) {
			this.#updateTrie(before, entry);
			this.#changed.add(entry.key);
		}
		if (before?.disk !== entry.disk) this.#updatePlaces(before, entry);
		this.#leftOutCount += Number(isLeftOutFile(entry)) - Number(before !== undefined && isLeftOutFile(before));
		this.#shownCount += filesShown(entry.disk) - (before === undefined ? 0 : filesShown(before.disk));
		this.#unsaved.add(entry.key);
	}

	/** Whether nothing is left of a path here but that it was deleted, and `known` says that somebody knows as much. */
	isForgettable(key: PathKey, known: VersionVector): boolean {
		const entry = this.#entries.get(key);
		if (entry === undefined || isLive(entry.record) || entry.intent !== undefined) return false;
		const { hash, copies, leftOut } = entry.disk;
		// What takes no part here was not looked at, and may take part again.
		if (leftOut !== undefined) return false;
		// Where another file's conflict copy stands, the record is about that copy.
		if (hash !== undefined || copies.length > 0 || this.#ownerByCopy.has(key)) return false;
		return includes(known, entry.record.context);
	}

	/** Forgets a record that `isForgettable`, and remembers that something was forgotten. */
	forget(key: PathKey): void {
		const entry = this.#entries.get(key);
		if (entry === undefined) return;
		this.#entries.delete(key);
		this.#dead.delete(key);
		this.#unsaved.delete(key);
		this.#changed.delete(key);
		this.#forgotten.add(key);
		this.learn(EMPTY_VECTOR, entry.record.context);
	}

	/** A dot for a person's act on this device, known from now on. */
	mint(): Dot {
		const dot: Dot = { epoch: this.#state.epoch, counter: this.#state.counter + 1 };
		this.#state = { ...this.#state, counter: dot.counter, knowledge: withDot(this.#state.knowledge, dot) };
		return dot;
	}

	learn(knowledge: VersionVector, forgotten: VersionVector = EMPTY_VECTOR): void {
		this.#state = {
			...this.#state,
			knowledge: joinVectors(this.#state.knowledge, knowledge),
			forgotten: joinVectors(this.#state.forgotten, forgotten),
		};
	}

	endImport(): void {
		this.#state = { ...this.#state, importing: false };
	}

	/** Counts on in an epoch of its own. Of the old one, what others have `confirmed` keeps its numbers (renumber.ts). */
	renumber(epoch: ReplicaEpoch, confirmed: number): void {
		const { epoch: from, knowledge, forgotten } = this.#state;
		const renumbering = { from, to: epoch, confirmed };
		for (const entry of this.#entries.values()) this.put(renumberedEntry(entry, renumbering));
		this.#state = {
			...this.#state,
			epoch,
			leftOut: [],
			knowledge: renumberedVector(knowledge, renumbering),
			forgotten: renumberedVector(forgotten, renumbering),
		};
	}

	/** What `takeUnsaved`, `takeForgotten` and `takeChanged` gave out did not get to the disk. */
	putBack(unsaved: readonly Entry[], forgotten: readonly PathKey[], changed: readonly PathKey[]): void {
		for (const { key } of unsaved) if (this.#entries.has(key)) this.#unsaved.add(key);
		for (const key of forgotten) if (!this.#entries.has(key)) this.#forgotten.add(key);
		for (const key of changed) this.#changed.add(key);
	}

	/** Entries to write down since the last call. */
	takeUnsaved(): Entry[] {
		const entries = [...this.#unsaved].flatMap((key) => this.#entries.get(key) ?? []);
		this.#unsaved.clear();
		return entries;
	}

	/** Keys whose entries are to be left out of what is written down, since the last call. */
	takeForgotten(): PathKey[] {
		const keys = [...this.#forgotten];
		this.#forgotten.clear();
		return keys;
	}

	get hasUnsaved(): boolean {
		return this.#unsaved.size + this.#forgotten.size > 0;
	}

	/** Keys whose record changed since the last call. */
	takeChanged(): PathKey[] {
		const keys = [...this.#changed];
		this.#changed.clear();
		return keys;
	}

	/** The same, without ending it. */
	peekChanged(): PathKey[] {
		return [...this.#changed];
	}

	/** An entry as the journal has it: neither unsaved nor changed. */
	restore(entry: Entry): void {
		this.put(entry);
		this.#unsaved.delete(entry.key);
		this.#changed.delete(entry.key);
	}

	/** The same for one that the journal says was forgotten. */
	restoreForgotten(key: PathKey): void {
		this.forget(key);
		this.#forgotten.delete(key);
	}

	#updateTrie(before: Entry | undefined, after: Entry): void {
		const shownBefore = before === undefined ? undefined : viewOf(before.record).winner;
		const shown = viewOf(after.record).winner;
		if (isLive(after.record)) this.#dead.delete(after.key);
		else this.#dead.add(after.key);
		// A deletion may hide the only version, which is on show where the deletion was forgotten: no digest may be equal then.
		if (shown !== undefined)
			this.#trie.set(trieKey(after.key, this.#sha256), trieDigest(after.key, after.record, this.#sha256));
		else if (shownBefore !== undefined) this.#trie.delete(trieKey(after.key, this.#sha256));
		this.#filledFolders.note(after.key, shownBefore?.path, shown?.path);
		const isFile = (winner: typeof shown): boolean => winner !== undefined && !isFolder(winner.content);
		this.#fileCount += Number(isFile(shown)) - Number(isFile(shownBefore));
		const isContested = after.record.siblings.filter(({ content }) => content !== undefined).length > 1;
		if (isContested) this.#contested.add(after.key);
		else {
			this.#contested.delete(after.key);
			this.#merges.delete(after.key);
			this.#candidates.delete(after.key);
		}
	}

	#updatePlaces(before: Entry | undefined, after: Entry): void {
		if (before !== undefined) {
			for (const copy of before.disk.copies) {
				const copyKey = pathKey(copy.path);
				if (this.#ownerByCopy.get(copyKey) === before.key) this.#ownerByCopy.delete(copyKey);
				this.#forgetPlace(copy.hash, copyKey);
			}
			if (before.disk.hash !== undefined) this.#forgetPlace(before.disk.hash, before.key);
		}
		for (const copy of after.disk.copies) {
			const copyKey = pathKey(copy.path);
			this.#ownerByCopy.set(copyKey, after.key);
			this.#notePlace(copy.hash, copyKey, copy.path);
		}
		if (after.disk.copies.length > 0) this.#withCopies.add(after.key);
		else this.#withCopies.delete(after.key);
		const { hash, path } = after.disk;
		if (hash !== undefined && path !== undefined) this.#notePlace(hash, after.key, path);
	}

	#notePlace(hash: ContentHash, key: PathKey, path: VaultPath): void {
		if (hash === FOLDER) return;
		const places = this.#locations.get(hash) ?? new Map<PathKey, VaultPath>();
		this.#locations.set(hash, places);
		places.set(key, path);
	}

	#forgetPlace(hash: ContentHash, key: PathKey): void {
		const places = this.#locations.get(hash);
		places?.delete(key);
		if (places?.size === 0) this.#locations.delete(hash);
	}
}

export function withoutFile(disk: DiskState): DiskState {
	return { ...disk, hash: undefined, path: undefined, token: undefined };
}

function filesShown({ hash, path, copies, leftOut }: DiskState): number {
	if (leftOut !== undefined) return 0;
	return Number(hash !== undefined && hash !== FOLDER && path !== undefined) + copies.length;
}

function isLeftOutFile({ record, disk }: Entry): boolean {
	return disk.leftOut !== undefined && isLive(record);
}
