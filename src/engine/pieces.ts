// Long work in pieces, so that a host in which somebody types can do something else in between.

/** Lets everything else that waits have its turn. */
export type Breathe = () => Promise<void>;

/** So many entries are a few milliseconds' work on a computer. */
export const ENTRIES_IN_A_PIECE = 250;

/** Does `work` to its end. Where it yields, `breathe` is waited for, if the host has it. */
export async function inPieces<T>(work: Generator<undefined, T>, breathe: Breathe | undefined): Promise<T> {
	for (let step = work.next(); ; step = work.next()) {
		if (step.done === true) return step.value;
		if (breathe !== undefined) await breathe();
	}
}
