// Who belongs to the group, and how long this replica has lived with what it knows: what may be forgotten follows from both.
// Sessions report what they hear, and tell it on; the replica's loop takes stock (`takeStock`) and writes it down.
// Rules T2–T6 of readme/SPEC.md.
import { installOf, type DeviceId, type ReplicaEpoch } from "../core/ids.ts";
import { linkName, LINKS_MAX, NEVER_MET, nextLink, type Link, type Links, type Met } from "../core/links.ts";
import { bornAt, pass, type LivedTime } from "../core/lived-time.ts";
import {
	isBehind,
	knownToAll,
	NO_MEMBERS,
	retiredOf,
	toldMembers,
	withHeard,
	withoutLongRetired,
	withStrangers,
	withTold,
	type Members,
	type ToldMember,
} from "../core/members.ts";
import { knownSince, withMilestone, type Milestone } from "../core/milestones.ts";
import type { IndexState } from "../core/record-index.ts";
import { EMPTY_VECTOR, includes, meetVectors, type VersionVector } from "../core/version-vector.ts";
import type { Clock } from "./ports/clock.ts";

/** As the journal has it. */
export interface MembershipState {
	readonly lived: LivedTime;
	readonly milestones: readonly Milestone[];
	readonly members: Members;
	readonly links: Links;
}

export interface MembershipSettings {
	/** The least age at which a deletion may be forgotten. */
	readonly forgetAfterMs: number;
	/** Who is silent for so long does not hold up forgetting any more. */
	readonly retireAfterMs: number;
}

const HOUR_MS = 3_600_000;
/** How much of its life a replica may lose to a crash. */
const SAVE_EVERY_MS = 6 * HOUR_MS;
/** A sign of life that is so little newer than the last is not worth a thought. */
const SEEN_STEP_MS = 60_000;
/** Nor is it worth telling others, below this. */
const TOLD_STEP_MS = 24 * HOUR_MS;

export class Membership {
	readonly #clock: Clock;
	readonly #settings: MembershipSettings;
	/** There is something to be written down soon. */
	readonly #onUnsaved: () => void;
	#lived: LivedTime;
	#milestones: readonly Milestone[];
	#members: Members;
	/** As they were when this run began. */
	readonly #kept: Members;
	#links: Links;
	/** As the journal has them: what is not written down must not be told. */
	#durableLinks: Links;
	/** Monotonic time up to which `#lived` has counted. */
	#countedUpTo: number;
	#savedAliveMs: number;
	#isUnsaved = false;
	#hasHeard = false;
	/** What others were told last, and which edition that is. */
	#told: Members = NO_MEMBERS;
	#edition = 0;

	constructor(clock: Clock, settings: MembershipSettings, kept: MembershipState | undefined, onUnsaved: () => void) {
		this.#clock = clock;
		this.#settings = settings;
		this.#onUnsaved = onUnsaved;
		this.#lived = kept?.lived ?? bornAt(clock.now());
		this.#milestones = kept?.milestones ?? [];
		this.#members = this.#kept = kept?.members ?? NO_MEMBERS;
		this.#links = this.#durableLinks = kept?.links ?? new Map();
		this.#countedUpTo = clock.monotonic();
		this.#savedAliveMs = this.#lived.aliveMs;
	}

