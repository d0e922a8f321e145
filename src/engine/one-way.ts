// What a device in a one-way mode sets apart: changes of others that it does not apply (it only sends), and changes of its own
// that it tells nobody (it only receives), until a person gives them up. Only bookkeeping, made anew at each start; asked by
// preparation.ts. Rules C5–C10 of readme/SPEC.md.
import { isFirstMeeting } from "../core/first-join.ts";
import type { ContentHash } from "../core/hash.ts";
import {
	hasMoreThanShown,
	isOthersDoing,
	localDifferences,
	mayShowAnyway,
	type LocalDifference,
	type Mode,
} from "../core/mode.ts";
import { isRespelledAt, type Look } from "../core/observe.ts";
import { pathKey, type PathKey, type VaultPath } from "../core/path.ts";
import { keysToPlan, planKey, type Plan, type Planned } from "../core/plan.ts";
import type { RecordIndex } from "../core/record-index.ts";

/** A change that is known here and goes no further. */
export interface SetApart {
	readonly path: VaultPath;
	readonly kind: "create" | "modify" | "delete";
}

export interface LocalChange extends SetApart {
	/** The others have another version than the one it was made on top of. */
	readonly isBehind: boolean;
	readonly hash: ContentHash | undefined;
}

export interface OneWayListener {
	/** Another device changed this, and it is not applied here. */
	onWithheld(change: SetApart): void;
	/** It was changed here, and nobody is told. */
	onLocalChange(change: SetApart): void;
}

export type PlannedHere =
	| Planned
	/** Nothing is to be done here now. `look`: at these keys first. */
	| { readonly kind: "apart"; readonly look: readonly PathKey[] };

const ANYTHING = Symbol("anything");
const APART: PlannedHere = { kind: "apart", look: [] };

export class OneWay {
	readonly mode: Mode;
	readonly #listener: OneWayListener;
	readonly #withheld = new Map<PathKey, SetApart>();
	readonly #local = new Map<PathKey, LocalChange>();
	/** Of the local changes, those that are behind. */
	readonly #behind = new Set<PathKey>();
	#lists: { readonly withheld: readonly SetApart[]; readonly localChanges: readonly SetApart[] } | undefined;
	/** Local changes that a person gives up, as they were when they said so. */
	readonly #givenUp = new Map<PathKey, ContentHash | typeof ANYTHING | undefined>();
	/** Absences that somebody looked at twice. */
	readonly #gone = new Set<PathKey>();
	/** A cut-off write left a part of itself there: it is finished, whatever the mode. */
	readonly #torn = new Set<PathKey>();

	constructor(mode: Mode, listener: OneWayListener) {
		this.mode = mode;
		this.#listener = listener;
	}

	/** Of others, not applied here. */
	get withheld(): ReadonlyMap<PathKey, SetApart> {
		return this.#withheld;
	}

	/** Of this device, not told. */
	get localChanges(): ReadonlyMap<PathKey, LocalChange> {
		return this.#local;
	}

