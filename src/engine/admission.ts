// Between the proof that the other end holds the group key and the first session: both ends bring their rosters together, in rounds, and
// then judge alike whether the other belongs to the group. Nothing of the vault is said before. Rules K10–K13 of readme/SPEC.md.
import type { DeviceId } from "../core/ids.ts";
import { ENTRIES_MAX, ROTATIONS_MAX, type EntryId } from "../core/roster/entry.ts";
import { strongerClaim, type Claim } from "../core/roster/which-root.ts";
import type { WireEntry } from "../wire/roster-codec.ts";
import {
	decodeRosterFrame,
	encodeRosterFrame,
	ENTRIES_PER_FRAME_MAX,
	HEADS_MAX,
	type RosterGreeting,
} from "../wire/roster-talk.ts";
import type { BufferedChannel } from "./buffered-channel.ts";
import type { RosterKeeper } from "./roster-keeper.ts";

export type Verdict =
	/** Both are members. */
	| "admitted"
	/** The other has to wait for an admin, or this device has. */
	| "waiting"
	| "you-are-waiting"
	/** The other was taken out of the group, or this device was. */
	| "removed"
	| "you-were-removed"
	/** Two groups were begun with one key. */
	| "other-roster"
	/** This device came with a link that names a roster: neither has it yet, or the other one has another. */
	| "roster-awaited"
	| "not-of-link"
	/** What came is not as it must be, or the channel closed. */
	| "malformed"
	| "closed";

export interface AdmissionOptions {
	readonly channel: BufferedChannel;
	readonly keeper: RosterKeeper;
	readonly own: DeviceId;
	readonly peer: DeviceId;
	/** How long this device has had its roster. */
	readonly ageMs: number;
	/** Both have all that these are on top of. */
	readonly onAgreed?: (heads: readonly EntryId[]) => void;
}

/** One to bring them together, one for what follows from that, and some for what others say meanwhile. */
const ROUNDS_MAX = 12;

/** Does not close the channel. The caller limits the time. */
export async function admission(options: AdmissionOptions): Promise<Verdict> {
	const { channel, keeper, own, peer } = options;
	const greeting = greetingOf(keeper, options.ageMs);
	channel.send(encodeRosterFrame({ type: "greeting", roster: greeting }));
	const answer = await nextFrame(channel);
	if (answer === undefined || answer === "malformed") return answer ?? "closed";
	if (answer.type !== "greeting") return "malformed";
	const { roster: theirs } = answer;
	// In a group from before there were rosters both go on as they are. A device whose link names one waits until it meets it.
	if (theirs === undefined && greeting === undefined)
		return keeper.awaited === undefined ? "admitted" : "roster-awaited";
	if (theirs !== undefined && !keeper.mayFollow(theirs.founder, peer))
		return theirs.isSettled ? "not-of-link" : "roster-awaited";
	const counts = whichCounts(greeting && { device: own, ...greeting }, theirs && { device: peer, ...theirs });
	if (counts === "neither") return "other-roster";
	const failure = await bringTogether(options, counts, [greeting?.root, theirs?.root], theirs?.heads ?? []);
	return failure ?? verdictOn(keeper, own, peer);
}

type Counts = "mine" | "theirs" | "same";

function whichCounts(mine: Claim | undefined, theirs: Claim | undefined): Counts | "neither" {
	if (mine?.root === theirs?.root) return "same";
	if (mine === undefined) return "theirs";
	if (theirs === undefined) return "mine";
	const stronger = strongerClaim(mine, theirs);
	if (stronger === undefined) return "neither";
	return stronger === mine ? "mine" : "theirs";
}

