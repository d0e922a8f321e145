// The invariants that hold at every step, and not only when all is quiet: knowledge is sound (I17), nothing that is known goes back
// (I18), no two acts share a dot (I19). Judged on what devices write down, each compared with what it and the others wrote before.
import type { ReplicaEpoch } from "../../src/core/ids.ts";
import type { PathKey } from "../../src/core/path.ts";
import { joinRecords, type PathRecord, type Sibling } from "../../src/core/record.ts";
import type { IndexState } from "../../src/core/record-index.ts";
import { covers, EMPTY_VECTOR, equalDots, includes, type Dot } from "../../src/core/version-vector.ts";
import { viewOf } from "../../src/core/view.ts";
import type { Batch } from "../../src/engine/journal.ts";
import type { Noted } from "./written-down.ts";

interface Memory {
	state: IndexState | undefined;
	readonly records: Map<PathKey, PathRecord>;
	/** Something happened to it: until others tell it so, it may count what it knows nothing of once more. */
	isBlind: boolean;
}

/** An act, as somebody wrote it down first. */
interface KnownAct {
	readonly dot: Dot;
	readonly key: PathKey;
	readonly what: string;
	/** By a device that did not make it. */
	isTold: boolean;
	/**
	 * Who made it was given a state from before: they count on over it, and others with them, until somebody tells them. Or it was made
	 * after that, under a number lower than one that others know from before: they cannot know that it is another act, and are told
	 * of it by who begins anew, or when roots that differ show it.
	 */
	isLost?: boolean;
	/** Then only who knows of more than this number counts over it: to the others somebody spoke of it and did not tell it. */
	lostUpTo?: number | undefined;
}

export class StepChecks {
	readonly #memories = new Map<string, Memory>();
	readonly #acts = new Map<string, KnownAct>();
	/** What all devices together have ever known of a path. */
	readonly #everKnown = new Map<PathKey, PathRecord>();
	/** Who counts, or counted, in it. */
	readonly #counters = new Map<ReplicaEpoch, string>();
	/** Lost before anybody else had written them down: who was told of one and had no room for it may do so yet. */
	readonly #untold = new Map<string, KnownAct>();
	/** The highest number that anybody knew in an epoch when whoever counts in it was given another state. */
	readonly #lostUpTo = new Map<ReplicaEpoch, number>();
	/** The highest number that whoever counts in it has written down. */
	readonly #writtenUpTo = new Map<ReplicaEpoch, number>();
	/** Each once: what came of it at later steps says no more. */
	readonly #found = new Map<string, string>();