	/** The same for people, who look at it often. */
	get lists(): { readonly withheld: readonly SetApart[]; readonly localChanges: readonly SetApart[] } {
		const plain = ({ path, kind }: SetApart): SetApart => ({ path, kind });
		this.#lists ??= {
			withheld: [...this.#withheld.values()].map(plain),
			localChanges: [...this.#local.values()].map(plain),
		};
		return this.#lists;
	}

	/** Whether the disk shows less than what is known, by choice. */
	get isBehind(): boolean {
		return this.#withheld.size > 0 || this.#behind.size > 0;
	}

	/** Whether the file's absence was established before: it stays recorded, so the question comes again. */
	isKnownGone(key: PathKey): boolean {
		return this.#gone.has(key);
	}

	/** What is on disk at `key` now is to be replaced by the group's version, and goes to history. */
	giveUp(key: PathKey, now: ContentHash | undefined): void {
		this.#givenUp.set(key, now);
	}

	/** The same for what is found there now, if the others have that path too. */
	giveUpWhatever(key: PathKey): void {
		this.#givenUp.set(key, ANYTHING);
	}

	noteTorn(key: PathKey): void {
		this.#torn.add(key);
	}

	/** Whether what is different at `key` is a person's act that may become a version. */
	mayObserve(index: RecordIndex, key: PathKey, look: Look): boolean {
		if (this.mode !== "receive-only") return true;
		// How a name is written is given back without a question.
		return localDifferences(index, key, look).length === 0 && !isRespelledAt(index, key, look);
	}

	plan(index: RecordIndex, key: PathKey, look: Look): PlannedHere {
		switch (this.mode) {
			case "send-receive":
				return planKey(index, key, look);
			case "send-only":
				return this.#planToSend(index, key, look);
			case "receive-only":
				return this.#planToReceive(index, key, look);
		}
	}

	/** The plan is about to be performed. */
	begun({ key }: Plan): void {
		this.#torn.delete(key);
		this.#forget(key);
	}

	/** It takes no part here any more: nothing of it is behind, and nobody is asked about it. */
	leave(key: PathKey): void {
		if (this.#withheld.delete(key)) this.#lists = undefined;
		this.#torn.delete(key);
		this.#forget(key);
	}

	#planToSend(index: RecordIndex, key: PathKey, look: Look): PlannedHere {
		const planned = planKey(index, key, look);
		switch (planned.kind) {
			case "look":
				return planned;
			case "merge":
				// Nobody has to fetch what is not shown.
				if (!hasMoreThanShown(index, key)) return planned;
				return this.#withhold(
					key,
					look.get(key)?.path ?? pathIn(index, key),
					look.get(key) === undefined ? "create" : "modify",
				);
			case "plan": {
				if (this.#torn.has(key) || !isOthersDoing(index, planned.plan)) break;
				const { main, intent } = planned.plan;
				if (main.kind === "remove") return this.#withhold(key, main.expected.path, "delete");
				const isNew = main.kind !== "keep" && main.expected === undefined;
				return this.#withhold(key, intent.path, isNew ? "create" : "modify");
			}
			case "done":
			case "no-name":
				break;
		}
		if (this.#withheld.delete(key)) this.#lists = undefined;
		return planned;
	}

	#withhold(key: PathKey, path: VaultPath, kind: SetApart["kind"]): PlannedHere {
		const known = this.#withheld.get(key);
		this.#withheld.set(key, { path, kind });
		this.#lists = undefined;
		if (known?.kind !== kind) this.#listener.onWithheld({ path, kind });
		return APART;
	}

	#planToReceive(index: RecordIndex, key: PathKey, look: Look): PlannedHere {
		const differences = localDifferences(index, key, look);
		for (const each of [key, ...(index.get(key)?.disk.copies ?? []).map(({ path }) => pathKey(path))]) {
			const difference = differences.find((one) => one.key === each);
			if (difference === undefined) this.#forget(each);
			else if (difference.now === undefined) this.#gone.add(each);
			else this.#gone.delete(each);
		}
		// What was given up beside it goes first, or a conflict copy would take another name.
		if (keysToPlan(index, key).some((each) => each !== key && this.#givenUp.has(each))) return APART;
		if (differences.length === 0 || mayShowAnyway(index, key, differences)) return planKey(index, key, look);
		if (differences.every((each) => this.#isGivenUp(each))) return this.#planToGiveUp(index, key, differences, look);
		for (const difference of differences) this.#note(index, difference);
		return APART;
	}

	#planToGiveUp(index: RecordIndex, key: PathKey, differences: readonly LocalDifference[], look: Look): PlannedHere {
		const copies = differences.filter((each) => index.ownerOf(each.key) !== undefined);
		if (copies.length === 0) {
			// A file that nobody else knows: there has to be something that it is removed for.
			if (index.get(key) === undefined) index.put(index.entryOrAbsent(key));
			return planKey(index, key, look);
		}
		// What stands where a conflict copy stood is from now on a file by itself, and makes room for the copy.
		const owners = new Set<PathKey>();
		for (const copy of copies) {
			const owner = index.ownerOf(copy.key);
			const entry = owner === undefined ? undefined : index.get(owner);
			if (entry === undefined) continue;
			const left = entry.disk.copies.filter(({ path }) => pathKey(path) !== copy.key);
			index.put({ ...entry, disk: { ...entry.disk, copies: left } });
			owners.add(entry.key);
		}
		const inTheWay = copies.filter(({ now }) => now !== undefined).map((copy) => copy.key);
		for (const copy of copies) if (copy.now === undefined) this.#forget(copy.key);
		return { kind: "apart", look: inTheWay.length > 0 ? inTheWay : [...owners] };
	}

	#isGivenUp({ key, now }: LocalDifference): boolean {
		const given = this.#givenUp.get(key);
		return this.#givenUp.has(key) && (given === ANYTHING || given === now?.hash);
	}

	#note(index: RecordIndex, { key, path, kind, now }: LocalDifference): void {
		// Changed again since it was given up.
		this.#givenUp.delete(key);
		const entry = index.get(key);
		const winner = entry === undefined ? undefined : index.viewAt(entry).winner;
		const isBehind = entry !== undefined && winner?.content.hash !== entry.disk.hash;
		const known = this.#local.get(key);
		this.#local.set(key, { path, kind, isBehind, hash: now?.hash });
		this.#lists = undefined;
		if (isBehind) this.#behind.add(key);
		else this.#behind.delete(key);
		// Before the others were heard it may be what they have: then there is nothing to tell, and of many files.
		if (known?.kind !== kind && !isFirstMeeting(index.state)) this.#listener.onLocalChange({ path, kind });
	}

	#forget(key: PathKey): void {
		if (this.#local.delete(key)) this.#lists = undefined;
		this.#behind.delete(key);
		this.#gone.delete(key);
		this.#givenUp.delete(key);
	}
}

function pathIn(index: RecordIndex, key: PathKey): VaultPath {
	return index.get(key)?.record.siblings[0]?.path ?? (key as string as VaultPath);
}
