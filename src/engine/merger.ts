// Merges the versions of contested texts before anybody says what the disk is to show: gets the bytes of the versions and of what
// they have in common, has them merged (core/merge.ts), and tells the index how it ended. Makes no version and writes no file of
// the vault. Rules V9, X7, X8 of readme/SPEC.md.
import { textOfVersion } from "../core/ancestors.ts";
import { crossingsOf } from "../core/crossings.ts";
import type { ContentHash } from "../core/hash.ts";
import { isMergeable, mergeVersions, richerOf } from "../core/merge.ts";
import { joinLineages, type NamedText } from "../core/lineage.ts";
import { planMerge, type MergePlan, type MergeSource } from "../core/merge-steps.ts";
import { textsToMerge, type MergeCandidate, type MergeOutcome } from "../core/merge-view.ts";
import type { PathKey, VaultPath } from "../core/path.ts";
import type { Entry, RecordIndex } from "../core/record-index.ts";
import { includes, joinVectors } from "../core/version-vector.ts";
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
	async #bytesFor(key: PathKey, candidate: MergeCandidate): Promise<Map<ContentHash, Uint8Array> | undefined> {
		const { contents, onWanted } = this.#options;
		const sizes = new Map(
			candidate.parts.map(({ content }): [ContentHash, number | undefined] => [content.hash, content.size]),
		);
		for (const hash of textsToMerge(candidate)) sizes.set(hash, undefined);
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
		{ path, parts, versions }: MergeCandidate,
		merged: ContentHash,
		made: ReadonlyMap<ContentHash, Uint8Array>,
	): Promise<void> {
		const { shownTexts, state } = this.#index;
		const own = parts.find(({ dot }) => dot.epoch === state.epoch);
		const [other, ...more] = parts.filter((part) => part !== own);
		if (own === undefined || other === undefined || more.length > 0) return;
		if (own.content.size + other.content.size > CROSSING_BYTES_MAX) return;
		const [mine, theirs] = [textOfVersion(own), textOfVersion(other)];
		const between: NamedText[] = [];
		for (const earlier of crossingsOf(mine, theirs, (shown) => shownTexts.versionIn(key, shown))) {
			const names = [mine, earlier, theirs].flatMap((text) => text.ancestors);
			const texts = own === parts[0] ? [earlier, theirs] : [theirs, earlier];
			const plan = planMerge(texts, [...names, ...between]);
			const bytes = new Map<ContentHash, Uint8Array>();
			for (const hash of sourcesOf(plan)) {
				const found = made.get(hash) ?? (await this.#options.contents.find(hash));
				if (found !== undefined) bytes.set(hash, found);
			}
			const text = mergedBy(path, plan, bytes);
			if (!(text instanceof Uint8Array)) continue;
			const hash = this.#options.hash(text);
			// Lost in a crash, copies stand where it would have been the base: it is not worth a write for each save.
			this.#options.bases.add(hash, text);
			const lineage = joinVectors(earlier.lineage, theirs.lineage);
			if (this.#options.bases.has(hash)) between.push({ hash, lineage });
		}
		const lineage = joinLineages(versions);
		shownTexts.noteMerged(key, { hash: merged, lineage }, mine, between);
	}

	async #keep(bytes: ReadonlyMap<ContentHash, Uint8Array>): Promise<void> {
		await this.#options.bases.keep(bytes);
		for (const hash of bytes.keys()) await this.#options.contents.settled(hash);
	}

	#outcome(
		entry: Entry,
		candidate: MergeCandidate,
		bytes: ReadonlyMap<ContentHash, Uint8Array>,
		made: Map<ContentHash, Uint8Array>,
	): MergeOutcome {
		const { path, parts, result } = candidate;
		if (result === undefined) {
			const texts = parts.flatMap(({ content }) => bytes.get(content.hash) ?? []);
			const richer = parts[richerOf(path, texts) ?? -1];
			return richer === undefined ? { kind: "copies" } : { kind: "merged", content: richer.content };
		}
		const merged = mergedBy(path, candidate, bytes);
		if (merged === undefined) return { kind: "copies" };
		if (!(merged instanceof Uint8Array)) return this.#withoutBase(entry, parts, merged.missing);
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
		const isBase = (key: PathKey): boolean => isBaseOf(this.#index.candidateAt(key), hash);
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

/** What is a version as well is waited for as one. */
function isBaseOf(candidate: MergeCandidate | undefined, hash: ContentHash): boolean {
	return textsToMerge(candidate).includes(hash);
}

function sourcesOf({ steps, result }: MergePlan): ContentHash[] {
	const sources = [...steps.flatMap(({ base, of }) => [base, ...of]), ...(result === undefined ? [] : [result])];
	return [...new Set(sources.filter((source) => typeof source === "string"))];
}

/** `undefined`: they cannot be merged. */
function mergedBy(
	path: VaultPath,
	{ steps, result }: MergePlan,
	bytes: ReadonlyMap<ContentHash, Uint8Array>,
): Uint8Array | { readonly missing: ContentHash } | undefined {
	const made: Uint8Array[] = [];
	const textOf = (source: MergeSource): Uint8Array | undefined =>
		typeof source === "number" ? made[source] : bytes.get(source);
	for (const { base, of } of steps) {
		const missing = [base, ...of].find((source) => textOf(source) === undefined);
		if (typeof missing === "string") return { missing };
		const [common, ...versions] = [base, ...of].flatMap((source) => textOf(source) ?? []);
		const merged = common && mergeVersions(path, common, versions);
		if (merged === undefined) return undefined;
		made.push(merged);
	}
	return result === undefined ? undefined : textOf(result);
}
