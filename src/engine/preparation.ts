// The first half of a round: looks at the keys of a batch, records what people did there, and plans what the disk should show
// next. Touches no file of the vault.
import type { ContentHash } from "../core/hash.ts";
import { foldersAbove } from "../core/filled-folders.ts";
import { readmit } from "../core/readmit.ts";
import { keysToObserve, observe, type Act, type Actor, type OnDisk } from "../core/observe.ts";
import { recordLastKnown, recordPast } from "../core/recorded-acts.ts";
import { pathKey, type PathKey, type VaultPath } from "../core/path.ts";
import { keysToPlan, keysWithCopiesAt, type Plan } from "../core/plan.ts";
import { isLive, type Sibling } from "../core/record.ts";
import type { Entry, RecordIndex } from "../core/record-index.ts";
import { withoutDots } from "../core/version-vector.ts";
import { placesItMayComeFrom, placesToComeFrom } from "../core/renames.ts";
import { NO_DEVICE_HAS_IT, type AbsentVersions } from "./absent-versions.ts";
import type { PreparedPlan } from "./applier.ts";
import type { Backlog, Touch } from "./backlog.ts";
import { FILES_IN_FLIGHT, forEachBounded } from "./bounded.ts";
import { emptiedAt, heldAbsences, heldRemovals, isTouching } from "./braking.ts";
import type { Contents } from "./contents.ts";
import type { Deletions } from "./deletions.ts";
import { Gathering, type WantedContent } from "./gathering.ts";
import type { LoopBreaker } from "./loop-breaker.ts";
import { UnreadableError, type Looker, type Seen } from "./looker.ts";
import type { Merger } from "./merger.ts";
import type { OneWay } from "./one-way.ts";
import type { Log } from "./ports/log.ts";
import type { Vault } from "./ports/vault.ts";
import type { ScopeKeeper } from "./scope-keeper.ts";
import { hasUncertainCopies, recoverCopies, recoverFile, type RecoveryParts } from "./recovery.ts";

export interface PreparationOptions {
	readonly index: RecordIndex;
	readonly backlog: Backlog;
	readonly contents: Contents;
	readonly absentVersions: AbsentVersions;
	readonly deletions: Deletions;
	readonly looker: Looker;
	readonly loops: LoopBreaker;
	readonly merger: Merger;
	readonly recovery: RecoveryParts;
	readonly oneWay: OneWay;
	readonly vault: Vault;
	readonly scope: ScopeKeeper;
	readonly log: Log;
	readonly actor: () => Actor;
	/** These contents are needed for their keys and are not on this device. */
	readonly onWanted: (wanted: readonly WantedContent[]) => void;
	/** Recorded files that are gone without anybody having told so. */
	readonly onSuspicious: (paths: readonly VaultPath[]) => void;
	readonly onVaultPresence: (present: boolean) => void;
}

export class Preparation {
	readonly #options: PreparationOptions;
	readonly #index: RecordIndex;
	readonly #backlog: Backlog;
	readonly #contents: Contents;
	readonly #gathering: Gathering;
	#acts: Act[] = [];
	#vaultPresent = true;

