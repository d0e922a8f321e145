// Merges the versions of contested texts before anybody says what the disk is to show: gets the bytes of the versions and of what
// they have in common, has them merged (core/merge.ts), and tells the index how it ended. Makes no version and writes no file of
// the vault. Rules V9, X7, X8 of readme/SPEC.md.
import { crossingsOf, type Made } from "../core/crossings.ts";
import type { ContentHash } from "../core/hash.ts";
import { isMergeable, mergeVersions, richerOf } from "../core/merge.ts";
import type { MergeCandidate, MergeOutcome } from "../core/merge-view.ts";
import type { PathKey, VaultPath } from "../core/path.ts";
import type { Entry, RecordIndex } from "../core/record-index.ts";
import { includes } from "../core/version-vector.ts";
import type { AbsentVersions } from "./absent-versions.ts";
import type { Backlog } from "./backlog.ts";
import type { Bases } from "./bases.ts";
import type { WantedByPeers } from "./content-exchange.ts";
import type { Contents } from "./contents.ts";

export interface MergerOptions {
	readonly index: RecordIndex;
	readonly backlog: Backlog;
	readonly contents: Contents;
	readonly bases: Bases;
	readonly absentVersions: AbsentVersions;
	readonly hash: (bytes: Uint8Array) => ContentHash;
	readonly onWanted: (wanted: readonly WantedByPeers[]) => void;
	/** Runs `change` in the loop, where the index may be written. */
	readonly enqueue: (change: () => void) => void;
}

interface Outcome {
	readonly key: PathKey;
	readonly candidate: MergeCandidate;
	readonly outcome: MergeOutcome;
}

/** Two versions that cross: larger texts are not merged several times for what might be needed. */
const CROSSING_BYTES_MAX = 512 * 1024;
/** Merged and not yet durable: written together up to here. */
const MADE_BYTES_MAX = 4 * 1024 * 1024;

export class Merger {
	readonly #options: MergerOptions;
	readonly #index: RecordIndex;
	readonly #backlog: Backlog;
	/** Common ancestors that nobody who is connected has, and the keys that would be merged from them. */
	readonly #lacking = new Map<ContentHash, Set<PathKey>>();

	constructor(options: MergerOptions) {
		this.#options = options;
		this.#index = options.index;
		this.#backlog = options.backlog;
	}

	/** Says of each key how its versions are merged, or has it wait for bytes. Rejects with StorageError. */
	async merge(keys: readonly PathKey[]): Promise<void> {
		let done: Outcome[] = [];
		let made = new Map<ContentHash, Uint8Array>();
		let madeBytes = 0;
		const finish = async (): Promise<void> => {
			// Before the disk shows a merged text: its parts are on no disk then, and a crash may cut the write off.
			await this.#keep(made);
			for (const { key, candidate, outcome } of done) {
				this.#index.noteMerge(key, candidate, outcome);
				this.#backlog.mark(key);
			}
			done = [];
			made = new Map();
			madeBytes = 0;
		};
		for (const key of keys) {
			const entry = this.#index.get(key);
			const candidate = this.#index.unmergedAt(key);
			if (entry === undefined || candidate === undefined) {
				this.#backlog.mark(key);
				continue;
			}
			const bytes = await this.#bytesFor(key, candidate);
			const outcome = bytes && this.#outcome(entry, candidate, bytes, made);
			for (const [hash, content] of bytes ?? []) {
				made.set(hash, content);
				madeBytes += content.length;
			}
			if (outcome?.kind === "merged") await this.#noteCrossings(key, candidate, outcome.content.hash, made);
			if (outcome !== undefined) done.push({ key, candidate, outcome });
			if (madeBytes > MADE_BYTES_MAX) await finish();
		}
		await finish();
	}

	/** A text as it was just read or is about to be written: later versions may have to be merged from it. */
	noteText(path: VaultPath, hash: ContentHash, bytes: Uint8Array): void {
		if (!isMergeable(path, bytes.length)) return;
		this.#options.bases.add(hash, bytes, { isSpare: this.#index.state.importing });
	}