/** Rounds until both ends said that they have the same. `undefined`: they have. */
async function bringTogether(
	{ channel, keeper, peer, onAgreed }: AdmissionOptions,
	counts: Counts,
	roots: readonly [mine: EntryId | undefined, theirs: EntryId | undefined],
	headsOfPeer: readonly EntryId[],
): Promise<"malformed" | "closed" | undefined> {
	let known: readonly EntryId[] = counts === "same" ? headsOfPeer : [];
	let adopts = counts === "theirs";
	let before: readonly (readonly EntryId[])[] = [];
	for (let round = 0; round < ROUNDS_MAX; round++) {
		const heads = adopts ? [] : headsOf(keeper);
		if (!adopts) sendEntries(channel, keeper.beyond(known));
		channel.send(encodeRosterFrame({ type: "end", heads }));
		const told = await receiveEntries(channel);
		if (told === undefined || told === "malformed") return told ?? "closed";
		const now = [heads, told.heads];
		const isSame = equalHeads(heads, told.heads);
		// Both have said all, and one has no room for it: a member that filled the roster must not keep others apart.
		const isStuck = now.every((each, n) => equalHeads(each, before[n] ?? []));
		if (heads.length > 0 && told.heads.length > 0 && (isSame || isStuck)) {
			onAgreed?.(heads);
			return undefined;
		}
		before = now;
		const isGood = await (adopts ? keeper.adopt(told.entries, roots[0], peer) : keeper.take(told.entries, peer));
		// A third device led this one to another roster meanwhile: the next talk is about that one.
		if (!isGood) return roots.includes(keeper.roster?.root) ? "malformed" : "closed";
		adopts = false;
		await keeper.join();
		// What it has said is known to it, and so is what it was sent.
		known = [...told.heads, ...heads];
	}
	return "closed";
}

function verdictOn(keeper: RosterKeeper, own: DeviceId, peer: DeviceId): Verdict {
	const [mine, theirs] = [keeper.standingOf(own), keeper.standingOf(peer)];
	if (mine === "gone") return "you-were-removed";
	if (theirs === "gone") return "removed";
	if (mine !== "member") return "you-are-waiting";
	return theirs === "member" ? "admitted" : "waiting";
}

function greetingOf(keeper: RosterKeeper, ageMs: number): RosterGreeting | undefined {
	const { roster, founder, isSettled } = keeper;
	if (roster === undefined || founder === undefined) return undefined;
	return { root: roster.root, founder, isSettled, ageMs: Math.max(0, Math.round(ageMs)), heads: headsOf(keeper) };
}

function headsOf(keeper: RosterKeeper): readonly EntryId[] {
	return (keeper.roster?.heads ?? []).slice(0, HEADS_MAX);
}

function sendEntries(channel: BufferedChannel, entries: readonly WireEntry[]): void {
	for (let at = 0; at < entries.length; at += ENTRIES_PER_FRAME_MAX) {
		const some = entries.slice(at, at + ENTRIES_PER_FRAME_MAX);
		channel.send(encodeRosterFrame({ type: "entries", entries: some }));
	}
}

async function receiveEntries(
	channel: BufferedChannel,
): Promise<{ readonly entries: readonly WireEntry[]; readonly heads: readonly EntryId[] } | "malformed" | undefined> {
	const entries: WireEntry[] = [];
	for (;;) {
		const frame = await nextFrame(channel);
		if (frame === undefined || frame === "malformed") return frame;
		if (frame.type === "end") return { entries, heads: frame.heads };
		if (frame.type !== "entries" || frame.entries.length === 0) return "malformed";
		entries.push(...frame.entries);
		if (entries.length > ENTRIES_MAX + ROTATIONS_MAX) return "malformed";
	}
}

async function nextFrame(
	channel: BufferedChannel,
): Promise<NonNullable<ReturnType<typeof decodeRosterFrame>> | "malformed" | undefined> {
	const bytes = await channel.take();
	return bytes && (decodeRosterFrame(bytes) ?? "malformed");
}

function equalHeads(a: readonly EntryId[], b: readonly EntryId[]): boolean {
	const all = new Set(a);
	return a.length === b.length && b.every((id) => all.has(id));
}
