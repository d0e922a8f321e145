// Which deletions go through and which wait for a person's word. What people deleted here passes before it is recorded, what
// others deleted before it is removed here. Few pass at once; many are set aside until no more come, and then judged as one
// (core/brake.ts). Only bookkeeping: preparation.ts asks, replica.ts carries out the answers. Rules D1–D13 of readme/SPEC.md.
import { DELETIONS_WINDOW_MS, judgeDeletions, type Judgement } from "../core/brake.ts";
import { isFolder } from "../core/folder.ts";
import type { ContentHash } from "../core/hash.ts";
import { pathKey, type PathKey } from "../core/path.ts";
import type { RecordIndex } from "../core/record-index.ts";
import type {
	Deletion,
	DeletionOrigin,
	HeldDeletions,
	HeldDeletionsFile,
	OpenedHeldDeletions,
} from "./held-deletions.ts";
import type { Clock } from "./ports/clock.ts";

export interface DeletionsOptions {
	readonly index: RecordIndex;
	readonly clock: Clock;
	readonly maxDeletes: number;
	/** Whether there is another device that may have what is missing here. */
	readonly knowsOthers: () => boolean;
	/** Their turn has come. */
	readonly onMark: (key: PathKey) => void;
	/** `settle` has something to do. */
	readonly onDue: () => void;
	/** These of `held` are held from now on. Durable. */
	readonly onHeld: (held: HeldDeletions, files: readonly Deletion[]) => void;
}

/** So long after the last of many, it is over, and is judged. */
const SETTLE_MS = 300;
/** What goes so soon after others were held belongs to them. */
const SAME_MS = 3_000;

/** Of those that are deleted here, or by others. */
interface Side {
	/** Set aside: it is not known yet whether they are too many. */
	readonly undecided: Map<PathKey, Deletion>;
	/** Gone through, oldest first. */
	readonly passed: Map<PathKey, { readonly deletion: Deletion; readonly at: number }>;
	/** When the last one came. */
	lastAt: number;
}

export class Deletions {
	readonly #options: DeletionsOptions;
	readonly #file: HeldDeletionsFile;
	readonly #sides: Readonly<Record<DeletionOrigin, Side>> = { here: newSide(), peer: newSide() };
	readonly #held = new Map<
		string,
		{ readonly held: HeldDeletions; readonly files: Map<PathKey, Deletion>; grownAt: number }
	>();
	readonly #heldAt = new Map<PathKey, string>();
	/** Of those that are not on this disk. */
	readonly #heldByHash = new Map<ContentHash, Set<PathKey>>();
	/** These may go, whatever else goes. */
	readonly #free = new Map<PathKey, DeletionOrigin>();
	/** A person said that these are to be written again. */
	readonly #wanted = new Set<PathKey>();
	#lastId: number;
	/** What is missing is missing in another folder than the one that was known. */
	isOtherFolder = false;
	#isUnsaved = false;
	#isFresh = false;
	#cancelTimer: (() => void) | undefined;

	constructor(options: DeletionsOptions, { file, state }: OpenedHeldDeletions) {
		this.#options = options;
		this.#file = file;
		this.#lastId = state.lastId;
		for (const held of state.held) {
			const files = new Map([...held.files].filter(([key, { hash }]) => shownAt(options.index, key) === hash));
			if (files.size > 0) this.#put(held, files, -Infinity);
			else this.#isUnsaved = true;
		}
	}