	/** What is wrong, in words; none: all of it holds at each step. */
	check(noted: readonly Noted[]): readonly string[] {
		for (const note of noted) {
			if (note.kind === "replaced") this.#onReplaced(note.device, note.batches);
			else this.#onBatch(note.device, note.atMs, note.batch, note.isWhole);
		}
		return [...this.#found.values()];
	}

	#onReplaced(device: string, batches: readonly Batch[]): void {
		for (const [epoch, owner] of this.#counters)
			if (owner === device) this.#lostUpTo.set(epoch, this.#highestKnown(epoch));
		const memory: Memory = { state: undefined, records: new Map(), isBlind: true };
		for (const batch of batches) keep(memory, batch, false);
		this.#memories.set(device, memory);
		for (const [name, act] of this.#acts) {
			const isOwn = this.#counters.get(act.dot.epoch) === device;
			if (!isOwn || covers(memory.state?.knowledge ?? EMPTY_VECTOR, act.dot)) continue;
			act.isLost = true;
			if (act.isTold) continue;
			// What it alone knew is gone, and so are the numbers of it.
			this.#acts.delete(name);
			this.#untold.set(name, { ...act, isTold: true, lostUpTo: this.#lostUpTo.get(act.dot.epoch) });
		}
	}

	#highestKnown(epoch: ReplicaEpoch): number {
		const known = [...this.#memories.values()].map(({ state }) => state?.knowledge.get(epoch) ?? 0);
		return Math.max(this.#lostUpTo.get(epoch) ?? 0, ...known);
	}

	#onBatch(device: string, atMs: number, batch: Batch, isWhole: boolean): void {
		const memory = this.#memories.get(device) ?? { state: undefined, records: new Map(), isBlind: false };
		this.#memories.set(device, memory);
		const say = (text: string): void => {
			const name = `${device} ${text}`;
			if (!this.#found.has(name)) this.#found.set(name, text.replace(":", `: ${device} at ${String(atMs)} ms`));
		};
		this.#neverBack(memory, batch, isWhole, device, say);
		for (const { key, record } of batch.entries) {
			for (const sibling of record.siblings) this.#noteAct(memory, batch.state, key, sibling, device, say);
			const known = this.#everKnown.get(key);
			this.#everKnown.set(key, known === undefined ? record : joinRecords(known, record));
		}
		keep(memory, batch, isWhole);
		this.#isSound(memory, batch.state, say);
	}

	/** I18. */
	#neverBack(
		{ state, records }: Memory,
		batch: Batch,
		isWhole: boolean,
		device: string,
		say: (text: string) => void,
	): void {
		const { epoch, knowledge, forgotten, counter } = batch.state;
		const owner = this.#counters.get(epoch);
		this.#counters.set(epoch, device);
		this.#writtenUpTo.set(epoch, Math.max(this.#writtenUpTo.get(epoch) ?? 0, counter));
		if (state?.epoch !== epoch) {
			// It begins anew: in numbers that nobody ever had, and with nothing that it must keep.
			if (owner !== undefined) say(`I18: counts in an epoch that ${owner} counted in before`);
			return;
		}
		if (counter < state.counter) say(`I18: counts from ${String(counter)} after ${String(state.counter)}`);
		if (!includes(knowledge, state.knowledge)) say("I18: knows less than before");
		if (!includes(forgotten, state.forgotten)) say("I18: forgot less than before");
		const gone = new Set(isWhole ? records.keys() : batch.forgotten);
		for (const { key, record } of batch.entries) {
			gone.delete(key);
			const before = records.get(key);
			if (before !== undefined && !includes(record.context, before.context)) say(`I18: the context of ${key} shrank`);
		}
		for (const key of gone) {
			const before = records.get(key);
			if (before !== undefined && !includes(forgotten, before.context))
				say(`I18: ${key} is gone, and was not forgotten`);
		}
	}

	/** I18, I19. */
	#noteAct(
		{ isBlind }: Memory,
		state: IndexState,
		key: PathKey,
		{ dot, content, lamport }: Sibling,
		device: string,
		say: (text: string) => void,
	): void {
		const name = `${dot.epoch}:${String(dot.counter)}`;
		const what = `${content?.hash ?? "a deletion"} ${String(lamport)}`;
		const known = this.#acts.get(name);
		const isOwn = dot.epoch === state.epoch;
		if (!isOwn && dot.counter > (this.#writtenUpTo.get(dot.epoch) ?? 0))
			say(`I18: was told of ${name} before its device had written it down`);
		const untold = this.#untold.get(name);
		if (known === undefined && !isOwn && untold?.key === key && untold.what === what) this.#acts.set(name, untold);
		else if (known === undefined) {
			const isLost = isOwn && dot.counter <= (this.#lostUpTo.get(dot.epoch) ?? 0);
			this.#acts.set(name, { dot, key, what, isTold: !isOwn, isLost });
		} else if (known.key === key && known.what === what) known.isTold ||= !isOwn;
		else if (!(isOwn && isBlind)) say(`I19: ${name} is an act at ${known.key} and another one at ${key}, by ${device}`);
	}

	/** I17: of everything it says it knows there is a record, or somebody made a version over it. */
	#isSound({ records, isBlind }: Memory, { epoch, knowledge }: IndexState, say: (text: string) => void): void {
		for (const { dot, key, isLost, lostUpTo = 0 } of this.#acts.values()) {
			if (!covers(knowledge, dot) || (isBlind && dot.epoch === epoch)) continue;
			if (isLost === true && (knowledge.get(dot.epoch) ?? 0) > lostUpTo) continue;
			const record = records.get(key);
			const isThere = record === undefined ? !this.#isShownSomewhere(key, dot) : covers(record.context, dot);
			if (!isThere) say(`I17: knows ${dot.epoch}:${String(dot.counter)}, and nothing of it at ${key}`);
		}
	}

	#isShownSomewhere(key: PathKey, dot: Dot): boolean {
		const known = this.#everKnown.get(key);
		if (known === undefined) return false;
		const { winner, losers } = viewOf(known);
		return [winner, ...losers].some((shown) => shown !== undefined && equalDots(shown.dot, dot));
	}
}

function keep(memory: Memory, { state, entries, forgotten }: Batch, isWhole: boolean): void {
	memory.state = state;
	if (isWhole) memory.records.clear();
	for (const key of forgotten) memory.records.delete(key);
	for (const { key, record } of entries) memory.records.set(key, record);
}
