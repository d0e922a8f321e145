// What a device begins with: the state as the journal has it, or a new one where it is absent, damaged, or may be an old one.
// Rules J3 and J4 of readme/SPEC.md.
import type { ReplicaEpoch } from "../core/ids.ts";
import { newState, type IndexState } from "../core/record-index.ts";
import { Journal, JournalError, type OpenedJournal } from "./journal.ts";
import type { Breathe } from "./pieces.ts";
import type { Digest } from "./ports/digest.ts";
import type { Log } from "./ports/log.ts";
import type { StateStore } from "./ports/state-store.ts";

export interface Epochs {
	/** The host's: of this installation. */
	readonly epoch: ReplicaEpoch;
	/** For a state whose own numbers may have been told already. */
	readonly newEpoch: () => ReplicaEpoch;
	/**
	 * For a state where there is none, or another installation's. It is not known to be the first one: whoever lost it may have told many numbers, and
	 * those who remember them may meet it last. The host's own if not set.
	 */
	readonly firstEpoch?: () => ReplicaEpoch;
	/** How far the numbers of this run are from those of the last (`leaveOutNumbers` of RecordIndex), by chance; 1 if not set. */
	readonly gapsToLeaveOut?: () => number;
}

export async function openJournal(
	store: StateStore,
	{ digest, log, breathe }: { readonly digest: Digest; readonly log: Log; readonly breathe?: Breathe | undefined },
): Promise<OpenedJournal & { readonly isDamaged: boolean }> {
	try {
		return { ...(await Journal.open(store, digest, breathe)), isDamaged: false };
	} catch (error) {
		if (!(error instanceof JournalError) || error.code !== "damaged") throw error;
		log.write("warn", "the state on this device is damaged: begun anew from the files", { cause: error.message });
		return { journal: Journal.startOver(store, digest), batches: [], isBehind: false, isDamaged: true };
	}
}

export function stateToBeginWith(
	opened: OpenedJournal & { readonly isDamaged: boolean },
	{ epoch, newEpoch, firstEpoch = () => epoch }: Epochs,
): IndexState {
	const last = opened.batches.at(-1)?.state;
	if (last === undefined) return newState(opened.isDamaged ? newEpoch() : firstEpoch(), epoch);
	// Numbers of its old epoch may have been told that it knows nothing of.
	if (opened.isBehind)
		return { ...last, epoch: newEpoch(), hostEpoch: epoch, counter: 0, importing: true, leftOut: [] };
	if (last.hostEpoch === epoch) return last;
	// Another installation's. This one may have had a state before that told numbers, and this state knows nothing of them.
	const first = firstEpoch();
	const counter = last.knowledge.get(first) ?? 0;
	return { ...last, epoch: first, hostEpoch: epoch, counter, importing: true, leftOut: [] };
}
