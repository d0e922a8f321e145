// How much is on this device alone: acts of its own that some other device neither has nor gets by what lies at the relay. Rule ZD4 of
// readme/SPEC.md.
import type { ReplicaEpoch } from "../../core/ids.ts";
import { reachOf, type Addressee, type Claim } from "../../core/mailbox-plan.ts";
import type { KeyedRecord } from "../../core/record.ts";

/** Beyond it nobody counts. */
export const ONLY_HERE_MAX = 100;

/** Paths with such an act, at most ONLY_HERE_MAX. */
export function countOnlyHere(
	epoch: ReplicaEpoch,
	records: Iterable<KeyedRecord>,
	addressees: readonly Addressee[],
	claims: readonly Claim[],
): number {
	const reached = Math.min(...addressees.map(({ known }) => reachOf(known, claims).get(epoch) ?? 0));
	let count = 0;
	for (const { record } of records) {
		if ((record.context.get(epoch) ?? 0) > reached && ++count >= ONLY_HERE_MAX) break;
	}
	return count;
}