	get held(): readonly HeldDeletions[] {
		return [...this.#held.values()].map(({ held, files }) => ({ ...held, files }));
	}

	get isHolding(): boolean {
		return this.#held.size > 0;
	}

	get undecidedCount(): number {
		return this.#sides.here.undecided.size + this.#sides.peer.undecided.size;
	}

	/** Files that are gone here wait, are to be judged, or are not written again yet. */
	get isMissingAny(): boolean {
		return this.#absentCount() + this.#sides.here.undecided.size + this.#wanted.size > 0;
	}

	/** Hardly anything is left of the vault, and nobody has said that this is right: nothing is to be written into it. */
	get isReadOnly(): boolean {
		for (const { held, files } of this.#held.values()) {
			if (held.origin !== "here" || held.rule !== "emptied") continue;
			const left = this.#options.index.shownCount - this.#absentCount();
			if (left * 10 < left + files.size) return true;
		}
		return false;
	}

	/** Whether the absence of this file is known and waits for a word. */
	isHeldAbsence(key: PathKey): boolean {
		const id = this.#heldAt.get(key);
		return id !== undefined && this.#held.get(id)?.held.origin === "here";
	}

	/** These are gone, or are to go: returns those that must wait. */
	admit(origin: DeletionOrigin, deletions: readonly Deletion[]): ReadonlySet<PathKey> {
		const side = this.#sides[origin];
		const now = this.#options.clock.monotonic();
		const waiting = new Set<PathKey>();
		let isNew = false;
		for (const deletion of deletions) {
			const { key } = deletion;
			const id = this.#heldAt.get(key);
			if (id !== undefined && this.#held.get(id)?.held.origin === origin) waiting.add(key);
			if (waiting.has(key) || this.#free.get(key) === origin) continue;
			if (id !== undefined) this.leave(key);
			// Deleted here and elsewhere: one question is enough, and no answer could end two.
			this.#sides[origin === "here" ? "peer" : "here"].undecided.delete(key);
			isNew ||= !side.undecided.has(key);
			side.undecided.set(key, deletion);
			side.passed.delete(key);
		}
		if (side.undecided.size === 0) return waiting;
		if (this.#openFor(origin) === undefined && this.#judge(side) === "fine") {
			const asked = new Set(deletions.map(({ key }) => key));
			for (const key of [...side.undecided.keys()]) this.#pass(origin, key, !asked.has(key));
			return waiting;
		}
		for (const { key } of deletions) if (side.undecided.has(key)) waiting.add(key);
		if (isNew) side.lastAt = now;
		this.#isFresh = true;
		this.#arm();
		return waiting;
	}

	/** The file is there: whatever was thought of its absence does not count any more. */
	noteShown(key: PathKey): void {
		if (this.isHeldAbsence(key)) this.leave(key);
		this.#sides.here.undecided.delete(key);
		if (this.#free.get(key) === "here") this.#free.delete(key);
		this.#wanted.delete(key);
	}

	/** Nothing is to be deleted there any more, or it was. */
	leave(key: PathKey): void {
		for (const { undecided } of Object.values(this.#sides)) undecided.delete(key);
		this.#free.delete(key);
		if (this.#takeOut(key)) this.#options.onDue();
	}

	/** Out of the group in which it waits; false: it waits in none. */
	#takeOut(key: PathKey): boolean {
		const id = this.#heldAt.get(key);
		const group = id === undefined ? undefined : this.#held.get(id);
		if (id === undefined || group === undefined) return false;
		const hash = group.files.get(key)?.hash;
		const others = hash === undefined ? undefined : this.#heldByHash.get(hash);
		others?.delete(key);
		if (hash !== undefined && others?.size === 0) this.#heldByHash.delete(hash);
		this.#heldAt.delete(key);
		group.files.delete(key);
		this.#isUnsaved = true;
		if (group.files.size === 0) this.#held.delete(id);
		return true;
	}

	/** The bytes of a file that is not there appear under another name: it was moved. */
	noteAppeared(hash: ContentHash): void {
		const [key] = this.#heldByHash.get(hash) ?? [];
		if (key === undefined) return;
		this.noteMoved("here", key);
		this.#options.onMark(key);
	}

	/** Its bytes are under another name. */
	noteMoved(origin: DeletionOrigin, key: PathKey): void {
		this.leave(key);
		this.#free.set(key, origin);
	}

	/** A round of work is over. */
	noteRound(): void {
		this.#isFresh = this.undecidedCount > 0;
	}

	isWanted(key: PathKey): boolean {
		return this.#wanted.has(key);
	}

	/** It is about to be written again; who deletes it after that means it. */
	noteForgotten(key: PathKey): void {
		this.#wanted.delete(key);
	}

	/** Takes the group out; its files are then dealt with as was answered. `undefined`: there is no such group. */
	answer(id: string, answer: "accept" | "reject"): HeldDeletions | undefined {
		const group = this.#held.get(id);
		if (group === undefined) return undefined;
		const held = { ...group.held, files: new Map(group.files) };
		for (const key of held.files.keys()) {
			this.leave(key);
			if (answer === "accept") this.#free.set(key, held.origin);
			else if (held.origin === "here") this.#wanted.add(key);
			this.#options.onMark(key);
		}
		return held;
	}

	get isDue(): boolean {
		return this.#isUnsaved || (this.undecidedCount > 0 && (this.#isFresh || this.#cancelTimer === undefined));
	}

	/** When nothing else is to be done: decides, and writes down what is held. Rejects with StorageError; then it is due as before. */
	async settle(): Promise<void> {
		const now = this.#options.clock.monotonic();
		for (const origin of ["here", "peer"] as const) {
			const side = this.#sides[origin];
			if (side.undecided.size === 0) continue;
			const open = this.#openFor(origin);
			const moved = this.#moved(side);
			const judgement = this.#judge(side, moved);
			if (open === undefined && judgement === "fine") this.#passAll(origin);
			if (open === undefined && judgement === "elsewhere") this.#putBack(side, moved);
			for (const key of moved) if (side.undecided.has(key)) this.#pass(origin, key, true);
			if (side.undecided.size === 0 || now - side.lastAt < SETTLE_MS) continue;
			if (open !== undefined) await this.#hold(side, open);
			else if (judgement === "near" || judgement === "fine" || judgement === "elsewhere") this.#passAll(origin);
			else {
				const held = { origin, rule: judgement, atMs: this.#options.clock.now(), id: String(this.#lastId + 1) };
				await this.#hold(side, { ...held, files: new Map(), before: this.#passedBefore(side) });
			}
		}
		if (this.#isUnsaved) await this.#save(this.held);
		this.#isFresh = false;
		this.#arm();
	}

	stop(): void {
		this.#cancelTimer?.();
	}

	/** What is going on already, and these are part of. */
	#openFor(origin: DeletionOrigin): HeldDeletions | undefined {
		const now = this.#options.clock.monotonic();
		const isReadOnly = this.isReadOnly;
		for (const { held, files, grownAt } of this.#held.values()) {
			if (held.origin !== origin) continue;
			if (now - grownAt <= SAME_MS || (isReadOnly && held.rule === "emptied")) return { ...held, files };
		}
		return undefined;
	}

	#judge(side: Side, moved: ReadonlySet<PathKey> = new Set()): Judgement {
		const { index, clock, maxDeletes } = this.#options;
		const since = clock.monotonic() - DELETIONS_WINDOW_MS;
		for (const [key, { at }] of side.passed) {
			if (at >= since) break;
			side.passed.delete(key);
		}
		// Folders are empty when they are deleted: they go and stay with the others, and count for nothing.
		const all = deletionsOf(side).filter((deletion) => !moved.has(deletion.key) && !isFolder(deletion));
		const passed = [...side.passed.values()].filter(({ deletion }) => !isFolder(deletion)).length;
		const files = index.shownCount - this.#heldAt.size + passed;
		const missing = all.filter(({ isMissing }) => isMissing).length;
		const isOtherFolder = this.isOtherFolder && side === this.#sides.here && this.#options.knowsOthers();
		return judgeDeletions({ files, deleted: all.length, missing, isOtherFolder }, maxDeletes);
	}

	/** Those whose bytes the vault still has under another name: each such file stands for one. */
	#moved(side: Side): ReadonlySet<PathKey> {
		const moved = new Set<PathKey>();
		const others = new Map<ContentHash, number>();
		for (const { key, hash } of deletionsOf(side)) {
			const left = others.get(hash) ?? this.#othersWith(hash);
			others.set(hash, left - 1);
			if (left > 0) moved.add(key);
		}
		return moved;
	}

	#othersWith(hash: ContentHash): number {
		const isGoing = (key: PathKey): boolean =>
			this.#heldAt.has(key) || Object.values(this.#sides).some(({ undecided }) => undecided.has(key));
		return this.#options.index.locationsOf(hash).filter((path) => !isGoing(pathKey(path))).length;
	}

	#passedBefore(side: Side): readonly Deletion[] {
		const moved = this.#moved(side);
		return [...side.passed.values()].map(({ deletion }) => deletion).filter(({ key }) => !moved.has(key));
	}

	#pass(origin: DeletionOrigin, key: PathKey, isToMark: boolean): void {
		const side = this.#sides[origin];
		const deletion = side.undecided.get(key);
		if (deletion === undefined) return;
		side.undecided.delete(key);
		side.passed.delete(key);
		side.passed.set(key, { deletion, at: this.#options.clock.monotonic() });
		this.#free.set(key, origin);
		if (isToMark) this.#options.onMark(key);
	}

	#passAll(origin: DeletionOrigin): void {
		for (const key of [...this.#sides[origin].undecided.keys()]) this.#pass(origin, key, true);
	}

	/** What is missing was perhaps never in this folder: it is written again, and nobody is asked. */
	#putBack(side: Side, moved: ReadonlySet<PathKey>): void {
		for (const key of [...side.undecided.keys()]) {
			if (moved.has(key)) continue;
			side.undecided.delete(key);
			this.#wanted.add(key);
			this.#options.onMark(key);
		}
	}

	/** Durable before anybody counts on it. */
	async #hold(side: Side, held: HeldDeletions): Promise<void> {
		const files = new Map([...held.files, ...side.undecided]);
		const added = [...side.undecided.values()];
		await this.#save([...this.held.filter(({ id }) => id !== held.id), { ...held, files }]);
		this.#put(held, files, this.#options.clock.monotonic());
		side.undecided.clear();
		side.passed.clear();
		this.#options.onHeld({ ...held, files }, added);
	}

	async #save(held: readonly HeldDeletions[]): Promise<void> {
		const lastId = Math.max(this.#lastId, ...held.map(({ id }) => Number(id)));
		await this.#file.save({ lastId, held });
		this.#lastId = lastId;
		this.#isUnsaved = false;
	}

	#put(held: HeldDeletions, files: Map<PathKey, Deletion>, grownAt: number): void {
		for (const key of files.keys()) if (this.#heldAt.get(key) !== held.id) this.#takeOut(key);
		this.#held.set(held.id, { held, files, grownAt });
		for (const { key, hash } of files.values()) {
			this.#heldAt.set(key, held.id);
			if (held.origin === "here") this.#heldByHash.set(hash, (this.#heldByHash.get(hash) ?? new Set()).add(key));
		}
	}

	#absentCount(): number {
		let count = 0;
		for (const { held, files } of this.#held.values()) if (held.origin === "here") count += files.size;
		return count;
	}

	#arm(): void {
		this.#cancelTimer?.();
		this.#cancelTimer = undefined;
		const now = this.#options.clock.monotonic();
		const waits = Object.values(this.#sides).flatMap(({ undecided, lastAt }) =>
			undecided.size === 0 ? [] : [Math.max(0, lastAt + SETTLE_MS - now)],
		);
		if (waits.length === 0) return;
		this.#cancelTimer = this.#options.clock.schedule(Math.min(...waits), () => {
			this.#cancelTimer = undefined;
			this.#options.onDue();
		});
	}
}

function newSide(): Side {
	return { undecided: new Map(), passed: new Map(), lastAt: 0 };
}

/** Those that are set aside first: what was moved is let go, and the rest is counted. */
function deletionsOf({ undecided, passed }: Side): readonly Deletion[] {
	return [...undecided.values(), ...[...passed.values()].map(({ deletion }) => deletion)];
}

/** What this disk is recorded to show at `key`, a conflict copy included. */
export function shownAt(index: RecordIndex, key: PathKey): ContentHash | undefined {
	const owner = index.ownerOf(key);
	if (owner === undefined) return index.get(key)?.disk.hash;
	return index.get(owner)?.disk.copies.find((copy) => pathKey(copy.path) === key)?.hash;
}