	/** `undefined`: some are not here; what is here must not fill the memory that the rest needs to arrive. */
	async #bytesFor(key: PathKey, { parts, steps }: MergeCandidate): Promise<Map<ContentHash, Uint8Array> | undefined> {
		const { contents, onWanted } = this.#options;
		const sizes = new Map(parts.map(({ content }): [ContentHash, number | undefined] => [content.hash, content.size]));
		for (const { base } of steps) if (!sizes.has(base)) sizes.set(base, undefined);
		const bytes = new Map<ContentHash, Uint8Array>();
		for (const hash of sizes.keys()) {
			const found = await contents.find(hash);
			if (found !== undefined) bytes.set(hash, found);
		}
		const isGivenUp = (hash: ContentHash): boolean => sizes.get(hash) === undefined && this.#lacking.has(hash);
		const missing = [...sizes.keys()].filter((hash) => !bytes.has(hash) && !isGivenUp(hash));
		if (missing.length === 0) return bytes;
		await this.#keep(bytes);
		this.#options.absentVersions.wait(key, [...sizes.keys()], missing);
		onWanted(missing.map((hash) => ({ hash, size: sizes.get(hash) })));
		return undefined;
	}

	/** For the version that somebody makes on top of `merged`: of what this device made before, others may know a part only. */
	async #noteCrossings(
		key: PathKey,
		{ path, parts }: MergeCandidate,
		merged: ContentHash,
		made: ReadonlyMap<ContentHash, Uint8Array>,
	): Promise<void> {
		const { shownTexts, state } = this.#index;
		const own = parts.find(({ dot }) => dot.epoch === state.epoch);
		const [other, ...more] = parts.filter((part) => part !== own);
		if (own === undefined || other === undefined || more.length > 0) return;
		if (own.content.size + other.content.size > CROSSING_BYTES_MAX) return;
		const between: ContentHash[] = [];
		const find = async (hash: ContentHash): Promise<Uint8Array | undefined> =>
			made.get(hash) ?? (await this.#options.contents.find(hash));
		const version: Made = { hash: own.content.hash, ancestors: own.ancestors };
		for (const { hash, base } of crossingsOf(version, other, (shown) => shownTexts.versionIn(key, shown))) {
			const common = await find(base);
			const earlier = await find(hash);
			const theirs = await find(other.content.hash);
			if (common === undefined || earlier === undefined || theirs === undefined) continue;
			const text = mergeVersions(path, common, own === parts[0] ? [earlier, theirs] : [theirs, earlier]);
			if (text === undefined) continue;
			const textHash = this.#options.hash(text);
			// Lost in a crash, copies stand where it would have been the base: it is not worth a write for each save.
			this.#options.bases.add(textHash, text);
			if (this.#options.bases.has(textHash)) between.push(textHash);
		}
		shownTexts.noteMerged(key, merged, version, between);
	}

	async #keep(bytes: ReadonlyMap<ContentHash, Uint8Array>): Promise<void> {
		await this.#options.bases.keep(bytes);
		for (const hash of bytes.keys()) await this.#options.contents.settled(hash);
	}

	#outcome(
		entry: Entry,
		{ path, parts, steps }: MergeCandidate,
		bytes: ReadonlyMap<ContentHash, Uint8Array>,
		made: Map<ContentHash, Uint8Array>,
	): MergeOutcome {
		const texts = parts.flatMap(({ content }) => bytes.get(content.hash) ?? []);
		let merged: Uint8Array | undefined;
		for (const { base, of } of steps) {
			const common = bytes.get(base);
			if (common === undefined) return this.#withoutBase(entry, parts, base);
			const versions = of.flatMap((number) => texts[number] ?? []);
			merged = mergeVersions(path, common, versions);
			if (merged === undefined) return { kind: "copies" };
			texts.push(merged);
		}
		if (merged === undefined) {
			const richer = parts[richerOf(path, texts) ?? -1];
			return richer === undefined ? { kind: "copies" } : { kind: "merged", content: richer.content };
		}
		const hash = this.#options.hash(merged);
		made.set(hash, merged);
		return { kind: "merged", content: { hash, size: merged.length } };
	}

	/** What is merged on this disk already stays so; until somebody has the bytes, other versions stand beside each other. */
	#withoutBase({ key, disk, record }: Entry, parts: MergeCandidate["parts"], base: ContentHash): MergeOutcome {
		this.#lacking.get(base)?.add(key);
		const isVersion = parts.some(({ content }) => content.hash === disk.hash);
		const isShown = disk.copies.length === 0 && includes(disk.seen, record.context);
		if (disk.hash === undefined || isVersion || !isShown) return { kind: "copies" };
		return { kind: "merged", content: { hash: disk.hash, size: disk.size } };
	}

	/** Whether some key would be merged with these bytes, and is shown without them for now. */
	isWanted(hash: ContentHash): boolean {
		return this.#lacking.has(hash);
	}

	/** Verified bytes came from a peer, maybe after somebody gave up waiting for them. */
	arrived(hash: ContentHash, bytes: Uint8Array): void {
		const keys = this.#lacking.get(hash);
		if (keys === undefined) return;
		this.#lacking.delete(hash);
		this.#options.bases.add(hash, bytes);
		this.#tryAgain(keys);
	}

	/** Nobody who is connected has it. It stays wanted: whoever comes may have it. */
	lacking(hash: ContentHash): void {
		// What is a version as well is waited for as one.
		const isBase = (key: PathKey): boolean => {
			const candidate = this.#index.candidateAt(key);
			return isBaseOf(candidate, hash) && candidate?.parts.every(({ content }) => content.hash !== hash) === true;
		};
		const keys = this.#backlog.waiting.keysThatMiss(hash).filter(isBase);
		if (keys.length === 0) return;
		this.#lacking.set(hash, new Set([...(this.#lacking.get(hash) ?? []), ...keys]));
		this.#tryAgain(keys);
	}

	#tryAgain(keys: Iterable<PathKey>): void {
		const all = [...keys];
		this.#options.enqueue(() => {
			for (const key of all) {
				this.#index.forgetMerge(key);
				this.#backlog.waiting.delete(key);
				this.#backlog.mark(key);
			}
		});
	}

	/** Wanted once, and for no key any more, since the last call. */
	takeNoLongerWanted(): ContentHash[] {
		const gone: ContentHash[] = [];
		for (const [hash, keys] of this.#lacking) {
			for (const key of keys) if (!isBaseOf(this.#index.candidateAt(key), hash)) keys.delete(key);
			if (keys.size > 0) continue;
			this.#lacking.delete(hash);
			gone.push(hash);
		}
		return gone;
	}
}

function isBaseOf(candidate: MergeCandidate | undefined, hash: ContentHash): boolean {
	return candidate?.steps.some(({ base }) => base === hash) === true;
}