	get state(): MembershipState {
		return { lived: this.#lived, milestones: this.#milestones, members: this.#members, links: this.#links };
	}

	/** Whether this is worth a write of its own; it goes along with every rewrite. */
	get isUnsaved(): boolean {
		return this.#isUnsaved;
	}

	/** What it is now is about to be written down. */
	take(): MembershipState {
		this.#isUnsaved = false;
		return this.state;
	}

	/** What `take` gave is written down, or could not be. */
	noteSaved(taken: MembershipState, isSaved: boolean): void {
		if (!isSaved) {
			this.#isUnsaved = true;
			return;
		}
		this.#savedAliveMs = taken.lived.aliveMs;
		this.#durableLinks = taken.links;
	}

	/** `device` said that it knows this, in a session of its own. */
	heard(device: DeviceId, epoch: ReplicaEpoch, knowledge: VersionVector): void {
		this.#hasHeard = true;
		const known = this.#members.devices.get(device);
		const seenMs = this.#nowMs();
		if (known !== undefined && known.epoch === epoch && includes(known.knowledge, knowledge)) {
			if (seenMs - known.seenMs < SEEN_STEP_MS) return;
		}
		this.#change(withHeard(this.#members, device, { epoch, knowledge, seenMs }));
	}

	/** When `device` gave its last sign of life, as a wall clock has it: over restarts, by a minute. `undefined`: never. */
	lastSeen(device: DeviceId): number | undefined {
		const known = this.#members.devices.get(device);
		if (known === undefined) return undefined;
		this.#passTime();
		return this.#clock.now() - Math.max(0, this.#nowMs() - known.seenMs);
	}

	/** What another device knows of third ones. */
	learn(told: readonly ToldMember[], self: IndexState): void {
		const nowMs = this.#nowMs();
		const own = installsOf(self);
		let members = this.#members;
		for (const member of told) if (!own.has(installOf(member.epoch))) members = withTold(members, member, nowMs);
		this.#change(members);
	}

	/** What to tell `device`, and which edition that is: another one only when there are news. */
	toTell(device: DeviceId): { readonly edition: number; readonly members: readonly ToldMember[] } {
		const members = toldMembers(this.#members, this.#nowMs()).filter((member) => member.device !== device);
		return { edition: this.#edition, members };
	}

	get edition(): number {
		return this.#edition;
	}

	/** What is remembered of the last meeting with that life of another device; `undefined`: there is no room to remember it. */
	linkWith(self: IndexState, other: Met): Link | undefined {
		return linkIn(this.#links, self, other);
	}

	/** The same, as far as it is written down. */
	durableLinkWith(self: IndexState, other: Met): Link | undefined {
		return linkIn(this.#durableLinks, self, other);
	}

	/** `own` and theirs agree. `token`: of the two programs that meet now. */
	met(self: IndexState, other: Met, own: Link, theirs: Link, token: string): void {
		const link = nextLink(own, theirs, token);
		if (link === own) return;
		const links = new Map(this.#links);
		// What was remembered of that epoch alone stays, whoever says it first, as long as there is room for both.
		if (links.size >= LINKS_MAX) links.delete(other.epoch);
		this.#links = links.set(linkName(other), { own: self.epoch, link });
		this.#noteUnsaved();
	}

	/** Inside the replica's loop. Counts the time that went by, and says what may be forgotten: what all know, since long, when nobody knows more. */
	takeStock(self: IndexState): VersionVector {
		const { knowledge } = self;
		const { forgetAfterMs, retireAfterMs } = this.#settings;
		const before = { edition: this.#edition, milestones: this.#milestones, strangers: this.#members.strangers };
		this.#passTime();
		const { aliveMs, calendarMs } = this.#lived;
		const pruned = withoutLongRetired(this.#members, knowledge, calendarMs, retireAfterMs);
		this.#change(withStrangers(pruned, knowledge, installsOf(self), calendarMs));
		this.#milestones = withMilestone(this.#milestones, { aliveMs, knowledge }, forgetAfterMs);
		this.#noteWorthTelling();
		const isLongAgo = aliveMs - this.#savedAliveMs >= SAVE_EVERY_MS;
		const isNewStranger = before.strangers !== this.#members.strangers;
		// What nobody has to be told of goes along with the next write.
		if (isLongAgo || isNewStranger || before.milestones !== this.#milestones || before.edition !== this.#edition)
			this.#isUnsaved = true;
		if (isBehind(this.#members, knowledge, calendarMs, retireAfterMs)) return EMPTY_VECTOR;
		const all = knownToAll(this.#members, knowledge, calendarMs, retireAfterMs);
		return meetVectors(all, knownSince(this.#milestones, aliveMs, forgetAfterMs));
	}

	/** Nobody was heard since the start: all seem silent for as long as this device itself was away. */
	get isStillAlone(): boolean {
		return !this.#hasHeard && this.#members.devices.size > 0;
	}

	/** Who does not count any more. */
	get retired(): ReadonlySet<DeviceId> {
		return retiredOf(this.#members, this.#nowMs(), this.#settings.retireAfterMs);
	}

	/** The last thing before the end: a run that was short counts too. */
	endRun(): void {
		this.#passTime();
		if (this.#lived.aliveMs - this.#savedAliveMs >= SEEN_STEP_MS) this.#isUnsaved = true;
	}

	/**
	 * The highest number of `epoch` that another device had confirmed when this run began: what is heard since may be about other
	 * acts of the same number, if the state is an older one.
	 */
	confirmedBefore(epoch: ReplicaEpoch): number {
		return Math.max(0, ...[...this.#kept.devices.values()].map(({ knowledge }) => knowledge.get(epoch) ?? 0));
	}

	/** The replica counts in another epoch: what it knew since when does not count any more. Who is there does. */
	renumber(): void {
		this.#milestones = [];
		this.#links = this.#durableLinks = new Map();
		this.#isUnsaved = true;
	}

	#passTime(): void {
		const monotonic = this.#clock.monotonic();
		const ranMs = Math.max(0, monotonic - this.#countedUpTo);
		this.#countedUpTo = monotonic;
		this.#lived = pass(this.#lived, this.#clock.now(), ranMs);
	}

	#nowMs(): number {
		return this.#lived.calendarMs + Math.max(0, this.#clock.monotonic() - this.#countedUpTo);
	}

	#change(members: Members): void {
		const isNew = members.devices.size > this.#members.devices.size;
		this.#members = members;
		if (!isNew) return;
		this.#edition++;
		this.#told = members;
		this.#noteUnsaved();
	}

	#noteUnsaved(): void {
		this.#isUnsaved = true;
		this.#onUnsaved();
	}

	#noteWorthTelling(): void {
		const isWorthTelling = [...this.#members.devices].some(([device, member]) => {
			const told = this.#told.devices.get(device);
			if (told === undefined || member.seenMs - told.seenMs >= TOLD_STEP_MS) return true;
			return !includes(told.knowledge, member.knowledge);
		});
		if (!isWorthTelling) return;
		this.#edition++;
		this.#told = this.#members;
	}
}

function linkIn(links: Links, { epoch }: IndexState, other: Met): Link | undefined {
	const kept = links.get(linkName(other)) ?? links.get(other.epoch);
	if (kept?.own === epoch) return kept.link;
	return kept === undefined && links.size >= LINKS_MAX ? undefined : NEVER_MET;
}

/** This device's own. */
function installsOf({ epoch, hostEpoch }: IndexState): ReadonlySet<string> {
	return new Set([installOf(epoch), installOf(hostEpoch)]);
}
