// Reads all that a device kept of its state, each part in its own way, before anything may happen.
import { RecordIndex } from "../core/record-index.ts";
import { Bases } from "./bases.ts";
import { openJournal, stateToBeginWith } from "./begin-state.ts";
import { Contents } from "./contents.ts";
import { guardedStore } from "./guarded-store.ts";
import { HeldDeletionsFile, type OpenedHeldDeletions } from "./held-deletions.ts";
import { History } from "./history.ts";
import type { Batch, Journal } from "./journal.ts";
import { Looker } from "./looker.ts";
import type { MembershipState } from "./membership.ts";
import { ENTRIES_IN_A_PIECE, inPieces } from "./pieces.ts";
import type { ReplicaPorts, ReplicaSettings } from "./replica-settings.ts";
import { WriteGuard } from "./write-guard.ts";

export interface OpenedState {
	readonly index: RecordIndex;
	readonly journal: Journal;
	readonly kept: MembershipState | undefined;
	/** The journal does not have it yet. */
	readonly isNewState: boolean;
	readonly looker: Looker;
	readonly history: History;
	readonly contents: Contents;
	readonly guard: WriteGuard;
	readonly bases: Bases;
	readonly heldDeletions: OpenedHeldDeletions;
}

/** Rejects with JournalError when a newer version wrote it, or with StorageError. */
export async function openState(ports: ReplicaPorts, settings: ReplicaSettings): Promise<OpenedState> {
	const { clock, digest, vault } = ports;
	const store = guardedStore(ports.store);
	const opened = await openJournal(store, ports);
	const last = opened.batches.at(-1)?.state;
	const state = stateToBeginWith(opened, settings);
	if (last !== undefined && state.epoch !== last.epoch) {
		ports.log.write("warn", "the state on this device may be an old one: its changes are counted anew");
	}
	const { mergesTexts = true } = settings;
	const index = new RecordIndex(state, (bytes) => digest.sha256(bytes), { mergesTexts });
	await inPieces(restoring(index, opened.batches), ports.breathe);
	if (last !== undefined && state.epoch === last.epoch) index.leaveOutNumbers(settings.gapsToLeaveOut?.() ?? 1);
	const looker = new Looker(vault, index, digest);
	const hash = looker.hash.bind(looker);
	const history = await History.open(store, clock, settings.history);
	const guard = await WriteGuard.open({ store, hash, isNeeded: vault.replacesWhole !== true });
	const bases = await Bases.open({ store, clock, hash });
	const contents = await Contents.open(store, index, looker, history, guard, bases);
	const kept = opened.batches.findLast(({ membership }) => membership !== undefined)?.membership;
	const heldDeletions = await HeldDeletionsFile.open(store, digest);
	const { journal } = opened;
	const isNewState = state !== last;
	return { index, journal, kept, isNewState, looker, history, contents, guard, bases, heldDeletions };
}

function* restoring(index: RecordIndex, batches: readonly Batch[]): Generator<undefined, void> {
	for (const { forgotten, entries } of batches) {
		for (const key of forgotten) index.restoreForgotten(key);
		for (const [i, entry] of entries.entries()) {
			index.restore(entry);
			if (i % ENTRIES_IN_A_PIECE === ENTRIES_IN_A_PIECE - 1) yield;
		}
	}
}
