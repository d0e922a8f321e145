// Writes the index down and says so: the only way from memory to the journal. Nothing is told to anybody before it is durable,
// and records are told together with the knowledge that speaks of them. Rules J1–J4 of readme/SPEC.md.
import type { PathKey } from "../core/path.ts";
import type { RecordIndex } from "../core/record-index.ts";
import { EMPTY_VECTOR, type VersionVector } from "../core/version-vector.ts";
import { StorageError } from "./guarded-store.ts";
import type { Batch, Journal } from "./journal.ts";
import type { Membership } from "./membership.ts";
import type { Clock } from "./ports/clock.ts";
import type { Log } from "./ports/log.ts";

export interface LedgerOptions {
	readonly index: RecordIndex;
	readonly journal: Journal;
	readonly membership: Membership;
	/** The state itself has to be written, whatever the records do. */
	readonly isNewState: boolean;
	readonly clock: Clock;
	readonly log: Log;
	/** All of the index is durable; these records changed since the last time. */
	readonly onDurable: (changed: readonly PathKey[]) => void;
}

const COMPACTION_RETRY_MS = 60_000;

export class Ledger {
	readonly #options: LedgerOptions;
	#isStateUnsaved: boolean;
	#isSaving = false;
	#compactAt = 0;
	#durable: VersionVector;

	constructor(options: LedgerOptions) {
		this.#options = options;
		this.#isStateUnsaved = options.isNewState;
		this.#durable = options.index.knowledge;
	}

	/** What may be told to others. */
	get durableKnowledge(): VersionVector {
		return this.#durable;
	}

	get hasUnsaved(): boolean {
		const { index, membership } = this.#options;
		return this.#isStateUnsaved || index.hasUnsaved || membership.isUnsaved;
	}

	/** Whether records and knowledge in memory are what the journal has: only then may they be told. */
	get isDurable(): boolean {
		return !this.#isSaving && !this.hasUnsaved;
	}

	/** Knowledge or the like changed, no record. */
	noteState(): void {
		this.#isStateUnsaved = true;
	}

	/** What was durable has other numbers now. */
	renumber(): void {
		this.#isStateUnsaved = true;
		this.#durable = EMPTY_VECTOR;
	}

	/** Rejects with StorageError; then all of it is unsaved as before. */
	async save(): Promise<void> {
		if (!this.hasUnsaved) return;
		const { index, journal, membership, onDurable } = this.#options;
		const { state } = index;
		const changed = index.takeChanged();
		const entries = index.takeUnsaved();
		const forgotten = index.takeForgotten();
		const members = membership.isUnsaved ? membership.take() : undefined;
		this.#isStateUnsaved = false;
		this.#isSaving = true;
		try {
			await journal.append({ state, entries, forgotten, membership: members }, () => this.#whole());
		} catch (error) {
			index.putBack(entries, forgotten, changed);
			if (members !== undefined) membership.noteSaved(members, false);
			this.#isStateUnsaved = true;
			throw error;
		} finally {
			this.#isSaving = false;
		}
		if (members !== undefined) membership.noteSaved(members, true);
		// In one step: knowledge that is told before the records it speaks of would hide them from the peer for ever.
		this.#durable = state.knowledge;
		onDurable(changed);
		await this.#compactWhenGrown();
	}

	async #compactWhenGrown(): Promise<void> {
		const { journal, clock, log } = this.#options;
		const now = clock.monotonic();
		if (!journal.wantsCompaction || now < this.#compactAt) return;
		this.#compactAt = now + COMPACTION_RETRY_MS;
		try {
			await journal.compact(this.#whole());
			this.#compactAt = 0;
		} catch (error) {
			// Everything is in the journal as it is; a shorter one can wait.
			if (!(error instanceof StorageError)) throw error;
			log.write("warn", "the journal cannot be rewritten", { cause: error.message });
		}
	}

	#whole(): Batch {
		const { index, membership } = this.#options;
		return { state: index.state, entries: [...index.entries()], forgotten: [], membership: membership.state };
	}
}