	constructor(options: PreparationOptions) {
		this.#options = options;
		this.#index = options.index;
		this.#backlog = options.backlog;
		this.#contents = options.contents;
		this.#gathering = new Gathering({
			...options,
			hold: (key, reason) => {
				this.#hold(key, reason);
			},
		});
	}

	/** What was recorded since the last call. */
	takeActs(): readonly Act[] {
		return this.#acts.splice(0);
	}

	/** Looks, records what people did, plans; returns what can be performed now. */
	async prepare(marked: ReadonlyMap<PathKey, Touch>): Promise<readonly PreparedPlan[]> {
		await this.#options.scope.refresh();
		const begun = [...marked.keys()].filter((key) => this.#isBegun(key));
		const settled = await this.#settled(marked);
		const taking = await this.#options.scope.takingPart(settled, new Set(begun));
		for (const key of settled.keys()) {
			if (taking.has(key)) continue;
			this.#options.deletions.leave(key);
			this.#options.oneWay.leave(key);
		}
		const planned = this.#withSources(taking, (key) => placesToComeFrom(this.#index, key));
		const look = new Map<PathKey, OnDisk | undefined>();
		const bytes = new Map<ContentHash, Uint8Array>();
		const unreadable = await this.#lookAt(this.#closure(planned.keys()), planned, look, bytes);
		const left = await this.#placesLeft(planned.keys(), look, bytes);
		const batch = this.#withSources(planned, (key) => left.get(key) ?? []);
		const keys = [...batch.keys()].filter((key) => !this.#closure([key]).some((k) => unreadable.has(k)));
		const readable = new Set(keys);
		for (const key of batch.keys()) if (!readable.has(key)) this.#hold(key, "locked");
		const unbraked = this.#withoutBraked(await this.#withoutSuspicious(keys, look), look);
		const trusted = this.#options.loops.withoutWaiting(unbraked, look);

		await this.#bringBackPast(trusted, look);

		const plans: Plan[] = [];
		const apart: PathKey[] = [];
		const unmerged: PathKey[] = [];
		const claimed = new Set<PathKey>();
		for (const key of trusted) {
			const isToFill =
				this.#options.deletions.isWanted(key) && emptiedAt(this.#index, key, look.get(key)) !== undefined;
			if (!isToFill) this.#observeWithCopies(key, look);
			this.#keepLastKnown(key, look);
			this.#backlog.clear(key);
			const outcome = this.#options.oneWay.plan(this.#index, key, look);
			switch (outcome.kind) {
				case "apart":
					for (const other of outcome.look) this.#backlog.mark(other);
					apart.push(key);
					this.#backlog.clearExtraLooks(key);
					this.#backlog.release(key);
					break;
				case "done":
					this.#backlog.clearExtraLooks(key);
					this.#backlog.release(key);
					this.#options.deletions.leave(key);
					break;
				case "no-name":
					this.#hold(key, "no-name");
					break;
				case "merge":
					unmerged.push(key);
					break;
				case "look":
					this.#markAgain(key, batch.get(key));
					this.#backlog.addExtraLooks(key, outcome.keys);
					break;
				case "plan": {
					const touched = pathsOf(outcome.plan);
					if (touched.some((k) => claimed.has(k))) {
						this.#markAgain(key, batch.get(key));
						break;
					}
					this.#backlog.clearExtraLooks(key);
					for (const k of touched) claimed.add(k);
					plans.push(outcome.plan);
				}
			}
		}
		// An act on one key may change what another shows (a dismissed copy, a spun-off file).
		const dealtWith = new Set(trusted);
		for (const key of settled.keys()) if (!taking.has(key)) dealtWith.add(key);
		for (const key of this.#index.peekChanged()) {
			if (!dealtWith.has(key)) this.#backlog.mark(key);
			for (const other of keysWithCopiesAt(this.#index, key)) this.#backlog.mark(other);
			// A file of the same name as a folder gives the name up, and takes it back when the folder is empty.
			for (const folder of foldersAbove(key)) if (this.#index.get(folder) !== undefined) this.#backlog.mark(folder);
		}
		for (const folder of this.#index.takeRespelledFolders()) {
			for (const { key } of this.#index.entries()) if (key.startsWith(`${folder}/`)) this.#backlog.mark(key);
		}
		for (const [hash, content] of bytes) this.#contents.remember(hash, content);
		for (const now of look.values()) {
			const text = now && bytes.get(now.hash);
			if (now !== undefined && text !== undefined) this.#options.merger.noteText(now.path, now.hash, text);
		}
		await this.#options.merger.merge(unmerged);
		await this.#gathering.keepForLater(apart);
		const prepared = await this.#gathering.withContents(this.#allowed(this.#stillSpelledSo(plans)));
		for (const { plan } of prepared) this.#options.oneWay.begun(plan);
		return prepared;
	}

	/** Without keys where too much is gone at once: nothing is recorded of them until somebody says what it means. */
	#withoutBraked(keys: readonly PathKey[], look: ReadonlyMap<PathKey, OnDisk | undefined>): readonly PathKey[] {
		const waiting = heldAbsences(look, this.#options);
		return waiting.size === 0 ? keys : keys.filter((key) => !this.#closure([key]).some((k) => waiting.has(k)));
	}

	/**
	 * Without those that write a name as it was to be before a folder's other files were looked at: the folder would be written
	 * so for all of them, and next time they would be taken for renamed by a person, again and again.
	 */
	#stillSpelledSo(plans: readonly Plan[]): readonly Plan[] {
		return plans.filter(({ key, main }) => {
			const entry = main.kind === "respell" ? this.#index.get(key) : undefined;
			const isStill = main.kind !== "respell" || (entry && this.#index.viewAt(entry).winner?.path) === main.path;
			if (!isStill) this.#backlog.mark(key);
			return isStill;
		});
	}

	/** Without those that remove too much at once, and without any while hardly anything is left of the vault. */
	#allowed(plans: readonly Plan[]): readonly Plan[] {
		const { isReadOnly } = this.#options.deletions;
		const open = plans.filter((plan) => {
			const isHeld = isReadOnly && isTouching(plan);
			if (isHeld) this.#hold(plan.key, "vault-emptied");
			return !isHeld;
		});
		const waiting = heldRemovals(open, this.#options);
		return waiting.size === 0 ? open : open.filter(({ key }) => !waiting.has(key));
	}

	/** A step is under way there, or at the file it is a copy of. */
	#isBegun(key: PathKey): boolean {
		return this.#index.get(this.#index.ownerOf(key) ?? key)?.intent !== undefined;
	}

	/** Copies are dealt with before the file they belong to. */
	#observeWithCopies(key: PathKey, look: ReadonlyMap<PathKey, OnDisk | undefined>): void {
		const actor = this.#options.oneWay.mode === "receive-only" ? undefined : this.#options.actor();
		this.#acts.push(...readmit(this.#index, key, look, actor));
		for (const other of [...keysToPlan(this.#index, key).filter((each) => each !== key), key]) {
			const isKnown = keysToObserve(this.#index, other).every((k) => look.has(k));
			// With a step of its own under way, its turn comes later.
			if (other !== key && (!isKnown || this.#index.get(other)?.intent !== undefined)) continue;
			if (other !== key && !this.#options.scope.takesPart(other, look.get(other))) continue;
			if (!this.#options.oneWay.mayObserve(this.#index, other, look)) continue;
			this.#acts.push(...observe(this.#index, other, look, this.#options.actor()));
		}
	}

	/** Nobody seems to come with what was made of it: it need not hold up what others have there any longer. */
	#keepLastKnown(key: PathKey, look: ReadonlyMap<PathKey, OnDisk | undefined>): void {
		if (this.#options.oneWay.mode === "receive-only" || !this.#backlog.isHeldFor(key, NO_DEVICE_HAS_IT)) return;
		recordLastKnown(this.#index, key, look, this.#options.actor());
	}

	/** Nobody seems to come with what was made of it either, and nothing as new stands there. Rule X16 of readme/SPEC.md. */
	async #bringBackPast(keys: readonly PathKey[], look: ReadonlyMap<PathKey, OnDisk | undefined>): Promise<void> {
		if (this.#options.oneWay.mode === "receive-only") return;
		for (const key of keys) {
			const now = look.get(key);
			if (!this.#backlog.isHeldFor(key, NO_DEVICE_HAS_IT) || now?.hash !== this.#index.get(key)?.disk.hash) continue;
			for (const hash of this.#index.pastOf(key)) {
				const bytes = await this.#contents.find(hash);
				if (bytes === undefined) continue;
				recordPast(this.#index, key, { hash, size: bytes.length }, this.#options.actor());
				break;
			}
		}
	}

	/**
	 * By key, where the bytes that stand there now were before, as far as recorded, and are not any more: the file was renamed.
	 * That its very bytes have just come up elsewhere is the evidence that it is gone.
	 */
	async #placesLeft(
		keys: Iterable<PathKey>,
		look: Map<PathKey, OnDisk | undefined>,
		bytes: Map<ContentHash, Uint8Array>,
	): Promise<ReadonlyMap<PathKey, readonly PathKey[]>> {
		const places = new Map<PathKey, readonly PathKey[]>();
		for (const key of keys) {
			const now = look.get(key);
			const from = now === undefined ? [] : placesItMayComeFrom(this.#index, key, now.hash);
			const isUnderWay = (place: PathKey): boolean =>
				this.#index.get(this.#index.ownerOf(place) ?? place)?.intent !== undefined;
			if (from.length > 0)
				places.set(
					key,
					from.filter((place) => !isUnderWay(place) && this.#options.scope.takesPart(place)),
				);
		}
		const unseen = this.#closure([...places.values()].flat()).filter((place) => !look.has(place));
		await this.#lookAt(unseen, new Map(), look, bytes);
		for (const [key, from] of places) {
			const left = from.filter((place) => look.has(place) && look.get(place) === undefined);
			for (const place of left) this.#backlog.noteGone(place);
			places.set(key, left);
		}
		return places;
	}

	/** `batch` with the places that files come from, each after the first key that it belongs to. */
	#withSources(
		batch: ReadonlyMap<PathKey, Touch>,
		sourcesOf: (key: PathKey) => readonly PathKey[],
	): Map<PathKey, Touch> {
		const all = new Map<PathKey, Touch>();
		for (const [key, touch] of batch) {
			if (!all.has(key)) all.set(key, touch);
			for (const source of sourcesOf(key)) {
				if (all.has(source) || !this.#options.scope.takesPart(source)) continue;
				all.set(source, batch.get(source) ?? this.#backlog.takeAlso(source));
			}
		}
		return all;
	}

	/** `marked` without keys of which it is not yet known how an earlier step ended, at them or at what they are copies of. */
	async #settled(marked: ReadonlyMap<PathKey, Touch>): Promise<Map<PathKey, Touch>> {
		const settled = new Map(marked);
		for (const key of marked.keys()) {
			const owner = this.#index.ownerOf(key);
			if (owner !== undefined && this.#index.get(owner)?.intent !== undefined) this.#backlog.mark(owner);
			let outcome = owner === undefined ? "settled" : await this.#settle(owner);
			if (outcome === "settled") outcome = await this.#settle(key);
			if (outcome === "settled") continue;
			settled.delete(key);
			if (outcome !== "unsettled") {
				this.#backlog.setAside(key, outcome.map(pathKey));
				this.#options.onSuspicious(outcome);
				continue;
			}
			// What waits for contents is marked when they come; what belongs to it is tried again by itself.
			const isKept = this.#backlog.waiting.has(key) || this.#backlog.isHeldFor(key, NO_DEVICE_HAS_IT);
			if (!isKept) this.#hold(key, "locked");
		}
		return settled;
	}

	/**
	 * Whether it is known, now or since long, how the last step at `key` ended. Paths: nothing is in sight there, and before
	 * that counts it is looked at again.
	 */
	async #settle(key: PathKey): Promise<"settled" | "unsettled" | readonly VaultPath[]> {
		let entry = this.#index.get(key);
		const intent = entry?.intent;
		if (entry === undefined || intent === undefined) return "settled";
		if (hasUncertainCopies(entry)) {
			const isInVain = this.#backlog.isHeldFor(key, NO_DEVICE_HAS_IT);
			const recovered = await recoverCopies(entry, intent, this.#options.recovery, isInVain);
			const { copies, isSettled, absent, undecided } = recovered;
			entry = { ...entry, disk: { ...entry.disk, copies } };
			this.#index.put(entry);
			if (absent.length > 0) return absent;
			if (undecided.length > 0) return this.#waitFor(entry, undecided);
			if (!isSettled) return "unsettled";
		}
		const recovered = await recoverFile(entry, intent, this.#options.recovery);
		switch (recovered.kind) {
			case "settled":
				noteTaken(this.#index, this.#backlog, key, recovered.disk.hash);
				if (![entry.disk.hash, intent.hash].includes(recovered.disk.hash)) this.#options.oneWay.noteTorn(key);
				this.#index.put({ ...entry, intent: undefined, disk: recovered.disk });
				// It was to take the place of an emptied folder, and is not wanted any more: somebody's folder it is.
				if (intent.hash !== undefined && recovered.disk.hash === undefined && !isLive(entry.record))
					this.#backlog.mark(key, undefined, true);
				return "settled";
			case "unreadable":
				return "unsettled";
			case "absent":
				return [recovered.path];
			case "undecided":
				return this.#waitFor(entry, [recovered.content]);
		}
	}

	/** Until it is known what a cut-off step left. It may be long: what stands beside it is not to be lost meanwhile. */
	async #waitFor(entry: Entry, wanted: readonly WantedContent[]): Promise<"unsettled"> {
		const others = await this.#gathering.keepVersions(entry);
		const missing = [...new Map([...wanted, ...others].map((content) => [content.hash, content])).values()];
		const hashes = missing.map(({ hash }) => hash);
		this.#options.absentVersions.wait(entry.key, hashes, hashes);
		this.#options.onWanted(missing);
		return "unsettled";
	}

	#closure(keys: Iterable<PathKey>): PathKey[] {
		const all = new Set<PathKey>();
		for (const key of keys) {
			for (const k of [...keysToPlan(this.#index, key), ...this.#backlog.extraLooks(key)]) {
				for (const seen of keysToObserve(this.#index, k)) all.add(seen);
			}
		}
		return [...all];
	}

	async #lookAt(
		keys: readonly PathKey[],
		batch: ReadonlyMap<PathKey, Touch>,
		look: Map<PathKey, OnDisk | undefined>,
		bytes: Map<ContentHash, Uint8Array>,
	): Promise<ReadonlySet<PathKey>> {
		const unreadable = new Set<PathKey>();
		await forEachBounded(keys, FILES_IN_FLIGHT, async (key) => {
			try {
				const seen: Seen = await this.#lookOne(key, batch.get(key));
				look.set(key, seen.now);
				if (seen.now !== undefined && seen.bytes !== undefined) bytes.set(seen.now.hash, seen.bytes);
			} catch (error) {
				if (!(error instanceof UnreadableError)) throw error;
				this.#options.log.write("warn", "cannot read a file", { path: error.path, cause: String(error.cause) });
				unreadable.add(key);
			}
		});
		return unreadable;
	}

	#markAgain(key: PathKey, touch: Touch | undefined): void {
		this.#backlog.mark(key, touch?.spelling, touch?.isEmptyFolder);
	}

	#lookOne(key: PathKey, touch: Touch | undefined): Promise<Seen> {
		return this.#options.looker.look(key, touch?.spelling, touch?.isEmptyFolder);
	}

	/** Sets aside keys where a recorded file is absent without evidence, and everything when the vault itself is gone. */
	async #withoutSuspicious(
		keys: readonly PathKey[],
		look: ReadonlyMap<PathKey, OnDisk | undefined>,
	): Promise<readonly PathKey[]> {
		const absent = (key: PathKey): VaultPath[] => this.#closure([key]).flatMap((k) => this.#absentWithout(k, look));
		const anyAbsent = keys.some((key) => this.#closure([key]).some((k) => look.get(k) === undefined));
		if (anyAbsent || !this.#vaultPresent) {
			const present = await this.#options.vault.isPresent();
			this.#options.deletions.isOtherFolder = (await this.#options.vault.isOtherFolder?.()) === true;
			if (present !== this.#vaultPresent) {
				this.#vaultPresent = present;
				this.#options.onVaultPresence(present);
			}
			if (!present) {
				// Whatever seemed to prove an absence was the absence of everything.
				this.#backlog.distrustAbsences();
				for (const key of keys) this.#hold(key, "vault-missing");
				return [];
			}
		}
		const suspicious = new Set<VaultPath>();
		const trusted = keys.filter((key) => {
			const paths = absent(key);
			for (const path of paths) suspicious.add(path);
			if (paths.length > 0) this.#backlog.setAside(key, paths.map(pathKey));
			return paths.length === 0;
		});
		if (suspicious.size > 0) this.#options.onSuspicious([...suspicious]);
		return trusted;
	}

	#absentWithout(key: PathKey, look: ReadonlyMap<PathKey, OnDisk | undefined>): VaultPath[] {
		const { oneWay, deletions } = this.#options;
		const isKnownGone = this.#backlog.isKnownGone(key) || oneWay.isKnownGone(key) || deletions.isWanted(key);
		if (look.get(key) !== undefined || isKnownGone) return [];
		const owner = this.#index.ownerOf(key);
		if (owner !== undefined) {
			const copy = this.#index.get(owner)?.disk.copies.find((c) => pathKey(c.path) === key);
			return copy === undefined ? [] : [copy.path];
		}
		const disk = this.#index.get(key)?.disk;
		return disk?.hash === undefined || disk.path === undefined ? [] : [disk.path];
	}

	#hold(key: PathKey, reason: string): void {
		this.#backlog.hold(key, { path: pathToShow(this.#index, key), reason, hasContents: false });
	}
}

/** A file of its own now stands where another file's conflict copy stood: that one needs another name. */
export function noteTaken(index: RecordIndex, backlog: Backlog, key: PathKey, shown: ContentHash | undefined): void {
	const owner = index.ownerOf(key);
	const entry = owner === undefined ? undefined : index.get(owner);
	if (shown === undefined || entry === undefined) return;
	const { disk, record } = entry;
	const copies = disk.copies.filter((copy) => pathKey(copy.path) !== key);
	const isShown = (hash: ContentHash | undefined): boolean =>
		hash === disk.hash || copies.some((copy) => copy.hash === hash);
	// Until it is written there, nobody who deletes the file or writes on has it before them.
	const isHidden = ({ content }: Sibling): boolean =>
		disk.copies.some(({ hash }) => hash === content?.hash) && content?.hash !== shown && !isShown(content?.hash);
	const seen = withoutDots(
		disk.seen,
		record.siblings.filter(isHidden).map(({ dot }) => dot),
	);
	index.put({ ...entry, disk: { ...disk, copies, seen } });
	backlog.mark(entry.key);
}

/** For people: the path in the best spelling that is known. */
export function pathToShow(index: RecordIndex, key: PathKey): VaultPath {
	const entry = index.get(key);
	return entry?.disk.path ?? entry?.record.siblings[0]?.path ?? (key as string as VaultPath);
}

function pathsOf(plan: Plan): PathKey[] {
	return [
		plan.key,
		...plan.intent.copies.map((copy) => pathKey(copy.path)),
		...plan.copiesToRemove.map((copy) => pathKey(copy.path)),
	];
}
