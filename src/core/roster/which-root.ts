// Which of two rosters of one group key is the group's, when two devices meet that have different ones. Both decide alike.
// Rule K11 of readme/SPEC.md.
import type { DeviceId } from "../ids.ts";
import type { EntryId } from "./entry.ts";

export interface Claim {
	/** Whose claim it is. */
	readonly device: DeviceId;
	readonly root: EntryId;
	readonly founder: DeviceId;
	/** It is the group's, and not one that a device began alone. */
	readonly isSettled: boolean;
	/** How long this device has had it. */
	readonly ageMs: number;
}

/**
 * The claim that counts; `undefined`: two groups were begun with this key, and only a person can say which. Who began the other's roster
 * and has another one now leads it there; what a device began alone gives way; of two such the older one stays.
 */
export function strongerClaim(a: Claim, b: Claim): Claim | undefined {
	const aLeads = a.device === b.founder;
	const bLeads = b.device === a.founder;
	if (aLeads !== bLeads) return aLeads ? a : b;
	if (a.isSettled !== b.isSettled) return a.isSettled ? a : b;
	if (a.isSettled) return undefined;
	if (a.ageMs !== b.ageMs) return a.ageMs > b.ageMs ? a : b;
	return a.root < b.root ? a : b;
}
