// How far other devices are behind this one, as far as this one has heard, and whether what they lack is left for them. Rule ZP9 of
// readme/SPEC.md.
import type { DeviceId } from "../../core/ids.ts";
import { reachOf, type Claim } from "../../core/mailbox-plan.ts";
import { isNewTo } from "../../core/record.ts";
import { includes } from "../../core/version-vector.ts";
import type { Replica } from "../replica.ts";
import type { Receiver } from "./note-receipts.ts";

/** Beyond it nobody counts. */
export const BEHIND_MAX = 1_000;

export interface Behind {
	/** Paths whose changes it has not received, at most BEHIND_MAX. */
	readonly paths: number;
	/** All of them lie with the relay. */
	readonly isLeft: boolean;
}

export function behind(
	{ durableKnowledge, index }: Pick<Replica, "durableKnowledge" | "index">,
	receivers: readonly Receiver[],
	claims: readonly Claim[],
): ReadonlyMap<DeviceId, Behind> {
	const found = new Map<DeviceId, Behind>();
	for (const { device, known } of receivers) {
		let paths = 0;
		let isLeft = true;
		// The common case, and the records need not be looked at.
		if (!includes(known, durableKnowledge)) {
			const reach = reachOf(known, claims);
			for (const { record } of index.entries()) {
				if (!isNewTo(record, known)) continue;
				if (isNewTo(record, reach)) isLeft = false;
				if (++paths >= BEHIND_MAX) break;
			}
		}
		found.set(device, { paths, isLeft });
	}
	return found;
}
