// What is to lie sealed at the relay, given who knows what: what is added, from where on, what may go, and whether a device may be
// closed. A mailbox holds claims, oldest first, each with records and their contents: whoever knows `from` and takes them in knows
// `to`. Rules ZD1–ZD7 of readme/SPEC.md.
import type { ReplicaEpoch } from "./ids.ts";
import type { PathRecord } from "./record.ts";
import {
	covers,
	EMPTY_VECTOR,
	includes,
	joinVectors,
	meetVectors,
	type Dot,
	type VersionVector,
} from "./version-vector.ts";

export interface Claim {
	readonly from: VersionVector;
	readonly to: VersionVector;
}

/** Another device of the group that is not silent for so long that nothing waits for it any more. */
export interface Addressee {
	/** At least so much, contents included, is durable there. */
	readonly known: VersionVector;
	readonly isConnected: boolean;
}

export interface MailboxPlanInput {
	/** What is durable here. */
	readonly own: VersionVector;
	/** The deletions forgotten here: no record tells of them any more. */
	readonly forgotten: VersionVector;
	readonly addressees: readonly Addressee[];
	readonly claims: readonly Claim[];
	/** The mailbox is there for devices that know nothing, too: nothing of it may go. */
	readonly isWhole: boolean;
	/** There is so little in all that a device that knows nothing yet is no reason to leave it out. */
	readonly isSmall: boolean;
}

export interface MailboxPlan {
	/** Places in `claims`: whoever they are for knows as much. */
	readonly drop: ReadonlySet<number>;
	/** Who knows this much lacks something that is here; `undefined`: nobody who is away does. */
	readonly addFrom: VersionVector | undefined;
	/** Nobody in particular waits for it. */
	readonly isForNewcomersOnly: boolean;
}

/** What somebody who knows `known` knows after the claims. */
export function reachOf(known: VersionVector, claims: Iterable<Claim>): VersionVector {
	let reached = known;
	for (const { from, to } of claims) if (includes(reached, from)) reached = joinVectors(reached, to);
	return reached;
}

/** On top of what lies there. */
export function planMailbox(input: MailboxPlanInput): MailboxPlan {
	const { addressees, claims, isWhole, own } = input;
	const waiting = addressees.filter(({ known }) => isServable(reachOf(known, claims), input));
	// Whom nobody knows of may be waited for all the same.
	const mayDrop = !isWhole && waiting.length > 0;
	const drop = new Set<number>();
	for (const [place, { to }] of claims.entries())
		if (mayDrop && waiting.every(({ known }) => includes(known, to))) drop.add(place);
	const kept = claims.filter((_, place) => !drop.has(place));
	const reaches = addressees.filter(({ isConnected }) => !isConnected).map(({ known }) => reachOf(known, kept));
	return { drop, ...additionFor(reaches, reachOf(EMPTY_VECTOR, kept), own, input) };
}

/** In place of all that lies there, for everybody who lacks any of it; for newcomers too, where it is to be whole. */
export function planAnew(input: MailboxPlanInput): Omit<MailboxPlan, "drop"> {
	const reaches = input.addressees.filter((each) => canBegin(each, input)).map(({ known }) => known);
	const behind = reaches.filter((reach) => !includes(reach, input.own));
	const isForNewcomersOnly = behind.length === 0;
	if (input.isWhole) return { addFrom: EMPTY_VECTOR, isForNewcomersOnly };
	return { addFrom: isForNewcomersOnly ? undefined : behind.reduce(meetVectors, input.own), isForNewcomersOnly };
}

/** Whether everybody whom the claims serve can be served without them. */
export function canStartAnew(input: MailboxPlanInput): boolean {
	const served = input.addressees.filter(({ known }) => isServable(reachOf(known, input.claims), input));
	return served.every((each) => canBegin(each, input));
}

/** Whether a copy for devices that know nothing can grow by claims, or the deletions forgotten since make it begin anew. */
export function canGrow(claims: readonly Claim[], forgotten: VersionVector): boolean {
	return includes(reachOf(EMPTY_VECTOR, claims), forgotten);
}

/**
 * What a claim may say whose `records` tell of `lacking`, versions without their contents: nothing from the first of them on. It ends with
 * an act: a number in between may be one that its device left out, and would tell it that it forgot what it did (S9).
 */
export function claimable({ from, to }: Claim, lacking: Iterable<Dot>, records: Iterable<PathRecord>): VersionVector {
	const ends = new Map<ReplicaEpoch, number>();
	for (const { epoch, counter } of lacking)
		if (covers(to, { epoch, counter })) ends.set(epoch, Math.min(counter, ends.get(epoch) ?? counter));
	if (ends.size === 0) return joinVectors(from, to);
	const cut = new Map(to);
	for (const epoch of ends.keys()) cut.delete(epoch);
	const note = (epoch: ReplicaEpoch, counter: number): void => {
		const isBefore = counter < (ends.get(epoch) ?? 0);
		if (isBefore && counter > (cut.get(epoch) ?? 0)) cut.set(epoch, counter);
	};
	for (const { context, siblings } of records) {
		for (const [epoch, counter] of context) note(epoch, counter);
		for (const { dot } of siblings) note(dot.epoch, dot.counter);
	}
	return joinVectors(from, cut);
}

/** Whether all that this device did is durable elsewhere: at each of `addressees`, or in the claims that lie there. */
export function isSafeToClose(
	own: VersionVector,
	epochs: readonly ReplicaEpoch[],
	addressees: readonly Addressee[],
	claims: readonly Claim[],
): boolean {
	const acts = new Map(epochs.map((epoch) => [epoch, own.get(epoch) ?? 0]));
	return addressees.every(({ known }) => includes(reachOf(known, claims), acts));
}

/** Whether claims can serve somebody who knows `known`: deletions that are forgotten here can be told by a full exchange only. */
export function isServable(
	known: VersionVector,
	{ own, forgotten, isSmall }: Pick<MailboxPlanInput, "own" | "forgotten" | "isSmall">,
): boolean {
	return includes(known, forgotten) && (isSmall || meetVectors(known, own).size > 0);
}

/** It takes part, be it by the claims only, and nothing was forgotten that it lacks. */
function canBegin({ known }: Addressee, input: MailboxPlanInput): boolean {
	return includes(known, input.forgotten) && isServable(reachOf(known, input.claims), input);
}

function additionFor(
	reaches: readonly VersionVector[],
	newcomers: VersionVector,
	own: VersionVector,
	input: Pick<MailboxPlanInput, "own" | "forgotten" | "isSmall" | "isWhole">,
): Omit<MailboxPlan, "drop"> {
	const behind = reaches.filter((reach) => isServable(reach, input) && !includes(reach, own));
	const isForNewcomersOnly = behind.length === 0;
	if (input.isWhole && includes(newcomers, input.forgotten) && !includes(newcomers, own)) behind.push(newcomers);
	if (behind.length === 0) return { addFrom: undefined, isForNewcomersOnly };
	return { addFrom: behind.reduce(meetVectors, own), isForNewcomersOnly };
}
